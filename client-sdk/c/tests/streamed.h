/* Streams frames, updates and deltas in pieces of random sizes, and compares the results with those of a whole read. */
#ifndef STREAMED_H
#define STREAMED_H

#include "evenkeel.h"

#include <stdlib.h>
#include <string.h>

/* The frame read as a whole, NULL if it was refused, and whether a streamed value differed. */
struct streamed {
    evenkeel_frame *whole;
    uint32_t count;
    int differs;
};

static inline void streamed_receive(void *context, uint32_t coordinate, double value) {
    struct streamed *to = (struct streamed *)context;
    uint32_t expected;
    double wanted;
    to->count++;
    if (to->whole == NULL) return;
    if (!evenkeel_frame_next(to->whole, &expected, &wanted)) to->differs = 1;
    else to->differs |= expected != coordinate || memcmp(&wanted, &value, sizeof value) != 0;
}

/**
 * Streams bytes in pieces of 1 to `most` bytes. Each piece is a copy of its exact size, so that a sanitizer detects a
 * read beyond it.
 *
 * @return whether the result is the same: the same values, or a refusal for the same reason at the same byte
 */
static inline int streamed_pieces(evenkeel_stream *stream, struct streamed *to, const uint8_t *bytes, size_t size, size_t most, uint64_t *random,
    evenkeel_status expected, size_t expected_position) {
    size_t position = 0;
    if (to->whole != NULL) evenkeel_frame_rewind(to->whole);
    for (size_t at = 0; at < size;) {
        size_t piece = 1 + (size_t)(evenkeel_random_next(random) % most);
        piece = piece < size - at ? piece : size - at;
        uint8_t *copy = (uint8_t *)malloc(piece);
        if (copy == NULL) abort();
        memcpy(copy, bytes + at, piece);
        evenkeel_status status = evenkeel_stream_add(stream, copy, piece);
        free(copy);
        at += piece;
        if (status != EVENKEEL_OK) break;
    }
    evenkeel_status status = evenkeel_stream_end(stream, &position);
    if (status == EVENKEEL_OK && to->count != stream->part.frame.count) return 0;
    return !to->differs && status == expected && (status == EVENKEEL_OK || position == expected_position);
}

/** Streams one frame. `numbers` is memory for the support, `whole` the opened frame or NULL. */
static inline int streamed_frame(evenkeel_stream *stream, const uint8_t *bytes, size_t size, const evenkeel_limits *limits, uint8_t *numbers,
    evenkeel_frame *whole, size_t most, uint64_t *random, evenkeel_status expected, size_t position) {
    struct streamed to = {whole, 0, 0};
    evenkeel_stream_start(stream, limits, numbers, streamed_receive, &to);
    return streamed_pieces(stream, &to, bytes, size, most, random, expected, position);
}

/** Streams the update or delta at a position. `position` is the end of the whole read, or the refused byte. */
static inline int streamed_part(evenkeel_stream *stream, const uint8_t *bytes, size_t start, size_t size, const evenkeel_limits *limits,
    uint32_t tensors, int64_t last, uint8_t *numbers, evenkeel_frame *whole, size_t most, uint64_t *random, evenkeel_status expected,
    size_t position) {
    struct streamed to = {whole, 0, 0};
    size_t frame = 0;
    evenkeel_stream_start(stream, limits, numbers, streamed_receive, &to);
    evenkeel_status status = evenkeel_stream_header(stream, bytes + start, size - start, tensors, last, &frame);
    /* Only the whole read knows that bytes announced by the header are missing. */
    if (status != EVENKEEL_OK) return (status == expected && start + frame == position) || (expected == EVENKEEL_TRUNCATED && position == size);
    size_t rest = size - start - frame < stream->size ? size - start - frame : stream->size;
    return streamed_pieces(stream, &to, bytes + start + frame, rest, most, random, expected, position - start);
}

#endif
