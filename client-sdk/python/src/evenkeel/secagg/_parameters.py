"""How many neighbours a member of a cohort masks with, and how many of them can reveal its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

MOST_NEIGHBOURS = 1_000


@dataclass(frozen=True)
class CohortParameters:
    """The parameters of a cohort. ``of`` takes all other members as neighbours, so that a coordinator that tells members different
    drop-outs gets sums of at least half of the honest members; ``io.evenkeel.core.secagg.CohortParameters`` has the proof.

    Attributes:
        members: the size of the cohort, 3 to 2^31 - 1.
        neighbours: k, the neighbours of each member: an even number or all others, 2 to 1,000.
        threshold: t, the shares that give a secret, at most k.

    Raises:
        ValueError: if one is out of range.
    """

    members: int
    neighbours: int
    threshold: int

    def __post_init__(self) -> None:
        members, k = self.members, self.neighbours
        is_regular = k % 2 == 0 or k == members - 1
        if not (3 <= members < 2**31 and 2 <= k < members and k <= MOST_NEIGHBOURS and is_regular and 1 <= self.threshold <= k):
            raise ValueError(
                f"{members} members, {k} neighbours and threshold {self.threshold}, expected at least 3 members, 2 to "
                f"{MOST_NEIGHBOURS} neighbours that are an even number or all others, and a threshold of at most the neighbours"
            )

    @classmethod
    def of(cls, members: int, dropout: float, collusion: float) -> CohortParameters | None:
        """Returns the parameters of a cohort; None if too many may drop out or collude, or if there are too many members.

        Args:
            members: at least 3.
            dropout: the share of the members that may drop out, 0 to 1; rounded down.
            collusion: the share of the members that may collude with the coordinator, 0 to 1.
        """
        neighbours = members - 1
        threshold = cls.least_threshold(members, neighbours, collusion)
        dropped = int(dropout * members)
        if neighbours > MOST_NEIGHBOURS or threshold > neighbours - dropped:
            return None
        return cls(members, neighbours, threshold)

    @staticmethod
    def least_threshold(members: int, neighbours: int, collusion: float) -> int:
        """Returns the lowest threshold with which each sum that the coordinator can get has at least half of the honest members, if
        all others are neighbours; more than the neighbours if there is none."""
        colluding = ceil(collusion * members)
        return (2 * neighbours + colluding + 2) // 3 if colluding < neighbours else neighbours + 1
