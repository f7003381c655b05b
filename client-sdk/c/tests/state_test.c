/* A saved state survives a power failure at every byte, and a damaged one is refused. */
#include "flash.h"
#include "test.h"

enum { D = 5, MESSAGE = 60, OWNER = 77 };

/* The saved state, and its destination when loaded. */
struct saved {
    evenkeel_feedback feedback;
    evenkeel_state state;
    float gradient[2 * D], model[D];
    void *memory;
    uint8_t *message;
    evenkeel_type type;
};

static int is_carried(evenkeel_method method) { return method != EVENKEEL_EF21 && method != EVENKEEL_NO_FEEDBACK; }

static void make(struct saved *s, evenkeel_method method, evenkeel_type type) {
    memset(s, 0, sizeof *s);
    s->type = type;
    s->memory = test_memory(evenkeel_feedback_memory(method, D, type));
    s->message = test_memory(MESSAGE);
    s->state.message = s->message;
    s->state.last_round = -1;
    evenkeel_feedback_start(&s->feedback, method, D, type, s->memory);
}

static void drop(struct saved *s) { free(s->message), free(s->memory); }

static void set(const evenkeel_vector *vector, int j, double value) {
    if (!vector->values) return;
    if (vector->type == EVENKEEL_FLOAT64) ((double *)vector->values)[j] = value;
    else ((float *)vector->values)[j] = (float)value;
}

static double get(const evenkeel_vector *vector, int j) {
    if (!vector->values) return 0;
    return vector->type == EVENKEEL_FLOAT64 ? ((double *)vector->values)[j] : ((float *)vector->values)[j];
}

/** Sets a state that a number from 1 on determines. If the number is odd, a message is in progress. */
static void become(struct saved *s, int number) {
    s->feedback.started = number > 1;
    for (int j = 0; j < D; j++) {
        set(&s->feedback.g, j, number + j / 16.0);
        set(&s->feedback.mean, j, -number - j / 16.0);
        if (s->feedback.model) s->feedback.model[j] = (float)(number * j);
        s->gradient[j] = (float)(number + 100 * j);
        s->gradient[D + j] = (float)(number + 1000 * j);
        s->model[j] = (float)(number - 100 * j);
    }
    s->state.sequence = number;
    s->state.head = (uint64_t)number << 40;
    s->state.last_round = 2 * number;
    s->state.message_size = number % 2 ? (size_t)(MESSAGE - number) : 0;
    s->state.round = number % 2 ? (uint32_t)(2 * number + 1) : 0;
    s->state.eta = number % 2 ? 0.25 : 0;
    memset(s->message, number, s->state.message_size);
}

/** Checks that a loaded state is the one that a number determines. */
static void check(const struct saved *found, int number) {
    struct saved s;
    make(&s, found->feedback.method, found->type);
    become(&s, number);
    CHECK(found->state.sequence == s.state.sequence && found->state.head == s.state.head);
    CHECK(found->state.last_round == s.state.last_round && found->feedback.started == s.feedback.started);
    CHECK(found->state.message_size == s.state.message_size);
    CHECK(!memcmp(found->message, s.message, s.state.message_size));
    for (int j = 0; j < D; j++) {
        CHECK(get(&found->feedback.g, j) == get(&s.feedback.g, j));
        if (!s.feedback.started) continue;
        CHECK(get(&found->feedback.mean, j) == get(&s.feedback.mean, j));
        if (s.feedback.model) CHECK(found->feedback.model[j] == s.feedback.model[j]);
    }
    if (s.state.message_size) {
        CHECK(found->state.round == s.state.round && found->state.eta == s.state.eta);
        for (int j = 0; j < D; j++) {
            if (is_carried(s.feedback.method)) CHECK(found->gradient[j] == s.gradient[j]);
            if (s.feedback.method == EVENKEEL_EF21_STORM && s.feedback.started) CHECK(found->gradient[D + j] == s.gradient[D + j]);
            if (s.feedback.model) CHECK(found->model[j] == s.model[j]);
        }
    }
    drop(&s);
}

static evenkeel_status save(struct saved *s, const struct flash *flash) {
    const float *model = s->feedback.model ? s->model : NULL;
    return evenkeel_state_save(&flash->storage, OWNER, &s->feedback, &s->state, s->gradient, model);
}

