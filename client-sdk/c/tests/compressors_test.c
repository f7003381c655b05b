/* Compares codings and compressors with a naive implementation of FORMAT.md on random vectors. */
#include "test.h"

#include <float.h>
#include <math.h>

enum { DIMENSION = 700, TENSORS = 4 };

static const uint32_t sizes[TENSORS] = {300, 1, 359, 40};
static const char *const codings[] = {
    "float32", "float64", "bf16", "natural", "sign", "log:4", "log:5", "log:6", "log:7", "log:8"};

/* ---------------------------------------------------------------------------------------------------- naive rounding -- */

static double to_float32(double v) {
    if (fabs(v) >= FLT_MAX) return copysign(FLT_MAX, v);
    return (float)v;
}

static double to_bf16(double v) {
    int exponent;
    double fraction, most = 0x1.FEp127;
    if (fabs(v) < 0x1p-126) return rint(v * 0x1p133) * 0x1p-133;
    if (fabs(v) >= most) return copysign(most, v);
    fraction = frexp(v, &exponent);
    v = ldexp(rint(fraction * 256), exponent - 8);
    return fabs(v) > most ? copysign(most, v) : v;
}

static double to_power(double v) {
    int exponent;
    double fraction = frexp(fabs(v), &exponent);
    if (v == 0) return 0;
    return copysign(ldexp(1, exponent - 1 + (fraction > 0.75 && exponent < 1024)), v);
}

static double largest_of(const double *v, uint32_t n) {
    double most = 0;
    for (uint32_t i = 0; i < n; i++) most = fabs(v[i]) > most ? fabs(v[i]) : most;
    return most;
}

static void round_natural(double *v, uint32_t n) {
    double smallest;
    for (uint32_t i = 0; i < n; i++) v[i] = to_power(v[i]);
    smallest = ldexp(largest_of(v, n), -126);
    for (uint32_t i = 0; i < n; i++) v[i] = fabs(v[i]) < smallest ? 0 : v[i];
}

static void round_sign(double *v, uint32_t n) {
    double most = largest_of(v, n), sum = 0, scale = 0;
    if (most > 0) {
        for (uint32_t i = 0; i < n; i++) sum += fabs(v[i]) / most;
        scale = sum / n;
        scale = to_float32(scale * most);
    }
    for (uint32_t i = 0; i < n; i++) v[i] = v[i] < 0 && scale > 0 ? -scale : scale;
}

static double power_of_level(int shift, int level) {
    double power = 1, root = 0.5;
    int n = 1 << shift;
    for (int bit = shift - 1; bit >= 0; bit--) {
        root = sqrt(root);
        if (level % n >> bit & 1) power *= root;
    }
    return ldexp(power, -(level / n));
}

static void round_log(double *v, uint32_t n, int shift) {
    double most = largest_of(v, n), largest = to_float32(most);
    int levels = 32 << shift;
    double *power = test_memory(((size_t)levels + 1) * sizeof *power);
    for (int i = 0; i <= levels; i++) power[i] = power_of_level(shift, i);
    for (uint32_t i = 0; i < n; i++) {
        double x = largest > 0 ? fabs(v[i]) / largest : 0;
        int level = 0;
        while (level < levels && x < (power[level] + power[level + 1]) / 2) level++;
        if (fabs(v[i]) == most) level = largest > 0 ? 0 : levels;
        v[i] = copysign(level == levels ? 0 : power[level] * largest, v[i]);
    }
    free(power);
}

static void round_to(evenkeel_coding coding, double *v, uint32_t n) {
    for (uint32_t i = 0; i < n && coding == EVENKEEL_CODING_FLOAT32; i++) v[i] = to_float32(v[i]);
    for (uint32_t i = 0; i < n && coding == EVENKEEL_CODING_BF16; i++) v[i] = to_bf16(v[i]);
    if (coding == EVENKEEL_CODING_NATURAL) round_natural(v, n);
    if (coding == EVENKEEL_CODING_SIGN) round_sign(v, n);
    if (coding >= EVENKEEL_CODING_LOG4) round_log(v, n, (int)coding - EVENKEEL_CODING_LOG4 + 1);
}

/* --------------------------------------------------------------------------------------------------- naive selection -- */

static const double *compared;

/** Orders by descending magnitude, then by index. */
static int by_magnitude(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    double m = fabs(compared[a]), n = fabs(compared[b]);
    return m > n ? -1 : m < n ? 1 : a < b ? -1 : 1;
}

static int by_number(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return a < b ? -1 : a > b;
}

