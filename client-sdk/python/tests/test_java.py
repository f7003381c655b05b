"""Both SDKs give the same bytes and bits for the same inputs."""

import itertools

import numpy as np
import pytest

from evenkeel import compress, downlink, feedback, privacy, step, wire
from evenkeel.vector import Tensor, TensorLayout

from . import java

pytestmark = pytest.mark.skipif(
    not java.built(), reason="client-sdk/core is not compiled: ./mvnw -pl client-sdk/core test-compile"
)

SELECTIONS = [
    "identity",
    "top-k:0.1",
    "top-k:7",
    "rand-k:0.05",
    "block-top-k:16:0.2",
    "block-top-k:700:1",
    "layer-top-k:0.03",
    "threshold:1.5",
]
CODINGS = [coding.text for coding in compress.ValueCoding]
SIZES = [300, 1, 1699, 40]


@pytest.fixture(scope="module")
def jvm():
    process = java.Java()
    yield process
    process.close()


def layout(sizes):
    return TensorLayout([Tensor(f"t{i}", (size,)) for i, size in enumerate(sizes)])


def vectors(seed):
    """Difficult vectors: ties, zeros, clusters, tiny, huge and subnormal values."""
    random = np.random.default_rng(seed)
    d = sum(SIZES)
    yield random.standard_normal(d)
    yield np.round(random.standard_normal(d) * 2)
    yield random.standard_normal(d) * (random.random(d) < 0.03)
    yield random.standard_normal(d) * 10.0 ** random.integers(-300, 300, d)
    yield random.standard_normal(d) * 5e-324 * random.integers(0, 1 << 20, d)
    yield random.standard_normal(d) * np.where(np.arange(d) // 90 % 3 == 0, 1, 1e-3)
    yield np.full(d, 1.7e308) * np.sign(random.standard_normal(d))


@pytest.mark.parametrize("selection, coding", list(itertools.product(SELECTIONS, CODINGS)))
def test_same_gradient_gives_the_same_frame(jvm, selection, coding):
    tensors = layout(SIZES)
    compressor = compress.parse(f"{selection}+{coding}").bind(tensors)
    sizes = ",".join(map(str, SIZES))
    for seed in range(2):
        minus = np.random.default_rng(99 + seed).standard_normal(tensors.dimension)
        for number, vector in enumerate(vectors(seed)):
            for other in (None, minus, -vector):
                compressed = compressor.compress(vector, other, seed)
                frame = wire.encode_frame(compressed)
                words = jvm.ask(
                    "frame",
                    compressor.spec,
                    sizes,
                    f"{seed:016x}",
                    java.text(vector),
                    "-" if other is None else java.text(other),
                )
                assert java.data(words[0]) == frame, (seed, number, other is None)
                again, dense = jvm.ask("transcode", tensors.dimension, words[0])
                assert java.data(again) == frame
                decoded = wire.decode_frame(frame, wire.Limits(tensors.dimension))
                assert decoded.to_dense().tobytes() == java.values(dense).tobytes()


@pytest.mark.parametrize("text", ["identity", "identity+float64", "rand-k:0.05", "rand-k:0.3+float64"])
@pytest.mark.parametrize("mechanism", ["smoothed:1.0:0.7:3.0", "smoothed:1e-12:2.0:0.01", "clip:0.25:10000.0", "clip:1e30:1.5"])
def test_the_same_noise_gives_the_same_frame(jvm, text, mechanism):
    tensors = layout(SIZES)
    spec = compress.parse(text)
    parsed = privacy.GaussianMechanism.parse(mechanism)
    grid = parsed.grid(spec)
    for seed in range(2):
        drawn = np.random.default_rng(seed).normal(0, grid.deviation, tensors.dimension).round().astype(np.int64)
        minus = np.random.default_rng(99 + seed).standard_normal(tensors.dimension)

        class Stub:
            def sample(self, deviation, count):
                assert deviation == grid.deviation
                return drawn[:count].copy()

        compressor = spec.bind(tensors).releasing(parsed.on(spec, Stub()))
        for number, vector in enumerate(vectors(seed)):
            frame = wire.encode_frame(compressor.compress(vector, minus, seed))
            words = jvm.ask(
                "release",
                spec,
                ",".join(map(str, SIZES)),
                f"{seed:016x}",
                java.text(vector),
                java.text(minus),
                mechanism,
                java.text(drawn.astype(np.float64)),
            )
            assert java.data(words[0]) == frame, (seed, number)
            assert privacy.GaussianMechanism.parse(words[1]) == parsed
            assert [int(word) for word in words[2:]] == [grid.exponent, grid.bound, grid.deviation]


@pytest.mark.parametrize("text", ["identity", "identity+float64", "rand-k:0.05"])
@pytest.mark.parametrize("mechanism", ["smoothed:1.0:0.7:3.0", "smoothed:1e-12:2.0:0.01", "clip:0.25:10000.0", "clip:1e30:1.5"])
def test_a_message_for_a_coordinator_that_adds_the_noise(jvm, text, mechanism):
    tensors = layout(SIZES)
    spec = compress.parse(text)
    parsed = privacy.GaussianMechanism.parse(mechanism)
    grid = parsed.grid(spec, "coordinator")
    compressor = spec.bind(tensors).releasing(parsed.without_noise(spec))
    minus = np.random.default_rng(99).standard_normal(tensors.dimension)
    for number, vector in enumerate(vectors(0)):
        sent = compressor.compress(vector, minus, 5)
        arguments = [f"{5:016x}", java.text(vector), java.text(minus), mechanism, "-"]
        words = jvm.ask("release", spec, ",".join(map(str, SIZES)), *arguments)
        assert java.data(words[0]) == wire.encode_frame(sent), number
        assert [int(word) for word in words[2:]] == [grid.exponent, grid.bound, grid.deviation]
        steps = [int(step) for step in np.ldexp(sent.to_dense(), -grid.exponent)]
        assert sum(step * step for step in steps) <= grid.bound**2


@pytest.mark.parametrize("mechanism", ["smoothed:1.0:0.7:3.0", "clip:1.0:0.02", "clip:0.3:7.7"])
@pytest.mark.parametrize("exponent, least, most, collusion", [(-20, 3, 5, 0.0), (-21, 90, 100, 0.05), (-18, 10, 12, 0.3)])
def test_the_same_noise_gives_the_same_words_for_a_cohort(jvm, mechanism, exponent, least, most, collusion):
    pytest.importorskip("cryptography")
    from evenkeel import secagg

    tensors = layout(SIZES)
    parsed = privacy.GaussianMechanism.parse(mechanism)
    noise = privacy.CohortNoise.of(parsed, exponent, least, most, collusion, tensors.dimension)
    compressor = compress.parse("identity+float64").bind(tensors).releasing(noise.without_noise())
    drawn = np.random.default_rng(3).normal(0, noise.grid.deviation, tensors.dimension).round().astype(np.int64)

    class Stub:
        def sample(self, deviation, count):
            assert deviation == noise.grid.deviation
            return drawn[:count].copy()

    for number, vector in enumerate(vectors(0)):
        message = compressor.compress(vector, None, 0).to_dense()
        words = noise.add(secagg.FixedPoint(exponent, most).encode(message), Stub())
        arguments = [exponent, least, most, collusion, ",".join(map(str, SIZES)), java.text(vector)]
        answer = jvm.ask("shares", mechanism, *arguments, java.text(drawn.astype(np.float64)))
        assert [int(word) for word in answer] == [
            noise.honest,
            noise.grid.bound,
            noise.grid.deviation,
            *words.tolist(),
            0,
            0,
        ], number


@pytest.mark.parametrize("size, share", [(1, 1.0), (9, 0.5), (5000, 0.01), (5000, 0.3), (300_000, 0.001), (300_000, 0.1)])
def test_index_codings_of_random_and_clustered_supports(jvm, size, share):
    random = np.random.default_rng(size)
    count = max(1, round(size * share))
    clustered = np.zeros(size)
    clustered[np.unique((random.random(count) ** 4 * size).astype(int))] = 1
    spread = np.zeros(size)
    spread[random.choice(size, count, replace=False)] = 1
    for vector in (clustered, spread, np.repeat([1.0, 0.0], [count, size - count])):
        frame = wire.encode_frame(compress.parse("top-k:1.0+sign").bind(size).compress(vector))
        words = jvm.ask("frame", "top-k:1.0+sign", size, "0" * 16, java.text(vector), "-")
        assert java.data(words[0]) == frame
        assert wire.decode_frame(frame, wire.Limits(size)).to_dense().tobytes() == vector.tobytes()


@pytest.mark.parametrize(
    "text",
    ["top-k:0.01+natural", "top-k:100", "sign", "natural", "identity+bf16", "rand-k:0.10", "threshold:1e-3", "threshold:12345678901234567",
     "threshold:123456789.125", "layer-top-k:1.0+sign", "block-top-k:3:0.333+log:8", "top-k:0.0000001", "top-k:1.e5", "top-k:0.5e-9",
     "top-k", "top-k:", "top-k:0", "top-k:2040", "top-k:2041", "top-k:1.5", "top-k:0.0", "top-k:+5", "top-k:٣", "block-top-k:0:1",
     "block-top-k:5000:1", "block-top-k:4:99999999999", "nothing", "identity+", "identity+float", "threshold:0", "threshold:1e999",
     "identity:", "sign+sign", "layer-top-k:2", "log:5", "log:9", "log:5+sign"],
)  # fmt: skip
def test_both_sdks_parse_and_refuse_the_same_texts(jvm, text):
    sizes = ",".join(map(str, SIZES))
    words = jvm.ask("spec", text, sizes) if text.isascii() else ["refused"]
    try:
        compressor = compress.parse(text).bind(layout(SIZES))
    except ValueError as refusal:
        assert words == ["refused"], refusal
        return
    alpha = java.values(words[1])[0]
    assert words[0] == str(compressor.spec)
    assert np.isnan(alpha) if compressor.alpha is None else alpha == compressor.alpha
    assert int(words[2]) == compressor.max_count


def sample_gradient(x, sample):
    """The gradient that the Java side computes, too."""
    return 3 * x * sample + sample


@pytest.mark.parametrize("method", list(feedback.METHODS))
@pytest.mark.parametrize("text", ["top-k:0.05+natural", "rand-k:0.1+bf16", "sign"])
def test_rounds_of_error_feedback_agree_in_every_bit(jvm, method, text):
    random = np.random.default_rng(5)
    tensors = layout(SIZES)
    compressor = compress.parse(text).bind(tensors)
    models = [random.standard_normal(tensors.dimension) for _ in range(6)]
    memory = feedback.start(method, tensors.dimension)
    frames = []
    for round, model in enumerate(models):
        before = memory.second_point
        staged = memory.stage(
            sample_gradient(memory.point(model, 0.3), model),
            compressor,
            eta=0.3,
            seed=round,
            model=model,
            second=None if before is None else sample_gradient(before, model),
        )
        memory.commit(staged)
        frames.append(wire.encode_frame(staged.delta))
    words = jvm.ask("feedback", method, text, ",".join(map(str, SIZES)), java.text([0.3]), *map(java.text, models))
    assert [java.data(word) for word in words[:6]] == frames
    assert [java.values(word).tobytes() for word in words[6:]] == [vector.tobytes() for vector in memory.vectors]


@pytest.mark.parametrize("rule", step.RULES, ids=lambda rule: rule.text)
@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200, 5e-324])
def test_steps_agree_in_every_bit(jvm, rule, scale):
    _compare_steps(jvm, rule, scale, 0.7)


