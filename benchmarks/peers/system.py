"""Common parts of the three systems: folders, certificates, environment, and the interface for faults.py."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from processes import Processes, free_ports
from proxy import Proxy

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = pathlib.Path(sys.executable).parent


@dataclass(frozen=True)
class Settings:
    """A case's size. Every system closes a round when all clients answered, or after ``patience`` seconds with ``quorum`` of them.

    ``compressor`` is Evenkeel's; with any other than ``identity`` it trains with EF21.
    """

    clients: int = 10
    rounds: int = 10
    quorum: int = 5
    patience: int = 45
    padding: int = 0
    work: float = 0.3
    compressor: str = "identity"


class System:
    """A server with its clients behind the proxy. A subclass defines how each is started, and the operator's actions."""

    name = ""

    def __init__(self, folder, prepared, settings):
        self.folder, self.prepared, self.settings = folder, prepared, settings
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.processes = Processes(folder)
        self.actions, self.faults = [], 0
        self.port, *self.client_ports = self.choose_ports()
        self.proxy = Proxy(self.client_ports, self.port)
        self.job, self._status = None, (None, "running")
        self._over = threading.Event()
        self.supervised, self.ended = set(range(settings.clients)), 0
        self.identities = {}
        self._gone, self._looked = set(), 0.0
        self.state_folder, self._mounted = folder / "state", False
        self.state_folder.mkdir()
        self.environment = {
            "PEERS_FOLDER": str(folder),
            "PEERS_STATE": str(self.state_folder),
            "PEERS_CLIENTS": str(settings.clients),
            "PEERS_ROUNDS": str(settings.rounds),
            "PEERS_PADDING": str(settings.padding),
            "PEERS_WORK": str(settings.work),
            "PYTHONPATH": f"{HERE}:{ROOT / 'client-sdk/python/src'}",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "NO_PROXY": "*",
        }

    def choose_ports(self):
        """Returns the server's port and one for each client's link."""
        return free_ports(1 + self.settings.clients)

    def start_server(self):
        """Starts the server with its existing state, and returns when it serves."""
        self.launch_server()
        self.proxy.listen()

    def launch_server(self):
        """Starts the server's processes, and returns when it serves."""
        raise NotImplementedError

    def submit(self):
        """Starts the training."""
        raise NotImplementedError

    def start_client(self, number):
        """Starts client ``number`` with its identity, which may be that of another client."""
        raise NotImplementedError

    def identity(self, number):
        return self.identities.get(number, number)

    def state(self):
        """Returns running, finished, or stopped if the training has ended before its last round."""
        if self.round() >= self.settings.rounds:
            return "finished"
        job, status = self._status
        return status if job == self.job else "running"

    def watch(self):
        """Polls the state of the job every few seconds in a thread, because some systems' commands take seconds to start."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while not self._over.wait(5):
            job = self.job
            try:
                self._status = job, self.status(job)
            except (RuntimeError, ValueError, KeyError, OSError, subprocess.TimeoutExpired):
                continue  # The server is down, or was killed during the answer.

    def status(self, job):
        """Queries a job's state: running, stopped or finished."""
        raise NotImplementedError

    def resume(self):
        """Executes an operator's actions after the training has stopped. Counts each of them in ``actions``."""
        raise NotImplementedError

    def limit_disk(self, megabytes):
        """Puts the server's state on a separate file system. Needs root."""
        _quietly(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "peers", self.state_folder])
        self._mounted = True

    def after_restart(self):
        """Executes an operator's actions after the server was killed and restarted; by default none."""

    def round(self):
        """Returns the number of closed rounds."""
        return max((record["round"] for record in self.log("rounds")), default=0)

    def collect(self):
        """Writes the records of the rounds if the server does not write them itself."""

    def has_server_ended(self):
        """Raises an error if the server has no process left."""
        for _ in range(3):  # A process briefly has no environment while it executes another program.
            if self.processes.find("server"):
                return False
            time.sleep(0.5)
        raise RuntimeError(f"the server ended: {(self.folder / 'server.log').read_text()[-500:]}")

    def kill_server(self):
        self.proxy.refuse()
        self.processes.kill("server")

    def supervise(self):
        """Restarts a client that has ended by itself, like systemd or Docker, if it is still missing 3 seconds later."""
        if time.monotonic() - self._looked < 3:
            return
        self._looked = time.monotonic()
        gone = {number for number in self.supervised if not self.is_client_running(number)}
        for number in gone & self._gone:
            self.ended += 1
            self.kill_client(number)
            self.start_client(number)
        self._gone = gone - self._gone

    def is_client_running(self, number):
        """Whether the process started for a client is running; processes that it left behind do not count."""
        return self.processes.is_running(f"client-{number}")

    def kill_client(self, number):
        self.processes.kill(f"client-{number}")

    def log(self, name):
        """Returns the lines of a log of the workload."""
        file = self.folder / f"{name}.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line) for line in lines if line.endswith("}")]

    def close(self):
        self._over.set()
        self.processes.close()
        if self._mounted:
            _quietly(["umount", self.state_folder])
        self.proxy.close()


def certificates(folder):
    """Creates an authority and a server certificate for this machine, once."""
    if (folder / "server.pem").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    openssl = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
    _quietly([*openssl, "-subj", "/CN=peers authority", "-keyout", folder / "ca.key", "-out", folder / "ca.pem"])
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]
    issuer = ["-CA", folder / "ca.pem", "-CAkey", folder / "ca.key"]
    _quietly(
        [*openssl, "-subj", "/CN=localhost", *names, *issuer, "-keyout", folder / "server.key", "-out", folder / "server.pem"]
    )
    return folder


def _quietly(command):
    subprocess.run(list(map(str, command)), check=True, capture_output=True, env={**os.environ, "LC_ALL": "C"})
