/* Functions shared by the fuzz targets. */
#ifndef FUZZ_H
#define FUZZ_H

#include "evenkeel.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Returns memory of exactly this size. */
static inline void *fuzz_memory(size_t size) {
    void *memory = malloc(size ? size : 1);
    REQUIRE(memory);
    return memory;
}

#endif
