"""Damaged messages, updates, replicas and deltas."""

import math
import struct

from .build import CHANGES, PLAIN, delta, frame, message_header, patched, replica, sealed, update
from .collect import refuse


def add_messages():
    plain = frame(*PLAIN)
    size = len(plain)

    def refuse_header(name, about, position, fault, header, dimension=10):
        refuse("message", name, about, header + plain, fault, position, dimension)

    header = message_header(1, 0, 100)
    refuse("message", "message-empty", "no byte at all", b"", "TRUNCATED", 0, 10)
    refuse("message", "message-version", "a version of the future", patched(header, 2, b"\x09") + plain, "UNSUPPORTED_VERSION", 2, 10)
    refuse_header("message-frame-only", "a frame where a message belongs", 1, "WRONG_MAGIC", b"")
    refuse_header("message-flags", "a flag that version 1 does not have", 3, "NOT_CANONICAL", patched(header, 3, b"\x08"))
    refuse_header("message-bit", "one bit of the sequence is flipped", len(header) - 4, "CORRUPTED", patched(header, 4, b"\x03", False))
    refuse_header("message-sequence", "a sequence of 0", 4, "INVALID_VALUE", message_header(0, 0, 100))
    refuse_header("message-samples", "samples of -1", 20, "INVALID_VALUE", message_header(1, 0, -1))
    refuse_header("message-loss", "a loss that is NaN", 28, "INVALID_VALUE", message_header(1, 0, 1, loss=math.nan))
    refuse_header("message-norm", "a negative norm", 36, "INVALID_VALUE", message_header(1, 0, 1, loss=1, gradient_norm=-1))
    refuse_header("message-smoothness", "an infinite smoothness", 28, "INVALID_VALUE", message_header(1, 0, 1, smoothness=math.inf))
    refuse_header("message-metric-value", "a metric that is NaN", 31, "INVALID_VALUE", message_header(1, 0, 1, metrics=[("a", math.nan)]))
    refuse_header("message-metric-name", "a name with a capital letter", 29, "INVALID_VALUE", message_header(1, 0, 1, metrics=[("A", 1)]))
    refuse_header("message-metric-nameless", "an empty name", 29, "INVALID_VALUE", message_header(1, 0, 1, metrics=[("", 1)]))
    refuse_header("message-metric-long", "a name of 65 letters", 29, "INVALID_VALUE", message_header(1, 0, 1, metrics=[("a" * 65, 1)]))
    refuse_header("message-metric-order", "names not sorted", 39, "NOT_CANONICAL", message_header(1, 0, 1, metrics=[("b", 1), ("a", 1)]))
    refuse_header("message-metric-twice", "a name twice", 39, "NOT_CANONICAL", message_header(1, 0, 1, metrics=[("a", 1), ("a", 1)]))
    refuse_header("message-metrics", "33 metrics", 28, "LIMIT_EXCEEDED", message_header(1, 0, 1, metrics=[("m%02d" % i, 1) for i in range(33)]))
    refuse("message", "message-cut-fixed", "cut before the samples", header[:15], "TRUNCATED", 15, 10)
    refuse("message", "message-cut-metric", "cut within a metric", message_header(1, 0, 1, metrics=[("a", 1)])[:35], "TRUNCATED", 35, 10)
    refuse("message", "message-cut-frame", "no frame", header, "TRUNCATED", len(header), 10)
    refuse("message", "message-cut-values", "cut within the values", (header + plain)[:-10], "TRUNCATED", len(header) + size - 10, 10)
    refuse("message", "message-trailing", "one byte too many", header + plain + b"\0", "TRAILING_BYTES", len(header) + size, 10)
    refuse("message", "message-frame-bit", "one bit of a value is flipped", header + patched(plain, 20, bytes([plain[20] ^ 4]), False),
           "CORRUPTED", len(header) + size - 4, 10)
    refuse("message", "message-too-long", "more bytes than allowed", header + plain, "LIMIT_EXCEEDED", 0, 10, max_bytes=60)


