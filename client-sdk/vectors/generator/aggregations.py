"""Frames of secure aggregation, and whole cohorts of four devices. Every draw is fixed, so the bytes of all devices are too."""

import dataclasses
import hashlib
import struct

import numpy as np

from evenkeel import secagg
from evenkeel.vector import Tensor

from .build import patched, sealed
from .collect import bases, cohorts, good, refuse, store

ORDINALS = [0, 3, 4, 250]
THRESHOLD = 2


class Drawn:
    """Bytes derived from a name."""

    def __init__(self, name):
        self.name = name
        self.all = b""

    def __call__(self, count):
        drawn = hashlib.shake_256(f"{self.name} {len(self.all)}".encode()).digest(count)
        self.all += drawn
        return drawn


OWNER = secagg.OwnerKey(hashlib.sha256(b"owner").digest())


PLAN = secagg.CohortPlan((Tensor("w", (2, 3)),), "ef21-norm", "ef21", "constant:1.0", 40, "identity", None, 7, (OWNER.public,),
                         0.1, 0.05, 100, -24, 3, 100)
PRIVATE = secagg.CohortPlan((Tensor("größe", (2, 2)), Tensor("b", ()), Tensor("c", (1,))), "ef21-momentum", "ef21-momentum", "power:0.5",
                            2**31 - 1, "rand-k:0.1", "top-k:0.05+bf16", -3, (OWNER.public, bytes(range(32))), 0.0, 1 / 3, 1, 0, 5, 1000,
                            secagg.CohortPrivacy("l2:1.0:0.7", 1e-6, 2.5))
MODEL = np.array([0.0, -0.0, 1.5, -(2.0**-149), 3.4028234663852886e38, 0.1], dtype=np.float32)
CONTEXT = secagg.CohortContext("digits-7", 12, 3, secagg.cohort_basis(PLAN, MODEL))


def identity(ordinal):
    private = hashlib.sha256(b"identity %d" % ordinal).digest()
    public = secagg.OwnerKey(private).public
    return secagg.DeviceIdentity(private, public, OWNER.public, OWNER.certify(public))


def advertised(signed):
    keys = signed.advertisement
    fields = {"maskKey": keys.mask_key, "shareKey": keys.share_key, "commitment": keys.commitment, "identity": signed.identity,
              "certificate": signed.certificate, "owner": signed.owner, "basis": signed.basis, "signature": signed.signature}
    return {"member": keys.member, **{name: value.hex() for name, value in fields.items()}}


def add_frame(kind, name, about, data, **content):
    good.append({"kind": "secagg-" + kind, **store("secagg-" + name, data), "about": about, **content})


def vector(ordinal, count):
    words = [int.from_bytes(hashlib.sha256(b"word %d %d" % (ordinal, j)).digest()[:4], "little", signed=True) % 2**20 for j in range(count)]
    return [*words, 65536 + ordinal, 1]


class Cohort:
    """Four devices, some of which drop out before they mask."""

    def __init__(self, gone, count):
        draws = {i: Drawn(f"device {i}") for i in ORDINALS}
        devices = {i: secagg.SecAggDevice(CONTEXT, i, draws[i]) for i in ORDINALS}
        self.signed = {i: identity(i).sign(device.advertisement(), CONTEXT) for i, device in devices.items()}
        self.shares = {i: {share.receiver: share for share in device.share([self.signed[j].advertisement for j in ORDINALS if j != i], THRESHOLD)}
                       for i, device in devices.items()}
        self.random = {i: draw.all.hex() for i, draw in draws.items()}
        self.clear = {i: vector(i, count) for i in ORDINALS}
        self.included = [i for i in ORDINALS if i not in gone]
        self.masked, self.reveals = {}, {}
        for i in self.included:
            words = np.array(self.clear[i], dtype=np.int32)
            devices[i].mask(words, [self.shares[j][i] for j in ORDINALS if j != i])
            self.masked[i] = words
            self.reveals[i] = devices[i].reveal(set(self.included))
        total = sum(np.array(self.clear[i], dtype=np.int64) for i in self.included)
        self.sum = ((total + 2**31) % 2**32 - 2**31).tolist()

    def frames(self, i):
        others = [j for j in ORDINALS if j != i]
        frames = {
            "identity": identity(i).private.hex(),
            "random": self.random[i],
            "words": self.clear[i],
            "keys": secagg.encode_keys(self.signed[i]).hex(),
            "cohort": self.keys().encode().hex(),
            "sharesOut": secagg.encode_shares({j: self.shares[i][j].data for j in others}).hex(),
            "sharesIn": secagg.encode_shares({j: self.shares[j][i].data for j in others}).hex(),
        }
        if i in self.included:
            frames["masked"] = secagg.MaskedVector(1, 0, 7, self.masked[i]).encode().hex()
            frames["included"] = secagg.encode_included(self.included).hex()
            frames["reveal"] = secagg.encode_reveal(self.reveals[i]).hex()
        return {"member": i, **frames}

    def keys(self):
        return secagg.CohortKeys(THRESHOLD, tuple(self.signed.values()))

    def described(self, about):
        return {"about": about, "run": CONTEXT.run, "round": CONTEXT.round, "attempt": CONTEXT.attempt, "basis": CONTEXT.basis.hex(), "owner": OWNER.private.hex(),
                "threshold": THRESHOLD, "members": [self.frames(i) for i in ORDINALS], "sum": self.sum}


