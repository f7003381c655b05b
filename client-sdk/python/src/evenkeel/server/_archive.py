"""Class-data-sharing archives, with which a JVM starts in half the time. There is one for each jar and runtime."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ._java import Java

_LONGEST = 300.0
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options for short-lived programs, for which the optimizing compiler does not pay off."""


def with_archive(java: Java, jar: Path, name: str, training: Sequence[str]) -> list[str]:
    """Returns the options with which a JVM uses a jar's archive; creates the archive if it is missing, and returns no options if
    that fails.

    Args:
        name: the name of the archive's file, which is beside the jar, or in the user's cache if that folder is read-only.
        training: the options, program and arguments of a JVM that loads the classes and exits.
    """
    folder = _folder(jar)
    made = folder / name
    if not _is_current(made, java, jar):
        print("evenkeel: preparing quick starts, once for each installation ...", file=sys.stderr, flush=True)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _make(made, java, jar, training)
        except (OSError, subprocess.SubprocessError):
            # For instance because the disk is full. Without an archive the start takes longer.
            return []
    # An archive of another runtime is ignored; users need no message about it.
    silent = ["-Xlog:cds*=off", "-Xlog:class+path=off", *(["-Xlog:aot*=off"] if java.major >= 24 else [])]
    return [f"-XX:SharedArchiveFile={made}", *silent]


def _folder(jar: Path) -> Path:
    if os.access(jar.parent, os.W_OK):
        return jar.parent
    cache = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(cache, "evenkeel", "classes-" + hashlib.sha256(str(jar).encode()).hexdigest()[:16])


def _note(made: Path) -> Path:
    """Returns the file that records the jar and the runtime of an archive."""
    return made.with_suffix(".txt")


def _identity(java: Java, jar: Path) -> str:
    stat = jar.stat()
    return f"{java.home}\n{java.version}\n{jar}\n{stat.st_size} {stat.st_mtime_ns}\n"


def _is_current(made: Path, java: Java, jar: Path) -> bool:
    if not made.is_file():
        return False
    try:
        return _note(made).read_text(encoding="utf-8") == _identity(java, jar)
    except OSError:
        # A build creates an archive without this file.
        return made.stat().st_mtime >= jar.stat().st_mtime


def _make(made: Path, java: Java, jar: Path, training: Sequence[str]) -> None:
    """Creates an archive in an empty folder and environment, so that the program reads no user settings."""
    with tempfile.TemporaryDirectory(prefix="evenkeel-training-") as empty:
        base = _base(made.parent, java)
        with _replacing(made) as part:
            _run(java, [*base, f"-XX:ArchiveClassesAtExit={part}", *training], empty)
    _note(made).write_text(_identity(java, jar), encoding="utf-8")


def _base(folder: Path, java: Java) -> list[str]:
    """Returns the option that names the archive of the runtime's own classes, which some runtimes lack."""
    if any((java.home / "lib").glob("**/classes.jsa")) or any((java.home / "bin").glob("server/classes.jsa")):
        return []
    home = hashlib.sha256(str(java.home).encode()).hexdigest()[:8]
    base = folder / f"java-{java.version}-{home}.jsa"
    if not base.is_file():
        with _replacing(base) as part:
            _run(java, ["-XX:+UseG1GC", "-Xshare:dump", f"-XX:SharedArchiveFile={part}"], str(folder))
    return [f"-XX:SharedArchiveFile={base}"]


@contextlib.contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """Yields the path of a temporary file, which atomically replaces the file if it was written."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _run(java: Java, arguments: Sequence[str], folder: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
    subprocess.run(
        [java.program, *arguments],
        cwd=folder,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_LONGEST,
        check=False,
    )
