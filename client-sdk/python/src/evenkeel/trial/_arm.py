"""Arms: the methods that a trial compares, in the same text form as ``./evenkeel pilot``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .._decimal import number_text
from ..compress import Compressor, CompressorSpec, parse
from ..feedback import METHODS
from ..step import AccumulatedNormStep, Constant, Horizon, Schedule, StepRule, parse_distance, parse_rule, parse_schedule
from ..vector import TensorLayout

__all__ = ["PRESETS", "Arm", "Preset", "parse_arm"]

_KEYS = ("compressor", "step", "gamma", "eta", "name")
_NAME = re.compile(r"[A-Za-z0-9._+*-]{1,64}")


@dataclass(frozen=True)
class Preset:
    """An algorithm that people know by name.

    Attributes:
        text: the name.
        feedback: the clients' error feedback, as in ``evenkeel.feedback.METHODS``.
        step: the name of the step rule unless another is asked for.
    """

    text: str
    feedback: str
    step: str

    @property
    def is_uncompressed(self) -> bool:
        """Whether the name promises that nothing is compressed."""
        return self.text in ("gd", "gd-norm")

    @property
    def has_momentum(self) -> bool:
        """Whether the clients average their gradients."""
        return self.feedback == "ef21-momentum"


PRESETS: dict[str, Preset] = {
    preset.text: preset
    for preset in (
        Preset("ef21", "ef21", "plain"),
        Preset("ef21-norm", "ef21", "normalized"),
        Preset("ef21-sgdm", "ef21-momentum", "plain"),
        Preset("ef21-sgdm-norm", "ef21-momentum", "normalized"),
        Preset("ef14", "ef14", "plain"),
        Preset("dcgd", "none", "plain"),
        Preset("gd", "none", "plain"),
        Preset("gd-norm", "none", "normalized"),
    )
}
"""The algorithms by name."""


@dataclass(frozen=True)
class Arm:
    """One of the methods that are compared.

    Attributes:
        name: 1 to 64 letters, digits and ``. _ + * -``.
        preset: the algorithm.
        compressor: what is sent.
        rule: the coordinator's step rule.
        gamma: the step size's schedule; None if it follows the distance.
        distance: FACTOR and LEAST of ``distance:FACTOR:LEAST``, or None.
        eta: the momentum's schedule.
    """

    name: str
    preset: Preset
    compressor: CompressorSpec
    rule: StepRule
    gamma: Schedule | None
    distance: tuple[float, float] | None
    eta: Schedule

    def bind(self, layout: TensorLayout) -> Compressor:
        """Fits the compressor to a model; raises ValueError with the arm's name if it does not fit."""
        try:
            return self.compressor.bind(layout)
        except ValueError as e:
            raise ValueError(f"arm '{self.name}': {e}") from None

    @property
    def gamma_text(self) -> str:
        """The step size as text."""
        return ":".join(["distance", *map(number_text, self.distance)]) if self.distance else schedule_text(self.gamma)


def schedule_text(schedule: Schedule | None) -> str:
    """Returns what ``parse_schedule`` reads."""
    if schedule is None:
        return "none"
    name = type(schedule).__name__.lower()
    values = [schedule.initial] if isinstance(schedule, Constant) else [schedule.initial, schedule.power]
    return ":".join([name, *(number_text(float(value)) for value in values)])


def parse_arm(text: str, default_compressor: str | None = None) -> Arm:
    """Reads ``algorithm[,key=value ...]`` with the keys compressor, step, gamma, eta and name.

    Such as ``ef21,gamma=0.5,compressor=top-k:0.01+natural``. Without a name the text becomes it. Step sizes are schedules or
    ``distance:FACTOR:LEAST``; a plain step needs one, since the smoothness of a loss given as code is not known.

    Args:
        default_compressor: for arms that name none and compress.

    Raises:
        ValueError: naming the arm and the part that is wrong.
    """
    algorithm, *parts = (part.strip() for part in text.split(","))
    values: dict[str, str] = {}
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals or key.strip() not in _KEYS:
            raise ValueError(f"arm '{text}': '{part}' is not KEY=VALUE with a key of {', '.join(_KEYS)}")
        values[key.strip()] = value.strip()
    name = values.get("name") or "-".join([algorithm, *(v.replace(":", "-") for v in values.values())])[:64]
    if not _NAME.fullmatch(name):
        raise ValueError(f"arm '{name}': a name has 1 to 64 letters, digits and . _ + * -")
    try:
        return _arm(name, algorithm, values, default_compressor)
    except ValueError as e:
        raise ValueError(f"arm '{name}': {e}") from None


def _arm(name: str, algorithm: str, values: dict[str, str], default_compressor: str | None) -> Arm:
    if algorithm not in PRESETS:
        raise ValueError(f"'{algorithm}' is not an algorithm: expected one of {', '.join(PRESETS)}")
    preset = PRESETS[algorithm]
    assert preset.feedback in METHODS
    usual = "identity" if preset.is_uncompressed else default_compressor or "top-k:0.01"
    rule = parse_rule(values.get("step", preset.step))
    gamma = values.get("gamma")
    distance: tuple[float, float] | None = None
    schedule: Schedule | None = None
    if gamma is not None and gamma.startswith("distance:"):
        distance = _distance(gamma, rule)
    elif gamma is not None and gamma.startswith("theory"):
        raise ValueError("gamma 'theory' needs the smoothness of the loss, which code does not tell: give a number")
    else:
        schedule = parse_schedule(gamma) if gamma is not None else rule.default_gamma(preset.has_momentum)
        if schedule is None:
            raise ValueError("a plain step needs a step size: give gamma, such as gamma=0.1")
    usual_eta: Schedule = Horizon(1, 0.5) if preset.has_momentum else Constant(1)
    eta = parse_schedule(values["eta"]) if "eta" in values else usual_eta
    if eta.initial > 1:
        raise ValueError(f"eta is {schedule_text(eta)}, expected a schedule with values in (0, 1]")
    return Arm(name, preset, parse(values.get("compressor", usual)), rule, schedule, distance, eta)


def _distance(text: str, rule: StepRule) -> tuple[float, float]:
    distance = parse_distance(text)
    if not isinstance(rule, AccumulatedNormStep):
        raise ValueError(f"gamma '{text}' is made for the step rule accumulated-norm: add step=accumulated-norm")
    return distance


def with_gamma(arm: Arm, gamma: float, name: str) -> Arm:
    """Returns the arm with another constant step size and name."""
    return replace(arm, name=name, gamma=Constant(gamma), distance=None)