static evenkeel_status load(struct saved *s, const struct flash *flash, size_t *position) {
    float *model = s->feedback.model ? s->model : NULL;
    return evenkeel_state_load(&flash->storage, OWNER, &s->feedback, &s->state, MESSAGE, s->gradient, model, position);
}

/** Cuts the power at each step of the save that follows `before` earlier ones. */
static void cut_everywhere(evenkeel_method method, evenkeel_type type, int before, uint8_t erased, int loses) {
    struct flash first, flash;
    struct saved s, found;
    size_t bytes = evenkeel_state_bytes(method, D, type, MESSAGE);
    long steps;
    flash_open(&first, bytes, erased);
    first.loses = loses;
    make(&s, method, type);
    for (int i = 1; i <= before; i++) {
        become(&s, i);
        CHECK_STATUS(EVENKEEL_OK, save(&s, &first));
        CHECK(s.state.generation == (uint32_t)i);
    }
    flash_restart(&first);
    flash_copy(&flash, &first);
    flash.steps = 0;
    become(&s, before + 1);
    CHECK_STATUS(EVENKEEL_OK, save(&s, &flash));
    steps = flash.steps;
    CHECK(steps > 0);
    for (long cut = steps; cut >= 0; cut -= TEST_STRIDE) {
        evenkeel_status status;
        flash_close(&flash);
        flash_copy(&flash, &first);
        flash.left = cut;
        flash.random = (uint64_t)cut + 1;
        become(&s, before + 1);
        s.state.generation = (uint32_t)before;
        status = save(&s, &flash);
        CHECK(status == (cut < steps ? EVENKEEL_STORAGE_FAILED : EVENKEEL_OK));
        flash_restart(&flash);
        make(&found, method, type);
        CHECK_STATUS(EVENKEEL_OK, load(&found, &flash, NULL));
        CHECK(found.state.generation == (uint32_t)before || found.state.generation == (uint32_t)before + 1);
        if (cut == steps) CHECK(found.state.generation == (uint32_t)before + 1);
        if (found.state.generation) check(&found, (int)found.state.generation);
        /* The device continues from the state that it found. */
        become(&found, before + 2);
        CHECK_STATUS(EVENKEEL_OK, save(&found, &flash));
        drop(&found);
        flash_restart(&flash);
        make(&found, method, type);
        CHECK_STATUS(EVENKEEL_OK, load(&found, &flash, NULL));
        check(&found, before + 2);
        drop(&found);
    }
    flash_close(&flash);
    flash_close(&first);
    drop(&s);
}

/** Changes each byte of the newest slot, and then of both. */
static void damage_everywhere(evenkeel_method method) {
    struct flash flash;
    struct saved s, found;
    size_t bytes = evenkeel_state_bytes(method, D, EVENKEEL_FLOAT64, MESSAGE), position;
    uint32_t newest;
    uint8_t *earlier = test_memory(bytes);
    flash_open(&flash, bytes, 0xFF);
    make(&s, method, EVENKEEL_FLOAT64);
    make(&found, method, EVENKEEL_FLOAT64);
    for (int i = 1; i <= 3; i++) {
        become(&s, i);
        memcpy(earlier, flash.areas[2], bytes);
        CHECK_STATUS(EVENKEEL_OK, save(&s, &flash));
    }
    newest = memcmp(earlier, flash.areas[2], bytes) ? 2 : 3;
    for (size_t i = 0; i < flash.next[newest]; i += TEST_STRIDE) {
        for (int bit = 0; bit < 8; bit++) {
            flash.areas[newest][i] ^= (uint8_t)(1 << bit);
            CHECK_STATUS(EVENKEEL_OK, load(&found, &flash, &position));
            if (found.state.generation == 3) check(&found, 3);
            else CHECK(found.state.generation == 2), check(&found, 2);
            flash.areas[newest][i] ^= (uint8_t)(1 << bit);
        }
    }
    flash.areas[newest ^ 1][8] ^= 1;
    CHECK_STATUS(EVENKEEL_OK, load(&found, &flash, &position));
    check(&found, 3);
    for (size_t i = 0; i < flash.next[newest]; i += TEST_STRIDE) {
        evenkeel_status status;
        flash.areas[newest][i] ^= 0x41;
        status = load(&found, &flash, &position);
        CHECK(status == EVENKEEL_DAMAGED_STATE && position <= bytes);
        flash.areas[newest][i] ^= 0x41;
    }
    drop(&found), drop(&s);
    free(earlier);
    flash_close(&flash);
}

