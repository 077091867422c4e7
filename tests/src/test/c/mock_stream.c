// Streams, events, capture and graphs of the mock driver.
#include "mock_driver.h"
#include <stdlib.h>
#include <string.h>

typedef struct event {
    struct mock_stream* stream;
    long recorded;
    long reached;
    double milliseconds;
} event;

typedef struct item {
    struct item* next;
    const char* what;
    mock_work work;
    event* waits;
    event* records;
    long ticket;
    size_t bytes;
    char data[];
} item;

struct mock_stream {
    struct mock_stream* next;
    item* first;
    item* last;
};

typedef struct graph {
    item* first;
    item* last;
} graph;

// The time of the GPU in milliseconds: each work takes KERNEL_TIME and what it adds with mock_takes.
#define KERNEL_TIME 0.001
static double gpu_time;

void mock_takes(double milliseconds) {
    gpu_time += milliseconds;
}

static mock_stream* streams;
static mock_stream* captured;
static graph* capture;

static item* make(const char* what, mock_work work, const void* data, size_t bytes) {
    item* i = calloc(1, sizeof *i + bytes);
    i->what = what;
    i->work = work;
    i->bytes = bytes;
    if (bytes) {
        memcpy(i->data, data, bytes);
    }
    return i;
}

static void append(item** first, item** last, item* i) {
    if (*last) {
        (*last)->next = i;
    } else {
        *first = i;
    }
    *last = i;
}

static int put(mock_stream* s, item* i) {
    if (!s) {
        mock_complain("%s on the default stream", i->what);
    }
    if (s && s == captured) {
        if (mock.invalidated) {
            free(i);
            return 901;
        }
        append(&capture->first, &capture->last, i);
    } else {
        append(&s->first, &s->last, i);
    }
    return 0;
}

int mock_enqueue(mock_stream* stream, const char* what, mock_work work, const void* data, size_t bytes) {
    return put(stream, make(what, work, data, bytes));
}

static int run_until(mock_stream* s, const event* e, long ticket);

static int run_first(mock_stream* s) {
    item* i = s->first;
    s->first = i->next;
    if (!s->first) {
        s->last = NULL;
    }
    int result = 0;
    if (i->waits && i->waits->reached < i->ticket) {
        result = run_until(i->waits->stream, i->waits, i->ticket);
    }
    if (!result && i->work) {
        gpu_time += KERNEL_TIME;
        result = mock_injected(i->what);
        if (!result) {
            result = i->work(i->data);
        }
    }
    if (i->records) {
        i->records->reached = i->ticket;
        i->records->milliseconds = gpu_time;
    }
    free(i);
    return result ? mock_fail(result) : 0;
}

static int run_until(mock_stream* s, const event* e, long ticket) {
    while (s->first && !(e && e->reached >= ticket)) {
        int result = run_first(s);
        if (result) {
            return result;
        }
    }
    return 0;
}

int mock_run_all(void) {
    for (mock_stream* s = streams; s; s = s->next) {
        int result = run_until(s, NULL, 0);
        if (result) {
            return result;
        }
    }
    return 0;
}

void mock_forget(void) {
    for (mock_stream* s = streams; s; s = s->next) {
        while (s->first) {
            item* i = s->first;
            s->first = i->next;
            free(i);
        }
        s->last = NULL;
    }
    captured = NULL;
    mock.capturing = 0;
    mock.invalidated = 0;
}

#define ENTER(unsafe)                              \
    {                                              \
        int failed = mock_enter(__func__, unsafe); \
        if (failed)                                \
            return failed;                         \
        if (!mock_has_context())                   \
            return 201;                            \
    }

int cuStreamCreate(mock_stream** out, unsigned flags) {
    ENTER(1)
    mock_stream* s = calloc(1, sizeof *s);
    s->next = streams;
    streams = s;
    if (!(flags & 1)) {
        mock_complain("a stream that waits for the default stream");
    }
    mock_count("stream", 1);
    *out = s;
    return 0;
}

