"""A PyTorch model as the problem of a trial."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    TensorDataset,
    default_collate,
)

from .._types import Floats, Indices
from ..trial import Arm, ClassBalance, Metric, Problem
from ..vector import SplitMix64, TensorLayout
from ._fleet import TorchFleet
from ._parameters import ParameterLayout
from ._random import generators, set_generators

__all__ = ["TorchProblem"]

Batch = Any


class TorchProblem(Problem):
    """Trains a ``torch.nn.Module`` on clients' data sets.

    Gradients are computed in training mode, full losses and the evaluation in evaluation mode; with ``batch`` 0 the full losses are
    those of the gradients, in training mode. Buffers, such as the running statistics of batch normalization, are not part of the
    sent model: all clients update one set of them in turn, which is reset for each run.

    Args:
        model: creates a new module; called with torch's seed set to the run's, so that each run has its own x^0.
        loss: (output, target) -> mean loss over a batch, such as ``torch.nn.functional.cross_entropy``. The full loss of more
            than 1,024 samples is the mean over pieces, which is approximate if the loss weights samples, for example by class.
        data: one data set or DataLoader for each client, with items of (input, target). Only the data set and the collate
            function of a DataLoader are used; the samples of a round are drawn uniformly from the seed. A TensorDataset is
            fastest.
        evaluate: module -> figure on held-out data, such as the accuracy; called in evaluation mode.
        metric: the name of that figure, such as ``AUC`` or ``perplexity``. For ``accuracy``, ``balanced accuracy``,
            ``AUC``, ``F1`` and ``R²`` the margin is ``Thresholds.accuracy_points`` hundredths; for other names, a share
            of the training's gain.
        higher_is_better: whether larger figures are better.
        batch: the number of samples for a gradient, 0 for all.
        device: the device of the module and the clients' vectors.
        dtype: the type of the module's parameters; torch.float64 for the figures of the Java trial.
        measured: the number of samples of each client, spread over its data set, on which the full loss is measured; None for all.
        description: a description for reports.

    Raises:
        ValueError: if there are no data sets, a data set is empty or has no length, or a DataLoader has a custom
            sampler.
    """

    def __init__(
        self,
        model: Callable[[], nn.Module],
        loss: Callable[[Any, Any], Tensor],
        data: Sequence[Dataset[Any] | DataLoader[Any]],
        *,
        evaluate: Callable[[nn.Module], float] | None = None,
        metric: str = "accuracy",
        higher_is_better: bool = True,
        batch: int = 0,
        device: str | torch.device = "cpu",
        dtype: torch.dtype = torch.float32,
        measured: int | None = None,
        description: str = "PyTorch model",
    ) -> None:
        if not data:
            raise ValueError("data is empty, expected one data set for each client")
        self._data = [_Samples(i, each) for i, each in enumerate(data)]
        self.samples = [len(each) for each in self._data]
        self.batch = batch
        self.description = description
        self._make = model
        self._loss = loss
        self._evaluate = evaluate
        self.metric = Metric(metric, higher_is_better)
        self.classes = _balance(self._data)
        self._device = torch.device(device)
        self.gpus = int(self._device.type == "cuda")
        self._dtype = dtype
        self._measured = measured
        self._model, self._parameters = self._fresh(0)
        self.layout: TensorLayout = self._parameters.layout

    def _fresh(self, seed: int) -> tuple[nn.Module, ParameterLayout]:
        torch.manual_seed(seed)
        module = self._make().to(self._device, self._dtype)
        return module, ParameterLayout(module.named_parameters())

    def start(self, seed: int) -> Floats:
        """Creates a new module for a run's seed and returns its parameters, float64 of shape (d,). Raises ValueError if its
        tensors differ from earlier ones, or are the objects that an earlier run has trained."""
        trained = {id(parameter) for parameter in self._parameters.parameters}
        model, parameters = self._fresh(seed)
        if any(id(parameter) in trained for parameter in parameters.parameters):
            raise ValueError("the model factory returned the previous model's parameters: create new ones, or use copy.deepcopy")
        self._model, self._parameters = model, parameters
        if self._parameters.layout != self.layout:
            raise ValueError(
                "the model factory returned a model with different tensors from the first time: always create the same ones"
            )
        values: Floats = self._parameters.values(torch.float64).cpu().numpy()
        return values

    def gradient(self, client: int, x: Floats, chosen: Indices | None) -> tuple[float, Floats]:
        """Computes a client's mean loss, and its gradient at x: float64 of shape (d,), on the device if x is on it.

        Args:
            client: 0 to n - 1.
            x: float64; not changed.
            chosen: the numbers of the client's samples; None for all, or ``measured`` of them if rounds use batches.
        """
        full = chosen is None and self.batch > 0
        self._model.train(not full)
        self._load(x)
        samples = self._data[client]
        if chosen is None:
            count = len(samples) if not full or self._measured is None else min(self._measured, len(samples))
            chosen = _spread(len(samples), count)
        # A round's gradient uses one batch, as batch normalization requires; a full gradient is summed in pieces.
        count = -(-chosen.size // 1024) if full or chosen.size > 4096 else 1
        # Each piece is also spread over the data set, for losses that weight samples by class.
        pieces = [chosen[i::count] for i in range(count)]
        total = 0.0
        flat = torch.zeros(self.layout.dimension, dtype=torch.float64, device=self._device)
        for piece in pieces:
            inputs, targets = samples.batch(piece, self._device, self._dtype)
            self._model.zero_grad(set_to_none=True)
            loss = self._loss(self._model(inputs), targets)
            loss.backward()  # type: ignore[no-untyped-call]
            share = piece.size / chosen.size
            total += float(loss.detach()) * share
            flat += self._parameters.gradient(self._dtype).to(torch.float64) * share
        return total, flat.cpu().numpy() if isinstance(x, np.ndarray) else cast(Any, flat)

    def state(self) -> Any:
        """Returns the buffers, and the state of torch's generators, which augmentation and dropout draw from."""
        return {name: buffer.clone() for name, buffer in self._model.named_buffers()}, generators(self._device)

    def restore(self, state: Any) -> None:
        """Restores the buffers and the generators from ``state``."""
        buffers, states = state
        with torch.no_grad():
            for name, buffer in self._model.named_buffers():
                # A cache that a later forward pass created remains.
                if name in buffers:
                    buffer.resize_(buffers[name].shape).copy_(buffers[name])
        set_generators(self._device, states)

    def module(self, x: Floats) -> nn.Module:
        """Returns the module with the values x, and the buffers of the last run, in evaluation mode; not copied."""
        self._load(x)
        return self._model.eval()

    def _load(self, x: Floats) -> None:
        self._parameters.assign(torch.from_numpy(x).to(self._device) if isinstance(x, np.ndarray) else cast(Any, x))

    def test_metric(self, x: Floats) -> float:
        """Returns ``evaluate``'s figure for the module with the values x; NaN without ``evaluate``."""
        if self._evaluate is None:
            return float("nan")
        module = self.module(x)
        with torch.no_grad():
            return float(self._evaluate(module))

    def fleet_of(self, arm: Arm) -> Callable[[Floats], TorchFleet] | None:
        """Returns the fleet that keeps the vectors on the device; None on the CPU, where numpy keeps them."""
        if self._device.type == "cpu":
            return None
        return lambda start: TorchFleet(arm, self.layout, self.clients, torch.from_numpy(start).to(self._device))


