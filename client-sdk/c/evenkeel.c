/*
 * Evenkeel's device library; evenkeel.h describes its use. The sections follow the order of the header:
 *
 *     numbers, digests          little-endian fields, doubles as bits, SHA-256, CRC-32C, SplitMix64
 *     reading                   a cursor that checks every read
 *     frames                    index codings, value codings, opening, iterating, encoding
 *     messages, downlink        formats that contain frames
 *     compressors, feedback     the values of frames
 *     storage                   slots
 *     device                    JSON, requests, the protocol
 *
 * "FORMAT" is ../FORMAT.md. Floating-point operations follow the order of io.evenkeel.core wherever the order matters.
 */
#include "evenkeel.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__FAST_MATH__) || (defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 2)
#error "Evenkeel needs exact IEEE 754 arithmetic: compile without -ffast-math, and on x86 with -msse2 -mfpmath=sse"
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

#define MAX_INT 0x7FFFFFFFu
#define TRY(call)                                 \
    do {                                          \
        evenkeel_status tried_ = (call);          \
        if (tried_ != EVENKEEL_OK) return tried_; \
    } while (0)

const char *evenkeel_status_text(evenkeel_status status) {
    static const char *const texts[] = {"ok", "wrong magic", "unsupported version", "truncated", "trailing bytes", "corrupted",
        "limit exceeded", "wrong dimension", "invalid index", "invalid value", "not canonical", "invalid argument", "too little memory",
        "not finite", "not expected", "unknown compressor", "unsupported plan", "malformed answer", "wrong answer", "storage failed",
        "damaged state", "other state", "wrong model", "diverged", "unreachable", "refused"};
    return (uint32_t)status < sizeof texts / sizeof *texts ? texts[status] : "unknown status";
}

/* ------------------------------------------------------------------------------------------------------------- numbers -- */

static uint32_t read_u16(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8; }
static uint32_t read_u32(const uint8_t *p) { return read_u16(p) | read_u16(p + 2) << 16; }
static uint64_t read_u64(const uint8_t *p) { return read_u32(p) | (uint64_t)read_u32(p + 4) << 32; }

static void write_number(uint8_t *p, uint64_t value, uint32_t bytes) {
    for (; bytes > 0; bytes--, value >>= 8) *p++ = (uint8_t)(value & 0xFF);
}

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static uint32_t float_bits(double value) {
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    return bits;
}

static int is_finite(double value) { return (bits_of(value) >> 52 & 0x7FF) != 0x7FF; }
static int is_negative(double value) { return (int)(bits_of(value) >> 63); }
static double magnitude_of(double value) { return double_of(bits_of(value) & ~((uint64_t)1 << 63)); }
static double with_sign(double magnitude, int negative) { return negative ? -magnitude : magnitude; }
static double larger(double a, double b) { return a > b ? a : b; }

/** Returns 2^exponent for exponents from -1074 to 1023, and 0 for smaller ones. */
static double power_of_two(int exponent) {
    if (exponent < -1022) return exponent < -1074 ? 0 : double_of((uint64_t)1 << (exponent + 1074));
    return double_of((uint64_t)(exponent + 1023) << 52);
}

/** Returns the exponent of the largest power of two that is not above a positive finite value. */
static int exponent_of(double value) {
    int biased = (int)(bits_of(value) >> 52 & 0x7FF);
    return biased > 0 ? biased - 1023 : (int)(bits_of(value * 18014398509481984.0) >> 52) - 1023 - 54;
}

/** Rounds to the nearest float32, ties to even. Clamps larger magnitudes to the largest float32, keeping the sign. */
static double to_float32(double value) {
    return magnitude_of(value) < (double)FLT_MAX ? (double)(float)value : with_sign((double)FLT_MAX, value < 0);
}

