"""Errors that the device itself detects."""

from __future__ import annotations

from ._base import EvenkeelError


class ArgumentError(EvenkeelError, ValueError):
    """An argument is invalid; the message names it and what was expected. Nothing was sent."""


class MissingError(EvenkeelError, KeyError):
    """No tensor has this name, or a followed model has no version before its first download."""

    __str__ = Exception.__str__


class OutOfMemoryError(EvenkeelError, MemoryError):
    """There was not enough memory; the saved state is consistent."""


class InvalidGradientError(EvenkeelError, ValueError):
    """A gradient is not d finite numbers. The state is unchanged.

    Attributes:
        coordinate: the first coordinate that is not finite, or None if the shape is wrong.
        tensor: the name of the tensor it belongs to, or None.
    """

    def __init__(self, message: str, coordinate: int | None = None, tensor: str | None = None) -> None:
        super().__init__(message)
        self.coordinate = coordinate
        self.tensor = tensor


class ModelMismatchError(EvenkeelError, ValueError):
    """A model's tensors differ from those of the run in name, shape or number."""


class StateError(EvenkeelError):
    """The saved state cannot be read or written: it is damaged or in use by another process, or the disk is full."""


class DeadlineError(EvenkeelError):
    """The coordinator was unreachable or too busy for longer than the configured time, and the state is saved; or a run that an
    operator waits for has not ended in time."""


class UnreachableError(EvenkeelError):
    """A device that was never enrolled, or an operator, cannot reach the coordinator, probably because of a wrong setting, which
    the message names."""


class UntrustedError(EvenkeelError):
    """The coordinator's certificate, or the device's own, is not trusted; a retry would not help."""


class ProtocolError(EvenkeelError):
    """A response does not come from a coordinator of this version."""


class DivergedError(EvenkeelError):
    """Device and coordinator disagree on which messages were accepted, most likely because of a copied or restored state."""


class FunctionError(EvenkeelError):
    """The gradient or evaluation function is not callable, or raised an exception, which is the cause; nothing was sent."""


class ClientStateError(EvenkeelError, RuntimeError):
    """The client cannot do this now: another thread uses it, or it was stopped or closed, or its credentials are kept elsewhere."""


class ModelTooLargeError(EvenkeelError):
    """A run's model has more values than the device allows; nothing was downloaded."""


class SecAggError(EvenkeelError):
    """A secure aggregation cannot continue, with this device or at all: the coordinator, or another device, breaks the rules that
    keep messages secret. Nothing more is sent in the run until the application trains again."""


class ServerError(EvenkeelError):
    """A coordinator cannot be started here: it or a Java runtime is missing, or it ended before it was ready."""


class MissingPackageError(EvenkeelError, ImportError):
    """A function needs a package that is not installed; the message names the extra that includes it."""
