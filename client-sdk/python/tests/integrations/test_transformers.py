"""Hugging Face's Trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")
transformers = pytest.importorskip("transformers", reason="transformers is not installed: .ci/integrations installs it")
pytest.importorskip("peft", reason="peft is not installed: .ci/integrations installs it")

from evenkeel.torch import trainable  # noqa: E402
from evenkeel.transformers import train  # noqa: E402

from . import loops  # noqa: E402


class Linear(torch.nn.Module):
    """A model in the form that the Trainer accepts."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.linear = torch.nn.Linear(3, 1)

    def forward(self, inputs: Any, labels: Any) -> Any:
        scores = self.linear(inputs)
        return {"loss": torch.nn.functional.mse_loss(scores, labels), "logits": scores}


DATA = [{"inputs": torch.full((3,), float(number)), "labels": torch.zeros(1)} for number in range(8)]


class Normalized(Linear):
    """A model with batch normalization."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Sequential(torch.nn.BatchNorm1d(3), self.linear)


class Stepping(transformers.TrainerCallback):
    def __init__(self, after_step: Any) -> None:
        self._after_step = after_step

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._after_step(state.global_step)


def trainer(folder: Path, model: Any = None, **settings: Any) -> Any:
    arguments = {"max_steps": 10_000, "use_cpu": True, "report_to": "none", "disable_tqdm": True, "save_strategy": "no"}
    args = transformers.TrainingArguments(output_dir=str(folder), per_device_train_batch_size=2, **{**arguments, **settings})
    return transformers.Trainer(model=model or Linear(), args=args, train_dataset=DATA)


@pytest.fixture
def loop(tmp_path: Path) -> Any:
    def run(client: Any, after_step: Any) -> Any:
        made = trainer(tmp_path)
        made.add_callback(Stepping(after_step))
        return train(made, client, local_steps=2)

    return run


TENSORS = loops.shapes(trainable(Linear()))


def test_an_exception_ends_the_client(server: Any, loop: Any) -> None:
    loops.assert_an_exception_ends_the_client(server, loop, TENSORS)


def test_the_end_of_the_run_ends_the_loop(server: Any, loop: Any) -> None:
    loops.assert_the_end_of_the_run_ends_the_loop(server, loop, TENSORS)


def test_other_models_are_refused(server: Any, loop: Any) -> None:
    loops.assert_other_models_are_refused(server, loop, TENSORS)


def test_a_trainer_that_ends_first_stops_the_client(server: Any, tmp_path: Path) -> None:
    loops.assert_a_loop_that_ends_first_stops_the_client(
        server, lambda client, after_step: train(trainer(tmp_path, max_steps=3), client, local_steps=2), TENSORS
    )


def test_buffers_are_those_of_the_run_and_local_parameters_stay(server: Any, tmp_path: Path) -> None:
    settings = {"use_buffers": True, "local": ["linear.1.*"]}
    first, model = Normalized(), Normalized()
    run = loops.created(server, loops.shapes(trainable(model, **settings)), **loops.LOCAL, rounds=3)
    with loops.client(server, run) as client:
        train(trainer(tmp_path, model), client, local_steps=2, **settings)
    found = safetensors.load(server.download(f"runs/{run}/rounds/latest/model?format=safetensors"))
    own = model.state_dict()
    assert found.keys() == {f"linear.0.{name}" for name in ("weight", "bias", "running_mean", "running_var")}
    assert all(torch.equal(found[name], own[name]) for name in found)
    for changed in ("linear.0.running_mean", "linear.1.weight"):
        assert not torch.equal(own[changed], first.state_dict()[changed])


def test_settings_that_replace_the_model_or_the_loop_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="auto_find_batch_size"):
        train(trainer(tmp_path, auto_find_batch_size=True), None)
    args = transformers.TrainingArguments(output_dir=str(tmp_path), use_cpu=True)
    with pytest.raises(ValueError, match="model_init"):
        train(transformers.Trainer(model_init=Linear, args=args, train_dataset=DATA), None)


def test_a_killed_device_continues_with_the_same_bits(server: Any, tmp_path: Path) -> None:
    trained = loops.assert_a_killed_device_changes_nothing(
        server, tmp_path, "gpt_trainer.py", "gpt_trainer.py:model", rounds=10, dies_at=28, data=False
    )
    # The loss of guessing is ln 32, 3.47.
    assert trained.accuracies[0] < 2.8
