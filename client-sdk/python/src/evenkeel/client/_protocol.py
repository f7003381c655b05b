"""Parses the coordinator's JSON responses and checks the type of each field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ProtocolError
from ..vector import MAX_DIMENSION, Tensor, TensorLayout

_FIT = "check that the coordinator's version matches this client's"


class Fields:
    """The fields of a JSON object; a field of a wrong type raises ProtocolError.

    Args:
        what: names the object in messages.
    """

    def __init__(self, what: str, values: Mapping[str, Any]) -> None:
        self._what = what
        self._values = values

    @classmethod
    def parse(cls, what: str, data: bytes) -> Fields:
        """Parses an object; raises ProtocolError if the bytes are not one."""
        try:
            values = json.loads(data)
        except (ValueError, RecursionError) as e:
            raise ProtocolError(f"{what} is not JSON: {e}: check that the address is an Evenkeel coordinator") from e
        if not isinstance(values, dict):
            raise ProtocolError(f"{what} is not a JSON object: check that the address is an Evenkeel coordinator")
        return cls(what, values)

    def has(self, name: str) -> bool:
        """Returns whether a field exists and is not null."""
        return self._values.get(name) is not None

    def text(self, name: str, absent: str | None = None) -> str:
        """Returns a text."""
        value = self._values.get(name)
        if value is None and absent is not None:
            return absent
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        return value

    def integer(self, name: str) -> int:
        """Returns an integer of 64 bits."""
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
            raise self._wrong(name, "an integer of 64 bits")
        return value

    def natural(self, name: str, absent: int | None = None) -> int:
        """Returns an integer of 0 to 2^31 - 1."""
        if absent is not None and not self.has(name):
            return absent
        value = self.integer(name)
        if not 0 <= value <= MAX_DIMENSION:
            raise self._wrong(name, f"0 to {MAX_DIMENSION}")
        return value

    def digest(self, name: str) -> int:
        """Returns a digest, written as 16 hex digits."""
        value = parse_digest(self.text(name))
        if value is None:
            raise self._wrong(name, "16 hex digits")
        return value

    def object(self, name: str) -> Fields:
        """Returns an object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Fields(f"{self._what}.{name}", value)

    def objects(self, name: str) -> list[Fields]:
        """Returns a list of objects."""
        return [Fields(f"{self._what}.{name}", value) for value in self._list(name, dict, "a list of objects")]

    def integers(self, name: str) -> list[int]:
        """Returns a list of integers."""
        return self._list(name, int, "a list of integers")

    def _list(self, name: str, kind: type, expected: str) -> list[Any]:
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
            raise self._wrong(name, expected)
        return value

    def _wrong(self, name: str, expected: str) -> ProtocolError:
        return ProtocolError(f"{self._what} has '{name}' = {self._values.get(name)!r}, expected {expected}: {_FIT}")


def parse_digest(text: str) -> int | None:
    """Parses a digest of 16 hex digits; None if the text is not one."""
    digits = set("0123456789abcdefABCDEF")
    return int(text, 16) if len(text) == 16 and set(text) <= digits else None


@dataclass(frozen=True)
class Credentials:
    """A device's credentials.

    Attributes:
        client: its id.
        secret: its bearer token, never to be logged.
    """

    client: str
    secret: str

    def __repr__(self) -> str:
        return f"credentials of client {self.client}"


@dataclass(frozen=True)
class RunPlan:
    """The parameters of a run that a device needs; algorithm, schedules and compressor in their text forms.

    Attributes:
        run: the run's name.
        layout: the model's tensors.
        rounds: the number of rounds R; devices compute in rounds 0 to R - 1.
        algorithm: the algorithm's name.
        feedback: the device's half of error feedback.
        step: the coordinator's step rule.
        gamma: the step sizes.
        eta: the momentum weights.
        compressor: the compressor.
        seed: the seed of random compressors.
        staleness: for how many rounds after its own a message is still accepted.
        max_message_bytes: the maximum length of a message.
    """

    run: str
    layout: TensorLayout
    rounds: int
    algorithm: str
    feedback: str
    step: str
    gamma: str
    eta: str
    compressor: str
    seed: int
    staleness: int
    max_message_bytes: int

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return self.layout.dimension

    def __str__(self) -> str:
        return f"{self.run}: {self.dimension} values, {self.algorithm}, {self.compressor}"

    @classmethod
    def of(cls, plan: Fields) -> RunPlan:
        """Reads a plan."""
        algorithm = plan.object("algorithm")
        try:
            tensors = [Tensor(t.text("name"), tuple(t.integers("shape"))) for t in plan.objects("tensors")]
            layout = TensorLayout(tensors)
        except ValueError as e:
            raise ProtocolError(f"the plan's tensors cannot be: {e}: {_FIT}") from e
        if layout.dimension != plan.natural("dimension"):
            raise ProtocolError(
                f"the plan's tensors have {layout.dimension} values, and its dimension is {plan.natural('dimension')}: "
                "the coordinator contradicts itself"
            )
        return cls(
            plan.text("run"),
            layout,
            plan.natural("rounds"),
            algorithm.text("name"),
            algorithm.text("feedback"),
            algorithm.text("step"),
            algorithm.text("gamma"),
            algorithm.text("eta"),
            plan.text("compressor"),
            plan.integer("seed"),
            plan.natural("staleness", 0),
            plan.integer("maxMessageBytes"),
        )


