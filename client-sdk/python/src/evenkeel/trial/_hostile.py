"""Clients that attack."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from .._types import Floats
from ._vectors import zeros_like

_ATTACKS = ("sign-flip", "inner-product", "little")


@dataclass(frozen=True)
class HostileSettings:
    """Clients that follow the protocol but report harmful values. They know the gradients of all honest participants.

    Attributes:
        attack: ``sign-flip``: minus strength times their own gradient; ``inner-product``: minus strength times the mean of the
            honest gradients (Xie, Koyejo, Gupta, UAI 2019); ``little``: that mean minus strength times the standard deviation in
            each coordinate (Baruch, Baruch, Goldberg, NeurIPS 2019).
        share: the share of hostile clients, which are the last ones; more than 0 and less than 0.5.
        strength: finite and above 0.
    """

    attack: str
    share: float
    strength: float

    @classmethod
    def parse(cls, text: str) -> HostileSettings:
        """Reads ``ATTACK:SHARE:STRENGTH``, such as ``sign-flip:0.1:10``; raises ValueError if it is malformed."""
        attack, *numbers = text.split(":")
        if len(numbers) != 2:
            raise ValueError(f"hostile is '{text}', expected ATTACK:SHARE:STRENGTH such as sign-flip:0.1:10")
        if attack not in _ATTACKS:
            raise ValueError(f"hostile is '{text}', expected an attack of {', '.join(_ATTACKS)}")
        try:
            share, strength = map(float, numbers)
        except ValueError:
            raise ValueError(f"hostile is '{text}', expected numbers after the attack") from None
        if not 0 < share < 0.5:
            raise ValueError(f"the share in hostile '{text}' is {share}, expected more than 0 and less than 0.5")
        if not 0 < strength < inf:
            raise ValueError(f"the strength in hostile '{text}' is {strength}, expected a finite number above 0")
        return cls(attack, share, strength)

    def count(self, clients: int) -> int:
        """Returns the number of hostile clients, at least 1."""
        return max(1, int(self.share * clients))


class HostileClients:
    """Replaces the gradients of the hostile clients, which are the last ones. Clients are processed in ascending order.

    Args:
        settings: None if all clients are honest.
        like: a vector of d values, whose type and device other vectors get.
    """

    def __init__(self, settings: HostileSettings | None, clients: int, like: Floats) -> None:
        self._settings = settings
        self._first = clients if settings is None else clients - settings.count(clients)
        self._like = like
        self.begin_round()

    def begin_round(self) -> None:
        """Forgets the honest gradients."""
        self._honest = 0
        if self._settings is not None:
            self._mean, self._squares = zeros_like(self._like), zeros_like(self._like)

    def passed(self, client: int, gradient: Floats) -> Floats:
        """Returns a client's gradient, or a hostile client's report."""
        if self._settings is None:
            return gradient
        if client < self._first:
            # Welford's algorithm: the sum of squares about the running mean.
            self._honest += 1
            difference = gradient - self._mean
            self._mean += difference / self._honest
            self._squares += difference * (gradient - self._mean)
            return gradient
        strength = self._settings.strength
        if self._settings.attack == "sign-flip":
            return -strength * gradient
        if self._settings.attack == "inner-product":
            return -strength * self._mean
        return self._mean - strength * (self._squares / max(1, self._honest)) ** 0.5
