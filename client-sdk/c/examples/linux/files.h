/* A device's state in files of a folder, one for each area. */
#ifndef FILES_H
#define FILES_H

#include "evenkeel.h"

struct files {
    int areas[EVENKEEL_AREAS]; /* file descriptors */
    evenkeel_storage storage;
};

/** Opens or creates the files; returns 0 with errno if that fails, or if another process uses them. */
int files_open(struct files *files, const char *folder);

void files_close(struct files *files);

#endif
