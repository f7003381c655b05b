"""Private arms."""

from __future__ import annotations

import numpy as np
import pytest

from evenkeel.trial import NumpyProblem, parse_arm
from evenkeel.trial._private import ArmPrivacy, PrivateMessages, _SeededNoise
from evenkeel.trial._settings import Settings
from evenkeel.trial._simulation import Simulation
from evenkeel.vector import TensorLayout

CLIENTS, D = 6, 8


def problem():
    def loss(client):
        return lambda x: (0.5 * float(((x - client) ** 2).sum()), x - client)

    return NumpyProblem([loss(client) for client in range(CLIENTS)], np.full(D, 20.0))


def final(arm, **settings):
    simulation = Simulation(problem(), parse_arm(arm), Settings(rounds=40, **settings), 3)
    run = simulation.run()
    assert run.outcome == "finished"
    return run.points[-1].grad_norm


def test_noise_of_each_client_disturbs_more_than_noise_on_the_sum():
    private = "gd-norm,gamma=constant:1,privacy=clip:1:3"
    ordered = [final("gd-norm,gamma=constant:1"), final(f"{private}+by-coordinator"), final(private)]
    assert ordered[0] < final(f"{private}+in-shares") < ordered[2]
    assert ordered == sorted(ordered) and len(set(ordered)) == 3
    assert final(private) == ordered[2]


def test_little_noise_changes_little_regardless_of_who_adds_it():
    for algorithm in ("ef21-norm", "ef21-storm-norm", "gd-norm"):
        quiet = [
            final(f"{algorithm},gamma=constant:1,privacy=clip:30:0.01{suffix}")
            for suffix in ("", "+by-coordinator", "+in-shares", *(["+not-fed-back"] if algorithm.startswith("ef21") else []))
        ]
        open_arm = final(f"{algorithm},gamma=constant:1,compressor=identity")
        np.testing.assert_allclose(quiet, open_arm, atol=3)


@pytest.mark.parametrize("way", ["+by-coordinator", "+in-shares"])
def test_a_run_that_is_continued_has_the_same_noise(way):
    arm = f"ef21-norm,gamma=constant:1,compressor=rand-k:3,privacy=clip:1:2{way}"
    whole = Simulation(problem(), parse_arm(arm), Settings(rounds=10), 5)
    whole.run()
    stopped = Simulation(problem(), parse_arm(arm), Settings(rounds=10), 5, lambda round: round < 4)
    stopped.run()
    resumed = Simulation(problem(), parse_arm(arm), Settings(rounds=10), 5)
    resumed.restore(stopped.checkpoint())
    resumed.run()
    assert resumed.x.tobytes() == whole.x.tobytes()


def test_the_sums_noise_lies_on_the_coordinates_of_the_messages():
    arm = parse_arm("dcgd,step=normalized,compressor=rand-k:3,privacy=clip:1:2+by-coordinator")
    assert arm.privacy is not None
    messages = PrivateMessages(arm.privacy, arm.bind(TensorLayout.flat(D)), CLIENTS, 1)
    message = messages.compressor.compress(np.ones(D), None, 77)
    noise = messages.of_round(4, 77)
    assert noise is not None and messages.apart(77) is None
    assert noise.support.indices.tolist() == message.support.indices.tolist()
    again = messages.of_round(4, 77)
    assert again is not None and again.values.tobytes() == noise.values.tobytes()


def test_shares_rely_on_the_devices_that_neither_drop_out_nor_collude():
    shares = ArmPrivacy.parse("clip:1:5+in-shares").shares(100, 20)
    assert shares.honest == 85
    assert shares.grid.deviation * np.sqrt(85) / shares.grid.bound == pytest.approx(5, rel=1e-4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"participation": 0.34}, "arm 'few': privacy .in-shares has rounds of 2 clients, expected at least 3"),
        ({"weighted": True}, "weighted is True: leave it out"),
    ],
)
def test_shares_of_too_few_or_unequal_clients_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        final("gd-norm,gamma=constant:1,name=few,privacy=clip:1:3+in-shares", **settings)


def test_the_noise_has_the_requested_deviation():
    noise = _SeededNoise()
    noise.seed(7)
    drawn = noise.sample(1000, 20_000)
    assert drawn.std() == pytest.approx(1000, rel=0.02) and abs(drawn.mean()) < 5 * 1000 / 20_000**0.5
    assert drawn.tolist() == noise.sample(1000, 20_000).tolist() != noise.sample(1001, 20_000).tolist()


def test_a_torch_model_has_private_arms_on_the_cpu_and_on_its_own_device():
    torch = pytest.importorskip("torch")
    from evenkeel.torch import TorchProblem
    from evenkeel.torch._fleet import TorchFleet

    inputs = torch.arange(12.0).reshape(4, 3)
    data = [torch.utils.data.TensorDataset(inputs[i : i + 2], torch.tensor([i % 2, 1])) for i in range(2)]
    learned = TorchProblem(lambda: torch.nn.Linear(3, 2), torch.nn.functional.cross_entropy, data)
    arm = parse_arm("ef21-norm,privacy=smoothed:1:1:2+by-coordinator")
    usual = Simulation(learned, arm, Settings(rounds=5), 1)
    on_device = Simulation(
        learned,
        arm,
        Settings(rounds=5),
        1,
        fleet=lambda start: TorchFleet(arm, learned.layout, 2, torch.from_numpy(start.copy())),
    )
    assert usual.run().outcome == on_device.run().outcome == "finished"
    np.testing.assert_allclose(np.asarray(on_device.x), usual.x, rtol=1e-9)


@pytest.mark.parametrize(
    "text", ["clip:1.0:5.0", "smoothed:1.0:0.5:5.0+not-fed-back", "clip:2.0:7.0+by-coordinator", "clip:1.0:3.0+in-shares"]
)
def test_texts_round_trip(text):
    assert ArmPrivacy.parse(text).text == text


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        ("ef21-norm,privacy=clip:1", "is not a mechanism"),
        ("ef21-norm,compressor=top-k:0.1,privacy=clip:1:5", "reveals information about the data"),
        ("ef14,gamma=0.1,privacy=clip:1:5", "adds up everything"),
        ("ef14-decay,gamma=0.1,privacy=clip:1:5", "adds up everything"),
        ("gd-norm,privacy=clip:1:5+not-fed-back", "leave out"),
        ("ef21-norm,robust=clip:2,privacy=clip:1:5", "cannot be combined with privacy"),
    ],
)
def test_arms_that_make_no_sense_are_refused(arm, message):
    with pytest.raises(ValueError, match=message):
        parse_arm(arm)
