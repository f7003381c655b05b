"""Runs a Flower client on an Evenkeel coordinator: change the import, and name the run.

    from evenkeel.flower import start_client

    start_client(server_address="https://coordinator.example:8080", client=FlowerClient(), run="digits", state_dir="state")

The object is one with the methods of Flower's NumPyClient, ``get_parameters``, ``fit`` and ``evaluate``; flwr itself is not needed.
``python -m evenkeel run client.py:FACTORY`` makes a run's definition from its arrays.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from .client import Client, Gradient, Model, RunOutcome, StateStore
from .errors import InvalidGradientError, ModelMismatchError
from .vector import TensorLayout

__all__ = ["FlowerDevice", "arrays_of", "start_client"]

Array = npt.NDArray[Any]


def start_client(
    *,
    server_address: str,
    client: Any,
    run: str,
    state_dir: str | os.PathLike[str] | StateStore,
    enrolment_token: str | None = None,
    **settings: Any,
) -> RunOutcome:
    """Takes part in a run until it ends, with Flower's fit as the local training.

    Args:
        server_address: the coordinator's address; the default scheme is ``http://``.
        client: an object with NumPyClient's methods, or what its ``to_client()`` returns.
        run: the run to take part in.
        state_dir: the folder of the device's state, used by this device only.
        enrolment_token: the token to enrol with; EVENKEEL_ENROLMENT_TOKEN if None. Needed for the first start only.
        settings: further arguments of ``evenkeel.Client``, such as ``weight`` and ``ca_file``.

    Raises:
        ModelMismatchError: if the client's arrays are not the run's tensors.
        EvenkeelError: as ``Client.train`` does.
    """
    device = FlowerDevice(client)
    url = server_address if "://" in server_address else f"http://{server_address}"
    token = enrolment_token or os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    settings.setdefault("evaluate", device.evaluate if device.evaluates else None)
    with Client(url, run=run, state_dir=state_dir, enrolment_token=token, **settings) as member:
        return member.train(device)


class FlowerDevice:
    """Adapts Flower's methods to the functions of ``Client``.

    A round's message is the pseudo-gradient: the arrays that ``fit`` was given minus those it returned, in float64. With the step
    rule ``plain`` and ``gamma`` 1 that is FedAvg. ``fit`` and ``evaluate`` get the config ``{"server_round": k + 1}``, as Flower
    counts. Numbers among the metrics of ``evaluate``, and its loss, are reported to the coordinator.

    Args:
        client: an object with NumPyClient's methods, or what its ``to_client()`` returns.

    Raises:
        TypeError: if it has no ``fit``.
    """

    def __init__(self, client: Any) -> None:
        self._client = getattr(client, "numpy_client", client)
        if not callable(getattr(self._client, "fit", None)):
            raise TypeError(f"the client is a {type(self._client).__name__} without fit, expected NumPyClient's methods")
        self._checked: TensorLayout | None = None

    @property
    def evaluates(self) -> bool:
        """Whether the client overrides ``evaluate``; that of flwr's base class does nothing."""
        method = getattr(type(self._client), "evaluate", None)
        return callable(method) and not getattr(method, "__module__", "").startswith("flwr.")

    def __call__(self, model: Model) -> Gradient | None:
        """Trains with ``fit``, starting from the run's model; returns None if there was no sample.

        Raises:
            ModelMismatchError: if the client's arrays are not the run's tensors.
            InvalidGradientError: if the arrays that ``fit`` returns have other shapes.
        """
        before = self._arrays(model)
        # A copy, since fit may train in place.
        after, samples, metrics = self._client.fit([array.copy() for array in before], _config(model))
        if samples == 0:
            return None
        if [np.shape(array) for array in after] != [array.shape for array in before]:
            shapes = ([np.shape(array) for array in after], [array.shape for array in before])
            raise InvalidGradientError(f"fit returned arrays of the shapes {shapes[0]}, expected {shapes[1]}")
        parts = {
            tensor.name: np.subtract(old, new, dtype=np.float64)
            for tensor, old, new in zip(model.layout.tensors, before, after)
        }
        loss = _numbers(metrics).get("loss")
        return Gradient(parts, samples=int(samples), loss=loss)

    def evaluate(self, model: Model) -> Mapping[str, float]:
        """Returns the metrics of the client's ``evaluate``, and ``loss``."""
        loss, _, metrics = self._client.evaluate(self._arrays(model), _config(model))
        return {**_numbers(metrics), "loss": float(loss)}

    def _arrays(self, model: Model) -> list[Array]:
        if self._checked is not model.layout:
            _require_fitting(arrays_of(self._client), model.layout)
            self._checked = model.layout
        return [model.tensor(tensor.name).copy() for tensor in model.layout.tensors]


def arrays_of(client: Any) -> list[Array]:
    """Returns the arrays of ``get_parameters``, as float32 or float64.

    Raises:
        ModelMismatchError: if there are none, or one does not contain real numbers.
    """
    given = getattr(client, "numpy_client", client).get_parameters({})
    arrays = [np.asarray(array) for array in given]
    for i, array in enumerate(arrays):
        if array.dtype.kind != "f":
            raise ModelMismatchError(
                f"get_parameters gives {array.dtype} as array {i}, expected float32 or float64: leave out counters such as "
                "num_batches_tracked, by taking the module's parameters() instead of its state_dict()"
            )
    if not arrays:
        raise ModelMismatchError("get_parameters gives no array, expected the model's")
    return [array if array.dtype == np.float64 else array.astype(np.float32) for array in arrays]


def _require_fitting(arrays: list[Array], layout: TensorLayout) -> None:
    shapes = [array.shape for array in arrays]
    expected = [tensor.shape for tensor in layout.tensors]
    if shapes == expected:
        return
    if len(shapes) != len(expected):
        fault = f"{len(shapes)} arrays, expected {len(expected)}"
    else:
        at = next(i for i, (own, run) in enumerate(zip(shapes, expected)) if own != run)
        fault = f"array {at} ('{layout.tensors[at].name}') with shape {shapes[at]}, expected {expected[at]}"
    raise ModelMismatchError(
        f"get_parameters gives {fault}, as the run has: make the run from this client with python -m evenkeel run"
    )


def _config(model: Model) -> dict[str, Any]:
    return {"server_round": model.round + 1}


def _numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {
        name.lower().replace(" ", "_"): float(value)
        for name, value in metrics.items()
        if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and isfinite(value)
    }
