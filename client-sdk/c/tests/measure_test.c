/* Measures the cost of a message: memory and, on the Cortex-M4, instructions. */
#include "driven.h"
#include "test.h"

enum { D = 10000 };

static uint64_t since;

static void report(const char *what) {
    uint64_t now = test_instructions();
    if (now) printf("  %-28s %9lu instructions, %.1f a coordinate\n", what, (unsigned long)(now - since), (double)(now - since) / (double)D);
    since = test_instructions();
}

static void measure(const char *method_text, const char *text) {
    static float model[D], gradient[D];
    static const uint32_t sizes[] = {D};
    evenkeel_method method;
    evenkeel_compressor compressor;
    evenkeel_feedback feedback;
    evenkeel_sparse vector;
    evenkeel_frame frame;
    evenkeel_message message = {1, 0, {1, 0, 0, 0, 0, 0, {{NULL, 0, 0}}}, 0};
    evenkeel_limits limits = {D, D, 1 << 20};
    evenkeel_vector values = {gradient, EVENKEEL_FLOAT32};
    uint64_t random = 3;
    size_t size = 0, capacity;
    uint8_t *bytes, *drawn = test_memory((D + 7) / 8);
    void *state, *memory, *more;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_method_read(method_text, &method));
    CHECK_STATUS(EVENKEEL_OK, evenkeel_compressor_read(&compressor, text, sizes, 1));
    capacity = evenkeel_message_bound(&compressor);
    bytes = test_memory(capacity);
    state = test_memory(evenkeel_feedback_memory(method, D, EVENKEEL_FLOAT32));
    memory = test_memory(evenkeel_compress_memory(&compressor));
    more = test_memory(evenkeel_encode_memory(compressor.coding));
    evenkeel_feedback_start(&feedback, method, D, EVENKEEL_FLOAT32, state);
    for (int round = 0; round < 2; round++) {
        for (int j = 0; j < D; j++) gradient[j] = (float)(test_uniform(&random) * test_uniform(&random));
        if (round) printf("%s, %s, d = %d:\n", method_text, text, D);
        since = test_instructions();
        CHECK_STATUS(EVENKEEL_OK, evenkeel_feedback_stage(&feedback, &compressor, values, 0.5, 7, memory, &vector, NULL));
        if (round) report("select");
        CHECK_STATUS(EVENKEEL_OK, evenkeel_message_encode(&message, &vector, bytes, capacity, &size, more));
        if (round) report("encode");
        message.previous = evenkeel_digest(bytes, size);
        if (round) report("digest");
        CHECK_STATUS(EVENKEEL_OK, evenkeel_message_open(&message, &frame, bytes, size, &limits, drawn, NULL));
        if (round) report("check the message");
        evenkeel_feedback_commit(&feedback, &frame, values, 0.5, model);
        if (round) report("add it to the state");
    }
    printf("  message %lu bytes; memory: state %lu (float32) or %lu, compressing %lu, encoding %lu\n", (unsigned long)size,
        (unsigned long)evenkeel_feedback_memory(method, D, EVENKEEL_FLOAT32),
        (unsigned long)evenkeel_feedback_memory(method, D, EVENKEEL_FLOAT64), (unsigned long)evenkeel_compress_memory(&compressor),
        (unsigned long)evenkeel_encode_memory(compressor.coding));
    free(more), free(memory), free(state), free(bytes), free(drawn);
}

/** Prints the cost of a whole device, from the start of its program to its first gradient. */
static void measure_device(const char *feedback, const char *compressor, evenkeel_type type, int keep_replica) {
    static const uint32_t sizes[] = {D};
    static struct driven driven;
    struct fake fake;
    fake_describe(&fake, feedback, compressor, NULL, sizes, 1);
    fake_open(&fake);
    driven_open(&driven, &fake);
    driven.settings.state_type = type;
    driven.settings.keep_replica = keep_replica;
    driven_start(&driven);
    while (evenkeel_next(&driven.device)->kind != EVENKEEL_DO_ALLOCATE) CHECK(driven_step(&driven));
    printf("a device with %s, %s, %s%s: %lu bytes of memory, %lu of storage\n", feedback, compressor,
        type == EVENKEEL_FLOAT32 ? "float32" : "float64", keep_replica ? " and a replica" : "", (unsigned long)evenkeel_next(&driven.device)->bytes,
        (unsigned long)(2 * (driven.device.plan.state_bytes + EVENKEEL_CREDENTIALS_BYTES)));
    driven_close(&driven);
    fake_close(&fake);
}

void test_measure(void) {
    printf("an evenkeel_device takes %lu bytes, a frame %lu\n", (unsigned long)sizeof(evenkeel_device), (unsigned long)sizeof(evenkeel_frame));
    measure_device("ef21", "top-k:0.01+natural", EVENKEEL_FLOAT64, 0);
    measure_device("ef21", "top-k:0.01+natural", EVENKEEL_FLOAT32, 0);
    measure_device("ef21", "top-k:0.01+natural", EVENKEEL_FLOAT64, 1);
    measure_device("ef21-momentum", "top-k:0.01+natural", EVENKEEL_FLOAT32, 0);
    measure_device("ef21-momentum", "top-k:0.01+log:5", EVENKEEL_FLOAT32, 0);
    measure_device("ef21-storm", "top-k:0.01+natural", EVENKEEL_FLOAT32, 0);
    measure_device("ef14-decay", "top-k:0.01+natural", EVENKEEL_FLOAT32, 0);
    measure("ef21", "top-k:0.01");
    measure("ef21", "top-k:0.01+natural");
    measure("ef21-momentum", "top-k:0.01+log:5");
    measure("ef14", "rand-k:0.01");
}