static size_t fitting(uint64_t bytes) { return bytes < SIZE_MAX / 2 ? (size_t)bytes : SIZE_MAX; }
static uint64_t ceil_div(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

static double element(evenkeel_vector vector, uint32_t j) {
    return vector.type == EVENKEEL_FLOAT64 ? ((const double *)vector.values)[j] : (double)((const float *)vector.values)[j];
}

static int is_finite_at(evenkeel_vector vector, uint32_t j) {
    uint32_t bits;
    if (vector.type == EVENKEEL_FLOAT64) return is_finite(((const double *)vector.values)[j]);
    memcpy(&bits, (const float *)vector.values + j, sizeof bits);
    return (bits >> 23 & 0xFF) != 0xFF;
}

static void set_element(evenkeel_vector vector, uint32_t j, double value) {
    if (vector.type == EVENKEEL_FLOAT64) ((double *)vector.values)[j] = value;
    else ((float *)vector.values)[j] = (float)to_float32(value);
}

/* ------------------------------------------------------------------------------------------------------------- digests -- */

/* FIPS 180-4, section 4.2.2: the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t SHA_ROUNDS[64] = {0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u,
    0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u,
    0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau, 0x983e5152u, 0xa831c66du, 0xb00327c8u,
    0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u, 0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u, 0x650a7354u,
    0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u,
    0x106aa070u, 0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u, 0x748f82eeu,
    0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u};

static uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void sha256_block(uint32_t state[8], const uint8_t *block) {
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t one = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + SHA_ROUNDS[i] + w[i];
        uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
}

void evenkeel_sha256_start(evenkeel_sha256 *hash) {
    static const uint32_t initial[8] = {
        0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u};
    memcpy(hash->state, initial, sizeof initial);
    hash->length = 0;
}

void evenkeel_sha256_add(evenkeel_sha256 *hash, const void *bytes, size_t size) {
    const uint8_t *p = (const uint8_t *)bytes;
    while (size > 0) {
        size_t at = (size_t)(hash->length & 63), part = size < 64 - at ? size : 64 - at;
        memcpy(hash->block + at, p, part);
        hash->length += part;
        p += part;
        size -= part;
        if (at + part == 64) sha256_block(hash->state, hash->block);
    }
}

void evenkeel_sha256_end(evenkeel_sha256 *hash, uint8_t digest[32]) {
    static const uint8_t padding[64] = {0x80};
    uint64_t bits = hash->length << 3;
    uint8_t length[8];
    evenkeel_sha256_add(hash, padding, 1 + (size_t)((119 - (hash->length & 63)) & 63));
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)(bits >> (56 - 8 * i) & 0xFF);
    evenkeel_sha256_add(hash, length, 8);
    for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)) & 0xFF);
}

uint64_t evenkeel_digest(const void *bytes, size_t size) {
    evenkeel_sha256 hash;
    uint8_t digest[32];
    uint64_t first = 0;
    evenkeel_sha256_start(&hash);
    evenkeel_sha256_add(&hash, bytes, size);
    evenkeel_sha256_end(&hash, digest);
    for (int i = 0; i < 8; i++) first = first << 8 | digest[i];
    return first;
}

uint32_t evenkeel_crc32c(uint32_t crc, const void *bytes, size_t size) {
    /* The checksums of the 16 values of four bits. */
    static const uint32_t table[16] = {0x00000000u, 0x105ec76fu, 0x20bd8edeu, 0x30e349b1u, 0x417b1dbcu, 0x5125dad3u, 0x61c69362u,
        0x7198540du, 0x82f63b78u, 0x92a8fc17u, 0xa24bb5a6u, 0xb21572c9u, 0xc38d26c4u, 0xd3d3e1abu, 0xe330a81au, 0xf36e6f75u};
    const uint8_t *p = (const uint8_t *)bytes;
    crc = ~crc;
    for (; size > 0; size--) {
        crc ^= *p++;
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

/* FORMAT, "Drawing a support"; Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. */
#define GAMMA 0x9E3779B97F4A7C15u

static uint64_t mix(uint64_t z) {
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

uint64_t evenkeel_random_next(uint64_t *state) {
    *state += GAMMA;
    return mix(*state);
}

uint64_t evenkeel_derive_seed(uint64_t seed, uint64_t with) { return mix(mix(seed + GAMMA) ^ (with * GAMMA + 1)); }

static uint32_t random_below(uint64_t *state, uint64_t bound) {
    uint64_t bits, r;
    do {
        bits = evenkeel_random_next(state) >> 1;
        r = bits % bound;
    } while ((bits - r + (bound - 1)) >> 63);
    return (uint32_t)r;
}

static int has_bit(const uint8_t *bits, size_t i) { return bits[i >> 3] >> (i & 7) & 1; }
static void set_bit(uint8_t *bits, size_t i) { bits[i >> 3] = (uint8_t)(bits[i >> 3] | 1u << (i & 7)); }

/** Marks `count` of `dimension` coordinates. */
static void draw_support(uint32_t dimension, uint32_t count, uint64_t seed, uint8_t *drawn) {
    memset(drawn, 0, (dimension + 7) / 8);
    for (uint32_t top = dimension - count; top < dimension; top++) {
        uint32_t c = random_below(&seed, (uint64_t)top + 1);
        set_bit(drawn, has_bit(drawn, c) ? top : c);
    }
}

/* ------------------------------------------------------------------------------------------------------------- reading -- */

/** A cursor over bytes. The bytes from `end` to `limit` are reserved. */
typedef struct reader {
    const uint8_t *data;
    size_t position, end, limit;
    size_t fault; /* the position of the first refusal */
} reader;

static evenkeel_status refuse(reader *in, evenkeel_status status, size_t position) {
    in->fault = position;
    return status;
}

static evenkeel_status need(reader *in, uint64_t count) {
    return count > in->end - in->position ? refuse(in, EVENKEEL_TRUNCATED, in->limit) : EVENKEEL_OK;
}

/** Skips bytes, and returns their position. */
static evenkeel_status take(reader *in, uint64_t count, const uint8_t **bytes) {
    TRY(need(in, count));
    *bytes = in->data + in->position;
    in->position += (size_t)count;
    return EVENKEEL_OK;
}

static evenkeel_status take_u8(reader *in, uint32_t *value) {
    const uint8_t *p;
    TRY(take(in, 1, &p));
    *value = *p;
    return EVENKEEL_OK;
}

static evenkeel_status take_u32(reader *in, uint32_t *value) {
    const uint8_t *p;
    TRY(take(in, 4, &p));
    *value = read_u32(p);
    return EVENKEEL_OK;
}

/** Reads a number from `least` to 2^31 - 1. */
static evenkeel_status take_u31(reader *in, uint32_t least, evenkeel_status otherwise, uint32_t *value) {
    TRY(take_u32(in, value));
    return *value < least || *value > MAX_INT ? refuse(in, otherwise, in->position - 4) : EVENKEEL_OK;
}

static evenkeel_status take_u64(reader *in, uint64_t *value) {
    const uint8_t *p;
    TRY(take(in, 8, &p));
    *value = read_u64(p);
    return EVENKEEL_OK;
}

/** Reads a number of 64 bits from `least` to 2^63 - 1. */
static evenkeel_status take_count(reader *in, uint64_t least, int64_t *value) {
    uint64_t bits;
    TRY(take_u64(in, &bits));
    if (bits >> 63 || bits < least) return refuse(in, EVENKEEL_INVALID_VALUE, in->position - 8);
    *value = (int64_t)bits;
    return EVENKEEL_OK;
}

static evenkeel_status take_finite(reader *in, double *value) {
    uint64_t bits;
    TRY(take_u64(in, &bits));
    *value = double_of(bits);
    return is_finite(*value) ? EVENKEEL_OK : refuse(in, EVENKEEL_INVALID_VALUE, in->position - 8);
}

static int is_sealed(const reader *in, size_t start, size_t checksum) {
    return evenkeel_crc32c(0, in->data + start, checksum - start) == read_u32(in->data + checksum);
}

/* The common header of all formats; FORMAT, "Reading untrusted bytes" defines the order of the checks.
 *
 *     byte 0   E7
 *     byte 1   F frame, M message, U round update, D model delta, R replica
 *     byte 2   version, 1
 *     byte 3   flags
 */
static evenkeel_status open_format(reader *in, const uint8_t *data, size_t start, size_t stop, char letter, uint32_t max_bytes) {
    uint32_t byte = 0;
    in->data = data;
    in->position = start;
    in->end = in->limit = stop;
    if (stop - start > max_bytes) return refuse(in, EVENKEEL_LIMIT_EXCEEDED, start);
    for (size_t i = 0; i < 2; i++) {
        TRY(take_u8(in, &byte));
        if (byte != (i == 0 ? 0xE7u : (uint32_t)letter)) return refuse(in, EVENKEEL_WRONG_MAGIC, start + i);
    }
    TRY(take_u8(in, &byte));
    return byte == 1 ? EVENKEEL_OK : refuse(in, EVENKEEL_UNSUPPORTED_VERSION, start + 2);
}

static evenkeel_status take_flags(reader *in, uint32_t known, uint32_t *flags) {
    TRY(take_u8(in, flags));
    return *flags & ~known ? refuse(in, EVENKEEL_NOT_CANONICAL, in->position - 1) : EVENKEEL_OK;
}

/* -------------------------------------------------------------------------------------------------------- index coding -- */

enum { EVERY, BITMAP, GOLOMB, SEED, BLOCK_BITMAP, BLOCK_GOLOMB, ADAPTIVE, BLOCK_ADAPTIVE };

/* FORMAT, "Gaps": Golomb, "Run-length encodings", 1966; Gallager and van Voorhis, 1975. "Adaptive gaps": the divisor follows the median.
 *
 *     a gap       g div M zeros, a one, g mod M
 *     adaptive    u zeros, a one, the rest of g in a range of M * 2^max(0, u-1)
 *     remainder   below the cut c in w bits, else r + c: its upper w bits, then its lowest
 */
enum { MAX_PARAMETER = 119, LOWEST_STATE = 2, HIGHEST_STATE = 238, MAX_QUOTIENT = 31 };

static uint32_t divisor_of(uint32_t p) { return p < 4 ? p : (4 + p % 4) << (p / 4 - 1); }

/** Returns the bits of a remainder below the cut, and sets the cut. */
static uint32_t short_width(uint32_t divisor, uint32_t *cut) {
    uint32_t width = 0;
    while (((uint64_t)1 << width) < divisor) width++;
    *cut = divisor == 1 ? 1 : (uint32_t)(((uint64_t)1 << width) - divisor);
    return width > 0 ? width - 1 : 0;
}

static uint32_t next_state(uint32_t state, uint32_t length) {
    if (length == 0) return state > LOWEST_STATE ? state - 1 : state;
    return state < HIGHEST_STATE ? state + 1 : state;
}

/*
 * Reads bytes from front to back, for a whole frame or a part of it: a read that lacks bytes returns EVENKEEL_TRUNCATED
 * and resumes at the same place when more bytes arrive. `required` is the minimum length of the frame, including its
 * checksum, that the bytes read so far imply. So the verdict does not depend on how the bytes are divided.
 */

static evenkeel_status blame(evenkeel_frame *f, evenkeel_status status, size_t position) {
    f->fault = position;
    return status;
}

/** Records that a frame must have bytes up to `end`, followed by the values and the checksum. */
static void claim(evenkeel_frame *f, uint64_t end) {
    end += f->reserved + 4;
    if (end > f->required) f->required = end;
}

static evenkeel_status have(evenkeel_frame *f, uint32_t count) {
    claim(f, (uint64_t)f->at + count);
    return count <= f->section_end - f->at ? EVENKEEL_OK : EVENKEEL_TRUNCATED;
}

static const uint8_t *byte_at(const evenkeel_frame *f, size_t position) { return f->bytes + (position - f->base); }

static int read_bit(const evenkeel_frame *f, size_t section, evenkeel_cursor *at, uint32_t *bit) {
    size_t position = section + (at->bit >> 3);
    if (position >= f->section_end) return 0;
    *bit = (uint32_t)*byte_at(f, position) >> (at->bit++ & 7) & 1;
    return 1;
}

static int read_bits(const evenkeel_frame *f, size_t section, evenkeel_cursor *at, uint32_t width, uint64_t *value) {
    uint32_t bit;
    *value = 0;
    for (uint32_t i = 0; i < width; i++) {
        if (!read_bit(f, section, at, &bit)) return 0;
        *value |= (uint64_t)bit << i;
    }
    return 1;
}

/** Moves the frame's position to the byte of a cursor's next bit. */
static evenkeel_status stand_at(evenkeel_frame *f, size_t section, const evenkeel_cursor *at, evenkeel_status status) {
    claim(f, section + ((at->bit + 7) >> 3));
    f->at = section + (at->bit >> 3);
    return status;
}

/** Reports the byte of the bit before a cursor as wrong. */
static evenkeel_status blame_bit(evenkeel_frame *f, size_t section, const evenkeel_cursor *at, evenkeel_status status) {
    return blame(f, status, section + ((at->bit - 1) >> 3));
}

/** Checks that the remaining bits of a cursor's byte are zero, and moves past that byte. */
static evenkeel_status end_bits(evenkeel_frame *f, size_t section, const evenkeel_cursor *at) {
    f->at = section + (at->bit >> 3);
    if (!(at->bit & 7)) return EVENKEEL_OK;
    if (*byte_at(f, f->at) >> (at->bit & 7)) return blame(f, EVENKEEL_NOT_CANONICAL, f->at);
    f->at++;
    return EVENKEEL_OK;
}

static int is_adaptive(const evenkeel_frame *f) { return f->index_coding == ADAPTIVE || f->index_coding == BLOCK_ADAPTIVE; }

/** Reads the next of ascending numbers, coded as gaps. */
static evenkeel_status read_gap(evenkeel_frame *f, evenkeel_cursor *at, uint32_t *number) {
    int adaptive = is_adaptive(f);
    uint32_t divisor = divisor_of(at->state >> 1), cut, bit = 0, most = adaptive ? (uint32_t)MAX_QUOTIENT : f->bound;
    uint32_t width = short_width(divisor, &cut);
    uint64_t rest, limit = cut, found = at->number;
    for (;; at->zeros++) {
        if (!read_bit(f, f->index_section, at, &bit)) return EVENKEEL_TRUNCATED;
        if (bit) break;
        if (at->zeros == most) return blame_bit(f, f->index_section, at, EVENKEEL_INVALID_INDEX);
    }
    size_t one = at->bit - 1;
    uint32_t zeros = at->zeros;
    if (adaptive && zeros > 0) {
        found += (uint64_t)divisor << (zeros - 1);
        width += zeros - 1;
        limit <<= zeros - 1;
    } else if (!adaptive) found += (uint64_t)zeros * divisor;
    if (found >= f->bound) return blame_bit(f, f->index_section, at, EVENKEEL_INVALID_INDEX);
    int is_whole = read_bits(f, f->index_section, at, width, &rest);
    if (is_whole && rest >= limit) {
        is_whole = read_bit(f, f->index_section, at, &bit);
        rest = 2 * rest + bit - limit;
    }
    if (!is_whole) { /* to be read again from the one bit */
        at->bit = one;
        return EVENKEEL_TRUNCATED;
    }
    found += rest;
    if (found >= f->bound) return blame_bit(f, f->index_section, at, EVENKEEL_INVALID_INDEX);
    *number = (uint32_t)found;
    at->number = *number + 1;
    at->zeros = 0;
    if (adaptive) at->state = next_state(at->state, zeros);
    return EVENKEEL_OK;
}

static int is_bitmap(const evenkeel_frame *f) { return f->index_coding == BITMAP || f->index_coding == BLOCK_BITMAP; }

/** Returns the next number of a support: a coordinate or a block number. */
static uint32_t next_number(evenkeel_frame *f) {
    evenkeel_cursor *at = &f->index;
    uint32_t number = 0;
    if (f->drawn == NULL && !is_bitmap(f)) {
        (void)read_gap(f, at, &number);
        return number;
    }
    const uint8_t *bits = f->drawn != NULL ? f->drawn : byte_at(f, f->index_section);
    while (at->bit < f->bound && !has_bit(bits, at->bit))
        at->bit = (at->bit & 7) == 0 && bits[at->bit >> 3] == 0 ? at->bit + 8 : at->bit + 1;
    return (uint32_t)at->bit++;
}

static evenkeel_cursor first_index(const evenkeel_frame *f) {
    evenkeel_cursor at = {0, 0, 0, 0, 0};
    at.state = 2 * f->parameter;
    return at;
}

/** Returns the number of coordinates in `blocks` blocks. `last`: whether they include the vector's last block. */
static uint64_t block_coordinates(uint32_t dimension, uint32_t length, uint32_t blocks, int last) {
    uint64_t missing = last ? ceil_div(dimension, length) * length - dimension : 0;
    return (uint64_t)blocks * length - missing;
}

/** Reads the available bytes of a bitmap, and keeps it if there is memory for it. */
static evenkeel_status read_bitmap(evenkeel_frame *f) {
    size_t size = (size_t)ceil_div(f->bound, 8);
    uint32_t last = 0;
    claim(f, (uint64_t)f->index_section + size);
    for (size_t i = f->at - f->index_section; i < size; i++, f->at++) {
        if (f->at == f->section_end) return EVENKEEL_TRUNCATED;
        last = *byte_at(f, f->at);
        if (f->drawn != NULL) f->drawn[i] = (uint8_t)last;
        for (uint32_t byte = last; byte; byte &= byte - 1) f->index.done++;
    }
    if ((f->bound & 7) && last >> (f->bound & 7)) return blame(f, EVENKEEL_NOT_CANONICAL, f->at - 1);
    f->index.number = last >> ((f->bound - 1) & 7) ? f->bound : 0;
    return f->index.done == f->numbers ? EVENKEEL_OK : blame(f, EVENKEEL_INVALID_INDEX, f->index_section);
}

/** Reads the available gaps, and keeps the numbers if there is memory for them. */
static evenkeel_status read_gaps(evenkeel_frame *f) {
    uint32_t number = 0;
    for (; f->index.done < f->numbers; f->index.done++) {
        TRY(stand_at(f, f->index_section, &f->index, read_gap(f, &f->index, &number)));
        if (f->drawn != NULL) set_bit(f->drawn, number);
    }
    return end_bits(f, f->index_section, &f->index);
}

static evenkeel_status read_parameter(evenkeel_frame *f) {
    uint32_t cut;
    TRY(have(f, 1));
    f->parameter = *byte_at(f, f->at);
    if (f->parameter < 1 || f->parameter > MAX_PARAMETER) return blame(f, EVENKEEL_NOT_CANONICAL, f->at);
    f->index_section = ++f->at;
    f->index = first_index(f);
    uint64_t least = is_adaptive(f) ? 1 : short_width(divisor_of(f->parameter), &cut) + 1u;
    claim(f, f->index_section + ceil_div(least * f->numbers, 8));
    return EVENKEEL_OK;
}

/** Returns the next coordinate of a frame that has been checked, or whose support has been read. */
static uint32_t next_coordinate(evenkeel_frame *f) {
    if (f->index_coding == EVERY) return f->index_done++;
    if (f->block_left > 0) {
        f->block_left--;
        return ++f->index_done;
    }
    f->index_done = next_number(f) * f->block_length;
    f->block_left = f->block_length - 1;
    if (f->block_left > f->dimension - 1 - f->index_done) f->block_left = f->dimension - 1 - f->index_done;
    return f->index_done;
}

/* -------------------------------------------------------------------------------------------------------- value coding -- */

/* FORMAT, "log": level i is m * T(i mod n) * 2^-(i div n), 0 <= i < 32 n. */
enum { OCTAVES = 32, MAX_CODE = 12, FIRST_LENGTH = 7, OCCURS = 0x80 };

static void log_scale_start(evenkeel_log_scale *log, evenkeel_coding coding, double largest) {
    log->shift = (uint32_t)coding - EVENKEEL_CODING_LOG4 + 1;
    log->largest = largest;
    for (uint32_t step = 0; step < 1u << log->shift; step++) {
        double root = 0.5;
        log->octave[step] = 1;
        for (uint32_t bit = log->shift; bit-- > 0;) {
            root = sqrt(root);
            if (step >> bit & 1) log->octave[step] *= root;
        }
    }
    log->octave[1u << log->shift] = 0.5;
}

/** Returns the magnitude of a level, or 0 if `level` is the number of levels. */
static double log_magnitude(const evenkeel_log_scale *log, uint32_t level) {
    uint32_t octave = level >> log->shift;
    if (octave >= OCTAVES) return 0;
    return log->largest * log->octave[level & ((1u << log->shift) - 1)] * power_of_two(-(int)octave);
}

/** Returns the level of a magnitude, or the number of levels for zero. */
static uint32_t log_level(const evenkeel_log_scale *log, double magnitude) {
    const double *t = log->octave;
    double ratio = log->largest > 0 ? magnitude / log->largest : 0;
    uint32_t n = 1u << log->shift, low = 0, high = n;
    if (ratio >= (t[0] + t[1]) / 2) return 0;
    if (ratio < power_of_two(-OCTAVES)) return (uint32_t)OCTAVES << log->shift;
    int octave = -1 - exponent_of(ratio);
    double within = ratio * power_of_two(octave);
    while (low < high) { /* counts the bounds above */
        uint32_t middle = (low + high) / 2;
        if (within < (t[middle] + t[middle + 1]) / 2) low = middle + 1;
        else high = middle;
    }
    return ((uint32_t)octave << log->shift) + low;
}

/**
 * Reads the table of code lengths. It stores each length plus one, and 0 for a symbol without a code. Until the table
 * is complete, the cursor holds the next symbol, the previous length, and in `done` the share of the code space used so
 * far.
 */
static evenkeel_status read_table(evenkeel_frame *f) {
    evenkeel_cursor *at = &f->value;
    for (; at->number <= f->levels; at->number++) {
        size_t start = at->bit;
        uint32_t ones = 0, bit = 1;
        uint64_t number = 0;
        int is_whole = 1, last = (int)at->state;
        while (is_whole && ones < 4 && bit) {
            is_whole = read_bit(f, f->value_section, at, &bit);
            ones += is_whole && bit;
        }
        if (ones == 4) is_whole = read_bits(f, f->value_section, at, 4, &number);
        if (!is_whole) {
            at->bit = start;
            return stand_at(f, f->value_section, at, EVENKEEL_TRUNCATED);
        }
        claim(f, f->value_section + ((at->bit + 7) >> 3));
        int length = ones == 0 ? -1 : ones == 1 ? last : ones == 2 ? last - 1 : ones == 3 ? last + 1 : (int)number;
        int shorter = ones == 4 && length - last >= -1 && length - last <= 1;
        if (length > MAX_CODE || (ones > 0 && length < 0) || shorter) return blame_bit(f, f->value_section, at, EVENKEEL_NOT_CANONICAL);
        f->lengths[at->number] = (uint8_t)(length + 1);
        if (ones > 0) {
            at->state = (uint32_t)length;
            at->done += 1u << (MAX_CODE - length);
        }
    }
    return at->done == (f->count > 0 ? 1u << MAX_CODE : 0) ? EVENKEEL_OK : blame_bit(f, f->value_section, at, EVENKEEL_NOT_CANONICAL);
}

/** Builds the canonical code of a complete table. */
static void make_codes(evenkeel_frame *f) {
    uint32_t next = 0, filled = 0;
    for (uint32_t length = 0; length <= MAX_CODE; length++) {
        next <<= length > 0;
        f->first_code[length] = (uint16_t)next;
        f->code_offset[length] = (uint16_t)filled;
        for (uint32_t symbol = 0; symbol <= f->levels; symbol++)
            if (f->lengths[symbol] == length + 1) f->symbols[filled++] = (uint16_t)symbol;
        f->code_count[length] = (uint16_t)(filled - f->code_offset[length]);
        next += f->code_count[length];
    }
}

/** Reads a symbol and a sign; returns 0 if there are too few bits. */
static int read_symbol(evenkeel_frame *f, uint32_t *symbol, uint32_t *negative) {
    size_t start = f->value.bit;
    uint32_t code = 0, bit = 0;
    for (uint32_t length = 0; length <= MAX_CODE; length++) {
        uint32_t place = code - f->first_code[length];
        if (place < f->code_count[length]) {
            *symbol = f->symbols[f->code_offset[length] + place];
            if (read_bit(f, f->value_section, &f->value, negative)) return 1;
            break;
        }
        if (!read_bit(f, f->value_section, &f->value, &bit)) break;
        code = code << 1 | bit;
    }
    f->value.bit = start;
    return 0;
}

/** Returns the number of bytes of a value in the codings of fixed width, 1 for natural, and 0 for bit codings. */
static uint32_t value_width(evenkeel_coding coding) {
    static const uint8_t widths[] = {4, 8, 2, 1};
    return coding <= EVENKEEL_CODING_NATURAL ? widths[coding] : 0;
}

/** Reads a float32 that is finite and has no sign. */
static evenkeel_status read_scale(evenkeel_frame *f, double *value) {
    TRY(have(f, 4));
    uint32_t bits = read_u32(byte_at(f, f->at));
    *value = float_of(bits);
    return bits >= 0x7F800000u ? blame(f, EVENKEEL_INVALID_VALUE, f->at) : EVENKEEL_OK;
}

/** Reads the fields before the values. */
static evenkeel_status read_value_header(evenkeel_frame *f) {
    evenkeel_cursor first = {0, 0, 0, 0, 0};
    uint32_t header = f->coding == EVENKEEL_CODING_NATURAL ? 2 : f->coding == EVENKEEL_CODING_SIGN ? 4 : 0;
    f->reserved = 0;
    if (f->coding >= EVENKEEL_CODING_LOG4) {
        double largest;
        header = 6;
        TRY(read_scale(f, &largest));
        TRY(have(f, header));
        f->levels = read_u16(byte_at(f, f->at + 4));
        log_scale_start(&f->log, f->coding, largest);
        if (f->levels > (uint32_t)OCTAVES << f->log.shift || (f->levels == 0) != (largest == 0))
            return blame(f, EVENKEEL_NOT_CANONICAL, f->at + 4);
        first.state = FIRST_LENGTH;
    } else if (f->coding == EVENKEEL_CODING_SIGN) {
        TRY(read_scale(f, &f->scale));
        if (f->count == 0 && f->scale != 0) return blame(f, EVENKEEL_NOT_CANONICAL, f->at);
        claim(f, f->at + 4 + ceil_div(f->count, 8));
    } else {
        claim(f, f->at + header + (uint64_t)f->count * value_width(f->coding));
        TRY(have(f, header));
    }
    if (f->coding == EVENKEEL_CODING_NATURAL) {
        int bits = (int)read_u16(byte_at(f, f->at));
        f->exponent = bits < 0x8000 ? bits : bits - 0x10000;
    }
    f->least = 127;
    f->at += header;
    f->value_section = f->at;
    f->value = first;
    return EVENKEEL_OK;
}

static evenkeel_status read_fixed(evenkeel_frame *f, double *value) {
    const uint8_t *p = byte_at(f, f->at);
    uint32_t width = value_width(f->coding);
    *value = width == 8 ? double_of(read_u64(p)) : float_of(width == 4 ? read_u32(p) : read_u16(p) << 16);
    if (!is_finite(*value)) return blame(f, EVENKEEL_INVALID_VALUE, f->at);
    f->at += width;
    return EVENKEEL_OK;
}

static evenkeel_status read_natural(evenkeel_frame *f, double *value) {
    int code = *byte_at(f, f->at), below = code & 127, exponent = f->exponent - below;
    if (below == 127 ? code == 255 : exponent < -1074 || exponent > 1023)
        return blame(f, below == 127 ? EVENKEEL_NOT_CANONICAL : EVENKEEL_INVALID_VALUE, f->at);
    *value = below == 127 ? 0 : with_sign(power_of_two(exponent), code > 127);
    f->least = below < f->least ? below : f->least;
    f->at++;
    return EVENKEEL_OK;
}

/** Reads the next value. */
static evenkeel_status read_value(evenkeel_frame *f, double *value) {
    uint32_t symbol = 0, negative = 0, width = value_width(f->coding);
    if (width > f->section_end - f->at) return EVENKEEL_TRUNCATED;
    if (width == 1) return read_natural(f, value);
    if (width > 1) return read_fixed(f, value);
    int is_whole = f->coding == EVENKEEL_CODING_SIGN ? read_bit(f, f->value_section, &f->value, &negative) : read_symbol(f, &symbol, &negative);
    TRY(stand_at(f, f->value_section, &f->value, is_whole ? EVENKEEL_OK : EVENKEEL_TRUNCATED));
    if (f->coding == EVENKEEL_CODING_SIGN) *value = with_sign(f->scale, (int)negative);
    else {
        f->lengths[symbol] |= OCCURS;
        *value = with_sign(symbol == f->levels ? 0 : log_magnitude(&f->log, symbol), (int)negative);
    }
    return EVENKEEL_OK;
}

/** Runs the checks that need all values, and moves past the value section. */
static evenkeel_status end_values(evenkeel_frame *f) {
    size_t start = f->value_section;
    if (f->coding == EVENKEEL_CODING_NATURAL && (f->least == 127 ? f->exponent != 0 : f->least != 0))
        return blame(f, EVENKEEL_NOT_CANONICAL, start - 2);
    for (uint32_t symbol = 0; f->coding >= EVENKEEL_CODING_LOG4 && symbol <= f->levels; symbol++) {
        int due = f->lengths[symbol] != 0 || (f->levels > 0 && (symbol == 0 || symbol == f->levels - 1));
        if (due && !(f->lengths[symbol] & OCCURS)) return blame(f, EVENKEEL_NOT_CANONICAL, start);
    }
    return value_width(f->coding) > 0 ? EVENKEEL_OK : end_bits(f, start, &f->value);
}

/** Returns the minimum number of bytes of a value section. */
static uint64_t least_value_bytes(evenkeel_coding coding, uint64_t count) {
    switch (coding) {
    case EVENKEEL_CODING_FLOAT32:
    case EVENKEEL_CODING_FLOAT64:
    case EVENKEEL_CODING_BF16: return count * value_width(coding);
    case EVENKEEL_CODING_NATURAL: return 2 + count;
    case EVENKEEL_CODING_SIGN: return 4 + ceil_div(count, 8);
    default: return 6 + ceil_div(count + 1, 8); /* one bit of the table, and the signs */
    }
}

/* -------------------------------------------------------------------------------------------------------------- frames -- */

/* FORMAT, "Frame":
 *
 *     byte 4    index coding in bits 0-3, value coding in bits 4-7
 *     byte 5    dimension d (u32)
 *     byte 9    count K (u32)
 *     byte 13   index section, value section, crc (u32)
 */
enum { AT_MAGIC, AT_FLAGS, AT_CODINGS, AT_DIMENSION, AT_COUNT, AT_SUPPORT, AT_SEED, AT_LENGTH, AT_BITMAP, AT_PARAMETER, AT_GAPS,
    AT_VALUES, AT_TABLE, AT_CODES, AT_END };

/** Reads one of the fields before the support. */
static evenkeel_status read_field(evenkeel_frame *f, const evenkeel_limits *limits) {
    uint32_t width = f->phase >= AT_DIMENSION ? 4 : 1;
    size_t at = f->at;
    TRY(have(f, width));
    uint32_t field = width == 4 ? read_u32(byte_at(f, at)) : *byte_at(f, at);
    if (f->phase == AT_FLAGS && field != 0) return blame(f, EVENKEEL_NOT_CANONICAL, at);
    if (f->phase == AT_CODINGS) {
        if (field >> 4 > EVENKEEL_CODING_LOG8) return blame(f, EVENKEEL_NOT_CANONICAL, at);
        f->index_coding = field & 15;
        f->coding = (evenkeel_coding)(field >> 4);
    } else if (f->phase == AT_DIMENSION) {
        if (field != limits->dimension) return blame(f, EVENKEEL_WRONG_DIMENSION, at);
        f->dimension = field;
    } else if (f->phase == AT_COUNT) {
        if (field > f->dimension || field > MAX_INT) return blame(f, EVENKEEL_INVALID_INDEX, at);
        if (field > limits->max_count) return blame(f, EVENKEEL_LIMIT_EXCEEDED, at);
        f->count = field;
    }
    f->at += width;
    f->phase++;
    return EVENKEEL_OK;
}

static evenkeel_status read_magic(evenkeel_frame *f) {
    static const uint8_t magic[] = {0xE7, 'F', 1};
    for (size_t i = f->at - f->start; i < sizeof magic; i++, f->at++) {
        TRY(have(f, 1));
        if (*byte_at(f, f->at) != magic[i]) return blame(f, i < 2 ? EVENKEEL_WRONG_MAGIC : EVENKEEL_UNSUPPORTED_VERSION, f->at);
    }
    f->phase = AT_FLAGS;
    return EVENKEEL_OK;
}

static evenkeel_status read_support(evenkeel_frame *f, const evenkeel_stream *to) {
    static const uint8_t phases[] = {AT_VALUES, AT_BITMAP, AT_PARAMETER, AT_SEED, AT_LENGTH, AT_LENGTH, AT_PARAMETER, AT_LENGTH};
    static const uint8_t supports[] = {EVENKEEL_EVERY, EVENKEEL_LISTED, EVENKEEL_LISTED, EVENKEEL_SEEDED, EVENKEEL_BLOCKS, EVENKEEL_BLOCKS,
        EVENKEEL_LISTED, EVENKEEL_BLOCKS};
    f->reserved = least_value_bytes(f->coding, f->count);
    claim(f, f->at);
    f->bound = f->dimension;
    f->numbers = f->count;
    f->block_length = 1;
    if (f->index_coding > BLOCK_ADAPTIVE) return blame(f, EVENKEEL_NOT_CANONICAL, f->start + 4);
    if (f->index_coding == EVERY && f->count != f->dimension) return blame(f, EVENKEEL_INVALID_INDEX, f->start + 9);
    f->support = (evenkeel_support)supports[f->index_coding];
    f->phase = phases[f->index_coding];
    f->index_section = f->at;
    if (to != NULL && f->index_coding != EVERY) {
        f->drawn = to->numbers;
        if (f->drawn == NULL) return blame(f, EVENKEEL_TOO_LITTLE_MEMORY, f->at);
        memset(f->drawn, 0, (f->dimension + 7) / 8);
    }
    return EVENKEEL_OK;
}

static evenkeel_status read_seed(evenkeel_frame *f) {
    TRY(have(f, 8));
    f->seed = read_u64(byte_at(f, f->at));
    f->at += 8;
    if (f->drawn != NULL) draw_support(f->dimension, f->count, f->seed, f->drawn);
    f->phase = AT_VALUES;
    return EVENKEEL_OK;
}

static evenkeel_status read_block_length(evenkeel_frame *f) {
    TRY(have(f, 4));
    f->block_length = read_u32(byte_at(f, f->at));
    if (f->block_length < 1 || f->block_length > f->dimension) return blame(f, EVENKEEL_NOT_CANONICAL, f->at);
    f->bound = (uint32_t)ceil_div(f->dimension, f->block_length);
    f->numbers = (uint32_t)ceil_div(f->count, f->block_length);
    f->at += 4;
    f->index_section = f->at;
    f->phase = f->index_coding == BLOCK_BITMAP ? AT_BITMAP : AT_PARAMETER;
    return EVENKEEL_OK;
}

static evenkeel_status end_numbers(evenkeel_frame *f) {
    int last = f->numbers > 0 && f->index.number == f->bound;
    uint64_t found = block_coordinates(f->dimension, f->block_length, f->numbers, last);
    if (f->support == EVENKEEL_BLOCKS && found != f->count) return blame(f, EVENKEEL_INVALID_INDEX, f->start + 13);
    f->phase = AT_VALUES;
    return EVENKEEL_OK;
}

static evenkeel_status read_codes(evenkeel_frame *f, const evenkeel_stream *to) {
    double value;
    for (; f->value.done < f->count; f->value.done++) {
        TRY(read_value(f, &value));
        if (to != NULL) to->receive(to->context, next_coordinate(f), value);
    }
    return end_values(f);
}

/** Reads one part of a frame, or its available bytes, and moves to the next part. */
static evenkeel_status read_part(evenkeel_frame *f, const evenkeel_limits *limits, const evenkeel_stream *to) {
    switch (f->phase) {
    case AT_MAGIC: return read_magic(f);
    case AT_SUPPORT: return read_support(f, to);
    case AT_SEED: return read_seed(f);
    case AT_LENGTH: return read_block_length(f);
    case AT_BITMAP: TRY(read_bitmap(f)); return end_numbers(f);
    case AT_PARAMETER: TRY(read_parameter(f)); break;
    case AT_GAPS: TRY(read_gaps(f)); return end_numbers(f);
    case AT_VALUES:
        TRY(read_value_header(f));
        f->index = first_index(f);
        f->phase = f->coding >= EVENKEEL_CODING_LOG4 ? AT_TABLE : AT_CODES;
        return EVENKEEL_OK;
    case AT_TABLE:
        TRY(read_table(f));
        make_codes(f);
        f->first_bit = f->value.bit;
        f->value.done = 0;
        break;
    case AT_CODES: TRY(read_codes(f, to)); break;
    default: return read_field(f, limits);
    }
    f->phase++;
    return EVENKEEL_OK;
}

static void start_reading(evenkeel_frame *f, const uint8_t *bytes, size_t start) {
    f->bytes = bytes;
    f->start = f->base = f->at = f->section_end = start;
    f->required = f->reserved = 0;
    f->phase = AT_MAGIC;
    f->drawn = NULL;
    f->parameter = f->levels = f->index_done = f->block_left = 0;
    f->first_bit = 0;
    f->index = first_index(f);
}

/**
 * Reads the available bytes up to `end`, and passes the values to a stream's receiver unless it is NULL. Returns
 * EVENKEEL_TRUNCATED if bytes are missing.
 */
static evenkeel_status read_content(evenkeel_frame *f, size_t end, const evenkeel_limits *limits, const evenkeel_stream *to) {
    f->section_end = end;
    while (f->phase != AT_END) TRY(read_part(f, limits, to));
    return EVENKEEL_OK;
}

/**
 * Determines the fault of a frame that ends at `end`. A wrong checksum alone does not distinguish a truncated frame
 * from a corrupted one or one with trailing bytes.
 *
 * @param status the status of the content
 * @param is_sealed whether the last four bytes are the checksum of the bytes before them
 * @param ends_sealed whether the four bytes after the content are its checksum
 */
static evenkeel_status verdict(evenkeel_frame *f, evenkeel_status status, size_t end, int is_sealed, int ends_sealed) {
    if (status == EVENKEEL_WRONG_MAGIC || status == EVENKEEL_UNSUPPORTED_VERSION) return status;
    if (status == EVENKEEL_TRUNCATED || f->required > end) return blame(f, EVENKEEL_TRUNCATED, end);
    if (is_sealed && status != EVENKEEL_OK) return status;
    if (status == EVENKEEL_OK && f->at < end - 4 && (is_sealed || ends_sealed)) return blame(f, EVENKEEL_TRAILING_BYTES, f->at + 4);
    return is_sealed ? EVENKEEL_OK : blame(f, EVENKEEL_CORRUPTED, end - 4);
}

/** Checks the frame from `start` to `stop`. Does not draw the coordinates of a drawn support. */
static evenkeel_status check_frame(
    reader *in, evenkeel_frame *f, const uint8_t *data, size_t start, size_t stop, const evenkeel_limits *limits) {
    if (stop - start > limits->max_bytes) return refuse(in, EVENKEEL_LIMIT_EXCEEDED, start);
    in->data = data;
    start_reading(f, data + start, start);
    evenkeel_status status = read_content(f, stop, limits, NULL);
    int is_long = stop - start > 4, whole = is_long && is_sealed(in, start, stop - 4);
    int ends = !whole && status == EVENKEEL_OK && f->at + 4 <= stop && is_sealed(in, start, f->at);
    status = verdict(f, status, stop, whole, ends);
    in->fault = f->fault;
    return status;
}

static evenkeel_status start_frame(evenkeel_frame *f, uint8_t *drawn) {
    if (f->support == EVENKEEL_SEEDED) {
        if (drawn == NULL) return EVENKEEL_TOO_LITTLE_MEMORY;
        f->drawn = drawn;
        draw_support(f->dimension, f->count, f->seed, drawn);
    }
    evenkeel_frame_rewind(f);
    return EVENKEEL_OK;
}

void evenkeel_frame_rewind(evenkeel_frame *frame) {
    frame->index = first_index(frame);
    frame->index_done = frame->block_left = frame->value.done = 0;
    frame->value.bit = frame->first_bit;
    frame->at = frame->value_section;
}

evenkeel_status evenkeel_frame_open(
    evenkeel_frame *frame, const uint8_t *bytes, size_t size, const evenkeel_limits *limits, uint8_t *drawn, size_t *position) {
    reader in;
    in.fault = 0;
    evenkeel_status status = check_frame(&in, frame, bytes, 0, size, limits);
    if (position != NULL) *position = in.fault;
    return status == EVENKEEL_OK ? start_frame(frame, drawn) : status;
}

int evenkeel_frame_next(evenkeel_frame *frame, uint32_t *coordinate, double *value) {
    if (frame->value.done == frame->count) return 0;
    *coordinate = next_coordinate(frame);
    (void)read_value(frame, value);
    frame->value.done++;
    return 1;
}

static void start_stream(evenkeel_stream *stream, size_t position, size_t size) {
    stream->size = size;
    stream->status = EVENKEEL_TRUNCATED;
    stream->held = stream->crc = 0;
    stream->is_long = 0;
    stream->ends_sealed = -1;
    start_reading(&stream->part.frame, stream->window, position);
}

void evenkeel_stream_start(
    evenkeel_stream *stream, const evenkeel_limits *limits, uint8_t *numbers, evenkeel_take receive, void *context) {
    stream->limits = *limits;
    stream->numbers = numbers;
    stream->receive = receive;
    stream->context = context;
    stream->tensors = 0;
    start_stream(stream, 0, 0);
}

/**
 * Drops the bytes of the window that were read, except for the last four. Keeps the four bytes after the content until
 * they are compared with the checksum.
 */
static void drop_read(evenkeel_stream *s) {
    evenkeel_frame *f = &s->part.frame;
    size_t end = f->base + s->held, keep = s->status == EVENKEEL_TRUNCATED ? f->at : end;
    if (s->status == EVENKEEL_OK && s->ends_sealed < 0) {
        keep = f->at;
        if (end - keep >= 4) s->ends_sealed = evenkeel_crc32c(s->crc, s->window, keep - f->base) == read_u32(byte_at(f, keep));
        if (end - keep >= 4) keep = end;
    }
    if (end - keep < 4) keep = end - f->base > 4 ? end - 4 : f->base;
    size_t read = keep - f->base;
    s->crc = evenkeel_crc32c(s->crc, s->window, read);
    s->held -= (uint32_t)read;
    memmove(s->window, s->window + read, s->held);
    f->base = keep;
}

evenkeel_status evenkeel_stream_add(evenkeel_stream *stream, const void *bytes, size_t size) {
    evenkeel_frame *f = &stream->part.frame;
    const uint8_t *from = (const uint8_t *)bytes;
    while (size > 0) {
        size_t left = sizeof stream->window - stream->held, part = size < left ? size : left;
        stream->is_long |= part > stream->limits.max_bytes - (f->base - f->start + stream->held);
        if (stream->is_long) return EVENKEEL_LIMIT_EXCEEDED;
        memcpy(stream->window + stream->held, from, part);
        stream->held += (uint32_t)part;
        from += part;
        size -= part;
        if (stream->status == EVENKEEL_TRUNCATED) stream->status = read_content(f, f->base + stream->held, &stream->limits, stream);
        drop_read(stream);
    }
    return EVENKEEL_OK;
}

/* ------------------------------------------------------------------------------------------------------------- writing -- */

/** Appends to the caller's buffer; sets `full` if it is too small. */
typedef struct writer {
    uint8_t *bytes;
    size_t size, capacity;
    int full;
} writer;

static void put(writer *out, uint64_t value, uint32_t bytes) {
    if (out->full || bytes > out->capacity - out->size) {
        out->full = 1;
        return;
    }
    write_number(out->bytes + out->size, value, bytes);
    out->size += bytes;
}

static void put_bytes(writer *out, const void *bytes, size_t size) {
    if (out->full || size > out->capacity - out->size) {
        out->full = 1;
        return;
    }
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static void put_double(writer *out, double value) { put(out, bits_of(value), 8); }

static void put_header(writer *out, char letter, uint32_t flags) {
    put(out, 0xE7u | (uint64_t)(uint8_t)letter << 8 | (uint64_t)1 << 16 | (uint64_t)flags << 24, 4);
}

static void put_checksum(writer *out, size_t start) {
    put(out, out->full ? 0 : evenkeel_crc32c(0, out->bytes + start, out->size - start), 4);
}

/** Bits that are not yet written as a byte. */
typedef struct bit_writer {
    writer *out;
    uint64_t held;
    uint32_t count;
} bit_writer;

static void put_bits(bit_writer *to, uint64_t value, uint32_t width) {
    for (; width > 0;) {
        uint32_t part = width < 8 ? width : 8;
        to->held |= (value & ((1u << part) - 1)) << to->count;
        to->count += part;
        value >>= part;
        width -= part;
        if (to->count >= 8) {
            put(to->out, to->held & 0xFF, 1);
            to->held >>= 8;
            to->count -= 8;
        }
    }
}

static void put_padding(bit_writer *to) {
    if (to->count > 0) put(to->out, to->held, 1);
}

static void put_unary(bit_writer *to, uint32_t zeros) {
    for (; zeros >= 32 && !to->out->full; zeros -= 32) put_bits(to, 0, 32);
    put_bits(to, (uint64_t)1 << (zeros & 31), (zeros & 31) + 1);
}

static void put_truncated(bit_writer *to, uint64_t rest, uint32_t width, uint64_t cut) {
    if (rest < cut) put_bits(to, rest, width);
    else {
        put_bits(to, (rest + cut) >> 1, width);
        put_bits(to, (rest + cut) & 1, 1);
    }
}

/** Ascending numbers below a bound, to be written as a bitmap or as gaps. */
typedef struct ascending {
    const uint32_t *numbers;
    uint32_t count, bound;
} ascending;

static uint32_t gap_at(const ascending *n, uint32_t i) { return i == 0 ? n->numbers[0] : n->numbers[i] - n->numbers[i - 1] - 1; }

static uint64_t rice_bits(const ascending *n, uint32_t shift) {
    uint64_t bits = (uint64_t)(shift + 1) * n->count;
    for (uint32_t i = 0; i < n->count; i++) bits += gap_at(n, i) >> shift;
    return bits;
}

static uint64_t golomb_bits(const ascending *n, uint32_t parameter) {
    uint32_t divisor = divisor_of(parameter), cut, width = short_width(divisor, &cut);
    uint64_t bits = (uint64_t)(width + 1) * n->count;
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t gap = gap_at(n, i), quotient = gap / divisor;
        bits += quotient + (gap - quotient * divisor >= cut);
    }
    return bits;
}

static uint32_t best_shift(const ascending *n) {
    uint32_t absent = n->count > 0 ? n->numbers[n->count - 1] + 1 - n->count : 0, guess = 0, best = 0;
    uint64_t fewest = UINT64_MAX;
    while (n->count > 0 && absent / n->count >> guess > 1) guess++;
    uint64_t enough = rice_bits(n, guess);
    for (uint32_t s = 0; s <= 30; s++) {
        /* Rounding down reduces each quotient by less than one, so this bound saves most of the counting. */
        if ((absent >> s) + (uint64_t)s * n->count > enough) continue;
        uint64_t bits = rice_bits(n, s);
        if (bits < fewest) {
            fewest = bits;
            best = s;
        }
    }
    return best;
}

/** Returns the parameter that takes the fewest bits, and sets `fewest` to their number. */
static uint32_t best_parameter(const ascending *n, uint64_t *fewest) {
    uint64_t power = (uint64_t)1 << best_shift(n);
    uint32_t best = 1;
    *fewest = UINT64_MAX;
    for (uint32_t p = 1; p <= MAX_PARAMETER; p++) {
        uint64_t divisor = divisor_of(p);
        if (2 * divisor <= power || divisor >= 2 * power) continue;
        uint64_t bits = golomb_bits(n, p);
        if (bits < *fewest) {
            *fewest = bits;
            best = p;
        }
    }
    return best;
}

static void put_golomb(writer *out, const ascending *n, uint32_t parameter) {
    uint32_t divisor = divisor_of(parameter), cut, width = short_width(divisor, &cut);
    bit_writer bits = {out, 0, 0};
    put(out, parameter, 1);
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t gap = gap_at(n, i), quotient = gap / divisor;
        put_unary(&bits, quotient);
        put_truncated(&bits, gap - quotient * divisor, width, cut);
    }
    put_padding(&bits);
}

/** Returns the smallest parameter whose divisor is not below the upper median of the gaps. */
static uint32_t median_parameter(const ascending *n) {
    uint32_t counts[MAX_PARAMETER + 1] = {0}, parameter = 1;
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t low = 1, high = MAX_PARAMETER, gap = gap_at(n, i);
        while (low < high) {
            uint32_t middle = (low + high) / 2;
            if (divisor_of(middle) < gap) low = middle + 1;
            else high = middle;
        }
        counts[low]++;
    }
    for (uint32_t up_to = counts[1]; n->count > 0 && up_to <= n->count / 2 && parameter < MAX_PARAMETER;) up_to += counts[++parameter];
    return parameter;
}

/** Returns the number of bits of adaptive gaps, and writes the gaps unless `bits` is NULL. */
static uint64_t adaptive_gaps(const ascending *n, uint32_t parameter, bit_writer *bits) {
    uint32_t state = 2 * parameter;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t divisor = divisor_of(state >> 1), cut, width = short_width(divisor, &cut), gap = gap_at(n, i), length = 0;
        while ((uint64_t)divisor << length <= gap) length++;
        uint32_t doublings = length > 0 ? length - 1 : 0;
        uint64_t rest = length > 0 ? gap - ((uint64_t)divisor << doublings) : gap, limit = (uint64_t)cut << doublings;
        sum += length + 1 + width + doublings + (rest >= limit);
        if (bits != NULL) {
            put_unary(bits, length);
            put_truncated(bits, rest, width + doublings, limit);
        }
        state = next_state(state, length);
    }
    return sum;
}

