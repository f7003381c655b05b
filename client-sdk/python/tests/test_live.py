"""The client with a real coordinator; crashes are in test_crash.py."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenkeel import Client, Gradient, Listener, OnDivergence, RunEnd, errors, privacy
from evenkeel.client import MemoryStore, ModelKind
from evenkeel.client._counters import PrivacyLedger

from .test_followed import file_of

TENSORS = [{"name": "weight", "shape": [60, 80]}, {"name": "bias", "shape": [200]}]
D = 5000


class Witness(Listener):
    def __init__(self):
        self.kinds = []
        self.models = {}
        self.recovered_at = []

    def model_fetched(self, round, kind, size):
        self.kinds.append(kind)

    def recovered(self, sequence):
        self.recovered_at.append(sequence)

    def message_accepted(self, receipt):
        raise RuntimeError("a listener's failure is its own affair")


def trained(server, run, token, states, members=None, **options):
    """Trains one device on each state until the run ends; returns the outcomes and the witnesses."""
    witnesses = [Witness() for _ in states]

    def device(i):
        target = np.random.default_rng(i).standard_normal(D)

        def gradient(model):
            witnesses[i].models[model.round] = model.values
            return Gradient(model.values - target, samples=i + 1, loss=float(i))

        with Client(server.url, run=run, enrolment_token=token, state_dir=states[i], listener=witnesses[i], **options) as client:
            return client.train(gradient)

    with ThreadPoolExecutor(len(states)) as pool:
        devices = [pool.submit(device, i) for i in range(len(states))]
        if members:
            server.start_when_joined(run, members, devices)
        return [each.result() for each in devices], witnesses


@pytest.mark.parametrize(
    "rule", ["normalized", "layerwise-normalized", "accumulated-norm", "distance-over-gradients", "sufficient-decrease"]
)
@pytest.mark.parametrize("double", [False, True])
def test_updates_give_the_bits_of_whole_models(server, rule, double):
    run = server.run(
        f"updates-{rule}-{double}".lower(),
        tensors=TENSORS,
        compressor="top-k:0.01",
        rounds=8,
        participants={"min": 2},
        step=rule,
    )
    token = server.enrolment_token()
    outcomes, witnesses = trained(server, run, token, [MemoryStore(), MemoryStore()], members=2, double_precision=double)
    assert [(o.end, o.round, o.accepted) for o in outcomes] == [(RunEnd.FINISHED, 8, 8)] * 2
    assert all(ModelKind.UPDATE in witness.kinds and ModelKind.REPLICA in witness.kinds for witness in witnesses)
    with Client(server.url, run=run, enrolment_token=token, state_dir=MemoryStore(), double_precision=double) as other:
        with pytest.raises(errors.MemberNotFoundError):
            other.model(0)
    for round in range(8):
        assert witnesses[0].models[round].tobytes() == witnesses[1].models[round].tobytes()
    dense = server.download(f"runs/{run}/rounds/7/model?dtype={'float64' if double else 'float32'}")
    assert witnesses[0].models[7].tobytes() == dense


@pytest.mark.parametrize("algorithm", ["ef21-norm", "ef21-fedadam"])
@pytest.mark.parametrize("double", [False, True])
def test_deltas_of_a_lossy_downlink_give_the_bits_of_whole_models(server, algorithm, double):
    run = server.run(
        f"lossy-{algorithm}-{double}".lower(),
        tensors=TENSORS,
        algorithm=algorithm,
        compressor="top-k:0.01",
        rounds=8,
        participants={"min": 2},
        downlink={"compressor": "top-k:0.02+natural"},
    )
    token = server.enrolment_token()
    outcomes, witnesses = trained(server, run, token, [MemoryStore(), MemoryStore()], members=2, double_precision=double)
    assert [(o.end, o.round, o.accepted) for o in outcomes] == [(RunEnd.FINISHED, 8, 8)] * 2
    assert all(witness.kinds[0] is ModelKind.DENSE for witness in witnesses)
    assert {kind for witness in witnesses for kind in witness.kinds[1:]} == {ModelKind.UPDATE}
    dtype = "float64" if double else "float32"
    for round in range(8):
        dense = server.download(f"runs/{run}/rounds/{round}/model?dtype={dtype}")
        assert [witness.models[round].tobytes() for witness in witnesses] == [dense] * 2
    assert server.download(f"runs/{run}/rounds/7/model?dtype={dtype}&holder=coordinator") != dense


def test_a_step_rule_that_remembers_vectors_sends_whole_models(server):
    run = server.run("adam", algorithm="ef21-fedadam", tensors=TENSORS, rounds=4, participants={"min": 2})
    token = server.enrolment_token()
    outcomes, witnesses = trained(server, run, token, [MemoryStore(), MemoryStore()], members=2, double_precision=True)
    assert [o.end for o in outcomes] == [RunEnd.FINISHED] * 2
    assert all(ModelKind.UPDATE not in witness.kinds and ModelKind.DENSE in witness.kinds for witness in witnesses)
    dense = server.download(f"runs/{run}/rounds/3/model?dtype=float64")
    assert witnesses[0].models[3].tobytes() == witnesses[1].models[3].tobytes() == dense


def test_reports_reach_the_coordinator_s_curves(server):
    run = server.run("reports", tensors=TENSORS, rounds=3, participants={"min": 2})
    token = server.enrolment_token()
    evaluate = lambda model: {"accuracy": 0.25, "broken": float("nan")}  # noqa: E731
    trained(server, run, token, [MemoryStore(), MemoryStore()], members=2, evaluate=evaluate, report_smoothness=True)
    last = server.operate("GET", f"runs/{run}/rounds/2")
    assert last["loss"] == pytest.approx((0 + 1) / 2)
    assert last["metrics"] == {"accuracy": 0.25}


class Spending(Witness):
    def __init__(self):
        super().__init__()
        self.spent = []

    def privacy_spent(self, messages, epsilon, delta):
        self.spent.append((messages, epsilon, delta))


@pytest.mark.parametrize(
    "algorithm, compressor", [("ef21-sgdm-norm", "identity"), ("ef21-norm", "rand-k:0.1"), ("gd-norm", "identity")]
)
def test_a_private_run_sends_noise_and_nothing_else(server, algorithm, compressor):
    run = server.run(
        f"private-{algorithm}-{compressor[:4]}",
        algorithm=algorithm,
        compressor=compressor,
        tensors=TENSORS,
        rounds=4,
        participants={"min": 2},
        privacy={"bound": 0.5, "target": {"epsilon": 8, "delta": 1e-6}},
    )
    token = server.enrolment_token()
    witnesses = [Spending(), Spending()]

    def device(i):
        options = {"run": run, "enrolment_token": token, "state_dir": MemoryStore(), "listener": witnesses[i]}
        with Client(server.url, evaluate=lambda model: {"accuracy": 0.25}, **options) as client:
            return client.train(lambda model: Gradient(model.values - i, samples=9, loss=1.0))

    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(device, i) for i in range(2)]
        server.start_when_joined(run, 2, devices)
        assert [each.result().accepted for each in devices] == [4, 4]
    record = server.operate("GET", f"runs/{run}/rounds/3")
    assert "loss" not in record and record["metrics"] == {}
    view = server.operate("GET", f"runs/{run}")
    assert view["privacySpent"]["messages"] == view["privacySpent"]["maxMessages"] == 4
    for witness in witnesses:
        assert [messages for messages, _, _ in witness.spent] == [1, 2, 3, 4]
        assert witness.spent[-1][1:] == (pytest.approx(view["privacySpent"]["epsilon"], rel=1e-12), 1e-6)


def test_a_coordinator_adds_the_noise_for_devices_that_trust_it(server):
    run = server.run(
        "private-central",
        dimension=D,
        rounds=3,
        participants={"max": 1},
        compressor="identity",
        privacy={"by": "coordinator", "normalization": "clip", "noiseMultiplier": 20, "budget": {"delta": 1e-6}},
    )
    token = server.enrolment_token()

    def device(**options):
        given = {"run": run, "enrolment_token": token, "state_dir": MemoryStore(), "privacy_limit": (8, 1e-6)}
        with Client(server.url, **given, **options) as client:
            return client.train(lambda model: np.full(D, 7.0))

    with pytest.raises(errors.ProtocolError, match="allow it by trust_coordinator=True"):
        device()
    with ThreadPoolExecutor(1) as pool:
        training = pool.submit(device, trust_coordinator=True)
        server.start_when_joined(run, 2, [training])
        assert training.result().accepted == 3
    assert server.operate("POST", f"runs/{run}/audit")["absoluteDifference"] == 0


def test_a_device_does_not_take_part_when_its_budget_is_spent(server):
    run = server.run(
        "private-budget",
        dimension=D,
        rounds=5,
        compressor="identity",
        privacy={"noiseMultiplier": 20, "budget": {"epsilon": privacy.epsilon(10, 2, 1e-6) * 1.01, "delta": 1e-6}},
    )
    token = server.enrolment_token()
    store, lines = MemoryStore(), []
    with ThreadPoolExecutor(1) as pool:

        def device():
            options = {"run": run, "enrolment_token": token, "state_dir": store, "progress": lines.append}
            with Client(server.url, long_poll=1, **options) as client:
                return client.train(lambda model: np.ones(D))

        training = pool.submit(device)
        try:
            server.start_when_joined(run, 1, [training])
            until = time.monotonic() + 60
            while server.operate("GET", f"runs/{run}")["state"] != "paused":
                assert time.monotonic() < until
                time.sleep(0.1)
            assert server.operate("GET", f"runs/{run}")["stopReason"] == "privacy-budget"
            server.operate("POST", f"runs/{run}/resume")
            until_said(lines, "the privacy budget is spent: 2 messages were sent; taking no part in further rounds")
        finally:
            # Always ends the device, too.
            server.operate("POST", f"runs/{run}/cancel")
        assert training.result().accepted == 2
    assert PrivacyLedger(store, run, privacy.PrivacyCost(), 0).messages == 2


@pytest.mark.parametrize(
    "privacy, why", [(None, "no privacy"), ({"noiseMultiplier": 20, "budget": {"delta": 1e-6}}, "too little")]
)
def test_a_device_with_its_own_limit_refuses_other_runs(server, privacy, why):
    extra = {} if privacy is None else {"privacy": privacy}
    run = server.run(f"limit-{privacy is None}".lower(), dimension=D, compressor="identity", **extra)
    options = {"run": run, "enrolment_token": server.enrolment_token(), "state_dir": MemoryStore()}
    with Client(server.url, privacy_limit=(0.01, 1e-6), **options) as client:
        with pytest.raises(errors.ProtocolError, match=why):
            client.train(lambda model: np.ones(D))
    with pytest.raises(ValueError, match="epsilon 0"):
        Client(server.url, privacy_limit=(0, 1e-6), **options)


def test_progress_says_what_a_device_does_and_waits_for(server):
    run = server.run("progress", dimension=D, rounds=1, participants={"min": 2})
    token = server.enrolment_token()
    lines = []

    def device(progress):
        with Client(
            server.url, run=run, enrolment_token=token, state_dir=MemoryStore(), progress=progress, long_poll=1
        ) as client:
            client.train(lambda model: np.ones(D))

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(device, lines.append)
        until_said(lines, "joined; 1 of 2 members; waiting for the run to start")
        second = pool.submit(device, None)
        server.start_when_joined(run, 2, [first, second])
        first.result()
    assert lines[0].startswith("enrolled as client ")
    assert lines[1] == f"joined run progress: 1 rounds of {D} values; messages accepted before: 0"
    assert lines[-3:] == [
        "round 0 of 1: computing",
        "round 0 of 1: message accepted",
        "finished at round 1; messages accepted: 1, dropped: 0",
    ]


def until_said(lines, line):
    until = time.monotonic() + 120
    while line not in lines:
        assert time.monotonic() < until, lines
        time.sleep(0.05)


def test_a_device_stops_resumes_rotates_its_secret_and_leaves(server, tmp_path):
    run = server.run("life", dimension=D, rounds=6, participants={"min": 1})
    token = server.enrolment_token(uses=1)
    seen = []
    with Client(server.url, run=run, enrolment_token=token, state_dir=tmp_path) as client:

        def stopping(model):
            seen.append(model.round)
            if len(seen) == 3:
                client.stop()
            return np.ones(D)

        with ThreadPoolExecutor(1) as pool:
            device = pool.submit(client.train, stopping)
            server.start_when_joined(run, 1, [device])
            assert device.result().end is RunEnd.STOPPED
    before = (tmp_path / "credentials").read_bytes()
    with Client(server.url, run=run, state_dir=tmp_path) as client:
        client.rotate_secret()
    assert (tmp_path / "credentials").read_bytes() != before
    with Client(server.url, run=run, state_dir=tmp_path) as client:
        outcome = client.train(lambda model: np.ones(D))
        assert (outcome.end, outcome.accepted) == (RunEnd.FINISHED, 4)
        again = client.train(lambda model: pytest.fail("the run has ended"))
        assert (again.end, again.accepted) == (RunEnd.FINISHED, 0)
        client.leave()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["credentials", "lock"]


def test_lost_state_is_recovered_and_copied_state_is_refused(server, tmp_path):
    run = server.run("lost", dimension=D, rounds=4, participants={"min": 1}, compressor="top-k:0.01")
    token = server.enrolment_token()
    states = [tmp_path / "device"]
    stops = []

    def until(rounds, **options):
        witness = Witness()
        with Client(server.url, run=run, enrolment_token=token, state_dir=states[0], listener=witness, **options) as client:

            def gradient(model):
                stops.append(model.round)
                if model.round == rounds:
                    client.stop()
                return np.arange(1.0, D + 1)

            return client.train(gradient), witness

    with ThreadPoolExecutor(1) as pool:
        device = pool.submit(until, 2)
        server.start_when_joined(run, 1, [device])
        device.result()
    files = {path.name: path.read_bytes() for path in states[0].iterdir()}
    for name in files:
        if name.startswith(run):
            (states[0] / name).unlink()
    _, witness = until(3)
    assert witness.recovered_at == [2]
    for path in states[0].glob(f"{run}.*"):
        path.unlink()
    for name, data in files.items():
        (states[0] / name).write_bytes(data)
    with pytest.raises(errors.DivergedError, match="copied to another device or restored"):
        until(9)
    outcome, witness = until(9, on_divergence=OnDivergence.RECOVER)
    assert witness.recovered_at == [3]
    assert outcome.end is RunEnd.FINISHED


@pytest.mark.parametrize(
    "found, expected",
    [(np.ones(3), "shape"), ({"weight": np.ones((60, 80))}, "'bias' is missing"), ({"weight": np.ones((80, 60)), "bias": np.ones(200)}, "'weight' has shape"),
     (np.ones(D, dtype=int), "int64"), (np.full(D, np.nan), "value 0, in tensor 'weight', is nan")],
)  # fmt: skip
def test_an_invalid_gradient_is_named_and_not_sent(server, found, expected):
    run = server.run(f"bad-{abs(hash(expected))}", tensors=TENSORS, rounds=100, participants={"min": 1})
    store = MemoryStore()
    with Client(server.url, run=run, enrolment_token=server.enrolment_token(), state_dir=store) as client:
        client._enrolment.enrol(client._coordinator)
        client._coordinator.join(run, 1.0)
        server.operate("POST", f"runs/{run}/start")
        with pytest.raises(errors.InvalidGradientError, match=expected) as refusal:
            client.train(lambda model: found)
        assert "nothing was sent" in str(refusal.value)
        with pytest.raises(errors.FunctionError, match="ZeroDivisionError") as failure:
            client.train(lambda model: 1 / 0)
        assert isinstance(failure.value.__cause__, ZeroDivisionError)
    assert store.names(run) == []


def test_credentials_may_be_kept_elsewhere_and_tokens_run_out(server):
    run = server.run("credentials", dimension=5, rounds=1)
    store = MemoryStore()
    token = server.enrolment_token(uses=1)
    with Client(server.url, run=run, enrolment_token=token, state_dir=store) as client:
        client._enrolment.enrol(client._coordinator)
        known = client._enrolment._saved()
    with Client(server.url, run=run, enrolment_token=token, state_dir=MemoryStore()) as client:
        with pytest.raises(errors.EnrolmentTokenUsedUpError):
            client.train(lambda model: None)
    with Client(server.url, run=run, credentials=(known.client, known.secret), state_dir=MemoryStore()) as client:
        client.leave()
        with pytest.raises(RuntimeError, match="credentials were set"):
            client.rotate_secret()
    with Client(server.url, run="no-such-run", credentials=(known.client, known.secret), state_dir=MemoryStore()) as client:
        with pytest.raises(errors.RunNotFoundError):
            client.train(lambda model: None)
    with Client(server.url, run=run, credentials=("me", "wrong"), state_dir=MemoryStore()) as client:
        with pytest.raises(errors.UnauthenticatedError):
            client.train(lambda model: None)


def test_a_device_reports_its_attributes_when_it_enrols_and_when_they_change(server, tmp_path):
    run = server.run("attributes", dimension=D, rounds=4)
    token = server.enrolment_token()
    attributes = {"region": "eu", "app-version": "3.1"}

    def gradient(model):
        attributes["app-version"] = "3.2" if model.round >= 1 else "3.1"
        return np.ones(D)

    def shown():
        return server.operate("GET", f"runs/{run}/members?selector=region%3Deu")[0]["attributes"]

    state = tmp_path / "device"
    with ThreadPoolExecutor(1) as pool:
        with Client(server.url, run=run, state_dir=state, enrolment_token=token, attributes=lambda: attributes) as client:
            device = pool.submit(client.train, gradient)
            server.start_when_joined(run, 1, [device])
            device.result()
    assert shown() == {"region": "eu", "app-version": "3.2"}
    with Client(server.url, run=run, state_dir=state, attributes={"region": "eu", "app version": "1"}) as client:
        with pytest.raises(errors.CoordinatorError, match="app version"):
            client.train(gradient)
    assert shown() == {"region": "eu", "app-version": "3.2"}


def test_a_device_follows_an_alias_through_a_promotion_and_a_roll_back(server):
    run = server.run("followed", tensors=TENSORS, compressor="top-k:0.01", rounds=2)
    token = server.enrolment_token()
    trained(server, run, token, [MemoryStore()], members=1)
    for round in (1, 2):
        server.operate("POST", "models/followed/versions", {"run": run, "round": round})
    alias = "models/followed/aliases/production"
    with Client(server.url, run=run, enrolment_token=token, state_dir=MemoryStore()) as client:
        model = client.follow("followed")
        with pytest.raises(errors.ModelAliasNotFoundError):
            model.refresh()
        versions = []
        for change in (("PUT", alias, {"version": 1}), ("PUT", alias, {"version": 2}), ("POST", alias + "/rollback")):
            server.operate(*change)
            assert model.refresh()
            assert not model.refresh()
            versions.append(model.version)
        assert versions == [1, 2, 1]
        arrays = model.arrays()
        assert {name: array.shape for name, array in arrays.items()} == {"weight": (60, 80), "bias": (200,)}
        values = server.download(f"runs/{run}/rounds/1/model")
        assert arrays["weight"].tobytes() + arrays["bias"].tobytes() == values


def registered(server, model, *values):
    """Publishes a version with one number for each value; the alias production names the first."""
    for value in values:
        server.download(f"models/{model}/versions/upload", "POST", file_of(w=[value]), "application/x-safetensors")
    server.operate("PUT", f"models/{model}/aliases/production", {"version": 1})


def refreshed_until(server, rollout, models, state):
    """Lets devices poll until a roll-out reaches a state."""
    until = time.monotonic() + 120
    while True:
        for model in models:
            model.refresh()
        found = server.operate("GET", f"rollouts/{rollout}")
        if found["state"] == state:
            return found
        assert time.monotonic() < until, found
        time.sleep(0.1)


@pytest.mark.parametrize("worse,state,version", [(0.0, "finished", 2), (0.5, "stopped", 1)])
def test_devices_decide_whether_a_roll_out_finishes_or_stops(server, worse, state, version):
    name = f"rolled-{state}"
    registered(server, name, 1.0, 2.0)
    token = server.enrolment_token()

    def evaluate(arrays):
        return {"accuracy": 0.9 if arrays["w"][0] == 1 else 0.9 - worse}, 20

    clients = [Client(server.url, run="none", enrolment_token=token, state_dir=MemoryStore()) for _ in range(6)]
    models = [client.follow(name, evaluate=evaluate) for client in clients]
    for model in models:
        model.refresh()
    definition = {
        "model": name,
        "version": 2,
        "alias": "production",
        "groups": [{"share": 1}],
        "reports": 6,
        # Devices of other tests live too, and do not follow this model.
        "coverage": 0,
        "metrics": [{"name": "accuracy", "margin": 0.01}],
    }
    rollout = server.operate("POST", "rollouts", definition)["id"]
    found = refreshed_until(server, rollout, models, state)
    assert found["progress"][0]["installed"] == 6
    assert found["progress"][0]["metrics"][0]["pairs"] == 6
    for model in models:
        model.refresh()
    assert [model.version for model in models] == [version] * 6
    for client in clients:
        client.close()


def test_a_roll_out_learns_why_a_device_failed(server):
    registered(server, "rolled-failed", 1.0, 2.0)

    def evaluate(arrays):
        raise MemoryError("too large for this device")

    with Client(server.url, run="none", enrolment_token=server.enrolment_token(), state_dir=MemoryStore()) as client:
        model = client.follow("rolled-failed", evaluate=evaluate)
        model.refresh()
        definition = {"model": "rolled-failed", "version": 2, "alias": "production", "groups": [{"share": 1}], "reports": 1}
        rollout = server.operate("POST", "rollouts", definition)["id"]
        refreshed_until(server, rollout, [model], "stopped")
        assert model.version == 1
    devices = server.operate("GET", f"rollouts/{rollout}/devices")
    assert [device["reason"] for device in devices] == ["MemoryError: too large for this device"]
