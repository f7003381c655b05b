"""The URI in the QR code of an enrolment token."""

import pytest

from evenkeel import Client
from evenkeel.client import MemoryStore
from evenkeel.client._enrolment_uri import parse_enrolment_uri

OF_A_RUN = "evenkeel://enrol?coordinator=https%3A%2F%2Ffleet.example%3A8443%2Fa%26b&token=evk_enrol_x&run=digits"
OF_ALL_RUNS = "evenkeel://enrol?coordinator=http%3A%2F%2Flocalhost%3A8080&token=evk_enrol_x&later=1"


def test_a_uri_contains_address_token_and_run():
    assert parse_enrolment_uri(OF_A_RUN) == (
        "https://fleet.example:8443/a&b",
        "evk_enrol_x",
        "digits",
    )
    assert parse_enrolment_uri(f" {OF_ALL_RUNS}\n") == (
        "http://localhost:8080",
        "evk_enrol_x",
        None,
    )


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://fleet.example/?token=secret",
        "evenkeel://enrol",
        "evenkeel://other?token=secret&coordinator=http%3A%2F%2Fa",
        "evenkeel://enrol?token=secret",
        "evenkeel://enrol?token=&coordinator=http%3A%2F%2Fa",
        "evenkeel://[?token=secret",
    ],
)
def test_other_texts_are_refused_without_repeating_the_token(uri):
    with pytest.raises(ValueError, match="expected one from the console") as refusal:
        Client.from_enrolment_uri(uri, run="digits", state_dir=MemoryStore())
    assert "secret" not in str(refusal.value)


def test_a_uri_creates_a_client_for_its_run():
    Client.from_enrolment_uri(OF_A_RUN, state_dir=MemoryStore(), weight=2.0).close()
    Client.from_enrolment_uri(OF_ALL_RUNS, run="digits", state_dir=MemoryStore()).close()


def test_a_client_needs_exactly_one_run():
    with pytest.raises(ValueError, match="is for run 'digits'"):
        Client.from_enrolment_uri(OF_A_RUN, run="other", state_dir=MemoryStore())
