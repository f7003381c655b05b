"""Downloads models in the cheaper form: whole, or as sparse updates of a replica of x and S in the device's memory.

A replica costs up to three dense float32 models more than one model, once. Updates then save some bytes each round, for an
unknown number of rounds. This is the ski-rental problem: whole models are downloaded until the savings that updates would have
given reach the cost of a replica; then a replica is downloaded. This costs at most twice the best choice in hindsight. A
replica that is almost free, as in round 0 when S is zero, is downloaded at once.

With secure aggregation all devices compute on the float32 model, even those that request float64: the last bits could otherwise
distinguish the model of one device from that of the others.

In a run with a lossy downlink deltas start from the whole float32 model, so it is downloaded first, and again only if the deltas
take more bytes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .._types import Singles, Vector
from ..downlink import repeat
from ..errors import ModelNotKeptError, ProtocolError, WireError
from ..wire import Limits, Replica, decode_deltas, decode_updates
from ._coordinator import PIECE_BYTES, Coordinator
from ._listener import EventNotifier, ModelKind
from ._model import Model
from ._plan import RunPlan
from ._protocol import Work

_NEXT_TO_FREE = 20
"""A replica is almost free if it exceeds the model's size by at most a twentieth, plus a header."""

_HEADER = 64
_NEVER = 1 << 62
"""A size with which a replica is never worth its download."""

_CHUNK = 1 << 16


