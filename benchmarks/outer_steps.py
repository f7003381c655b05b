"""Tunes DiLoCo and SparseLoCo with the same budget: many settings, seeds and workers train side by side in batched products.

    python3 benchmarks/outer_steps.py --text FOLDER                 # the grid on one seed
    python3 benchmarks/outer_steps.py --text FOLDER --report --seeds 21,22,23 --setting diloco:0.4:0.004 --setting scatter-mean:0.6:0.008

Trains a GPT of client-sdk/python/examples/llm by AdamW and local steps, with messages of ``layer-top-k:0.02+log:4`` and a decay of
0.9. ``diloco`` sends everything and steps by Nesterov's momentum; ``sparseloco`` divides each coordinate by all workers and
``scatter-mean`` by those that sent it. Both warm up over half of the rounds, unless their name ends in ``-constant``. Each line shows a setting,
the held-out loss of each seed in nats per byte, their mean, and the mean number of senders of a coordinate that was sent.
"""

import argparse
import pathlib
import sys

PYTHON = pathlib.Path(__file__).parent.parent / "client-sdk" / "python"
sys.path[:0] = [str(PYTHON / "src"), str(PYTHON / "examples" / "llm")]

import gpt
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from evenkeel import compress, feedback
from evenkeel.step import ModelState, StepInput, Warmup, parse_rule
from evenkeel.torch import ParameterLayout
from evenkeel.vector import TensorLayout, derive_seed

BETAS, EPSILON, DECAY, MEMORY = (0.9, 0.95), 1e-8, 0.1, 0.9
AT_ONCE = 32
GRID = [
    *(f"diloco:{gamma}:{rate}" for rate in (0.002, 0.004, 0.008) for gamma in (0.2, 0.4, 0.7)),
    *("diloco:0.2:0.016", "diloco:0.4:0.016", "diloco:0.7:0.016", "diloco:0.3:0.004", "diloco:0.5:0.004", "diloco:0.5:0.006"),
    *(f"sparseloco:{gamma}:{rate}" for rate in (0.002, 0.004, 0.008) for gamma in (3, 6, 10)),
    *("sparseloco:1:0.008", "sparseloco:2:0.008", "sparseloco-constant:1.5:0.008"),
    *("sparseloco:1:0.016", "sparseloco:2:0.016", "sparseloco:3:0.016"),
    *(f"scatter-mean:{gamma}:{rate}" for rate in (0.002, 0.004, 0.008) for gamma in (0.8, 1.5, 3)),
    *("scatter-mean:0.4:0.008", "scatter-mean:0.6:0.008", "scatter-mean-constant:0.8:0.008"),
    *("scatter-mean:0.4:0.016", "scatter-mean:0.8:0.016", "scatter-mean:1.2:0.016"),
]


def losses(x: Tensor, layout: TensorLayout, heads: int, inputs: Tensor, targets: Tensor) -> Tensor:
    """Returns the loss of each of m models: x has shape (m, d), inputs and targets (m, batch, context)."""
    models, batch, length = inputs.shape
    parts = {tensor.name: x[:, layout.slice(i)].reshape(models, *tensor.shape) for i, tensor in enumerate(layout.tensors)}

    def linear(h: Tensor, name: str) -> Tensor:
        return torch.baddbmm(parts[name + ".bias"].unsqueeze(1), h, parts[name + ".weight"].transpose(1, 2))

    def normalized(h: Tensor, name: str) -> Tensor:
        return F.layer_norm(h, h.shape[-1:]) * parts[name + ".weight"].unsqueeze(1) + parts[name + ".bias"].unsqueeze(1)

    tokens = parts["tokens.weight"]
    width = tokens.shape[-1]
    h = torch.gather(tokens, 1, inputs.reshape(models, batch * length, 1).expand(-1, -1, width))
    h = h + parts["positions.weight"][:, :length].repeat(1, batch, 1)
    for block in sorted({name[: len("blocks.0.")] for name in parts if name.startswith("blocks.")}):
        mixed = linear(normalized(h, block + "before_attention"), block + "attention")
        query, key, value = mixed.view(models * batch, length, 3, heads, -1).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=True).transpose(1, 2)
        h = h + linear(seen.reshape(models, batch * length, width), block + "attended")
        h = h + linear(F.gelu(linear(normalized(h, block + "before_wide"), block + "wide")), block + "narrow")
    logits = torch.bmm(normalized(h, "last"), tokens.transpose(1, 2))
    each = F.cross_entropy(logits.reshape(models * batch * length, -1), targets.reshape(-1), reduction="none")
    return each.view(models, -1).mean(1)


def gradients(x: Tensor, layout: TensorLayout, heads: int, windows: Tensor) -> Tensor:
    found = torch.empty_like(x)
    for start in range(0, len(x), AT_ONCE):
        part, window = x[start : start + AT_ONCE].clone().requires_grad_(True), windows[start : start + AT_ONCE]
        losses(part, layout, heads, window[:, :, :-1], window[:, :, 1:]).sum().backward()
        found[start : start + AT_ONCE] = part.grad
    return found


