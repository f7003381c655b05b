/*
 * Checks that compressors, error feedback and the downlink give the same bits as the Python SDK, which matches the Java
 * SDK.
 */
#include "reference.h"

#include "streamed.h"
#include "test.h"

enum { D = REFERENCE_DIMENSION };

static const uint32_t sizes[REFERENCE_TENSORS] = REFERENCE_SIZES;

static void doubles(const uint64_t *bits, double *values) {
    for (int j = 0; j < D; j++) values[j] = test_double(bits[j]);
}

static void singles(const uint64_t *bits, float *values) {
    for (int j = 0; j < D; j++) values[j] = (float)test_double(bits[j]);
}

static void check_frames(void) {
    double u[D], minus[D];
    uint64_t split = 1;
    for (size_t i = 0; i < reference_frames_count; i++) {
        const struct reference_frame *r = &reference_frames[i];
        evenkeel_compressor compressor;
        evenkeel_sparse vector;
        evenkeel_vector gradient = {u, EVENKEEL_FLOAT64}, other = {minus, EVENKEEL_FLOAT64};
        size_t size = 0;
        test_about = r->compressor;
        doubles(reference_vectors[r->vector], u);
        if (r->minus >= 0) doubles(reference_vectors[r->minus], minus);
        CHECK_STATUS(EVENKEEL_OK, evenkeel_compressor_read(&compressor, r->compressor, sizes, REFERENCE_TENSORS));
        void *memory = test_memory(evenkeel_compress_memory(&compressor)), *more = test_memory(evenkeel_encode_memory(compressor.coding));
        uint8_t *bytes = test_memory(r->size);
        CHECK_STATUS(EVENKEEL_OK,
            evenkeel_compress(&compressor, gradient, r->minus < 0 ? NULL : &other, (uint64_t)r->vector, memory, &vector, NULL));
        CHECK_STATUS(EVENKEEL_OK, evenkeel_frame_encode(&vector, bytes, r->size, &size, more));
        CHECK(size == r->size && evenkeel_digest(bytes, size) == r->digest);
        evenkeel_frame frame;
        evenkeel_stream stream;
        evenkeel_limits limits = {D, D, 1 << 20};
        uint8_t drawn[(D + 7) / 8], numbers[(D + 7) / 8];
        CHECK_STATUS(EVENKEEL_OK, evenkeel_frame_open(&frame, bytes, size, &limits, drawn, NULL));
        CHECK(streamed_frame(&stream, bytes, size, &limits, numbers, &frame, 1 + i % 90, &split, EVENKEEL_OK, 0));
        free(bytes), free(more), free(memory);
    }
}

/** Repeats a trajectory. */
static void check_trajectory(const struct reference_trajectory *r) {
    evenkeel_method method;
    evenkeel_compressor compressor;
    evenkeel_feedback feedback;
    evenkeel_limits limits = {D, D, 1 << 20};
    float model[D], point[D], gradient[2 * D];
    evenkeel_vector values = {gradient, EVENKEEL_FLOAT32};
    uint64_t head = 0;
    test_about = r->compressor;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_method_read(r->method, &method));
    CHECK_STATUS(EVENKEEL_OK, evenkeel_compressor_read(&compressor, r->compressor, sizes, REFERENCE_TENSORS));
    void *state = test_memory(evenkeel_feedback_memory(method, D, EVENKEEL_FLOAT64));
    void *memory = test_memory(evenkeel_compress_memory(&compressor)), *more = test_memory(evenkeel_encode_memory(compressor.coding));
    uint8_t *drawn = test_memory((D + 7) / 8);
    size_t capacity = evenkeel_message_bound(&compressor);
    uint8_t *bytes = test_memory(capacity);
    evenkeel_feedback_start(&feedback, method, D, EVENKEEL_FLOAT64, state);
    for (int round = 0; round < REFERENCE_ROUNDS; round++) {
        evenkeel_message message = {round + 1, head, {1, 0, 0, 0, 0, 0, {{NULL, 0, 0}}}, 0};
        evenkeel_sparse vector;
        evenkeel_frame frame;
        size_t size = 0;
        singles(reference_models[round], model);
        singles(reference_gradients[round], gradient);
        singles(reference_seconds[round], gradient + D);
        evenkeel_feedback_point(&feedback, model, REFERENCE_ETA, point);
        for (int j = 0; j < D; j++) CHECK(point[j] == (r->points ? (float)test_double(r->points[round][j]) : model[j]));
        CHECK_STATUS(EVENKEEL_OK,
            evenkeel_feedback_stage(&feedback, &compressor, values, REFERENCE_ETA, (uint64_t)round, memory, &vector, NULL));
        CHECK_STATUS(EVENKEEL_OK, evenkeel_message_encode(&message, &vector, bytes, capacity, &size, more));
        CHECK(size == r->sizes[round] && !memcmp(bytes, r->messages[round], size));
        head = evenkeel_digest(bytes, size);
        CHECK_STATUS(EVENKEEL_OK, evenkeel_message_open(&message, &frame, bytes, size, &limits, drawn, NULL));
        evenkeel_feedback_commit(&feedback, &frame, values, REFERENCE_ETA, feedback.model ? model : NULL);
    }
    for (int i = 0; i < r->vectors; i++) {
        for (int j = 0; j < D; j++) {
            double found = i == 2 ? (double)feedback.model[j] : ((double *)(i ? feedback.mean : feedback.g).values)[j];
            CHECK(test_bits(found) == r->state[i][j]);
        }
    }
    free(bytes), free(drawn), free(more), free(memory), free(state);
}

