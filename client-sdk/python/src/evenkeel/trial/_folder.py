"""The results folder in the format of the Java trial: experiment.yaml, trajectory.csv, summary.json."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import asdict, fields
from math import isnan
from pathlib import Path
from typing import Any

from ._arm import Arm, schedule_text
from ._problem import Problem
from ._run import ArmRun, Point
from ._settings import Settings
from ._thresholds import Thresholds

_COLUMNS = "arm,seed,round,loss,grad_norm,test_metric,uplink_bytes,downlink_bytes,step_size,direction_norm,epsilon,seconds"
_RUNS = "runs"


class ResultsFolder:
    """The files of a trial.

    Until the trial is complete, ``runs/`` has a file for each completed run, so that the trial can be resumed.

    Args:
        path: the folder; created if it does not exist.
        experiment: the text of experiment.yaml.
        resume: whether to continue an earlier trial of the same experiment.
        rank: the process's number; processes after the first use a subfolder, which is deleted with the saved runs.

    Raises:
        FileExistsError: if the folder has a trial and ``resume`` is False.
        ValueError: if the folder contains another experiment's trial.
    """

    def __init__(self, path: str | os.PathLike[str], experiment: str, resume: bool, rank: int = 0) -> None:
        self.path = Path(path)
        self._own = self.path / f"process-{rank}" if rank else self.path
        file = self._own / "experiment.yaml"
        if file.exists():
            if not resume:
                raise FileExistsError(f"{self._own} already contains a trial: name another folder, or give resume=True")
            if file.read_text(encoding="utf-8") != experiment:
                raise ValueError(f"{file} belongs to another experiment: name another folder, or give the same settings")
        (self._own / _RUNS).mkdir(parents=True, exist_ok=True)
        _replace(file, experiment)

    def keep(self, run: ArmRun) -> None:
        """Saves a run that has ended."""
        _replace(self._kept(run.arm, run.seed), json.dumps(asdict(run)))
        self._kept(run.arm, run.seed).with_suffix(".checkpoint").unlink(missing_ok=True)

    def kept(self, arm: str, seed: int) -> ArmRun | None:
        """Returns a saved run, or None."""
        file = self._kept(arm, seed)
        if not file.exists():
            return None
        content = json.loads(file.read_text(encoding="utf-8"))
        points = [Point(**point) for point in content.pop("points")]
        return ArmRun(**content, points=points)

    def keep_checkpoint(self, arm: str, seed: int, checkpoint: bytes) -> None:
        """Saves the checkpoint of a run."""
        file = self._kept(arm, seed).with_suffix(".checkpoint")
        part = file.with_name(file.name + ".part")
        part.write_bytes(checkpoint)
        os.replace(part, file)

    def checkpoint(self, arm: str, seed: int) -> bytes | None:
        """Returns the checkpoint of a run, or None."""
        file = self._kept(arm, seed).with_suffix(".checkpoint")
        return file.read_bytes() if file.exists() else None

    def _kept(self, arm: str, seed: int) -> Path:
        return self._own / _RUNS / f"{arm.replace('*', '%2A')}-seed{seed}.json"

    def write(self, runs: Sequence[ArmRun], summary: dict[str, Any]) -> None:
        """Writes the results; complete results replace the saved runs."""
        if self._own != self.path:
            if summary["complete"]:
                shutil.rmtree(self._own)
            return
        lines = [_COLUMNS]
        for run in runs:
            for point in run.points:
                cells = [_cell(getattr(point, each.name)) for each in fields(point)]
                lines.append(",".join([run.arm, str(run.seed), *cells]))
        _replace(self.path / "trajectory.csv", "\n".join(lines) + "\n")
        _replace(self.path / "summary.json", json.dumps(summary, indent=2) + "\n")
        if summary["complete"]:
            for file in (self.path / _RUNS).iterdir():
                file.unlink()
            (self.path / _RUNS).rmdir()


def _cell(value: float) -> str:
    return "" if isnan(value) else repr(value)


def _replace(file: Path, text: str) -> None:
    """Writes a file completely or not at all."""
    part = file.with_name(file.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, file)


def experiment_yaml(
    problem: Problem,
    settings: Settings,
    arms: Sequence[Arm],
    baseline: str,
    seeds: Sequence[int],
    targets: Sequence[str],
    thresholds: Thresholds,
) -> str:
    """Returns experiment.yaml. Strings are written as JSON, which is also YAML."""
    lines = [
        "data:",
        "  source: python",
        f"  file: {json.dumps(problem.description)}",
        "loss:",
        "  kind: python",
        "  regularizer: none",
        f"  metric: {json.dumps(problem.metric.name)}",
        "fleet:",
        f"  clients: {problem.clients}",
        f"  weights: {'samples' if settings.weighted else 'equal'}",
        f"  participation: {settings.participation}",
        *([] if settings.hostile is None else [f"  hostile: {json.dumps(settings.hostile)}"]),
        "gradient:",
        f"  batch: {problem.batch}",
        f"  local-steps: {settings.local_steps}",
        f"  local-step-size: {settings.local_step_size}",
        "start:",
        "  x: suggested",
        f"  g: {settings.initial}",
        f"rounds: {settings.rounds}",
        f"seeds: {json.dumps(list(seeds))}",
        f"record-every: {settings.record_every}",
        f"targets: {json.dumps(list(targets))}",
        f"baseline: {json.dumps(baseline)}",
        "arms:",
    ]
    for arm in arms:
        lines += [f"- name: {json.dumps(arm.name)}", f"  algorithm: {arm.preset.text}"]
        values = {
            "compressor": str(arm.compressor),
            "step": arm.rule.text,
            "gamma": arm.gamma_text,
            "eta": schedule_text(arm.eta),
            **({} if arm.privacy is None else {"privacy": arm.privacy.text}),
            **({} if arm.downlink is None else {"downlink": str(arm.downlink)}),
            **({} if arm.robust is None else {"robust": arm.robust.text}),
        }
        lines += [f"  {key}: {json.dumps(value)}" for key, value in values.items()]
    lines.append("thresholds:")
    lines += [f"  {name.replace('_', '-')}: {float(value)}" for name, value in asdict(thresholds).items()]
    # Identifies the model and data, since runs with other ones must not be resumed.
    shapes = ", ".join(f"{tensor.name} {list(tensor.shape)}" for tensor in problem.layout.tensors)
    digest = zlib.crc32(f"{shapes}; {[int(count) for count in problem.samples]}".encode())
    lines.append(f"# {problem.layout.dimension:,} values, {sum(problem.samples):,} samples, {digest:08x}")
    return "\n".join(lines) + "\n"
