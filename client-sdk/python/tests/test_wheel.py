"""The wheel that is built from this folder."""

import zipfile
from pathlib import Path

import pytest

wheel = pytest.importorskip("hatchling.builders.wheel")

PACKAGE = Path(__file__).parent.parent


def test_the_wheel_has_the_licence_of_the_repository(tmp_path):
    built = next(wheel.WheelBuilder(str(PACKAGE)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(built) as files:
        licences = [name for name in files.namelist() if name.endswith("/LICENSE")]
        metadata = files.read(next(name for name in files.namelist() if name.endswith("/METADATA"))).decode()
        assert [files.read(name) for name in licences] == [(PACKAGE.parent.parent / "LICENSE").read_bytes()]
    assert "License-Expression: Apache-2.0" in metadata
