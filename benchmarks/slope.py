"""Compares the rounds of EF21 with steps that follow the slope with those of the best constant step for each target.

    python3 benchmarks/slope.py --data phishing.libsvm.gz --data a9a.libsvm.gz [--batch 16]

20 clients with a logistic regression on 600 samples of each LIBSVM file and on generated ones, and a robust regression (Welsch's loss) on
generated samples; samples are split by label, or unequally with mixed labels. Top-K of 10% and 2%, and Rand-K of 10%. Targets are 90% and
99% of the way from the first loss to the least one, with minibatches 80% and 90%. A constant step counts if its loss has never exceeded
twice the first one. A target that a rule does not reach counts as 1.5 times all rounds; a target that no constant step reaches
is omitted. Needs numpy and scipy.
"""

import argparse
import gzip
import pathlib
import sys

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "client-sdk" / "python" / "src"))

import numpy as np
from scipy.optimize import minimize

from evenkeel import step

CLIENTS, ROUNDS, SAMPLES = 20, 300, 600
STEPS = 2.0 ** np.arange(-4, 7.1, 0.5)
COMPRESSORS = (("top-k", 0.1), ("top-k", 0.02), ("rand-k", 0.1))
# The rule, the weight of the newest gradient, and whether the gradient is extrapolated (IGT).
ARMS = {
    "`ef21-adaptive`": ("slope", 0.5, True),
    "`ef21-igt-norm`, `sufficient-decrease`, `eta` 0.5": ("sufficient-decrease", 0.5, True),
    "`ef21`, `sufficient-decrease`": ("sufficient-decrease", 1.0, False),
    "`ef21`, `slope`": ("slope", 1.0, False),
    "`ef21-sgdm`, `slope`, `eta` 0.5, `gamma` 0.75": ("slope", 0.5, False),
}