def add_updates():
    one = update(3, True, 0.5, [2.0], CHANGES)
    refuse("updates", "update-cut-header", "cut before the divisors", one[:20], "TRUNCATED", 20, 6)
    refuse("updates", "update-cut-divisors", "cut within the divisors", one[:30], "TRUNCATED", 30, 6)
    refuse("updates", "update-cut-frame", "cut within the frame", one[:-1], "TRUNCATED", len(one) - 1, 6)
    refuse("updates", "update-bit", "one bit of the factor is flipped", patched(one, 12, b"\x01", False), "CORRUPTED", 32, 6)
    refuse("updates", "update-frame-bit", "one bit of a value is flipped", patched(one, len(one) - 6, b"\x01", False), "CORRUPTED", len(one) - 4, 6)
    refuse("updates", "update-flags", "a flag that version 1 does not have", sealed(patched(one[:32], 3, b"\x02", False)) + one[36:], "NOT_CANONICAL", 3, 6)
    refuse("updates", "update-size-small", "a size that ends within the header", update(3, True, 0.5, [2.0], CHANGES, size=30), "INVALID_VALUE", 4, 6)
    refuse("updates", "update-size-limit", "more bytes than allowed", one, "LIMIT_EXCEEDED", 4, 6, max_bytes=len(one) - 1)
    refuse("updates", "update-size-negative", "a size of 2^31", update(3, True, 0.5, [2.0], CHANGES, size=2**31), "LIMIT_EXCEEDED", 4, 6)
    refuse("updates", "update-round", "a round of 2^31", update(2**31, True, 0.5, [2.0], CHANGES), "INVALID_VALUE", 8, 6)
    refuse("updates", "update-factor", "an infinite factor", update(3, True, math.inf, [2.0], CHANGES), "INVALID_VALUE", 12, 6)
    refuse("updates", "update-no-divisor", "no divisor", update(3, True, 0.5, [], CHANGES), "INVALID_VALUE", 20, 6)
    refuse("updates", "update-divisor-0", "a divisor of 0", update(3, True, 0.5, [1.0, 0.0], CHANGES), "INVALID_VALUE", 32, 6)
    refuse("updates", "update-divisor-nan", "a divisor that is NaN", update(3, True, 0.5, [math.nan], CHANGES), "INVALID_VALUE", 24, 6)
    refuse("updates", "update-float32", "changes as float32", update(3, True, 0.5, [2.0], (6, ("listed", [1]), "float32", [1.0])), "NOT_CANONICAL", 40, 6)
    refuse("updates", "update-seeded", "changes on drawn coordinates", update(3, True, 0.5, [2.0], (6, ("seeded", 1, 5), "float64", [1.0])), "NOT_CANONICAL", 40, 6)
    refuse("updates", "update-gap", "a round is left out", one + update(5, True, 0.5, [2.0], CHANGES), "INVALID_VALUE", len(one) + 8, 6)
    refuse("updates", "update-trailing", "half an update after the update", one + one[:10], "TRUNCATED", len(one) + 10, 6)

    whole = replica(12, [0.5, 2.0], [0.1, 0.0])
    refuse("replica", "replica-cut-header", "half a header", whole[:9], "TRUNCATED", 9, 2)
    refuse("replica", "replica-cut", "the last byte is missing", whole[:-1], "TRUNCATED", len(whole) - 1, 2)
    refuse("replica", "replica-trailing", "one byte too many", whole + b"\0", "TRAILING_BYTES", len(whole), 2)
    refuse("replica", "replica-bit", "one bit of x is flipped", patched(whole, 13, b"\x01", False), "CORRUPTED", len(whole) - 4, 2)
    refuse("replica", "replica-flags", "a flag that version 1 does not have", patched(whole, 3, b"\x06"), "NOT_CANONICAL", 3, 2)
    refuse("replica", "replica-round", "a round of 2^31", patched(whole, 7, b"\x80"), "INVALID_VALUE", 4, 2)
    refuse("replica", "replica-dimension", "another model's dimension", whole, "WRONG_DIMENSION", 8, 3)
    refuse("replica", "replica-claims", "16 bytes that claim 2^32 - 1 coordinates", sealed(b"\xe7R\x01\x03" + struct.pack("<II", 0, 2**32 - 1)), "TRUNCATED", 16, 3)
    refuse("replica", "replica-nan", "x has a NaN", patched(whole, 16, struct.pack("<f", math.nan)), "INVALID_VALUE", 16, 2)
    refuse("replica", "replica-sum-infinity", "S has an infinity", patched(whole, 20, struct.pack("<d", -math.inf)), "INVALID_VALUE", 20, 2)


def add_deltas():
    one = delta(3, PLAIN)
    refuse("deltas", "delta-cut-header", "cut within the header's checksum", one[:14], "TRUNCATED", 14, 10)
    refuse("deltas", "delta-cut-frame", "cut within the frame", one[:-1], "TRUNCATED", len(one) - 1, 10)
    refuse("deltas", "delta-update", "a round update", update(3, True, 0.5, [2.0], CHANGES), "WRONG_MAGIC", 1, 6)
    refuse("deltas", "delta-version", "version 2", patched(one, 2, b"\x02", False), "UNSUPPORTED_VERSION", 2, 10)
    refuse("deltas", "delta-bit", "one bit of the round is flipped", patched(one, 8, b"\x02", False), "CORRUPTED", 12, 10)
    refuse("deltas", "delta-frame-bit", "one bit of a value is flipped", patched(one, len(one) - 6, b"\x01", False), "CORRUPTED", len(one) - 4, 10)
    refuse("deltas", "delta-flags", "a flag that version 1 does not have", sealed(patched(one[:12], 3, b"\x01", False)) + one[16:], "NOT_CANONICAL", 3, 10)
    refuse("deltas", "delta-size-small", "a size that ends within the header", delta(3, PLAIN, size=15), "INVALID_VALUE", 4, 10)
    refuse("deltas", "delta-size-limit", "more bytes than allowed", one, "LIMIT_EXCEEDED", 4, 10, max_bytes=len(one) - 1)
    refuse("deltas", "delta-round", "a round of 2^31", delta(2**31, PLAIN), "INVALID_VALUE", 8, 10)
    refuse("deltas", "delta-dimension", "another model's dimension", one, "WRONG_DIMENSION", 16 + 5, 11)
    refuse("deltas", "delta-count", "more values than allowed", one, "LIMIT_EXCEEDED", 16 + 9, 10, max_count=3)
    refuse("deltas", "delta-gap", "a round is left out", one + delta(5, PLAIN), "INVALID_VALUE", len(one) + 8, 10)
    refuse("deltas", "delta-trailing", "half a delta after the delta", one + one[:10], "TRUNCATED", len(one) + 10, 10)
