// What the three mock libraries share. A stream runs nothing when it is given work: work waits in a queue until
// somebody synchronizes, and then no more runs than must. So whatever forgets to wait reads or writes the wrong data.
#pragma once
#include <stddef.h>

typedef struct mock_stream mock_stream;
typedef int (*mock_work)(const void* data);

// The first line of every call: counts it, and returns the error that it must fail with, or 0.
// Calls that are not allowed while a stream is captured say so in `unsafe`.
int mock_enter(const char* call, int unsafe);
// Queues work with a copy of its data, or puts it into the graph that is being captured. Returns a driver error or 0.
int mock_enqueue(mock_stream* stream, const char* what, mock_work work, const void* data, size_t bytes);
// Makes the work that runs take that much of the GPU's time, which events measure.
void mock_takes(double milliseconds);
// Runs everything that was queued. Returns a driver error or 0.
int mock_run_all(void);
// Counts live objects of a kind: +1 or -1.
void mock_count(const char* kind, int change);
// Remembers a mistake of the caller's that a real library would not report.
void mock_complain(const char* format, ...);
// Whether all of the range lies in device memory.
int mock_is_device(const void* address, size_t bytes);
// The current context's default: whether a context is current on this thread.
int mock_has_context(void);
// The version that the mock cuDNN reports.
int mock_cudnn_version(void);
// Whether the calls of the mock cuDNN that are not of its graph interface support nothing.
int mock_without_legacy(void);