/** Stores the indices of the k largest nonzero values from start to stop - 1 in `found`; returns their number. */
static uint32_t largest(const double *values, uint32_t start, uint32_t stop, uint32_t k, uint32_t *found) {
    uint32_t count = 0;
    for (uint32_t j = start; j < stop; j++) {
        if (values[j] != 0) found[count++] = j;
    }
    compared = values;
    qsort(found, count, sizeof *found, by_magnitude);
    count = count < k ? count : k;
    qsort(found, count, sizeof *found, by_number);
    return count;
}

static uint32_t amount(double share, uint32_t total) {
    double value = share * total, whole = floor(value);
    uint32_t k = (uint32_t)whole + (value - whole >= 0.5);
    return k ? k : 1;
}

struct naive {
    uint32_t numbers[DIMENSION], coordinates[DIMENSION], number_count, count;
    evenkeel_support support;
    double values[DIMENSION];
};

static void cover(struct naive *n, uint32_t coordinate) { n->coordinates[n->count++] = coordinate; }

static void select_blocks(struct naive *n, const double *u, uint32_t length, double share) {
    uint32_t total = (DIMENSION + length - 1) / length;
    double norms[DIMENSION];
    for (uint32_t b = 0; b < total; b++) {
        double sum = 0;
        for (uint32_t j = b * length; j < (b + 1) * length && j < DIMENSION; j++) sum += u[j] * u[j];
        norms[b] = sqrt(sum);
    }
    n->support = EVENKEEL_BLOCKS;
    n->number_count = largest(norms, 0, total, amount(share, total), n->numbers);
    for (uint32_t i = 0; i < n->number_count; i++) {
        for (uint32_t j = n->numbers[i] * length; j < (n->numbers[i] + 1) * length && j < DIMENSION; j++) cover(n, j);
    }
}

static void select_drawn(struct naive *n, uint32_t k, uint64_t seed) {
    uint8_t chosen[DIMENSION] = {0};
    n->support = EVENKEEL_SEEDED;
    for (uint32_t top = DIMENSION - k; top < DIMENSION; top++) {
        uint64_t r = (evenkeel_random_next(&seed) >> 1) % (top + 1);
        chosen[chosen[r] ? top : r] = 1;
    }
    for (uint32_t j = 0; j < DIMENSION; j++) {
        if (chosen[j]) cover(n, j);
    }
}

/* A compressor's text without the coding, and its parameters. */
static const struct selection {
    const char *text;
    evenkeel_selection kind;
    double share;
    uint32_t length;
} selections[] = {
    {"identity", EVENKEEL_IDENTITY, 0, 0},
    {"top-k:0.05", EVENKEEL_TOP_K, 0.05, 0},
    {"top-k:7", EVENKEEL_TOP_K, 0.01, 0},
    {"top-k:1", EVENKEEL_TOP_K, 1e-9, 0},
    {"top-k:1.0", EVENKEEL_TOP_K, 1, 0},
    {"rand-k:0.05", EVENKEEL_RAND_K, 0.05, 0},
    {"rand-k:700", EVENKEEL_RAND_K, 1, 0},
    {"block-top-k:16:0.2", EVENKEEL_BLOCK_TOP_K, 0.2, 16},
    {"block-top-k:700:1", EVENKEEL_BLOCK_TOP_K, 1, 700},
    {"block-top-k:1:0.05", EVENKEEL_BLOCK_TOP_K, 0.05, 1},
    {"layer-top-k:0.03", EVENKEEL_LAYER_TOP_K, 0.03, 0},
    {"threshold:1.5", EVENKEEL_THRESHOLD, 1.5, 0},
};

static void compress_naively(struct naive *n, const struct selection *s, evenkeel_coding coding, const double *u, uint64_t seed) {
    memset(n, 0, sizeof *n);
    n->support = EVENKEEL_LISTED;
    if (s->kind == EVENKEEL_IDENTITY) {
        n->support = EVENKEEL_EVERY;
        for (uint32_t j = 0; j < DIMENSION; j++) cover(n, j);
    }
    if (s->kind == EVENKEEL_TOP_K) n->count = largest(u, 0, DIMENSION, amount(s->share, DIMENSION), n->coordinates);
    if (s->kind == EVENKEEL_LAYER_TOP_K) {
        for (uint32_t i = 0, start = 0; i < TENSORS; start += sizes[i++]) {
            n->count += largest(u, start, start + sizes[i], amount(s->share, sizes[i]), n->coordinates + n->count);
        }
    }
    for (uint32_t j = 0; j < DIMENSION && s->kind == EVENKEEL_THRESHOLD; j++) {
        if (fabs(u[j]) >= s->share) cover(n, j);
    }
    if (s->kind == EVENKEEL_RAND_K) select_drawn(n, amount(s->share, DIMENSION), seed);
    if (s->kind == EVENKEEL_BLOCK_TOP_K) select_blocks(n, u, s->length, s->share);
    for (uint32_t i = 0; i < n->count; i++) n->values[i] = u[n->coordinates[i]];
    round_to(coding, n->values, n->count);
    if (n->support == EVENKEEL_LISTED) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < n->count; i++) {
            n->coordinates[kept] = n->coordinates[i];
            n->values[kept] = n->values[i];
            kept += n->values[i] != 0;
        }
        n->count = kept;
    }
}

