/*
 * Fuzzes the readers of frames, messages, updates, deltas and replicas. Reading as a whole and in pieces must agree.
 * The first byte selects the reader and whether the checksums are corrected first. Without correct checksums nearly all
 * inputs would be refused.
 */
#include "fuzz.h"
#include "streamed.h"

enum { DIMENSION = 500, TENSORS = 3 };

static const uint32_t sizes[TENSORS] = {100, 399, 1};

/** Reads all values, and writes them again. Both must succeed for an accepted input. */
static void use(evenkeel_frame *frame) {
    static uint32_t coordinates[DIMENSION];
    static double values[DIMENSION];
    uint32_t n = 0, last = 0, found;
    double value;
    while (evenkeel_frame_next(frame, &found, &value)) {
        REQUIRE(found < frame->dimension && (n == 0 || found > last));
        REQUIRE(value - value == 0);
        last = found;
        if (frame->dimension == DIMENSION) coordinates[n] = found, values[n] = value;
        n++;
        REQUIRE(n <= frame->count);
    }
    REQUIRE(n == frame->count);
    if (frame->dimension != DIMENSION) return;
    evenkeel_sparse vector;
    memset(&vector, 0, sizeof vector);
    vector.dimension = DIMENSION;
    vector.count = n;
    vector.support = EVENKEEL_LISTED;
    vector.coding = frame->coding;
    vector.numbers = coordinates;
    vector.values = values;
    evenkeel_limits limits = {DIMENSION, DIMENSION, 1 << 20};
    static evenkeel_frame again;
    size_t size = 0;
    uint8_t *bytes = fuzz_memory(32 * DIMENSION);
    void *memory = fuzz_memory(evenkeel_encode_memory(vector.coding));
    REQUIRE(evenkeel_frame_encode(&vector, bytes, 32 * DIMENSION, &size, memory) == EVENKEEL_OK);
    REQUIRE(evenkeel_frame_open(&again, bytes, size, &limits, NULL, NULL) == EVENKEEL_OK);
    for (uint32_t i = 0; i < n; i++) {
        REQUIRE(evenkeel_frame_next(&again, &found, &value));
        REQUIRE(found == coordinates[i] && !memcmp(&value, &values[i], 8));
    }
    free(memory);
    free(bytes);
}

static size_t piece_of(uint64_t *random) { return (size_t)1 << evenkeel_random_next(random) % 10; }

static void read_frame(const uint8_t *bytes, size_t size, uint32_t dimension) {
    static evenkeel_frame frame;
    evenkeel_limits limits = {dimension, dimension, 1 << 20};
    uint8_t drawn[(DIMENSION + 7) / 8];
    size_t position = SIZE_MAX;
    evenkeel_status status = evenkeel_frame_open(&frame, bytes, size, &limits, dimension == DIMENSION ? drawn : NULL, &position);
    if (status == EVENKEEL_OK) use(&frame);
    else REQUIRE(position <= size);
    static evenkeel_stream stream;
    uint8_t numbers[(DIMENSION + 7) / 8];
    uint64_t random = evenkeel_crc32c(0, bytes, size);
    /* Here only the stream has memory for every drawn support. */
    evenkeel_status expected = status == EVENKEEL_TOO_LITTLE_MEMORY ? EVENKEEL_OK : status;
    evenkeel_frame *whole = status == EVENKEEL_OK ? &frame : NULL;
    REQUIRE(streamed_frame(&stream, bytes, size, &limits, numbers, whole, piece_of(&random), &random, expected, position));
}

static void read_message(const uint8_t *bytes, size_t size) {
    static evenkeel_frame frame;
    static evenkeel_message message;
    evenkeel_limits limits = {DIMENSION, DIMENSION, 1 << 20};
    uint8_t drawn[(DIMENSION + 7) / 8];
    size_t position = SIZE_MAX;
    evenkeel_status status = evenkeel_message_open(&message, &frame, bytes, size, &limits, drawn, &position);
    if (status == EVENKEEL_OK) use(&frame);
    else REQUIRE(position <= size);
}

