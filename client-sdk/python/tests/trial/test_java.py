"""Compares with the Java trial: the same arms, data and seeds give its trajectories, and the same trajectories give its verdicts."""

from __future__ import annotations

from dataclasses import fields
from math import isnan
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from evenkeel.torch import TorchProblem  # noqa: E402
from evenkeel.torch._fleet import TorchFleet  # noqa: E402
from evenkeel.trial import parse_arm  # noqa: E402
from evenkeel.trial._run import ArmRun, Point  # noqa: E402
from evenkeel.trial._settings import Settings  # noqa: E402
from evenkeel.trial._simulation import Simulation  # noqa: E402
from evenkeel.trial._summary import summarize  # noqa: E402

from . import java_trials  # noqa: E402

ARMS = [
    "gd,gamma=0.5",
    "ef21-norm,gamma=anytime:0.3:0.5,compressor=top-k:0.05+float64",
    "ef21,gamma=0.5,compressor=top-k:0.05+float64",
    "ef21-distance,gamma=0.1,name=distance,compressor=rand-k:0.1+float64",
    "ef21-sgdm-norm,compressor=layer-top-k:0.1+float64,name=momentum",
    "ef21-igt-norm,compressor=top-k:0.05+float64,name=igt",
    "ef21-adaptive,compressor=top-k:0.05+float64",
    "ef21-storm-norm,compressor=top-k:0.05+float64,name=storm",
    "ef21-fedadam,name=adam,compressor=top-k:0.05+float64",
    "gd,step=fedyogi:0.8:0.95:0.01,name=yogi",
    "ef21-muon,name=muon,compressor=top-k:0.05+float64",
    "ef21-fedavgm,gamma=0.05,name=avgm,compressor=rand-k:0.1+float64",
]
DECAY_ARMS = [
    "ef14,gamma=0.5,compressor=top-k:0.05+float64,name=ef14",
    "ef14-decay,gamma=0.5,compressor=top-k:0.05+float64,name=decay",
    "ef14-decay,gamma=0.5,eta=anytime:1:0.25,compressor=block-top-k:16:0.1+bf16,name=decay-blocks",
]
SCATTER_ARMS = [
    "ef14-decay-scatter-mean,gamma=0.2,compressor=top-k:0.05+float64,name=scatter",
    "ef14-decay-scatter-mean,gamma=0.2,compressor=block-top-k:16:0.1+bf16,robust=clip:1,name=scatter-clipped",
    "ef14,gamma=0.5,compressor=top-k:0.05+float64,robust=clip:1,name=clipped",
]
LOSSY_ARMS = [
    "ef21-norm,gamma=anytime:0.3:0.5,name=lossy,compressor=top-k:0.05+float64,downlink=top-k:0.1+natural",
    "ef21-fedadam,name=lossy-drawn,compressor=top-k:0.05+float64,downlink=rand-k:0.2",
]
SETTINGS = {"softmax": Settings(100), "perceptron": Settings(100, record_every=4, participation=0.6)}
HOSTILE_ARMS = [
    "gd,gamma=0.5",
    "ef21,gamma=0.5,name=sum,compressor=top-k:0.05+float64",
    "ef21,gamma=0.5,name=clipped,compressor=top-k:0.05+float64,robust=clip:1",
    "ef21-sgdm-norm,name=momentum,compressor=rand-k:0.1+float64,robust=clip:1.5",
    "ef21-norm,name=trimmed,gamma=anytime:0.3:0.5,compressor=top-k:0.05+float64,robust=trim:0.2",
]
PRIVATE_ARMS = [
    "gd-norm,gamma=0.3,name=bare,privacy=clip:1:0.5",
    "ef21-norm,gamma=0.1,name=fed,privacy=smoothed:0.1:0.3:0.2",
    "ef21-norm,gamma=0.1,name=apart,privacy=smoothed:0.1:0.3:0.2+not-fed-back",
    "dcgd,step=normalized,gamma=0.3,name=sum,compressor=rand-k:0.25,privacy=clip:0.5:2+by-coordinator",
    "gd-norm,gamma=0.3,name=shares,privacy=clip:0.5:2+in-shares",
    "ef21-sgdm-norm,gamma=0.1,name=shares-drawn,compressor=rand-k:0.25,privacy=smoothed:0.1:0.3:1+in-shares",
]


def beginnings(*cases: tuple[str, ...]) -> list[Any]:
    """Returns cases with the number of rounds to compare: all rounds of the first case, and of the others only in a full test run."""
    first, *others = cases
    whole = [pytest.param(*case, None, marks=pytest.mark.full) for case in others]
    return [(*first, None), *((*case, 32) for case in others), *whole]


def problem(name: str, folder: str | None = None) -> TorchProblem:
    _, _, inputs, labels = java_trials.digits()

    def accuracy(module: Any) -> float:
        return float((module(inputs).argmax(1) == labels).double().mean())

    return TorchProblem(
        getattr(java_trials, name),
        torch.nn.functional.cross_entropy,
        java_trials.shares(),
        evaluate=accuracy,
        batch=16 if name == "perceptron" else 0,
        dtype=torch.float64,
        description=java_trials.summary(folder or name)["problem"]["description"],
    )


