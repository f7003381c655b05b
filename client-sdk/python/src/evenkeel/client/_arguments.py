"""Checks of the client's arguments. Each raises ArgumentError, which names the argument, its value and what was expected."""

from __future__ import annotations

import math
import os
import re
import ssl
from collections.abc import Mapping
from numbers import Integral, Real
from typing import TypeGuard

from urllib3.exceptions import LocationValueError
from urllib3.util import parse_url

from ..errors import ArgumentError
from ..vector import MAX_DIMENSION
from ._aggregation import MAX_COLLUSION, MIN_COHORT
from ._fields import NAME

_API = re.compile(r"(.*?)(/api(?:/v1)?)/*")
_NAMES = "1 to 64 of a to z, 0 to 9 and hyphen"


def require_valid(url: object, run: object, weight: object, **seconds: object) -> None:
    """Checks the common arguments of all clients; ``seconds`` are durations by name."""
    _require_url(url)
    if run is not None:
        require_name("run", run, f"{_NAMES}, as the run was created")
    require_number("weight", weight, above=0.0)
    for argument, duration in seconds.items():
        require_number(argument, duration, above=0.0, unit=" of seconds")


def _require_url(url: object) -> None:
    if not isinstance(url, str):
        raise _wrong("url", url, "the coordinator's address as a string, such as https://coordinator.example:8080")
    try:
        parts = parse_url(url)
    except LocationValueError:
        raise _wrong("url", url, "the coordinator's address such as https://coordinator.example:8080") from None
    if parts.scheme not in ("http", "https") or not parts.host:
        raise _wrong("url", url, "the coordinator's address such as https://coordinator.example:8080")
    if parts.query is not None or parts.fragment is not None:
        raise _wrong("url", url, "an address without ? and #: leave out everything after them")
    api = _API.fullmatch(url)
    if api:
        raise _wrong("url", url, f"the coordinator's address without {api[2]}, which the client adds itself: use {api[1]}")


