#include "fake.h"

#include "test.h"

#include <stdarg.h>

static void say(struct fake *fake, uint32_t status, const char *format, ...) {
    va_list arguments;
    int size;
    va_start(arguments, format);
    size = vsnprintf((char *)fake->answer, FAKE_ANSWER, format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && size < FAKE_ANSWER);
    fake->status = status;
    fake->answer_size = (size_t)size;
}

static void refuse(struct fake *fake, uint32_t status, const char *type) {
    say(fake, status,
        "{\"type\":\"urn:evenkeel:problem:%s\",\"title\":\"No\",\"status\":%lu,\"detail\":\"a \\\"detail\\\" with \\u00fc\",\"action\":\"none\"}",
        type, (unsigned long)status);
}

static void put(uint8_t *bytes, uint64_t number, int size) {
    for (int i = 0; i < size; i++) bytes[i] = (uint8_t)(number >> 8 * i);
}

static const char *hex(uint64_t digest, char *text) {
    for (int i = 0; i < 16; i++) text[i] = "0123456789abcdef"[digest >> (60 - 4 * i) & 15];
    text[16] = 0;
    return text;
}

static const char *state_of(const struct fake *fake) {
    uint32_t joined = 0;
    if (fake->round >= fake->rounds) return "finished";
    for (uint32_t i = 0; i < fake->enrolled; i++) joined += (uint32_t)fake->member[i].joined;
    return joined < fake->members ? "created" : "running";
}

static size_t change_bytes(const struct fake *fake, uint32_t since) {
    size_t bytes = 0;
    for (uint32_t k = since; k < fake->round; k++) bytes += fake->change_sizes[k];
    return bytes;
}

/**
 * Appends a task for a device with the model of round `since`, or -1 for none. The stated model size is so large that
 * updates are cheaper.
 */
static void append_task(struct fake *fake, long since, int is_lost) {
    char update[40] = "", history[120] = "", name[20], digest[20];
    uint32_t is_known = fake->names_history && fake->round < fake->rounds;
    if (is_known)
        snprintf(history, sizeof history, "\"history\":\"%s\",\"modelDigest\":\"%s\",%s", hex(fake->history[fake->round], name),
            hex(evenkeel_digest(fake->w, 4 * fake->dimension), digest), is_lost ? "\"historyLost\":true," : "");
    char *end = (char *)fake->answer + fake->answer_size;
    if (since >= 0) snprintf(update, sizeof update, "\"updateBytes\":%lu,", (unsigned long)change_bytes(fake, (uint32_t)since));
    fake->answer_size += (size_t)snprintf(end, FAKE_ANSWER - fake->answer_size,
        "{\"run\":\"fake\",\"state\":\"%s\",\"round\":%lu,\"denseBytes\":%lu,%s%s\"replicaBytes\":%lu}", state_of(fake),
        (unsigned long)fake->round, 4ul * fake->dimension + 1000, update, history, 16ul + 16ul * fake->dimension);
}

static long parameter(const char *path, const char *name) {
    const char *found = strstr(path, name);
    return found ? strtol(found + strlen(name), NULL, 10) : -1;
}

/** Returns whether a path names a model that the run does not have. */
static int is_lost(const struct fake *fake, const char *path, long round) {
    const char *found = strstr(path, "history=");
    char name[20];
    if (round > (long)fake->round) return 1;
    return found && round >= 0 && strncmp(found + 8, hex(fake->history[round], name), 16) != 0;
}

static void tell_task(struct fake *fake, const struct fake_member *member, const char *path) {
    long after = parameter(path, "after=");
    int lost = fake->names_history && (is_lost(fake, path, after) || parameter(path, "sequence=") > (long)member->sequence);
    int has_work = ((long)fake->round > after || lost) && member->last_round < (int64_t)fake->round;
    say(fake, 200, "%s", "");
    if (!strcmp(state_of(fake), "created") || (!strcmp(state_of(fake), "running") && !has_work)) {
        fake->status = 204;
        fake->has_retry = 1;
        if (lost) refuse(fake, 409, "history-lost");
        return;
    }
    append_task(fake, parameter(path, "replica="), lost);
}