static void check_downlink(void) {
    evenkeel_limits limits = {D, D, 1 << 20};
    static double x[D], s[D];
    static float w[D];
    evenkeel_update update;
    uint8_t drawn[(D + 7) / 8];
    for (size_t i = 0; i < reference_updates_count; i++) {
        const struct reference_downlink *r = &reference_updates[i];
        size_t position = 0;
        doubles(r->before[0], x);
        doubles(r->before[1], s);
        for (int64_t last = -1; position < r->size; last++) {
            CHECK_STATUS(
                EVENKEEL_OK, evenkeel_update_open(&update, r->bytes, r->size, &limits, REFERENCE_TENSORS, last, &position));
            evenkeel_update_apply(&update, x, s, sizes);
        }
        for (int j = 0; j < D; j++) CHECK(test_bits(x[j]) == r->after[0][j] && test_bits(s[j]) == r->after[1][j]);
    }
    for (size_t i = 0; i < reference_deltas_count; i++) {
        const struct reference_downlink *r = &reference_deltas[i];
        size_t position = 0;
        singles(r->before[0], w);
        for (int64_t last = -1; position < r->size; last++) {
            CHECK_STATUS(EVENKEEL_OK, evenkeel_delta_open(&update, r->bytes, r->size, &limits, drawn, last, &position));
            evenkeel_delta_apply(&update, w);
        }
        for (int j = 0; j < D; j++) CHECK(test_bits(w[j]) == r->after[0][j]);
    }
}

static void check_texts(void) {
    for (size_t i = 0; i < reference_texts_count; i++) {
        evenkeel_compressor compressor;
        const struct reference_text *r = &reference_texts[i];
        test_about = r->text;
        CHECK_STATUS(r->count ? EVENKEEL_OK : EVENKEEL_UNKNOWN_COMPRESSOR,
            evenkeel_compressor_read(&compressor, r->text, sizes, REFERENCE_TENSORS));
        if (r->count) CHECK(compressor.max_count == r->count);
    }
    for (size_t i = 0; i < reference_decimals_count; i++) {
        evenkeel_compressor compressor;
        test_about = reference_decimals[i].text;
        CHECK_STATUS(EVENKEEL_OK, evenkeel_compressor_read(&compressor, test_about, sizes, REFERENCE_TENSORS));
        CHECK(test_bits(compressor.bound) == reference_decimals[i].value);
    }
    for (size_t i = 0; i < reference_schedules_count; i++) {
        const struct reference_schedule *r = &reference_schedules[i];
        double value = 0;
        test_about = r->text;
        CHECK_STATUS(r->known ? EVENKEEL_OK : EVENKEEL_UNSUPPORTED_PLAN, evenkeel_schedule(r->text, r->round, r->horizon, &value));
        if (r->known) CHECK(test_bits(value) == r->value);
    }
    for (int i = 0; i < 7; i++) {
        double u[D];
        evenkeel_vector vector = {u, EVENKEEL_FLOAT64};
        doubles(reference_vectors[i], u);
        CHECK(test_bits(evenkeel_norm(vector, D)) == reference_norms[i]);
    }
}

void test_reference(void) {
    check_texts();
    check_frames();
    for (size_t i = 0; i < reference_trajectories_count; i++) check_trajectory(&reference_trajectories[i]);
    check_downlink();
}
