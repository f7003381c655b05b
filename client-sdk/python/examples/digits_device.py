"""A device that learns to read handwritten digits from its share of the samples, using only numpy.

    python3 digits_device.py http://localhost:8080 digits digits.csv.gz 0 4 device-0

The arguments are the coordinator's address, the run, the UCI digits (64 pixels of 0 to 16 and the digit on each line), this device's
number, the number of devices, and the folder for its state. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with.
"""

import gzip
import os
import sys

import numpy as np

from evenkeel import Client, Gradient, Model

HELD_OUT = 360


def samples(file: str) -> tuple[np.ndarray, np.ndarray]:
    """Reads pixels, scaled to 0 to 1, of shape (n, 64), and digits, of shape (n,)."""
    with gzip.open(file, "rt") as lines:
        table = np.loadtxt(lines, delimiter=",")
    return table[:, :64] / 16, table[:, 64].astype(int)


def probabilities(model: Model, pixels: np.ndarray) -> np.ndarray:
    """Returns the softmax of W x + b for each sample, shape (n, 10)."""
    scores = pixels @ model.tensor("weight").T + model.tensor("bias")
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def main(url: str, run: str, file: str, device: str, devices: str, folder: str) -> None:
    pixels, digits = samples(file)
    held_out = slice(len(digits) - HELD_OUT, None)
    mine = slice(int(device), len(digits) - HELD_OUT, int(devices))
    x, y = pixels[mine], digits[mine]

    def gradient(model: Model) -> Gradient:
        p = probabilities(model, x)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
        p[np.arange(len(y)), y] -= 1
        p /= len(y)
        return Gradient({"weight": p.T @ x, "bias": p.sum(axis=0)}, samples=len(y), loss=loss)

    def evaluate(model: Model) -> dict[str, float]:
        read = probabilities(model, pixels[held_out]).argmax(axis=1)
        return {"accuracy": float((read == digits[held_out]).mean())}

    token = os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    with Client(url, run=run, enrolment_token=token, state_dir=folder, weight=len(y), evaluate=evaluate) as client:
        outcome = client.train(gradient)
        print(f"{outcome.end.value} after {outcome.round} rounds, {outcome.accepted} messages accepted")
        print(f"accuracy {evaluate(client.model(outcome.round))['accuracy']:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