class Downlink:
    """Downloads models for a device.

    Args:
        double_precision: whether the device uses float64 models.
        replicas: whether it may keep x and S, or its model with a lossy downlink.
    """

    def __init__(
        self, coordinator: Coordinator, plan: RunPlan, double_precision: bool, replicas: bool, notifier: EventNotifier
    ) -> None:
        self._coordinator = coordinator
        self._plan = plan
        self._wanted = "float64" if double_precision else "float32"
        self._dtype = "float32" if plan.downlink is not None or plan.aggregation is not None else self._wanted
        self._replicas = replicas
        self._notifier = notifier
        self._replica: Replica | None = None
        self._lossy: tuple[int, Singles] | None = None
        self._last_round = -1
        self._saving = 0

    @property
    def since(self) -> int:
        """The round an update would start from, or -1 for none. Without a replica, the round is only used to learn an update's
        size."""
        return self._last_round if self._replicas else -1

    def forget(self) -> None:
        """Drops the base of later updates."""
        self._replica, self._lossy, self._last_round, self._saving = None, None, -1, 0

    def fetch(self, work: Work) -> Model:
        """Downloads the model of the round assigned to the device.

        Raises:
            ProtocolError: if it differs from the coordinator's model even after a whole download.
        """
        values = self._obtained(work)
        if not _is_right(values, work):
            self.forget()
            values = self._obtained(replace(work, update_bytes=None, replica_bytes=_NEVER))
            if not _is_right(values, work):
                raise ProtocolError(
                    f"the model of round {work.round} of run '{self._plan.run}' does not have the digest of its task: nothing was "
                    "computed on it; check for a proxy or cache between device and coordinator that keeps responses too long"
                )
        self._last_round = work.round
        return Model(work.round, self._plan.layout, values.astype(self._wanted, copy=False), self._plan.local_steps)

    def _obtained(self, work: Work) -> Vector:
        return self._lossless(work) if self._plan.downlink is None else self._followed(work)

    def _followed(self, work: Work) -> Vector:
        known, self._lossy = self._lossy, None
        w = None if known is None else self._advanced(*known, work)
        if w is None:
            w = self._whole(work.round, "float32", history=work.history)
        if self._replicas:
            self._lossy = work.round, w
        return w.astype(self._wanted)

    def _advanced(self, since: int, w: Singles, work: Work) -> Singles | None:
        """Applies the deltas up to the round; returns None if downloading the whole model is cheaper."""
        if since == work.round:
            return w
        data = self._changes(since, work, work.dense_bytes)
        if data is None:
            return None
        at = since
        try:
            for delta in decode_deltas(data, Limits(self._plan.dimension)):
                if delta.round != at:
                    raise ValueError(f"it starts at round {delta.round}, expected {at}")
                repeat(delta.vector, w)
                at += 1
            if at != work.round:
                raise ValueError(f"it ends at round {at}, expected {work.round}")
        except ValueError as e:
            raise _unreadable(f"update of round {work.round}", e) from e
        self._fetched(work.round, ModelKind.UPDATE, len(data))
        return w

    def _lossless(self, work: Work) -> Vector:
        known, self._replica = self._replica, None
        if known is not None:
            self._replica = self._updated(known, work)
            self._saving = 0
        elif self._replicas and self._is_worth_buying(work):
            self._replica = self._bought(work)
        if self._replica is None:
            return self._whole(work.round, self._dtype, history=work.history)
        with np.errstate(over="ignore"):
            return self._replica.x.astype(self._dtype)

    def _is_worth_buying(self, work: Work) -> bool:
        dense = self._dense_bytes(work)
        if work.update_bytes is not None and work.update_bytes < dense:
            self._saving += dense - work.update_bytes
        extra = work.replica_bytes - dense
        return extra <= self._saving or extra <= _HEADER + dense // _NEXT_TO_FREE

    def _bought(self, work: Work) -> Replica:
        data = self._coordinator.replica(
            self._plan.run, work.round, self._plan.dimension, self._arrived(work.round), work.history
        )
        try:
            replica = Replica.decode(data, self._plan.dimension)
        except WireError as e:
            raise _unreadable(f"replica of round {work.round}", e) from e
        if replica.round != work.round:
            raise _unreadable(f"replica of round {work.round}", f"it is for round {replica.round}")
        self._fetched(work.round, ModelKind.REPLICA, len(data))
        return replica

    def _updated(self, replica: Replica, work: Work) -> Replica | None:
        """Updates a replica to the round; returns None if downloading the whole model is cheaper."""
        if replica.round == work.round:
            return replica
        data = self._changes(replica.round, work, self._dense_bytes(work))
        if data is None:
            return None
        try:
            self._apply(replica, data, work.round)
        except ValueError as e:
            raise _unreadable(f"update of round {work.round}", e) from e
        self._fetched(work.round, ModelKind.UPDATE, len(data))
        return replica

    def _changes(self, since: int, work: Work, dense: int) -> bytes | None:
        """Downloads the updates or deltas since a round; None if they are not stored, or are as large as the model."""
        if work.update_bytes is None or work.update_bytes >= dense:
            return None
        try:
            return self._coordinator.update(self._plan.run, work.round, since, dense, self._arrived(work.round), work.history)
        except ModelNotKeptError:
            return None

    def _apply(self, replica: Replica, data: bytes, round: int) -> None:
        for update in decode_updates(data, Limits(self._plan.dimension)):
            if update.round != replica.round:
                raise ValueError(f"it starts at round {update.round}, expected {replica.round}")
            update.apply(replica.x, replica.total, self._plan.layout)
            replica.round += 1
        if replica.round != round:
            raise ValueError(f"it ends at round {replica.round}, expected {round}")

    def result(self, round: int) -> Model:
        """Downloads the coordinator's model of a round, which is the run's result; with a lossy downlink it differs from the
        devices' model."""
        values = self._whole(round, self._wanted, "" if self._plan.downlink is None else "coordinator")
        return Model(round, self._plan.layout, values)

    def _whole(self, round: int, dtype: str, holder: str = "", history: str | None = None) -> Vector:
        """Downloads a model piece by piece: after an interruption only the current piece is repeated, and only one piece is in
        memory besides the values. Behind a proxy that drops ranges, the first response is the whole model."""
        width = 8 if dtype == "float64" else 4
        size = width * self._plan.dimension
        values: Vector = np.empty(self._plan.dimension, dtype=dtype)
        for start in range(0, size, PIECE_BYTES):
            part = slice(start, min(size, start + PIECE_BYTES))
            expected = part.stop - part.start
            asked = None if expected == size else part
            data = self._coordinator.model(self._plan.run, round, dtype, size, holder, asked, history)
            if len(data) == size:
                values[:] = np.frombuffer(data, f"<f{width}")
                break
            if len(data) != expected:
                raise _unreadable(
                    f"model of round {round}", f"from byte {start} on it has {len(data)} bytes, expected {expected}"
                )
            values[part.start // width : part.stop // width] = np.frombuffer(data, f"<f{width}")
            if asked is not None:
                self._arrived(round)(part.stop, size)
        self._fetched(round, ModelKind.DENSE, size)
        return values

    def _arrived(self, round: int) -> Callable[[int, int], None]:
        text = "round %d: %d of %d bytes of the model have arrived"
        return lambda count, size: self._notifier.notify(logging.DEBUG, "model_piece_fetched", text, round, count, size)

    def _fetched(self, round: int, kind: ModelKind, size: int) -> None:
        text = "model of round %d downloaded as %s, %d bytes"
        self._notifier.notify(logging.DEBUG, "model_fetched", text, round, kind, size)

    def _dense_bytes(self, work: Work) -> int:
        return 2 * work.dense_bytes if self._dtype == "float64" else work.dense_bytes


def _is_right(values: Vector, work: Work) -> bool:
    """Returns whether a model has the digest of its task, if that has one: the digest of its values as little-endian float32."""
    if work.model_digest is None:
        return True
    sha = hashlib.sha256()
    with np.errstate(over="ignore"):
        for at in range(0, values.size, _CHUNK):
            sha.update(values[at : at + _CHUNK].astype("<f4").tobytes())
    return int.from_bytes(sha.digest()[:8], "big") == work.model_digest


def _unreadable(what: str, cause: object) -> ProtocolError:
    return ProtocolError(
        f"the coordinator's {what} cannot be read: {cause}: restart the device; if it happens again, check that both sides have "
        "the same version"
    )
