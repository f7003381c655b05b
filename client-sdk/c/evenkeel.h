/*
 * Evenkeel: a device's half of federated learning with error feedback, in C99.
 *
 * Add evenkeel.c to a program and include this file; there is nothing else to link. The library allocates no memory, has no
 * globals, and does no I/O: memory is the caller's, and storage, random numbers and HTTP are callbacks or actions. It uses
 * memcpy, memmove, memset, memcmp and strlen of <string.h>, and sqrt of <math.h>, which IEEE 754 defines exactly. Compile
 * evenkeel.c with -ffp-contract=off, and on x86 without x87 arithmetic: then messages are bit-identical to those of the Java
 * and the Python SDK.
 *
 * It does not support secure aggregation, privacy, evaluations or registered models.
 *
 * The parts, each of which works without the parts below it:
 *
 *     digests         SHA-256, CRC-32C, seeds
 *     frames          compressed vectors as bytes              ../FORMAT.md, "Frame"
 *     messages        the data that a device sends in a round  "Message"
 *     downlink        updates, deltas, replicas                "Round update", "Model delta", "Replica"
 *     streams         frames, updates and deltas whose bytes arrive in pieces
 *     compressors     top-k, block-top-k, layer-top-k, rand-k, threshold, identity, with every value coding
 *     feedback        EF21, EF21 with momentum, EF21-IGT, EF21-STORM, EF14, EF14 with a decay, none
 *     state           saved in two slots each, safe against power loss at any byte
 *     device          the protocol, as a state machine that returns the next action
 *
 * Every function that can fail returns an evenkeel_status. Objects are independent of each other; only one thread may
 * use an object at a time. Functions keep the pointers that are passed to them only if their comment says so. Sizes are
 * in bytes and times in milliseconds. Numbers of coordinates and rounds are below 2^31. On a Cortex-M4 every call takes
 * less than 2 kB of stack.
 */
#ifndef EVENKEEL_H
#define EVENKEEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EVENKEEL_VERSION 1

/* ------------------------------------------------------------------------------------------------------------- results -- */

typedef enum evenkeel_status {
    EVENKEEL_OK = 0,

    /* Refused bytes; see ../FORMAT.md, "Reading untrusted bytes". A position identifies the byte. */
    EVENKEEL_WRONG_MAGIC,
    EVENKEEL_UNSUPPORTED_VERSION,
    EVENKEEL_TRUNCATED,
    EVENKEEL_TRAILING_BYTES,
    EVENKEEL_CORRUPTED,
    EVENKEEL_LIMIT_EXCEEDED,
    EVENKEEL_WRONG_DIMENSION,
    EVENKEEL_INVALID_INDEX,
    EVENKEEL_INVALID_VALUE,
    EVENKEEL_NOT_CANONICAL,

    /* Caller errors. */
    EVENKEEL_INVALID_ARGUMENT,    /* an argument is outside its documented range */
    EVENKEEL_TOO_LITTLE_MEMORY,   /* a buffer or memory is too small for the content */
    EVENKEEL_NOT_FINITE,          /* a gradient or a figure is not finite; the position is the coordinate */
    EVENKEEL_NOT_EXPECTED,        /* the call does not answer the last action */

    /* Faults with which a device cannot continue. */
    EVENKEEL_UNKNOWN_COMPRESSOR,  /* a compressor's text is unknown to this version, or does not fit the model */
    EVENKEEL_UNSUPPORTED_PLAN,    /* the run needs a feature that this library lacks, or two gradients that the settings do not allow */
    EVENKEEL_MALFORMED_ANSWER,    /* JSON that violates the protocol; the position is an index into the answer */
    EVENKEEL_WRONG_ANSWER,        /* an answer contradicts the request, such as the receipt of another message */
    EVENKEEL_STORAGE_FAILED,      /* a storage callback failed */
    EVENKEEL_DAMAGED_STATE,       /* both slots of a saved state are damaged; the position refers to the newer one */
    EVENKEEL_OTHER_STATE,         /* the saved state belongs to another run, client or method */
    EVENKEEL_WRONG_MODEL,         /* a model does not match its task, even after a second download */
    EVENKEEL_DIVERGED,            /* device and coordinator disagree on the accepted messages */
    EVENKEEL_UNREACHABLE,         /* a request failed as often as the settings allow */
    EVENKEEL_REFUSED              /* the coordinator refused a request: see evenkeel_device.problem */
} evenkeel_status;

/** Describes a status in words, such as "truncated". */
const char *evenkeel_status_text(evenkeel_status status);

/* ------------------------------------------------------------------------------------------------------------- digests -- */

typedef struct evenkeel_sha256 {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
} evenkeel_sha256;

void evenkeel_sha256_start(evenkeel_sha256 *hash);
void evenkeel_sha256_add(evenkeel_sha256 *hash, const void *bytes, size_t size);
void evenkeel_sha256_end(evenkeel_sha256 *hash, uint8_t digest[32]);

/** Returns the digest with which messages form a chain: the first 8 bytes of SHA-256 as a big-endian number. */
uint64_t evenkeel_digest(const void *bytes, size_t size);

/** Returns the CRC-32C of bytes that follow others with checksum `crc`, which is 0 if no bytes precede. */
uint32_t evenkeel_crc32c(uint32_t crc, const void *bytes, size_t size);

