"""A coordinator that lies to devices in secure aggregation: they send nothing that reveals a message."""

import dataclasses
import re
import threading

import pytest

pytest.importorskip("cryptography")

from evenkeel import (
    Listener,
    secagg,
)
from evenkeel.client import Client, MemoryStore, RunEnd
from evenkeel.client._counters import PrivacyLedger, RoundMarkers
from evenkeel.client._state import forget
from evenkeel.errors import OtherModelError, ProtocolError, SecAggError
from evenkeel.privacy import PrivacyCost, epsilon

from .cohort_devices import OWNER, cohort, device, train  # noqa: F401
from .cohort_server import RUN, Attempt


def signed(member, identity, context):
    return identity.sign(secagg.SecAggDevice(context, member).advertisement(), context)


def context_of(true, attempt=0):
    return secagg.CohortContext(RUN, 0, attempt, true.members[0].basis)


def changed(true, ordinal, change):
    """Changes the keys of all members but one."""
    return dataclasses.replace(true, members=tuple(one if one.member == ordinal else change(one) for one in true.members))


def replaced_keys(true, ordinal):
    """Replaces a device's keys with keys of the coordinator."""
    victim = next(one.member for one in true.members if one.member != ordinal)
    keys = secagg.SecAggDevice(context_of(true), victim).advertisement()
    return changed(true, ordinal, lambda one: dataclasses.replace(one, advertisement=keys) if one.member == victim else one)


def own_devices(true, ordinal):
    """Fills the cohort with invented devices."""
    stranger = secagg.OwnerKey.generate()
    return changed(true, ordinal, lambda one: signed(one.member, stranger.provision(), context_of(true)))


def one_device_many_times(true, ordinal):
    """Shows one colluding device as all the others."""
    colluding = OWNER.provision()
    return changed(true, ordinal, lambda one: signed(one.member, colluding, context_of(true)))


def keys_of_another_attempt(true, ordinal):
    return changed(true, ordinal, lambda one: signed(one.member, OWNER.provision(), context_of(true, attempt=1)))


def other_keys_for_the_device(true, ordinal):
    members = (signed(one.member, OWNER.provision(), context_of(true)) if one.member == ordinal else one for one in true.members)
    return dataclasses.replace(true, members=tuple(members))


def many(true, ordinal):
    strangers = (signed(member, OWNER.provision(), context_of(true)) for member in range(100, 197))
    return dataclasses.replace(true, members=(*true.members, *strangers))


@pytest.mark.parametrize("lie, message", [
    (replaced_keys, "member . of round 0, attempt 0 did not sign the keys under its name"),
    (own_devices, "belongs to owner"),
    (one_device_many_times, "has members . and . with one identity"),
    (keys_of_another_attempt, "did not sign the keys under its name"),
    (other_keys_for_the_device, "has other keys for this device, member ., or none, expected those that it has sent"),
    (lambda true, ordinal: dataclasses.replace(true, threshold=1), "has the threshold 1 of 3 others, expected at least 2"),
    (lambda true, ordinal: dataclasses.replace(true, members=true.members[:2]), "has 2 members, expected 3 to 100"),
    (many, "has 101 members, expected 3 to 100"),
], ids=lambda each: getattr(each, "__name__", each))  # fmt: skip
def test_a_device_shares_nothing_with_a_cohort_that_could_give_it_away(cohort, lie, message):
    server = cohort(lie=lambda topic, ordinal, true: lie(true, ordinal) if topic == "keys" else true)
    found = [one for one in train([device(server) for _ in range(4)]) if isinstance(one, Exception)]
    assert found and all(isinstance(one, SecAggError) and re.search(message, str(one)) for one in found), found
    assert {step for _, _, _, step in server.requests} == {"keys"}


