"""The results folder that the Java trial's tests read."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenkeel.trial import NumpyProblem, compare

FOLDER = Path(__file__).resolve().parents[4] / "client-sdk" / "vectors" / "trials" / "python"


def make(out: Path) -> None:
    """Creates the folder, as the shared one was created."""
    points = np.array([[3.0, 1.0, 0.0], [0.0, 1.0, 4.0], [-1.0, 2.0, 0.5], [2.0, 2.0, 2.0]])

    def loss(point: np.ndarray) -> Any:
        return lambda x: (0.5 * float((x - point) @ (x - point)), x - point)

    compare(
        NumpyProblem([loss(point) for point in points], np.zeros(3), description="four points, in Python"),
        [
            "ef21,gamma=0.3,compressor=top-k:1+float64",
            "ef21-norm,gamma=anytime:0.5:0.5,compressor=rand-k:1+float64",
            "ef21,gamma=best-of:0.1|0.3|0.9,compressor=top-k:1+float64,name=tuned",
        ],
        rounds=20,
        seeds=(1, 2),
        uncompressed_gamma=0.1,
        out=out,
        progress=False,
    )


def rows(folder: Path) -> list[dict[str, str]]:
    with open(folder / "trajectory.csv", newline="") as file:
        return [{key: cell for key, cell in row.items() if key != "seconds"} for row in csv.DictReader(file)]


def test_a_trial_writes_the_shared_folder(tmp_path: Path) -> None:
    make(tmp_path / "python")
    assert (tmp_path / "python" / "experiment.yaml").read_text() == (FOLDER / "experiment.yaml").read_text()
    found, expected = rows(tmp_path / "python"), rows(FOLDER)
    assert len(found) == len(expected) == 168
    for mine, theirs in zip(found, expected):
        for key, cell in theirs.items():
            same = mine[key] == cell or float(mine[key]) == pytest.approx(float(cell), rel=1e-12)
            assert same, (key, mine, theirs)
    summaries = [json.loads((folder / "summary.json").read_text()) for folder in (tmp_path / "python", FOLDER)]
    assert summaries[0]["targets"] == summaries[1]["targets"]
    assert summaries[0]["verdict"]["sentences"] == summaries[1]["verdict"]["sentences"]
    assert summaries[0]["arms"][3]["search"] == summaries[1]["arms"][3]["search"]
    verdicts = [[(c["arm"], c["verdict"]) for c in summary["comparisons"]] for summary in summaries]
    assert verdicts[0] == verdicts[1]


def test_a_killed_trial_resumes_to_the_same_figures(tmp_path: Path) -> None:
    point = np.array([3.0, 1.0, -2.0])
    calls = []

    def loss(x: np.ndarray) -> Any:
        calls.append(1)
        return 0.5 * float((x - point) @ (x - point)), x - point

    def train(out: Path, **options: Any) -> Any:
        options["uncompressed_gamma"] = 0.1
        arms = ["ef21-sgdm,gamma=0.3,eta=constant:0.5,compressor=rand-k:1", "ef21-distance", "ef21-fedadam,gamma=0.1"]
        return compare(
            NumpyProblem([loss], np.zeros(3)),
            arms,
            rounds=10,
            seeds=(1,),
            compressor="top-k:1",
            out=out,
            progress=False,
            **options,
        )

    expected = train(tmp_path / "whole")
    whole = len(calls)
    for arm in [run.arm for run in expected.runs]:

        def killed(name: str, seed: int, at: Any, arm: str = arm) -> None:
            if name == arm and at.round == 7:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / arm, checkpoint_every=3, recorded=killed)
        calls.clear()
        found = train(tmp_path / arm, checkpoint_every=3, resume=True)
        assert len(calls) <= whole - 6
        for mine, theirs in zip(found.runs, expected.runs):
            figures = [
                [(p.round, p.loss, p.grad_norm, p.uplink_bytes, p.downlink_bytes) for p in run.points] for run in (mine, theirs)
            ]
            assert figures[0] == figures[1]
        assert sorted(file.name for file in (tmp_path / arm).iterdir()) == ["experiment.yaml", "summary.json", "trajectory.csv"]


@pytest.mark.parametrize(("size", "samples", "downlink"), [(4, 10, ""), (3, 11, ""), (3, 10, ",downlink=top-k:2")])
def test_a_trial_of_another_model_data_or_downlink_is_not_resumed(tmp_path: Path, size: int, samples: int, downlink: str) -> None:
    def train(size: int, samples: int, downlink: str, **options: Any) -> None:
        problem = NumpyProblem([lambda x: (0.5 * float(x @ x), x)], np.ones(size), samples=[samples])
        arms = [f"ef21-norm,compressor=top-k:1,name=a{downlink}", "gd,gamma=0.1"]
        compare(problem, arms, rounds=2, seeds=(1,), out=tmp_path / "out", progress=False, **options)

    train(3, 10, "")
    train(3, 10, "", resume=True)
    with pytest.raises(ValueError, match="belongs to another experiment"):
        train(size, samples, downlink, resume=True)


@pytest.mark.parametrize("local_steps", [1, 2])
def test_a_trial_of_local_steps_includes_ef14_at_the_uncompressed_step_size(local_steps: int) -> None:
    problem = NumpyProblem([lambda x: (0.5 * float(x @ x), x)], np.ones(3))
    found = compare(problem, rounds=2, local_steps=local_steps, uncompressed_gamma=0.25, compressor="top-k:1", progress=False)
    step_sizes = {arm["name"]: arm["gamma"] for arm in found.summary["arms"]}
    assert step_sizes.get("ef14") == (step_sizes["gd"] if local_steps > 1 else None)