/** Advances a SplitMix64 generator and returns its next number. */
uint64_t evenkeel_random_next(uint64_t *state);

/** Derives a seed that depends on every bit of both numbers. */
uint64_t evenkeel_derive_seed(uint64_t seed, uint64_t with);

/* ------------------------------------------------------------------------------------------------------------- vectors -- */

typedef enum evenkeel_type { EVENKEEL_FLOAT64 = 0, EVENKEEL_FLOAT32 = 1 } evenkeel_type;

/** d numbers in the caller's memory, aligned for their type. */
typedef struct evenkeel_vector {
    void *values; /* float[d] or double[d] */
    evenkeel_type type;
} evenkeel_vector;

typedef enum evenkeel_support {
    EVENKEEL_EVERY = 0, /* every coordinate */
    EVENKEEL_LISTED,    /* `numbers` are the coordinates */
    EVENKEEL_SEEDED,    /* drawn from `seed` */
    EVENKEEL_BLOCKS     /* `numbers` are blocks of `block_length` coordinates; the last of the vector may be shorter */
} evenkeel_support;

typedef enum evenkeel_coding { /* the ids of the wire format */
    EVENKEEL_CODING_FLOAT32 = 0,
    EVENKEEL_CODING_FLOAT64,
    EVENKEEL_CODING_BF16,
    EVENKEEL_CODING_NATURAL,
    EVENKEEL_CODING_SIGN,
    EVENKEEL_CODING_LOG4,
    EVENKEEL_CODING_LOG5,
    EVENKEEL_CODING_LOG6,
    EVENKEEL_CODING_LOG7,
    EVENKEEL_CODING_LOG8
} evenkeel_coding;

/* -------------------------------------------------------------------------------------------------------------- frames -- */

#define EVENKEEL_LOG_SYMBOLS 1025 /* levels of log:8, and zero */

/** The limits within which a reader accepts a frame. */
typedef struct evenkeel_limits {
    uint32_t dimension; /* the number of coordinates d that a frame must have, at least 1 */
    uint32_t max_count; /* the largest number of values */
    uint32_t max_bytes; /* the largest number of bytes of a frame, or of the message, update or delta that contains it */
} evenkeel_limits;

/** The levels of a log coding below a message's largest magnitude; see "log" in ../FORMAT.md. */
typedef struct evenkeel_log_scale {
    double octave[33]; /* T(0) ... T(n) */
    uint32_t shift;    /* n is 2^shift */
    double largest;
} evenkeel_log_scale;

/** A cursor over the codes of an index or a value section. */
typedef struct evenkeel_cursor {
    size_t bit;      /* the next bit, from the section's start */
    uint32_t done;   /* the number of numbers or values read so far */
    uint32_t number; /* the smallest possible next number */
    uint32_t state;  /* of adaptive gaps */
    uint32_t zeros;  /* of an incomplete gap */
} evenkeel_cursor;

/**
 * A checked frame in the caller's memory, and its iterator, which returns the coordinates one at a time. Its size does
 * not depend on the frame's. All members are read-only; `bytes` must remain valid while the frame is in use.
 */
typedef struct evenkeel_frame {
    uint32_t dimension;
    uint32_t count; /* of values */
    evenkeel_support support;
    evenkeel_coding coding;
    uint32_t block_length; /* of blocks */
    uint64_t seed;         /* of a drawn support */

    /* Internal. */
    const uint8_t *bytes; /* from position `base` to `section_end` */
    uint8_t *drawn;       /* a bitmap of the support */
    size_t start, base, at, fault, index_section, value_section, section_end, first_bit;
    uint64_t required, reserved;
    uint32_t phase, index_coding, parameter, numbers, bound, block_left, index_done;
    evenkeel_cursor index, value;
    int exponent, least; /* of natural */
    double scale;
    evenkeel_log_scale log;
    uint32_t levels;
    uint16_t first_code[13], code_count[13], code_offset[13];
    uint16_t symbols[EVENKEEL_LOG_SYMBOLS];
    uint8_t lengths[EVENKEEL_LOG_SYMBOLS];
} evenkeel_frame;

/**
 * Checks a whole frame: its size, checksum and content. After that, evenkeel_frame_next cannot fail.
 *
 * @param bytes exactly one frame; kept
 * @param drawn (d + 7) / 8 bytes for the coordinates of a drawn support; kept; NULL to refuse drawn supports with
 *     EVENKEEL_TOO_LITTLE_MEMORY
 * @param position receives the index of the wrong byte; may be NULL
 */
evenkeel_status evenkeel_frame_open(evenkeel_frame *frame, const uint8_t *bytes, size_t size, const evenkeel_limits *limits,
    uint8_t *drawn, size_t *position);

/** Gets the next value and its coordinate, in ascending order; returns 0 after the last. */
int evenkeel_frame_next(evenkeel_frame *frame, uint32_t *coordinate, double *value);

/** Returns to the first value. */
void evenkeel_frame_rewind(evenkeel_frame *frame);

