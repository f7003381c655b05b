"""Trains a module on a fleet with one command: starts a coordinator unless one is given, creates the run, starts the workers as
processes, restarts those that die, and shows the rounds. The same command continues after Ctrl-C, a kill or a reboot."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import secrets
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gpt
import torch
from torch import Tensor, nn

from evenkeel import Client
from evenkeel._definition import definition, safetensors
from evenkeel.torch import TorchDevice, trainable

ROOT = Path(__file__).parents[4]
OVER = ("finished", "failed", "cancelled")

ENROLMENT_TOKEN = "EVENKEEL_ENROLMENT_TOKEN"
"""Passed in the environment, since other users of the machine can see command lines."""


@dataclass(frozen=True)
class Job:
    """The training job.

    Attributes:
        module: from the options to the module.
        data: from the options to the workers' texts and the held-out one.
    """

    module: Callable[[argparse.Namespace], nn.Module]
    data: Callable[[argparse.Namespace], tuple[list[Tensor], Tensor]]


def options(description: str, **defaults: Any) -> argparse.ArgumentParser:
    """Returns a parser of the common options of all jobs."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder for all files")
    parser.add_argument("--run", default=defaults["run"], help="the run's name")
    parser.add_argument("--url", help="a running coordinator, whose operator token is in EVENKEEL_OPERATOR_TOKEN")
    parser.add_argument("--host", default="127.0.0.1", help="the address on which the started coordinator listens")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--local", type=int, help="number of workers that run here; default: all")
    parser.add_argument(
        "--worker",
        type=int,
        help=f"run only this worker, counted from 0; {ENROLMENT_TOKEN} is the token to enrol with",
    )
    parser.add_argument("--own-text", action="store_true", help="the given text is only for this worker, so it is not divided")
    parser.add_argument("--size", choices=gpt.SIZES, default="tiny")
    parser.add_argument("--rounds", type=int, default=defaults["rounds"])
    parser.add_argument("--steps", type=int, default=30, help="H, local steps per round")
    parser.add_argument("--batch", type=int, default=4, help="windows per batch")
    parser.add_argument("--accumulate", type=int, default=1, help="batches per step")
    parser.add_argument("--lr", type=float, default=defaults["lr"])
    parser.add_argument("--bf16", action="store_true", help="mixed precision")
    parser.add_argument("--algorithm", default="ef14-decay")
    parser.add_argument("--compressor", default=defaults["compressor"])
    parser.add_argument("--step", default="plain", help="the coordinator's step rule")
    parser.add_argument("--gamma", default=defaults["gamma"], help="the coordinator's step size")
    parser.add_argument("--eta", default="constant:0.95", help="the decay of the unsent remainder")
    parser.add_argument("--text", help="a folder with text; default man pages, Debian's documents and Python's sources")
    parser.add_argument("--megabytes", type=int, default=8, help="maximum amount of text")
    parser.add_argument("--windows", type=int, default=64, help="windows of the held-out text for the evaluation")
    parser.add_argument("--threads", type=int, default=1, help="threads of each worker")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument(
        "--kills",
        type=int,
        default=0,
        help="number of times to kill the coordinator and workers, to show that the result does not change",
    )
    return parser


def main(job: Job, given: argparse.Namespace) -> None:
    """Runs a single worker, or the whole fleet."""
    torch.set_num_threads(given.threads)
    if given.worker is not None:
        return _work(job, given)
    given.folder.mkdir(parents=True, exist_ok=True)
    _Fleet(job, given).run()


def _work(job: Job, given: argparse.Namespace) -> None:
    number = given.worker
    module = job.module(given).to(given.device)
    parts, held_out = job.data(given)
    device = TorchDevice(
        module,
        gpt.loss,
        gpt.Text(
            torch.cat(parts) if given.own_text else parts[number],
            module.context,
            given.batch,
            given.steps * given.accumulate,
            number,
        ),
        optimizer=lambda p: torch.optim.AdamW(p, lr=given.lr, betas=(0.9, 0.95), weight_decay=0.1),
        accumulate=given.accumulate,
        clip_norm=1.0,
        autocast=torch.bfloat16 if given.bf16 else None,
        schedule=gpt.learning_rate(given.rounds),
        keep_optimizer=True,
        seed=number,
        base=given.base,
    )

    def measure(trained: nn.Module) -> dict[str, float]:
        return {"held_out_loss": gpt.held_out_loss(trained, held_out.to(given.device), module.context, given.windows)}

    # One worker measures the model, which is the same for all.
    evaluate = device.evaluator(measure) if number == 0 else None
    state = given.folder / f"worker-{number}"
    name = f"worker-{number}"
    with Client(
        given.url, run=given.run, enrolment_token=os.environ.get(ENROLMENT_TOKEN), state_dir=state, name=name, evaluate=evaluate
    ) as client:
        print(client.train(device), flush=True)


