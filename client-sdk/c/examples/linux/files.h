/* Stores a device's state in a folder, with one file for each area. */
#ifndef FILES_H
#define FILES_H

#include "evenkeel.h"

struct files {
    int areas[EVENKEEL_AREAS]; /* file descriptors */
    evenkeel_storage storage;
};

/** Opens or creates the files; returns 0 and sets errno if that fails, or if another process uses them. */
int files_open(struct files *files, const char *folder);

void files_close(struct files *files);

#endif
