"""The search for a step size, by the rules of the Java trial (``StepSearch``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from ._arm import Arm
from ._run import ArmRun


@dataclass(frozen=True)
class Candidate:
    """A step size that a search tried, with the figures at the end of its run with the first seed."""

    gamma: str
    outcome: str
    loss: float | None
    rounds: int
    uplink_bytes: int
    downlink_bytes: int


@dataclass(frozen=True)
class Search:
    """The search for an arm's step size.

    Attributes:
        chosen: the step size with which training ended at the smallest training loss; held-out samples are ignored.
        at_end: whether ``chosen`` is the first or the last of the grid, so that a step size beyond it could be better.
        candidates: all candidates.
        rounds: the rounds of the candidates that were not chosen: the additional cost of the search.
        uplink_bytes: the bytes that these candidates sent.
        downlink_bytes: the bytes that these candidates downloaded.
    """

    chosen: str
    at_end: bool
    candidates: Sequence[Candidate]
    rounds: int
    uplink_bytes: int
    downlink_bytes: int

    def as_json(self) -> dict[str, Any]:
        """Returns the fields for summary.json."""
        return {
            "chosen": self.chosen,
            "atEnd": self.at_end,
            "candidates": [
                {
                    "gamma": each.gamma,
                    "outcome": each.outcome,
                    "loss": each.loss,
                    "rounds": each.rounds,
                    "uplinkBytes": each.uplink_bytes,
                    "downlinkBytes": each.downlink_bytes,
                }
                for each in self.candidates
            ],
            "rounds": self.rounds,
            "uplinkBytes": self.uplink_bytes,
            "downlinkBytes": self.downlink_bytes,
        }


def _is_wild(run: ArmRun) -> bool:
    """Returns whether the loss has exceeded twice the first loss, or the run did not reach its end."""
    first = run.points[0].loss if run.points else inf
    return run.outcome != "finished" or any(not point.loss - first <= abs(first) for point in run.points)


def choose(candidates: Sequence[Arm], runs: Sequence[ArmRun]) -> tuple[int, Search]:
    """Returns the index of the candidate with the lowest final training loss (the first of equal ones), and the cost of the search.
    A candidate whose loss has exceeded twice its first loss is chosen only if this holds for all.

    Args:
        runs: the candidates' runs with the first seed, in their order.
    """
    losses = [run.points[-1].loss if run.outcome == "finished" else inf for run in runs]
    ranks = [(_is_wild(run), loss) for run, loss in zip(runs, losses)]
    best = ranks.index(min(ranks))
    tried = [
        Candidate(
            arm.gamma_text,
            run.outcome,
            loss if isfinite(loss) else None,
            run.round,
            run.points[-1].uplink_bytes if run.points else 0,
            run.points[-1].downlink_bytes if run.points else 0,
        )
        for arm, run, loss in zip(candidates, runs, losses)
    ]
    rejected = [each for i, each in enumerate(tried) if i != best]
    return best, Search(
        tried[best].gamma,
        best in (0, len(tried) - 1),
        tried,
        sum(each.rounds for each in rejected),
        sum(each.uplink_bytes for each in rejected),
        sum(each.downlink_bytes for each in rejected),
    )
