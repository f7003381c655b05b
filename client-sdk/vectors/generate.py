"""Writes every vector of this folder and index.json. Vectors of a released version are never changed, only added to.

    apt-get install python3-numpy python3-urllib3
    /usr/bin/python3 client-sdk/vectors/generate.py

The good ones are written by the Python package in ../python, a second implementation beside the Java one; the bad ones are
good ones damaged, or put together here from what the encoders refuse to write.
"""

import json
import math
import pathlib
import struct
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "python" / "src"))

from evenkeel import compress, wire  # noqa: E402
from evenkeel.vector import SplitMix64  # noqa: E402

good, bad = [], []
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


def replica(round, x, total):
    return wire.Replica(round, np.array(x, dtype=np.float64), np.array(total, dtype=np.float64)).encode()


def store(name, data):
    (HERE / (name + ".bin")).write_bytes(data)
    return {"file": name + ".bin", "bytes": len(data), "digest": wire.digest_text(wire.digest(data))}


def described(dimension, support, coding, values):
    keys = {"all": [], "listed": ["indices"], "seeded": ["count", "seed"], "blocks": ["length", "blocks"]}[support[0]]
    content = dict(zip(keys, support[1:]))
    if "seed" in content:
        content["seed"] = "%016x" % content["seed"]
    return {"dimension": dimension, "support": {"type": support[0], **content}, "coding": coding, "values": values}


def good_frame(name, about, *vector):
    good.append({"kind": "frame", **store(name, frame(*vector)), "about": about, "vector": described(*vector)})


def good_message(name, about, sequence, previous, report, vector, twin=None):
    data = message_header(sequence, previous, **report) + frame(*vector)
    names = {"gradient_norm": "gradientNorm"}
    fields = {names.get(k, k): dict(v) if k == "metrics" else v for k, v in report.items()}
    content = {"sequence": sequence, "previous": "%016x" % previous, **fields, "vector": described(*vector)}
    good.append({"kind": "message", **store(name, data), "about": about, **content, **({"json": twin} if twin else {})})


def good_updates(name, about, *updates):
    keys = ["round", "retained", "factor", "divisors", "changes"]
    content = [{**dict(zip(keys, u)), "changes": described(*u[4])} for u in updates]
    good.append({"kind": "updates", **store(name, b"".join(update(*u) for u in updates)), "about": about, "updates": content})


def good_replica(name, about, round, x, total):
    good.append({"kind": "replica", **store(name, replica(round, x, total)), "about": about, "round": round, "x": x, "sum": total})


def refuse(kind, name, about, data, fault, position, dimension, max_count=None, max_bytes=2**31 - 1):
    limits = {"dimension": dimension, "maxCount": dimension if max_count is None else max_count, "maxBytes": max_bytes}
    bad.append({"kind": kind, **store("bad-" + name, data), "about": about, "fault": fault, "position": position, "limits": limits})


def patched(data, position, replacement, reseal=True):
    data = data[:position] + replacement + data[position + len(replacement):]
    return sealed(data[:-4]) if reseal else data


def floats(count, seed):
    random = SplitMix64(seed)
    return [(random.next() >> 40) / 2**20 - 8.0 for _ in range(count)]


PLAIN = (10, ("listed", [1, 4, 5, 9]), "float32", [0.5, -2.0, 0.0, 3.25])
TINY, HUGE = 5e-324, 1.7976931348623157e308

good_frame("frame-worked-example", "the one taken apart in FORMAT.md", *PLAIN)
good_frame("frame-all-float32", "a negative zero, the smallest and the largest float32", 5, ("all",), "float32",
           [1.0, -0.0, 2.0**-149, -3.4028234663852886e38, 0.0])
good_frame("frame-all-float64", "what only a float64 holds", 5, ("all",), "float64", [0.1, -TINY, HUGE, -0.0, 1 / 3])
good_frame("frame-all-bf16", "seven significant bits behind the leading one", 4, ("all",), "bf16",
           [1.0078125, -2.0**-133, -0.0, 3.3895313892515355e38])
good_frame("frame-all-natural", "from the largest exponent down to 126 below it", 6, ("all",), "natural",
           [8.0, -4.0, 0.0, 2.0**-123, -(2.0**-123), 0.5])
