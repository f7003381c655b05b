"""A device in an existing training loop: the loop iterates over the run's rounds.

    with Rounds(client) as rounds:
        for model in rounds:
            rounds.send(gradient_at(model.values))

``evenkeel.transformers``, ``accelerate``, ``lightning``, ``keras``, ``jax``, ``sklearn`` and ``torch.TorchRounds`` are for the
loops of these packages; ``LocalRounds`` is their common base.
"""

from ._batches import BatchPosition, StepBatches, is_function
from ._exchange import Answer, ModelExchange
from ._local import LocalRounds
from ._rounds import Rounds
from ._states import RoundStates, packed_arrays, unpacked_arrays
from ._weights import ArrayWeights, Weights, differences

__all__ = [
    "Answer",
    "ArrayWeights",
    "BatchPosition",
    "LocalRounds",
    "ModelExchange",
    "RoundStates",
    "Rounds",
    "StepBatches",
    "Weights",
    "differences",
    "is_function",
    "packed_arrays",
    "unpacked_arrays",
]
