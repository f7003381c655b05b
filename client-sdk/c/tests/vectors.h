/* The golden vectors of client-sdk/vectors, as vectors.py writes them. Float64 values are stored as their bits. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stddef.h>
#include <stdint.h>

enum support { ALL, LISTED, SEEDED, BLOCKS };
enum kind { FRAME, MESSAGE, UPDATES, DELTAS, REPLICA };

struct vector {
    uint32_t dimension;
    enum support support;
    int coding;
    uint32_t count;          /* of values */
    const uint32_t *indices; /* coordinates for LISTED, block numbers for BLOCKS */
    uint32_t index_count;
    uint32_t block_length;
    uint64_t seed;
    const uint64_t *values;
};

/* One frame, message, replica, or one of several updates or deltas; inapplicable fields are zero. */
struct part {
    struct vector vector;
    uint32_t round;
    int retained;
    uint64_t factor;
    int64_t sequence;
    uint64_t previous;
    int64_t samples;
    int present; /* flags of the figures that are present */
    uint64_t figures[3];
    const char *const *names;
    const uint64_t *x; /* a replica's x, an update's divisors, a message's metrics */
    const uint64_t *sum;
    size_t size; /* of x */
};

struct good {
    const char *file;
    enum kind kind;
    const uint8_t *bytes;
    size_t size;
    uint64_t digest;
    const struct part *parts;
    size_t part_count;
};

struct bad {
    const char *file;
    enum kind kind;
    const uint8_t *bytes;
    size_t size;
    const char *fault;
    size_t position;
    uint32_t dimension, max_count, max_bytes;
};

struct drawn {
    uint32_t dimension, count;
    uint64_t seed;
    const uint32_t *indices;
};

extern const struct good good_vectors[];
extern const size_t good_vectors_count;
extern const struct bad bad_vectors[];
extern const size_t bad_vectors_count;
extern const struct drawn drawn_supports[];
extern const size_t drawn_supports_count;

#endif
