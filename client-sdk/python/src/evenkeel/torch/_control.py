"""Control variates for local steps, computed from the state of EF21."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from .._types import Floats
from ..client import MemoryStore, Model, RunPlan, StateStore
from ..errors import FunctionError
from ..loops import RoundStates, packed_arrays, unpacked_arrays
from ..step import Schedule, parse_schedule

_METHODS = ("ef21", "ef21-momentum")


class ControlVariates:
    """The correction g - g_i that a device adds to the gradients of its local steps, so that they reduce the fleet's
    loss rather than its own.

    SCAFFOLD (Karimireddy et al., arXiv 1910.06378) has a control variate c_i for each device and their mean c, and
    sends the changes of both. SCAFCOM (Huang, Li, Li, arXiv 2308.08165) compresses this change: c_i <- c_i + C(u_i -
    c_i), where u_i is the mean of the gradients along the local steps, and x <- x - gamma c. That is EF21 with g_i for
    c_i, g for c and u_i for the gradient, or EF21 with momentum if u_i is averaged over rounds. So no additional data
    is sent. A device knows g_i. From the model x^j that it answered last and the round's model x^k, the plain steps in
    between give the mean of g over these rounds, (x^j - x^k) / (gamma_j + ... + gamma_{k-1}). In its first round there
    is no correction. Unlike in SCAFCOM, momentum is not part of the local steps.
    """

    def __init__(self) -> None:
        self._states = RoundStates(MemoryStore(), "local", "model")
        self._own: Floats | None = None
        self._gamma: Schedule | None = None
        self._horizon = 0

    def require_plan(self, plan: RunPlan) -> None:
        """Raises FunctionError if a run does not use EF21 with plain steps, or uses privacy or secure aggregation."""
        wrong = [f"algorithm {plan.algorithm} with step {plan.step}"]
        if plan.feedback in _METHODS and plan.step == "plain":
            wrong = []
        wrong += ["privacy"] * (plan.privacy is not None)
        wrong += ["secure aggregation"] * (plan.aggregation is not None)
        if wrong:
            raise FunctionError(
                f"control_variates=True needs EF21 with plain steps, from which the control variates follow, but run '{plan.run}' has "
                f"{', '.join(wrong)}: create the run with --algorithm ef21 --gamma constant:VALUE, where VALUE is the local steps times "
                "their learning rate, without privacy and secure aggregation"
            )
        self._gamma, self._horizon = parse_schedule(plan.gamma), plan.horizon

    def keep_in(self, store: StateStore, run: str) -> None:
        """Sets the location of the last answered model."""
        self._states = RoundStates(store, run, "model")

    def hold(self, own: Floats) -> None:
        """Sets g_i, d values in the run's order; not copied."""
        self._own = own

    def correction(self, model: Model) -> Floats | None:
        """Returns g - g_i at a round's model, d values in the run's order; None before the device has answered a round.

        Raises:
            StateError: if the saved model is damaged or has other tensors.
        """
        data = self._states.load(model.round)
        if data is None or self._own is None or self._gamma is None:
            return None
        try:
            last = unpacked_arrays(data, {"round": np.array(0), "values": model.values})
        except (ValueError, KeyError, OSError) as e:
            raise self._states.unreadable(self._states.before(model.round), e) from e
        steps = sum(self._gamma.at(round, self._horizon - 1) for round in range(int(last["round"]), model.round))
        change: Floats = last["values"].astype(np.float64) - model.values
        return change / steps - self._own

    def save(self, model: Model) -> None:
        """Saves the model of an answered round.

        Raises:
            StateError: if the file cannot be written; the previous model remains.
        """
        self._states.save(model.round, packed_arrays({"round": np.array(model.round), "values": model.values}))


def parts_of(vector: Floats, model: Model, names: Sequence[str], like: Sequence[Tensor]) -> list[Tensor]:
    """Splits a vector in the run's order into tensors with the shapes, types and device of ``like``."""
    slices = model.layout.slices(names)
    return [torch.from_numpy(vector[part]).to(each).reshape(each.shape) for part, each in zip(slices, like)]
