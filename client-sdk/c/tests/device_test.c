/*
 * Tests devices with a coordinator in memory: whole runs, power failures at every step, bad networks, lost state and
 * wrong answers.
 */
#include "driven.h"
#include "test.h"

#include <math.h>

enum { D = 6, DEVICES = 2 };

static const uint32_t sizes[] = {4, 2};

/** Returns a run with `rounds` rounds. */
static struct fake run_of(const char *feedback, const char *compressor, const char *downlink, uint32_t rounds) {
    struct fake fake;
    fake_describe(&fake, feedback, compressor, downlink, sizes, 2);
    fake.rounds = rounds;
    fake.members = DEVICES;
    return fake;
}

/** Computes the gradient of 1/2 ||x - t||^2, where t differs between devices. */
static void gradient_of(void *context, uint32_t round, const float *model, float *gradient) {
    int device = *(int *)context;
    (void)round;
    for (int j = 0; j < D; j++) gradient[j] = model[j] - (float)(j - 2 * device) / 3;
}

static void open(struct fake *fake, struct driven *devices, int *numbers, int keep_replica) {
    fake_open(fake);
    for (int i = 0; i < DEVICES; i++) {
        driven_open(&devices[i], fake);
        numbers[i] = i;
        devices[i].random = (uint64_t)i + 1;
        devices[i].settings.keep_replica = keep_replica;
        devices[i].context = &numbers[i];
        devices[i].gradient = gradient_of;
    }
}

static void close(struct fake *fake, struct driven *devices) {
    for (int i = 0; i < DEVICES; i++) driven_close(&devices[i]);
    fake_close(fake);
}

static struct fake_member *member_of(struct fake *fake, const struct driven *driven) {
    CHECK(!strncmp(driven->device.client, "client", 6));
    return &fake->member[atoi(driven->device.client + 6)];
}

/** Checks a finished run: nothing is lost or counted twice, and both sides have the same g. */
static void check_end(struct fake *fake, struct driven *devices) {
    CHECK(fake->round == fake->rounds);
    for (int i = 0; i < DEVICES; i++) {
        evenkeel_device *device = &devices[i].device;
        struct fake_member *member = member_of(fake, &devices[i]);
        CHECK(device->action.kind == EVENKEEL_DO_STOP);
        CHECK_STATUS(EVENKEEL_OK, device->action.status);
        CHECK(!strcmp(device->action.end, "finished"));
        CHECK(device->state.sequence == (int64_t)fake->rounds && member->sequence == (int64_t)fake->rounds);
        CHECK(device->state.head == member->head && device->state.message_size == 0);
        CHECK(device->state.last_round == (int64_t)fake->rounds - 1);
        if (!fake->retains) continue;
        CHECK(!memcmp(device->feedback.g.values, member->g, D * sizeof(double)));
    }
}

/** Runs one device until it stops. */
static void expect_stop(struct driven *driven, evenkeel_status expected) {
    int kind;
    for (int steps = 0; (kind = driven_step(driven)) != EVENKEEL_DO_STOP; steps++) CHECK(kind && steps < 1000);
    CHECK_STATUS(expected, driven->device.action.status);
}

static uint64_t digest_of(const struct fake *fake) { return evenkeel_digest(fake->x, fake->dimension * sizeof *fake->x); }