good_frame("frame-natural-zeros", "nothing but zeros", 3, ("all",), "natural", [0.0, 0.0, 0.0])
good_frame("frame-natural-subnormal", "exponents below those of normal float64s", 3, ("all",), "natural", [2.0**-1020, -TINY, 2.0**-1073])
good_frame("frame-natural-largest", "the largest exponent there is", 2, ("all",), "natural", [-(2.0**1023), 2.0**897])
good_frame("frame-all-sign", "eleven signs take two bytes", 11, ("all",), "sign",
           [0.75 * s for s in (1, -1, -1, 1, 1, -1, 1, 1, -1, 1, -1)])
good_frame("frame-sign-zeros", "a scale of zero keeps its signs", 3, ("all",), "sign", [0.0, -0.0, -0.0])
good_frame("frame-one-coordinate", "the smallest dimension", 1, ("all",), "float32", [-1.5])
good_frame("frame-bitmap", "dense enough for a bitmap", 37, ("listed", [0, 2, 3, 5, 7, 8, 9, 13, 20, 21, 24, 30, 36]), "bf16",
           [float(j) for j in range(13)])
good_frame("frame-golomb", "100 of 10,000", 10_000, ("listed", draw(10_000, 100, 7)), "float32", floats(100, 1))
good_frame("frame-golomb-dense", "a divisor that is no power of two", 1000, ("listed", draw(1000, 220, 8)), "bf16",
           [float(j - 100) for j in range(220)])
good_frame("frame-golomb-widest", "the largest dimension and the widest gap", 2**31 - 1, ("listed", [0, 2**31 - 2]), "float64", [1.0, -1.0])
good_frame("frame-golomb-last", "one index, the last", 2**31 - 1, ("listed", [2**31 - 2]), "float32", [1.0])
good_frame("frame-adaptive-clustered", "gaps of zero and one long one", 5000, ("listed", list(range(40)) + list(range(4900, 4940))),
           "float32", floats(80, 2))
good_frame("frame-adaptive-rows", "four rows of a matrix, each a quarter full", 20_000,
           ("listed", [200 * row + column for row in (3, 40, 41, 97) for column in draw(200, 50, row)]), "bf16", [float(j - 100) for j in range(200)])
good_frame("frame-adaptive-tensors", "three tensors, each sparser than the one before", 12_000,
           ("listed", draw(1000, 300, 11) + [1000 + j for j in draw(3000, 60, 12)] + [4000 + j for j in draw(8000, 10, 13)]), "sign",
           [0.5 if j % 3 else -0.5 for j in range(370)])
good_frame("frame-adaptive-rising", "ever longer gaps", 1_000_000, ("listed", [j**3 for j in range(1, 100)]), "natural",
           [2.0**-j for j in range(99)])
good_frame("frame-adaptive-widest", "the largest dimension, the shortest and the widest gaps", 2**31 - 1,
           ("listed", list(range(60)) + [2**30, 2**31 - 2]), "float32", floats(62, 14))
good_frame("frame-empty-golomb", "no value", 1000, ("listed", []), "float32", [])
good_frame("frame-empty-bitmap", "no value, few coordinates", 3, ("listed", []), "sign", [])
good_frame("frame-empty-natural", "no value and no exponent", 3, ("listed", []), "natural", [])
good_frame("frame-full-list", "every coordinate, but listed", 8, ("listed", list(range(8))), "float32", floats(8, 3))
good_frame("frame-seeded", "20 of 1,000 drawn from a seed", 1000, ("seeded", 20, 0xFEDCBA9876543210), "float32", floats(20, 4))
good_frame("frame-seeded-all", "as many as there are", 9, ("seeded", 9, 1), "natural", [2.0**j for j in range(9)])
good_frame("frame-seeded-none", "none of them", 9, ("seeded", 0, 1), "float32", [])
good_frame("frame-blocks-bitmap", "the last block is short", 23, ("blocks", 5, [0, 2, 4]), "sign", [-0.5] * 7 + [0.5] * 6)
good_frame("frame-blocks-golomb", "30 blocks of 7", 100_003, ("blocks", 7, draw(14_286, 30, 9)), "natural",
           [(-1.0) ** j * 2.0 ** (j % 9) for j in range(210)])
