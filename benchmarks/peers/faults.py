"""The faults, the same for all systems. Each is a generator that main.py advances about every 0.2 s until the training has ended."""

import contextlib
import math
import time
from dataclasses import dataclass, field, replace

from system import Settings


@dataclass(frozen=True)
class Case:
    """A training run under one fault.

    Attributes:
        fault: a function of a system, a random generator and the intensity, which yields whenever it waits for something.
        intensity: the number of times that the fault happens.
        settings: the size of the training, where it differs from the default.
        disk: megabytes of the server's separate file system; 0 for none.
        limit: seconds after which the case ends, regardless of its state.
        systems: the systems that support it.
        patience: the time that a round waits for a missing client, in multiples of the system's round without a fault; 0 for the
            seconds in the settings, for models so large that links determine the time.
    """

    name: str
    fault: object
    intensity: int = 0
    settings: dict = field(default_factory=dict)
    limit: int = 600
    disk: int = 0
    systems: tuple = ("evenkeel", "flower", "flower-process", "flare")
    patience: int = 10


def none(system, random, intensity):
    yield


def kill_server(system, random, intensity):
    """Kills every process of the server and restarts it at once, each time in the round after the next two."""
    while system.faults < intensity:
        yield from _next_round(system, random)
        if system.state() == "finished":
            return
        system.kill_server()
        system.start_server()
        system.after_restart()
        system.faults += 1


def kill_clients(system, random, intensity):
    """Kills a random client with all its processes, and restarts it at once."""
    for _ in range(intensity):
        yield from _next_round(system, random)
        number = random.randrange(system.settings.clients)
        system.kill_client(number)
        system.start_client(number)
        system.faults += 1


def vanish(system, random, intensity):
    """Kills one client permanently in the second round."""
    yield from _next_round(system, random)
    system.kill_client(0)
    system.supervised.discard(0)
    system.faults += 1


def slow_client(system, random, intensity):
    """Makes one client take 50 times as long as the others for its work."""
    (system.folder / "slow-0").write_text("50")
    system.faults += 1
    yield


def slow_links(system, random, intensity):
    """Limits every link to 256 kbit/s, with 50 ms of delay and 5% of lost segments, as described in proxy.py."""
    for link in system.proxy.links:
        link.rate, link.delay, link.loss = 256_000 / 8, 0.05, 0.05
    system.faults += 1
    yield


def cut_links(system, random, intensity):
    """Cuts a random client's connections in the middle of a message, after 2,600 to 4,000 bytes."""
    for _ in range(intensity):
        yield from _next_round(system, random)
        link = random.choice(system.proxy.links)
        link.cuts, link.cut_after = 3, random.randrange(2600, 4000)
        system.faults += 1


def nan_client(system, random, intensity):
    """Makes one client send a model with a NaN from the second round on."""
    yield from _next_round(system, random)
    (system.folder / "nan-0").touch()
    system.faults += 1


def double_identity(system, random, intensity):
    """Kills client 0, and starts a second process with the identity and files of client 1 in its place."""
    yield from _next_round(system, random)
    system.kill_client(0)
    system.identities[0] = 1
    system.start_client(0)
    system.faults += 1


def full_disk(system, random, intensity):
    """Fills the separate file system of the server's state, and frees it again after 20 seconds."""
    yield from _next_round(system, random)
    filler = system.state_folder / "filler"
    system.faults += 1
    with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(65536))
    yield from _wait(20)
    filler.unlink()


def _next_round(system, random):
    """Waits for the end of two rounds, and then for a random fraction of the second one's duration, at most 20 s."""
    begin = time.monotonic()
    for _ in range(2):
        seen, begin = system.round(), time.monotonic()
        while system.round() <= seen and system.state() != "finished":
            yield
    yield from _wait(random.uniform(0, min(20, time.monotonic() - begin)))


def _wait(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield


def cases(quick):
    """Returns the cases; the quick ones are smaller."""
    size = {"clients": 4, "rounds": 6, "quorum": 2, "patience": 30, "work": 1.0} if quick else {"rounds": 6, "work": 1.0}
    kills = 3 if quick else 20
    limit = 240 if quick else 480
    large = {**size, "rounds": 4, "padding": 11_000_000, "patience": 240}
    links = {**size, "padding": 40_000, "patience": 120}
    return [
        Case("no fault", none, 0, size, limit),
        Case("no fault, again", none, 0, size, limit),
        Case("server killed", kill_server, kills, {**size, "rounds": 2 * kills + 2, "work": 3.0}, 2 * limit if quick else 1500),
        Case("clients killed", kill_clients, 3, size, limit),
        Case("client gone", vanish, 1, size, limit),
        Case("client 50 times slower", slow_client, 1, size, limit),
        Case("slow and lossy links", slow_links, 1, links, limit, patience=0),
        Case("links cut", cut_links, 3, size, limit),
        Case("client sends NaN", nan_client, 1, size, limit),
        Case("one identity twice", double_identity, 1, size, limit),
        Case("disk full", full_disk, 1, {**size, "padding": 40_000}, limit, disk=200),
        Case("11 million values", none, 0, large, limit, patience=0),
        Case("11 million values, top-k 1%", none, 0, {**large, "compressor": "top-k:0.01"}, limit, systems=("evenkeel",), patience=0),
    ]


def settings_of(case, pace=None):
    """Returns a case's settings.

    Args:
        pace: seconds of the system's round without a fault and without work; if None, patience comes from the settings.
    """
    settings = Settings(**case.settings)
    if not case.patience or pace is None:
        return settings
    return replace(settings, patience=math.ceil(case.patience * (pace + settings.work)))
