"""The two functions of libm that results depend on."""

from __future__ import annotations

import math

hypot = math.hypot
power = math.pow
