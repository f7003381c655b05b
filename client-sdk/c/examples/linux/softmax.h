/* Softmax regression: a linear classifier. The model has classes * features weights, followed by a bias for each class. */
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include <stdint.h>

struct softmax {
    uint32_t rows, features, classes;
    float *values;    /* rows * features */
    uint32_t *labels; /* rows, each below `classes` */
    double *scores;   /* classes */
};

/**
 * Reads lines of comma-separated numbers, the last of which is the class, counted from 0. Prints the error and returns
 * 0 if the file is malformed.
 */
int softmax_read(struct softmax *data, const char *file);

/**
 * Generates data of 4 classes for a model of `dimension` values; returns 0 if memory runs out, or if the dimension does
 * not fit.
 */
int softmax_generate(struct softmax *data, uint32_t dimension, uint64_t seed);

/** Derives the number of classes from a model of `dimension` values; returns 0 if the model does not fit the data. */
int softmax_fit(struct softmax *data, uint32_t dimension);

/** Computes the gradient of the mean loss at a model, and returns the loss. */
double softmax_gradient(const struct softmax *data, const float *model, float *gradient);

void softmax_free(struct softmax *data);

#endif
