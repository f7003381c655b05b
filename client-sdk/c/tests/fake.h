/*
 * A coordinator in memory, for one run of EF21 or EF14 with plain steps. Each message is accepted once and kept; a round closes when all
 * members have answered.
 */
#ifndef FAKE_H
#define FAKE_H

#include "evenkeel.h"

enum { FAKE_CLIENTS = 24, FAKE_ROUNDS = 40, FAKE_ANSWER = 1 << 16 };

struct fake_member {
    char secret[64], key[48];
    uint8_t *messages[FAKE_ROUNDS]; /* by round */
    size_t sizes[FAKE_ROUNDS];
    double slopes[FAKE_ROUNDS]; /* the reported slopes, 0 for none */
    double changes[FAKE_ROUNDS];
    double *g; /* the sum of the messages */
    int64_t sequence;
    uint64_t head;
    int64_t last_round;
    int joined;
};

/* The run, its state, and the answer to the last request. */
struct fake {
    const char *feedback, *compressor, *downlink, *eta, *step;
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
    unsigned duplicates, conflicts, updates; /* repeated messages, conflicting messages, downloads of updates */
    uint64_t history[FAKE_ROUNDS + 1]; /* of each model */
    int names_history;
    unsigned lost; /* messages that devices reported as lost */
    int lenient; /* whether a message may be invalid for this run */

    uint32_t status;
    char sequence[24], head[20];
    int has_state, has_retry;
    uint8_t answer[FAKE_ANSWER];
    size_t answer_size;
};

/**
 * Describes a run of one member and one round with tensors of these sizes. The caller may change the fields above
 * `member`.
 */
void fake_describe(struct fake *fake, const char *feedback, const char *compressor, const char *downlink, const uint32_t *sizes,
    uint32_t tensors);

/** Starts the described run. */
void fake_open(struct fake *fake);

void fake_close(struct fake *fake);

/** Creates a backup. */
void fake_back_up(const struct fake *fake, struct fake *copy);

/** Replaces the state with a backup, and keeps the counts. */
void fake_put_back(struct fake *fake, const struct fake *copy);

/** Answers a request. */
void fake_handle(struct fake *fake, const evenkeel_request *request);

#endif