/** Internal: the source of evenkeel_compress's values. */
typedef struct evenkeel_source {
    evenkeel_vector gradient, minus, kept;
    double eta, keep; /* the factors of the gradient and of the kept vector */
    uint32_t dimension;
    int kind;
} evenkeel_source;

/**
 * A compressed vector to encode. Values are not rounded, so the coding must represent them exactly; evenkeel_compress creates
 * such vectors.
 */
typedef struct evenkeel_sparse {
    uint32_t dimension;
    uint32_t count; /* of values */
    evenkeel_support support;
    evenkeel_coding coding;
    uint32_t block_length;
    uint64_t seed;
    const uint32_t *numbers; /* ascending coordinates of a listed support, or block numbers; not used otherwise */
    uint32_t number_count;   /* of blocks; otherwise not used */
    const double *values;    /* count values; NULL for those of evenkeel_compress */

    /* Internal. */
    const uint32_t *coordinates;
    evenkeel_source source;
    double largest, scale;
    evenkeel_log_scale log;
} evenkeel_sparse;

/** Returns value i of a compressed vector, 0 <= i < count, rounded to its coding. */
double evenkeel_sparse_value(const evenkeel_sparse *vector, uint32_t i);

/** Returns the number of bytes of memory needed to encode values: 0 except for the log codings. */
size_t evenkeel_encode_memory(evenkeel_coding coding);

/**
 * Encodes a vector as a frame. Equal vectors give equal bytes.
 *
 * @param memory evenkeel_encode_memory(coding) bytes, aligned for double; NULL if that is 0
 * @param size receives the frame's size
 * @return EVENKEEL_TOO_LITTLE_MEMORY if the frame is longer than `capacity`,
 *     EVENKEEL_INVALID_VALUE if the coding cannot represent a value, EVENKEEL_INVALID_ARGUMENT if the support is invalid
 */
evenkeel_status evenkeel_frame_encode(const evenkeel_sparse *vector, uint8_t *bytes, size_t capacity, size_t *size, void *memory);

/* ------------------------------------------------------------------------------------------------------------ messages -- */

#define EVENKEEL_MAX_METRICS 32

typedef struct evenkeel_metric {
    const char *name; /* 1 to 64 of a-z 0-9 _ . -, not necessarily terminated */
    uint32_t name_size;
    double value; /* finite */
} evenkeel_metric;

enum { EVENKEEL_HAS_LOSS = 1, EVENKEEL_HAS_NORM = 2, EVENKEEL_HAS_SMOOTHNESS = 4 };

/** The figures that a device reports with its vector. */
typedef struct evenkeel_report {
    int64_t samples;      /* of the gradient, at least 0: the weight of the loss and the metrics in the round's means */
    uint32_t present;     /* EVENKEEL_HAS_...: which of the next three are set */
    double loss;          /* the sent gradient's function at the action's model, as a mean over the samples; finite */
    double gradient_norm; /* finite, at least 0 */
    double smoothness;    /* ||grad(x_k) - grad(x_k-1)|| / ||x_k - x_k-1||, finite, at least 0 */
    uint32_t metric_count;
    evenkeel_metric metrics[EVENKEEL_MAX_METRICS]; /* strictly ascending by name */
} evenkeel_report;

/** A message's header, and the position of its frame. */
typedef struct evenkeel_message {
    int64_t sequence;  /* the number of this message among those of the client in the run, from 1 */
    uint64_t previous; /* the digest of the client's previous message, 0 for the first */
    evenkeel_report report;
    size_t frame; /* an index into the message */
} evenkeel_message;

/**
 * Encodes a message. `memory` is as for evenkeel_frame_encode. Metrics must be in ascending order.
 *
 * @return as for evenkeel_frame_encode; also EVENKEEL_INVALID_ARGUMENT or EVENKEEL_NOT_FINITE for a figure out of range
 */
evenkeel_status evenkeel_message_encode(const evenkeel_message *message, const evenkeel_sparse *vector, uint8_t *bytes,
    size_t capacity, size_t *size, void *memory);

/** Checks a whole message and opens its frame. Metrics' names point into `bytes`. Other parameters are as for a frame. */
evenkeel_status evenkeel_message_open(evenkeel_message *message, evenkeel_frame *frame, const uint8_t *bytes, size_t size,
    const evenkeel_limits *limits, uint8_t *drawn, size_t *position);

/* ------------------------------------------------------------------------------------------------------------ downlink -- */

/** A round's update of (x, S), or its delta of w. */
typedef struct evenkeel_update {
    uint32_t round; /* the part leads from this round's state to that of the next round */
    int retained;   /* updates: whether S persists over rounds */
    double factor;  /* updates: the step */
    uint32_t divisor_count;
    const uint8_t *divisors; /* updates: in the bytes, as little-endian float64 */
    evenkeel_frame frame;
} evenkeel_update;

/**
 * Checks and opens the update at `*position` in a sequence of updates.
 *
 * @param tensors the number of the model's tensors
 * @param last the round of the previous update, -1 for none
 * @param position in: the start of the update; out: the start of the next one, or the wrong byte
 */
evenkeel_status evenkeel_update_open(evenkeel_update *update, const uint8_t *bytes, size_t size, const evenkeel_limits *limits,
    uint32_t tensors, int64_t last, size_t *position);

