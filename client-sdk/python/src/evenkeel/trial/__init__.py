"""Trials: train one model with several methods on the same clients in one process, and count every byte.

    >>> import numpy as np
    >>> from evenkeel.trial import NumpyProblem, compare
    >>> centres = np.array([[1.0, 0.0], [0.0, 2.0]])
    >>> losses = [lambda x, c=c: (0.5 * float((x - c) @ (x - c)), x - c) for c in centres]
    >>> results = compare(NumpyProblem(losses, np.zeros(2)), ["ef21,gamma=0.2,compressor=top-k:1"], rounds=30, progress=False)
    >>> [arm["name"] for arm in results.summary["arms"]]
    ['gd', 'ef21-0.2-top-k-1']

For PyTorch models use ``evenkeel.torch.TorchProblem``. The folder that ``compare(..., out=...)`` writes has the format
of the Java trial, so ``./evenkeel pilot report`` and ``./evenkeel pilot cost`` can create pages from it.
"""

from . import split
from ._arm import PRESETS, Arm, parse_arm
from ._compare import DEFAULT_ARMS, compare
from ._contrast import Contrast
from ._figures import Target
from ._headline import Verdict
from ._metric import ClassBalance, Metric
from ._problem import NumpyProblem, Problem
from ._results import Results
from ._run import ArmRun, Point
from ._thresholds import Thresholds
from ._verdict import Comparison

__all__ = [
    "DEFAULT_ARMS",
    "PRESETS",
    "Arm",
    "ArmRun",
    "ClassBalance",
    "Comparison",
    "Contrast",
    "Metric",
    "NumpyProblem",
    "Point",
    "Problem",
    "Results",
    "Target",
    "Thresholds",
    "Verdict",
    "compare",
    "parse_arm",
    "split",
]
