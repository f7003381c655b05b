"""CRC-32C (Castagnoli) without a loop over bytes.

The checksum is linear over GF(2): the checksum of two concatenated pieces is that of the first, shifted by the length of the
second, xor that of the second. Shifting by a fixed length is a linear map of 32 bits, looked up bytewise in four tables. So long
inputs are arranged in rows, each of which is folded onto the next, and neighbours in the last row are merged until one word is
left.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .._types import Bytes

_POLYNOMIAL = 0x82F63B78
_ONES = 0xFFFFFFFF
_ROW = 1 << 14

_Words = npt.NDArray[np.uint32]


def crc32c(data: Bytes, before: int = 0) -> int:
    """Returns the checksum of some bytes, an unsigned number of 32 bits; of ``b"123456789"`` it is 0xE3069283.

    Args:
        before: the checksum of the preceding bytes.
    """
    size = len(data)
    if size < 4:
        crc = before ^ _ONES
        for byte in data:
            crc = _shifted(crc ^ byte, 8)
        return crc ^ _ONES
    words = _words(data, size, before ^ _ONES)
    while words.size > _ROW:
        words = _folded(words.reshape(-1, _ROW))
    length = 4
    while words.size > 1:
        words = _moved(words[0::2], length) ^ words[1::2]
        length *= 2
    return int(_moved(words, 4)[0]) ^ _ONES


def _words(data: Bytes, size: int, initial: int) -> _Words:
    """Returns the bytes as whole rows or a power of two of words, with leading zeros and the initial value included."""
    count = -(-size // 4)
    count = -(-count // _ROW) * _ROW if count > _ROW else 1 << (count - 1).bit_length()
    padded = np.zeros(4 * count, dtype=np.uint8)
    padded[-size:] = np.frombuffer(data, dtype=np.uint8)
    first = padded[4 * count - size :][:4]
    first ^= np.frombuffer(initial.to_bytes(4, "little"), dtype=np.uint8)
    return padded.view("<u4").astype(np.uint32, copy=False)


def _folded(rows: _Words) -> _Words:
    total: _Words = rows[0]
    for row in rows[1:]:
        total = _moved(total, 4 * _ROW) ^ row
    return total


def _moved(words: _Words, length: int) -> _Words:
    """Returns the remainders of words followed by ``length`` zero bytes."""
    tables = _tables(length)
    result: _Words = tables[0][words & np.uint32(255)]
    for i in range(1, 4):
        result ^= tables[i][(words >> np.uint32(8 * i)) & np.uint32(255)]
    return result


@lru_cache(maxsize=64)
def _tables(length: int) -> npt.NDArray[np.uint32]:
    """Returns the four tables of 256 entries that shift a word by ``length`` bytes, a power of two of at least 4."""
    columns = [_shifted(1 << bit, 32) for bit in range(32)]
    reached = 4
    while reached < length:
        columns = [_applied(columns, column) for column in columns]
        reached *= 2
    return np.array([[_applied(columns, value << 8 * i) for value in range(256)] for i in range(4)], dtype=np.uint32)


def _applied(columns: list[int], word: int) -> int:
    result = 0
    while word:
        lowest = word & -word
        result ^= columns[lowest.bit_length() - 1]
        word ^= lowest
    return result


def _shifted(crc: int, bits: int) -> int:
    """Returns a remainder followed by ``bits`` zero bits."""
    for _ in range(bits):
        crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
    return crc
