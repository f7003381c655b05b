"""Vectors on a device give the same messages as numpy: torch's operations on the CPU, and on a GPU if there is one."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from evenkeel import feedback  # noqa: E402
from evenkeel.compress import parse  # noqa: E402
from evenkeel.torch._memory import DeviceMemory, add_on_device, compress_on_device  # noqa: E402
from evenkeel.vector import Tensor, TensorLayout  # noqa: E402
from evenkeel.wire import encode_frame  # noqa: E402

LAYOUT = TensorLayout([Tensor("a", (5, 4)), Tensor("b", (30,))])
CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU with CUDA")
DEVICES = ["cpu", pytest.param("cuda", marks=CUDA)]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("method", list(feedback.METHODS))
@pytest.mark.parametrize(
    "text", ["top-k:0.1", "top-k:49", "layer-top-k:3+bf16", "identity+natural", "rand-k:5", "threshold:0.7", "block-top-k:4:0.3"]
)
def test_messages_are_the_same_bytes(device: str, method: str, text: str) -> None:
    compressor = parse(text).bind(LAYOUT)
    memory = DeviceMemory(torch.device(device), method, compressor)
    reference = feedback.start(method, LAYOUT.dimension)
    rng = np.random.default_rng(7)
    for round in range(5):
        # Few distinct values, so that ties and zeros occur.
        gradient = np.round(rng.normal(size=LAYOUT.dimension), 1).astype(np.float32)
        model = np.round(rng.normal(size=LAYOUT.dimension), 1)
        on_device = torch.from_numpy(model).to(device)
        assert np.array_equal(memory.point(on_device, 0.3).cpu().numpy(), reference.point(model, 0.3))
        before = memory.second_point
        assert (before is None) == (reference.second_point is None)
        second = None if before is None else gradient + reference.second_point
        twin = None if second is None else torch.from_numpy(second).to(device)
        staged = memory.stage(torch.from_numpy(gradient).to(device), 0.3, round, model=on_device, second=twin)
        expected = reference.stage(gradient, compressor, eta=0.3, seed=round, model=model, second=second)
        assert encode_frame(memory.delta(staged)) == encode_frame(expected.delta)
        memory.commit(staged)
        reference.commit(expected)
        for found, wanted in zip(memory.vectors(), reference.vectors, strict=True):
            assert np.array_equal(found.cpu().numpy(), wanted)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("weight", [1.0, -1.0, 0.3])
@pytest.mark.parametrize("text", ["top-k:0.3", "identity", "rand-k:7"])
def test_sums_are_the_same_bits(device: str, weight: float, text: str) -> None:
    rng = np.random.default_rng(3)
    delta = parse(text).bind(LAYOUT).compress(rng.normal(size=LAYOUT.dimension), None, 5)
    expected = rng.normal(size=LAYOUT.dimension)
    found = torch.from_numpy(expected.copy()).to(device)
    add_on_device(found, delta, weight)
    delta.add_to(expected, weight)
    assert np.array_equal(found.cpu().numpy(), expected)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("scale", [1e-160, 1e160, 1e308])
def test_blocks_whose_norms_need_scaling_are_the_same(device: str, scale: float) -> None:
    compressor = parse("block-top-k:8:0.4").bind(LAYOUT)
    u = np.random.default_rng(5).normal(size=LAYOUT.dimension).clip(-1, 1) * scale
    found = compress_on_device(compressor, torch.from_numpy(u).to(device), 0)
    assert encode_frame(found) == encode_frame(compressor.compress(u))
