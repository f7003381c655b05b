"""TorchProblem: its figures equal those of the given data sets, loaders and modules."""

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

from evenkeel.compress import Seeded  # noqa: E402
from evenkeel.torch import TorchProblem  # noqa: E402
from evenkeel.trial import parse_arm  # noqa: E402
from evenkeel.trial._settings import Settings  # noqa: E402
from evenkeel.trial._simulation import Simulation  # noqa: E402
from evenkeel.vector import derive_seed  # noqa: E402

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


def test_loaders_with_a_custom_sampler_are_refused() -> None:
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


def normalized() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 2))


def test_clients_with_fewer_samples_than_a_batch_train_like_others() -> None:
    data = [TensorDataset(RAW[:3] / 255, LABELS[:3]), TensorDataset(RAW / 255, LABELS)]
    trained = problem(*data, model=normalized, batch=4)
    simulation = Simulation(trained, parse_arm("gd,gamma=0.5"), Settings(6), 9)
    run = simulation.run()

    torch.manual_seed(9)
    net = normalized().double()
    losses = []

    def measure() -> float:
        net.eval()
        with torch.no_grad():
            return np.mean([float(nn.functional.cross_entropy(net(part.tensors[0]), part.tensors[1])) for part in data])

    for round in range(6):
        net.train().zero_grad()
        for client, part in enumerate(data):
            count = len(part)
            seed = derive_seed(derive_seed(derive_seed(9, 203), round), client)
            chosen = torch.arange(3) if count == 3 else torch.from_numpy(Seeded(count, 4, seed).indices)
            (0.5 * nn.functional.cross_entropy(net(part.tensors[0][chosen]), part.tensors[1][chosen])).backward()
        # With the statistics of this round's batches.
        losses.append(measure())
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= 0.5 * parameter.grad
    losses.append(measure())
    assert [point.loss for point in run.points] == pytest.approx(losses, rel=1e-5)
    for found, expected in zip(trained.module(simulation.x).state_dict().values(), net.state_dict().values()):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("batch", [0, 2])
def test_training_does_not_depend_on_what_is_recorded(batch: int) -> None:
    data = [TensorDataset(RAW[i::2] / 255, LABELS[i::2]) for i in range(2)]

    def accuracy(module: nn.Module) -> float:
        # A DataLoader draws a random number for each pass.
        return sum(float((module(x).argmax(1) == y).sum()) for x, y in DataLoader(data[0], 2, shuffle=True)) / len(data[0])

    ends = []
    for every in (1, 3):
        trained = problem(*data, model=normalized, batch=batch, evaluate=accuracy)
        settings = Settings(7, record_every=every, participation=0.5)
        run = Simulation(trained, parse_arm("ef14,gamma=0.5,compressor=top-k:5"), settings, 2)
        last = run.run().points[-1]
        ends.append((run.x.tolist(), last.loss, last.test_metric, last.uplink_bytes))
    assert ends[0] == ends[1]


def test_a_factory_that_returns_a_trained_module_again_is_refused() -> None:
    net, base = linear(), linear()
    with pytest.raises(ValueError, match="the model factory returned the previous model's parameters"):
        problem(TensorDataset(RAW, LABELS), model=lambda: net).start(1)
    frozen = problem(TensorDataset(RAW, LABELS), model=lambda: nn.Sequential(base.requires_grad_(False), nn.Linear(2, 2)))
    assert frozen.start(1).tolist() != frozen.start(2).tolist()


def test_the_full_loss_with_weights_of_classes_is_nearly_that_of_all_samples_at_once() -> None:
    inputs = torch.randn(3000, 4, generator=torch.Generator().manual_seed(1)).double()
    labels = (torch.arange(3000) < 61).long()
    weighted = nn.CrossEntropyLoss(torch.tensor([1.0, 50.0], dtype=torch.float64))
    trained = TorchProblem(linear, weighted, [TensorDataset(inputs, labels)], batch=32, dtype=torch.float64)
    x = trained.start(1)
    loss, _ = trained.gradient(0, x, None)
    assert loss == pytest.approx(float(weighted(trained.module(x)(inputs), labels)), rel=2e-3)


def test_buffers_that_appear_or_grow_in_a_forward_pass_are_restored() -> None:
    class Growing(nn.Linear):
        def __init__(self) -> None:
            super().__init__(4, 2)
            self.register_buffer("seen", torch.zeros(0))

        def forward(self, inputs: Any) -> Any:
            self.register_buffer("cache", torch.ones(3))
            self.seen.resize_(self.seen.numel() + 1).fill_(self.seen.numel())
            return super().forward(inputs)

    trained = problem(TensorDataset(RAW, LABELS), model=Growing)
    x = trained.start(1)
    before = trained.state()
    trained.gradient(0, x, None)
    trained.restore(before)
    assert trained.module(x).seen.numel() == 0
    assert trained.module(x).cache.tolist() == [1, 1, 1]


@pytest.mark.parametrize("labels", [torch.arange(200) % 10, torch.arange(200) // 20], ids=["in-turn", "sorted"])
def test_the_measured_samples_cover_all_classes(labels: Any) -> None:
    def counted(output: Any, target: Any) -> Any:
        return output.sum() * 0 + len(set(target.tolist()))

    trained = TorchProblem(linear, counted, [TensorDataset(torch.ones(200, 4), labels)], batch=1, measured=40)
    assert trained.gradient(0, trained.start(1), None)[0] == 10
