"""Counters of a device besides its half of error feedback; the Java SDK writes the same files. A count is written before its
message is sent, so after a crash it may be one too high, never one too low.

    privacy-ledger    kind "L": the number of runs (i32), and for each its name (text), the number of messages (i64), and their
                      cost: rho and correction (f64)
    {run}.released    kind "R", from earlier versions: the number of messages (i64)
    {run}.revealed    kind "V": the round (i32)
    {run}.masked      kind "T": the round and the number of attempts (i32)
"""

from __future__ import annotations

import struct

from ..privacy import PrivacyCost
from ._pieces import PieceFields, read_piece, sealed, text_bytes
from ._store import StateStore

MAX_MASKED_ATTEMPTS = 10
"""The maximum number of masked vectors that a device sends in a round, each in a separate attempt: a lying coordinator may
learn a sum from each."""

_LEDGER = "privacy-ledger"
_LEDGERS, _RELEASES, _REVEALED, _MASKED = b"L", b"R", b"V", b"T"
_NOTHING = (0, PrivacyCost())


class PrivacyLedger:
    """Records the privacy that a device has spent. The record belongs to the device and its data, so it outlives the runs.

    Args:
        run: the run whose messages are counted from here on.
        each: the cost of one message of the run.
        accepted: the number of messages that the coordinator has accepted: a device that lost its disk has sent at least as many.
    """

    def __init__(self, store: StateStore, run: str, each: PrivacyCost, accepted: int) -> None:
        self._store = store
        self._run = run
        self._each = each
        self._runs = read_piece(store, _LEDGER, _LEDGERS, _spent) or {}
        earlier = read_piece(store, f"{run}.released", _RELEASES, lambda fields: fields.unpack(">q")[0]) or 0
        messages, cost = self._runs.get(run, _NOTHING)
        if max(accepted, earlier) > messages:
            sent = max(accepted, earlier)
            self._runs[run] = sent, cost.plus(each, sent - messages)

    @property
    def messages(self) -> int:
        """The number of messages of the run."""
        return self._runs.get(self._run, _NOTHING)[0]

    @property
    def total_with_one_more(self) -> PrivacyCost:
        """The total cost of all runs and one more message of this run."""
        total = self._each
        for _, cost in self._runs.values():
            total = total.plus(cost)
        return total

    def add(self) -> int:
        """Counts a message of the run and returns the new count. Raises StateError if it cannot be saved; the message must
        then not be sent."""
        messages, cost = self._runs.get(self._run, _NOTHING)
        runs = {**self._runs, self._run: (messages + 1, cost.plus(self._each))}
        parts = [struct.pack(">i", len(runs))]
        for run, (sent, spent) in sorted(runs.items()):
            parts.append(text_bytes(run) + struct.pack(">qdd", sent, spent.rho, spent.correction))
        self._store.write(_LEDGER, sealed(_LEDGERS, parts, ()))
        self._runs = runs
        return messages + 1


def _spent(fields: PieceFields) -> dict[str, tuple[int, PrivacyCost]]:
    runs = {}
    for _ in range(fields.unpack(">i")[0]):
        run = fields.text()
        messages, rho, correction = fields.unpack(">qdd")
        runs[run] = int(messages), PrivacyCost(rho, correction)
    return runs


class RoundMarkers:
    """Records a device's progress in the newest round of a run with secure aggregation.

    A device that revealed shares for two sets of members in a round could give away both secrets of a neighbour's message. The
    record outlives the run, since a lying coordinator may present the same run again as a later run of the same name. Only
    leaving deletes it.
    """

    def __init__(self, store: StateStore, run: str) -> None:
        self._store = store
        self._run = run
        revealed = read_piece(store, f"{run}.revealed", _REVEALED, lambda fields: fields.unpack(">i")[0])
        self._revealed = -1 if revealed is None else revealed
        masked = read_piece(store, f"{run}.masked", _MASKED, lambda fields: fields.unpack(">ii"))
        self._masked: tuple[int, ...] = masked or (-1, 0)

    @property
    def newest(self) -> int:
        """The newest round in which the device masked its message or revealed, -1 if there is none."""
        return max(self._revealed, self._masked[0])

    @property
    def next(self) -> int:
        """The first round in which the device takes part."""
        last, attempts = self._masked
        return max(self._revealed + 1, last + (attempts >= MAX_MASKED_ATTEMPTS), 0)

    def end_part_in(self, round: int) -> bool:
        """Returns whether the device must not take part in further attempts of a round: it has revealed shares, or has masked too
        often."""
        return round < self.next

    def mask(self, round: int) -> None:
        """Records that the device sends a masked vector in a round. Raises StateError on failure; it must then not be sent."""
        last, attempts = self._masked
        masked = round, attempts + 1 if round == last else 1
        self._store.write(f"{self._run}.masked", sealed(_MASKED, [struct.pack(">ii", *masked)], ()))
        self._masked = masked

    def reveal(self, round: int) -> None:
        """Records that the device reveals shares in a round. Raises StateError on failure; they must then not be sent."""
        self._store.write(f"{self._run}.revealed", sealed(_REVEALED, [struct.pack(">i", round)], ()))
        self._revealed = round
