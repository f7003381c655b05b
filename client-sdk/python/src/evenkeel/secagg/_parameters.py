"""The size of a cohort, and the number of members that can reveal another member's secret."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

MAX_MEMBERS = 1_000
MIN_MEMBERS = 3


@dataclass(frozen=True)
class CohortParameters:
    """The parameters of a cohort, whose members share masks with all others. Even a coordinator that reports different
    drop-outs to different members gets only sums of at least half of the honest members;
    ``io.evenkeel.core.secagg.CohortParameters`` has the proof.

    Attributes:
        members: n, the size of the cohort, 3 to 1,000.
        threshold: t, the number of shares that reconstruct a secret, 1 to n - 1.

    Raises:
        ValueError: if one is out of range.
    """

    members: int
    threshold: int

    def __post_init__(self) -> None:
        if not (MIN_MEMBERS <= self.members <= MAX_MEMBERS and 1 <= self.threshold < self.members):
            raise ValueError(
                f"{self.members} members and threshold {self.threshold}, expected {MIN_MEMBERS} to {MAX_MEMBERS} members, "
                "and a threshold of at least 1 and fewer than the members"
            )

    @classmethod
    def of(cls, members: int, dropout: float, collusion: float) -> CohortParameters | None:
        """Returns the parameters of a cohort; None if too many members may drop out or collude, or the cohort is too
        large.

        The threshold is the lowest with which every sum that the coordinator can get contains at least half of the
        honest members.

        Args:
            members: at least 3.
            dropout: the share of the members that may drop out, 0 to 1; rounded down.
            collusion: the share of the members that may collude with the coordinator, 0 to 1; rounded up.
        """
        neighbours = members - 1
        colluding = ceil(collusion * members)
        threshold = (2 * neighbours + colluding + 2) // 3
        dropped = int(dropout * members)
        if members > MAX_MEMBERS or colluding >= neighbours or threshold > neighbours - dropped:
            return None
        return cls(members, threshold)