/** Advances x and S, d values each, by one update. `tensor_sizes` contains the number of coordinates of each tensor. */
void evenkeel_update_apply(evenkeel_update *update, double *x, double *s, const uint32_t *tensor_sizes);

/** Advances x by S: the second half of evenkeel_update_apply, for an update whose values were streamed into S. */
void evenkeel_update_step(const evenkeel_update *update, double *x, const double *s, const uint32_t *tensor_sizes);

/** Like evenkeel_update_open, for a delta of a run with a lossy downlink. `drawn` is as for a frame. */
evenkeel_status evenkeel_delta_open(evenkeel_update *delta, const uint8_t *bytes, size_t size, const evenkeel_limits *limits,
    uint8_t *drawn, int64_t last, size_t *position);

/** Advances w, d values, by one delta. */
void evenkeel_delta_apply(evenkeel_update *delta, float *w);

/* ------------------------------------------------------------------------------------------------------------- streams -- */

/** Receives a value of a frame. */
typedef void (*evenkeel_take)(void *context, uint32_t coordinate, double value);

/**
 * Reads a frame of any length whose bytes arrive in pieces of any size. Needs only this struct and one bit for each
 * coordinate:
 *
 *     evenkeel_stream_start(&stream, &limits, numbers, receive, context);
 *     while (...) evenkeel_stream_add(&stream, piece, size);
 *     status = evenkeel_stream_end(&stream, &position);
 *
 * `receive` gets the values in ascending order of their coordinates, before the checksum is known. So discard the
 * changes unless evenkeel_stream_end returns EVENKEEL_OK. A stream refuses the same frames as evenkeel_frame_open, at
 * the same position.
 */
typedef struct evenkeel_stream {
    evenkeel_update part; /* part.frame has dimension, count, support and coding; the rest is set by evenkeel_stream_header */
    size_t size;          /* the number of bytes to add after evenkeel_stream_header; 0 for a standalone frame */

    /* Internal. */
    evenkeel_limits limits;
    uint8_t *numbers;
    evenkeel_take receive;
    void *context;
    evenkeel_status status;
    uint32_t tensors, held, crc;
    int is_long, ends_sealed;
    uint8_t window[64];
} evenkeel_stream;

/**
 * Starts a frame.
 *
 * @param numbers (d + 7) / 8 bytes; kept; NULL to refuse all frames but those of every coordinate with
 *     EVENKEEL_TOO_LITTLE_MEMORY
 */
void evenkeel_stream_start(
    evenkeel_stream *stream, const evenkeel_limits *limits, uint8_t *numbers, evenkeel_take receive, void *context);

/**
 * Checks the header of an update or a delta; call it after evenkeel_stream_start. If an update is not `retained`, clear
 * S before the frame. After an update's frame, call evenkeel_update_step.
 *
 * @param bytes the first bytes of the update, at least the header: 28 bytes and 8 for each divisor, or 16 for a delta; kept
 *     until the end of an update
 * @param tensors the number of the model's tensors; 0 for a delta
 * @param last as for evenkeel_update_open
 * @param position out: the start of the frame, from which to add `stream->size` bytes; or the wrong byte
 * @return EVENKEEL_TRUNCATED if these are too few bytes
 */
evenkeel_status evenkeel_stream_header(
    evenkeel_stream *stream, const uint8_t *bytes, size_t size, uint32_t tensors, int64_t last, size_t *position);

/**
 * Reads the next bytes. Returns EVENKEEL_LIMIT_EXCEEDED if they exceed the limit; no further bytes are needed then.
 * evenkeel_stream_end reports all other faults.
 */
evenkeel_status evenkeel_stream_add(evenkeel_stream *stream, const void *bytes, size_t size);

/** Ends the frame. Positions count from its first byte, or from the header of an update or a delta. */
evenkeel_status evenkeel_stream_end(evenkeel_stream *stream, size_t *position);

/* ------------------------------------------------------------------------------------------------------------ replicas -- */

/**
 * Reads a replica into x and S, d values each. Both are unchanged on a failure. They may overlap the bytes: x from byte
 * 16 on, followed by S.
 */
evenkeel_status evenkeel_replica_read(
    const uint8_t *bytes, size_t size, uint32_t dimension, double *x, double *s, uint32_t *round, size_t *position);

/* --------------------------------------------------------------------------------------------------------- compressors -- */

typedef enum evenkeel_selection {
    EVENKEEL_IDENTITY = 0,
    EVENKEEL_TOP_K,
    EVENKEEL_RAND_K,
    EVENKEEL_BLOCK_TOP_K,
    EVENKEEL_LAYER_TOP_K,
    EVENKEEL_THRESHOLD
} evenkeel_selection;

/** A compressor for the vectors of one model. */
typedef struct evenkeel_compressor {
    evenkeel_selection selection;
    evenkeel_coding coding;
    uint32_t dimension;
    uint32_t max_count;           /* the largest number of values in a message */
    uint32_t count;               /* of coordinates or blocks to select */
    uint32_t block_length;        /* of block-top-k */
    double bound;                 /* of threshold */
    double share;                 /* of the coordinates, 0 if the amount is a count */
    const uint32_t *tensor_sizes; /* the number of coordinates of each of the model's tensors; kept */
    uint32_t tensors;
} evenkeel_compressor;

