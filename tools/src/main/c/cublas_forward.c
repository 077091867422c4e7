/*
 * A libcublas.so.12 that passes every call on to libcublas.so.13, for machines with CUDA 13 alone: JCublas was built
 * for CUDA 12 and asks the loader for that name and for symbols of that version. Each function is one jump through a
 * pointer, so that no signature is needed.
 *
 * The pointers are filled when the library is loaded. Where libcublas.so.13 is missing, all functions return
 * CUBLAS_STATUS_NOT_INITIALIZED; one that it does not have returns CUBLAS_STATUS_NOT_SUPPORTED.
 *
 * gcc -shared -fPIC -O2 -Wl,-soname,libcublas.so.12 -Wl,--version-script=cublas_forward.map -o libcublas.so.12
 * cublas_forward.c -ldl
 */
#include <dlfcn.h>
#include <stddef.h>

#include "cublas_functions.h"

#if !defined(__x86_64__) || !defined(__linux__)
#error "JCublas has natives for 64-bit x86 Linux only"
#endif

enum {
    NOT_INITIALIZED = 1,
    NOT_SUPPORTED = 15
};

static int not_initialized(void) {
    return NOT_INITIALIZED;
}
static int not_supported(void) {
    return NOT_SUPPORTED;
}

#define POINTER(name) __attribute__((visibility("hidden"))) void* target_##name = (void*)not_initialized;
#define POINTERS(name) POINTER(name) POINTER(name##_64)
CUBLAS_FUNCTIONS(POINTER, POINTERS)

#define JUMP(name)                                                                                  \
    __asm__(".text\n.globl " #name "\n.type " #name ", @function\n" #name ":\n\tjmp *target_" #name \
            "(%rip)\n.size " #name ", .-" #name "\n");
#define JUMPS(name) JUMP(name) JUMP(name##_64)
CUBLAS_FUNCTIONS(JUMP, JUMPS)

#define ENTRY(name) {#name, &target_##name},
#define ENTRIES(name) ENTRY(name) ENTRY(name##_64)
static const struct {
    const char* name;
    void** target;
} functions[] = {CUBLAS_FUNCTIONS(ENTRY, ENTRIES)};

__attribute__((constructor)) static void fill(void) {
    void* library = dlopen("libcublas.so.13", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void* found = dlsym(library, functions[i].name);
        *functions[i].target = found == NULL ? (void*)not_supported : found;
    }
}
