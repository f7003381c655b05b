"""Builds the bytes of frames, messages, updates, replicas and deltas, including those that the encoders refuse to write."""

import struct

import numpy as np

from evenkeel import compress, wire
from evenkeel.vector import SplitMix64

CODINGS = {coding.text: coding.id for coding in compress.ValueCoding}


def sealed(data):
    return data + struct.pack("<I", wire.crc32c(data))


def draw(dimension, count, seed):
    return compress.Seeded(dimension, count, seed).indices.tolist()


def frame(dimension, support, coding, values):
    kinds = {"all": compress.All, "listed": compress.Listed, "seeded": compress.Seeded, "blocks": compress.Blocks}
    made = kinds[support[0]](dimension, *support[1:])
    vector = compress.CompressedVector(made, compress.ValueCoding.parse(coding), np.array(values, dtype=np.float64))
    return wire.encode_frame(vector)


def log_rounded(coding, values):
    return compress.ValueCoding.parse(coding).rounded(np.array(values, dtype=np.float64)).tolist()


def log_header(largest, levels):
    return struct.pack("<fH", largest, levels)


def log_bits(text):
    return np.packbits([int(bit) for bit in text], bitorder="little").tobytes()


def message_header(sequence, previous, samples, loss=None, gradient_norm=None, smoothness=None, metrics=()):
    figures = [loss, gradient_norm, smoothness]
    flags = sum(1 << i for i, v in enumerate(figures) if v is not None)
    data = b"\xe7M\x01" + struct.pack("<BqQq", flags, sequence, previous, samples)
    data += b"".join(struct.pack("<d", v) for v in figures if v is not None)
    data += bytes([len(metrics)])
    for name, value in metrics:
        data += bytes([len(name)]) + name.encode() + struct.pack("<d", value)
    return sealed(data)


def update(round, retained, factor, divisors, changes, size=None):
    data = frame(*changes)
    total = 24 + 8 * len(divisors) + 4 + len(data) if size is None else size
    header = b"\xe7U\x01" + struct.pack("<BIIdI", int(retained), total, round, factor, len(divisors))
    return sealed(header + struct.pack("<%dd" % len(divisors), *divisors)) + data


def delta(round, vector, size=None):
    data = frame(*vector)
    return sealed(b"\xe7D\x01\x00" + struct.pack("<II", 16 + len(data) if size is None else size, round)) + data


def replica(round, x, total):
    return wire.Replica(round, np.array(x, dtype=np.float64), np.array(total, dtype=np.float64)).encode()


def patched(data, position, replacement, reseal=True):
    data = data[:position] + replacement + data[position + len(replacement):]
    return sealed(data[:-4]) if reseal else data


def floats(count, seed):
    random = SplitMix64(seed)
    return [(random.next() >> 40) / 2**20 - 8.0 for _ in range(count)]


def spread(count, seed, octaves):
    random = SplitMix64(seed)
    return [(-1) ** (random.next() & 1) * 2.0 ** -(random.next() % (octaves * 16) / 16) for _ in range(count)]


PLAIN = (10, ("listed", [1, 4, 5, 9]), "float32", [0.5, -2.0, 0.0, 3.25])
TINY, HUGE = 5e-324, 1.7976931348623157e308
CHANGES = (6, ("listed", [1, 4]), "float64", [0.1, -7.0])
