"""A device's half of error feedback in a run, saved so that the device can continue after a crash at any point.

The store contains a snapshot, the messages accepted since, and at most one staged message:

    {run}.snapshot        the vectors after n messages
    {run}.accepted-{n+1}  and so on, one for each message since
    {run}.staged          the message sent until the coordinator answers
    {run}.revealed and others  the device's counters: see ``_counters``
    {run}.optimizer-{k}  the optimizer of a TorchDevice after round k

Staging writes the last piece, committing renames it; both are atomic. Accepted messages are merged into a new snapshot when their
total size reaches that of a snapshot. So a model of a million coordinates is not written whenever a thousand of them change.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._types import Floats, Vector
from ..compress import Compressor
from ..errors import StateError
from ..feedback import ErrorFeedback, Staged, restore, start
from ..wire import Message, Report, digest, digest_text
from ._pieces import Pending, Snapshot, damaged
from ._store import StateStore

_MAX_ACCEPTED = 256


class DeviceState:
    """The saved state of a device in a run; not thread-safe.

    Args:
        store: the store of the state.
        run: the run's name.
        client: the device's id.
        method: the run's kind of error feedback.
        dimension: the run's d.
        rebase_every: with secure aggregation, the number of rounds after which g_i starts from zero; otherwise None.

    Attributes:
        sequence: the number of messages accepted so far.
        head: the digest of the last of them, 0 if there is none.
        last_round: the round of the last of them, -1 if there is none.
        pending: the staged message, or None.
        fresh: whether nothing has been saved yet: the device is new or lost its disk.

    Raises:
        StateError: if the state is damaged, or belongs to another client or another kind of run.
    """

    def __init__(
        self, store: StateStore, run: str, client: str, method: str, dimension: int, rebase_every: int | None = None
    ) -> None:
        self._store = store
        self._run = run
        self._client = client
        self._method = method
        self._dimension = dimension
        self._rebase_every = rebase_every
        self.pending: Pending | None = None
        saved = Snapshot.read(store, f"{run}.snapshot")
        self.fresh = saved is None
        self._start_from(saved or Snapshot(client, method, dimension, 0, 0, -1, ()))
        self._replay()

    def _start_from(self, snapshot: Snapshot) -> None:
        name = f"{self._run}.snapshot"
        if (snapshot.method, snapshot.dimension) != (self._method, self._dimension):
            raise StateError(
                f"{self._store.describe(name)} belongs to a run with {snapshot.method} and {snapshot.dimension} values, but run "
                f"'{self._run}' has {self._method} and {self._dimension}: the run was replaced by another one; remove this run's "
                "files from the state"
            )
        self._require_owner(name, snapshot.client)
        self._feedback: ErrorFeedback | None = self._feedback_of(snapshot.vectors)
        self.sequence = snapshot.sequence
        self.head = snapshot.head
        self.last_round = snapshot.last_round
        self._snapshot_bytes = snapshot.size
        self._accepted_bytes = 0
        self._accepted = 0

    def _feedback_of(self, vectors: Sequence[Floats]) -> ErrorFeedback:
        return restore(self._method, self._dimension, vectors) if vectors else start(self._method, self._dimension)

    @property
    def feedback(self) -> ErrorFeedback:
        """The state of error feedback, read again if it was released."""
        if self._feedback is None:
            saved = Snapshot.read(self._store, f"{self._run}.snapshot")
            self._feedback = self._feedback_of(() if saved is None else saved.vectors)
        return self._feedback

    def _release(self) -> None:
        """Frees the vectors if they equal those of the snapshot, as they always do for EF14 between two messages."""
        if not self._accepted:
            self._feedback = None

    def _replay(self) -> None:
        for name in self._store.names(f"{self._run}.accepted-"):
            saved = self._read(name)
            if saved is None or saved.sequence <= self.sequence:
                self._store.delete([name])
                continue
            self._require_next(name, saved)
            self._account(saved)
        name = f"{self._run}.staged"
        saved = self._read(name)
        if saved is not None:
            self._require_next(name, saved)
            self.pending = saved
            self.fresh = False

    def _read(self, name: str) -> Pending | None:
        return Pending.read(self._store, name, self._dimension, self._rebase_every is not None)

    def feedback_for(self, round: int) -> ErrorFeedback:
        """Returns the error feedback from which to compute a message of a round: with g_i zero if the coordinator has cleared its
        sum since the last accepted message."""
        every = self._rebase_every
        if every is None or self.last_round < 0 or self.last_round // every == round // every or not self.feedback.retains_sum:
            return self.feedback
        return restore(self._method, self._dimension, [np.zeros(self._dimension), *self.feedback.vectors[1:]])

    def _require_next(self, name: str, saved: Pending) -> None:
        self._require_owner(name, saved.client)
        if (saved.sequence, saved.previous) != (self.sequence + 1, self.head):
            raise damaged(self._store, name, f"it does not follow message {self.sequence}")

    def _require_owner(self, name: str, owner: str) -> None:
        if owner != self._client:
            raise StateError(
                f"{self._store.describe(name)} belongs to client {owner}, but this is client {self._client}: give each "
                "device its own state, or remove this run's files from it"
            )

    def compute(
        self,
        gradient: Vector,
        compressor: Compressor,
        round: int,
        *,
        eta: float,
        seed: int,
        model: Vector,
        second: Vector | None,
    ) -> Staged:
        """Computes a message of a round, to be staged; see ``ErrorFeedback.stage``."""
        feedback = self.feedback_for(round)
        feedback.overwrites = not self._accepted
        try:
            return feedback.stage(gradient, compressor, eta=eta, seed=seed, model=model, second=second)
        except BaseException:
            self._release()
            raise

    def stage(
        self,
        round: int,
        report: Report,
        staged: Staged,
        salt: bytes | None = None,
        basis: bytes = b"",
        history: str | None = None,
    ) -> Pending:
        """Saves a message; it may be sent after this returns.

        Args:
            round: the round of the model from which it was computed.
            salt: 16 random bytes if the message itself is never sent; without them its digest would leak information about it.
            basis: the digest of the model and the plan that it was computed from, if there is a salt.
            history: the history of the round's model; None if it is not known.

        Raises:
            StateError: if it cannot be saved; the state is then unchanged.
        """
        if self.pending is not None:
            raise RuntimeError(f"message {self.pending.sequence} is still in progress")
        data = Message(self.sequence + 1, self.head, report, staged.delta).encode()
        own = digest((salt or b"") + data)
        pending = Pending(self._client, round, self.sequence + 1, self.head, own, data, staged, salt, basis, history)
        try:
            pending.write(self._store, f"{self._run}.staged")
        except BaseException:
            self._release()
            raise
        self.pending = pending
        self.fresh = False
        return pending

    def commit(self) -> None:
        """Applies the staged message after the coordinator has accepted it."""
        done = self._under_way()
        self._store.rename(f"{self._run}.staged", f"{self._run}.accepted-{done.sequence:019d}")
        self.pending = None
        self._account(done)
        if self._accepted >= _MAX_ACCEPTED or self._accepted_bytes >= self._snapshot_bytes:
            self._fold()

    def _account(self, done: Pending) -> None:
        self._feedback = self.feedback_for(done.round)
        self._feedback.commit(done.staged)
        self.sequence = done.sequence
        self.head = done.digest
        self.last_round = done.round
        self._accepted_bytes += done.size
        self._accepted += 1
        self.fresh = False

    def _fold(self) -> None:
        vectors = tuple(self.feedback.vectors)
        position = (self.sequence, self.head, self.last_round)
        snapshot = Snapshot(self._client, self._method, self._dimension, *position, vectors)
        snapshot.write(self._store, f"{self._run}.snapshot")
        self._store.sweep(self._store.names(f"{self._run}.accepted-"))
        self._snapshot_bytes = snapshot.size
        self._accepted_bytes = 0
        self._accepted = 0
        self._release()

    def discard(self) -> None:
        """Discards the staged message after the coordinator has refused it."""
        self._under_way()
        self._store.delete([f"{self._run}.staged"])
        self.pending = None
        self._release()

    def _under_way(self) -> Pending:
        if self.pending is None:
            raise RuntimeError("no message is in progress")
        return self.pending

    def adopt(self, sequence: int, head: int, last_round: int, vectors: Sequence[Floats]) -> None:
        """Replaces this state.

        Args:
            vectors: the vectors of error feedback, not copied; empty to start from zero.
        """
        # Deletes the messages first, from the latest to the earliest, so that a crash leaves an earlier state of this device.
        accepted = self._store.names(f"{self._run}.accepted-")
        self._store.delete([f"{self._run}.staged", *reversed(accepted)])
        self.pending = None
        snapshot = Snapshot(self._client, self._method, self._dimension, sequence, head, last_round, tuple(vectors))
        snapshot.write(self._store, f"{self._run}.snapshot")
        self._start_from(snapshot)
        self.fresh = False

    def __repr__(self) -> str:
        return f"message {self.sequence} ({digest_text(self.head)}) of run '{self._run}'"


def forget(store: StateStore, run: str) -> None:
    """Deletes the saved state of a run."""
    store.delete(reversed(store.names(f"{run}.")))
