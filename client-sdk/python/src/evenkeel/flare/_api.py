"""FLARE's client API over a ModelExchange. Importing this module needs nvflare."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
from nvflare.apis.fl_constant import FLMetaKey
from nvflare.app_common.abstract.fl_model import FLModel, ParamsType
from nvflare.client.api_spec import CLIENT_API_KEY
from nvflare.client.config import ConfigKey
from nvflare.client.in_process.api import InProcessClientAPI
from nvflare.fuel.data_event.data_bus import DataBus

from .._metrics import finite_metrics
from ..client import Gradient, Listener, Model, RunPlan
from ..errors import InvalidGradientError
from ..loops import Answer, ModelExchange

log = logging.getLogger("evenkeel")

_TRAIN = "train"
_STEPS = "NUM_STEPS_CURRENT_ROUND"
"""The entry of an FLModel's meta by which FLARE weights it."""


class ExchangeAPI(InProcessClientAPI, Listener):  # type: ignore[misc]
    """Implements the functions of ``nvflare.client`` that FLARE's in-process executor provides to a script.

    Args:
        exchange: exchanges models and answers.
        run: the run's name, which is the script's job id.
        site: the script's site name.
        torch: whether the script's parameters are torch tensors; numpy arrays otherwise.
    """

    def __init__(self, exchange: ModelExchange, run: str, site: str, torch: bool) -> None:
        super().__init__(
            {
                FLMetaKey.JOB_ID: run,
                FLMetaKey.SITE_NAME: site,
                ConfigKey.TASK_NAME: _TRAIN,
                ConfigKey.TASK_EXCHANGE: {ConfigKey.TRAIN_TASK_NAME: _TRAIN},
            }
        )
        self._exchange = exchange
        self._torch = torch
        self._rounds: int | None = None

    def install(self) -> None:
        """Makes ``nvflare.client.init()`` return this API in this process."""
        DataBus().put_data(CLIENT_API_KEY, self)

    def joined(self, plan: RunPlan, sequence: int) -> None:
        """Remembers the number of rounds, which each FLModel contains."""
        self._rounds = plan.rounds

    def is_running(self) -> bool:
        """Waits for the next round or the run's end; returns whether there is a model to train."""
        return self._exchange.receive() is not None

    def receive(self, timeout: float | None = None) -> FLModel | None:
        """Returns the model to train, or None once the run has ended. The timeout is not used: rounds may be far apart in
        time."""
        model = self._exchange.receive()
        if model is None:
            return None
        params = {name: self._given(np.array(values)) for name, values in model.tensors().items()}
        return FLModel(params=params, current_round=model.round, total_rounds=self._rounds)

    def send(self, model: FLModel, clear_cache: bool = True) -> None:
        """Answers the last received model.

        Raises:
            InvalidGradientError: if the parameters are not the run's tensors.
        """
        received = self._exchange.receive()
        if received is None:
            return
        metrics = finite_metrics(model.metrics or {})
        gradient = None
        if model.params is not None:
            after = {name: _array(values) for name, values in model.params.items()}
            parts = _pseudo_gradient(received, after, model.params_type == ParamsType.DIFF)
            gradient = Gradient(parts, samples=max(1, int(model.meta.get(_STEPS, 1))), loss=metrics.get("loss"))
        self._exchange.send(Answer(gradient, metrics))

    def log(self, key: str, value: Any, data_type: Any, **kwargs: Any) -> None:
        """Writes the script's tracked values to this package's log, at the level DEBUG."""
        log.debug("the script logs %s = %s, step %s", key, value, kwargs.get("global_step"))

    def shutdown(self) -> None:
        """Does nothing: the command ends the training."""

    def _given(self, values: Any) -> Any:
        if not self._torch:
            return values
        import torch

        return torch.from_numpy(values)


def _array(values: Any) -> Any:
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def _pseudo_gradient(model: Model, params: Mapping[str, Any], difference: bool) -> dict[str, Any]:
    before = model.tensors()
    wrong = [f"'{name}' is missing" for name in before if name not in params]
    wrong += [f"'{name}' is not a tensor of the run" for name in params if name not in before]
    wrong += [
        f"'{name}' has shape {params[name].shape}, expected {values.shape}"
        for name, values in before.items()
        if name in params and params[name].shape != values.shape
    ]
    if wrong:
        raise InvalidGradientError("the parameters of the FLModel do not fit the run: " + "; ".join(wrong))
    if difference:
        return {name: -np.asarray(params[name], dtype=np.float64) for name in before}
    return {name: np.subtract(values, params[name], dtype=np.float64) for name, values in before.items()}