static void put_bitmap(writer *out, const ascending *n) {
    size_t size = (n->bound + 7) / 8;
    if (out->full || size > out->capacity - out->size) {
        out->full = 1;
        return;
    }
    memset(out->bytes + out->size, 0, size);
    for (uint32_t i = 0; i < n->count; i++) set_bit(out->bytes + out->size, n->numbers[i]);
    out->size += size;
}

/** Writes the shortest of a bitmap, gaps and adaptive gaps; returns 0, 1 or 2. */
static int put_numbers(writer *out, const ascending *n) {
    uint64_t golomb, bitmap = ceil_div(n->bound, 8);
    uint32_t first = median_parameter(n), parameter = best_parameter(n, &golomb);
    uint64_t adaptive = adaptive_gaps(n, first, NULL);
    golomb = 1 + ceil_div(golomb, 8);
    adaptive = 1 + ceil_div(adaptive, 8);
    if (bitmap <= golomb && bitmap <= adaptive) {
        put_bitmap(out, n);
        return 0;
    }
    if (golomb <= adaptive) {
        put_golomb(out, n, parameter);
        return 1;
    }
    bit_writer bits = {out, 0, 0};
    put(out, first, 1);
    (void)adaptive_gaps(n, first, &bits);
    put_padding(&bits);
    return 2;
}

static int is_ascending(const ascending *n) {
    for (uint32_t i = 0; i < n->count; i++)
        if (n->numbers[i] >= n->bound || (i > 0 && n->numbers[i] <= n->numbers[i - 1])) return 0;
    return 1;
}

/** Writes the index section and returns its coding, or -1 if the support is invalid. */
static int put_support(writer *out, const evenkeel_sparse *v) {
    ascending n = {v->numbers, v->count, v->dimension};
    if (v->dimension < 1 || v->dimension > MAX_INT || v->count > v->dimension) return -1;
    if (v->support == EVENKEEL_EVERY) return v->count == v->dimension ? EVERY : -1;
    if (v->support == EVENKEEL_SEEDED) {
        put(out, v->seed, 8);
        return SEED;
    }
    if (v->support == EVENKEEL_LISTED) {
        static const int codings[] = {BITMAP, GOLOMB, ADAPTIVE};
        return is_ascending(&n) ? codings[put_numbers(out, &n)] : -1;
    }
    if (v->block_length < 1 || v->block_length > v->dimension) return -1;
    static const int codings[] = {BLOCK_BITMAP, BLOCK_GOLOMB, BLOCK_ADAPTIVE};
    n.count = v->number_count;
    n.bound = (uint32_t)ceil_div(v->dimension, v->block_length);
    int last = n.count > 0 && n.numbers[n.count - 1] == n.bound - 1;
    if (!is_ascending(&n) || block_coordinates(v->dimension, v->block_length, n.count, last) != v->count) return -1;
    put(out, v->block_length, 4);
    return codings[put_numbers(out, &n)];
}

/**
 * The working memory for encoding values in a log coding: the tree has leaves in ascending order of their counts, then merged
 * nodes.
 */
typedef struct log_work {
    uint32_t counts[EVENKEEL_LOG_SYMBOLS];
    uint32_t weights[2 * EVENKEEL_LOG_SYMBOLS];
    uint16_t parents[2 * EVENKEEL_LOG_SYMBOLS]; /* then depths */
    uint16_t order[EVENKEEL_LOG_SYMBOLS];
    uint16_t codes[EVENKEEL_LOG_SYMBOLS]; /* the first bit is the lowest */
    uint8_t lengths[EVENKEEL_LOG_SYMBOLS]; /* plus one, 0 for no code */
} log_work;

size_t evenkeel_encode_memory(evenkeel_coding coding) { return coding >= EVENKEEL_CODING_LOG4 ? sizeof(log_work) : 0; }

/** Sorts the symbols with a nonzero count by that count, and returns their number. */
static uint32_t sort_symbols(log_work *w, uint32_t symbols) {
    uint32_t used = 0;
    for (uint32_t symbol = 0; symbol < symbols; symbol++) {
        uint32_t at = used;
        if (w->counts[symbol] == 0) continue;
        for (used++; at > 0 && w->counts[w->order[at - 1]] > w->counts[symbol]; at--) w->order[at] = w->order[at - 1];
        w->order[at] = (uint16_t)symbol;
    }
    return used;
}

/** Huffman, "A method for the construction of minimum-redundancy codes", 1952, with two queues. Returns the longest length. */
static uint32_t huffman_lengths(log_work *w, uint32_t symbols) {
    uint32_t used = sort_symbols(w, symbols), nodes = used > 0 ? 2 * used - 1 : 0, leaf = 0, merged = used, longest = 0;
    for (uint32_t i = 0; i < used; i++) w->weights[i] = w->counts[w->order[i]];
    for (uint32_t node = used; node < nodes; node++) {
        w->weights[node] = 0;
        for (int child = 0; child < 2; child++) {
            int is_leaf = leaf < used && (merged == node || w->weights[leaf] <= w->weights[merged]);
            uint32_t lighter = is_leaf ? leaf++ : merged++;
            w->parents[lighter] = (uint16_t)node;
            w->weights[node] += w->weights[lighter];
        }
    }
    for (uint32_t node = nodes; node-- > 0;) w->parents[node] = (uint16_t)(node == nodes - 1 ? 0 : w->parents[w->parents[node]] + 1);
    memset(w->lengths, 0, sizeof w->lengths);
    for (uint32_t i = 0; i < used; i++) {
        w->lengths[w->order[i]] = (uint8_t)(w->parents[i] < 255 ? w->parents[i] + 1 : 255);
        longest = w->parents[i] > longest ? w->parents[i] : longest;
    }
    return longest;
}

static void canonical_codes(log_work *w, uint32_t symbols) {
    uint32_t next = 0;
    for (uint32_t length = 1; length <= MAX_CODE; length++) {
        next <<= 1;
        for (uint32_t symbol = 0; symbol < symbols; symbol++)
            if (w->lengths[symbol] == length + 1) {
                uint32_t code = next++;
                w->codes[symbol] = 0;
                for (uint32_t i = 0; i < length; i++, code >>= 1)
                    w->codes[symbol] = (uint16_t)((uint32_t)w->codes[symbol] << 1 | (code & 1));
            }
    }
}

static void put_table(bit_writer *bits, const log_work *w, uint32_t symbols) {
    int last = FIRST_LENGTH;
    for (uint32_t symbol = 0; symbol < symbols; symbol++) {
        int length = (int)w->lengths[symbol] - 1, step = length - last;
        if (length < 0) {
            put_bits(bits, 0, 1);
            continue;
        }
        if (step == 0) put_bits(bits, 1, 2);
        else if (step == -1) put_bits(bits, 3, 3);
        else if (step == 1) put_bits(bits, 7, 4);
        else put_bits(bits, 15u | (uint32_t)length << 4, 8);
        last = length;
    }
}

static evenkeel_status put_log(writer *out, const evenkeel_sparse *v, log_work *w) {
    evenkeel_log_scale log;
    double largest = 0;
    uint32_t used = 0;
    for (uint32_t i = 0; i < v->count; i++) largest = larger(largest, magnitude_of(evenkeel_sparse_value(v, i)));
    log_scale_start(&log, v->coding, to_float32(largest));
    uint32_t levels = (uint32_t)OCTAVES << log.shift;
    memset(w->counts, 0, sizeof w->counts);
    for (uint32_t i = 0; i < v->count; i++) {
        double magnitude = magnitude_of(evenkeel_sparse_value(v, i));
        uint32_t level = log_level(&log, magnitude);
        if (log_magnitude(&log, level) != magnitude) return EVENKEEL_INVALID_VALUE;
        w->counts[level]++;
        if (level < levels && level >= used) used = level + 1;
    }
    uint32_t zeros = w->counts[levels];
    w->counts[levels] = 0;
    w->counts[used] = zeros;
    while (huffman_lengths(w, used + 1) > MAX_CODE)
        for (uint32_t symbol = 0; symbol <= used; symbol++) w->counts[symbol] = (w->counts[symbol] >> 1) + (w->counts[symbol] & 1);
    canonical_codes(w, used + 1);
    put(out, float_bits(log.largest), 4);
    put(out, used, 2);
    bit_writer bits = {out, 0, 0};
    put_table(&bits, w, used + 1);
    for (uint32_t i = 0; i < v->count; i++) {
        double value = evenkeel_sparse_value(v, i);
        uint32_t level = log_level(&log, magnitude_of(value)), symbol = level < levels ? level : used;
        put_bits(&bits, w->lengths[symbol] > 1 ? w->codes[symbol] : 0, w->lengths[symbol] - 1u);
        put_bits(&bits, (uint64_t)is_negative(value), 1);
    }
    put_padding(&bits);
    return EVENKEEL_OK;
}

static evenkeel_status put_fixed(writer *out, const evenkeel_sparse *v) {
    for (uint32_t i = 0; i < v->count; i++) {
        double value = evenkeel_sparse_value(v, i);
        if (v->coding == EVENKEEL_CODING_FLOAT64) put_double(out, value);
        else {
            uint32_t bits = float_bits(to_float32(value));
            if (float_of(bits) != value || (v->coding == EVENKEEL_CODING_BF16 && (bits & 0xFFFF) != 0)) return EVENKEEL_INVALID_VALUE;
            if (v->coding == EVENKEEL_CODING_BF16) put(out, bits >> 16, 2);
            else put(out, bits, 4);
        }
    }
    return EVENKEEL_OK;
}

static evenkeel_status put_natural(writer *out, const evenkeel_sparse *v) {
    double largest = 0;
    for (uint32_t i = 0; i < v->count; i++) largest = larger(largest, magnitude_of(evenkeel_sparse_value(v, i)));
    int exponent = largest > 0 && is_finite(largest) ? exponent_of(largest) : 0;
    put(out, (uint64_t)(uint32_t)exponent, 2);
    for (uint32_t i = 0; i < v->count; i++) {
        double value = evenkeel_sparse_value(v, i), magnitude = magnitude_of(value);
        int below = magnitude > 0 && is_finite(magnitude) ? exponent - exponent_of(magnitude) : 127;
        int exact = below < 127 ? magnitude == power_of_two(exponent - below) : bits_of(value) == 0;
        if (!exact) return EVENKEEL_INVALID_VALUE;
        put(out, (uint64_t)(uint32_t)below | (value < 0 ? 128u : 0u), 1);
    }
    return EVENKEEL_OK;
}

static evenkeel_status put_signs(writer *out, const evenkeel_sparse *v) {
    double scale = v->count > 0 ? magnitude_of(evenkeel_sparse_value(v, 0)) : 0;
    bit_writer bits = {out, 0, 0};
    if (to_float32(scale) != scale) return EVENKEEL_INVALID_VALUE;
    put(out, float_bits(scale), 4);
    for (uint32_t i = 0; i < v->count; i++) {
        double value = evenkeel_sparse_value(v, i);
        if (magnitude_of(value) != scale) return EVENKEEL_INVALID_VALUE;
        put_bits(&bits, (uint64_t)is_negative(value), 1);
    }
    put_padding(&bits);
    return EVENKEEL_OK;
}

static evenkeel_status put_values(writer *out, const evenkeel_sparse *v, void *memory) {
    for (uint32_t i = 0; v->values != NULL && i < v->count; i++)
        if (!is_finite(v->values[i])) return EVENKEEL_INVALID_VALUE;
    switch (v->coding) {
    case EVENKEEL_CODING_FLOAT32:
    case EVENKEEL_CODING_FLOAT64:
    case EVENKEEL_CODING_BF16: return put_fixed(out, v);
    case EVENKEEL_CODING_NATURAL: return put_natural(out, v);
    case EVENKEEL_CODING_SIGN: return put_signs(out, v);
    default: return put_log(out, v, (log_work *)memory);
    }
}

static evenkeel_status put_frame(writer *out, const evenkeel_sparse *v, void *memory) {
    size_t start = out->size;
    put_header(out, 'F', 0);
    put(out, (uint64_t)v->coding << 4, 1);
    put(out, v->dimension, 4);
    put(out, v->count, 4);
    int coding = put_support(out, v);
    if (coding < 0 || (uint32_t)v->coding > EVENKEEL_CODING_LOG8) return EVENKEEL_INVALID_ARGUMENT;
    TRY(put_values(out, v, memory));
    if (!out->full) out->bytes[start + 4] = (uint8_t)(out->bytes[start + 4] | coding);
    put_checksum(out, start);
    return out->full ? EVENKEEL_TOO_LITTLE_MEMORY : EVENKEEL_OK;
}

evenkeel_status evenkeel_frame_encode(const evenkeel_sparse *vector, uint8_t *bytes, size_t capacity, size_t *size, void *memory) {
    writer out = {bytes, 0, capacity, 0};
    TRY(put_frame(&out, vector, memory));
    *size = out.size;
    return EVENKEEL_OK;
}

/* ------------------------------------------------------------------------------------------------------------ messages -- */

/* FORMAT, "Message":
 *
 *     byte 3    flags: 1 loss, 2 gradient norm, 4 smoothness
 *     byte 4    sequence (i64)
 *     byte 12   previous digest (u64)
 *     byte 20   samples (i64)
 *     byte 28   loss, norm, smoothness (f64 each, those flagged)
 *               count of metrics (u8); each: size of the name (u8), name, value (f64)
 *               crc of the header (u32), then the frame
 */
enum { MESSAGE_FIXED = 28, ALL_FIGURES = 7 };

static int is_metric_name(const char *name, uint32_t size) {
    for (uint32_t i = 0; i < size; i++) {
        char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-')) return 0;
    }
    return size >= 1 && size <= 64;
}

/** Returns whether a metric's name sorts after the previous one. */
static int follows(const evenkeel_metric *before, const evenkeel_metric *metric) {
    uint32_t common = before->name_size < metric->name_size ? before->name_size : metric->name_size;
    int order = memcmp(before->name, metric->name, common);
    return order < 0 || (order == 0 && before->name_size < metric->name_size);
}

static evenkeel_status check_report(const evenkeel_report *report) {
    const double figures[3] = {report->loss, report->gradient_norm, report->smoothness};
    if (report->samples < 0 || report->present & ~(uint32_t)ALL_FIGURES || report->metric_count > EVENKEEL_MAX_METRICS)
        return EVENKEEL_INVALID_ARGUMENT;
    for (int i = 0; i < 3; i++)
        if (report->present >> i & 1) {
            if (!is_finite(figures[i])) return EVENKEEL_NOT_FINITE;
            if (i > 0 && figures[i] < 0) return EVENKEEL_INVALID_ARGUMENT;
        }
    for (uint32_t i = 0; i < report->metric_count; i++) {
        const evenkeel_metric *metric = &report->metrics[i];
        if (!is_metric_name(metric->name, metric->name_size) || (i > 0 && !follows(metric - 1, metric))) return EVENKEEL_INVALID_ARGUMENT;
        if (!is_finite(metric->value)) return EVENKEEL_NOT_FINITE;
    }
    return EVENKEEL_OK;
}

static void put_report(writer *out, const evenkeel_report *report) {
    const double figures[3] = {report->loss, report->gradient_norm, report->smoothness};
    put(out, (uint64_t)report->samples, 8);
    for (int i = 0; i < 3; i++)
        if (report->present >> i & 1) put_double(out, figures[i]);
    put(out, report->metric_count, 1);
    for (uint32_t i = 0; i < report->metric_count; i++) {
        put(out, report->metrics[i].name_size, 1);
        put_bytes(out, report->metrics[i].name, report->metrics[i].name_size);
        put_double(out, report->metrics[i].value);
    }
}

evenkeel_status evenkeel_message_encode(
    const evenkeel_message *message, const evenkeel_sparse *vector, uint8_t *bytes, size_t capacity, size_t *size, void *memory) {
    writer out = {bytes, 0, capacity, 0};
    TRY(check_report(&message->report));
    if (message->sequence < 1) return EVENKEEL_INVALID_ARGUMENT;
    put_header(&out, 'M', message->report.present);
    put(&out, (uint64_t)message->sequence, 8);
    put(&out, message->previous, 8);
    put_report(&out, &message->report);
    put_checksum(&out, 0);
    TRY(put_frame(&out, vector, memory));
    *size = out.size;
    return EVENKEEL_OK;
}

/** Finds the end of the header from its lengths, so that its checksum can be verified before its content. */
static evenkeel_status check_message_header(reader *in) {
    size_t start = in->position;
    uint32_t flags, metrics, name;
    const uint8_t *skipped;
    TRY(need(in, MESSAGE_FIXED - start));
    TRY(take_u8(in, &flags));
    in->position = MESSAGE_FIXED;
    TRY(take(in, 8 * ((flags & 1) + (flags >> 1 & 1) + (flags >> 2 & 1)), &skipped));
    TRY(take_u8(in, &metrics));
    for (; metrics > 0; metrics--) {
        TRY(take_u8(in, &name));
        TRY(take(in, name + 8, &skipped));
    }
    TRY(need(in, 4));
    if (!is_sealed(in, 0, in->position)) return refuse(in, EVENKEEL_CORRUPTED, in->position);
    in->position = start;
    return EVENKEEL_OK;
}

static evenkeel_status take_figure(reader *in, int may_be_negative, double *figure) {
    TRY(take_finite(in, figure));
    return *figure < 0 && !may_be_negative ? refuse(in, EVENKEEL_INVALID_VALUE, in->position - 8) : EVENKEEL_OK;
}

static evenkeel_status take_metrics(reader *in, evenkeel_report *report) {
    const uint8_t *name;
    TRY(take_u8(in, &report->metric_count));
    if (report->metric_count > EVENKEEL_MAX_METRICS) return refuse(in, EVENKEEL_LIMIT_EXCEEDED, in->position - 1);
    for (uint32_t i = 0; i < report->metric_count; i++) {
        evenkeel_metric *metric = &report->metrics[i];
        size_t start = in->position;
        TRY(take_u8(in, &metric->name_size));
        TRY(take(in, metric->name_size, &name));
        metric->name = (const char *)name;
        if (!is_metric_name(metric->name, metric->name_size)) return refuse(in, EVENKEEL_INVALID_VALUE, start);
        if (i > 0 && !follows(metric - 1, metric)) return refuse(in, EVENKEEL_NOT_CANONICAL, start);
        TRY(take_finite(in, &metric->value));
    }
    return EVENKEEL_OK;
}

static evenkeel_status check_message(
    reader *in, evenkeel_message *m, evenkeel_frame *frame, const uint8_t *bytes, size_t size, const evenkeel_limits *limits) {
    TRY(open_format(in, bytes, 0, size, 'M', limits->max_bytes));
    TRY(check_message_header(in));
    memset(m, 0, sizeof *m);
    TRY(take_flags(in, ALL_FIGURES, &m->report.present));
    TRY(take_count(in, 1, &m->sequence));
    TRY(take_u64(in, &m->previous));
    TRY(take_count(in, 0, &m->report.samples));
    if (m->report.present & EVENKEEL_HAS_LOSS) TRY(take_figure(in, 1, &m->report.loss));
    if (m->report.present & EVENKEEL_HAS_NORM) TRY(take_figure(in, 0, &m->report.gradient_norm));
    if (m->report.present & EVENKEEL_HAS_SMOOTHNESS) TRY(take_figure(in, 0, &m->report.smoothness));
    TRY(take_metrics(in, &m->report));
    m->frame = in->position + 4;
    return check_frame(in, frame, bytes, m->frame, size, limits);
}

evenkeel_status evenkeel_message_open(evenkeel_message *message, evenkeel_frame *frame, const uint8_t *bytes, size_t size,
    const evenkeel_limits *limits, uint8_t *drawn, size_t *position) {
    reader in;
    in.fault = 0;
    evenkeel_status status = check_message(&in, message, frame, bytes, size, limits);
    if (position != NULL) *position = in.fault;
    return status == EVENKEEL_OK ? start_frame(frame, drawn) : status;
}

