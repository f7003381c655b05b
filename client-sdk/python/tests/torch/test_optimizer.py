"""Steps on torch parameters, compared with evenkeel.step on the flat vector."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from evenkeel.compress import parse  # noqa: E402
from evenkeel.errors import InvalidGradientError  # noqa: E402
from evenkeel.step import ModelState, StepInput, parse_rule, parse_schedule  # noqa: E402
from evenkeel.torch import ParameterLayout, StepOptimizer  # noqa: E402


def model() -> nn.Module:
    torch.manual_seed(1)
    return nn.Linear(4, 3).double()


@pytest.mark.parametrize(
    "rule", ["plain", "normalized", "layerwise-normalized", "accumulated-norm", "distance-over-gradients", "sufficient-decrease"]
)
@pytest.mark.parametrize("gamma", ["0.5", "anytime:0.7:0.5", "horizon:2:0.75"])
@pytest.mark.parametrize("loss", [None, 0.8])
def test_steps_are_those_of_the_coordinator(rule: str, gamma: str, loss: float | None) -> None:
    net = model()
    parameters = ParameterLayout(net.named_parameters())
    optimizer = StepOptimizer(net.named_parameters(), rule=rule, gamma=gamma, rounds=6)
    state = ModelState(parameters.layout, parse_rule(rule), parameters.values(torch.float64).numpy().copy(), False)
    schedule = parse_schedule(gamma)
    identity = parse("identity+float64").bind(parameters.layout)
    rng = np.random.default_rng(0)
    for round in range(6):
        gradient = rng.normal(size=parameters.dimension) if round != 3 else np.zeros(parameters.dimension)
        for i, p in enumerate(parameters.parameters):
            p.grad = torch.from_numpy(gradient[parameters.layout.slice(i)].copy()).view(p.shape)
        optimizer.step(None if loss is None else lambda: loss)
        state.begin_round()
        state.add(identity.compress(gradient))
        state.step(StepInput(1.0, schedule.at(round, 5), np.nan if loss is None else loss))
        np.testing.assert_allclose(parameters.values(torch.float64).numpy(), state.x, rtol=1e-12, atol=1e-14)


def test_a_bad_gradient_is_named_and_changes_nothing() -> None:
    net = model()
    optimizer = StepOptimizer(net.named_parameters(), rule="plain", gamma=1)
    for p in net.parameters():
        p.grad = torch.ones_like(p)
    net.bias.grad[2] = float("inf")
    before = [p.detach().clone() for p in net.parameters()]
    with pytest.raises(InvalidGradientError, match="'bias' is inf at 2"):
        optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters()))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rule": "plain"}, "no default step size"),
        ({"rule": "normalized"}, "needs the number of steps"),
        ({"rule": "best"}, "expected one of plain"),
        ({"rule": "fedadam"}, "torch.optim"),
        ({"rule": "muon"}, "torch.optim"),
        ({"rule": "slope"}, "torch.optim"),
        ({"gamma": "-1"}, "above 0"),
    ],
)
def test_invalid_settings_are_refused(settings: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StepOptimizer(model().named_parameters(), **settings)


def test_parameters_are_one_group() -> None:
    optimizer = StepOptimizer(model().named_parameters(), rule="normalized", gamma=1)
    with pytest.raises(ValueError, match="one group"):
        optimizer.add_param_group({"params": [nn.Parameter(torch.zeros(1))]})


def test_layouts_refuse_parameters_that_cannot_be_trained() -> None:
    frozen = nn.Linear(2, 2).requires_grad_(False)
    with pytest.raises(ValueError, match="requires_grad=True"):
        ParameterLayout(frozen.named_parameters())
    embedding = nn.Embedding(4, 2, sparse=True)
    embedding(torch.tensor([1])).sum().backward()
    with pytest.raises(InvalidGradientError, match="sparse=False"):
        ParameterLayout(embedding.named_parameters()).gradient()
