"""Processes of a case: started in groups, found again by a mark in their environment, measured and killed through /proc.

The mark is needed because some systems start processes in separate sessions, which do not end with their process group.
"""

import collections
import itertools
import os
import pathlib
import random
import signal
import socket
import subprocess
import threading
import time
import uuid

TICKS, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


class Processes:
    """All processes of one case. Each has a role, such as server or client-3."""

    def __init__(self, folder):
        self._folder = folder
        self._case = uuid.uuid4().hex
        self._cpu, self._memory = {}, {}
        self._children = collections.defaultdict(list)
        self._over = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()

    def start(self, role, command, *, cwd=None, **environment):
        env = {**os.environ, **environment, "PEERS_CASE": self._case, "PEERS_ROLE": role}
        with open(self._folder / f"{role}.log", "ab") as log:
            child = subprocess.Popen(
                list(map(str, command)),
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._children[role].append(child)
        return child

    def run(self, role, command, *, cwd=None, timeout=120, check=True, **environment):
        """Runs a command to its end and returns its output."""
        env = {**os.environ, **environment, "PEERS_CASE": self._case, "PEERS_ROLE": role}
        done = subprocess.run(
            list(map(str, command)), cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout
        )
        with open(self._folder / f"{role}.log", "a") as log:
            log.write(done.stdout + done.stderr)
        if check and done.returncode:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def find(self, role):
        """Returns the ids of the living processes of a role."""
        marks = {f"PEERS_CASE={self._case}".encode(), f"PEERS_ROLE={role}".encode()}
        return [pid for pid, environment in _environments() if marks <= environment]

    def is_running(self, role):
        """Whether the last process started for a role is still running."""
        return self._children[role][-1].poll() is None

    def kill(self, role):
        """Kills the processes of a role, like kill -9."""
        for _ in range(50):
            pids = self.find(role)
            if not pids:
                return
            for pid in pids:
                _signal(pid, signal.SIGKILL)
            time.sleep(0.02)
        raise RuntimeError(f"processes of {role} do not end")

    def close(self):
        self._over.set()
        self._sampler.join()
        for role in self._children:
            self.kill(role)
        for child in itertools.chain(*self._children.values()):
            child.wait()

    def cpu(self, role):
        """Returns the processor time in seconds that processes of a role have used, sampled every half second."""
        return sum(seconds for (name, *_), seconds in list(self._cpu.items()) if name == role)

    def memory(self, role):
        """Returns the largest sum in bytes of the resident memory of a role's processes."""
        return self._memory.get(role, 0)

    def _sample(self):
        while not self._over.wait(0.5):
            memory = {}
            mark = f"PEERS_CASE={self._case}".encode()
            for pid, environment in _environments():
                if mark not in environment:
                    continue
                role = _role(environment)
                try:
                    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                # Fields 14 to 17 of proc(5) are this process's and its waited-for children's time, 22 its start, 24 its pages. A
                # waited-for child with the mark is counted separately while it lives, so only the process's own time is added.
                self._cpu[role, pid, fields[19]] = (int(fields[11]) + int(fields[12])) / TICKS
                memory[role] = memory.get(role, 0) + int(fields[21]) * PAGE
            for role, total in memory.items():
                self._memory[role] = max(self._memory.get(role, 0), total)


def free_ports(count):
    """Returns unused ports below the range for outgoing connections."""
    ports = []
    while len(ports) < count:
        port = random.randrange(10_000, 30_000)
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
                ports.append(port)
            except OSError:
                pass
    return ports


def is_listening(port):
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, seconds, explanation):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"{explanation} in {seconds} s")
        time.sleep(0.2)


def _environments():
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                environment = pathlib.Path(entry.path, "environ").read_bytes()
            except OSError:
                continue
            if b"PEERS_CASE=" in environment:
                yield int(entry.name), set(environment.split(b"\0"))


def _role(environment):
    return next(e for e in environment if e.startswith(b"PEERS_ROLE=")).split(b"=")[1].decode()


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
