"""Checks of the client's arguments."""

from __future__ import annotations

import math
import os
import re
import ssl

from urllib3.util import parse_url

from ..vector import MAX_DIMENSION
from ._aggregation import MAX_COLLUSION, MIN_COHORT
from ._fields import NAME

_API = re.compile(r"(.*?)(/api(?:/v1)?)/*")


def require_valid(url: str, run: str | None, weight: float, **seconds: float) -> None:
    """Raises ValueError with the name of the first argument that is wrong; ``seconds`` are durations by name."""
    parts = parse_url(url)
    if parts.scheme not in ("http", "https") or not parts.host:
        raise ValueError(f"url is '{url}', expected the coordinator's address such as https://coordinator.example:8080")
    if parts.query is not None or parts.fragment is not None:
        raise ValueError(f"url is '{url}', expected an address without ? and #: leave out what follows them")
    api = _API.fullmatch(url)
    if api:
        raise ValueError(
            f"url is '{url}', expected the coordinator's address without {api[2]}, which the client adds itself: use {api[1]}"
        )
    if run is not None and not NAME.fullmatch(run):
        raise ValueError(f"run is '{run}', expected 1 to 64 of a to z, 0 to 9 and hyphen, as the run was created")
    if not 0 < weight < math.inf:
        raise ValueError(f"weight is {weight}, expected a finite number above 0")
    for argument, duration in seconds.items():
        if not 0 < duration < math.inf:
            raise ValueError(f"{argument} is {duration}, expected a number of seconds above 0")


def require_privacy_limit(limit: tuple[float, float] | None) -> None:
    """Raises ValueError if epsilon or delta is out of range."""
    if limit is None:
        return
    epsilon, delta = limit
    if not 0 < epsilon < math.inf:
        raise ValueError(f"privacy_limit has epsilon {epsilon}, expected a finite number above 0")
    if not 0 < delta < 1:
        raise ValueError(f"privacy_limit has delta {delta}, expected a number above 0 and below 1")


def require_minimum_cohort(members: int) -> None:
    """Raises ValueError if a number of devices is no cohort."""
    if members < MIN_COHORT:
        raise ValueError(f"minimum_cohort is {members}, expected at least {MIN_COHORT}")


def require_minimum_collusion(share: float) -> None:
    """Raises ValueError if a number is no share of a cohort that a run can allow for."""
    if not 0 <= share <= MAX_COLLUSION:
        raise ValueError(f"minimum_collusion is {share}, expected a share from 0 to {MAX_COLLUSION}")


def require_recovery_key(key: bytes | None) -> None:
    """Raises ValueError if a recovery key does not have 32 bytes."""
    if key is not None and len(key) != 32:
        raise ValueError(f"recovery_key has {len(key)} bytes, expected 32 random ones")


def require_max_dimension(values: int | None) -> None:
    """Raises ValueError if a number of values is no dimension of a model."""
    if values is not None and not 1 <= values <= MAX_DIMENSION:
        raise ValueError(f"max_dimension is {values}, expected 1 to {MAX_DIMENSION}")


def require_functions(**functions: object) -> None:
    """Raises ValueError with the name of the first argument that is neither None nor a function."""
    for argument, function in functions.items():
        if function is not None and not callable(function):
            raise ValueError(f"{argument} is {function!r}, expected a function")


def tls_context(ca_file: str | os.PathLike[str] | None, client_certificate: tuple[str, str] | None) -> ssl.SSLContext | None:
    """Returns a context with these files; None without any, for Python's own."""
    if ca_file is None and client_certificate is None:
        return None
    context = ssl.create_default_context(cafile=ca_file)
    if client_certificate is not None:
        context.load_cert_chain(*client_certificate)
    return context
