"""Stores for named pieces of a device's state.

Each method is atomic and durable when it returns. Names are ``[a-z0-9.-]+``. A store is used by one device.
It is thread-safe: a followed model is stored while the device trains, under separate names.
"""

from __future__ import annotations

import contextlib
import io
import os
import pathlib
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from .._types import Bytes
from ..errors import StateError

_OPEN: dict[str, object] = {}
"""The real paths of the folders that this process has open. Closing any file of a lock releases the process's lock against
Java."""

_LOCK = "lock"
_TEMPORARY = ".tmp"
_NAME = re.compile(r"\.?[a-z0-9-][a-z0-9.-]*")


class StateStore(ABC):
    """Stores pieces of state. Failures raise StateError."""

    @abstractmethod
    def read(self, name: str) -> bytes | None:
        """Returns a piece, or None if no piece has the name."""

    def open(self, name: str) -> BinaryIO | None:
        """Opens a piece for reading in parts; None if no piece has the name."""
        data = self.read(name)
        return None if data is None else io.BytesIO(data)

    @abstractmethod
    def write(self, name: str, content: Iterable[Bytes]) -> None:
        """Writes a piece, given in parts; replaces one with the same name."""

    @abstractmethod
    def rename(self, name: str, to: str) -> None:
        """Renames a piece; replaces one with the new name."""

    @abstractmethod
    def delete(self, names: Iterable[str]) -> None:
        """Deletes pieces in this order, each durably before the next; missing ones are ignored."""

    @abstractmethod
    def sweep(self, names: Iterable[str]) -> None:
        """Deletes obsolete pieces in any order; a crash may leave some of them."""

    @abstractmethod
    def names(self, prefix: str) -> list[str]:
        """Returns the names of all pieces that start with the prefix, sorted."""

    @abstractmethod
    def describe(self, name: str) -> str:
        """Describes the location of a piece, for messages."""

    @abstractmethod
    def close(self) -> None:
        """Releases the state for other processes."""


class MemoryStore(StateStore):
    """Keeps the state in memory, for simulations and tests. After a restart of the process the device is a new one."""

    def __init__(self) -> None:
        self._pieces: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        """Returns a piece, or None if no piece has the name."""
        return self._pieces.get(name)

    def write(self, name: str, content: Iterable[Bytes]) -> None:
        """Stores the joined parts; replaces a piece with the same name."""
        self._pieces[name] = b"".join(content)

    def rename(self, name: str, to: str) -> None:
        """Renames a piece; replaces one with the new name. Raises KeyError if there is no such piece."""
        self._pieces[to] = self._pieces.pop(name)

    def delete(self, names: Iterable[str]) -> None:
        """Deletes pieces; missing ones are ignored."""
        for name in list(names):
            self._pieces.pop(name, None)

    def sweep(self, names: Iterable[str]) -> None:
        """Deletes pieces; missing ones are ignored."""
        self.delete(names)

    def names(self, prefix: str) -> list[str]:
        """Returns the names of all pieces that start with the prefix, sorted."""
        return sorted(name for name in list(self._pieces) if name.startswith(prefix))

    def describe(self, name: str) -> str:
        """Names the piece, for messages."""
        return f"'{name}' in memory"

    def close(self) -> None:
        """Keeps the pieces."""


