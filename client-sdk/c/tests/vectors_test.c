/*
 * Tests all golden vectors of client-sdk/vectors: good ones are read and written with the same bytes, and bad ones are
 * refused at the wrong byte.
 */
#include "vectors.h"

#include "streamed.h"
#include "test.h"

static const size_t pieces[] = {1, 3, 9, 40, 100, 1 << 16};
enum { PIECES = sizeof pieces / sizeof pieces[0] };
static uint64_t split = 2026;

static const char *const faults[] = {"", "WRONG_MAGIC", "UNSUPPORTED_VERSION", "TRUNCATED", "TRAILING_BYTES", "CORRUPTED",
    "LIMIT_EXCEEDED", "WRONG_DIMENSION", "INVALID_INDEX", "INVALID_VALUE", "NOT_CANONICAL"};

static evenkeel_status status_of(const char *fault) {
    for (int i = 1; i <= EVENKEEL_NOT_CANONICAL; i++) {
        if (!strcmp(fault, faults[i])) return (evenkeel_status)i;
    }
    test_fail(__FILE__, __LINE__, "a known fault");
    return EVENKEEL_OK;
}

/** Returns a copy of exactly this size, so that a sanitizer detects a read beyond it. */
static uint8_t *copy(const uint8_t *bytes, size_t size) {
    uint8_t *own = test_memory(size);
    if (size) memcpy(own, bytes, size);
    return own;
}

/** Returns the coordinate of value i. */
static uint32_t coordinate(const struct vector *v, const uint32_t *drawn, uint32_t i) {
    if (v->support == LISTED) return v->indices[i];
    if (v->support == SEEDED) return drawn[i];
    if (v->support == BLOCKS) return v->indices[i / v->block_length] * v->block_length + i % v->block_length;
    return i;
}

/** Draws a support as defined in FORMAT.md, "Drawing a support". */
static uint32_t *draw(uint32_t dimension, uint32_t count, uint64_t seed) {
    uint8_t *chosen = test_memory(dimension);
    uint32_t *drawn = test_memory(count * sizeof *drawn), found = 0;
    for (uint32_t top = dimension - count; top < dimension; top++) {
        uint64_t n = (uint64_t)top + 1, bits, r;
        do {
            bits = evenkeel_random_next(&seed) >> 1;
            r = bits % n;
        } while ((bits - r + n - 1) >> 63);
        chosen[chosen[r] ? top : r] = 1;
    }
    for (uint32_t j = 0; j < dimension; j++) {
        if (chosen[j]) drawn[found++] = j;
    }
    free(chosen);
    return drawn;
}

static void check_vector(evenkeel_frame *frame, const struct vector *v) {
    uint32_t *drawn = v->support == SEEDED ? draw(v->dimension, v->count, v->seed) : NULL;
    CHECK(frame->dimension == v->dimension && frame->count == v->count);
    CHECK((int)frame->support == (int)v->support && (int)frame->coding == v->coding);
    if (v->support == SEEDED) CHECK(frame->seed == v->seed);
    if (v->support == BLOCKS) CHECK(frame->block_length == v->block_length);
    for (int again = 0; again < 2; again++) {
        uint32_t found;
        double value;
        for (uint32_t i = 0; i < v->count; i++) {
            CHECK(evenkeel_frame_next(frame, &found, &value));
            CHECK(found == coordinate(v, drawn, i));
            CHECK(test_bits(value) == v->values[i]);
        }
        CHECK(!evenkeel_frame_next(frame, &found, &value));
        CHECK(!evenkeel_frame_next(frame, &found, &value));
        evenkeel_frame_rewind(frame);
    }
    free(drawn);
}

static evenkeel_sparse sparse(const struct vector *v, double *values) {
    evenkeel_sparse made;
    memset(&made, 0, sizeof made);
    for (uint32_t i = 0; i < v->count; i++) values[i] = test_double(v->values[i]);
    made.dimension = v->dimension;
    made.count = v->count;
    made.support = (evenkeel_support)v->support;
    made.coding = (evenkeel_coding)v->coding;
    made.block_length = v->block_length;
    made.seed = v->seed;
    made.numbers = v->indices;
    made.number_count = v->index_count;
    made.values = values;
    return made;
}

