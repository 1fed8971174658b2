"""The files of words: one a language, and what would make it too long in folders beside it. Each is named by its language's code."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

WORDS = Path(str(files("fltoolkit.languages")))
BASE = "en"


def shipped_languages() -> list[str]:
    """The codes of all languages that have a file."""
    return sorted(path.stem for path in WORDS.glob("*.yaml"))


def files_of(code: str) -> list[Path]:
    """The files of a language, the one with most of its words first."""
    return [WORDS / f"{code}.yaml", *sorted(WORDS.glob(f"*/{code}.yaml"))]