static void tell_member(struct fake *fake, const struct fake_member *member, uint32_t status) {
    char head[20], tensors[256], last[40] = "", downlink[80] = "";
    size_t size = 0;
    for (uint32_t i = 0; i < fake->tensors; i++) {
        size += (size_t)snprintf(tensors + size, sizeof tensors - size, "%s{\"name\":\"t%lu\",\"shape\":[%lu]}", i ? "," : "",
            (unsigned long)i, (unsigned long)fake->sizes[i]);
    }
    if (member->last_round >= 0) snprintf(last, sizeof last, "\"round\":%lu,", (unsigned long)member->last_round);
    if (fake->downlink) snprintf(downlink, sizeof downlink, "\"downlink\":{\"compressor\":\"%s\"},", fake->downlink);
    say(fake, status,
        "{\"run\":\"fake\",\"client\":\"client%lu\",\"weight\":1.0,\"ordinal\":%lu,\"activeFrom\":0,\"sequence\":%lu,\"head\":\"%s\",%s"
        "\"state\":\"%s\",\"members\":1,\"minParticipants\":1,\"plan\":{\"run\":\"fake\",\"dimension\":%lu,\"tensors\":[%s],"
        "\"rounds\":%lu,\"horizon\":%lu,\"localSteps\":30,\"algorithm\":{\"name\":\"%s\",\"feedback\":\"%s\",\"step\":\"%s\",\"gamma\":\"constant:0.1\","
        "\"eta\":\"%s\"},\"compressor\":\"%s\",%s\"seed\":-7,\"staleness\":0,\"maxMessageBytes\":65536}}",
        (unsigned long)(member - fake->member), (unsigned long)(member - fake->member), (unsigned long)member->sequence,
        hex(member->head, head), last, state_of(fake), (unsigned long)fake->dimension, tensors, (unsigned long)fake->rounds,
        (unsigned long)fake->rounds, fake->feedback, fake->feedback, fake->step, fake->eta, fake->compressor, downlink);
}

static void enrol(struct fake *fake, const evenkeel_request *request) {
    const char *key = NULL;
    struct fake_member *member;
    for (uint32_t i = 0; i < request->header_count; i++) {
        if (!strcmp(request->headers[i].name, "Idempotency-Key")) key = request->headers[i].value;
    }
    CHECK(key && strlen(key) < sizeof fake->member->key);
    for (member = fake->member; member < fake->member + fake->enrolled && strcmp(member->key, key); member++) {}
    if (member == fake->member + fake->enrolled) {
        CHECK(fake->enrolled < FAKE_CLIENTS);
        fake->enrolled++;
        snprintf(member->secret, sizeof member->secret, "evk_dev_%s", key);
        strcpy(member->key, key);
    }
    say(fake, 201, "{\"client\":\"client%lu\",\"secret\":\"%s\"}", (unsigned long)(member - fake->member), member->secret);
}

static struct fake_member *sender(struct fake *fake, const evenkeel_request *request) {
    for (uint32_t i = 0; i < request->header_count; i++) {
        if (strcmp(request->headers[i].name, "Authorization")) continue;
        CHECK(!strncmp(request->headers[i].value, "Bearer ", 7));
        for (uint32_t k = 0; k < fake->enrolled; k++) {
            if (!strcmp(fake->member[k].secret, request->headers[i].value + 7)) return &fake->member[k];
        }
    }
    return NULL;
}

/** Adds an opened frame to a vector. */
static void add(evenkeel_frame *frame, double *to) {
    uint32_t j;
    double value;
    evenkeel_frame_rewind(frame);
    while (evenkeel_frame_next(frame, &j, &value)) to[j] += value;
}