/**
 * Reads a compressor's text, such as "top-k:0.01+natural", and binds it to a model.
 *
 * @param tensor_sizes the number of coordinates of each tensor, d in total; kept. A single tensor of d coordinates
 *     suffices except for layer-top-k
 */
evenkeel_status evenkeel_compressor_read(
    evenkeel_compressor *compressor, const char *text, const uint32_t *tensor_sizes, uint32_t tensors);

/**
 * Returns the number of bytes of memory for compressing, aligned for double; SIZE_MAX if this exceeds the address
 * space.
 */
size_t evenkeel_compress_memory(const evenkeel_compressor *compressor);

/**
 * Returns the largest size of a message with this compressor and all figures; SIZE_MAX if this exceeds the address
 * space.
 */
size_t evenkeel_message_bound(const evenkeel_compressor *compressor);

/**
 * Compresses gradient - minus without storing the difference.
 *
 * @param gradient d finite values; kept
 * @param minus d finite values; kept; NULL for zeros
 * @param seed the seed from which rand-k draws its coordinates
 * @param memory evenkeel_compress_memory bytes; kept, because they hold the vector's numbers until it is encoded
 * @param position receives the first coordinate that is not finite; may be NULL
 */
evenkeel_status evenkeel_compress(const evenkeel_compressor *compressor, evenkeel_vector gradient, const evenkeel_vector *minus,
    uint64_t seed, void *memory, evenkeel_sparse *vector, size_t *position);

/* ------------------------------------------------------------------------------------------------------------ feedback -- */

typedef enum evenkeel_method { /* the comments list what a device keeps; saved states contain the numbers */
    EVENKEEL_EF21 = 0,      /* g */
    EVENKEEL_EF21_MOMENTUM, /* g, and the mean m */
    EVENKEEL_EF21_IGT,      /* g, the mean v, and the model x of the last accepted message */
    EVENKEEL_EF14,          /* the unsent remainder e */
    EVENKEEL_NO_FEEDBACK,
    EVENKEEL_EF21_STORM,    /* as for EF21-IGT */
    EVENKEEL_EF14_DECAY     /* as for EF14 */
} evenkeel_method;

/**
 * A device's error-feedback state. Float64 vectors are bit-identical to those of the other SDKs. Float32 vectors take
 * half the memory, but then g_i on the device differs from the coordinator's by the rounding of each message, up to
 * 2^-24 of a value. The device's chain of messages remains exact.
 */
typedef struct evenkeel_feedback {
    evenkeel_method method;
    uint32_t dimension;
    int started; /* whether a message was accepted, so that m, v and x are set */
    evenkeel_vector g; /* or e; its `values` are NULL if the method has neither */
    evenkeel_vector mean;
    float *model; /* x: with EF21-STORM, the point of the second gradient once `started` */
} evenkeel_feedback;

/** Reads a method's name as in plans, such as "ef21-momentum"; returns EVENKEEL_UNSUPPORTED_PLAN for others. */
evenkeel_status evenkeel_method_read(const char *name, evenkeel_method *method);

/**
 * Returns the number of bytes of memory for a state, aligned for double; SIZE_MAX if this exceeds the address space.
 */
size_t evenkeel_feedback_memory(evenkeel_method method, uint32_t dimension, evenkeel_type type);

/** Initializes the state with zeros in the caller's memory, which is kept. */
void evenkeel_feedback_start(
    evenkeel_feedback *feedback, evenkeel_method method, uint32_t dimension, evenkeel_type type, void *memory);

/**
 * Writes the point at which to compute the gradient: for EF21-IGT an extrapolation of the round's model, otherwise the
 * model itself.
 *
 * @param model d values; `point` may be the same
 * @param eta the round's momentum, above 0 and up to 1
 */
void evenkeel_feedback_point(const evenkeel_feedback *feedback, const float *model, double eta, float *point);

/**
 * Computes the message for a gradient, without changing the state. Parameters are as for evenkeel_compress.
 *
 * @param gradient d values; with EF21-STORM, once `started`, 2 d: the gradient at the round's model, then that at
 *     feedback->model on the same sample
 * @param eta the round's momentum, or for EF14 with a decay the share of e that is kept; above 0 and up to 1. Other
 *     methods ignore it
 */
evenkeel_status evenkeel_feedback_stage(const evenkeel_feedback *feedback, const evenkeel_compressor *compressor,
    evenkeel_vector gradient, double eta, uint64_t seed, void *memory, evenkeel_sparse *vector, size_t *position);

/**
 * Applies a message that the coordinator has accepted.
 *
 * @param frame the opened frame of the message
 * @param gradient the staged gradient; not used by EF21 and `none`
 * @param model the round's model, d values; used only by EF21-IGT and EF21-STORM, otherwise NULL
 */
void evenkeel_feedback_commit(
    evenkeel_feedback *feedback, evenkeel_frame *frame, evenkeel_vector gradient, double eta, const float *model);

/**
 * Returns the value of a schedule, such as "horizon:1.0:0.5", in a round of a run whose last round is `horizon`.
 *
 * @return EVENKEEL_UNSUPPORTED_PLAN if the text is not a schedule
 */
