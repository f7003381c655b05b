"""Damaged frames."""

import math
import struct

from .build import CODINGS, PLAIN, draw, floats, frame, message_header, patched, sealed
from .collect import refuse


def two_gaps(parameter, bits, dimension=10, coding=0x02):
    data = b"\xe7F\x01\x00" + struct.pack("<BIIB", coding, dimension, 2, parameter) + bits + struct.pack("<ff", 1, 2)
    return sealed(data)


def add():
    plain = frame(*PLAIN)
    size = len(plain)
    refuse("frame", "empty", "no byte at all", b"", "TRUNCATED", 0, 10)
    refuse("frame", "json", "JSON where a frame belongs", b'{"values":[1]}', "WRONG_MAGIC", 0, 10)
    refuse("frame", "message-as-frame", "a message where a frame belongs", message_header(1, 0, 1) + plain, "WRONG_MAGIC", 1, 10)
    refuse("frame", "version-2", "a version of the future", patched(plain, 2, b"\x02"), "UNSUPPORTED_VERSION", 2, 10)
    refuse("frame", "version-0", "a version that never existed", patched(plain, 2, b"\x00"), "UNSUPPORTED_VERSION", 2, 10)
    refuse("frame", "too-long", "more bytes than allowed", plain, "LIMIT_EXCEEDED", 0, 10, max_bytes=size - 1)
    refuse("frame", "cut-magic", "only one byte of a frame", plain[:1], "TRUNCATED", 1, 10)
    refuse("frame", "cut-header", "half a header", plain[:8], "TRUNCATED", 8, 10)
    refuse("frame", "cut-values", "cut within the values", plain[:-9], "TRUNCATED", size - 9, 10)
    refuse("frame", "cut-checksum", "the last byte is missing", plain[:-1], "TRUNCATED", size - 1, 10)
    gaps = frame(10_000, ("listed", draw(10_000, 100, 7)), "float32", floats(100, 1))
    refuse("frame", "cut-gaps", "cut within the gaps", gaps[:60], "TRUNCATED", 60, 10_000)
    refuse("frame", "trailing", "one byte too many", plain + b"\0", "TRAILING_BYTES", size, 10)
    refuse("frame", "trailing-sealed", "two bytes too many, under the checksum", sealed(plain[:-4] + b"\0\0"), "TRAILING_BYTES", size, 10)
    refuse("frame", "two-frames", "a frame after the frame", plain + plain, "TRAILING_BYTES", size, 10)
    refuse("frame", "bit-in-value", "one bit of a value is flipped", patched(plain, 20, bytes([plain[20] ^ 4]), False), "CORRUPTED", size - 4, 10)
    refuse("frame", "bit-in-dimension", "one bit of the dimension is flipped", patched(plain, 5, b"\x0b", False), "CORRUPTED", size - 4, 10)
    refuse("frame", "bit-in-checksum", "one bit of the checksum is flipped", plain[:-1] + bytes([plain[-1] ^ 128]), "CORRUPTED", size - 4, 10)
    refuse("frame", "flags", "a flag that version 1 does not have", patched(plain, 3, b"\x01"), "NOT_CANONICAL", 3, 10)
    refuse("frame", "value-coding", "a value coding without a meaning", patched(plain, 4, b"\xa1"), "NOT_CANONICAL", 4, 10)
    refuse("frame", "index-coding", "an index coding without a meaning", patched(plain, 4, b"\x08"), "NOT_CANONICAL", 4, 10)
    refuse("frame", "dimension", "another model's dimension", plain, "WRONG_DIMENSION", 5, 11)
    refuse("frame", "dimension-0", "no coordinate", patched(plain, 5, bytes(4)), "WRONG_DIMENSION", 5, 10)
    refuse("frame", "count-negative", "a count of 2^31", patched(plain, 9, struct.pack("<I", 2**31)), "INVALID_INDEX", 9, 10)
    refuse("frame", "count-over-dimension", "more values than coordinates", patched(plain, 9, struct.pack("<I", 11)), "INVALID_INDEX", 9, 10)
    refuse("frame", "count-over-limit", "more values than the plan allows", plain, "LIMIT_EXCEEDED", 9, 10, max_count=3)
    most = 2**31 - 1
    for index_id, coding in ((1, "float32"), (2, "sign"), (3, "natural"), (4, "sign"), (5, "sign"), (6, "sign"), (7, "sign"), (0, "bf16")):
        data = b"\xe7F\x01\x00" + struct.pack("<BII", CODINGS[coding] << 4 | index_id, most, most) + bytes([1] * 13)
        refuse("frame", "claims-%d" % index_id, "30 bytes that claim 2^31 - 1 values", sealed(data), "TRUNCATED", 30, most)
    refuse("frame", "all-but-one", "every coordinate, but one value too few", sealed(frame(2, ("all",), "float32", [1.0, 2.0])[:9]
           + struct.pack("<If", 1, 1.0)), "INVALID_INDEX", 9, 2)
    refuse("frame", "bitmap-short", "one bit too few in the bitmap", patched(plain, 13, b"\x12"), "INVALID_INDEX", 13, 10)
    refuse("frame", "bitmap-over", "one bit too many in the bitmap", patched(plain, 13, b"\x73"), "INVALID_INDEX", 13, 10)
    refuse("frame", "bitmap-padding", "a bit after the last coordinate", patched(plain, 14, b"\x06"), "NOT_CANONICAL", 14, 10)
    refuse("frame", "golomb-parameter-0", "a divisor of 0", patched(gaps, 13, b"\0"), "NOT_CANONICAL", 13, 10_000)
    refuse("frame", "golomb-parameter-120", "a divisor of 2^31", patched(gaps, 13, bytes([120])), "NOT_CANONICAL", 13, 10_000)
    refuse("frame", "golomb-range", "the second index is the dimension", two_gaps(1, b"\x80\x04"), "INVALID_INDEX", 15, 10)
    refuse("frame", "golomb-remainder-range", "the second index is beyond by its remainder", two_gaps(12, b"\x01\x01"), "INVALID_INDEX", 15, 10)
    refuse("frame", "golomb-zeros", "zeros without end", two_gaps(119, bytes(100)), "INVALID_INDEX", 15, 10)
    refuse("frame", "golomb-padding", "a bit set after the gaps", two_gaps(1, b"\x83"), "NOT_CANONICAL", 14, 10)
    rows = frame(20_000, ("listed", [200 * row + column for row in (3, 40) for column in range(100)]), "float32", floats(200, 1))
    refuse("frame", "cut-adaptive", "cut within the adaptive gaps", rows[:20], "TRUNCATED", 20, 20_000)
    refuse("frame", "adaptive-parameter-0", "a divisor of 0", patched(rows, 13, b"\0"), "NOT_CANONICAL", 13, 20_000)
    refuse("frame", "adaptive-parameter-120", "a divisor of 2^31", patched(rows, 13, bytes([120])), "NOT_CANONICAL", 13, 20_000)
    refuse("frame", "adaptive-range", "the second index is beyond by its quotient", two_gaps(1, b"\x41\0", coding=0x06), "INVALID_INDEX", 14, 10)
    refuse("frame", "adaptive-remainder-range", "the second index is beyond by its remainder", two_gaps(1, b"\x61\0", coding=0x06), "INVALID_INDEX", 15, 10)
    refuse("frame", "adaptive-zeros", "zeros without end", two_gaps(119, bytes(100), coding=0x06), "INVALID_INDEX", 17, 10)
    refuse("frame", "adaptive-padding", "a bit set after the gaps", two_gaps(1, b"\x83", coding=0x06), "NOT_CANONICAL", 14, 10)
    blocks = frame(23, ("blocks", 5, [0, 2, 4]), "float32", floats(13, 6))
    refuse("frame", "block-length-0", "blocks of nothing", patched(blocks, 13, bytes(4)), "NOT_CANONICAL", 13, 23)
    refuse("frame", "block-length-24", "blocks longer than the vector", patched(blocks, 13, b"\x18"), "NOT_CANONICAL", 13, 23)
    refuse("frame", "block-count", "13 values for three whole blocks", patched(blocks, 17, b"\x07"), "INVALID_INDEX", 13, 23)
    refuse("frame", "block-padding", "a bit after the last block", patched(blocks, 17, b"\x35"), "NOT_CANONICAL", 17, 23)


