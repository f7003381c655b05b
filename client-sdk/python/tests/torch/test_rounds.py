"""Plain PyTorch loops as a device; tests/integrations has those of frameworks."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from evenkeel.client import MemoryStore  # noqa: E402
from evenkeel.errors import FunctionError, StateError  # noqa: E402
from evenkeel.torch import TorchRounds, trainable  # noqa: E402

from ..integrations import loops  # noqa: E402


def module() -> Any:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2), torch.nn.Dropout(0.5), torch.nn.Linear(2, 1))


def loader() -> Any:
    inputs = torch.arange(24.0).reshape(8, 3) / 24
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, inputs.sum(1, keepdim=True)), 2, shuffle=True)


def loop(client: Any, after_step: Any = lambda step: None, found: list[Any] | None = None, **settings: Any) -> Any:
    """Trains with all kinds of state: momentum, a schedule, batch normalization, dropout, and a shuffled loader."""
    model = module()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    with TorchRounds(client, model, keep=[optimizer, scheduler], local_steps=2, **settings) as rounds:
        for number, (inputs, targets) in enumerate(rounds.batches(loader())):
            loss = torch.nn.functional.mse_loss(model(inputs), targets)
            loss.backward()
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            rounds.step(loss, len(inputs))
            if found is not None:
                found.append([value.clone() for value in model.state_dict().values()] + [inputs])
            after_step(number + 1)
    return rounds.outcome


SHAPES = loops.shapes(trainable(module()))


@pytest.mark.parametrize(
    ("left_at", "settings"),
    [*((at, {}) for at in (3, 8, 9, 11)), (9, {"use_buffers": True}), (8, {"local": ["1.*", "3.*"]})],
)
def test_an_interrupted_loop_continues_with_the_same_bits(server: Any, left_at: int, settings: dict[str, Any]) -> None:
    """Stops in the middle of the first and of a later epoch of four batches, and at the end of one."""
    whole, shapes = list[Any](), loops.shapes(trainable(module(), **settings))
    with loops.client(server, loops.created(server, shapes, **loops.LOCAL, rounds=6)) as client:
        loop(client, found=whole, **settings)

    run, store, again = loops.created(server, shapes, **loops.LOCAL, rounds=6), MemoryStore(), list[Any]()
    with pytest.raises(ZeroDivisionError), loops.client(server, run, store) as client:
        loop(client, lambda step: 1 // (left_at - step), **settings)
    torch.manual_seed(1)
    with loops.client(server, run, store, starts=False) as client:
        loop(client, found=again, **settings)
    expected = whole[left_at - left_at % 2 :]
    assert len(again) == len(expected)
    for found, wanted in zip(again, expected):
        for one, other in zip(found, wanted):
            torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_state_of_another_loop_is_named(server: Any) -> None:
    run, store = loops.created(server, SHAPES, **loops.LOCAL, rounds=6), MemoryStore()
    with pytest.raises(ZeroDivisionError), loops.client(server, run, store) as client:
        loop(client, lambda step: 1 // (3 - step))
    with loops.client(server, run, store, starts=False) as client, pytest.raises(StateError) as refused:
        TorchRounds(client, module(), keep=[]).begin()
    assert f"the loop's state '{run}.loop-0000000000' in memory cannot be read: it has 2 states of optimizers" in str(
        refused.value
    )


def test_a_run_that_cannot_average_a_loop_s_buffers_is_refused(server: Any) -> None:
    run = loops.created(server, loops.shapes(trainable(module(), use_buffers=True)), algorithm="ef21-norm", rounds=6)
    with loops.client(server, run) as client, pytest.raises(FunctionError, match="algorithm ef21-norm with step normalized"):
        TorchRounds(client, module(), use_buffers=True).begin()


def test_an_object_without_a_state_cannot_be_kept() -> None:
    with pytest.raises(ValueError, match="expected keep_state=True"):
        TorchRounds(None, module(), local=["3.*"], keep_state=False)
    with pytest.raises(TypeError, match="keep has a int, expected state_dict and load_state_dict"):
        TorchRounds(None, module(), keep=[3])
