#include "driven.h"

#include "test.h"

static void fill_random(void *context, uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)test_below(context, 256);
}

void driven_open(struct driven *driven, struct fake *fake) {
    memset(driven, 0, sizeof *driven);
    driven->fake = fake;
    driven->random = 5;
    driven->settings.run = "fake";
    driven->settings.token = "evk_enrol_token";
    driven->settings.storage = &driven->flash.storage;
    driven->settings.random = fill_random;
    driven->settings.random_context = &driven->random;
    driven->settings.state_type = EVENKEEL_FLOAT64;
    driven->settings.two_gradients = 1;
    driven->settings.buffer = driven->buffer;
    driven->settings.buffer_size = sizeof driven->buffer;
    flash_open(&driven->flash, DRIVEN_STATE, 0xFF);
}

void driven_close(struct driven *driven) {
    free(driven->memory);
    flash_close(&driven->flash);
}

void driven_start(struct driven *driven) {
    free(driven->memory);
    driven->memory = NULL;
    flash_restart(&driven->flash);
    memset(&driven->device, 0xA5, sizeof driven->device);
    CHECK_STATUS(EVENKEEL_OK, evenkeel_init(&driven->device, &driven->settings));
}

static void answer(struct driven *driven, size_t size) {
    static const char *const names[] = {"content-type", "EVENKEEL-SEQUENCE", "Evenkeel-Head", "Retry-After"};
    struct fake *fake = driven->fake;
    size_t piece;
    evenkeel_answer(&driven->device, fake->status);
    evenkeel_answer_header(&driven->device, names[0], "application/json");
    if (fake->has_state) {
        evenkeel_answer_header(&driven->device, names[1], fake->sequence);
        evenkeel_answer_header(&driven->device, names[2], fake->head);
    }
    if (fake->has_retry) evenkeel_answer_header(&driven->device, names[3], "1");
    for (size_t at = 0; at < size; at += piece) {
        uint8_t *copy;
        piece = 1 + at % 97;
        piece = piece < size - at ? piece : size - at;
        copy = test_memory(piece);
        memcpy(copy, fake->answer + at, piece);
        evenkeel_answer_body(&driven->device, copy, piece);
        free(copy);
    }
}

/** Exchanges a request, possibly with a fault; returns 0 if the power failed. */
static int exchange(struct driven *driven, const evenkeel_request *request) {
    struct fake *fake = driven->fake;
    uint32_t fault = driven->faults ? test_below(&driven->faults, 20) : 99;
    if (!flash_step(&driven->flash)) return 0;
    if (fault == 0) { /* The request is lost. */
        evenkeel_answer_failed(&driven->device);
        return 1;
    }
    fake_handle(fake, request);
    if (fault == 1) fake_handle(fake, request); /* The request arrives twice. */
    if (!flash_step(&driven->flash)) return 0;
    if (++driven->answers == driven->wrong || driven->every) driven->change(fake);
    if (fault == 2) fake->status = 503, fake->has_retry = 1, fake->answer_size = 0;
    if (fault == 4) fake->status = 500, fake->answer_size = 0;
    if (fault == 3) { /* The answer is truncated or lost. */
        if (test_below(&driven->faults, 2)) answer(driven, fake->answer_size / 2);
        evenkeel_answer_failed(&driven->device);
        return driven->flash.left != 0;
    }
    answer(driven, fake->answer_size);
    if (!flash_step(&driven->flash)) return 0;
    evenkeel_answer_end(&driven->device);
    return driven->flash.left != 0;
}

int driven_step(struct driven *driven) {
    const evenkeel_action *action = evenkeel_next(&driven->device);
    int kind = (int)action->kind;
    if (driven->flash.left == 0) return 0;
    if (kind == EVENKEEL_DO_REQUEST && !exchange(driven, &action->request)) return 0;
    if (kind == EVENKEEL_DO_ALLOCATE) {
        size_t bytes = action->bytes;
        if (driven->lenient && (bytes > DRIVEN_MEMORY || driven->device.plan.state_bytes > driven->flash.sizes[2])) return EVENKEEL_DO_STOP;
        free(driven->memory);
        driven->memory = test_memory(bytes);
        evenkeel_give_memory(&driven->device, driven->memory, bytes);
    }
    if (kind == EVENKEEL_DO_COMPUTE) {
        evenkeel_report report = {3, EVENKEEL_HAS_LOSS, 0.5, 0, 0, 0, {{NULL, 0, 0}}};
        driven->gradient(driven->context, action->round, action->model, action->gradient);
        if (action->second_model) driven->gradient(driven->context, action->round, action->second_model, action->second_gradient);
        evenkeel_computed(&driven->device, &report);
    }
    return driven->flash.left == 0 ? 0 : kind;
}

int driven_run(struct driven *devices, uint32_t count) {
    for (long steps = 0;; steps++) {
        uint32_t stopped = 0;
        CHECK(steps < 100000);
        for (uint32_t i = 0; i < count; i++) {
            int kind = driven_step(&devices[i]);
            if (!kind) return 0;
            stopped += kind == EVENKEEL_DO_STOP;
        }
        if (stopped == count) return 1;
    }
}
