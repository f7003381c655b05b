"""A trial whose runs are shared by processes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from evenkeel.trial._folder import ResultsFolder
from evenkeel.trial._run import ArmRun

from .test_examples import run

TRIAL = """
import os, pathlib
import numpy as np
from evenkeel.trial import NumpyProblem

class Problem(NumpyProblem):
    def start(self, seed):
        with open(pathlib.Path(__file__).parent / os.environ.get("RANK", "alone"), "a") as starts:
            print(seed, file=starts)
        return super().start(seed)

def loss(point):
    return lambda x: (0.5 * float((x - point) @ (x - point)), x - point)

problem = Problem([loss(np.array(point)) for point in ([3.0, 1.0, 0.0], [0.0, 1.0, 4.0])], np.zeros(3))
arms = ["ef21,gamma=best-of:0.1|0.3|0.9,compressor=top-k:1,name=tuned", "ef21-norm,gamma=anytime:0.5:0.5,compressor=top-k:1"]
"""


def figures(folder: Path) -> list[dict[str, str]]:
    with (folder / "trajectory.csv").open(newline="") as file:
        return [{key: cell for key, cell in row.items() if key != "seconds"} for row in csv.DictReader(file)]


def test_torchrun_s_processes_share_the_runs_of_a_trial(tmp_path: Path) -> None:
    file = tmp_path / "trial.py"
    file.write_text(TRIAL)
    options = ["evenkeel.trial", file, "--rounds", 5, "--seeds", 1, 2, "--uncompressed-gamma", 0.3]
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", 2]
    printed = run(*torchrun, "-m", *options, "--out", tmp_path / "two")
    run("-m", *options, "--out", tmp_path / "one")

    assert printed.count("Results are in") == 1
    assert figures(tmp_path / "two") == figures(tmp_path / "one")
    one, two = [json.loads((tmp_path / each / "summary.json").read_text()) for each in ("one", "two")]
    assert [arm.get("search") for arm in one["arms"]] == [arm.get("search") for arm in two["arms"]]
    starts = [(tmp_path / name).read_text().split() for name in ("0", "1", "alone")]
    # The first process tries two of three candidates, and takes three of the other five runs.
    assert [len(each) for each in starts] == [5, 3, 8]
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == ["experiment.yaml", "summary.json", "trajectory.csv"]


def test_no_process_writes_into_the_folder_of_another_trial(tmp_path: Path) -> None:
    file = tmp_path / "trial.py"
    file.write_text(TRIAL)
    out = tmp_path / "out"
    out.mkdir()
    (out / "experiment.yaml").write_text("another: 1\n")
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", 2, "-m"]
    with pytest.raises(AssertionError, match=r"exitcode +: 2"):
        run(*torchrun, "evenkeel.trial", file, "--rounds", 2, "--seeds", 1, "--out", out)
    assert [path.name for path in out.iterdir()] == ["experiment.yaml"]


def test_another_process_keeps_its_runs_until_the_trial_is_complete(tmp_path: Path) -> None:
    ended = ArmRun("gd", 2, round=5)
    first, second = [ResultsFolder(tmp_path, "a: 1\n", False, rank) for rank in (0, 1)]
    second.keep(ended)
    assert first.kept("gd", 2) is None
    second.write([ended], {"complete": False})
    again = ResultsFolder(tmp_path, "a: 1\n", True, 1)
    assert again.kept("gd", 2) == ended
    with pytest.raises(FileExistsError, match="process-1 already contains a trial"):
        ResultsFolder(tmp_path, "a: 1\n", False, 1)
    again.write([ended], {"complete": True})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["experiment.yaml", "runs"]