/** Creates the delta of a lossy downlink: C(x - w). */
static void make_delta(struct fake *fake) {
    evenkeel_compressor compressor;
    evenkeel_sparse vector;
    evenkeel_update delta;
    evenkeel_limits limits = {fake->dimension, fake->dimension, FAKE_ANSWER};
    evenkeel_vector x = {fake->x, EVENKEEL_FLOAT64}, w = {fake->w, EVENKEEL_FLOAT32};
    uint8_t *bytes = test_memory(FAKE_ANSWER);
    size_t size, position = 0;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_compressor_read(&compressor, fake->downlink, fake->sizes, fake->tensors));
    void *memory = test_memory(evenkeel_compress_memory(&compressor)), *more = test_memory(evenkeel_encode_memory(compressor.coding));
    CHECK_STATUS(EVENKEEL_OK, evenkeel_compress(&compressor, x, &w, fake->round, memory, &vector, NULL));
    CHECK_STATUS(EVENKEEL_OK, evenkeel_frame_encode(&vector, bytes + 16, FAKE_ANSWER - 16, &size, more));
    size += 16;
    memcpy(bytes, "\xE7\x44\x01", 4);
    put(bytes + 4, size, 4);
    put(bytes + 8, fake->round, 4);
    put(bytes + 12, evenkeel_crc32c(0, bytes, 12), 4);
    CHECK_STATUS(EVENKEEL_OK, evenkeel_delta_open(&delta, bytes, size, &limits, NULL, -1, &position));
    evenkeel_delta_apply(&delta, fake->w);
    fake->changes[fake->round] = bytes;
    fake->change_sizes[fake->round] = size;
    free(more), free(memory);
}

/**
 * Creates the update of a lossless downlink: the new values of S at the messages' coordinates, or at all coordinates.
 */
static void make_update(struct fake *fake, const uint8_t *touched) {
    uint32_t *numbers = test_memory(fake->dimension * sizeof *numbers);
    double *values = test_memory(fake->dimension * sizeof *values);
    uint8_t *bytes = test_memory(FAKE_ANSWER);
    evenkeel_sparse vector;
    size_t size;
    memset(&vector, 0, sizeof vector);
    for (uint32_t j = 0; j < fake->dimension; j++) {
        if (!touched[j] && fake->retains) continue;
        numbers[vector.count] = j;
        values[vector.count++] = fake->sum[j];
    }
    vector.dimension = fake->dimension;
    vector.support = fake->retains ? EVENKEEL_LISTED : EVENKEEL_EVERY;
    vector.coding = EVENKEEL_CODING_FLOAT64;
    vector.numbers = numbers;
    vector.values = values;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_frame_encode(&vector, bytes + 36, FAKE_ANSWER - 36, &size, NULL));
    size += 36;
    memcpy(bytes, "\xE7\x55\x01", 3);
    bytes[3] = (uint8_t)(fake->retains != 0);
    put(bytes + 4, size, 4);
    put(bytes + 8, fake->round, 4);
    put(bytes + 12, test_bits(fake->gamma), 8);
    put(bytes + 20, 1, 4);
    put(bytes + 24, test_bits(fake->members), 8);
    put(bytes + 32, evenkeel_crc32c(0, bytes, 32), 4);
    fake->changes[fake->round] = bytes;
    fake->change_sizes[fake->round] = size;
    free(values), free(numbers);
}

static void tell_replica(struct fake *fake) {
    uint8_t *at = fake->answer + 12;
    int is_wide = 0, has_sum = 0;
    for (uint32_t j = 0; j < fake->dimension; j++) {
        is_wide |= test_bits(fake->x[j]) != test_bits((double)(float)fake->x[j]);
        has_sum |= test_bits(fake->sum[j]) != 0;
    }
    memcpy(fake->answer, "\xE7\x52\x01", 3);
    fake->answer[3] = (uint8_t)(is_wide | 2 * has_sum);
    put(fake->answer + 4, fake->round, 4);
    put(fake->answer + 8, fake->dimension, 4);
    for (uint32_t j = 0; j < fake->dimension; j++, at += is_wide ? 8 : 4) {
        float narrow = (float)fake->x[j];
        uint32_t bits;
        memcpy(&bits, &narrow, 4);
        put(at, is_wide ? test_bits(fake->x[j]) : bits, is_wide ? 8 : 4);
    }
    for (uint32_t j = 0; j < fake->dimension && has_sum; j++, at += 8) put(at, test_bits(fake->sum[j]), 8);
    put(at, evenkeel_crc32c(0, fake->answer, (size_t)(at - fake->answer)), 4);
    fake->answer_size = (size_t)(at - fake->answer) + 4;
}

