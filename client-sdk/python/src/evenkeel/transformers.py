"""Hugging Face's Trainer as a device of a fleet; needs transformers and accelerate.

    from evenkeel.transformers import train

    with Client("https://coordinator.example", run="gpt", state_dir="device-0") as client:
        train(trainer, client, local_steps=5)           # was: trainer.train()

The run's tensors are the model's trainable parameters; with peft, those of the adapter.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer import TRAINER_STATE_NAME

from .accelerate import require_one_process
from .client import Client, RunOutcome
from .torch import TorchRounds

__all__ = ["train"]


def train(trainer: Trainer, client: Client, **settings: Any) -> RunOutcome | None:
    """Trains with a Trainer until the run ends, in place of ``trainer.train()``; the trainer's model then has the run's final values.

    Each round starts with the run's model, and ends after a number of optimizer steps. Schedulers count the device's own steps,
    so ``max_steps`` is the number of rounds times ``local_steps``; if the Trainer stops before the run has ended, the client
    stops too. A device that is killed continues from its last round, with the state that a Trainer restores from a checkpoint:
    optimizer, scheduler, scaler, random numbers, and the position in the data. The model is not saved, since it is the run's.

    Args:
        trainer: a Trainer, or a subclass such as TRL's SFTTrainer.
        client: a client with a run; nothing else may use it meanwhile.
        settings: ``local_steps``, ``keep_state``, ``base``, ``use_buffers`` and ``local``, as for ``evenkeel.torch.TorchRounds``.

    Returns:
        the outcome of the training.

    Raises:
        ValueError: if several processes train one model, its parameters are sharded, or a setting of the Trainer would replace the model.
        ModelMismatchError: if the model's trainable parameters are not the run's tensors.
        EvenkeelError: if the client cannot continue.
    """
    _require_supported(trainer)
    rounds = _TrainerRounds(client, trainer, settings)
    callback = _RoundsCallback(rounds, trainer)
    trainer.add_callback(callback)
    computing, loading = trainer.training_step, trainer._load_from_checkpoint
    trainer.training_step = callback.counting(computing)
    try:
        with rounds, tempfile.TemporaryDirectory() as checkpoint:
            if rounds.goes_on:
                # The values come from the run.
                trainer._load_from_checkpoint = lambda *given, **named: None
                trainer.train(resume_from_checkpoint=checkpoint if rounds.write_progress(Path(checkpoint)) else None)
    finally:
        trainer.training_step, trainer._load_from_checkpoint = computing, loading
        trainer.remove_callback(callback)
    return rounds.outcome


class _TrainerRounds(TorchRounds):
    """The rounds of a Trainer's loop, whose state includes the progress of the Trainer."""

    def __init__(self, client: Client, trainer: Trainer, settings: dict[str, Any]) -> None:
        super().__init__(client, trainer.model, keep=None, **settings)
        self._trainer = trainer
        self._progress: str | None = None

    def more_state(self) -> Any:
        """Returns the Trainer's progress."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, TRAINER_STATE_NAME)
            self._trainer.state.save_to_json(str(file))
            return file.read_text(encoding="utf-8")

    def restore_more(self, state: Any) -> None:
        """Remembers the Trainer's progress."""
        self._progress = str(state)

    def write_progress(self, folder: Path) -> bool:
        """Writes the Trainer's saved progress in a checkpoint's format; returns False if there is none."""
        if self._progress is not None:
            (folder / TRAINER_STATE_NAME).write_text(self._progress, encoding="utf-8")
        return self._progress is not None


class _RoundsCallback(TrainerCallback):  # type: ignore[misc]
    """Notifies the rounds of each step, and stops the Trainer when the run has ended."""

    def __init__(self, rounds: _TrainerRounds, trainer: Trainer) -> None:
        self._rounds = rounds
        self._trainer = trainer
        self._forget()

    def _forget(self) -> None:
        self._loss: Any = 0.0
        self._samples = self._tokens = 0

    def counting(self, compute: Any) -> Any:
        """Returns a function that computes a part of a step, and adds its loss and its numbers of samples and tokens."""

        def training_step(model: Any, inputs: Any, *given: Any, **named: Any) -> Any:
            tensors = [value for value in inputs.values() if isinstance(value, torch.Tensor) and value.dim() > 0]
            labels = inputs.get("labels")
            self._samples += len(tensors[0]) if tensors else 1
            self._tokens += labels.numel() if isinstance(labels, torch.Tensor) else 0
            loss = compute(model, inputs, *given, **named)
            self._loss = self._loss + loss.detach()
            return loss

        return training_step

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Restores the saved states of the Trainer's objects."""
        scaler = self._trainer.accelerator.scaler
        self._rounds.restore([given["optimizer"], given["lr_scheduler"], *([] if scaler is None else [scaler])])

    def on_step_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Restores the random numbers after the batches before the restart have been skipped."""
        self._rounds.restore_numbers()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Ends a round when its steps are complete."""
        loss, samples, tokens = self._loss, self._samples, self._tokens
        self._forget()
        if not self._rounds.step(loss, samples, tokens):
            control.should_training_stop = True


def _require_supported(trainer: Trainer) -> None:
    require_one_process(trainer.args.world_size)
    for wrong, reason in (
        (
            trainer.is_deepspeed_enabled or trainer.is_fsdp_enabled,
            "DeepSpeed or FSDP, which shard the model, but messages contain whole tensors",
        ),
        (trainer.model_init is not None, "model_init, which replaces the model: give model"),
        (trainer.args.auto_find_batch_size, "auto_find_batch_size, which restarts the loop: give the batch size"),
    ):
        if wrong:
            raise ValueError(f"the Trainer uses {reason}")
