"""Buffers that are averaged, parts of a module that stay on the device, and the proximal term."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from evenkeel import Client, Operator, RunEnd  # noqa: E402
from evenkeel import feedback as methods  # noqa: E402
from evenkeel.client import FolderStore, Gradient, Model, RunPlan  # noqa: E402
from evenkeel.compress import parse  # noqa: E402
from evenkeel.errors import FunctionError, ModelMismatchError, StateError  # noqa: E402
from evenkeel.torch import TorchDevice, trainable  # noqa: E402
from evenkeel.vector import Tensor, TensorLayout  # noqa: E402

from .. import coordinator  # noqa: E402

BUFFERS = ("1.running_mean", "1.running_var")


def net() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2)).double()


def batches(number: int, offset: float = 0.0) -> Any:
    drawn = torch.Generator().manual_seed(number)
    x = torch.randn(8, 4, generator=drawn, dtype=torch.float64) + offset
    return [(x, (x[:, :2] > offset).double())]


def device(number: int = 0, module: nn.Module | None = None, **options: Any) -> TorchDevice:
    data = batches(number, options.pop("offset", 0.0))
    return TorchDevice(module or net(), nn.functional.mse_loss, data, **options)


def sgd(parameters: Any) -> Any:
    return torch.optim.SGD(parameters, lr=0.1)


def plan(layout: TensorLayout, **changes: Any) -> RunPlan:
    fields = ("ef14", "ef14", "plain", "constant:0.5", "constant:1", "top-k:0.1")
    return replace(RunPlan("r", layout, 9, 9, *fields, None, 1, 0, 10_000), **changes)


def model(values: dict[str, Any], round: int = 0) -> Model:
    layout = TensorLayout([Tensor(name, array.shape) for name, array in values.items()])
    return Model(round, layout, np.concatenate([array.reshape(-1) for array in values.values()]))


def test_the_initial_model_has_the_buffers_that_are_averaged() -> None:
    values = trainable(net(), use_buffers=True)
    assert list(values) == [*trainable(net()), *BUFFERS]
    assert values["1.running_var"].tolist() == [1, 1, 1]
    assert not any("num_batches_tracked" in name for name in values)


@pytest.mark.parametrize("optimizer", [None, sgd], ids=["gradient", "local-steps"])
@pytest.mark.parametrize("gamma", [1.0, 0.5])
def test_a_step_makes_the_run_s_buffers_the_weighted_mean_of_the_devices(optimizer: Any, gamma: float) -> None:
    before, weights, total = trainable(net(), use_buffers=True), [0.25, 0.75], 0.0
    devices = [device(i, offset=3.0 * i, use_buffers=True, optimizer=optimizer) for i in range(2)]
    for weight, trained in zip(weights, devices):
        trained.require_plan(plan(trained.layout, gamma=f"constant:{gamma}"))
        total = total + weight * trained(model(before)).flat(trained.layout)
    after = model(before).values - gamma * np.asarray(total)
    layout = devices[0].layout
    for name, part in zip(BUFFERS, layout.slices(BUFFERS)):
        own = [trained.module.get_buffer(name).numpy() for trained in devices]
        assert not np.allclose(own[0], own[1])
        np.testing.assert_allclose(after[part], weights[0] * own[0] + weights[1] * own[1], rtol=1e-12)


def test_a_module_loads_the_run_s_buffers_and_counts_its_own_batches() -> None:
    trained = device(use_buffers=True)
    values = trainable(net(), use_buffers=True)
    values["1.running_mean"] = np.array([1.0, 2.0, 3.0])
    values["1.running_var"] = np.array([4.0, -1e-9, 5.0])
    trained(model(values))
    trained.load(model(values, 1))
    assert trained.module.get_buffer("1.running_mean").tolist() == [1, 2, 3]
    assert trained.module.get_buffer("1.running_var").tolist() == [4, 0, 5], "a variance is not negative"
    assert int(trained.module.get_buffer("1.num_batches_tracked")) == 1


def test_the_final_model_is_a_whole_state_dict() -> None:
    values = {name: torch.from_numpy(array) for name, array in trainable(net(), use_buffers=True).items()}
    net().load_state_dict(values)


def test_the_dropped_part_of_a_buffer_is_not_added_later() -> None:
    layout = TensorLayout([Tensor("w", (3,)), Tensor("running_var", (1,))])
    method, compressor = methods.start("ef14", 4), parse("top-k:1").bind(layout)
    variance, dropped = 1.0, 0
    for _ in range(20):
        gradient = Gradient(np.array([1.0, 1.0, 1.0, 0.5 * (variance - 0.01)]), without_feedback=("running_var",))
        method.forget(layout.slices(gradient.without_feedback))
        staged = method.stage(gradient.flat(layout), compressor)
        method.commit(staged)
        sent = staged.delta.to_dense()
        dropped += sent[3] == 0
        variance -= sent[3]
        assert 0 < variance <= 1
    assert dropped > 5 and (np.abs(method.vectors[0][:3]) > 1).any()
    for other in ("ef21", "none"):
        methods.start(other, 4).forget([slice(0, 4)])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"algorithm": "ef21-adaptive", "feedback": "ef21-igt", "step": "slope:0.01"},
            "algorithm ef21-adaptive with step slope:0.01",
        ),
        ({"step": "nesterov:0.9"}, "algorithm ef14 with step nesterov:0.9"),
        ({"aggregation": object(), "privacy": object()}, "privacy, secure aggregation"),
        ({"compressor": "top-k:0.1+sign"}, r"compressor top-k:0.1\+sign"),
    ],
)
def test_runs_that_cannot_average_buffers_are_refused_before_the_first_round(changes: Any, fault: str) -> None:
    trained = device(use_buffers=True)
    with pytest.raises(FunctionError, match=f"run 'r' has {fault}: create the run with --algorithm ef14 --gamma constant:1"):
        trained.require_plan(plan(trained.layout, **changes))
    device().require_plan(plan(trained.layout, **changes))


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"use_buffers": True, "local": ["1.*"]}, "no floating-point buffer in its state_dict that is not local"),
        ({"use_buffers": True, "module": nn.Linear(4, 2)}, "no floating-point buffer in its state_dict"),
        (
            {"local": ["head.*"], "optimizer": sgd},
            r"pattern 'head\.\*', which matches no trainable .* expected some of 0\.weight, ",
        ),
        ({"local": ["*"], "optimizer": sgd}, "local matches all trainable parameters"),
        ({"local": "2.*", "optimizer": sgd}, r"expected a list of patterns, such as \['2\.\*'\]"),
        ({"local": ["2.*"]}, "only local steps train: give optimizer"),
        ({"proximal_mu": 0.1}, "proximal_mu, .* apply to local steps: give optimizer"),
        ({"proximal_mu": -1.0, "optimizer": sgd}, "proximal_mu is -1.0, expected a finite number from 0"),
    ],
)
def test_what_cannot_be_is_named(options: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        device(**options)


def test_a_run_without_the_buffers_is_refused() -> None:
    with pytest.raises(
        ModelMismatchError, match=r"'1.running_mean' of shape \(3,\) was not expected.*same use_buffers and local"
    ):
        device(use_buffers=True)(model(trainable(net())))


LOCAL = {"local": ["1.*", "2.*"], "optimizer": sgd, "local_steps": 2}


def test_a_local_part_is_trained_but_not_sent() -> None:
    trained = device(**LOCAL)
    assert (
        [tensor.name for tensor in trained.layout.tensors]
        == ["0.weight", "0.bias"]
        == list(trainable(net(), local=LOCAL["local"]))
    )
    found = trained(model(trainable(net(), local=LOCAL["local"])))
    assert found.flat(trained.layout).any()
    assert not torch.equal(trained.module.get_parameter("2.weight"), net().get_parameter("2.weight"))
    whole = device(optimizer=sgd, local_steps=2)
    whole(model(trainable(net())))
    for name, tensor in whole.module.state_dict().items():
        assert torch.equal(trained.module.state_dict()[name], tensor), "local parts are trained with the others"


def states(folder: Path, rounds: list[int], **options: Any) -> list[bytes]:
    """Trains rounds, each as if in a new process, and returns the sent vectors and the local part."""
    found = []
    for round in rounds:
        trained = device(**{**LOCAL, **options})
        with closing(FolderStore(folder)) as store:
            trained.keep_in(store, "r")
            sent = trained(model(trainable(net(), local=LOCAL["local"]), round)).flat(trained.layout).tobytes()
        kept = trained.module.state_dict()
        found.append(sent + b"".join(kept[name].numpy().tobytes() for name in sorted(kept) if name[0] != "0"))
    return found


def test_a_killed_device_continues_with_its_local_part(tmp_path: Path) -> None:
    trained, whole = device(**LOCAL), []
    for round in range(3):
        whole.append(trained(model(trainable(net(), local=LOCAL["local"]), round)).flat(trained.layout).tobytes())
    found = states(tmp_path / "a", [0, 1, 1, 2])
    assert [each[: len(whole[0])] for each in (found[0], found[1], found[3])] == whole
    assert found[1] == found[2], "a repeated round starts from the same local part"
    assert found[0] != found[1]
    resumed = device(**LOCAL)
    with closing(FolderStore(tmp_path / "a")) as store:
        resumed.keep_in(store, "r")
    assert torch.equal(resumed.module.get_parameter("2.weight"), trained.module.get_parameter("2.weight")), "for an evaluation"


def test_a_module_may_move_after_its_device_was_created() -> None:
    module = net().float()
    trained = device(module=module, **LOCAL)
    module.double()
    given = trainable(net(), local=LOCAL["local"])
    first = trained(model(given)).flat(trained.layout).tobytes()
    assert trained(model(given)).flat(trained.layout).tobytes() == first, "the same round starts from the same local part"
    assert trained(model(given, 1)).flat(trained.layout).tobytes() != first


def test_a_local_part_of_another_module_is_refused(tmp_path: Path) -> None:
    states(tmp_path / "a", [0])
    other = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 5)).double()
    trained = device(module=other, **LOCAL)
    with (
        closing(FolderStore(tmp_path / "a")) as store,
        pytest.raises(StateError, match=r"the local-part's state .*r\.local-part-.* \(5, 3\)"),
    ):
        trained.keep_in(store, "r")


def test_the_proximal_term_pulls_towards_the_run_s_model() -> None:
    def after(mu: float) -> np.ndarray:
        trained = device(optimizer=sgd, local_steps=3, proximal_mu=mu)
        return trained(model(trainable(net()))).flat(trained.layout)

    module, start = net(), [p.detach().clone() for p in net().parameters()]
    for _ in range(3):
        x, y = batches(0)[0]
        module.zero_grad()
        pull = sum(((p - before) ** 2).sum() for p, before in zip(module.parameters(), start))
        (nn.functional.mse_loss(module(x), y) + 0.5 * 2.0 * pull).backward()
        sgd(module.parameters()).step()
    expected = np.concatenate([(before - p.detach()).reshape(-1).numpy() for p, before in zip(module.parameters(), start)])
    np.testing.assert_allclose(after(2.0), expected, rtol=1e-9, atol=1e-15)
    assert np.linalg.norm(after(2.0)) < np.linalg.norm(after(0.0))


def test_the_final_model_of_a_run_has_the_averaged_buffers(server: Any, tmp_path: Path) -> None:
    fleet = [device(i, offset=3.0 * i, use_buffers=True, local_steps=3, optimizer=sgd) for i in range(2)]
    with Operator(server.url, coordinator.TOKEN) as operator:
        values = trainable(net(), use_buffers=True)
        run = operator.runs.create("buffers", values, rounds=12, devices=2, compressor="layer-top-k:0.5")
        folders = [tmp_path / str(i) for i in range(2)]
        token = server.enrolment_token()
        with ThreadPoolExecutor(2) as threads:
            clients = [Client(server.url, run="buffers", enrolment_token=token, state_dir=folder) for folder in folders]
            trained = [threads.submit(client.train, each) for client, each in zip(clients, fleet)]
            run.start(wait=60)
            assert all(each.result(300).end is RunEnd.FINISHED for each in trained)
        final = run.model()
    x = torch.cat([batches(i, 3.0 * i)[0][0] for i in range(2)])
    module = net()
    module.load_state_dict({name: torch.tensor(array) for name, array in final.items()})
    expected = module[0](x).reshape(2, 8, 3).mean(1).mean(0)
    found = module.get_buffer("1.running_mean")
    np.testing.assert_allclose(found, expected.detach(), atol=0.5)
    assert (module.get_buffer("1.running_var") > 0).all() and not torch.equal(found, torch.zeros(3).double())
    assert float(nn.functional.mse_loss(module.eval()(x), torch.cat([batches(i, 3.0 * i)[0][1] for i in range(2)]))) < 0.5


def unequal(number: int) -> Any:
    """Returns the data of a device whose optimum and curvature differ strongly from the fleet's."""
    drawn = torch.Generator().manual_seed(number)
    x = torch.randn(12, 3, generator=drawn, dtype=torch.float64) * torch.tensor([1.0, 0.3 + number, 0.5])
    return x, x @ torch.tensor([[1.0 + number], [-2.0 * number], [0.5]], dtype=torch.float64)


