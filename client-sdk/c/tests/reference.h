/* The Python SDK's results, written by reference.py. Float64 values are stored as their bits. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <stddef.h>
#include <stdint.h>

enum { REFERENCE_TENSORS = 4, REFERENCE_DIMENSION = 400, REFERENCE_ROUNDS = 5 };

#define REFERENCE_SIZES {200, 1, 159, 40}
#define REFERENCE_ETA 0.3

struct reference_frame {
    const char *compressor;
    int vector, minus; /* indices into reference_vectors; -1 for none; `vector` is also the seed */
    size_t size;
    uint64_t digest;
};

struct reference_trajectory {
    const char *method, *compressor;
    const uint8_t *const *messages;
    size_t sizes[REFERENCE_ROUNDS];
    const uint64_t *const *points; /* the points at which IGT computes its gradients */
    const uint64_t *const *state;
    int vectors;
};

struct reference_downlink {
    const uint8_t *bytes;
    size_t size;
    const uint64_t *before[2], *after[2]; /* x and S, or w */
};

struct reference_text {
    const char *text;
    uint32_t count; /* 0 if it is refused */
};

struct reference_decimal {
    const char *text;
    uint64_t value;
};

struct reference_schedule {
    const char *text;
    uint32_t round, horizon;
    int known;
    uint64_t value;
};

extern const uint64_t *const reference_vectors[], *const reference_models[], *const reference_gradients[], *const reference_seconds[];
extern const uint64_t reference_norms[];
extern const struct reference_frame reference_frames[];
extern const struct reference_trajectory reference_trajectories[];
extern const struct reference_downlink reference_updates[], reference_deltas[];
extern const struct reference_text reference_texts[];
extern const struct reference_decimal reference_decimals[];
extern const struct reference_schedule reference_schedules[];
extern const size_t reference_frames_count, reference_trajectories_count, reference_updates_count, reference_deltas_count,
    reference_texts_count, reference_decimals_count, reference_schedules_count;

#endif
