"""Verdicts on quality, custom metrics, class balance, privacy, and meaningless targets."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, nan
from typing import Any

import numpy as np
import pytest

from evenkeel.privacy._accountant import epsilon
from evenkeel.trial import ClassBalance, Metric, NumpyProblem, compare, parse_arm
from evenkeel.trial._figures import Target
from evenkeel.trial._run import ArmRun, Point
from evenkeel.trial._search import choose
from evenkeel.trial._settings import Settings
from evenkeel.trial._summary import summarize

ROUNDS = 20
EVEN, UNEVEN = ClassBalance(2, 0.5, 0.5, 0.693), ClassBalance(2, 0.97, 0.03, 0.135)


def run(arm: str, seed: int, metric: float, loss: float, size: int, spent: float) -> ArmRun:
    """Returns a run whose loss falls from 1, and whose metric rises from 0.5, in equal steps to the given values."""
    shares = [k / ROUNDS for k in range(ROUNDS + 1)]
    points = [
        Point(k, 1 + s * (loss - 1), 1 - s, 0.5 + s * (metric - 0.5), k * size, k * size, 0.1, 1, s * spent, k)
        for k, s in enumerate(shares)
    ]
    return ArmRun(arm, seed, "finished", ROUNDS, "", points)


def judge(
    dense: Sequence[float],
    compressed: Sequence[float],
    *,
    metric: Metric = Metric(),
    classes: ClassBalance = EVEN,
    losses: tuple[float, float] = (0.1, 0.1),
    targets: Sequence[str] = (),
    small: str = "ef21-norm,compressor=top-k:1,name=small",
    spent: float = nan,
) -> tuple[dict[str, Any], Any, Any]:
    problem = NumpyProblem([lambda x: (0.0, x)], np.zeros(3), metric=metric.name, higher_is_better=metric.higher_is_better)
    problem.classes = classes
    seeds = range(1, len(dense) + 1)
    runs = [run("dense", s, m, losses[0], 1000, nan) for s, m in zip(seeds, dense)]
    runs += [run("small", s, m, losses[1], 10, spent) for s, m in zip(seeds, compressed)]
    arms = [parse_arm("gd,gamma=0.1,name=dense"), parse_arm(small)]
    asked = [Target.parse(text) for text in targets]
    summary, comparisons, verdict = summarize(problem, Settings(ROUNDS), arms, "dense", list(seeds), asked, runs)
    (comparison,) = comparisons
    return summary, comparison, verdict


def test_an_arm_of_unclear_quality_is_not_better_however_few_bytes_it_sends() -> None:
    _, comparison, verdict = judge([0.952, 0.964], [0.92, 0.872])
    assert comparison.contrast.quality == "unclear" and comparison.verdict == "undecided" and verdict.answer == "unclear"
    text = "Unclear accuracy (89.6% against 95.8%, the difference being -44 to 32 points) with"
    assert comparison.headline.startswith(text)


def test_an_arm_is_no_worse_within_the_margin_and_worse_beyond_it() -> None:
    dense = [0.950, 0.951, 0.952, 0.953, 0.954]
    _, near, _ = judge(dense, [0.948, 0.950, 0.950, 0.952, 0.952])
    assert near.contrast.quality == "not-worse" and near.contrast.margin == 0.005 and near.verdict == "better"
    assert near.headline.startswith("No worse accuracy (95.0% against 95.2%, margin 0.5 points) with")
    _, far, _ = judge(dense, [0.938, 0.940, 0.940, 0.942, 0.942])
    assert far.contrast.quality == "worse" and far.verdict == "mixed"


def test_a_normalized_arm_is_compared_with_the_best_plain_one_and_an_adaptive_arm_is_neither() -> None:
    texts = [
        "gd,gamma=0.1,name=gd",
        "ef21,gamma=0.001,compressor=top-k:1,name=weak",
        "ef21,gamma=0.1,compressor=top-k:1,name=plain",
        "ef21-adaptive,compressor=top-k:1,name=adaptive",
        "ef21-norm,compressor=top-k:1,name=norm",
    ]
    losses = {"gd": 0.05, "weak": 0.3, "plain": 0.05, "adaptive": 0.05, "norm": 0.05}
    runs = [run(name, 1, nan, loss, 1000 if name == "gd" else 100, nan) for name, loss in losses.items()]

    def normalization(chosen: list[str]) -> Any:
        problem = NumpyProblem([lambda x: (0.0, x)], np.zeros(3))
        arms = [parse_arm(text) for text in chosen]
        here = [each for each in runs if each.arm in {arm.name for arm in arms}]
        return summarize(problem, Settings(ROUNDS), arms, "gd", [1], [], here)[2].normalization

    found = normalization(texts)
    assert (found.arm, found.other) == ("norm", "plain")
    assert normalization(texts[:-1]) is None


@pytest.mark.parametrize("weighted", [False, True])
def test_clients_with_unequal_samples_that_count_the_same_are_named(weighted: bool) -> None:
    losses = [lambda x, c=c: (0.5 * float((x - c) @ (x - c)), x - c) for c in np.eye(3)]
    problem = NumpyProblem(losses, np.zeros(3), samples=[10, 20, 30])
    results = compare(problem, ["gd-norm"], rounds=2, seeds=(1, 2), weighted=weighted, progress=False)
    assert any("between 10 and 30 samples, and each counts the same" in text for text in results.verdicts) != weighted


def test_arms_that_diverged_are_named_with_the_reason() -> None:
    problem = NumpyProblem([lambda x: (float(x @ x), 2 * x), lambda x: (nan, x)], np.ones(3))
    results = compare(
        problem, ["ef21,gamma=10,compressor=top-k:1"], uncompressed_gamma=0.1, rounds=2, seeds=(1, 2), progress=False
    )
    cause = "first in round 0 with seed 1: a client's loss or gradient at x^0 is not finite. Its step size is constant:0.1."
    assert f"gd diverged in 2 of 2 runs, {cause}" in results.verdicts


def test_arms_that_send_more_than_uncompressed_training_are_named() -> None:
    problem = NumpyProblem([lambda x: (0.5 * float(x @ x), x)], np.ones(400))
    arms = [f"ef21,gamma=0.1,compressor=top-k:{share},name={name}" for share, name in ((0.01, "sparse"), (0.99, "thick"))]
    results = compare(problem, arms, uncompressed_gamma=0.1, rounds=3, seeds=(1, 2), progress=False)
    remark = "thick sent more bytes up than the uncompressed gd in the same number of rounds: choose a sparser compressor."
    assert remark in results.verdicts and str(results).endswith(remark)


def test_a_figure_that_its_name_does_not_allow_is_refused() -> None:
    def trial(figure: float, metric: str) -> Any:
        problem = NumpyProblem([lambda x: (float(x @ x), 2 * x)], np.ones(3), evaluate=lambda x: figure, metric=metric)
        return compare(problem, ["gd-norm"], rounds=1, seeds=(1, 2), progress=False)

    with pytest.raises(
        ValueError, match="evaluate returned 96.5 as the accuracy, expected at most 1: divide percent by 100, or name"
    ):
        trial(96.5, "accuracy")
    assert trial(np.float32(1).item() + 1e-7, "accuracy").runs and trial(96.5, "perplexity").runs


def test_an_arm_that_diverges_saves_no_bytes() -> None:
    losses = [lambda x, c=c: (0.5 * float((x - c) @ (x - c)), x - c) for c in np.eye(3)]
    arms = ["gd,gamma=0.5", "ef21,gamma=1000,compressor=top-k:1,name=long", "ef21,gamma=0.1,compressor=top-k:1,name=short"]
    results = compare(NumpyProblem(losses, np.zeros(3)), arms, rounds=20, seeds=(1, 2), progress=False)
    assert [run.outcome for run in results.runs] == ["finished"] * 2 + ["diverged"] * 2 + ["finished"] * 2
    assert [row[-2] for row in results._table()][2] == "-" and [row[-2] for row in results._table()][3].startswith("1/")
    assert results.comparisons[0].headline == "Diverged in 2 of 2 runs against 0 of 2, and no target that both reached."


def test_one_seed_shows_nothing() -> None:
    _, comparison, _ = judge([0.95], [0.951])
    assert comparison.verdict == "undecided"
    assert comparison.headline.startswith("Unclear accuracy (95.1% against 95.0%; one seed cannot show whether it is worse) with")


def test_the_loss_counts_beside_the_metric_of_unbalanced_classes() -> None:
    figures = [0.95, 0.951, 0.952]
    _, even, _ = judge(figures, figures, metric=Metric("AUC"), losses=(0.1, 0.3))
    assert even.headline.startswith("No worse AUC (0.951 against 0.951, margin 0.005)")
    _, uneven, _ = judge(figures, figures, metric=Metric("AUC"), classes=UNEVEN, losses=(0.1, 0.3))
    assert uneven.contrast.measure == "loss" and uneven.contrast.quality == "worse"
    assert uneven.headline.startswith("Higher loss (0.3 against 0.1), and no target that both reached")


def test_a_lower_figure_of_a_custom_metric_can_be_the_better_one() -> None:
    summary, comparison, _ = judge([0.20, 0.21, 0.22], [0.10, 0.11, 0.12], metric=Metric("perplexity", False))
    assert comparison.contrast.quality == "better"
    assert comparison.contrast.margin == pytest.approx(0.02 * 0.29)
    assert comparison.headline.startswith("Lower perplexity (0.11 against 0.21) with")
    assert (summary["problem"]["metric"], summary["problem"]["higherIsBetter"]) == ("perplexity", False)
    assert summary["targets"] == ["test-metric:50%", "test-metric:90%", "test-metric:99%"]
    assert [reach["reached"] for reach in summary["arms"][1]["reaches"]] == [3, 3, 3]


def test_a_target_that_the_first_model_reaches_is_dropped() -> None:
    summary, _, _ = judge([0.9, 0.9], [0.9, 0.9], targets=["test-metric:0.4", "test-metric:0.8", "loss:2"])
    assert summary["targets"] == ["test-metric:0.8"]
    assert summary["droppedTargets"] == ["test-metric:0.4", "loss:2.0"]


def test_a_target_reached_by_predicting_the_largest_class_is_dropped() -> None:
    ends: dict[str, Any] = {"classes": UNEVEN, "losses": (0.01, 0.01)}
    figures = [0.99, 0.99]
    summary, _, _ = judge(figures, figures, metric=Metric("AUC"), **ends)
    assert summary["targets"] == ["loss:90%", "loss:99%"]
    targets = ["test-metric:0.96", "test-metric:0.98", "loss:0.2", "loss:0.1"]
    summary, _, _ = judge(figures, figures, targets=targets, **ends)
    assert summary["targets"] == ["test-metric:0.98", "loss:0.1"]
    assert summary["droppedTargets"] == ["test-metric:0.96", "loss:0.2"]


def test_arms_with_other_privacy_have_no_verdict() -> None:
    private = "ef21-norm,name=small,privacy=clip:1:20+by-coordinator"
    summary, comparison, verdict = judge([0.95, 0.951, 0.952], [0.7, 0.71, 0.72], small=private, spent=7.8)
    assert comparison.verdict == "other-privacy"
    assert comparison.headline.startswith(
        "Its privacy guarantee differs (epsilon 7.80, delta 1e-6 against none), so there is no verdict. "
    )
    assert verdict.compression is None
    told = "Not compared here, as their privacy guarantees differ: small (epsilon 7.80, delta 1e-6)."
    assert verdict.sentences[-1] == f"{told} For a verdict on them, make one of them the baseline."
    assert summary["arms"][1]["privacy"] == {"mechanism": "clip:1.0:20.0+by-coordinator", "epsilon": 7.8, "delta": 1e-6}


def test_a_private_arm_states_its_epsilon_in_the_table_and_for_each_round() -> None:
    losses = [lambda x, c=c: (0.5 * float((x - c) @ (x - c)), x - c) for c in np.eye(3)]
    results = compare(
        NumpyProblem(losses, np.zeros(3)), ["gd-norm,privacy=clip:1:20,name=noisy"], rounds=5, seeds=(1, 2), progress=False
    )
    spent = [point.epsilon for point in results.runs[0].points]
    assert spent == [0.0, *(epsilon(10, k, 1e-6) for k in range(1, 6))]
    assert f"epsilon {spent[-1]:.2f}, delta 1e-6" in str(results)
    # A private arm is uncompressed, so no other arm was added.
    assert [arm["name"] for arm in results.summary["arms"]] == ["noisy"]


def test_classes_are_unbalanced_from_three_times_the_samples_of_the_others() -> None:
    assert ClassBalance(2, 0.76, 0.24, 0.5).unbalanced and ClassBalance(10, 0.26, 0.01, 2).unbalanced
    assert not ClassBalance(2, 0.74, 0.26, 0.5).unbalanced and not ClassBalance(10, 0.2, 0.01, 2).unbalanced
    counted = ClassBalance.of([3, 1])
    assert counted == ClassBalance(2, 0.75, 0.25, pytest.approx(-0.75 * log(0.75) - 0.25 * log(0.25)))
    assert ClassBalance.of([]) is None


@pytest.mark.parametrize("name", ["", " ", "a\nb"])
def test_a_metric_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="metric is .* expected a name such as 'AUC'"):
        NumpyProblem([lambda x: (0.0, x)], np.zeros(3), metric=name)


def test_a_torch_problem_counts_its_classes_and_says_that_the_accuracy_hides_them() -> None:
    torch = pytest.importorskip("torch")
    from evenkeel.torch import TorchProblem

    labels = torch.tensor([0] * 19 + [1])
    data = [torch.utils.data.TensorDataset(torch.randn(20, 2, generator=torch.manual_seed(i)), labels) for i in range(2)]
    problem = TorchProblem(
        lambda: torch.nn.Linear(2, 2), torch.nn.functional.cross_entropy, data, evaluate=lambda module: 0.95, batch=4
    )
    assert problem.classes == ClassBalance(2, 0.95, 0.05, pytest.approx(0.1985, abs=1e-4))
    results = compare(problem, ["ef21-norm"], uncompressed_gamma=0.1, rounds=2, seeds=(1,), progress=False)
    text = str(results)
    assert "One seed cannot show whether a method is worse" in text
    assert "The largest of 2 classes has 95.0% of the training samples" in text
    assert "let evaluate return the AUC, and name it with metric=" in text
    regression = [torch.utils.data.TensorDataset(torch.ones(3, 2), torch.ones(3))]
    assert TorchProblem(lambda: torch.nn.Linear(2, 1), torch.nn.functional.mse_loss, regression).classes is None


def test_a_step_whose_loss_has_exceeded_twice_the_first_is_not_chosen() -> None:
    def chosen(*ways: Sequence[float]) -> tuple[int, bool]:
        arms = [parse_arm(f"gd,gamma={gamma}") for gamma in (0.1, 1, 10)]
        points = [[Point(k, loss, 1, nan, k, k, 0.1, 1, nan, k) for k, loss in enumerate(way)] for way in ways]
        best, search = choose(arms, [ArmRun(arm.name, 1, "finished", 2, "", each) for arm, each in zip(arms, points)])
        return best, search.at_end

    assert chosen([1, 0.9, 0.8], [1, 1.9, 0.2], [1, 0.9, 0.3]) == (1, False)
    assert chosen([1, 0.9, 0.8], [1, 0.9, 0.7], [1, 728, 0.1]) == (1, False)
    assert chosen([1, 0.9, 0.8], [1, 1, 0.2], [1, 0.9, 0.1]) == (2, True)
    assert chosen([-1, -2, -3], [-1, 0.1, -9], [-1, 0, -4]) == (2, True)
    assert chosen([1, 3, 0.8], [1, 3, 0.2], [1, 728, 0.3]) == (1, False)
