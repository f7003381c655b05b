"""A communication hook for DistributedDataParallel that sends compressed messages with error feedback."""

# No postponed annotations here: DistributedDataParallel compares a hook's annotations with its own classes.

from collections import deque
from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from .. import compress
from ..errors import InvalidGradientError
from ..feedback import METHODS
from ..step import parse_schedule
from ..vector import derive_seed
from ..wire import Limits, decode_frame, encode_frame
from ._adam import AdamDirection
from ._memory import add_to, memory_for
from ._parameters import ParameterLayout

if TYPE_CHECKING:
    from torch.amp.grad_scaler import GradScaler

__all__ = ["ErrorFeedbackState", "error_feedback_hook"]

_FAILED = -1

# The tensors of the last exchange, of up to three gathers; they may outlive their state. A gloo thread may release them after it has
# answered. As the last owner it would need the GIL, which destroy_process_group holds while it waits for the thread (pytorch issue
# 56297).
_gathered: "deque[list[Tensor]]" = deque(maxlen=3)

_SETTINGS = ("compressor", "feedback", "weight", "adam")


class _Bucket:
    """The data of a bucket that is kept after the hook's call."""

    def __init__(self, bucket: dist.GradBucket) -> None:  # type: ignore[name-defined]
        self.parameters: list[Tensor] = list(bucket.parameters())
        self.gradients: Iterable[Tensor] = list(bucket.gradients())
        self.buffer = bucket.buffer()
        self.future: torch.futures.Future[Tensor] = torch.futures.Future()


