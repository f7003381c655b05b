"""How many neighbours a member of a cohort masks with, and how many of them can reveal its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import ceil, exp, log

_SECRECY = 2.0**-40
"""The coordinator gets both secrets of a member with at most this probability."""

_COMPLETION = 2.0**-20
MOST_NEIGHBOURS = 1_000


@dataclass(frozen=True)
class CohortParameters:
    """The parameters of a cohort; ``io.evenkeel.core.secagg.CohortParameters`` explains the conditions.

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
        """Returns the parameters with the fewest neighbours; None if none suffice, because too many may drop out or collude.

        Args:
            members: at least 3.
            dropout: the share of the members that may drop out, 0 to 1.
            collusion: the share of the members that may collude with the coordinator, 0 to 1.
        """
        search = _Search(members, ceil(dropout * members), ceil(collusion * members))
        neighbours = 2
        while neighbours <= min(members - 1, MOST_NEIGHBOURS):
            threshold = search.threshold(neighbours)
            if threshold <= neighbours and search.completes(neighbours, threshold) and search.connects(neighbours):
                return cls(members, neighbours, threshold)
            neighbours += 2 if neighbours + 2 <= members - 1 else 1
        return None

    @staticmethod
    def least_threshold(members: int, neighbours: int, collusion: float) -> int:
        """Returns the lowest threshold that keeps the secrets; more than the neighbours if none does."""
        return _Search(members, 0, ceil(collusion * members)).threshold(neighbours)


class _Search:
    """Computes the probabilities for one cohort."""

    def __init__(self, members: int, dropped: int, colluding: int) -> None:
        self._members = members
        self._dropped = dropped
        self._colluding = colluding
        self._log_factorials = [0.0, *accumulate(log(i) for i in range(1, members))]

    def threshold(self, neighbours: int) -> int:
        threshold = neighbours // 2 + 1
        while threshold <= neighbours:
            if self._members * self._at_least(2 * threshold - neighbours, self._colluding, neighbours) <= _SECRECY:
                break
            threshold += 1
        return threshold

    def completes(self, neighbours: int, threshold: int) -> bool:
        return self._members * self._at_least(neighbours - threshold + 1, self._dropped, neighbours) <= _COMPLETION

    def connects(self, neighbours: int) -> bool:
        if neighbours == self._members - 1:
            return True
        probability = float(self._members)
        for i in range(neighbours // 2):
            probability *= max(0, self._dropped + self._colluding - i) / (self._members - i)
        return probability <= _SECRECY

    def _at_least(self, hits: int, marked: int, drawn: int) -> float:
        """Returns the probability that at least ``hits`` of ``drawn`` other members are among the ``marked`` ones."""
        others = self._members - 1
        total = 0.0
        for i in range(max(0, hits), min(drawn, marked) + 1):
            if drawn - i <= others - marked:
                chosen = self._log_choose(marked, i) + self._log_choose(others - marked, drawn - i)
                total += exp(chosen - self._log_choose(others, drawn))
        return min(1.0, total)

    def _log_choose(self, n: int, k: int) -> float:
        return self._log_factorials[n] - self._log_factorials[k] - self._log_factorials[n - k]
