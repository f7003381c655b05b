"""A device that trains a scikit-learn model with partial_fit.

    python3 -m evenkeel run digits_sklearn.py:model --name digits --rounds 40 --compressor top-k:0.1
    python3 digits_sklearn.py http://localhost:8080 digits digits.csv.gz 0 4 device-0

The arguments are those of digits_device.py. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with.
"""

import os
import sys

import numpy as np
from digits_device import HELD_OUT, samples
from sklearn.neural_network import MLPClassifier

from evenkeel import Client
from evenkeel.sklearn import SklearnRounds


def model() -> MLPClassifier:
    """Returns a network that was fitted to one sample, so that its shapes are known."""
    return MLPClassifier((32,), learning_rate_init=0.01, random_state=1).partial_fit(np.zeros((1, 64)), [0], classes=range(10))


def main(url: str, run: str, file: str, number: str, devices: str, folder: str) -> None:
    pixels, digits = samples(file)
    mine = slice(int(number), len(digits) - HELD_OUT, int(devices))
    x, y = pixels[mine], digits[mine]

    def batch(number: int) -> np.ndarray:
        return np.random.default_rng(number).integers(len(y), size=32)

    network = model()
    token = os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    with (
        Client(url, run=run, enrolment_token=token, state_dir=folder) as client,
        SklearnRounds(client, network, local_steps=5) as rounds,
    ):
        for rows in rounds.batches(batch):
            network.partial_fit(x[rows], y[rows])
            rounds.step(samples=len(rows))
    print(f"{rounds.outcome.end.value} after {rounds.outcome.round} rounds, {rounds.outcome.accepted} messages accepted")
    print(f"accuracy {network.score(pixels[-HELD_OUT:], digits[-HELD_OUT:]):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