@pytest.mark.parametrize(
    "text",
    [
        "distance-over-gradients:2.5",
        "sufficient-decrease:2.5",
        "slope:2.5",
        "fedavgm:0.3",
        "nesterov:0.3",
        "fedadam:0.5:0.7:3",
        "fedyogi:0:0.5:0.001",
        "fedadam",
    ],
)
@pytest.mark.parametrize("loss", [0.25, 0.0, np.nan])
def test_steps_of_rules_with_parameters_agree_in_every_bit(jvm, text, loss):
    _compare_steps(jvm, step.parse_rule(text), 1.0, loss)


@pytest.mark.parametrize("rule", ["sufficient-decrease", "distance-over-gradients"])
@pytest.mark.parametrize("left", [0.0, 2.0])
@pytest.mark.parametrize("losses", [[4.0, 1.0, 2.0], [1.0, 1e9, 1.0], [1.0, 1.0, -1e300], [0.0, 0.0, 0.0]])
def test_steps_that_follow_members_agree_in_every_bit(jvm, rule, losses, left):
    _compare_steps(jvm, step.parse_rule(rule), 1e-3, 0.0, members=(left, [(3.0, loss) for loss in losses]))


SHAPES = [(40, 5, 3), (7, 300), (65, 65), (1, 30), (30, 1), (3, 2), (600, 33), (20,)]


