"""TorchProblem: its figures are those of the data sets, loaders and modules that it is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.utils.data import (  # noqa: E402
    BatchSampler,
    DataLoader,
    IterableDataset,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
)

from evenkeel.torch import TorchProblem  # noqa: E402

RAW = torch.randint(256, (7, 4), generator=torch.Generator().manual_seed(1)).double()
LABELS = torch.tensor([0, 1, 0, 1, 1, 0, 1])


class Bytes(TensorDataset):
    def __getitem__(self, number: Any) -> Any:
        value, label = super().__getitem__(number)
        return value / 255, label


class Part(Subset):
    def __getitem__(self, number: Any) -> Any:
        value, label = super().__getitem__(number)
        return value / 255, label


def collate(samples: list[Any]) -> Any:
    values, labels = default_collate(samples)
    return values / 255, labels


def linear() -> nn.Module:
    return nn.Linear(4, 2)


def problem(*data: Any, model: Any = linear, **options: Any) -> TorchProblem:
    return TorchProblem(model, nn.functional.cross_entropy, data, dtype=torch.float64, **options)


@pytest.mark.parametrize(
    "data",
    [
        Bytes(RAW, LABELS),
        Subset(Bytes(RAW, LABELS), range(7)),
        Part(TensorDataset(RAW, LABELS), range(7)),
        DataLoader(TensorDataset(RAW, LABELS), collate_fn=collate),
    ],
    ids=["derived", "part-of-derived", "derived-part", "collate"],
)
def test_samples_are_those_that_the_data_set_and_its_collate_function_give(data: Any) -> None:
    found, expected = problem(data), problem(TensorDataset(RAW / 255, LABELS))
    x = expected.start(1)
    for chosen in (None, np.array([1, 4])):
        (loss, gradient), (wanted, along) = (each.gradient(0, x, chosen) for each in (found, expected))
        assert loss == pytest.approx(wanted, rel=1e-12)
        np.testing.assert_allclose(gradient, along, rtol=1e-9, atol=1e-15)


def test_loaders_that_draw_in_a_way_of_their_own_are_refused() -> None:
    data = TensorDataset(RAW, LABELS)
    for loader in (DataLoader(data, 2, shuffle=True, drop_last=True), DataLoader(data, 3)):
        assert problem(loader).samples == [7]
    for loader, name in [
        (DataLoader(data, 2, sampler=SubsetRandomSampler([0, 1])), "SubsetRandomSampler"),
        (DataLoader(data, 2, sampler=WeightedRandomSampler([1.0] * 7, 7)), "WeightedRandomSampler"),
        (DataLoader(data, batch_sampler=Own(SequentialSampler(data), 2, False)), "Own"),
        (DataLoader(data, batch_size=None), "NoneType"),
    ]:
        with pytest.raises(ValueError, match=rf"client 1's DataLoader draws by {name}, .* give Subset\(data, indices\)"):
            problem(data, loader)
    with pytest.raises(ValueError, match="client 0's data has no length"):
        problem(DataLoader(Stream()))


class Own(BatchSampler):
    pass


class Stream(IterableDataset):
    def __iter__(self) -> Any:
        return iter([(RAW[0], LABELS[0])])