/** Closes the round once all members have answered: adds the messages in the order of the members, and takes a step. */
static void close_round(struct fake *fake) {
    evenkeel_limits limits = {fake->dimension, fake->dimension, FAKE_ANSWER};
    uint8_t *drawn, *touched;
    double value;
    for (uint32_t i = 0; i < fake->enrolled; i++) {
        if (fake->member[i].joined && !fake->member[i].messages[fake->round]) return;
    }
    drawn = test_memory((fake->dimension + 7) / 8);
    touched = test_memory(fake->dimension);
    if (!fake->retains) memset(fake->sum, 0, fake->dimension * sizeof *fake->sum);
    for (uint32_t i = 0; i < fake->enrolled; i++) {
        struct fake_member *member = &fake->member[i];
        evenkeel_message message;
        evenkeel_frame frame;
        if (!member->joined) continue;
        CHECK_STATUS(EVENKEEL_OK, evenkeel_message_open(&message, &frame, member->messages[fake->round],
                                      member->sizes[fake->round], &limits, drawn, NULL));
        add(&frame, fake->sum);
        add(&frame, member->g);
        evenkeel_frame_rewind(&frame);
        for (uint32_t j; evenkeel_frame_next(&frame, &j, &value);) touched[j] = 1;
    }
    for (uint32_t j = 0; j < fake->dimension; j++) {
        double step = fake->sum[j] / fake->members;
        step = step * fake->gamma;
        fake->x[j] = fake->x[j] - step;
        if (!fake->downlink) fake->w[j] = (float)fake->x[j];
    }
    if (fake->downlink) make_delta(fake);
    else make_update(fake, touched);
    uint64_t link[FAKE_CLIENTS + 1] = {fake->history[fake->round]};
    for (uint32_t i = 0; i < fake->enrolled; i++) link[i + 1] = fake->member[i].head;
    fake->round++;
    fake->history[fake->round] = evenkeel_digest(link, sizeof link);
    free(touched), free(drawn);
}

static void receive(struct fake *fake, struct fake_member *member, const evenkeel_request *request, long round) {
    evenkeel_limits limits = {fake->dimension, fake->dimension, FAKE_ANSWER};
    evenkeel_message message;
    evenkeel_frame frame;
    uint64_t digest = evenkeel_digest(request->body, request->body_size);
    uint8_t *drawn = test_memory((fake->dimension + 7) / 8);
    char text[20], head[20];
    evenkeel_status status = evenkeel_message_open(&message, &frame, request->body, request->body_size, &limits, drawn, NULL);
    free(drawn);
    if (!fake->lenient) CHECK_STATUS(EVENKEEL_OK, status);
    if (status != EVENKEEL_OK) {
        refuse(fake, 422, "invalid-frame");
        return;
    }
    if (round < 0 || round >= (long)fake->rounds) {
        refuse(fake, 404, "round-not-found");
        return;
    }
    if (member->messages[round]) {
        if (member->sizes[round] != request->body_size || memcmp(member->messages[round], request->body, request->body_size)) {
            if (fake->names_history && is_lost(fake, request->path, round)) {
                refuse(fake, 409, "history-lost");
                return;
            }
            fake->conflicts++;
            refuse(fake, 409, "conflict");
            return;
        }
        fake->duplicates++;
    } else if (fake->names_history && is_lost(fake, request->path, round)) {
        refuse(fake, 409, "history-lost");
        return;
    } else {
        if (round != (long)fake->round) {
            refuse(fake, 409, round < (long)fake->round ? "round-closed" : "round-not-open");
            return;
        }
        if (message.sequence != member->sequence + 1 || message.previous != member->head) {
            refuse(fake, 409, "state-diverged");
            return;
        }
        member->messages[round] = test_memory(request->body_size);
        memcpy(member->messages[round], request->body, request->body_size);
        member->sizes[round] = request->body_size;
        member->sequence = message.sequence;
        member->head = digest;
        member->last_round = round;
        for (uint32_t i = 0; i < message.report.metric_count; i++) {
            const evenkeel_metric *metric = &message.report.metrics[i];
            if (metric->name_size == 5 && !memcmp(metric->name, "slope", 5)) member->slopes[round] = metric->value;
            if (metric->name_size == 12 && !memcmp(metric->name, "slope-change", 12)) member->changes[round] = metric->value;
        }
        close_round(fake);
    }
    say(fake, 201,
        "{\"run\":\"fake\",\"client\":\"client%lu\",\"round\":%ld,\"includedIn\":%ld,\"sequence\":%lu,\"digest\":\"%s\",\"head\":\"%s\"}",
        (unsigned long)(member - fake->member), round, round, (unsigned long)message.sequence, hex(digest, text),
        hex(member->head, head));
    if (strstr(request->path, "wait=")) {
        fake->answer[fake->answer_size++] = '\n';
        if (!strcmp(state_of(fake), "running") && (long)fake->round <= round) {
            fake->answer_size += (size_t)snprintf((char *)fake->answer + fake->answer_size, 40, "{\"retryAfter\":1}");
        } else {
            append_task(fake, parameter(request->path, "replica="), 0);
        }
        fake->answer[fake->answer_size++] = '\n';
    }
}

