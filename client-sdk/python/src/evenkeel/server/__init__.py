"""A coordinator in a process of its own, from the package evenkeel-server or a clone of Evenkeel."""

from ._coordinator import Coordinator

__all__ = ["Coordinator"]
