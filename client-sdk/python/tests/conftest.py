"""Fixtures of several test modules."""

import pytest

from . import coordinator


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A real coordinator, one for all tests."""
    if coordinator.command() is None:
        pytest.skip("no coordinator is built: ./evenkeel --version, or set EVENKEEL_COORDINATOR to the command that starts one")
    started = coordinator.Coordinator(tmp_path_factory.mktemp("coordinator"))
    yield started
    started.kill()
