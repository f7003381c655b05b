"""Writes as C source the Python SDK's results that the C library must reproduce bit for bit: reference.py FILE.

The Python SDK gives the same bits as the Java SDK (client-sdk/python/tests/test_java.py).
"""

import itertools
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "python" / "src"))

from emit import Source, bits

from evenkeel import compress, downlink, feedback, step, wire
from evenkeel.vector import Tensor, TensorLayout, l2

SIZES = [200, 1, 159, 40]
SELECTIONS = [
    "identity",
    "top-k:0.1",
    "top-k:7",
    "rand-k:0.05",
    "block-top-k:16:0.2",
    "block-top-k:400:1",
    "layer-top-k:0.03",
    "threshold:1.5",
]
CODINGS = [coding.text for coding in compress.ValueCoding]
METHODS = ["ef21", "ef21-momentum", "ef21-igt", "ef21-storm", "ef14", "ef14-decay", "none"]
ROUNDS, ETA = 5, 0.3
SCHEDULES = ["constant:0.1", "horizon:1.0:0.5", "horizon:0.3:0.75", "anytime:0.1:0.5", "anytime:1:0.75", "anytime:2:1",
             "anytime:1:0.3333", "anytime:1:0", "0.25", "warmup:10.0:30", "warmup:0.3:700"]  # fmt: skip
NO_SCHEDULES = ["", "constant", "constant:", "constant:0", "constant:-1", "constant:x", "constant:1e999", "horizon:1", "horizon:1:2", "anytime:1:-1",
                "anytime:1:0.5:1", "warmup:1", "warmup:1:0", "warmup:1:2.5", "warmup:1:99999999999", "Anytime:1:0.5", "inf", "nan", "0x1"]  # fmt: skip
TEXTS = ["top-k:0.01+natural", "top-k:100", "sign", "natural", "identity+bf16", "rand-k:0.10", "threshold:1e-3", "threshold:12345678901234567",
         "threshold:123456789.125", "layer-top-k:1.0+sign", "block-top-k:3:0.333+log:8", "top-k:0.0000001", "top-k:1.e5", "top-k:0.5e-9",
         "top-k", "top-k:", "top-k:0", "top-k:400", "top-k:401", "top-k:1.5", "top-k:0.0", "top-k:+5", "block-top-k:0:1", "block-top-k:500:1",
         "block-top-k:4:99999999999", "nothing", "identity+", "identity+float", "threshold:0", "threshold:1e999", "identity:", "sign+sign",
         "layer-top-k:2", "log:5", "log:9", "log:5+sign", "", "top-k:4294967297", "threshold:-1", "threshold:.5", "top-k:.1"]  # fmt: skip

# Decimals for thresholds that are hard to round; random ones are added later.
DECIMALS = ["12345678901234567", "1e-30", "0.1234567890123456789", "9007199254740993", "9007199254740992.5", "9007199254740993.0000000001",
            "4503599627370497.5", "4503599627370496.5", "1.00000000000000011102230246251565404236316680908203125", "0.3", "1e0", "1E-7", "1.0E5",
            "0.000001", "123456789012345678", "0.1e1", "1e18"]  # fmt: skip

TENSORS = TensorLayout([Tensor(f"t{i}", (size,)) for i, size in enumerate(SIZES)])
D = TENSORS.dimension


