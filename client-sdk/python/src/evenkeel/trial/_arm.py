"""Arms: the methods that a trial compares, in the text form of ``./evenkeel pilot``."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, replace

from .._decimal import number_text
from ..compress import Compressor, CompressorSpec, parse
from ..downlink import bind_compressor
from ..feedback import METHODS
from ..step import Anytime, Constant, Horizon, Schedule, StepRule, Warmup, parse_rule, parse_schedule
from ..vector import TensorLayout
from ._private import ArmPrivacy
from ._robust import RobustRule, TrimmedMean, parse_robust

__all__ = ["PRESETS", "Arm", "Preset", "parse_arm"]

_KEYS = ("compressor", "step", "gamma", "eta", "privacy", "downlink", "robust", "name")
_NAME = re.compile(r"[A-Za-z0-9._+*-]{1,64}")
_BEST_OF = "best-of:"
_CONSTANT = re.compile(r"^constant:(.*?)(\.0)?$")
_TUNED = re.compile(r"tuned(:([0-9]{1,3}))?")
_USUAL_CANDIDATES, _MAX_CANDIDATES = 5, 32


@dataclass(frozen=True)
class Preset:
    """A published algorithm under its usual name.

    Attributes:
        text: the name.
        feedback: the clients' error feedback, as in ``evenkeel.feedback.METHODS``.
        step: the name of the default step rule.
    """

    text: str
    feedback: str
    step: str

    @property
    def is_uncompressed(self) -> bool:
        """Whether clients send dense vectors."""
        return self.text in ("gd", "gd-norm")

    @property
    def has_scatter_mean(self) -> bool:
        """Whether each coordinate of a round is averaged over the messages that contain it, not over all messages."""
        return self.text == "ef14-decay-scatter-mean"

    @property
    def has_momentum(self) -> bool:
        """Whether the clients average their gradients."""
        return METHODS[self.feedback].has_momentum

    @property
    def default_eta(self) -> Schedule:
        """The default momentum."""
        return Constant(0.5) if self.text == "ef21-adaptive" else _ETAS.get(self.feedback, Constant(1))

    def default_gamma(self, rule: StepRule) -> Schedule | None:
        """Returns the default step sizes of a rule, or None if they depend on the loss."""
        usual = rule.default_gamma(self.has_momentum)
        # Rules whose steps shrink over the run use the exponent from the theory of the clients' momentum.
        return _GAMMAS.get(self.feedback, usual) if isinstance(usual, Horizon) else usual


_ETAS: dict[str, Schedule] = {
    "ef21-momentum": Horizon(1, 0.5),
    "ef21-igt": Anytime(1, 4 / 7),
    "ef21-storm": Anytime(1, 2 / 3),
    "ef14-decay": Constant(0.95),
}
_GAMMAS: dict[str, Schedule] = {"ef21-igt": Anytime(1, 5 / 7), "ef21-storm": Anytime(1, 2 / 3)}


PRESETS: dict[str, Preset] = {
    preset.text: preset
    for preset in (
        Preset("ef21", "ef21", "plain"),
        Preset("ef21-norm", "ef21", "normalized"),
        Preset("ef21-sgdm", "ef21-momentum", "plain"),
        Preset("ef21-sgdm-norm", "ef21-momentum", "normalized"),
        Preset("ef21-igt-norm", "ef21-igt", "normalized"),
        Preset("ef21-storm-norm", "ef21-storm", "normalized"),
        Preset("ef21-adaptive", "ef21-igt", "slope"),
        Preset("ef21-distance", "ef21", "distance-over-gradients"),
        Preset("ef21-muon", "ef21-momentum", "muon"),
        Preset("ef21-fedavgm", "ef21", "fedavgm"),
        Preset("ef21-fedadam", "ef21", "fedadam"),
        Preset("ef21-fedyogi", "ef21", "fedyogi"),
        Preset("ef14", "ef14", "plain"),
        Preset("ef14-decay", "ef14-decay", "plain"),
        Preset("ef14-decay-scatter-mean", "ef14-decay", "plain"),
        Preset("dcgd", "none", "plain"),
        Preset("gd", "none", "plain"),
        Preset("gd-norm", "none", "normalized"),
    )
}
"""The algorithms by name."""


@dataclass(frozen=True)
class Arm:
    """A method of a trial.

    Attributes:
        name: 1 to 64 letters, digits and ``. _ + * -``.
        preset: the algorithm.
        compressor: the compressor of the messages.
        rule: the coordinator's step rule.
        gamma: the step size's schedule; None before a search.
        eta: the schedule of the momentum, or of the memory's decay.
        downlink: the compressor of a lossy downlink; None if the downlink is lossless.
        candidates: the arms that a search for the step size runs, the best of which becomes this arm; empty without a search.
        privacy: the noise of a private arm; None for none.
        robust: the bound of the clients' vectors, or of a round's messages if clients keep none; None for the plain sum.
    """

    name: str
    preset: Preset
    compressor: CompressorSpec
    rule: StepRule
    gamma: Schedule | None
    eta: Schedule
    downlink: CompressorSpec | None = None
    candidates: tuple[Arm, ...] = ()
    robust: RobustRule | None = None
    privacy: ArmPrivacy | None = None

    def bind(self, layout: TensorLayout) -> Compressor:
        """Fits the compressor to a model; raises ValueError with the arm's name if it does not fit."""
        try:
            return self.compressor.bind(layout)
        except ValueError as e:
            raise ValueError(f"arm '{self.name}': {e}") from None

    def bind_downlink(self, layout: TensorLayout) -> Compressor | None:
        """Fits the downlink's compressor to a model; raises ValueError with the arm's name if it does not fit."""
        try:
            return None if self.downlink is None else bind_compressor(str(self.downlink), layout)
        except ValueError as e:
            raise ValueError(f"arm '{self.name}': {e}") from None

    @property
    def gamma_text(self) -> str:
        """The step size as text."""
        if self.candidates:
            return _BEST_OF + "|".join(_CONSTANT.sub(r"\1", each.gamma_text) for each in self.candidates)
        return schedule_text(self.gamma)


