"""Collective operations on frames, whose lengths differ between workers."""

from __future__ import annotations

from collections import deque

import torch
import torch.distributed as dist
from torch import Tensor

__all__ = ["Collectives"]

_FAILED = -1

# Keeps the tensors of the last five collectives, which include those of an exchange, even after their state is gone.
# Otherwise a gloo thread could be their last owner. To release them it would need the GIL, which destroy_process_group
# holds while it waits for the thread (pytorch issue 56297).
_exchanged: deque[list[Tensor]] = deque(maxlen=5)


class Collectives:
    """Exchanges frames with the other workers of a process group. All workers must call the same methods in the same order.

    A worker that cannot send takes part with None, so that no other worker waits for it. All workers then learn which
    workers failed, and no frames are exchanged.

    Args:
        group: the workers; the default group if None.
        device: the device of the model.

    Attributes:
        bytes_received: the number of bytes of frames from other workers, including padding.
    """

    def __init__(self, group: dist.ProcessGroup | None, device: torch.device) -> None:
        self._group = group
        self._device = device
        self.bytes_received = 0

    @property
    def rank(self) -> int:
        """The rank of this worker in the group."""
        return dist.get_rank(self._group)

    @property
    def world(self) -> int:
        """The number of workers W."""
        return dist.get_world_size(self._group)

    def all_gather(self, frame: bytes | None) -> list[bytes | None]:
        """Sends one frame to all workers; returns every worker's frame by rank, with None for a worker that failed."""
        lengths = self._all_gather(self._lengths([_FAILED if frame is None else len(frame)]))
        sizes = [int(length.item()) for length in lengths]
        if frame is None or _FAILED in sizes:
            return [None if size == _FAILED else b"" for size in sizes]
        padded = torch.zeros(max(sizes), dtype=torch.uint8)
        padded[: len(frame)] = torch.frombuffer(bytearray(frame), dtype=torch.uint8)
        received = self._all_gather(padded.to(self._wire_device()))
        self.bytes_received += (len(sizes) - 1) * max(sizes)
        return [each[:size].cpu().numpy().tobytes() for each, size in zip(received, sizes)]

    def all_to_all(self, frames: list[bytes] | None) -> list[bytes | None]:
        """Sends a frame to each worker, by rank; returns the frames for this worker by the rank of their senders, with None for a
        worker that failed."""
        own = [_FAILED] * self.world if frames is None else [len(frame) for frame in frames]
        lengths = self._lengths(own)
        sizes: list[int] = self._all_to_all(lengths, torch.empty_like(lengths)).tolist()
        if frames is None or _FAILED in sizes:
            return [None if size == _FAILED else b"" for size in sizes]
        sent = torch.frombuffer(bytearray(b"".join(frames)), dtype=torch.uint8).to(self._wire_device())
        received = self._all_to_all(sent, sent.new_empty(sum(sizes)), sizes, own)
        self.bytes_received += sum(sizes) - sizes[self.rank]
        return [part.cpu().numpy().tobytes() for part in torch.split(received, sizes)]

    def numbers(self, own: float) -> list[float]:
        """Returns one number from each worker, by rank."""
        return [
            float(each.item()) for each in self._all_gather(torch.tensor([own], dtype=torch.float64, device=self._wire_device()))
        ]

    def _lengths(self, lengths: list[int]) -> Tensor:
        return torch.tensor(lengths, dtype=torch.int64, device=self._wire_device())

    def _all_gather(self, own: Tensor) -> list[Tensor]:
        """Returns the workers' tensors by rank."""
        all_workers = [torch.empty_like(own) for _ in range(self.world)]
        dist.all_gather(all_workers, own, group=self._group)
        _exchanged.append([own, *all_workers])
        return all_workers

    def _all_to_all(
        self, own: Tensor, received: Tensor, sizes: list[int] | None = None, own_sizes: list[int] | None = None
    ) -> Tensor:
        dist.all_to_all_single(received, own, sizes, own_sizes, group=self._group)
        _exchanged.append([own, received])
        return received

    def _wire_device(self) -> torch.device:
        """Returns the device of the tensors to exchange: NCCL supports only tensors on a GPU."""
        return self._device if dist.get_backend(self._group) == "nccl" else torch.device("cpu")
