"""Evenkeel as docs/operations.md describes it: one coordinator with its default database H2, HTTPS, enrolled devices."""

import json
import os
import shutil
import ssl
import urllib.error
import urllib.request

import numpy as np
from processes import wait_until
from system import BIN, HERE, ROOT, System, certificates
from workload import Workload

OPERATOR = "evk_op_" + "p" * 43


class Evenkeel(System):
    name = "Evenkeel"

    def __init__(self, folder, prepared, settings):
        super().__init__(folder, prepared, settings)
        self._certificates = certificates(prepared / "certificates")
        self._tls = ssl.create_default_context(cafile=self._certificates / "ca.pem")
        self._token = None
        self._jar = os.environ.get("PEERS_COORDINATOR") or ROOT / "target/coordinator/evenkeel-coordinator.jar"
        algorithm = "gd" if settings.compressor == "identity" else "ef21"
        self.algorithm = {"algorithm": algorithm, "compressor": settings.compressor, "gamma": "constant:1"}

    def launch_server(self):
        archive = self.prepared / "coordinator.jsa"
        if not archive.exists():
            # Like the image, with the archive of JDK 17.
            self._java(["-Dspring.context.exit=onRefresh", f"-XX:ArchiveClassesAtExit={archive}"], self.folder / "training")
        self.processes.start(
            "server",
            [
                "java",
                f"-XX:SharedArchiveFile={archive}",
                "-jar",
                self._jar,
                f"--server.port={self.port}",
                f"--spring.datasource.url=jdbc:h2:file:{self.state_folder / 'database'}",
                f"--server.ssl.certificate={self._certificates / 'server.pem'}",
                f"--server.ssl.certificate-private-key={self._certificates / 'server.key'}",
            ],
            cwd=self.folder,
            EVENKEEL_OPERATOR_TOKEN=OPERATOR,
        )
        wait_until(lambda: self._is_ready() or self.has_server_ended(), 300, "the coordinator is not ready")
        if self._token is None:
            self._create_run()

    def _java(self, options, data):
        command = ["java", *options, "-jar", self._jar, f"--spring.datasource.url=jdbc:h2:file:{data}"]
        self.processes.run("preparation", command, cwd=self.folder, timeout=400)

    def _create_run(self):
        s = self.settings
        definition = {
            "name": "digits",
            "tensors": [{"name": "model", "shape": [Workload.dimension_of(s.clients, s.padding)]}],
            "rounds": s.rounds,
            "participants": {"min": s.quorum},
            "time": {"max": f"{s.patience}s"},
            **self.algorithm,
        }
        self._operate("POST", "runs", definition)
        token = self._operate("POST", "enrolment-tokens", {"uses": s.clients, "expiresIn": "1h"})
        self._token = token["token"]

    def submit(self):
        self._operate("POST", "runs/digits/start")
        self.watch()

    def start_client(self, number):
        address, identity = f"https://localhost:{self.client_ports[number]}", self.identity(number)
        folder = self.folder / f"device-{identity}"
        if identity != number:
            folder = self.folder / f"device-{identity}-again"
            shutil.copytree(self.folder / f"device-{identity}", folder, dirs_exist_ok=True)
        command = [BIN / "python", "-u", HERE / "evenkeel_device.py", address, identity, self._token, folder]
        self.processes.start(f"client-{number}", command, PEERS_CA=str(self._certificates / "ca.pem"), **self.environment)
        if self._run()["state"].upper() == "CREATED":
            # Sums are added in the order in which members joined, so the same order gives the same bits.
            wait_until(lambda: self._run()["members"] > number, 120, f"client {number} did not join")

    def status(self, job):
        return {"FINISHED": "finished", "FAILED": "stopped", "CANCELLED": "stopped"}.get(self._run()["state"].upper(), "running")

    def resume(self):
        self.actions.append("resume")
        self._operate("POST", "runs/digits/resume")

    def round(self):
        try:
            return self._run()["round"]
        except OSError:
            return 0

    def collect(self):
        os.environ.update(self.environment)
        workload = Workload()
        for round in range(1, self._run()["round"] + 1):
            model = self._download(f"runs/digits/rounds/{round}/model")
            workload.log_round(round, np.frombuffer(model, "<f4"), 0)

    def _is_ready(self):
        try:
            self._operate("GET", "runs")
            return True
        except OSError:
            return False

    def _run(self):
        return self._operate("GET", "runs/digits")

    def _operate(self, method, path, body=None):
        return json.loads(self._download(path, method, body) or b"{}")

    def _download(self, path, method="GET", body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {OPERATOR}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"https://localhost:{self.port}/api/v1/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30, context=self._tls) as answer:
                return answer.read()
        except urllib.error.HTTPError as e:
            if e.code == 503:
                raise OSError("the coordinator has too little memory or is too busy") from e
            raise RuntimeError(f"{method} {path}: {e.code} {e.read().decode()}") from e
