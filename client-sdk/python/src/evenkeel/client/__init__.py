"""A device of a fleet: enrols, joins a run, computes gradients and sends them with error feedback."""

from ._client import Client
from ._followed import FollowedModel
from ._gradients import SampledGradient, on_sample
from ._listener import Listener, ModelKind
from ._model import Gradient, Model
from ._outcome import RunEnd, RunOutcome
from ._plan import RunPlan, RunPrivacy
from ._protocol import Receipt
from ._state import DeviceState
from ._store import FolderStore, MemoryStore, StateStore
from ._uplink import OnDivergence
from ._work import DeclineReason

__all__ = [
    "Client",
    "DeclineReason",
    "DeviceState",
    "FolderStore",
    "FollowedModel",
    "Gradient",
    "Listener",
    "MemoryStore",
    "Model",
    "ModelKind",
    "OnDivergence",
    "Receipt",
    "RunEnd",
    "RunOutcome",
    "RunPlan",
    "RunPrivacy",
    "SampledGradient",
    "StateStore",
    "on_sample",
]
