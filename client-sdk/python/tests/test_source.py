"""Checks the package's source: docstrings, and imports without cycles."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import evenkeel

ROOT = Path(evenkeel.__file__).parent.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in Path(evenkeel.__file__).parent.rglob("*.py")
}


def test_public_classes_and_functions_have_a_docstring() -> None:
    def missing(node: ast.AST, prefix: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.ClassDef, ast.FunctionDef)) and not child.name.startswith("_"):
                name = f"{prefix}.{child.name}"
                if not ast.get_docstring(child) and "overload" not in map(ast.unparse, child.decorator_list):
                    yield name
                if isinstance(child, ast.ClassDef):
                    yield from missing(child, name)

    assert len(MODULES) > 100
    assert [name for module, path in MODULES.items() for name in missing(ast.parse(path.read_text("utf-8")), module)] == []


def test_imports_have_no_circle() -> None:
    """Imports within functions and for type checkers also count."""
    # Raises CycleError, which names the cycle.
    assert len(list(TopologicalSorter({module: set(imports(module)) for module in MODULES}).static_order())) == len(MODULES)


def imports(module: str) -> Iterator[str]:
    """Yields the modules of the package that a module imports."""
    path = MODULES[module]
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) + 1 - node.level], node.module or ""] if node.level else [node.module or ""]
            source = ".".join(base).rstrip(".")
            names = [name if (name := f"{source}.{alias.name}") in MODULES else source for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name in MODULES and name != module)
