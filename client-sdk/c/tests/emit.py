"""Writes tables of numbers and bytes as C source."""

import pathlib
import struct


class Source:
    """The C source: arrays with generated names, followed by the tables that point to them."""

    def __init__(self, header):
        self.lines = [f'#include "{header}"', ""]
        self._arrays = 0

    def array(self, kind, items):
        """Adds an array and returns its name."""
        if not items:
            return "NULL"
        self._arrays += 1
        name = f"a{self._arrays}"
        self.lines.append(f"static const {kind} {name}[] = {{{', '.join(items)}}};")
        return name

    def table(self, kind, name, rows):
        """Adds a table, and the number of its rows."""
        self.lines.append(f"const {kind} {name}[] = {{")
        self.lines += [f"    {{{row}}}," for row in rows]
        self.lines += ["};", f"const size_t {name}_count = {len(rows)};", ""]

    def doubles(self, values):
        """Adds an array of float64 values, stored as their bits."""
        return self.array("uint64_t", [bits(value) for value in values])

    def bytes(self, data):
        """Adds an array of bytes."""
        return self.array("uint8_t", [str(byte) for byte in data])

    def write(self, path):
        """Writes the file."""
        pathlib.Path(path).write_text("\n".join(self.lines) + "\n", encoding="ascii")


def bits(value):
    """Returns the bits of a float64 as C."""
    return "0x%016xu" % struct.unpack("<Q", struct.pack("<d", value))[0]