class ErrorFeedbackState:
    """The state of ``error_feedback_hook`` between backward passes: this worker's memory and the sum of all workers.

    A round is one backward pass that synchronises. In it worker i sends C(e_i + gradient) with ``feedback="ef14"``, and e_i keeps
    the part that C dropped. Every worker receives all messages and adds them in the order of the ranks. The optimizer gets the
    gradients S/W, where S is the weighted sum of all messages and W the sum of the weights. They are bit-identical on all
    workers.

    EF14 is the default because a hook sees minibatches. EF21 compresses the difference from its estimate of the gradient. With
    minibatches most of that difference is the noise of two batches, so the parts of g_i that were not sent recently are old noise
    (``benchmarks/hook.py`` has the figures). With ``feedback="ef21"`` a worker sends C(v_i - g_i), where v_i is its gradient, or
    the running mean of its gradients with ``ef21-momentum`` (arXiv 2410.16871, Algorithms 1 and 2), and S keeps all messages.
    Use it for full gradients.

    All workers take part in every step. With ``find_unused_parameters=True`` they must leave out the same parameters in all steps.
    The whole model is compressed at once, after the last bucket, so the result does not depend on DDP's buckets. The
    disadvantage is that sending does not overlap with the backward pass.

    For AdamW give ``adam``, and the optimizer ``torch.optim.SGD`` with AdamW's learning rate and weight decay. Each worker then
    computes Adam's direction from its own gradients, and error feedback compresses that. Behind the hook Adam would see a coordinate's
    sum of many gradients now and then, and zeros between: its second moment grows with the square of that sum, so steps get too
    short, by the root of the time between (``benchmarks/hook_transformer.py`` has the figures). Clipping after the backward pass would
    clip the direction.

    Each worker receives the frames of all W - 1 others, padded to the longest: with 1/80 of dense bytes 160 workers receive as much
    as from a dense all-reduce.

    Memory besides the model: two float64 vectors of d values (e_i or g_i, and S), with momentum a third one (v_i), and one of
    float32; with ``adam`` two more of float32, and four during a step, while the optimizer needs none.

    Args:
        model: the DistributedDataParallel model or the module in it. All workers must have the same model.
        compressor: the compressor, in the form of ``evenkeel.compress.parse``; the same for all workers.
        feedback: ``ef14``, ``ef14-decay``, ``ef21``, ``ef21-momentum`` or ``none``. IGT and STORM need gradients at other models than the
            current one, which a hook cannot compute.
        eta: a schedule: of the momentum for ``ef21-momentum``, such as ``horizon:1:0.5``, or of the decay for ``ef14-decay``, such
            as ``constant:0.95``.
        rounds: the number of rounds, for schedules with a horizon.
        seed: the seed of ``rand-k``; the same for all workers.
        weight: w_i of this worker, above 0, such as its number of samples.
        adam: beta1, beta2 and epsilon of Adam, such as ``(0.9, 0.95, 1e-8)``; None if the optimizer is to get gradients.
        process_group: the workers; the default group if None.
        scaler: the ``GradScaler`` of the loss, if there is one. Messages and memory then contain unscaled gradients. If a
            gradient of any worker is not finite, all workers get infinite gradients, so that each scaler skips the step, and the
            memory does not change.

    Attributes:
        round: the number of completed rounds.
        bytes_sent: the bytes of the frames that this worker has sent.
        bytes_received: the bytes that it has received, with their padding.
        bytes_dense: the bytes that dense float32 gradients would have taken.

    Raises:
        ValueError: if an argument is none of these.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        compressor: str = "top-k:0.01",
        feedback: str = "ef14",
        eta: str = "constant:1",
        rounds: int | None = None,
        seed: int = 0,
        weight: float = 1.0,
        adam: tuple[float, float, float] | None = None,
        process_group: dist.ProcessGroup | None = None,
        scaler: "GradScaler | None" = None,
    ) -> None:
        if not 0 < weight < float("inf"):
            raise ValueError(f"weight is {weight}, expected a finite number above 0")
        if feedback in METHODS and METHODS[feedback].keeps_model:
            raise ValueError(
                f"feedback is '{feedback}', which needs gradients at other models than the current one, and a hook sees only the "
                "backward pass of the current one: expected ef14, ef14-decay, ef21, ef21-momentum or none"
            )
        if eta.startswith("horizon") and rounds is None:
            raise ValueError(f"eta is '{eta}', which needs the number of rounds: give rounds=…")
        self.parameters = ParameterLayout(model.named_parameters())
        self.compressor = compress.parse(compressor).bind(self.parameters.layout)
        self.feedback = feedback
        self.memory = memory_for(self.parameters.device, feedback, self.compressor)
        self.total = torch.zeros(self.parameters.dimension, dtype=torch.float64, device=self.parameters.device)
        self.round = 0
        self.bytes_sent = 0
        self.bytes_received = 0
        self.bytes_dense = 0
        self.seed = seed
        self.weight = float(weight)
        self.process_group = process_group
        self._adam = None if adam is None else AdamDirection(self.parameters.dimension, adam, self.parameters.device)
        self._scaler = scaler if scaler is not None and scaler.is_enabled() else None
        self._eta = parse_schedule(eta)
        self._horizon = (rounds or 1) - 1
        self._weights: list[float] | None = None
        self._gradient = torch.zeros(self.parameters.dimension, dtype=torch.float32, device=self.parameters.device)
        self._open: list[_Bucket] = []

    def take(self, bucket: dist.GradBucket) -> torch.futures.Future[Tensor]:  # type: ignore[name-defined]
        """Receives one bucket's gradients; with the last one, exchanges messages and completes all buckets of the pass.

        Raises:
            InvalidGradientError: on every worker, if a worker's gradient is not finite and there is no scaler. No memory has
                changed.
        """
        taken = _Bucket(bucket)
        self._open.append(taken)
        for parameter, gradient in zip(taken.parameters, taken.gradients):
            self._gradient[self.parameters.place_of(parameter)] = gradient.detach().reshape(-1)
        if bucket.is_last():
            buckets, self._open = self._open, []
            scale = 1.0 if self._scaler is None else self._scaler.get_scale()
            sent = self._exchange(scale)
            for each in buckets:
                self._complete(each, scale if sent else inf)
        return taken.future

    def _exchange(self, scale: float) -> bool:
        """Returns whether the messages were added; False if a gradient is not finite and the scaler skips the step."""
        eta = self._eta.at(self.round, self._horizon)
        rank = dist.get_rank(self.process_group)
        error: InvalidGradientError | None = None
        frame = b""
        staged: object = None
        try:
            gradient = self._gradient.div_(scale)
            sends = gradient if self._adam is None else self._adam.stage(gradient, self.round)
            staged = self.memory.stage(sends, eta, derive_seed(derive_seed(self.seed, rank), self.round))
            frame = encode_frame(self.memory.delta(staged))
        except InvalidGradientError as e:
            # The other workers wait for this worker's message, so it sends them the failure before it raises.
            error = InvalidGradientError(f"{e}; with a GradScaler give ErrorFeedbackState scaler=…", e.coordinate, e.tensor)
        frames = self._gather(frame, error is not None)
        failed = [other for other, received in enumerate(frames) if received is None]
        if failed and self._scaler is not None:
            return False
        if error is not None:
            raise error
        if failed:
            raise InvalidGradientError(
                f"the gradients of workers {failed} are not finite: their own errors name the values; nothing was sent"
            )
        if self._weights is None:
            self._weights = self._gather_weights()
        if not self.memory.retains_sum:
            self.total.zero_()
        limits = Limits(self.parameters.dimension)
        for received, weight in zip(frames, self._weights):
            assert received is not None
            add_to(self.total, decode_frame(received, limits), weight)
        self.memory.commit(staged)
        if self._adam is not None:
            self._adam.commit()
        self.bytes_received += (len(frames) - 1) * max(len(each or b"") for each in frames)
        self.round += 1
        self.bytes_sent += len(frame)
        self.bytes_dense += 4 * self.parameters.dimension
        return True

    def _gather(self, frame: bytes, failed: bool) -> list[bytes | None]:
        """Returns every worker's frame by rank, None for one that failed."""
        device = self._wire_device()
        size = torch.tensor([_FAILED if failed else len(frame)], dtype=torch.int64, device=device)
        lengths = [int(each.item()) for each in self._all_gather(size)]
        if _FAILED in lengths:
            return [None if length == _FAILED else b"" for length in lengths]
        padded = torch.zeros(max(lengths), dtype=torch.uint8)
        padded[: len(frame)] = torch.frombuffer(bytearray(frame), dtype=torch.uint8)
        received = self._all_gather(padded.to(device))
        return [each[:length].cpu().numpy().tobytes() for each, length in zip(received, lengths)]

    def _gather_weights(self) -> list[float]:
        own = torch.tensor([self.weight], dtype=torch.float64, device=self._wire_device())
        return [float(each.item()) for each in self._all_gather(own)]

    def _all_gather(self, own: Tensor) -> list[Tensor]:
        """Returns the workers' tensors by rank."""
        all_workers = [torch.empty_like(own) for _ in range(dist.get_world_size(self.process_group))]
        dist.all_gather(all_workers, own, group=self.process_group)
        _gathered.append([own, *all_workers])
        return all_workers

    def _wire_device(self) -> torch.device:
        """Returns the device of tensors for the group's backend: NCCL supports only tensors on a GPU."""
        nccl = dist.get_backend(self.process_group) == "nccl"
        return self.parameters.device if nccl else torch.device("cpu")

    def _complete(self, bucket: _Bucket, scale: float) -> None:
        with torch.no_grad():
            for parameter, gradient in zip(bucket.parameters, bucket.gradients):
                if scale == inf:
                    gradient.fill_(inf)
                    continue
                assert self._weights is not None
                mean = self.total[self.parameters.place_of(parameter)] / sum(self._weights)
                gradient.copy_((mean * scale).view(gradient.shape))
        bucket.future.set_result(bucket.buffer)

    def state_dict(self) -> dict[str, Any]:
        """Returns the state of a worker; each worker saves its own.

        The vectors are not copied: save them before the next backward pass.
        """
        return {
            "version": 1,
            "rank": dist.get_rank(self.process_group),
            "world_size": dist.get_world_size(self.process_group),
            "compressor": str(self.compressor.spec),
            "feedback": self.feedback,
            "weight": self.weight,
            "adam": None if self._adam is None else self._adam.settings,
            "moments": [] if self._adam is None else self._adam.moments,
            "tensors": [(tensor.name, tensor.shape) for tensor in self.parameters.layout.tensors],
            "round": self.round,
            "bytes_sent": self.bytes_sent,
            "bytes_received": self.bytes_received,
            "bytes_dense": self.bytes_dense,
            "vectors": self.memory.vectors(),
            "total": self.total,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restores the result of ``state_dict`` on the worker with the same rank.

        Raises:
            ValueError: if the model, rank, number of workers, compressor or feedback differs, or the weight while the sum
                persists over rounds; nothing is changed then.
        """
        expected = self.state_dict()
        # A persistent sum contains all earlier messages with their weights at that time.
        weight = ["weight"] if self.memory.retains_sum else []
        for key in ("version", "rank", "world_size", "compressor", "feedback", "adam", "tensors", *weight):
            found = [tuple(each) for each in state[key]] if key == "tensors" else state[key]
            if found != expected[key]:
                advice = f": give ErrorFeedbackState {key}={found!r}" if key in _SETTINGS else ""
                raise ValueError(
                    f"the checkpoint's {key} is {found}, expected {expected[key]}: every worker must load what the worker of its "
                    f"rank has saved, with the same settings{advice}"
                )
        self.memory.restore(list(state["vectors"]))
        self.total.copy_(state["total"])
        if self._adam is not None:
            self._adam.moments = [moment.to(self.parameters.device, copy=True) for moment in state["moments"]]
        self.round = int(state["round"])
        self.bytes_sent = int(state["bytes_sent"])
        self.bytes_received = int(state["bytes_received"])
        self.bytes_dense = int(state["bytes_dense"])


def error_feedback_hook(
    state: ErrorFeedbackState,
    bucket: dist.GradBucket,  # type: ignore[name-defined]
) -> torch.futures.Future[torch.Tensor]:
    """Sends compressed messages with error feedback; for ``ddp_model.register_comm_hook(state, error_feedback_hook)``."""
    return state.take(bucket)
