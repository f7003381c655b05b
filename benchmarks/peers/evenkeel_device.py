"""An Evenkeel client with the Python SDK: evenkeel_device.py ADDRESS NUMBER TOKEN FOLDER. Sends the difference of models, like FedAvg."""

import logging
import os
import sys

from workload import Workload

from evenkeel import Client, Gradient


def main(address, number, token, folder):
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    workload = Workload()

    def difference(model):
        return Gradient(model.values - workload.train(int(number), model.round + 1, model.values), samples=1)

    with Client(
        address, run="digits", enrolment_token=token, state_dir=folder, name=f"client-{number}", ca_file=os.environ["PEERS_CA"]
    ) as client:
        outcome = client.train(difference)
        print(f"{outcome.end.value} after {outcome.round} rounds, {outcome.accepted} messages accepted", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