def require_name(argument: str, value: object, expected: str = _NAMES) -> None:
    """Checks the name of a run, a model or an evaluation."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise _wrong(argument, value, expected)


def require_number(argument: str, value: object, above: float, unit: str = "") -> None:
    """Checks a finite number with an exclusive lower bound."""
    if not _is_number(value) or not above < value < math.inf:
        raise _wrong(argument, value, f"a {'' if unit else 'finite '}number{unit} above {above:g}")


def require_round(round: object) -> None:
    """Checks the number of a round."""
    if not _is_integer(round) or not 0 <= round <= MAX_DIMENSION:
        raise _wrong("round", round, f"an integer from 0 to {MAX_DIMENSION}")


def require_flags(**flags: object) -> None:
    """Checks arguments that are True or False."""
    for argument, value in flags.items():
        require_kind(argument, value, bool, "True or False")


def require_kind(argument: str, value: object, kind: type | tuple[type, ...], expected: str) -> None:
    """Checks that a value is of a type."""
    if not isinstance(value, kind):
        raise _wrong(argument, value, expected)


def require_texts(**texts: object) -> None:
    """Checks arguments that are None or a text. The message does not contain the value, which may be secret."""
    for argument, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise ArgumentError(f"{argument} is of type {type(value).__name__}, expected a string")


def require_credentials(credentials: object) -> None:
    """Checks a client id and secret. The message does not contain the values."""
    if credentials is None:
        return
    if not isinstance(credentials, (tuple, list)) or [type(part) for part in credentials] != [str, str]:
        raise ArgumentError(
            f"credentials is of type {type(credentials).__name__}, expected two texts, client id and secret of an earlier enrolment"
        )


def require_attributes(attributes: object) -> None:
    """Checks attributes, unless a function returns them."""
    if attributes is None or callable(attributes):
        return
    if not is_attributes(attributes):
        raise _wrong("attributes", attributes, 'strings by name such as {"region": "eu"}, or a function that returns them')


def is_attributes(value: object) -> bool:
    """Returns whether a value is a mapping from texts to texts."""
    return isinstance(value, Mapping) and all(isinstance(text, str) for pair in value.items() for text in pair)


def require_privacy_limit(limit: object) -> None:
    """Checks epsilon and delta."""
    if limit is None:
        return
    if not isinstance(limit, (tuple, list)) or len(limit) != 2:
        raise _wrong("privacy_limit", limit, "a pair of epsilon and delta such as (4.0, 1e-5)")
    epsilon, delta = limit
    if not _is_number(epsilon) or not 0 < epsilon < math.inf:
        raise ArgumentError(f"privacy_limit has epsilon {epsilon!r}, expected a finite number above 0")
    if not _is_number(delta) or not 0 < delta < 1:
        raise ArgumentError(f"privacy_limit has delta {delta!r}, expected a number above 0 and below 1")


def require_secure(identity: object, minimum_cohort: object, minimum_collusion: object, recovery_key: object) -> None:
    """Checks the arguments of secure aggregation."""
    if identity is not None and not hasattr(identity, "owner"):
        raise _wrong("identity", identity, "a DeviceIdentity, such as DeviceIdentity.load(file)")
    if not _is_integer(minimum_cohort) or minimum_cohort < MIN_COHORT:
        raise _wrong("minimum_cohort", minimum_cohort, f"an integer of at least {MIN_COHORT}")
    if not _is_number(minimum_collusion) or not 0 <= minimum_collusion <= MAX_COLLUSION:
        raise _wrong("minimum_collusion", minimum_collusion, f"a share from 0 to {MAX_COLLUSION}")
    if recovery_key is None:
        return
    if not isinstance(recovery_key, (bytes, bytearray, memoryview)):
        raise ArgumentError(f"recovery_key is of type {type(recovery_key).__name__}, expected 32 random bytes")
    if len(recovery_key) != 32:
        raise ArgumentError(f"recovery_key has {len(recovery_key)} bytes, expected 32 random ones")


def require_max_dimension(values: object) -> None:
    """Checks the largest dimension of a model."""
    if values is not None and not (_is_integer(values) and 1 <= values <= MAX_DIMENSION):
        raise _wrong("max_dimension", values, f"an integer from 1 to {MAX_DIMENSION}")


def require_functions(**functions: object) -> None:
    """Checks arguments that are None or a function."""
    for argument, function in functions.items():
        if function is not None and not callable(function):
            raise _wrong(argument, function, "a function")


def tls_context(tls: object, ca_file: object, client_certificate: object) -> ssl.SSLContext | None:
    """Returns the given context, or one with the given files; None for Python's default."""
    if tls is not None:
        require_kind("tls", tls, ssl.SSLContext, "an ssl.SSLContext")
        assert isinstance(tls, ssl.SSLContext)
        return tls
    if ca_file is None and client_certificate is None:
        return None
    context = ssl.create_default_context()
    if ca_file is not None:
        require_kind("ca_file", ca_file, (str, os.PathLike), "the path of a PEM file of authorities")
        try:
            context = ssl.create_default_context(cafile=str(ca_file))
        except OSError as e:
            raise ArgumentError(f"ca_file is '{ca_file}', which cannot be read: {e}: expected a PEM file of authorities") from e
    if client_certificate is not None:
        expected = "the paths of two PEM files, of the certificate and of its key"
        if not isinstance(client_certificate, (tuple, list)) or len(client_certificate) != 2:
            raise _wrong("client_certificate", client_certificate, expected)
        try:
            context.load_cert_chain(*client_certificate)
        except (OSError, TypeError) as e:
            raise ArgumentError(
                f"client_certificate is {client_certificate}, which cannot be read: {e}: expected {expected}"
            ) from e
    return context


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _wrong(argument: str, value: object, expected: str) -> ArgumentError:
    return ArgumentError(f"{argument} is {value!r}, expected {expected}")