def schedule_text(schedule: Schedule | None) -> str:
    """Formats a schedule for ``parse_schedule``; ``none`` without one."""
    if schedule is None:
        return "none"
    name = type(schedule).__name__.lower()
    numbers = [number_text(float(number)) for number in astuple(schedule)]
    if isinstance(schedule, Warmup):
        numbers[1] = str(schedule.rounds)
    return ":".join([name, *numbers])


def parse_arm(text: str, default_compressor: str | None = None) -> Arm:
    """Reads ``algorithm[,key=value ...]`` with the keys compressor, step, gamma, eta, privacy, downlink, robust and name.

    For example ``ef21,gamma=0.5,compressor=top-k:0.01+natural``. Without a name, the text is the name. Step sizes are schedules;
    a plain step needs one, since the smoothness of a loss given as code is not known. With ``best-of:0.01|0.1|1`` or
    ``tuned`` a search first finds the best of several step sizes.

    Args:
        default_compressor: the compressor of compressed arms that name none.

    Raises:
        ValueError: if the text is invalid; the message names the arm and the invalid part.
    """
    algorithm, *parts = (part.strip() for part in text.split(","))
    values: dict[str, str] = {}
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals or key.strip() not in _KEYS:
            raise ValueError(f"arm '{text}': '{part}' is not KEY=VALUE with a key of {', '.join(_KEYS)}")
        values[key.strip()] = value.strip()
    name = values.get("name") or "-".join([algorithm, *(v.replace(":", "-").replace("|", "_") for v in values.values())])[:64]
    if not _NAME.fullmatch(name):
        raise ValueError(f"arm '{name}': a name has 1 to 64 letters, digits and . _ + * -")
    try:
        sizes = _sizes(algorithm, values)
        candidates = tuple(
            _arm(f"{name}@{i}", algorithm, {**values, "gamma": size}, default_compressor) for i, size in enumerate(sizes)
        )
        if candidates:
            return replace(candidates[0], name=name, gamma=None, candidates=candidates)
        return _arm(name, algorithm, values, default_compressor)
    except ValueError as e:
        raise ValueError(f"arm '{name}': {e}") from None


