"""The DDP hook on real processes with gloo, compared with the same mathematics in one process."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import os
import unittest.mock
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402
import torch.multiprocessing as mp  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn.parallel import DistributedDataParallel  # noqa: E402

from evenkeel import compress, feedback  # noqa: E402
from evenkeel.errors import InvalidGradientError  # noqa: E402
from evenkeel.step import parse_schedule  # noqa: E402
from evenkeel.torch import (  # noqa: E402
    ErrorFeedbackState,
    ParameterLayout,
    StepOptimizer,
    _hook,
    error_feedback_hook,
)
from evenkeel.vector import derive_seed  # noqa: E402
from evenkeel.wire import encode_frame  # noqa: E402

ROUNDS = 12


def model() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(7, 6), nn.Tanh(), nn.Linear(6, 3))


def batch(rank: int, round: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1000 * rank + round)
    return torch.randn(8, 7, generator=generator), torch.randint(0, 3, (8,), generator=generator)


def in_processes(world: int, folder: Path, work: Callable[..., None], *arguments: Any) -> None:
    # From a server that has loaded PyTorch once, with the part that each optimizer loads.
    multiprocessing.set_forkserver_preload(["torch.distributed", "torch._dynamo"])
    mp.start_processes(_worker, (world, str(folder), work, arguments), nprocs=world, start_method="forkserver")


def _worker(rank: int, world: int, folder: str, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    if work is not receive:
        _hook.MIN_OWNERS = 4  # Needs fewer processes.
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=world)
    try:
        work(rank, world, Path(folder), *arguments)
    finally:
        dist.destroy_process_group()


def train(ddp: nn.Module, optimizer: torch.optim.Optimizer, rank: int, rounds: range) -> None:
    for round in rounds:
        inputs, labels = batch(rank, round)
        optimizer.zero_grad()
        nn.functional.cross_entropy(ddp(inputs), labels).backward()
        optimizer.step()


def hooked(settings: dict[str, Any], step: dict[str, Any], bucket_mb: float = 25) -> tuple[Any, Any, Any]:
    ddp = DistributedDataParallel(model(), bucket_cap_mb=bucket_mb)
    state = ErrorFeedbackState(ddp, rounds=ROUNDS, **settings)
    ddp.register_comm_hook(state, error_feedback_hook)
    return ddp, state, StepOptimizer(ddp.named_parameters(), rounds=ROUNDS, **step)


def save(rank: int, folder: Path, ddp: nn.Module, state: ErrorFeedbackState) -> None:
    parameters = ParameterLayout(ddp.named_parameters()).values(torch.float64)
    found = {"x": parameters, "bytes": state.bytes_sent, "received": state.bytes_received, "rounds": state.round}
    torch.save(found, folder / f"{rank}.pt")


def train_with_hook(rank: int, world: int, folder: Path, settings: dict[str, Any], step: dict[str, Any], mb: float) -> None:
    ddp, state, optimizer = hooked({**settings, "weight": rank + 1.0}, step, mb)
    train(ddp, optimizer, rank, range(ROUNDS))
    save(rank, folder, ddp, state)


def train_in_one_process(world: int, settings: dict[str, Any], step: dict[str, Any]) -> tuple[Any, list[int]]:
    """Computes the same run in one process: the memories of n workers and of n owners of blocks, one model."""
    net = model()
    parameters = ParameterLayout(net.named_parameters())
    compressor = compress.parse(settings["compressor"]).bind(parameters.layout)
    memories = [feedback.start(settings["feedback"], parameters.dimension) for _ in range(world)]
    owners = Owners(world, parameters.dimension, settings["feedback"], compressor) if world >= 4 else None
    total = np.zeros(parameters.dimension)
    optimizer = StepOptimizer(net.named_parameters(), rounds=ROUNDS, **step)
    eta = parse_schedule(settings.get("eta", "constant:1"))
    sizes = [0] * world
    for round in range(ROUNDS):
        if not memories[0].retains_sum:
            total[:] = 0
        staged = []
        for rank, memory in enumerate(memories):
            inputs, labels = batch(rank, round)
            net.zero_grad()
            nn.functional.cross_entropy(net(inputs), labels).backward()
            seed = derive_seed(derive_seed(settings.get("seed", 0), rank), round)
            message = memory.stage(parameters.gradient().numpy(), compressor, eta=eta.at(round, ROUNDS - 1), seed=seed)
            sizes[rank] += len(encode_frame(message.delta))
            staged.append(message)
        for rank, (memory, message) in enumerate(zip(memories, staged)):
            message.delta.add_to(total, (rank + 1.0) / sum(range(1, world + 1)))
            memory.commit(message)
        mean = torch.from_numpy(total if owners is None else owners.compress(total))
        for i, parameter in enumerate(parameters.parameters):
            parameter.grad = mean[parameters.layout.slice(i)].view(parameter.shape).to(torch.float32)
        optimizer.step()
    return parameters.values(torch.float64), sizes


class Owners:
    """The second compression, of the mean in the blocks of W owners; the same messages as the hook's if their values are float32."""

    def __init__(self, world: int, d: int, method: str, compressor: compress.Compressor) -> None:
        self.blocks = [slice(rank, None, world) for rank in range(world)]
        self.mean = np.zeros(d)
        sizes = [self.mean[block].size for block in self.blocks]
        self.compressors = [compress.parse(f"top-k:{-(-compressor.max_count // world)}").bind(size) for size in sizes]
        self.memories = [feedback.start({"ef21": "ef21"}.get(method, "ef14"), size) for size in sizes]

    def compress(self, mean: np.ndarray) -> np.ndarray:
        for block, memory, compressor in zip(self.blocks, self.memories, self.compressors):
            staged = memory.stage(mean[block].copy(), compressor)
            if not memory.retains_sum:
                self.mean[block] = 0
            self.mean[block] += staged.delta.to_dense()
            memory.commit(staged)
        return self.mean.copy()


