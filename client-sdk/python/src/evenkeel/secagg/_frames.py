"""The six frames of secure aggregation; see client-sdk/FORMAT.md."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._types import Bytes
from ..errors import Fault, WireError
from ..wire import _layout as layout
from ..wire._reader import Reader
from ._basis import BASIS_BYTES
from ._messages import KEY_BYTES, SHARES_BYTES, SIGNATURE_BYTES, Advertisement, Reveal, SignedAdvertisement

MEDIA_TYPE = "application/vnd.evenkeel.secagg"

_KEYS, _COHORT, _SHARES, _MASKED, _INCLUDED, _REVEAL = range(1, 7)
_ADVERTISEMENT_BYTES = 324
_SEED, _KEY = 0, 1


@dataclass(frozen=True)
class CohortKeys:
    """The keys of a cohort's members, each of which shares masks with all others, its neighbours.

    Attributes:
        threshold: the number of shares that reconstruct a secret.
        members: the advertisements of all members, the receiver's among them, ascending by member.
    """

    threshold: int
    members: tuple[SignedAdvertisement, ...]

    def neighbours_of(self, member: int) -> list[Advertisement]:
        """Returns the advertisements of all members but one, without the signatures."""
        return [one.advertisement for one in self.members if one.member != member]

    def encode(self) -> bytes:
        """Returns the frame."""
        head = struct.pack("<HH", len(self.members), self.threshold)
        return _sealed(_COHORT, [head, *(_advertisement(one) for one in self.members)])

    @classmethod
    def decode(cls, data: Bytes) -> CohortKeys:
        """Decodes the frame; raises WireError."""
        reader = _opened(data, _COHORT)
        count, threshold = reader.u16("the count of members"), reader.u16("the threshold")
        _check(reader, count * _ADVERTISEMENT_BYTES)
        ordinals = _Ascending(reader)
        return cls(threshold, tuple(_read_advertisement(reader, ordinals) for _ in range(count)))


@dataclass(frozen=True)
class MaskedVector:
    """A device's masked vector, with its position in the device's chain.

    Attributes:
        sequence: the number of the message among the device's in the run, from 1.
        previous: the digest of the previous accepted message, 0 for the first.
        digest: the digest of the message and its salt.
        words: the masked words, int32.
    """

    sequence: int
    previous: int
    digest: int
    words: npt.NDArray[np.int32]

    def encode(self) -> bytes:
        """Returns the frame."""
        head = struct.pack("<qQQI", self.sequence, self.previous, self.digest, self.words.size)
        return _sealed(_MASKED, [head, self.words.astype("<i4").tobytes()])

    @classmethod
    def decode(cls, data: Bytes, expected: int) -> MaskedVector:
        """Decodes the frame; raises WireError.

        Args:
            expected: the number of words it must have.
        """
        reader = _opened(data, _MASKED)
        sequence, previous, digest = reader.i64("sequence"), reader.u64("previous"), reader.u64("the digest")
        count = reader.u32("the count of words")
        if count != expected:
            raise WireError(Fault.WRONG_DIMENSION, reader.position - 4, f"{count} words", str(expected))
        _check(reader, 4 * count)
        if sequence < 1:
            raise WireError(Fault.INVALID_VALUE, 5, f"sequence {sequence}", "at least 1")
        words = np.frombuffer(reader.take(4 * count, "the words"), dtype="<i4").astype(np.int32)
        return cls(sequence, previous, digest, words)


def encode_keys(signed: SignedAdvertisement) -> bytes:
    """Returns the frame of a device's keys."""
    return _sealed(_KEYS, [_advertisement(signed)])


def decode_keys(data: Bytes) -> SignedAdvertisement:
    """Decodes the frame of a device's keys; raises WireError."""
    reader = _opened(data, _KEYS)
    _check(reader, _ADVERTISEMENT_BYTES)
    return _read_advertisement(reader, _Ascending(reader))


def encode_shares(shares: Mapping[int, bytes]) -> bytes:
    """Returns the frame of encrypted shares, 80 bytes each, by the receiving or sending member."""
    return _sealed(_SHARES, [struct.pack("<H", len(shares)), *(struct.pack("<I", m) + shares[m] for m in sorted(shares))])


def decode_shares(data: Bytes) -> dict[int, bytes]:
    """Decodes the frame of encrypted shares; raises WireError."""
    reader = _opened(data, _SHARES)
    count = reader.u16("the count of shares")
    _check(reader, (4 + SHARES_BYTES) * count)
    members = _Ascending(reader)
    return {members.read(): bytes(reader.take(SHARES_BYTES, "shares")) for _ in range(count)}


