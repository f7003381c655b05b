"""Compares methods of training a small GPT on several workers: loss against tokens and against bytes.

    python3 compare.py --out results                 # all methods at their grids, about an hour on one core
    python3 compare.py --out results --method sparseloco:0.8 --rounds 10
    python3 compare.py --out results --plot

Runs in one process. Workers are the devices of ``pretrain.py``; compressors, error feedback and steps are those of a run, and the
bytes are those of a run's messages. Continues where it was stopped: finished runs are in OUT/runs.csv.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from pathlib import Path

import gpt
import numpy as np
import torch

from evenkeel import compress, feedback, step
from evenkeel.client import Model
from evenkeel.step import ModelState, StepInput, Warmup
from evenkeel.torch import ParameterLayout, TorchDevice, trainable
from evenkeel.trial import PRESETS
from evenkeel.vector import derive_seed
from evenkeel.wire import Message, Report, digest

SPARSE = "layer-top-k:0.02+log:4"
METHODS = {
    # Algorithm, compressor, decay or momentum of the devices, step rule of the coordinator, and how its step size changes over the rounds.
    "diloco": ("gd", "identity", 1.0, "nesterov", "constant"),
    "sparseloco": ("ef14-decay", SPARSE, 0.9, "plain", "warmup"),
    "sparseloco-constant": ("ef14-decay", SPARSE, 0.95, "plain", "constant"),
    "scatter-mean": ("ef14-decay-scatter-mean", SPARSE, 0.9, "plain", "warmup"),
    "ef21": ("ef21", SPARSE, 1.0, "plain", "constant"),
    # A normalized step must decay with the learning rate; local steps do so by themselves.
    "ef21-norm": ("ef21", SPARSE, 1.0, "normalized", "cosine"),
}
GRID = {
    "diloco": (0.5, 0.7, 1.0),
    "sparseloco": (7.0, 10.0, 14.0),
    "sparseloco-constant": (1.0, 2.0, 4.0),
    "scatter-mean": (1.0, 2.0, 4.0),
    "ef21": (1.0, 2.0, 4.0),
    "ef21-norm": (5.0, 10.0, 20.0),
}
FIELDS = ["method", "gamma", "round", "tokens", "bytes", "loss", "training_loss", "norm"]


def train(given: argparse.Namespace, method: str, gamma: float) -> Iterator[dict[str, object]]:
    """Trains by a method, and yields a line of the table for each round."""
    algorithm, text, eta, rule, change = METHODS[method]
    warm_up, cosine = Warmup(1.0, max(1, given.rounds // 2)), gpt.learning_rate(given.rounds)
    module = gpt.GPT(given.size, given.seed)
    layout = ParameterLayout(module.named_parameters()).layout
    compressor = compress.parse(given.compressor if given.compressor and text == SPARSE else text).bind(layout)
    parts, held_out = gpt.shares(gpt.read_text(given.text, given.megabytes * 1_000_000), given.workers)
    devices = [
        TorchDevice(
            module,
            gpt.loss,
            gpt.Text(part, module.context, given.batch, given.steps, i + 1000 * (given.seed - 1)),
            local_steps=given.steps,
            optimizer=lambda p: torch.optim.AdamW(p, lr=given.lr, betas=(0.9, 0.95), weight_decay=0.1),
            clip_norm=1.0,
            schedule=gpt.learning_rate(given.rounds),
            keep_optimizer=True,
            autocast=torch.bfloat16 if given.bf16 else None,
        )
        for i, part in enumerate(parts)
    ]
    memories = [feedback.start(PRESETS[algorithm].feedback, layout.dimension) for _ in devices]
    heads = [0 for _ in devices]
    x = np.concatenate([values.reshape(-1) for values in trainable(module).values()]).astype(np.float64)
    state = ModelState(layout, step.parse_rule(rule), x, memories[0].retains_sum)
    tokens = sent = 0
    for round in range(given.rounds):
        model = Model(round, layout, state.x.astype(np.float32))
        state.begin_round()
        senders = np.zeros(layout.dimension)
        losses = []
        for i, (device, memory) in enumerate(zip(devices, memories)):
            gradient = device(model)
            staged = memory.stage(gradient.flat(layout), compressor, eta=eta, seed=derive_seed(i, round), model=model.values)
            message = Message(round + 1, heads[i], Report(gradient.samples, gradient.loss), staged.delta).encode()
            memory.commit(staged)
            state.add(staged.delta)
            senders[staged.delta.support.index] += 1
            heads[i] = digest(message)
            sent += len(message)
            tokens += given.steps * given.batch * module.context
            losses.append(gradient.loss)
        if PRESETS[algorithm].has_scatter_mean:
            state.total *= np.divide(len(devices), senders, out=np.ones(layout.dimension), where=senders > 0)
        norm = float(np.linalg.norm(state.total)) / len(devices)
        factor = warm_up.at(round, given.rounds) if change == "warmup" else cosine(round) if change == "cosine" else 1.0
        state.step(StepInput(float(len(devices)), gamma * factor))
        devices[0].load(Model(round + 1, layout, state.x.astype(np.float32)))
        loss = gpt.held_out_loss(module, held_out, module.context)
        values = (method, gamma, round + 1, tokens, sent, f"{loss:.5f}", f"{np.mean(losses):.5f}", f"{norm:.4f}")
        yield dict(zip(FIELDS, values))


def finished(file: Path, rounds: int) -> set[tuple[str, float]]:
    """Returns the runs of a table that reached their last round, and drops the lines of the others."""
    if not file.exists():
        return set()
    with file.open(newline="") as lines:
        table = list(csv.DictReader(lines))
    done = {(row["method"], float(row["gamma"])) for row in table if int(row["round"]) >= rounds}
    kept = [row for row in table if (row["method"], float(row["gamma"])) in done]
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, FIELDS)
        writer.writeheader()
        writer.writerows(kept)
    return done


def plot(out: Path) -> None:
    """Draws each method's best run: loss against tokens, and against bytes."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    with (out / "runs.csv").open(newline="") as lines:
        table = list(csv.DictReader(lines))
    last = max(int(row["round"]) for row in table)
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True)
    for method in METHODS:
        ends = [row for row in table if row["method"] == method and int(row["round"]) == last]
        if not ends:
            continue
        best = min(ends, key=lambda row: float(row["loss"]))["gamma"]
        rows = [row for row in table if row["method"] == method and row["gamma"] == best]
        losses = [float(row["loss"]) for row in rows]
        axes[0].plot([int(row["tokens"]) / 1e6 for row in rows], losses, label=f"{method}, {best}")
        axes[1].plot([int(row["bytes"]) / 1e6 for row in rows], losses)
    axes[0].set(xlabel="million tokens", ylabel="held-out loss, nats per byte")
    axes[1].set(xlabel="MB sent by all workers", xscale="log")
    axes[0].legend()
    figure.tight_layout()
    figure.savefig(out / "loss.png", dpi=110)
    print(out / "loss.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of runs.csv and loss.png")
    parser.add_argument(
        "--method", action="append", help=f"METHOD or METHOD:GAMMA of {', '.join(METHODS)}; default: all at their grids"
    )
    parser.add_argument("--compressor", help=f"compressor of the sparse methods; default {SPARSE}")
    parser.add_argument("--size", choices=gpt.SIZES, default="tiny")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--steps", type=int, default=30, help="H, local steps per round")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--batch", type=int, default=4, help="windows per step")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--bf16", action="store_true", help="mixed precision")
    parser.add_argument("--seed", type=int, default=1, help="seed of the model and the windows; use another OUT for each")
    parser.add_argument("--text", help="a folder with text; default man pages, Debian's documents and Python's sources")
    parser.add_argument("--megabytes", type=int, default=8, help="maximum amount of text")
    parser.add_argument("--plot", action="store_true", help="only draw")
    given = parser.parse_args()
    if given.plot:
        return plot(given.out)
    given.out.mkdir(parents=True, exist_ok=True)
    file = given.out / "runs.csv"
    done = finished(file, given.rounds)
    asked = [(name, float(gamma)) for name, _, gamma in (m.partition(":") for m in given.method or []) if gamma]
    asked += [(name, gamma) for name in given.method or GRID if name in GRID for gamma in GRID[name]]
    with file.open("a", newline="") as out:
        writer = csv.DictWriter(out, FIELDS)
        if out.tell() == 0:
            writer.writeheader()
        for method, gamma in asked:
            if (method, gamma) in done:
                continue
            begun = time.monotonic()
            for row in train(given, method, gamma):
                writer.writerow(row)
                out.flush()
            seconds = time.monotonic() - begun
            print(f"{method}:{gamma:g}  loss {row['loss']}  {int(row['bytes']) / 1e6:.3f} MB up  {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
