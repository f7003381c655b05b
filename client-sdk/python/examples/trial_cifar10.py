"""ResNet-20 on CIFAR-10 with 5 clients, as in the third experiment of arXiv 2410.16871.

    python3 trial_cifar10.py --data cifar10-jpeg.tar.xz --out results --k 0.1 --rounds 1000
    python3 trial_cifar10.py --synthetic --rounds 3 --out results

Compares EF21 with and without normalized steps, with gamma = 5 as published, or the arms that --arm names. Uncompressed training with
gamma = 0.1 comes last. After Ctrl-C or a kill, the same command continues from the last checkpoint. results/progress.csv has a
line for each recorded round.
"""

import argparse
from pathlib import Path

from cifar10 import Augmented, ResNet20, SmallNet, accuracy, read, synthetic
from torch import nn
from torch.utils.data import Subset

from evenkeel.torch import TorchProblem
from evenkeel.trial import Point, compare, split

CLIENTS = 5
PUBLISHED = ("ef21,gamma=5,name=ef21-5", "ef21-norm,gamma=5,name=ef21-norm-5")


def main() -> None:
    parser = argparse.ArgumentParser()
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", help="folder, or archive, with train/CLASS/NNNN.jpg and test/CLASS/NNNN.jpg")
    source.add_argument("--synthetic", type=int, nargs="?", const=100, help="number of random images to use instead, for a trial")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--k", type=float, default=0.1, help="share of the coordinates that Top-K sends: 0.1 or 0.01")
    parser.add_argument("--small", action="store_true", help="a network of two convolutions instead of ResNet-20")
    parser.add_argument("--augment", action="store_true", help="random crops and flips")
    parser.add_argument(
        "--arm", action="append", help="such as ef21,gamma=0.5 or ef21-norm,gamma=5,compressor=top-k:0.01; repeat it for each"
    )
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--record-every", type=int, default=20)
    parser.add_argument("--measured", type=int, default=200, help="samples of each client for measuring the full loss")
    parser.add_argument("--tested", type=int, default=2000, help="held-out images for measuring the accuracy")
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()

    train, test = synthetic(given.synthetic) if given.synthetic else read(given.data)
    # Takes images at equal distances, to cover all classes: files are sorted by class.
    chosen = slice(None, None, -(-len(test) // given.tested))
    held_out = type(test)(*(tensor[chosen] for tensor in test.tensors))
    data = Augmented(train) if given.augment else train
    network = "a small network" if given.small else "ResNet-20"
    problem = TorchProblem(
        SmallNet if given.small else ResNet20,
        nn.functional.cross_entropy,
        [Subset(data, part.tolist()) for part in split.iid(len(train), CLIENTS, seed=1)],
        evaluate=lambda module: accuracy(module, held_out, given.device),
        batch=given.batch,
        measured=given.measured,
        device=given.device,
        description=f"{network} on {'random images' if given.synthetic else 'CIFAR-10 (JPEG copies)'}"
        + (", augmented" if given.augment else ""),
    )
    assert problem.layout.dimension == (25_578 if given.small else 269_722)

    def recorded(arm: str, seed: int, point: Point) -> None:
        figures = (arm, point.round, point.loss, point.grad_norm, point.test_metric, point.uplink_bytes, point.seconds)
        with open(given.out / "progress.csv", "a", encoding="utf-8") as progress:
            progress.write(",".join(str(figure) for figure in figures) + "\n")

    results = compare(
        problem,
        [*(given.arm or PUBLISHED), "gd,gamma=0.1,name=uncompressed"],
        compressor=f"top-k:{given.k:g}",
        rounds=given.rounds,
        seeds=(1,),
        record_every=given.record_every,
        out=given.out,
        resume=given.out.exists(),
        checkpoint_every=given.record_every,
        recorded=recorded,
        progress=False,
    )
    print(results)


if __name__ == "__main__":
    main()