def encode_included(members: Iterable[int]) -> bytes:
    """Returns the frame of the members whose vectors are in the sum."""
    found = sorted(members)
    return _sealed(_INCLUDED, [struct.pack(f"<H{len(found)}I", len(found), *found)])


def decode_included(data: Bytes) -> set[int]:
    """Decodes the frame of the members whose vectors are in the sum; raises WireError."""
    reader = _opened(data, _INCLUDED)
    count = reader.u16("the count of members")
    _check(reader, 4 * count)
    members = _Ascending(reader)
    return {members.read() for _ in range(count)}


def encode_reveal(reveal: Reveal) -> bytes:
    """Returns the frame of a device's revealed shares."""
    shares = {**{one: (_SEED, share) for one, share in reveal.seed_shares.items()}}
    shares.update({one: (_KEY, share) for one, share in reveal.key_shares.items()})
    parts = [struct.pack("<IB", one, shares[one][0]) + shares[one][1] for one in sorted(shares)]
    return _sealed(_REVEAL, [struct.pack("<H", len(parts)), *parts])


def decode_reveal(data: Bytes, member: int) -> Reveal:
    """Decodes the frame of a device's revealed shares; raises WireError.

    Args:
        member: the ordinal of the device, which the frame does not contain.
    """
    reader = _opened(data, _REVEAL)
    count = reader.u16("the count of shares")
    _check(reader, (4 + 1 + KEY_BYTES) * count)
    members = _Ascending(reader)
    seeds: dict[int, bytes] = {}
    keys: dict[int, bytes] = {}
    for _ in range(count):
        owner, what = members.read(), reader.u8("the kind of secret")
        if what not in (_SEED, _KEY):
            raise WireError(Fault.NOT_CANONICAL, reader.position - 1, f"secret {what}", "0 for a seed, 1 for a mask key")
        (seeds if what == _SEED else keys)[owner] = bytes(reader.take(KEY_BYTES, "a share"))
    return Reveal(member, seeds, keys)


class _Ascending:
    """Reads ordinals that ascend strictly."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._last = -1

    def read(self) -> int:
        member = self._reader.u31("member", 0, Fault.INVALID_VALUE)
        if member <= self._last:
            found = f"member {member} after member {self._last}"
            raise WireError(Fault.NOT_CANONICAL, self._reader.position - 4, found, "each once, ascending")
        self._last = member
        return member


def _advertisement(signed: SignedAdvertisement) -> bytes:
    keys = signed.advertisement
    parts = [struct.pack("<I", keys.member), keys.mask_key, keys.share_key, keys.commitment]
    return b"".join([*parts, signed.identity, signed.certificate, signed.owner, signed.basis, signed.signature])


def _read_advertisement(reader: Reader, members: _Ascending) -> SignedAdvertisement:
    member = members.read()
    keys = [bytes(reader.take(KEY_BYTES, "a key")) for _ in range(3)]
    identity = bytes(reader.take(KEY_BYTES, "the identity"))
    certificate = bytes(reader.take(SIGNATURE_BYTES, "the certificate"))
    owner = bytes(reader.take(KEY_BYTES, "the owner"))
    basis = bytes(reader.take(BASIS_BYTES, "the digest of model and plan"))
    signature = bytes(reader.take(SIGNATURE_BYTES, "the signature"))
    return SignedAdvertisement(Advertisement(member, *keys), identity, certificate, owner, basis, signature)


def _sealed(kind: int, parts: Iterable[bytes]) -> bytes:
    return layout.sealed(layout.header(layout.AGGREGATION, 0) + bytes([kind]) + b"".join(parts))


def _opened(data: Bytes, kind: int) -> Reader:
    """Checks magic, version, flags and kind; returns a reader positioned at the content."""
    view = memoryview(data).cast("B")
    reader = layout.open_format(view, 0, len(view), layout.AGGREGATION, layout.MAX_INT)
    layout.check_flags(reader.u8("the flags"), 0, 3)
    found = reader.u8("the kind")
    if found != kind:
        raise WireError(Fault.WRONG_MAGIC, 4, f"kind {found}", f"kind {kind}")
    return reader


def _check(reader: Reader, content: int) -> None:
    """Checks the length that the counts announce, then the checksum."""
    reader.need(content + layout.CHECKSUM_BYTES, "the content and the checksum")
    checksum = reader.position + content
    behind = reader.end - checksum - layout.CHECKSUM_BYTES
    if behind:
        raise WireError(Fault.TRAILING_BYTES, reader.end - behind, f"{behind} bytes after the end", "none")
    if not layout.is_sealed(reader.data, 0, checksum):
        raise layout.corrupted(reader.data, 0, checksum)
