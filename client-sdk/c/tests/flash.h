/* Storage in memory. Its power fails after a number of steps, and it checks that the library uses it as documented. */
#ifndef FLASH_H
#define FLASH_H

#include "evenkeel.h"

struct flash {
    uint8_t *areas[EVENKEEL_AREAS];
    size_t sizes[EVENKEEL_AREAS];
    size_t next[EVENKEEL_AREAS];   /* the start of the next write; SIZE_MAX if the area has to be erased first */
    size_t synced[EVENKEEL_AREAS]; /* the number of bytes that survive a power failure */
    uint8_t erased;                /* the value of erased bytes: FF or 00 */
    int loses;                     /* whether a power failure loses some of the bytes that were not synced */
    long left;                     /* steps (bytes, syncs, half erasures) until the power fails, -1 for never */
    long steps;                    /* the number of steps so far */
    uint64_t random;
    evenkeel_storage storage;
};

/** Initializes areas that were never written. */
void flash_open(struct flash *flash, size_t state_bytes, uint8_t erased);

/** Creates a copy with separate areas. */
void flash_copy(struct flash *copy, const struct flash *flash);

void flash_close(struct flash *flash);

/** Takes a step outside of the storage; returns 0 if the power has failed. */
int flash_step(struct flash *flash);

/** Turns the power on again. */
void flash_restart(struct flash *flash);

#endif