static void refuse_others(void) {
    struct flash flash;
    struct saved s, found;
    size_t bytes = evenkeel_state_bytes(EVENKEEL_EF21_MOMENTUM, D, EVENKEEL_FLOAT64, MESSAGE);
    evenkeel_feedback other;
    flash_open(&flash, bytes, 0);
    make(&s, EVENKEEL_EF21_MOMENTUM, EVENKEEL_FLOAT64);
    make(&found, EVENKEEL_EF21, EVENKEEL_FLOAT64);
    CHECK_STATUS(EVENKEEL_OK, load(&s, &flash, NULL));
    CHECK(s.state.generation == 0);
    become(&s, 3);
    CHECK_STATUS(EVENKEEL_OK, save(&s, &flash));
    CHECK_STATUS(EVENKEEL_OTHER_STATE, load(&found, &flash, NULL));
    CHECK_STATUS(EVENKEEL_OTHER_STATE,
        evenkeel_state_load(&flash.storage, OWNER + 1, &s.feedback, &s.state, MESSAGE, s.gradient, NULL, NULL));
    evenkeel_feedback_start(&other, EVENKEEL_EF21_MOMENTUM, D - 1, EVENKEEL_FLOAT64, s.memory);
    CHECK_STATUS(EVENKEEL_OTHER_STATE,
        evenkeel_state_load(&flash.storage, OWNER, &other, &s.state, MESSAGE, s.gradient, NULL, NULL));
    evenkeel_feedback_start(&other, EVENKEEL_EF21_MOMENTUM, D, EVENKEEL_FLOAT32, s.memory);
    CHECK_STATUS(EVENKEEL_OTHER_STATE,
        evenkeel_state_load(&flash.storage, OWNER, &other, &s.state, MESSAGE, s.gradient, NULL, NULL));
    /* A state that is longer than this run's area, and a state with a message that alone is too long. */
    evenkeel_feedback_start(&other, EVENKEEL_EF21_MOMENTUM, D - 1, EVENKEEL_FLOAT64, s.memory);
    flash.sizes[2] = flash.sizes[3] = evenkeel_state_bytes(EVENKEEL_EF21_MOMENTUM, D - 1, EVENKEEL_FLOAT64, MESSAGE);
    CHECK_STATUS(EVENKEEL_OTHER_STATE,
        evenkeel_state_load(&flash.storage, OWNER, &other, &s.state, MESSAGE, s.gradient, NULL, NULL));
    flash.sizes[2] = flash.sizes[3] = bytes;
    CHECK_STATUS(EVENKEEL_OK, load(&s, &flash, NULL));
    s.feedback.started = 0;
    CHECK_STATUS(EVENKEEL_OK, save(&s, &flash));
    CHECK_STATUS(EVENKEEL_TOO_LITTLE_MEMORY,
        evenkeel_state_load(&flash.storage, OWNER, &s.feedback, &s.state, MESSAGE - 4, s.gradient, NULL, NULL));
    CHECK_STATUS(EVENKEEL_OK, evenkeel_forget(&flash.storage));
    CHECK_STATUS(EVENKEEL_OK, load(&found, &flash, NULL));
    CHECK(found.state.generation == 0);
    drop(&found), drop(&s);
    flash_close(&flash);
}

void test_state(void) {
    for (int method = 0; method <= EVENKEEL_EF14_DECAY; method++) {
        for (int before = 0; before < 4; before++) {
            evenkeel_type type = before % 2 ? EVENKEEL_FLOAT32 : EVENKEEL_FLOAT64;
            cut_everywhere((evenkeel_method)method, type, before, before % 2 ? 0xFF : 0, before > 1);
            cut_everywhere((evenkeel_method)method, EVENKEEL_FLOAT64, before, before % 2 ? 0 : 0xFF, before < 2);
        }
        damage_everywhere((evenkeel_method)method);
    }
    refuse_others();
}
