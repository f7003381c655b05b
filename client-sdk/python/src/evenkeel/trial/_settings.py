"""The settings of a trial's arms."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ._hostile import HostileSettings


@dataclass(frozen=True)
class Settings:
    """The settings that all arms of a trial share.

    Attributes:
        rounds: R, at least 1; the horizon K is R - 1.
        record_every: the number of rounds between recorded points; the end is always recorded.
        participation: the share of the clients that take part in a round, in (0, 1].
        local_steps: the number of local steps before a client reports (x - y)/(steps * size), where y is the point after the
            steps.
        local_step_size: the size of a local step, above 0.
        weighted: whether clients are weighted by their numbers of samples; otherwise equally.
        initial: ``zeros``, ``compressed`` or ``dense``: the initial g_i.
        hostile: the attack of a share of the clients, in the form of ``HostileSettings.parse``; None if all are honest.
    """

    rounds: int = 200
    record_every: int = 1
    participation: float = 1.0
    local_steps: int = 1
    local_step_size: float = 0.1
    weighted: bool = False
    initial: str = "zeros"
    hostile: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("rounds", self.rounds), ("record_every", self.record_every), ("local_steps", self.local_steps)):
            if value < 1:
                raise ValueError(f"{name} is {value}, expected at least 1")
        if not 0 < self.participation <= 1:
            raise ValueError(f"participation is {self.participation}, expected more than 0 and at most 1")
        if not 0 < self.local_step_size < inf:
            raise ValueError(f"local_step_size is {self.local_step_size}, expected a finite number above 0")
        if self.initial not in ("zeros", "compressed", "dense"):
            raise ValueError(f"initial is '{self.initial}', expected zeros, compressed or dense")
        if self.hostile is not None:
            HostileSettings.parse(self.hostile)
