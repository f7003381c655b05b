"""Errors of this package: one class for each kind of fault, so that a program can distinguish them."""

from . import _problems
from ._base import EvenkeelError
from ._coordinator import CoordinatorError, Problem
from ._device import (
    ArgumentError,
    ClientStateError,
    DeadlineError,
    DivergedError,
    FunctionError,
    InvalidGradientError,
    MissingError,
    MissingPackageError,
    ModelMismatchError,
    ModelTooLargeError,
    OutOfMemoryError,
    ProtocolError,
    SecAggError,
    ServerError,
    StateError,
    UnreachableError,
    UntrustedError,
)
from ._problems import *  # noqa: F403
from ._wire import Fault, WireError

__all__ = [
    "ArgumentError",
    "ClientStateError",
    "CoordinatorError",
    "DeadlineError",
    "DivergedError",
    "EvenkeelError",
    "Fault",
    "FunctionError",
    "InvalidGradientError",
    "MissingError",
    "MissingPackageError",
    "ModelMismatchError",
    "ModelTooLargeError",
    "OutOfMemoryError",
    "Problem",
    "ProtocolError",
    "SecAggError",
    "ServerError",
    "StateError",
    "UnreachableError",
    "UntrustedError",
    "WireError",
]
__all__ += _problems.__all__
