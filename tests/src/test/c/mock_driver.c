// The mock driver's devices, contexts, memory, modules and launches. Constants are those of the CUDA driver API.
#include "mock_driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __thread int context_current;
static int retained;

int mock_has_context(void) {
    return context_current && retained > 0;
}

#define ENTER(unsafe)                              \
    {                                              \
        int failed = mock_enter(__func__, unsafe); \
        if (failed)                                \
            return failed;                         \
    }
#define ENTER_CONTEXT(unsafe) \
    ENTER(unsafe)             \
    if (!mock_has_context())  \
        return 201;

int cuInit(unsigned flags) {
    ENTER(0)
    if (mock.devices == 0) {
        return 100;
    }
    mock.started = 1;
    return 0;
}

int cuDriverGetVersion(int* version) {
    *version = mock.driver_version;
    return 0;
}

static const struct {
    int code;
    const char* name;
    const char* text;
} errors[] = {
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {401, "CUDA_ERROR_ILLEGAL_STATE", "the operation cannot be performed in the present state"},
    {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

int cuGetErrorName(int code, const char** name) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].code == code) {
            *name = errors[i].name;
            return 0;
        }
    }
    *name = NULL;
    return 1;
}

int cuGetErrorString(int code, const char** text) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].code == code) {
            *text = errors[i].text;
            return 0;
        }
    }
    *text = NULL;
    return 1;
}

int cuDeviceGetCount(int* count) {
    ENTER(0)
    *count = mock.devices;
    return 0;
}

int cuDeviceGet(int* device, int number) {
    ENTER(0)
    *device = number;
    return number < mock.devices ? 0 : 101;
}

int cuDeviceGetName(char* name, int length, int device) {
    ENTER(0)
    snprintf(name, length, "Mock GPU");
    return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
    ENTER(0)
    *value = attribute == 75 ? 9 : attribute == 76 ? 0 : 1;
    return 0;
}

int cuDeviceTotalMem_v2(size_t* bytes, int device) {
    ENTER(0)
    *bytes = mock.total_bytes;
    return 0;
}

int cuDevicePrimaryCtxRetain(void** context, int device) {
    ENTER(0)
    retained++;
    mock_count("primary context", 1);
    *context = &retained;
    return 0;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
    mock_count("primary context", -1);
    retained--;
    return mock.sticky;
}

int cuCtxSetCurrent(void* context) {
    ENTER(0)
    context_current = context != NULL;
    return 0;
}

int cuMemGetInfo_v2(size_t* available, size_t* total) {
    ENTER_CONTEXT(0)
    *available = mock.free_bytes;
    *total = mock.total_bytes;
    return 0;
}

int cuMemAlloc_v2(void** address, size_t bytes) {
    ENTER_CONTEXT(1)
    return memory_allocate(bytes, 0, address);
}

int cuMemFree_v2(void* address) {
    ENTER_CONTEXT(1)
    mock_run_all();
    return memory_free(address, 0);
}

int cuMemHostAlloc(void** address, size_t bytes, unsigned flags) {
    ENTER_CONTEXT(1)
    return memory_allocate(bytes, 1, address);
}

int cuMemFreeHost(void* address) {
    ENTER_CONTEXT(1)
    mock_run_all();
    return memory_free(address, 1);
}

typedef struct {
    void* to;
    const void* from;
    size_t bytes;
    int value;
} transfer;

static int run_copy(const void* data) {
    const transfer* t = data;
    memcpy(t->to, t->from, t->bytes);
    return 0;
}

static int run_set(const void* data) {
    const transfer* t = data;
    memset(t->to, t->value, t->bytes);
    return 0;
}

int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, mock_stream* stream) {
    ENTER_CONTEXT(0)
    if (!mock_is_device(to, bytes)) {
        return 1;
    }
    if (!memory_is_pinned(from, bytes)) {
        mock_complain("asynchronous upload of %zu bytes from memory that is not pinned", bytes);
    }
    transfer t = {to, from, bytes};
    return mock_enqueue(stream, "copy to device", run_copy, &t, sizeof t);
}

int cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t bytes, mock_stream* stream) {
    ENTER_CONTEXT(0)
    if (!mock_is_device(from, bytes)) {
        return 1;
    }
    if (!memory_is_pinned(to, bytes)) {
        mock_complain("asynchronous download of %zu bytes to memory that is not pinned", bytes);
    }
    transfer t = {to, from, bytes};
    return mock_enqueue(stream, "copy to host", run_copy, &t, sizeof t);
}

int cuMemcpyDtoDAsync_v2(void* to, const void* from, size_t bytes, mock_stream* stream) {
    ENTER_CONTEXT(0)
    if (!mock_is_device(from, bytes) || !mock_is_device(to, bytes)) {
        return 1;
    }
    transfer t = {to, from, bytes};
    return mock_enqueue(stream, "copy on device", run_copy, &t, sizeof t);
}

int cuMemsetD8Async(void* to, unsigned char value, size_t bytes, mock_stream* stream) {
    ENTER_CONTEXT(0)
    if (!mock_is_device(to, bytes)) {
        return 1;
    }
    transfer t = {to, NULL, bytes, value};
    return mock_enqueue(stream, "set memory", run_set, &t, sizeof t);
}

int cuModuleLoadDataEx(void** module, const void* image, unsigned count, const int* options, void** values) {
    ENTER_CONTEXT(1)
    long number;
    const char* error = java_load_module(image, &number);
    if (error) {
        size_t size = 0;
        char* log = NULL;
        for (unsigned i = 0; i < count; i++) {
            log = options[i] == 5 ? values[i] : log;
            size = options[i] == 6 ? (size_t)(uintptr_t)values[i] & 0xffffffff : size;
        }
        if (log && size) {
            snprintf(log, size, "%s", error);
        }
        return 218;
    }
    mock_count("module", 1);
    *module = (void*)number;
    return 0;
}

int cuModuleUnload(void* module) {
    ENTER_CONTEXT(1)
    mock_run_all();
    mock_count("module", -1);
    return 0;
}

int cuModuleGetFunction(void** function, void* module, const char* name) {
    ENTER_CONTEXT(0)
    long number;
    if (java_function((long)module, name, &number)) {
        return 500;
    }
    *function = (void*)number;
    return 0;
}

int cuFuncGetAttribute(int* value, int attribute, void* function) {
    ENTER_CONTEXT(0)
    *value = 0;
    return 0;
}

typedef struct {
    long function;
    int grid[6];
    char parameters[1024];
} launch;

static int run_launch(const void* data) {
    const launch* l = data;
    const char* error = java_launch(l->function, l->grid, l->parameters);
    if (error) {
        mock_complain("kernel: %s", error);
        return 700;
    }
    return 0;
}

int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, mock_stream* stream, void** parameters, void** extra) {
    ENTER_CONTEXT(0)
    launch l = {(long)function, {gx, gy, gz, bx, by, bz}};
    if (parameters) {
        mock_complain("only packed arguments are known");
        return 1;
    }
    const void* packed = NULL;
    size_t bytes = 0;
    for (int i = 0; extra && extra[i]; i += 2) {
        if (extra[i] == (void*)1) {
            packed = extra[i + 1];
        } else if (extra[i] == (void*)2) {
            bytes = *(size_t*)extra[i + 1];
        }
    }
    if (bytes > sizeof l.parameters || (bytes && !packed)) {
        return 1;
    }
    memcpy(l.parameters, packed, bytes);
    return mock_enqueue(stream, "kernel", run_launch, &l, sizeof l);
}
