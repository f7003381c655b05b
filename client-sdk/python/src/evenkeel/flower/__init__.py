"""Runs a Flower client on an Evenkeel coordinator: change the import, and name the run.

    from evenkeel.flower import start_client

    start_client(server_address="https://coordinator.example", client=FlowerClient(), run="digits", state_dir="state")

The client has the methods of Flower's NumPyClient: ``get_parameters``, ``fit`` and ``evaluate``. flwr is not needed. With flwr installed
a ClientApp, ``client_app=app``, and a Client whose methods take FitIns work too, and ``python -m evenkeel flower FOLDER`` runs an app's folder.
``python -m evenkeel run client.py:FACTORY`` creates a run's definition from its arrays.
"""

from ._app import ClientAppDevice
from ._context import Context
from ._device import FlowerDevice, arrays_of
from ._start import start_client

__all__ = ["ClientAppDevice", "Context", "FlowerDevice", "arrays_of", "start_client"]
