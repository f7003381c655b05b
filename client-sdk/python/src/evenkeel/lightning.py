"""A Lightning Trainer as a device of a fleet; needs lightning.

rounds = RoundsCallback(client, local_steps=5)
trainer = lightning.Trainer(max_epochs=-1, callbacks=[rounds])
trainer.fit(module, rounds.batches(loader))             # was: trainer.fit(module, loader)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from .accelerate import require_one_process
from .client import Client, RunOutcome
from .torch import TorchRounds

__all__ = ["RoundsCallback"]


class RoundsCallback(Callback):  # type: ignore[misc]
    """Starts each round of a run with the run's model, sends the difference after a number of the Trainer's optimizer steps, and
    stops the Trainer when the run has ended. The module then has the run's final values.

    The run's tensors are the module's trainable parameters, and with ``use_buffers`` its buffers. A device that is killed
    continues from its last round, with the states of optimizers, schedulers and the scaler, the Trainer's numbers of steps and
    epochs, random numbers, and the position in ``batches``. Random numbers drawn while loading a batch are not restored.

    Args:
        client: a client with a run; nothing else may use it meanwhile.
        settings: ``local_steps``, ``keep_state``, ``base``, ``use_buffers`` and ``local``, as for ``TorchRounds``.

    Raises:
        ValueError: in ``fit``, if several processes train one module, or its parameters are sharded.
        ModelMismatchError: in ``fit``, if the module's trainable parameters are not the run's tensors.
        EvenkeelError: in ``fit``, if the client cannot continue.
    """

    def __init__(self, client: Client, **settings: Any) -> None:
        self._client = client
        self._settings = settings
        self._rounds: _TrainerRounds | None = None
        self._taken = 0

    @property
    def outcome(self) -> RunOutcome | None:
        """The outcome of the training; None before its end."""
        return None if self._rounds is None else self._rounds.outcome

    def batches(self, loader: Any) -> Iterable[Any]:
        """Returns a loader whose first epoch continues where the device stopped.

        Args:
            loader: a DataLoader, or another iterable with a length that can be iterated repeatedly.
        """
        return _Batches(self, loader)

    def epoch(self, loader: Any) -> Iterator[Any]:
        """Yields the batches of an epoch of a loader."""
        assert self._rounds is not None
        for batch in self._rounds.epoch(loader):
            yield batch
            if not self._rounds.goes_on:
                return

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Joins the run, and restores the saved state."""
        require_one_process(trainer.world_size)
        self._rounds = _TrainerRounds(self._client, trainer, pl_module, self._settings)
        if not self._rounds.begin():
            trainer.should_stop = True
        scaler = getattr(trainer.precision_plugin, "scaler", None)
        schedulers = [config.scheduler for config in trainer.lr_scheduler_configs]
        self._rounds.restore([*trainer.optimizers, *schedulers, *([] if scaler is None else [scaler])])
        self._taken = trainer.global_step

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Restores the random numbers, if no loader of ``batches`` does."""
        if self._rounds is not None and not isinstance(trainer.train_dataloader, _Batches):
            self._rounds.restore_numbers()

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Ends a round when its steps are complete."""
        assert self._rounds is not None
        complete, self._taken = trainer.global_step > self._taken, trainer.global_step
        loss = outputs.get("loss") if isinstance(outputs, Mapping) else outputs
        if not self._rounds.step(loss, _samples(batch), complete=complete):
            trainer.should_stop = True

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Stops the client."""
        self._close()

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stops the client if the run continues, and sets the module to the run's final values."""
        self._close()

    def _close(self) -> None:
        if self._rounds is not None:
            self._rounds.close()


class _TrainerRounds(TorchRounds):
    """The rounds of a Trainer's loop, whose state includes the progress of the Trainer."""

    def __init__(self, client: Client, trainer: Trainer, module: LightningModule, settings: dict[str, Any]) -> None:
        super().__init__(client, module, keep=None, **settings)
        self._loop = trainer.fit_loop

    def more_state(self) -> Any:
        """Returns the Trainer's progress."""
        return self._loop.state_dict()

    def restore_more(self, state: Any) -> None:
        """Restores the Trainer's progress."""
        self._loop.load_state_dict(state)


class _Batches:
    """A loader with a length, so that Lightning fetches no batch too early."""

    def __init__(self, callback: RoundsCallback, loader: Any) -> None:
        if not hasattr(loader, "__len__"):
            raise TypeError(
                f"the loader is a {type(loader).__name__} without a length, so its position cannot be restored: pass it to fit as "
                "it is, and the data starts over after a restart"
            )
        self._callback = callback
        self._loader = loader

    def __len__(self) -> int:
        return len(self._loader)

    def __iter__(self) -> Iterator[Any]:
        return self._callback.epoch(self._loader)

    def state_dict(self) -> dict[str, Any]:
        """Returns an empty state: the position is in the state of the rounds. Its existence tells Lightning that the loader
        resumes."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Does nothing."""


def _samples(batch: Any) -> int:
    """Returns the number of samples: the length of the first tensor of a batch."""
    if isinstance(batch, torch.Tensor):
        return len(batch) if batch.dim() else 1
    parts = batch.values() if isinstance(batch, Mapping) else batch if isinstance(batch, (list, tuple)) else ()
    return next((_samples(part) for part in parts), 1)
