#include "softmax.h"

#include "evenkeel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GENERATED_ROWS = 60, GENERATED_CLASSES = 4, MAX_LINE = 1 << 16, MAX_CLASSES = 1000 };

static int allocate(struct softmax *data) {
    data->values = calloc((size_t)data->rows * data->features + 1, sizeof *data->values);
    data->labels = calloc((size_t)data->rows + 1, sizeof *data->labels);
    data->scores = calloc((size_t)data->classes + 1, sizeof *data->scores);
    return data->values && data->labels && data->scores;
}

void softmax_free(struct softmax *data) {
    free(data->values);
    free(data->labels);
    free(data->scores);
}

/** Counts rows and columns. */
static void measure(struct softmax *data, FILE *file, char *line) {
    while (fgets(line, MAX_LINE, file)) {
        uint32_t columns = 0;
        if (strspn(line, " \r\n") == strlen(line)) continue;
        for (const char *c = line; *c; c++) columns += *c == ',';
        data->features = columns;
        data->rows++;
    }
}

static int read_rows(struct softmax *data, FILE *file, char *line) {
    uint32_t row = 0;
    while (row < data->rows && fgets(line, MAX_LINE, file)) {
        char *at = line, *end;
        double number = 0;
        if (strspn(line, " \r\n") == strlen(line)) continue;
        for (uint32_t j = 0; j <= data->features; j++) {
            number = strtod(at, &end);
            if (end == at || *end != (j < data->features ? ',' : end[0] == '\r' ? '\r' : '\n') || !isfinite(number)) {
                fprintf(stderr, "row %lu, column %lu: expected a number, and %lu of them\n", (unsigned long)row + 1, (unsigned long)j + 1,
                    (unsigned long)data->features + 1);
                return 0;
            }
            if (j < data->features) data->values[(size_t)row * data->features + j] = (float)number;
            at = end + 1;
        }
        if (number < 0 || number >= MAX_CLASSES || number != floor(number)) {
            fprintf(stderr, "row %lu: the class is %g, expected an integer from 0 to %d\n", (unsigned long)row + 1, number, MAX_CLASSES - 1);
            return 0;
        }
        data->labels[row++] = (uint32_t)number;
    }
    return row == data->rows;
}

int softmax_read(struct softmax *data, const char *name) {
    char *line = malloc(MAX_LINE);
    FILE *file = fopen(name, "r");
    int is_read = 0;
    memset(data, 0, sizeof *data);
    if (!file) {
        perror(name);
    } else if (line) {
        measure(data, file, line);
        data->classes = MAX_CLASSES; /* until the model determines the number */
        rewind(file);
        is_read = data->rows > 0 && data->features > 0 && allocate(data) && read_rows(data, file, line);
    }
    if (file) fclose(file);
    free(line);
    return is_read;
}

int softmax_generate(struct softmax *data, uint32_t dimension, uint64_t seed) {
    memset(data, 0, sizeof *data);
    data->rows = GENERATED_ROWS;
    data->classes = GENERATED_CLASSES;
    data->features = dimension / GENERATED_CLASSES - 1;
    if (dimension < 2 * GENERATED_CLASSES || dimension % GENERATED_CLASSES || !allocate(data)) return 0;
    for (uint32_t i = 0; i < data->rows; i++) {
        data->labels[i] = (uint32_t)(evenkeel_random_next(&seed) % GENERATED_CLASSES);
        for (uint32_t j = 0; j < data->features; j++) {
            float noise = (float)(evenkeel_random_next(&seed) >> 40) / (1 << 23) - 1;
            data->values[(size_t)i * data->features + j] = noise + (j % GENERATED_CLASSES == data->labels[i] ? 1.0F : 0.0F);
        }
    }
    return 1;
}

int softmax_fit(struct softmax *data, uint32_t dimension) {
    uint32_t classes = dimension / (data->features + 1);
    if (dimension % (data->features + 1) != 0 || classes > data->classes) return 0;
    data->classes = classes;
    for (uint32_t i = 0; i < data->rows; i++) {
        if (data->labels[i] >= classes) return 0;
    }
    return 1;
}

/** Replaces a row's scores with probabilities, and returns its loss. */
static double probabilities(const struct softmax *data, const float *model, uint32_t row) {
    const float *x = data->values + (size_t)row * data->features, *bias = model + (size_t)data->classes * data->features;
    double largest = -INFINITY, sum = 0;
    for (uint32_t c = 0; c < data->classes; c++) {
        double score = (double)bias[c];
        for (uint32_t j = 0; j < data->features; j++) score += (double)model[(size_t)c * data->features + j] * (double)x[j];
        data->scores[c] = score;
        largest = score > largest ? score : largest;
    }
    double loss = largest - data->scores[data->labels[row]];
    for (uint32_t c = 0; c < data->classes; c++) sum += data->scores[c] = exp(data->scores[c] - largest);
    for (uint32_t c = 0; c < data->classes; c++) data->scores[c] /= sum;
    return loss + log(sum);
}

double softmax_gradient(const struct softmax *data, const float *model, float *gradient) {
    double loss = 0;
    float *bias = gradient + (size_t)data->classes * data->features;
    memset(gradient, 0, sizeof *gradient * data->classes * ((size_t)data->features + 1));
    for (uint32_t i = 0; i < data->rows; i++) {
        const float *x = data->values + (size_t)i * data->features;
        loss += probabilities(data, model, i) / data->rows;
        for (uint32_t c = 0; c < data->classes; c++) {
            float error = (float)((data->scores[c] - (c == data->labels[i])) / data->rows);
            for (uint32_t j = 0; j < data->features; j++) gradient[(size_t)c * data->features + j] += error * x[j];
            bias[c] += error;
        }
    }
    return loss;
}
