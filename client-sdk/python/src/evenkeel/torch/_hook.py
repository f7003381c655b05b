"""A communication hook for DistributedDataParallel that sends compressed messages with error feedback."""

# No postponed annotations here: DistributedDataParallel compares a hook's annotations with its own classes.

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from .. import compress
from ..compress import CompressedVector, CompressorSpec, ValueCoding
from ..errors import InvalidGradientError
from ..feedback import METHODS
from ..step import parse_schedule
from ..vector import derive_seed
from ..wire import Limits, decode_frame, encode_frame
from ._adam import AdamDirection
from ._block import OwnedBlock, split
from ._collectives import Collectives
from ._memory import add_to, memory_for
from ._parameters import ParameterLayout

if TYPE_CHECKING:
    from torch.amp.grad_scaler import GradScaler

__all__ = ["ErrorFeedbackState", "error_feedback_hook"]

# From this number of workers on, each worker computes the mean of its own block of coordinates. With eight workers,
# each receives a quarter of the bytes. With four it would be half, and a transformer learned less
# (client-sdk/python/README.md has the figures).
MIN_OWNERS = 8

_SETTINGS = ("compressor", "feedback", "weight", "adam")


class _Bucket:
    """The data of a bucket that outlives the hook's call."""

    def __init__(self, bucket: dist.GradBucket) -> None:  # type: ignore[name-defined]
        self.parameters: list[Tensor] = list(bucket.parameters())
        self.gradients: Iterable[Tensor] = list(bucket.gradients())
        self.buffer = bucket.buffer()
        self.future: torch.futures.Future[Tensor] = torch.futures.Future()


