"""Creates a run's definition and initial model from a module or from arrays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ._fields import FIELDS
from .compress import parse as parse_compressor
from .step import parse_rule, parse_schedule
from .vector import Tensor, TensorLayout

_RESERVED = "__metadata__"


def array_name(place: int) -> str:
    """Returns a tensor's name for an array without a name, from its index in a list."""
    return f"array-{place}"


def definition(tensors: Mapping[str, npt.NDArray[Any]], plan: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the body for ``POST /api/v1/runs``, for a run whose initial model is uploaded.

    Args:
        tensors: the initial model by tensor name, in order.
        plan: the definition's other fields.

    Raises:
        ValueError: if a field or tensor is invalid; the message names it.
    """
    for key, value in plan.items():
        if key not in FIELDS:
            raise ValueError(f"'{key}' is not a field of a run's definition: expected some of {', '.join(FIELDS)}")
        kind = FIELDS[key]
        if not isinstance(value, (int, float) if kind is float else kind) or isinstance(value, bool):
            raise ValueError(f"'{key}' is {json.dumps(value)}, expected a JSON {_JSON[kind]}")
        _check(key, value)
    for key in ("name", "algorithm", "rounds"):
        if key not in plan:
            raise ValueError(f"'{key}' is missing: give --{key}, or add it to the plan")
    return {**plan, **tensor_fields(tensors)}


def tensor_fields(tensors: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    """Returns the fields of a definition that describe an uploaded initial model.

    Raises:
        ValueError: if a tensor is invalid; the message names it.
    """
    for name, values in tensors.items():
        if name == _RESERVED:
            raise ValueError(f"a tensor is named {name}, which safetensors files reserve: rename it")
        if not np.isfinite(values).all():
            raise ValueError(f"tensor '{name}' of the initial model has a value that is not finite")
    layout = TensorLayout([Tensor(name, values.shape) for name, values in tensors.items()])
    shapes = [{"name": tensor.name, "shape": list(tensor.shape)} for tensor in layout.tensors]
    return {"tensors": shapes, "initialModel": "uploaded"}


_PARSERS: dict[str, Callable[[str], object]] = {
    "compressor": parse_compressor,
    "gamma": parse_schedule,
    "eta": parse_schedule,
    "step": parse_rule,
}
"""The parsers of the definition's fields whose text has a syntax."""


def _check(key: str, value: Any) -> None:
    try:
        if key in _PARSERS:
            _PARSERS[key](value)
    except ValueError as e:
        raise ValueError(f"'{key}': {e}") from None


_JSON = {str: "string", int: "integer", float: "number", dict: "object", list: "array"}


def safetensors(tensors: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Returns a safetensors file.

    ::

        0  8  n, the length of the header, unsigned, little-endian
        8  n  header: a JSON object of name -> {dtype, shape, data_offsets: [begin, end]}, padded with spaces to a multiple of 8
              values, little-endian; offsets count from here

    Args:
        tensors: float32 or float64 arrays by name.

    Raises:
        ValueError: if an array has another type.
    """
    header: dict[str, Any] = {}
    body = []
    end = 0
    for name, values in tensors.items():
        if values.dtype not in (np.float32, np.float64):
            raise ValueError(f"tensor '{name}' is {values.dtype}, expected float32 or float64")
        body.append(values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes())
        begin, end = end, end + len(body[-1])
        dtype = f"F{8 * values.dtype.itemsize}"
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *body])


_DEVICE = '''"""A device of the run '{name}': python {name}_device.py. EVENKEEL_URL is the coordinator's address, and EVENKEEL_ENROLMENT_TOKEN
a token of 'evenkeel tokens create' for the first start. Each device needs its own folder EVENKEEL_STATE."""

import os
import sys

import torch

sys.path.insert(0, {folder!r})
from {module} import {factory}

from evenkeel.client import Client
from evenkeel.torch import TorchDevice


def batches():
    """Returns this device's own data, as batches of inputs and targets, such as a torch DataLoader."""
    raise NotImplementedError("load this device's data in batches()")


loss = torch.nn.functional.cross_entropy  # of {factory}()(inputs) and targets

# The names and shapes of the module's parameters must be those of the run's tensors.
with Client(
    os.environ.get("EVENKEEL_URL", "http://localhost:8080"),
    run="{name}",
    state_dir=os.environ.get("EVENKEEL_STATE", "{name}-state"),
    enrolment_token=os.environ.get("EVENKEEL_ENROLMENT_TOKEN"),
) as client:
    print(client.train(TorchDevice({factory}(), loss, batches(){options})))
'''


def write_device(folder: Path, name: str, source: Path, factory: str, options: Mapping[str, object]) -> Path | None:
    """Writes NAME_device.py, a device that trains a factory's PyTorch module, to a folder.

    Args:
        source: the Python file with the factory.
        options: arguments of ``TorchDevice``, with which the device takes local steps.

    Returns:
        the script's path; None if it already exists, since an edited script is not overwritten.
    """
    script = folder / f"{name}_device.py"
    if script.exists():
        return None
    parent = str(source.parent.resolve())
    given = "".join(f", {option}={value!r}" for option, value in options.items())
    steps = ", local_steps=5, optimizer=lambda p: torch.optim.SGD(p, lr=0.1)" if options else ""
    fields = {"name": name, "folder": parent, "module": source.stem, "factory": factory, "options": steps + given}
    script.write_text(_DEVICE.format(**fields), encoding="utf-8")
    return script


def write_run(folder: Path, tensors: Mapping[str, npt.NDArray[Any]], plan: Mapping[str, Any]) -> tuple[Path, Path]:
    """Writes NAME.json and NAME.safetensors to a folder, which is created if it is missing; returns both paths.

    Raises:
        ValueError: as ``definition`` and ``safetensors`` do; nothing is written then.
    """
    body = json.dumps(definition(tensors, plan), indent=2) + "\n"
    model = safetensors(tensors)
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / f"{plan['name']}.json", folder / f"{plan['name']}.safetensors"
    files[0].write_text(body, encoding="utf-8")
    files[1].write_bytes(model)
    return files