/* ------------------------------------------------------------------------------------------------------------ downlink -- */

/* FORMAT, "Round update" and "Model delta", which are alike up to byte 12:
 *
 *     byte 3    flags; updates: 1 the sum persists
 *     byte 4    bytes from the magic to the end of the frame (u32)
 *     byte 8    round (u32)
 *     byte 12   deltas: crc (u32), frame
 *               updates: factor (f64), count of divisors (u32), divisors (f64 each), crc (u32), frame
 */
static evenkeel_status check_part_header(reader *in, size_t start, int is_update) {
    size_t content = in->position;
    TRY(need(in, (is_update ? 24 : 16) - (content - start)));
    in->position = start + (is_update ? 24 : 12);
    if (is_update) {
        uint64_t divisors = 8 * (uint64_t)read_u32(in->data + start + 20);
        TRY(need(in, divisors + 4));
        in->position += (size_t)divisors;
    }
    if (!is_sealed(in, start, in->position)) return refuse(in, EVENKEEL_CORRUPTED, in->position);
    in->position = content;
    return EVENKEEL_OK;
}

static evenkeel_status take_divisors(reader *in, evenkeel_update *u) {
    double divisor;
    TRY(take_finite(in, &u->factor));
    TRY(take_u31(in, 1, EVENKEEL_INVALID_VALUE, &u->divisor_count));
    u->divisors = in->data + in->position;
    for (uint32_t i = 0; i < u->divisor_count; i++) {
        TRY(take_finite(in, &divisor));
        if (!(divisor > 0)) return refuse(in, EVENKEEL_INVALID_VALUE, in->position - 8);
    }
    return EVENKEEL_OK;
}

/** Reads a header up to its checksum. All bytes of the header must be available; `whole` is the end of all bytes. */
static evenkeel_status read_part_header(reader *in, evenkeel_update *u, size_t start, size_t whole, const evenkeel_limits *limits, int is_update,
    int64_t last, size_t *end) {
    uint32_t flags, part;
    TRY(check_part_header(in, start, is_update));
    TRY(take_flags(in, is_update ? 1 : 0, &flags));
    TRY(take_u32(in, &part));
    if (part > limits->max_bytes || part > MAX_INT) return refuse(in, EVENKEEL_LIMIT_EXCEEDED, start + 4);
    if (part > whole - start) return refuse(in, EVENKEEL_TRUNCATED, whole);
    *end = start + part;
    TRY(take_u31(in, 0, EVENKEEL_INVALID_VALUE, &u->round));
    if (last >= 0 && (int64_t)u->round != last + 1) return refuse(in, EVENKEEL_INVALID_VALUE, start + 8);
    u->retained = (int)flags;
    u->divisor_count = 0;
    if (is_update) TRY(take_divisors(in, u));
    in->position += 4;
    return in->position > *end ? refuse(in, EVENKEEL_INVALID_VALUE, start + 4) : EVENKEEL_OK;
}

/** Checks the requirements of an update's frame, and its number of divisors. */
static evenkeel_status check_update(evenkeel_update *u, uint32_t tensors, size_t start) {
    evenkeel_frame *f = &u->frame;
    int listed = f->support == EVENKEEL_EVERY || f->support == EVENKEEL_LISTED;
    if (!listed || f->coding != EVENKEEL_CODING_FLOAT64) return blame(f, EVENKEEL_NOT_CANONICAL, f->start + 4);
    return u->divisor_count == 1 || u->divisor_count == tensors ? EVENKEEL_OK : blame(f, EVENKEEL_INVALID_VALUE, start + 20);
}

/** Opens an update, or a delta if `tensors` is 0. */
static evenkeel_status open_part(evenkeel_update *u, const uint8_t *bytes, size_t size, const evenkeel_limits *limits, uint32_t tensors,
    uint8_t *drawn, int64_t last, size_t *position) {
    reader in;
    size_t start = *position, end = 0;
    evenkeel_status status = open_format(&in, bytes, start, size, tensors > 0 ? 'U' : 'D', MAX_INT);
    if (status == EVENKEEL_OK) status = read_part_header(&in, u, start, size, limits, tensors > 0, last, &end);
    if (status == EVENKEEL_OK) status = check_frame(&in, &u->frame, bytes, in.position, end, limits);
    if (status == EVENKEEL_OK && tensors > 0) {
        status = check_update(u, tensors, start);
        in.fault = u->frame.fault;
    }
    *position = status == EVENKEEL_OK ? end : in.fault;
    return status == EVENKEEL_OK ? start_frame(&u->frame, drawn) : status;
}

evenkeel_status evenkeel_update_open(evenkeel_update *update, const uint8_t *bytes, size_t size, const evenkeel_limits *limits,
    uint32_t tensors, int64_t last, size_t *position) {
    return open_part(update, bytes, size, limits, tensors > 0 ? tensors : 1, NULL, last, position);
}

evenkeel_status evenkeel_delta_open(evenkeel_update *delta, const uint8_t *bytes, size_t size, const evenkeel_limits *limits,
    uint8_t *drawn, int64_t last, size_t *position) {
    return open_part(delta, bytes, size, limits, 0, drawn, last, position);
}

evenkeel_status evenkeel_stream_header(
    evenkeel_stream *stream, const uint8_t *bytes, size_t size, uint32_t tensors, int64_t last, size_t *position) {
    reader in;
    size_t end = 0;
    evenkeel_status status = open_format(&in, bytes, 0, size, tensors > 0 ? 'U' : 'D', MAX_INT);
    if (status == EVENKEEL_OK)
        status = read_part_header(&in, &stream->part, 0, MAX_INT, &stream->limits, tensors > 0, last, &end);
    *position = status == EVENKEEL_OK ? in.position : in.fault;
    stream->tensors = tensors;
    if (status == EVENKEEL_OK) start_stream(stream, in.position, end - in.position);
    return status;
}

evenkeel_status evenkeel_stream_end(evenkeel_stream *stream, size_t *position) {
    evenkeel_frame *f = &stream->part.frame;
    size_t end = f->base + stream->held, sealed = stream->held - 4;
    evenkeel_status status = stream->status;
    int whole = end - f->start > 4 && evenkeel_crc32c(stream->crc, stream->window, sealed) == read_u32(stream->window + sealed);
    if (stream->is_long) status = blame(f, EVENKEEL_LIMIT_EXCEEDED, f->start);
    else if (end - f->start < stream->size) status = blame(f, EVENKEEL_TRUNCATED, end);
    else status = verdict(f, status, end, whole, stream->ends_sealed > 0);
    if (status == EVENKEEL_OK && stream->tensors > 0) status = check_update(&stream->part, stream->tensors, 0);
    if (position != NULL) *position = f->fault;
    return status;
}

void evenkeel_update_apply(evenkeel_update *update, double *x, double *s, const uint32_t *tensor_sizes) {
    uint32_t j;
    double value;
    if (!update->retained) memset(s, 0, (size_t)update->frame.dimension * sizeof *s);
    while (evenkeel_frame_next(&update->frame, &j, &value)) s[j] = value;
    evenkeel_update_step(update, x, s, tensor_sizes);
}

void evenkeel_update_step(const evenkeel_update *update, double *x, const double *s, const uint32_t *tensor_sizes) {
    uint32_t d = update->frame.dimension, j = 0;
    if (update->factor == 0) return;
    for (uint32_t i = 0; i < update->divisor_count; i++) {
        uint32_t end = update->divisor_count == 1 ? d : j + tensor_sizes[i];
        double divisor = double_of(read_u64(update->divisors + 8 * (size_t)i));
        for (; j < end; j++) x[j] -= update->factor * (s[j] / divisor);
    }
}

void evenkeel_delta_apply(evenkeel_update *delta, float *w) {
    uint32_t j;
    double value;
    while (evenkeel_frame_next(&delta->frame, &j, &value)) w[j] = (float)to_float32((double)w[j] + value);
}

/* FORMAT, "Replica":
 *
 *     byte 3    flags: 1 x is float64, 2 S is present
 *     byte 4    round (u32)
 *     byte 8    dimension (u32)
 *     byte 12   x (f32 or f64 each), S (f64 each), crc (u32)
 */
static double replica_value(const reader *in, uint32_t j, uint32_t d, uint32_t flags, int of_sum, size_t *position) {
    size_t width = flags & 1 || of_sum ? 8 : 4;
    *position = 12 + (of_sum ? (flags & 1 ? 8 : 4) * (size_t)d : 0) + width * j;
    return width == 8 ? double_of(read_u64(in->data + *position)) : float_of(read_u32(in->data + *position));
}

static evenkeel_status check_replica(reader *in, const uint8_t *bytes, size_t size, uint32_t dimension, uint32_t *flags, uint32_t *round) {
    uint32_t d;
    size_t position;
    TRY(open_format(in, bytes, 0, size, 'R', MAX_INT));
    TRY(take_u8(in, flags));
    TRY(take_u32(in, round));
    TRY(take_u32(in, &d));
    uint64_t content = (*flags & 1 ? 8 : 4) * (uint64_t)d + (*flags & 2 ? 8 * (uint64_t)d : 0);
    TRY(need(in, content + 4));
    size_t checksum = in->position + (size_t)content;
    if (!is_sealed(in, 0, checksum)) return refuse(in, EVENKEEL_CORRUPTED, checksum);
    if (in->end > checksum + 4) return refuse(in, EVENKEEL_TRAILING_BYTES, checksum + 4);
    if (*flags & ~3u) return refuse(in, EVENKEEL_NOT_CANONICAL, 3);
    if (*round > MAX_INT) return refuse(in, EVENKEEL_INVALID_VALUE, 4);
    if (d != dimension || d == 0) return refuse(in, EVENKEEL_WRONG_DIMENSION, 8);
    for (int of_sum = 0; of_sum <= (*flags & 2 ? 1 : 0); of_sum++)
        for (uint32_t j = 0; j < d; j++)
            if (!is_finite(replica_value(in, j, d, *flags, of_sum, &position))) return refuse(in, EVENKEEL_INVALID_VALUE, position);
    return EVENKEEL_OK;
}

evenkeel_status evenkeel_replica_read(
    const uint8_t *bytes, size_t size, uint32_t dimension, double *x, double *s, uint32_t *round, size_t *position) {
    reader in;
    uint32_t flags;
    size_t unused;
    in.fault = 0;
    evenkeel_status status = check_replica(&in, bytes, size, dimension, &flags, round);
    if (position != NULL) *position = in.fault;
    /* Converts from the end, so that x and S may overlap the bytes if they begin after the header. */
    for (uint32_t j = dimension; status == EVENKEEL_OK && j-- > 0;)
        s[j] = flags & 2 ? replica_value(&in, j, dimension, flags, 1, &unused) : 0;
    for (uint32_t j = dimension; status == EVENKEEL_OK && j-- > 0;) x[j] = replica_value(&in, j, dimension, flags, 0, &unused);
    return status;
}

/* --------------------------------------------------------------------------------------------------------- compressors -- */

/*
 * The vector to compress: the gradient, the next running mean, STORM's mean, or the gradient plus the unsent remainder or a
 * part of it.
 */
enum { PLAIN, MEAN, CORRECTED, SUM, DECAYING };

/** Returns a coordinate of the kept vector after its update with a gradient. */
static double next_value_of(const evenkeel_source *s, uint32_t j) {
    double fresh = element(s->gradient, j), kept;
    if (s->kind == PLAIN) return fresh;
    kept = element(s->kept, j);
    if (s->kind == CORRECTED) kept -= element(s->gradient, s->dimension + j);
    if (s->kind == MEAN) fresh *= s->eta;
    return fresh + (s->kind == SUM ? kept : kept * s->keep);
}

/** Returns a coordinate of the vector to compress, clamped to float64's range. */
static double source_value(const evenkeel_sparse *v, uint32_t j) {
    double value = next_value_of(&v->source, j);
    if (v->source.minus.values != NULL) value -= element(v->source.minus, j);
    return is_finite(value) ? value : with_sign(DBL_MAX, is_negative(value));
}

static uint32_t coordinate_of(const evenkeel_sparse *v, uint32_t i) {
    switch (v->support) {
    case EVENKEEL_LISTED: return v->numbers[i];
    case EVENKEEL_SEEDED: return v->coordinates[i];
    case EVENKEEL_BLOCKS: return v->numbers[i / v->block_length] * v->block_length + i % v->block_length;
    default: return i;
    }
}

/* FORMAT, "Rounding to a coding". */
static double to_bf16(double value) {
    if (magnitude_of(value) < (double)FLT_MIN) { /* to a multiple of 2^-133, by the addition of 1.5 * 2^52 units */
        double shift = 6755399441055744.0, units = value * power_of_two(133);
        return with_sign(magnitude_of(((units + shift) - shift) * power_of_two(-133)), is_negative(value));
    }
    uint64_t bits = bits_of(value), even = bits >> 45 & 1;
    double rounded = double_of((bits + (((uint64_t)1 << 44) - 1) + even) & ~(((uint64_t)1 << 45) - 1));
    double most = float_of(0x7F7F0000u);
    return magnitude_of(rounded) <= most ? rounded : with_sign(most, value < 0);
}

static double to_power_of_two(double value) {
    if (value == 0) return 0;
    double magnitude = magnitude_of(value), lower = power_of_two(exponent_of(magnitude));
    int up = magnitude - lower > lower / 2 && lower < power_of_two(1023);
    return with_sign(up ? 2 * lower : lower, value < 0);
}

static double rounded(const evenkeel_sparse *v, double value) {
    switch (v->coding) {
    case EVENKEEL_CODING_FLOAT64: return value;
    case EVENKEEL_CODING_FLOAT32: return to_float32(value);
    case EVENKEEL_CODING_BF16: return to_bf16(value);
    case EVENKEEL_CODING_NATURAL: value = to_power_of_two(value); return magnitude_of(value) < v->scale ? 0 : value;
    case EVENKEEL_CODING_SIGN: return with_sign(v->scale, value < 0 && v->scale > 0);
    default: {
        double magnitude = magnitude_of(value);
        double level = magnitude == v->largest ? v->log.largest : log_magnitude(&v->log, log_level(&v->log, magnitude));
        return with_sign(level, is_negative(value));
    }
    }
}

double evenkeel_sparse_value(const evenkeel_sparse *vector, uint32_t i) {
    return vector->values != NULL ? vector->values[i] : rounded(vector, source_value(vector, coordinate_of(vector, i)));
}

/** Computes the parameter of the rounding: the largest value, or the mean. */
static void find_scale(evenkeel_sparse *v) {
    double sum = 0;
    v->largest = v->scale = 0;
    if (v->coding <= EVENKEEL_CODING_BF16) return;
    for (uint32_t i = 0; i < v->count; i++) v->largest = larger(v->largest, magnitude_of(source_value(v, coordinate_of(v, i))));
    if (v->coding == EVENKEEL_CODING_NATURAL) v->scale = to_power_of_two(v->largest) * power_of_two(-126);
    else if (v->coding == EVENKEEL_CODING_SIGN) {
        for (uint32_t i = 0; i < v->count && v->largest > 0; i++) sum += magnitude_of(source_value(v, coordinate_of(v, i))) / v->largest;
        v->scale = v->count > 0 ? to_float32(sum / v->count * v->largest) : 0;
    } else log_scale_start(&v->log, v->coding, to_float32(v->largest));
}

/** Omits listed values that are zero or round to zero. */
static void drop_zeros(evenkeel_sparse *v, uint32_t *numbers) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < v->count; i++)
        if (evenkeel_sparse_value(v, i) != 0) numbers[kept++] = numbers[i];
    v->count = kept;
}

static double sum_of_squares(const evenkeel_sparse *v, uint32_t start, uint32_t stop, double scale, double half, double rest) {
    double sum = 0;
    for (uint32_t j = start; j < stop; j++) {
        double value = source_value(v, j) * scale * half * rest;
        sum += value * value;
    }
    return sum;
}

/**
 * Returns the norm of a part of the source times `scale`. If its square leaves float64's range, it is computed from
 * scaled values.
 */
static double norm_of(const evenkeel_sparse *v, uint32_t start, uint32_t stop, double scale) {
    double sum = sum_of_squares(v, start, stop, scale, 1, 1), most = 0;
    if (sum > power_of_two(-900) && is_finite(sum)) return sqrt(sum);
    for (uint32_t j = start; j < stop; j++) most = larger(most, magnitude_of(source_value(v, j) * scale));
    if (most == 0 || !is_finite(most)) return most;
    int exponent = exponent_of(most) > -1023 ? exponent_of(most) : -1023, first = exponent / 2;
    double half = power_of_two(-first), rest = power_of_two(first - exponent);
    return sqrt(sum_of_squares(v, start, stop, scale, half, rest)) * power_of_two(exponent);
}

double evenkeel_norm(evenkeel_vector values, uint32_t dimension) {
    evenkeel_sparse v;
    memset(&v.source, 0, sizeof v.source);
    v.source.gradient = values;
    return norm_of(&v, 0, dimension, 1);
}

/*
 * Selection by keys. A key is a magnitude's bits, which sort like the magnitudes. Computing keys is expensive if
 * float64 is emulated in software. So a sample gives a threshold that slightly more than `count` keys are likely to
 * reach, and only these keys are examined again. A misleading sample costs a pass, but never changes the result.
 */
#define SAMPLE 2048u

/** The keys to select from: of block norms, of the coordinates from `start` on, or of candidates among these. */
typedef struct key_set {
    const evenkeel_sparse *v;
    const double *norms;
    const uint32_t *candidates;
    uint32_t start, size;
} key_set;

static uint32_t number_at(const key_set *k, uint32_t i) { return k->candidates != NULL ? k->candidates[i] : k->start + i; }

static uint64_t key_at(const key_set *k, uint32_t i) {
    uint32_t j = number_at(k, i);
    return bits_of(k->norms != NULL ? k->norms[j] : magnitude_of(source_value(k->v, j)));
}

/** Returns the maximum number of candidates in a selection of `count` out of `size`. */
static uint64_t candidates_of(uint64_t count, uint64_t size) { return 3 * count + 64 < size ? 3 * count + 64 : size; }

/**
 * Finds the `left`-th largest of every `stride`-th key by a radix selection and returns its upper bits. Stops after the
 * digit at `lowest`, or once all keys with the digits so far are selected. Sets `left` to the number of selected keys
 * among those with these digits.
 */
static uint64_t find_threshold(const key_set *k, uint32_t stride, uint32_t lowest, uint32_t *left, uint64_t *mask) {
    uint32_t counts[256], digit;
    uint64_t prefix = 0;
    *mask = 0;
    for (uint32_t shift = 56;; shift -= 8) {
        memset(counts, 0, sizeof counts);
        for (uint32_t i = 0; i < k->size; i += stride) {
            uint64_t key = key_at(k, i);
            if ((key & *mask) == prefix) counts[key >> shift & 255]++;
        }
        for (digit = 255; counts[digit] < *left && digit > 0; digit--) *left -= counts[digit];
        prefix |= (uint64_t)digit << shift;
        *mask |= (uint64_t)255 << shift;
        if (counts[digit] <= *left || shift == lowest) return prefix;
    }
}

/** Narrows the keys down to candidates, stored in `numbers`, if a sample yields a suitable threshold. */
static void find_candidates(key_set *k, uint32_t count, uint32_t *numbers) {
    uint32_t stride = k->size / SAMPLE, found = 0, room = (uint32_t)candidates_of(count, k->size);
    uint64_t mask;
    if (stride < 2) return;
    uint32_t expected = count / stride, rank = expected + 3 * (uint32_t)sqrt((double)expected) + 3;
    if (rank >= k->size / stride) return;
    uint64_t bar = find_threshold(k, stride, 48, &rank, &mask);
    for (uint32_t i = 0; i < k->size; i++)
        if (key_at(k, i) >= bar) {
            if (found == room) return;
            numbers[found++] = number_at(k, i);
        }
    if (found < count) return;
    k->candidates = numbers;
    k->size = found;
}

/**
 * Writes the numbers of the `count` largest keys from `start` to `stop` - 1 in ascending order. Omits zero keys; of
 * equal keys, prefers the lower numbers.
 *
 * @param numbers with room for `candidates_of` numbers, or for `count` if `norms` is not NULL
 */
static uint32_t select_largest(
    const evenkeel_sparse *v, const double *norms, uint32_t start, uint32_t stop, uint32_t count, uint32_t *numbers) {
    key_set k = {v, norms, NULL, start, stop - start};
    uint32_t left = count, found = 0;
    uint64_t mask;
    if (norms == NULL) find_candidates(&k, count, numbers);
    uint64_t threshold = find_threshold(&k, 1, 0, &left, &mask);
    for (uint32_t i = 0; i < k.size; i++) {
        uint64_t key = key_at(&k, i);
        if (key == 0 || (key & mask) < threshold || ((key & mask) == threshold && left == 0)) continue;
        left -= (key & mask) == threshold;
        numbers[found++] = number_at(&k, i);
    }
    return found;
}

/** Rounds half up. Does not add 0.5, because the addition itself could round. */
static uint32_t amount_of(const evenkeel_compressor *c, uint32_t total) {
    if (c->share <= 0) return c->count;
    double amount = c->share * total;
    uint32_t whole = (uint32_t)amount;
    whole += amount - whole >= 0.5;
    return whole > 0 ? whole : 1;
}

static void select_blocks(const evenkeel_compressor *c, evenkeel_sparse *v, double *norms, uint32_t *numbers) {
    uint32_t total = (uint32_t)ceil_div(c->dimension, c->block_length);
    double scale = 1;
    int in_range;
    do {
        in_range = 1;
        for (uint32_t i = 0; i < total; i++) {
            uint64_t stop = ((uint64_t)i + 1) * c->block_length;
            norms[i] = norm_of(v, i * c->block_length, stop < c->dimension ? (uint32_t)stop : c->dimension, scale);
            in_range &= is_finite(norms[i]);
        }
        scale = power_of_two(-16); /* brings the norm of 2^31 of the largest float64 into range */
    } while (!in_range);
    v->support = EVENKEEL_BLOCKS;
    v->block_length = c->block_length;
    v->number_count = select_largest(v, norms, 0, total, c->count, numbers);
    int last = v->number_count > 0 && numbers[v->number_count - 1] == total - 1;
    v->count = (uint32_t)block_coordinates(c->dimension, c->block_length, v->number_count, last);
}

static void select_layers(const evenkeel_compressor *c, evenkeel_sparse *v, uint32_t *numbers) {
    uint32_t start = 0, tensors = c->selection == EVENKEEL_LAYER_TOP_K ? c->tensors : 1;
    v->count = 0;
    for (uint32_t i = 0; i < tensors; i++) {
        uint32_t size = c->selection == EVENKEEL_LAYER_TOP_K ? c->tensor_sizes[i] : c->dimension;
        v->count += select_largest(v, NULL, start, start + size, amount_of(c, size), numbers + v->count);
        start += size;
    }
}

static void select_drawn(const evenkeel_compressor *c, evenkeel_sparse *v, uint64_t seed, uint32_t *numbers) {
    uint8_t *drawn = (uint8_t *)(numbers + c->max_count);
    uint32_t found = 0;
    draw_support(c->dimension, c->max_count, seed, drawn);
    for (uint32_t j = 0; j < c->dimension; j++)
        if (has_bit(drawn, j)) numbers[found++] = j;
    v->support = EVENKEEL_SEEDED;
    v->seed = seed;
    v->coordinates = numbers;
    v->count = found;
}

static void select_above(const evenkeel_compressor *c, evenkeel_sparse *v, uint32_t *numbers) {
    v->count = 0;
    for (uint32_t j = 0; j < c->dimension; j++)
        if (magnitude_of(source_value(v, j)) >= c->bound) numbers[v->count++] = j;
}

/** The memory of a compressor: block norms, numbers, and a bit for each coordinate to draw from. */
static uint64_t norms_bytes(const evenkeel_compressor *c) {
    return c->selection == EVENKEEL_BLOCK_TOP_K ? 8 * ceil_div(c->dimension, c->block_length) : 0;
}

size_t evenkeel_compress_memory(const evenkeel_compressor *c) {
    int selects = c->selection == EVENKEEL_TOP_K || c->selection == EVENKEEL_LAYER_TOP_K;
    uint64_t numbers = selects ? candidates_of(c->max_count, c->dimension) : c->selection == EVENKEEL_IDENTITY ? 0 : c->max_count;
    if (c->selection == EVENKEEL_BLOCK_TOP_K) numbers = c->count;
    uint64_t drawn = c->selection == EVENKEEL_RAND_K ? ceil_div(c->dimension, 8) : 0;
    return fitting(norms_bytes(c) + 4 * numbers + drawn);
}

