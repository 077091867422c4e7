// State of the mock driver that tests steer: injected errors, counts of calls and of live objects, complaints.
#include "mock_driver.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

mock_settings mock = {.devices = 0};

typedef struct {
    char name[48];
    long value;
} counter;

typedef struct {
    char call[64];
    int code;
    long skip;
} fault;

static counter calls[256];
static int call_count;
static counter objects[64];
static int object_count;
static fault faults[16];
static int fault_count;
static char complaints[8192];

static counter* find(counter* list, int* count, const char* name) {
    for (int i = 0; i < *count; i++) {
        if (!strcmp(list[i].name, name)) {
            return &list[i];
        }
    }
    counter* made = &list[(*count)++];
    snprintf(made->name, sizeof made->name, "%s", name);
    made->value = 0;
    return made;
}

void mock_count(const char* kind, int change) {
    counter* c = find(objects, &object_count, kind);
    c->value += change;
    if (c->value < 0) {
        mock_complain("%s destroyed twice", kind);
    }
}

void mock_complain(const char* format, ...) {
    size_t used = strlen(complaints);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(complaints + used, sizeof complaints - used, format, arguments);
    va_end(arguments);
    used = strlen(complaints);
    snprintf(complaints + used, sizeof complaints - used, "\n");
}

int mock_injected(const char* call) {
    for (int i = 0; i < fault_count; i++) {
        if (!strcmp(faults[i].call, call)) {
            if (faults[i].skip-- == 0) {
                return faults[i].code;
            }
        }
    }
    return 0;
}

static int is_sticky(int code) {
    return code == 214 || code == 700 || (code >= 714 && code <= 719);
}

int mock_fail(int code) {
    if (is_sticky(code)) {
        mock.sticky = code;
    }
    return code;
}

int mock_enter(const char* call, int unsafe) {
    find(calls, &call_count, call)->value++;
    if (!mock.started && strcmp(call, "cuInit") && strncmp(call, "cudnn", 5) && strncmp(call, "cublas", 6)) {
        return 3;
    }
    if (mock.sticky) {
        return mock.sticky;
    }
    int injected = mock_injected(call);
    if (injected) {
        return mock_fail(injected);
    }
    if (unsafe && mock.capturing) {
        mock.invalidated = 1;
        return 900;
    }
    return 0;
}

void mock_reset(void) {
    mock.sticky = 0;
    fault_count = 0;
    call_count = 0;
    complaints[0] = 0;
}

void mock_forget_objects(void) {
    object_count = 0;
    complaints[0] = 0;
}

void mock_inject(const char* call, int code, long skip) {
    fault* f = &faults[fault_count++ % 16];
    snprintf(f->call, sizeof f->call, "%s", call);
    f->code = code;
    f->skip = skip;
}

long mock_calls(const char* call) {
    return find(calls, &call_count, call)->value;
}

const char* mock_complaints(void) {
    return complaints;
}

void mock_census(char* text, size_t size) {
    text[0] = 0;
    for (int i = 0; i < object_count; i++) {
        if (objects[i].value) {
            size_t used = strlen(text);
            snprintf(text + used, size - used, "%s%s %ld", used ? ", " : "", objects[i].name, objects[i].value);
        }
    }
}