static void frame_of(const struct good *g) {
    const struct vector *v = &g->parts->vector;
    evenkeel_limits limits = {v->dimension, v->count, (uint32_t)g->size};
    evenkeel_frame frame;
    uint8_t *bytes = copy(g->bytes, g->size), *written = test_memory(g->size);
    uint8_t *drawn = v->support == SEEDED ? test_memory((v->dimension + 7) / 8) : NULL;
    double *values = test_memory(v->count * sizeof *values);
    void *memory = test_memory(evenkeel_encode_memory((evenkeel_coding)v->coding));
    size_t size = 0, position = 0;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_frame_open(&frame, bytes, g->size, &limits, drawn, &position));
    check_vector(&frame, v);
    /* A microcontroller does not have a bit for each of 2^31 - 1 coordinates. */
    uint8_t *numbers = test_memory(v->dimension < 100000 ? (v->dimension + 7) / 8 : 1);
    for (int i = 0; i < PIECES && v->dimension < 100000; i++) {
        evenkeel_stream stream;
        CHECK(streamed_frame(&stream, bytes, g->size, &limits, numbers, &frame, pieces[i], &split, EVENKEEL_OK, 0));
        CHECK(stream.part.frame.dimension == v->dimension && (int)stream.part.frame.support == (int)v->support);
        evenkeel_status without = v->support == ALL ? EVENKEEL_OK : EVENKEEL_TOO_LITTLE_MEMORY;
        CHECK(streamed_frame(&stream, bytes, g->size, &limits, NULL, &frame, pieces[i], &split, without, 13));
    }
    free(numbers);
    if (drawn) CHECK_STATUS(EVENKEEL_TOO_LITTLE_MEMORY, evenkeel_frame_open(&frame, bytes, g->size, &limits, NULL, NULL));
    evenkeel_sparse vector = sparse(v, values);
    CHECK_STATUS(EVENKEEL_OK, evenkeel_frame_encode(&vector, written, g->size, &size, memory));
    CHECK(size == g->size && !memcmp(written, g->bytes, size));
    if (g->size) CHECK_STATUS(EVENKEEL_TOO_LITTLE_MEMORY, evenkeel_frame_encode(&vector, written, g->size - 1, &size, memory));
    if (v->count) {
        limits.max_count--;
        CHECK_STATUS(EVENKEEL_LIMIT_EXCEEDED, evenkeel_frame_open(&frame, bytes, g->size, &limits, drawn, &position));
    }
    limits.max_count = v->count;
    limits.max_bytes--;
    CHECK_STATUS(EVENKEEL_LIMIT_EXCEEDED, evenkeel_frame_open(&frame, bytes, g->size, &limits, drawn, &position));
    free(memory), free(values), free(drawn), free(written), free(bytes);
}

static void message_of(const struct good *g) {
    const struct part *part = g->parts;
    evenkeel_limits limits = {part->vector.dimension, part->vector.count, (uint32_t)g->size};
    evenkeel_message message, again;
    evenkeel_frame frame;
    uint8_t *bytes = copy(g->bytes, g->size), *written = test_memory(g->size);
    double *values = test_memory(part->vector.count * sizeof *values);
    void *memory = test_memory(evenkeel_encode_memory((evenkeel_coding)part->vector.coding));
    size_t size = 0, position = 0;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_message_open(&message, &frame, bytes, g->size, &limits, NULL, &position));
    CHECK(message.sequence == part->sequence && message.previous == part->previous);
    CHECK(message.report.samples == part->samples && message.report.present == (uint32_t)part->present);
    if (part->present & EVENKEEL_HAS_LOSS) CHECK(test_bits(message.report.loss) == part->figures[0]);
    if (part->present & EVENKEEL_HAS_NORM) CHECK(test_bits(message.report.gradient_norm) == part->figures[1]);
    if (part->present & EVENKEEL_HAS_SMOOTHNESS) CHECK(test_bits(message.report.smoothness) == part->figures[2]);
    CHECK(message.report.metric_count == part->size);
    for (size_t i = 0; i < part->size; i++) {
        const evenkeel_metric *metric = &message.report.metrics[i];
        CHECK(metric->name_size == strlen(part->names[i]) && !memcmp(metric->name, part->names[i], metric->name_size));
        CHECK(test_bits(metric->value) == part->x[i]);
    }
    check_vector(&frame, &part->vector);
    again = message;
    evenkeel_sparse vector = sparse(&part->vector, values);
    CHECK_STATUS(EVENKEEL_OK, evenkeel_message_encode(&again, &vector, written, g->size, &size, memory));
    CHECK(size == g->size && !memcmp(written, g->bytes, size));
    CHECK(evenkeel_digest(written, size) == g->digest);
    free(memory), free(values), free(written), free(bytes);
}

