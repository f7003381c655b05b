"""The compressor of a run's plan."""

from __future__ import annotations

from dataclasses import replace

from .. import compress
from ..compress import Compressor, Identity, RandK, ValueCoding
from ..privacy import DiscreteGaussian, GaussianMechanism
from ._aggregation import RunAggregation
from ._plan import RunPlan, RunPrivacy


def compressor_of(plan: RunPlan) -> Compressor:
    """Returns the compressor of a plan, with the mechanism of privacy or secure aggregation in place of rounding.

    Raises:
        ValueError: if this version does not support the plan.
    """
    compressor = compress.parse(plan.compressor).bind(plan.layout)
    if plan.aggregation is not None:
        return _in_fixed_point(compressor, plan.aggregation, plan.privacy)
    if plan.privacy is None:
        return compressor
    mechanism, spec = GaussianMechanism.parse(plan.privacy.mechanism), compressor.spec
    by_device = plan.privacy.by == "device"
    return compressor.releasing(mechanism.on(spec, DiscreteGaussian()) if by_device else mechanism.without_noise(spec))


def _in_fixed_point(compressor: Compressor, aggregation: RunAggregation, privacy: RunPrivacy | None) -> Compressor:
    """Returns a compressor that rounds values to fixed point; error feedback later sends the rounding errors.

    The coding is float64, which costs no bytes since the message itself is never sent.

    Raises:
        ValueError: if the compressor chooses coordinates by their values, which would differ between devices, or the coordinator
            adds the noise of privacy.
    """
    from ..secagg import FixedPoint

    spec = compressor.spec
    if not isinstance(spec.selection, (Identity, RandK)):
        raise ValueError(f"'{spec}' chooses coordinates by their values: with secure aggregation use identity or rand-k")
    coding = FixedPoint(aggregation.exponent, aggregation.max_members)
    doubles = replace(spec, coding=ValueCoding.FLOAT64).bind(compressor.layout)
    if privacy is not None:
        if privacy.shares is None or privacy.by != "device":
            raise ValueError(f"with secure aggregation it has privacy.by {privacy.by}, which cannot be combined")
        return doubles.releasing(privacy.shares.without_noise())
    return doubles.releasing(lambda values: coding.decode(coding.encode(values)))