/* ------------------------------------------------------------------------------------------------------------ vectors -- */

enum { SHAPES = 8 };

/** Fills a vector: plain, with ties, sparse, wide, subnormal, clustered, huge, or zeros. */
static void fill(double *u, int shape, uint64_t *random) {
    for (uint32_t j = 0; j < DIMENSION; j++) {
        double x = test_uniform(random) + test_uniform(random) + test_uniform(random);
        if (shape == 1) x = rint(2 * x);
        if (shape == 2 && test_below(random, 30)) x = 0;
        if (shape == 3) x = ldexp(x, (int)test_below(random, 2000) - 1000);
        if (shape == 4) x = rint(x * test_below(random, 1000000)) * 5e-324;
        if (shape == 5 && j / 90 % 3) x *= 1e-3;
        if (shape == 6) x = copysign(1.7e308, x);
        if (shape == 7) x = copysign(0, x);
        u[j] = x;
    }
}

static void check_encoded(const evenkeel_compressor *compressor, const evenkeel_sparse *vector, const struct naive *n) {
    size_t capacity = evenkeel_message_bound(compressor), size = 0, again = 0;
    uint8_t *bytes = test_memory(capacity), *copy, *drawn = test_memory((DIMENSION + 7) / 8);
    void *memory = test_memory(evenkeel_encode_memory(compressor->coding));
    evenkeel_message message = {1, 0, {0, 0, 0, 0, 0, 0, {{NULL, 0, 0}}}, 0}, read;
    evenkeel_limits limits = {DIMENSION, compressor->max_count, (uint32_t)capacity};
    evenkeel_frame frame;
    uint32_t coordinate;
    double value;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_message_encode(&message, vector, bytes, capacity, &size, memory));
    CHECK(size <= capacity && n->count <= compressor->max_count);
    copy = test_memory(size);
    memcpy(copy, bytes, size);
    CHECK_STATUS(EVENKEEL_OK, evenkeel_message_open(&read, &frame, copy, size, &limits, drawn, NULL));
    CHECK(frame.count == n->count && frame.support == n->support);
    for (uint32_t i = 0; i < n->count; i++) {
        CHECK(evenkeel_frame_next(&frame, &coordinate, &value));
        CHECK(coordinate == n->coordinates[i]);
        CHECK(test_bits(value) == test_bits(n->values[i]));
    }
    CHECK(!evenkeel_frame_next(&frame, &coordinate, &value));
    /* Encoding the same content from values gives the same bytes. */
    evenkeel_sparse plain = *vector;
    plain.values = n->values;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_message_encode(&message, &plain, bytes, capacity, &again, memory));
    CHECK(again == size && !memcmp(copy, bytes, size));
    free(memory), free(drawn), free(copy), free(bytes);
}

/** Compares one message. u and minus are float64 here, and are also passed as float32 if `narrow`. */
static void check(const struct selection *s, evenkeel_coding coding, const double *u, const double *minus, int narrow, uint64_t seed) {
    static struct naive n;
    evenkeel_compressor compressor;
    evenkeel_sparse vector;
    char text[64];
    double difference[DIMENSION], wide[DIMENSION];
    float singles[DIMENSION];
    evenkeel_vector gradient = {wide, EVENKEEL_FLOAT64}, other = {NULL, EVENKEEL_FLOAT64};
    for (uint32_t j = 0; j < DIMENSION; j++) {
        singles[j] = (float)to_float32(u[j]);
        wide[j] = narrow ? singles[j] : u[j];
        difference[j] = minus ? wide[j] - minus[j] : wide[j];
        if (fabs(difference[j]) > DBL_MAX) difference[j] = copysign(DBL_MAX, difference[j]);
    }
    if (narrow) gradient.values = singles, gradient.type = EVENKEEL_FLOAT32;
    other.values = (void *)(uintptr_t)minus;
    snprintf(text, sizeof text, "%s+%s", s->text, codings[coding]);
    test_about = text;
    CHECK_STATUS(EVENKEEL_OK, evenkeel_compressor_read(&compressor, text, sizes, TENSORS));
    CHECK(compressor.dimension == DIMENSION && compressor.selection == s->kind && compressor.coding == coding);
    void *memory = test_memory(evenkeel_compress_memory(&compressor));
    CHECK_STATUS(EVENKEEL_OK, evenkeel_compress(&compressor, gradient, minus ? &other : NULL, seed, memory, &vector, NULL));
    compress_naively(&n, s, coding, difference, seed);
    CHECK(vector.dimension == DIMENSION && vector.count == n.count && vector.support == n.support);
    for (uint32_t i = 0; i < n.count; i++) CHECK(test_bits(evenkeel_sparse_value(&vector, i)) == test_bits(n.values[i]));
    if (n.support == EVENKEEL_BLOCKS) {
        CHECK(vector.number_count == n.number_count && vector.block_length == s->length);
        CHECK(!memcmp(vector.numbers, n.numbers, n.number_count * sizeof *n.numbers));
    }
    if (n.support == EVENKEEL_LISTED) CHECK(!memcmp(vector.numbers, n.coordinates, n.count * sizeof *n.coordinates));
    check_encoded(&compressor, &vector, &n);
    free(memory);
    test_about = "compressors";
}

