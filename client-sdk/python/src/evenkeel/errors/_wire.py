"""Bytes that do not follow the format."""

from __future__ import annotations

from enum import Enum

from ._base import EvenkeelError


class Fault(Enum):
    """The fault of encoded bytes (client-sdk/FORMAT.md). The values are the names that the golden vectors use."""

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
        """The advice to the sender, as a part of a sentence."""
        return _ACTIONS[self]


_ACTIONS = {
    Fault.WRONG_MAGIC: "check that the right body was sent to the right address with the right Content-Type",
    Fault.UNSUPPORTED_VERSION: "use the SDK release that matches this coordinator, or update the older of the two",
    Fault.TRUNCATED: "send all of it again",
    Fault.TRAILING_BYTES: "send nothing after the end",
    Fault.CORRUPTED: "send it again, and if that does not help, encode it again",
    Fault.LIMIT_EXCEEDED: "stay within the run's plan",
    Fault.WRONG_DIMENSION: "compute with this run's model",
    Fault.INVALID_INDEX: "make the encoder follow FORMAT.md",
    Fault.INVALID_VALUE: "send finite numbers within their ranges",
    Fault.NOT_CANONICAL: "make the encoder follow FORMAT.md",
}


class WireError(EvenkeelError, ValueError):
    """Bytes do not follow client-sdk/FORMAT.md.

    Attributes:
        fault: the kind of fault.
        position: the index of the wrong byte; the length of the bytes or more if bytes are missing.
    """

    def __init__(self, fault: Fault, position: int, found: str, expected: str) -> None:
        super().__init__(f"byte {position}: found {found}, expected {expected}: {fault.action}")
        self.fault = fault
        self.position = position