class Run:
    """A setting with a seed: the workers' memories and the outer step."""

    def __init__(self, setting: str, seed: int, layout: TensorLayout, given: argparse.Namespace) -> None:
        name, gamma, rate = setting.split(":")
        self.method, _, constant = name.partition("-constant")
        self.is_dense, self.scatters = self.method == "diloco", self.method.startswith("scatter-mean")
        self.warm_up = None if self.is_dense or name.endswith("-constant") else Warmup(1.0, max(1, given.rounds // 2))
        self.gamma, self.rate, self.seed, self.layout, self.given = float(gamma), float(rate), seed, layout, given
        self.compressor = compress.parse("layer-top-k:0.02+log:4").bind(layout)
        self.memories = [feedback.start("ef14-decay", layout.dimension) for _ in range(given.workers)]
        start = torch.cat([values.detach().reshape(-1) for values in gpt.GPT(given.size, seed).parameters()]).double().numpy()
        self.state = ModelState(layout, parse_rule("nesterov" if self.is_dense else "plain"), start, False)
        self.counts: list[float] = []

    def step(self, round: int, ends: Tensor) -> None:
        """Takes the outer step from the workers' messages; their models after local steps have shape (workers, d)."""
        self.state.begin_round()
        senders = np.zeros(self.layout.dimension)
        for worker, end in enumerate(ends):
            change = self.state.x - end.double().numpy()
            if self.is_dense:
                self.state.total += change
                senders += 1
                continue
            staged = self.memories[worker].stage(change, self.compressor, eta=MEMORY, seed=derive_seed(worker, round))
            self.state.add(staged.delta)
            self.memories[worker].commit(staged)
            senders[staged.delta.support.index] += 1
        if self.scatters:
            self.state.total *= np.divide(len(ends), senders, out=np.ones(len(senders)), where=senders > 0)
        self.counts.append(float(senders[senders > 0].mean()))
        factor = 1.0 if self.warm_up is None else self.warm_up.at(round, self.given.rounds)
        self.state.step(StepInput(float(len(ends)), self.gamma * factor))


def train(runs: list[Run], layout: TensorLayout, given: argparse.Namespace) -> list[float]:
    """Trains all runs side by side, and returns their held-out losses."""
    text = gpt.read_text(given.text, 4_000_000)
    half = len(text) // 2
    parts, held_out = gpt.shares(text[half:] if given.report else text[:half], given.workers)
    context, _, _, heads = gpt.SIZES[given.size]
    draws = {(run.seed, i): torch.Generator().manual_seed(1_000_003 * run.seed + i) for run in runs for i in range(given.workers)}
    shape = (len(runs), given.workers, layout.dimension)
    first, second, steps = torch.zeros(shape), torch.zeros(shape), 0
    rates = torch.tensor([run.rate for run in runs])[:, None, None]
    for round in range(given.rounds):
        x = torch.stack([torch.from_numpy(run.state.x) for run in runs]).float()[:, None].expand(shape).clone()
        rate = rates * gpt.learning_rate(given.rounds)(round)
        for _ in range(given.steps):
            steps += 1
            drawn = {}
            for (seed, i), draw in draws.items():
                starts = torch.randint(len(parts[i]) - context - 1, (given.batch,), generator=draw).tolist()
                drawn[seed, i] = torch.stack([parts[i][start : start + context + 1] for start in starts]).long()
            windows = torch.stack([drawn[run.seed, i] for run in runs for i in range(given.workers)])
            gradient = gradients(x.view(-1, layout.dimension), layout, heads, windows).view(shape)
            gradient *= (1.0 / (gradient.norm(dim=2, keepdim=True) + 1e-6)).clamp(max=1)
            first.mul_(BETAS[0]).add_(gradient, alpha=1 - BETAS[0])
            second.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
            root = (second / (1 - BETAS[1] ** steps)).sqrt_().add_(EPSILON)
            x.mul_(1 - rate * DECAY).sub_(rate * (first / (1 - BETAS[0] ** steps)) / root)
        for run, ends in zip(runs, x):
            run.step(round, ends)
    starts = torch.linspace(0, len(held_out) - context - 2, 48).long().tolist()
    windows = torch.stack([held_out[start : start + context + 1] for start in starts]).long()[None]
    with torch.no_grad():
        ends = [torch.from_numpy(run.state.x).float()[None] for run in runs]
        return [float(losses(end, layout, heads, windows[:, :, :-1], windows[:, :, 1:])) for end in ends]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--setting", action="append", help="METHOD:GAMMA:LEARNING-RATE, repeatable; default the grid")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--steps", type=int, default=10, help="H, local steps per round")
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--batch", type=int, default=2, help="windows per worker and step")
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[11])
    parser.add_argument("--size", choices=gpt.SIZES, default="nano")
    parser.add_argument("--report", action="store_true", help="train on the second half of the text; settings are chosen on the first")
    parser.add_argument("--text", help="a folder with text; default that of examples/llm")
    given = parser.parse_args()
    torch.set_num_threads(1)
    layout = ParameterLayout(gpt.GPT(given.size, 1).named_parameters()).layout
    settings = given.setting or GRID
    runs = [Run(setting, seed, layout, given) for setting in settings for seed in given.seeds]
    found = train(runs, layout, given)
    for i, setting in enumerate(settings):
        here = slice(i * len(given.seeds), (i + 1) * len(given.seeds))
        each = " ".join(f"{loss:.3f}" for loss in found[here])
        print(
            f"{setting:32} {np.mean(found[here]):.3f}  {each}  {np.mean([np.mean(run.counts) for run in runs[here]]):.2f} senders",
            flush=True,
        )


if __name__ == "__main__":
    main()