def full(*case: Any) -> Any:
    return pytest.param(*case, marks=pytest.mark.full)


@pytest.mark.parametrize(
    ("world", "settings", "step", "mb"),
    [
        (4, {"compressor": "rand-k:9", "feedback": "ef21", "seed": 5}, {"rule": "layerwise-normalized"}, 1e-4),
        (2, {"compressor": "top-k:7+natural", "feedback": "ef21-momentum", "eta": "anytime:1:0.5"}, {"rule": "normalized"}, 25),
        full(2, {"compressor": "top-k:0.1", "feedback": "ef21"}, {"rule": "normalized", "gamma": "anytime:0.1:0.5"}, 25),
        (5, {"compressor": "layer-top-k:0.2", "feedback": "ef14"}, {"rule": "plain", "gamma": 0.1}, 25),
        full(2, {"compressor": "layer-top-k:0.2+bf16", "feedback": "ef14"}, {"rule": "accumulated-norm"}, 1e-4),
        (2, {"compressor": "top-k:0.1", "feedback": "ef14-decay", "eta": "constant:0.9"}, {"rule": "plain", "gamma": 0.1}, 25),
        full(2, {"compressor": "top-k:3", "feedback": "none"}, {"rule": "distance-over-gradients"}, 25),
    ],
)
def test_workers_compute_what_one_process_does(
    tmp_path: Path, world: int, settings: dict[str, Any], step: dict[str, Any], mb: float
) -> None:
    in_processes(world, tmp_path, train_with_hook, settings, step, mb)
    expected, sizes = train_in_one_process(world, settings, step)
    for rank in range(world):
        found = torch.load(tmp_path / f"{rank}.pt", weights_only=True)
        torch.testing.assert_close(found["x"], expected, rtol=1e-6, atol=1e-7)
        assert found["rounds"] == ROUNDS
        assert found["bytes"] == sizes[rank] or world >= 4
    first = torch.load(tmp_path / "0.pt", weights_only=True)["x"]
    assert all(torch.equal(torch.load(tmp_path / f"{rank}.pt", weights_only=True)["x"], first) for rank in range(world))


def train_plainly(rank: int, world: int, folder: Path) -> None:
    reference = DistributedDataParallel(model())
    train(reference, torch.optim.SGD(reference.parameters(), lr=0.3), rank, range(ROUNDS))
    ddp, state, optimizer = hooked({"compressor": "identity"}, {"rule": "plain", "gamma": 0.3}, 1e-4)
    train(ddp, optimizer, rank, range(ROUNDS))
    for a, b in zip(ddp.parameters(), reference.parameters()):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)
    assert state.bytes_sent > state.bytes_dense


