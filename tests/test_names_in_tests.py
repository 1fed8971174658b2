"""Tests that the tests name only what modules have: a function that was renamed is found in a second, not at
the end of a run."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).resolve().parent


def missing_names(file: Path) -> list[str]:
    """Returns the names that a file takes from an imported module of the package, and that the module does
    not have."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules: dict[str, ModuleType] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fltoolkit."):
            home = importlib.import_module(str(node.module))
            taken = {alias.asname or alias.name: getattr(home, alias.name, None) for alias in node.names}
            modules |= {name: thing for name, thing in taken.items() if isinstance(thing, ModuleType)}
    return [
        f"{file.name}:{node.lineno}: {node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
        if not hasattr(modules[node.value.id], node.attr)
    ]


def test_tests_name_only_what_modules_have() -> None:
    assert [missing for file in sorted(TESTS.rglob("*.py")) for missing in missing_names(file)] == []


@pytest.mark.parametrize(("name", "missing"), [("sentences", False), ("sentencez", True)])
def test_a_name_that_is_gone_is_found(tmp_path: Path, name: str, missing: bool) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(f"from fltoolkit.show.wording import result_sentences\n\nresult_sentences.{name}()\n")
    assert bool(missing_names(file)) is missing