def test_a_device_refuses_itself_as_a_neighbour(cohort):
    identities = {identity.public: identity for identity in (OWNER.provision() for _ in range(4))}

    def itself(topic, ordinal, true):
        if topic != "keys":
            return true
        own = next(identities[one.identity] for one in true.members if one.member == ordinal)
        other = next(one.member for one in true.members if one.member != ordinal)
        return changed(true, ordinal, lambda one: signed(other, own, context_of(true)) if one.member == other else one)

    server = cohort(lie=itself)
    found = train([device(server, identity=identity) for identity in identities.values()])
    refused = [one for one in found if isinstance(one, Exception)]
    assert refused and all("has this device's own identity" in str(one) for one in refused), found
    assert {step for _, _, _, step in server.requests} == {"keys"}


def other_model(topic, ordinal, true):
    """Sends all devices except one a model at which their gradients could be zero."""
    return true + 1 if topic == "model" and ordinal != 0 else true


def other_support(topic, ordinal, true):
    return {**true, "seed": 8} if topic == "plan" and ordinal != 0 else true


def other_unit(topic, ordinal, true):
    """Sends all devices but one a unit of the fixed point in which their messages are zero."""
    if topic != "plan" or ordinal == 0:
        return true
    return {**true, "secureAggregation": {**true["secureAggregation"], "exponent": 0}}


def other_momentum(topic, ordinal, true):
    return {**true, "algorithm": {**true["algorithm"], "eta": "constant:0.001"}} if topic == "plan" and ordinal != 0 else true


@pytest.mark.parametrize("lie", [other_model, other_support, other_unit, other_momentum], ids=lambda lie: lie.__name__)
def test_a_device_masks_nothing_with_devices_that_have_another_model_or_plan(cohort, lie):
    server = cohort(lie=lie, checks_basis=False)
    stores = [MemoryStore() for _ in range(4)]
    found = train([device(server, store) for store in stores])
    refused = [one for one in found if isinstance(one, SecAggError)]
    assert refused and all("signed its keys for another model or plan, with digest" in str(one) for one in refused), found
    assert {step for _, _, _, step in server.requests} == {"keys"}


def renamed(topic, ordinal, true):
    """Sends another model, and claims that the others signed their keys for it."""
    if topic == "keys" and ordinal != 0:
        return changed(true, ordinal, lambda one: dataclasses.replace(one, basis=renamed.server.keys_of(ordinal).basis))
    return other_model(topic, ordinal, true)


def test_a_device_trusts_no_digest_that_its_neighbours_did_not_sign(cohort):
    server = renamed.server = cohort(lie=renamed, checks_basis=False)
    # The first device, which gets the true model, may fail first: its neighbours have signed their keys for a different one.
    found = train([device(server) for _ in range(4)], stops=False)
    assert all(isinstance(one, SecAggError) for one in found), found
    assert all("did not sign the keys under its name" in str(one) for one in found[1:]), found
    assert {step for _, _, _, step in server.requests} == {"keys"}


def test_a_message_keeps_the_digest_of_its_model_and_plan_over_restarts_and_attempts(cohort):
    lie = lambda topic, ordinal, true: true + lies[0] if topic == "model" else true  # noqa: E731
    lies = [0]
    server = cohort(size=3, rounds=1, lie=lie, expected=lambda round, attempt, step: {99} if attempt == 0 else None)
    stores, identities = [MemoryStore() for _ in range(3)], [OWNER.provision() for _ in range(3)]
    clients = [device(server, stores[i], identities[i]) for i in range(3)]

    def stop():
        with server.changed:
            assert server.changed.wait_for(lambda: len(server.attempt.sent["keys"]) == 3, 60)
        for client in clients:
            client.stop()

    thread = threading.Thread(target=stop, daemon=True)
    thread.start()
    assert [one.end for one in train(clients)] == [RunEnd.STOPPED] * 3
    thread.join(60)
    server.fail_attempt()
    # From here on, devices would get a model that differs from the coordinator's.
    lies[0] = 1
    again = train([device(server, stores[i], identities[i]) for i in range(3)])
    assert [(one.end, one.accepted) for one in again] == [(RunEnd.FINISHED, 1)] * 3, again


