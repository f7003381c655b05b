"""``python -m evenkeel identity``: creates the key files of owners and devices, like ``./evenkeel identity`` of the Java
program."""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_COUNT = 1_000_000
_MAX_BYTES = 1 << 16
_DESCRIPTION = """Creates the keys of secure aggregation, in files that only their user can read. Needs no coordinator.
An owner vouches for devices. Keep its key away from the coordinator and its operators: with it they could fill a cohort with
devices that do not exist."""
_EXAMPLE = """Example:
  python -m evenkeel identity owner --out owner.key
  python -m evenkeel identity device --owner owner.key --count 100 --out identities/"""

# The exit codes of the Java program, which docs/cli.md lists.
_FAILED, _USAGE, _NOT_FOUND, _CONFLICT = 1, 2, 3, 5

Made = TypeVar("Made")
Commands = Any


class _Failure(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def add_commands(commands: Commands) -> None:
    """Adds ``identity`` and its commands to a parser's; each sets ``command``, a function of the given arguments that returns the
    exit code."""
    layout: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter}
    identity = commands.add_parser(
        "identity", help="create the keys of secure aggregation", description=_DESCRIPTION, epilog=_EXAMPLE, **layout
    )
    kinds = identity.add_subparsers(required=True, metavar="COMMAND")
    text = "Creates the key of an owner, who vouches for devices. Prints only its public key, for a run's secureAggregation.owners, on standard output."
    owner = _command(kinds, "owner", "create the key pair of an owner", text, _owner)
    owner.add_argument("--out", metavar="FILE", type=Path, required=True, help="the new file; keep it secret")
    text = "Creates identities of devices, certified by an owner: one file for each device, for that device only."
    device = _command(kinds, "device", "create identities of devices", text, _device)
    device.add_argument("--owner", metavar="FILE", type=Path, required=True, help="the owner's file")
    new = "the folder for the new files, device-0001.identity and so on; keep them secret"
    device.add_argument("--out", metavar="FOLDER", type=Path, required=True, help=new)
    device.add_argument("--count", metavar="N", type=int, default=1, help="how many (default: 1)")
    device.add_argument("--first", metavar="N", type=int, default=1, help="the number of the first one (default: 1)")
    text = "Checks a file of an owner or a device and shows its public keys, never the private one."
    show = _command(kinds, "show", "show the public part of a key file", text, _show)
    show.add_argument("file", metavar="FILE", type=Path, help="the file")


def _command(
    kinds: Commands, name: str, summary: str, text: str, run: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    def command(given: argparse.Namespace) -> int:
        try:
            run(given)
        except (_Failure, ImportError) as e:
            print(f"evenkeel: {e}", file=sys.stderr)
            return e.code if isinstance(e, _Failure) else _FAILED
        return 0

    parser: argparse.ArgumentParser = kinds.add_parser(name, help=summary, description=text)
    parser.add_argument("-o", "--output", choices=["text", "json"], default="text", help="text or json (default: text)")
    parser.set_defaults(command=command)
    return parser


def _owner(given: argparse.Namespace) -> None:
    from .secagg import OwnerKey

    owner = OwnerKey.generate()
    _write(given.out, owner)
    key = _base64(owner.public)
    print(f"wrote {given.out}; keep it secret and away from the coordinator. Its public key:", file=sys.stderr, flush=True)
    _print(given, {"owner": key}, key)


def _device(given: argparse.Namespace) -> None:
    from .secagg import OwnerKey

    count, first = given.count, given.first
    if not (1 <= count <= _MAX_COUNT and 1 <= first <= _MAX_COUNT):
        raise _Failure(_USAGE, f"--count is {count} and --first {first}, expected 1 to {_MAX_COUNT} each")
    owner = _read(given.owner, OwnerKey.load)
    files = [given.out / f"device-{number:04d}.identity" for number in range(first, first + count)]
    # Nothing is written if a file exists.
    for file in files:
        if os.path.exists(file):
            raise _Failure(_CONFLICT, f"{file} exists, and identities are not replaced: begin with another --first")
    _make_folder(given.out)
    for file in files:
        _write(file, owner.provision())
    several = f" to {files[-1]}" if count > 1 else ""
    _print(given, {"files": [str(file) for file in files]}, f"wrote {files[0]}{several}; give each to one device only")


def _show(given: argparse.Namespace) -> None:
    from .secagg import DeviceIdentity, OwnerKey

    def load(file: Path) -> tuple[str, bytes, bytes]:
        if any(line.startswith("certificate") for line in file.read_text(encoding="utf-8", errors="replace").splitlines()):
            device = DeviceIdentity.load(file)
            return "device", device.public, device.owner
        owner = OwnerKey.load(file)
        return "owner", owner.public, owner.public

    kind, public, owner = _read(given.file, load)
    shown = {"kind": kind, "public": _base64(public), "owner": _base64(owner)}
    _print(given, shown, "\n".join(f"{name:<6} {value}" for name, value in shown.items()))


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _print(given: argparse.Namespace, document: dict[str, Any], text: str) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False) if given.output == "json" else text)


def _read(file: Path, load: Callable[[Path], Made]) -> Made:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise _Failure(_USAGE, f"{file} is not a key file: it has more than {_MAX_BYTES} bytes")
        return load(file)
    except FileNotFoundError as e:
        raise _Failure(_NOT_FOUND, f"{file} does not exist: check the name") from e
    except OSError as e:
        raise _Failure(_FAILED, f"{file} cannot be read ({e})") from e
    except ValueError as e:
        raise _Failure(_USAGE, str(e)) from e


def _write(file: Path, key: Any) -> None:
    try:
        key.save(file)
    except FileExistsError as e:
        raise _Failure(_CONFLICT, f"{file} exists, and keys are not replaced: choose another name, or delete it") from e
    except OSError as e:
        raise _Failure(_FAILED, f"{file} cannot be written ({e}): check the folder") from e


def _make_folder(folder: Path) -> None:
    """Creates a folder, and its missing parents, accessible to their user only; existing folders are unchanged."""
    missing = [part for part in (folder, *folder.parents) if not os.path.exists(part)]
    try:
        for part in reversed(missing):
            part.mkdir(mode=0o700)
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is a file")
    except OSError as e:
        raise _Failure(_FAILED, f"the folder {folder} cannot be created ({e}): choose another") from e
