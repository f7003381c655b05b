"""The fate of the staged message if a proxy refuses it."""

from types import SimpleNamespace

import pytest

from evenkeel import Listener
from evenkeel.client import MemoryStore
from evenkeel.client._listener import EventNotifier
from evenkeel.client._uplink import OnDivergence, Reconciliation, Uplink
from evenkeel.errors import CoordinatorError, Problem

from .test_state import advance, opened


class Proxy(Listener):
    """Refuses a message, with or without passing it on to the coordinator; a device sends one to it."""

    def __init__(self, passes_on):
        self.passes_on = passes_on
        plan = SimpleNamespace(run="run", aggregation=None, privacy=None, feedback="ef21-momentum")
        self.member = SimpleNamespace(client="me", sequence=0, head=0, last_round=-1, plan=plan)
        self.receipts = []
        self.state = opened(MemoryStore())
        advance(self.state, 0, commit=False)
        notifier = EventNotifier(self)
        reconciliation = Reconciliation(self, self.state, OnDivergence.FAIL, notifier, self.member)
        self.uplink = Uplink(self, plan, self.state, reconciliation, notifier)

    def send(self, message, *others):
        if self.passes_on:
            self.member.sequence, self.member.head, self.member.last_round = 1, self.state.pending.digest, message.round
        raise CoordinatorError.of(Problem("about:blank", "Payload Too Large", 413))

    def membership(self, run):
        return self.member

    def message_accepted(self, receipt):
        self.receipts.append((receipt.sequence, receipt.round, receipt.digest))


def test_a_message_that_was_accepted_is_kept():
    proxy = Proxy(passes_on=True)
    pending = proxy.state.pending
    proxy.uplink.send(pending, 0.0, -1)
    assert (proxy.state.sequence, proxy.state.head, proxy.state.pending) == (1, pending.digest, None)
    assert (proxy.uplink.accepted, proxy.uplink.refused) == (1, 0)
    assert proxy.receipts == [(1, 0, pending.digest)]


def test_a_message_that_never_arrives_is_dropped_and_ends_the_training():
    proxy = Proxy(passes_on=False)
    with pytest.raises(CoordinatorError):
        proxy.uplink.send(proxy.state.pending, 0.0, -1)
    assert (proxy.state.sequence, proxy.state.pending, proxy.uplink.accepted) == (0, None, 0)
