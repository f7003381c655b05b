"""The coordinator's half of secure aggregation, for tests."""

import hashlib

import numpy as np

from evenkeel.secagg import _crypto


def unmasked(context, advertised, masked, reveals, threshold):
    """Returns the sum of the vectors without their masks.

    Args:
        advertised: the keys of the members that shared their secrets.
        masked: the vectors that arrived, by member.
    """
    total = np.zeros(next(iter(masked.values())).size, dtype=np.uint32)
    for words in masked.values():
        total += words.view(np.uint32)
    members = sorted(one.member for one in advertised)
    for keys in advertised:
        others = [m for m in members if m != keys.member]
        if keys.member in masked:
            seed = combined(numbered({r.member: r.seed_shares for r in reveals}, keys.member, others), threshold)
            assert hashlib.sha256(context.purpose(f"seed of {keys.member}") + seed).digest() == keys.commitment
            _crypto.add_mask(_crypto.derive(seed, context.purpose("own mask")), -1, total)
        else:
            secret = combined(numbered({r.member: r.key_shares for r in reveals}, keys.member, others), threshold)
            assert _crypto.public_key(secret) == keys.mask_key
            for other in (one for one in advertised if one.member in masked):
                low, high = sorted((keys.member, other.member))
                agreed = _crypto.agree(secret, other.mask_key, other.member)
                mask = _crypto.derive(agreed, context.purpose(f"mask of {low} and {high}"))
                # The neighbour added it if its ordinal is the lower one.
                _crypto.add_mask(mask, -1 if other.member < keys.member else 1, total)
    return total.view(np.int32)


def numbered(revealed, owner, others):
    """Returns the shares of a member's secret by their numbers; a member that could not decrypt its share has revealed none."""
    return {others.index(one) + 1: shares_of[owner] for one, shares_of in revealed.items() if owner in shares_of}


def combined(shares, threshold):
    """Returns the secret of some shares by their numbers."""
    chosen = dict(sorted(shares.items())[:threshold])
    assert len(chosen) == threshold
    secret = np.zeros(16, dtype=np.uint16)
    for number, share in chosen.items():
        weight = 1
        for other in chosen:
            if other != number:
                weight = multiplied(weight, multiplied(other, inverse(other ^ number)))
        secret ^= np.array([multiplied(int(e), weight) for e in np.frombuffer(share, dtype="<u2")], dtype=np.uint16)
    return secret.astype("<u2").tobytes()


def multiplied(a, b):
    product = 0
    for bit in range(16):
        product ^= a if b >> bit & 1 else 0
        a = a << 1 ^ (0x1002B if a >> 15 else 0)
    return product


def inverse(a):
    """Returns a^(2^16 - 2)."""
    result = 1
    for _ in range(2**4 - 1):
        a = multiplied(a, a)
        result = multiplied(result, a)
    return result
