// Numbers of 16 and 32 bits as the mocks read and write them: 'f' float, 'b' bfloat16, 'h' float16; anything else is no
// type.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline size_t number_bytes(char type) {
    return type == 'f' ? 4 : 2;
}

static inline double number_read(char type, const void* from, size_t i) {
    if (type == 'f') {
        return ((const float*)from)[i];
    }
    uint16_t bits = ((const uint16_t*)from)[i];
    if (type == 'b') {
        uint32_t wide = (uint32_t)bits << 16;
        float value;
        memcpy(&value, &wide, 4);
        return value;
    }
    int exponent = bits >> 10 & 31;
    double mantissa = bits & 1023;
    double value = exponent == 31 ? (mantissa ? __builtin_nan("") : __builtin_inf())
                   : exponent     ? __builtin_ldexp(1024 + mantissa, exponent - 25)
                                  : __builtin_ldexp(mantissa, -24);
    return bits >> 15 ? -value : value;
}

// Rounds to the nearest multiple of the last place, ties to even, which rint does.
static inline void number_write(char type, void* to, size_t i, double value) {
    if (type == 'f') {
        ((float*)to)[i] = (float)value;
        return;
    }
    int digits = type == 'b' ? 8 : 11;
    int least = type == 'b' ? -126 : -14;
    int bias = type == 'b' ? 127 : 15;
    int shift = type == 'b' ? 7 : 10;
    uint16_t infinity = type == 'b' ? 0x7f80 : 0x7c00;
    uint16_t sign = __builtin_signbit(value) ? 0x8000 : 0;
    uint16_t* out = (uint16_t*)to + i;
    if (value != value) {
        *out = 0x7fff;
        return;
    }
    double magnitude = __builtin_fabs(value);
    int exponent = 0;
    __builtin_frexp(magnitude, &exponent);
    exponent = exponent - 1 < least || magnitude == 0 ? least : exponent - 1;
    double units = magnitude <= 1e300 ? __builtin_rint(__builtin_ldexp(magnitude, digits - 1 - exponent)) : 1e300;
    if (units >= __builtin_ldexp(1, digits)) {
        units /= 2;
        exponent++;
    }
    if (exponent > bias || units > __builtin_ldexp(1, digits)) {
        *out = sign | infinity;
    } else if (units < __builtin_ldexp(1, digits - 1)) {
        *out = sign | (uint16_t)units;
    } else {
        *out = sign | (uint16_t)((exponent + bias) << shift) | ((uint16_t)units & ((1 << shift) - 1));
    }
}

// The value of each float16, by its bits.
static inline const float* number_halves(void) {
    static float table[1 << 16];
    static int made;
    if (!made) {
        for (int bits = 0; bits < 1 << 16; bits++) {
            uint16_t one = (uint16_t)bits;
            table[bits] = (float)number_read('h', &one, 0);
        }
        made = 1;
    }
    return table;
}

// A copy as floats, to be freed.
static inline float* number_floats(char type, const void* from, size_t count) {
    float* floats = malloc((count ? count : 1) * sizeof *floats);
    if (type == 'h') {
        const float* table = number_halves();
        for (size_t i = 0; i < count; i++) {
            floats[i] = table[((const uint16_t*)from)[i]];
        }
        return floats;
    }
    for (size_t i = 0; i < count; i++) {
        floats[i] = (float)number_read(type, from, i);
    }
    return floats;
}
