"""Decodes the coordinator's JSON responses."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ProtocolError
from ..privacy import CohortNoise, GaussianMechanism, PrivacyCost, epsilon, releases
from ..vector import Tensor, TensorLayout
from ._aggregation import RunAggregation
from ._fields import MATCH_VERSIONS, Fields


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
class RunPrivacy:
    """A run's differential privacy.

    The device's whole data is protected: releases are nearly as likely with any other data in its place.

    Attributes:
        by: who adds the noise. If it is ``device``, its messages are protected, and it need not trust the coordinator. If it is
            ``coordinator``, the coordinator sees messages without noise, and the models are protected.
        mechanism: the bound of a message and the noise, ``<normalization>:<bound>:<noise multiplier>``.
        delta: the probability for which epsilon is stated.
        epsilon: what a device may spend; None for no limit.
        max_messages: how many messages it may send within epsilon; None for no limit.
        shares: with secure aggregation, the device's share of the noise: the sum of a cohort is protected, if no more of its members
            collude than the plan says; None if the run has no secure aggregation.
    """

    by: str
    mechanism: str
    delta: float
    epsilon: float | None
    max_messages: int | None
    shares: CohortNoise | None = None

    @classmethod
    def of(cls, fields: Fields, aggregation: RunAggregation | None = None, dimension: int = 1) -> RunPrivacy:
        """Reads the privacy of a plan.

        Args:
            aggregation: the run's secure aggregation.
            dimension: d.
        """
        by = fields.text("by")
        if by not in ("device", "coordinator"):
            raise ProtocolError(f"the plan's privacy.by is '{by}', expected device or coordinator: update the client")
        mechanism = fields.text("mechanism")
        shares = None
        if aggregation is not None:
            sizes = (aggregation.exponent, aggregation.min_members, aggregation.max_members, aggregation.collusion, dimension)
            try:
                shares = CohortNoise.of(GaussianMechanism.parse(mechanism), *sizes)
            except ValueError as e:
                raise ProtocolError(f"the noise of the plan's secure aggregation cannot be added: {e}") from e
        privacy = cls(
            by,
            mechanism,
            fields.number("delta"),
            fields.number("epsilon") if fields.has("epsilon") else None,
            fields.natural("maxMessages") if fields.has("maxMessages") else None,
            shares,
        )
        try:
            privacy.epsilon_after(1)
        except (ValueError, OverflowError) as e:
            raise ProtocolError(f"the plan's privacy cannot be: {e}: {MATCH_VERSIONS}") from e
        return privacy

    def epsilon_after(self, messages: int) -> float:
        """Returns the epsilon that a device has spent after a number of messages, accepted or not."""
        if self.shares is not None:
            return self.shares.epsilon(messages, self.delta)
        return epsilon(GaussianMechanism.parse(self.mechanism).multiplier, messages, self.delta)

    @property
    def cost(self) -> PrivacyCost:
        """The privacy cost of one message."""
        return PrivacyCost.of(GaussianMechanism.parse(self.mechanism).multiplier) if self.shares is None else self.shares.cost

    def allowed_messages(self) -> int:
        """Returns how many messages stay within the run's budget, by the device's own computation."""
        most = 2**31 - 1 if self.max_messages is None else self.max_messages
        if self.epsilon is None:
            return most
        if self.shares is not None:
            return min(most, self.shares.messages(self.epsilon, self.delta))
        return min(most, releases(GaussianMechanism.parse(self.mechanism).multiplier, self.epsilon, self.delta))


@dataclass(frozen=True)
class RunPlan:
    """The parameters of a run that a device needs; algorithm, schedules and compressor in their text forms.

    Attributes:
        run: the run's name.
        layout: the model's tensors.
        rounds: the number of rounds R when the device joined; an operator may change it.
        horizon: the number of rounds that schedules with a horizon are computed for; it never changes.
        algorithm: the algorithm's name.
        feedback: the device's half of error feedback.
        step: the coordinator's step rule.
        gamma: the step sizes.
        eta: the momentum weights.
        compressor: the compressor.
        downlink: the compressor of a lossy downlink; None if the downlink loses nothing.
        seed: the seed of random compressors.
        staleness: for how many rounds after its own a message is still accepted.
        max_message_bytes: the maximum length of a message.
        privacy: the noise that the device adds; None if the run has no privacy.
        aggregation: how messages are hidden from the coordinator; None if they are not.
        local_steps: how many optimizer steps a device takes in a round; None if it decides itself.
    """

    run: str
    layout: TensorLayout
    rounds: int
    horizon: int
    algorithm: str
    feedback: str
    step: str
    gamma: str
    eta: str
    compressor: str
    downlink: str | None
    seed: int
    staleness: int
    max_message_bytes: int
    privacy: RunPrivacy | None = None
    aggregation: RunAggregation | None = None
    local_steps: int | None = None

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
            raise ProtocolError(f"the plan's tensors cannot be: {e}: {MATCH_VERSIONS}") from e
        if layout.dimension != plan.natural("dimension"):
            raise ProtocolError(
                f"the plan's tensors have {layout.dimension} values, and its dimension is {plan.natural('dimension')}: "
                "the coordinator contradicts itself"
            )
        aggregation = RunAggregation.of(plan.object("secureAggregation")) if plan.has("secureAggregation") else None
        return cls(
            plan.name("run"),
            layout,
            plan.natural("rounds"),
            plan.natural("horizon", plan.natural("rounds")),
            algorithm.text("name"),
            algorithm.text("feedback"),
            algorithm.text("step"),
            algorithm.text("gamma"),
            algorithm.text("eta"),
            plan.text("compressor"),
            plan.object("downlink").text("compressor") if plan.has("downlink") else None,
            plan.integer("seed"),
            plan.natural("staleness", 0),
            plan.integer("maxMessageBytes"),
            RunPrivacy.of(plan.object("privacy"), aggregation, layout.dimension) if plan.has("privacy") else None,
            aggregation,
            _local_steps(plan, aggregation),
        )


def _local_steps(plan: Fields, aggregation: RunAggregation | None) -> int | None:
    """Reads the local steps. With secure aggregation a coordinator must not choose them for each device."""
    if not plan.has("localSteps"):
        return None
    if aggregation is not None:
        raise ProtocolError(
            "the plan has both localSteps and secureAggregation, and one device with far more steps than the others would be seen in "
            "their sum: the coordinator contradicts itself"
        )
    return plan.natural("localSteps")


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
        history: the history of the run that led to the round's model; None if the coordinator named none.
        model_digest: the digest of the model's values as float32; None if the coordinator named none.
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
