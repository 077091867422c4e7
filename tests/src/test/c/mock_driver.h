// Inside the mock driver.
#pragma once
#include "mock.h"
#include <stdint.h>

typedef struct {
    int devices;
    int driver_version;
    long total_bytes;
    long free_bytes;
    int cudnn_version;
    int without_legacy;
    int started;
    int sticky;
    int capturing;
    int invalidated;
} mock_settings;

extern mock_settings mock;

int mock_injected(const char* call);
int mock_fail(int code);
void mock_reset(void);
void mock_inject(const char* call, int code, long skip);
long mock_calls(const char* call);
const char* mock_complaints(void);
void mock_census(char* text, size_t size);
void mock_check_memory(void);
void mock_forget(void);
void mock_forget_objects(void);

// Implemented with Java: 0 or the text of an error, valid until the next call.
const char* java_load_module(const char* ptx, long* module);
const char* java_function(long module, const char* name, long* function);
const char* java_launch(long function, const int* grid, const void* parameters);

// Device and pinned memory.
int memory_allocate(size_t bytes, int pinned, void** address);
int memory_free(void* address, int pinned);
int memory_is_pinned(const void* address, size_t bytes);
