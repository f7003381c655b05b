"""Compressors, compared with their alpha and with plain definitions of their selections."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from evenkeel import compress, feedback
from evenkeel.compress import _topk
from evenkeel.errors import InvalidGradientError
from evenkeel.vector import Tensor, TensorLayout, l2

SELECTIONS = ["identity", "top-k:3", "top-k:0.3", "block-top-k:3:2", "layer-top-k:0.4", "rand-k:0.5"]
CODINGS = [coding.text for coding in compress.ValueCoding]
LAYOUT = TensorLayout([Tensor("a", (5,)), Tensor("b", (2, 6))])
VALUES = st.floats(-1e30, 1e30).map(lambda v: v if abs(v) >= 1e-30 else 0.0)
VECTORS = arrays.arrays(np.float64, LAYOUT.dimension, elements=VALUES)
EXAMPLES = settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("selection, coding", list(itertools.product(SELECTIONS[:-1], CODINGS)))
@EXAMPLES
@given(u=VECTORS)
def test_error_is_within_alpha(selection, coding, u):
    compressor = compress.parse(f"{selection}+{coding}").bind(LAYOUT)
    sent = compressor.compress(u).to_dense()
    bound = (1 - compressor.alpha) * l2(u) ** 2
    assert l2(sent - u) ** 2 <= bound * (1 + 1e-12) + compressor.max_count * compressor.spec.coding.absolute_error**2


@pytest.mark.parametrize("coding", ["float32", "natural", "bf16"])
def test_rand_k_is_within_alpha_in_the_mean(coding):
    u = np.random.default_rng(2).standard_normal(LAYOUT.dimension)
    compressor = compress.parse(f"rand-k:0.5+{coding}").bind(LAYOUT)
    errors = [l2(compressor.compress(u, seed=seed).to_dense() - u) ** 2 for seed in range(4000)]
    assert np.mean(errors) <= (1 - compressor.alpha) * l2(u) ** 2 * 1.02


@pytest.mark.parametrize(
    "method, text", list(itertools.product([method for method in feedback.METHODS if method != "none"], SELECTIONS))
)
@EXAMPLES
@given(gradient=VECTORS)
def test_feedback_accounts_for_exactly_what_was_sent(method, text, gradient):
    compressor = compress.parse(text).bind(LAYOUT)
    memory = feedback.start(method, LAYOUT.dimension)
    received = np.zeros(LAYOUT.dimension)
    for round in range(3):
        before = [vector.copy() for vector in memory.vectors]
        second = None if memory.second_point is None else gradient
        staged = memory.stage(gradient, compressor, eta=0.5, seed=round, model=np.zeros(LAYOUT.dimension), second=second)
        assert [v.tobytes() for v in before] == [v.tobytes() for v in memory.vectors], "staging changes nothing"
        memory.commit(staged)
        received += staged.delta.to_dense()
    if memory.retains_sum:
        assert memory.vectors[0].tobytes() == received.tobytes()


@pytest.mark.parametrize("text", ["top-k:0.3", "top-k:0.3+natural", "block-top-k:3:0.5", "sign"])
def test_ef21_state_converges_to_a_constant_gradient_at_least_as_fast_as_alpha_says(text):
    gradient = np.random.default_rng(3).standard_normal(LAYOUT.dimension)
    compressor = compress.parse(text).bind(LAYOUT)
    memory = feedback.start("ef21", LAYOUT.dimension)
    for _ in range(30):
        before = l2(gradient - memory.g)
        memory.commit(memory.stage(gradient, compressor))
        assert l2(gradient - memory.g) ** 2 <= (1 - compressor.alpha) * before**2 + 1e-12


def naive_top_k(vector, count):
    order = sorted(range(vector.size), key=lambda j: (-abs(vector[j]), j))[:count]
    return sorted(j for j in order if vector[j] != 0)


@EXAMPLES
@given(st.integers(1, 3000), st.integers(0, 10**6), st.integers(1, 5), st.floats(0.001, 1))
def test_the_largest_magnitudes_agree_with_sorting(size, seed, spread, share):
    random = np.random.default_rng(seed)
    vector = np.round(random.standard_normal(size) * spread)
    count = max(1, int(size * share))
    assert _topk.largest(vector, None, 0, size, count).tolist() == naive_top_k(vector, count)


@pytest.mark.parametrize(
    "name, vector",
    {
        "rising": np.arange(1.0, 200_001),
        "falling": np.arange(200_000.0, 0, -1),
        "equal": np.ones(200_000),
        "one large value": np.where(np.arange(200_000) == 77_777, 5.0, 0.0),
        "large values where the sample does not look": np.where(np.arange(200_000) % 100 < 3, 9.0, 1.0),
    }.items(),
)
def test_a_misleading_sample_does_not_change_the_selection(name, vector):
    for count in (1, 100, 2_000, 60_000):
        expected = np.sort(np.lexsort((np.arange(vector.size), -vector))[:count])
        expected = expected[vector[expected] != 0]
        assert _topk.largest(vector, None, 0, vector.size, count).tolist() == expected.tolist()


def test_a_difference_beyond_range_is_sent_first_and_saturates():
    u, minus = np.array([1.0, 1.5e308, -1.7e308]), np.array([0.0, -1.5e308, 1.7e308])
    sent = compress.parse("top-k:2+float64").bind(3).compress(u, minus).to_dense()
    assert sent.tolist() == [0.0, np.finfo(float).max, -np.finfo(float).max]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("method", list(feedback.METHODS))
def test_a_value_that_is_not_finite_is_refused_with_its_coordinate(value, dtype, method):
    gradient = np.zeros(LAYOUT.dimension, dtype=dtype)
    gradient[7] = value
    memory = feedback.start(method, LAYOUT.dimension)
    with pytest.raises(InvalidGradientError, match="value 7, in tensor 'b'") as refusal:
        memory.stage(gradient, compress.parse("top-k:1").bind(LAYOUT))
    assert (refusal.value.coordinate, refusal.value.tensor) == (7, "b")


def test_large_finite_values_are_accepted():
    gradient = np.full(LAYOUT.dimension, np.finfo(np.float32).max, dtype=np.float32)
    assert compress.parse("top-k:1").bind(LAYOUT).compress(gradient).count == 1


@pytest.mark.parametrize("method", list(feedback.METHODS))
def test_a_list_is_refused_with_what_to_do(method):
    memory = feedback.start(method, 17)
    with pytest.raises(InvalidGradientError, match=r"is a list, expected a numpy array of shape \(17,\): convert it"):
        memory.stage([1.0] * 17, compress.parse("top-k:1").bind(17))


@pytest.mark.parametrize("gradient", [np.zeros(16), np.zeros((17, 1)), np.zeros(17, dtype=np.float16), np.zeros(17, dtype=int)])
def test_another_shape_or_type_is_refused(gradient):
    with pytest.raises(InvalidGradientError, match="the gradient"):
        compress.parse("identity").bind(17).compress(gradient)