int cuStreamDestroy_v2(mock_stream* s) {
    ENTER(1)
    run_until(s, NULL, 0);
    for (mock_stream** at = &streams; *at; at = &(*at)->next) {
        if (*at == s) {
            *at = s->next;
            break;
        }
    }
    mock_count("stream", -1);
    free(s);
    return 0;
}

int cuStreamSynchronize(mock_stream* s) {
    ENTER(1)
    return run_until(s, NULL, 0);
}

int cuStreamQuery(mock_stream* s) {
    ENTER(1)
    return s->first ? 600 : 0;
}

int cuCtxSynchronize(void) {
    ENTER(1)
    return mock_run_all();
}

int cuEventCreate(event** out, unsigned flags) {
    ENTER(0)
    *out = calloc(1, sizeof **out);
    mock_count("event", 1);
    return 0;
}

int cuEventDestroy_v2(event* e) {
    ENTER(0)
    if (e->reached < e->recorded) {
        run_until(e->stream, e, e->recorded);
    }
    mock_count("event", -1);
    free(e);
    return 0;
}

int cuEventRecord(event* e, mock_stream* s) {
    ENTER(0)
    item* i = make(__func__, NULL, NULL, 0);
    i->records = e;
    i->ticket = ++e->recorded;
    e->stream = s;
    return put(s, i);
}

int cuStreamWaitEvent(mock_stream* s, event* e, unsigned flags) {
    ENTER(0)
    item* i = make(__func__, NULL, NULL, 0);
    i->waits = e;
    i->ticket = e->recorded;
    return put(s, i);
}

int cuEventSynchronize(event* e) {
    ENTER(1)
    return e->reached < e->recorded ? run_until(e->stream, e, e->recorded) : 0;
}

int cuEventElapsedTime(float* milliseconds, event* start, event* end) {
    ENTER(1)
    if (start->reached < start->recorded || end->reached < end->recorded) {
        return 600;
    }
    *milliseconds = (float)(end->milliseconds - start->milliseconds);
    return 0;
}

int cuStreamBeginCapture_v2(mock_stream* s, int mode) {
    ENTER(0)
    if (captured) {
        return 900;
    }
    captured = s;
    capture = calloc(1, sizeof *capture);
    mock.capturing = 1;
    mock.invalidated = 0;
    return 0;
}

static void free_items(item* first) {
    while (first) {
        item* next = first->next;
        free(first);
        first = next;
    }
}

int cuStreamEndCapture(mock_stream* s, graph** out) {
    int failed = mock_enter(__func__, 0);
    if (s != captured) {
        return 401;
    }
    int invalid = mock.invalidated;
    captured = NULL;
    mock.capturing = 0;
    mock.invalidated = 0;
    *out = NULL;
    if (failed || invalid) {
        free_items(capture->first);
        free(capture);
        return failed ? failed : 901;
    }
    mock_count("graph", 1);
    *out = capture;
    return 0;
}

static item* copy(const item* i) {
    item* c = make(i->what, i->work, i->data, i->bytes);
    c->waits = i->waits;
    c->records = i->records;
    c->ticket = i->ticket;
    return c;
}

int cuGraphInstantiateWithFlags(graph** out, graph* g, unsigned long long flags) {
    ENTER(1)
    graph* e = calloc(1, sizeof *e);
    for (const item* i = g->first; i; i = i->next) {
        append(&e->first, &e->last, copy(i));
    }
    mock_count("executable graph", 1);
    *out = e;
    return 0;
}

int cuGraphUpload(graph* e, mock_stream* s) {
    ENTER(1)
    return 0;
}

int cuGraphLaunch(graph* e, mock_stream* s) {
    ENTER(0)
    int result = 0;
    for (const item* i = e->first; i && !result; i = i->next) {
        result = put(s, copy(i));
    }
    return result;
}

int cuGraphDestroy(graph* g) {
    ENTER(0)
    free_items(g->first);
    free(g);
    mock_count("graph", -1);
    return 0;
}

int cuGraphExecDestroy(graph* e) {
    ENTER(0)
    mock_run_all();
    free_items(e->first);
    free(e);
    mock_count("executable graph", -1);
    return 0;
}
