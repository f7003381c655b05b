"""Messages with their JSON twins, updates, replicas and deltas."""

import struct

from .build import CHANGES, HUGE, PLAIN, TINY, draw, floats, log_rounded
from .collect import good_deltas, good_message, good_replica, good_updates


def add():
    good_message("message-log", "values rounded to levels below the largest", 1, 0, {"samples": 3},
                 (6, ("listed", [1, 2, 3, 5]), "log:5", log_rounded("log:5", [0.1, -1.3, 0.625, -1e-12])),
                 {"sequence": 1, "previous": "0000000000000000", "indices": [1, 2, 3, 5], "values": [0.1, -1.3, 0.625, -1e-12],
                  "coding": "log:5", "samples": 3})

    good_message("message-first", "no figures except the samples", 1, 0, {"samples": 100}, PLAIN,
                 {"sequence": 1, "previous": "0000000000000000", "indices": [1, 4, 5, 9], "values": [0.5, -2, 0, 3.25], "samples": 100})
    good_message("message-report", "a report with all figures", 7, 0x8899AABBCCDDEEFF,
                 {"samples": 2**40, "loss": -2.25, "gradient_norm": 0.0, "smoothness": 12.5,
                  "metrics": [("accuracy", 0.9375), ("accuracy-top.5", 1.0), ("loss_test", -0.0)]},
                 (4, ("all",), "bf16", [1.0, -2.0, 0.5, 0.0]),
                 {"sequence": 7, "previous": "8899aabbccddeeff", "values": [1, -2.001, 0.5, 0], "coding": "bf16", "samples": 2**40,
                  "loss": -2.25, "gradientNorm": 0, "smoothness": 12.5,
                  "metrics": {"loss_test": -0.0, "accuracy-top.5": 1, "accuracy": 0.9375}})
    good_message("message-metrics", "the maximum number of metrics, with the shortest and longest names", 2, 1,
                 {"samples": 0, "loss": 0.5, "metrics": sorted([("a", 1.0), ("z" * 64, 2.0)] + [("m%02d" % i, float(i)) for i in range(30)])},
                 (1, ("all",), "float64", [0.1]),
                 {"sequence": 2, "previous": "0000000000000001", "indices": [0], "values": [0.1], "coding": "float64", "samples": 0,
                  "loss": 0.5, "metrics": dict([("z" * 64, 2), ("a", 1)] + [("m%02d" % i, i) for i in range(30)])})
    good_message("message-rounded", "values in JSON, and rounded to float32", 1, 0, {"samples": 1},
                 (6, ("listed", [2, 3]), "float32", [struct.unpack("<f", struct.pack("<f", v))[0] for v in (0.1, -0.3)]),
                 {"sequence": 1, "previous": "0000000000000000", "indices": [2, 3], "values": [0.1, -0.3]})

    good_updates("update-retained", "a sum that persists, one divisor", (0, True, 0.125, [2.5], CHANGES))
    good_updates("update-reset", "only this round's sum, a divisor for each of three tensors",
                 (41, False, -0.5, [1.0, TINY, HUGE], (3, ("all",), "float64", [0.0, -0.0, 1 / 3])))
    good_updates("update-stationary", "no change and no step", (9, True, 0.0, [1.0], (6, ("listed", []), "float64", [])))
    good_updates("updates-three", "three consecutive rounds", (7, True, 0.1, [2.0], CHANGES),
                 (8, True, 0.05, [4.0], (6, ("listed", []), "float64", [])), (9, True, 0.025, [8.0], (6, ("all",), "float64", floats(6, 5))))
    good_replica("replica-float32", "x is float32 throughout, S is zero", 0, [1.0, -0.0, 0.5], [0.0, 0.0, 0.0])
    good_replica("replica-float64", "x is not float32 throughout, S is present", 12, [0.1, -TINY], [0.0, -0.0])
    good_replica("replica-sum", "x is float32 throughout, S is present", 3, [0.25, 0.0, 2.0], [0.1, 0.0, 1e300])

    good_deltas("delta-listed", "a few coordinates as powers of two", (0, (10, ("listed", [1, 4, 9]), "natural", [0.5, -0.25, 2.0**-20])))
    good_deltas("delta-seeded", "drawn coordinates, the last possible round",
                (2**31 - 1, (1000, ("seeded", 20, 0x0123456789ABCDEF), "float32", floats(20, 6))))
    good_deltas("delta-nothing", "w already equals x", (12, (6, ("listed", []), "float32", [])))
    good_deltas("deltas-three", "three consecutive rounds", (7, (40, ("listed", draw(40, 4, 15)), "bf16", [1.0, -2.0, 0.5, 0.25])),
                (8, (40, ("blocks", 8, [0, 4]), "sign", [0.5] * 9 + [-0.5] * 7)), (9, (40, ("all",), "float64", floats(40, 7))))