def add_values():
    """Adds values that a coding cannot hold."""
    dense = {c: frame(3, ("all",), c, [1.0, -1.0, 1.0]) for c in CODINGS}
    nan32, inf64 = struct.pack("<f", math.nan), struct.pack("<d", -math.inf)
    refuse("frame", "nan", "the second value is NaN", patched(dense["float32"], 17, nan32), "INVALID_VALUE", 17, 3)
    refuse("frame", "infinity", "the third value is infinite", patched(dense["float64"], 29, inf64), "INVALID_VALUE", 29, 3)
    refuse("frame", "bf16-infinity", "the first value is infinite", patched(dense["bf16"], 13, b"\x80\x7f"), "INVALID_VALUE", 13, 3)
    refuse("frame", "natural-exponent", "no value has the largest exponent", patched(dense["natural"], 15, b"\x01\x81\x01"), "NOT_CANONICAL", 13, 3)
    refuse("frame", "natural-zero-exponent", "zeros with an exponent", patched(dense["natural"], 13, b"\x01\x00\x7f\x7f\x7f"), "NOT_CANONICAL", 13, 3)
    refuse("frame", "natural-negative-zero", "a zero with a sign", patched(dense["natural"], 16, b"\xff"), "NOT_CANONICAL", 16, 3)
    refuse("frame", "natural-overflow", "2^1024", patched(dense["natural"], 13, struct.pack("<h", 1024)), "INVALID_VALUE", 15, 3)
    refuse("frame", "natural-underflow", "2^-1075", patched(dense["natural"], 13, struct.pack("<hBB", -1074, 0, 1)), "INVALID_VALUE", 16, 3)
    refuse("frame", "sign-scale-negative", "a scale with a sign", patched(dense["sign"], 13, struct.pack("<f", -1)), "INVALID_VALUE", 13, 3)
    refuse("frame", "sign-scale-nan", "a scale that is NaN", patched(dense["sign"], 13, nan32), "INVALID_VALUE", 13, 3)
    refuse("frame", "sign-padding", "a bit set after the signs", patched(dense["sign"], 17, b"\x0a"), "NOT_CANONICAL", 17, 3)
    refuse("frame", "sign-empty-scale", "a scale without values", patched(frame(3, ("listed", []), "sign", []), 14, struct.pack("<f", 1)),
           "NOT_CANONICAL", 14, 3)
