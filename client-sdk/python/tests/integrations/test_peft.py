"""Adapters of peft."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft", reason="peft is not installed: .ci/integrations installs it")

from evenkeel.torch import base_sha256, trainable  # noqa: E402


def adapted() -> Any:
    torch.manual_seed(3)
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))
    return peft.get_peft_model(module, peft.LoraConfig(r=2, target_modules=["0", "2"]))


def test_only_adapters_are_trained() -> None:
    module = adapted()
    names = list(trainable(module))
    assert len(names) == 4
    assert all("lora" in name for name in names)


def test_the_digest_of_the_base_does_not_depend_on_the_adapters() -> None:
    module = adapted()
    before = base_sha256(module)
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.requires_grad:
                parameter.add_(1)
    assert base_sha256(module) == before == base_sha256(adapted())