/* ------------------------------------------------------------------------------------------------------ large vectors -- */

enum { LARGE = 20000, LARGE_SHAPES = 8 };

/** Fills a vector so that the estimate of the smallest magnitude to send is right, too high, or too low. */
static void fill_large(double *u, int shape, uint64_t *random) {
    for (uint32_t j = 0; j < LARGE; j++) {
        double x = test_uniform(random);
        if (shape == 1) x = j + 1;
        if (shape == 2) x = (double)LARGE - j;
        if (shape == 3) x = -1;
        if (shape == 4) x = j % 128 ? x * 1e-3 : x;
        if (shape == 5) x = j < LARGE - 50 ? x * 1e-6 : x;
        if (shape == 6) x = j % 97 ? 0 : x;
        if (shape == 7) x = rint(4 * x);
        u[j] = x;
    }
}

static void check_large(double *u, uint32_t *expected, uint32_t k) {
    static const uint32_t all[] = {LARGE};
    evenkeel_compressor compressor;
    evenkeel_sparse vector;
    evenkeel_vector gradient = {u, EVENKEEL_FLOAT64};
    char text[32];
    uint32_t count = largest(u, 0, LARGE, k, expected);
    snprintf(text, sizeof text, "top-k:%lu+float64", (unsigned long)k);
    CHECK_STATUS(EVENKEEL_OK, evenkeel_compressor_read(&compressor, text, all, 1));
    void *memory = test_memory(evenkeel_compress_memory(&compressor));
    CHECK_STATUS(EVENKEEL_OK, evenkeel_compress(&compressor, gradient, NULL, 0, memory, &vector, NULL));
    CHECK(vector.count == count && !memcmp(vector.numbers, expected, count * sizeof *expected));
    free(memory);
}

static void check_large_vectors(void) {
    static const uint32_t counts[] = {1, 2, 20, 200, 2000, LARGE / 2, LARGE - 1, LARGE};
    double *u = test_memory(LARGE * sizeof *u);
    uint32_t *expected = test_memory(LARGE * sizeof *expected);
    uint64_t random = 4;
    for (int shape = 0; shape < LARGE_SHAPES; shape++) {
        fill_large(u, shape, &random);
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) check_large(u, expected, counts[i]);
    }
    free(expected), free(u);
}

void test_codings(void) {
    uint64_t random = 1;
    double u[DIMENSION];
    for (int again = 0; again < 3; again++) {
        for (int shape = 0; shape < SHAPES; shape++) {
            fill(u, shape, &random);
            for (int coding = 0; coding < 10; coding++) check(&selections[0], (evenkeel_coding)coding, u, NULL, again == 2, 0);
        }
    }
}

void test_compressors(void) {
    uint64_t random = 2;
    double u[DIMENSION], minus[DIMENSION];
    check_large_vectors();
    for (size_t i = 1; i < sizeof selections / sizeof selections[0]; i++) {
        for (int coding = 0; coding < 10; coding++) {
            for (int shape = 0; shape < SHAPES; shape++) {
                /* Norms whose squares leave the range are compared only with the other SDKs. */
                int extreme = shape == 3 || shape == 4 || shape == 6;
                if (extreme && selections[i].kind == EVENKEEL_BLOCK_TOP_K) continue;
                fill(u, shape, &random);
                fill(minus, shape == 6 ? 6 : 0, &random);
                check(&selections[i], (evenkeel_coding)coding, u, coding % 2 ? minus : NULL, shape % 3 == 2 && !extreme, random);
            }
        }
    }
}
