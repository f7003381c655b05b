"""``python -m evenkeel.trial FILE.py --out FOLDER``: runs the trial that a file describes."""

from __future__ import annotations

import argparse
import runpy
import sys

from ..errors import EvenkeelError
from ._compare import DEFAULT_ARMS, compare
from ._problem import Problem
from ._processes import join_torchrun, leave_torchrun

_DESCRIPTION = """Compares methods on your own model. FILE.py defines `problem`, an evenkeel.torch.TorchProblem or an
evenkeel.trial.NumpyProblem, and may define `arms`, a list of texts. Under torchrun the processes share the runs, with --ray the
workers of a Ray cluster."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line ``python -m evenkeel.trial``, by default with ``sys.argv``, and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evenkeel.trial", description=_DESCRIPTION)
    parser.add_argument("file", metavar="FILE.py")
    parser.add_argument("--out", required=True, help="folder for the results; must not contain a trial yet")
    parser.add_argument("--resume", action="store_true", help="continue the trial in the folder")
    parser.add_argument("--arm", action="append", help="a method, such as ef21-norm,gamma=anytime:0.1:0.5; repeatable")
    parser.add_argument("--compressor", help="compressor of arms that name none, such as top-k:0.01")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[1, 2, 3], help="default: 1 2 3; one seed gives no verdict on quality"
    )
    parser.add_argument("--target", action="append", default=[], help="such as loss:0.3 or test-metric:0.9; repeatable")
    parser.add_argument("--record-every", type=int, default=1)
    parser.add_argument("--uncompressed-gamma", default="tuned", help="step size of today's uncompressed training, if known")
    parser.add_argument(
        "--ray", action="store_true", help="run them as tasks of the Ray cluster of this machine, or of one that is started"
    )
    parser.add_argument(
        "--ray-address", metavar="ADDRESS", help="address of another Ray cluster, such as auto or HOST:6379; implies --ray"
    )
    given = parser.parse_args(arguments)
    names = runpy.run_path(given.file)
    problem = names.get("problem")
    if not isinstance(problem, Problem):
        parser.error(f"{given.file} defines no `problem`: assign a TorchProblem or a NumpyProblem to that name")
    rank = join_torchrun()
    try:
        results = compare(
            problem,
            given.arm or names.get("arms", DEFAULT_ARMS),
            rounds=given.rounds,
            seeds=given.seeds,
            targets=given.target,
            compressor=given.compressor,
            record_every=given.record_every,
            uncompressed_gamma=given.uncompressed_gamma,
            out=given.out,
            resume=given.resume,
            ray=given.ray_address or given.ray,
        )
    except (ValueError, FileExistsError, EvenkeelError) as e:
        print(f"evenkeel.trial: {e}", file=sys.stderr)
        return 2
    if rank == 0:
        print(results)
        print(f"\nResults are in {results.folder}; for a page: ./evenkeel pilot report {results.folder}")
    return 0


if __name__ == "__main__":
    leave_torchrun(main())
