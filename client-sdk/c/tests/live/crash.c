/*
 * Kills the device into which it is preloaded, like kill -9, at the point numbered EVENKEEL_CRASH_AT. The points are
 * before and after each change of a file, within each write, and before and after each exchange with the coordinator.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static void point(void) {
    static long left = -1;
    if (left < 0) left = atol(getenv("EVENKEEL_CRASH_AT"));
    if (--left == 0) kill(getpid(), SIGKILL);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    ssize_t (*real)(int, const void *, size_t, off_t);
    *(void **)&real = dlsym(RTLD_NEXT, "pwrite");
    point();
    /* The caller writes the rest. */
    return real(file, bytes, size > 1 ? size / 2 : size, offset);
}

int ftruncate(int file, off_t length) {
    int (*real)(int, off_t), result;
    *(void **)&real = dlsym(RTLD_NEXT, "ftruncate");
    point();
    result = real(file, length);
    point();
    return result;
}

int fsync(int file) {
    int (*real)(int), result;
    *(void **)&real = dlsym(RTLD_NEXT, "fsync");
    point();
    result = real(file);
    point();
    return result;
}

int curl_easy_perform(void *curl) {
    int (*real)(void *), result;
    *(void **)&real = dlsym(RTLD_NEXT, "curl_easy_perform");
    point();
    result = real(curl);
    point();
    return result;
}