static void tell_state(struct fake *fake, const struct fake_member *member) {
    evenkeel_sparse vector;
    size_t size;
    memset(&vector, 0, sizeof vector);
    vector.dimension = vector.count = fake->dimension;
    vector.coding = EVENKEEL_CODING_FLOAT64;
    vector.values = member->g;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_frame_encode(&vector, fake->answer, FAKE_ANSWER, &size, NULL));
    fake->answer_size = size;
    fake->status = 200;
    fake->has_state = 1;
    snprintf(fake->sequence, sizeof fake->sequence, "%lu", (unsigned long)member->sequence);
    hex(member->head, fake->head);
}

static void tell_model(struct fake *fake, const char *path, long round) {
    long since = parameter(path, "since=");
    fake->status = 200;
    fake->answer_size = 0;
    if (fake->names_history && is_lost(fake, path, round)) {
        refuse(fake, 409, "history-lost");
    } else if (round != (long)fake->round) {
        refuse(fake, 404, "model-not-kept");
    } else if (strstr(path, "/replica")) {
        tell_replica(fake);
    } else if (strstr(path, "/update")) {
        fake->updates++;
        for (long k = since; k < round; k++) {
            memcpy(fake->answer + fake->answer_size, fake->changes[k], fake->change_sizes[k]);
            fake->answer_size += fake->change_sizes[k];
        }
    } else {
        memcpy(fake->answer, fake->w, 4 * fake->dimension);
        fake->answer_size = 4 * fake->dimension;
    }
}

void fake_handle(struct fake *fake, const evenkeel_request *request) {
    static const char prefix[] = "/api/v1/runs/fake/";
    const char *path = request->path + sizeof prefix - 1;
    struct fake_member *member = sender(fake, request);
    long round = parameter(path, "rounds/");
    fake->has_state = fake->has_retry = 0;
    if (!strcmp(request->path, "/api/v1/enrolments")) {
        CHECK(!strcmp(request->method, "POST"));
        enrol(fake, request);
        return;
    }
    CHECK(!strncmp(request->path, prefix, sizeof prefix - 1));
    if (!member) {
        refuse(fake, 401, "unauthenticated");
    } else if (!strcmp(path, "members/me") && !strcmp(request->method, "PUT")) {
        member->joined = 1;
        tell_member(fake, member, 201);
    } else if (!member->joined) {
        refuse(fake, 404, "member-not-found");
    } else if (!strcmp(path, "members/me") || !strncmp(path, "members/me?ordinal=", 19)) {
        tell_member(fake, member, 200);
    } else if (!strcmp(path, "members/me/lost")) {
        long sequence = 0, last = 0;
        CHECK(sscanf((const char *)request->body, "{\"sequence\":%ld,\"round\":%ld}", &sequence, &last) == 2 && last >= 0);
        CHECK(sequence > (long)member->sequence);
        fake->lost += (unsigned)(sequence - (long)member->sequence);
        tell_member(fake, member, 200);
    } else if (!strcmp(path, "members/me/state")) {
        tell_state(fake, member);
    } else if (!strncmp(path, "task?", 5)) {
        tell_task(fake, member, path);
    } else if (strstr(path, "/messages/me")) {
        CHECK(!strcmp(request->method, "PUT"));
        receive(fake, member, request, round);
    } else if (strstr(path, "/model") || strstr(path, "/update") || strstr(path, "/replica")) {
        CHECK(!strcmp(request->method, "GET"));
        tell_model(fake, path, round);
    } else {
        refuse(fake, 404, "not-found");
    }
}

