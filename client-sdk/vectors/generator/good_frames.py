"""Frames with every index and value coding."""

from .build import HUGE, PLAIN, TINY, draw, floats, spread
from .collect import good_frame, good_log


def add():
    good_frame("frame-worked-example", "the worked example in FORMAT.md", *PLAIN)
    good_frame("frame-all-float32", "a negative zero, the smallest and the largest float32", 5, ("all",), "float32",
               [1.0, -0.0, 2.0**-149, -3.4028234663852886e38, 0.0])
    good_frame("frame-all-float64", "values that only a float64 can hold", 5, ("all",), "float64", [0.1, -TINY, HUGE, -0.0, 1 / 3])
    good_frame("frame-all-bf16", "seven significant bits after the leading one", 4, ("all",), "bf16",
               [1.0078125, -2.0**-133, -0.0, 3.3895313892515355e38])
    good_frame("frame-all-natural", "from the largest exponent down to 126 below it", 6, ("all",), "natural",
               [8.0, -4.0, 0.0, 2.0**-123, -(2.0**-123), 0.5])
    good_frame("frame-natural-zeros", "nothing but zeros", 3, ("all",), "natural", [0.0, 0.0, 0.0])
    good_frame("frame-natural-subnormal", "exponents below those of normal float64s", 3, ("all",), "natural", [2.0**-1020, -TINY, 2.0**-1073])
    good_frame("frame-natural-largest", "the largest possible exponent", 2, ("all",), "natural", [-(2.0**1023), 2.0**897])
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
    good_frame("frame-seeded-all", "all coordinates drawn from a seed", 9, ("seeded", 9, 1), "natural", [2.0**j for j in range(9)])
    good_frame("frame-seeded-none", "no coordinate drawn from a seed", 9, ("seeded", 0, 1), "float32", [])
    good_frame("frame-blocks-bitmap", "the last block is short", 23, ("blocks", 5, [0, 2, 4]), "sign", [-0.5] * 7 + [0.5] * 6)
    good_frame("frame-blocks-golomb", "30 blocks of 7", 100_003, ("blocks", 7, draw(14_286, 30, 9)), "natural",
               [(-1.0) ** j * 2.0 ** (j % 9) for j in range(210)])
    good_frame("frame-blocks-adaptive", "two runs of blocks, the last one short", 50_003,
               ("blocks", 5, list(range(700, 730)) + list(range(9990, 10_001))), "sign", [(-0.25) if j % 7 < 3 else 0.25 for j in range(203)])
    good_frame("frame-blocks-whole", "one block, the whole vector", 4, ("blocks", 4, [0]), "float32", [1.0, 2.0, 3.0, 4.0])


def add_log():
    """Adds values rounded to logarithmic levels."""
    for bits in range(4, 9):
        good_log("%d" % bits, "300 values over six octaves", 300, ("all",), "log:%d" % bits, spread(300, bits, 6))
    good_log("listed", "values as after Top-K, with few large ones", 5000, ("listed", draw(5000, 120, 10)), "log:5",
             [3.7 / (j + 3) * (-1) ** (j * j // 7) for j in range(120)])
    good_log("range", "the largest float32, and magnitudes down to the last level and below", 9, ("all",), "log:6",
             [3.4028234663852886e38 * 2.0**-o for o in (0, 0, 1, 31, 31.9, 31.96875, 32, 33, 1000)])
    good_log("subnormal", "levels below the smallest float32", 4, ("all",), "log:4", [2.0**-149, -(2.0**-180), 0.0, -0.0])
    good_log("one", "a code of no bits", 1000, ("listed", [17]), "log:4", [-0.1])
    good_log("equal", "one level, with one sign bit for each value", 12, ("blocks", 3, [0, 2]), "log:8", [2.5, -2.5, 2.5, 2.5, 2.5, -2.5])
    good_frame("frame-log-zeros", "nothing but zeros, which keep their signs", 5, ("all",), "log:5", [0.0, -0.0, 0.0, 0.0, -0.0])
    good_frame("frame-log-empty", "no value", 1000, ("listed", []), "log:7", [])
    good_log("limited", "counts that grow like the Fibonacci numbers: codes that would be longer than 12 bits", 986, ("all",), "log:4",
             [2.0 ** -(level / 2) for level, count in enumerate([1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377])
              for _ in range(count)])
