"""Flower's start_client, and the context of a client_fn."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..client import Client, RunOutcome, StateStore
from ._device import ConfigFunction, FlowerDevice


@dataclass(frozen=True)
class Context:
    """The argument of a ``client_fn``; the attributes are those of Flower's Context.

    Attributes:
        run_id: 0; the coordinator knows runs by name.
        node_id: 0; the coordinator numbers devices only after they have joined.
        node_config: the device's own configuration, such as ``{"partition-id": 0, "num-partitions": 4}``.
        state: an empty dict that lives as long as the process.
        run_config: the configuration of the run, such as ``{"batch-size": 32}``.
    """

    run_id: int = 0
    node_id: int = 0
    node_config: Mapping[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    run_config: Mapping[str, Any] = field(default_factory=dict)


def start_client(
    *,
    server_address: str,
    client: Any = None,
    client_fn: Callable[[Any], Any] | None = None,
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
    """Takes part in a run until it ends, with Flower's fit as the local training.

    Args:
        server_address: the coordinator's address. Without a scheme, ``https://`` is added if ``root_certificates`` is given or
            ``insecure`` is False, otherwise ``http://``.
        client: an object with NumPyClient's methods, or what its ``to_client()`` returns.
        client_fn: from a ``Context`` to such an object; called once, instead of ``client``.
        run: the run to take part in.
        state_dir: the folder of the device's state, used by this device only.
        enrolment_token: the token to enrol with; EVENKEEL_ENROLMENT_TOKEN if None. Needed for the first start only.
        root_certificates: the authorities to trust, as PEM bytes or the path of a PEM file.
        insecure: whether to connect without TLS; only for an address without a scheme.
        node_config: for the ``Context``.
        run_config: for the ``Context``.
        on_fit_config_fn: from the round, counted from 1, to further entries of the config that ``fit`` gets, as Flower's
            strategies take it.
        on_evaluate_config_fn: the same for ``evaluate``.
        settings: further arguments of ``evenkeel.Client``, such as ``weight`` and ``retry_for``.

    Raises:
        TypeError: if neither or both of ``client`` and ``client_fn`` are given, or the object has no NumPyClient's methods.
        ModelMismatchError: if the client's arrays are not the run's tensors.
        EvenkeelError: as ``Client.train`` does.
    """
    if (client is None) == (client_fn is None):
        raise TypeError("expected either client or client_fn: give one of them")
    if client_fn is not None:
        client = client_fn(Context(node_config=dict(node_config or {}), run_config=dict(run_config or {})))
    device = FlowerDevice(client, on_fit_config_fn, on_evaluate_config_fn)
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
