"""``python -m evenkeel run SOURCE``: creates a run's definition, its initial model and a device from a PyTorch module.

``python -m evenkeel identity`` creates the keys of secure aggregation; ``flower`` and ``flare`` run programs written for those
systems as devices; ``track`` writes the rounds of runs to MLflow or TensorBoard.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from ._definition import write_device, write_run
from ._identity_files import add_commands
from ._initial import MODULE_PLAN, Plan, initial_model
from .client._fields import NAME
from .flare import _command as flare
from .flower import _command as flower
from .track import _command as track

_SOURCE = """SOURCE is one of
  module.py:FACTORY   a function without arguments that returns a torch.nn.Module, a model of Keras, Flax or scikit-learn, JAX arrays in
                      nested dicts, an object with Flower's get_parameters, or numpy arrays in a list or by name in a dict
  module.pt           a module saved with torch.jit.save; one saved with torch.save(module) needs --trust-pickle
  plan.json           fields of a run's definition, and "module", one of the two above, relative to the plan's folder
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line ``python -m evenkeel`` and returns its exit code; ``sys.argv`` if there are no arguments."""
    parser = argparse.ArgumentParser(prog="python -m evenkeel")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="create a run's definition, initial model and device",
        description="Writes NAME.json, the body for POST /api/v1/runs, NAME.safetensors, the initial model, and for a PyTorch\n"
        "module from module.py:FACTORY NAME_device.py, a device script, in which you load the device's data.",
        epilog=_SOURCE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument("source", metavar="SOURCE")
    run.add_argument("--name", help="the run's name: 1 to 64 of a to z, 0 to 9 and hyphen")
    run.add_argument(
        "--algorithm",
        help=f"default {MODULE_PLAN['algorithm']} for a plain torch.nn.Module, else, and with --use-buffers or --local, ef14 with gamma 1 "
        "(FedAvg)",
    )
    run.add_argument("--compressor", help="such as top-k:0.01+log:6")
    run.add_argument("--gamma", help="the step sizes, such as constant:0.1")
    run.add_argument("--eta", help="the part of its memory that a device keeps with ef14-decay, or the weight of a new gradient")
    run.add_argument("--step", help="the step rule")
    run.add_argument("--local-steps", type=int, dest="localSteps", help="optimizer steps of a device in a round")
    run.add_argument("--use-buffers", action="store_true", help="average a module's buffers, such as batch norm's statistics")
    run.add_argument(
        "--local",
        action="append",
        default=[],
        metavar="PATTERN",
        help="patterns of the tensors that stay on the devices, such as 'head.*'",
    )
    run.add_argument("--rounds", type=int)
    run.add_argument("--devices", type=int, help="the number of messages that a round needs")
    run.add_argument("--out", type=Path, default=Path(), help="folder for the two files, default here")
    run.add_argument("--trust-pickle", action="store_true", help="load a file from torch.save(module), which runs the code in it")
    run.set_defaults(command=_run)
    add_commands(commands)
    flower.add_command(commands)
    flare.add_command(commands)
    track.add_command(commands)
    given = parser.parse_args(arguments)
    code: int = given.command(given)
    return code


def _run(given: argparse.Namespace) -> int:
    try:
        return _make_run(given)
    except (ValueError, OSError) as e:
        print(f"evenkeel run: {e}", file=sys.stderr)
        return 2


def _make_run(given: argparse.Namespace) -> int:
    source, plan = given.source, Plan()
    base = Path()
    if source.endswith(".json"):
        base = Path(source).parent
        plan = _plan(Path(source))
        source = plan.pop("module", None)
        if not isinstance(source, str):
            raise ValueError(f'{given.source} names no module: add "module": "module.py:FACTORY" or "module.pt"')
    for key in ("name", "algorithm", "compressor", "gamma", "eta", "step", "localSteps", "rounds"):
        if getattr(given, key) is not None:
            plan[key] = getattr(given, key)
    if given.devices is not None:
        plan["participants"] = {"min": given.devices}
    if isinstance(plan.get("name"), str) and not NAME.fullmatch(plan["name"]):
        raise ValueError(f"the name is '{plan['name']}', expected 1 to 64 of a to z, 0 to 9 and hyphen")
    made = _made_or_loaded(base, source, given.trust_pickle)
    options: dict[str, Any] = {"use_buffers": given.use_buffers, "local": given.local}
    tensors, usual = initial_model(made, source, **options)
    if "algorithm" not in plan:
        plan = {**usual, **plan}
    body, model = write_run(given.out, tensors, plan)
    values = sum(array.size for array in tensors.values())
    print(f"{body} and {model}: {len(tensors)} tensors, {values:,} values. To create the run:")
    print(f"\n  evenkeel runs create -f {body} --model {model}")
    file, _, factory = source.partition(":")
    options = {name: value for name, value in options.items() if value}
    if factory and (usual is MODULE_PLAN or options):
        script = write_device(given.out, plan["name"], base / file, factory, options)
        print(f"\n{script} is a device: load its data there" if script else f"\n{plan['name']}_device.py exists and is kept")
    return 0


def _plan(file: Path) -> Plan:
    try:
        plan = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as e:
        raise ValueError(f"{file} is not JSON: {e}") from None
    if not isinstance(plan, dict):
        raise ValueError(f"{file} is not a JSON object, expected the fields of a run's definition")
    return plan


def _made_or_loaded(base: Path, source: str, trusted: bool) -> Any:
    file, _, factory = source.partition(":")
    path = base / file
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    if file.endswith(".py") and factory:
        return _made(path, factory)
    if not file.endswith(".py") and not factory:
        return _loaded(path, trusted)
    raise ValueError(f"the source is '{source}', expected module.py:FACTORY, module.pt or plan.json")


def _made(path: Path, factory: str) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    make = getattr(module, factory, None)
    if not callable(make):
        raise ValueError(f"{path} has no function '{factory}'")
    return make()


def _loaded(path: Path, trusted: bool) -> Any:
    import torch

    try:
        return torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
    except RuntimeError:
        # Not TorchScript.
        pass
    try:
        return torch.load(path, map_location="cpu", weights_only=not trusted)
    except UnpicklingError:
        raise ValueError(
            f"{path} is not a saved module, or is a pickle, which runs any code in it when it is loaded: save the module with "
            "torch.jit.script(module).save(...), give module.py:FACTORY, or add --trust-pickle if you made the file"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
