"""Tests a device that continues while its coordinator's database is restored to an earlier state."""

import numpy as np
import pytest

from evenkeel import Client, Listener, OnDivergence, RunEnd, errors
from evenkeel.client import DeviceState, MemoryStore

from .stub_run import D, StubRun


class Events(Listener):
    def __init__(self):
        self.lost, self.recoveries, self.waits = [], [], []

    def messages_lost(self, messages, first_round, last_round):
        self.lost.append((messages, first_round, last_round))

    def recovered(self, sequence):
        self.recoveries.append(sequence)


@pytest.fixture
def train(monkeypatch):
    """Trains a device on a run; returns its events, its store and the models it computed on."""
    servers = []
    monkeypatch.setattr("evenkeel.client._training._DEFAULT_PAUSE", 0.0)

    def start(run, store=None, before=lambda model: None, **options):
        servers.append(run.serve())
        events, models = Events(), []
        store = store or MemoryStore()

        def gradient(model):
            before(model)
            models.append((model.round, model.values.copy()))
            with run.lock:
                # With IGT the gradient is computed at another point.
                assert run.feedback == "ef21-igt" or np.array_equal(model.values, run.x.astype(np.float32)), (
                    "a model of a lost history"
                )
            return model.values - np.arange(1, D + 1)

        options = {"on_divergence": OnDivergence.FAIL, "retry_for": 0.1, "long_poll": 0.1, "listener": events, **options}
        with Client(servers[-1].url, run="r", state_dir=store, credentials=("me", "secret"), **options) as client:
            outcome = client.train(gradient)
        return outcome, events, store, models

    yield start
    for server in servers:
        server.close()


def once(condition, action):
    """Returns a hook that acts at the first request for which a condition holds."""
    done = []

    def before(run, command, path):
        if not done and condition(run, command, path):
            done.append(True)
            action(run)

    return before


@pytest.mark.parametrize("feedback", ["ef21", "ef21-momentum", "ef21-igt"])
@pytest.mark.parametrize("back", [0, 1, 3])
@pytest.mark.parametrize("asked", ["/task", "/model", "/messages"])
def test_a_device_follows_a_coordinator_that_goes_back(train, feedback, back, asked):
    run = StubRun(feedback)
    run.before = once(lambda run, command, path: run.round == 5 and asked in path, lambda run: run.put_back(run.saved[4 - back]))

    outcome, events, store, _ = train(run)

    assert (outcome.end, run.round) == (RunEnd.FINISHED, 8)
    state = DeviceState(store, "r", "me", feedback, D)
    assert np.array_equal(state.feedback.vectors[0], run.g)
    assert (state.sequence, state.head) == (8, run.heads[-1])
    if back:
        assert run.lost == [{"sequence": 5, "round": 4}]
        assert events.lost == [(back, 5 - back, 4)]
        assert events.recoveries == [5 - back]
    else:
        assert run.lost == events.lost == events.recoveries == []


def test_a_device_whose_only_lost_message_is_for_the_open_round_sends_another(train):
    """All members had answered after the backup, so none of them would send a message for this round again."""
    run = StubRun()
    open_round = []

    def hook(run, command, path):
        if run.round == 3 and "/messages" in path and not open_round:
            open_round.append(run.copied())

    run.before = hook

    def lose(run):
        run.put_back(open_round[0])
        run.round, run.last = 3, 2

    asking = once(lambda run, command, path: run.round == 4 and "/task" in path, lose)

    def both(run, command, path):
        hook(run, command, path)
        asking(run, command, path)

    run.before = both
    outcome, events, _, _ = train(run)
    assert (outcome.end, run.round) == (RunEnd.FINISHED, 8)
    assert events.lost == [(1, 3, 3)]


def test_a_restarted_device_reports_what_was_lost(train):
    run = StubRun()
    store = MemoryStore()
    run.before = once(lambda run, command, path: run.round == 5 and "/task" in path, lambda run: setattr(run, "member", False))
    with pytest.raises(errors.MemberNotFoundError):
        train(run, store)
    run.before = lambda run, command, path: None
    run.put_back(run.saved[1])

    outcome, events, _, _ = train(run, store)

    assert outcome.end is RunEnd.FINISHED
    assert (run.lost, events.lost, events.recoveries) == ([{"sequence": 5, "round": 4}], [(3, 2, 4)], [2])


def test_a_staged_message_of_a_lost_history_is_dropped_after_a_restart(train):
    run = StubRun()
    store = MemoryStore()
    original = run._accept

    def refuse(number, parameters, body):
        return (503, {}, {}) if number == 4 else original(number, parameters, body)

    run._accept = refuse
    with pytest.raises(errors.DeadlineError):
        train(run, store)
    assert DeviceState(store, "r", "me", "ef21", D).pending.history == run.histories[4]
    run._accept = original
    run.histories[4] = "0123456789abcdef"
    outcome, events, _, _ = train(run, store)
    assert (outcome.end, run.round) == (RunEnd.FINISHED, 8)
    assert any("/messages/me?" in path and "history=0123456789abcdef" in path for _, path in run.requests)


def test_a_device_that_joined_after_the_backup_joins_again(train):
    run = StubRun()
    first = run.copied()
    first["member"] = False
    run.before = once(lambda run, command, path: run.round == 3 and "/task" in path, lambda run: run.put_back(first))
    original = run._problem

    def no_member(status, slug):
        # A coordinator checks the history first, if the device sends one.
        asks = run.requests[-1][1]
        return (
            original(409, "history-lost")
            if slug == "member-not-found" and "/task" in asks and "history=" in asks
            else original(status, slug)
        )

    run._problem = no_member
    outcome, events, _, _ = train(run)
    assert (outcome.end, run.round, events.lost) == (RunEnd.FINISHED, 8, [(3, 0, 2)])


def test_a_wrong_model_is_downloaded_again_and_never_computed_on(train):
    run = StubRun()
    answers = []

    def sometimes(run):
        answers.append(run.round)
        return b"\0" * 4 * D if len(answers) in (2, 4) else run.x.astype("<f4").tobytes()

    run.model = sometimes
    outcome, _, _, models = train(run)
    assert outcome.end is RunEnd.FINISHED
    assert [round for round, _ in models] == list(range(8))
    assert len(answers) == 10

    run = StubRun()
    run.model = lambda run: b"\1" * 4 * D
    with pytest.raises(errors.ProtocolError, match="does not have the digest of its task: nothing was computed"):
        train(run)


def test_a_coordinator_without_histories_still_works(train):
    run = StubRun()
    original = run._work

    def plain(lost):
        return {name: value for name, value in original(False).items() if name not in ("history", "modelDigest")}

    run._work = plain
    outcome, events, _, _ = train(run)
    assert outcome.end is RunEnd.FINISHED
    assert not any("history=" in path for _, path in run.requests)
