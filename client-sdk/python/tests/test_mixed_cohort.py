"""Java and Python devices in one run with secure aggregation, and a device that changes its SDK."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from math import sqrt

import numpy as np
import pytest

pytest.importorskip("cryptography")

from evenkeel import RunEnd, privacy
from evenkeel.client import FolderStore
from evenkeel.client._counters import PrivacyLedger
from evenkeel.privacy import PrivacyCost

from .test_fleet import CLASSPATH, EXAMPLE
from .test_secure_live import OWNER, D, client_of, device, gradient, part_of, secure_run, sum_of

pytestmark = pytest.mark.skipif(
    "EVENKEEL_DEVICE_CLASSPATH" not in os.environ
    and not (EXAMPLE / "classes" / "io" / "evenkeel" / "example" / "SecureDevice.class").exists(),
    reason="the Java example device is not built: client-sdk/java/README.md says how",
)


def java_device(server, run, folder):
    """Runs the Java SDK's example device until the run ends."""
    command = ["java", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", CLASSPATH, "io.evenkeel.example.SecureDevice"]
    command += [server.url, run, "identity"]
    environment = {**os.environ, "EVENKEEL_ENROLMENT_TOKEN": server.enrolment_token(1)}
    life = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=400)
    assert life.returncode == 0, life.stderr
    assert "FINISHED" in life.stdout, life.stdout


def python_device(server, run, folder, seed, compute=None):
    """Runs a device of this package until the run ends."""
    identity = secagg_identity(folder)
    with device(server, run, folder / "device-state", seed, identity) as client:
        assert client.train(compute or gradient(seed)).end is RunEnd.FINISHED


def secagg_identity(folder):
    """Returns the identity of a folder, a new one if it has none."""
    from evenkeel.secagg import DeviceIdentity

    folder.mkdir(exist_ok=True)
    if not (folder / "identity").exists():
        OWNER.provision().save(folder / "identity")
    return DeviceIdentity.load(folder / "identity")


def parts_and_sum(server, run, folders, rounds, rebase_every, dimension=D):
    stores = [FolderStore(folder / "device-state") for folder in folders]
    parts = [part_of(store, run, client_of(store), rebase_every, dimension) for store in stores]
    total = sum_of(server, run, stores[0], rounds, dimension)
    for store in stores:
        store.close()
    return parts, total


def test_java_and_python_devices_add_their_messages_in_one_cohort(server, tmp_path):
    rounds, time = 6, {"min": "PT0S", "max": "PT20S"}
    run = secure_run(
        server, "mixed", 5, rounds, most=8, dropout=0.1, compressor="rand-k:0.5", aggregation={"rebaseEvery": 4}, time=time
    )
    folders = [tmp_path / str(i) for i in range(6)]
    for folder in folders:
        secagg_identity(folder)
    with ThreadPoolExecutor(6) as pool:
        devices = [pool.submit(java_device, server, run, folder) for folder in folders[:3]]
        devices += [pool.submit(python_device, server, run, folders[i], i) for i in range(3, 6)]
        server.start_when_joined(run, 6, devices)
        for each in devices:
            each.result()
    parts, total = parts_and_sum(server, run, folders, rounds, 4)
    assert total.tolist() == sum(parts).tolist()
    records = server.operate("GET", f"runs/{run}/rounds")
    assert len(records) == rounds and all(record["participants"] >= 5 for record in records)


def test_java_and_python_devices_together_add_the_noise_of_a_private_cohort(server, tmp_path):
    rounds, devices, exponent, dimension = 3, 6, -16, 4000
    terms = {"normalization": "clip", "bound": 1, "noiseMultiplier": 10, "budget": {"delta": 1e-6}}
    # No step ends before all devices have taken it: a sum without one of them would have less noise than the test expects.
    patient = {"exponent": exponent, "phaseTime": "120s"}
    run = secure_run(server, "mixed-private", devices, rounds, dimension=dimension, privacy=terms, aggregation=patient)
    folders = [tmp_path / str(i) for i in range(devices)]
    for folder in folders:
        secagg_identity(folder)
    with ThreadPoolExecutor(devices) as pool:
        lives = [pool.submit(java_device, server, run, folder) for folder in folders[:3]]
        ramp = np.linspace(0.5, 1, dimension)
        lives += [pool.submit(python_device, server, run, folder, 0, lambda model: model.values - ramp) for folder in folders[3:]]
        server.start_when_joined(run, devices, lives)
        for life in lives:
            life.result()

    parts, total = parts_and_sum(server, run, folders, rounds, 100, dimension)
    # Messages are bounded and without noise in the devices' own parts; those and the noise are multiples of the sum's unit.
    for values in (*parts, total):
        steps = np.ldexp(values, -exponent)
        assert (steps == np.rint(steps)).all() and steps.any()
    assert all(np.linalg.norm(part) <= rounds for part in parts)
    share = privacy.CohortNoise.of(
        privacy.GaussianMechanism(privacy.Clip(), 1, 10), exponent, devices, devices, 0.0, dimension
    ).grid
    expected = np.ldexp(share.deviation, exponent) * sqrt(devices * rounds)
    assert expected >= 10 * sqrt(rounds)
    # Of 4,000 values; without the shares of one SDK it would be 0.71 of this.
    assert np.std(total - sum(parts)) == pytest.approx(expected, rel=0.06)

    records = server.operate("GET", f"runs/{run}/rounds")
    assert [record["participants"] for record in records] == [devices] * rounds
    spent = [privacy.epsilon(5, k, 1e-6) for k in range(1, rounds + 1)]
    assert [record["epsilon"] for record in records] == pytest.approx(spent, rel=1e-12)
    for folder in folders:
        store = FolderStore(folder / "device-state")
        assert PrivacyLedger(store, run, PrivacyCost(), 0).messages == rounds, "each device counts the messages that it has sent"
        store.close()


def test_a_device_may_change_its_sdk_in_a_run_with_secure_aggregation(server, tmp_path):
    rounds = 6
    run = secure_run(server, "changed", 3, rounds, aggregation={"rebaseEvery": 2})
    folders = [tmp_path / str(i) for i in range(3)]
    for folder in folders:
        secagg_identity(folder)

    def half_python_half_java():
        with device(server, run, folders[0] / "device-state", 0, secagg_identity(folders[0])) as client:

            def first_half(model):
                if model.round == 3:
                    client.stop()
                return gradient(0)(model)

            assert client.train(first_half).accepted == 3
        java_device(server, run, folders[0])

    with ThreadPoolExecutor(3) as pool:
        devices = [pool.submit(half_python_half_java)]
        devices += [pool.submit(python_device, server, run, folders[i], i) for i in (1, 2)]
        server.start_when_joined(run, 3, devices)
        for each in devices:
            each.result()
    parts, total = parts_and_sum(server, run, folders, rounds, 2)
    assert total.tolist() == sum(parts).tolist()