def test_identity_with_plain_steps_is_ordinary_ddp_with_sgd(tmp_path: Path) -> None:
    in_processes(2, tmp_path, train_plainly)


def train_by_adam(rank: int, world: int, folder: Path) -> None:
    reference = model()
    expected = torch.optim.AdamW(reference.parameters(), lr=0.03, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.1)
    train(reference, expected, rank, range(ROUNDS))
    ddp = DistributedDataParallel(model())
    state = ErrorFeedbackState(ddp, compressor="identity", adam=(0.8, 0.9, 1e-6))
    ddp.register_comm_hook(state, error_feedback_hook)
    train(ddp, torch.optim.SGD(ddp.parameters(), lr=0.03, weight_decay=0.1), rank, range(ROUNDS))
    for a, b in zip(ddp.parameters(), reference.parameters()):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)
    assert state.bytes_received == 0


def test_adams_direction_and_sgd_are_adamw(tmp_path: Path) -> None:
    in_processes(1, tmp_path, train_by_adam)


MOMENTUM = {"compressor": "top-k:5", "feedback": "ef21-momentum", "eta": "anytime:1:0.5", "adam": (0.9, 0.95, 1e-8)}
ACCUMULATED = {"rule": "distance-over-gradients"}


def resume(rank: int, world: int, folder: Path) -> None:
    ddp, state, optimizer = hooked(MOMENTUM, ACCUMULATED)
    train(ddp, optimizer, rank, range(5))
    torch.save([ddp.module.state_dict(), state.state_dict(), optimizer.state_dict()], folder / f"saved{rank}.pt")
    train(ddp, optimizer, rank, range(5, ROUNDS))
    again, resumed, stepping = hooked(MOMENTUM, ACCUMULATED)
    weights, memory, steps = torch.load(folder / f"saved{rank}.pt", weights_only=True)
    again.module.load_state_dict(weights)
    resumed.load_state_dict(memory)
    stepping.load_state_dict(steps)
    train(again, stepping, rank, range(5, ROUNDS))
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), ddp.parameters()))
    assert (resumed.round, resumed.bytes_sent, resumed.bytes_received) == (state.round, state.bytes_sent, state.bytes_received)
    with pytest.raises(ValueError, match="the checkpoint's rank is"):
        resumed.load_state_dict({**memory, "rank": 1 - rank})
    before = [copy.deepcopy(vector) for vector in vectors_of(resumed)]
    with pytest.raises(ValueError, match=f"world_size is {world + 1}, expected {world}: .* restore only model and optimizer"):
        resumed.load_state_dict({**memory, "world_size": world + 1})
    assert all(torch.equal(a, b) for a, b in zip(before, vectors_of(resumed), strict=True))


@pytest.mark.parametrize("world", [2, 4])
def test_a_resumed_run_has_the_same_bits(tmp_path: Path, world: int) -> None:
    in_processes(world, tmp_path, resume)


def vectors_of(state: ErrorFeedbackState) -> list[torch.Tensor]:
    saved = state.state_dict()
    return [*saved["vectors"], *saved["block"], *saved["moments"]]


def fail_on_one(rank: int, world: int, folder: Path) -> None:
    ddp, state, optimizer = hooked({"compressor": "top-k:5", "adam": (0.9, 0.95, 1e-8)}, {"rule": "normalized"})
    train(ddp, optimizer, rank, range(2))
    before = [copy.deepcopy(vector) for vector in vectors_of(state)]
    inputs, labels = batch(rank, 2)
    if rank == 1:
        inputs[0, 0] = float("nan")
    wanted = "tensor '0.weight', is nan" if rank == 1 else r"workers \[1\] are not finite"
    with pytest.raises(InvalidGradientError, match=wanted):
        nn.functional.cross_entropy(ddp(inputs), labels).backward()
    assert all(torch.equal(a, b) for a, b in zip(before, vectors_of(state), strict=True))
    assert state.round == 2


