"""The golden vectors of secure aggregation: frames byte for byte, bad ones with fault and position, and whole cohorts."""

import dataclasses
import json
import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("cryptography")

from evenkeel import secagg, wire
from evenkeel.errors import WireError
from evenkeel.vector import Tensor

from .aggregating import unmasked

FOLDER = pathlib.Path(__file__).parents[2] / "vectors"
INDEX = json.loads((FOLDER / "index.json").read_text())


def advertised(entry):
    keys = [bytes.fromhex(entry[name]) for name in ("maskKey", "shareKey", "commitment")]
    proof = [bytes.fromhex(entry[name]) for name in ("identity", "certificate", "owner", "basis", "signature")]
    return secagg.SignedAdvertisement(secagg.Advertisement(entry["member"], *keys), *proof)


def encoded(entry):
    kind = entry["kind"]
    if kind == "secagg-keys":
        return secagg.encode_keys(advertised(entry))
    if kind == "secagg-cohort":
        return secagg.CohortKeys(entry["threshold"], tuple(map(advertised, entry["members"]))).encode()
    if kind == "secagg-shares":
        return secagg.encode_shares({one["member"]: bytes.fromhex(one["data"]) for one in entry["shares"]})
    if kind == "secagg-masked":
        words = np.array(entry["words"], dtype=np.int32)
        digests = int(entry["previous"], 16), int(entry["messageDigest"], 16)
        return secagg.MaskedVector(entry["sequence"], *digests, words).encode()
    if kind == "secagg-included":
        return secagg.encode_included(entry["members"])
    shares = {
        what: {s["member"]: bytes.fromhex(s["share"]) for s in entry["shares"] if s["secret"] == what} for what in ("seed", "key")
    }
    return secagg.encode_reveal(secagg.Reveal(0, shares["seed"], shares["key"]))


def recoded(kind, data, words=5):
    return {
        "secagg-keys": lambda: secagg.encode_keys(secagg.decode_keys(data)),
        "secagg-cohort": lambda: secagg.CohortKeys.decode(data).encode(),
        "secagg-shares": lambda: secagg.encode_shares(secagg.decode_shares(data)),
        "secagg-masked": lambda: secagg.MaskedVector.decode(data, words).encode(),
        "secagg-included": lambda: secagg.encode_included(secagg.decode_included(data)),
        "secagg-reveal": lambda: secagg.encode_reveal(secagg.decode_reveal(data, 0)),
    }[kind]()


def entries(quality):
    return [pytest.param(entry, id=entry["file"]) for entry in INDEX[quality] if entry["kind"].startswith("secagg-")]


