"""A run's plan, as a device decodes and checks it."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ProtocolError
from ..privacy import CohortNoise, GaussianMechanism, PrivacyCost, epsilon, releases
from ..vector import Tensor, TensorLayout
from ._aggregation import RunAggregation
from ._fields import MATCH_VERSIONS, Fields


@dataclass(frozen=True)
class RunPrivacy:
    """A run's differential privacy.

    The device's whole data is protected: releases are nearly as likely with any other data in its place.

    Attributes:
        by: who adds the noise. If it is ``device``, its messages are protected, and it need not trust the coordinator. If it is
            ``coordinator``, the coordinator sees messages without noise, and the models are protected.
        mechanism: the bound of a message and the noise, ``<normalization>:<bound>:<noise multiplier>``.
        delta: the probability for which epsilon is stated.
        epsilon: the epsilon that a device may spend; None for no limit.
        max_messages: how many messages it may send within epsilon; None for no limit.
        shares: with secure aggregation, the device's share of the noise: the sum of a cohort is protected, if no more of its
            members collude than the plan allows; None if the run has no secure aggregation.
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
            raise ProtocolError(f"the plan's privacy is invalid: {e}: {MATCH_VERSIONS}") from e
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
        downlink: the compressor of a lossy downlink; None if the downlink is lossless.
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
            raise ProtocolError(f"the plan's tensors are invalid: {e}: {MATCH_VERSIONS}") from e
        if layout.dimension != plan.natural("dimension"):
            raise ProtocolError(
                f"the plan's tensors have {layout.dimension} values, but its dimension is {plan.natural('dimension')}: "
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
            "the plan has both localSteps and secureAggregation, but one device with far more steps than the others would be "
            "recognizable in their sum: the coordinator contradicts itself"
        )
    return plan.natural("localSteps")
