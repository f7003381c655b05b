"""The device's half of error feedback: it keeps what compression dropped and sends it later.

``stage`` computes a message and changes nothing. ``commit`` applies it to the state after the coordinator has accepted it; a
refused message needs no action. So the device's state always matches the coordinator's sum.
"""

from ._base import ErrorFeedback, Staged
from ._ef14 import Ef14, Ef14Decay
from ._ef21 import Ef21
from ._kept_model import Ef21Igt, Ef21Storm
from ._methods import METHODS, restore, start
from ._momentum import Ef21Momentum
from ._none import NoFeedback

__all__ = [
    "METHODS",
    "Ef14",
    "Ef14Decay",
    "Ef21",
    "Ef21Igt",
    "Ef21Momentum",
    "Ef21Storm",
    "ErrorFeedback",
    "NoFeedback",
    "Staged",
    "restore",
    "start",
]