@pytest.mark.parametrize("name", ["softmax", "perceptron"])
@pytest.mark.parametrize(("text", "rounds"), beginnings(*zip(ARMS)))
def test_trajectories_agree_with_the_java_trial(name: str, text: str, rounds: int | None) -> None:
    arm = parse_arm(text)
    expected = next(run for run in java_trials.runs(name) if run.arm == arm.name)
    _assert_same_run(problem(name), arm, SETTINGS[name], expected, rounds)


@pytest.mark.parametrize("on_device", [False, True])
@pytest.mark.parametrize(
    ("folder", "text", "rounds"),
    beginnings(
        *(("scatter", text) for text in SCATTER_ARMS),
        *(("lossy", text) for text in LOSSY_ARMS),
        *(("decay", text) for text in DECAY_ARMS),
    ),
)
def test_trajectories_with_a_lossy_downlink_a_decay_or_a_bound_of_messages_agree_with_the_java_trial(
    folder: str, text: str, on_device: bool, rounds: int | None
) -> None:
    arm = parse_arm(text)
    expected = next(run for run in java_trials.runs(folder) if run.arm == arm.name)
    _assert_same_run(problem("softmax"), arm, Settings(100, participation=0.6), expected, rounds, on_device)


@pytest.mark.parametrize(("text", "rounds"), beginnings(*zip(ARMS)))
def test_vectors_on_a_device_give_the_same_trajectories(text: str, rounds: int | None) -> None:
    arm = parse_arm(text)
    expected = next(run for run in java_trials.runs("softmax") if run.arm == arm.name)
    _assert_same_run(problem("softmax"), arm, SETTINGS["softmax"], expected, rounds, on_device=True)


@pytest.mark.parametrize(("text", "rounds"), beginnings(*zip(HOSTILE_ARMS)))
@pytest.mark.parametrize("on_device", [False, True])
def test_attacks_and_bounded_sums_agree_with_the_java_trial(text: str, on_device: bool, rounds: int | None) -> None:
    arm = parse_arm(text)
    expected = next(run for run in java_trials.runs("hostile") if run.arm == arm.name)
    _assert_same_run(problem("softmax", "hostile"), arm, Settings(60, hostile="little:0.2:3"), expected, rounds, on_device)


@pytest.mark.parametrize(("text", "rounds"), beginnings(*zip(PRIVATE_ARMS)))
@pytest.mark.parametrize("on_device", [False, True])
def test_noise_agrees_with_the_java_trial(text: str, on_device: bool, rounds: int | None) -> None:
    arm = parse_arm(text)
    expected = next(run for run in java_trials.runs("private") if run.arm == arm.name)
    _assert_same_run(problem("softmax", "private"), arm, Settings(60, participation=0.8), expected, rounds, on_device)


def _assert_same_run(
    trained: TorchProblem, arm: Any, settings: Settings, run: ArmRun, rounds: int | None, on_device: bool = False
) -> None:
    """Runs an arm as the Java trial did, to the end or for some rounds."""
    expected = run.points
    if rounds is not None:
        # The point after the last round has figures of no step.
        expected = [point for point in expected if point.round < rounds]
    found = Simulation(
        trained,
        arm,
        settings,
        run.seed,
        proceed=lambda round: round != rounds,
        fleet=(lambda start: TorchFleet(arm, trained.layout, trained.clients, torch.from_numpy(start))) if on_device else None,
    ).run()
    _assert_same(found.points, expected)


def _assert_same(found: list[Point], expected: list[Point]) -> None:
    assert len(found) == len(expected)
    for mine, theirs in zip(found, expected):
        for field in fields(Point):
            a, b = getattr(mine, field.name), getattr(theirs, field.name)
            if field.name in ("round", "uplink_bytes", "downlink_bytes"):
                assert a == b, (field.name, mine, theirs)
            elif field.name != "seconds" and not (isnan(a) and isnan(b)):
                assert a == pytest.approx(b, rel=1e-9, abs=1e-12), (field.name, mine, theirs)


@pytest.mark.parametrize("name", ["softmax", "perceptron"])
def test_summaries_and_verdicts_agree_with_the_java_trial(name: str) -> None:
    expected = java_trials.summary(name)
    runs = java_trials.runs(name)
    arms = [parse_arm(text) for text in ARMS]
    seeds = expected["problem"]["seeds"]
    found, comparisons, _ = summarize(problem(name), SETTINGS[name], arms, expected["baseline"], seeds, (), runs)
    for each in (found, expected):
        del each["environment"]
    _assert_like(found, expected, name)
    verdicts = {comparison.verdict for comparison in comparisons}
    # One seed shows nothing of the quality.
    assert verdicts == {"undecided"} if len(seeds) == 1 else verdicts > {"worse"}


def _assert_like(found: Any, expected: Any, place: str) -> None:
    if isinstance(expected, dict):
        assert list(found) == list(expected), place
        for key in expected:
            _assert_like(found[key], expected[key], f"{place}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), place
        for i, (a, b) in enumerate(zip(found, expected)):
            _assert_like(a, b, f"{place}[{i}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), place
    else:
        assert found == expected, place
