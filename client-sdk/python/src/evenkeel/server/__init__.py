"""A coordinator in a separate process, from the package evenkeel-server or a clone of Evenkeel."""

from ._coordinator import Coordinator

__all__ = ["Coordinator"]
