"""Trackers against a real MLflow server and TensorBoard's reader. .ci/full runs them in an environment that has both."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenkeel import Client, Gradient, RunEnd
from evenkeel.client import MemoryStore
from evenkeel.track import MlflowTracker, TensorBoardTracker, TrackingListener
from evenkeel.track._command import _event_files

from ..coordinator import TOKEN, environment, free_port, wait_until


class MlflowServer:
    """``mlflow server`` with an SQLite database."""

    def __init__(self, folder):
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process = None
        self.start()

    def start(self):
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        command += ["--backend-store-uri", f"sqlite:///{self._folder / 'mlflow.db'}"]
        command += ["--artifacts-destination", str(self._folder / "artifacts")]
        with open(self._folder / "mlflow.log", "ab") as log:
            # The server and its workers are a process group.
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, start_new_session=True)
        wait_until(self._answers, 300, lambda: (self._folder / "mlflow.log").read_text()[-4000:])

    def _answers(self):
        assert self._process.poll() is None, (self._folder / "mlflow.log").read_text()[-4000:]
        try:
            return urllib.request.urlopen(f"{self.uri}/health", timeout=10).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture(scope="module")
def mlflow(tmp_path_factory):
    pytest.importorskip("mlflow", reason="mlflow is not installed: .ci/integrations installs it")
    started = MlflowServer(tmp_path_factory.mktemp("mlflow"))
    # One attempt per request, instead of seven with growing pauses.
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"
    yield started
    started.stop()


def runs_of(server, experiment="evenkeel"):
    from mlflow.tracking import MlflowClient

    client = MlflowClient(server.uri)
    return client, list(client.search_runs([client.get_experiment_by_name(experiment).experiment_id]))


def history(client, run, metric):
    return [(point.step, point.value, point.timestamp) for point in client.get_metric_history(run.info.run_id, metric)]


def scalars(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    events.Reload()
    return {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def test_mlflow_has_each_step_once_despite_repetitions(mlflow):
    first = MlflowTracker(mlflow.uri, "one", experiment="repeated", params={"gamma": "constant:1"})
    first.write(0, 1000.0, {"loss": 0.5, "metrics/accuracy": 0.25})
    before = MlflowTracker(mlflow.uri, "one", experiment="repeated")
    assert before.next_step == 1
    for tracker in (first, before):  # As if the first had died before it knew that its request had arrived.
        tracker.write(1, 1001.5, {"loss": 0.25})
    before.finish("cancelled")
    client, runs = runs_of(mlflow, "repeated")
    assert [run.info.run_name for run in runs] == ["one"]
    assert history(client, runs[0], "loss") == [(0, 0.5, 1000000), (1, 0.25, 1001500)]
    assert history(client, runs[0], "metrics/accuracy") == [(0, 0.25, 1000000)]
    assert (runs[0].info.status, runs[0].data.params) == ("KILLED", {"gamma": "constant:1"})
    MlflowTracker(mlflow.uri, "one", experiment="repeated").finish("finished")
    _, again = runs_of(mlflow, "repeated")
    assert (again[0].info.status, again[0].info.end_time) == ("KILLED", runs[0].info.end_time)


def test_an_unreachable_mlflow_server_differs_from_one_that_refuses(mlflow):
    with pytest.raises(ConnectionError, match="MLflow"):
        MlflowTracker(f"http://127.0.0.1:{free_port()}", "one")
    tracker = MlflowTracker(mlflow.uri, "refused", experiment="refused")
    with pytest.raises(ValueError, match="MLflow refuses a request"):
        tracker.write(0, 0.0, {"a name with a # in it": 1.0})
    assert tracker.next_step == 0


def test_event_files_continue_after_a_crash_in_the_middle_of_a_record(tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed: .ci/integrations installs it")
    first = TensorBoardTracker(tmp_path, source="digits of today")
    for step in range(3):
        first.write(step, 1000.0 + step, {"loss": 1.0 / 2**step, "metrics/accuracy": 0.5})
    first.close()
    file = next(tmp_path.glob("events.out.tfevents.*"))
    file.write_bytes(file.read_bytes()[:-7])
    second = TensorBoardTracker(tmp_path, source="digits of today")
    assert second.next_step == 2
    second.write(2, 1002.0, {"loss": 0.25, "metrics/accuracy": 0.5})
    second.close()
    assert scalars(tmp_path) == {
        "loss": [(0, 1.0), (1, 0.5), (2, 0.25)],
        "metrics/accuracy": [(0, 0.5), (1, 0.5), (2, 0.5)],
    }
    with pytest.raises(ValueError, match="contains the events of digits of today, not of digits of tomorrow"):
        TensorBoardTracker(tmp_path, source="digits of tomorrow")


def train(server, run, listener):
    options = {"enrolment_token": server.enrolment_token(), "state_dir": MemoryStore(), "listener": listener}
    with Client(server.url, run=run, evaluate=lambda model: {"accuracy": 0.5}, **options) as client:
        return client.train(lambda model: Gradient(model.values - np.ones(3), samples=7, loss=2.0**-model.round))


def test_the_command_follows_a_run_although_every_process_is_killed(server, mlflow, tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed: .ci/integrations installs it")
    server.run("followed", dimension=3, rounds=12, compressor="identity", participants={"min": 1})
    env = {**environment(), "EVENKEEL_TOKEN": TOKEN, "EVENKEEL_URL": server.url}
    command = [sys.executable, "-m", "evenkeel", "track", "followed", "--every", "0.2"]
    command += ["--mlflow", mlflow.uri, "--tensorboard", str(tmp_path / "logs")]

    def follower():
        return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)

    def written():
        folder = tmp_path / "logs" / "followed"
        return len(scalars(folder).get("loss", ())) if folder.exists() else 0

    process = follower()
    try:
        with ThreadPoolExecutor(1) as pool:
            device = tmp_path / "device"
            training = pool.submit(train, server, "followed", TrackingListener(TensorBoardTracker(device)))
            server.start_when_joined("followed", 1, [training])
            wait_until(written, 300)
            process.kill()
            process.communicate()
            mlflow.stop()
            process = follower()
            assert training.result().end is RunEnd.FINISHED
        mlflow.start()
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    finally:
        process.kill()
    client, runs = runs_of(mlflow)
    run = next(run for run in runs if run.info.run_name == "followed")
    losses = [(k, 2.0**-k) for k in range(12)]
    assert [(step, value) for step, value, _ in history(client, run, "loss")] == losses
    assert run.info.status == "FINISHED" and run.data.params["algorithm"] == "ef21-norm"
    assert scalars(tmp_path / "logs" / "followed")["loss"] == losses
    assert scalars(tmp_path / "logs" / "followed")["metrics/accuracy"] == [(k, 0.5) for k in range(12)]
    assert scalars(device)["loss"] == losses
    # Running it again changes nothing.
    subprocess.run(command, env=env, check=True)
    assert len(history(client, run, "loss")) == 12 and len(scalars(tmp_path / "logs" / "followed")["loss"]) == 12


def test_a_run_with_the_name_of_an_earlier_one_has_its_own_folder(tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed: .ci/integrations installs it")
    for created in ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z"):
        tracker = _event_files(tmp_path, {"name": "digits", "createdAt": created}, f"digits of {created}")
        tracker.write(tracker.next_step, 1000.0, {"loss": 0.5})
        tracker.close()
    assert {folder.name: len(scalars(folder)["loss"]) for folder in tmp_path.iterdir()} == {
        "digits": 1,
        "digits-2026-02-01T000000Z": 2,
    }
