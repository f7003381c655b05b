"""Compares error feedback before and after Adam's preconditioner in the DDP hook, on a small transformer.

    python3 benchmarks/hook_transformer.py
    python3 benchmarks/hook_transformer.py --method after --lr 0.016 --seeds 2,3,4

A byte-level GPT of 0.12 million parameters (client-sdk/python/examples/llm/gpt.py) learns text from this machine on four
workers. The learning rate warms up over a tenth of the steps, and follows a cosine to a tenth of its value. Each line shows the
held-out loss of each seed in nats per byte, their mean, and a worker's received bytes, as in hook.py. ``dense`` is AdamW on the
mean gradient; ``before`` is AdamW behind the hook; ``after`` passes ``adam`` to the hook, and the learning rate to SGD. The
workers take turns in one process, as in hook.py.
"""

import argparse
import math
import pathlib
import sys

PYTHON = pathlib.Path(__file__).parent.parent / "client-sdk" / "python"
sys.path[:0] = [str(PYTHON / "src"), str(PYTHON / "examples" / "llm")]

import gpt
import torch
from hook import Exchange

from evenkeel import compress
from evenkeel.torch import ParameterLayout
from evenkeel.torch._adam import AdamDirection
from evenkeel.torch._hook import MIN_OWNERS
from evenkeel.torch._memory import memory_for

BETAS, EPSILON, DECAY = (0.9, 0.95), 1e-8, 0.1
RATES = {"dense": (0.004, 0.008, 0.012), "before": (0.008, 0.016), "after": (0.008, 0.012, 0.016)}
gpt.SIZES["hook"] = (64, 64, 2, 4)


def train(method: str, rate: float, seed: int, given: argparse.Namespace) -> tuple[float, float]:
    """Returns the held-out loss, and a worker's received bytes, in float32 gradients per step."""
    model = gpt.GPT("hook", seed)
    parameters = ParameterLayout(model.named_parameters())
    parts, held_out = gpt.shares(gpt.read_text(given.text, 2_000_000), given.workers)
    texts = [iter(gpt.Text(part, model.context, given.batch, given.steps, i + 1000 * seed)(0)) for i, part in enumerate(parts)]
    compressor = compress.parse("identity" if method == "dense" else given.compressor).bind(parameters.layout)
    feedback = "none" if method == "dense" else "ef14"
    memories = [memory_for(parameters.device, feedback, compressor) for _ in parts]
    exchange = Exchange(compressor, feedback, given.workers, "gather" if method == "dense" else given.exchange)
    directions = [AdamDirection(parameters.dimension, (*BETAS, EPSILON), parameters.device) for _ in parts]
    stepping = (
        torch.optim.SGD(model.parameters(), lr=rate, weight_decay=DECAY)
        if method == "after"
        else torch.optim.AdamW(model.parameters(), lr=rate, betas=BETAS, eps=EPSILON, weight_decay=DECAY)
    )
    for step in range(given.steps):
        messages = []
        for text, memory, direction in zip(texts, memories, directions):
            inputs, targets = next(text)
            stepping.zero_grad()
            gpt.loss(model(inputs), targets).backward()
            sends = parameters.gradient(torch.float32)
            if method == "after":
                sends = direction.stage(sends, step)
                direction.commit()
            staged = memory.stage(sends, 1.0, 0)
            messages.append(memory.delta(staged))
            memory.commit(staged)
        mean = exchange.mean(messages)
        for i, parameter in enumerate(parameters.parameters):
            parameter.grad = mean[parameters.layout.slice(i)].view(parameter.shape).to(torch.float32)
        cosine = 0.55 + 0.45 * math.cos(math.pi * step / given.steps)
        stepping.param_groups[0]["lr"] = rate * cosine * min(1.0, (step + 1) / max(1, given.steps // 10))
        stepping.step()
    return gpt.held_out_loss(model, held_out, model.context), exchange.received / (4 * parameters.dimension * given.steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", action="append", choices=RATES, help="repeatable; default all")
    parser.add_argument("--lr", action="append", type=float, help="learning rate; repeatable; default those of the method")
    parser.add_argument("--compressor", default="top-k:0.01")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=2, help="windows per worker and step")
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[1, 2, 3])
    parser.add_argument("--exchange", choices=["gather", "blocks"], help=f"default as in the hook: blocks with {MIN_OWNERS} or more workers")
    parser.add_argument("--text", help="a folder with text; default that of examples/llm")
    given = parser.parse_args()
    torch.set_num_threads(1)
    for method in given.method or RATES:
        for rate in given.lr or RATES[method]:
            runs = [train(method, rate, seed, given) for seed in given.seeds]
            found = " ".join(f"{loss:.3f}" for loss, _ in runs)
            mean = sum(loss for loss, _ in runs) / len(runs)
            print(f"{method:7} {rate:<6g} {mean:.3f}  {found}   received: {runs[0][1]:.4f} gradients a step", flush=True)


if __name__ == "__main__":
    main()
