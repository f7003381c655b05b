"""Downloads models in the cheaper way: whole, or as sparse updates of a replica of x and S in the device's memory.

A replica costs up to three dense float32 models more than one model, once. Updates then save some bytes each round, for an
unknown number of rounds. This is the ski-rental problem: whole models are downloaded until the savings that updates would have
given reach the cost of a replica; then a replica is downloaded. This costs at most twice the best choice in hindsight. A
replica that is almost free, as in round 0 when S is zero, is downloaded at once.
"""

from __future__ import annotations

import logging

import numpy as np

from ..errors import ModelNotKeptError, ProtocolError, WireError
from ..wire import Limits, Replica, decode_updates
from ._coordinator import Coordinator
from ._listener import Announcer, ModelKind
from ._model import Model
from ._protocol import RunPlan, Work

_NEXT_TO_FREE = 20
"""A replica that costs no more than a twentieth of the model, or a header, above it is next to free."""

_HEADER, _HEADERS = 64, 4096


class Downlink:
    """Downloads models for a device.

    Args:
        double_precision: whether the device takes float64 models.
        replicas: whether it may keep x and S.
    """

    def __init__(
        self, coordinator: Coordinator, plan: RunPlan, double_precision: bool, replicas: bool, announcer: Announcer
    ) -> None:
        self._coordinator = coordinator
        self._plan = plan
        self._dtype = "float64" if double_precision else "float32"
        self._replicas = replicas
        self._announcer = announcer
        self._replica: Replica | None = None
        self._last_round = -1
        self._saving = 0

    @property
    def since(self) -> int:
        """The round an update would start from, or -1 for none. Without a replica, the round serves only to learn an update's
        size."""
        return self._last_round if self._replicas else -1

    def fetch(self, work: Work) -> Model:
        """Downloads the model of the round assigned to the device."""
        known, self._replica = self._replica, None
        if known is not None:
            self._replica = self._updated(known, work)
            self._saving = 0
        elif self._replicas and self._is_worth_buying(work):
            self._replica = self._bought(work)
        if self._replica is None:
            model = self.dense(work.round)
        else:
            with np.errstate(over="ignore"):
                model = Model(work.round, self._plan.layout, self._replica.x.astype(self._dtype))
        self._last_round = work.round
        return model

    def _is_worth_buying(self, work: Work) -> bool:
        dense = self._dense_bytes(work)
        if work.update_bytes is not None and work.update_bytes < dense:
            self._saving += dense - work.update_bytes
        extra = work.replica_bytes - dense
        return extra <= self._saving or extra <= _HEADER + dense // _NEXT_TO_FREE

    def _bought(self, work: Work) -> Replica:
        data = self._coordinator.replica(self._plan.run, work.round, 16 * self._plan.dimension + _HEADERS)
        try:
            replica = Replica.decode(data, self._plan.dimension)
        except WireError as e:
            raise _unreadable(f"replica of round {work.round}", e) from e
        if replica.round != work.round:
            raise _unreadable(f"replica of round {work.round}", f"it is of round {replica.round}")
        self._fetched(work.round, ModelKind.REPLICA, data)
        return replica

    def _updated(self, replica: Replica, work: Work) -> Replica | None:
        """Updates a replica to the round; returns None if downloading the whole model is cheaper."""
        dense = self._dense_bytes(work)
        if replica.round == work.round:
            return replica
        if work.update_bytes is None or work.update_bytes >= dense:
            return None
        try:
            data = self._coordinator.update(self._plan.run, work.round, replica.round, dense)
        except ModelNotKeptError:
            return None
        try:
            self._apply(replica, data, work.round)
        except ValueError as e:
            raise _unreadable(f"update of round {work.round}", e) from e
        self._fetched(work.round, ModelKind.UPDATE, data)
        return replica

    def _apply(self, replica: Replica, data: bytes, round: int) -> None:
        for update in decode_updates(data, Limits(self._plan.dimension)):
            if update.round != replica.round:
                raise ValueError(f"it leads on from round {update.round}, expected {replica.round}")
            update.apply(replica.x, replica.total, self._plan.layout)
            replica.round += 1
        if replica.round != round:
            raise ValueError(f"it leads up to round {replica.round}, expected {round}")

    def dense(self, round: int) -> Model:
        """Downloads the whole model of a round."""
        width = 8 if self._dtype == "float64" else 4
        expected = width * self._plan.dimension
        data = self._coordinator.model(self._plan.run, round, self._dtype, expected + _HEADERS)
        if len(data) != expected:
            raise _unreadable(f"model of round {round}", f"it has {len(data)} bytes, expected {expected}")
        self._fetched(round, ModelKind.DENSE, data)
        return Model(round, self._plan.layout, np.frombuffer(data, f"<f{width}").astype(self._dtype))

    def _fetched(self, round: int, kind: ModelKind, data: bytes) -> None:
        text = "model of round %d came as %s, %d bytes"
        self._announcer.tell(logging.DEBUG, "model_fetched", text, round, kind, len(data))

    def _dense_bytes(self, work: Work) -> int:
        return 2 * work.dense_bytes if self._dtype == "float64" else work.dense_bytes


def _unreadable(what: str, cause: object) -> ProtocolError:
    return ProtocolError(
        f"the coordinator's {what} cannot be read: {cause}: restart the device; if this happens again, check that "
        "both sides have the same version"
    )