def libsvm(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as file:
        rows = [line.split() for line in file if line.strip()]
    np.random.default_rng(7).shuffle(rows)
    entries = [[(int(i) - 1, float(v)) for i, v in (entry.split(":") for entry in row[1:])] for row in rows[:SAMPLES]]
    samples = np.zeros((len(entries), 1 + max(i for row in entries for i, _ in row)))
    for row, values in enumerate(entries):
        for i, v in values:
            samples[row, i] = v
    highest = max(float(row[0]) for row in rows)
    return samples, np.array([1.0 if float(row[0]) == highest else -1.0 for row in rows[:SAMPLES]])


def generated(features, spread, seed, robust=False):
    random = np.random.default_rng(seed)
    samples = random.normal(size=(SAMPLES, features)) * np.logspace(0, -spread, features)
    truth = random.normal(size=features)
    if robust:
        return samples, samples @ truth + 0.3 * random.standard_t(2, size=SAMPLES)
    return samples, np.where(0.6 * samples @ truth + random.normal(size=SAMPLES) > 0, 1.0, -1.0)


class Problem:
    """A fleet's samples; losses and gradients at many models at once."""

    def __init__(self, samples, labels, kind, robust):
        random = np.random.default_rng(5)
        samples = np.hstack([samples, np.ones((len(samples), 1))])
        order = np.argsort(labels, kind="stable")
        parts = np.array_split(order, CLIENTS)
        if kind == "unequal":
            ends = (np.cumsum(random.dirichlet(np.full(CLIENTS, 0.5))) * len(labels)).astype(int)[:-1]
            mixed = (labels - labels.mean()) / labels.std() + 0.8 * random.normal(size=len(labels))
            parts = [part if len(part) > 1 else random.integers(0, len(labels), 2) for part in np.split(np.argsort(mixed), ends)]
        self.parts = [(np.ascontiguousarray(samples[part]), labels[part]) for part in parts]
        self.dimension, self.robust = samples.shape[1], robust
        mean = sum(a.T @ a / len(a) for a, _ in self.parts) / CLIENTS
        self.smoothness = np.linalg.eigvalsh(mean)[-1] * (1 if robust else 0.25)

    def at(self, client, x, chosen=None):
        a, y = self.parts[client]
        if chosen is not None:
            a, y = a[chosen], y[chosen]
        if self.robust:
            residual = x @ a.T - y
            loss, slope = np.log1p(residual**2 / 2).mean(1), residual / (1 + residual**2 / 2)
        else:
            margin = x @ a.T * y
            loss, slope = np.logaddexp(0, -margin).mean(1), -y * 0.5 * (1 - np.tanh(margin / 2))
        return loss + 5e-5 * (x * x).sum(1), slope @ a / len(y) + 1e-4 * x

    def all(self, x, chosen=(None,) * CLIENTS):
        pairs = [self.at(i, x if x.ndim == 2 else x[:, i], chosen[i]) for i in range(CLIENTS)]
        return np.stack([f for f, _ in pairs], 1), np.stack([g for _, g in pairs], 1)

    def least(self):
        def value(x):
            losses, gradients = self.all(x[None])
            return losses.mean(), gradients.mean(1)[0]

        return minimize(value, np.zeros(self.dimension), jac=True, method="L-BFGS-B", options={"maxiter": 300}).fun


def train(problem, compressor, batch, constants, rule, eta, extrapolates):
    """Returns the loss before each round and after the last, for constant steps and, in the last column, a rule."""
    random = np.random.default_rng(1)
    kind, share = compressor
    count = max(1, round(share * problem.dimension))
    arms = len(constants) if rule is None else 1
    x = np.zeros((arms, problem.dimension))
    before, v = x, None
    g = np.zeros((arms, CLIENTS, problem.dimension))
    memory = None if rule is None else rule.start(x[0]).numbers
    gamma = 1.0 if rule is None else rule.default_gamma(extrapolates).at(0, 1)
    path = np.full((ROUNDS + 1, arms), np.inf)
    for number in range(ROUNDS):
        path[number] = problem.all(x)[0].mean(1)
        chosen = [random.integers(0, len(y), batch) if 0 < batch < len(y) else None for _, y in problem.parts]
        way = x - before
        losses, gradients = problem.all(x + (1 - eta) / eta * way if extrapolates else x, chosen)
        v = gradients if v is None else (1 - eta) * v + eta * gradients
        missing = v - g
        if kind == "top-k":
            places = np.argpartition(-np.abs(missing), count - 1, axis=2)[:, :, :count]
            np.put_along_axis(g, places, np.take_along_axis(v, places, 2), 2)
        else:
            for client in range(CLIENTS):
                places = random.choice(problem.dimension, count, replace=False)
                g[:, client, places] = v[:, client, places]
        direction = g.mean(1)
        if rule is None:
            move = constants[:, None] * direction
        else:
            norm = float(np.linalg.norm(direction))
            reported = tuple((client, 1.0, float(losses[0, client])) for client in range(CLIENTS))
            length = float(np.linalg.norm(way))
            slope = float(gradients.mean(1)[0] @ way[0]) / length if length > 0 else np.nan
            given = step.StepInput(float(CLIENTS), gamma, float(losses.mean()), reported, 0.0, slope)
            factor, memory = rule.follow(memory, given, norm, 0.0)
            move = factor / norm * direction
        before, x = x, x - move
        x = np.where(np.isfinite(x).all(1, keepdims=True) & (np.abs(x).max(1, keepdims=True) < 1e8), x, 1e8)
    path[ROUNDS] = problem.all(x)[0].mean(1)
    return path


def reached(path, target):
    return np.where((path <= target).any(0), np.argmax(path <= target, 0), np.inf)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", action="append", default=[], metavar="LIBSVM")
    parser.add_argument("--batch", type=int, default=0, help="samples of each gradient; 0 for all")
    parser.add_argument("--seed", type=int, default=3, help="seed of the generated samples")
    asked = parser.parse_args()
    seed = asked.seed
    sources = [(libsvm(path), False) for path in asked.data]
    sources += [(generated(40, 2, seed), False), (generated(60, 0, seed + 1), False), (generated(30, 0.5, seed + 2, True), True)]
    figures = {name: [] for name in ARMS}
    peaks, missed = dict.fromkeys(ARMS, 0.0), dict.fromkeys(ARMS, 0)
    edges = 0
    for (samples, labels), robust in sources:
        for kind in ("by label", "unequal"):
            problem = Problem(samples, labels, kind, robust)
            least = problem.least()
            for compressor in COMPRESSORS[: 2 if asked.batch else 3]:
                constants = train(problem, compressor, asked.batch, STEPS / problem.smoothness, None, 1.0, False)
                first = constants[0, 0]
                safe = np.nan_to_num(constants, nan=np.inf).max(0) <= 2 * first
                rounds = {}
                for name, (text, eta, extrapolates) in ARMS.items():
                    path = train(problem, compressor, asked.batch, STEPS, step.parse_rule(text), eta, extrapolates)
                    peaks[name] = max(peaks[name], path.max() / first)
                    rounds[name] = path
                for share in (0.8, 0.9) if asked.batch else (0.9, 0.99):
                    target = first - share * (first - least)
                    each = np.where(safe, reached(constants, target), np.inf)
                    if not np.isfinite(each.min()):
                        continue
                    edges += each.argmin() in (0, len(STEPS) - 1)
                    for name, path in rounds.items():
                        took = reached(path, target)[0]
                        missed[name] += not np.isfinite(took)
                        figures[name].append(min(took, 1.5 * ROUNDS) / max(1, each.min()))
    print("| step | geometric mean | worst | not reached | largest loss over the first |\n|---|---|---|---|---|")
    for name, ratios in figures.items():
        mean = np.exp(np.mean(np.log(ratios)))
        print(f"| {name} | {mean:.2f} | {max(ratios):.2f} | {missed[name]} of {len(ratios)} | {peaks[name]:.2f} |")
    print(f"\nThe best constant step was the first or the last of the grid for {edges} targets.")


if __name__ == "__main__":
    main()
