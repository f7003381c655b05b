"""Damaged frames with logarithmic levels."""

import math
import struct

from .build import CODINGS, frame, log_bits, log_header, log_rounded, sealed, spread
from .collect import refuse

MAX_INT = 2**31 - 1


def log_frame(header, text, count=2):
    data = b"\xe7F\x01\x00" + struct.pack("<BII", CODINGS["log:4"] << 4, count, count)
    return sealed(data + header + log_bits(text))


def add():
    TWO = "11111000" + "10"  # a bit for level 0 and one for level 1, then none for zero
    refuse("frame", "log-scale-negative", "a largest magnitude with a sign", log_frame(log_header(-1, 2), TWO + "0" + "0010"), "INVALID_VALUE", 13, 2)
    refuse("frame", "log-scale-nan", "a largest magnitude that is NaN", log_frame(log_header(math.nan, 2), TWO + "0" + "0010"), "INVALID_VALUE", 13, 2)
    refuse("frame", "log-scale-zero", "levels below zero", log_frame(log_header(0, 2), TWO + "0" + "0010"), "NOT_CANONICAL", 17, 2)
    refuse("frame", "log-no-level", "a largest magnitude and no level", log_frame(log_header(1, 0), "11110000" + "00"), "NOT_CANONICAL", 17, 2)
    refuse("frame", "log-levels", "more levels than the coding has", log_frame(log_header(1, 65), TWO + "0" * 64 + "0010"), "NOT_CANONICAL", 17, 2)
    refuse("frame", "log-incomplete", "a code that leaves bits without a meaning", log_frame(log_header(1, 2), "11110100" + "10" + "0" + "000010"), "NOT_CANONICAL", 20, 2)
    refuse("frame", "log-overfull", "three codes of one bit", log_frame(log_header(1, 2), TWO + "10" + "0010"), "NOT_CANONICAL", 20, 2)
    refuse("frame", "log-no-code", "values without a code", log_frame(log_header(1, 2), "000" + "00"), "NOT_CANONICAL", 19, 2)
    refuse("frame", "log-code-too-long", "a code of 13 bits", log_frame(log_header(1, 2), "11111011" + "10" + "0" + "0010"), "NOT_CANONICAL", 19, 2)
    refuse("frame", "log-code-escaped", "a length written in its longer form", log_frame(log_header(1, 2), "11111000" + "11111000" + "0" + "0010"), "NOT_CANONICAL", 20, 2)
    refuse("frame", "log-unused-level", "a code for a level that no value has", log_frame(log_header(1, 2), TWO + "0" + "0000"), "NOT_CANONICAL", 19, 2)
    refuse("frame", "log-unused-largest", "no value has the largest magnitude", log_frame(log_header(1, 2), "0" + TWO + "0010"), "NOT_CANONICAL", 19, 2)
    refuse("frame", "log-unused-last", "a last level without a code", log_frame(log_header(1, 3), TWO + "00" + "0010"), "NOT_CANONICAL", 19, 2)
    refuse("frame", "log-padding", "a bit set after the codes", log_frame(log_header(1, 2), TWO + "0" + "0010" + "1"), "NOT_CANONICAL", 20, 2)
    refuse("frame", "log-empty-code", "a code though there is no value", sealed(frame(3, ("listed", []), "log:4", [])[:14] + log_header(0, 0) + log_bits("11110000")),
           "NOT_CANONICAL", 20, 3)
    claims = b"\xe7F\x01\x00" + struct.pack("<BII", CODINGS["log:4"] << 4, MAX_INT, MAX_INT) + log_header(0, 0) + log_bits("11110000") + bytes(9)
    refuse("frame", "log-claims", "33 bytes that claim 2^31 - 1 zeros", sealed(claims), "TRUNCATED", 33, MAX_INT)
    short = frame(300, ("all",), "log:6", log_rounded("log:6", spread(300, 6, 6)))
    refuse("frame", "log-cut", "cut within the codes", short[:150], "TRUNCATED", 150, 300)
    refuse("frame", "log-trailing", "two bytes too many, under the checksum", sealed(short[:-4] + b"\0\0"), "TRAILING_BYTES", len(short), 300)