class _Process:
    """A process that is restarted when it dies."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str]) -> None:
        self._command, self._log, self._environment = command, log, environment
        self._deaths: list[float] = []
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log, env={**os.environ, **self._environment})

    def check(self) -> bool:
        """Restarts the process if it has died; returns whether the process has succeeded."""
        code = self.process.poll()
        if code:
            self._deaths = [*self._deaths[-2:], time.monotonic()]
            if code > 0 and len(self._deaths) == 3 and self._deaths[-1] - self._deaths[0] < 30:
                raise SystemExit(f"{self._command[0]} failed three times:\n{self._log.read_text(errors='replace')[-3000:]}")
            self.start()
        return code == 0

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


class _Fleet:
    def __init__(self, job: Job, given: argparse.Namespace) -> None:
        self._job, self._given, self._folder = job, given, given.folder
        self._coordinator: _Process | None = None
        self._workers: list[_Process] = []
        self._url = given.url
        self._operator = os.environ.get("EVENKEEL_OPERATOR_TOKEN", "")

    def run(self) -> None:
        try:
            if self._url is None:
                self._start_coordinator()
            self._require_same_settings()
            self._create()
            self._start_workers()
            self._watch()
            self._finish()
        except KeyboardInterrupt:
            print("stopped; the same command continues", file=sys.stderr)
        finally:
            for process in [*self._workers, *([self._coordinator] if self._coordinator else [])]:
                process.end()

    def _start_coordinator(self) -> None:
        secret = self._kept("operator-token", lambda: "evk_op_" + secrets.token_urlsafe(32)[:43])
        port = self._kept("port", _free_port)
        given = os.environ.get("EVENKEEL_COORDINATOR")
        command = shlex.split(given) if given else [str(ROOT / "evenkeel"), "serve"]
        command += [f"--server.port={port}", f"--server.address={self._given.host}"]
        command += [f"--spring.datasource.url=jdbc:h2:file:{self._folder.resolve() / 'db'}"]
        self._operator = secret
        self._url = f"http://{'127.0.0.1' if self._given.host == '0.0.0.0' else self._given.host}:{port}"
        print(f"coordinator and console: {self._url}, operator token in {self._folder / 'operator-token'}")
        self._coordinator = _Process(command, self._folder / "coordinator.log", {"EVENKEEL_OPERATOR_TOKEN": secret})
        self._call("GET", "runs")

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        file = self._folder / name
        if not file.exists():
            file.touch(0o600)
            file.write_text(make())
        return file.read_text()

    def _require_same_settings(self) -> None:
        """A run with changed settings would be a different run."""
        free = ("folder", "url", "host", "worker", "own_text", "local", "threads", "device", "kills")
        now = {key: value for key, value in vars(self._given).items() if key not in free}
        kept = json.loads(self._kept("settings.json", lambda: json.dumps(now, indent=1)))
        wrong = [f"{key} was {kept.get(key)!r} and is {value!r}" for key, value in now.items() if kept.get(key) != value]
        if wrong:
            raise SystemExit(f"{self._folder} belongs to a training with other settings: {'; '.join(wrong)}: use another folder")

    def _create(self) -> None:
        if self._find() is not None:
            return
        given, module = self._given, self._job.module(self._given)
        model = trainable(module)
        fields = {"algorithm": given.algorithm, "compressor": given.compressor, "gamma": given.gamma, "step": given.step}
        if given.algorithm == "ef14-decay":
            fields["eta"] = given.eta
        plan = {
            "name": self._given.run,
            "rounds": given.rounds,
            "localSteps": given.steps,
            "participants": {"min": given.workers},
            **fields,
        }
        self._call("POST", "runs", definition(model, plan))
        self._call("PUT", f"runs/{self._given.run}/model", safetensors(model))
        print(
            f"run {self._given.run}: {gpt.count(module):,} values, {given.rounds} rounds of {given.steps} steps on {given.workers} workers"
        )

    def _find(self) -> dict[str, Any] | None:
        found = [run for run in self._call("GET", "runs?limit=1000") if run["name"] == self._given.run]
        return found[0] if found else None

    def _start_workers(self) -> None:
        if self._run()["state"] in OVER:
            return
        given = self._given
        token = self._kept("enrolment-token", self._enrolment_token)
        local = given.workers if given.local is None else given.local
        # On the first start, workers join one after the other: the order of the members determines each bit of their sum.
        for i in range(given.workers):
            command = [sys.executable, sys.argv[0], str(self._folder), *self._passed(i)]
            if i < local:
                self._workers.append(_Process(command, self._folder / f"worker-{i}.log", {ENROLMENT_TOKEN: token}))
                self._await_members(i + 1)
            elif self._run()["members"] <= i:
                start = shlex.join(["python3", *command[1:]])
                print(f"on another machine, with {self._url} as the address of this one:\n  {ENROLMENT_TOKEN}={token} {start}")
        self._await_members(given.workers)
        if self._run()["state"] == "created":
            self._call("POST", f"runs/{self._given.run}/start")

    def _await_members(self, count: int) -> None:
        while (run := self._run())["state"] == "created" and run["members"] < count:
            self._check()

    def _enrolment_token(self) -> str:
        return self._call("POST", "enrolment-tokens", {"uses": 10 * self._given.workers, "expiresIn": "7d"})["token"]

    def _passed(self, number: int) -> list[str]:
        """Returns a worker's options."""
        given = {**vars(self._given), "worker": number, "url": self._url}
        parts = []
        for key, value in given.items():
            if key in ("folder", "host", "local", "kills") or value is None or value is False:
                continue
            key = key.replace("_", "-")
            parts += [f"--{key}"] if value is True else [f"--{key}", str(value)]
        return parts

    def _check(self) -> bool:
        """Restarts dead processes; returns whether all workers here have finished."""
        if self._coordinator:
            self._coordinator.check()
        ended = [worker.check() for worker in self._workers]
        time.sleep(0.3)
        return bool(ended) and all(ended)

    def _run(self) -> dict[str, Any]:
        return self._call("GET", f"runs/{self._given.run}")

    def _watch(self) -> None:
        """Prints each round as it closes."""
        chance = random.Random(1)
        kills, shown, sent, tokens = self._given.kills, 0, 0, 0
        every = max(1, self._given.rounds // (kills + 1))
        while True:
            run = self._run()
            for record in self._call("GET", f"runs/{self._given.run}/rounds?from={shown}&limit=1000"):
                shown = record["round"] + 1
                sent += record.get("uplinkBytes", 0)
                metrics = record.get("metrics", {})
                tokens += int(metrics.get("tokens", 0))
                held_out = metrics.get("held_out_loss")
                print(
                    f"round {shown}/{run['rounds']}: loss {record.get('loss', float('nan')):.4f}"
                    + (f", held-out {held_out:.4f} before it" if held_out else "")
                    + f", {tokens:,} tokens, {sent / 1e6:.3f} MB up",
                    flush=True,
                )
            if run["state"] in OVER:
                return
            if kills and shown >= every * (self._given.kills - kills):
                time.sleep(chance.random())
                self._kill(chance)
                kills -= 1
            self._check()

    def _kill(self, chance: random.Random) -> None:
        victim = chance.choice([*self._workers, *([self._coordinator] if self._coordinator else [])])
        print(
            "killed the coordinator" if victim is self._coordinator else f"killed worker {self._workers.index(victim)}",
            flush=True,
        )
        victim.process.kill()
        victim.process.wait()

    def _finish(self) -> None:
        run = self._run()
        while self._workers and run["state"] == "finished" and not self._check():
            pass
        if run["state"] != "finished":
            raise SystemExit(f"the run is {run['state']}: {run.get('message', run.get('stopReason', ''))}")
        model = self._download(f"runs/{self._given.run}/rounds/latest/model?format=safetensors")
        file = self._folder / "model.safetensors"
        file.write_bytes(model)
        module = load(self._job.module(self._given), model)
        loss = gpt.held_out_loss(module, self._job.data(self._given)[1], module.context, self._given.windows)
        print(f"{file}: held-out loss {loss:.4f}, SHA-256 {hashlib.sha256(model).hexdigest()}")

    def _call(self, method: str, path: str, body: object = None) -> Any:
        return json.loads(self._download(path, method, body) or b"{}")

    def _download(self, path: str, method: str = "GET", body: object = None) -> bytes:
        """Sends a request as the operator; retries while the coordinator cannot be reached."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/x-safetensors" if isinstance(body, bytes) else "application/json"
        headers = {"Authorization": f"Bearer {self._operator}", "Content-Type": kind}
        until = time.monotonic() + 300
        while True:
            request = urllib.request.Request(f"{self._url}/api/v1/{path}", data, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return bytes(answer.read())
            except urllib.error.HTTPError as e:
                raise SystemExit(f"{method} {path}: {e.code} {e.read().decode()}") from None
            except OSError as e:
                if time.monotonic() > until:
                    raise SystemExit(f"{self._url} cannot be reached: {e}; see {self._folder / 'coordinator.log'}") from None
                if self._coordinator:
                    self._coordinator.check()
                time.sleep(0.5)


def load(module: nn.Module, model: bytes) -> nn.Module:
    """Loads a safetensors file into a module's trainable parameters."""
    length = int.from_bytes(model[:8], "little")
    header = json.loads(model[8 : 8 + length])
    parameters = dict(module.named_parameters())
    with torch.no_grad():
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            dtype = torch.float64 if entry["dtype"] == "F64" else torch.float32
            values = torch.frombuffer(bytearray(model[8 + length + begin : 8 + length + end]), dtype=dtype)
            parameters[name].copy_(values.view(entry["shape"]))
    return module


def _free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])