def test_a_device_whose_model_differs_from_the_coordinator_s_drops_its_message_and_can_train_again(
    cohort,
):
    lies = [1]
    lie = lambda topic, ordinal, true: true + lies[0] if topic == "model" and ordinal == 0 else true  # noqa: E731
    server = cohort(size=1, rounds=1, lie=lie)
    store, identity = MemoryStore(), OWNER.provision()
    with device(server, store, identity) as client, pytest.raises(OtherModelError):
        client.train(lambda model: model.values)
    assert not store.names(f"{RUN}.staged")
    server.size = 3
    lies[0] = 0
    outcomes = train([device(server, store, identity), device(server), device(server)])
    assert [(one.end, one.accepted) for one in outcomes] == [(RunEnd.FINISHED, 1)] * 3, outcomes


def test_a_device_does_not_mask_if_too_many_shares_were_changed_or_exchanged(cohort):
    server = cohort(lie=lambda topic, ordinal, true: dict(zip(true, reversed(true.values()))) if topic == "shares" else true)
    found = [one for one in train([device(server) for _ in range(4)]) if isinstance(one, Exception)]
    assert found and all(isinstance(one, SecAggError) and "those of 1 can be decrypted" in str(one) for one in found), found
    assert {step for _, _, _, step in server.requests} == {"keys", "shares"}


def test_a_device_that_damages_a_share_does_not_stop_the_others(cohort):
    def lie(topic, ordinal, true):
        if topic != "shares" or ordinal != 1:
            return true
        return {sender: bytes([data[0] ^ 1]) + data[1:] if sender == 0 else data for sender, data in true.items()}

    server = cohort(lie=lie)
    outcomes = train([device(server) for _ in range(4)])
    assert [(one.end, one.accepted) for one in outcomes] == [(RunEnd.FINISHED, 3)] * 4, outcomes


def test_a_device_limits_and_counts_the_attempts_of_a_round_in_which_it_masks(cohort):
    terms = {"by": "device", "mechanism": "clip:1.0:2.0", "delta": 1e-6}
    server = cohort(size=3, rounds=1, privacy=terms, expected=lambda round, attempt, step: {99} if step == "masked" else None)
    stores, identities = [MemoryStore() for _ in range(3)], [OWNER.provision() for _ in range(3)]

    asked, outcomes = [], server._outcome
    server._outcome = lambda member, round: asked.append(member.ordinal) or outcomes(member, round)

    def lie():
        for _ in range(10):
            with server.changed:
                assert server.changed.wait_for(lambda: len(server.attempt.sent["masked"]) == 3, 60)
            server.fail_attempt()
        with server.changed:
            asked.clear()
            assert server.changed.wait_for(lambda: all(asked.count(i) > 1 for i in range(3)), 60)
            server.round += 1

    thread = threading.Thread(target=lie, daemon=True)
    thread.start()
    ended = train([device(server, store, identity) for store, identity in zip(stores, identities)])
    thread.join(60)
    assert [(one.accepted, one.refused) for one in ended] == [(0, 1)] * 3, ended
    masked = [attempt for ordinal, _, attempt, step in server.requests if step == "masked" and ordinal == 0]
    assert masked == list(range(10))
    assert [PrivacyLedger(store, RUN, PrivacyCost(), 0).messages for store in stores] == [10] * 3