static void read_updates(const uint8_t *bytes, size_t size, int deltas) {
    static evenkeel_update update;
    static double x[DIMENSION], s[DIMENSION];
    static float w[DIMENSION];
    evenkeel_limits limits = {DIMENSION, DIMENSION, 1 << 20};
    uint8_t drawn[(DIMENSION + 7) / 8], numbers[(DIMENSION + 7) / 8];
    size_t position = 0;
    int64_t last = -1;
    while (position < size) {
        size_t before = position;
        evenkeel_status status = deltas ? evenkeel_delta_open(&update, bytes, size, &limits, drawn, last, &position)
                                        : evenkeel_update_open(&update, bytes, size, &limits, TENSORS, last, &position);
        REQUIRE(position <= size);
        static evenkeel_stream stream;
        uint64_t random = evenkeel_crc32c(0, bytes, size);
        evenkeel_frame *whole = status == EVENKEEL_OK ? &update.frame : NULL;
        REQUIRE(streamed_part(&stream, bytes, before, size, &limits, deltas ? 0 : TENSORS, last, numbers, whole, piece_of(&random), &random, status,
            position));
        if (status != EVENKEEL_OK) return;
        evenkeel_frame_rewind(&update.frame);
        REQUIRE(position > before && (last < 0 || update.round == last + 1));
        last = update.round;
        use(&update.frame);
        evenkeel_frame_rewind(&update.frame);
        if (deltas) evenkeel_delta_apply(&update, w);
        else evenkeel_update_apply(&update, x, s, sizes);
    }
}

static void read_replica(const uint8_t *bytes, size_t size) {
    double x[20], s[20];
    uint32_t round;
    size_t position = SIZE_MAX;
    for (uint32_t dimension = 1; dimension <= 20; dimension += 1 + dimension / 4) {
        if (evenkeel_replica_read(bytes, size, dimension, x, s, &round, &position) != EVENKEEL_OK) REQUIRE(position <= size);
    }
}

/** Writes the checksum of the bytes before `at` at `at`. */
static void seal(uint8_t *bytes, size_t from, size_t at, size_t size) {
    if (at > size || size - at < 4 || at < from) return;
    uint32_t crc = evenkeel_crc32c(0, bytes + from, at - from);
    for (int i = 0; i < 4; i++) bytes[at + (size_t)i] = (uint8_t)(crc >> 8 * i);
}

/** Corrects the checksums of the header and of the rest. */
static void seal_all(uint8_t *bytes, size_t size, int reader) {
    size_t header = 0;
    if (reader == 2 && size > 28) {
        header = 28;
        for (uint8_t flags = bytes[3] & 7; flags; flags >>= 1) header += 8 * (size_t)(flags & 1);
        if (header < size) {
            uint32_t metrics = bytes[header++];
            for (; metrics > 0 && header < size; metrics--) header += 9 + (size_t)bytes[header];
        }
    }
    if (reader == 3 && size > 24) header = 24 + 8 * (size_t)bytes[20];
    if (reader == 4) header = 12;
    if (header) {
        seal(bytes, 0, header, size);
        header += 4;
    }
    if (size >= 4) seal(bytes, header, size - 4, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 1 << 16) return 0;
    int reader = data[0] % 6;
    size_t left = size - 1;
    uint8_t *bytes = fuzz_memory(left);
    if (left) memcpy(bytes, data + 1, left);
    if (data[0] & 0x80) seal_all(bytes, left, reader);
    if (reader == 0) read_frame(bytes, left, DIMENSION);
    if (reader == 1) read_frame(bytes, left, left > 8 && bytes[5] < 64 ? bytes[5] + 1u : 10);
    if (reader == 2) read_message(bytes, left);
    if (reader == 3) read_updates(bytes, left, 0);
    if (reader == 4) read_updates(bytes, left, 1);
    if (reader == 5) read_replica(bytes, left);
    free(bytes);
    return 0;
}
