"""FLARE as documented for production: provisioned startup kits with mutual TLS, started by their start.sh.

Jobs are stored in the server's job store. Snapshots of a running job, which older versions had, were removed in 2.9; the
maintainers advise saving the model after each round and starting the next job from it, as flare_persistor.py does.
"""

import json
import os
import shutil
import subprocess

from processes import free_ports, is_listening, wait_until
from system import BIN, HERE, System

PROJECT = """api_version: 3
name: peers
description: the comparison
participants:
  - {name: server, type: server, org: peers, default_host: localhost, fed_learn_port: %d}
  - {name: admin@peers.org, type: admin, org: peers, role: project_admin}
%s
builders:
  - path: nvflare.lighter.impl.workspace.WorkspaceBuilder
  - path: nvflare.lighter.impl.static_file.StaticFileBuilder
    args: {config_folder: config}
  - path: nvflare.lighter.impl.cert.CertBuilder
  - path: nvflare.lighter.impl.signature.SignatureBuilder
"""
CLIENT = "  - {name: client-%d, type: client, org: peers, connect_to: {host: localhost, port: %d}}"


class Flare(System):
    name = "FLARE"

    def __init__(self, folder, prepared, settings):
        self._kits = prepared / f"flare-{settings.clients}"
        super().__init__(folder, prepared, settings)
        self.environment["PATH"] = f"{BIN}:/usr/local/bin:/usr/bin:/bin"
        shutil.copytree(self._kits / "kits/peers/prod_00", folder / "kits")
        self._set_up_sites()

    def choose_ports(self):
        """Ports are part of the startup kits, so they are chosen at provisioning."""
        file = self._kits / "ports.json"
        if not file.exists():
            self._kits.mkdir(parents=True, exist_ok=True)
            ports = free_ports(1 + self.settings.clients)
            clients = "\n".join(CLIENT % (number, port) for number, port in enumerate(ports[1:]))
            (self._kits / "project.yml").write_text(PROJECT % (ports[0], clients))
            command = [BIN / "nvflare", "provision", "-p", self._kits / "project.yml", "-w", self._kits / "kits"]
            path = f"{BIN}:{os.environ['PATH']}"
            subprocess.run(list(map(str, command)), check=True, capture_output=True, env={**os.environ, "PATH": path})
            file.write_text(json.dumps(ports))
        return json.loads(file.read_text())

    def _set_up_sites(self):
        """Moves the stores into the case's folder, and allows the persistor of this comparison in jobs."""
        local = self.folder / "kits/server/local"
        text = (local / "resources.json.default").read_text().replace("/tmp/nvflare", str(self.state_folder / "store"))
        resources = json.loads(text)
        resources["class_allow_list"].append("flare_persistor.CheckpointPersistor")
        (local / "resources.json").write_text(json.dumps(resources, indent=2))

    def launch_server(self):
        home = self.state_folder / "server"
        if not home.exists():
            shutil.copytree(self.folder / "kits/server", home)
        self._start("server", home)
        wait_until(lambda: is_listening(self.port) or self.has_server_ended(), 120, "the server does not listen")

    def start_client(self, number):
        identity = self.identity(number)
        home = self.folder / f"kits/client-{identity}"
        if identity != number:
            home = self.folder / f"kits/client-{identity}-again"
            for part in ("startup", "local"):
                shutil.copytree(self.folder / f"kits/client-{identity}" / part, home / part, dirs_exist_ok=True)
        self._start(f"client-{number}", home)

    def is_client_running(self, number):
        """start.sh leaves a background shell that restarts the client itself."""
        return bool(self.processes.find(f"client-{number}"))

    def _start(self, role, home):
        (home / "daemon_pid.fl").unlink(missing_ok=True)
        self.processes.start(role, ["bash", home / "startup/start.sh"], cwd=home, **self.environment)

    def submit(self):
        wait_until(self._are_clients_registered, 240, "not all clients registered")
        self._submit_job()
        self.watch()

    def _are_clients_registered(self):
        try:
            return f"clients {self.settings.clients}\n" in self._operate("clients")
        except (RuntimeError, subprocess.TimeoutExpired):
            return False

    def _submit_job(self):
        s = self.settings
        start, attempt = self.round(), len(self.actions)
        arguments = ["submit", self.folder / f"job-{attempt}", start, s.rounds, s.quorum, s.patience, attempt]
        output = self._operate(*arguments)
        self.job = next(line.split()[1] for line in output.splitlines() if line.startswith("job "))

    def status(self, job):
        output = self._operate("status", job)
        [status] = [line.split()[1] for line in output.splitlines() if line.startswith("status ")]
        return "running" if status in ("SUBMITTED", "APPROVED", "DISPATCHED", "RUNNING") else "stopped"

    def after_restart(self):
        """Clients abort their jobs when the server disappears, but the job store keeps the job as RUNNING."""
        if self.round() < self.settings.rounds:
            wait_until(self._are_clients_registered, 240, "not all clients registered")
            self.resume()

    def resume(self):
        self.actions.append("submit_job")
        self._submit_job()

    def _operate(self, *arguments):
        command = [BIN / "python", HERE / "flare_operator.py", self.folder / "kits/admin@peers.org", *arguments]
        return self.processes.run("operator", command, cwd=HERE, **self.environment)
