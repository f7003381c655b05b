"""Measures the size of SparseLoCo's messages: compares selections and value codings on the memory of a small byte-level GPT.

    python3 benchmarks/sparse_loco.py [--rounds 24]

Needs PyTorch. Two workers take 15 steps of AdamW per round on the source of Python's standard library and send EF14's memory,
with decay 0.95 and 64 of 4,096 values. Prints for each selection the loss and the bytes of a message, and for each coding of
values the bits of an entry and the squared error relative to the values sent and to the whole memory.
"""

import argparse
import copy
import pathlib
import sys
import sysconfig

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu, scaled_dot_product_attention

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "client-sdk" / "python" / "src"))
from evenkeel import compress, feedback, wire
from evenkeel.vector import Tensor, TensorLayout

WIDTH, LAYERS, LENGTH, HEADS = 128, 4, 128, 4
WORKERS, STEPS, BATCH, CHUNK, KEPT = 2, 15, 8, 4096, 64


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.after = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        batch, length, _ = x.shape
        qkv = self.qkv(self.before(x)).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(*qkv, is_causal=True).transpose(1, 2).reshape(batch, length, WIDTH)
        x = x + self.out(seen)
        return x + self.down(gelu(self.up(self.after(x))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.bytes, self.places = nn.Embedding(256, WIDTH), nn.Parameter(torch.zeros(LENGTH, WIDTH))
        self.blocks, self.last = nn.Sequential(*(Block() for _ in range(LAYERS))), nn.LayerNorm(WIDTH)
        nn.init.normal_(self.bytes.weight, std=0.02)

    def forward(self, x):
        return self.last(self.blocks(self.bytes(x) + self.places[: x.shape[1]])) @ self.bytes.weight.T


def text():
    files = sorted(pathlib.Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    return torch.frombuffer(bytearray(b"".join(file.read_bytes() for file in files)), dtype=torch.uint8).long()


def train(data, selection, rounds):
    """Returns the mean loss of the last round, the bytes of a message, and a worker's memory before its last one."""
    torch.manual_seed(0)
    model = Gpt()
    parameters = list(model.parameters())
    x = nn.utils.parameters_to_vector(parameters).detach().double()
    layout = [parameter.numel() for parameter in parameters]
    if selection == "chunk":
        layout = [min(CHUNK, x.numel() - start) for start in range(0, x.numel(), CHUNK)]
    tensors = TensorLayout([Tensor(f"t{i}", (size,)) for i, size in enumerate(layout)])
    kind = "top-k" if selection == "whole" else "layer-top-k"
    compressor = compress.parse(f"{kind}:{KEPT / CHUNK}+log:4").bind(tensors)
    memories = [feedback.start("ef14-decay", x.numel()) for _ in range(WORKERS)]
    states, draws = [None] * WORKERS, [torch.Generator().manual_seed(7 + i) for i in range(WORKERS)]
    share, sent = len(data) // WORKERS, 0
    for round in range(rounds):
        mean, losses = torch.zeros_like(x), []
        for i, memory in enumerate(memories):
            nn.utils.vector_to_parameters(x.float(), parameters)
            optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
            if states[i]:
                optimizer.load_state_dict(states[i])
            for _ in range(STEPS):
                starts = torch.randint(share - LENGTH - 1, (BATCH,), generator=draws[i]) + i * share
                rows = torch.stack([data[start : start + LENGTH + 1] for start in starts])
                loss = cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()
                losses.append(loss.item())
            states[i] = copy.deepcopy(optimizer.state_dict())
            drift = (x - nn.utils.parameters_to_vector(parameters).detach()).numpy()
            full = 0.95 * memory.vectors[0] + drift
            staged = memory.stage(drift, compressor, eta=0.95, seed=round)
            memory.commit(staged)
            sent += len(wire.encode_frame(staged.delta))
            mean += torch.from_numpy(staged.delta.to_dense()) / WORKERS
        x -= mean
    return sum(losses) / len(losses), sent / rounds / WORKERS, full


def scaled(values, chunks, bits):
    """Rounds to a sign and 2^(bits - 1) levels per chunk, which Lloyd's iteration optimizes for the squared error."""
    rounded = np.empty_like(values)
    for chunk in np.unique(chunks):
        here = chunks == chunk
        sizes = np.abs(values[here])
        levels = np.quantile(sizes, (np.arange(2 ** (bits - 1)) + 0.5) / 2 ** (bits - 1))
        for _ in range(30):
            nearest = np.abs(sizes[:, None] - levels).argmin(1)
            levels = np.array([sizes[nearest == j].mean() if (nearest == j).any() else level for j, level in enumerate(levels)])
        rounded[here] = np.sign(values[here]) * levels[np.abs(sizes[:, None] - levels).argmin(1)]
    return rounded


def codings(memory):
    """Yields names, bits per entry and rounded values for the largest values of each chunk of the memory."""
    d = memory.size
    parts = [start + np.argsort(-np.abs(memory[start : start + CHUNK]), kind="stable")[:KEPT] for start in range(0, d, CHUNK)]
    index = np.sort(np.concatenate(parts))
    exact = memory[index]
    indices = 8 * len(wire.encode_frame(compress.CompressedVector(compress.Listed(d, index), compress.ValueCoding.FLOAT64, exact)))
    indices = indices / exact.size - 64
    for text in ("bf16", "sign", "log:4", "log:5", "log:6"):
        coding = compress.ValueCoding.parse(text)
        rounded = coding.rounded(exact)
        frame = wire.encode_frame(compress.CompressedVector(compress.Listed(d, index), coding, rounded))
        yield text, 8 * len(frame) / exact.size, exact, rounded
    for bits in (1, 2, 4):
        scales = 16 * np.unique(index // CHUNK).size / exact.size
        yield f"{bits} bits, a bf16 scale a chunk", indices + bits + scales, exact, scaled(exact, index // CHUNK, bits)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=24)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    data = text()
    for selection in ("whole", "layers", "chunk"):
        loss, size, memory = train(data, selection, rounds)
        print(f"largest of each {selection}: loss {loss:.3f}, {size:.0f} bytes a message, 1/{4 * memory.size / size:.0f} of float32", flush=True)
    for name, bits, exact, rounded in codings(memory):
        lost = ((rounded - exact) ** 2).sum()
        whole = (memory**2).sum()
        print(f"{name}: {bits:.2f} bits an entry, error {lost / (exact**2).sum():.5f}, with what is not sent {1 - ((exact**2).sum() - lost) / whole:.4f}")


if __name__ == "__main__":
    main()
