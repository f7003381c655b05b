"""A device's message for a round, and the chain of its messages."""

from __future__ import annotations

import hashlib
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._types import Bytes
from ..compress import CompressedVector
from ..errors import Fault, WireError
from . import _layout as layout
from ._frame import encode_frame, frame_at
from ._layout import CHECKSUM_BYTES, Limits, corrupted, is_sealed, open_format, sealed
from ._reader import Reader

MAX_METRICS = 32

_NAME = re.compile(r"[a-z0-9_.-]{1,64}")
_FIXED_BYTES = 28
_HAS_LOSS, _HAS_NORM, _HAS_SMOOTHNESS = 1, 2, 4
_KNOWN_FLAGS = 7
_MAX_SAMPLES = 2**63 - 1


def digest(data: Bytes) -> int:
    """Returns the digest that chains messages: the first 8 bytes of SHA-256, as a big-endian number."""
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big")


def digest_text(value: int) -> str:
    """Returns a digest as 16 lower-case hex digits."""
    return f"{value:016x}"


@dataclass(frozen=True)
class Report:
    """The figures that a device reports with its vector.

    Attributes:
        samples: the number of samples of the gradient, at least 0: the weight of loss and metrics in the round's means.
        loss: the local loss at the round's model, finite.
        gradient_norm: the norm of the local gradient, finite, at least 0.
        smoothness: ||grad f_i(x^k) - grad f_i(x^{k-1})|| / ||x^k - x^{k-1}||, finite, at least 0.
        metrics: at most 32 finite figures; names are 1 to 64 of a-z, 0-9, '_', '.' and '-'.

    Raises:
        ValueError: naming the figure that is out of range.
    """

    samples: int = 1
    loss: float | None = None
    gradient_norm: float | None = None
    smoothness: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.samples <= _MAX_SAMPLES:
            raise ValueError(f"samples is {self.samples}, expected at least 0")
        _check("loss", self.loss, -math.inf)
        _check("gradient_norm", self.gradient_norm, 0)
        _check("smoothness", self.smoothness, 0)
        if len(self.metrics) > MAX_METRICS:
            raise ValueError(f"{len(self.metrics)} metrics, expected at most {MAX_METRICS}: leave some out")
        for name, value in self.metrics.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"a metric is named '{name}', expected 1 to 64 of a-z, 0-9, '_', '.' and '-': rename it")
            _check(f"metrics.{name}", value, -math.inf)
        object.__setattr__(self, "metrics", {name: float(self.metrics[name]) for name in sorted(self.metrics)})


def _check(name: str, value: float | None, least: float) -> None:
    if value is not None and not (math.isfinite(value) and value >= least):
        at_least = " of at least 0" if least == 0 else ""
        raise ValueError(f"{name} is {value}, expected a finite number{at_least}: leave it out if it is unknown")


@dataclass(frozen=True)
class Message:
    """A message of a device: its position in the device's chain, a report, and the compressed vector.

    Attributes:
        sequence: the number of this message among the client's messages in the run, from 1.
        previous: the digest of the client's previous accepted message, 0 for the first.
        report: the figures of the device's round.
        delta: the vector that both sides add to g_i.
    """

    sequence: int
    previous: int
    report: Report
    delta: CompressedVector

    def __post_init__(self) -> None:
        if not 1 <= self.sequence < 2**63:
            raise ValueError(f"sequence is {self.sequence}, expected at least 1")

    def encode(self) -> bytes:
        """Returns the message's bytes; equal content gives equal bytes."""
        report = self.report
        figures = (report.loss, report.gradient_norm, report.smoothness)
        flags = sum(1 << i for i, value in enumerate(figures) if value is not None)
        parts = [layout.header(layout.MESSAGE, flags), struct.pack("<qQq", self.sequence, self.previous, report.samples)]
        parts += [struct.pack("<d", value) for value in figures if value is not None]
        parts.append(bytes([len(report.metrics)]))
        for name, value in report.metrics.items():
            parts += [bytes([len(name)]), name.encode("ascii"), struct.pack("<d", value)]
        return sealed(b"".join(parts)) + encode_frame(self.delta)

    @classmethod
    def decode(cls, data: Bytes, limits: Limits) -> Message:
        """Decodes a message.

        Args:
            data: exactly one message.
            limits: the limits; ``max_bytes`` applies to the whole message.

        Raises:
            WireError: if the bytes are not one message within the limits.
        """
        view = memoryview(data).cast("B")
        reader = open_format(view, 0, len(view), layout.MESSAGE, limits.max_bytes)
        _check_header(reader)
        flags = reader.u8("the flags")
        layout.check_flags(flags, _KNOWN_FLAGS, reader.position - 1)
        sequence = reader.at_least("sequence", 1)
        previous = reader.u64("previous")
        report = _report(reader, flags)
        frame = reader.position + CHECKSUM_BYTES
        return cls(sequence, previous, report, frame_at(view, frame, reader.end, limits))


def _check_header(reader: Reader) -> None:
    """Finds the end of the header from its lengths, so that the checksum is compared before the content is checked."""
    start = reader.position
    reader.need(_FIXED_BYTES - start, "the header")
    figures = 8 * (reader.u8("the flags") & _KNOWN_FLAGS).bit_count()
    reader.position = _FIXED_BYTES
    reader.take(figures, "the header's figures")
    for _ in range(reader.u8("the count of metrics")):
        reader.take(reader.u8("the length of a metric's name") + 8, "a metric")
    reader.need(CHECKSUM_BYTES, "the header's checksum")
    if not is_sealed(reader.data, 0, reader.position):
        raise corrupted(reader.data, 0, reader.position)
    reader.position = start


def _report(reader: Reader, flags: int) -> Report:
    samples = reader.at_least("samples", 0)
    loss = reader.finite("loss") if flags & _HAS_LOSS else None
    norm = _not_negative(reader, "gradient norm") if flags & _HAS_NORM else None
    smoothness = _not_negative(reader, "smoothness") if flags & _HAS_SMOOTHNESS else None
    return Report(samples, loss, norm, smoothness, _metrics(reader))


def _not_negative(reader: Reader, what: str) -> float:
    value = reader.finite(what)
    if value < 0:
        raise WireError(Fault.INVALID_VALUE, reader.position - 8, f"{what} {value}", "at least 0")
    return value


def _metrics(reader: Reader) -> dict[str, float]:
    count = reader.u8("the count of metrics")
    if count > MAX_METRICS:
        raise WireError(Fault.LIMIT_EXCEEDED, reader.position - 1, f"{count} metrics", f"at most {MAX_METRICS}")
    metrics: dict[str, float] = {}
    last = ""
    for _ in range(count):
        start = reader.position
        name = bytes(reader.take(reader.u8("the length of a metric's name"), "a metric")).decode("latin-1")
        if not _NAME.fullmatch(name):
            found = f"a metric's name of {len(name)} characters, not all allowed"
            raise WireError(Fault.INVALID_VALUE, start, found, "1 to 64 of a-z 0-9 _ . -")
        if name <= last:
            expected = "each once, ascending by name"
            raise WireError(Fault.NOT_CANONICAL, start, f"metric {name} after {last}", expected)
        metrics[name] = reader.finite(f"metric {name}")
        last = name
    return metrics
