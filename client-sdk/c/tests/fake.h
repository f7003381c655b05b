/*
 * A coordinator in memory, for one run of EF21 or EF14 with plain steps, and the loop that drives a device against it. Each message is
 * accepted once and kept; a round closes when all members have answered.
 */
#ifndef FAKE_H
#define FAKE_H

#include "evenkeel.h"
#include "flash.h"

enum { FAKE_CLIENTS = 24, FAKE_ROUNDS = 40, FAKE_ANSWER = 1 << 16, DRIVEN_STATE = 1 << 14, DRIVEN_MEMORY = 1 << 20 };

struct fake_member {
    char secret[64], key[48];
    uint8_t *messages[FAKE_ROUNDS]; /* by round */
    size_t sizes[FAKE_ROUNDS];
    double *g; /* the sum of the messages */
    int64_t sequence;
    uint64_t head;
    int64_t last_round;
    int joined, next_round;
};

/* The run, its state, and the answer to the last request. */
struct fake {
    const char *feedback, *compressor, *downlink, *eta;
    uint32_t dimension, rounds, members, enrolled; /* the run starts when `members` have joined */
    const uint32_t *sizes; /* of `tensors` tensors */
    uint32_t tensors;
    int retains; /* whether the sum persists, as in EF21 */
    double gamma;
    struct fake_member member[FAKE_CLIENTS];
    uint32_t round;
    double *x, *sum;
    float *w;
    uint8_t *changes[FAKE_ROUNDS]; /* updates, or deltas */
    size_t change_sizes[FAKE_ROUNDS];
    unsigned duplicates, conflicts, updates; /* messages that came again, those that contradict, downloads of updates */
    int lenient; /* whether a message may be none that this run takes */

    uint32_t status;
    char sequence[24], head[20];
    int has_state, has_retry;
    uint8_t answer[FAKE_ANSWER];
    size_t answer_size;
};

/** Begins a run; the settings above `member` are the caller's. */
void fake_open(struct fake *fake);

void fake_close(struct fake *fake);

/** Answers a request. */
void fake_handle(struct fake *fake, const evenkeel_request *request);

/* A device: its settings, its storage, and what happens to its requests. */
struct driven {
    struct fake *fake;
    struct flash flash;
    evenkeel_device device;
    evenkeel_settings settings;
    uint8_t buffer[4096];
    void *memory;
    uint64_t random; /* of the device */
    uint64_t faults; /* random, from which faults are drawn; 0 for none */
    uint32_t answers;
    uint32_t wrong;  /* the number of the answer, from 1, that `change` changes; 0 for none */
    int every;       /* whether it changes all */
    void (*change)(struct fake *fake);
    void (*gradient)(void *context, uint32_t round, const float *model, float *gradient);
    void *context;
    size_t allocated;
    int lenient; /* whether answers may be so wrong that the device's requests are, too */
};

void driven_open(struct driven *driven, struct fake *fake);

void driven_close(struct driven *driven);

/** Starts the device as after a restart. */
void driven_start(struct driven *driven);

/**
 * Takes one step of the device.
 *
 * @return its action's kind, or 0 if the power has failed
 */
int driven_step(struct driven *driven);

/** Drives devices in turn until all have stopped; returns 0 if the power of one has failed. */
int driven_run(struct driven *devices, uint32_t count);

#endif
