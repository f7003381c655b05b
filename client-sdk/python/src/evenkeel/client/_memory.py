"""The maximum size of a device's model."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from ..errors import ModelTooLargeError
from ..feedback import METHODS
from ._plan import RunPlan

_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def require_room(plan: RunPlan, max_dimension: int | None) -> None:
    """Raises ModelTooLargeError if a run's model is too large for the device.

    Args:
        max_dimension: the maximum number of values; None for the number that fits into memory.
    """
    each, memory = _bytes_per_value(plan.feedback), _memory_bytes()
    most, reason = max_dimension, "max_dimension"
    if most is None:
        if memory is None:
            return
        most, reason = memory // each, f"the number that fits into {memory:,} bytes of memory, {each} bytes each"
    if plan.dimension > most:
        raise ModelTooLargeError(
            f"run '{plan.run}' has a model of {plan.dimension:,} values, but this device accepts at most {most:,} ({reason}): "
            "nothing was "
            "downloaded; take part in another run, or set max_dimension=... if the device has the memory"
        )


def _bytes_per_value(feedback: str) -> int:
    """Returns the minimum number of bytes per value: in the model and the gradient, float32 each, and in the vectors of error
    feedback."""
    kind = METHODS.get(feedback)
    if kind is None or feedback == "none":
        return 8
    return 8 + 8 * (3 if kind.keeps_model else 2 if kind.has_momentum else 1)


def _memory_bytes() -> int | None:
    """Returns the memory of this machine or container that the process may use; None if it is unknown."""
    found: list[int] = []
    with suppress(AttributeError, ValueError, OSError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in _CGROUPS:
        with suppress(OSError, ValueError), open(path) as file:
            found.append(int(file.read()))
    if sys.platform != "win32":
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        found += [] if limit == resource.RLIM_INFINITY else [limit]
    return min((size for size in found if size > 0), default=None)