evenkeel_status evenkeel_schedule(const char *text, uint32_t round, uint32_t horizon, double *value);

/** Returns the Euclidean norm of d values, bit-identical to the other SDKs. */
double evenkeel_norm(evenkeel_vector values, uint32_t dimension);

/* ------------------------------------------------------------------------------------------------------------- storage -- */

/** The areas that a device saves: two slots of credentials and two of a run's state. */
enum { EVENKEEL_AREAS = 4, EVENKEEL_CREDENTIALS_BYTES = 512 };

/**
 * The storage of a device's state: four areas of bytes, such as flash sectors or files. Areas 0 and 1 have
 * EVENKEEL_CREDENTIALS_BYTES bytes, areas 2 and 3 evenkeel_plan.state_bytes bytes. The library erases an area, writes it
 * sequentially without gaps, and syncs it before it touches the other area of the pair. So power may fail at any byte. Each
 * callback returns 0 on success.
 */
typedef struct evenkeel_storage {
    void *context;
    /** Reads bytes. Bytes not written since the last erasure are all FF or all 00. */
    int (*read)(void *context, uint32_t area, size_t offset, void *bytes, size_t size);
    /** Makes an area writable and discards its content. */
    int (*erase)(void *context, uint32_t area);
    int (*write)(void *context, uint32_t area, size_t offset, const void *bytes, size_t size);
    /** Returns when the area's bytes survive a power failure. */
    int (*sync)(void *context, uint32_t area);
} evenkeel_storage;

/** The saved fields other than the vectors. */
typedef struct evenkeel_state {
    uint32_t generation; /* the number of the latest save, from 1; 0 before the first */
    int64_t sequence;    /* the number of accepted messages that the vectors include */
    uint64_t head;       /* the digest of the last of them, 0 for none */
    int64_t last_round;  /* its round, -1 for none */
    /* The current message. */
    uint8_t *message; /* in the caller's memory */
    size_t message_size; /* 0 if there is none */
    uint32_t round;
    double eta;
    uint64_t history; /* of the round's model, if `has_history` */
    int has_history;
} evenkeel_state;

/** Returns the maximum number of bytes of a state in an area; SIZE_MAX if this exceeds the address space. */
size_t evenkeel_state_bytes(evenkeel_method method, uint32_t dimension, evenkeel_type type, size_t max_message);

/**
 * Saves a state in whichever of areas 2 and 3 is older.
 *
 * @param owner the digest of the run's name and the client's id, which is checked when the state is loaded
 * @param gradient the staged gradient, as for evenkeel_feedback_stage, saved for methods whose commit needs it
 * @param model the round's model, d values, saved for EF21-IGT and EF21-STORM; otherwise NULL
 */
evenkeel_status evenkeel_state_save(const evenkeel_storage *storage, uint64_t owner, const evenkeel_feedback *feedback,
    evenkeel_state *state, const float *gradient, const float *model);

/**
 * Loads the newer complete state from areas 2 and 3 into the memory of `feedback`, `state->message` (of `capacity`
 * bytes), `gradient` and `model`. `state->generation` is 0 if nothing has been saved yet. A state longer than
 * evenkeel_state_bytes for this feedback and capacity belongs to another run (EVENKEEL_OTHER_STATE). No byte beyond
 * that size is read.
 *
 * @param position receives the index of the wrong byte if the state is refused; may be NULL
 */
evenkeel_status evenkeel_state_load(const evenkeel_storage *storage, uint64_t owner, evenkeel_feedback *feedback,
    evenkeel_state *state, size_t capacity, float *gradient, float *model, size_t *position);

/* -------------------------------------------------------------------------------------------------------------- device -- */

enum { EVENKEEL_MAX_NAME = 64, EVENKEEL_MAX_CLIENT = 64, EVENKEEL_MAX_SECRET = 160, EVENKEEL_MAX_TEXT = 96 };

/** The parameters of a run that a device needs. */
typedef struct evenkeel_plan {
    uint32_t dimension;
    uint32_t tensors;
    uint32_t rounds;
    uint32_t horizon;
    uint32_t local_steps; /* the number of optimizer steps in a round; 0 if the device decides */
    uint64_t seed;
    uint32_t max_message_bytes;
    int lossy; /* whether the downlink is lossy, so that models can be downloaded as deltas */
    int reads_slopes; /* whether the step rule reads slopes, so that messages of IGT and STORM contain them */
    evenkeel_method method;
    char eta[EVENKEEL_MAX_TEXT];
    char compressor[EVENKEEL_MAX_TEXT];
    size_t state_bytes; /* of areas 2 and 3 */
} evenkeel_plan;

/**
 * The reaction if the device and the coordinator disagree on the accepted messages. The coordinator's sum is correct in
 * any case.
 */
typedef enum evenkeel_divergence {
    EVENKEEL_RECOVER_IF_LOST = 0, /* take the coordinator's state if one side has none; else fail: two copies may be running */
    EVENKEEL_RECOVER,             /* always take the coordinator's state, for a device restored from a backup */
    EVENKEEL_FAIL
} evenkeel_divergence;

