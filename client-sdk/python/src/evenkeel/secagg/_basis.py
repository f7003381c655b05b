"""The digest of the inputs of a cohort's messages."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

import numpy as np

from .._types import Vector
from ..vector import Tensor

BASIS_BYTES = 32
_PURPOSE = b"evenkeel cohort basis 1\0"
_CHUNK = 1 << 16


@dataclass(frozen=True)
class CohortPrivacy:
    """A plan's differential privacy.

    Attributes:
        mechanism: the bound of a message and the noise, ``<normalization>:<bound>:<noise multiplier>``.
        delta: the delta for which epsilon is stated.
        epsilon: the epsilon that a device may spend; None for no limit.
    """

    mechanism: str
    delta: float
    epsilon: float | None


@dataclass(frozen=True)
class CohortPlan:
    """The part of a run's plan that determines or protects a message. None of it changes during a run.

    The plan's rounds, step rule and step sizes are not part of it: the coordinator takes the step, and a device sees only the
    resulting model. The staleness is always 0 with secure aggregation.

    Attributes:
        tensors: the model's tensors in order.
        algorithm: the algorithm's name.
        feedback: the device's half of error feedback.
        eta: the momentum weights.
        horizon: the number of rounds that schedules with a horizon are computed for.
        compressor: the compressor.
        downlink: the compressor of a lossy downlink; None if the downlink is lossless.
        seed: the seed of the shared support.
        owners: the Ed25519 public keys of the owners whose devices may be in a cohort.
        dropout: the share of a cohort that may drop out.
        collusion: the share of a cohort that may collude with the coordinator.
        rebase_every: the number of rounds after which the sum and all g_i start from zero.
        exponent: the unit of the fixed point is 2^exponent.
        min_members: the smallest cohort.
        max_members: the largest cohort.
        privacy: the noise that devices add; None if the run has no privacy.
    """

    tensors: tuple[Tensor, ...]
    algorithm: str
    feedback: str
    eta: str
    horizon: int
    compressor: str
    downlink: str | None
    seed: int
    owners: tuple[bytes, ...]
    dropout: float
    collusion: float
    rebase_every: int
    exponent: int
    min_members: int
    max_members: int
    privacy: CohortPrivacy | None = None

    def encode(self) -> bytes:
        """Returns the bytes that are hashed, as client-sdk/FORMAT.md lists them."""
        texts = (self.algorithm, self.feedback, self.eta, self.compressor, self.downlink or "")
        parts = [_sized(text.encode()) for text in texts]
        parts.append(struct.pack("<iQi", self.horizon, self.seed % 2**64, len(self.tensors)))
        for tensor in self.tensors:
            shape = tensor.shape
            parts.append(_sized(tensor.name.encode()) + struct.pack(f"<{len(shape) + 1}i", len(shape), *shape))
        parts.append(struct.pack("<i", len(self.owners)) + b"".join(map(_sized, self.owners)))
        sizes = (self.rebase_every, self.exponent, self.min_members, self.max_members)
        parts.append(struct.pack("<ddiiii", self.dropout, self.collusion, *sizes))
        if self.privacy is None:
            parts.append(struct.pack("<i", 0))
        else:
            epsilon = self.privacy.epsilon
            limit = (0, 0.0) if epsilon is None else (1, epsilon)
            parts.append(struct.pack("<i", 1) + _sized(self.privacy.mechanism.encode()))
            parts.append(struct.pack("<did", self.privacy.delta, *limit))
        return b"".join(parts)


def cohort_basis(plan: CohortPlan, model: Vector) -> bytes:
    """Returns the SHA-256 of a run's plan and of the model of a round, 32 bytes: the inputs of a message.

    All members of a cohort must have the same digest. Otherwise a coordinator could send all devices but one a model or
    a plan that makes their messages zero. The sum would then be the remaining device's message.

    Args:
        plan: the run's plan.
        model: d values that float32 represents exactly.
    """
    digest = hashlib.sha256(_PURPOSE + plan.encode())
    for at in range(0, model.size, _CHUNK):
        digest.update(np.ascontiguousarray(model[at : at + _CHUNK], dtype="<f4").data)
    return digest.digest()


def _sized(data: bytes) -> bytes:
    return struct.pack("<i", len(data)) + data
