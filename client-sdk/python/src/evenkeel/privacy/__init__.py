"""Differential privacy: the noise that is added to messages, and their cost in epsilon."""

from ._accountant import PrivacyCost, epsilon, releases
from ._cohort import CohortNoise
from ._gaussian import DiscreteGaussian, NoiseSource
from ._mechanism import Clip, GaussianMechanism, NoiseGrid, Smoothed

__all__ = [
    "Clip",
    "CohortNoise",
    "DiscreteGaussian",
    "GaussianMechanism",
    "NoiseGrid",
    "NoiseSource",
    "PrivacyCost",
    "Smoothed",
    "epsilon",
    "releases",
]