def add_basis(about, plan, model):
    fields = dataclasses.asdict(plan, dict_factory=lambda entries: {name: value for name, value in entries if value is not None})
    fields["owners"] = [owner.hex() for owner in plan.owners]
    bases.append({"about": about, "plan": fields, "model": model.astype("<f4").tobytes().hex(), "basis": secagg.cohort_basis(plan, model).hex()})


def add():
    add_basis("a plan without downlink and privacy", PLAN, MODEL)
    add_basis("a lossy downlink, privacy with a budget, two owners, a tensor without axes", PRIVATE, MODEL)
    unlimited = dataclasses.replace(PRIVATE, privacy=dataclasses.replace(PRIVATE.privacy, epsilon=None))
    add_basis("privacy without a budget", unlimited, MODEL)
    whole, dropped = Cohort([], 6), Cohort([3], 6)
    cohorts.append(whole.described("all members are in the sum"))
    cohorts.append(dropped.described("a member drops out after it has shared its secrets"))
    own = whole.signed[250]
    keys = secagg.encode_keys(own)
    add_frame("keys", "keys", "a device's advertisement", keys, **advertised(own))
    cohort = whole.keys().encode()
    add_frame("cohort", "cohort", "a cohort of four", cohort, threshold=THRESHOLD, members=[advertised(one) for one in whole.signed.values()])
    shares = secagg.encode_shares({i: whole.shares[250][i].data for i in ORDINALS[:3]})
    add_frame("shares", "shares", "shares for three members", shares,
              shares=[{"member": i, "data": whole.shares[250][i].data.hex()} for i in ORDINALS[:3]])
    add_frame("shares", "shares-none", "no shares, which the format allows but the protocol does not", secagg.encode_shares({}), shares=[])
    edge = np.array([0, 1, -1, 2**31 - 1, -(2**31)], dtype=np.int32)
    masked = secagg.MaskedVector(2**40, 0x8899AABBCCDDEEFF, 0x0123456789ABCDEF, edge).encode()
    add_frame("masked", "masked", "the smallest and the largest word, a long chain", masked, sequence=2**40, previous="8899aabbccddeeff",
              messageDigest="0123456789abcdef", words=edge.tolist())
    included = secagg.encode_included([0, 4, 2**31 - 1])
    add_frame("included", "included", "three members, one with the largest ordinal", included, members=[0, 4, 2**31 - 1])
    reveal = secagg.encode_reveal(dropped.reveals[0])
    shown = {**{i: ("seed", s) for i, s in dropped.reveals[0].seed_shares.items()},
             **{i: ("key", s) for i, s in dropped.reveals[0].key_shares.items()}}
    add_frame("reveal", "reveal", "shares of the seeds of two members and of the key of one that dropped out", reveal,
              shares=[{"member": i, "secret": shown[i][0], "share": shown[i][1].hex()} for i in sorted(shown)])
    _add_bad(keys, cohort, shares, masked, included, reveal)
    _add_backups()


def _add_backups():
    key, nonce = bytes(range(32)), bytes(range(100, 112))
    g, m = np.array([0.5, -1.25, 0.0]), np.array([2.0**-40, 3.0, -0.0])
    for method, vectors in (("ef21", (g,)), ("ef21-momentum", (g, m))):
        backup = secagg.StateBackup(2**33 + 5, 0x8899AABBCCDDEEFF, 12, method, 3, vectors)
        data = backup.encrypt(key, "digits-7", "0123456789ab", nonce)
        good.append({"kind": "backup", **store("backup-" + method, data), "about": f"a device's encrypted copy of its state with {method}",
                     "key": key.hex(), "nonce": nonce.hex(), "run": "digits-7", "client": "0123456789ab", "sequence": 2**33 + 5,
                     "head": "8899aabbccddeeff", "lastRound": 12, "method": method, "dimension": 3,
                     "vectors": [vector.tolist() for vector in vectors]})


