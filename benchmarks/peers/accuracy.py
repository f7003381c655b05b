"""Trains a CNN with batch normalization at 20 unequal sites, by FedAvg in Flower and by compressed messages in Evenkeel.

    benchmarks/peers/accuracy                        # 3 seeds
    benchmarks/peers/accuracy --tune --seeds 101     # without the samples that the report holds out

Module, shares, batches and initial model are those of client-sdk/python/examples/sites.py. Flower's strategy FedAvg and a ClientApp
are called in one process, and each message is serialized, so its bytes exclude connections and polling. Evenkeel's devices talk to a
coordinator over HTTP; its bytes are those of bodies.
"""

import argparse
import logging
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).parents[2]
PYTHON = ROOT / "client-sdk" / "python"
sys.path[:0] = [str(PYTHON / "src"), str(PYTHON / "examples")]
sys.path.append(os.environ["PEERS_PACKAGES"])

import numpy as np
import torch
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.common.serde import message_from_proto, message_to_proto
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg
from flwr.supercore.task_identity import TaskIdentity
from sites import HELD_OUT, METHODS, RATES, Sites, samples, train
from torch import nn

import evenkeel

DIGITS = ROOT / "trial/src/main/resources/io/evenkeel/trial/data/digits.csv.gz"


class LocalGrid(Grid):
    """Calls a ClientApp for each node, one after the other, and counts the bytes of serialized messages."""

    def __init__(self, app, nodes):
        self._app, self._nodes = app, nodes
        # As flwr.simulation sets them: Message() reads them.
        TaskIdentity.task_id = TaskIdentity.run_id = TaskIdentity.node_id = 1
        self.up = self.down = 0

    def send_and_receive(self, messages, *, timeout=None):
        replies = []
        for message in messages:
            sent = message_to_proto(message)
            self.down += sent.ByteSize()
            node = message.metadata.dst_node_id - 1
            context = Context(run_id=0, node_id=node, node_config={"site": node}, state=RecordDict(), run_config={})
            reply = message_to_proto(self._app(message_from_proto(sent), context))
            self.up += reply.ByteSize()
            replies.append(message_from_proto(reply))
        return replies

    def get_node_ids(self):
        return range(1, self._nodes + 1)

    def set_run(self, run):
        raise NotImplementedError

    @property
    def run(self):
        raise NotImplementedError

    def create_message(self, content, message_type, dst_node_id, group_id, ttl=None):
        raise NotImplementedError

    def push_messages(self, messages):
        raise NotImplementedError

    def pull_messages(self, message_ids):
        raise NotImplementedError


def client_app(sites):
    """Returns a client as in Flower's guide for PyTorch: the whole state_dict both ways, weighted by the number of samples."""
    app, module = ClientApp(), sites.model()

    @app.train()
    def train(message: Message, context: Context) -> Message:
        module.load_state_dict(message.content["arrays"].to_torch_state_dict())
        module.train()
        optimizer, site = torch.optim.SGD(module.parameters(), lr=RATES["FedAvg"]), context.node_config["site"]
        for images, digits in sites.loader(site)(message.content["config"]["server-round"] - 1):
            optimizer.zero_grad()
            nn.functional.cross_entropy(module(images), digits).backward()
            optimizer.step()
        metrics = MetricRecord({"num-examples": len(sites.parts[site])})
        return Message(RecordDict({"arrays": ArrayRecord(module.state_dict()), "metrics": metrics}), reply_to=message)

    return app


def flower(sites, rounds):
    """Returns the accuracy, and the bytes up and down."""
    grid, module = LocalGrid(client_app(sites), len(sites.parts)), sites.model()
    strategy = FedAvg(fraction_evaluate=0, min_train_nodes=len(sites.parts), min_available_nodes=len(sites.parts))
    result = strategy.start(grid, ArrayRecord(module.state_dict()), num_rounds=rounds)
    module.load_state_dict(result.arrays.to_torch_state_dict())
    return sites.accuracy(module), grid.up, grid.down


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[1, 2, 3])
    parser.add_argument("--sites", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=40, help="rounds of FedAvg; compressed training takes twice as many")
    parser.add_argument("--method", action="append", choices=METHODS, help="of Evenkeel, repeatable; default compressed")
    parser.add_argument("--tune", action="store_true", help="leave out the samples that are held out by default")
    given = parser.parse_args()
    torch.set_num_threads(1)
    logging.getLogger("flwr").setLevel(logging.ERROR)
    images, digits = samples(DIGITS)
    if given.tune:
        images, digits = images[:-HELD_OUT], digits[:-HELD_OUT]
    methods = given.method or ["compressed"]
    figures = {name: [] for name in ("Flower, FedAvg", *(f"Evenkeel, {name}" for name in methods))}
    with evenkeel.Coordinator() as c:
        for seed in given.seeds:
            sites = Sites(images, digits, given.sites, seed)
            figures["Flower, FedAvg"].append(flower(sites, given.rounds))
            for name in methods:
                module, up, down = train(c, name, given.rounds, sites)
                figures[f"Evenkeel, {name}"].append((sites.accuracy(module), up, down))
            for name, found in figures.items():
                accuracy, up, down = found[-1]
                print(
                    f"seed {seed}: {name} {accuracy:.4f}, {up / 1e6:.3f} MB up, {down / 1e6:.3f} MB down",
                    file=sys.stderr,
                    flush=True,
                )
    print("| | accuracy, mean | each seed | bytes up | bytes down | of Flower's, up | both |\n|---|---|---|---|---|---|---|")
    _, dense_up, dense_down = np.mean(figures["Flower, FedAvg"], axis=0)
    for name, found in figures.items():
        accuracy, up, down = np.mean(found, axis=0)
        each = ", ".join(f"{100 * of[0]:.1f}" for of in found)
        ratios = f"1/{dense_up / up:.0f} | 1/{(dense_up + dense_down) / (up + down):.0f}"
        print(f"| {name} | {100 * accuracy:.2f}% | {each} | {up / 1e6:.2f} MB | {down / 1e6:.2f} MB | {ratios} |")


if __name__ == "__main__":
    main()
