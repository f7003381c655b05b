"""A device that dies as by kill -9 at the n-th point of its life; run as a process by test_crash.py and test_secure_live.py.

Points lie before and after each change of the state folder, within each write, and before and after each exchange with the
coordinator, so that the message was not sent, was sent and lost, or was answered and the answer lost.
"""

import os
import signal
import sys

import numpy as np

import evenkeel
from evenkeel.client import FolderStore
from evenkeel.client import _transport as transport

url, run, token, folder, seed, left = sys.argv[1:7]
left = int(left)
options = {}
if len(sys.argv) > 7:
    # A run with secure aggregation, and the file of the device's identity.
    from evenkeel.secagg import DeviceIdentity

    options = {"identity": DeviceIdentity.load(sys.argv[7]), "minimum_cohort": 3}


def point():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def between(method):
    def wrapped(self, *args):
        point()
        result = method(self, *args)
        point()
        return result

    return wrapped


class CrashingStore(FolderStore):
    rename = between(FolderStore.rename)
    delete = between(FolderStore.delete)
    sweep = between(FolderStore.sweep)

    def write(self, name, content):
        def halting():
            for part in content:
                yield part[: len(part) // 2]
                point()
                yield part[len(part) // 2 :]

        super().write(name, halting())
        point()


transport.Transport.exchange = between(transport.Transport.exchange)


def gradient(model, round):
    """Values with few bits, so that sums of them are exact in any order."""
    return np.random.default_rng([int(seed), round]).integers(-1000, 1000, model.values.size) / 256


store = CrashingStore(folder)
with evenkeel.Client(url, run=run, enrolment_token=token, state_dir=store, retry_for=60, long_poll=2, **options) as client:
    outcome = client.train(evenkeel.on_sample(lambda round: round, gradient))
print(outcome.end.value, flush=True)
