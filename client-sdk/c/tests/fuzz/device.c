/*
 * Fuzzes the protocol: the input determines a device's answers. They start as valid answers from a coordinator in memory; the
 * input selects which of them are replaced, changed, truncated or lost. This covers JSON, models, deltas, states and headers.
 */
#include "fuzz.h"

#include "driven.h"
#include "test.h"

enum { D = 6, STEPS = 400 };

static const uint8_t *input;
static size_t left;

static uint8_t take(void) {
    if (!left) return 0;
    left--;
    return *input++;
}

/** Changes the answer as the input selects. */
static void change(struct fake *fake) {
    uint8_t kind = take();
    size_t at = take() | (size_t)take() << 8, size = take();
    at = fake->answer_size ? at % fake->answer_size : 0;
    if (kind % 4 == 0) { /* Overwrites a part. */
        for (; size > 0 && at < fake->answer_size && left; size--) fake->answer[at++] = take();
    }
    if (kind % 4 == 1) fake->answer_size = at; /* Truncates it. */
    if (kind % 4 == 2) { /* Replaces it. */
        for (fake->answer_size = 0; size > 0 && left; size--) fake->answer[fake->answer_size++] = take();
    }
    if (kind % 4 == 3) { /* Inserts bytes. */
        size = size < left ? size : left;
        memmove(fake->answer + at + size, fake->answer + at, fake->answer_size - at);
        for (size_t i = 0; i < size; i++) fake->answer[at + i] = take();
        fake->answer_size += size;
    }
    if (kind & 0x40) fake->status = 200 + 4u * take();
    if (kind & 0x80) fake->has_state = 1, strcpy(fake->sequence, kind & 0x20 ? "9" : "x"), strcpy(fake->head, "0123456789abcdef");
}

static void gradient_of(void *context, uint32_t round, const float *model, float *gradient) {
    const evenkeel_device *device = context;
    (void)round;
    for (uint32_t j = 0; j < device->plan.dimension; j++) gradient[j] = model[j] - (float)j;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const methods[] = {"ef21", "ef21-momentum", "ef21-igt", "ef21-storm", "ef14", "ef14-decay"};
    static const uint32_t sizes[] = {4, 2};
    static struct driven driven;
    struct fake fake;
    if (size < 4) return 0;
    input = data;
    left = size;
    const char *feedback = methods[take() % 6];
    fake_describe(&fake, feedback, "top-k:2", take() % 2 ? "top-k:3" : NULL, sizes, 2);
    fake.rounds = 3;
    fake_open(&fake);
    driven_open(&driven, &fake);
    driven.settings.max_attempts = 3;
    driven.settings.on_divergence = EVENKEEL_RECOVER;
    driven.gradient = gradient_of;
    driven.context = &driven.device;
    driven.change = change;
    driven.lenient = fake.lenient = 1;
    driven_start(&driven);
    driven.wrong = 1 + take() % 16;
    for (int steps = 0; steps < STEPS; steps++) {
        if (driven.answers >= driven.wrong && left) driven.wrong = driven.answers + 1 + take() % 8;
        int kind = driven_step(&driven);
        const evenkeel_action *action = &driven.device.action;
        if (kind == EVENKEEL_DO_STOP) {
            REQUIRE(action->status != EVENKEEL_NOT_EXPECTED && action->status != EVENKEEL_STORAGE_FAILED);
            if (!left) break;
            driven_start(&driven);
        }
    }
    driven_close(&driven);
    fake_close(&fake);
    return 0;
}
