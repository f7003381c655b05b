#include "test.h"

const char *test_about = "";
unsigned long test_checks;

void test_fail(const char *file, int line, const char *condition) {
    printf("%s:%d: %s: does not hold: %s\n", file, line, test_about, condition);
    fflush(stdout);
    exit(1);
}

void test_status(const char *file, int line, const char *call, evenkeel_status expected, evenkeel_status found) {
    test_checks++;
    if (found != expected) {
        printf("%s:%d: %s: %s is '%s', expected '%s'\n", file, line, test_about, call, evenkeel_status_text(found),
            evenkeel_status_text(expected));
        fflush(stdout);
        exit(1);
    }
}

void *test_memory(size_t size) {
    void *memory = calloc(size ? size : 1, 1);
    if (!memory) test_fail(__FILE__, __LINE__, "memory");
    return memory;
}

uint64_t test_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

double test_double(uint64_t bits) {
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

uint32_t test_below(uint64_t *random, uint32_t n) { return (uint32_t)((evenkeel_random_next(random) >> 32) * n >> 32); }

double test_uniform(uint64_t *random) { return (double)(evenkeel_random_next(random) >> 11) * 0x1p-52 - 1; }

#if !defined(__ARM_ARCH_PROFILE) || __ARM_ARCH_PROFILE != 'M'
uint64_t test_instructions(void) { return 0; }
#endif
