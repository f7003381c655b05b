"""Keys, signatures, masks and shares over raw bytes: X25519, Ed25519, HKDF with SHA-256, AES-256 and Shamir's sharing over GF(2^16)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

try:
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError as e:
    raise ImportError("secure aggregation needs the package cryptography: pip install 'evenkeel[secagg]'") from e

from ..errors import SecAggError
from ._messages import KEY_BYTES, EncryptedShares

_POLYNOMIAL = 0x1002B
_CHUNK_WORDS = 1 << 16


def public_key(private: bytes) -> bytes:
    """Returns the public key of a private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def agree(private: bytes, public: bytes, neighbour: int) -> bytes:
    """Returns the shared secret of two keys."""
    try:
        return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as e:
        raise SecAggError(f"the key of member {neighbour} does not belong to a device") from e


def signing_key(private: bytes) -> bytes:
    """Returns the public key of a private Ed25519 key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, text: bytes) -> bytes:
    """Returns the Ed25519 signature of a text."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(text)


def is_signed(public: bytes, signature: bytes, text: bytes) -> bool:
    """Returns whether a signature of a text is valid for a public Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def derive(secret: bytes, purpose: bytes) -> bytes:
    """Derives a key of 32 bytes from a secret, for one purpose only (RFC 5869)."""
    extracted = hmac.digest(bytes(KEY_BYTES), secret, hashlib.sha256)
    return hmac.digest(extracted, purpose + b"\1", hashlib.sha256)


def add_mask(seed: bytes, sign: int, words: npt.NDArray[np.uint32]) -> None:
    """Adds the mask of a seed to some words in place, or subtracts it, modulo 2^32."""
    stream = Cipher(algorithms.AES256(seed), modes.CTR(bytes(16))).encryptor()
    for start in range(0, words.size, _CHUNK_WORDS):
        part = words[start : start + _CHUNK_WORDS]
        mask = np.frombuffer(stream.update(bytes(4 * part.size)), dtype="<u4")
        if sign > 0:
            part += mask
        else:
            part -= mask


def split(secret: bytes, threshold: int, count: int, draw: Callable[[int], bytes]) -> list[bytes]:
    """Returns ``count`` shares of a secret; any ``threshold`` of them reconstruct it."""
    coefficients = [secret] + [draw(len(secret)) for _ in range(1, threshold)]
    elements = np.frombuffer(b"".join(coefficients), dtype="<u2").reshape(threshold, -1).astype(np.uint32)
    numbers = np.arange(1, count + 1, dtype=np.uint32)[:, np.newaxis]
    values = np.zeros((count, elements.shape[1]), dtype=np.uint32)
    for row in elements[::-1]:
        values = _multiply(values, numbers) ^ row
    return [share.tobytes() for share in values.astype("<u2")]


def _multiply(elements: npt.NDArray[np.uint32], numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Multiplies each row by the number of its share, without a branch or a table that depends on the elements."""
    product = np.zeros_like(elements)
    factor = elements.copy()
    for bit in range(16):
        product ^= factor * (numbers >> np.uint32(bit) & np.uint32(1))
        factor = (factor << np.uint32(1)) ^ ((factor >> np.uint32(15)) * np.uint32(_POLYNOMIAL))
    return product


def _nonce(sender: int, receiver: int) -> bytes:
    return sender.to_bytes(4, "big") + receiver.to_bytes(4, "big") + bytes(4)


def encrypt(key: bytes, sender: int, receiver: int, plain: bytes) -> EncryptedShares:
    """Encrypts shares for another member; a key encrypts one text in each direction."""
    return EncryptedShares(sender, receiver, AESGCM(key).encrypt(_nonce(sender, receiver), plain, None))


def decrypt(key: bytes, shares: EncryptedShares) -> bytes | None:
    """Decrypts the shares of another member; None if they are not two shares that it encrypted for this one."""
    try:
        plain = AESGCM(key).decrypt(_nonce(shares.sender, shares.receiver), shares.data, None)
    except InvalidTag:
        return None
    return plain if len(plain) == 2 * KEY_BYTES else None