size_t evenkeel_message_bound(const evenkeel_compressor *c) {
    uint64_t header = MESSAGE_FIXED + 8 * 3 + 1 + EVENKEEL_MAX_METRICS * 73 + 4, frame = 13 + 8 + 4;
    uint64_t values = 2 + (uint64_t)c->max_count * value_width(c->coding);
    if (c->coding == EVENKEEL_CODING_SIGN) values = 4 + ceil_div(c->max_count, 8);
    if (c->coding >= EVENKEEL_CODING_LOG4) values = 6 + EVENKEEL_LOG_SYMBOLS + ceil_div((uint64_t)(MAX_CODE + 1) * c->max_count, 8);
    return fitting(header + frame + 1 + ceil_div(c->dimension, 8) + values);
}

static evenkeel_status compress(const evenkeel_compressor *c, uint64_t seed, void *memory, evenkeel_sparse *v, size_t *position) {
    double *norms = (double *)memory;
    uint32_t *numbers = (uint32_t *)(void *)((uint8_t *)memory + norms_bytes(c));
    uint32_t given = v->source.kind == CORRECTED ? 2 * c->dimension : c->dimension;
    for (uint32_t j = 0; j < given; j++)
        if (!is_finite_at(v->source.gradient, j)) {
            if (position != NULL) *position = j;
            return EVENKEEL_NOT_FINITE;
        }
    v->dimension = v->count = c->dimension;
    v->coding = c->coding;
    v->support = c->selection == EVENKEEL_IDENTITY ? EVENKEEL_EVERY : EVENKEEL_LISTED;
    v->numbers = numbers;
    v->values = NULL;
    v->block_length = 1;
    if (c->selection == EVENKEEL_BLOCK_TOP_K) select_blocks(c, v, norms, numbers);
    else if (c->selection == EVENKEEL_RAND_K) select_drawn(c, v, seed, numbers);
    else if (c->selection == EVENKEEL_THRESHOLD) select_above(c, v, numbers);
    else if (c->selection != EVENKEEL_IDENTITY) select_layers(c, v, numbers);
    find_scale(v);
    if (v->support == EVENKEEL_LISTED) drop_zeros(v, numbers);
    return EVENKEEL_OK;
}

evenkeel_status evenkeel_compress(const evenkeel_compressor *compressor, evenkeel_vector gradient, const evenkeel_vector *minus,
    uint64_t seed, void *memory, evenkeel_sparse *vector, size_t *position) {
    memset(vector, 0, sizeof *vector);
    vector->source.gradient = gradient;
    if (minus != NULL) vector->source.minus = *minus;
    return compress(compressor, seed, memory, vector, position);
}

/* Text: compressors and schedules in plans. */

/** A part of a text. */
typedef struct span {
    const char *text;
    size_t size;
} span;

static int equals(span s, const char *word) { return s.size == strlen(word) && memcmp(s.text, word, s.size) == 0; }

/** Removes the part before the next `mark`, or the whole text if there is none, and returns it. */
static span cut_off(span *rest, char mark) {
    span part = {rest->text, 0};
    while (part.size < rest->size && part.text[part.size] != mark) part.size++;
    size_t cut = part.size < rest->size ? part.size + 1 : part.size;
    rest->text += cut;
    rest->size -= cut;
    return part;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/** Reads an integer of 0 to 2^31 - 1; returns 0 for anything else. */
static int read_integer(span s, uint32_t *value) {
    uint64_t read = 0;
    for (size_t i = 0; i < s.size; i++) {
        if (!is_digit(s.text[i])) return 0;
        read = read * 10 + (uint64_t)(s.text[i] - '0');
        if (read > MAX_INT) return 0;
    }
    *value = (uint32_t)read;
    return s.size > 0;
}

enum { MAX_DIGITS = 80 };

/** Appends the digits at the front of a text; returns their total number, MAX_DIGITS + 1 if there are too many. */
static int read_digits(span *s, uint8_t *digits, int count) {
    for (; s->size > 0 && is_digit(*s->text); s->text++, s->size--) {
        if (count == MAX_DIGITS) return MAX_DIGITS + 1;
        digits[count++] = (uint8_t)(*s->text - '0');
    }
    return count;
}

/** Reads an exponent such as e-9 to the end of a text; returns 0 for any other text. */
static int read_exponent(span s, int *point) {
    uint32_t power = 0;
    if (s.size == 0) return 1;
    if (*s.text != 'e' && *s.text != 'E') return 0;
    int negative = s.size > 1 && s.text[1] == '-';
    span number = {s.text + 1 + negative, s.size - 1 - (size_t)negative};
    if (!read_integer(number, &power) || power > 400) return 0;
    *point += negative ? -(int)power : (int)power;
    return 1;
}

/** Doubles a decimal fraction given by its digits, drops trailing zeros, and returns the carry before the decimal point. */
static uint32_t double_fraction(uint8_t *digits, int *count) {
    uint32_t carry = 0;
    for (int i = *count; i-- > 0;) {
        uint32_t twice = 2u * digits[i] + carry;
        carry = twice >= 10;
        digits[i] = (uint8_t)(twice - 10 * carry);
    }
    while (*count > 0 && digits[*count - 1] == 0) --*count;
    return carry;
}

/**
 * Reads an unsigned decimal such as 3, 0.01 or 1.5e-9 bit by bit, rounded to nearest. The decimal must be below 2^59
 * and have at most 80 digits.
 */
static int read_decimal(span s, double *value) {
    uint8_t digits[2 * MAX_DIGITS];
    uint64_t whole = 0;
    int count = read_digits(&s, digits, 0), point = count, exponent = 0;
    if (count > 0 && s.size > 0 && *s.text == '.') {
        s.text++;
        s.size--;
        count = read_digits(&s, digits, count);
        if (count == point) return 0;
    }
    if (count == 0 || count > MAX_DIGITS || !read_exponent(s, &point) || point < -MAX_DIGITS) return 0;
    for (int i = 0; i < point; i++) {
        if (whole >= (uint64_t)1 << 59) return 0;
        whole = whole * 10 + (i < count ? digits[i] : 0u);
    }
    int zeros = point < 0 ? -point : 0, taken = point < 0 ? 0 : point < count ? point : count;
    count -= taken;
    memmove(digits + zeros, digits + taken, (size_t)count);
    memset(digits, 0, (size_t)zeros);
    count += zeros;
    while (count > 0 && digits[count - 1] == 0) count--;
    for (; whole >> 53 == 0 && count > 0; exponent--) whole = whole << 1 | double_fraction(digits, &count);
    int inexact = count > 0;
    for (; whole >> 54 != 0; whole >>= 1, exponent++) inexact |= (int)(whole & 1);
    if (whole >> 53 != 0) { /* 54 bits; the last one is half a unit */
        int half = (int)(whole & 1);
        whole >>= 1;
        exponent++;
        whole += half && (inexact || (whole & 1));
    }
    *value = (double)whole * power_of_two(exponent);
    return 1;
}

static int read_amount(evenkeel_compressor *c, span text) {
    c->share = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.text[i] == '.') return read_decimal(text, &c->share) && c->share > 0 && c->share <= 1;
    return read_integer(text, &c->count) && c->count > 0;
}

static int read_coding(evenkeel_compressor *c, span text) {
    static const char *const names[] = {"float32", "float64", "bf16", "natural", "sign", "log:4", "log:5", "log:6", "log:7", "log:8"};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
        if (equals(text, names[i])) {
            c->coding = (evenkeel_coding)i;
            return 1;
        }
    return 0;
}

static int read_selection(evenkeel_compressor *c, span text) {
    static const char *const names[] = {"identity", "top-k", "rand-k", "block-top-k", "layer-top-k", "threshold"};
    span rest = text, name = cut_off(&rest, ':');
    uint32_t i = 0;
    while (i < sizeof names / sizeof *names && !equals(name, names[i])) i++;
    c->selection = (evenkeel_selection)i;
    if (i == EVENKEEL_IDENTITY) return text.size == name.size;
    if (i == EVENKEEL_THRESHOLD) return read_decimal(rest, &c->bound) && c->bound > 0;
    if (i == EVENKEEL_BLOCK_TOP_K && !(read_integer(cut_off(&rest, ':'), &c->block_length) && c->block_length > 0)) return 0;
    return i < sizeof names / sizeof *names && read_amount(c, rest);
}

/** Converts amounts to counts; returns 0 if one is larger than the total. */
static int bind(evenkeel_compressor *c) {
    uint32_t total = c->dimension;
    c->max_count = c->dimension;
    if (c->selection == EVENKEEL_IDENTITY || c->selection == EVENKEEL_THRESHOLD) return 1;
    if (c->selection == EVENKEEL_LAYER_TOP_K) {
        c->max_count = 0;
        for (uint32_t i = 0; i < c->tensors; i++) {
            uint32_t count = amount_of(c, c->tensor_sizes[i]);
            if (count > c->tensor_sizes[i]) return 0;
            c->max_count += count;
        }
        return 1;
    }
    if (c->selection == EVENKEEL_BLOCK_TOP_K) {
        if (c->block_length > c->dimension) return 0;
        total = (uint32_t)ceil_div(c->dimension, c->block_length);
    }
    uint32_t count = amount_of(c, total);
    if (count > total) return 0;
    c->count = count;
    if (c->selection != EVENKEEL_BLOCK_TOP_K) c->max_count = count;
    else c->max_count = count == total ? c->dimension : count * c->block_length;
    return 1;
}

evenkeel_status evenkeel_compressor_read(
    evenkeel_compressor *compressor, const char *text, const uint32_t *tensor_sizes, uint32_t tensors) {
    span rest = {text, strlen(text)}, all = rest, selection = cut_off(&rest, '+');
    uint64_t dimension = 0;
    memset(compressor, 0, sizeof *compressor);
    for (uint32_t i = 0; i < tensors; i++) dimension += tensor_sizes[i];
    if (dimension < 1 || dimension > MAX_INT) return EVENKEEL_INVALID_ARGUMENT;
    compressor->dimension = (uint32_t)dimension;
    compressor->tensor_sizes = tensor_sizes;
    compressor->tensors = tensors;
    int has_coding = selection.size < all.size;
    int alone = !has_coding && (equals(all, "natural") || equals(all, "sign") || (all.size > 4 && memcmp(text, "log:", 4) == 0));
    int known = alone ? read_coding(compressor, all) : read_selection(compressor, selection);
    if (known && has_coding) known = read_coding(compressor, rest);
    return known && bind(compressor) ? EVENKEEL_OK : EVENKEEL_UNKNOWN_COMPRESSOR;
}

/* ------------------------------------------------------------------------------------------------------------ feedback -- */

evenkeel_status evenkeel_method_read(const char *name, evenkeel_method *method) {
    static const char *const names[] = {"ef21", "ef21-momentum", "ef21-igt", "ef14", "none", "ef21-storm", "ef14-decay"};
    span text = {name, strlen(name)};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
        if (equals(text, names[i])) {
            *method = (evenkeel_method)i;
            return EVENKEEL_OK;
        }
    return EVENKEEL_UNSUPPORTED_PLAN;
}

static int keeps_model(evenkeel_method method) { return method == EVENKEEL_EF21_IGT || method == EVENKEEL_EF21_STORM; }
static int has_mean(evenkeel_method method) { return method == EVENKEEL_EF21_MOMENTUM || keeps_model(method); }
static int has_sum(evenkeel_method method) { return method == EVENKEEL_EF21 || has_mean(method); } /* the coordinator keeps the sum of g_i */
static int has_rest(evenkeel_method method) { return method == EVENKEEL_EF14 || method == EVENKEEL_EF14_DECAY; }
static int uses_eta(evenkeel_method method) { return has_mean(method) || method == EVENKEEL_EF14_DECAY; }
static int needs_gradient(evenkeel_method method) { return has_mean(method) || has_rest(method); } /* to commit */
static uint64_t type_bytes(evenkeel_type type) { return type == EVENKEEL_FLOAT64 ? 8 : 4; }

size_t evenkeel_feedback_memory(evenkeel_method method, uint32_t dimension, evenkeel_type type) {
    uint64_t vectors = method == EVENKEEL_NO_FEEDBACK ? 0 : has_mean(method) ? 2 : 1;
    return fitting(dimension * (vectors * type_bytes(type) + (keeps_model(method) ? 4 : 0)));
}

void evenkeel_feedback_start(evenkeel_feedback *feedback, evenkeel_method method, uint32_t dimension, evenkeel_type type, void *memory) {
    uint8_t *next = (uint8_t *)memory;
    size_t bytes = (size_t)(dimension * type_bytes(type));
    memset(feedback, 0, sizeof *feedback);
    if (method != EVENKEEL_NO_FEEDBACK) memset(memory, 0, evenkeel_feedback_memory(method, dimension, type));
    feedback->method = method;
    feedback->dimension = dimension;
    feedback->g.type = feedback->mean.type = type;
    if (method != EVENKEEL_NO_FEEDBACK) feedback->g.values = next;
    if (has_mean(method)) feedback->mean.values = next + bytes;
    if (keeps_model(method)) feedback->model = (float *)(void *)(next + 2 * bytes);
}

/* Implicit gradient transport: model + ((1 - eta)/eta) (model - x); Sadiev et al., arXiv 2511.14501. */
void evenkeel_feedback_point(const evenkeel_feedback *feedback, const float *model, double eta, float *point) {
    int moves = feedback->method == EVENKEEL_EF21_IGT && feedback->started;
    for (uint32_t j = 0; j < feedback->dimension; j++) {
        double now = (double)model[j];
        if (moves) now += (now - (double)feedback->model[j]) * ((1 - eta) / eta);
        point[j] = (float)to_float32(now);
    }
}

/*
 *     EF21            sends C(gradient - g)           g += message     Richtarik, Sokolov, Fatkhullin 2021; arXiv 2410.16871
 *     EF21 momentum   sends C(m' - g)                 g += message, m = m' = (1 - eta) m + eta gradient; the first m is the gradient
 *     EF21-IGT        as momentum, with the gradient at evenkeel_feedback_point; x = model
 *     EF21-STORM      as momentum, but m' = gradient + (1 - eta) (m - second gradient, at x); x = model       arXiv 2511.14501
 *     EF14            sends C(e + gradient)           e += gradient - message                    Seide et al., Interspeech 2014
 *     EF14 decay      sends C(eta e + gradient)       e = eta e + gradient - message             SparseLoCo, arXiv 2508.15706
 *     none            sends C(gradient)
 */
static evenkeel_source source_of(const evenkeel_feedback *feedback, evenkeel_vector gradient, double eta) {
    evenkeel_source source;
    memset(&source, 0, sizeof source);
    source.gradient = gradient;
    source.eta = eta;
    source.keep = feedback->method == EVENKEEL_EF14_DECAY ? eta : 1 - eta;
    source.dimension = feedback->dimension;
    source.kept = has_rest(feedback->method) ? feedback->g : feedback->mean;
    if (has_mean(feedback->method) && feedback->started) source.kind = feedback->method == EVENKEEL_EF21_STORM ? CORRECTED : MEAN;
    else if (has_rest(feedback->method)) source.kind = feedback->method == EVENKEEL_EF14 ? SUM : DECAYING;
    return source;
}

evenkeel_status evenkeel_feedback_stage(const evenkeel_feedback *feedback, const evenkeel_compressor *compressor, evenkeel_vector gradient,
    double eta, uint64_t seed, void *memory, evenkeel_sparse *vector, size_t *position) {
    memset(vector, 0, sizeof *vector);
    if (uses_eta(feedback->method) && !(eta > 0 && eta <= 1)) return EVENKEEL_INVALID_ARGUMENT;
    vector->source = source_of(feedback, gradient, eta);
    if (has_sum(feedback->method)) vector->source.minus = feedback->g;
    return compress(compressor, seed, memory, vector, position);
}

void evenkeel_feedback_commit(
    evenkeel_feedback *feedback, evenkeel_frame *frame, evenkeel_vector gradient, double eta, const float *model) {
    evenkeel_source source = source_of(feedback, gradient, eta);
    uint32_t j;
    double value;
    if (feedback->model != NULL) memcpy(feedback->model, model, feedback->dimension * sizeof *model);
    uint32_t changed = needs_gradient(feedback->method) ? feedback->dimension : 0;
    for (j = 0; j < changed; j++) set_element(source.kept, j, next_value_of(&source, j));
    double sign = has_rest(feedback->method) ? -1 : 1;
    while (feedback->g.values != NULL && evenkeel_frame_next(frame, &j, &value))
        set_element(feedback->g, j, element(feedback->g, j) + sign * value);
    feedback->started = 1;
}

/*
 * x^y for x from 1 to 2^32 and y from -1 to 0, bit-identical to Java's StrictMath.pow, which is e_pow.c of fdlibm 5.3:
 * "Developed at SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is
 * freely granted, provided that this notice is preserved." Copyright (C) 1993-2004 by Sun Microsystems, Inc. All rights
 * reserved.
 */
static uint32_t word_of(double value) { return (uint32_t)(bits_of(value) >> 32) & MAX_INT; }
static double high_half(double value) { return double_of(bits_of(value) & 0xFFFFFFFF00000000u); }

static double polynomial(const double *coefficients, int count, double x) {
    double value = coefficients[count - 1];
    for (int i = count - 2; i >= 0; i--) value = coefficients[i] + x * value;
    return value;
}

/** Returns log2(x) as the sum of a short high part and a low part. */
static double log2_of(double x, double *low) {
    static const double series[] = {5.99999999999994648725e-01, 4.28571428578550184252e-01, 3.33333329818377432918e-01,
        2.72728123808534006489e-01, 2.30660745775561754067e-01, 2.06975017800338417784e-01};
    static const double log_high[] = {0.0, 5.84962487220764160156e-01}, log_low[] = {0.0, 1.35003920212974897128e-08};
    const double cp = 9.61796693925975554329e-01, cp_high = 9.61796700954437255859e-01, cp_low = -7.02846165095275826516e-09;
    int n = exponent_of(x);
    x *= power_of_two(-n);
    uint32_t bits = word_of(x) & 0xFFFFF, k = bits > 0x3988E && bits < 0xBB67A;
    if (bits >= 0xBB67A) {
        x /= 2;
        n++;
    }
    double near = k ? 1.5 : 1.0, u = x - near, v = 1 / (x + near), s = u * v, s_high = high_half(s);
    uint32_t word = (word_of(x) >> 1 | 0x20000000u) + 0x00080000u + (k << 18);
    double sum_high = double_of((uint64_t)word << 32), sum_low = x - (sum_high - near);
    double s_low = v * ((u - s_high * sum_high) - s_high * sum_low);
    double square = s * s, rest = square * square * polynomial(series, 6, square) + s_low * (s_high + s);
    square = s_high * s_high;
    double t_high = high_half(3.0 + square + rest), t_low = rest - ((t_high - 3.0) - square);
    u = s_high * t_high;
    v = s_low * t_high + t_low * s;
    double p_high = high_half(u + v), p_low = v - (p_high - u);
    double z_high = cp_high * p_high, z_low = cp_low * p_high + p_low * cp + log_low[k];
    double high = high_half(((z_high + z_low) + log_high[k]) + n);
    *low = z_low - (((high - n) - log_high[k]) - z_high);
    return high;
}

/** Returns 2^(high + low), for a sum of -32 to 0. */
static double exp2_of(double high, double low) {
    static const double series[] = {1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05,
        -1.65339022054652515390e-06, 4.13813679705723846039e-08};
    const double ln2 = 6.93147180559945286227e-01, ln2_high = 6.93147182464599609375e-01, ln2_low = -1.90465429995776804525e-09;
    double total = low + high;
    int n = 0;
    if (word_of(total) > 0x3FE00000) {
        n = (int)(total - 0.5);
        high -= n;
    }
    double t = high_half(low + high), u = t * ln2_high, v = (low - (t - high)) * ln2 + t * ln2_low, z = u + v, w = v - (z - u);
    double square = z * z, t1 = z - square * polynomial(series, 5, square), r = (z * t1) / (t1 - 2.0) - (w + z * w);
    return (1.0 - (r - z)) * power_of_two(n);
}

static double power_of(double base, double exponent) {
    double low, high, head;
    if (exponent == 0 || base == 1) return 1;
    if (exponent == -1) return 1 / base;
    high = log2_of(base, &low);
    head = high_half(exponent);
    return exp2_of(head * high, (exponent - head) * high + exponent * low);
}

evenkeel_status evenkeel_schedule(const char *text, uint32_t round, uint32_t horizon, double *value) {
    span rest = {text, strlen(text)}, all = rest, name = cut_off(&rest, ':');
    double largest = 0, power = 0, factor = 1;
    uint32_t rounds = 1;
    int depends = equals(name, "horizon") || equals(name, "anytime"), rises = equals(name, "warmup");
    span number = depends || rises || equals(name, "constant") ? cut_off(&rest, ':') : all;
    int known = read_decimal(number, &largest) && largest > 0;
    if (depends) known = known && read_decimal(rest, &power) && power <= 1;
    else if (rises) known = known && read_integer(rest, &rounds) && rounds > 0;
    else if (number.text != all.text) known = known && rest.size == 0;
    if (!known) return EVENKEEL_UNSUPPORTED_PLAN;
    if (depends) factor = power_of((double)(equals(name, "horizon") ? horizon : round) + 1, -power);
    else if (round < rounds) factor = ((double)round + 1) / rounds;
    *value = largest * factor;
    return EVENKEEL_OK;
}

/* ------------------------------------------------------------------------------------------------------------- storage -- */

/* A slot, whose checksum shows whether it was written completely:
 *
 *     byte 0    "EKC1" for credentials, "EKS1" for a state
 *     byte 4    generation (u32), from 1
 *     byte 8    size with the checksums (u32)
 *     byte 12   crc of the header (u32)
 *     byte 16   content
 *               crc of all (u32)
 *
 * Of two complete slots, the one with the later generation is valid; the other one is overwritten next. A state is
 * saved once per round, with the message that is about to be sent. If power fails after the receipt arrives, the device
 * learns from its membership, or by sending the message again, that the coordinator has the message.
 */
#define CREDENTIALS_AREA 0u
#define STATE_AREA 2u
#define SLOT_HEADER 16u
#define CHUNK 128u
#define CREDENTIALS_MAGIC 0x31434B45u
#define STATE_MAGIC 0x31534B45u

typedef struct slot {
    const evenkeel_storage *storage;
    uint32_t area, crc;
    size_t offset;
    int failed;
} slot;

static void slot_put(slot *to, const void *bytes, size_t size) {
    if (size > 0 && !to->failed) to->failed = to->storage->write(to->storage->context, to->area, to->offset, bytes, size) != 0;
    to->crc = evenkeel_crc32c(to->crc, bytes, size);
    to->offset += size;
}

static void slot_begin(slot *to, const evenkeel_storage *storage, uint32_t area, uint32_t magic, uint32_t generation, size_t size) {
    uint8_t header[SLOT_HEADER];
    slot begun = {storage, area, 0, 0, 0};
    *to = begun;
    to->failed = storage->erase(storage->context, area) != 0;
    write_number(header, magic, 4);
    write_number(header + 4, generation, 4);
    write_number(header + 8, size, 4);
    write_number(header + 12, evenkeel_crc32c(0, header, 12), 4);
    slot_put(to, header, sizeof header);
}

static evenkeel_status slot_end(slot *to) {
    uint8_t crc[4];
    write_number(crc, to->crc, 4);
    slot_put(to, crc, sizeof crc);
    if (!to->failed) to->failed = to->storage->sync(to->storage->context, to->area) != 0;
    return to->failed ? EVENKEEL_STORAGE_FAILED : EVENKEEL_OK;
}

/** Writes numbers of 4 or 8 bytes in little-endian order. */
static void slot_put_values(slot *to, const void *values, uint32_t count, uint32_t width) {
    const uint8_t *from = (const uint8_t *)values;
    uint8_t chunk[CHUNK];
    while (count > 0) {
        uint32_t part = count < CHUNK / width ? count : CHUNK / width;
        for (uint32_t i = 0; i < part; i++, from += width) {
            uint32_t narrow = 0;
            uint64_t wide = 0;
            if (width == 4) memcpy(&narrow, from, 4);
            else memcpy(&wide, from, 8);
            write_number(chunk + (size_t)i * width, width == 4 ? narrow : wide, width);
        }
        slot_put(to, chunk, (size_t)part * width);
        count -= part;
    }
}

/** Converts little-endian numbers of 4 or 8 bytes to the machine's byte order, in place. */
static void from_little_endian(void *values, size_t count, uint32_t width) {
    uint8_t *p = (uint8_t *)values;
    for (; count > 0; count--, p += width) {
        uint32_t narrow = read_u32(p);
        uint64_t wide = width == 8 ? read_u64(p) : 0;
        if (width == 4) memcpy(p, &narrow, 4);
        else memcpy(p, &wide, 8);
    }
}

