"""Certificates of both sides."""

import pytest

from evenkeel import Client, errors
from evenkeel.client import MemoryStore

from .answering_server import refuses, says


def test_both_sides_check_certificates(serving, certificates, client_checking_context):
    server = serving(refuses(404, "member-not-found"), context=client_checking_context)
    pair = (str(certificates / "cert.pem"), str(certificates / "key.pem"))
    with Client(
        server.url,
        run="r",
        state_dir=MemoryStore(),
        credentials=("me", "secret"),
        ca_file=certificates / "cert.pem",
        client_certificate=pair,
    ) as client:
        client.leave()
    assert server.requests[0][2]["Authorization"] == "Bearer secret"


def test_an_untrusted_coordinator_is_not_retried(serving, server_context):
    server = serving(says(204), context=server_context)
    with Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret"), retry_for=1e9) as client:
        with pytest.raises(errors.UntrustedError, match="check the TLS certificates"):
            client.leave()
    assert server.requests == []