/** The settings of a device. Pointers are kept. Token, name and attributes must have fewer than 460 bytes in total. */
typedef struct evenkeel_settings {
    const char *run;    /* the run's name: 1 to 64 of a-z 0-9 - */
    const char *token;  /* the enrolment token; NULL if the device has enrolled */
    const char *name;   /* shown to operators: letters, digits, space, _ . -; NULL if the coordinator chooses it */
    const char *attributes; /* reported at enrolment: a JSON object of strings, {"board":"m4"}; NULL for none */
    const char *weight; /* in the run, as a JSON number; NULL for "1.0" */
    const evenkeel_storage *storage;
    /** Fills an array with random bytes, which need not be secret but must differ between devices. */
    void (*random)(void *context, uint8_t *bytes, size_t size);
    void *random_context;
    uint8_t *buffer; /* for requests and JSON answers: 2048 bytes plus 100 for each of the model's tensors suffice */
    size_t buffer_size;
    evenkeel_type state_type; /* of the state's vectors; 0 (float64) for bit-identical results to the other SDKs */
    int two_gradients; /* 1 if the program computes action.second_gradient; 0 to refuse runs of EF21-STORM */
    int keep_replica; /* 1 to keep the run's x and S and download sparse updates if they take fewer bytes */
    evenkeel_divergence on_divergence;
    uint32_t long_poll;    /* the milliseconds for which the coordinator may hold a request for work; 0 for 30 s */
    uint32_t max_attempts; /* of a request, before the device gives up; 0 for no limit */
} evenkeel_settings;

/** The reason why the coordinator refused a request: the last part of the problem's type; see docs/errors.md. */
typedef enum evenkeel_problem_type {
    EVENKEEL_PROBLEM_NONE = 0,
    EVENKEEL_PROBLEM_OTHER, /* a type unknown to this version, or not a problem document */
    EVENKEEL_PROBLEM_MALFORMED,
    EVENKEEL_PROBLEM_UNAUTHENTICATED,
    EVENKEEL_PROBLEM_FORBIDDEN,
    EVENKEEL_PROBLEM_CLIENT_REVOKED,
    EVENKEEL_PROBLEM_DEVICE_NOT_CHOSEN,
    EVENKEEL_PROBLEM_ENROLMENT_TOKEN_UNKNOWN,
    EVENKEEL_PROBLEM_ENROLMENT_TOKEN_EXPIRED,
    EVENKEEL_PROBLEM_ENROLMENT_TOKEN_USED_UP,
    EVENKEEL_PROBLEM_NOT_FOUND,
    EVENKEEL_PROBLEM_RUN_NOT_FOUND,
    EVENKEEL_PROBLEM_ROUND_NOT_FOUND,
    EVENKEEL_PROBLEM_MEMBER_NOT_FOUND,
    EVENKEEL_PROBLEM_MODEL_NOT_KEPT,
    EVENKEEL_PROBLEM_CONFLICT,
    EVENKEEL_PROBLEM_WRONG_STATE,
    EVENKEEL_PROBLEM_ROUND_CLOSED,
    EVENKEEL_PROBLEM_ROUND_NOT_OPEN,
    EVENKEEL_PROBLEM_STATE_NOT_KEPT,
    EVENKEEL_PROBLEM_STATE_DIVERGED,
    EVENKEEL_PROBLEM_TOO_LARGE,
    EVENKEEL_PROBLEM_UNSUPPORTED_MEDIA_TYPE,
    EVENKEEL_PROBLEM_INVALID,
    EVENKEEL_PROBLEM_INVALID_FRAME,
    EVENKEEL_PROBLEM_PLAN_EXCEEDED,
    EVENKEEL_PROBLEM_TOO_MANY_REQUESTS,
    EVENKEEL_PROBLEM_BUSY,
    EVENKEEL_PROBLEM_HISTORY_LOST
} evenkeel_problem_type;

typedef struct evenkeel_problem {
    evenkeel_problem_type type;
    uint32_t http_status;
    char detail[200]; /* a description of the error, possibly truncated */
} evenkeel_problem;

/** The next action of the program. */
typedef enum evenkeel_kind {
    EVENKEEL_DO_REQUEST = 1, /* send `request`; answer with evenkeel_answer, ..., evenkeel_answer_end or evenkeel_answer_failed */
    EVENKEEL_DO_WAIT,        /* wait for `milliseconds`, then call evenkeel_next */
    EVENKEEL_DO_ALLOCATE,    /* provide `bytes` bytes of memory with evenkeel_give_memory */
    EVENKEEL_DO_COMPUTE,     /* compute the gradient at `model` into `gradient`, and unless `second_model` is NULL the gradient of the same sample at `second_model` into `second_gradient`; then call evenkeel_computed or evenkeel_skip */
    EVENKEEL_DO_STOP         /* the run is over for this device: see `status` */
} evenkeel_kind;

typedef struct evenkeel_header {
    const char *name;
    const char *value;
} evenkeel_header;

/** An HTTP request. Pointers are valid until the answer ends. */
typedef struct evenkeel_request {
    const char *method;
    const char *path; /* with the query, to append to the coordinator's address: "/api/v1/..." */
    evenkeel_header headers[4];
    uint32_t header_count;
    const uint8_t *body; /* NULL if there is none */
    size_t body_size;
    uint32_t extra_timeout; /* additional milliseconds that the coordinator may take */
} evenkeel_request;

