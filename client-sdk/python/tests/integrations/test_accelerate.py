"""Training loops with Accelerate, and plain PyTorch loops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
accelerate = pytest.importorskip("accelerate", reason="accelerate is not installed: .ci/integrations installs it")

from evenkeel.accelerate import AccelerateRounds, require_one_process  # noqa: E402
from evenkeel.torch import TorchRounds, trainable  # noqa: E402
from evenkeel.vector import Tensor, TensorLayout  # noqa: E402

from . import loops  # noqa: E402

DATA = [(torch.ones(2, 3) * number, torch.zeros(2, 1)) for number in range(4)]


def module() -> Any:
    torch.manual_seed(0)
    return torch.nn.Linear(3, 1)


def accelerated(client: Any, after_step: Any) -> Any:
    accelerator = accelerate.Accelerator(cpu=True)
    model = module()
    model, optimizer = accelerator.prepare(model, torch.optim.SGD(model.parameters(), lr=0.01))
    with AccelerateRounds(client, accelerator, model, local_steps=2) as rounds:
        for number, (inputs, targets) in enumerate(rounds.batches(DATA)):
            loss = torch.nn.functional.mse_loss(model(inputs), targets)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            rounds.step(loss, len(inputs))
            after_step(number + 1)
    return rounds.outcome


def plain(client: Any, after_step: Any) -> Any:
    model = module()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with TorchRounds(client, model, keep=[optimizer], local_steps=2) as rounds:
        for number, (inputs, targets) in enumerate(rounds.batches(lambda batch: DATA[batch % len(DATA)])):
            loss = torch.nn.functional.mse_loss(model(inputs), targets)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            rounds.step(loss, len(inputs))
            after_step(number + 1)
    return rounds.outcome


LOOPS = pytest.mark.parametrize("loop", [accelerated, plain])
TENSORS = loops.shapes(trainable(module()))


@LOOPS
def test_an_exception_ends_the_client(server: Any, loop: Any) -> None:
    loops.assert_an_exception_ends_the_client(server, loop, TENSORS)


@LOOPS
def test_the_end_of_the_run_ends_the_loop(server: Any, loop: Any) -> None:
    loops.assert_the_end_of_the_run_ends_the_loop(server, loop, TENSORS)


@LOOPS
def test_other_models_are_refused(server: Any, loop: Any) -> None:
    loops.assert_other_models_are_refused(server, loop, TENSORS)


def test_a_compiled_model_keeps_the_names_of_the_original() -> None:
    accelerator = accelerate.Accelerator(cpu=True)
    rounds = AccelerateRounds(None, accelerator, accelerator.prepare(torch.compile(module())))
    layout = TensorLayout([Tensor(name, tuple(shape)) for name, shape in TENSORS.items()])
    rounds._weights.require_fitting(layout)


def test_several_processes_are_refused() -> None:
    with pytest.raises(ValueError, match="4 processes train one model.*start each process as a separate device"):
        require_one_process(4)


def test_a_killed_device_continues_with_the_same_bits(server: Any, tmp_path: Path) -> None:
    trained = loops.assert_a_killed_device_changes_nothing(
        server, tmp_path, "digits_accelerate.py", "digits_torch.py:model", rounds=12, dies_at=53
    )
    assert trained.accuracies[0] > 0.8
