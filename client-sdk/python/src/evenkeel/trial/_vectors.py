"""Operations of a simulation on numpy arrays or on torch tensors."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from .._types import Floats
from ..vector import l2


def is_finite(values: Floats) -> bool:
    """Whether every value is finite."""
    return bool(np.isfinite(values).all() if isinstance(values, np.ndarray) else cast(Any, values).isfinite().all())


def norm(values: Floats) -> float:
    """Returns the Euclidean norm."""
    return l2(values) if isinstance(values, np.ndarray) else float(cast(Any, values).norm())


def copy(values: Floats) -> Floats:
    """Returns a copy on the same device."""
    return values.copy() if isinstance(values, np.ndarray) else cast(Any, values).clone()


def to_numpy(values: Floats) -> Floats:
    """Returns the values as a numpy array."""
    return values if isinstance(values, np.ndarray) else cast(Any, values).cpu().numpy()


def like(other: Floats, values: Floats) -> Floats:
    """Converts a numpy array to the other array's kind, on its device."""
    return values if isinstance(other, np.ndarray) else cast(Any, other).new_tensor(values)


def zeros_like(values: Floats) -> Floats:
    """Returns zeros of the same shape on the same device."""
    return np.zeros_like(values) if isinstance(values, np.ndarray) else cast(Any, values).new_zeros(values.shape)