@pytest.mark.parametrize("world", [2, 4])
def test_a_gradient_that_is_not_finite_stops_all_workers_and_changes_nothing(tmp_path: Path, world: int) -> None:
    in_processes(world, tmp_path, fail_on_one)


def resume_as(rank: int, world: int, folder: Path, earlier: str) -> None:
    ddp = DistributedDataParallel(model())
    state = ErrorFeedbackState(ddp, compressor="top-k:5", feedback=earlier)
    ddp.register_comm_hook(state, error_feedback_hook)
    train(ddp, torch.optim.SGD(ddp.parameters(), lr=0.1), rank, range(2))
    default = ErrorFeedbackState(ddp, compressor="top-k:5")
    with pytest.raises(ValueError, match="feedback is ef21, expected ef14: .* give ErrorFeedbackState feedback='ef21'"):
        default.load_state_dict(state.state_dict())
    assert default.round == 0 and not default.memory.vectors()[0].any()


def test_the_default_is_ef14_and_a_checkpoint_of_ef21_says_what_to_give(tmp_path: Path) -> None:
    assert ErrorFeedbackState(nn.Linear(2, 1)).feedback == "ef14"
    in_processes(1, tmp_path, resume_as, "ef21")


def resume_with_another_weight(rank: int, world: int, folder: Path) -> None:
    ddp = DistributedDataParallel(nn.Linear(4, 1))
    for method in ("ef21", "ef14"):
        saved = ErrorFeedbackState(ddp, compressor="identity", feedback=method, weight=1000).state_dict()
        other = ErrorFeedbackState(ddp, compressor="identity", feedback=method, weight=1500)
        if method == "ef14":
            other.load_state_dict(saved)
            continue
        with pytest.raises(ValueError, match="weight is 1000.0, expected 1500.0: .* give ErrorFeedbackState weight=1000.0"):
            other.load_state_dict(saved)


def test_a_sum_of_messages_with_another_weight_is_refused(tmp_path: Path) -> None:
    in_processes(1, tmp_path, resume_with_another_weight)


