/* The test framework: CHECK ends the program at the first failure, and prints its location and the tested item. */
#ifndef TEST_H
#define TEST_H

#include "evenkeel.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char *test_about; /* what is being tested: a vector's file, a compressor's text */
extern unsigned long test_checks;

#define CHECK(condition) \
    (test_checks++, (condition) ? (void)0 : test_fail(__FILE__, __LINE__, #condition))
#define CHECK_STATUS(expected, call) test_status(__FILE__, __LINE__, #call, expected, call)

/* The interval between tested steps at which power fails, and between damaged bytes. */
#ifndef TEST_STRIDE
#define TEST_STRIDE 1
#endif

void test_fail(const char *file, int line, const char *condition);
void test_status(const char *file, int line, const char *call, evenkeel_status expected, evenkeel_status found);

/**
 * Returns zeroed memory of exactly this size, so that a sanitizer detects an access beyond its end. Fails if there is
 * no memory.
 */
void *test_memory(size_t size);

/** Convert between a float64 and its bits. */
uint64_t test_bits(double value);
double test_double(uint64_t bits);

/** Return a random number from 0 to n - 1, and one in [-1, 1). */
uint32_t test_below(uint64_t *random, uint32_t n);
double test_uniform(uint64_t *random);

/** Returns the number of instructions so far, in steps of 40; 0 on a machine that does not count them. */
uint64_t test_instructions(void);

/* The suites. */
void test_vectors(void);
void test_codings(void);
void test_compressors(void);
void test_reference(void);
void test_state(void);
void test_device(void);
void test_training(void);
void test_measure(void);

#endif
