// Device memory and pinned memory of the mock driver: host memory between two red zones, full of rubbish at first.
#include "mock_driver.h"
#include <stdlib.h>
#include <string.h>

#define ZONE 512
#define GUARD 0xC3
#define RUBBISH 0xA5

typedef struct block {
    struct block* next;
    unsigned char* raw;
    unsigned char* data;
    size_t bytes;
    int pinned;
} block;

static block* blocks;

int memory_allocate(size_t bytes, int pinned, void** address) {
    if (bytes == 0) {
        return 1;
    }
    if (!pinned && (long)bytes > mock.free_bytes) {
        return 2;
    }
    block* b = malloc(sizeof *b);
    b->raw = aligned_alloc(ZONE, (bytes + 3 * ZONE - 1) / ZONE * ZONE);
    b->data = b->raw + ZONE;
    b->bytes = bytes;
    b->pinned = pinned;
    memset(b->raw, GUARD, ZONE);
    memset(b->data, RUBBISH, bytes);
    memset(b->data + bytes, GUARD, ZONE);
    b->next = blocks;
    blocks = b;
    if (!pinned) {
        mock.free_bytes -= bytes;
    }
    mock_count(pinned ? "pinned memory" : "device memory", 1);
    *address = b->data;
    return 0;
}

static void check(const block* b) {
    for (int i = 0; i < ZONE; i++) {
        if (b->raw[i] != GUARD || b->data[b->bytes + i] != GUARD) {
            mock_complain("something wrote outside a block of %zu bytes", b->bytes);
            return;
        }
    }
}

void mock_check_memory(void) {
    for (block* b = blocks; b; b = b->next) {
        check(b);
    }
}

int memory_free(void* address, int pinned) {
    for (block** at = &blocks; *at; at = &(*at)->next) {
        block* b = *at;
        if (b->data == address && b->pinned == pinned) {
            check(b);
            *at = b->next;
            if (!pinned) {
                mock.free_bytes += b->bytes;
            }
            mock_count(pinned ? "pinned memory" : "device memory", -1);
            free(b->raw);
            free(b);
            return 0;
        }
    }
    mock_complain("free of memory that is not allocated");
    return 1;
}

static int inside(const void* address, size_t bytes, int pinned) {
    const unsigned char* a = address;
    for (block* b = blocks; b; b = b->next) {
        if (b->pinned == pinned && a >= b->data && a + bytes <= b->data + b->bytes) {
            return 1;
        }
    }
    return 0;
}

int mock_is_device(const void* address, size_t bytes) {
    return inside(address, bytes, 0);
}

int memory_is_pinned(const void* address, size_t bytes) {
    return inside(address, bytes, 1);
}
