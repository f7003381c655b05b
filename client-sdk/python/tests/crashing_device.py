"""A device that is killed repeatedly, each time at a later point, until it ends by itself; prints the number of
crashes. Run as a process by test_crash.py and test_secure_live.py.

Each attempt is a process that this one forks after it has imported everything, since the imports take most of a short attempt's time.

There are points before and after each change of the state folder, within each write, and before and after each exchange with the
coordinator, so that the message was not sent, was sent and lost, or was answered but the response lost.
"""

import os
import signal
import sys

import numpy as np

import evenkeel
from evenkeel.client import FolderStore
from evenkeel.client import _transport as transport

url, run, token, folder, seed = sys.argv[1:6]
left = 0
options = {}
if len(sys.argv) > 6:
    # A run with secure aggregation, and the file of the device's identity.
    from evenkeel.secagg import DeviceIdentity

    options = {"identity": DeviceIdentity.load(sys.argv[6]), "minimum_cohort": 3}


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


def live():
    store = CrashingStore(folder)
    with evenkeel.Client(url, run=run, enrolment_token=token, state_dir=store, retry_for=60, long_poll=2, **options) as client:
        outcome = client.train(evenkeel.on_sample(lambda round: round, gradient))
    assert outcome.end is evenkeel.RunEnd.FINISHED, outcome


for crashes in range(2000):
    process = os.fork()
    if process == 0:
        left = crashes + 1
        live()
        sys.exit()
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if status == 0:
        print(crashes)
        sys.exit()
    assert status == -signal.SIGKILL, status
sys.exit("the device never finished")
