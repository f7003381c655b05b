"""Changes a fleet while it trains, and compares how far the loss rises with adaptive steps and with a tuned constant one.

    python3 benchmarks/fleet_changes.py --data phishing.libsvm.gz --data a9a.libsvm.gz

Six clients with different data learn a logistic regression with EF21 and Top-K of a tenth: on generated samples of 21 and 40
features, and on 800 samples of each LIBSVM file. In round 20 or 500 of 700, a client joins, leaves,
or leaves while another joins; or weights change; or each client misses a tenth or two thirds of the rounds from then on.
Each row shows, over all problems and moments, the worst ratio of the largest loss after the change to the allowed loss: the larger
of 1.1 times the loss just before and just after the change, and of the largest loss afterwards with the constant step that ends
lowest. The last column is the worst ratio of the last losses. Needs numpy.
"""

import argparse
import gzip
import pathlib
import sys

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "client-sdk" / "python" / "src"))

import numpy as np

from evenkeel import compress, feedback, step
from evenkeel.vector import Tensor, TensorLayout

ROUNDS, CLIENTS, ETA = 700, 6, 0.5
MOMENTS = (20, 500)
CONSTANTS = (1.0, 5.0, 25.0, 100.0)
ABSENT = {"absent": 0.1, "sampled": 0.66}
EVENTS = ("joins", "leaves", "another", "weights", *ABSENT)
ARMS = {
    "ef21-adaptive": ("ef21-igt", "slope"),
    "ef21-igt, sufficient-decrease": ("ef21-igt", "sufficient-decrease"),
    "ef21, sufficient-decrease": ("ef21", "sufficient-decrease"),
    "ef21-distance": ("ef21", "distance-over-gradients"),
    "ef21, accumulated-norm": ("ef21", "accumulated-norm"),
}


def generated(features, spread, seed):
    random = np.random.default_rng(seed)
    samples = random.normal(size=(800, features)) * np.logspace(0, -spread, features)
    return samples, np.where(samples @ random.normal(size=features) * 0.6 + random.normal(size=800) > 0, 1.0, -1.0)


def libsvm(path):
    with gzip.open(path, "rt") as file:
        rows = [line.split() for line in file]
    np.random.default_rng(7).shuffle(rows)
    rows = rows[:800]
    entries = [[(int(i) - 1, float(v)) for i, v in (entry.split(":") for entry in row[1:])] for row in rows]
    samples = np.zeros((len(rows), 1 + max(i for row in entries for i, _ in row)))
    for row, values in enumerate(entries):
        for i, v in values:
            samples[row, i] = v
    highest = max(float(row[0]) for row in rows)
    return samples, np.array([1.0 if float(row[0]) == highest else -1.0 for row in rows])


def split(labels, kind, seed):
    """Returns equal shares of consecutive samples by label; or unequal shares of mixed labels, as from a Dirichlet distribution."""
    random = np.random.default_rng(seed)
    if kind == "contiguous":
        return np.array_split(np.argsort(labels, kind="stable"), CLIENTS)
    ends = (np.cumsum(random.dirichlet(np.full(CLIENTS, 0.5))) * len(labels)).astype(int)
    parts = np.split(np.argsort(labels + 0.8 * random.normal(size=len(labels))), ends[:-1])
    return [part if len(part) > 1 else random.integers(0, len(labels), 2) for part in parts]


def loss_of(samples, labels, x):
    margins = labels * (samples @ x)
    gradient = -(samples.T @ (labels * 0.5 * (1 - np.tanh(margins / 2)))) / len(labels)
    return float(np.logaddexp(0, -margins).mean()), gradient


def train(clients, event, moment, method, rule, gamma):
    """Returns the members' mean loss before each round."""
    dimension = clients[0][0].shape[1]
    layout = TensorLayout([Tensor("x", (dimension,))])
    top = compress.parse(f"top-k:{max(1, dimension // 10)}").bind(layout)
    state = step.ModelState(layout, rule, np.zeros(dimension), True)
    memories = [feedback.start(method, dimension) for _ in clients]
    everyone = list(range(CLIENTS))
    members = everyone[:-1] if event in ("joins", "another") else everyone
    weights = np.ones(CLIENTS)
    random = np.random.default_rng(11)
    path, answered = [], [None] * CLIENTS
    for number in range(ROUNDS):
        left = 0.0
        if number == moment:
            after = {"joins": everyone, "leaves": everyone[:-1], "another": everyone[1:]}.get(event, members)
            for client in set(members) - set(after):
                state.total -= weights[client] * memories[client].vectors[0]
                left += weights[client]
            members = after
            if event == "weights":
                for client in (0, 1):
                    state.total += 4 * memories[client].vectors[0]
                    weights[client] = 5.0
        total = float(sum(weights[client] for client in members))
        path.append(sum(weights[client] * loss_of(*clients[client], state.x)[0] for client in members) / total)
        reports, slopes, changes = [], [], []
        for client in members:
            if event in ABSENT and number >= moment and random.random() < ABSENT[event]:
                continue
            model = state.x.copy()
            loss, gradient = loss_of(*clients[client], np.asarray(memories[client].point(model, ETA)))
            reports.append((client, float(weights[client]), loss))
            if answered[client] is not None and np.isfinite(found := step.slope(gradient, model, answered[client])):
                slopes.append((float(weights[client]), found))
                change = step.slope(gradient - memories[client].estimate, model, answered[client])
                changes.append((float(weights[client]), change))
            answered[client] = model
            staged = memories[client].stage(gradient, top, eta=ETA, seed=0, model=model)
            state.add(staged.delta, weights[client])
            memories[client].commit(staged)
        counted = sum(weight for _, weight, _ in reports)
        mean = sum(weight * loss for _, weight, loss in reports) / counted if reports else np.nan
        state.step(step.StepInput(total, gamma, mean, tuple(reports), left, step.mean_slope(slopes), step.mean_slope(changes)))
        if not state.is_finite:
            return np.array(path + [np.inf] * (ROUNDS - len(path)))
    return np.array(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", action="append", default=[], metavar="LIBSVM.gz")
    problems = [generated(21, 0, 3), generated(40, 2, 7), *map(libsvm, parser.parse_args().data)]
    print("| step | " + " | ".join(EVENTS) + " | last loss |")
    print("|---|" + "---|" * (len(EVENTS) + 1))
    tuned = {}
    for name, (method, text) in ARMS.items():
        worst, last = dict.fromkeys(EVENTS, 0.0), 0.0
        for number, (samples, labels) in enumerate(problems):
            for kind in ("contiguous", "unequal"):
                clients = [(samples[part], labels[part]) for part in split(labels, kind, 5)]
                for event in EVENTS:
                    for moment in MOMENTS:
                        key = (number, kind, event, moment, method)
                        if key not in tuned:
                            paths = [train(clients, event, moment, method, step.parse_rule("plain"), gamma) for gamma in CONSTANTS]
                            tuned[key] = min(paths, key=lambda path: path[-1])
                        constant = tuned[key]
                        path = train(clients, event, moment, method, step.parse_rule(text), 1.0)
                        allowed = max(1.1 * path[moment - 1], 1.1 * path[moment], constant[moment:].max())
                        worst[event] = max(worst[event], path[moment:].max() / allowed)
                        last = max(last, path[-1] / constant[-1])
        print(f"| `{name}` | " + " | ".join(f"{worst[event]:.2f}" for event in EVENTS) + f" | {last:.2f} |", flush=True)


if __name__ == "__main__":
    main()
