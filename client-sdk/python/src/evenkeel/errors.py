"""Errors of this package: one class for each kind of fault, so that a program can tell them apart."""

from __future__ import annotations

from enum import Enum

__all__ = ["EvenkeelError", "Fault", "InvalidGradientError", "WireError"]


class EvenkeelError(Exception):
    """The base of every error that this package raises on purpose; wrong arguments raise ValueError too."""


class InvalidGradientError(EvenkeelError, ValueError):
    """A gradient is not d finite numbers. The state is as it was before.

    Attributes:
        coordinate: the first coordinate that is not finite, or None if the shape is wrong.
        tensor: the name of the tensor it belongs to, or None.
    """

    def __init__(self, message: str, coordinate: int | None = None, tensor: str | None = None) -> None:
        super().__init__(message)
        self.coordinate = coordinate
        self.tensor = tensor


class Fault(Enum):
    """What is wrong with bytes (client-sdk/FORMAT.md). The values are the names that the golden vectors use."""

    WRONG_MAGIC = "WRONG_MAGIC"
    UNSUPPORTED_VERSION = "UNSUPPORTED_VERSION"
    TRUNCATED = "TRUNCATED"
    TRAILING_BYTES = "TRAILING_BYTES"
    CORRUPTED = "CORRUPTED"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    WRONG_DIMENSION = "WRONG_DIMENSION"
    INVALID_INDEX = "INVALID_INDEX"
    INVALID_VALUE = "INVALID_VALUE"
    NOT_CANONICAL = "NOT_CANONICAL"

    @property
    def action(self) -> str:
        """What the sender can do now, as half a sentence."""
        return _ACTIONS[self]


_ACTIONS = {
    Fault.WRONG_MAGIC: "check that the right body was sent to the right address with the right Content-Type",
    Fault.UNSUPPORTED_VERSION: "use the SDK release that belongs to this coordinator, or update the older of the two",
    Fault.TRUNCATED: "send the whole of it again",
    Fault.TRAILING_BYTES: "send nothing behind the end",
    Fault.CORRUPTED: "send it again, and if that does not help, encode it again",
    Fault.LIMIT_EXCEEDED: "keep to what the run's plan allows",
    Fault.WRONG_DIMENSION: "compute with this run's model",
    Fault.INVALID_INDEX: "make the encoder follow FORMAT.md",
    Fault.INVALID_VALUE: "send finite numbers within their ranges",
    Fault.NOT_CANONICAL: "make the encoder follow FORMAT.md",
}


class WireError(EvenkeelError, ValueError):
    """Bytes are not what client-sdk/FORMAT.md calls for.

    Attributes:
        fault: what kind of thing is wrong.
        position: the index of the offending byte; the length of the bytes or more where bytes are missing.
    """

    def __init__(self, fault: Fault, position: int, found: str, expected: str) -> None:
        super().__init__(f"byte {position}: found {found}, expected {expected}: {fault.action}")
        self.fault = fault
        self.position = position