@pytest.mark.parametrize("entry", entries("good"))
def test_frames_are_written_and_read_as_the_vectors_say(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    assert encoded(entry) == data
    assert recoded(entry["kind"], data) == data
    assert wire.digest_text(wire.digest(data)) == entry["digest"]
    for length in range(len(data)):
        with pytest.raises(WireError) as refusal:
            recoded(entry["kind"], data[:length])
        assert (refusal.value.fault.name, refusal.value.position) == ("TRUNCATED", length)


@pytest.mark.parametrize("entry", entries("bad"))
def test_bad_frames_are_refused_with_fault_and_position(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    with pytest.raises(WireError) as refusal:
        recoded(entry["kind"], data, entry["limits"]["dimension"])
    assert (refusal.value.fault.name, refusal.value.position) == (entry["fault"], entry["position"]), refusal.value


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_changed_bytes_are_refused_or_are_the_only_encoding_of_their_content(data):
    entry = data.draw(st.sampled_from([entry for entry in INDEX["good"] if entry["kind"].startswith("secagg-")]))
    frame = bytearray((FOLDER / entry["file"]).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        frame[data.draw(st.integers(0, len(frame) - 5))] = data.draw(st.integers(0, 255))
    sealed = bytes(frame[:-4]) + wire.crc32c(frame[:-4]).to_bytes(4, "little")
    try:
        assert recoded(entry["kind"], sealed) == sealed
    except WireError as refusal:
        assert 0 <= refusal.position <= len(sealed)


class Replayed:
    """Returns given bytes in order."""

    def __init__(self, data):
        self._data = data

    def __call__(self, count):
        drawn, self._data = self._data[:count], self._data[count:]
        return drawn


def plan(fields):
    tensors = tuple(Tensor(one["name"], tuple(one["shape"])) for one in fields["tensors"])
    owners = tuple(map(bytes.fromhex, fields["owners"]))
    privacy = secagg.CohortPrivacy(**{"epsilon": None, **fields["privacy"]}) if "privacy" in fields else None
    return secagg.CohortPlan(**{"downlink": None, **fields, "tensors": tensors, "owners": owners, "privacy": privacy})


@pytest.mark.parametrize("entry", INDEX["bases"], ids=lambda entry: entry["about"])
def test_model_and_plan_have_the_digest_of_the_vectors(entry):
    model = np.frombuffer(bytes.fromhex(entry["model"]), dtype="<f4")
    assert secagg.cohort_basis(plan(entry["plan"]), model).hex() == entry["basis"]
    assert secagg.cohort_basis(plan(entry["plan"]), model.astype(np.float64)).hex() == entry["basis"]


def test_every_field_of_the_plan_and_every_bit_of_the_model_is_in_the_digest():
    entry = next(entry for entry in INDEX["bases"] if "privacy" in entry["plan"])
    model = np.frombuffer(bytes.fromhex(entry["model"]), dtype="<f4")
    true = plan(entry["plan"])
    others = {
        "tensors": true.tensors[:1], "algorithm": "a", "feedback": "a", "eta": "a", "horizon": 1, "compressor": "a", "downlink": None,
        "seed": 1, "owners": true.owners[:1], "dropout": 0.01, "collusion": 0.01, "rebase_every": 2, "exponent": -1, "min_members": 4,
        "max_members": 5, "privacy": None,
    }  # fmt: skip
    assert set(others) == {field.name for field in dataclasses.fields(true)}
    plans = [dataclasses.replace(true, **{name: value}) for name, value in others.items()]
    for name, value in {"mechanism": "a", "delta": 1e-5, "epsilon": 2.0}.items():
        plans.append(dataclasses.replace(true, privacy=dataclasses.replace(true.privacy, **{name: value})))
    plans.append(dataclasses.replace(true, tensors=(Tensor("other", (2, 2)), *true.tensors[1:])))
    plans.append(dataclasses.replace(true, tensors=(Tensor(true.tensors[0].name, (4,)), *true.tensors[1:])))
    digests = {secagg.cohort_basis(each, model) for each in [true, *plans]}
    for j in range(model.size):
        changed = model.copy()
        changed[j : j + 1].view(np.uint32)[0] ^= 1
        digests.add(secagg.cohort_basis(true, changed))
    assert len(digests) == 1 + len(plans) + model.size


@pytest.mark.parametrize("cohort", INDEX["cohorts"], ids=lambda c: c["about"])
def test_devices_of_a_cohort_send_the_frames_of_the_vectors(cohort):
    context = secagg.CohortContext(cohort["run"], cohort["round"], cohort["attempt"], bytes.fromhex(cohort["basis"]))
    owner = secagg.OwnerKey(bytes.fromhex(cohort["owner"]))
    keys, masked, reveals = {}, {}, {}
    for entry in cohort["members"]:
        member, frames = entry["member"], {name: bytes.fromhex(v) for name, v in entry.items() if isinstance(v, str)}
        public = secagg.OwnerKey(frames["identity"]).public
        identity = secagg.DeviceIdentity(frames["identity"], public, owner.public, owner.certify(public))
        device = secagg.SecAggDevice(context, member, Replayed(frames["random"]))
        keys[member] = device.advertisement()
        signed = identity.sign(keys[member], context)
        assert secagg.encode_keys(signed) == frames["keys"]
        told = secagg.CohortKeys.decode(frames["cohort"])
        assert (len(told.members), told.threshold) == (len(cohort["members"]), cohort["threshold"])
        assert signed in told.members
        for other in told.members:
            if other != signed:
                identity.verify(other, context)
        shares = device.share(told.neighbours_of(member), told.threshold)
        assert secagg.encode_shares({share.receiver: share.data for share in shares}) == frames["sharesOut"]
        if "masked" not in frames:
            continue
        received = secagg.decode_shares(frames["sharesIn"])
        words = np.array(entry["words"], dtype=np.int32)
        device.mask(words, [secagg.EncryptedShares(sender, member, data) for sender, data in received.items()])
        masked[member] = words
        assert secagg.MaskedVector(1, 0, 7, words).encode() == frames["masked"]
        reveals[member] = device.reveal(secagg.decode_included(frames["included"]))
        assert secagg.encode_reveal(reveals[member]) == frames["reveal"]
    assert unmasked(context, list(keys.values()), masked, list(reveals.values()), cohort["threshold"]).tolist() == cohort["sum"]
