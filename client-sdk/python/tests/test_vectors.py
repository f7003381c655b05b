"""The golden vectors of client-sdk/vectors: every good one byte for byte, every bad one with its fault and position."""

import json
import pathlib

import numpy as np
import pytest

from evenkeel import compress, wire
from evenkeel.errors import WireError

FOLDER = pathlib.Path(__file__).parents[2] / "vectors"
INDEX = json.loads((FOLDER / "index.json").read_text())


def vector_of(description):
    dimension, support = description["dimension"], description["support"]
    made = {
        "all": lambda: compress.All(dimension),
        "listed": lambda: compress.Listed(dimension, support["indices"]),
        "seeded": lambda: compress.Seeded(dimension, support["count"], int(support["seed"], 16)),
        "blocks": lambda: compress.Blocks(dimension, support["length"], support["blocks"]),
    }[support["type"]]()
    values = np.array(description["values"], dtype=np.float64)
    return compress.CompressedVector(made, compress.ValueCoding.parse(description["coding"]), values)


def same(one, other):
    assert type(one.support) is type(other.support)
    assert one.coding is other.coding
    assert one.dimension == other.dimension
    assert one.indices.tolist() == other.indices.tolist()
    assert one.values.tobytes() == other.values.tobytes()


def named(kind, quality):
    return [pytest.param(entry, id=entry["file"]) for entry in INDEX[quality] if entry["kind"] == kind]


@pytest.mark.parametrize("entry", named("frame", "good"))
def test_frame_is_written_and_read_as_the_vector_says(entry):
    vector, data = vector_of(entry["vector"]), (FOLDER / entry["file"]).read_bytes()
    assert wire.encode_frame(vector) == data
    same(wire.decode_frame(data, wire.Limits(vector.dimension)), vector)
    assert wire.digest_text(wire.digest(data)) == entry["digest"]


@pytest.mark.parametrize("entry", named("message", "good"))
def test_message_is_written_and_read_as_the_vector_says(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    report = wire.Report(
        entry["samples"], entry.get("loss"), entry.get("gradientNorm"), entry.get("smoothness"), entry.get("metrics", {})
    )
    message = wire.Message(entry["sequence"], int(entry["previous"], 16), report, vector_of(entry["vector"]))
    assert message.encode() == data
    decoded = wire.Message.decode(data, wire.Limits(message.delta.dimension))
    assert (decoded.sequence, decoded.previous, decoded.report) == (message.sequence, message.previous, report)
    same(decoded.delta, message.delta)


@pytest.mark.parametrize("entry", named("updates", "good"))
def test_updates_are_written_and_read_as_the_vector_says(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    updates = [
        wire.RoundUpdate(u["round"], u["retained"], u["factor"], tuple(u["divisors"]), vector_of(u["changes"]))
        for u in entry["updates"]
    ]
    assert b"".join(update.encode() for update in updates) == data
    decoded = list(wire.decode_updates(data, wire.Limits(updates[0].changes.dimension)))
    assert b"".join(update.encode() for update in decoded) == data
    assert [u.round for u in decoded] == [u.round for u in updates]


@pytest.mark.parametrize("entry", named("deltas", "good"))
def test_deltas_are_written_and_read_as_the_vector_says(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    deltas = [wire.ModelDelta(d["round"], vector_of(d["vector"])) for d in entry["deltas"]]
    assert b"".join(delta.encode() for delta in deltas) == data
    decoded = list(wire.decode_deltas(data, wire.Limits(deltas[0].vector.dimension)))
    assert [d.round for d in decoded] == [d.round for d in deltas]
    for one, other in zip(decoded, deltas):
        same(one.vector, other.vector)


@pytest.mark.parametrize("entry", named("replica", "good"))
def test_replica_is_written_and_read_as_the_vector_says(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    x, total = np.array(entry["x"], dtype=np.float64), np.array(entry["sum"], dtype=np.float64)
    assert wire.Replica(entry["round"], x, total).encode() == data
    decoded = wire.Replica.decode(data, x.size)
    assert (decoded.round, decoded.x.tobytes(), decoded.total.tobytes()) == (entry["round"], x.tobytes(), total.tobytes())


@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=entry["file"]) for entry in INDEX["bad"] if not entry["kind"].startswith("secagg-")]
)
def test_bad_bytes_are_refused_with_fault_and_position(entry):
    data, given = (FOLDER / entry["file"]).read_bytes(), entry["limits"]
    limits = wire.Limits(given["dimension"], given["maxCount"], given["maxBytes"])
    decode = {
        "frame": lambda: wire.decode_frame(data, limits),
        "message": lambda: wire.Message.decode(data, limits),
        "updates": lambda: list(wire.decode_updates(data, limits)),
        "deltas": lambda: list(wire.decode_deltas(data, limits)),
        "replica": lambda: wire.Replica.decode(data, limits.dimension),
    }[entry["kind"]]
    with pytest.raises(WireError) as refusal:
        decode()
    assert (refusal.value.fault.name, refusal.value.position) == (entry["fault"], entry["position"]), refusal.value


@pytest.mark.parametrize("entry", INDEX["seeded"], ids=lambda e: f"{e['count']}-of-{e['dimension']}")
def test_seed_draws_the_same_support(entry):
    drawn = compress.Seeded(entry["dimension"], entry["count"], int(entry["seed"], 16))
    assert drawn.indices.tolist() == entry["indices"]