def vectors():
    """Returns difficult vectors: ties, zeros, clusters, and tiny, huge and subnormal values."""
    random = np.random.default_rng(4)
    return [
        random.standard_normal(D),
        np.round(random.standard_normal(D) * 2),
        random.standard_normal(D) * (random.random(D) < 0.03),
        random.standard_normal(D) * 10.0 ** random.integers(-300, 300, D),
        random.standard_normal(D) * 5e-324 * random.integers(0, 1 << 20, D),
        random.standard_normal(D) * np.where(np.arange(D) // 90 % 3 == 0, 1, 1e-3),
        np.full(D, 1.7e308) * np.sign(random.standard_normal(D)),
    ]


class Reference(Source):
    """The C source of the reference results."""

    def add_frames(self, inputs):
        """Adds the frame of each compressor for each vector, with or without another vector subtracted."""
        rows = []
        for selection, coding in itertools.product(SELECTIONS, CODINGS):
            compressor = compress.parse(f"{selection}+{coding}").bind(TENSORS)
            for number, vector in enumerate(inputs):
                minus = (number + len(rows)) % (len(inputs) + 1) - 1
                compressed = compressor.compress(vector, None if minus < 0 else inputs[minus], number)
                frame = wire.encode_frame(compressed)
                rows.append(f'"{selection}+{coding}", {number}, {minus}, {len(frame)}, 0x{wire.digest(frame):016x}u')
        self.table("struct reference_frame", "reference_frames", rows)

    def add_trajectories(self):
        """Adds the messages and the final state of each method."""
        random = np.random.default_rng(7)
        models = [random.standard_normal(D).astype(np.float32) for _ in range(ROUNDS)]
        gradients = [random.standard_normal(D).astype(np.float32) for _ in range(ROUNDS)]
        self.lines.append(f"const uint64_t *const reference_models[] = {{{', '.join(self.doubles(m) for m in models)}}};")
        seconds = [random.standard_normal(D).astype(np.float32) for _ in range(ROUNDS)]
        self.lines.append(f"const uint64_t *const reference_seconds[] = {{{', '.join(self.doubles(s) for s in seconds)}}};")
        self.lines.append(f"const uint64_t *const reference_gradients[] = {{{', '.join(self.doubles(g) for g in gradients)}}};")
        rows = []
        for method, text in itertools.product(
            METHODS, ["top-k:0.05+natural", "rand-k:0.1+bf16", "sign", "layer-top-k:0.1+log:5", "top-k:7+float64"]
        ):
            rows.append(self.trajectory(method, text, models, zip(gradients, seconds)))
        self.table("struct reference_trajectory", "reference_trajectories", rows)

    def trajectory(self, method, text, models, gradients):
        """Returns the row of one trajectory."""
        compressor, memory = compress.parse(text).bind(TENSORS), feedback.start(method, D)
        head, messages, points = 0, [], []
        for round, (model, (gradient, second)) in enumerate(zip(models, gradients)):
            points.append(np.asarray(memory.point(model, ETA)).astype(np.float32))
            second = None if memory.second_point is None else second
            staged = memory.stage(gradient, compressor, eta=ETA, seed=round, model=model, second=second)
            messages.append(wire.Message(round + 1, head, wire.Report(1), staged.delta).encode())
            head = wire.digest(messages[-1])
            memory.commit(staged)
        data = self.array("uint8_t *const", [self.bytes(message) for message in messages])
        point = self.array("uint64_t *const", [self.doubles(each) for each in points]) if memory.extrapolates else "NULL"
        state = self.array("uint64_t *const", [self.doubles(vector) for vector in memory.vectors])
        lengths = ", ".join(str(len(message)) for message in messages)
        return f'"{method}", "{text}", {data}, {{{lengths}}}, {point}, {state}, {len(memory.vectors)}'

    def add_updates(self):
        """Adds updates and deltas, and their results."""
        random = np.random.default_rng(11)
        x, total = random.standard_normal(D), random.standard_normal(D)
        data, start = b"", (self.doubles(x), self.doubles(total))
        for round in range(6):
            listed = np.flatnonzero(random.random(D) < 0.1)
            support = compress.All(D) if round == 4 else compress.Listed(D, listed)
            changes = compress.CompressedVector(support, compress.ValueCoding.FLOAT64, random.standard_normal(support.count))
            divisors = (3.0,) if round % 2 else tuple(random.random(len(SIZES)) + 0.1)
            update = wire.RoundUpdate(round, round != 2, 0.0 if round == 5 else 0.37, divisors, changes)
            update.apply(x, total, TENSORS)
            data += update.encode()
        self.table("struct reference_downlink", "reference_updates", [f"{self.bytes(data)}, {len(data)}, {{{start[0]}, {start[1]}}}, {{{self.doubles(x)}, {self.doubles(total)}}}"])  # fmt: skip
        rows = []
        for text, scale in itertools.product(
            ["top-k:0.05+natural", "rand-k:0.1+bf16", "identity+float64", "block-top-k:16:0.2+log:5"], [1.0, 1e-42, 1e300]
        ):
            models = [random.standard_normal(D) * scale for _ in range(4)]
            devices = downlink.DeviceModel.start(downlink.bind_compressor(text, TENSORS), 2**64 - 5, models[0])
            first = self.doubles(devices.w)
            data = b"".join(
                wire.ModelDelta(round, devices.follow(model, round)).encode() for round, model in enumerate(models[1:])
            )
            rows.append(f"{self.bytes(data)}, {len(data)}, {{{first}, NULL}}, {{{self.doubles(devices.w)}, NULL}}")
        self.table("struct reference_downlink", "reference_deltas", rows)

    def add_texts(self):
        """Adds compressors' texts with the count of values, which is 0 for refused texts, and schedules' values."""
        rows = []
        for text in TEXTS:
            try:
                count = compress.parse(text).bind(TENSORS).max_count
            except ValueError:
                count = 0
            rows.append(f'"{text}", {count}')
        self.table("struct reference_text", "reference_texts", rows)
        random = np.random.default_rng(13)
        decimals = DECIMALS + [
            repr(float(x * 10.0**p)).replace("+", "") for x, p in zip(random.random(300), random.integers(-20, 18, 300))
        ]
        self.table(
            "struct reference_decimal", "reference_decimals", [f'"threshold:{text}", {bits(float(text))}' for text in decimals]
        )
        rows = [f'"{text}", 0, 0, 0, 0' for text in NO_SCHEDULES]
        for text in SCHEDULES:
            for round, horizon in [(0, 0), (0, 999), (1, 999), (2, 2999), (998, 999), (12345, 99999)]:
                rows.append(f'"{text}", {round}, {horizon}, 1, {bits(step.parse_schedule(text).at(round, horizon))}')
        self.table("struct reference_schedule", "reference_schedules", rows)


def main():
    for text in NO_SCHEDULES:
        try:
            step.parse_schedule(text)
        except ValueError:
            continue
        raise AssertionError(f"'{text}' is a schedule")
    source, inputs = Reference("reference.h"), vectors()
    source.lines.append(f"const uint64_t *const reference_vectors[] = {{{', '.join(source.doubles(v) for v in inputs)}}};")
    source.lines.append(f"const uint64_t reference_norms[] = {{{', '.join(bits(l2(v)) for v in inputs)}}};")
    source.add_frames(inputs)
    source.add_trajectories()
    source.add_updates()
    source.add_texts()
    source.write(sys.argv[1])


main()
