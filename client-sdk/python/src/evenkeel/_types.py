"""Array types that the modules share."""

from typing import Any, TypeAlias, Union

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
"""float64 values."""

Singles: TypeAlias = npt.NDArray[np.float32]
"""float32 values."""

Indices: TypeAlias = npt.NDArray[np.int64]
"""Coordinates, blocks or gaps."""

Vector: TypeAlias = npt.NDArray[Any]
"""A float32 or float64 vector."""

Bytes: TypeAlias = Union[bytes, bytearray, memoryview]
