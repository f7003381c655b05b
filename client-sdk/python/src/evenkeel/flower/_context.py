"""The context of a client_fn and of a ClientApp."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Context:
    """The argument of a ``client_fn`` without flwr; the attributes are those of Flower's Context.

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


def context_of(node_config: Mapping[str, Any] | None, run_config: Mapping[str, Any] | None) -> Any:
    """Returns flwr's own Context, whose state keeps records, if the program has imported ``flwr.app``; else a ``Context``."""
    node, run = dict(node_config or {}), dict(run_config or {})
    flower = sys.modules.get("flwr.app")
    if flower is None or not hasattr(flower, "Context"):
        return Context(node_config=node, run_config=run)
    return flower.Context(run_id=0, node_id=0, node_config=node, state=flower.RecordDict(), run_config=run)
