"""Adapts a Flower ClientApp to the functions of a device."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._definition import array_name
from .._metrics import finite_metrics
from ..client import Gradient, Model
from ..errors import InvalidGradientError
from ..vector import TensorLayout
from ._device import Array, ConfigFunction, config_of, pseudo_gradient, training_loss

_TTL = 10 * 365 * 86400.0
"""The lifetime of a message for Flower in seconds; replies must not outlive it."""


class ClientAppDevice:
    """Adapts a ``ClientApp`` of flwr to the functions of ``Client``.

    A round is one ``train`` message to the app, like that of Flower's FedAvg: an ArrayRecord ``arrays`` and a ConfigRecord
    ``config`` with ``server-round``. An app with a ``client_fn`` gets the records of FitIns and EvaluateIns instead. Mods are
    called as in Flower. The arrays have the names of the run's tensors, so ``to_torch_state_dict()`` fits the module from which
    the run was created.

    Args:
        app: the ClientApp, with a function for ``train`` or a ``client_fn``.
        context: flwr's Context, which is passed to every function.
        fit_config: further entries of the config of ``train``.
        evaluate_config: further entries of the config of ``evaluate``.

    Raises:
        TypeError: if the app has no function for ``train``.
    """

    def __init__(
        self, app: Any, context: Any, fit_config: ConfigFunction | None = None, evaluate_config: ConfigFunction | None = None
    ) -> None:
        self._app = app
        self._context = context
        self._fit_config = fit_config
        self._evaluate_config = evaluate_config
        # flwr has no public API for an app's functions.
        self._has_client_fn = getattr(app, "_call", None) is not None
        self._functions: Mapping[str, Any] = getattr(app, "_registered_funcs", {})
        if not self._handles("train"):
            raise TypeError("the ClientApp has no function for train: decorate one with @app.train(), or give client_fn")

    @property
    def evaluates(self) -> bool:
        """Whether the app has a function for ``evaluate``."""
        return self._handles("evaluate")

    def __call__(self, model: Model) -> Gradient | None:
        """Trains with the app's ``train``, starting from the run's model; returns None if there was no sample.

        Raises:
            InvalidGradientError: if the arrays of the reply are not the run's tensors.
            RuntimeError: if the app or a mod replies with an error.
        """
        content = self._ask("train", model, self._fit_config)
        figures, samples = _figures(content)
        if samples == 0:
            return None
        records = list(content.array_records.values())
        if len(records) != 1:
            raise InvalidGradientError(f"the reply of train has {len(records)} ArrayRecords, expected one")
        before = [model.tensor(tensor.name) for tensor in model.layout.tensors]
        parts = pseudo_gradient(model.layout, before, _arrays(records[0], model.layout))
        return Gradient(parts, samples=samples, loss=training_loss(figures))

    def evaluate(self, model: Model) -> Mapping[str, float]:
        """Returns the numeric metrics of the app's ``evaluate``; empty if it had no sample."""
        figures, samples = _figures(self._ask("evaluate", model, self._evaluate_config))
        return finite_metrics(figures) if samples else {}

    def _handles(self, category: str) -> bool:
        return self._has_client_fn or f"{category}.default" in self._functions

    def _ask(self, category: str, model: Model, further: ConfigFunction | None) -> Any:
        """Sends a message to the app, and returns the content of its reply."""
        from flwr.app import Array, ArrayRecord, ConfigRecord, Message, Metadata, RecordDict

        arrays = {
            key: Array(np.array(model.tensor(tensor.name))) for key, tensor in zip(_keys(model.layout), model.layout.tensors)
        }
        instruction = {"train": "fitins", "evaluate": "evaluateins"}[category]
        names = (f"{instruction}.parameters", f"{instruction}.config") if self._has_client_fn else ("arrays", "config")
        config = config_of(model, further, "server_round" if self._has_client_fn else "server-round")
        metadata = Metadata(
            run_id=0,
            message_id="",
            src_node_id=0,
            dst_node_id=0,
            reply_to_message_id="",
            group_id=str(model.round + 1),
            created_at=time.time(),
            ttl=_TTL,
            message_type=category,
        )
        content = RecordDict({names[0]: ArrayRecord(arrays), names[1]: ConfigRecord(config)})
        try:
            reply = self._app(Message(content=content, metadata=metadata), self._context)
        except KeyError as e:
            if "secagg" not in str(e):
                raise
            raise RuntimeError(
                "the app has a mod of Flower's secure aggregation, which needs Flower's server: leave the mod out, and create the "
                "run with secureAggregation"
            ) from e
        if reply.has_error():
            raise RuntimeError(f"the ClientApp replied to {category} with error {reply.error.code}: {reply.error.reason}")
        for name, status in reply.content.config_records.items():
            if name.endswith("res.status") and status["code"] != 0 and category == "train":
                raise RuntimeError(f"the client replied to fit with status {status['code']}: {status['message']}")
        return reply.content


def _keys(layout: TensorLayout) -> list[str]:
    """Returns the names of a record's arrays: those of the tensors, or numbers as in Flower if the run was created from a list."""
    names = [tensor.name for tensor in layout.tensors]
    return [str(i) for i in range(len(names))] if names == [array_name(i) for i in range(len(names))] else names


def _arrays(record: Any, layout: TensorLayout) -> list[Array]:
    """Returns a reply's arrays in the order of the run's tensors; by name, or in their order if they have only numbers."""
    expected, given = _keys(layout), list(record.keys())
    if given == [str(i) for i in range(len(expected))]:
        expected = given
    wrong = [f"'{name}' is missing" for name in expected if name not in record]
    wrong += [f"'{name}' is not a tensor of the run" for name in given if name not in expected]
    if wrong:
        raise InvalidGradientError(
            "the arrays of the reply do not fit the run: " + "; ".join(wrong) + ": reply with the arrays of the message only. "
            "Buffers, such as those of BatchNorm, are not tensors of a run"
        )
    return [record[name].numpy() for name in expected]


def _figures(content: Any) -> tuple[dict[str, Any], int]:
    """Returns the metrics of a reply, and its number of samples, by default 1."""
    figures: dict[str, Any] = {}
    for record in content.metric_records.values():
        figures.update(record)
    for name, record in content.config_records.items():
        if name.endswith("res.metrics"):
            figures.update(record)
    counts = [figures.pop(name) for name in ("num-examples", "num_examples") if name in figures]
    return figures, int(counts[0]) if counts else 1
