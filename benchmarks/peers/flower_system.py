"""Flower as its guides describe a deployment: SuperLink with a database, TLS, authenticated SuperNodes, apps in subprocesses.

The SuperLink's state is kept with --database (docs: docker/persist-superlink-state), connections use TLS (how-to-enable-tls-connections),
SuperNodes sign with their own keys (how-to-authenticate-supernodes), and the ServerApp saves each round's model and starts from
the newest saved one (how-to-save-and-load-model-checkpoints).
"""

import json
import shutil
import subprocess

from processes import free_ports, is_listening, wait_until
from system import BIN, HERE, ROOT, System, certificates


class Flower(System):
    name = "Flower"
    isolation = ()

    def __init__(self, folder, prepared, settings):
        super().__init__(folder, prepared, settings)
        self._certificates = certificates(prepared / "certificates")
        self._keys = []
        home = folder / "home"
        home.mkdir()
        (home / "config.toml").write_text(
            f'[superlink]\ndefault = "peers"\n\n[superlink.peers]\naddress = "127.0.0.1:{self.port}"\n'
            f'root-certificates = "{self._certificates / "ca.pem"}"\n'
        )
        self.environment["FLWR_HOME"] = str(home)
        self.environment["FLWR_TELEMETRY_ENABLED"] = "0"
        self.environment["FLWR_DISABLE_UPDATE_CHECK"] = "1"
        self.environment["PATH"] = f"{BIN}:/usr/local/bin:/usr/bin:/bin"
        # An app is built from its folder, without this repository's other files.
        shutil.copytree(HERE / "flower_app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "LICENSE", folder / "app")

    def start_open_server(self):
        """Starts the SuperLink without TLS, for nodes that register themselves, with the same database."""
        (self.folder / "home/config.toml").write_text(
            f'[superlink]\ndefault = "peers"\n\n[superlink.peers]\naddress = "127.0.0.1:{self.port}"\ninsecure = true\n'
        )
        self._start_superlink("--insecure")

    def flood(self, count, values, seconds):
        """Measures replies of light nodes for a number of seconds: their number, the seconds, and the server's processor time."""
        light = [BIN / "python", HERE / "flower_light.py", f"127.0.0.1:{self.port}", count, values]
        self.processes.start("light", light, **self.environment)
        self._submit_run(flood=seconds)
        wait_until((self.folder / "flood.json").exists, 300, "not all nodes are online")
        cpu, done = self.processes.cpu("server"), json.loads((self.folder / "flood.json").read_text())
        wait_until((self.folder / "flood.over").exists, 4 * seconds, "the flood does not end")
        end = json.loads((self.folder / "flood.json").read_text())
        return end["replies"] - done["replies"], end["seconds"] - done["seconds"], self.processes.cpu("server") - cpu

    def launch_server(self):
        c = self._certificates
        tls = ["--ssl-ca-certfile", c / "ca.pem", "--ssl-certfile", c / "server.pem", "--ssl-keyfile", c / "server.key"]
        self._start_superlink(*tls, "--enable-supernode-auth")
        if not self._keys:
            self._keys = [self._make_key(number) for number in range(self.settings.clients)]
            command = [BIN / "python", HERE / "flower_register.py", "peers", *[f"{key}.pub" for key in self._keys]]
            self.processes.run("operator", command, cwd=self.folder, **self.environment)

    def _start_superlink(self, *options):
        state = ["--database", self.state_folder / "state.db"]
        command = [BIN / "flower-superlink", "--host", "127.0.0.1", "--port", self.port, *state, *options]
        command += self.isolation or ["--disable-runtime-dependency-installation"]
        self.processes.start("server", command, cwd=self.folder, **self.environment)
        wait_until(lambda: is_listening(self.port) or self.has_server_ended(), 120, "the SuperLink does not listen")

    def _make_key(self, number):
        key = self.folder / f"key-{number}"
        command = ["ssh-keygen", "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f", str(key)]
        subprocess.run(command, check=True, capture_output=True)
        return key

    def submit(self):
        self._submit_run()
        self.watch()

    def _submit_run(self, flood=0):
        s = self.settings
        config = f"attempt={len(self.actions)} quorum={s.quorum} patience={s.patience} flood={flood}"
        command = ["run", self.folder / "app", "peers", "--run-config", config, "--format", "json"]

        def is_accepted():
            # A restarted SuperLink listens before it accepts runs.
            self.job = json.loads(self._flwr(*command, check=False) or "{}").get("run-id")
            return self.job is not None

        wait_until(is_accepted, 120, "the SuperLink accepts no run")

    def start_client(self, number):
        identity = self.identity(number)
        key = self._keys[identity]
        [port] = free_ports(1)
        command = [BIN / "flower-supernode", "--superlink", f"127.0.0.1:{self.client_ports[number]}", "--port", port]
        command += ["--root-certificates", self._certificates / "ca.pem", "--auth-supernode-private-key", key]
        command += ["--node-config", f"client={identity}", *self.isolation]
        self.start_apps(f"client-{number}", port, "--insecure")
        self.processes.start(f"client-{number}", command, cwd=self.folder, **self.environment)

    def start_apps(self, role, port, *tls):
        """Starts the executor of apps, if it is a separate process."""

    def status(self, job):
        [run] = json.loads(self._flwr("ls", "peers", "--run-id", job, "--format", "json"))["runs"]
        return "stopped" if run["status"].startswith("finished") else "running"

    def after_restart(self):
        """The ServerApp died with the SuperLink. Its run would be reported as failed a minute later; this method does
        not wait for that."""
        if self.round() < self.settings.rounds:
            self.actions.append("flwr stop")
            self._flwr("stop", self.job, "peers", check=False)  # Refused if the run has already failed.
            self.resume()

    def resume(self):
        self.actions.append("flwr run")
        self._submit_run()

    def _flwr(self, *arguments, check=True):
        command = [BIN / "flwr", *arguments]
        return self.processes.run("operator", command, cwd=self.folder, check=check, **self.environment)


class FlowerProcesses(Flower):
    """Process isolation: apps are started by a SuperExec beside the SuperLink and beside each SuperNode.

    A kill of the server kills only the SuperLink, like one of several containers; its SuperExec and the ServerApp continue, and a
    SuperExec that has ended is restarted. The operator acts when the run is reported as finished or failed.
    """

    name = "Flower, process isolation"
    isolation = ("--isolation", "process")

    def launch_server(self):
        super().launch_server()
        self._run_server_apps()

    def _run_server_apps(self):
        if not self.processes.find("server-apps"):
            self.start_apps("server-apps", self.port, "--root-certificates", self._certificates / "ca.pem")

    def start_apps(self, role, port, *tls):
        command = [BIN / "flower-superexec", "--runtime-api-address", f"127.0.0.1:{port}", *tls]
        self.processes.start(role, command, cwd=self.folder, **self.environment)

    def supervise(self):
        super().supervise()
        self._run_server_apps()

    def after_restart(self):
        """The ServerApp is alive; the status tells whether its run is."""
