"""Secure aggregation in a run's plan, and a device's requirements."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ProtocolError, SecAggError
from ._fields import MATCH_VERSIONS, Fields

if TYPE_CHECKING:
    from ..secagg import DeviceIdentity

MIN_COHORT = 3
MAX_COLLUSION = 0.5


@dataclass(frozen=True)
class RunAggregation:
    """A run's secure aggregation: the coordinator learns only the sum of a round's messages.

    Attributes:
        owners: the public keys of the owners whose devices may be in a cohort.
        dropout: the share of a cohort that may drop out in the later steps.
        collusion: the share that may collude with the coordinator.
        rebase_every: the number of rounds after which all g_i and the sum start from zero.
        exponent: the unit of the fixed point is 2^exponent.
        min_members: the smallest cohort.
        max_members: the largest.
    """

    owners: tuple[bytes, ...]
    dropout: float
    collusion: float
    rebase_every: int
    exponent: int
    min_members: int
    max_members: int

    @classmethod
    def of(cls, fields: Fields) -> RunAggregation:
        """Reads the secure aggregation of a plan."""
        try:
            owners = tuple(base64.b64decode(owner, validate=True) for owner in fields.texts("owners"))
        except ValueError as e:
            raise ProtocolError(f"the plan's owners are not base64: {e}: {MATCH_VERSIONS}") from e
        found = cls(
            owners,
            fields.number("dropout"),
            fields.number("collusion"),
            fields.natural("rebaseEvery"),
            fields.integer("exponent"),
            fields.natural("minMembers"),
            fields.natural("maxMembers"),
        )
        is_within = 0 <= found.dropout <= 1 and 0 <= found.collusion <= 1 and -1022 <= found.exponent <= 0
        if not is_within or found.rebase_every < 1 or not MIN_COHORT <= found.min_members <= found.max_members:
            raise ProtocolError(f"the plan's secure aggregation is out of range: {found}: {MATCH_VERSIONS}")
        return found


@dataclass(frozen=True)
class AggregationDemands:
    """A device's own requirements, which the plan of a run must meet.

    Attributes:
        identity: the device's identity; None to not take part in runs with secure aggregation.
        minimum_cohort: the smallest cohort that it takes part in.
        minimum_collusion: the minimum share of a cohort that may collude with the coordinator without learning anything.
        only_secure: whether a device with an identity takes part only in runs with secure aggregation.
    """

    identity: DeviceIdentity | None = None
    minimum_cohort: int = 10
    minimum_collusion: float = 0.0
    only_secure: bool = True

    def require(self, run: str, aggregation: RunAggregation | None) -> None:
        """Raises SecAggError if a run does not meet the requirements."""
        identity = self.identity
        if aggregation is None:
            if identity is not None and self.only_secure:
                raise SecAggError(
                    f"run '{run}' has no secure aggregation, which this device requires: nothing was sent; take part in "
                    "another run, or create the client with only_secure=False"
                )
            return
        if identity is None:
            raise SecAggError(
                f"run '{run}' aggregates securely, but this device has no identity: nothing was sent; ask the owner of the devices "
                "to create one, and pass it with identity=DeviceIdentity.load(file)"
            )
        if identity.owner not in aggregation.owners:
            own, owners = _text(identity.owner), ", ".join(map(_text, aggregation.owners))
            raise SecAggError(
                f"run '{run}' is for devices of {owners or 'no owner'}, but this one belongs to {own}: nothing was sent; have the "
                "run list this owner under secureAggregation.owners"
            )
        if aggregation.collusion < self.minimum_collusion:
            raise SecAggError(
                f"run '{run}' keeps messages secret if a share of {aggregation.collusion} of a cohort colludes with the "
                f"coordinator, but this device requires {self.minimum_collusion}: nothing was sent; raise "
                "secureAggregation.collusion of the run, or lower minimum_collusion of the device"
            )
        if aggregation.min_members < self.minimum_cohort:
            raise SecAggError(
                f"run '{run}' accepts cohorts of {aggregation.min_members} devices, but this device requires "
                f"{self.minimum_cohort}: nothing was sent; raise participants.min of the run, or lower minimum_cohort of the device"
            )


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
