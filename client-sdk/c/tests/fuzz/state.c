/*
 * Fuzzes the reader of saved states. The first byte selects the kind of state, and whether checksums are corrected. The rest
 * is the content of two slots, or changes to two saved slots.
 */
#include "fuzz.h"

enum { D = 7, MESSAGE = 100, AREA = 512 };

static uint8_t areas[EVENKEEL_AREAS][AREA];

static int read_area(void *context, uint32_t area, size_t offset, void *bytes, size_t size) {
    (void)context;
    REQUIRE(area < EVENKEEL_AREAS);
    /* A slot can claim to be longer than its area. */
    if (offset > AREA || size > AREA - offset) return -1;
    memcpy(bytes, areas[area] + offset, size);
    return 0;
}

static int erase_area(void *context, uint32_t area) {
    (void)context;
    memset(areas[area], 0xFF, AREA);
    return 0;
}

static int write_area(void *context, uint32_t area, size_t offset, const void *bytes, size_t size) {
    (void)context;
    REQUIRE(area < EVENKEEL_AREAS && offset <= AREA && size <= AREA - offset);
    memcpy(areas[area] + offset, bytes, size);
    return 0;
}

static int sync_area(void *context, uint32_t area) {
    (void)context;
    (void)area;
    return 0;
}

static void put(uint8_t *bytes, uint32_t number) {
    for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(number >> 8 * i);
}

/** Corrects a slot's checksums: that of its header, and that of the whole slot if its length is valid. */
static void seal(uint8_t *slot) {
    size_t length = (size_t)slot[8] | (size_t)slot[9] << 8;
    put(slot + 12, evenkeel_crc32c(0, slot, 12));
    if (length >= 20 && length <= AREA) put(slot + length - 4, evenkeel_crc32c(0, slot, length - 4));
}

/** Saves twice, then changes the two slots: one input byte selects the position, and one the change. */
static void change_saved(evenkeel_feedback *feedback, evenkeel_state *state, const float *values, const uint8_t *data, size_t size) {
    static const evenkeel_storage storage = {NULL, read_area, erase_area, write_area, sync_area};
    for (int i = 0; i < 2; i++) {
        feedback->started = i;
        state->message_size = i ? MESSAGE / 2 : 0;
        memset(state->message, i, MESSAGE);
        REQUIRE(evenkeel_state_save(&storage, 0, feedback, state, values, values) == EVENKEEL_OK);
    }
    for (size_t i = 0; i + 2 < size; i += 3) areas[2 + data[i] % 2][(data[i + 1] | (size_t)(data[i] & 2) << 7) % AREA] ^= data[i + 2];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const evenkeel_storage storage = {NULL, read_area, erase_area, write_area, sync_area};
    evenkeel_feedback feedback;
    evenkeel_state state;
    float gradient[2 * D] = {0}, model[D] = {0};
    size_t position = SIZE_MAX;
    if (size < 1) return 0;
    evenkeel_method method = (evenkeel_method)((data[0] & 15) % 7);
    evenkeel_type type = data[0] & 0x10 ? EVENKEEL_FLOAT32 : EVENKEEL_FLOAT64;
    memset(areas, 0xFF, sizeof areas);
    void *memory = fuzz_memory(evenkeel_feedback_memory(method, D, type));
    memset(&state, 0, sizeof state);
    state.message = fuzz_memory(MESSAGE);
    evenkeel_feedback_start(&feedback, method, D, type, memory);
    if (data[0] & 0x40) change_saved(&feedback, &state, gradient, data + 1, size - 1);
    for (size_t i = 1; i < size && i <= 2 * AREA && !(data[0] & 0x40); i++) areas[2 + (i - 1) % 2][(i - 1) / 2] = data[i];
    if (data[0] & 0x80) seal(areas[2]), seal(areas[3]);
    evenkeel_status status = evenkeel_state_load(&storage, 0, &feedback, &state, MESSAGE, gradient, model, &position);
    if (status == EVENKEEL_OK) {
        REQUIRE(state.message_size <= MESSAGE && state.sequence >= 0 && state.last_round >= -1);
        uint32_t generation = state.generation;
        REQUIRE(evenkeel_state_save(&storage, 0, &feedback, &state, gradient, model) == EVENKEEL_OK);
        REQUIRE(state.generation == generation + 1 || generation == UINT32_MAX);
        REQUIRE(evenkeel_state_load(&storage, 0, &feedback, &state, MESSAGE, gradient, model, &position) == EVENKEEL_OK);
    } else {
        int is_refused = status == EVENKEEL_DAMAGED_STATE || status == EVENKEEL_OTHER_STATE || status == EVENKEEL_TOO_LITTLE_MEMORY;
        REQUIRE(is_refused && position <= AREA);
    }
    free(state.message);
    free(memory);
    return 0;
}
