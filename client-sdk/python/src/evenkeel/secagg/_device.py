"""The device's half of the protocol."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence, Set

import numpy as np
import numpy.typing as npt

from ..errors import SecAggError
from . import _crypto
from ._messages import KEY_BYTES, Advertisement, CohortContext, EncryptedShares, Reveal


class SecAggDevice:
    """The device's half of one secure aggregation.

    Call ``advertisement``, ``share``, ``mask`` and ``reveal`` once each, in this order.

    A device that stops in between has dropped out; it starts again in the next attempt with new secrets. Not
    thread-safe.

    Args:
        context: the aggregation.
        member: the device's ordinal in the run.
        draw: returns a number of random bytes; only tests replace the default.
    """

    def __init__(self, context: CohortContext, member: int, draw: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._context = context
        self._member = member
        self._draw = draw
        self._mask_key, self._share_key, self._seed = draw(KEY_BYTES), draw(KEY_BYTES), draw(KEY_BYTES)
        self._neighbours: dict[int, Advertisement] = {}
        self._masking: set[int] = set()
        self._received: dict[int, bytes] = {}
        self._threshold = 0
        self._step = "advertised"

    def advertisement(self) -> Advertisement:
        """Returns the device's public keys."""
        purpose = self._context.purpose(f"seed of {self._member}")
        commitment = hashlib.sha256(purpose + self._seed).digest()
        keys = _crypto.public_key(self._mask_key), _crypto.public_key(self._share_key)
        return Advertisement(self._member, *keys, commitment)

    def share(self, advertised: Sequence[Advertisement], threshold: int) -> list[EncryptedShares]:
        """Returns shares of the secrets, encrypted for each neighbour.

        Args:
            advertised: the advertisements of the neighbours, whose signatures the caller has checked.
            threshold: the number of shares that reconstruct a secret: more than half of the neighbours, at most all.

        Raises:
            SecAggError: if a key is malformed, is the device's own or occurs twice, or the threshold is too low to protect the
                secrets.
        """
        self._expect("advertised")
        if 2 * threshold <= len(advertised) or threshold > len(advertised):
            raise SecAggError(
                f"the threshold is {threshold} of {len(advertised)} neighbours, expected more than half of them and at"
                " most all: a lower one would give the coordinator both secrets of a device"
            )
        for neighbour in sorted(advertised, key=lambda one: one.member):
            if neighbour.member == self._member or neighbour.member in self._neighbours:
                raise SecAggError(f"member {neighbour.member} is a neighbour twice, or this device itself")
            if any(other.mask_key == neighbour.mask_key for other in self._neighbours.values()):
                raise SecAggError(f"member {neighbour.member} has the same key as another")
            self._neighbours[neighbour.member] = neighbour
        self._threshold = threshold
        count = len(self._neighbours)
        of_key = _crypto.split(self._mask_key, threshold, count, self._draw)
        of_seed = _crypto.split(self._seed, threshold, count, self._draw)
        shares = [
            _crypto.encrypt(self._channel(neighbour), self._member, neighbour.member, key + seed)
            for neighbour, key, seed in zip(self._neighbours.values(), of_key, of_seed)
        ]
        self._step = "shared"
        return shares

    def _channel(self, neighbour: Advertisement) -> bytes:
        agreed = _crypto.agree(self._share_key, neighbour.share_key, neighbour.member)
        return _crypto.derive(agreed, self._context.purpose("shares"))

    def mask(self, words: npt.NDArray[np.int32], shares: Sequence[EncryptedShares]) -> None:
        """Masks a vector in place. Only the neighbours whose shares arrived take part from here on.

        A neighbour whose shares cannot be decrypted takes part too: the masks need only its keys. This device cannot reveal a
        share of that neighbour, so with many such devices the neighbour's secret is lost.

        Raises:
            SecAggError: if shares are not from a neighbour, or fewer than the threshold can be decrypted.
        """
        self._expect("shared")
        for share in shares:
            if share.sender not in self._neighbours or share.receiver != self._member:
                raise SecAggError(
                    f"shares from member {share.sender} to {share.receiver} are not from a neighbour of member {self._member}"
                )
            self._masking.add(share.sender)
            both = _crypto.decrypt(self._channel(self._neighbours[share.sender]), share)
            if both is not None:
                self._received[share.sender] = both
        if len(self._received) < self._threshold:
            raise SecAggError(
                f"shares of {len(self._masking)} neighbours arrived and those of {len(self._received)} can be decrypted, expected "
                f"at least {self._threshold}"
            )
        unsigned = words.view(np.uint32)
        for neighbour in self._masking:
            agreed = _crypto.agree(self._mask_key, self._neighbours[neighbour].mask_key, neighbour)
            low, high = sorted((self._member, neighbour))
            seed = _crypto.derive(agreed, self._context.purpose(f"mask of {low} and {high}"))
            _crypto.add_mask(seed, 1 if self._member < neighbour else -1, unsigned)
        _crypto.add_mask(_crypto.derive(self._seed, self._context.purpose("own mask")), 1, unsigned)
        self._step = "masked"

    def reveal(self, included: Set[int]) -> Reveal:
        """Reveals shares so that the masks can be removed from the sum; only once, for one set of members.

        Args:
            included: the members whose vectors are in the sum; members other than neighbours are ignored.

        Raises:
            SecAggError: if fewer neighbours than the threshold are included, since the sum could then contain too few
                devices.
        """
        self._expect("masked")
        seeds = {one: both[KEY_BYTES:] for one, both in self._received.items() if one in included}
        keys = {one: both[:KEY_BYTES] for one, both in self._received.items() if one not in included}
        in_sum = len(self._masking & included)
        if in_sum < self._threshold:
            raise SecAggError(
                f"the sum has {in_sum} of this device's neighbours, expected at least {self._threshold}: a smaller sum would "
                "reveal too much about each of them"
            )
        self._step = "revealed"
        return Reveal(self._member, seeds, keys)

    def _expect(self, step: str) -> None:
        if self._step != step:
            raise RuntimeError(
                f"the device has {self._step}, this needs {step}: take the steps once and in order, and start over for another "
                "attempt"
            )
