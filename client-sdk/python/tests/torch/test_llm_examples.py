"""The language models of examples/llm, in a short form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from .. import coordinator  # noqa: E402
from .test_examples import EXAMPLES, run  # noqa: E402

SHORT = ["--workers", 2, "--steps", 2, "--batch", 2, "--megabytes", 1]


@pytest.fixture
def train(server: Any) -> Any:
    def start(script: str, folder: Path, name: str, *more: object) -> str:
        arguments = [EXAMPLES / "llm" / script, folder, "--url", server.url, "--run", name, *SHORT, *more]
        return run(*arguments, EVENKEEL_OPERATOR_TOKEN=coordinator.TOKEN)

    return start


def digest(printed: str) -> str:
    return re.search(r"held-out loss \d\.\d+, SHA-256 ([0-9a-f]{64})", printed)[1]


def test_a_model_is_pretrained_and_an_adapter_is_trained_on_it(train: Any, tmp_path: Path) -> None:
    printed = train("pretrain.py", tmp_path / "gpt", "llm-gpt", "--rounds", 3)
    assert re.search(r"run llm-gpt: 3\d\d,\d{3} values, 3 rounds of 2 steps on 2 workers", printed)
    assert re.search(r"round 3/3: loss 5\.\d+, held-out 5\.\d+ before it, 0\.00 M tokens, 0\.0\d\d MB up", printed)
    # The same command again has nothing to do, and the same result.
    assert digest(train("pretrain.py", tmp_path / "gpt", "llm-gpt", "--rounds", 3)) == digest(printed)
    base = ["--model", tmp_path / "gpt" / "model.safetensors"]
    printed = train("finetune.py", tmp_path / "adapter", "llm-adapter", "--rounds", 2, *base)
    assert re.search(r"run llm-adapter: \d\d,\d{3} values", printed)
    digest(printed)


def test_other_settings_are_refused(train: Any, tmp_path: Path) -> None:
    train("pretrain.py", tmp_path, "llm-once", "--rounds", 1)
    with pytest.raises(AssertionError, match="lr was 0.002 and is 0.1: take another folder"):
        train("pretrain.py", tmp_path, "llm-once", "--rounds", 1, "--lr", 0.1)


@pytest.mark.full
def test_kills_of_the_coordinator_and_of_workers_change_no_bit(tmp_path: Path) -> None:
    if coordinator.command() is None:
        pytest.skip("no coordinator is built")
    command = " ".join(coordinator.command() or [])
    found = set()
    for kills in (0, 6):
        arguments = [EXAMPLES / "llm" / "pretrain.py", tmp_path / str(kills), *SHORT, "--rounds", 12, "--kills", kills]
        printed = run(*arguments, EVENKEEL_COORDINATOR=command)
        assert len(re.findall("killed (?:the coordinator|worker)", printed)) == kills
        found.add(digest(printed))
    assert len(found) == 1


@pytest.mark.parametrize("method", ["diloco:0.7", "sparseloco:0.8", "ef21:1", "ef21-norm:3"])
def test_methods_are_compared(tmp_path: Path, method: str) -> None:
    arguments = [EXAMPLES / "llm" / "compare.py", "--out", tmp_path, "--method", method, *SHORT, "--rounds", 2]
    found = re.search(rf"{method}  loss (\d\.\d+)  (\d\.\d+) MB up", run(*arguments))
    assert float(found[1]) < 6
    # Two rounds of two messages.
    d = 364_128
    assert float(found[2]) * 1e6 == pytest.approx(16 * d if method.startswith("diloco") else 4 * d * 0.01 * 1.4, rel=0.15)