def _add_bad(keys, cohort, shares, masked, included, reveal):
    def bad(kind, name, about, data, fault, position):
        refuse("secagg-" + kind, "secagg-" + name, about, data, fault, position, 5)

    bad("keys", "empty", "no byte at all", b"", "TRUNCATED", 0)
    bad("keys", "json", "JSON", b'{"member": 250}', "WRONG_MAGIC", 0)
    bad("keys", "message", "a message where an advertisement belongs", patched(keys, 1, b"M"), "WRONG_MAGIC", 1)
    bad("keys", "version", "a version of the future", patched(keys, 2, b"\x02"), "UNSUPPORTED_VERSION", 2)
    bad("keys", "flags", "a flag that version 1 does not have", patched(keys, 3, b"\x01"), "NOT_CANONICAL", 3)
    bad("keys", "kind", "the frame of another step", shares, "WRONG_MAGIC", 4)
    bad("shares", "kind-7", "a kind that version 1 does not have", patched(shares, 4, b"\x07"), "WRONG_MAGIC", 4)
    bad("keys", "cut-kind", "cut before the kind", keys[:4], "TRUNCATED", 4)
    bad("keys", "cut", "the last byte is missing", keys[:-1], "TRUNCATED", len(keys) - 1)
    bad("keys", "trailing", "one byte too many", keys + b"\0", "TRAILING_BYTES", len(keys))
    bad("keys", "bit", "one bit of a key is flipped", patched(keys, 20, bytes([keys[20] ^ 4]), False), "CORRUPTED", len(keys) - 4)
    bad("keys", "member", "an ordinal of 2^31", patched(keys, 5, struct.pack("<I", 2**31)), "INVALID_VALUE", 5)
    one = 324
    bad("cohort", "cohort-cut", "cut within the second advertisement", cohort[: 9 + one + 100], "TRUNCATED", 9 + one + 100)
    bad("cohort", "cohort-claims", "65,535 members in 13 bytes", sealed(cohort[:5] + b"\xff\xff\x02\x00"), "TRUNCATED", 13)
    bad("cohort", "cohort-member", "an ordinal of 2^31", patched(cohort, 9, struct.pack("<I", 2**31)), "INVALID_VALUE", 9)
    bad("cohort", "cohort-twice", "a member twice", patched(cohort, 9 + one, struct.pack("<I", 0)), "NOT_CANONICAL", 9 + one)
    bad("cohort", "cohort-order", "members out of order", patched(cohort, 9 + 2 * one, struct.pack("<I", 2)), "NOT_CANONICAL", 9 + 2 * one)
    bad("shares", "shares-claims", "65,535 shares in 11 bytes", sealed(shares[:5] + b"\xff\xff"), "TRUNCATED", 11)
    bad("shares", "shares-twice", "a member twice", patched(shares, 7 + 84, struct.pack("<I", 0)), "NOT_CANONICAL", 7 + 84)
    bad("shares", "shares-trailing", "a count that is too small", patched(shares, 5, b"\x02\x00"), "TRAILING_BYTES", 7 + 2 * 84 + 4)
    bad("masked", "masked-sequence", "a sequence of 0", patched(masked, 5, bytes(8)), "INVALID_VALUE", 5)
    bad("masked", "masked-negative", "a negative sequence", patched(masked, 12, b"\x80"), "INVALID_VALUE", 5)
    bad("masked", "masked-claims", "2^32 - 1 words in 37 bytes", sealed(masked[:29] + b"\xff\xff\xff\xff"), "WRONG_DIMENSION", 29)
    bad("masked", "masked-cut", "cut within the words", masked[:40], "TRUNCATED", 40)
    bad("included", "included-order", "members out of order", patched(included, 11, struct.pack("<I", 0)), "NOT_CANONICAL", 11)
    bad("included", "included-member", "an ordinal of 2^31", patched(included, 15, struct.pack("<I", 2**31)), "INVALID_VALUE", 15)
    bad("reveal", "reveal-secret", "a share of neither secret", patched(reveal, 11, b"\x02"), "NOT_CANONICAL", 11)
    both = patched(reveal, 7 + 37, struct.pack("<IB", 3, 1))
    bad("reveal", "reveal-both", "both secrets of a member", patched(both, 7, struct.pack("<IB", 3, 0)), "NOT_CANONICAL", 7 + 37)
