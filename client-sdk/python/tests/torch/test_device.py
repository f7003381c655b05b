"""TorchDevice: its gradients and its errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

import evenkeel  # noqa: E402
from evenkeel import feedback  # noqa: E402
from evenkeel.client import Gradient, Model  # noqa: E402
from evenkeel.client._gradients import require_suited  # noqa: E402
from evenkeel.errors import InvalidGradientError, ModelMismatchError  # noqa: E402
from evenkeel.torch import TorchDevice, TorchProblem  # noqa: E402
from evenkeel.trial import compare  # noqa: E402
from evenkeel.vector import Tensor, TensorLayout  # noqa: E402

X = np.random.default_rng(1).standard_normal((6, 4))
Y = np.random.default_rng(2).standard_normal((6, 2))
LAYOUT = TensorLayout([Tensor("bias", (2,)), Tensor("weight", (2, 4))])


def model(layout: TensorLayout = LAYOUT, dtype: Any = np.float64) -> Model:
    return Model(0, layout, np.random.default_rng(3).standard_normal(layout.dimension).astype(dtype))


def loader(batch: int = 6) -> Any:
    return DataLoader(TensorDataset(torch.from_numpy(X), torch.from_numpy(Y)), batch_size=batch)


def device(net: nn.Module | None = None, **options: Any) -> TorchDevice:
    return TorchDevice(net or nn.Linear(4, 2).double(), nn.functional.mse_loss, options.pop("loader", loader()), **options)


def numpy_gradient(weight: np.ndarray, bias: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    residual = 2 * (x @ weight.T + bias - y) / y.size
    return residual.T @ x, residual.sum(0)


def test_a_gradient_goes_to_the_run_s_tensors_by_name() -> None:
    found = device()(model())
    weight, bias = numpy_gradient(model().tensor("weight"), model().tensor("bias"), X, Y)
    np.testing.assert_allclose(found.flat(LAYOUT), np.concatenate([bias, weight.reshape(-1)]), rtol=1e-12)
    assert found.samples == 6
    residual = X @ model().tensor("weight").T + model().tensor("bias") - Y
    assert found.loss == pytest.approx((residual**2).mean())


def test_local_steps_send_the_pseudo_gradient() -> None:
    found = device(loader=loader(2), local_steps=4, optimizer=lambda p: torch.optim.SGD(p, lr=0.3))(model())
    weight, bias = (model().tensor(name).copy() for name in ("weight", "bias"))
    for step in range(4):
        part = slice(2 * (step % 3), 2 * (step % 3) + 2)
        along = numpy_gradient(weight, bias, X[part], Y[part])
        weight -= 0.3 * along[0]
        bias -= 0.3 * along[1]
    expected = np.concatenate([model().tensor("bias") - bias, (model().tensor("weight") - weight).reshape(-1)])
    np.testing.assert_allclose(found.flat(LAYOUT), expected, rtol=1e-10, atol=1e-14)
    assert found.samples == 8


def test_batches_continue_where_the_last_round_stopped() -> None:
    trained = device(loader=loader(4))
    assert [trained(model()).samples for _ in range(4)] == [4, 2, 4, 2]


@pytest.mark.parametrize(
    ("tensors", "fault"),
    [
        ([("weight", (2, 4))], r"'bias' of shape \(2,\) was not expected"),
        ([("weight", (4, 2)), ("bias", (2,))], r"'weight' has shape \(2, 4\), expected \(4, 2\)"),
        ([("weight", (2, 4)), ("bias", (2,)), ("scale", ())], r"'scale' of shape \(\) is missing"),
        ([("fc.weight", (2, 4)), ("bias", (2,))], r"'fc.weight' .* is missing; 'weight' .* was not expected"),
    ],
)
def test_each_mismatch_is_named(tensors: list[Any], fault: str) -> None:
    trained = device()
    before = trained.module.weight.detach().clone()
    with pytest.raises(ModelMismatchError, match=fault):
        trained(model(TensorLayout([Tensor(*each) for each in tensors])))
    assert torch.equal(trained.module.weight, before)


def test_a_module_with_other_tensors_is_refused_before_the_first_round() -> None:
    require_suited(device(), feedback.Ef21, LAYOUT, "r")
    with pytest.raises(ModelMismatchError, match=r"'weight' has shape \(3, 4\), expected \(2, 4\)"):
        require_suited(device(nn.Linear(4, 3).double()), feedback.Ef21, LAYOUT, "r")


def test_a_module_that_changes_size_is_refused() -> None:
    net = nn.Sequential(nn.Linear(4, 2).double())
    trained = device(net)
    layout = trained.layout
    trained(model(layout))
    net[0] = nn.Linear(4, 3).double()
    with pytest.raises(ModelMismatchError, match=r"'0.weight' has shape \(3, 4\), expected \(2, 4\)"):
        trained(model(layout))


def test_loaders_without_a_batch_are_refused() -> None:
    with pytest.raises(ValueError, match="the loader is empty"):
        device(loader=DataLoader(TensorDataset(torch.zeros(3, 4), torch.zeros(3, 2)), batch_size=4, drop_last=True))
    with pytest.raises(ValueError, match="only once"):
        device(loader=iter(loader()))

    class Dry:
        def __iter__(self) -> Any:
            return iter(())

    with pytest.raises(ValueError, match="gave no batch"):
        device(loader=Dry())(model())


@pytest.mark.parametrize("wrap", [lambda x: {"x": x, "mask": x}, lambda x: [x, x], lambda x: x])
def test_a_batch_s_samples_are_counted_for_any_kind_of_inputs(wrap: Any) -> None:
    class First(nn.Linear):
        def forward(self, inputs: Any) -> Any:
            return super().forward(inputs["x"] if isinstance(inputs, dict) else inputs[0] if isinstance(inputs, list) else inputs)

    batches = [(wrap(torch.from_numpy(X)), torch.from_numpy(Y))]
    assert device(First(4, 2).double(), loader=batches)(model()).samples == 6


def test_parameters_of_several_types_lose_no_digits() -> None:
    net = nn.Sequential(nn.Linear(4, 2), nn.Linear(2, 2).double())
    net[0].register_forward_hook(lambda module, inputs, output: output.double())
    batches = [(torch.from_numpy(X).float(), torch.from_numpy(Y))]
    trained = device(net, loader=batches)
    found = trained(model(trained.layout))
    assert found.values["1.weight"].dtype == np.float64
    assert np.array_equal(found.values["1.weight"], net[1].weight.grad.numpy())


def test_simulate_uses_the_widest_type_of_a_model() -> None:
    net = nn.Sequential(nn.Linear(4, 2).bfloat16(), nn.Linear(2, 2))
    data = [TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))]
    module, run = evenkeel.simulate(net, nn.functional.mse_loss, data, "gd,gamma=0.1", rounds=1)
    assert {parameter.dtype for parameter in module.parameters()} == {torch.float32}
    expected = nn.functional.mse_loss(net.float()(torch.from_numpy(X).float()), torch.from_numpy(Y).float())
    assert run.points[0].loss == pytest.approx(float(expected), rel=1e-6)


class Partly(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2, 4, dtype=torch.float64))
        self.bias = nn.Parameter(torch.zeros(2, dtype=torch.float64))

    def forward(self, x: Any) -> Any:
        return x @ self.weight.T


def test_parameters_without_a_gradient_count_as_zeros_and_are_named(caplog: Any) -> None:
    found = device(Partly())(model())
    assert (found.values["bias"] == 0).all() and (found.values["weight"] != 0).any()
    assert "bias" in caplog.text
    with pytest.raises(InvalidGradientError, match="depends on the parameters"):
        TorchDevice(Partly(), lambda out, y: out.detach().mean(), loader())(model())


def test_sparse_gradients_are_refused_and_half_precision_is_converted() -> None:
    class Words(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(3, 2, sparse=True)

        def forward(self, x: Any) -> Any:
            return self.words(x)

    batches = [(torch.tensor([0, 2]), torch.zeros(2, 2))]
    sparse = TorchDevice(Words(), nn.functional.mse_loss, batches)
    with pytest.raises(InvalidGradientError, match="'words.weight' is sparse"):
        sparse(model(sparse.layout))
    half = [(torch.from_numpy(X).bfloat16(), torch.from_numpy(Y).bfloat16())]
    options = {"optimizer": lambda p: torch.optim.SGD(p, lr=0.0)}
    net = nn.Linear(4, 2).bfloat16()
    assert device(net, loader=half)(model()).flat(LAYOUT).dtype == np.float32
    assert (device(net, loader=half, **options)(model()).flat(LAYOUT) == 0).all()


def test_buffers_follow_the_device_s_own_batches() -> None:
    net = nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2)).double()
    trained = device(net)
    names = [tensor.name for tensor in trained.layout.tensors]
    assert names == ["0.weight", "0.bias", "1.weight", "1.bias"]
    before = net[1].running_mean.clone()
    trained(model(trained.layout))
    assert not torch.equal(net[1].running_mean, before)
    after = net[1].running_mean.clone()
    assert trained.evaluator(lambda module: {"training": float(module.training)})(model(trained.layout)) == {"training": 0}
    assert torch.equal(net[1].running_mean, after)


def test_a_sample_gives_two_models_the_same_batches_and_random_numbers() -> None:
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2), nn.Dropout(0.5)).double()
    trained = device(net, loader=loader(2), local_steps=2)
    layout = trained.layout
    on_it = trained.sample(0)
    first = on_it(model(layout)).flat(layout)
    statistics = net[1].running_mean.clone()
    drawn = torch.get_rng_state()
    other = Model(1, layout, np.random.default_rng(9).standard_normal(layout.dimension))
    second = on_it(other).flat(layout)
    assert on_it(model(layout)).flat(layout).tobytes() == first.tobytes()
    assert second.tobytes() != first.tobytes()
    # The second model leaves no trace in buffers and random numbers.
    assert torch.equal(net[1].running_mean, statistics)
    assert torch.equal(torch.get_rng_state(), drawn)
    # The next sample consists of the next batches.
    assert trained.sample(1)(model(layout)).flat(layout).tobytes() != first.tobytes()


def test_a_device_is_a_sampled_gradient() -> None:
    assert isinstance(device(), evenkeel.SampledGradient)


@pytest.mark.parametrize("local_steps", [1, 2])
def test_storm_with_full_gradients_is_normalized_ef21(local_steps: int) -> None:
    data = [TensorDataset(torch.from_numpy(X[i::2]), torch.from_numpy(Y[i::2])) for i in range(2)]
    runs = [
        evenkeel.simulate(
            nn.Linear(4, 2).double().requires_grad_(),
            nn.functional.mse_loss,
            data,
            f"{algorithm},gamma=anytime:1:0.5,compressor=top-k:2,name=a",
            rounds=12,
            batch=0,
            local_steps=local_steps,
        )[1]
        for algorithm in _seeded("ef21-norm", "ef21-storm-norm")
    ]
    assert [point.loss for point in runs[0].points] == [point.loss for point in runs[1].points]


def _seeded(*algorithms: str) -> Any:
    """Seeds torch before each algorithm, so that all start from the same module."""
    for algorithm in algorithms:
        torch.manual_seed(5)
        yield algorithm


def test_simulate_is_a_trial_with_one_arm() -> None:
    arm = "ef21-norm,gamma=anytime:0.3:0.5,compressor=top-k:3"
    torch.manual_seed(5)
    net = nn.Linear(4, 2).double()
    start = net.weight.detach().clone()
    parts = [TensorDataset(torch.from_numpy(X[i::2]), torch.from_numpy(Y[i::2])) for i in range(2)]
    loaders = [DataLoader(part, batch_size=2) for part in parts]
    module, run = evenkeel.simulate(net, nn.functional.mse_loss, loaders, arm, rounds=6, evaluate=lambda module: 96.5)
    assert run.points[-1].test_metric == 96.5
    assert torch.equal(net.weight, start)

    def copy() -> nn.Module:
        other = nn.Linear(4, 2).double()
        other.load_state_dict(net.state_dict())
        return other

    problem = TorchProblem(copy, nn.functional.mse_loss, parts, batch=2, dtype=torch.float64)
    expected = compare(problem, [arm], rounds=6, seeds=(1,), progress=False).runs[1]
    figures = lambda points: [(p.loss, p.grad_norm, p.uplink_bytes) for p in points]  # noqa: E731
    assert figures(run.points) == figures(expected.points)
    loss = np.mean([float(nn.functional.mse_loss(module(part.tensors[0]), part.tensors[1])) for part in parts])
    assert run.points[-1].loss == pytest.approx(loss)
    with pytest.raises(ValueError, match="batch sizes"):
        evenkeel.simulate(net, nn.functional.mse_loss, [DataLoader(parts[0], batch_size=i) for i in (1, 2)], arm, rounds=1)


@pytest.mark.parametrize(
    "values",
    [
        torch.ones(LAYOUT.dimension, device="meta"),
        torch.ones(LAYOUT.dimension, requires_grad=True),
        torch.ones(LAYOUT.dimension).to_sparse(),
    ],
    ids=["not-on-the-cpu", "part-of-a-graph", "sparse"],
)
def test_a_tensor_that_numpy_cannot_read_is_refused(values: torch.Tensor) -> None:
    with pytest.raises(InvalidGradientError, match="the gradient is a Tensor that is not an array"):
        Gradient(values).flat(LAYOUT)
    assert Gradient(torch.ones(LAYOUT.dimension)).flat(LAYOUT).dtype == np.float32