def test_a_device_with_a_limit_masks_in_no_more_attempts_than_it_allows(cohort):
    terms = {"by": "device", "mechanism": "clip:1.0:2.0", "delta": 1e-6}
    server = cohort(size=3, rounds=1, privacy=terms, expected=lambda round, attempt, step: {99} if step == "masked" else None)
    stores = [MemoryStore() for _ in range(3)]

    def lie():
        for number in range(4):
            with server.changed:
                assert server.changed.wait_for(lambda n=number: len(server.attempt.sent["masked"]) == 3, 60)
            server.fail_attempt()

    class Spent(Listener):
        def waiting(self, reason):
            if "limit" in reason:
                with server.changed:
                    server.round = 1

    thread = threading.Thread(target=lie, daemon=True)
    thread.start()
    limit = (epsilon(1, 4, 1e-6), 1e-6)
    train([device(server, store, privacy_limit=limit, listener=Spent()) for store in stores])
    thread.join(60)
    assert [PrivacyLedger(store, RUN, PrivacyCost(), 0).messages for store in stores] == [4] * 3


def test_a_device_refuses_a_plan_under_another_name(cohort):
    for name, message in [("renamed", f"plan of run '{RUN}' is named 'renamed'"), ("../other", "expected 1 to 64 of a to z")]:
        server = cohort(lie=lambda topic, ordinal, true, name=name: {**true, "run": name} if topic == "plan" else true)
        store = MemoryStore()
        with device(server, store) as client, pytest.raises(ProtocolError, match=message):
            client.train(lambda model: model.values)
        assert store.names("") == ["credentials"] and server.requests == []


def test_a_device_reveals_nothing_for_a_sum_of_few(cohort):
    server = cohort(lie=lambda topic, ordinal, true: set(sorted(true - {ordinal})[:1]) if topic == "included" else true)
    found = [one for one in train([device(server) for _ in range(4)]) if isinstance(one, Exception)]
    assert found and all("the sum has 1 of this device's neighbours" in str(one) for one in found), found
    assert "reveals" not in {step for _, _, _, step in server.requests}


def test_a_device_that_has_revealed_takes_part_in_no_other_attempt_of_the_round(cohort):
    server = cohort(rounds=1, expected=lambda round, attempt, step: {99} if step == "reveals" else None)
    asked = []

    def lie():
        with server.changed:
            assert server.changed.wait_for(lambda: len(server.attempt.sent["reveals"]) == 4, 60)
            server.attempt = Attempt(1)
            outcomes = server._outcome
            server._outcome = lambda member, round: asked.append(member.ordinal) or outcomes(member, round)
            assert server.changed.wait_for(lambda: all(asked.count(i) > 3 for i in range(4)), 60)
            server.round = 1

    thread = threading.Thread(target=lie, daemon=True)
    thread.start()
    outcomes = train([device(server) for _ in range(4)])
    thread.join(60)
    assert [(one.end, one.accepted, one.refused) for one in outcomes] == [(RunEnd.FINISHED, 0, 1)] * 4
    assert {attempt for _, _, attempt, _ in server.requests} == {0}
    assert sorted(server.next_rounds) == [(i, 1) for i in range(4)], "each says once when it takes part again"


def test_a_device_that_has_revealed_never_takes_part_in_that_round_again_even_after_a_restart(cohort):
    server = cohort(size=3, rounds=1)
    stores, identities = [MemoryStore() for _ in range(3)], [OWNER.provision() for _ in range(3)]
    train([device(server, stores[i], identities[i]) for i in range(3)])
    count = len(server.requests)
    server.round, server.attempt = 0, Attempt(7)
    for store in stores:
        store.delete([f"{RUN}.snapshot", *store.names(f"{RUN}.accepted")])
    clients = [device(server, stores[i], identities[i]) for i in range(3)]
    for member in server.members.values():
        member.sequence, member.head, member.last_round = 0, 0, -1
    asked, task = [], server._task
    server._task = lambda member, after: asked.append(member.ordinal) or task(member, after)

    def stop():
        with server.changed:
            assert server.changed.wait_for(lambda: all(asked.count(i) > 1 for i in range(3)), 60)
        for client in clients:
            client.stop()

    thread = threading.Thread(target=stop, daemon=True)
    thread.start()
    outcomes = train(clients)
    thread.join(60)
    assert [one.end for one in outcomes] == [RunEnd.STOPPED] * 3
    assert len(server.requests) == count
    assert sorted(server.next_rounds) == [(i, 1) for i in range(3)], "each says once when it takes part again"


