"""Sizes of code that no layout changes: tokens without comments, docstrings and line breaks, and lines that
hold code."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}


@dataclass(frozen=True)
class CodeSize:
    """Tokens of a module's code, and lines on which one begins or ends."""

    tokens: int
    lines: int


def code_size(text: str) -> CodeSize:
    """Returns the size of a module's code."""
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        node.body[0].lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, nodes) and ast.get_docstring(node) is not None
    }
    code = [
        token
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in LAYOUT and not (token.type == tokenize.STRING and token.start[0] in docs)
    ]
    return CodeSize(len(code), len({line for token in code for line in (token.start[0], token.end[0])}))


@cache
def file_sizes(package: Path) -> dict[str, CodeSize]:
    """Returns the size of each file of a package by its path."""
    files = sorted(package.rglob("*.py"))
    return {file.relative_to(package).as_posix(): code_size(file.read_text("utf-8")) for file in files}


def module_sizes(package: Path) -> dict[str, CodeSize]:
    """Returns the size of each module, without the lists of public names (`__init__.py`)."""
    return {name: size for name, size in file_sizes(package).items() if Path(name).name != "__init__.py"}


def room_tokens(package: Path) -> Counter[str]:
    """Returns the tokens of each room, the first folder below the package; "top" are the modules beside the
    rooms."""
    count: Counter[str] = Counter()
    for name, size in file_sizes(package).items():
        count[name.partition("/")[0] if "/" in name else "top"] += size.tokens
    return count
