"""Secure aggregation: a cohort adds integer vectors so that the coordinator learns the sum and nothing about one of them.

The protocol is SecAgg+ (Bell, Bonawitz, Gascón, Lepoint, Raykova: "Secure single-server aggregation with (poly)logarithmic overhead",
CCS 2020). :class:`SecAggDevice` is the device's half of it. It sends nothing, and its bytes are those of the Java SDK's
``io.evenkeel.core.secagg``. Needs the package ``cryptography`` (``pip install evenkeel[secagg]``).
"""

from ._device import SecAggDevice
from ._fixed_point import FixedPoint
from ._messages import Advertisement, CohortContext, EncryptedShares, Reveal, SecAggError

__all__ = ["Advertisement", "CohortContext", "EncryptedShares", "FixedPoint", "Reveal", "SecAggDevice", "SecAggError"]
