"""Devices in threads, of one owner, for a ``CohortServer``."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenkeel import Client, Gradient, Listener, secagg
from evenkeel.client import DeviceState, MemoryStore

from .cohort_server import RUN, CohortServer

OWNER = secagg.OwnerKey.generate()


@pytest.fixture
def cohort():
    """Starts a ``CohortServer`` and closes it after the test."""
    servers = []

    def start(size=4, **options):
        servers.append(CohortServer(OWNER, size, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def gradient(seed):
    def compute(model):
        values = np.random.default_rng([seed, model.round]).standard_normal(model.values.size)
        return Gradient(values, samples=5, loss=float(seed + 1))

    return compute


def device(server, store=None, identity=None, **options):
    settings = {
        "minimum_cohort": 3,
        "long_poll": 0.05,
        "retry_for": 20,
        "sparse_updates": False,
        "enrolment_token": "token",
        **options,
    }
    identity = identity or OWNER.provision()
    return Client(server.url, run=RUN, state_dir=store or MemoryStore(), identity=identity, **settings)


def train(clients, *functions, stops=True):
    """Trains each client in a thread, after they have joined in order; returns the outcomes or exceptions. With ``stops``, a
    failure stops all."""
    joined = [threading.Event() for _ in clients]

    def run(i):
        if i:
            assert joined[i - 1].wait(60)
        client, function = clients[i], functions[i] if functions else gradient(i)
        client._notifier._listeners += (Joined(joined[i]),)
        try:
            return client.train(function)
        except Exception as e:
            for other in clients if stops else ():
                other.stop()
            return e
        finally:
            joined[i].set()

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(run, range(len(clients))))


class Joined(Listener):
    def __init__(self, event):
        self._event = event

    def joined(self, plan, sequence):
        self._event.set()


def state_of(client, server, rebase_every=100):
    stored = client._store
    member = next(m for m in server.members.values() if m.client == client._coordinator._credentials.client)
    return DeviceState(stored, RUN, member.client, "ef21", server.dimension, rebase_every)