static evenkeel_status slot_get(slot *from, void *bytes, size_t size) {
    if (size > 0 && from->storage->read(from->storage->context, from->area, from->offset, bytes, size) != 0) return EVENKEEL_STORAGE_FAILED;
    from->offset += size;
    return EVENKEEL_OK;
}

static evenkeel_status slot_get_values(slot *from, void *values, uint32_t count, uint32_t width) {
    TRY(slot_get(from, values, (size_t)count * width));
    from_little_endian(values, count, width);
    return EVENKEEL_OK;
}

static int is_blank(const uint8_t *bytes, size_t size) {
    for (size_t i = 1; i < size; i++)
        if (bytes[i] != bytes[0]) return 0;
    return bytes[0] == 0 || bytes[0] == 0xFF;
}

/**
 * Checks a slot of up to `most` bytes, and reads its generation, which is 0 for a blank slot. A longer slot belongs to
 * another run that used the same area.
 */
static evenkeel_status slot_check(
    const evenkeel_storage *storage, uint32_t area, uint32_t magic, size_t most, uint32_t *generation, size_t *position) {
    uint8_t chunk[CHUNK];
    slot in = {storage, area, 0, 0, 0};
    *generation = 0;
    *position = 0;
    TRY(slot_get(&in, chunk, SLOT_HEADER));
    if (is_blank(chunk, SLOT_HEADER)) return EVENKEEL_OK;
    if (read_u32(chunk) != magic) return EVENKEEL_DAMAGED_STATE;
    *position = 12;
    uint32_t found = read_u32(chunk + 4), crc = evenkeel_crc32c(0, chunk, 12);
    size_t left = read_u32(chunk + 8);
    if (crc != read_u32(chunk + 12) || found == 0 || left < SLOT_HEADER + 4 || left > MAX_INT) return EVENKEEL_DAMAGED_STATE;
    if (left > most) return EVENKEEL_OTHER_STATE;
    *position = left - 4;
    crc = evenkeel_crc32c(0, chunk, SLOT_HEADER);
    for (left -= SLOT_HEADER + 4; left > 0;) {
        size_t part = left < CHUNK ? left : CHUNK;
        TRY(slot_get(&in, chunk, part));
        crc = evenkeel_crc32c(crc, chunk, part);
        left -= part;
    }
    TRY(slot_get(&in, chunk, 4));
    if (crc != read_u32(chunk)) return EVENKEEL_DAMAGED_STATE;
    *generation = found;
    return EVENKEEL_OK;
}

/**
 * Finds the valid one of two slots. The generation is 0 if neither is valid, as before the first save or after an
 * interrupted first save.
 */
static evenkeel_status slot_find(const evenkeel_storage *storage, uint32_t first, uint32_t magic, size_t most, uint32_t *area,
    uint32_t *generation, size_t *position) {
    uint32_t one, other;
    size_t at, other_at;
    evenkeel_status status = slot_check(storage, first, magic, most, &one, &at);
    evenkeel_status other_status = slot_check(storage, first + 1, magic, most, &other, &other_at);
    int takes_other = one == 0 || (other != 0 && (int32_t)(other - one) > 0);
    *area = first + (uint32_t)takes_other;
    *generation = takes_other ? other : one;
    *position = at > 0 ? at : other_at;
    if (status == EVENKEEL_STORAGE_FAILED || other_status == EVENKEEL_STORAGE_FAILED) return EVENKEEL_STORAGE_FAILED;
    if (*generation == 0 && (status == EVENKEEL_OTHER_STATE || other_status == EVENKEEL_OTHER_STATE)) return EVENKEEL_OTHER_STATE;
    return status != EVENKEEL_OK && other_status != EVENKEEL_OK ? EVENKEEL_DAMAGED_STATE : EVENKEEL_OK;
}

/* A state, after the header of its slot:
 *
 *     byte 16   method, type, whether a message was accepted, whether a history is at the end (u8 each)
 *     byte 20   dimension (u32)
 *     byte 24   sequence (i64), head (u64), last round (i64)
 *     byte 48   owner (u64)
 *     byte 56   round and size of the current message (u32 each), eta (f64)
 *     byte 72   g; if a message was accepted, also the mean and the model if the method has them
 *               the message, followed by the gradients and the round's model if the method's commit needs them
 *               the history (u64) of the model that the message was computed on
 */
#define STATE_HEADER 72u
#define HISTORY_BYTES 8u

/** The number of gradient values that are saved with a message. */
static uint32_t saved_gradients(evenkeel_method method, uint32_t dimension, int started) {
    return needs_gradient(method) ? dimension << (method == EVENKEEL_EF21_STORM && started) : 0;
}

static uint64_t saved_bytes(evenkeel_method method, uint32_t dimension, evenkeel_type type, int started, uint64_t message) {
    uint64_t d = dimension, bytes = STATE_HEADER + 4 + message;
    if (method != EVENKEEL_NO_FEEDBACK) bytes += d * type_bytes(type);
    if (started) bytes += (has_mean(method) ? d * type_bytes(type) : 0) + (keeps_model(method) ? 4 * d : 0);
    if (message > 0) bytes += 4 * (uint64_t)saved_gradients(method, dimension, started) + (keeps_model(method) ? 4 * d : 0);
    return bytes;
}

size_t evenkeel_state_bytes(evenkeel_method method, uint32_t dimension, evenkeel_type type, size_t max_message) {
    uint64_t bytes = saved_bytes(method, dimension, type, 1, max_message);
    bytes += HISTORY_BYTES;
    return bytes <= MAX_INT ? (size_t)bytes : SIZE_MAX;
}

static int saves_history(const evenkeel_state *state) { return state->message_size > 0 && state->has_history; }

evenkeel_status evenkeel_state_save(const evenkeel_storage *storage, uint64_t owner, const evenkeel_feedback *feedback,
    evenkeel_state *state, const float *gradient, const float *model) {
    evenkeel_method method = feedback->method;
    uint32_t d = feedback->dimension, generation = state->generation == UINT32_MAX ? 1 : state->generation + 1;
    uint32_t width = (uint32_t)type_bytes(feedback->g.type);
    int has_history = saves_history(state);
    uint64_t size = saved_bytes(method, d, feedback->g.type, feedback->started, state->message_size) + (has_history ? HISTORY_BYTES : 0);
    uint8_t history[HISTORY_BYTES], fields[STATE_HEADER - SLOT_HEADER] = {
        (uint8_t)method, (uint8_t)feedback->g.type, (uint8_t)(feedback->started != 0), (uint8_t)has_history};
    slot to;
    if (size > MAX_INT) return EVENKEEL_INVALID_ARGUMENT;
    write_number(fields + 4, d, 4);
    write_number(fields + 8, (uint64_t)state->sequence, 8);
    write_number(fields + 16, state->head, 8);
    write_number(fields + 24, (uint64_t)state->last_round, 8);
    write_number(fields + 32, owner, 8);
    write_number(fields + 40, state->round, 4);
    write_number(fields + 44, state->message_size, 4);
    write_number(fields + 48, bits_of(state->eta), 8);
    slot_begin(&to, storage, STATE_AREA + (generation & 1), STATE_MAGIC, generation, (size_t)size);
    slot_put(&to, fields, sizeof fields);
    if (method != EVENKEEL_NO_FEEDBACK) slot_put_values(&to, feedback->g.values, d, width);
    if (feedback->started && has_mean(method)) slot_put_values(&to, feedback->mean.values, d, width);
    if (feedback->started && keeps_model(method)) slot_put_values(&to, feedback->model, d, 4);
    slot_put(&to, state->message, state->message_size);
    if (state->message_size > 0) slot_put_values(&to, gradient, saved_gradients(method, d, feedback->started), 4);
    if (state->message_size > 0 && keeps_model(method)) slot_put_values(&to, model, d, 4);
    write_number(history, state->history, HISTORY_BYTES);
    if (has_history) slot_put(&to, history, sizeof history);
    TRY(slot_end(&to));
    state->generation = generation;
    return EVENKEEL_OK;
}

/** Reads the fields of a state and checks that it fits `feedback`. */
static evenkeel_status load_fields(
    slot *in, uint64_t owner, evenkeel_feedback *feedback, evenkeel_state *state, size_t capacity, size_t *position) {
    uint8_t bytes[STATE_HEADER];
    TRY(slot_get(in, bytes, sizeof bytes));
    const uint8_t *fields = bytes + SLOT_HEADER;
    int is_same = fields[0] == (uint8_t)feedback->method && fields[1] == (uint8_t)feedback->g.type;
    *position = SLOT_HEADER;
    if (!is_same || read_u32(fields + 4) != feedback->dimension || read_u64(fields + 32) != owner) return EVENKEEL_OTHER_STATE;
    feedback->started = fields[2] != 0;
    if (read_u64(fields + 8) > MAX_INT) return EVENKEEL_DAMAGED_STATE;
    state->sequence = (int64_t)read_u64(fields + 8);
    state->head = read_u64(fields + 16);
    state->last_round = read_u32(fields + 28) == 0 ? (int64_t)read_u32(fields + 24) : -1;
    state->round = read_u32(fields + 40);
    state->message_size = read_u32(fields + 44);
    state->eta = double_of(read_u64(fields + 48));
    *position = 60;
    state->has_history = fields[3] != 0;
    uint64_t size = saved_bytes(feedback->method, feedback->dimension, feedback->g.type, feedback->started, state->message_size);
    if (size + (state->has_history ? HISTORY_BYTES : 0) != read_u32(bytes + 8)) return EVENKEEL_DAMAGED_STATE;
    return state->message_size > capacity ? EVENKEEL_TOO_LITTLE_MEMORY : EVENKEEL_OK;
}

static evenkeel_status load(slot *in, uint64_t owner, evenkeel_feedback *feedback, evenkeel_state *state, size_t capacity, float *gradient,
    float *model, size_t *position) {
    evenkeel_method method = feedback->method;
    uint32_t d = feedback->dimension, width = (uint32_t)type_bytes(feedback->g.type);
    TRY(load_fields(in, owner, feedback, state, capacity, position));
    if (method != EVENKEEL_NO_FEEDBACK) TRY(slot_get_values(in, feedback->g.values, d, width));
    if (feedback->started && has_mean(method)) TRY(slot_get_values(in, feedback->mean.values, d, width));
    if (feedback->started && keeps_model(method)) TRY(slot_get_values(in, feedback->model, d, 4));
    TRY(slot_get(in, state->message, state->message_size));
    if (state->message_size > 0) TRY(slot_get_values(in, gradient, saved_gradients(method, d, feedback->started), 4));
    if (state->message_size > 0 && keeps_model(method)) TRY(slot_get_values(in, model, d, 4));
    if (state->has_history) {
        uint8_t history[HISTORY_BYTES];
        TRY(slot_get(in, history, sizeof history));
        state->history = read_u64(history);
    }
    return EVENKEEL_OK;
}

static void clear_state(evenkeel_state *state) {
    state->sequence = 0;
    state->head = 0;
    state->last_round = -1;
    state->message_size = 0;
    state->round = 0;
    state->history = 0;
    state->has_history = 0;
    state->eta = 1;
}

evenkeel_status evenkeel_state_load(const evenkeel_storage *storage, uint64_t owner, evenkeel_feedback *feedback, evenkeel_state *state,
    size_t capacity, float *gradient, float *model, size_t *position) {
    size_t unused;
    uint32_t area;
    position = position != NULL ? position : &unused;
    clear_state(state);
    size_t most = evenkeel_state_bytes(feedback->method, feedback->dimension, feedback->g.type, capacity);
    TRY(slot_find(storage, STATE_AREA, STATE_MAGIC, most, &area, &state->generation, position));
    if (state->generation == 0) return EVENKEEL_OK;
    slot in = {storage, area, 0, 0, 0};
    return load(&in, owner, feedback, state, capacity, gradient, model, position);
}

evenkeel_status evenkeel_forget(const evenkeel_storage *storage) {
    for (uint32_t area = EVENKEEL_AREAS; area-- > 0;)
        if (storage->erase(storage->context, area) != 0 || storage->sync(storage->context, area) != 0) return EVENKEEL_STORAGE_FAILED;
    return EVENKEEL_OK;
}

/* ---------------------------------------------------------------------------------------------------------------- JSON -- */

/*
 * A pull parser: checks an answer once from front to back, and then finds its values by position. The nesting depth is
 * limited to the number of bits of a word, so that neither time nor memory depends on it.
 */
enum { MAX_DEPTH = 32 };
#define NOWHERE SIZE_MAX

typedef struct json {
    const char *text;
    size_t size;
} json;

static size_t json_space(const json *j, size_t at) {
    while (at < j->size && (j->text[at] == ' ' || j->text[at] == '\n' || j->text[at] == '\r' || j->text[at] == '\t')) at++;
    return at;
}

static char json_char(const json *j, size_t at) { return at < j->size ? j->text[at] : '\0'; }

/** Returns the end of the string that begins at a quote; NOWHERE if it does not end. */
static size_t json_string_end(const json *j, size_t at) {
    for (at++; at < j->size; at++) {
        if (j->text[at] == '"') return at + 1;
        if ((uint8_t)j->text[at] < 0x20) return NOWHERE;
        if (j->text[at] == '\\') at++;
    }
    return NOWHERE;
}

static size_t json_digits_end(const json *j, size_t at) {
    size_t start = at;
    while (is_digit(json_char(j, at))) at++;
    return at > start ? at : NOWHERE;
}

static size_t json_scalar_end(const json *j, size_t at) {
    static const char *const words[] = {"null", "true", "false"};
    for (int i = 0; i < 3; i++) {
        size_t size = strlen(words[i]);
        if (size <= j->size - at && memcmp(j->text + at, words[i], size) == 0) return at + size;
    }
    at = json_digits_end(j, at + (json_char(j, at) == '-'));
    if (at != NOWHERE && json_char(j, at) == '.') at = json_digits_end(j, at + 1);
    if (at != NOWHERE && (json_char(j, at) == 'e' || json_char(j, at) == 'E')) {
        char sign = json_char(j, at + 1);
        at = json_digits_end(j, at + 1 + (sign == '-' || sign == '+'));
    }
    return at;
}

/** Returns the position of the value of the member whose name begins at `at`; NOWHERE if there is no name. */
static size_t json_after_name(const json *j, size_t at) {
    at = json_char(j, at) == '"' ? json_string_end(j, at) : NOWHERE;
    if (at == NOWHERE) return at;
    at = json_space(j, at);
    return json_char(j, at) == ':' ? json_space(j, at + 1) : NOWHERE;
}

/** Returns the end of the value at `at`; NOWHERE if it is invalid, and then `fault` is the position of the error. */
static size_t json_end(const json *j, size_t at, size_t *fault) {
    uint32_t objects = 0, depth = 0;
    for (;;) {
        char c = json_char(j, at);
        int closes = 0, opens = c == '{' || c == '[';
        *fault = at;
        if (opens) {
            if (depth++ == MAX_DEPTH) return NOWHERE;
            objects = objects << 1 | (c == '{');
            at = json_space(j, at + 1);
            closes = json_char(j, at) == (c == '{' ? '}' : ']');
            if (!closes && c == '{') at = json_after_name(j, at);
        } else at = at >= j->size ? NOWHERE : c == '"' ? json_string_end(j, at) : json_scalar_end(j, at);
        if (at == NOWHERE) return NOWHERE;
        while (depth > 0 && (closes || !opens)) {
            at = json_space(j, at);
            *fault = at;
            c = json_char(j, at);
            if (c == ',' && !closes) {
                at = json_space(j, at + 1);
                if (objects & 1) at = json_after_name(j, at);
                break;
            }
            if (c != (objects & 1 ? '}' : ']')) return NOWHERE;
            closes = opens = 0;
            objects >>= 1;
            depth--;
            at++;
        }
        if (at == NOWHERE || depth == 0) return at;
    }
}

/** Returns the position of a member's value in the object at `at`; NOWHERE if the value is missing or null. */
static size_t json_member(const json *j, size_t at, const char *name) {
    size_t size = strlen(name), unused;
    if (json_char(j, at) != '{') return NOWHERE;
    for (at = json_space(j, at + 1); json_char(j, at) == '"'; at = json_space(j, at + 1)) {
        size_t value = json_after_name(j, at);
        int found = size < j->size - at - 1 && memcmp(j->text + at + 1, name, size) == 0 && j->text[at + 1 + size] == '"';
        if (found) return json_char(j, value) == 'n' ? NOWHERE : value;
        at = json_space(j, json_end(j, value, &unused));
        if (json_char(j, at) != ',') break;
    }
    return NOWHERE;
}

/** Returns the position of an array's first item; NOWHERE if it is empty. */
static size_t json_first(const json *j, size_t at) {
    at = json_space(j, at + 1);
    return json_char(j, at) == ']' ? NOWHERE : at;
}

/** Returns the position of an array's next item; NOWHERE after the last. */
static size_t json_next(const json *j, size_t at) {
    size_t unused;
    at = json_space(j, json_end(j, at, &unused));
    return json_char(j, at) == ',' ? json_space(j, at + 1) : NOWHERE;
}

/**
 * Copies a string, truncated to fit, with a terminator. Replaces escaped characters with a question mark, except \" \\
 * and \/, and also control characters, which could affect a terminal: U+007F, and U+0080 to U+009F, two bytes in UTF-8.
 */
static int json_text(const json *j, size_t at, char *text, size_t capacity) {
    size_t used = 0;
    if (json_char(j, at) != '"') return 0;
    for (at++; json_char(j, at) != '"' && at < j->size; at++) {
        char c = j->text[at];
        if (c == '\\') {
            c = json_char(j, ++at);
            c = c == '"' || c == '\\' || c == '/' ? c : '?';
        } else if (c == 0x7F) c = '?';
        else if ((uint8_t)c == 0xC2 && (uint8_t)json_char(j, at + 1) < 0xA0) {
            if (json_char(j, at + 1) == '"') break;
            c = '?';
            at++;
        }
        if (used + 1 == capacity) {
            text[used] = '\0';
            return 0;
        }
        text[used++] = c;
    }
    text[used] = '\0';
    return 1;
}

static int json_integer(const json *j, size_t at, int64_t *value) {
    int negative = json_char(j, at) == '-';
    uint64_t read = 0;
    size_t start = at += (size_t)negative;
    for (; is_digit(json_char(j, at)); at++) {
        uint32_t digit = (uint32_t)(j->text[at] - '0');
        if (read > ((uint64_t)INT64_MAX - digit) / 10) return 0;
        read = read * 10 + digit;
    }
    char c = json_char(j, at);
    *value = negative ? -(int64_t)read : (int64_t)read;
    return at > start && c != '.' && c != 'e' && c != 'E';
}

static int read_hex(const char *text, uint64_t *value) {
    *value = 0;
    for (int i = 0; i < 16; i++) {
        char c = text[i];
        uint32_t digit = is_digit(c) ? (uint32_t)(c - '0')
            : c >= 'a' && c <= 'f'   ? (uint32_t)(c - 'a' + 10)
            : c >= 'A' && c <= 'F'   ? (uint32_t)(c - 'A' + 10)
                                     : 16;
        if (digit == 16) return 0;
        *value = *value << 4 | digit;
    }
    return text[16] == '\0';
}

/* -------------------------------------------------------------------------------------------------------------- device -- */

#define REQUEST_BYTES 512u
#define FIRST_PAUSE 500u /* milliseconds */
#define MAX_PAUSE 30000u
#define DEFAULT_PAUSE 1000u
#define DEFAULT_LONG_POLL 30000u
#define DAY 86400 /* seconds */
#define MAX_SEQUENCE ((int64_t)MAX_INT) /* a device answers each of fewer than 2^31 rounds at most once */
#define MAX_DOWNLOAD ((int64_t)1 << 40) /* the maximum number of bytes that a task may state */
#define REPLICA_OFFSET 16u /* bytes before x; a downloaded replica is converted to x and S in place */

/* The next action of the device.
 *
 *     ENROL -> JOIN -> ALLOCATE -> [STATE] -> TASK -> MODEL, UPDATE or REPLICA -> COMPUTE -> SEND -> TASK ...
 *                                                                                            SEND -> MEMBER -> [STATE] -> TASK
 *
 * If the coordinator's database was restored to an earlier state: any of these -> MEMBER -> [LOST -> [STATE]] -> TASK.
 */
enum { ENROL = 1, JOIN, ALLOCATE, TASK, MODEL, UPDATE, REPLICA, COMPUTE, SEND, MEMBER, LOST, STATE, LEAVE, STOP };

/** A text in a buffer of fixed size. */
typedef struct text_writer {
    char *text;
    size_t size, capacity;
} text_writer;

static void say(text_writer *to, const char *text) {
    for (; *text != '\0' && to->size + 1 < to->capacity; text++) to->text[to->size++] = *text;
    to->text[to->size] = '\0';
}

static void say_number(text_writer *to, int64_t number, int digits) {
    char text[24];
    int at = (int)sizeof text - 1, least = at - digits;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    text[at] = '\0';
    for (; left > 0 || at > least; left /= 10) text[--at] = (char)('0' + left % 10);
    if (number < 0) text[--at] = '-';
    say(to, text + at);
}

static uint32_t random_u32(evenkeel_device *device) {
    uint8_t bytes[4] = {0, 0, 0, 0};
    device->settings.random(device->settings.random_context, bytes, sizeof bytes);
    return read_u32(bytes);
}

/** Returns a random duration, from `least` to `most` percent of `milliseconds`. */
static uint32_t jittered(evenkeel_device *device, uint32_t milliseconds, uint32_t least, uint32_t most) {
    uint64_t percent = 100 * (uint64_t)least + random_u32(device) % (100 * (most - least) + 1);
    return (uint32_t)(milliseconds * percent / 10000);
}

static evenkeel_status stop(evenkeel_device *device, evenkeel_status status, size_t position) {
    device->step = STOP;
    device->outstanding = device->pause = 0;
    device->action.kind = EVENKEEL_DO_STOP;
    device->action.status = status;
    device->action.position = position;
    return status;
}

/** Stops unless a status is OK. */
static evenkeel_status checked(evenkeel_device *device, evenkeel_status status, const size_t *position) {
    return status == EVENKEEL_OK ? status : stop(device, status, position != NULL ? *position : 0);
}

static evenkeel_status go(evenkeel_device *device, uint32_t step) {
    device->step = step;
    return EVENKEEL_OK;
}

static json answer_json(const evenkeel_device *device) {
    json j = {(const char *)device->settings.buffer + REQUEST_BYTES, device->received};
    return j;
}

/** Stops because of an invalid member of an answer. */
static evenkeel_status malformed(evenkeel_device *device, size_t at) {
    return stop(device, EVENKEEL_MALFORMED_ANSWER, at == NOWHERE ? 0 : at);
}

/* Members of the object at `at`. A missing member, or one of a different kind, stops the device. */

static evenkeel_status get_text(evenkeel_device *device, size_t at, const char *name, char *text, size_t capacity) {
    json j = answer_json(device);
    size_t value = json_member(&j, at, name);
    return value != NOWHERE && json_text(&j, value, text, capacity) ? EVENKEEL_OK : malformed(device, value == NOWHERE ? at : value);
}

static evenkeel_status get_integer(evenkeel_device *device, size_t at, const char *name, int64_t least, int64_t most, int64_t *number) {
    json j = answer_json(device);
    size_t value = json_member(&j, at, name);
    int found = value != NOWHERE && json_integer(&j, value, number) && *number >= least && *number <= most;
    return found ? EVENKEEL_OK : malformed(device, value == NOWHERE ? at : value);
}

static evenkeel_status get_u31(evenkeel_device *device, size_t at, const char *name, uint32_t least, uint32_t *number) {
    int64_t value = 0;
    TRY(get_integer(device, at, name, least, MAX_INT, &value));
    *number = (uint32_t)value;
    return EVENKEEL_OK;
}

static evenkeel_status get_digest(evenkeel_device *device, size_t at, const char *name, uint64_t *digest) {
    char text[17];
    TRY(get_text(device, at, name, text, sizeof text));
    return read_hex(text, digest) ? EVENKEEL_OK : malformed(device, at);
}

static evenkeel_status get_object(evenkeel_device *device, size_t at, const char *name, char opening, size_t *value) {
    json j = answer_json(device);
    *value = json_member(&j, at, name);
    return *value != NOWHERE && json_char(&j, *value) == opening ? EVENKEEL_OK : malformed(device, at);
}

static int has_member(const evenkeel_device *device, size_t at, const char *name) {
    json j = answer_json(device);
    return json_member(&j, at, name) != NOWHERE;
}

