"""Where IGT and STORM compute their gradients, and on which samples."""

import numpy as np
import pytest

from evenkeel import compress, feedback
from evenkeel.client import Gradient, Model, SampledGradient, on_sample
from evenkeel.client._gradients import RoundGradients, require_suited
from evenkeel.errors import FunctionError, InvalidGradientError
from evenkeel.vector import Tensor, TensorLayout

LAYOUT = TensorLayout([Tensor("w", (2, 3)), Tensor("b", (2,))])
D = LAYOUT.dimension
COMPRESSOR = compress.parse("top-k:3").bind(LAYOUT)


def model(round, dtype=np.float32):
    return Model(round, LAYOUT, np.random.default_rng(round).standard_normal(D).astype(dtype))


def answered(method, round=3, dtype=np.float32):
    """Creates a memory whose last accepted message was sent in the given round."""
    memory = feedback.start(method, D)
    values = model(round, dtype).values
    memory.commit(memory.stage(np.ones(D), COMPRESSOR, model=values))
    return memory


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_storm_computes_at_both_models_on_one_sample(dtype):
    calls, draws = [], []

    def draw(round):
        draws.append(round)
        return object()

    function = on_sample(draw, lambda x, sample: calls.append((x, sample)) or x.values)
    found = RoundGradients.compute(answered("ef21-storm", 3, dtype), function, model(7, dtype), 3, 0.5)
    assert draws == [7]
    (new, sample), (old, again) = calls
    assert sample is again
    assert (new.round, old.round) == (7, 3)
    assert old.values.dtype == dtype
    assert old.values.tobytes() == model(3, dtype).values.tobytes()
    assert found.point is new
    assert found.second.values is old.values


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_igt_computes_once_at_the_extrapolated_model(dtype):
    calls = []
    found = RoundGradients.compute(
        answered("ef21-igt", 3, dtype), lambda x: calls.append(x) or x.values, model(7, dtype), 3, 0.25
    )
    (point,) = calls
    new, old = (model(round, dtype).values.astype(np.float64) for round in (7, 3))
    assert point.round == 7
    assert point.values.tobytes() == (3.0 * (new - old) + new).astype(dtype).tobytes()
    assert found.point is point
    assert found.second is None


@pytest.mark.parametrize("method", ["ef21-igt", "ef21-storm"])
def test_the_first_gradient_is_at_the_round_s_model(method):
    x = model(0)
    found = RoundGradients.compute(feedback.start(method, D), lambda x: x.values, x, -1, 0.5)
    assert found.point is x
    assert found.second is None


def test_the_first_gradient_is_copied_before_the_function_uses_its_array_again():
    shared = np.empty(D, np.float32)

    def reusing(x, sample):
        shared[:] = x.values
        return Gradient(shared, samples=5, loss=2.0)

    found = RoundGradients.compute(answered("ef21-storm"), on_sample(lambda round: round, reusing), model(7), 3, 0.5)
    assert found.gradient.values.tobytes() == model(7).values.tobytes()
    assert (found.gradient.samples, found.gradient.loss) == (5, 2.0)
    assert found.second.values.tobytes() == model(3).values.tobytes()


@pytest.mark.parametrize("skipped", [0, 1])
def test_none_from_either_call_skips_the_round(skipped):
    answers = [np.ones(D), np.ones(D)]
    answers[skipped] = None
    function = on_sample(lambda round: round, lambda x, sample: answers.pop(0))
    assert RoundGradients.compute(answered("ef21-storm"), function, model(7), 3, 0.5) is None


def test_storm_refuses_a_function_that_draws_its_own_samples():
    storm = feedback.start("ef21-storm", D)
    with pytest.raises(FunctionError, match=r"run 'r' uses ef21-storm.*on_sample\(draw, gradient\)"):
        require_suited(lambda x: x.values, type(storm), LAYOUT, "r")
    function = on_sample(lambda round: round, lambda x, sample: x.values)
    assert isinstance(function, SampledGradient)
    require_suited(function, type(storm), LAYOUT, "r")
    require_suited(lambda x: x.values, feedback.Ef21Igt, LAYOUT, "r")


@pytest.mark.parametrize("b", [[[1.0, 2.0], [3.0]], [1.0], ["x", "y"]])
def test_a_gradient_of_lists_is_accepted_or_refused_by_name(b):
    assert Gradient([1.0] * D).flat(LAYOUT).tolist() == [1.0] * D
    assert Gradient({"w": [[1.0] * 3] * 2, "b": [1.0, 2.0]}).flat(LAYOUT).tolist() == [1.0] * 7 + [2.0]
    with pytest.raises(InvalidGradientError, match="'b'"):
        Gradient({"w": np.ones((2, 3)), "b": b}).flat(LAYOUT)


def test_storm_of_full_gradients_is_the_exact_gradient():
    random = np.random.default_rng(4)
    storm = feedback.start("ef21-storm", D)
    for _ in range(20):
        x = random.standard_normal(D)
        before = storm.second_point
        second = None if before is None else np.sin(before)
        storm.commit(storm.stage(np.sin(x), COMPRESSOR, eta=0.1, model=x, second=second))
        assert storm.v.tobytes() == np.sin(x).tobytes()


def test_igt_transports_exact_gradients_of_a_quadratic():
    random = np.random.default_rng(4)
    curvature = random.standard_normal((D, D))
    igt = feedback.start("ef21-igt", D)
    for _ in range(20):
        x = random.standard_normal(D)
        igt.commit(igt.stage(curvature @ igt.point(x, 0.2), COMPRESSOR, eta=0.2, model=x))
        assert np.allclose(igt.v, curvature @ x, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", ["ef21-igt", "ef21-storm"])
def test_a_missing_or_non_finite_gradient_is_refused_and_changes_nothing(method):
    memory = answered(method)
    before = [vector.tobytes() for vector in memory.vectors]
    second = np.ones(D) if method == "ef21-storm" else None
    with pytest.raises(ValueError, match="from the model and the gradient"):
        memory.stage(np.ones(D), COMPRESSOR, second=second)
    with pytest.raises(InvalidGradientError, match="the model is not 8 finite values"):
        memory.stage(np.ones(D), COMPRESSOR, model=np.full(D, np.inf), second=second)
    with pytest.raises(ValueError, match="second gradient"):
        memory.stage(np.ones(D), COMPRESSOR, model=np.ones(D), second=None if second is not None else np.ones(D))
    assert [vector.tobytes() for vector in memory.vectors] == before
