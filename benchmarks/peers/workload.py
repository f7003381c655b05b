"""The work that the clients of every system do: the same model, data, local steps and oracle. Needs numpy only.

The model is one float32 vector: softmax regression on the UCI digits (10 x 64 weights, 10 biases), then two counters for each client,
then padding, to which each client's training adds negligible noise. In round t, counted from 1, client i adds 1 to its first counter
and t to its second. The server averages, so the difference of two models shows how often each client was counted, and for which
round it worked.
"""

import gzip
import hashlib
import json
import os
import pathlib
import time

import numpy as np

WEIGHTS, CLASSES, PIXELS = 650, 10, 64
HELD_OUT = 360
STEPS, LEARNING_RATE = 5, 0.5
DATA = pathlib.Path(__file__).parents[2] / "trial/src/main/resources/io/evenkeel/trial/data/digits.csv.gz"


class Workload:
    """The settings of a case, from the environment that the script of the comparison gives to servers and clients."""

    def __init__(self):
        self.folder = pathlib.Path(os.environ["PEERS_FOLDER"])
        self.state = pathlib.Path(os.environ.get("PEERS_STATE", self.folder))
        self.clients = int(os.environ["PEERS_CLIENTS"])
        self.rounds = int(os.environ["PEERS_ROUNDS"])
        self.padding = int(os.environ["PEERS_PADDING"])
        self.work = float(os.environ["PEERS_WORK"])
        with gzip.open(DATA, "rt") as lines:
            table = np.loadtxt(lines, delimiter=",")
        self._pixels, self._digits = table[:, :PIXELS] / 16, table[:, PIXELS].astype(int)

    @staticmethod
    def dimension_of(clients, padding):
        return WEIGHTS + 2 * clients + padding

    def initial_model(self):
        return np.zeros(self.dimension_of(self.clients, self.padding), np.float32)

    def accuracy(self, model):
        read = _probabilities(model, self._pixels[-HELD_OUT:]).argmax(axis=1)
        return float((read == self._digits[-HELD_OUT:]).mean())

    def counters(self, model):
        """Returns the two counters of each client."""
        part = np.asarray(model[WEIGHTS : WEIGHTS + 2 * self.clients], np.float64)
        return part.reshape(2, self.clients).tolist()

    def train(self, client, round, model):
        """Returns the client's model after its local steps in a round counted from 1, and logs that it has worked."""
        mine = slice(client, len(self._digits) - HELD_OUT, self.clients)
        x, y = self._pixels[mine], self._digits[mine]
        trained = np.array(model, np.float32)
        for _ in range(STEPS):
            p = _probabilities(trained, x)
            p[np.arange(len(y)), y] -= 1
            gradient = np.concatenate([(p.T @ x).ravel(), p.sum(axis=0)]) / len(y)
            trained[:WEIGHTS] -= (LEARNING_RATE * gradient).astype(np.float32)
        trained[WEIGHTS + client] += 1
        trained[WEIGHTS + self.clients + client] += round
        if self.padding:
            noise = np.random.default_rng([client, round]).random(self.padding, np.float32)
            trained[WEIGHTS + 2 * self.clients :] += 1e-6 * (noise - np.float32(0.5))
        if (self.folder / f"nan-{client}").exists():
            trained[0] = np.nan
        slow = self.folder / f"slow-{client}"
        time.sleep(self.work * (float(slow.read_text()) if slow.exists() else 1))
        self._log("trained", client=client, round=round)
        return trained

    def log_round(self, round, model, attempt):
        """Records the model after a round; called by each system's server, or by the reader of the server's models."""
        weights = model[:WEIGHTS]
        finite = bool(np.isfinite(weights).all())
        digest = hashlib.sha256(np.ascontiguousarray(weights, np.float32).tobytes()).hexdigest()[:16]
        accuracy = self.accuracy(model) if finite else 0
        self._log(
            "rounds", round=round, attempt=attempt, counters=self.counters(model), finite=finite, accuracy=accuracy, hash=digest
        )

    def _log(self, file, **fields):
        line = json.dumps({"time": time.time(), **fields}) + "\n"
        with open(self.folder / f"{file}.jsonl", "a") as log:
            log.write(line)


def _probabilities(model, pixels):
    weights, biases = model[: CLASSES * PIXELS].reshape(CLASSES, PIXELS), model[CLASSES * PIXELS : WEIGHTS]
    scores = pixels @ weights.T.astype(np.float64) + biases
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