/** Checks that the answer is one JSON object, and returns its position. */
static evenkeel_status get_answer(evenkeel_device *device, size_t *at) {
    json j = answer_json(device);
    size_t fault, end;
    *at = json_space(&j, 0);
    end = json_end(&j, *at, &fault);
    if (end == NOWHERE) return malformed(device, fault);
    return json_char(&j, *at) == '{' && json_space(&j, end) == j.size ? EVENKEEL_OK : malformed(device, end);
}

/*
 * Credentials, after the header of their slot: the idempotency key of the enrolment, the client's id, and its secret, as
 * texts of fixed size, padded with zeros. They are first saved with the key only.
 */
enum {
    KEY_AT = SLOT_HEADER,
    CLIENT_AT = KEY_AT + 40,
    SECRET_AT = CLIENT_AT + EVENKEEL_MAX_CLIENT + 1,
    CREDENTIALS_END = SECRET_AT + EVENKEEL_MAX_SECRET + 8
};

static evenkeel_status save_credentials(evenkeel_device *device) {
    slot to;
    uint32_t generation = device->credentials_generation + 1;
    slot_begin(&to, device->settings.storage, CREDENTIALS_AREA + (generation & 1), CREDENTIALS_MAGIC, generation, CREDENTIALS_END + 4);
    slot_put(&to, device->key, sizeof device->key);
    slot_put(&to, device->client, sizeof device->client);
    slot_put(&to, device->authorization, sizeof device->authorization);
    TRY(slot_end(&to));
    device->credentials_generation = generation;
    return EVENKEEL_OK;
}

static evenkeel_status load_credentials(evenkeel_device *device, size_t *position) {
    uint32_t area;
    TRY(slot_find(device->settings.storage, CREDENTIALS_AREA, CREDENTIALS_MAGIC, EVENKEEL_CREDENTIALS_BYTES, &area,
        &device->credentials_generation, position));
    if (device->credentials_generation == 0) return EVENKEEL_OK;
    slot in = {device->settings.storage, area, 0, SLOT_HEADER, 0};
    TRY(slot_get(&in, device->key, sizeof device->key));
    TRY(slot_get(&in, device->client, sizeof device->client));
    TRY(slot_get(&in, device->authorization, sizeof device->authorization));
    device->key[sizeof device->key - 1] = device->client[sizeof device->client - 1] = '\0';
    device->authorization[sizeof device->authorization - 1] = '\0';
    return EVENKEEL_OK;
}

/** Generates a random UUID, version 4. */
static void make_key(evenkeel_device *device) {
    static const char hex[] = "0123456789abcdef";
    uint8_t bytes[16] = {0};
    char *to = device->key;
    device->settings.random(device->settings.random_context, bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
        *to++ = hex[bytes[i] >> 4];
        *to++ = hex[bytes[i] & 15];
    }
    *to = '\0';
}

static int is_plain(const char *text, size_t most) {
    size_t size = 0;
    for (; text[size] != '\0'; size++)
        if ((uint8_t)text[size] < 0x20 || text[size] == '"' || text[size] == '\\' || size == most) return 0;
    return size > 0;
}

static int is_run_name(const char *name) {
    for (const char *c = name; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || is_digit(*c) || *c == '-')) return 0;
    return is_plain(name, EVENKEEL_MAX_NAME);
}

static int are_settings(const evenkeel_settings *s) {
    double weight;
    span text = {s->weight, s->weight != NULL ? strlen(s->weight) : 0};
    size_t body = 48 + (s->token != NULL ? strlen(s->token) : 0) + (s->name != NULL ? strlen(s->name) : 0) +
        (s->attributes != NULL ? strlen(s->attributes) : 0);
    return s->run != NULL && is_run_name(s->run) && (s->token == NULL || is_plain(s->token, REQUEST_BYTES)) &&
        (s->name == NULL || is_plain(s->name, REQUEST_BYTES)) && body < REQUEST_BYTES &&
        (s->weight == NULL || (text.size < 40 && read_decimal(text, &weight))) && s->storage != NULL && s->random != NULL &&
        s->buffer != NULL && s->buffer_size > 2 * REQUEST_BYTES;
}

evenkeel_status evenkeel_init(evenkeel_device *device, const evenkeel_settings *settings) {
    size_t position = 0;
    memset(device, 0, sizeof *device);
    if (!are_settings(settings)) return stop(device, EVENKEEL_INVALID_ARGUMENT, 0);
    device->settings = *settings;
    if (device->settings.long_poll == 0) device->settings.long_poll = DEFAULT_LONG_POLL;
    device->after = device->model_round = device->replica_round = -1;
    evenkeel_status status = load_credentials(device, &position);
    if (status != EVENKEEL_OK) return stop(device, status, position);
    go(device, device->client[0] != '\0' ? JOIN : ENROL);
    if (device->step == JOIN) return EVENKEEL_OK;
    if (settings->token == NULL) return stop(device, EVENKEEL_INVALID_ARGUMENT, 0);
    if (device->credentials_generation == 0) {
        make_key(device);
        status = save_credentials(device);
    }
    return status == EVENKEEL_OK ? status : stop(device, status, 0);
}

/* ------------------------------------------------------------------------------------------------------------ requests -- */

static void add_header(evenkeel_request *request, const char *name, const char *value) {
    request->headers[request->header_count].name = name;
    request->headers[request->header_count++].value = value;
}

static void say_body(evenkeel_device *device) {
    evenkeel_request *request = &device->action.request;
    text_writer body = {(char *)device->settings.buffer, 0, REQUEST_BYTES};
    const evenkeel_settings *s = &device->settings;
    if (device->step == ENROL) {
        say(&body, "{\"token\":\"");
        say(&body, s->token);
        say(&body, s->name != NULL ? "\",\"name\":\"" : "");
        say(&body, s->name != NULL ? s->name : "");
        say(&body, s->attributes != NULL ? "\",\"attributes\":" : "\"");
        say(&body, s->attributes != NULL ? s->attributes : "");
    } else if (device->step == LOST) {
        say(&body, "{\"sequence\":");
        say_number(&body, device->state.sequence, 1);
        say(&body, ",\"round\":");
        say_number(&body, device->state.last_round, 1);
    } else {
        say(&body, "{\"weight\":");
        say(&body, s->weight != NULL ? s->weight : "1.0");
    }
    say(&body, "}");
    request->body = device->settings.buffer;
    request->body_size = body.size;
    add_header(request, "Content-Type", "application/json");
}

/** Returns whether the device keeps x and S. */
static int keeps_replica(const evenkeel_device *device) { return device->settings.keep_replica && !device->plan.lossy; }

/** Returns whether requests state the round of the device's model, from which updates or deltas can start. */
static int says_replica(const evenkeel_device *device) { return (device->plan.lossy || keeps_replica(device)) && device->model_round >= 0; }

/**
 * Returns whether the coordinator may hold the request. It may if the request asks for a task, alone or with a message
 * that is sent for the first time.
 */
static int may_wait(const evenkeel_device *device) { return device->step == TASK || (device->step == SEND && device->attempt == 0); }

static void say_wait(const evenkeel_device *device, text_writer *path) {
    uint32_t poll = device->settings.long_poll;
    say(path, "wait=PT");
    say_number(path, poll / 1000, 1);
    say(path, ".");
    say_number(path, poll % 1000, 3);
    say(path, "S");
    if (says_replica(device)) {
        say(path, "&replica=");
        say_number(path, device->model_round, 1);
    }
}

static int is_model(uint32_t step) { return step == MODEL || step == UPDATE || step == REPLICA; }

/** Adds the history of the request's model, if it is known: a round's number alone is ambiguous. */
static void say_history(const evenkeel_device *device, text_writer *path, const char *separator) {
    int is_send = device->step == SEND;
    if (!(is_send ? device->state.has_history : device->has_history)) return;
    uint64_t history = is_send ? device->state.history : device->history;
    char digits[17] = {0};
    for (int i = 0; i < 16; i++) digits[i] = "0123456789abcdef"[history >> (60 - 4 * i) & 15];
    say(path, separator);
    say(path, "history=");
    say(path, digits);
}

static void say_path(evenkeel_device *device) {
    text_writer path = {device->path, 0, sizeof device->path};
    uint32_t step = device->step;
    if (step == ENROL) {
        say(&path, "/api/v1/enrolments");
        return;
    }
    say(&path, "/api/v1/runs/");
    say(&path, device->settings.run);
    if (step == JOIN || step == MEMBER || step == STATE || step == LOST)
        say(&path, step == STATE ? "/members/me/state" : step == LOST ? "/members/me/lost" : "/members/me");
    else if (step == LEAVE) {
        /* The ordinal prevents a copy of this request that arrives late from ending a later membership. */
        say(&path, "/members/me?ordinal=");
        say_number(&path, device->ordinal, 1);
    } else if (step == TASK) {
        say(&path, "/task?after=");
        say_number(&path, device->after, 1);
        say_history(device, &path, "&");
        say(&path, "&sequence=");
        say_number(&path, device->state.sequence, 1);
        say(&path, "&");
    } else {
        say(&path, "/rounds/");
        say_number(&path, step == SEND ? device->state.round : device->task_round, 1);
        if (step == SEND) say(&path, "/messages/me");
        else say(&path, step == MODEL ? "/model?dtype=float32" : step == REPLICA ? "/replica" : "/update?since=");
    }
    if (step == UPDATE) say_number(&path, device->plan.lossy ? device->model_round : device->replica_round, 1);
    if (step == SEND && may_wait(device)) say(&path, "?");
    if (may_wait(device)) say_wait(device, &path);
    if (step == SEND || is_model(step)) say_history(device, &path, step == REPLICA || (step == SEND && !may_wait(device)) ? "?" : "&");
}

static void make_request(evenkeel_device *device) {
    evenkeel_request *request = &device->action.request;
    uint32_t step = device->step;
    memset(request, 0, sizeof *request);
    device->action.kind = EVENKEEL_DO_REQUEST;
    say_path(device);
    request->path = device->path;
    request->method = step == ENROL ? "POST" : step == JOIN || step == SEND || step == LOST ? "PUT" : step == LEAVE ? "DELETE" : "GET";
    request->extra_timeout = may_wait(device) ? device->settings.long_poll : 0;
    if (step == ENROL) add_header(request, "Idempotency-Key", device->key);
    else add_header(request, "Authorization", device->authorization);
    if (step == ENROL || step == JOIN || step == LOST) say_body(device);
    if (step == MODEL) add_header(request, "Accept", "application/octet-stream");
    if (step == SEND) {
        add_header(request, "Content-Type", "application/vnd.evenkeel.message");
        request->body = device->state.message;
        request->body_size = device->state.message_size;
    }
    device->outstanding = 1;
}

const evenkeel_action *evenkeel_next(evenkeel_device *device) {
    evenkeel_action *action = &device->action;
    if (device->step == STOP || device->outstanding) return action;
    if (device->pause > 0) {
        action->kind = EVENKEEL_DO_WAIT;
        action->milliseconds = device->pause;
        device->pause = 0;
    } else if (device->step == COMPUTE || device->step == ALLOCATE)
        action->kind = device->step == COMPUTE ? EVENKEEL_DO_COMPUTE : EVENKEEL_DO_ALLOCATE;
    else make_request(device);
    return action;
}

/* ------------------------------------------------------------------------------------------------------------- answers -- */

static int is_download(uint32_t step) { return is_model(step) || step == STATE; }

/** Chooses the destination of a download. Its previous content is lost when the download begins. */
static void choose_target(evenkeel_device *device) {
    size_t d = device->plan.dimension;
    if (device->step == REPLICA) {
        device->target = (uint8_t *)device->x - REPLICA_OFFSET;
        device->capacity = 16 * d + REPLICA_OFFSET;
    } else if (device->step == UPDATE) {
        device->target = (uint8_t *)device->gradient;
        device->capacity = 4 * d + device->message_capacity;
    } else {
        device->model_round = -1;
        device->target = (uint8_t *)device->model;
        device->capacity = device->step == MODEL ? 4 * d : 8 * d + device->message_capacity;
    }
}

evenkeel_status evenkeel_answer(evenkeel_device *device, uint32_t http_status) {
    if (device->outstanding != 1) return EVENKEEL_NOT_EXPECTED;
    device->outstanding = 2;
    device->http_status = http_status;
    device->has_retry_after = device->answer_headers = device->follows = 0;
    device->received = 0;
    device->target = device->settings.buffer + REQUEST_BYTES;
    device->capacity = device->settings.buffer_size - REQUEST_BYTES;
    if (http_status == 200 && is_download(device->step)) choose_target(device);
    return EVENKEEL_OK;
}

static int is_name(const char *name, const char *lower) {
    for (; *name != '\0' && *lower != '\0'; name++, lower++)
        if ((*name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name) != *lower) return 0;
    return *name == *lower;
}

evenkeel_status evenkeel_answer_header(evenkeel_device *device, const char *name, const char *value) {
    json j = {value, strlen(value)};
    int64_t number;
    if (device->outstanding != 2) return EVENKEEL_NOT_EXPECTED;
    if (is_name(name, "retry-after") && json_integer(&j, 0, &number) && number >= 0) {
        device->has_retry_after = 1;
        device->retry_after = 1000 * (uint32_t)(number < DAY ? number : DAY);
    } else if (is_name(name, "evenkeel-sequence") && json_integer(&j, 0, &number) && number >= 0 && number <= MAX_SEQUENCE) {
        device->answer_sequence = number;
        device->answer_headers |= 1;
    } else if (is_name(name, "evenkeel-head") && j.size == 16 && read_hex(value, &device->answer_head)) device->answer_headers |= 2;
    return EVENKEEL_OK;
}

/**
 * Retries the request after a pause that doubles with each attempt. A random factor prevents devices that failed at the
 * same time from all returning at the same time.
 */
static evenkeel_status retry(evenkeel_device *device) {
    uint32_t doublings = device->attempt < 6 ? device->attempt : 6, pause = (uint32_t)FIRST_PAUSE << doublings;
    device->outstanding = 0;
    if (++device->attempt == device->settings.max_attempts) return stop(device, EVENKEEL_UNREACHABLE, 0);
    device->pause = jittered(device, pause < MAX_PAUSE ? pause : MAX_PAUSE, 50, 100);
    if (device->has_retry_after && device->retry_after > device->pause) device->pause = jittered(device, device->retry_after, 100, 120);
    return EVENKEEL_OK;
}

evenkeel_status evenkeel_answer_failed(evenkeel_device *device) {
    if (device->outstanding == 0) return EVENKEEL_NOT_EXPECTED;
    device->has_retry_after = device->outstanding == 2 ? device->has_retry_after : 0;
    return retry(device);
}

static uint64_t owner_of(const evenkeel_device *device) {
    char text[EVENKEEL_MAX_NAME + EVENKEEL_MAX_CLIENT + 2];
    text_writer owner = {text, 0, sizeof text};
    say(&owner, device->settings.run);
    say(&owner, "/");
    say(&owner, device->client);
    return evenkeel_digest(text, owner.size);
}

static evenkeel_status save(evenkeel_device *device) {
    const evenkeel_storage *storage = device->settings.storage;
    return checked(
        device, evenkeel_state_save(storage, owner_of(device), &device->feedback, &device->state, device->gradient, device->model), NULL);
}

static evenkeel_status ask_for_task(evenkeel_device *device, int64_t after, uint32_t pause) {
    device->has_history &= after == device->after;
    device->after = after;
    device->pause = pause;
    return go(device, TASK);
}

static evenkeel_status enrolled(evenkeel_device *device) {
    size_t at;
    memcpy(device->authorization, "Bearer ", 8);
    TRY(get_answer(device, &at));
    TRY(get_text(device, at, "secret", device->authorization + 7, sizeof device->authorization - 7));
    TRY(get_text(device, at, "client", device->client, sizeof device->client));
    if (!is_plain(device->authorization, EVENKEEL_MAX_SECRET + 7) || !is_plain(device->client, EVENKEEL_MAX_CLIENT))
        return malformed(device, at);
    TRY(checked(device, save_credentials(device), NULL));
    return go(device, JOIN);
}

/** Reads the plan's tensors: their sizes into `sizes` unless it is NULL, and layer-top-k's counts into the compressor. */
static evenkeel_status read_tensors(evenkeel_device *device, uint32_t *sizes) {
    json j = answer_json(device);
    size_t tensors, shape;
    uint64_t total = 0, sent = 0;
    int64_t axis;
    TRY(get_object(device, device->plan_at, "tensors", '[', &tensors));
    device->plan.tensors = 0;
    for (size_t at = json_first(&j, tensors); at != NOWHERE; at = json_next(&j, at)) {
        uint64_t size = 1;
        TRY(get_object(device, at, "shape", '[', &shape));
        for (size_t i = json_first(&j, shape); i != NOWHERE; i = json_next(&j, i)) {
            if (!json_integer(&j, i, &axis) || axis < 1 || axis > (int64_t)MAX_INT) return malformed(device, i);
            size *= (uint64_t)axis;
            if (size > MAX_INT) return malformed(device, i);
        }
        total += size;
        if (total > MAX_INT) return malformed(device, at);
        if (sizes != NULL) sizes[device->plan.tensors] = (uint32_t)size;
        sent += amount_of(&device->compressor, (uint32_t)size);
        device->plan.tensors++;
    }
    if (total != device->plan.dimension) return malformed(device, tensors);
    if (device->compressor.selection == EVENKEEL_LAYER_TOP_K)
        device->compressor.max_count = sent < total ? (uint32_t)sent : (uint32_t)total;
    return EVENKEEL_OK;
}

static evenkeel_status read_plan(evenkeel_device *device) {
    evenkeel_plan *plan = &device->plan;
    size_t at = device->plan_at, algorithm, downlink;
    char text[EVENKEEL_MAX_TEXT];
    int64_t number = 0;
    TRY(get_text(device, at, "run", text, sizeof text));
    if (strlen(text) != strlen(device->settings.run) || memcmp(text, device->settings.run, strlen(text)) != 0)
        return stop(device, EVENKEEL_WRONG_ANSWER, at);
    TRY(get_u31(device, at, "dimension", 1, &plan->dimension));
    TRY(get_u31(device, at, "rounds", 0, &plan->rounds));
    plan->horizon = plan->rounds;
    if (has_member(device, at, "horizon")) TRY(get_u31(device, at, "horizon", 0, &plan->horizon));
    plan->local_steps = 0;
    if (has_member(device, at, "localSteps")) TRY(get_u31(device, at, "localSteps", 1, &plan->local_steps));
    TRY(get_integer(device, at, "seed", INT64_MIN, INT64_MAX, &number));
    plan->seed = (uint64_t)number;
    TRY(get_integer(device, at, "maxMessageBytes", 1, INT64_MAX, &number));
    plan->max_message_bytes = number < (int64_t)MAX_INT ? (uint32_t)number : MAX_INT;
    plan->lossy = has_member(device, at, "downlink");
    if (plan->lossy) TRY(get_object(device, at, "downlink", '{', &downlink));
    TRY(get_text(device, at, "compressor", plan->compressor, sizeof plan->compressor));
    TRY(get_object(device, at, "algorithm", '{', &algorithm));
    TRY(get_text(device, algorithm, "eta", plan->eta, sizeof plan->eta));
    TRY(get_text(device, algorithm, "step", text, sizeof text));
    plan->reads_slopes = strcmp(text, "slope") == 0 || strncmp(text, "slope:", 6) == 0;
    TRY(get_text(device, algorithm, "feedback", text, sizeof text));
    if (evenkeel_method_read(text, &plan->method) != EVENKEEL_OK || has_member(device, at, "privacy") ||
        has_member(device, at, "secureAggregation") || (plan->method == EVENKEEL_EF21_STORM && !device->settings.two_gradients))
        return stop(device, EVENKEEL_UNSUPPORTED_PLAN, 0);
    TRY(checked(device, evenkeel_compressor_read(&device->compressor, plan->compressor, &plan->dimension, 1), NULL));
    return read_tensors(device, NULL);
}

static evenkeel_status read_member(evenkeel_device *device) {
    size_t at;
    TRY(get_answer(device, &at));
    TRY(get_u31(device, at, "ordinal", 0, &device->ordinal));
    TRY(get_integer(device, at, "sequence", 0, MAX_SEQUENCE, &device->theirs_sequence));
    TRY(get_digest(device, at, "head", &device->theirs_head));
    device->theirs_round = -1;
    if (has_member(device, at, "round")) TRY(get_integer(device, at, "round", 0, (int64_t)MAX_INT, &device->theirs_round));
    return get_object(device, at, "plan", '{', &device->plan_at);
}

/** Reserves a part of the caller's memory, aligned for double. If `memory` is NULL, only adds to `used`. */
static void *part_of(uint8_t *memory, uint64_t *used, uint64_t bytes) {
    void *part = memory != NULL ? memory + *used : NULL;
    *used += (bytes + 7) / 8 * 8;
    return part;
}

/**
 * Lays out the memory and returns its size. The model, the gradients and the message are contiguous, because downloads
 * are written there.
 */
static uint64_t lay_out(evenkeel_device *device, uint8_t *memory) {
    const evenkeel_plan *plan = &device->plan;
    uint64_t used = 0, d = plan->dimension, least = ceil_div(d, 8) + 64, bound = evenkeel_message_bound(&device->compressor);
    bound = bound > least ? bound : least;
    device->message_capacity = fitting(bound);
    device->feedback_memory = part_of(memory, &used, evenkeel_feedback_memory(plan->method, plan->dimension, device->settings.state_type));
    device->model = (float *)part_of(memory, &used, (plan->method == EVENKEEL_EF21_STORM ? 12 : 8) * d);
    device->gradient = memory != NULL ? device->model + d : NULL;
    device->state.message = (uint8_t *)part_of(memory, &used, bound);
    device->point = (float *)part_of(memory, &used, plan->method == EVENKEEL_EF21_IGT ? 4 * d : 0);
    device->work = part_of(memory, &used, evenkeel_compress_memory(&device->compressor));
    device->encode_work = part_of(memory, &used, evenkeel_encode_memory(device->compressor.coding));
    device->drawn = (uint8_t *)part_of(memory, &used, ceil_div(d, 8));
    device->tensor_sizes = (uint32_t *)part_of(memory, &used, 4 * (uint64_t)plan->tensors);
    if (keeps_replica(device)) {
        uint8_t *replica = (uint8_t *)part_of(memory, &used, 16 * d + REPLICA_OFFSET);
        device->x = memory != NULL ? (double *)(void *)(replica + REPLICA_OFFSET) : NULL;
        device->s = memory != NULL ? device->x + d : NULL;
    }
    return used;
}

static evenkeel_status joined(evenkeel_device *device) {
    evenkeel_plan *plan = &device->plan;
    TRY(read_member(device));
    TRY(read_plan(device));
    uint64_t bytes = lay_out(device, NULL);
    plan->state_bytes = evenkeel_state_bytes(plan->method, plan->dimension, device->settings.state_type, device->message_capacity);
    if (bytes >= SIZE_MAX / 2 || plan->state_bytes == SIZE_MAX) return stop(device, EVENKEEL_TOO_LITTLE_MEMORY, 0);
    device->action.bytes = (size_t)bytes;
    return go(device, ALLOCATE);
}

/** Continues once both sides agree. */
static evenkeel_status resume(evenkeel_device *device) {
    int64_t last = device->state.last_round, after = device->theirs_round > last ? device->theirs_round : last;
    if (device->state.message_size == 0) return ask_for_task(device, after, 0);
    device->after = after > (int64_t)device->state.round ? after : (int64_t)device->state.round;
    device->history = device->state.history;
    device->has_history = device->state.has_history && device->after == (int64_t)device->state.round;
    return go(device, SEND);
}

/**
 * Adopts the coordinator's number of accepted messages, and continues with the current vectors and no message in
 * progress.
 */
static evenkeel_status adopt(evenkeel_device *device, int64_t sequence, uint64_t head, int64_t round) {
    clear_state(&device->state);
    device->state.sequence = sequence;
    device->state.head = head;
    device->state.last_round = round;
    device->recovered++;
    TRY(save(device));
    return resume(device);
}

static void clear_feedback(evenkeel_device *device) {
    evenkeel_feedback_start(
        &device->feedback, device->plan.method, device->plan.dimension, device->settings.state_type, device->feedback_memory);
}

static int is_pending_theirs(const evenkeel_device *device) {
    const evenkeel_state *state = &device->state;
    return state->message_size > 0 && device->theirs_sequence == state->sequence + 1 &&
        device->theirs_head == evenkeel_digest(state->message, state->message_size);
}

static int agrees(const evenkeel_device *device) {
    return device->theirs_sequence == device->state.sequence && device->theirs_head == device->state.head;
}