class FolderStore(StateStore):
    """Keeps the state in a folder that only its owner can read.

    A piece is written to a temporary file, forced to disk and moved over the old file; then the folder is forced too. So a
    crash, a power failure or a full disk leaves the old piece or the new one. The folder is locked: two processes with the same
    state would send as the same device.

    Args:
        folder: the folder; created if it does not exist.

    Raises:
        StateError: if the folder cannot be created or written, or another process or client uses it.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = pathlib.Path(folder)
        self._real = os.path.realpath(folder)
        in_use = (
            f"the state folder {folder} is in use by another client: stop that one, or give each device its own folder (never a "
            "copy of another device's)"
        )
        if _OPEN.setdefault(self._real, self) is not self:
            raise StateError(in_use)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self._folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as e:
            del _OPEN[self._real]
            raise StateError(
                f"the state folder {folder} cannot be opened: {e}: give the device a folder that it may write to"
            ) from e
        if not _try_lock(self._lock):
            os.close(self._lock)
            del _OPEN[self._real]
            raise StateError(in_use)
        self._open = True
        for name in self.names(""):
            if name.endswith(_TEMPORARY):
                self.delete([name])

    def read(self, name: str) -> bytes | None:
        """Returns a file's content, or None if there is none. Raises StateError if it cannot be read."""
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as e:
            raise self._failed("read", name, e) from e

    def open(self, name: str) -> BinaryIO | None:
        """Opens a file; None if there is none. Raises StateError if it cannot be opened."""
        try:
            return self._file(name).open("rb")
        except FileNotFoundError:
            return None
        except OSError as e:
            raise self._failed("read", name, e) from e

    def write(self, name: str, content: Iterable[Bytes]) -> None:
        """Writes a temporary file, forces it to disk and moves it over the old one. Raises StateError if the disk refuses; the
        old file then stays."""
        target = self._file(name)
        temporary = self._folder / (name + _TEMPORARY)
        with self._failing("written", name):
            try:
                file = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
                with os.fdopen(file, "wb") as out:
                    for part in content:
                        out.write(part)
                    out.flush()
                    os.fsync(out.fileno())
                self._move(temporary, target)
            except BaseException:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
                raise

    def rename(self, name: str, to: str) -> None:
        """Moves a file over another, durably. Raises StateError if that fails."""
        with self._failing(f"renamed to {to}", name):
            self._move(self._file(name), self._file(to))

    def delete(self, names: Iterable[str]) -> None:
        """Deletes files in this order, each durably before the next. Raises StateError if that fails."""
        for name in names:
            with self._failing("deleted", name):
                if self._file(name).exists():
                    self._file(name).unlink()
                    self._force_folder()

    def sweep(self, names: Iterable[str]) -> None:
        """Deletes files in any order, and forces the folder to disk once. Raises StateError if that fails."""
        with self._failing("swept", ""):
            for name in names:
                self._file(name).unlink(missing_ok=True)
            self._force_folder()

    def names(self, prefix: str) -> list[str]:
        """Returns the names of all files that start with the prefix, sorted, without the lock."""
        with self._failing("listed", ""):
            found = [entry.name for entry in self._folder.iterdir()]
        return sorted(name for name in found if name.startswith(prefix) and name != _LOCK)

    def describe(self, name: str) -> str:
        """Returns the file's path."""
        return str(self._folder / name)

    def close(self) -> None:
        """Releases the lock; a second call does nothing."""
        if self._open:
            self._open = False
            os.close(self._lock)
            del _OPEN[self._real]

    def _file(self, name: str) -> pathlib.Path:
        """A name with a path out of the folder could overwrite any file of the device's user."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"a piece of state is named {name!r}, expected a to z, 0 to 9, hyphens and dots")
        return self._folder / name

    def _move(self, source: pathlib.Path, target: pathlib.Path) -> None:
        os.replace(source, target)
        self._force_folder()

    def _force_folder(self) -> None:
        """Makes a rename durable; Windows does this itself and cannot open folders."""
        if os.name == "posix":
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @contextlib.contextmanager
    def _failing(self, what: str, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as e:
            raise self._failed(what, name, e) from e

    def _failed(self, what: str, name: str, e: OSError) -> StateError:
        return StateError(
            f"the state file {self._folder / name} cannot be {what}: {e}: free space on the disk or repair it, then start the "
            "device again; what was saved before is intact"
        )


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            return True
        except OSError:
            return False

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        """Takes a lock against other clients of this process, and one against other processes, compatible with Java's."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            return False
