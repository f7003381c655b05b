"""A client written for Flower, with an Evenkeel coordinator: only one import changes.

    python3 -m evenkeel run flower_client.py:FlowerClient --name digits --rounds 40 --compressor top-k:0.1
    python3 flower_client.py http://localhost:8080 digits digits.csv.gz 0 4 device-0

The arguments are those of digits_torch.py, and so is the model. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with.
"""

import sys

import torch
from digits_torch import HELD_OUT, model, samples
from torch import nn

from evenkeel.flower import start_client  # was: from flwr.client import start_client


class FlowerClient:
    """With flwr it is ``class FlowerClient(flwr.client.NumPyClient)``; the methods are the same."""

    def __init__(self, pixels=None, digits=None, held_out=None):
        self.model = model()
        self.pixels, self.digits, self.held_out = pixels, digits, held_out

    def get_parameters(self, config):
        return [parameter.detach().numpy() for parameter in self.model.parameters()]

    def set_parameters(self, parameters):
        for parameter, values in zip(self.model.parameters(), parameters):
            parameter.data = torch.from_numpy(values)

    def fit(self, parameters, config):
        self.set_parameters(parameters)
        optimizer = torch.optim.SGD(self.model.parameters(), lr=0.5)
        for part in torch.randperm(len(self.digits)).split(32)[:5]:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(self.model(self.pixels[part]), self.digits[part])
            loss.backward()
            optimizer.step()
        return self.get_parameters({}), len(self.digits), {"loss": float(loss)}

    def evaluate(self, parameters, config):
        self.set_parameters(parameters)
        pixels, digits = self.held_out
        with torch.no_grad():
            scores = self.model(pixels)
        accuracy = float((scores.argmax(1) == digits).float().mean())
        return float(nn.functional.cross_entropy(scores, digits)), len(digits), {"accuracy": accuracy}


def main(url, run, file, number, devices, folder):
    torch.manual_seed(int(number))
    pixels, digits = samples(file)
    mine = slice(int(number), len(digits) - HELD_OUT, int(devices))
    client = FlowerClient(pixels[mine], digits[mine], (pixels[-HELD_OUT:], digits[-HELD_OUT:]))
    print(start_client(server_address=url, client=client, run=run, state_dir=folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