@pytest.mark.parametrize("text", ["muon:1", "muon", "muon:10", "layerwise-normalized"])
@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200, 5e-324])
def test_steps_on_matrices_agree_in_every_bit(jvm, text, scale):
    _compare_steps(jvm, step.parse_rule(text), scale, 0.7, SHAPES)


def _input(loss, members, number, steps):
    if members is None:
        change = loss * number if number % 2 == 0 else np.nan
        return step.StepInput(7.0, 0.37, loss, slope=loss * (number - 3), slope_change=change)
    left = members[0] if number == steps else 0.0
    losses = tuple((member, weight, value / number) for member, (weight, value) in enumerate(members[1]))
    weighted = counts = 0.0
    for _, weight, value in losses:
        weighted += weight * value
        counts += weight
    return step.StepInput(7.0 - left, 0.37, weighted / counts, losses, left)


def _compare_steps(jvm, rule, scale, loss, shapes=tuple((size,) for size in SIZES), members=None):
    random = np.random.default_rng(8)
    tensors = TensorLayout([Tensor(f"t{i}", shape) for i, shape in enumerate(shapes)])
    x = random.standard_normal(tensors.dimension)
    sums = [random.standard_normal(tensors.dimension) * scale * random.integers(1, 1000) for _ in range(4)]
    sums[2][tensors.slice(0)] = 0
    sums[3] *= random.random(tensors.dimension) < 0.02
    sizes = ",".join("x".join(map(str, shape)) for shape in shapes)
    settings = [7.0, 0.37, loss] if members is None else [7.0, 0.37, loss, members[0], *(n for pair in members[1] for n in pair)]
    words = jvm.ask("step", rule.text, sizes, java.text(settings), java.text(x), *map(java.text, sums))
    state = step.ModelState(tensors, rule, x.copy(), retained=True)
    for round, total in enumerate(sums):
        state.total[:] = total
        done = state.step(_input(loss, members, round + 1, len(sums)))
        if round == 1:
            dense = compress.parse("identity+float64").bind(tensors)
            state.followed(dense.compress(total, np.zeros_like(total), 0), total)
        model, memory = map(java.values, words[2 * round : 2 * round + 2])
        remembered = np.concatenate([[done.direction_norm, *state.memory.numbers], *state.memory.vectors])
        assert np.isfinite([*model, *memory]).all() == state.is_finite, round
        if not state.is_finite:
            break
        assert model.tobytes() == state.x.tobytes(), round
        assert memory.tobytes() == remembered.tobytes(), round


