"""The methods by name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._types import Floats
from ._base import ErrorFeedback
from ._ef14 import Ef14, Ef14Decay
from ._ef21 import Ef21
from ._kept_model import Ef21Igt, Ef21Storm
from ._momentum import Ef21Momentum
from ._none import NoFeedback

METHODS: dict[str, type[ErrorFeedback]] = {
    kind.method: kind for kind in (Ef21, Ef21Momentum, Ef21Igt, Ef21Storm, Ef14, Ef14Decay, NoFeedback)
}
"""The methods by their names in plans."""


def start(method: str, dimension: int) -> ErrorFeedback:
    """Returns the state of a device that has sent nothing.

    Raises:
        ValueError: if there is no such method.
    """
    return restore(method, dimension, [np.zeros(dimension)] if _kind(method) is not NoFeedback else [])


def restore(method: str, dimension: int, vectors: Sequence[Floats]) -> ErrorFeedback:
    """Restores a state from the arrays of ``ErrorFeedback.vectors``.

    Args:
        vectors: the method's float64 arrays of shape (d,); not copied.

    Raises:
        ValueError: if the number of arrays or a shape is wrong.
    """
    kind = _kind(method)
    for vector in vectors:
        if vector.shape != (dimension,) or vector.dtype != np.float64:
            raise ValueError(f"a state vector is {vector.dtype} of shape {vector.shape}, expected float64 of ({dimension},)")
    counts = {Ef21Momentum: (1, 2), Ef21Igt: (1, 3), Ef21Storm: (1, 3), NoFeedback: (0,)}.get(kind, (1,))
    if len(vectors) not in counts:
        raise ValueError(f"{len(vectors)} state vectors for {method}: the state belongs to another method")
    return kind(*vectors)


def _kind(method: str) -> type[ErrorFeedback]:
    if method not in METHODS:
        raise ValueError(f"'{method}' is not an error feedback method: expected one of {', '.join(METHODS)}")
    return METHODS[method]
