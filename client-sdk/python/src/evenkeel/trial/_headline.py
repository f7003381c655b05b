"""Judges whether compression pays, by the rules of the Java trial (``Headline``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ._arm_figures import ArmFigures
from ._contrast import Contrast, Contrasts
from ._contrast_text import ratio_text
from ._figures import Target, median
from ._format import byte_text
from ._promise import privacy_text, same_privacy
from ._quality import BETTER, NOT_WORSE, UNCLEAR, WORSE
from ._search import Search


@dataclass(frozen=True)
class Verdict:
    """The result of a trial in a few sentences.

    Attributes:
        yardstick: the uncompressed arm; None if there is none.
        answer: whether compression pays: pays, costs-quality, does-not-pay, unclear, stopped, or unmeasured.
        compression: the best compressed arm against the yardstick.
        without_search: the best compressed arm without a search for its step size; None if ``compression`` is such an arm.
        normalization: the best normalized compressed arm against the best one with plain steps.
        sentences: the headline, then further sentences.
    """

    yardstick: str | None
    answer: str
    compression: Contrast | None
    without_search: Contrast | None
    normalization: Contrast | None
    sentences: list[str]

    def as_json(self) -> dict[str, Any]:
        """Returns the fields for summary.json."""
        return {
            "yardstick": self.yardstick,
            "answer": self.answer,
            "compression": None if self.compression is None else self.compression.as_json(),
            "withoutSearch": None if self.without_search is None else self.without_search.as_json(),
            "normalization": None if self.normalization is None else self.normalization.as_json(),
            "sentences": self.sentences,
        }


def verdict(contrasts: Contrasts, arms: Sequence[ArmFigures], baseline: str) -> Verdict:
    """Judges the best compressed arm among those with the same privacy guarantee as the baseline.

    Arms are ranked by their quality, then by the hardest target, then by the bytes sent. The cost of a search
    counts only against an arm without a search: two tuned arms are compared without it.
    """
    privacy = next(arm.privacy for arm in arms if arm.name == baseline)
    others = [arm for arm in arms if not same_privacy(arm.privacy, privacy)]
    arms = [arm for arm in arms if same_privacy(arm.privacy, privacy)]
    yardstick = _yardstick(arms, baseline)
    name = None if yardstick is None else yardstick.name
    if any(arm.is_interrupted for arm in [*arms, *others]):
        stopped = "The trial was stopped before its end, so there is no verdict yet."
        return Verdict(name, "stopped", None, None, None, [stopped])
    compression = None
    if yardstick is not None:
        compression = _best(contrasts, arms, lambda arm: arm.is_compressed, yardstick)
    without_search = None
    if yardstick is not None and compression is not None and _search_of(arms, compression.arm) is not None:
        without_search = _best(contrasts, arms, lambda arm: arm.is_compressed and arm.search is None, yardstick)
    normalization = _normalization(contrasts, arms, yardstick)
    answer = "unmeasured" if compression is None else _answer(compression)
    sentences = [_compression_text(answer, compression, yardstick)]
    if without_search is not None:
        who = f"{without_search.arm} against uncompressed {without_search.other}"
        sentences.append(f"Without a search for the step size. {without_search.text}: {who}.")
    if normalization is not None:
        sentences.append(_normalization_text(arms, normalization))
    if others:
        told = ", ".join(f"{arm.name} ({privacy_text(arm.privacy)})" for arm in others)
        sentences.append(
            f"Not compared here, as their privacy guarantees differ: {told}. "
            "For a verdict on them, make one of them the baseline."
        )
    return Verdict(name, answer, compression, without_search, normalization, sentences)


def _first(arms: Sequence[ArmFigures], *which: Callable[[ArmFigures], bool]) -> ArmFigures | None:
    return next((arm for each in which for arm in arms if each(arm)), None)


def _yardstick(arms: Sequence[ArmFigures], baseline: str) -> ArmFigures | None:
    """Returns the baseline if it is uncompressed, else the first uncompressed arm, preferably with plain steps."""
    return _first(
        arms,
        lambda arm: not arm.is_compressed and arm.name == baseline,
        lambda arm: not arm.is_compressed and arm.is_plain,
        lambda arm: not arm.is_compressed,
    )


def _best(
    contrasts: Contrasts, arms: Sequence[ArmFigures], which: Callable[[ArmFigures], bool], other: ArmFigures
) -> Contrast | None:
    ranked = []
    for arm in arms:
        if which(arm) and arm is not other:
            contrast = contrasts.of(arm, other)
            quality = {BETTER: 0, NOT_WORSE: 0, UNCLEAR: 1}.get(contrast.quality, 2)
            ranked.append(((quality, -contrasts.difficulty(contrast), _bytes(arm, contrast, other.search is None)), contrast))
    return min(ranked, key=lambda each: each[0])[1] if ranked else None


def _bytes(arm: ArmFigures, contrast: Contrast, counts_search: bool) -> float:
    """Returns the bytes sent to the target, including the search if it counts; all bytes if there is no target."""
    searching = 0 if arm.search is None or not counts_search else arm.search.uplink_bytes
    if contrast.target is None:
        return searching + arm.median(lambda run: run.points[-1].uplink_bytes if run.points else 0)
    return searching + median(arm.at(Target.parse(contrast.target), lambda point: point.uplink_bytes))


def _search_of(arms: Sequence[ArmFigures], name: str) -> Search | None:
    return next(arm.search for arm in arms if arm.name == name)


def _normalization(contrasts: Contrasts, arms: Sequence[ArmFigures], yardstick: ArmFigures | None) -> Contrast | None:
    """Compares the best normalized arm with the best plain one."""
    other = _opponent(contrasts, arms, yardstick)
    return None if other is None else _best(contrasts, arms, lambda arm: arm.is_compressed and arm.is_normalized, other)


def _opponent(contrasts: Contrasts, arms: Sequence[ArmFigures], yardstick: ArmFigures | None) -> ArmFigures | None:
    """Returns the compressed plain arm to compare normalized ones with: EF21 with a searched step size, else the best arm with a
    given step size.
    """

    def is_plain(arm: ArmFigures) -> bool:
        return arm.is_compressed and arm.is_plain

    searched = _first(arms, lambda arm: is_plain(arm) and arm.search is not None)
    given = _first(arms, is_plain)
    if searched is not None or given is None:
        return searched
    best = _best(contrasts, arms, is_plain, given if yardstick is None else yardstick)
    if best is None or (yardstick is None and best.quality != BETTER):
        return given
    return _first(arms, lambda arm: arm.name == best.arm)


def _answer(contrast: Contrast) -> str:
    sign = "unclear" if contrast.uplink is None else contrast.uplink.sign
    if contrast.quality == WORSE:
        return "costs-quality" if sign == "fewer" else "does-not-pay"
    if contrast.quality == UNCLEAR:
        return "unclear"
    return {"fewer": "pays", "unclear": "unclear"}.get(sign, "does-not-pay")


def _compression_text(answer: str, contrast: Contrast | None, yardstick: ArmFigures | None) -> str:
    if contrast is None:
        missing, add = ("uncompressed", "gd,gamma=tuned") if yardstick is None else ("compressed", "ef21-norm")
        return f"Whether compression pays was not measured, as no arm is {missing}: add --arm {add}."
    text = {
        "pays": "",
        "costs-quality": "Compression costs quality here. ",
        "does-not-pay": "Compression does not pay here. ",
    }.get(answer, "Whether compression pays is not clear. ")
    return f"{text}{contrast.text}: {contrast.arm} against uncompressed {contrast.other}."


def _normalization_text(arms: Sequence[ArmFigures], contrast: Contrast) -> str:
    text = f"{contrast.text}: normalized {contrast.arm} against {contrast.other}."
    if _search_of(arms, contrast.other) is None:
        text += f" No better step size was searched for {contrast.other}."
    rounds, uplink = contrast.rounds_with_search, contrast.uplink_with_search
    if rounds is None or uplink is None:
        return text
    told = [
        f"{name}'s step size ({len(search.candidates) - 1} more runs, {search.rounds:,} rounds, {byte_text(search.uplink_bytes)} up)"
        for name in (contrast.arm, contrast.other)
        if (search := _search_of(arms, name)) is not None
    ]
    counted = f"{ratio_text(uplink, 'bytes up')} and {ratio_text(rounds, 'rounds')}"
    return f"{text} With the search for {' and '.join(told)} counted: {counted}."
