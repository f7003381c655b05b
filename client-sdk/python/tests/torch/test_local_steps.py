"""Local steps: their optimizer's state between rounds, accumulation, clipping, mixed precision, schedules and adapters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from evenkeel.client import FolderStore, MemoryStore, Model  # noqa: E402
from evenkeel.errors import InvalidGradientError, ModelMismatchError, StateError  # noqa: E402
from evenkeel.torch import StepOptimizer, TorchDevice, base_sha256, trainable  # noqa: E402
from evenkeel.vector import Tensor, TensorLayout  # noqa: E402

LAYOUT = TensorLayout([Tensor("0.weight", (3, 4)), Tensor("0.bias", (3,)), Tensor("3.weight", (2, 3)), Tensor("3.bias", (2,))])


def net() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Dropout(0.25), nn.Linear(3, 2))


def batches(round: int) -> Iterator[Any]:
    generator = torch.Generator().manual_seed(round)
    while True:
        yield torch.randn(5, 4, generator=generator), torch.randn(5, 2, generator=generator)


def device(**options: Any) -> TorchDevice:
    given = {"local_steps": 3, "optimizer": lambda p: torch.optim.AdamW(p, lr=0.05), "keep_optimizer": True, "seed": 7, **options}
    return TorchDevice(given.pop("module", None) or net(), nn.functional.mse_loss, given.pop("loader", batches), **given)


def model(round: int) -> Model:
    return Model(round, LAYOUT, np.random.default_rng(round).standard_normal(LAYOUT.dimension).astype(np.float32))


def sent(one: TorchDevice, round: int) -> bytes:
    return one(model(round)).flat(LAYOUT).tobytes()


OPTIMIZERS = {
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05),
    "amsgrad": lambda p: torch.optim.Adam(p, lr=0.05, amsgrad=True),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, centered=True),
    "nadam": lambda p: torch.optim.NAdam(p, lr=0.05),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_device_that_starts_again_each_round_sends_the_same_bits(tmp_path: Path, name: str) -> None:
    lasting = device(optimizer=OPTIMIZERS[name])
    expected = [sent(lasting, round) for round in (0, 1, 4, 5)]
    assert len(set(expected)) == 4
    for at, round in enumerate((0, 1, 4, 5)):
        torch.manual_seed(at)
        one = device(optimizer=OPTIMIZERS[name])
        store = FolderStore(tmp_path)
        one.keep_in(store, "r")
        assert sent(one, round) == expected[at], f"round {round}"
        store.close()


def test_the_run_sets_the_number_of_steps_unless_the_device_does() -> None:
    asked = Model(0, LAYOUT, model(0).values.copy(), 5)
    free, own = device(local_steps=None), device()
    assert [d(asked).metrics for d in (free, own)] == [{"steps": 5, "tokens": 50}, {"steps": 3, "tokens": 30}]
    assert free(asked).flat(LAYOUT).tobytes() == device(local_steps=5)(model(0)).flat(LAYOUT).tobytes()
    assert device(local_steps=None)(model(0)).metrics["steps"] == 1


def test_the_optimizer_continues_from_the_last_round_only_if_it_is_kept() -> None:
    kept, fresh = device(), device(keep_optimizer=False)
    assert sent(kept, 0) == sent(fresh, 0)
    assert sent(kept, 1) != sent(fresh, 1)
    assert sent(device(keep_optimizer=False), 1) == sent(device(), 1)


def test_an_optimizer_that_counts_in_its_groups_cannot_be_kept() -> None:
    counting = {"optimizer": lambda p: StepOptimizer(p, rule="normalized", gamma="anytime:0.1:0.5")}
    assert sent(device(keep_optimizer=False, **counting), 0)
    with pytest.raises(ValueError, match="StepOptimizer keeps a state for all parameters together .* keep_optimizer=False"):
        device(**counting)(model(0))


class Killed(BaseException):
    """Not an Exception, so that nothing handles it."""


class KillingStore(FolderStore):
    """Dies at the n-th point."""

    def __init__(self, folder: Path, left: int) -> None:
        super().__init__(folder)
        self.left = left

    def point(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def write(self, name: str, content: Any) -> None:
        def halting() -> Iterator[bytes]:
            for part in content:
                yield bytes(part[: len(part) // 2])
                self.point()
                yield bytes(part[len(part) // 2 :])

        self.point()
        super().write(name, halting())
        self.point()

    def sweep(self, names: Any) -> None:
        for name in names:
            super().sweep([name])
            self.point()


def test_a_device_killed_at_every_point_of_saving_sends_the_same_bits(tmp_path: Path) -> None:
    lasting = device()
    expected = [sent(lasting, round) for round in range(4)]
    reached = 0
    for left in itertools.count(1):
        folder = tmp_path / str(left)
        done: list[bytes] = []
        deaths = 0
        while len(done) < 4:
            store = KillingStore(folder, left if deaths == 0 else 10**9)
            one = device()
            one.keep_in(store, "r")
            try:
                while len(done) < 4:
                    # A device that is killed before the message is saved gets the same round again.
                    done.append(sent(one, len(done)))
            except Killed:
                deaths += 1
            store.close()
        assert done == expected, f"killed at point {left}"
        reached += deaths
        if deaths == 0:
            break
    assert reached > 60


def test_two_states_are_kept_and_belong_to_the_run() -> None:
    store = MemoryStore()
    one = device()
    one.keep_in(store, "one")
    for round in (0, 1, 5):
        one(model(round))
    assert store.names("") == ["one.optimizer-0000000001", "one.optimizer-0000000005"]
    other = device()
    other.keep_in(store, "other")
    assert sent(other, 6) == sent(device(), 6)


def test_a_run_that_went_back_restarts_the_optimizer(caplog: Any) -> None:
    one = device()
    for round in (7, 8):
        one(model(round))
    assert sent(one, 2) == sent(device(), 2)
    assert "round 2, before the saved states of the optimizer (rounds 7, 8)" in caplog.text


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    one = device()
    one.keep_in(store, "r")
    one(model(0))
    file = tmp_path / "r.optimizer-0000000000"
    whole = file.read_bytes()
    for damaged, fault in (
        (whole[:-9], "it is cut off"),
        (b"X" + whole[1:], "not an optimizer's state"),
        (whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:], "its checksum is wrong"),
    ):
        file.write_bytes(damaged)
        with pytest.raises(StateError, match=f"{re.escape(str(file))} cannot be read: .*{fault}.*delete the file"):
            one(model(1))
    file.write_bytes(whole)
    assert sent(one, 1) == [sent(again, round) for again in [device()] for round in (0, 1)][1]
    with pytest.raises(StateError, match="a state of '0.bias', which is not trained here"):
        store.write("r.optimizer-0000000000", [whole])
        frozen = net()
        frozen[0].bias.requires_grad_(False)
        other = device(module=frozen)
        other.keep_in(store, "r")
        other(Model(1, other.layout, np.zeros(other.layout.dimension, np.float32)))


def test_steps_that_diverge_leave_the_state_before_them(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    one = device()
    one.keep_in(store, "r")
    one(model(0))
    broken = device(loader=lambda round: ((x * float("nan"), y) for x, y in batches(round)))
    broken.keep_in(store, "r")
    with pytest.raises(InvalidGradientError, match="local steps of round 1 produced values of 0.weight, .* not finite"):
        broken(model(1))
    assert store.names("") == ["r.optimizer-0000000000"]


def test_an_optimizer_whose_state_cannot_be_saved_is_named() -> None:
    class Listing(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:
            super().step()
            self.state[self.param_groups[0]["params"][0]]["past"] = [1]

    with pytest.raises(ValueError, match="keeps a list as 'past' of '0.weight'"):
        device(optimizer=lambda p: Listing(p, lr=0.1))(model(0))


def test_the_gradients_of_accumulated_batches_are_averaged() -> None:
    halves = lambda round: ((x, y) for x, y in itertools.islice(batches(round), 6))  # noqa: E731

    def joined(round: int) -> Iterator[Any]:
        found = list(halves(round))
        return ((torch.cat([a[0], b[0]]), torch.cat([a[1], b[1]])) for a, b in zip(found[::2], found[1::2]))

    plain = net()
    plain[2] = nn.Identity()
    options = {"module": plain, "optimizer": lambda p: torch.optim.SGD(p, lr=0.1)}
    one = device(loader=halves, accumulate=2, **options)(model(0))
    other = device(loader=joined, **options)(model(0))
    np.testing.assert_allclose(one.flat(LAYOUT), other.flat(LAYOUT), rtol=1e-4, atol=1e-7)
    assert (one.samples, other.samples) == (30, 30)
    assert one.loss == pytest.approx(other.loss)


def test_a_step_s_gradient_is_clipped() -> None:
    sgd = {"optimizer": lambda p: torch.optim.SGD(p, lr=1.0), "local_steps": 1}
    free = device(**sgd)(model(0)).flat(LAYOUT)
    clipped = device(clip_norm=0.01, **sgd)(model(0)).flat(LAYOUT)
    assert np.linalg.norm(free) > 0.1
    assert np.linalg.norm(clipped) == pytest.approx(0.01, rel=1e-3)
    np.testing.assert_allclose(clipped, free * (0.01 / np.linalg.norm(free)), rtol=1e-2, atol=1e-6)


def test_mixed_precision_keeps_parameters_and_optimizer_in_float32(tmp_path: Path) -> None:
    seen: set[Any] = set()

    def loss(output: Any, target: Any) -> Any:
        seen.add(output.dtype)
        return nn.functional.mse_loss(output.float(), target)

    one = TorchDevice(
        net(), loss, batches, local_steps=2, optimizer=OPTIMIZERS["adamw"], autocast=torch.bfloat16, keep_optimizer=True
    )
    one.keep_in(FolderStore(tmp_path), "r")
    assert np.isfinite(one(model(0)).flat(LAYOUT)).all()
    assert seen == {torch.bfloat16}
    assert {p.dtype for p in one.module.parameters()} == {torch.float32}
    assert b"bfloat16" not in (tmp_path / "r.optimizer-0000000000").read_bytes()


def test_the_learning_rate_follows_the_global_round() -> None:
    sgd = {"optimizer": lambda p: torch.optim.SGD(p, lr=0.2), "local_steps": 1, "keep_optimizer": False}
    halved = device(schedule=lambda round: 0.5**round, **sgd)(model(3)).flat(LAYOUT)
    np.testing.assert_allclose(halved, device(**sgd)(model(3)).flat(LAYOUT) / 8, rtol=1e-2, atol=1e-6)
    with pytest.raises(ValueError, match="the schedule gave nan for round 3, expected a finite factor"):
        device(schedule=lambda round: float("nan"), **sgd)(model(3))
    rate = torch.tensor(0.2)
    shared = device(optimizer=lambda p: torch.optim.SGD(p, lr=rate), schedule=lambda round: 0.5, keep_optimizer=False)
    shared(model(3))
    assert rate == torch.tensor(0.2)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"local_steps": 0}, "local_steps is 0, expected at least 1"),
        ({"accumulate": 0}, "accumulate is 0, expected at least 1"),
        ({"clip_norm": 0.0}, "clip_norm is 0.0, expected a finite number above 0"),
        ({"autocast": torch.float16}, "autocast is torch.float16, expected torch.bfloat16"),
        ({"optimizer": None}, "give optimizer="),
    ],
)
def test_options_out_of_range_are_named(options: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        device(**options)


def test_a_round_with_too_few_batches_is_refused() -> None:
    with pytest.raises(ValueError, match="the loader gave 2 batches in round 4, expected 3"):
        device(loader=lambda round: itertools.islice(batches(round), 2))(model(4))


class LowRank(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.a = nn.Parameter(torch.ones(1, base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, 1))

    def forward(self, x: Any) -> Any:
        return self.base(x) + x @ self.a.T @ self.b.T


def adapted() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(LowRank(nn.Linear(4, 3)), nn.BatchNorm1d(3), nn.Linear(3, 2).requires_grad_(False))


def test_the_trained_tensors_of_an_adapter_are_named() -> None:
    module = adapted()
    module[1].requires_grad_(False)
    found = trainable(module)
    assert {name: values.shape for name, values in found.items()} == {"0.a": (1, 4), "0.b": (3, 1)}
    assert found["0.a"].dtype == np.float32 and (found["0.a"] == 1).all()
    found["0.a"][:] = 5
    assert (module[0].a == 1).all()
    with pytest.raises(ValueError, match="no parameter with requires_grad=True"):
        trainable(module.requires_grad_(False))


def test_a_device_with_another_base_is_refused_before_the_first_round() -> None:
    right = base_sha256(adapted())
    trained = adapted()
    with torch.no_grad():
        trained[0].a.add_(1)
    assert base_sha256(trained) == right, "what is trained is not part of the base"
    run = TorchDevice(adapted(), nn.functional.mse_loss, batches, base=right).layout
    TorchDevice(adapted(), nn.functional.mse_loss, batches, base=right.upper()).require_fitting(run)
    others = [adapted(), adapted(), adapted().double()]
    with torch.no_grad():
        others[0][0].base.weight[0, 0] += 1e-6
        others[1][1].running_mean += 1
    for other in others:
        with pytest.raises(ModelMismatchError, match=f"the frozen part .* SHA-256 [0-9a-f]{{64}}, .* is for {right}"):
            TorchDevice(other, nn.functional.mse_loss, batches, base=right).require_fitting(run)


def test_a_device_whose_training_changed_buffers_of_the_base_continues() -> None:
    right = base_sha256(adapted())
    trained = TorchDevice(adapted(), nn.functional.mse_loss, batches, base=right)
    for round in range(2):
        layout = TensorLayout(list(trained.layout.tensors))
        trained(Model(round, layout, np.zeros(layout.dimension)))
    assert base_sha256(trained.module) != right
