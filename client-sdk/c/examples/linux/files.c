#define _DEFAULT_SOURCE

#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int descriptor(void *context, uint32_t area) { return ((const struct files *)context)->areas[area]; }

static int read_area(void *context, uint32_t area, size_t offset, void *bytes, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t part = pread(descriptor(context, area), (char *)bytes + done, size - done, (off_t)(offset + done));
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return -1;
        if (part == 0) break;
        done += (size_t)part;
    }
    memset((char *)bytes + done, 0, size - done);
    return 0;
}

static int erase_area(void *context, uint32_t area) { return ftruncate(descriptor(context, area), 0); }

static int write_area(void *context, uint32_t area, size_t offset, const void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t part = pwrite(descriptor(context, area), (const char *)bytes + done, size - done, (off_t)(offset + done));
        if (part < 0 && errno != EINTR) return -1;
        if (part > 0) done += (size_t)part;
    }
    return 0;
}

static int sync_area(void *context, uint32_t area) { return fsync(descriptor(context, area)); }

int files_open(struct files *files, const char *folder) {
    int at;
    memset(files, 0xFF, sizeof *files); /* no file is open */
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) return 0;
    at = open(folder, O_RDONLY | O_DIRECTORY);
    if (at < 0) return 0;
    for (int i = 0; i < EVENKEEL_AREAS; i++) {
        char name[] = "area-0";
        name[5] = (char)('0' + i);
        files->areas[i] = openat(at, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    }
    int is_open = files->areas[0] >= 0 && files->areas[1] >= 0 && files->areas[2] >= 0 && files->areas[3] >= 0;
    /* The files' names must also survive a power failure. */
    is_open = is_open && flock(files->areas[0], LOCK_EX | LOCK_NB) == 0 && fsync(at) == 0;
    close(at);
    files->storage.context = files;
    files->storage.read = read_area;
    files->storage.erase = erase_area;
    files->storage.write = write_area;
    files->storage.sync = sync_area;
    if (!is_open) files_close(files);
    return is_open;
}

void files_close(struct files *files) {
    int cause = errno;
    for (int i = 0; i < EVENKEEL_AREAS; i++) {
        if (files->areas[i] >= 0) close(files->areas[i]);
    }
    errno = cause;
}