/** Adopts the coordinator's state. */
static evenkeel_status take_over(evenkeel_device *device) {
    if (device->theirs_sequence > 0 && has_sum(device->plan.method)) return go(device, STATE);
    clear_feedback(device);
    return adopt(device, device->theirs_sequence, device->theirs_head, device->theirs_round);
}

/**
 * Settles a disagreement. A receipt for a message that the coordinator lacks proves that its database was restored to an
 * earlier state: the device reports the number of lost messages, and adopts the coordinator's state. In other cases the
 * settings decide.
 */
static evenkeel_status recover(evenkeel_device *device) {
    evenkeel_divergence choice = device->settings.on_divergence;
    if (device->theirs_sequence < device->state.sequence) {
        device->lost += (uint32_t)(device->state.sequence - device->theirs_sequence);
        return go(device, LOST);
    }
    int is_lost = device->state.generation == 0 || device->theirs_sequence == 0;
    if (choice == EVENKEEL_FAIL || (choice == EVENKEEL_RECOVER_IF_LOST && !is_lost)) return stop(device, EVENKEEL_DIVERGED, 0);
    return take_over(device);
}

/** Handles a coordinator that lacks the model that the device states: drops the models, and compares the messages. */
static evenkeel_status follow(evenkeel_device *device) {
    device->model_round = device->replica_round = -1;
    device->saving = 0;
    device->has_history = 0;
    device->follows_history = 1;
    return go(device, MEMBER);
}

/** Replaces a lost state with the coordinator's g_i of this device. Momentum restarts. */
static evenkeel_status recovered(evenkeel_device *device) {
    evenkeel_limits limits = {device->plan.dimension, device->plan.dimension, MAX_INT};
    evenkeel_frame *frame = &device->work_in.frame;
    size_t position;
    uint32_t j;
    double value;
    if (device->answer_headers != 3) return stop(device, EVENKEEL_WRONG_ANSWER, 0);
    TRY(checked(device, evenkeel_frame_open(frame, device->target, device->received, &limits, device->drawn, &position), &position));
    clear_feedback(device);
    while (evenkeel_frame_next(frame, &j, &value)) set_element(device->feedback.g, j, value);
    return adopt(device, device->answer_sequence, device->answer_head, device->theirs_round);
}

/** Returns whether the model matches the task's digest, computed over the values as little-endian float32. */
static int is_right_model(const evenkeel_device *device) {
    evenkeel_sha256 hash;
    uint8_t bytes[CHUNK], digest[32];
    uint64_t found = 0;
    if (!device->has_model_digest) return 1;
    evenkeel_sha256_start(&hash);
    for (uint32_t j = 0; j < device->plan.dimension;) {
        size_t size = 0;
        for (; size < CHUNK && j < device->plan.dimension; j++, size += 4) {
            uint32_t bits;
            memcpy(&bits, &device->model[j], 4);
            write_number(bytes + size, bits, 4);
        }
        evenkeel_sha256_add(&hash, bytes, size);
    }
    evenkeel_sha256_end(&hash, digest);
    for (int i = 0; i < 8; i++) found = found << 8 | digest[i];
    return found == device->model_digest;
}

static evenkeel_status prepare_gradient(evenkeel_device *device) {
    if (!is_right_model(device)) {
        device->model_round = device->replica_round = -1;
        if (device->fetched_anew) return stop(device, EVENKEEL_WRONG_MODEL, 0);
        device->fetched_anew = 1;
        return go(device, MODEL);
    }
    const evenkeel_plan *plan = &device->plan;
    evenkeel_state *state = &device->state;
    state->eta = 1;
    if (uses_eta(plan->method)) {
        evenkeel_status status = evenkeel_schedule(plan->eta, device->task_round, plan->horizon > 0 ? plan->horizon - 1 : 0, &state->eta);
        if (status != EVENKEEL_OK || state->eta > 1) return stop(device, EVENKEEL_UNSUPPORTED_PLAN, 0);
    }
    if (plan->method == EVENKEEL_EF21_IGT) evenkeel_feedback_point(&device->feedback, device->model, state->eta, device->point);
    device->action.round = device->task_round;
    device->action.model = plan->method == EVENKEEL_EF21_IGT ? device->point : device->model;
    device->action.gradient = device->gradient;
    int is_second = plan->method == EVENKEEL_EF21_STORM && device->feedback.started;
    device->action.second_model = is_second ? device->feedback.model : NULL;
    device->action.second_gradient = is_second ? device->gradient + plan->dimension : NULL;
    device->model_round = device->task_round;
    return go(device, COMPUTE);
}

/**
 * Chooses how to download the round's model (docs/devices.md). Downloads whole models until the bytes that updates
 * would have saved reach the additional cost of a replica, or until a replica costs almost nothing extra. This costs at
 * most twice the best choice in hindsight (the ski-rental problem).
 */
static uint32_t cheapest(evenkeel_device *device, int64_t dense, int64_t replica) {
    int is_shorter = device->update_bytes < dense, had = device->replica_round >= 0;
    if (device->plan.lossy) return is_shorter && device->model_round >= 0 ? UPDATE : MODEL;
    if (!keeps_replica(device)) return MODEL;
    if (had && is_shorter) return UPDATE;
    device->saving = had ? 0 : device->saving + (is_shorter ? dense - device->update_bytes : 0);
    if (device->saving > MAX_DOWNLOAD) device->saving = MAX_DOWNLOAD; /* more than a replica costs */
    device->replica_round = -1;
    return !had && (replica - dense <= device->saving || replica - dense <= 64 + dense / 20) ? REPLICA : MODEL;
}

static evenkeel_status got_task(evenkeel_device *device) {
    size_t at;
    int64_t dense = 0, replica = 0;
    uint32_t pause = 0;
    char *end = device->action.end;
    if (device->http_status == 204)
        return ask_for_task(
            device, device->after, device->has_retry_after ? jittered(device, device->retry_after, 100, 120) : DEFAULT_PAUSE);
    json j = answer_json(device);
    if (device->follows && json_space(&j, 0) == j.size) return EVENKEEL_OK; /* only the receipt arrived */
    TRY(get_answer(device, &at));
    if (has_member(device, at, "retryAfter")) {
        TRY(get_u31(device, at, "retryAfter", 0, &pause));
        return ask_for_task(device, device->after, jittered(device, 1000 * (pause < DAY ? pause : (uint32_t)DAY), 100, 120));
    }
    size_t state = json_member(&j, at, "state");
    int is_end = state != NOWHERE && json_text(&j, state, end, sizeof device->action.end);
    span text = {end, is_end ? strlen(end) : 0};
    if (has_member(device, at, "historyLost") && json_char(&j, json_member(&j, at, "historyLost")) == 't') return follow(device);
    if (equals(text, "finished") || equals(text, "cancelled") || equals(text, "failed")) return stop(device, EVENKEEL_OK, 0);
    TRY(get_u31(device, at, "round", 0, &device->task_round));
    TRY(get_integer(device, at, "denseBytes", 0, MAX_DOWNLOAD, &dense));
    TRY(get_integer(device, at, "replicaBytes", 0, MAX_DOWNLOAD, &replica));
    device->update_bytes = INT64_MAX;
    if (has_member(device, at, "updateBytes")) TRY(get_integer(device, at, "updateBytes", 0, MAX_DOWNLOAD, &device->update_bytes));
    device->after = device->task_round;
    device->has_history = has_member(device, at, "history");
    if (device->has_history) TRY(get_digest(device, at, "history", &device->history));
    device->has_model_digest = has_member(device, at, "modelDigest");
    if (device->has_model_digest) TRY(get_digest(device, at, "modelDigest", &device->model_digest));
    device->fetched_anew = 0;
    if (device->model_round == (int64_t)device->task_round) return prepare_gradient(device);
    return go(device, cheapest(device, dense, replica));
}

static evenkeel_status got_model(evenkeel_device *device) {
    size_t whole = 4 * (size_t)device->plan.dimension;
    evenkeel_vector model = {device->model, EVENKEEL_FLOAT32};
    if (device->received != whole) return stop(device, EVENKEEL_TRUNCATED, device->received);
    from_little_endian(device->model, device->plan.dimension, 4);
    for (uint32_t j = 0; j < device->plan.dimension; j++)
        if (!is_finite_at(model, j)) return stop(device, EVENKEEL_INVALID_VALUE, 4 * (size_t)j);
    return prepare_gradient(device);
}

/** Copies the model from x. */
static evenkeel_status use_replica(evenkeel_device *device) {
    for (uint32_t j = 0; j < device->plan.dimension; j++) {
        if (!is_finite(device->x[j])) return stop(device, EVENKEEL_INVALID_VALUE, 0);
        device->model[j] = (float)to_float32(device->x[j]);
    }
    device->replica_round = device->task_round;
    return prepare_gradient(device);
}

static evenkeel_status got_replica(evenkeel_device *device) {
    uint32_t round = 0;
    size_t position, size = device->received;
    TRY(checked(
        device, evenkeel_replica_read(device->target, size, device->plan.dimension, device->x, device->s, &round, &position), &position));
    device->saving = 0;
    return round == device->task_round ? use_replica(device) : stop(device, EVENKEEL_WRONG_ANSWER, 4);
}

/** Applies updates to x and S, or deltas to the model. */
static evenkeel_status got_updates(evenkeel_device *device) {
    evenkeel_limits limits = {device->plan.dimension, device->plan.dimension, MAX_INT};
    evenkeel_update *update = &device->work_in.update;
    int lossy = device->plan.lossy;
    int64_t at = lossy ? device->model_round : device->replica_round;
    device->model_round = device->replica_round = -1;
    for (size_t position = 0; position < device->received; at++) {
        evenkeel_status status = lossy
            ? evenkeel_delta_open(update, device->target, device->received, &limits, device->drawn, at - 1, &position)
            : evenkeel_update_open(update, device->target, device->received, &limits, device->plan.tensors, at - 1, &position);
        TRY(checked(device, status, &position));
        if (update->round != (uint64_t)at) return stop(device, EVENKEEL_WRONG_ANSWER, 0);
        if (lossy) evenkeel_delta_apply(update, device->model);
        else evenkeel_update_apply(update, device->x, device->s, device->tensor_sizes);
    }
    if (at != (int64_t)device->task_round) return stop(device, EVENKEEL_WRONG_ANSWER, 0);
    return lossy ? prepare_gradient(device) : use_replica(device);
}

/** Adds the current message to the state after the coordinator has accepted it. */
static evenkeel_status commit(evenkeel_device *device) {
    evenkeel_state *state = &device->state;
    evenkeel_limits limits = {device->plan.dimension, device->plan.dimension, MAX_INT};
    evenkeel_frame *frame = &device->work_in.frame;
    evenkeel_vector gradient = {device->gradient, EVENKEEL_FLOAT32};
    size_t position;
    evenkeel_status status =
        evenkeel_message_open(&device->parts, frame, state->message, state->message_size, &limits, device->drawn, &position);
    if (status != EVENKEEL_OK) return stop(device, EVENKEEL_DAMAGED_STATE, position);
    evenkeel_feedback_commit(&device->feedback, frame, gradient, state->eta, device->model);
    state->head = evenkeel_digest(state->message, state->message_size);
    state->sequence++;
    state->last_round = state->round;
    state->message_size = 0;
    device->accepted++;
    return ask_for_task(device, device->after, 0);
}

static evenkeel_status sent(evenkeel_device *device) {
    evenkeel_state *state = &device->state;
    uint64_t digest = 0;
    int64_t sequence = 0;
    uint32_t round = 0;
    size_t at;
    TRY(get_answer(device, &at));
    TRY(get_u31(device, at, "round", 0, &round));
    TRY(get_integer(device, at, "sequence", 1, MAX_SEQUENCE, &sequence));
    TRY(get_digest(device, at, "digest", &digest));
    if (digest != evenkeel_digest(state->message, state->message_size) || sequence != state->sequence + 1 || round != state->round)
        return stop(device, EVENKEEL_WRONG_ANSWER, at);
    return commit(device);
}

/** Processes the first line of an answer, the receipt, as soon as it has arrived. A task may follow later. */
static evenkeel_status take_receipt(evenkeel_device *device) {
    size_t whole = device->received, end = 0;
    while (end < whole && device->target[end] != '\n') end++;
    if (end == whole) return EVENKEEL_OK;
    device->received = end;
    TRY(sent(device));
    device->received = whole - end - 1;
    memmove(device->target, device->target + end + 1, device->received);
    device->follows = 1;
    return EVENKEEL_OK;
}

evenkeel_status evenkeel_answer_body(evenkeel_device *device, const void *bytes, size_t size) {
    if (device->outstanding != 2) return EVENKEEL_NOT_EXPECTED;
    size_t left = device->capacity - device->received, part = size < left ? size : left;
    if (part > 0) memcpy(device->target + device->received, bytes, part);
    device->received += part;
    if (device->http_status / 100 != 2) return EVENKEEL_OK;
    if (part == size) return device->step == SEND ? take_receipt(device) : EVENKEEL_OK;
    int is_json = device->target == device->settings.buffer + REQUEST_BYTES;
    return stop(device, is_json ? EVENKEEL_TOO_LITTLE_MEMORY : EVENKEEL_TRAILING_BYTES, device->capacity);
}

evenkeel_status evenkeel_give_memory(evenkeel_device *device, void *memory, size_t size) {
    size_t position = 0;
    if (device->step != ALLOCATE) return EVENKEEL_NOT_EXPECTED;
    if (memory == NULL || (uintptr_t)memory % 8 != 0) return EVENKEEL_INVALID_ARGUMENT;
    if (size < device->action.bytes) return EVENKEEL_TOO_LITTLE_MEMORY;
    (void)lay_out(device, (uint8_t *)memory);
    TRY(read_tensors(device, device->tensor_sizes));
    evenkeel_status status =
        evenkeel_compressor_read(&device->compressor, device->plan.compressor, device->tensor_sizes, device->plan.tensors);
    TRY(checked(device, status, NULL));
    clear_feedback(device);
    status = evenkeel_state_load(device->settings.storage, owner_of(device), &device->feedback, &device->state, device->message_capacity,
        device->gradient, device->model, &position);
    if (status == EVENKEEL_DAMAGED_STATE && device->settings.on_divergence == EVENKEEL_RECOVER) {
        clear_feedback(device);
        clear_state(&device->state);
        device->state.generation = 0;
        status = EVENKEEL_OK;
    }
    TRY(checked(device, status, &position));
    if (!is_pending_theirs(device)) return agrees(device) ? resume(device) : recover(device);
    device->after = device->theirs_round;
    return commit(device);
}

/** Returns whether the coordinator or a proxy refused the message itself, and would refuse it again. */
static int is_bad_message(uint32_t http) { return http == 400 || http == 413 || http == 415 || http == 422; }

/** Compares the chains after a refusal. If they agree, the message is in no sum, and the device drops it. */
static evenkeel_status compared(evenkeel_device *device) {
    int follows = device->follows_history;
    device->follows_history = 0;
    TRY(read_member(device));
    if (follows) device->after = device->theirs_round;
    if (is_pending_theirs(device)) return commit(device);
    if (!follows || device->state.message_size > 0) device->refused++;
    if (!agrees(device)) return recover(device);
    device->state.message_size = 0;
    if (follows) return ask_for_task(device, device->theirs_round, 0);
    if (!is_bad_message(device->problem.http_status)) return ask_for_task(device, device->after, 0);
    TRY(save(device)); /* the message would be refused again, even after a restart */
    return stop(device, EVENKEEL_REFUSED, 0);
}

static evenkeel_status has_left(evenkeel_device *device) {
    text_writer end = {device->action.end, 0, sizeof device->action.end};
    say(&end, "left");
    return stop(device, EVENKEEL_OK, 0);
}

static evenkeel_status succeeded(evenkeel_device *device) {
    switch (device->step) {
    case ENROL: return enrolled(device);
    case JOIN: return joined(device);
    case TASK: return got_task(device);
    case MODEL: return got_model(device);
    case UPDATE: return got_updates(device);
    case REPLICA: return got_replica(device);
    case SEND: return sent(device);
    case MEMBER: return device->model == NULL ? joined(device) : compared(device);
    case LEAVE: return has_left(device);
    case LOST: return take_over(device);
    default: return recovered(device);
    }
}

/* ------------------------------------------------------------------------------------------------------------ refusals -- */

static evenkeel_problem_type problem_type(const char *type) {
    static const char prefix[] = "urn:evenkeel:problem:";
    static const char *const names[] = {"malformed", "unauthenticated", "forbidden", "client-revoked", "device-not-chosen",
        "enrolment-token-unknown", "enrolment-token-expired", "enrolment-token-used-up", "not-found", "run-not-found", "round-not-found",
        "member-not-found", "model-not-kept", "conflict", "wrong-state", "round-closed", "round-not-open", "state-not-kept",
        "state-diverged", "too-large", "unsupported-media-type", "invalid", "invalid-frame", "plan-exceeded", "too-many-requests", "busy", "history-lost"};
    size_t size = strlen(type), start = sizeof prefix - 1;
    span name = {type + start, size - start};
    if (size > start && memcmp(type, prefix, start) == 0)
        for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
            if (equals(name, names[i])) return (evenkeel_problem_type)(EVENKEEL_PROBLEM_MALFORMED + (int)i);
    return EVENKEEL_PROBLEM_OTHER;
}

/** Reads a problem document, RFC 9457; any other answer comes from a proxy, and its status suffices. */
static void read_problem(evenkeel_device *device) {
    evenkeel_problem *problem = &device->problem;
    json j = answer_json(device);
    size_t fault, at = json_space(&j, 0), type, detail;
    char text[64];
    memset(problem, 0, sizeof *problem);
    problem->type = EVENKEEL_PROBLEM_OTHER;
    problem->http_status = device->http_status;
    if (json_end(&j, at, &fault) == NOWHERE) return;
    type = json_member(&j, at, "type");
    detail = json_member(&j, at, "detail");
    if (type != NOWHERE && json_text(&j, type, text, sizeof text)) problem->type = problem_type(text);
    if (detail != NOWHERE) (void)json_text(&j, detail, problem->detail, sizeof problem->detail);
}

static evenkeel_status discard(evenkeel_device *device, int64_t after, uint32_t pause) {
    device->state.message_size = 0;
    device->refused++;
    return ask_for_task(device, after, pause);
}

static evenkeel_status refused(evenkeel_device *device) {
    read_problem(device);
    evenkeel_problem_type type = device->problem.type;
    uint32_t http = device->http_status, step = device->step;
    if (type == EVENKEEL_PROBLEM_HISTORY_LOST && (step == TASK || step == SEND || is_model(step))) return follow(device);
    /* A coordinator of an earlier version does not accept the report. */
    if (step == LOST && (http == 404 || http == 405)) return take_over(device);
    if (is_model(step)) {
        /* After a power failure the coordinator may be back at the previous round. The device waits for this round. */
        if (type == EVENKEEL_PROBLEM_ROUND_NOT_FOUND) return ask_for_task(device, (int64_t)device->task_round - 1, DEFAULT_PAUSE);
        if (type == EVENKEEL_PROBLEM_MODEL_NOT_KEPT && step == UPDATE) {
            device->replica_round = -1;
            return go(device, MODEL);
        }
        if (type == EVENKEEL_PROBLEM_MODEL_NOT_KEPT || type == EVENKEEL_PROBLEM_ROUND_CLOSED) return ask_for_task(device, device->after, 0);
    }
    /* If the run ended while the device was offline, its membership states how. */
    if (step == JOIN && type == EVENKEEL_PROBLEM_WRONG_STATE) return go(device, MEMBER);
    if (step == SEND) {
        /* The answer may come from a proxy, and the refused message may repeat an accepted one. */
        if (type == EVENKEEL_PROBLEM_STATE_DIVERGED || type == EVENKEEL_PROBLEM_CONFLICT || is_bad_message(http)) return go(device, MEMBER);
        if (type == EVENKEEL_PROBLEM_ROUND_NOT_OPEN) return discard(device, (int64_t)device->state.round - 1, DEFAULT_PAUSE);
        if (type == EVENKEEL_PROBLEM_ROUND_CLOSED || type == EVENKEEL_PROBLEM_WRONG_STATE) return discard(device, device->after, 0);
    }
    /* An earlier request may have succeeded although its answer was lost. */
    return step == LEAVE && type == EVENKEEL_PROBLEM_MEMBER_NOT_FOUND ? has_left(device) : stop(device, EVENKEEL_REFUSED, 0);
}

evenkeel_status evenkeel_answer_end(evenkeel_device *device) {
    uint32_t http = device->http_status;
    if (device->outstanding != 2) return EVENKEEL_NOT_EXPECTED;
    if (http == 408 || http == 429 || http == 500 || (http >= 502 && http <= 504)) return retry(device);
    device->outstanding = device->attempt = 0;
    if (http / 100 != 2) return refused(device);
    return is_download(device->step) && http != 200 ? stop(device, EVENKEEL_WRONG_ANSWER, 0) : succeeded(device);
}

/* ----------------------------------------------------------------------------------------------------------- gradients -- */

evenkeel_status evenkeel_leave(evenkeel_device *device) {
    if (device->step < ALLOCATE || device->outstanding) return EVENKEEL_NOT_EXPECTED;
    device->pause = device->attempt = 0;
    return go(device, LEAVE);
}

evenkeel_status evenkeel_skip(evenkeel_device *device) {
    return device->step == COMPUTE ? ask_for_task(device, device->after, 0) : EVENKEEL_NOT_EXPECTED;
}

/**
 * Adds a metric at its place in the order of names. Does nothing if the value is not finite, the report is full, or it
 * already has the metric.
 */
static void add_metric(evenkeel_report *report, evenkeel_metric metric) {
    uint32_t at = report->metric_count;
    while (at > 0 && follows(&metric, &report->metrics[at - 1])) at--;
    int is_given = at > 0 && !follows(&report->metrics[at - 1], &metric);
    if (!is_finite(metric.value) || is_given || report->metric_count == EVENKEEL_MAX_METRICS) return;
    memmove(&report->metrics[at + 1], &report->metrics[at], (report->metric_count - at) * sizeof metric);
    report->metrics[at] = metric;
    report->metric_count++;
}

/**
 * Adds the metrics "slope" and "slope-change" for the coordinator's step rule: the slopes along the step from the model
 * of the last message to the round's model, of the loss and of the difference between the gradient and g. Does nothing
 * if the method keeps no model, or if the model has not moved.
 */
static void add_slopes(const evenkeel_device *device, evenkeel_report *report) {
    double product = 0, changes = 0, squares = 0;
    if (!device->plan.reads_slopes || !device->feedback.started || !keeps_model(device->plan.method)) return;
    for (uint32_t j = 0; j < device->plan.dimension; j++) {
        double moved = (double)device->model[j] - (double)device->feedback.model[j], gradient = (double)device->gradient[j];
        double along = moved * gradient, change = moved * (gradient - element(device->feedback.g, j)), square = moved * moved;
        product += along;
        changes += change;
        squares += square;
    }
    add_metric(report, (evenkeel_metric){"slope", 5, product / sqrt(squares)});
    add_metric(report, (evenkeel_metric){"slope-change", 12, changes / sqrt(squares)});
}

evenkeel_status evenkeel_computed(evenkeel_device *device, const evenkeel_report *report) {
    evenkeel_state *state = &device->state;
    evenkeel_message *message = &device->parts;
    evenkeel_sparse *vector = &device->work_in.vector;
    evenkeel_vector gradient = {device->gradient, EVENKEEL_FLOAT32};
    if (device->step != COMPUTE) return EVENKEEL_NOT_EXPECTED;
    memset(message, 0, sizeof *message);
    message->report.samples = 1;
    if (report != NULL) message->report = *report;
    message->sequence = state->sequence + 1;
    message->previous = state->head;
    uint64_t seed = evenkeel_derive_seed(evenkeel_derive_seed(device->plan.seed, device->ordinal), device->task_round);
    TRY(evenkeel_feedback_stage(
        &device->feedback, &device->compressor, gradient, state->eta, seed, device->work, vector, &device->action.position));
    message->report.gradient_norm = evenkeel_norm(gradient, device->plan.dimension);
    message->report.present |= is_finite(message->report.gradient_norm) ? (uint32_t)EVENKEEL_HAS_NORM : 0;
    add_slopes(device, &message->report);
    size_t size = 0;
    TRY(evenkeel_message_encode(message, vector, state->message, device->message_capacity, &size, device->encode_work));
    if (size > device->plan.max_message_bytes) return stop(device, EVENKEEL_LIMIT_EXCEEDED, size);
    state->message_size = size;
    state->round = device->task_round;
    state->history = device->history;
    state->has_history = device->has_history;
    TRY(save(device));
    return go(device, SEND);
}