/** Tests updates and deltas, which devices only read. */
static void updates_of(const struct good *g) {
    evenkeel_limits limits = {g->parts->vector.dimension, g->parts->vector.dimension, (uint32_t)g->size};
    uint8_t *bytes = copy(g->bytes, g->size), *drawn = test_memory((limits.dimension + 7) / 8);
    size_t position = 0;
    int64_t last = -1;
    for (size_t i = 0; i < g->part_count; i++) {
        const struct part *part = &g->parts[i];
        evenkeel_update update;
        size_t start = position;
        if (g->kind == DELTAS) {
            CHECK_STATUS(EVENKEEL_OK, evenkeel_delta_open(&update, bytes, g->size, &limits, drawn, last, &position));
        } else {
            CHECK_STATUS(
                EVENKEEL_OK, evenkeel_update_open(&update, bytes, g->size, &limits, (uint32_t)part->size, last, &position));
            CHECK(!!update.retained == !!part->retained && test_bits(update.factor) == part->factor);
            CHECK(update.divisor_count == part->size);
            for (size_t k = 0; k < 8 * part->size; k++) CHECK(update.divisors[k] == (uint8_t)(part->x[k / 8] >> k % 8 * 8));
        }
        CHECK(update.round == part->round);
        check_vector(&update.frame, &part->vector);
        uint8_t *numbers = test_memory((limits.dimension + 7) / 8);
        for (int k = 0; k < PIECES; k++) {
            evenkeel_stream stream;
            uint32_t tensors = g->kind == DELTAS ? 0 : (uint32_t)part->size;
            CHECK(streamed_part(
                &stream, bytes, start, g->size, &limits, tensors, last, numbers, &update.frame, pieces[k], &split, EVENKEEL_OK, position));
            CHECK(stream.part.round == update.round && stream.part.divisor_count == update.divisor_count);
        }
        free(numbers);
        last = update.round;
    }
    CHECK(position == g->size);
    free(drawn), free(bytes);
}

static void replica_of(const struct good *g) {
    const struct part *part = g->parts;
    uint8_t *bytes = copy(g->bytes, g->size);
    double *x = test_memory(part->size * sizeof *x), *s = test_memory(part->size * sizeof *s);
    uint32_t round = 0;
    size_t position = 0;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_replica_read(bytes, g->size, (uint32_t)part->size, x, s, &round, &position));
    CHECK(round == part->round);
    for (size_t i = 0; i < part->size; i++) CHECK(test_bits(x[i]) == part->x[i] && test_bits(s[i]) == part->sum[i]);
    free(s), free(x), free(bytes);
}

static evenkeel_status read_bad(const struct bad *b, const uint8_t *bytes, size_t *position) {
    evenkeel_limits limits = {b->dimension, b->max_count, b->max_bytes};
    evenkeel_frame frame;
    evenkeel_message message;
    evenkeel_update update;
    evenkeel_status status = EVENKEEL_OK;
    /* Frames that claim 2^31 - 1 coordinates are refused before any coordinate is drawn. */
    uint8_t *drawn = test_memory(b->dimension < 100000 ? (b->dimension + 7) / 8 : 1);
    int64_t last = -1;
    *position = 0;
    evenkeel_stream stream;
    if (b->kind == FRAME) {
        status = evenkeel_frame_open(&frame, bytes, b->size, &limits, drawn, position);
        for (int i = 0; i < PIECES; i++)
            CHECK(streamed_frame(&stream, bytes, b->size, &limits, b->dimension < 100000 ? drawn : NULL, NULL, pieces[i], &split, status, *position));
    }
    if (b->kind == MESSAGE) status = evenkeel_message_open(&message, &frame, bytes, b->size, &limits, drawn, position);
    if (b->kind == REPLICA) {
        double *x = test_memory(b->dimension * sizeof *x), *s = test_memory(b->dimension * sizeof *s);
        uint32_t round = 77;
        x[0] = s[0] = 4;
        status = evenkeel_replica_read(bytes, b->size, b->dimension, x, s, &round, position);
        CHECK(x[0] == 4 && s[0] == 4);
        free(s), free(x);
    }
    if (b->kind == UPDATES || b->kind == DELTAS) {
        do {
            size_t start = *position;
            /* A single divisor fits a model with any number of tensors. Vectors with more divisors have three. */
            status = b->kind == DELTAS ? evenkeel_delta_open(&update, bytes, b->size, &limits, drawn, last, position)
                                       : evenkeel_update_open(&update, bytes, b->size, &limits, 3, last, position);
            for (int i = 0; i < PIECES && status != EVENKEEL_OK; i++)
                CHECK(streamed_part(&stream, bytes, start, b->size, &limits, b->kind == DELTAS ? 0 : 3, last, drawn, NULL, pieces[i], &split,
                    status, *position));
            last = update.round;
        } while (status == EVENKEEL_OK && *position < b->size);
    }
    free(drawn);
    return status;
}

