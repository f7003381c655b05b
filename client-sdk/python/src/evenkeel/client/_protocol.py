"""Decodes the coordinator's JSON responses."""

from __future__ import annotations

from dataclasses import dataclass

from ._fields import Fields
from ._plan import RunPlan


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


_OVER = frozenset(("finished", "cancelled", "failed"))


@dataclass(frozen=True)
class RunProgress:
    """The progress of a run: its state, its number of members, and the number that a round needs."""

    state: str
    members: int
    min_participants: int

    @property
    def over(self) -> bool:
        """Whether the run is over."""
        return self.state in _OVER


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
class WorkItem:
    """An item of work from a check-in.

    Attributes:
        kind: what to do, such as ``train``.
        run: the run's name, empty if it belongs to none.
        is_member: whether the device is a member of the run.
        round: the round that selects the device, -1 if it is not a member.
        evaluation: the name of the evaluation whose model to measure; None for kinds other than ``evaluate``.
        path: the download path of that model, below the coordinator's address.
    """

    kind: str
    run: str
    is_member: bool
    round: int
    evaluation: str | None = None
    path: str = ""

    @classmethod
    def of(cls, fields: Fields) -> WorkItem:
        """Reads an item."""
        kind = fields.text("kind")
        details = fields.object("details") if kind == "evaluate" else None
        return cls(
            kind,
            fields.name("run") if fields.has("run") else "",
            fields.flag("member"),
            fields.natural("round", -1),
            None if details is None else details.name("evaluation"),
            "" if details is None else details.text("path"),
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
        return cls.of(Fields.parse("the receipt", data))

    @classmethod
    def of(cls, fields: Fields) -> Receipt:
        """Reads a receipt."""
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
        attempt: with secure aggregation, the attempt to aggregate the round that accepts new members.
        history: the history of the run that led to the round's model; None if the coordinator gave none.
        model_digest: the digest of the model's values as float32; None if the coordinator gave none.
        history_lost: whether the coordinator lacks the model that the request named, because its database was restored.
    """

    round: int
    dense_bytes: int
    update_bytes: int | None
    replica_bytes: int
    attempt: int = 0
    history: str | None = None
    model_digest: int | None = None
    history_lost: bool = False


@dataclass(frozen=True)
class Nothing:
    """No work yet; ``pause`` is the number of seconds before the next request, None if the coordinator sent none."""

    pause: float | None


@dataclass(frozen=True)
class Ended:
    """The run has ended, ``state`` being finished, cancelled or failed, at ``round``; ``history_lost`` as for ``Work``."""

    state: str
    round: int
    history_lost: bool = False


Task = Work | Nothing | Ended


def task_of(fields: Fields) -> Work | Ended:
    """Parses a response that contains a task."""
    state = fields.text("state")
    history_lost = fields.has("historyLost") and fields.flag("historyLost")
    if state in _OVER:
        return Ended(state, fields.natural("round", 0), history_lost)
    update = fields.integer("updateBytes") if fields.has("updateBytes") else None
    sizes = fields.integer("denseBytes"), update, fields.integer("replicaBytes")
    history = fields.history("history") if fields.has("history") else None
    model_digest = fields.digest("modelDigest") if fields.has("modelDigest") else None
    return Work(fields.natural("round"), *sizes, fields.natural("attempt", 0), history, model_digest, history_lost)
