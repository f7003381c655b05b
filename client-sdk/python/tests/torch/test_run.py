"""python -m evenkeel run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import evenkeel  # noqa: E402
from evenkeel.__main__ import main  # noqa: E402
from evenkeel._definition import safetensors  # noqa: E402

from ..coordinator import wait_until  # noqa: E402

MODULE = """
import numpy as np
from torch import nn

def model():
    return nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))

class Client:
    def get_parameters(self, config):
        return [np.ones((2, 2)), np.zeros(2)]

def listed():
    return [np.ones((1, 1)), np.zeros(2, np.float32)]

def named():
    return {"numpy_key": np.array([[1, 2], [3, 4]])}

def texts():
    return [np.array(["a"])]

nothing = 1
"""


def read(file: Path) -> dict[str, np.ndarray]:
    data = file.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    types = {"F32": "<f4", "F64": "<f8"}
    return {
        name: np.frombuffer(data[end + t["data_offsets"][0] : end + t["data_offsets"][1]], types[t["dtype"]]).reshape(t["shape"])
        for name, t in json.loads(data[8:end]).items()
    }


def test_a_plan_and_a_factory_make_a_run_that_a_coordinator_accepts(server: Any, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(MODULE)
    plan = {"module": "net.py:model", "name": "from-plan", "rounds": 5, "gamma": "constant:0.1", "participants": {"min": 1}}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert main(["run", str(tmp_path / "plan.json"), "--rounds", "7", "--out", str(tmp_path / "out")]) == 0
    asked = json.loads((tmp_path / "out" / "from-plan.json").read_text())
    assert (asked["rounds"], asked["algorithm"], asked["initialModel"]) == (7, "ef21-storm-norm", "uploaded")
    names = ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert [t["name"] for t in asked["tensors"]] == names
    tensors = read(tmp_path / "out" / "from-plan.safetensors")
    assert list(tensors) == names and tensors["1.weight"].tolist() == [1, 1]
    server.operate("POST", "runs", asked)
    model = (tmp_path / "out" / "from-plan.safetensors").read_bytes()
    server.download("runs/from-plan/model", "PUT", model, "application/x-safetensors")
    assert server.operate("GET", "runs/from-plan")["state"] == "created"


def test_saved_modules_and_flower_clients_are_sources_too(tmp_path: Path, capsys: Any) -> None:
    net = nn.Linear(3, 2).double()
    torch.jit.script(net).save(str(tmp_path / "script.pt"))
    torch.save(net, tmp_path / "pickle.pt")
    (tmp_path / "flower_like.py").write_text(MODULE)
    for source, *trust in (["script.pt"], ["pickle.pt", "--trust-pickle"]):
        assert (
            main(
                ["run", str(tmp_path / source), *trust, "--name", "a", "--rounds", "1", "--devices", "3", "--out", str(tmp_path)]
            )
            == 0
        )
        assert (read(tmp_path / "a.safetensors")["weight"] == net.weight.detach().numpy()).all()
    assert json.loads((tmp_path / "a.json").read_text())["participants"] == {"min": 3}
    assert main(["run", f"{tmp_path}/flower_like.py:Client", "--name", "b", "--rounds", "1", "--out", str(tmp_path)]) == 0
    flower = json.loads((tmp_path / "b.json").read_text())
    assert (flower["algorithm"], flower["gamma"]) == ("ef14", "constant:1")
    named = ["--algorithm", "ef21-norm", "--name", "c", "--rounds", "1", "--out", str(tmp_path)]
    assert main(["run", f"{tmp_path}/flower_like.py:Client", *named]) == 0
    assert "gamma" not in json.loads((tmp_path / "c.json").read_text())
    steps = ["--algorithm", "ef14-decay", "--gamma", "warmup:10:30", "--eta", "constant:0.9", "--local-steps", "30", *named[2:]]
    assert main(["run", f"{tmp_path}/flower_like.py:Client", *steps]) == 0
    made = json.loads((tmp_path / "c.json").read_text())
    assert (made["gamma"], made["eta"], made["localSteps"]) == ("warmup:10:30", "constant:0.9", 30)
    assert {name: t.shape for name, t in read(tmp_path / "b.safetensors").items()} == {"array-0": (2, 2), "array-1": (2,)}
    assert f"evenkeel runs create -f {tmp_path / 'b.json'} --model {tmp_path / 'b.safetensors'}" in capsys.readouterr().out


def test_buffers_belong_to_the_run_and_a_local_part_to_its_device(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(MODULE)
    common = ["--name", "a", "--rounds", "1", "--out", str(tmp_path)]
    assert main(["run", f"{tmp_path}/net.py:model", "--use-buffers", "--local", "0.*", *common]) == 0
    asked = json.loads((tmp_path / "a.json").read_text())
    names = ["1.weight", "1.bias", "1.running_mean", "1.running_var"]
    assert ([t["name"] for t in asked["tensors"]], asked["algorithm"], asked["gamma"]) == (names, "ef14", "constant:1")
    assert read(tmp_path / "a.safetensors")["1.running_var"].tolist() == [1, 1]
    script = (tmp_path / "a_device.py").read_text()
    steps = "local_steps=5, optimizer=lambda p: torch.optim.SGD(p, lr=0.1)"
    assert f"TorchDevice(model(), loss, batches(), {steps}, use_buffers=True, local=['0.*'])" in script


@pytest.mark.parametrize(
    ("factory", "arrays"),
    [("listed", {"array-0": [[1.0]], "array-1": [0.0, 0.0]}), ("named", {"numpy_key": [[1.0, 2.0], [3.0, 4.0]]})],
)
def test_arrays_in_a_list_or_by_name_are_sources_too(tmp_path: Path, factory: str, arrays: dict[str, Any]) -> None:
    (tmp_path / "given.py").write_text(MODULE)
    assert main(["run", f"{tmp_path}/given.py:{factory}", "--name", "b", "--rounds", "1", "--out", str(tmp_path)]) == 0
    assert {name: array.tolist() for name, array in read(tmp_path / "b.safetensors").items()} == arrays
    assert json.loads((tmp_path / "b.json").read_text())["gamma"] == "constant:1"


@pytest.mark.parametrize(
    ("source", "options", "fault"),
    [
        ("state.pt", ["--name", "a", "--rounds", "1"], "state_dict, which does not tell parameters from buffers"),
        ("pickle.pt", ["--name", "a", "--rounds", "1"], "a pickle, which runs any code in it when it is loaded"),
        ("other.pt", ["--name", "a", "--rounds", "1"], "is not a saved module"),
        ("bad.py:texts", ["--name", "a", "--rounds", "1"], "array 'array-0' is <U1, expected real numbers"),
        ("bad.py:nothing", ["--name", "a", "--rounds", "1"], "no function 'nothing'"),
        ("bad.py:model", ["--rounds", "1"], "'name' is missing"),
        ("bad.py:model", ["--name", "A b", "--rounds", "1"], "name is 'A b'"),
        ("bad.py", ["--name", "a", "--rounds", "1"], "expected module.py:FACTORY"),
        ("gone.pt", ["--name", "a", "--rounds", "1"], "there is no file"),
        ("plan.json", ["--name", "a", "--rounds", "1"], "'lr' is not a field"),
        (
            "bad.py:listed",
            ["--name", "a", "--rounds", "1", "--use-buffers"],
            "is a dict, expected a torch.nn.Module for --use-buffers",
        ),
        (
            "bad.py:model",
            ["--name", "a", "--rounds", "1", "--local", "head.*"],
            "local has the pattern 'head.*', which matches no",
        ),
        ("bad.py:model", ["--name", "a", "--rounds", "1", "--step", "normal"], "'step': 'normal' is not a step rule"),
        ("bad.py:model", ["--name", "a", "--rounds", "1", "--gamma", "fast"], "'gamma': 'fast' is not a schedule"),
        ("bad.py:model", ["--name", "a", "--rounds", "1", "--compressor", "top:1"], "'compressor': "),
    ],
)
def test_invalid_arguments_are_named_and_nothing_is_written(
    tmp_path: Path, capsys: Any, source: str, options: list[str], fault: str
) -> None:
    torch.save(nn.Linear(3, 2).state_dict(), tmp_path / "state.pt")
    torch.save(nn.Linear(3, 2), tmp_path / "pickle.pt")
    (tmp_path / "other.pt").write_text("not a module")
    (tmp_path / "bad.py").write_text(MODULE)
    (tmp_path / "plan.json").write_text('{"module": "bad.py:model", "lr": 1}')
    assert main(["run", str(tmp_path / source), *options, "--out", str(tmp_path / "out")]) == 2
    assert fault in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_safetensors_are_laid_out_as_the_format_says() -> None:
    data = safetensors({"a": np.array([1.5], dtype=np.float32), "b": np.array([[2.0, 3.0]])})
    header = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F64","shape":[1,2],"data_offsets":[4,20]}}'
    header += b" " * (-len(header) % 8)
    assert data == len(header).to_bytes(8, "little") + header + np.float32(1.5).tobytes() + np.array([2.0, 3.0]).tobytes()
    with pytest.raises(ValueError, match="'a' is int64"):
        safetensors({"a": np.array([1])})


def test_the_written_device_trains_the_run_once_it_has_data(server: Any, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "net.py").write_text(MODULE)
    make = ["run", f"{tmp_path}/net.py:model", "--name", "scripted", "--rounds", "2", "--devices", "1", "--out", str(tmp_path)]
    assert main(make) == 0
    server.operate("POST", "runs", json.loads((tmp_path / "scripted.json").read_text()))
    model = (tmp_path / "scripted.safetensors").read_bytes()
    server.download("runs/scripted/model", "PUT", model, "application/x-safetensors")
    script = tmp_path / "scripted_device.py"
    written = script.read_text()
    data = "return [(torch.ones(4, 3), torch.tensor([0, 1, 0, 1]))]"
    edited = written.replace('raise NotImplementedError("load this device\'s data in batches()")', data)
    assert edited != written
    script.write_text(edited)
    assert main(make) == 0
    assert "scripted_device.py exists and is kept" in capsys.readouterr().out
    assert script.read_text() == edited

    of_device = {"EVENKEEL_URL": server.url, "EVENKEEL_ENROLMENT_TOKEN": server.enrolment_token(1)}
    source = str(Path(evenkeel.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source, **of_device, "EVENKEEL_STATE": str(tmp_path / "state")}
    device = subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: server.operate("GET", "runs/scripted")["members"] == 1 or device.poll() is not None, 120)
        server.operate("POST", "runs/scripted/start")
        assert "finished" in device.communicate(timeout=120)[0].lower()
    finally:
        device.kill()
        device.communicate()