def _sizes(algorithm: str, values: dict[str, str]) -> list[str]:
    """Returns the step sizes that a search tries; empty without a search."""
    gamma = values.get("gamma", "")
    tuned = _TUNED.fullmatch(gamma)
    if tuned:
        sizes = _grid(algorithm, values, int(tuned[2] or _USUAL_CANDIDATES))
    elif gamma.startswith("tuned"):
        raise ValueError(f"step size '{gamma}': expected tuned, or tuned:COUNT such as tuned:3")
    elif gamma.startswith(_BEST_OF):
        sizes = gamma.removeprefix(_BEST_OF).split("|")
        for size in sizes:
            if size.startswith(("tuned", _BEST_OF)):
                raise ValueError(f"{_BEST_OF} contains '{size}': expected step sizes without a search")
    else:
        return []
    if not 2 <= len(sizes) <= _MAX_CANDIDATES:
        raise ValueError(
            f"{_BEST_OF} has {len(sizes)} step sizes, expected 2 to {_MAX_CANDIDATES} with | between them, "
            "such as best-of:0.01|0.1|1"
        )
    if len(set(sizes)) < len(sizes):
        raise ValueError(f"{_BEST_OF} has a step size twice: give each once")
    return sizes


def _grid(algorithm: str, values: dict[str, str], count: int) -> list[str]:
    """Returns multiples of the step rule's own schedule, or numbers up to 1 for plain steps, evenly spaced over two
    decades."""
    if algorithm not in PRESETS:
        return ["0.1", "1"]
    preset = PRESETS[algorithm]
    usual = preset.default_gamma(parse_rule(values.get("step", preset.step)))
    low, unit = (0.01, Constant(1)) if usual is None else (0.1, usual)
    factors = [low * 100 ** (i / max(1, count - 1)) for i in range(count)]
    return [schedule_text(replace(unit, largest=float(f"{factor:.4g}") * unit.largest)) for factor in factors]


def _arm(name: str, algorithm: str, values: dict[str, str], default_compressor: str | None) -> Arm:
    if algorithm not in PRESETS:
        raise ValueError(f"'{algorithm}' is not an algorithm: expected one of {', '.join(PRESETS)}")
    preset = PRESETS[algorithm]
    assert preset.feedback in METHODS
    privacy = ArmPrivacy.parse(values["privacy"]) if "privacy" in values else None
    usual = "identity" if preset.is_uncompressed or privacy is not None else default_compressor or "top-k:0.01"
    rule = parse_rule(values.get("step", preset.step))
    gamma = values.get("gamma")
    if gamma is not None and gamma.startswith("theory"):
        raise ValueError("gamma 'theory' needs the smoothness of the loss, which is unknown for a loss in code: give a number")
    schedule = parse_schedule(gamma) if gamma is not None else preset.default_gamma(rule)
    if schedule is None:
        raise ValueError(f"the step rule '{rule.name}' needs a step size: give gamma, such as gamma=0.1")
    eta = parse_schedule(values["eta"]) if "eta" in values else preset.default_eta
    if eta.largest > 1:
        raise ValueError(f"eta is {schedule_text(eta)}, expected a schedule with values in (0, 1]")
    downlink = parse(values["downlink"]) if "downlink" in values else None
    robust = parse_robust(values["robust"]) if "robust" in values else None
    if isinstance(robust, TrimmedMean) and not METHODS[preset.feedback].retains_sum:
        raise ValueError(
            f"robust '{robust.text}' is for algorithms whose clients keep g_i, not for {algorithm}: use clip:FACTOR such as clip:2"
        )
    spec = parse(values.get("compressor", usual))
    if privacy is not None:
        _require_private(privacy, preset, spec, robust)
    return Arm(name, preset, spec, rule, schedule, eta, downlink, robust=robust, privacy=privacy)


def _require_private(privacy: ArmPrivacy, preset: Preset, spec: CompressorSpec, robust: RobustRule | None) -> None:
    if preset.feedback in ("ef14", "ef14-decay"):
        raise ValueError(
            f"'{preset.feedback}' adds up everything that normalization cuts off: with privacy use an algorithm with EF21, or one "
            "without error feedback"
        )
    if robust is not None:
        raise ValueError("robust cannot be combined with privacy, whose noise need not be in g_i: leave one out")
    privacy.require_suited(spec, METHODS[preset.feedback].retains_sum)
