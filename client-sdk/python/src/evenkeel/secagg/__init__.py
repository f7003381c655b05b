"""Secure aggregation: a cohort adds integer vectors so that the coordinator learns only the sum.

The protocol is that of Bonawitz et al. ("Practical secure aggregation for privacy-preserving machine learning", CCS 2017) with the
commitments and the notation of SecAgg+ (Bell et al., CCS 2020). :class:`SecAggDevice` is the device's half of it. The caller
sends its frames, whose bytes equal those of the Java SDK's ``io.evenkeel.core.secagg``. ``evenkeel.Client`` takes part in runs
with secure aggregation if given a :class:`DeviceIdentity`. Needs the package ``cryptography`` (``pip install
'evenkeel[secagg]'``).
"""

from ..errors import SecAggError
from ._backup import StateBackup
from ._basis import CohortPlan, CohortPrivacy, cohort_basis
from ._device import SecAggDevice
from ._fixed_point import FixedPoint
from ._frames import (
    CohortKeys,
    MaskedVector,
    decode_included,
    decode_keys,
    decode_reveal,
    decode_shares,
    encode_included,
    encode_keys,
    encode_reveal,
    encode_shares,
)
from ._identity import DeviceIdentity, OwnerKey
from ._messages import Advertisement, CohortContext, EncryptedShares, Reveal, SignedAdvertisement
from ._parameters import CohortParameters

__all__ = [
    "Advertisement",
    "CohortContext",
    "CohortKeys",
    "CohortParameters",
    "CohortPlan",
    "CohortPrivacy",
    "DeviceIdentity",
    "EncryptedShares",
    "FixedPoint",
    "MaskedVector",
    "OwnerKey",
    "Reveal",
    "SecAggDevice",
    "SecAggError",
    "SignedAdvertisement",
    "StateBackup",
    "cohort_basis",
    "decode_included",
    "decode_keys",
    "decode_reveal",
    "decode_shares",
    "encode_included",
    "encode_keys",
    "encode_reveal",
    "encode_shares",
]