class ErrorFeedbackState:
    """The state of ``error_feedback_hook`` between backward passes: this worker's error feedback.

    A round is one backward pass that synchronises. With ``feedback="ef14"`` worker i sends C(e_i + gradient), and e_i
    keeps the part that C dropped. The optimizer gets the weighted mean of all messages as gradients, bit-identical on
    all workers.

    With up to seven workers, each worker receives all messages and adds them in the order of the ranks. With more, each
    worker owns 1/W of the coordinates. It receives that part of all messages, compresses the mean again with its own
    memory h, and sends the result to all. So nothing is lost, and a worker receives 2 (W - 1)/W times the bytes of a
    message, instead of W - 1 times (``OwnedBlock``).

    EF14 is the default because a hook sees minibatches. EF21 compresses the difference from its estimate of the gradient. With
    minibatches most of that difference is the noise of two batches, so the parts of g_i that were not sent recently are old noise
    (``benchmarks/hook.py`` has the figures). With ``feedback="ef21"`` a worker sends C(v_i - g_i), where v_i is its gradient, or
    the running mean of its gradients with ``ef21-momentum`` (arXiv 2410.16871, Algorithms 1 and 2), and the mean keeps all messages.
    Use it for full gradients.

    All workers take part in every step. With ``find_unused_parameters=True`` they must leave out the same parameters in all steps.
    The whole model is compressed at once, after the last bucket, so the result does not depend on DDP's buckets. The
    disadvantage is that sending does not overlap with the backward pass.

    For AdamW pass ``adam``, and use the optimizer ``torch.optim.SGD`` with AdamW's learning rate and weight decay. Each
    worker then computes Adam's direction from its own gradients, and error feedback compresses that. Adam itself would
    see, for each coordinate, zeros and occasionally the sum of many gradients. Its second moment would grow with the
    square of that sum, so steps would be too short by the square root of the interval
    (``benchmarks/hook_transformer.py`` has the figures). Clipping after the backward pass would clip the direction.

    Memory besides the model: a float64 vector of d values (e_i or g_i), with EF21 a second one (the mean), with its momentum a
    third one (v_i), and with eight or more workers one or three of d/W values; with ``adam`` two of float32. The exchange needs up to two
    more vectors of float64 and one of float32, with ``adam`` four of float32, after the activations are freed.

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
        adam: beta1, beta2 and epsilon of Adam, such as ``(0.9, 0.95, 1e-8)``; None if the optimizer expects gradients.
        process_group: the workers; the default group if None.
        scaler: the ``GradScaler`` of the loss, if there is one. Messages and memory then contain unscaled gradients. If a
            gradient of any worker is not finite, all workers get infinite gradients, so that each scaler skips the step, and the
            memory does not change.

    Attributes:
        round: the number of completed rounds.
        bytes_sent: the bytes of the frames that this worker has sent; a frame counts once, regardless of the number of
            its receivers.
        bytes_dense: the bytes that dense float32 gradients would have taken.

    Raises:
        ValueError: if an argument is invalid.
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
                f"feedback is '{feedback}', which needs gradients at other models than the current one, but a hook sees only the "
                "backward pass of the current one: expected ef14, ef14-decay, ef21, ef21-momentum or none"
            )
        if eta.startswith("horizon") and rounds is None:
            raise ValueError(f"eta is '{eta}', which needs the number of rounds: give rounds=…")
        self.parameters = ParameterLayout(model.named_parameters())
        self.compressor = compress.parse(compressor).bind(self.parameters.layout)
        self.feedback = feedback
        # The parts of a message are rounded later, each by itself.
        exact = CompressorSpec(self.compressor.spec.selection, ValueCoding.FLOAT64).bind(self.parameters.layout)
        self.memory = memory_for(self.parameters.device, feedback, exact)
        self.round = 0
        self.bytes_sent = 0
        self.bytes_dense = 0
        self.seed = seed
        self.weight = float(weight)
        self._workers = Collectives(process_group, self.parameters.device)
        self._adam = None if adam is None else AdamDirection(self.parameters.dimension, adam, self.parameters.device)
        self._scaler = scaler if scaler is not None and scaler.is_enabled() else None
        self._eta = parse_schedule(eta)
        self._horizon = (rounds or 1) - 1
        self._shares: list[float] | None = None
        self._mean = self._zeros(torch.float64) if self.memory.retains_sum else None
        self._open: list[_Bucket] = []

    def take(self, bucket: dist.GradBucket) -> torch.futures.Future[Tensor]:  # type: ignore[name-defined]
        """Receives one bucket's gradients; after the last bucket, exchanges messages and completes all buckets.

        Raises:
            InvalidGradientError: on every worker, if a worker's gradient is not finite and there is no scaler. No memory has
                changed.
        """
        taken = _Bucket(bucket)
        self._open.append(taken)
        if bucket.is_last():
            buckets, self._open = self._open, []
            scale = 1.0 if self._scaler is None else self._scaler.get_scale()
            mean = self._exchange(scale, buckets)
            for each in buckets:
                self._complete(each, mean, scale)
        return taken.future

    @cached_property
    def _block(self) -> OwnedBlock | None:
        """The coordinates for which this worker computes the mean; None if each worker adds all messages."""
        world = self._workers.world
        if not MIN_OWNERS <= world <= self.parameters.dimension:
            return None
        return OwnedBlock(self.compressor, self.feedback, self._workers.rank, world, self.parameters.device)

    def _exchange(self, scale: float, buckets: list[_Bucket]) -> Tensor | None:
        """Returns the mean of the messages; None if a gradient is not finite and the scaler skips the step."""
        frames: list[bytes] | None = None
        error: InvalidGradientError | None = None
        try:
            staged, frames = self._stage(scale, buckets)
        except InvalidGradientError as e:
            # The other workers wait for this worker's message, so it sends them the failure before it raises.
            error = InvalidGradientError(f"{e}; with a GradScaler give ErrorFeedbackState scaler=…", e.coordinate, e.tensor)
        if self._block is None:
            received = self._workers.all_gather(None if frames is None else frames[0])
        else:
            received = self._workers.all_to_all(frames)
        failed = [rank for rank, frame in enumerate(received) if frame is None]
        if failed and self._scaler is not None:
            return None
        if error is not None:
            raise error
        if failed:
            raise InvalidGradientError(
                f"the gradients of workers {failed} are not finite: their own errors name the values; nothing was sent"
            )
        assert frames is not None
        if self._shares is None:
            weights = self._workers.numbers(self.weight)
            self._shares = [weight / sum(weights) for weight in weights]
        mean = self._mean if self._mean is not None else self._zeros(torch.float64)
        if self._block is None:
            for message, share in zip(_decoded(received, self.parameters.dimension), self._shares):
                add_to(mean, message, share)
            self.bytes_sent += len(frames[0])
        else:
            own = encode_frame(self._block.stage(_decoded(received, self._block.size), self._shares))
            for rank, block in enumerate(self._workers.all_gather(own)):
                place = mean[rank :: self._workers.world]
                for message in _decoded([block], place.numel()):
                    add_to(place, message, 1.0)
            self._block.commit()
            self.bytes_sent += sum(map(len, frames)) - len(frames[self._workers.rank]) + len(own)
        self.memory.commit(staged)
        if self._adam is not None:
            self._adam.commit()
        self.round += 1
        self.bytes_dense += 4 * self.parameters.dimension
        return mean

    def _stage(self, scale: float, buckets: list[_Bucket]) -> tuple[Any, list[bytes]]:
        """Returns this worker's staged message, and its frame for all workers or the frames for each owner of a block."""
        gradient = self._zeros(torch.float32)
        for bucket in buckets:
            for parameter, part in zip(bucket.parameters, bucket.gradients):
                gradient[self.parameters.place_of(parameter)] = part.detach().reshape(-1)
        gradient.div_(scale)
        sends = gradient if self._adam is None else self._adam.stage(gradient, self.round)
        seed = derive_seed(derive_seed(self.seed, self._workers.rank), self.round)
        staged: Any = self.memory.stage(sends, self._eta.at(self.round, self._horizon), seed)
        delta = self.memory.delta(staged)
        parts, sent = split(delta, self.compressor.spec.coding, 1 if self._block is None else self._workers.world)
        return replace(staged, delta=sent), [encode_frame(part) for part in parts]

    def _complete(self, bucket: _Bucket, mean: Tensor | None, scale: float) -> None:
        with torch.no_grad():
            for parameter, gradient in zip(bucket.parameters, bucket.gradients):
                if mean is None:
                    gradient.fill_(inf)
                else:
                    gradient.copy_((mean[self.parameters.place_of(parameter)] * scale).view(gradient.shape))
        bucket.future.set_result(bucket.buffer)

    def _zeros(self, dtype: torch.dtype) -> Tensor:
        return torch.zeros(self.parameters.dimension, dtype=dtype, device=self.parameters.device)

    @property
    def bytes_received(self) -> int:
        """The bytes of frames that this worker has received, including padding."""
        return self._workers.bytes_received

    def state_dict(self) -> dict[str, Any]:
        """Returns the state of a worker; each worker saves its own.

        The vectors are not copied: save them before the next backward pass.
        """
        return {
            "version": 2,
            "rank": self._workers.rank,
            "world_size": self._workers.world,
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
            "mean": self._mean,
            "block": [] if self._block is None else self._block.vectors(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restores the result of ``state_dict`` on the worker with the same rank.

        Raises:
            ValueError: if the model, rank, number of workers, compressor or feedback differs, or the weight while the
                sum persists over rounds; the state is then unchanged.
        """
        expected = self.state_dict()
        # A persistent sum contains all earlier messages with their weights at that time.
        weight = ["weight"] if self.memory.retains_sum else []
        for key in ("version", "rank", "world_size", "compressor", "feedback", "adam", "tensors", *weight):
            found = [tuple(each) for each in state[key]] if key == "tensors" else state[key]
            if found != expected[key]:
                advice = f": give ErrorFeedbackState {key}={found!r}" if key in _SETTINGS else ""
                if key == "world_size":
                    advice = (
                        ". With another number of workers restore only model and optimizer: then what compression had dropped is lost, "
                        "but nothing else"
                    )
                raise ValueError(
                    f"the checkpoint's {key} is {found}, expected {expected[key]}: every worker must load what the worker of its "
                    f"rank has saved, with the same settings{advice}"
                )
        self.memory.restore(list(state["vectors"]))
        if self._mean is not None:
            self._mean.copy_(state["mean"])
        if self._block is not None:
            self._block.restore(list(state["block"]))
        if self._adam is not None:
            self._adam.moments = [moment.to(self.parameters.device, copy=True) for moment in state["moments"]]
        self.round = int(state["round"])
        self.bytes_sent = int(state["bytes_sent"])
        self._workers.bytes_received = int(state["bytes_received"])
        self.bytes_dense = int(state["bytes_dense"])


def _decoded(frames: Iterable[bytes | None], dimension: int) -> Iterator[CompressedVector]:
    limits = Limits(dimension)
    for frame in frames:
        assert frame is not None
        yield decode_frame(frame, limits)


def error_feedback_hook(
    state: ErrorFeedbackState,
    bucket: dist.GradBucket,  # type: ignore[name-defined]
) -> torch.futures.Future[torch.Tensor]:
    """Sends compressed messages with error feedback; for ``ddp_model.register_comm_hook(state, error_feedback_hook)``."""
    return state.take(bucket)
