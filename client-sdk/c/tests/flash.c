#include "flash.h"

#include "test.h"

int flash_step(struct flash *flash) {
    if (flash->left == 0) return 0;
    if (flash->left > 0) flash->left--;
    flash->steps++;
    return 1;
}

static int flash_read(void *context, uint32_t area, size_t offset, void *bytes, size_t size) {
    struct flash *flash = context;
    CHECK(area < EVENKEEL_AREAS && offset <= flash->sizes[area] && size <= flash->sizes[area] - offset);
    if (flash->left == 0) return -1;
    if (size) memcpy(bytes, flash->areas[area] + offset, size);
    return 0;
}

static int flash_erase(void *context, uint32_t area) {
    struct flash *flash = context;
    CHECK(area < EVENKEEL_AREAS);
    /* The other area of the pair is safe: it has not been written since the restart, or it is synced to its end. */
    CHECK(flash->next[area ^ 1] == SIZE_MAX || flash->synced[area ^ 1] == flash->next[area ^ 1]);
    if (!flash_step(flash)) return -1;
    for (size_t i = 0; i < flash->sizes[area]; i++) {
        if (test_below(&flash->random, 2)) flash->areas[area][i] = flash->erased;
    }
    if (!flash_step(flash)) return -1;
    if (flash->sizes[area]) memset(flash->areas[area], flash->erased, flash->sizes[area]);
    flash->next[area] = flash->synced[area] = 0;
    return 0;
}

static int flash_write(void *context, uint32_t area, size_t offset, const void *bytes, size_t size) {
    struct flash *flash = context;
    CHECK(area < EVENKEEL_AREAS && offset == flash->next[area]);
    CHECK(size <= flash->sizes[area] - offset);
    for (size_t i = 0; i < size; i++) {
        if (!flash_step(flash)) return -1;
        flash->areas[area][offset + i] = ((const uint8_t *)bytes)[i];
        flash->next[area]++;
    }
    return 0;
}

static int flash_sync(void *context, uint32_t area) {
    struct flash *flash = context;
    CHECK(area < EVENKEEL_AREAS && flash->next[area] != SIZE_MAX);
    if (!flash_step(flash)) return -1;
    flash->synced[area] = flash->next[area];
    return 0;
}

static void bind(struct flash *flash) {
    flash->storage.context = flash;
    flash->storage.read = flash_read;
    flash->storage.erase = flash_erase;
    flash->storage.write = flash_write;
    flash->storage.sync = flash_sync;
}

void flash_open(struct flash *flash, size_t state_bytes, uint8_t erased) {
    memset(flash, 0, sizeof *flash);
    flash->erased = erased;
    flash->left = -1;
    flash->random = 9;
    for (int i = 0; i < EVENKEEL_AREAS; i++) {
        flash->sizes[i] = i < 2 ? EVENKEEL_CREDENTIALS_BYTES : state_bytes;
        flash->areas[i] = test_memory(flash->sizes[i]);
        memset(flash->areas[i], erased, flash->sizes[i]);
        flash->next[i] = SIZE_MAX;
    }
    bind(flash);
}

void flash_copy(struct flash *copy, const struct flash *flash) {
    *copy = *flash;
    for (int i = 0; i < EVENKEEL_AREAS; i++) {
        copy->areas[i] = test_memory(flash->sizes[i]);
        memcpy(copy->areas[i], flash->areas[i], flash->sizes[i]);
    }
    bind(copy);
}

void flash_close(struct flash *flash) {
    for (int i = 0; i < EVENKEEL_AREAS; i++) free(flash->areas[i]);
}

void flash_restart(struct flash *flash) {
    for (int i = 0; i < EVENKEEL_AREAS; i++) {
        for (size_t at = flash->synced[i]; flash->next[i] != SIZE_MAX && flash->loses && at < flash->next[i]; at++) {
            if (test_below(&flash->random, 2)) flash->areas[i][at] = flash->erased;
        }
        flash->next[i] = SIZE_MAX;
    }
    flash->left = -1;
}
