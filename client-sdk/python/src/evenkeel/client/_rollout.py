"""Reports of a device on the versions of roll-outs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import (
    ArgumentError,
    CoordinatorError,
    EvenkeelError,
    ForbiddenError,
    InvalidError,
    MalformedError,
    NotFoundError,
    RolloutNotFoundError,
    RolloutStateError,
)
from ._arguments import require_kind
from ._coordinator import Coordinator, OfferedVersion
from ._store import StateStore

VersionEvaluator = Callable[[dict[str, npt.NDArray[Any]]], tuple[Mapping[str, float], int]]
"""Receives a version's tensors by name; returns its metrics by name, and the number of samples."""

_NAME = re.compile(r"[a-z0-9_.-]{1,64}")
_MAX_METRICS = 32
_MAX_REASON_LENGTH = 500
_FINAL: tuple[type[CoordinatorError], ...] = (
    RolloutNotFoundError,
    RolloutStateError,
    ForbiddenError,
    InvalidError,
    MalformedError,
    NotFoundError,
)


class RolloutReporter:
    """Reports whether the device could install a version, and how it compares with the one in use.

    A report is stored before it is sent, and sent again until the coordinator has it. Used by one thread at a time.
    """

    def __init__(
        self, model: str, alias: str, evaluate: VersionEvaluator | None, coordinator: Coordinator, store: StateStore
    ) -> None:
        self._piece = f".rollout.{model}.{alias}"
        self._evaluate = evaluate
        self._coordinator = coordinator
        self._store = store

    def prepare(
        self,
        found: OfferedVersion,
        fresh: dict[str, npt.NDArray[Any]],
        before: tuple[int, dict[str, npt.NDArray[Any]]] | None,
    ) -> None:
        """Evaluates the new version and the one in use, and stores the report that the new one is installed.

        Raises:
            EvenkeelError: if a metric of the new version is not finite, so that the version does not work.
        """
        body: dict[str, Any] = {"version": found.number, "outcome": "installed"}
        if self._evaluate is not None:
            after, measured = checked_metrics(self._evaluate(fresh))
            known: Mapping[str, float] = {}
            samples = measured
            if before is not None and before[0] == found.baseline:
                known, other = checked_metrics(self._evaluate(before[1]))
                samples = min(samples, other)
                body["baseline"] = found.baseline
            body["samples"] = samples
            body["metrics"] = _pairs(after, known, measured)
        self._save(found.rollout, body)

    def fail(self, found: OfferedVersion, failure: Exception) -> str:
        """Stores the report that a version does not work on this device; returns the reason."""
        text = str(failure) if isinstance(failure, EvenkeelError) else f"{type(failure).__name__}: {failure}"
        # The coordinator rejects control, format and line-separating characters.
        reason = "".join(c if c.isprintable() else " " for c in text).strip()[:_MAX_REASON_LENGTH]
        self._save(found.rollout, {"version": found.number, "outcome": "failed", "reason": reason})
        return reason

    def _save(self, rollout: str, body: dict[str, Any]) -> None:
        self._store.write(self._piece, [json.dumps({"rollout": rollout, "body": body}).encode()])

    def send(self, version: int | None) -> None:
        """Sends the stored report, if there is one; drops one that is refused permanently, since its roll-out is over.

        Args:
            version: the number of the stored version. A report that a different version is installed is not sent: the device
                stopped before it had stored that version.

        Raises:
            EvenkeelError: if the coordinator cannot be reached; the report is sent again later.
        """
        piece = self._store.read(self._piece)
        if piece is None:
            return
        try:
            pending = json.loads(piece)
            rollout, body = pending["rollout"], pending["body"]
            premature = body["outcome"] == "installed" and body["version"] != version
        except (ValueError, KeyError, TypeError):
            premature, rollout, body = True, "", {}
        if not premature:
            try:
                self._coordinator.report_version(rollout, body)
            except _FINAL:
                pass
        self._store.delete([self._piece])


def _pairs(after: Mapping[str, float], before: Mapping[str, float], samples: int) -> dict[str, dict[str, float]]:
    """Returns the metrics to report. Leaves out a metric without samples or without a finite value for both
    versions, since it cannot compare them."""
    pairs = {}
    known = finite(before)
    for name, value in after.items():
        if math.isfinite(value):
            pairs[name] = {"before": known[name], "after": value} if name in known else {"after": value}
        elif samples > 0 and (name in known or name not in before):
            text = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
            raise EvenkeelError(f"metric {name} is {text}")
    return pairs


def finite(metrics: Mapping[str, float]) -> dict[str, float]:
    """Returns the metrics that are finite."""
    return {name: value for name, value in metrics.items() if math.isfinite(value)}


def checked_metrics(result: tuple[Mapping[str, float], int]) -> tuple[dict[str, float], int]:
    """Returns the metrics and the number of samples.

    Raises:
        ArgumentError: if a name or a value is not valid, there are too many metrics, or the number of samples is negative.
    """
    if not isinstance(result, tuple) or len(result) != 2:
        raise ArgumentError(f"the result is {result!r}, expected a pair of metrics by name and the number of samples")
    metrics, samples = result
    require_kind("metrics", metrics, Mapping, 'figures by name such as {"accuracy": 0.9}')
    if len(metrics) > _MAX_METRICS:
        raise ArgumentError(f"{len(metrics)} metrics, expected at most {_MAX_METRICS}")
    for name in metrics:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ArgumentError(f"a metric is named {name!r}, expected 1 to 64 of a-z, 0-9, '_', '.' and '-'")
    try:
        if isinstance(samples, str) or (count := int(samples)) < 0:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(f"samples is {samples!r}, expected 0 or more") from None
    return {name: _figure(name, value) for name, value in metrics.items()}, count


def _figure(name: str, value: Any) -> float:
    try:
        if isinstance(value, str):
            raise TypeError
        return float(np.float64(value))
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise ArgumentError(f"metric {name} is {value!r}, expected a number") from None
