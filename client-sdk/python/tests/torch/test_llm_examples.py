"""The language models of examples/llm, in a short form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

from .. import coordinator
from .test_examples import EXAMPLES, run

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
    assert re.search(r"round 3/3: loss 5\.\d+, held-out 5\.\d+ before it, 1,536 tokens, 0\.0\d\d MB up", printed)
    # Running the same command again does nothing, and gives the same result.
    assert digest(train("pretrain.py", tmp_path / "gpt", "llm-gpt", "--rounds", 3)) == digest(printed)
    base = ["--model", tmp_path / "gpt" / "model.safetensors"]
    printed = train("finetune.py", tmp_path / "adapter", "llm-adapter", "--rounds", 2, *base)
    assert re.search(r"run llm-adapter: \d\d,\d{3} values", printed)
    digest(printed)
    # Other settings are refused.
    with pytest.raises(AssertionError, match="lr was 0.002 and is 0.1: use another folder"):
        train("pretrain.py", tmp_path / "gpt", "llm-gpt", "--rounds", 3, "--lr", 0.1)


def test_a_worker_reads_its_token_from_the_environment() -> None:
    printed = run(EXAMPLES / "llm" / "pretrain.py", "--help")
    assert "EVENKEEL_ENROLMENT_TOKEN" in printed
    assert "--token" not in printed


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


@pytest.mark.parametrize(
    "method",
    [
        "diloco:0.7",
        "scatter-mean:1",
        pytest.param("ef21-norm:3", marks=pytest.mark.full),
        pytest.param("sparseloco:0.8", marks=pytest.mark.full),
        pytest.param("ef21:1", marks=pytest.mark.full),
    ],
)
def test_methods_are_compared(tmp_path: Path, method: str) -> None:
    arguments = [EXAMPLES / "llm" / "compare.py", "--out", tmp_path, "--method", method, *SHORT, "--rounds", 2]
    found = re.search(rf"{method}  loss (\d\.\d+)  (\d\.\d+) MB up", run(*arguments))
    assert float(found[1]) < 6
    # Two rounds of two messages of 366,432 values.
    dense = 16 * 366_432
    assert (
        dense / 1e6 == pytest.approx(float(found[2]), rel=0.001)
        if method == "diloco:0.7"
        else dense / 1e6 > 150 * float(found[2])
    )


def test_a_gguf_file_is_read_and_gets_adapters(tmp_path: Path, monkeypatch: Any) -> None:
    gguf = pytest.importorskip("gguf", reason="the package gguf is not installed")
    monkeypatch.syspath_prepend(str(EXAMPLES / "llm"))
    import gpt
    import smollm

    file = str(tmp_path / "small.gguf")
    writer = gguf.GGUFWriter(file, "llama")
    for name, value in {"vocab_size": 259, "embedding_length": 32, "feed_forward_length": 64, "head_count": 4,
                        "head_count_kv": 2, "block_count": 2, "layer_norm_rms_eps": 1e-5, "rope_freq_base": 10000.0}.items():  # fmt: skip
        getattr(writer, f"add_{name}")(value)
    writer.add_token_list([*smollm._letters(), "th", "the", "\u0120the"])
    writer.add_token_merges(["t h", "th e", "\u0120 the"])
    generator = np.random.default_rng(1)
    shapes = {"token_embd": (259, 32), "output_norm": (32,)}
    layer = {"attn_q": (32, 32), "attn_k": (16, 32), "attn_v": (16, 32), "attn_output": (32, 32)}
    layer |= {"ffn_gate": (64, 32), "ffn_up": (64, 32), "ffn_down": (32, 64), "attn_norm": (32,), "ffn_norm": (32,)}
    shapes |= {f"blk.{i}.{name}": shape for i in range(2) for name, shape in layer.items()}
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", generator.normal(0, 0.1, shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    tokens = smollm.tokens(file, "the the 7\u00e4")
    assert tokens.tolist() == [257, 258, *[smollm._letters().index(letter) for letter in ("\u0120", "7", "\u00c3", "\u00a4")]]
    module = gpt.with_adapters(smollm.Llama(file, 16), 2)
    assert gpt.count(module) == 2 * 2 * (2 * (32 + 32) + 2 * (32 + 16) + 3 * (32 + 64))
    assert float(gpt.loss(module(tokens[None, :-1].long()), tokens[None, 1:].long())) == pytest.approx(5.5, abs=1)
