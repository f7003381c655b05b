"""Adapts a Flower client to the functions of a device."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._metrics import finite_metrics
from ..client import Gradient, Model
from ..errors import InvalidGradientError, ModelMismatchError
from ..vector import TensorLayout

Array = npt.NDArray[Any]

ConfigFunction: TypeAlias = Callable[[int], Mapping[str, Any]]
"""Maps the round, counted from 1, to entries of the config for a method of the client."""


class FlowerDevice:
    """Adapts Flower's methods to the functions of ``Client``.

    A round's message is the pseudo-gradient: the arrays passed to ``fit`` minus those it returned, in float64. With the step rule
    ``plain`` and ``gamma`` 1 this is FedAvg. ``fit`` and ``evaluate`` get the config ``{"server_round": k + 1}``, as in Flower,
    with the entries of ``fit_config`` and ``evaluate_config``. Numbers among the metrics of ``evaluate``, and its loss, are
    reported to the coordinator. ``fit`` draws its own samples, so runs with STORM are refused.

    Args:
        client: an object with NumPyClient's methods, or the result of its ``to_client()``. ``get_parameters`` and ``evaluate``
            may be missing.
        fit_config: further entries of the config of ``fit``.
        evaluate_config: further entries of the config of ``evaluate``.

    Raises:
        TypeError: if it has no ``fit`` that takes parameters and a config.
    """

    def __init__(
        self, client: Any, fit_config: ConfigFunction | None = None, evaluate_config: ConfigFunction | None = None
    ) -> None:
        self._client = _numpy_client(client)
        self._fit_config = fit_config
        self._evaluate_config = evaluate_config
        self._checked: TensorLayout | None = None

    @property
    def evaluates(self) -> bool:
        """Whether the client overrides ``evaluate``; the one of flwr's base class does nothing."""
        return _overrides(self._client, "evaluate")

    def __call__(self, model: Model) -> Gradient | None:
        """Trains with ``fit``, starting from the run's model; returns None if there was no sample.

        Raises:
            ModelMismatchError: if the client's arrays are not the run's tensors.
            InvalidGradientError: if the arrays that ``fit`` returns have other shapes.
        """
        before = self._arrays(model)
        # A copy, since fit may train in place.
        after, samples, metrics = self._client.fit([array.copy() for array in before], config_of(model, self._fit_config))
        if samples == 0:
            return None
        parts = pseudo_gradient(model.layout, before, after)
        return Gradient(parts, samples=int(samples), loss=training_loss(metrics))

    def require_fitting(self, run: TensorLayout) -> None:
        """Raises ModelMismatchError if the client's arrays are not a run's tensors; ``Client.train`` calls this after joining."""
        if self._checked is not run and _overrides(self._client, "get_parameters"):
            _require_fitting(arrays_of(self._client), run)
            self._checked = run

    def evaluate(self, model: Model) -> Mapping[str, float]:
        """Returns the metrics of the client's ``evaluate``, and ``loss``."""
        loss, _, metrics = self._client.evaluate(self._arrays(model), config_of(model, self._evaluate_config))
        return {**finite_metrics(metrics), "loss": float(loss)}

    def _arrays(self, model: Model) -> list[Array]:
        self.require_fitting(model.layout)
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
                f"get_parameters returns {array.dtype} as array {i}, expected float32 or float64: leave out counters such as "
                "num_batches_tracked, by taking the module's parameters() instead of its state_dict()"
            )
    if not arrays:
        raise ModelMismatchError("get_parameters returns no array, expected the model's: return the initial model's arrays")
    return [array if array.dtype == np.float64 else array.astype(np.float32) for array in arrays]


def _numpy_client(client: Any) -> Any:
    """Returns the object with NumPyClient's methods: the client itself, or the one that ``to_client()`` wrapped."""
    inner = getattr(client, "numpy_client", client)
    fit = getattr(inner, "fit", None)
    if not callable(fit):
        raise TypeError(f"the client is a {type(inner).__name__} without fit, expected NumPyClient's methods")
    try:
        inspect.signature(fit).bind([], {})
    except TypeError:
        raise TypeError(
            f"{type(inner).__name__}.fit does not take parameters and a config: give a NumPyClient, whose fit takes arrays, or a "
            "flwr.client.Client, whose fit takes FitIns"
        ) from None
    return inner


def _overrides(client: Any, method: str) -> bool:
    """Whether the client implements a method; the methods of flwr's base class do nothing."""
    found = getattr(client, method, None)
    return callable(found) and not getattr(found, "__module__", "").startswith("flwr.")


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
        f"get_parameters returns {fault}, as the run has: create the run from this client with python -m evenkeel run"
    )


def pseudo_gradient(layout: TensorLayout, before: Sequence[Array], after: Sequence[Array]) -> dict[str, Array]:
    """Returns the arrays before minus those after, in float64, by the names of the run's tensors.

    Raises:
        InvalidGradientError: if the arrays after have other shapes.
    """
    shapes = [np.shape(array) for array in after], [array.shape for array in before]
    if shapes[0] != shapes[1]:
        raise InvalidGradientError(f"the training returned arrays of the shapes {shapes[0]}, expected {shapes[1]}")
    return {tensor.name: np.subtract(old, new, dtype=np.float64) for tensor, old, new in zip(layout.tensors, before, after)}


def config_of(model: Model, further: ConfigFunction | None, name: str = "server_round") -> dict[str, Any]:
    """Returns the config of a round: its number, counted from 1, under ``name``, and the entries of ``further``."""
    number = model.round + 1
    return {name: number, **(further(number) if further is not None else {})}


def training_loss(metrics: Mapping[str, Any]) -> float | None:
    """Returns the loss from the metrics of ``fit``, by the names in Flower's examples; None if there is none."""
    figures = finite_metrics(metrics)
    return figures.get("loss", figures.get("train_loss"))
