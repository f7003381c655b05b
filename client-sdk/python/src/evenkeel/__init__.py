"""Evenkeel for Python: federated learning over thin links, with error feedback and normalized steps.

``Client`` is a device of a fleet, ``Operator`` an operator's client, and ``Coordinator`` a coordinator in a separate process.
``simulate`` trains a PyTorch model on virtual clients in one process. The modules ``compress``, ``downlink``, ``feedback``,
``step`` and ``wire`` contain the mathematics and the formats; their results are bit-identical to those of the Java SDK.
"""

from typing import TYPE_CHECKING, Any

from . import compress, downlink, errors, feedback, privacy, step, vector, wire
from ._simulate import simulate
from ._tensors import tensors_of
from ._version import __version__
from .client import Client, Gradient, Listener, Model, OnDivergence, RunEnd, RunOutcome, SampledGradient, on_sample

if TYPE_CHECKING:
    from .operator import Operator
    from .server import Coordinator

__all__ = [
    "Client",
    "Coordinator",
    "Gradient",
    "Listener",
    "Model",
    "OnDivergence",
    "Operator",
    "RunEnd",
    "RunOutcome",
    "SampledGradient",
    "__version__",
    "compress",
    "downlink",
    "errors",
    "feedback",
    "on_sample",
    "privacy",
    "simulate",
    "step",
    "tensors_of",
    "vector",
    "wire",
]


def __getattr__(name: str) -> Any:
    """Imports modules that a device does not need on first use."""
    if name == "Coordinator":
        from .server import Coordinator

        return Coordinator
    if name == "Operator":
        from .operator import Operator

        return Operator
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
