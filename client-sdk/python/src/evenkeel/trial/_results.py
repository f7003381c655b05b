"""The results of a trial."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from .._svg import curves
from ._format import byte_text
from ._headline import Verdict
from ._metric import ClassBalance
from ._promise import Promise, privacy_text
from ._run import ArmRun, Point
from ._verdict import Comparison

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

_PLOTS = {"round": "rounds", "uplink_bytes": "bytes sent up", "seconds": "seconds"}


@dataclass(frozen=True, repr=False)
class Results:
    """The runs of a trial, their summary and the verdicts.

    Attributes:
        runs: one for each arm and seed.
        summary: the content of summary.json.
        comparisons: each arm against the baseline.
        verdict: whether compression pays, and whether normalization avoids the search for a step size.
        folder: the results folder; None if there is none.
    """

    runs: Sequence[ArmRun]
    summary: dict[str, Any]
    comparisons: Sequence[Comparison]
    verdict: Verdict
    folder: Path | None

    def frame(self) -> pandas.DataFrame:
        """Returns the trajectories as a pandas DataFrame, one row for each recorded model; needs pandas."""
        import pandas

        columns = [field.name for field in fields(Point)]
        rows = [[run.arm, run.seed, *(getattr(p, c) for c in columns)] for run in self.runs for p in run.points]
        return pandas.DataFrame(rows, columns=["arm", "seed", *columns])

    def plot(self, y: str = "loss", x: str = "round", *, log: bool = True) -> Figure:
        """Draws each arm's median over seeds, with a band from the minimum to the maximum; needs matplotlib and pandas.

        Args:
            y: ``loss``, ``grad_norm`` or ``test_metric``.
            x: ``round``, ``uplink_bytes`` or ``seconds``.
            log: whether y is logarithmic.
        """
        if x not in _PLOTS:
            raise ValueError(f"x is '{x}', expected one of {', '.join(_PLOTS)}")
        from matplotlib import pyplot

        frame = self.frame().dropna(subset=[y])
        figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
        for arm, rows in frame.groupby("arm", sort=False):
            by_round = rows.groupby("round")
            across = by_round[x].median()
            middle = by_round[y].median()
            axes.plot(across, middle, label=arm)
            axes.fill_between(across, by_round[y].min(), by_round[y].max(), alpha=0.2)
        axes.set(xlabel=_PLOTS[x], ylabel=y.replace("_", " "))
        if log and y != "test_metric":
            axes.set_yscale("log")
        if x == "uplink_bytes":
            # On a linear axis with uncompressed training, the curves of all compressed arms would be at 0.
            axes.set_xscale("log")
        axes.grid(alpha=0.3)
        axes.legend()
        return figure

    @property
    def verdicts(self) -> list[str]:
        """The headline, the other findings, and the cautions, one sentence each."""
        return [*self.verdict.sentences, *self._cautions()]

    def _cautions(self) -> list[str]:
        problem, cautions = self.summary["problem"], []
        if len(problem["seeds"]) == 1:
            cautions.append("One seed cannot show whether a method is worse: give seeds=(1, 2, 3).")
        for arm in self.summary["arms"]:
            diverged = [run for run in arm["runs"] if run["outcome"] == "diverged"]
            if diverged:
                first = min(diverged, key=lambda run: run["round"])
                cautions.append(
                    f"{arm['name']} diverged in {len(diverged)} of {len(arm['runs'])} runs, first in round {first['round']} with seed "
                    f"{first['seed']}: {first['reason']}. Its step size is {arm['gamma']}."
                )
        cautions += self._larger()
        for target in self.summary["droppedTargets"]:
            cautions.append(f"The target {target} was dropped, as it is reached without training: name a harder one.")
        clients = problem["clientSamples"]
        if not clients["weighted"] and clients["most"] > 2 * clients["fewest"]:
            cautions.append(
                f"Clients have between {clients['fewest']:,} and {clients['most']:,} samples, and each counts the same: the loss "
                "here is the mean over clients. Training on all samples in one place lowers the mean over samples instead, and so "
                "does weighted=True."
            )
        balance = None if problem["classes"] is None else ClassBalance(**problem["classes"])
        if balance is not None and balance.unbalanced:
            cautions.append(
                f"The largest of {balance.classes} classes has {100 * balance.largest:.1f}% of the training samples, so predicting "
                "it always has about that accuracy, and the loss counts beside the metric."
            )
            if problem["metric"] == "accuracy":
                better = "the AUC" if balance.classes == 2 else "the balanced accuracy"
                cautions.append(f"The accuracy says little here: let evaluate return {better}, and name it with metric=.")
        return cautions

    def _larger(self) -> list[str]:
        """Lists arms that sent more than uncompressed training in the same number of rounds."""
        sent = {
            arm["name"]: max((run["uplinkBytes"] for run in arm["runs"] if run["outcome"] == "finished"), default=0)
            for arm in self.summary["arms"]
        }
        uncompressed = self.verdict.yardstick
        dense = 0 if uncompressed is None else sent[uncompressed]
        larger = [name for name, size in sent.items() if dense and size >= 1.0005 * dense]
        return [
            f"{', '.join(larger)} sent more bytes up than the uncompressed {uncompressed} "
            "in the same number of rounds: choose a sparser compressor."
        ] * bool(larger)

    def _table(self) -> list[list[str]]:
        arms = self.summary["arms"]
        metric = self.summary["problem"]["metric"] or "test metric"
        private = any(arm["privacy"] is not None for arm in arms)
        promised = ["privacy"] if private else []
        rows = [["arm", "step size", *promised, metric, "final loss", "sent", "of the baseline's", "search before"]]
        sent = {arm["name"]: max((run["uplinkBytes"] for run in arm["runs"]), default=0) for arm in arms}
        # A run that diverged sent little because it ended early.
        ended = {arm["name"] for arm in arms if any(run["outcome"] != "diverged" for run in arm["runs"])}
        baseline = self.summary["baseline"]
        for arm in arms:
            quality, search = arm["quality"], arm["search"]
            compared = {arm["name"], baseline} <= ended and sent[arm["name"]] and sent[baseline]
            share = f"1/{sent[baseline] / sent[arm['name']]:.3g}" if compared else "-"
            rows.append(
                [
                    arm["name"],
                    arm["gamma"],
                    *([_privacy(arm)] if private else []),
                    _shown(quality["testMetric"]["median"]),
                    _shown(quality["loss"]["median"]),
                    byte_text(sent[arm["name"]]),
                    share,
                    "none" if search is None else f"{search['rounds']:,} rounds, {byte_text(search['uplinkBytes'])}",
                ]
            )
        return rows

    def __str__(self) -> str:
        rows = self._table()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, "", *self.verdicts])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rows = ([html.escape(cell) for cell in row] for row in self._table())
        cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        verdicts = "".join(f"<li>{html.escape(verdict)}</li>" for verdict in self.verdicts)
        titles = "".join(f"<th>{cell}</th>" for cell in head)
        drawn = curves(self._losses(), "loss by round, medians over the seeds", log=True)
        return f"<table><thead><tr>{titles}</tr></thead><tbody>{cells}</tbody></table>{drawn}<ul>{verdicts}</ul>"

    def _losses(self) -> dict[str, list[tuple[float, float]]]:
        """Returns the median loss of each arm's recorded rounds."""
        by_arm: dict[str, dict[int, list[float]]] = {}
        for run in self.runs:
            for point in run.points:
                by_arm.setdefault(run.arm, {}).setdefault(point.round, []).append(point.loss)
        return {arm: [(round, median(losses)) for round, losses in sorted(of.items())] for arm, of in by_arm.items()}


def _privacy(arm: dict[str, Any]) -> str:
    return privacy_text(None if arm["privacy"] is None else Promise(**arm["privacy"]))


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"
