"""The outcome of a training."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class RunEnd(Enum):
    """Why a training ended: the run completed all rounds, an operator cancelled it, it failed, or the client was stopped."""

    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class RunOutcome:
    """The outcome of a training.

    Attributes:
        run: the run's name.
        end: why it ended.
        round: the last known round; R for a finished run of R rounds.
        accepted: the number of this device's messages that the coordinator accepted in this training.
        refused: the number of messages that it refused because they were late.
    """

    run: str
    end: RunEnd
    round: int
    accepted: int
    refused: int
