"""Runs a Flower client on an Evenkeel coordinator: change the import, and name the run.

    from evenkeel.flower import start_client

    start_client(server_address="https://coordinator.example", client=FlowerClient(), run="digits", state_dir="state")

The client has the methods of Flower's NumPyClient: ``get_parameters``, ``fit`` and ``evaluate``. flwr is not needed.
``python -m evenkeel run client.py:FACTORY`` makes a run's definition from its arrays.
"""

from ._device import FlowerDevice, arrays_of
from ._start import Context, start_client

__all__ = ["Context", "FlowerDevice", "arrays_of", "start_client"]