class _Samples:
    """One client's samples, by number."""

    def __init__(self, client: int, data: Dataset[Any] | DataLoader[Any]) -> None:
        self._collate: Callable[[list[Any]], Batch] = default_collate
        loader = data if isinstance(data, DataLoader) else None
        if loader is not None:
            self._collate = loader.collate_fn
            data = loader.dataset
        if isinstance(data, IterableDataset) or not hasattr(data, "__len__"):
            raise ValueError(f"client {client}'s data has no length: give a data set with __len__ and __getitem__")
        if loader is not None:
            _require_uniform(client, loader)
        self._data: Any = data
        if len(self) == 0:
            raise ValueError(f"client {client}'s data set is empty, expected at least one sample")
        self._tensors = _tensors_of(self._data) if self._collate is default_collate else None

    def __len__(self) -> int:
        return len(self._data)

    @property
    def labels(self) -> Tensor | None:
        """The classes of all samples, if a tensor holds them."""
        targets = None if self._tensors is None else self._tensors[1]
        return targets if targets is not None and targets.dim() == 1 and not targets.is_floating_point() else None

    def batch(self, numbers: Indices, device: torch.device, dtype: torch.dtype) -> tuple[Any, Any]:
        """Returns the inputs and targets of samples on a device, with floating-point tensors converted to ``dtype``."""
        if self._tensors is not None:
            chosen = torch.from_numpy(numbers)
            inputs, targets = (tensor[chosen] for tensor in self._tensors)
        else:
            inputs, targets = self._collate([self._data[int(i)] for i in numbers])
        return _moved(inputs, device, dtype), _moved(targets, device, dtype)


def _spread(samples: int, count: int) -> Indices:
    """Returns the numbers of ``count`` samples, one from each of ``count`` parts of the data set; deterministic.

    Data sets are often sorted by class, or cycle through the classes, so samples at equal distances might all have the same class.
    """
    edges = np.arange(count + 1) * samples // count
    return edges[:-1] + SplitMix64(0).below(np.diff(edges))


def _require_uniform(client: int, loader: DataLoader[Any]) -> None:
    """Raises ValueError if a DataLoader does not sample uniformly, as a trial does."""
    if type(loader.batch_sampler) is BatchSampler and type(loader.sampler) in (SequentialSampler, RandomSampler):
        return
    own = loader.sampler if type(loader.batch_sampler) is BatchSampler else loader.batch_sampler
    raise ValueError(
        f"client {client}'s DataLoader draws by {type(own).__name__}, but a trial draws uniformly from all samples "
        "of a data set: give "
        "Subset(data, indices) for a part of them, and weights in the loss for classes of unequal size"
    )


def _balance(data: Sequence[_Samples]) -> ClassBalance | None:
    """Returns the balance of the classes; None unless all clients' targets are integers in a tensor."""
    labels = [each.labels for each in data]
    if any(each is None for each in labels):
        return None
    _, counts = np.unique(np.concatenate([cast(Tensor, each).cpu().numpy() for each in labels]), return_counts=True)
    return ClassBalance.of(counts.tolist())


def _tensors_of(data: Any) -> tuple[Tensor, Tensor] | None:
    """Returns the two tensors of a TensorDataset or a Subset of one, so that batches need no loop over samples; else None.

    A derived class may return samples other than those in its tensors.
    """
    chosen: Tensor | None = None
    if type(data) is Subset:
        chosen = torch.as_tensor(list(data.indices), dtype=torch.int64)
        data = data.dataset
    if type(data) is not TensorDataset or len(data.tensors) != 2:
        return None
    inputs, targets = data.tensors
    return (inputs, targets) if chosen is None else (inputs[chosen], targets[chosen])


def _moved(value: Any, device: torch.device, dtype: torch.dtype) -> Any:
    if not isinstance(value, Tensor):
        return value
    return value.to(device, dtype) if value.is_floating_point() else value.to(device)