@pytest.mark.parametrize(
    "text",
    [
        "normalized:1",
        "muon:0",
        "muon:11",
        "muon:2.5",
        "muon:nan",
        "muon:x",
        "muon:5:5",
        "fedadam:1",
        "fedadam:0.9:0.99:0.001:1",
        "fedyogi:0.9:0.9:0",
        "fedavgm:x",
        "adam",
    ],
)
def test_the_same_rules_are_refused(jvm, text):
    assert jvm.ask("step", text, "1", java.text([1.0, 1.0, 1.0]), java.text([0.0])) == ["refused"]
    with pytest.raises(ValueError):
        step.parse_rule(text)


@pytest.mark.parametrize(
    "text", ["top-k:0.05+natural", "rand-k:0.1+bf16", "identity+float64", "block-top-k:16:0.2+log:5", "sign"]
)
@pytest.mark.parametrize("scale", [1.0, 1e-42, 1e300])
def test_lossy_downlinks_agree_in_every_bit(jvm, text, scale):
    random = np.random.default_rng(11)
    tensors = layout(SIZES)
    models = [random.standard_normal(tensors.dimension) * scale for _ in range(6)]
    sizes = ",".join(map(str, SIZES))
    *frames, w = jvm.ask("downlink", text, sizes, f"{2**64 - 5:016x}", *map(java.text, models))
    devices = downlink.DeviceModel.start(downlink.bind_compressor(text, tensors), 2**64 - 5, models[0])
    replica = devices.w.copy()
    for round, model in enumerate(models[1:]):
        data = wire.ModelDelta(round, devices.follow(model, round)).encode()
        assert java.data(frames[round]) == data, round
        for delta in wire.decode_deltas(data, wire.Limits(tensors.dimension)):
            downlink.repeat(delta.vector, replica)
    assert java.values(w).tobytes() == devices.w.astype(np.float64).tobytes()
    assert replica.tobytes() == devices.w.tobytes()