def trained_together(
    method: str, gamma: float, rounds: int, folder: Path | None = None, start: np.ndarray | None = None, **options: Any
) -> tuple[np.ndarray, list[bytes]]:
    """Trains three devices with compressed messages; with a folder, each round runs as if in a new process. Returns the model and
    the messages."""

    def made(number: int) -> TorchDevice:
        torch.manual_seed(1)
        module = nn.Linear(3, 1, bias=False).double()
        trained = TorchDevice(module, nn.functional.mse_loss, [unequal(number)], local_steps=5, optimizer=slow, **options)
        trained.require_plan(plan(trained.layout, algorithm=method, feedback=method, gamma=f"constant:{gamma}"))
        return trained

    fleet, layout = [made(i) for i in range(3)], made(0).layout
    x, total, messages = np.zeros(3) if start is None else start, np.zeros(3), []
    memories, compressor = [methods.start(method, 3) for _ in fleet], parse("top-k:1+float64").bind(layout)
    for round in range(rounds):
        total *= method == "ef21"
        for i, memory in enumerate(memories):
            if folder is not None:
                fleet[i] = made(i)
                with closing(FolderStore(folder / str(i))) as store:
                    fleet[i].keep_in(store, "r")
                    if method == "ef21":
                        fleet[i].hold(memory.vectors[0])
                    sent = fleet[i](Model(round, layout, x.copy()))
            else:
                if method == "ef21":
                    fleet[i].hold(memory.vectors[0])
                sent = fleet[i](Model(round, layout, x.copy()))
            staged = memory.stage(sent.flat(layout), compressor)
            memory.commit(staged)
            total += staged.delta.to_dense() / 3
            messages.append(staged.delta.to_dense().tobytes())
        x = x - gamma * total
    return x, messages