void fake_describe(struct fake *fake, const char *feedback, const char *compressor, const char *downlink, const uint32_t *sizes,
    uint32_t tensors) {
    memset(fake, 0, sizeof *fake);
    fake->feedback = feedback;
    fake->compressor = compressor;
    fake->downlink = downlink;
    fake->eta = "constant:0.5";
    fake->step = "plain";
    fake->gamma = 0.25;
    fake->rounds = fake->members = 1;
    fake->sizes = sizes;
    fake->tensors = tensors;
    for (uint32_t i = 0; i < tensors; i++) fake->dimension += sizes[i];
    fake->retains = !strncmp(feedback, "ef21", 4);
}

void fake_open(struct fake *fake) {
    fake->x = test_memory(fake->dimension * sizeof *fake->x);
    fake->sum = test_memory(fake->dimension * sizeof *fake->sum);
    fake->w = test_memory(fake->dimension * sizeof *fake->w);
    for (int i = 0; i < FAKE_CLIENTS; i++) {
        memset(&fake->member[i], 0, sizeof fake->member[i]);
        fake->member[i].g = test_memory(fake->dimension * sizeof(double));
        fake->member[i].last_round = -1;
    }
    memset(fake->changes, 0, sizeof fake->changes);
    fake->round = fake->enrolled = 0;
    fake->duplicates = fake->conflicts = fake->updates = fake->lost = 0;
    fake->history[0] = 7;
}

static void *copied(const void *bytes, size_t size) {
    return bytes ? memcpy(test_memory(size), bytes, size) : NULL;
}

void fake_back_up(const struct fake *fake, struct fake *copy) {
    *copy = *fake;
    copy->x = copied(fake->x, fake->dimension * sizeof *fake->x);
    copy->sum = copied(fake->sum, fake->dimension * sizeof *fake->sum);
    copy->w = copied(fake->w, fake->dimension * sizeof *fake->w);
    for (int k = 0; k < FAKE_ROUNDS; k++) copy->changes[k] = copied(fake->changes[k], fake->change_sizes[k]);
    for (int i = 0; i < FAKE_CLIENTS; i++) {
        copy->member[i].g = copied(fake->member[i].g, fake->dimension * sizeof(double));
        for (int k = 0; k < FAKE_ROUNDS; k++)
            copy->member[i].messages[k] = copied(fake->member[i].messages[k], fake->member[i].sizes[k]);
    }
}

void fake_put_back(struct fake *fake, const struct fake *copy) {
    struct fake counts = *fake;
    fake_close(fake);
    fake_back_up(copy, fake);
    fake->duplicates = counts.duplicates;
    fake->conflicts = counts.conflicts;
    fake->updates = counts.updates;
    fake->lost = counts.lost;
}

void fake_close(struct fake *fake) {
    for (int i = 0; i < FAKE_CLIENTS; i++) {
        for (int k = 0; k < FAKE_ROUNDS; k++) free(fake->member[i].messages[k]);
        free(fake->member[i].g);
    }
    for (int k = 0; k < FAKE_ROUNDS; k++) free(fake->changes[k]);
    free(fake->w), free(fake->sum), free(fake->x);
}
