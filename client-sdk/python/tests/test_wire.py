"""Tests the codecs with damaged and random bytes, and with their own output."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenkeel import compress, wire
from evenkeel.errors import WireError

from .test_vectors import FOLDER, INDEX

EXAMPLES = settings(deadline=None, max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))
GOOD = [(entry, (FOLDER / entry["file"]).read_bytes()) for entry in INDEX["good"]]
FRAMES = [
    (entry["vector"]["dimension"], data)
    for entry, data in GOOD
    if entry["kind"] == "frame" and entry["vector"]["dimension"] < 10**6
]


def resealed(data):
    return data[:-4] + wire.crc32c(data[:-4]).to_bytes(4, "little")


@EXAMPLES
@given(st.sampled_from(FRAMES), st.data())
def test_damaged_frames_are_refused_or_read_whole(frame, choice):
    dimension, data = frame
    damaged = bytearray(data)
    for _ in range(choice.draw(st.integers(1, 4))):
        damaged[choice.draw(st.integers(3, len(data) - 5))] = choice.draw(st.integers(0, 255))
    cut = choice.draw(st.integers(0, 8))
    damaged = resealed(bytes(damaged[: len(data) - cut] + bytes(choice.draw(st.integers(0, 2)))))
    try:
        vector = wire.decode_frame(damaged, wire.Limits(dimension))
    except WireError as refusal:
        assert 0 <= refusal.position <= len(damaged)
        return
    assert np.isfinite(vector.values).all()
    assert (
        wire.decode_frame(wire.encode_frame(vector), wire.Limits(dimension)).to_dense().tobytes() == vector.to_dense().tobytes()
    )


@EXAMPLES
@given(st.binary(max_size=200), st.sampled_from([b"\xe7F\x01\x00", b"\xe7M\x01", b"\xe7U\x01", b"\xe7R\x01", b""]))
def test_any_bytes_are_refused_with_a_wire_error(tail, head):
    for data in (head + tail, resealed(head + tail + bytes(4))):
        for decode in (
            lambda: wire.decode_frame(data, wire.Limits(9)),
            lambda: wire.Message.decode(data, wire.Limits(9)),
            lambda: list(wire.decode_updates(data, wire.Limits(9))),
            lambda: wire.Replica.decode(data, 9),
        ):
            try:
                decode()
            except WireError as refusal:
                assert 0 <= refusal.position <= len(data)


@EXAMPLES
@given(st.integers(1, 5000), st.integers(0, 10**6), st.sampled_from(list(compress.ValueCoding)), st.floats(0, 1))
def test_frames_are_read_back_with_the_same_bits(dimension, seed, coding, share):
    random = np.random.default_rng(seed)
    listed = np.flatnonzero(random.random(dimension) < share**3)
    values = coding.rounded(random.standard_normal(listed.size) * 10.0 ** random.integers(-40, 30, listed.size))
    vector = compress.CompressedVector(compress.Listed(dimension, listed), coding, values)
    decoded = wire.decode_frame(wire.encode_frame(vector), wire.Limits(dimension))
    assert decoded.indices.tolist() == listed.tolist()
    assert decoded.values.tobytes() == values.tobytes()


@pytest.mark.parametrize("coding", list(compress.ValueCoding)[2:], ids=lambda coding: coding.text)
def test_a_value_its_coding_cannot_carry_is_refused_with_its_coordinate(coding):
    values = np.array([1.0, 1.0, 0.8123456789012345])
    vector = compress.CompressedVector(compress.Listed(9, [2, 4, 7]), coding, values)
    with pytest.raises(ValueError, match="coordinate 7"):
        wire.encode_frame(vector)


@EXAMPLES
@given(st.binary(max_size=300), st.integers(0, 300))
def test_crc_of_pieces_is_that_of_the_definition(data, cut):
    crc = 0xFFFFFFFF
    for byte in data[:cut]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    assert wire.crc32c(data[:cut]) == crc ^ 0xFFFFFFFF


def test_crc_of_long_inputs_depends_on_every_byte():
    assert wire.crc32c(b"123456789") == 0xE3069283
    data = np.random.default_rng(1).integers(0, 256, 300_001, dtype=np.uint8).tobytes()
    for at in (0, 1, 65_535, 65_536, 131_072, 299_999, 300_000):
        changed = bytearray(data)
        changed[at] ^= 1
        assert wire.crc32c(bytes(changed)) != wire.crc32c(data)
