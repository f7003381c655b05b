"""The messages between the two halves of the protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from ._basis import BASIS_BYTES

KEY_BYTES = 32
SHARES_BYTES = 80
SIGNATURE_BYTES = 64


@dataclass(frozen=True)
class CohortContext:
    """Identifies the aggregation that a key, a share or a signature is for; all of them contain it.

    Args:
        run: the run's name.
        round: the round, at least 0.
        attempt: the number of the attempt to aggregate this round, at least 0; each has new keys.
        basis: the digest of the model and the plan that the messages are computed from, as ``cohort_basis`` returns it.
    """

    run: str
    round: int
    attempt: int
    basis: bytes

    def __post_init__(self) -> None:
        if self.round < 0 or self.attempt < 0:
            raise ValueError(f"round {self.round} and attempt {self.attempt}, expected numbers of at least 0")
        _require_basis(self.basis)

    def purpose(self, text: str) -> bytes:
        """Returns a purpose and the context as bytes; different ones give different bytes."""
        numbers = self.round.to_bytes(4, "big") + self.attempt.to_bytes(4, "big")
        return f"evenkeel secagg 1 {text}".encode("ascii") + b"\0" + numbers + self.basis + self.run.encode()


@dataclass(frozen=True)
class Advertisement:
    """The public keys that a member sends in the first step.

    Args:
        member: the ordinal, at least 0.
        mask_key: the public X25519 key for masks, 32 bytes.
        share_key: the public X25519 key for the encryption of shares, 32 bytes.
        commitment: the SHA-256 of the seed of the member's own mask, 32 bytes.
    """

    member: int
    mask_key: bytes
    share_key: bytes
    commitment: bytes

    def __post_init__(self) -> None:
        lengths = [len(self.mask_key), len(self.share_key), len(self.commitment)]
        if self.member < 0 or lengths != [KEY_BYTES] * 3:
            raise ValueError(
                f"member {self.member} with keys and a commitment of {lengths} bytes, expected an ordinal of at least 0"
                f" and {KEY_BYTES} bytes each"
            )

    def signed(self, context: CohortContext) -> bytes:
        """Returns the bytes that the device signs: all of this and the context."""
        parts = [context.purpose("advertisement"), self.member.to_bytes(4, "big")]
        return hashlib.sha256(b"".join([*parts, self.mask_key, self.share_key, self.commitment])).digest()


@dataclass(frozen=True)
class SignedAdvertisement:
    """An advertisement, and the proof that a device of an owner created it.

    Args:
        advertisement: the keys.
        identity: the device's Ed25519 public key, 32 bytes.
        certificate: the owner's signature of the identity, 64 bytes.
        owner: the owner's Ed25519 public key, 32 bytes.
        basis: the digest of model and plan in the context that is signed, 32 bytes. A device with another digest can report why
            the signature does not match.
        signature: the identity's signature of ``advertisement.signed``, 64 bytes.
    """

    advertisement: Advertisement
    identity: bytes
    certificate: bytes
    owner: bytes
    basis: bytes
    signature: bytes

    def __post_init__(self) -> None:
        lengths = [len(self.identity), len(self.certificate), len(self.owner), len(self.signature)]
        if lengths != [KEY_BYTES, SIGNATURE_BYTES, KEY_BYTES, SIGNATURE_BYTES]:
            raise ValueError(f"identity, certificate, owner and signature of {lengths} bytes, expected [32, 64, 32, 64]")
        _require_basis(self.basis)

    @property
    def member(self) -> int:
        """The device's ordinal in the run."""
        return self.advertisement.member


@dataclass(frozen=True)
class EncryptedShares:
    """A member's shares for one neighbour, encrypted for the neighbour.

    Args:
        sender: the ordinal of the member whose secrets these are.
        receiver: the ordinal of the neighbour that can read them.
        data: 80 bytes.
    """

    sender: int
    receiver: int
    data: bytes


@dataclass(frozen=True)
class Reveal:
    """The shares that a member reveals in the last step; never both kinds of share of the same neighbour.

    Args:
        member: the ordinal of the member that reveals.
        seed_shares: shares of the seeds of neighbours whose vectors are in the sum, by ordinal.
        key_shares: shares of the private mask keys of the other neighbours, by ordinal.
    """

    member: int
    seed_shares: Mapping[int, bytes]
    key_shares: Mapping[int, bytes]


def _require_basis(basis: bytes) -> None:
    if len(basis) != BASIS_BYTES:
        raise ValueError(f"the digest of model and plan has {len(basis)} bytes, expected {BASIS_BYTES}")