static const struct {
    const char *feedback, *compressor, *downlink;
    int keep_replica;
} runs[] = {
    {"ef21", "top-k:2", NULL, 0},
    {"ef21-momentum", "rand-k:2+natural", "top-k:2", 0},
    {"ef21-igt", "top-k:0.5+log:5", NULL, 1},
    {"ef14", "layer-top-k:1+bf16", "identity", 0},
    {"none", "identity+float64", NULL, 0},
    {"ef21-momentum", "top-k:1", NULL, 1},
    {"ef21-storm", "top-k:2", "top-k:3", 0},
    {"ef21-storm", "rand-k:3+natural", NULL, 1},
    {"ef14-decay", "top-k:2", NULL, 0},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

static uint64_t whole_run(int number, uint32_t rounds) {
    struct fake fake = run_of(runs[number].feedback, runs[number].compressor, runs[number].downlink, rounds);
    struct driven devices[DEVICES];
    int numbers[DEVICES];
    uint64_t digest;
    open(&fake, devices, numbers, runs[number].keep_replica);
    for (int i = 0; i < DEVICES; i++) driven_start(&devices[i]);
    CHECK(driven_run(devices, DEVICES));
    check_end(&fake, devices);
    for (int i = 0; i < DEVICES; i++) CHECK(devices[i].device.accepted == rounds && devices[i].device.refused == 0);
    CHECK(devices[0].device.plan.local_steps == 30);
    CHECK(fake.duplicates == 0 && fake.conflicts == 0);
    CHECK(fake.updates == (runs[number].keep_replica || runs[number].downlink ? DEVICES * (rounds - 1) : 0));
    digest = digest_of(&fake);
    /* After a restart at the end, the devices find their last message in the membership, and stop. */
    for (int i = 0; i < DEVICES; i++) driven_start(&devices[i]);
    CHECK(driven_run(devices, DEVICES));
    check_end(&fake, devices);
    CHECK(devices[0].device.accepted <= 1 && fake.duplicates == 0 && digest_of(&fake) == digest);
    close(&fake, devices);
    return digest;
}

/** Cuts the power of a device at one of its steps, and restarts it; returns 0 if the device ended earlier. */
static int cut_at(int number, uint32_t rounds, long cut, uint64_t expected) {
    struct fake fake = run_of(runs[number].feedback, runs[number].compressor, runs[number].downlink, rounds);
    struct driven devices[DEVICES];
    int numbers[DEVICES], failed;
    open(&fake, devices, numbers, runs[number].keep_replica);
    for (int i = 0; i < DEVICES; i++) {
        driven_start(&devices[i]);
        devices[i].flash.loses = (int)(cut % 2);
    }
    devices[0].flash.left = cut;
    failed = !driven_run(devices, DEVICES);
    if (failed) {
        driven_start(&devices[0]);
        CHECK(driven_run(devices, DEVICES));
    }
    check_end(&fake, devices);
    CHECK(fake.conflicts == 0 && digest_of(&fake) == expected);
    CHECK(devices[0].device.recovered == 0);
    close(&fake, devices);
    return failed;
}

static void cut_everywhere(void) {
    for (int i = 0; i < RUNS; i++) {
        uint64_t expected = whole_run(i, 3);
        long cut = 0;
        test_about = runs[i].feedback;
        while (cut_at(i, 3, cut, expected)) cut += TEST_STRIDE;
        CHECK(cut > 500);
    }
    test_about = "device";
}

/** Runs behind a bad network, with additional power failures at random steps. */
static void bad_network(int number, uint64_t seed) {
    struct fake fake = run_of(runs[number].feedback, runs[number].compressor, runs[number].downlink, 8);
    struct driven devices[DEVICES];
    int numbers[DEVICES];
    uint64_t expected = whole_run(number, 8), random = seed;
    open(&fake, devices, numbers, runs[number].keep_replica);
    for (int i = 0; i < DEVICES; i++) {
        devices[i].faults = seed * DEVICES + (uint64_t)i + 1;
        devices[i].flash.loses = 1;
        driven_start(&devices[i]);
        devices[i].flash.left = (long)test_below(&random, 2000);
    }
    while (!driven_run(devices, DEVICES)) {
        for (int i = 0; i < DEVICES; i++) {
            if (devices[i].flash.left) continue;
            driven_start(&devices[i]);
            devices[i].flash.left = 100 + (long)test_below(&random, 4000);
        }
    }
    check_end(&fake, devices);
    CHECK(fake.conflicts == 0);
    /* The draws of rand-k depend on the order of enrolment. */
    int is_drawn = !strncmp(runs[number].compressor, "rand-k", 6), is_first = member_of(&fake, &devices[0]) == fake.member;
    if (is_first || !is_drawn) CHECK(digest_of(&fake) == expected);
    close(&fake, devices);
}

/** Erases the state of a device, but not its credentials, between rounds. */
static void lose_state(evenkeel_divergence choice) {
    struct fake fake = run_of("ef21", "top-k:2", NULL, 8);
    struct driven devices[DEVICES];
    int numbers[DEVICES];
    uint64_t expected = whole_run(0, 8);
    open(&fake, devices, numbers, 0);
    for (int i = 0; i < DEVICES; i++) {
        devices[i].settings.on_divergence = choice;
        driven_start(&devices[i]);
    }
    while (fake.round < 4) {
        for (int i = 0; i < DEVICES; i++) CHECK(driven_step(&devices[i]));
    }
    for (int area = 2; area < 4; area++) memset(devices[0].flash.areas[area], 0xFF, devices[0].flash.sizes[area]);
    driven_start(&devices[0]);
    if (choice == EVENKEEL_FAIL) {
        expect_stop(&devices[0], EVENKEEL_DIVERGED);
    } else {
        CHECK(driven_run(devices, DEVICES));
        check_end(&fake, devices);
        CHECK(devices[0].device.recovered == 1 && digest_of(&fake) == expected);
    }
    close(&fake, devices);
}

/** Restores an old copy of the state. */
static void restore_copy(evenkeel_divergence choice) {
    struct fake fake = run_of("ef21", "top-k:2", NULL, 8);
    struct driven devices[DEVICES];
    struct flash copy;
    int numbers[DEVICES];
    open(&fake, devices, numbers, 0);
    for (int i = 0; i < DEVICES; i++) driven_start(&devices[i]);
    while (fake.round < 2) {
        for (int i = 0; i < DEVICES; i++) CHECK(driven_step(&devices[i]));
    }
    flash_copy(&copy, &devices[0].flash);
    while (fake.round < 5) {
        for (int i = 0; i < DEVICES; i++) CHECK(driven_step(&devices[i]));
    }
    flash_close(&devices[0].flash);
    flash_copy(&devices[0].flash, &copy);
    flash_close(&copy);
    devices[0].settings.on_divergence = choice;
    driven_start(&devices[0]);
    if (choice == EVENKEEL_RECOVER) {
        CHECK(driven_run(devices, DEVICES));
        check_end(&fake, devices);
        CHECK(devices[0].device.recovered == 1);
    } else {
        expect_stop(&devices[0], EVENKEEL_DIVERGED);
        CHECK(fake.round == 5);
    }
    close(&fake, devices);
}

/* --------------------------------------------------------------------------------------------------- a lost history -- */

/** Checks whether a device computes its gradients at the coordinator's model. */
struct watched {
    struct fake *fake;
    struct driven *driven;
    int device, extrapolates;
    float shift; /* gives another history other models */
    unsigned computed, here;
};

static void watched_gradient(void *context, uint32_t round, const float *model, float *gradient) {
    struct watched *watched = context;
    const evenkeel_device *device = &watched->driven->device;
    /* A device may use a model of a lost history until it learns of the loss. Its message is not accepted then. */
    int is_here = round == watched->fake->round && device->has_history && device->history == watched->fake->history[round];
    if (is_here && !watched->extrapolates) CHECK(!memcmp(model, watched->fake->w, 4 * D));
    if (is_here) watched->here++;
    watched->computed++;
    for (int j = 0; j < D; j++) gradient[j] = model[j] - (float)(j - 2 * watched->device) / 3 + watched->shift;
}

/** Restores a backup from `rounds_back` rounds earlier while devices are running, at a request of the first device. */
static void go_back(int number, uint32_t rounds_back, int requests, int restarts) {
    struct fake fake = run_of(runs[number].feedback, runs[number].compressor, runs[number].downlink, 12), copy;
    struct driven devices[DEVICES];
    struct watched watched[DEVICES];
    int numbers[DEVICES], is_storm = !strcmp(runs[number].feedback, "ef21-storm");
    fake.names_history = 1;
    open(&fake, devices, numbers, runs[number].keep_replica);
    for (int i = 0; i < DEVICES; i++) {
        struct watched start = {&fake, &devices[i], i, !strcmp(runs[number].feedback, "ef21-igt") || is_storm, 0, 0, 0};
        watched[i] = start;
        devices[i].context = &watched[i];
        devices[i].gradient = watched_gradient;
        devices[i].settings.on_divergence = EVENKEEL_FAIL;
        driven_start(&devices[i]);
    }
    while (fake.round < 6 - rounds_back)
        for (int i = 0; i < DEVICES; i++) CHECK(driven_step(&devices[i]));
    fake_back_up(&fake, &copy);
    while (fake.round < 6)
        for (int i = 0; i < DEVICES; i++) CHECK(driven_step(&devices[i]));
    for (; requests > 0; requests--) CHECK(driven_step(&devices[0]));
    fake_put_back(&fake, &copy);
    for (int i = 0; i < DEVICES; i++) watched[i].shift = 0.125f;
    if (restarts) driven_start(&devices[0]);
    CHECK(driven_run(devices, DEVICES));
    CHECK(fake.conflicts == 0);
    CHECK(fake.lost == devices[0].device.lost + devices[1].device.lost);
    if (rounds_back > 0) CHECK(devices[0].device.lost >= rounds_back && devices[0].device.recovered == 1);
    for (int i = 0; i < DEVICES; i++) {
        struct fake_member *member = member_of(&fake, &devices[i]);
        CHECK_STATUS(EVENKEEL_OK, devices[i].device.action.status);
        CHECK(devices[i].device.state.sequence == member->sequence && devices[i].device.state.head == member->head);
        if (fake.retains) CHECK(!memcmp(devices[i].device.feedback.g.values, member->g, D * sizeof(double)));
    }
    CHECK(fake.round == fake.rounds && watched[0].here >= fake.rounds);
    fake_close(&copy);
    close(&fake, devices);
}

static void go_back_everywhere(void) {
    for (int i = 0; i < RUNS; i++) {
        test_about = runs[i].feedback;
        for (uint32_t back = 0; back <= 5; back++)
            for (int requests = 0; requests < 6; requests++)
                if (TEST_STRIDE == 1 || requests == 5 || requests == (int)(back + (uint32_t)i) % 5) go_back(i, back, requests, requests == 5);
    }
    test_about = "device";
}

static void corrupt_float(struct fake *fake) {
    if (fake->answer_size == 4 * D) fake->answer[0] ^= 1;
}

/** A model that does not match its task is downloaded again, once. */
static void wrong_models(void) {
    for (int every = 0; every < 2; every++) {
        struct fake fake = run_of("ef21", "top-k:2", NULL, 3);
        struct driven devices[DEVICES];
        struct watched watched = {&fake, &devices[0], 0, 0, 0, 0, 0};
        int numbers[DEVICES];
        open(&fake, devices, numbers, 0);
        fake.members = 1;
        fake.names_history = 1;
        devices[0].context = &watched;
        devices[0].gradient = watched_gradient;
        devices[0].wrong = 4;
        devices[0].every = every;
        devices[0].change = corrupt_float;
        driven_start(&devices[0]);
        expect_stop(&devices[0], every ? EVENKEEL_WRONG_MODEL : EVENKEEL_OK);
        CHECK(watched.computed == (every ? 0 : 3));
        close(&fake, devices);
    }
}

/* ----------------------------------------------------------------------------------------------------- wrong answers -- */

static const char *given;

static void give(struct fake *fake) {
    fake->answer_size = strlen(given);
    memcpy(fake->answer, given, fake->answer_size);
}

static void give_status(struct fake *fake) {
    give(fake);
    fake->status = 403;
}

static void give_413(struct fake *fake) {
    give(fake);
    fake->status = 413;
}

static void cut_off(struct fake *fake) { fake->answer_size /= 2; }

static void lengthen(struct fake *fake) { memset(fake->answer + fake->answer_size, ' ', 9), fake->answer[fake->answer_size++] = '1'; }

/** Replaces a text in the answer with another of any length. */
static const char *from, *to;

static void replace(struct fake *fake) {
    char *found;
    size_t a = strlen(from), b = strlen(to);
    fake->answer[fake->answer_size] = 0;
    found = strstr((char *)fake->answer, from);
    CHECK(found);
    memmove(found + b, found + a, strlen(found + a) + 1);
    memcpy(found, to, b);
    fake->answer_size += b - a;
}

/** Changes the answer with this number, and checks the status with which the device stops. */
static void wrong_answer(const char *about, uint32_t number, void (*change)(struct fake *), evenkeel_status expected) {
    struct fake fake = run_of("ef21", "top-k:2", NULL, 3);
    struct driven devices[DEVICES];
    int numbers[DEVICES];
    test_about = about;
    open(&fake, devices, numbers, 0);
    fake.members = 1;
    devices[0].wrong = number;
    devices[0].change = change;
    devices[0].settings.max_attempts = 3;
    driven_start(&devices[0]);
    expect_stop(&devices[0], expected);
    CHECK(devices[0].device.action.position <= FAKE_ANSWER);
    /* The state is unchanged: the restarted device continues. */
    if (fake.enrolled) {
        devices[0].wrong = 0;
        driven_start(&devices[0]);
        expect_stop(&devices[0], EVENKEEL_OK);
        CHECK(fake.round == fake.rounds && fake.conflicts == 0);
    }
    close(&fake, devices);
    test_about = "device";
}

static void wrong_text(uint32_t number, const char *before, const char *after, evenkeel_status expected) {
    from = before;
    to = after;
    wrong_answer(after, number, replace, expected);
}

/* The numbers of the answers: 1 enrolment, 2 joining, 3 the task, 4 the model, 5 the receipt. */
static void wrong_answers(void) {
    static const char *const texts[] = {"", "{", "[]", "null", "{\"client\":1}", "{\"client\":\"a\",\"secret\":\"b\"", "<html></html>",
        "{\"client\":\"a\",\"secret\":\"a\nb\"}", "{\"client\":\"a\" \"secret\":\"b\"}", "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (uint32_t number = 1; number <= 5; number++) {
            if (number == 4) continue;
            given = texts[i];
            wrong_answer(texts[i], number, give, EVENKEEL_MALFORMED_ANSWER);
        }
    }
    wrong_answer("half an enrolment", 1, cut_off, EVENKEEL_MALFORMED_ANSWER);
    wrong_answer("half a membership", 2, cut_off, EVENKEEL_MALFORMED_ANSWER);
    wrong_answer("half a task", 3, cut_off, EVENKEEL_MALFORMED_ANSWER);
    wrong_answer("half a model", 4, cut_off, EVENKEEL_TRUNCATED);
    wrong_answer("a longer model", 4, lengthen, EVENKEEL_TRAILING_BYTES);
    wrong_text(2, "\"sequence\":0", "\"sequence\":-1", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(2, "\"sequence\":0", "\"sequence\":9223372036854775807", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(2, "\"sequence\":0", "\"sequence\":2147483648", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(3, "\"denseBytes\":", "\"denseBytes\":922337203685477", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(3, "\"replicaBytes\":", "\"replicaBytes\":9223372036854775807,\"was\":", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(5, "\"sequence\":1", "\"sequence\":9223372036854775807", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(2, "\"head\":\"0000000000000000\"", "\"head\":\"00\"", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(2, "\"dimension\":6", "\"dimension\":7", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(2, "\"dimension\":6", "\"dimension\":4294967302", EVENKEEL_MALFORMED_ANSWER);
    wrong_text(2, "top-k:2", "top-k:7", EVENKEEL_UNKNOWN_COMPRESSOR);
    wrong_text(2, "top-k:2", "bottom-k:2", EVENKEEL_UNKNOWN_COMPRESSOR);
    wrong_text(2, "\"feedback\":\"ef21\"", "\"feedback\":\"ef22\"", EVENKEEL_UNSUPPORTED_PLAN);
    wrong_text(2, "\"seed\":-7", "\"privacy\":{\"by\":\"device\"},\"seed\":-7", EVENKEEL_UNSUPPORTED_PLAN);
    wrong_text(2, "\"seed\":-7", "\"secureAggregation\":{\"exponent\":-24},\"seed\":-7", EVENKEEL_UNSUPPORTED_PLAN);
    wrong_text(5, "\"sequence\":1", "\"sequence\":2", EVENKEEL_WRONG_ANSWER);
    wrong_text(5, "\"digest\":\"", "\"digest\":\"0123456789abcdef\",\"was\":\"", EVENKEEL_WRONG_ANSWER);
    wrong_text(5, "\"round\":0", "\"round\":1", EVENKEEL_WRONG_ANSWER);
    given = "{\"type\":\"urn:evenkeel:problem:client-revoked\",\"status\":403,\"detail\":\"gone\"}";
    for (uint32_t number = 2; number <= 5; number++) wrong_answer(given, number, give_status, EVENKEEL_REFUSED);
    /* The message was accepted, but a proxy answers. The membership shows the acceptance. */
    given = "<html>413</html>";
    wrong_answer("a proxy's 413", 5, give_413, EVENKEEL_OK);
}

/** Tests the largest numbers that a coordinator can state, for a device without state and for its messages. */
static void largest_numbers(void) {
    static const char *const sequences[] = {"2147483646", "2147483647", "9223372036854775807"};
    for (int i = 0; i < 3; i++) {
        struct fake fake = run_of("ef21", "top-k:2", NULL, 3);
        struct driven devices[DEVICES], *device = &devices[0];
        int numbers[DEVICES];
        char text[60];
        snprintf(text, sizeof text, "\"sequence\":%s", sequences[i]);
        from = "\"sequence\":0";
        to = text;
        open(&fake, devices, numbers, 1);
        fake.members = 1;
        device->wrong = 2;
        device->change = replace;
        driven_start(device);
        while (evenkeel_next(&device->device)->kind != EVENKEEL_DO_STOP && device->device.action.request.path != NULL) {
            int is_state = strstr(device->device.path, "members/me/state") != NULL;
            if (is_state && device->device.outstanding == 1) {
                fake_handle(&fake, &device->device.action.request);
                evenkeel_answer(&device->device, 200);
                evenkeel_answer_header(&device->device, "evenkeel-sequence", sequences[i]);
                evenkeel_answer_header(&device->device, "evenkeel-head", "0000000000000001");
                evenkeel_answer_body(&device->device, fake.answer, fake.answer_size);
                evenkeel_answer_end(&device->device);
            } else if (evenkeel_next(&device->device)->kind == EVENKEEL_DO_COMPUTE) break;
            else driven_step(device);
        }
        if (evenkeel_next(&device->device)->kind == EVENKEEL_DO_COMPUTE) {
            for (int j = 0; j < D; j++) device->device.action.gradient[j] = 1;
            CHECK_STATUS(EVENKEEL_OK, evenkeel_computed(&device->device, NULL));
        } else CHECK_STATUS(EVENKEEL_MALFORMED_ANSWER, device->device.action.status);
        close(&fake, devices);
    }
}

/** Control characters in a server's text are not copied into the device's text. */
static void control_characters(void) {
    struct fake fake = run_of("ef21", "top-k:2", NULL, 3);
    struct driven devices[DEVICES], *device = &devices[0];
    int numbers[DEVICES];
    static const struct {
        const char *detail, *expected;
    } cases[] = {{"a\\u001b[31m", "a?001b[31m"}, {"a\x7f", "a?"}, {"\xC2\x9B" "2J\xC2\xA0\xC3\xBC", "?2J\xC2\xA0\xC3\xBC"},
        {"cut \xC2", "cut "}, {"a\x1b[31m", ""}};
    open(&fake, devices, numbers, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        snprintf(text, sizeof text, "{\"type\":\"urn:evenkeel:problem:forbidden\",\"detail\":\"%s\"}", cases[i].detail);
        given = text;
        device->wrong = device->answers + 1;
        device->change = give_status;
        driven_start(device);
        expect_stop(device, EVENKEEL_REFUSED);
        CHECK(!strcmp(device->device.problem.detail, cases[i].expected));
    }
    close(&fake, devices);
}

/** A proxy refuses a message, which never reaches the coordinator: the device drops it and stops. */
static void refused_by_a_proxy(void) {
    struct fake fake = run_of("ef21", "top-k:2", NULL, 3);
    struct driven devices[DEVICES];
    int numbers[DEVICES];
    open(&fake, devices, numbers, 0);
    fake.members = 1;
    driven_start(&devices[0]);
    while (driven_step(&devices[0]) != EVENKEEL_DO_COMPUTE) continue;
    CHECK(evenkeel_next(&devices[0].device)->kind == EVENKEEL_DO_REQUEST);
    evenkeel_answer(&devices[0].device, 413);
    evenkeel_answer_end(&devices[0].device);
    expect_stop(&devices[0], EVENKEEL_REFUSED);
    CHECK(devices[0].device.state.message_size == 0 && devices[0].device.problem.http_status == 413);
    driven_start(&devices[0]);
    expect_stop(&devices[0], EVENKEEL_OK);
    CHECK(fake.round == fake.rounds && fake.conflicts == 0);
    close(&fake, devices);
}

static void mistakes(void) {
    struct fake fake = run_of("ef21", "top-k:2", NULL, 3);
    struct driven devices[DEVICES];
    int numbers[DEVICES];
    evenkeel_settings wrong;
    double little = 0;
    open(&fake, devices, numbers, 0);
    fake.members = 1;
    wrong = devices[0].settings;
    wrong.run = "Upper case";
    CHECK_STATUS(EVENKEEL_INVALID_ARGUMENT, evenkeel_init(&devices[0].device, &wrong));
    wrong = devices[0].settings;
    wrong.run = "";
    CHECK_STATUS(EVENKEEL_INVALID_ARGUMENT, evenkeel_init(&devices[0].device, &wrong));
    driven_start(&devices[0]);
    CHECK_STATUS(EVENKEEL_NOT_EXPECTED, evenkeel_computed(&devices[0].device, NULL));
    CHECK_STATUS(EVENKEEL_NOT_EXPECTED, evenkeel_skip(&devices[0].device));
    CHECK_STATUS(EVENKEEL_NOT_EXPECTED, evenkeel_give_memory(&devices[0].device, &little, 1 << 20));
    while (evenkeel_next(&devices[0].device)->kind != EVENKEEL_DO_ALLOCATE) CHECK(driven_step(&devices[0]));
    CHECK_STATUS(EVENKEEL_TOO_LITTLE_MEMORY, evenkeel_give_memory(&devices[0].device, &little, 4));
    CHECK_STATUS(EVENKEEL_INVALID_ARGUMENT, evenkeel_give_memory(&devices[0].device, (char *)&little + 1, 1 << 20));
    while (evenkeel_next(&devices[0].device)->kind != EVENKEEL_DO_COMPUTE) CHECK(driven_step(&devices[0]));
    for (int j = 0; j < D; j++) devices[0].device.action.gradient[j] = 0;
    memset(&devices[0].device.action.gradient[3], 0xFF, 4); /* a NaN */
    CHECK_STATUS(EVENKEEL_NOT_FINITE, evenkeel_computed(&devices[0].device, NULL));
    CHECK(devices[0].device.action.position == 3);
    CHECK(evenkeel_next(&devices[0].device)->kind == EVENKEEL_DO_COMPUTE);
    expect_stop(&devices[0], EVENKEEL_OK);
    close(&fake, devices);
}

/** STORM needs a program that computes two gradients, and the second one must also be finite. */
static void second_gradients(void) {
    struct fake fake = run_of("ef21-storm", "top-k:2", NULL, 3);
    struct driven devices[DEVICES], *device = &devices[0];
    int numbers[DEVICES];
    open(&fake, devices, numbers, 0);
    fake.members = 1;
    device->settings.two_gradients = 0;
    driven_start(device);
    expect_stop(device, EVENKEEL_UNSUPPORTED_PLAN);
    device->settings.two_gradients = 1;
    driven_start(device);
    while (evenkeel_next(&device->device)->kind != EVENKEEL_DO_COMPUTE) CHECK(driven_step(device));
    CHECK(!device->device.action.second_model && !device->device.action.second_gradient);
    CHECK(driven_step(device));
    while (evenkeel_next(&device->device)->kind != EVENKEEL_DO_COMPUTE) CHECK(driven_step(device));
    evenkeel_action *action = &device->device.action;
    for (int j = 0; j < D; j++) CHECK(action->second_model[j] == 0);
    for (int j = 0; j < D; j++) action->gradient[j] = action->second_gradient[j] = 0;
    memset(&action->second_gradient[1], 0xFF, 4); /* a NaN */
    CHECK_STATUS(EVENKEEL_NOT_FINITE, evenkeel_computed(&device->device, NULL));
    CHECK(action->position == D + 1);
    expect_stop(device, EVENKEEL_OK);
    CHECK(fake.round == fake.rounds);
    close(&fake, devices);
}

static int fail_to_sync(void *context, uint32_t area) {
    (void)context;
    (void)area;
    return -1;
}

static void nothing_comes(struct fake *fake) { fake->status = 503; }

/** Tests failures outside the library: memory, storage, the network, and both copies of the state. */
static void failures(void) {
    struct fake fake = run_of("ef21", "top-k:2", NULL, 3);
    struct driven devices[DEVICES], *device = &devices[0];
    int numbers[DEVICES];
    open(&fake, devices, numbers, 0);
    fake.members = 1;
    fake.eta = "constant:0.500000000000000000000000000000000000000000000000000000000000000000000000000000";
    device->settings.buffer = test_memory(1025);
    device->settings.buffer_size = 1025;
    driven_start(device);
    expect_stop(device, EVENKEEL_TOO_LITTLE_MEMORY);
    free(device->settings.buffer);
    device->settings.buffer = device->buffer;
    device->settings.buffer_size = sizeof device->buffer;
    device->settings.max_attempts = 3;
    device->change = nothing_comes;
    device->every = 1;
    driven_start(device);
    expect_stop(device, EVENKEEL_UNREACHABLE);
    device->every = 0;
    device->flash.storage.sync = fail_to_sync;
    driven_start(device);
    expect_stop(device, EVENKEEL_STORAGE_FAILED);
    CHECK(fake.round == 0);
    flash_close(&device->flash);
    flash_open(&device->flash, DRIVEN_STATE, 0xFF);
    fake.member[0].joined = 0; /* the device enrols again */
    driven_start(device);
    while (fake.round < 2) CHECK(driven_step(device));
    for (int area = 2; area < 4; area++) memset(device->flash.areas[area] + 30, 0x55, 40);
    driven_start(device);
    expect_stop(device, EVENKEEL_DAMAGED_STATE);
    device->settings.on_divergence = EVENKEEL_RECOVER;
    driven_start(device);
    expect_stop(device, EVENKEEL_OK);
    CHECK(fake.round == 3 && device->device.recovered == 1);
    close(&fake, devices);
}

/** A device that skips a round asks for a later one. */
static void skip(void) {
    struct fake fake = run_of("ef21", "top-k:2", NULL, 3);
    struct driven devices[DEVICES];
    int numbers[DEVICES];
    open(&fake, devices, numbers, 0);
    fake.members = 1;
    driven_start(&devices[0]);
    while (evenkeel_next(&devices[0].device)->kind != EVENKEEL_DO_COMPUTE) CHECK(driven_step(&devices[0]));
    CHECK_STATUS(EVENKEEL_OK, evenkeel_skip(&devices[0].device));
    while (evenkeel_next(&devices[0].device)->kind != EVENKEEL_DO_REQUEST) CHECK(driven_step(&devices[0]));
    CHECK(strstr(devices[0].device.action.request.path, "task?after=0&"));
    close(&fake, devices);
}

/* The coordinator's models by round, and the slopes between them along a gradient that is the same everywhere. */
struct way {
    const struct fake *fake;
    const evenkeel_device *device;
    float models[FAKE_ROUNDS][D];
    double g[FAKE_ROUNDS][D];
};

static float constant(int j) { return (float)(j % 3) - 0.75f; }

static void constant_gradient(void *context, uint32_t round, const float *model, float *gradient) {
    struct way *way = context;
    (void)model;
    memcpy(way->models[round], way->fake->w, sizeof way->models[round]);
    evenkeel_vector g = way->device->feedback.g;
    for (int j = 0; j < D; j++) {
        gradient[j] = constant(j);
        way->g[round][j] = g.type == EVENKEEL_FLOAT64 ? ((const double *)g.values)[j] : ((const float *)g.values)[j];
    }
}

/** Runs one device, and checks the slopes that it reports. Without a step rule that reads them, it must report none. */
static void slopes(const char *feedback, const char *step, int expected) {
    struct fake fake = run_of(feedback, "top-k:2", NULL, 5);
    struct driven driven;
    struct way way = {&fake, &driven.device, {{0}}, {{0}}};
    fake.step = step;
    fake.members = 1;
    fake_open(&fake);
    driven_open(&driven, &fake);
    driven.context = &way;
    driven.gradient = constant_gradient;
    driven_start(&driven);
    CHECK(driven_run(&driven, 1) && fake.round == 5);
    CHECK(fake.member[0].slopes[0] == 0);
    for (int k = 1; k < 5; k++) {
        double product = 0, changes = 0, squares = 0;
        for (int j = 0; j < D; j++) {
            double moved = (double)way.models[k][j] - (double)way.models[k - 1][j];
            double along = moved * (double)constant(j), change = moved * ((double)constant(j) - way.g[k][j]), square = moved * moved;
            product += along;
            changes += change;
            squares += square;
        }
        CHECK(test_bits(fake.member[0].slopes[k]) == (expected ? test_bits(product / sqrt(squares)) : 0));
        CHECK(test_bits(fake.member[0].changes[k]) == (expected ? test_bits(changes / sqrt(squares)) : 0));
    }
    driven_close(&driven);
    fake_close(&fake);
}

void test_device(void) {
    for (int i = 0; i < RUNS; i++) {
        test_about = runs[i].feedback;
        whole_run(i, 12);
    }
    test_about = "device";
    mistakes();
    second_gradients();
    slopes("ef21-igt", "slope:0.01", 1);
    slopes("ef21-igt", "slopes", 0);
    slopes("ef21", "slope:0.01", 0);
    failures();
    skip();
    wrong_answers();
    largest_numbers();
    go_back_everywhere();
    wrong_models();
    control_characters();
    refused_by_a_proxy();
    lose_state(EVENKEEL_RECOVER_IF_LOST);
    lose_state(EVENKEEL_RECOVER);
    lose_state(EVENKEEL_FAIL);
    restore_copy(EVENKEEL_RECOVER_IF_LOST);
    restore_copy(EVENKEEL_RECOVER);
    for (uint64_t seed = 1; seed <= 30; seed++) bad_network((int)(seed % RUNS), seed);
    cut_everywhere();
}
