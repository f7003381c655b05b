"""A device that trains a Keras model with fit.

    KERAS_BACKEND=torch python3 -m evenkeel run digits_keras.py:model --name digits --rounds 40 --compressor top-k:0.1
    KERAS_BACKEND=torch python3 digits_keras.py http://localhost:8080 digits digits.csv.gz 0 4 device-0

The arguments are those of digits_device.py. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with. Other backends work too.
"""

import os
import sys

import keras
import numpy as np
from digits_device import HELD_OUT, samples

from evenkeel import Client
from evenkeel.keras import RoundsCallback


def model() -> keras.Model:
    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((64,)),
        keras.layers.Dense(32, activation="relu", name="hidden"),
        keras.layers.Dropout(0.1, name="dropout"),
        keras.layers.Dense(10, name="scores"),
    ]
    return keras.Sequential(layers, name="digits")


def main(url: str, run: str, file: str, number: str, devices: str, folder: str) -> None:
    pixels, digits = samples(file)
    mine = slice(int(number), len(digits) - HELD_OUT, int(devices))
    x, y = pixels[mine].astype(np.float32), digits[mine]

    def batch(number: int) -> tuple[np.ndarray, np.ndarray]:
        rows = np.random.default_rng(number).integers(len(y), size=32)
        return x[rows], y[rows]

    network = model()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 20, 0.9)), loss, metrics=["accuracy"])
    token = os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    with Client(url, run=run, enrolment_token=token, state_dir=folder) as client:
        rounds = RoundsCallback(client, network, local_steps=5)
        network.fit(rounds.batches(batch), steps_per_epoch=20, epochs=1000, callbacks=[rounds], verbose=0)
    print(f"{rounds.outcome.end.value} after {rounds.outcome.round} rounds, {rounds.outcome.accepted} messages accepted")
    _, accuracy = network.evaluate(pixels[-HELD_OUT:].astype(np.float32), digits[-HELD_OUT:], verbose=0)
    print(f"accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
