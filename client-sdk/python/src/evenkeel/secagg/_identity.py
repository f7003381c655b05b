"""Identities of devices, and their owners' keys."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SecAggError
from . import _crypto
from ._messages import KEY_BYTES, SIGNATURE_BYTES, Advertisement, CohortContext, SignedAdvertisement

_PURPOSE = b"evenkeel device identity 1\0"
_REMEDY = "use the unchanged file"


@dataclass(frozen=True)
class OwnerKey:
    """The key of an owner, who provisions devices. It signs their identities, and must never be on the coordinator.

    Args:
        private: an Ed25519 private key, 32 bytes.
    """

    private: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.private) != KEY_BYTES:
            raise ValueError(f"the owner's private key has {len(self.private)} bytes, expected {KEY_BYTES}")

    @classmethod
    def generate(cls) -> OwnerKey:
        """Generates a key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes; a run's definition lists it in base64 under ``secureAggregation.owners``."""
        return _crypto.signing_key(self.private)

    def certify(self, identity: bytes) -> bytes:
        """Returns the signature of a device's public key."""
        return _crypto.sign(self.private, _PURPOSE + identity)

    def provision(self) -> DeviceIdentity:
        """Returns a new identity for one device."""
        private = secrets.token_bytes(KEY_BYTES)
        public = _crypto.signing_key(private)
        return DeviceIdentity(private, public, self.public, self.certify(public))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the key to a new file that only its user can read; raises FileExistsError if there is one."""
        _save(
            path,
            "Evenkeel owner key. Keep it secret; runs name the public key.",
            {"private": self.private, "public": self.public},
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> OwnerKey:
        """Reads the key, as written by ``save`` or ``evenkeel identity owner``; raises ValueError if it is invalid."""
        found = _load(path, "the owner file", {"private": KEY_BYTES, "public": KEY_BYTES})
        key = cls(found["private"])
        if key.public != found["public"]:
            raise ValueError(f"{path}: {_apart('the owner file')}")
        return key


@dataclass(frozen=True)
class DeviceIdentity:
    """A device's identity in secure aggregation, certified by its owner. Give each device its own identity, and keep it secret.

    Args:
        private: the device's Ed25519 private key, 32 bytes.
        public: its public key, 32 bytes.
        owner: the owner's public key, 32 bytes: the device aggregates only with devices of this owner.
        certificate: the owner's signature of the public key, 64 bytes.

    Raises:
        ValueError: if the keys and the certificate do not match.
    """

    private: bytes = field(repr=False)
    public: bytes
    owner: bytes
    certificate: bytes = field(repr=False)

    def __post_init__(self) -> None:
        lengths = [len(self.private), len(self.public), len(self.owner), len(self.certificate)]
        if lengths != [KEY_BYTES, KEY_BYTES, KEY_BYTES, SIGNATURE_BYTES]:
            raise ValueError(f"private key, public key, owner and certificate of {lengths} bytes, expected [32, 32, 32, 64]")
        if _crypto.signing_key(self.private) != self.public:
            raise ValueError(_apart("the identity file"))
        if not _crypto.is_signed(self.owner, self.certificate, _PURPOSE + self.public):
            raise ValueError(
                "the certificate in the identity file is not the owner's for this device: let the owner issue the identity again"
            )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the identity to a new file that only its user can read; raises FileExistsError if there is one."""
        fields = {"private": self.private, "public": self.public, "owner": self.owner, "certificate": self.certificate}
        _save(path, "Evenkeel device identity. For one device only; keep it secret.", fields)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> DeviceIdentity:
        """Reads an identity, as written by ``save`` or ``evenkeel identity device``; raises ValueError if it is invalid."""
        lengths = {"private": KEY_BYTES, "public": KEY_BYTES, "owner": KEY_BYTES, "certificate": SIGNATURE_BYTES}
        found = _load(path, "the identity file", lengths)
        try:
            return cls(**found)
        except ValueError as e:
            raise ValueError(f"{path}: {e}") from None

    def sign(self, advertisement: Advertisement, context: CohortContext) -> SignedAdvertisement:
        """Signs a device's keys."""
        signature = _crypto.sign(self.private, advertisement.signed(context))
        return SignedAdvertisement(advertisement, self.public, self.certificate, self.owner, context.basis, signature)

    def verify(self, neighbour: SignedAdvertisement, context: CohortContext) -> None:
        """Checks that a neighbour is another device of the same owner, and that its keys are for this aggregation.

        Raises:
            SecAggError: if they are not; the message says why.
        """
        who = f"member {neighbour.member} of round {context.round}, attempt {context.attempt}"
        if neighbour.owner != self.owner:
            found, own = _text(neighbour.owner), _text(self.owner)
            raise SecAggError(f"{who} belongs to owner {found}, but this device aggregates only with devices of {own}")
        if not _crypto.is_signed(self.owner, neighbour.certificate, _PURPOSE + neighbour.identity):
            raise SecAggError(f"{who} has no certificate of its owner {_text(self.owner)}: it is not one of its devices")
        if neighbour.identity == self.public:
            raise SecAggError(f"{who} has this device's own identity: it was copied, or the coordinator gave it to another")
        if neighbour.basis != context.basis:
            found, own = neighbour.basis[:8].hex(), context.basis[:8].hex()
            raise SecAggError(
                f"{who} signed its keys for another model or plan, with digest {found}, but this device has {own}: with different "
                "ones a sum "
                "could be the message of one device"
            )
        if not _crypto.is_signed(neighbour.identity, neighbour.signature, neighbour.advertisement.signed(context)):
            raise SecAggError(f"{who} did not sign the keys under its name: they were replaced, or belong to another attempt")


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _save(path: str | os.PathLike[str], comment: str, fields: Mapping[str, bytes]) -> None:
    content = f"# {comment}\n" + "".join(f"{name}: {_text(value)}\n" for name, value in fields.items())
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "w", encoding="ascii") as out:
        out.write(content)


def _apart(what: str) -> str:
    return f"the private and the public key in {what} do not belong together: {_REMEDY}"


def _load(path: str | os.PathLike[str], what: str, lengths: Mapping[str, int]) -> dict[str, bytes]:
    """Reads the values of a file. The error messages equal those of the Java SDK, and contain no values."""
    expected = f"expected one line each of [{', '.join(lengths)}]: {_REMEDY}"
    found: dict[str, bytes] = {}
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, separator, value = (part.strip() for part in line.partition(":"))
        if not separator or name not in lengths or name in found:
            fault = f"repeats '{name}'" if name in found else "has an unknown name"
            raise ValueError(f"{path}: line {number} of {what} {fault}, {expected}")
        try:
            data = base64.b64decode(value, validate=True)
        except ValueError:
            data = b""
        if len(data) != lengths[name]:
            raise ValueError(f"{path}: line {number} of {what}: '{name}' is not the base64 of {lengths[name]} bytes: {_REMEDY}")
        found[name] = data
    for name in lengths:
        if name not in found:
            raise ValueError(f"{path}: {what} has no line '{name}', {expected}")
    return found
