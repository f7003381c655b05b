"""A byte-level GPT, low-rank adapters for it, and text that most machines have."""

from __future__ import annotations

import gzip
import sysconfig
from collections.abc import Iterator
from math import cos, pi, prod
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = {
    "nano": (64, 48, 2, 4),
    "tiny": (64, 96, 3, 4),
    "small": (128, 128, 4, 4),
    "10m": (256, 384, 6, 6),
    "30m": (256, 512, 9, 8),
}
"""Context, width, layers and heads. nano has 0.07 million parameters, tiny 0.4, small 0.8, 10m 10.8 and 30m 28.6."""


class Block(nn.Module):
    """Attention and a feed-forward layer, each applied to the output of a LayerNorm."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(width)
        self.attention = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.before_wide = nn.LayerNorm(width)
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        parts = self.attention(self.before_attention(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_causal=True)
        x = x + self.attended(seen.transpose(1, 2).reshape(batch, length, width))
        return x + self.narrow(F.gelu(self.wide(self.before_wide(x))))


class GPT(nn.Module):
    """Predicts the next byte. The same seed gives the same parameters."""

    def __init__(self, size: str = "tiny", seed: int = 1) -> None:
        super().__init__()
        self.context, width, layers, heads = SIZES[size]
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            self.tokens = nn.Embedding(256, width)
            self.positions = nn.Embedding(self.context, width)
            self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
            self.last = nn.LayerNorm(width)
            for name, parameter in self.named_parameters():
                if parameter.dim() == 2:
                    nn.init.normal_(parameter, std=0.02 / (2 * layers) ** 0.5 if "attended" in name or "narrow" in name else 0.02)

    def forward(self, bytes_: Tensor) -> Tensor:
        x = self.tokens(bytes_) + self.positions.weight[: bytes_.shape[1]]
        return self.last(self.blocks(x)) @ self.tokens.weight.T


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Returns the mean cross-entropy of a batch, in nats a byte."""
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))


class LowRank(nn.Module):
    """A frozen linear layer plus B A x, scaled by 2 (LoRA, arXiv 2106.09685). B starts at zero."""

    def __init__(self, base: nn.Linear, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        self.base = base
        self.a = nn.Parameter(torch.randn(rank, base.in_features, generator=generator) / base.in_features**0.5)
        self.b = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + 2 * ((x @ self.a.T) @ self.b.T)


def with_adapters(module: nn.Module, rank: int = 8, seed: int = 1) -> nn.Module:
    """Freezes a model, and adds an adapter to each linear layer of its blocks."""
    module.requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for block in module.blocks:
        for name, layer in list(block.named_children()):
            if isinstance(layer, nn.Linear):
                setattr(block, name, LowRank(layer, rank, generator))
    return module


class Text:
    """Windows of a text as batches; a round always has the same batches.

    Args:
        data: bytes or tokens, shape (n,).
        context: the length of a window.
        batch: the number of windows per batch.
        batches: the number of batches per round.
        seed: the worker's seed.
    """

    def __init__(self, data: Tensor, context: int, batch: int, batches: int, seed: int) -> None:
        self.data, self.context, self.batch, self.batches, self.seed = data, context, batch, batches, seed

    def __call__(self, round: int) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(1_000_003 * self.seed + round)
        for _ in range(self.batches):
            starts = torch.randint(len(self.data) - self.context - 1, (self.batch,), generator=generator)
            windows = torch.stack([self.data[start : start + self.context + 1] for start in starts.tolist()]).long()
            yield windows[:, :-1], windows[:, 1:]


def held_out_loss(module: nn.Module, data: Tensor, context: int, windows: int = 64) -> float:
    """Returns the mean loss over windows spread evenly over a held-out text."""
    starts = torch.linspace(0, len(data) - context - 2, windows).long().tolist()
    rows = torch.stack([data[start : start + context + 1] for start in starts]).long()
    module.eval()
    with torch.no_grad():
        found = [float(loss(module(part[:, :-1]), part[:, 1:])) for part in rows.split(16)]
    return sum(found) / len(found)


def learning_rate(rounds: int, warmup: int = 2) -> object:
    """Returns the factor of the learning rate by round: linear warm-up, then a cosine to a tenth."""

    def factor(round: int) -> float:
        if round < warmup:
            return (round + 1) / (warmup + 1)
        return 0.55 + 0.45 * cos(pi * (round - warmup) / max(1, rounds - warmup))

    return factor


def read_text(folder: str | None, limit: int) -> bytes:
    """Reads up to ``limit`` bytes of text: a folder's *.txt, *.md and *.gz files, or by default man pages, Debian's package
    documents and Python's own sources, if they exist. The same files give the same text."""
    if folder:
        files = _files(Path(folder), ("", ".txt", ".md", ".gz"))
    else:
        files = [*_files(Path("/usr/share/man/man1"), (".gz",)), *_files(Path("/usr/share/doc"), (".txt", ".gz"))]
        files += _files(Path(sysconfig.get_paths()["stdlib"]), (".py",), deep=False)
    found = bytearray()
    for file in files:
        if len(found) >= limit:
            break
        try:
            data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        except (OSError, EOFError):
            continue
        # Skips binary files.
        if b"\0" not in data:
            found += data[: limit // 50]
    if len(found) < 100_000:
        raise SystemExit(f"there are only {len(found)} bytes of text: give --text a folder with more")
    return bytes(found[:limit])


def _files(folder: Path, endings: tuple[str, ...], deep: bool = True) -> list[Path]:
    found = folder.rglob("*") if deep else folder.glob("*")
    return sorted(path for path in found if path.suffix in endings and path.is_file())


def shares(text: bytes, workers: int) -> tuple[list[Tensor], Tensor]:
    """Splits a text, given as bytes, like ``split``."""
    return split(torch.frombuffer(bytearray(text), dtype=torch.uint8), workers)


def split(data: Tensor, workers: int) -> tuple[list[Tensor], Tensor]:
    """Splits a text into consecutive parts, one for each worker, and the last 5% for the evaluation."""
    training = len(data) * 19 // 20
    return [part.clone() for part in data[:training].chunk(workers)], data[training:]


def count(module: nn.Module) -> int:
    """Returns the number of trained values."""
    return sum(prod(parameter.shape) for parameter in module.parameters() if parameter.requires_grad)