static void check_random(void) {
    static const uint64_t next[] = {
        0x599ed017fb08fc85u, 0x2c73f08458540fa5u, 0x883ebce5a3f27c77u, 0x3fbef740e9177b3fu, 0xe3b8346708cb5ecdu};
    uint64_t state = 1234567;
    for (int i = 0; i < 5; i++) CHECK(evenkeel_random_next(&state) == next[i]);
    for (size_t i = 0; i < drawn_supports_count; i++) {
        const struct drawn *d = &drawn_supports[i];
        uint32_t *drawn = draw(d->dimension, d->count, d->seed);
        CHECK(!memcmp(drawn, d->indices, d->count * sizeof *drawn));
        free(drawn);
    }
}

static void check_digests(void) {
    static const uint8_t abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    static const uint8_t million[] = {0xcd, 0xc7, 0x6e, 0x5c, 0x99, 0x14, 0xfb, 0x92, 0x81, 0xa1, 0xc7, 0xe2, 0x84, 0xd7, 0x3e, 0x67,
        0xf1, 0x80, 0x9a, 0x48, 0xa4, 0x97, 0x20, 0x0e, 0x04, 0x6d, 0x39, 0xcc, 0xc7, 0x11, 0x2c, 0xd0};
    uint8_t digest[32], as[1000];
    evenkeel_sha256 hash;
    evenkeel_sha256_start(&hash);
    evenkeel_sha256_add(&hash, "abc", 3);
    evenkeel_sha256_end(&hash, digest);
    CHECK(!memcmp(digest, abc, 32));
    memset(as, 'a', sizeof as);
    evenkeel_sha256_start(&hash);
    for (uint32_t left = 1000000, piece = 1; left; left -= piece, piece = piece * 7 % 999 + 1) {
        if (piece > left) piece = left;
        evenkeel_sha256_add(&hash, as, piece);
    }
    evenkeel_sha256_end(&hash, digest);
    CHECK(!memcmp(digest, million, 32));
    CHECK(evenkeel_digest("abc", 3) == 0xba7816bf8f01cfeau);
    CHECK(evenkeel_crc32c(0, "123456789", 9) == 0xE3069283u);
    for (size_t cut = 0; cut <= 9; cut++) {
        CHECK(evenkeel_crc32c(evenkeel_crc32c(0, "123456789", cut), &"123456789"[cut], 9 - cut) == 0xE3069283u);
    }
    CHECK(evenkeel_crc32c(0, NULL, 0) == 0);
}

void test_vectors(void) {
    static void (*const readers[])(const struct good *) = {frame_of, message_of, updates_of, updates_of, replica_of};
    check_random();
    check_digests();
    for (size_t i = 0; i < good_vectors_count; i++) {
        const struct good *g = &good_vectors[i];
        test_about = g->file;
        CHECK(evenkeel_digest(g->bytes, g->size) == g->digest);
        readers[g->kind](g);
    }
    for (size_t i = 0; i < bad_vectors_count; i++) {
        const struct bad *b = &bad_vectors[i];
        uint8_t *bytes = copy(b->bytes, b->size);
        size_t position;
        test_about = b->file;
        CHECK_STATUS(status_of(b->fault), read_bad(b, bytes, &position));
        if (position != b->position) printf("%s: byte %lu, expected %lu\n", b->file, (unsigned long)position, (unsigned long)b->position);
        CHECK(position == b->position);
        free(bytes);
    }
}