def train_with_scaler(rank: int, world: int, folder: Path) -> None:
    ddp = DistributedDataParallel(nn.Linear(4, 1, bias=False))
    scaler = torch.amp.GradScaler("cpu", init_scale=1024, growth_interval=1)
    state = ErrorFeedbackState(ddp, compressor="top-k:1", scaler=scaler)
    ddp.register_comm_hook(state, error_feedback_hook)
    optimizer = torch.optim.SGD(ddp.parameters(), lr=1)
    with torch.no_grad():
        ddp.module.weight.zero_()

    def step(inputs: list[float]) -> list[float]:
        optimizer.zero_grad()
        scaler.scale(ddp(torch.tensor([inputs], dtype=torch.float32)).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        return (-ddp.module.weight.detach()[0]).tolist()

    assert step([1, 2, 3, 4]) == [0, 0, 0, 4]
    assert scaler.get_scale() == 2048
    assert step([1, 2, 3, 4]) == [0, 0, 6, 4]
    memory = state.memory.vectors()[0].clone()
    # Only the second worker's gradient is too large, and both skip the step.
    assert step([1, 2, 3, 4 if rank == 0 else float("inf")]) == [0, 0, 6, 4]
    assert scaler.get_scale() == 2048 and state.round == 2
    assert torch.equal(state.memory.vectors()[0], memory)
    assert step([1, 2, 3, 4]) == [0, 0, 6, 12]


def test_a_scaled_loss_leaves_the_memory_unscaled(tmp_path: Path) -> None:
    in_processes(2, tmp_path, train_with_scaler)


def end_before_the_group(rank: int, world: int, folder: Path) -> None:
    exchanged: list[weakref.ref[torch.Tensor]] = []
    all_gather, all_to_all = dist.all_gather, dist.all_to_all_single

    def gathered(tensors: list[torch.Tensor], tensor: torch.Tensor, group: Any) -> None:
        exchanged.extend(weakref.ref(each) for each in (tensor, *tensors))
        all_gather(tensors, tensor, group=group)

    def scattered(output: torch.Tensor, tensor: torch.Tensor, *sizes: Any, group: Any) -> None:
        exchanged.extend(map(weakref.ref, (output, tensor)))
        all_to_all(output, tensor, *sizes, group=group)

    with (
        unittest.mock.patch("torch.distributed.all_gather", gathered),
        unittest.mock.patch("torch.distributed.all_to_all_single", scattered),
    ):
        ddp, state, optimizer = hooked({"compressor": "top-k:0.2"}, {})
        train(ddp, optimizer, rank, range(1))
        del ddp, state, optimizer
        gc.collect()
    # A thread of gloo that were their last owner would need the GIL, while destroy_process_group waits for that thread.
    assert len(exchanged) == (9 if world == 2 else 19) and all(each() is not None for each in exchanged)


@pytest.mark.parametrize("world", [2, 4])
def test_a_training_may_end_before_its_process_group(tmp_path: Path, world: int) -> None:
    in_processes(world, tmp_path, end_before_the_group)


def receive(rank: int, world: int, folder: Path) -> None:
    ddp = DistributedDataParallel(nn.Linear(1000, 20, bias=False))
    state = ErrorFeedbackState(ddp, compressor="top-k:0.05")
    ddp.register_comm_hook(state, error_feedback_hook)
    for round in range(3):
        inputs = torch.randn(4, 1000, generator=torch.Generator().manual_seed(10 * rank + round))
        ddp(inputs).square().mean().backward()
    torch.save([state.bytes_sent, state.bytes_received], folder / f"{world}-{rank}.pt")


def test_received_bytes_do_not_grow_with_the_workers(tmp_path: Path) -> None:
    """A frame of 1000 float32 values and gaps has about 4,750 bytes, and each frame has 17 bytes besides."""
    ratios = {}
    for world in (2, 4, 8):
        folder = tmp_path / str(world)
        folder.mkdir()
        in_processes(world, folder, receive)
        sent, received = zip(*(torch.load(folder / f"{world}-{rank}.pt", weights_only=True) for rank in range(world)))
        ratios[world] = max(received) / (3 * 4750)
    # The messages of the other workers; with eight a part of each message and the parts of their mean, 2 (W - 1)/W of a message.
    assert ratios[2] == pytest.approx(1, abs=0.05)
    assert ratios[4] == pytest.approx(3, abs=0.15)
    assert ratios[8] == pytest.approx(1.75, abs=0.2)


def lose_nothing(rank: int, world: int, folder: Path) -> None:
    ddp = DistributedDataParallel(model())
    state = ErrorFeedbackState(ddp, compressor="top-k:0.1+log:4", weight=rank + 1.0)
    ddp.register_comm_hook(state, error_feedback_hook)
    parameters = ParameterLayout(ddp.named_parameters())
    plain = model()
    given, applied = torch.zeros(2, parameters.dimension, dtype=torch.float64)
    for round in range(ROUNDS):
        inputs, labels = batch(rank, round)
        for net in (plain, ddp):
            net.zero_grad()
            nn.functional.cross_entropy(net(inputs), labels).backward()
        given += ParameterLayout(plain.named_parameters()).gradient(torch.float64)
        applied += parameters.gradient(torch.float64)
    (kept,), (of_block,) = state.memory.vectors(), state.state_dict()["block"]
    torch.save([given, applied, kept, of_block], folder / f"{rank}.pt")


def test_a_memory_keeps_what_both_compressions_drop(tmp_path: Path) -> None:
    world = 5
    in_processes(world, tmp_path, lose_nothing)
    saved = [torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(world)]
    mean = sum((rank + 1) / 15 * (given - kept) for rank, (given, _, kept, _) in enumerate(saved))
    for rank, (_, applied, _, _) in enumerate(saved):
        assert torch.equal(applied, saved[0][1])
        of_block = saved[rank][3]
        torch.testing.assert_close(applied[rank::world] + of_block, mean[rank::world], rtol=1e-5, atol=1e-6)
        assert of_block.any()


@pytest.mark.parametrize("method", ["ef21-igt", "ef21-storm"])
def test_momentum_that_needs_other_models_is_refused(method: str) -> None:
    with pytest.raises(ValueError, match=f"feedback is '{method}', which needs gradients at other models"):
        ErrorFeedbackState(nn.Linear(2, 1), feedback=method)