def slow(parameters: Any) -> Any:
    return torch.optim.SGD(parameters, lr=0.02)


def test_control_variates_find_the_optimum_of_unequal_devices() -> None:
    x, y = (torch.cat(each).numpy() for each in zip(*map(unequal, range(3))))
    optimum = np.linalg.lstsq(x, y, rcond=None)[0].reshape(-1)
    corrected, _ = trained_together("ef21", 0.05, 300, control_variates=True)
    drifting, _ = trained_together("ef14", 1.0, 300)
    np.testing.assert_allclose(corrected, optimum, atol=1e-3)
    assert np.linalg.norm(drifting - optimum) > 0.01, "without them local steps end elsewhere"


def test_a_killed_device_continues_with_its_control_variates(tmp_path: Path) -> None:
    whole = trained_together("ef21", 0.05, 4, control_variates=True)
    again = trained_together("ef21", 0.05, 4, tmp_path, control_variates=True)
    assert again[1] == whole[1]
    assert trained_together("ef21", 0.05, 4, tmp_path / "new", control_variates=True)[1] == whole[1]


def test_control_variates_work_through_a_coordinator(server: Any) -> None:
    fleet = []
    for number in range(3):
        torch.manual_seed(1)
        module, data = nn.Linear(3, 1, bias=False).double(), [unequal(number)]
        options = {"local_steps": 5, "optimizer": slow, "control_variates": True}
        fleet.append(TorchDevice(module, nn.functional.mse_loss, data, **options))
    with Operator(server.url, coordinator.TOKEN) as operator:
        method = {"algorithm": "ef21", "gamma": "constant:0.05", "compressor": "top-k:1+float64"}
        run = operator.runs.create("control", trainable(fleet[0].module), rounds=4, devices=3, **method)
        with ThreadPoolExecutor(3) as threads:
            clients = [operator.client("control", double_precision=True) for _ in fleet]
            trained = [threads.submit(client.train, each) for client, each in zip(clients, fleet)]
            run.start(wait=60)
            assert all(each.result(300).end is RunEnd.FINISHED for each in trained)
        final = run.model(double_precision=True)["weight"].reshape(-1)
    torch.manual_seed(1)
    start = nn.Linear(3, 1, bias=False).double().weight.detach().numpy().reshape(-1)
    expected, _ = trained_together("ef21", 0.05, 4, start=start, control_variates=True)
    np.testing.assert_allclose(final, expected, rtol=1e-9)


def test_control_variates_need_ef21_with_plain_steps() -> None:
    trained = device(control_variates=True, optimizer=sgd)
    with pytest.raises(
        FunctionError, match=r"run 'r' has algorithm ef14 with step plain: .* --algorithm ef21 --gamma constant:VALUE"
    ):
        trained.require_plan(plan(trained.layout))
    with pytest.raises(ValueError, match="needs a run with EF21, and use_buffers one without"):
        device(control_variates=True, use_buffers=True, optimizer=sgd)
    with pytest.raises(ValueError, match="proximal_mu, control_variates apply to local steps"):
        device(control_variates=True)
