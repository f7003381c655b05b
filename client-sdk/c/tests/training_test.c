/*
 * A complete training: four devices fit a linear model to their own data. The result has the same bits on every
 * machine.
 */
#include "driven.h"
#include "test.h"

enum { DEVICES = 4, D = 24, ROUNDS = 40, SAMPLES = 20 };

static const uint32_t sizes[] = {20, 4};

/* A device's data: rows of features and their targets. */
static struct data {
    double rows[SAMPLES][D], targets[SAMPLES];
} data[DEVICES];

/** Draws rows and noisy targets of a model that all devices share. */
static void draw(void) {
    uint64_t random = 2026;
    double truth[D];
    for (int j = 0; j < D; j++) truth[j] = test_uniform(&random);
    for (int i = 0; i < DEVICES; i++) {
        for (int s = 0; s < SAMPLES; s++) {
            data[i].targets[s] = 0.01 * test_uniform(&random);
            for (int j = 0; j < D; j++) {
                double product;
                data[i].rows[s][j] = test_uniform(&random);
                product = data[i].rows[s][j] * truth[j];
                data[i].targets[s] += product;
            }
        }
    }
}

static double residual(const struct data *of, int s, const float *model) {
    double sum = 0;
    for (int j = 0; j < D; j++) {
        double product = of->rows[s][j] * (double)model[j];
        sum += product;
    }
    return sum - of->targets[s];
}

static double loss(const float *model) {
    double sum = 0;
    for (int i = 0; i < DEVICES; i++) {
        for (int s = 0; s < SAMPLES; s++) {
            double r = residual(&data[i], s, model);
            sum += r * r;
        }
    }
    return sum / (double)(DEVICES * SAMPLES);
}

static void gradient_of(void *context, uint32_t round, const float *model, float *gradient) {
    const struct data *of = context;
    double sums[D] = {0};
    (void)round;
    for (int s = 0; s < SAMPLES; s++) {
        double r = residual(of, s, model);
        for (int j = 0; j < D; j++) {
            double product = r * of->rows[s][j];
            sums[j] += product;
        }
    }
    for (int j = 0; j < D; j++) gradient[j] = (float)(2 * sums[j] / (double)SAMPLES);
}

static void train(const char *feedback, const char *compressor, const char *downlink) {
    static struct driven devices[DEVICES];
    struct fake fake;
    double before, after;
    fake_describe(&fake, feedback, compressor, downlink, sizes, 2);
    fake.eta = "anytime:1.0:0.5";
    fake.rounds = ROUNDS;
    fake.members = DEVICES;
    fake.gamma = 0.3;
    fake_open(&fake);
    before = loss(fake.w);
    for (int i = 0; i < DEVICES; i++) {
        driven_open(&devices[i], &fake);
        devices[i].random = (uint64_t)i + 1;
        devices[i].context = &data[i];
        devices[i].gradient = gradient_of;
        driven_start(&devices[i]);
    }
    CHECK(driven_run(devices, DEVICES));
    after = loss(fake.w);
    CHECK(fake.round == ROUNDS && after < before / 4);
    printf("trained by %s with %s: loss %.3g to %.3g, model %08lx%08lx\n", feedback, compressor, before, after,
        (unsigned long)(evenkeel_digest(fake.x, sizeof(double) * D) >> 32),
        (unsigned long)(evenkeel_digest(fake.x, sizeof(double) * D) & 0xFFFFFFFF));
    for (int i = 0; i < DEVICES; i++) driven_close(&devices[i]);
    fake_close(&fake);
}

void test_training(void) {
    draw();
    train("ef21", "top-k:4", NULL);
    train("ef21-momentum", "top-k:6+natural", "top-k:0.5+log:6");
    train("ef21-igt", "rand-k:0.5+bf16", NULL);
    train("ef21-storm", "top-k:4+natural", NULL);
    train("ef14", "layer-top-k:0.25+log:5", NULL);
    train("ef14-decay", "block-top-k:4:0.25", "top-k:0.5");
}