def test_the_same_downlinks_are_refused(jvm):
    assert jvm.ask("downlink", "threshold:1", "1", "0" * 16, java.text([0.0])) == ["refused"]
    with pytest.raises(ValueError, match="no contraction factor"):
        downlink.bind_compressor("threshold:1", layout([1]))


@pytest.mark.parametrize(
    "text",
    [
        "horizon:1:0.5",
        "horizon:0.3:0.75",
        "anytime:0.1:0.5",
        "anytime:1:0.75",
        "anytime:2:1",
        "anytime:1:0.3333",
        "0.25",
        "anytime:1:0",
        "warmup:10:30",
        "warmup:0.3:7",
    ],
)
def test_schedules_agree_in_every_bit(jvm, text):
    schedule = step.parse_schedule(text)
    for horizon in (0, 1, 999, 12345):
        theirs = java.values(jvm.ask("schedule", text, horizon, 3000)[0])
        ours = np.array([schedule.at(round, horizon) for round in range(3000)])
        assert np.flatnonzero(theirs != ours).tolist() == []


def test_accumulated_norms_agree_in_every_bit(jvm):
    random = np.random.default_rng(9)
    rule, one = step.AccumulatedNormStep(), layout([1])
    for scale in (1.0, 1e-160, 1e160, 1e-300, 5e-324 * 2**30):
        sums = scale * random.standard_normal(2000) * 10.0 ** random.integers(-3, 1, 2000)
        words = jvm.ask("step", rule.text, 1, java.text([1.0, 1e-3, 1.0]), java.text([0.0]), *(java.text([s]) for s in sums))
        state = step.ModelState(one, rule, np.zeros(1), retained=True)
        for round, total in enumerate(sums):
            state.total[:] = total
            (accumulated,) = state.step(step.StepInput(1.0, 1e-3)).numbers
            assert accumulated == java.values(words[2 * round + 1])[1], (scale, round)
