"""Fixtures for several test modules."""

import ssl
import subprocess

import pytest

from . import coordinator
from .answering_server import Server


def pytest_collection_modifyitems(items):
    """Moves tests that mostly wait to the front, so that other processes of pytest-xdist have work meanwhile."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A real coordinator, one for all tests."""
    if coordinator.command() is None:
        pytest.skip(
            "no coordinator is built: run ./evenkeel --version, or set EVENKEEL_COORDINATOR to the command that starts one"
        )
    started = coordinator.Coordinator(tmp_path_factory.mktemp("coordinator"))
    yield started
    started.kill()


@pytest.fixture
def serving():
    """Starts an ``answering_server.Server`` and closes it after the test."""
    servers = []

    def start(*answers, **options):
        servers.append(Server(*answers, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """A folder with cert.pem, a self-signed certificate for localhost, and its key.pem."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def server_context(certificates):
    """The TLS context of a server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    return context


@pytest.fixture
def client_checking_context(server_context, certificates):
    """The TLS context of a server that admits only clients with that certificate."""
    server_context.verify_mode = ssl.CERT_REQUIRED
    server_context.load_verify_locations(certificates / "cert.pem")
    return server_context
