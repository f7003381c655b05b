"""The averaging of a module's buffers, such as the running statistics of batch normalization."""

from __future__ import annotations

from collections.abc import Callable

from ..client import RunPlan
from ..errors import FunctionError
from ..feedback import METHODS
from ..step import parse_schedule


def gamma_of_mean(plan: RunPlan) -> Callable[[int], float]:
    """Returns the step size by round, for a run whose step is gamma times the mean of a round's messages.

    Devices divide the differences of their buffers by it. The run's new buffers are then a convex combination
    of its old ones and the devices'.

    Raises:
        FunctionError: if the run has another step, or its messages are bounded, masked or only signs.
    """
    wrong = []
    if METHODS[plan.feedback].retains_sum or plan.step != "plain":
        wrong.append(f"algorithm {plan.algorithm} with step {plan.step}")
    wrong += ["privacy"] * (plan.privacy is not None)
    wrong += ["secure aggregation"] * (plan.aggregation is not None)
    if plan.compressor.partition("+")[2] == "sign" or plan.compressor == "sign":
        wrong.append(f"compressor {plan.compressor}")
    if wrong:
        raise FunctionError(
            f"use_buffers=True averages buffers, for which a run's step has to be the mean of the devices' differences, but run '{plan.run}' "
            f"has {', '.join(wrong)}: create the run with --algorithm ef14 --gamma constant:1, without privacy and secure aggregation; or let "
            "the buffers stay on the device, or replace batch by group normalization"
        )
    gamma = parse_schedule(plan.gamma)
    return lambda round: gamma.at(round, plan.horizon - 1)
