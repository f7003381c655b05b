"""Sharded modules are refused: a process has only a part of each tensor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402
from torch import nn  # noqa: E402

from evenkeel.torch import ErrorFeedbackState, TorchDevice, trainable  # noqa: E402


@pytest.fixture
def group(tmp_path: Path) -> Iterator[None]:
    """A process group with only this process."""
    dist.init_process_group("gloo", init_method=f"file://{tmp_path / 'group'}", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


def fsdp(**options: Any) -> nn.Module:
    fully = pytest.importorskip("torch.distributed.fsdp").FullyShardedDataParallel
    return fully(nn.Linear(4, 2), device_id=torch.device("cpu"), **options)


def fully_shard() -> nn.Module:
    shard = getattr(pytest.importorskip("torch.distributed.fsdp"), "fully_shard", None)
    if shard is None:
        pytest.skip("this PyTorch has no fully_shard")
    mesh = pytest.importorskip("torch.distributed.device_mesh").init_device_mesh("cpu", (1,))
    return shard(nn.Linear(4, 2), mesh=mesh)


@pytest.mark.parametrize(
    "make", [fsdp, lambda: fsdp(use_orig_params=True), fully_shard], ids=["fsdp", "fsdp-orig", "fully_shard"]
)
def test_sharded_parameters_are_refused_with_the_reason(group: None, make: Any) -> None:
    module = make()
    with pytest.raises(ValueError, match="is sharded, as FullyShardedDataParallel and fully_shard leave it"):
        TorchDevice(module, nn.functional.mse_loss, [(torch.ones(1, 4), torch.ones(1, 2))])
    with pytest.raises(ValueError, match="sharded"):
        ErrorFeedbackState(module)
    with pytest.raises(ValueError, match="sharded"):
        trainable(module)
