"""Evenkeel for Python: federated learning over thin links, with error feedback and normalized steps.

``Client`` is a device of a fleet. ``simulate`` trains a PyTorch model on virtual clients in one process. The modules
``compress``, ``downlink``, ``feedback``, ``step`` and ``wire`` contain the mathematics and the formats; their results have the same bits as
those of the Java SDK.
"""

from . import compress, downlink, errors, feedback, privacy, step, vector, wire
from ._simulate import simulate
from ._version import __version__
from .client import Client, Gradient, Listener, Model, OnDivergence, RunEnd, RunOutcome, SampledGradient, on_sample

__all__ = [
    "Client",
    "Gradient",
    "Listener",
    "Model",
    "OnDivergence",
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
    "vector",
    "wire",
]
