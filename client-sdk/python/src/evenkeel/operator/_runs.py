"""The runs of a coordinator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._definition import safetensors, tensor_fields
from .._initial import initial_model
from ..client._arguments import require_name
from ..errors import ArgumentError, EvenkeelError
from ._api import OperatorApi
from ._html import runs_table
from ._run import Run
from ._status import RunStatus


class Runs:
    """The runs of a coordinator, newest first. Notebooks show them as a table."""

    def __init__(self, api: OperatorApi) -> None:
        self._api = api

    def create(self, definition: str | Mapping[str, Any], model: Any = None, **fields: Any) -> Run:
        """Creates a run.

        ::

            runs.create("digits", module, rounds=40, devices=4)
            runs.create("points", dimension=3, algorithm="ef21-norm", gamma="constant:0.1", rounds=50)
            runs.create({"name": "points", "dimension": 3, "algorithm": "ef21-norm", "rounds": 50})

        Args:
            definition: the run's name, or the body of ``POST /api/v1/runs``.
            model: the initial model: the trainable parameters of a torch.nn.Module, numpy arrays by name or in a list, or those
                of a Flower client. The default ``algorithm`` is ef21-storm-norm for a module, and ef14 with gamma 1 for
                arrays, such as those of ``trainable(module, use_buffers=True)``.
            fields: more fields of the definition, such as ``local_steps=5``; ``devices=4`` is the number of messages that a round
                needs.

        Raises:
            ArgumentError: if the name or the model is invalid; nothing is sent.
            InvalidError: if fields are invalid; the message names all of them, and nothing is created.
        """
        body = dict(definition) if isinstance(definition, Mapping) else {"name": definition}
        if isinstance(fields.get("devices"), int):
            fields["participants"] = {**body.get("participants", {}), "min": fields.pop("devices")}
        body |= {_camel(field): value for field, value in fields.items()}
        name = run_name(body.get("name"))
        if model is None:
            self._api.post("runs", body)
            return Run(self._api, name)
        try:
            tensors, usual = initial_model(model, "model")
            body = {**({} if "algorithm" in body else usual), **body, **tensor_fields(tensors)}
            file = safetensors(tensors)
        except ValueError as e:
            raise ArgumentError(str(e)) from None
        except ImportError:
            # Without torch it cannot be a module.
            raise ArgumentError(f"model is a {type(model).__name__}, expected a torch.nn.Module or numpy arrays") from None
        self._api.post("runs", body)
        try:
            self._api.upload(f"runs/{name}/model", "application/x-safetensors", file)
        except EvenkeelError:
            # The run could not be started, and its name would remain taken.
            self._api.delete(f"runs/{name}")
            raise
        return Run(self._api, name)

    def list(self) -> Sequence[RunStatus]:
        """Returns the status of each run."""
        return [*self]

    def __iter__(self) -> Iterator[RunStatus]:
        return (RunStatus.of(fields) for fields in self._fields())

    def __getitem__(self, name: str) -> Run:
        return Run(self._api, run_name(name))

    def _fields(self) -> Iterator[Mapping[str, Any]]:
        return self._api.entries("runs", "name")

    def _repr_html_(self) -> str:
        return runs_table([*self._fields()])


def run_name(name: object) -> str:
    """Returns a run's name.

    Raises:
        ArgumentError: if it is not a valid name.
    """
    require_name("the run's name", name)
    return str(name)


def _camel(field: str) -> str:
    return re.sub("_([a-z])", lambda found: found[1].upper(), field)