@dataclass(frozen=True)
class RunProgress:
    """The progress of a run: its state, its number of members, and the number that a round needs."""

    state: str
    members: int
    min_participants: int


@dataclass(frozen=True)
class Membership:
    """A device's membership in a run.

    Attributes:
        client: the device's id.
        ordinal: its number among the run's members, from which its seeds derive.
        sequence: the number of its messages accepted so far.
        head: the digest of the last of them, 0 if there is none.
        last_round: the round of the last of them, -1 if there is none.
        plan: the run's plan.
        progress: the progress of the run.
    """

    client: str
    ordinal: int
    sequence: int
    head: int
    last_round: int
    plan: RunPlan
    progress: RunProgress

    @classmethod
    def of(cls, fields: Fields) -> Membership:
        """Reads a membership."""
        return cls(
            fields.text("client"),
            fields.integer("ordinal"),
            fields.integer("sequence"),
            fields.digest("head"),
            fields.natural("round") if fields.has("round") else -1,
            RunPlan.of(fields.object("plan")),
            RunProgress(fields.text("state"), fields.natural("members"), fields.natural("minParticipants")),
        )


@dataclass(frozen=True)
class Receipt:
    """The coordinator's confirmation that a message is durable and part of a round.

    Attributes:
        run: the run's name.
        client: the sender's id.
        round: the round whose model the message was computed on.
        included_in: the round whose sum includes the message; later than ``round`` only if the run allows staleness.
        sequence: the message's number among this client's in this run, from 1.
        digest: the digest of the message.
        head: the head of the client's chain; equals the digest unless later messages were accepted.
        accepted_at: the time of acceptance, as ISO 8601; empty if the coordinator did not send it.
    """

    run: str
    client: str
    round: int
    included_in: int
    sequence: int
    digest: int
    head: int
    accepted_at: str

    @classmethod
    def parse(cls, data: bytes) -> Receipt:
        """Reads a receipt."""
        fields = Fields.parse("the receipt", data)
        round = fields.natural("round")
        return cls(
            fields.text("run"),
            fields.text("client"),
            round,
            fields.natural("includedIn", round),
            fields.integer("sequence"),
            fields.digest("digest"),
            fields.digest("head"),
            fields.text("acceptedAt", ""),
        )


@dataclass(frozen=True)
class Work:
    """An open round in which this device takes part.

    Attributes:
        round: the round.
        dense_bytes: the size of its model as float32.
        update_bytes: the size of the update since the round in the request; None if there is none.
        replica_bytes: the size of a new replica.
    """

    round: int
    dense_bytes: int
    update_bytes: int | None
    replica_bytes: int


@dataclass(frozen=True)
class Nothing:
    """No work yet; ``pause`` is the number of seconds before the next request, None if the coordinator sent none."""

    pause: float | None


@dataclass(frozen=True)
class Ended:
    """The run has ended, ``state`` being finished, cancelled or failed, at ``round``."""

    state: str
    round: int


Task = Work | Nothing | Ended


def task_of(fields: Fields) -> Work | Ended:
    """Parses a response that contains a task."""
    state = fields.text("state")
    if state in ("finished", "cancelled", "failed"):
        return Ended(state, fields.natural("round", 0))
    update = fields.integer("updateBytes") if fields.has("updateBytes") else None
    return Work(fields.natural("round"), fields.integer("denseBytes"), update, fields.integer("replicaBytes"))
