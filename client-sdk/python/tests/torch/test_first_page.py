"""The two programs at the beginning of docs/python.md, unchanged."""

import re

import pytest

from .. import coordinator
from .test_examples import run

PAGE = coordinator.ROOT / "docs" / "python.md"
PROGRAM = re.compile(r"^```python (\w+\.py)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def programs(tmp_path):
    """The programs of the page, each of at most 25 lines, in a folder."""
    for name, text in PROGRAM.findall(PAGE.read_text()):
        assert len(text.splitlines()) <= 25
        (tmp_path / name).write_text(text)
    return tmp_path


def test_two_devices_learn(programs):
    if coordinator.command() is None:
        pytest.skip("no coordinator is built")
    pytest.importorskip("pandas")
    first, last = re.findall(r"(?m)^\d+ +(\d\.\d+)$", run(programs / "two_devices.py"))
    assert float(last) < 0.5 < float(first)


def test_a_trial_has_a_verdict(programs):
    options = ["--compressor", "top-k:0.1", "--uncompressed-gamma", "0.5", "--rounds", 5, "--seeds", 1, 2]
    printed = run("-m", "evenkeel.trial", programs / "trial.py", *options, "--out", programs / "results")
    assert "ef14-0.5" in printed
    assert "against uncompressed gd" in printed