typedef struct evenkeel_action {
    evenkeel_kind kind;
    evenkeel_request request;
    uint32_t milliseconds;
    size_t bytes;
    uint32_t round;
    const float *model; /* d values: where to compute the gradient; for EF21-IGT, this is not the round's model */
    float *gradient;    /* d values */
    const float *second_model; /* d values; NULL except for EF21-STORM after the first message */
    float *second_gradient;    /* d values, after those of `gradient` */
    evenkeel_status status; /* OK if the run ended: see `end` */
    size_t position;        /* the wrong byte or coordinate, if the status has one */
    char end[12];           /* "finished", "cancelled", "failed" or "left" */
} evenkeel_action;

/** A device in a run. The caller may read the members above the line, but must not write any. */
typedef struct evenkeel_device {
    evenkeel_action action;
    evenkeel_plan plan; /* once joined */
    evenkeel_problem problem;
    char client[EVENKEEL_MAX_CLIENT + 1]; /* the device's id once enrolled */
    uint32_t ordinal;
    evenkeel_state state;
    uint32_t accepted; /* messages accepted since evenkeel_init */
    uint32_t refused;
    uint32_t recovered; /* the number of times that the device adopted the coordinator's state */
    uint32_t lost;      /* acknowledged messages that the coordinator lost when it was restored from a backup */
    /* ---- */
    evenkeel_settings settings;
    uint32_t step, outstanding, pause, attempt, http_status, retry_after, has_retry_after, follows, credentials_generation;
    int64_t theirs_sequence, theirs_round, after, model_round, replica_round, saving, answer_sequence;
    uint64_t theirs_head, answer_head;
    uint32_t answer_headers, task_round;
    int64_t update_bytes;
    uint64_t history, model_digest; /* of the round `after`, and of its model */
    int has_history, has_model_digest, fetched_anew, follows_history;
    uint8_t *target;
    size_t received, capacity;
    char authorization[EVENKEEL_MAX_SECRET + 8]; /* "Bearer " and the secret */
    char key[40];
    char path[256];
    size_t plan_at;
    uint32_t *tensor_sizes;
    float *model, *gradient, *point;
    double *x, *s;
    void *work, *encode_work, *feedback_memory;
    uint8_t *drawn;
    size_t message_capacity;
    evenkeel_feedback feedback;
    evenkeel_compressor compressor;
    evenkeel_message parts;
    union {
        evenkeel_sparse vector;
        evenkeel_frame frame;
        evenkeel_update update;
    } work_in;
} evenkeel_device;

/**
 * Starts a device, or continues it after a restart. It enrols if nothing is saved, joins the run, and takes part until
 * the run is over. Joining a run that is already over is refused: EVENKEEL_REFUSED with EVENKEEL_PROBLEM_WRONG_STATE.
 *
 * @return EVENKEEL_INVALID_ARGUMENT if the settings are invalid
 */
evenkeel_status evenkeel_init(evenkeel_device *device, const evenkeel_settings *settings);

/** Returns the next action. Returns the same action again until it is answered. */
const evenkeel_action *evenkeel_next(evenkeel_device *device);

/** Passes the HTTP status of the answer to the request. */
evenkeel_status evenkeel_answer(evenkeel_device *device, uint32_t http_status);

/** Passes a header of the answer; headers that the device does not need are ignored. Names are case-insensitive. */
evenkeel_status evenkeel_answer_header(evenkeel_device *device, const char *name, const char *value);

/**
 * Passes a piece of the answer's body. After an error, the rest need not be downloaded; evenkeel_next returns the next
 * action.
 */
evenkeel_status evenkeel_answer_body(evenkeel_device *device, const void *bytes, size_t size);

/** Ends a complete answer. */
evenkeel_status evenkeel_answer_end(evenkeel_device *device);

/** Reports a failed request: no answer, or an incomplete one. */
evenkeel_status evenkeel_answer_failed(evenkeel_device *device);

/** Provides the memory for EVENKEEL_DO_ALLOCATE, aligned for double; kept while the device is in use. */
evenkeel_status evenkeel_give_memory(evenkeel_device *device, void *memory, size_t size);

/**
 * Reports that the gradient has been computed. Adds its norm to the report, and the metrics "slope" and "slope-change" if the
 * run's step rule reads them and the method is IGT or STORM; with other methods the program adds "slope" itself.
 *
 * @param report NULL for one sample and no figures
 * @return EVENKEEL_NOT_FINITE if a value of the gradient is not finite; `action.position` names it, counted from `gradient`,
 *     and the device still waits for a gradient
 */
evenkeel_status evenkeel_computed(evenkeel_device *device, const evenkeel_report *report);

/** Skips this round. */
evenkeel_status evenkeel_skip(evenkeel_device *device);

/**
 * Leaves the run instead of taking the next action: the coordinator removes the device's share from its sum.
 *
 * @return EVENKEEL_NOT_EXPECTED while a request is in progress or before the device has joined
 */
evenkeel_status evenkeel_leave(evenkeel_device *device);

/** Erases the saved credentials and state, for a device that changes hands. */
evenkeel_status evenkeel_forget(const evenkeel_storage *storage);

#ifdef __cplusplus
}
#endif

#endif
