"""Sizes of code that no layout changes: tokens without comments, docstrings and line breaks, and lines that
hold code."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
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


def code_tokens(text: str) -> list[tokenize.TokenInfo]:
    """Returns the tokens of a module's code."""
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        node.body[0].lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, nodes) and ast.get_docstring(node) is not None
    }
    return [
        token
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in LAYOUT and not (token.type == tokenize.STRING and token.start[0] in docs)
    ]


def code_lines(text: str) -> int:
    """Returns the number of lines on which a token of code begins or ends."""
    return len({line for token in code_tokens(text) for line in (token.start[0], token.end[0])})


def modules(package: Path) -> dict[str, str]:
    """Returns the text of each module of a package by its path, without the lists of public names
    (`__init__.py`)."""
    files = sorted(file for file in package.rglob("*.py") if file.name != "__init__.py")
    return {file.relative_to(package).as_posix(): file.read_text("utf-8") for file in files}


def room_tokens(package: Path) -> Counter[str]:
    """Returns the tokens of each room, the first folder below the package; "top" are the modules beside the
    rooms."""
    count: Counter[str] = Counter()
    for file in package.rglob("*.py"):
        parts = file.relative_to(package).parts
        count[parts[0] if len(parts) > 1 else "top"] += len(code_tokens(file.read_text("utf-8")))
    return count
