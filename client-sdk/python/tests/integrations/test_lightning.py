"""Lightning's Trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
lightning = pytest.importorskip("lightning", reason="lightning is not installed: .ci/integrations installs it")

from evenkeel.client import MemoryStore  # noqa: E402
from evenkeel.lightning import RoundsCallback  # noqa: E402
from evenkeel.torch import trainable  # noqa: E402

from . import loops  # noqa: E402

DATA = [(torch.ones(2, 3) * number, torch.zeros(2, 1)) for number in range(4)]


class Linear(lightning.LightningModule):
    def __init__(self, after_step: Any = None) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.linear = torch.nn.Linear(3, 1)
        self.after_step = after_step

    def training_step(self, batch: Any, number: int) -> Any:
        return torch.nn.functional.mse_loss(self.linear(batch[0]), batch[1])

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=0.01)

    def on_train_batch_end(self, outputs: Any, batch: Any, number: int) -> None:
        self.after_step(self.trainer.global_step)


def fit(client: Any, after_step: Any, wrapped: bool, **settings: Any) -> Any:
    rounds = RoundsCallback(client, local_steps=2)
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    given = {"max_epochs": -1, **quiet, **settings}
    trainer = lightning.Trainer(accelerator="cpu", devices=1, callbacks=[rounds], **given)
    loader = torch.utils.data.DataLoader(DATA, batch_size=None)
    trainer.fit(Linear(after_step), rounds.batches(loader) if wrapped else loader)
    return rounds.outcome


def wrapped(client: Any, after_step: Any) -> Any:
    return fit(client, after_step, True)


def plain(client: Any, after_step: Any) -> Any:
    return fit(client, after_step, False)


LOOPS = pytest.mark.parametrize("loop", [wrapped, plain])
TENSORS = loops.shapes(trainable(Linear()))


@LOOPS
def test_an_exception_ends_the_client(server: Any, loop: Any) -> None:
    loops.assert_an_exception_ends_the_client(server, loop, TENSORS)


@LOOPS
def test_the_end_of_the_run_ends_the_loop(server: Any, loop: Any) -> None:
    loops.assert_the_end_of_the_run_ends_the_loop(server, loop, TENSORS)


@LOOPS
def test_other_models_are_refused(server: Any, loop: Any) -> None:
    loops.assert_other_models_are_refused(server, loop, TENSORS)


def test_a_trainer_that_ends_first_stops_the_client(server: Any) -> None:
    loops.assert_a_loop_that_ends_first_stops_the_client(
        server, lambda client, after_step: fit(client, after_step, True, max_steps=3), TENSORS
    )


class Everything(lightning.LightningModule):
    """A module with all kinds of state, whose values are recorded after each step."""

    def __init__(self, found: list[Any], left_at: int | None = None) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2), torch.nn.Dropout(0.5), torch.nn.Linear(2, 1)
        )
        self.found, self.left_at = found, left_at

    def training_step(self, batch: Any, number: int) -> Any:
        return torch.nn.functional.mse_loss(self.layers(batch[0]), batch[1])

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)
        return {"optimizer": optimizer, "lr_scheduler": torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)}

    def on_train_batch_end(self, outputs: Any, batch: Any, number: int) -> None:
        counts = [torch.tensor(self.trainer.global_step), torch.tensor(self.trainer.current_epoch)]
        self.found.append([*(value.clone() for value in self.state_dict().values()), *batch, *counts])
        if self.trainer.global_step == self.left_at:
            raise ZeroDivisionError


@pytest.mark.parametrize(
    ("left_at", "settings"),
    [*((at, {}) for at in (3, 8, 9)), (9, {"use_buffers": True}), (8, {"local": ["layers.1.*", "layers.3.*"]})],
)
def test_an_interrupted_fit_continues_in_the_same_epoch(server: Any, left_at: int, settings: dict[str, Any]) -> None:
    """Stops in the middle of the first epoch of four batches, and at the end of the second."""
    inputs = torch.arange(24.0).reshape(8, 3) / 24

    def fit_again(client: Any, module: Any) -> None:
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, inputs.sum(1, keepdim=True)), 2, shuffle=True)
        rounds = RoundsCallback(client, local_steps=2, **settings)
        quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
        lightning.Trainer(max_epochs=-1, accelerator="cpu", devices=1, callbacks=[rounds], **quiet).fit(
            module, rounds.batches(loader)
        )

    whole, again, shapes = list[Any](), list[Any](), loops.shapes(trainable(Everything([]), **settings))
    with loops.client(server, loops.created(server, shapes, **loops.LOCAL, rounds=6)) as client:
        fit_again(client, Everything(whole))

    run, store = loops.created(server, shapes, **loops.LOCAL, rounds=6), MemoryStore()
    with pytest.raises(ZeroDivisionError), loops.client(server, run, store) as client:
        fit_again(client, Everything([], left_at))
    with loops.client(server, run, store, starts=False) as client:
        fit_again(client, Everything(again))
    expected = whole[left_at - left_at % 2 :]
    assert len(again) == len(expected)
    for found, wanted in zip(again, expected):
        for one, other in zip(found, wanted):
            torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_loader_without_a_length_is_refused() -> None:
    with pytest.raises(TypeError, match="without a length, so its position cannot be restored"):
        RoundsCallback(None).batches(batch for batch in DATA)


def test_a_killed_device_continues_with_the_same_bits(server: Any, tmp_path: Path) -> None:
    trained = loops.assert_a_killed_device_changes_nothing(
        server, tmp_path, "digits_lightning.py", "digits_lightning.py:Digits", rounds=12, dies_at=33
    )
    assert trained.accuracies[0] > 0.7
