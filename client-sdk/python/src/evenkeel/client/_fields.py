"""Fields of a JSON object, with their types checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..errors import ProtocolError
from ..vector import MAX_DIMENSION
from ._printable import has_controls, printable

MATCH_VERSIONS = "check that the coordinator's version matches this client's"

NAME = re.compile(r"[a-z0-9-]{1,64}")
"""The name of a run, a model or an evaluation. Pieces of the device's state are named after runs and models, so invalid names are
refused."""

_HISTORY = re.compile("[0-9a-f]{16}")


class Fields:
    """The fields of a JSON object; a field of a wrong type raises ProtocolError.

    Args:
        what: names the object in messages.
    """

    def __init__(self, what: str, values: Mapping[str, Any]) -> None:
        self._what = what
        self._values = values

    @classmethod
    def parse(cls, what: str, data: bytes) -> Fields:
        """Parses an object; raises ProtocolError if the bytes are not an object."""
        try:
            values = json.loads(data)
        except (ValueError, RecursionError) as e:
            raise ProtocolError(f"{what} is not JSON: {e}: check that the address is an Evenkeel coordinator") from e
        if not isinstance(values, dict):
            raise ProtocolError(f"{what} is not a JSON object: check that the address is an Evenkeel coordinator")
        return cls(what, values)

    def has(self, name: str) -> bool:
        """Returns whether a field exists and is not null."""
        return self._values.get(name) is not None

    def text(self, name: str, absent: str | None = None) -> str:
        """Returns a text."""
        value = self._values.get(name)
        if value is None and absent is not None:
            return absent
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        if has_controls(value):
            raise self._wrong(name, "a string without control characters")
        return value

    def message(self, name: str, absent: str) -> str:
        """Returns a text for display, with control characters escaped."""
        value = self._values.get(name)
        return printable(value) if isinstance(value, str) else absent

    def name(self, name: str) -> str:
        """Returns a text that must be a valid name."""
        value = self.text(name)
        if not NAME.fullmatch(value):
            raise self._wrong(name, "1 to 64 of a to z, 0 to 9 and hyphen")
        return value

    def integer(self, name: str) -> int:
        """Returns a 64-bit integer."""
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
            raise self._wrong(name, "a 64-bit integer")
        return value

    def flag(self, name: str) -> bool:
        """Returns true or false."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def natural(self, name: str, absent: int | None = None) -> int:
        """Returns an integer of 0 to 2^31 - 1."""
        if absent is not None and not self.has(name):
            return absent
        value = self.integer(name)
        if not 0 <= value <= MAX_DIMENSION:
            raise self._wrong(name, f"0 to {MAX_DIMENSION}")
        return value

    def number(self, name: str) -> float:
        """Returns a number."""
        value = self._values.get(name)
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise self._wrong(name, "a number")
        return float(value)

    def digest(self, name: str) -> int:
        """Returns a digest, written as 16 hex digits."""
        value = parse_digest(self.text(name))
        if value is None:
            raise self._wrong(name, "16 hex digits")
        return value

    def history(self, name: str) -> str:
        """Returns the name of a history, 16 hex digits."""
        value = self.text(name)
        if not _HISTORY.fullmatch(value):
            raise self._wrong(name, "16 hex digits in lower case")
        return value

    def object(self, name: str) -> Fields:
        """Returns an object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Fields(f"{self._what}.{name}", value)

    def objects(self, name: str) -> list[Fields]:
        """Returns a list of objects."""
        return [Fields(f"{self._what}.{name}", value) for value in self._list(name, dict, "a list of objects")]

    def integers(self, name: str) -> list[int]:
        """Returns a list of integers."""
        return self._list(name, int, "a list of integers")

    def texts(self, name: str) -> list[str]:
        """Returns a list of strings."""
        return self._list(name, str, "a list of strings")

    def _list(self, name: str, kind: type, expected: str) -> list[Any]:
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
            raise self._wrong(name, expected)
        return value

    def _wrong(self, name: str, expected: str) -> ProtocolError:
        value = printable(repr(self._values.get(name)))
        return ProtocolError(f"{self._what} has '{name}' = {value}, expected {expected}: {MATCH_VERSIONS}")


def parse_digest(text: str) -> int | None:
    """Parses a digest of 16 hex digits; None if the text is not one."""
    digits = set("0123456789abcdefABCDEF")
    return int(text, 16) if len(text) == 16 and set(text) <= digits else None
