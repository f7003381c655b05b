/*
 * A device on Linux: enrols, joins a run, trains softmax regression, and continues after a crash.
 *
 *     EVENKEEL_ENROLMENT_TOKEN=evk_enrol_... ./device http://localhost:8080 RUN FOLDER data.csv
 *
 * FOLDER contains its state. A number in place of the file is the seed of generated data.
 */
#define _DEFAULT_SOURCE

#include "evenkeel.h"
#include "files.h"
#include "http.h"
#include "softmax.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static volatile sig_atomic_t stopping;

static void stop(int signal_number) {
    (void)signal_number;
    stopping = 1;
}

static void fill_random(void *context, uint8_t *bytes, size_t size) {
    (void)context;
    if (getrandom(bytes, size, 0) != (ssize_t)size) abort();
}

static void wait_for(uint32_t milliseconds) {
    struct timespec time = {(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000};
    while (nanosleep(&time, &time) != 0 && errno == EINTR && !stopping) {}
}

/** Adapts the data to the run's model; returns 0 if that is impossible. */
static int fit(struct softmax *data, const char *source, uint32_t dimension) {
    char *end;
    unsigned long long seed = strtoull(source, &end, 10);
    if (!data->values && !*end && !softmax_generate(data, dimension, seed)) {
        fprintf(stderr, "the run's model has %lu values, expected a multiple of 4, from 8\n", (unsigned long)dimension);
        return 0;
    }
    if (softmax_fit(data, dimension)) return 1;
    fprintf(stderr, "the run's model has %lu values, expected classes * %lu for the data of %s\n", (unsigned long)dimension,
        (unsigned long)data->features + 1, source);
    return 0;
}

/** Prints the outcome of the training; returns the exit code. */
static int report(const evenkeel_device *device) {
    const evenkeel_action *action = &device->action;
    if (action->status == EVENKEEL_OK) {
        printf("%s; messages accepted: %lu, refused: %lu; states recovered: %lu\n", action->end, (unsigned long)device->accepted,
            (unsigned long)device->refused, (unsigned long)device->recovered);
        if (device->lost) printf("acknowledged messages that the coordinator has lost: %lu\n", (unsigned long)device->lost);
        return 0;
    }
    fprintf(stderr, "%s (at %lu) %s\n", evenkeel_status_text(action->status), (unsigned long)action->position,
        action->status == EVENKEEL_REFUSED ? device->problem.detail : "");
    return 1;
}

static int train(evenkeel_device *device, struct http *http, struct softmax *data, const char *source, void **memory) {
    while (!stopping) {
        const evenkeel_action *action = evenkeel_next(device);
        evenkeel_report figures = {0};
        switch (action->kind) {
        case EVENKEEL_DO_REQUEST:
            http_exchange(http, &action->request);
            break;
        case EVENKEEL_DO_WAIT:
            wait_for(action->milliseconds);
            break;
        case EVENKEEL_DO_ALLOCATE:
            *memory = calloc(1, action->bytes);
            if (!*memory) {
                fprintf(stderr, "the run's model takes %lu bytes, more than this device has; nothing was downloaded\n",
                    (unsigned long)action->bytes);
                return 1;
            }
            if (!fit(data, source, device->plan.dimension)) return 1;
            evenkeel_give_memory(device, *memory, action->bytes);
            break;
        case EVENKEEL_DO_COMPUTE:
            figures.samples = data->rows;
            figures.present = EVENKEEL_HAS_LOSS;
            figures.loss = softmax_gradient(data, action->model, action->gradient);
            if (action->second_model) softmax_gradient(data, action->second_model, action->second_gradient);
            if (evenkeel_computed(device, &figures) == EVENKEEL_NOT_FINITE) evenkeel_skip(device);
            break;
        default:
            return report(device);
        }
    }
    puts("stopped; the state is saved");
    return 0;
}

int main(int argc, char **argv) {
    static evenkeel_device device;
    static uint8_t buffer[16384];
    struct files files;
    struct http http;
    struct softmax data = {0};
    struct sigaction on_signal = {.sa_handler = stop};
    void *memory = NULL;
    int code = 1;
    if (argc != 5) {
        fprintf(stderr, "usage: %s COORDINATOR RUN FOLDER DATA, with the token in EVENKEEL_ENROLMENT_TOKEN\n", argv[0]);
        return 2;
    }
    sigaction(SIGTERM, &on_signal, NULL);
    sigaction(SIGINT, &on_signal, NULL);
    if (argv[4][strspn(argv[4], "0123456789")] && !softmax_read(&data, argv[4])) return 1;
    if (!files_open(&files, argv[3])) {
        fprintf(stderr, "%s: %s\n", argv[3], errno == EWOULDBLOCK ? "another process uses it" : strerror(errno));
        return 1;
    }
    evenkeel_settings settings = {.run = argv[2], .token = getenv("EVENKEEL_ENROLMENT_TOKEN"), .storage = &files.storage,
        .random = fill_random, .buffer = buffer, .buffer_size = sizeof buffer, .keep_replica = 1, .two_gradients = 1};
    if (evenkeel_init(&device, &settings) != EVENKEEL_OK) {
        fprintf(stderr, "'%s' is not a valid name of a run\n", argv[2]);
    } else if (http_open(&http, argv[1], &device)) {
        code = train(&device, &http, &data, argv[4], &memory);
        http_close(&http);
    }
    free(memory);
    softmax_free(&data);
    files_close(&files);
    return code;
}
