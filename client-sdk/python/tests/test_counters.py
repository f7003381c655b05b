"""Tests a device's counters over its runs, and the names of their pieces."""

import struct

import pytest

from evenkeel.client import FolderStore, MemoryStore
from evenkeel.client._counters import MAX_MASKED_ATTEMPTS, PrivacyLedger, RoundMarkers
from evenkeel.client._fields import Fields
from evenkeel.client._listener import EventNotifier
from evenkeel.client._pieces import sealed
from evenkeel.client._plan import RunPlan
from evenkeel.client._protocol import WorkItem
from evenkeel.client._spending import PrivacySpending
from evenkeel.errors import ProtocolError, StateError
from evenkeel.privacy import PrivacyCost, epsilon

from .test_plan import PLAN

ONE = PrivacyCost.of(1.0)


def spending(store, run, limit, mechanism="clip:1.0:2.0"):
    terms = {"by": "device", "mechanism": mechanism, "delta": 1e-6}
    plan = RunPlan.of(Fields("the plan", {**PLAN, "run": run, "privacy": terms}))
    return PrivacySpending.of(plan, limit, False, store, 0, EventNotifier())


def test_a_limit_covers_all_runs_of_a_device_together():
    store, limit, sent = MemoryStore(), (epsilon(1.0, 4, 1e-6), 1e-6), 0
    for run in ("a", "b", "c", "d"):
        for _ in range(4):
            counted = spending(store, run, limit)
            if not counted.exhausted:
                counted.count()
                sent += 1
    assert sent == 4
    assert spending(store, "e", limit).exhausted
    # Weaker noise costs more: the costs are added up, not the messages.
    other = MemoryStore()
    spending(other, "a", limit).count()
    weak = spending(other, "b", limit, "clip:1.0:1.0")
    assert weak.exhausted and not spending(other, "b", limit).exhausted


def test_a_plan_that_claims_more_noise_later_does_not_lower_what_was_spent():
    store, limit = MemoryStore(), (epsilon(1.0, 4, 1e-6), 1e-6)
    for _ in range(4):
        spending(store, "a", limit).count()
    assert spending(store, "a", limit, "clip:1.0:100.0").exhausted


def test_the_count_of_an_earlier_version_continues():
    store = MemoryStore()
    store.write("run.released", sealed(b"R", [struct.pack(">qQ", 3, 0)], ()))
    ledger = PrivacyLedger(store, "run", ONE, 0)
    assert (ledger.messages, ledger.add()) == (3, 4)
    ledger = PrivacyLedger(store, "run", ONE, 2)
    assert ledger.messages == 4 and ledger.total_with_one_more.rho == pytest.approx(5 * ONE.rho)
    assert PrivacyLedger(store, "other", ONE, 7).messages == 7
    store.write("privacy-ledger", sealed(b"L", [struct.pack(">i", 1)], ()))
    with pytest.raises(StateError, match="content is inconsistent"):
        PrivacyLedger(store, "run", ONE, 0)


def test_attempts_with_masked_vectors_are_counted_over_restarts():
    store = MemoryStore()
    for _ in range(MAX_MASKED_ATTEMPTS):
        markers = RoundMarkers(store, "run")
        assert not markers.end_part_in(3)
        markers.mask(3)
    markers = RoundMarkers(store, "run")
    assert markers.end_part_in(3) and not markers.end_part_in(4)
    markers.mask(4)
    # Returning to an earlier round does not reset the count.
    assert markers.end_part_in(3) and not markers.end_part_in(4)


@pytest.mark.parametrize("name", ["../outside", "a/b", "..", ".", "", "A"])
def test_a_folder_stores_no_piece_outside_itself(tmp_path, name):
    store = FolderStore(tmp_path / "state")
    with pytest.raises(ValueError, match="a piece of state is named"):
        store.write(name, [b"x"])
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    store.close()


@pytest.mark.parametrize("name", ["../outside", "", "Run", "a" * 65])
def test_work_with_an_invalid_run_name_is_refused(name):
    with pytest.raises(ProtocolError, match="expected 1 to 64 of a to z, 0 to 9 and hyphen"):
        WorkItem.of(Fields("the work", {"kind": "train", "run": name, "member": True, "round": 0}))
