"""Metrics of programs written for other systems."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np


def finite_metrics(figures: Mapping[str, Any]) -> dict[str, float]:
    """Returns the finite numbers among figures, with names that a coordinator accepts."""
    return {
        re.sub("[^a-z0-9_.-]", "_", name.lower())[:64]: float(value)
        for name, value in figures.items()
        if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and isfinite(value)
    }
