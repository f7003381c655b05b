"""Writes the figures of runs, devices and trials to MLflow and to TensorBoard's event files.

``python -m evenkeel track RUN`` follows a run; ``TrackingListener`` is for a device, ``trial_recorder`` for a trial.
"""

from ._listener import TrackingListener
from ._mlflow import MlflowTracker
from ._tensorboard import TensorBoardTracker
from ._tracker import Tracker
from ._trial import trial_recorder

__all__ = ["MlflowTracker", "TensorBoardTracker", "Tracker", "TrackingListener", "trial_recorder"]
