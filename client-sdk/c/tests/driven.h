/* Runs a device against the coordinator in memory, with network and power failures. */
#ifndef DRIVEN_H
#define DRIVEN_H

#include "fake.h"
#include "flash.h"

enum { DRIVEN_STATE = 1 << 14, DRIVEN_MEMORY = 1 << 20 };

/* A device: its settings, its storage, and the faults of its requests. */
struct driven {
    struct fake *fake;
    struct flash flash;
    evenkeel_device device;
    evenkeel_settings settings;
    uint8_t buffer[4096];
    void *memory;
    uint64_t random; /* of the device */
    uint64_t faults; /* the random state for drawing faults; 0 for none */
    uint32_t answers;
    uint32_t wrong;  /* the number, from 1, of the answer that `change` changes; 0 for none */
    int every;       /* whether it changes all answers */
    void (*change)(struct fake *fake);
    void (*gradient)(void *context, uint32_t round, const float *model, float *gradient);
    void *context;
    int lenient; /* whether wrong answers may make the device's requests wrong too */
};

void driven_open(struct driven *driven, struct fake *fake);

void driven_close(struct driven *driven);

/** Restarts the device. */
void driven_start(struct driven *driven);

/**
 * Takes one step of the device.
 *
 * @return its action's kind, or 0 if the power has failed
 */
int driven_step(struct driven *driven);

/** Runs devices in turn until all have stopped; returns 0 if the power of a device has failed. */
int driven_run(struct driven *devices, uint32_t count);

#endif
