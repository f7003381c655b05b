/* Runs the named suites, or all: evenkeel-tests [SUITE...] */
#include "test.h"

static const struct {
    const char *name;
    void (*run)(void);
} suites[] = {
    {"vectors", test_vectors},
    {"codings", test_codings},
    {"compressors", test_compressors},
    {"reference", test_reference},
    {"state", test_state},
    {"device", test_device},
    {"training", test_training},
    {"measure", test_measure},
};

int main(int argc, char **argv) {
    size_t count = sizeof suites / sizeof suites[0];
    int found = argc < 2;
    for (size_t i = 0; i < count; i++) {
        int named = argc < 2;
        for (int j = 1; j < argc; j++) named |= !strcmp(argv[j], suites[i].name);
        if (!named) continue;
        found = 1;
        test_checks = 0;
        test_about = suites[i].name;
        suites[i].run();
        printf("%s: %lu checks hold\n", suites[i].name, test_checks);
        fflush(stdout);
    }
    if (!found) printf("there is no suite named %s\n", argv[1]);
    return !found;
}