def test_a_device_reports_once_that_it_skips_earlier_rounds_and_takes_part_again_after_leaving(cohort):
    server = cohort(size=3, rounds=1)
    stores, identities, reasons = [MemoryStore() for _ in range(3)], [OWNER.provision() for _ in range(3)], []
    for store in stores:
        RoundMarkers(store, RUN).reveal(149)
    asked, task = [], server._task
    server._task = lambda member, after: asked.append(member.ordinal) or task(member, after)

    class Owner(Listener):
        def waiting(self, reason):
            if reason.startswith("no part"):
                reasons.append(reason)

    clients = [device(server, stores[i], identities[i], listener=Owner()) for i in range(3)]

    def stop():
        with server.changed:
            assert server.changed.wait_for(lambda: all(asked.count(i) > 2 for i in range(3)), 60)
        for client in clients:
            client.stop()

    thread = threading.Thread(target=stop, daemon=True)
    thread.start()
    train(clients)
    thread.join(60)
    expected = f"no part in round 0 of run '{RUN}': this device has taken part in round 149 of a run of this name"
    assert len(reasons) == 3 and all(reason.startswith(expected) and "call leave()" in reason for reason in reasons), reasons
    assert server.requests == []
    for store in stores:
        forget(store, RUN)
    assert [one.accepted for one in train([device(server, stores[i], identities[i]) for i in range(3)])] == [1, 1, 1]


def plan_with(**fields):
    def lie(topic, ordinal, true):
        if topic != "plan":
            return true
        return {**true, "secureAggregation": {**true["secureAggregation"], **fields}}

    return lie


def test_a_device_takes_no_part_in_a_run_that_does_not_meet_its_demands(cohort):
    def refusal(lie, match, kind=SecAggError, **options):
        server = cohort(lie=lie)
        with device(server, **options) as client, pytest.raises(kind, match=match):
            client.train(lambda model: model.values)
        assert server.requests == []

    def plain(topic, ordinal, true):
        return {k: v for k, v in true.items() if k != "secureAggregation"} if topic == "plan" else true

    refusal(plain, "has no secure aggregation, which this device requires")
    refusal(plan_with(owners=[]), "is for devices of no owner, but this one belongs to")
    refusal(plan_with(), "accepts cohorts of 3 devices, but this device requires 10", minimum_cohort=10)
    match = "if a share of 0.05 of a cohort colludes with the coordinator, but this device requires 0.1: nothing was sent"
    refusal(plan_with(collusion=0.05), match, minimum_collusion=0.1)
    refusal(plan_with(exponent=3), "secure aggregation is out of range", ProtocolError)
    by_value = lambda topic, ordinal, true: {**true, "compressor": "top-k:0.5"} if topic == "plan" else true  # noqa: E731
    refusal(by_value, "chooses coordinates by their values", ProtocolError)
    server = cohort()
    client = device(server)
    client._settings = dataclasses.replace(client._settings, demands=type(client._settings.demands)())
    with client, pytest.raises(SecAggError, match="this device has no identity: nothing was sent"):
        client.train(lambda model: model.values)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"minimum_cohort": 2}, "minimum_cohort is 2, expected an integer of at least 3"),
        ({"minimum_collusion": -0.1}, "minimum_collusion is -0.1, expected a share from 0 to 0.5"),
        ({"minimum_collusion": 0.6}, "minimum_collusion is 0.6, expected a share from 0 to 0.5"),
        ({"minimum_collusion": float("nan")}, "minimum_collusion is nan, expected a share from 0 to 0.5"),
    ],
)
def test_a_device_refuses_demands_out_of_range(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Client("http://localhost:1", run="run", state_dir=MemoryStore(), **options)
