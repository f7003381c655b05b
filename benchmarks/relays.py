"""Prints the table of relays in docs/measured.md: python3 benchmarks/relays.py [plain|normalized]

Softmax regression on the included digits, full gradients. 20 devices with skewed labels, flat or behind 4 relays. Each relay
sends the mean of its devices' g_i with its own error feedback. Each row has its best step size among powers of two.
"""

import gzip
import io
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "client-sdk" / "python" / "src"))

from evenkeel import feedback
from evenkeel.compress import Compressor, parse
from evenkeel.trial import split
from evenkeel.vector import TensorLayout
from evenkeel.wire import Message, Report

DIGITS = ROOT / "trial" / "src" / "main" / "resources" / "io" / "evenkeel" / "trial" / "data" / "digits.csv.gz"
DEVICES, SITES, ROUNDS, HELD_OUT, SKEW, SEED = 20, 4, 500, 360, 0.5, 1
PIXELS, CLASSES = 65, 10
SHARES = (0.9, 0.99)
GAMMAS = [1.0, 2.0, 4.0, 0.5, 8.0, 0.25, 0.125]
Samples = tuple[np.ndarray, np.ndarray]


def fleet() -> list[Samples]:
    """Returns the pixels, with a constant one, and the digits of each device."""
    with gzip.open(DIGITS, "rt") as lines:
        table = np.loadtxt(io.StringIO(lines.read()), delimiter=",")[:-HELD_OUT]
    x, y = np.hstack([table[:, :64] / 16, np.ones((len(table), 1))]), table[:, 64].astype(int)
    return [(x[part], y[part]) for part in split.dirichlet(y, DEVICES, SKEW, SEED)]


def loss_and_gradient(model: np.ndarray, samples: Samples) -> tuple[float, np.ndarray]:
    x, y = samples
    scores = x @ model.reshape(CLASSES, PIXELS).T
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    return float(loss), (p.T @ x / len(y)).ravel()


class Member:
    """A device or a relay: error feedback, and the bytes of its messages."""

    def __init__(self, compressor: Compressor, counted: bool) -> None:
        self._compressor, self._counted = compressor, counted
        self._memory = feedback.start("ef21", CLASSES * PIXELS)
        self.sent = 0

    def answer(self, gradient: np.ndarray) -> np.ndarray:
        """Sends a message, and returns g_i after it."""
        staged = self._memory.stage(gradient, self._compressor)
        self._memory.commit(staged)
        if self._counted:
            self.sent += len(Message(1, 0, Report(1, loss=0.0), staged.delta).encode())
        return self._memory.vectors[0]


def mean(vectors: list[np.ndarray], weights: list[float]) -> np.ndarray:
    return np.average(vectors, axis=0, weights=weights)


def train(
    data: list[Samples],
    below: str,
    above: str | None,
    normalized: bool,
    gamma: float,
    target: float = 0,
    rounds: int = ROUNDS,
    counted: bool = False,
) -> list[tuple[float, int, int]]:
    """Returns the loss of each round with the bytes sent by devices until then, and the bytes that reached the root.

    Ends with the first loss that is not above the target.
    """
    layout = TensorLayout.flat(CLASSES * PIXELS)
    devices = [Member(parse(below).bind(layout), counted) for _ in data]
    relays = [] if above is None else [Member(parse(above).bind(layout), counted) for _ in range(SITES)]
    weights = [float(len(y)) for _, y in data]
    model = np.zeros(CLASSES * PIXELS)
    curve = []
    for round in range(rounds + 1):
        found = [loss_and_gradient(model, samples) for samples in data]
        sent = sum(device.sent for device in devices)
        arrived = sum(member.sent for member in relays or devices)
        curve.append((float(np.average([loss for loss, _ in found], weights=weights)), sent, arrived))
        if not target < curve[-1][0] < 50:
            break
        kept = [device.answer(gradient) for device, (_, gradient) in zip(devices, found)]
        if relays:
            sites = [slice(i, None, SITES) for i in range(SITES)]
            kept = [relay.answer(mean(kept[site], weights[site])) for relay, site in zip(relays, sites)]
            direction = mean(kept, [sum(weights[site]) for site in sites])
        else:
            direction = mean(kept, weights)
        step = gamma / np.sqrt(round + 1) / np.linalg.norm(direction) if normalized else gamma
        model = model - step * direction
    return curve


def reached(curve: list[tuple[float, int, int]], target: float) -> int:
    return next((round for round, (loss, _, _) in enumerate(curve) if loss <= target), ROUNDS + 1)


def rank(curve: list[tuple[float, int, int]], targets: list[float]) -> tuple[int, int, float]:
    return reached(curve, targets[1]), reached(curve, targets[0]), curve[-1][0]


def row(name: str, curve: list[tuple[float, int, int]], targets: list[float]) -> str:
    rounds = [reached(curve, target) for target in targets]
    cells = [" / ".join(f"{round:,}" if round <= ROUNDS else "–" for round in rounds)]
    for column in (1, 2):
        cells.append(" / ".join(f"{curve[round][column] / 1000:,.0f} kB" if round <= ROUNDS else "–" for round in rounds))
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    data = fleet()
    exact = min((train(data, "identity", None, False, gamma) for gamma in GAMMAS), key=lambda curve: curve[-1][0])
    targets = [exact[0][0] - share * (exact[0][0] - exact[-1][0]) for share in SHARES]
    print(f"loss {exact[0][0]:.3f} to {exact[-1][0]:.3f}, targets {targets[0]:.3f} and {targets[1]:.3f}", flush=True)
    print("| step | devices | relays | rounds to 90% / 99% | sent by devices | arrived at the root |")
    print("|---|---|---|---|---|---|")
    for step in sys.argv[1:] or ["plain", "normalized"]:
        normalized = step == "normalized"
        for below in ("top-k:0.1", "top-k:0.01"):
            for above in (None, "top-k:0.1", "top-k:0.01"):
                curve: list[tuple[float, int, int]] = []
                best = 0.0
                for gamma in GAMMAS:
                    # A run that has not reached the target after as many rounds as the best one is not better.
                    other = train(data, below, above, normalized, gamma, targets[1], min(ROUNDS, reached(curve, targets[1])))
                    if not curve or rank(other, targets) < rank(curve, targets):
                        best, curve = gamma, other
                # Encoding takes most of the time.
                curve = train(data, below, above, normalized, best, targets[1], counted=True)
                print(row(f"{step} | `{below}` | {'none' if above is None else f'`{above}`'}", curve, targets), flush=True)


if __name__ == "__main__":
    main()
