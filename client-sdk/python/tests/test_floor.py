"""Checks for the oldest Python in pyproject.toml, as far as a newer one can make them."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
FILES = sorted(
    file
    for folder in ("python/src", "python/tests", "python/examples", "vectors")
    for file in (PACKAGE.parent / folder).rglob("*.py")
)
PYPROJECT = (PACKAGE / "pyproject.toml").read_text(encoding="utf-8")


def floor():
    return tuple(map(int, re.search(r'requires-python = ">=(\d+)\.(\d+)"', PYPROJECT).groups()))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE.parent)))
def test_the_syntax_is_that_of_the_oldest_python(file):
    ast.parse(file.read_text(encoding="utf-8"), str(file), feature_version=floor())


def test_mypy_and_ruff_check_for_the_oldest_python():
    major, minor = floor()
    assert f'python_version = "{major}.{minor}"' in PYPROJECT
    assert f'target-version = "py{major}{minor}"' in PYPROJECT
