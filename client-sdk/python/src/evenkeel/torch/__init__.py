"""PyTorch support: error feedback for existing training code.

    state = ErrorFeedbackState(ddp_model, compressor="top-k:0.01")
    ddp_model.register_comm_hook(state, error_feedback_hook)
    optimizer = torch.optim.SGD(ddp_model.parameters(), lr=0.1)

Each worker then sends C(e_i + gradient) instead of its dense gradient. The rest of the training loop does not change.

``TorchDevice`` turns a module into a device of a fleet; ``TorchRounds`` does the same for a training loop.
``TorchProblem`` trains a module in a trial. ``trainable`` returns the trainable tensors of a module, and
``base_sha256`` identifies the others.
"""

from ._adapter import base_sha256
from ._device import TorchDevice
from ._hook import ErrorFeedbackState, error_feedback_hook
from ._optimizer import StepOptimizer
from ._parameters import ParameterLayout
from ._problem import TorchProblem
from ._rounds import TorchRounds
from ._weights import trainable

__all__ = [
    "ErrorFeedbackState",
    "ParameterLayout",
    "StepOptimizer",
    "TorchDevice",
    "TorchProblem",
    "TorchRounds",
    "base_sha256",
    "error_feedback_hook",
    "trainable",
]
