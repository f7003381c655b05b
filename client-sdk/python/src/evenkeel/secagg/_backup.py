"""The encrypted backup of a device's error feedback on the coordinator, which only the device can read. The Java SDK
reads and writes the same format, which FORMAT.md specifies."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .._types import Floats
from ..errors import SecAggError
from ..feedback import restore
from ._crypto import derive

NONCE_BYTES = 12
_TAG_BYTES = 16
_MAGIC = b"\xe7B\1\0"
_AUTHENTICATED = len(_MAGIC) + 16
_OVERHEAD = _AUTHENTICATED + NONCE_BYTES + _TAG_BYTES
_MAX_VECTORS = 3


@dataclass(frozen=True)
class StateBackup:
    """A device's state after a number of accepted messages.

    Attributes:
        sequence: the number of accepted messages it includes.
        head: the digest of the last of them.
        last_round: the round of the last of them.
        method: the kind of error feedback.
        dimension: d.
        vectors: the vectors of error feedback, float64 of shape (d,).
    """

    sequence: int
    head: int
    last_round: int
    method: str
    dimension: int
    vectors: tuple[Floats, ...]

    def encrypt(self, recovery_key: bytes, run: str, client: str, nonce: bytes) -> bytes:
        """Encrypts the state.

        Args:
            recovery_key: 32 secret bytes.
            nonce: 12 random bytes.
        """
        method = self.method.encode("ascii")
        plain = struct.pack("<iB", self.last_round, len(method)) + method + struct.pack("<iB", self.dimension, len(self.vectors))
        plain += b"".join(vector.astype("<f8").tobytes() for vector in self.vectors)
        header = _MAGIC + struct.pack("<QQ", self.sequence, self.head)
        return header + nonce + _cipher(recovery_key, run, client).encrypt(nonce, plain, header)

    @classmethod
    def decrypt(cls, copy: bytes, recovery_key: bytes, run: str, client: str) -> StateBackup:
        """Decrypts a copy.

        Raises:
            SecAggError: if it is not authentic: it has another key, device or run, or its bytes have changed.
        """
        if len(copy) < _OVERHEAD:
            raise SecAggError(f"the copy has {len(copy)} bytes, expected at least {_OVERHEAD}")
        if not copy.startswith(_MAGIC):
            raise SecAggError(
                f"the copy begins with {copy[:4].hex(' ')}, expected {_MAGIC.hex(' ')} of a device's encrypted copy"
            )
        header, nonce = copy[:_AUTHENTICATED], copy[_AUTHENTICATED : _AUTHENTICATED + NONCE_BYTES]
        try:
            plain = _cipher(recovery_key, run, client).decrypt(nonce, copy[_AUTHENTICATED + NONCE_BYTES :], header)
        except InvalidTag as e:
            raise SecAggError(
                "the copy is not authentic: it was encrypted with another recovery key, belongs to another device or run, or was changed"
            ) from e
        try:
            sequence, head = struct.unpack("<QQ", header[len(_MAGIC) :])
            return cls(sequence, head, *_decode(plain))
        except (ValueError, struct.error) as e:
            raise SecAggError(f"the copy is authentic but its content cannot be read: {e}: update this client") from e

    def require_suited(self, method: str, dimension: int) -> None:
        """Raises SecAggError if this state does not fit a run."""
        if (self.method, self.dimension) != (method, dimension):
            raise SecAggError(
                f"it belongs to a run with {self.method} and {self.dimension} values, but this one has {method} and {dimension}"
            )
        try:
            restore(method, dimension, self.vectors)
        except ValueError as e:
            raise SecAggError(f"it has {e}") from e


def most_bytes(method: str, dimension: int) -> int:
    """Returns the maximum size of a copy in a run, in bytes."""
    return _OVERHEAD + 10 + len(method) + 8 * dimension * _MAX_VECTORS


def _cipher(recovery_key: bytes, run: str, client: str) -> AESGCM:
    return AESGCM(derive(recovery_key, b"evenkeel device backup 1\0" + run.encode() + b"\0" + client.encode()))


def _decode(plain: bytes) -> tuple[int, str, int, tuple[Floats, ...]]:
    last_round, length = struct.unpack_from("<iB", plain)
    method = plain[5 : 5 + length].decode("ascii")
    dimension, count = struct.unpack_from("<iB", plain, 5 + length)
    values = np.frombuffer(plain[10 + length :], dtype="<f8").astype(np.float64)
    if values.size != count * dimension:
        raise ValueError(f"{values.size} values, expected {count} vectors of {dimension}")
    return last_round, method, dimension, tuple(values.reshape(count, dimension))