good_frame("frame-blocks-adaptive", "two runs of blocks, the last one short", 50_003,
           ("blocks", 5, list(range(700, 730)) + list(range(9990, 10_001))), "sign", [(-0.25) if j % 7 < 3 else 0.25 for j in range(203)])
good_frame("frame-blocks-whole", "one block, the whole vector", 4, ("blocks", 4, [0]), "float32", [1.0, 2.0, 3.0, 4.0])


def spread(count, seed, octaves):
    random = SplitMix64(seed)
    return [(-1) ** (random.next() & 1) * 2.0 ** -(random.next() % (octaves * 16) / 16) for _ in range(count)]


def good_log(name, about, dimension, support, coding, values):
    good_frame("frame-log-" + name, about, dimension, support, coding, log_rounded(coding, values))


for bits in range(4, 9):
    good_log("%d" % bits, "300 values over six octaves", 300, ("all",), "log:%d" % bits, spread(300, bits, 6))
good_log("listed", "values as Top-K has them, few of the large", 5000, ("listed", draw(5000, 120, 10)), "log:5",
         [3.7 / (j + 3) * (-1) ** (j * j // 7) for j in range(120)])
good_log("range", "the largest float32, and magnitudes down to the last level and below", 9, ("all",), "log:6",
         [3.4028234663852886e38 * 2.0**-o for o in (0, 0, 1, 31, 31.9, 31.96875, 32, 33, 1000)])
good_log("subnormal", "levels below the smallest float32", 4, ("all",), "log:4", [2.0**-149, -(2.0**-180), 0.0, -0.0])
good_log("one", "a code of no bits", 1000, ("listed", [17]), "log:4", [-0.1])
good_log("equal", "one level, a bit of sign each", 12, ("blocks", 3, [0, 2]), "log:8", [2.5, -2.5, 2.5, 2.5, 2.5, -2.5])
good_frame("frame-log-zeros", "nothing but zeros, which keep their signs", 5, ("all",), "log:5", [0.0, -0.0, 0.0, 0.0, -0.0])
good_frame("frame-log-empty", "no value", 1000, ("listed", []), "log:7", [])
good_log("limited", "counts that grow as Fibonacci's numbers: codes that would be longer than 12 bits", 986, ("all",), "log:4",
         [2.0 ** -(level / 2) for level, count in enumerate([1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377])
          for _ in range(count)])
good_message("message-log", "values rounded to levels below the largest", 1, 0, {"samples": 3},
             (6, ("listed", [1, 2, 3, 5]), "log:5", log_rounded("log:5", [0.1, -1.3, 0.625, -1e-12])),
             {"sequence": 1, "previous": "0000000000000000", "indices": [1, 2, 3, 5], "values": [0.1, -1.3, 0.625, -1e-12],
              "coding": "log:5", "samples": 3})

good_message("message-first", "no report but the samples", 1, 0, {"samples": 100}, PLAIN,
             {"sequence": 1, "previous": "0000000000000000", "indices": [1, 4, 5, 9], "values": [0.5, -2, 0, 3.25], "samples": 100})
good_message("message-report", "everything a report can say", 7, 0x8899AABBCCDDEEFF,
             {"samples": 2**40, "loss": -2.25, "gradient_norm": 0.0, "smoothness": 12.5,
              "metrics": [("accuracy", 0.9375), ("accuracy-top.5", 1.0), ("loss_test", -0.0)]},
             (4, ("all",), "bf16", [1.0, -2.0, 0.5, 0.0]),
             {"sequence": 7, "previous": "8899aabbccddeeff", "values": [1, -2.001, 0.5, 0], "coding": "bf16", "samples": 2**40,
              "loss": -2.25, "gradientNorm": 0, "smoothness": 12.5,
              "metrics": {"loss_test": -0.0, "accuracy-top.5": 1, "accuracy": 0.9375}})
good_message("message-metrics", "as many metrics as there may be, with names as short and long as they may be", 2, 1,
             {"samples": 0, "loss": 0.5, "metrics": sorted([("a", 1.0), ("z" * 64, 2.0)] + [("m%02d" % i, float(i)) for i in range(30)])},
             (1, ("all",), "float64", [0.1]),
             {"sequence": 2, "previous": "0000000000000001", "indices": [0], "values": [0.1], "coding": "float64", "samples": 0,
              "loss": 0.5, "metrics": dict([("z" * 64, 2), ("a", 1)] + [("m%02d" % i, i) for i in range(30)])})
good_message("message-rounded", "values as JSON has them and as float32 has them", 1, 0, {"samples": 1},
             (6, ("listed", [2, 3]), "float32", [struct.unpack("<f", struct.pack("<f", v))[0] for v in (0.1, -0.3)]),
             {"sequence": 1, "previous": "0000000000000000", "indices": [2, 3], "values": [0.1, -0.3]})

CHANGES = (6, ("listed", [1, 4]), "float64", [0.1, -7.0])
good_updates("update-retained", "a sum that persists, one divisor", (0, True, 0.125, [2.5], CHANGES))
good_updates("update-reset", "this round's sum alone, a divisor for each of three tensors",
             (41, False, -0.5, [1.0, TINY, HUGE], (3, ("all",), "float64", [0.0, -0.0, 1 / 3])))
good_updates("update-stationary", "no change and no step", (9, True, 0.0, [1.0], (6, ("listed", []), "float64", [])))
good_updates("updates-three", "three rounds one behind the other", (7, True, 0.1, [2.0], CHANGES),
             (8, True, 0.05, [4.0], (6, ("listed", []), "float64", [])), (9, True, 0.025, [8.0], (6, ("all",), "float64", floats(6, 5))))
good_replica("replica-float32", "x is float32 throughout, S is zero", 0, [1.0, -0.0, 0.5], [0.0, 0.0, 0.0])
good_replica("replica-float64", "x is not, S is there", 12, [0.1, -TINY], [0.0, -0.0])
good_replica("replica-sum", "x is float32 throughout, S is there", 3, [0.25, 0.0, 2.0], [0.1, 0.0, 1e300])

plain = frame(*PLAIN)
size = len(plain)
refuse("frame", "empty", "no byte at all", b"", "TRUNCATED", 0, 10)
refuse("frame", "json", "JSON where a frame belongs", b'{"values":[1]}', "WRONG_MAGIC", 0, 10)
refuse("frame", "message-as-frame", "a message where a frame belongs", message_header(1, 0, 1) + plain, "WRONG_MAGIC", 1, 10)
refuse("frame", "version-2", "a version of the future", patched(plain, 2, b"\x02"), "UNSUPPORTED_VERSION", 2, 10)
refuse("frame", "version-0", "a version that never was", patched(plain, 2, b"\x00"), "UNSUPPORTED_VERSION", 2, 10)
refuse("frame", "too-long", "more bytes than allowed", plain, "LIMIT_EXCEEDED", 0, 10, max_bytes=size - 1)
refuse("frame", "cut-magic", "one byte of a frame", plain[:1], "TRUNCATED", 1, 10)
refuse("frame", "cut-header", "half a header", plain[:8], "TRUNCATED", 8, 10)
refuse("frame", "cut-values", "cut within the values", plain[:-9], "TRUNCATED", size - 9, 10)
refuse("frame", "cut-checksum", "the last byte is missing", plain[:-1], "TRUNCATED", size - 1, 10)
gaps = frame(10_000, ("listed", draw(10_000, 100, 7)), "float32", floats(100, 1))
refuse("frame", "cut-gaps", "cut within the gaps", gaps[:60], "TRUNCATED", 60, 10_000)
refuse("frame", "trailing", "one byte too many", plain + b"\0", "TRAILING_BYTES", size, 10)
refuse("frame", "trailing-sealed", "two bytes too many, under the checksum", sealed(plain[:-4] + b"\0\0"), "TRAILING_BYTES", size, 10)
refuse("frame", "two-frames", "a frame behind the frame", plain + plain, "TRAILING_BYTES", size, 10)
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
refuse("frame", "all-but-one", "every coordinate, but a value less", sealed(frame(2, ("all",), "float32", [1.0, 2.0])[:9]
       + struct.pack("<If", 1, 1.0)), "INVALID_INDEX", 9, 2)
refuse("frame", "bitmap-short", "a bit of the bitmap too few", patched(plain, 13, b"\x12"), "INVALID_INDEX", 13, 10)
refuse("frame", "bitmap-over", "a bit of the bitmap too many", patched(plain, 13, b"\x73"), "INVALID_INDEX", 13, 10)
refuse("frame", "bitmap-padding", "a bit behind the last coordinate", patched(plain, 14, b"\x06"), "NOT_CANONICAL", 14, 10)
refuse("frame", "golomb-parameter-0", "a divisor of 0", patched(gaps, 13, b"\0"), "NOT_CANONICAL", 13, 10_000)
refuse("frame", "golomb-parameter-120", "a divisor of 2^31", patched(gaps, 13, bytes([120])), "NOT_CANONICAL", 13, 10_000)


def two_gaps(parameter, bits, dimension=10, coding=0x02):
    data = b"\xe7F\x01\x00" + struct.pack("<BIIB", coding, dimension, 2, parameter) + bits + struct.pack("<ff", 1, 2)
    return sealed(data)


refuse("frame", "golomb-range", "the second index is the dimension", two_gaps(1, b"\x80\x04"), "INVALID_INDEX", 15, 10)
refuse("frame", "golomb-remainder-range", "the second index is beyond by its remainder", two_gaps(12, b"\x01\x01"), "INVALID_INDEX", 15, 10)
refuse("frame", "golomb-zeros", "zeros without end", two_gaps(119, bytes(100)), "INVALID_INDEX", 15, 10)
refuse("frame", "golomb-padding", "a bit set behind the gaps", two_gaps(1, b"\x83"), "NOT_CANONICAL", 14, 10)
rows = frame(20_000, ("listed", [200 * row + column for row in (3, 40) for column in range(100)]), "float32", floats(200, 1))
refuse("frame", "cut-adaptive", "cut within the adaptive gaps", rows[:20], "TRUNCATED", 20, 20_000)
refuse("frame", "adaptive-parameter-0", "a divisor of 0", patched(rows, 13, b"\0"), "NOT_CANONICAL", 13, 20_000)
refuse("frame", "adaptive-parameter-120", "a divisor of 2^31", patched(rows, 13, bytes([120])), "NOT_CANONICAL", 13, 20_000)
refuse("frame", "adaptive-range", "the second index is beyond by its quotient", two_gaps(1, b"\x41\0", coding=0x06), "INVALID_INDEX", 14, 10)
refuse("frame", "adaptive-remainder-range", "the second index is beyond by its remainder", two_gaps(1, b"\x61\0", coding=0x06), "INVALID_INDEX", 15, 10)
refuse("frame", "adaptive-zeros", "zeros without end", two_gaps(119, bytes(100), coding=0x06), "INVALID_INDEX", 17, 10)
refuse("frame", "adaptive-padding", "a bit set behind the gaps", two_gaps(1, b"\x83", coding=0x06), "NOT_CANONICAL", 14, 10)
blocks = frame(23, ("blocks", 5, [0, 2, 4]), "float32", floats(13, 6))
refuse("frame", "block-length-0", "blocks of nothing", patched(blocks, 13, bytes(4)), "NOT_CANONICAL", 13, 23)
refuse("frame", "block-length-24", "blocks longer than the vector", patched(blocks, 13, b"\x18"), "NOT_CANONICAL", 13, 23)
refuse("frame", "block-count", "13 values for three whole blocks", patched(blocks, 17, b"\x07"), "INVALID_INDEX", 13, 23)
refuse("frame", "block-padding", "a bit behind the last block", patched(blocks, 17, b"\x35"), "NOT_CANONICAL", 17, 23)


def log_frame(header, text, count=2):
    data = b"\xe7F\x01\x00" + struct.pack("<BII", CODINGS["log:4"] << 4, count, count)
    return sealed(data + header + log_bits(text))


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
refuse("frame", "log-code-escaped", "a length written in the longer way", log_frame(log_header(1, 2), "11111000" + "11111000" + "0" + "0010"), "NOT_CANONICAL", 20, 2)
refuse("frame", "log-unused-level", "a code for a level that no value has", log_frame(log_header(1, 2), TWO + "0" + "0000"), "NOT_CANONICAL", 19, 2)
refuse("frame", "log-unused-largest", "no value has the largest magnitude", log_frame(log_header(1, 2), "0" + TWO + "0010"), "NOT_CANONICAL", 19, 2)
refuse("frame", "log-unused-last", "a last level without a code", log_frame(log_header(1, 3), TWO + "00" + "0010"), "NOT_CANONICAL", 19, 2)
refuse("frame", "log-padding", "a bit set behind the codes", log_frame(log_header(1, 2), TWO + "0" + "0010" + "1"), "NOT_CANONICAL", 20, 2)
refuse("frame", "log-empty-code", "a code though there is no value", sealed(frame(3, ("listed", []), "log:4", [])[:14] + log_header(0, 0) + log_bits("11110000")),
       "NOT_CANONICAL", 20, 3)
claims = b"\xe7F\x01\x00" + struct.pack("<BII", CODINGS["log:4"] << 4, most, most) + log_header(0, 0) + log_bits("11110000") + bytes(9)
refuse("frame", "log-claims", "33 bytes that claim 2^31 - 1 zeros", sealed(claims), "TRUNCATED", 33, most)
short = frame(300, ("all",), "log:6", log_rounded("log:6", spread(300, 6, 6)))
refuse("frame", "log-cut", "cut within the codes", short[:150], "TRUNCATED", 150, 300)
refuse("frame", "log-trailing", "two bytes too many, under the checksum", sealed(short[:-4] + b"\0\0"), "TRAILING_BYTES", len(short), 300)
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
refuse("frame", "sign-padding", "a bit set behind the signs", patched(dense["sign"], 17, b"\x0a"), "NOT_CANONICAL", 17, 3)
refuse("frame", "sign-empty-scale", "a scale of nothing", patched(frame(3, ("listed", []), "sign", []), 14, struct.pack("<f", 1)),
       "NOT_CANONICAL", 14, 3)


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
refuse_header("message-metric-nameless", "a name of no letter", 29, "INVALID_VALUE", message_header(1, 0, 1, metrics=[("", 1)]))
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
refuse("updates", "update-trailing", "half an update behind the update", one + one[:10], "TRUNCATED", len(one) + 10, 6)

whole = replica(12, [0.5, 2.0], [0.1, 0.0])
refuse("replica", "replica-cut-header", "half a header", whole[:9], "TRUNCATED", 9, 2)
refuse("replica", "replica-cut", "the last byte is missing", whole[:-1], "TRUNCATED", len(whole) - 1, 2)
refuse("replica", "replica-trailing", "one byte too many", whole + b"\0", "TRAILING_BYTES", len(whole), 2)
refuse("replica", "replica-bit", "one bit of x is flipped", patched(whole, 13, b"\x01", False), "CORRUPTED", len(whole) - 4, 2)
refuse("replica", "replica-flags", "a flag that version 1 does not have", patched(whole, 3, b"\x06"), "NOT_CANONICAL", 3, 2)
refuse("replica", "replica-round", "a round of 2^31", patched(whole, 7, b"\x80"), "INVALID_VALUE", 4, 2)
refuse("replica", "replica-dimension", "another model's dimension", whole, "WRONG_DIMENSION", 8, 3)
refuse("replica", "replica-claims", "16 bytes that claim 2^32 - 1 coordinates", sealed(b"\xe7R\x01\x03" + struct.pack("<II", 0, 2**32 - 1)), "TRUNCATED", 16, 3)
refuse("replica", "replica-nan", "x has a NaN", patched(whole, 16, nan32), "INVALID_VALUE", 16, 2)
refuse("replica", "replica-sum-infinity", "S has an infinity", patched(whole, 20, inf64), "INVALID_VALUE", 20, 2)

draws = [(1, 1, 0), (10, 3, 42), (64, 64, 5), (1000, 10, 0xFFFFFFFFFFFFFFFF), (2**20, 5, 2024)]
seeded = [{"dimension": d, "count": k, "seed": "%016x" % s, "indices": draw(d, k, s)} for d, k, s in draws]
random = SplitMix64(1234567)
splitmix = {"seed": "%016x" % 1234567, "next": ["%016x" % random.next() for _ in range(5)]}
text = ",\n".join('"%s": [\n%s]' % (key, ",\n".join("  " + json.dumps(entry) for entry in entries))
                  for key, entries in (("good", good), ("bad", bad), ("seeded", seeded)))
(HERE / "index.json").write_text('{"format": 1,\n"splitmix64": %s,\n%s}\n' % (json.dumps(splitmix), text))
