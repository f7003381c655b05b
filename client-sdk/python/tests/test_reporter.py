"""The figures of a message's report."""

import numpy as np
import pytest

from evenkeel.client import Gradient, Model
from evenkeel.client._reporter import Reporter
from evenkeel.errors import InvalidGradientError
from evenkeel.vector import Tensor, TensorLayout, l2

LAYOUT = TensorLayout([Tensor("w", (2, 3)), Tensor("b", ())])


def reported(reporter, round, x, values, **options):
    gradient = Gradient(values, samples=4, **options)
    return reporter.report(Model(round, LAYOUT, x.copy()), gradient, gradient.flat(LAYOUT), {})


def test_smoothness_is_the_ratio_of_the_changes_since_the_last_model_answered():
    random = np.random.default_rng(1)
    x, y = (random.standard_normal(7).astype(np.float32) for _ in range(2))
    g, h = (random.standard_normal(7) for _ in range(2))
    reporter = Reporter(smoothness=True)
    first, second = reported(reporter, 0, x, g), reported(reporter, 3, y, h)
    assert first.smoothness is None
    assert second.smoothness == l2(h - g) / l2(y.astype(np.float64) - x)
    assert (second.gradient_norm, second.samples) == (l2(h), 4)
    assert reported(reporter, 4, y, g).smoothness is None, "the model did not move"
    assert reported(Reporter(smoothness=False), 0, x, g).smoothness is None


@pytest.mark.parametrize("loss", [None, float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_is_not_sent(loss):
    assert reported(Reporter(False), 0, np.zeros(7, np.float32), np.ones(7), loss=loss).loss is None


def test_metrics_of_a_gradient_replace_those_of_the_evaluation():
    gradient = Gradient(np.ones(7), metrics={"steps": 30, "accuracy": 0.5, "broken": float("nan")})
    report = Reporter(False).report(
        Model(0, LAYOUT, np.zeros(7, np.float32)), gradient, gradient.flat(LAYOUT), {"accuracy": 0.25, "recall": 0.75}
    )
    assert report.metrics == {"steps": 30.0, "accuracy": 0.5, "recall": 0.75}


def test_a_gradient_by_tensors_is_laid_out_in_the_model_s_order():
    parts = {"b": np.float32(9), "w": np.arange(6, dtype=np.float16).reshape(2, 3)}
    assert Gradient(parts).flat(LAYOUT).tolist() == [0, 1, 2, 3, 4, 5, 9]


@pytest.mark.parametrize(
    "values, expected",
    [
        ({"w": np.ones((2, 3))}, "'b' is missing"),
        ({"w": np.ones(6), "b": np.ones(())}, r"'w' has shape \(6,\), expected \(2, 3\)"),
        ({"w": np.ones((2, 3)), "b": np.ones(()), "c": np.ones(1)}, "'c' is not a tensor"),
        (np.ones((7, 1)), r"shape \(7, 1\)"),
        (np.ones(7, dtype=complex), "complex128"),
        ([1, 2, 3, 4, 5, 6, 7], "int64"),
        (None, "object"),
    ],
)
def test_a_gradient_that_does_not_fit_is_named(values, expected):
    with pytest.raises(InvalidGradientError, match=expected):
        Gradient(values).flat(LAYOUT)


def test_a_gradient_over_no_samples_is_refused():
    with pytest.raises(ValueError, match="samples is 0"):
        Gradient(np.ones(7), samples=0)


def test_models_cannot_be_changed_by_the_function():
    model = Model(0, LAYOUT, np.zeros(7, np.float32))
    assert model.tensors()["w"].shape == (2, 3)
    with pytest.raises(ValueError, match="read-only"):
        model.tensor("w")[0, 0] = 1
    with pytest.raises(KeyError, match="no tensor 'v', only w, b"):
        model.tensor("v")


def test_the_slope_is_that_of_the_loss_along_the_step():
    reporter = Reporter(smoothness=False, slope=True)
    x, g, way = np.zeros(7, np.float32), np.array([3.0, 5, -1, 0, 0, 0, 0]), np.array([2, 0, 0, 0, 0, 0, 0], np.float32)
    assert "slope" not in reported(reporter, 0, x, g).metrics, "there is no step to the first model"
    assert reported(reporter, 1, x + way, g).metrics == {"slope": 3.0}, "without EF21 nothing predicts it"
    assert "slope" not in reported(reporter, 2, x + way, g).metrics, "the model has not moved"
    assert "slope" not in reported(Reporter(False), 0, x, g).metrics


def test_the_slope_is_along_the_rounds_models_even_if_the_gradient_is_elsewhere():
    reporter = Reporter(smoothness=True, slope=True)
    x, g, way = np.zeros(7, np.float32), np.array([3.0, 5, -1, 0, 0, 0, 0]), np.array([2, 0, 0, 0, 0, 0, 0], np.float32)
    reported(reporter, 0, x, g)
    gradient = Gradient(g + 1, samples=4)
    point = Model(1, LAYOUT, x - way)
    report = reporter.report(Model(1, LAYOUT, x + way), gradient, gradient.flat(LAYOUT), {}, point, estimate=np.full(7, 1.5))
    assert report.metrics == {"slope": 4.0, "slope-change": 2.5}
    assert report.smoothness == l2(np.ones(7)) / 2
