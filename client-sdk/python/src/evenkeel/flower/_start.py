"""Flower's start_client."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Callable, Mapping
from typing import Any

from ..client import Client, RunOutcome, StateStore
from ._app import ClientAppDevice
from ._context import context_of
from ._device import ConfigFunction, FlowerDevice


def start_client(
    *,
    server_address: str,
    client: Any = None,
    client_fn: Callable[[Any], Any] | None = None,
    client_app: Any = None,
    run: str,
    state_dir: str | os.PathLike[str] | StateStore,
    enrolment_token: str | None = None,
    root_certificates: bytes | str | None = None,
    insecure: bool | None = None,
    node_config: Mapping[str, Any] | None = None,
    run_config: Mapping[str, Any] | None = None,
    on_fit_config_fn: ConfigFunction | None = None,
    on_evaluate_config_fn: ConfigFunction | None = None,
    **settings: Any,
) -> RunOutcome:
    """Takes part in a run until it ends, with the client's ``fit`` as local training.

    Args:
        server_address: the coordinator's address. Without a scheme, ``https://`` is added if ``root_certificates`` is given or
            ``insecure`` is False, otherwise ``http://``.
        client: an object with NumPyClient's methods, the result of its ``to_client()``, or a ``flwr.client.Client``.
        client_fn: maps a ``Context`` to such an object; called once, instead of ``client``.
        client_app: a ``flwr.clientapp.ClientApp``, instead of ``client``.
        run: the run to take part in.
        state_dir: the folder of the device's state, used by this device only.
        enrolment_token: the token to enrol with; EVENKEEL_ENROLMENT_TOKEN if None. Needed for the first start only.
        root_certificates: the authorities to trust, as PEM bytes or the path of a PEM file.
        insecure: whether to connect without TLS; only for an address without a scheme.
        node_config: for the ``Context``, such as ``{"partition-id": 0, "num-partitions": 4}``.
        run_config: for the ``Context``, such as ``{"batch-size": 32}``.
        on_fit_config_fn: maps the round, counted from 1, to further entries of the config for ``fit`` or ``train``, as in
            Flower's strategies.
        on_evaluate_config_fn: the same for ``evaluate``.
        settings: further arguments of ``evenkeel.Client``, such as ``weight`` and ``retry_for``.

    Raises:
        TypeError: unless exactly one of ``client``, ``client_fn`` and ``client_app`` is given, or if it cannot train.
        ModelMismatchError: if the client's arrays are not the run's tensors.
        EvenkeelError: like ``Client.train``.
    """
    if sum(given is not None for given in (client, client_fn, client_app)) != 1:
        raise TypeError("expected one of client, client_fn and client_app")
    context = context_of(node_config, run_config)
    if client_fn is not None:
        client = client_fn(context)
    device = _device(client, client_app, context, on_fit_config_fn, on_evaluate_config_fn)
    secure = root_certificates is not None or insecure is False
    url = server_address if "://" in server_address else f"{'https' if secure else 'http'}://{server_address}"
    token = enrolment_token or os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    settings.setdefault("evaluate", device.evaluate if device.evaluates else None)
    if isinstance(root_certificates, bytes):
        settings["tls"] = ssl.create_default_context(cadata=root_certificates.decode("ascii"))
    elif root_certificates is not None:
        settings["ca_file"] = root_certificates
    with Client(url, run=run, state_dir=state_dir, enrolment_token=token, **settings) as member:
        return member.train(device)


def _device(client: Any, app: Any, context: Any, *configs: ConfigFunction | None) -> FlowerDevice | ClientAppDevice:
    if app is None and _takes_messages(client):
        from flwr.clientapp import ClientApp

        app = ClientApp(client_fn=lambda context: client)
    return FlowerDevice(client, *configs) if app is None else ClientAppDevice(app, context, *configs)


def _takes_messages(client: Any) -> bool:
    """Whether a client is a flwr client whose methods take messages such as FitIns, and does not wrap a NumPyClient."""
    flower = sys.modules.get("flwr.client")
    return flower is not None and isinstance(client, flower.Client) and not hasattr(client, "numpy_client")
