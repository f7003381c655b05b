"""A training loop of Hugging Face Accelerate as a device of a fleet; needs accelerate.

with Client(...) as client, AccelerateRounds(client, accelerator, model, local_steps=5) as rounds:
    for inputs, targets in rounds.batches(loader):          # was: for inputs, targets in loader
        with accelerator.accumulate(model):
            loss = loss_fn(model(inputs), targets)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
        rounds.step(loss, len(inputs))                      # the new line
"""

from __future__ import annotations

from typing import Any

from accelerate import Accelerator

from .client import Client
from .torch import TorchRounds

__all__ = ["AccelerateRounds", "require_one_process"]


class AccelerateRounds(TorchRounds):
    """The rounds of a run in a loop of Accelerate.

    After each round it saves the states of the objects passed to ``accelerator.prepare`` and ``register_for_checkpointing`` and
    of the fp16 scaler, the random numbers, and the position in ``batches``. A batch whose gradient is only accumulated does not
    count as a step.

    Args:
        client: a client with a run; nothing else may use it meanwhile.
        accelerator: the accelerator, after ``prepare``.
        model: the prepared model; with a peft adapter, only the adapter is trained and sent.
        settings: ``local_steps``, ``keep_state``, ``base``, ``use_buffers`` and ``local``, as for ``TorchRounds``.

    Raises:
        ValueError: if several processes train one model, or its parameters are sharded.
    """

    def __init__(self, client: Client, accelerator: Accelerator, model: Any, **settings: Any) -> None:
        require_one_process(accelerator.num_processes)
        # The only way to get the objects that Accelerate saves in checkpoints.
        prepared = [*accelerator._optimizers, *accelerator._schedulers, *accelerator._custom_objects]
        scaler = [] if accelerator.scaler is None else [accelerator.scaler]
        super().__init__(client, accelerator.unwrap_model(model, keep_torch_compile=False), keep=[*prepared, *scaler], **settings)
        self._accelerator = accelerator

    def step(self, loss: Any = None, samples: int = 1, tokens: int = 0, *, complete: bool | None = None) -> bool:
        """Counts a batch, like ``LocalRounds.step``; by default it is complete if ``accelerator.accumulate`` allows the optimizer
        step."""
        synced = bool(self._accelerator.sync_gradients)
        return super().step(loss, samples, tokens, complete=synced if complete is None else complete)


def require_one_process(processes: int) -> None:
    """Raises ValueError unless one process trains."""
    if processes > 1:
        raise ValueError(
            f"{processes} processes train one model, but a device is one process, whose messages contain whole tensors: start each "
            "process as a separate device, without the launcher, or train an adapter on one GPU"
        )
