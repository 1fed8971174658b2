"""Lists the files that contain the words of each language: one main file per language, and further files in
folders beside it.

The name of a file is the code of its language: `fr.yaml`.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

WORDS = Path(str(files("fltoolkit.languages")))
BASE: Literal["en"] = "en"
Shipped = Literal["en", "es", "fr"]  # languages in which the kit has words


def shipped_languages() -> list[str]:
    """Returns the codes of all languages in which the kit has words, such as `en` and `fr`."""
    return sorted(path.stem for path in WORDS.glob("*.yaml"))


def files_of(code: str) -> list[Path]:
    """Returns the files that contain the words of a language, the main file (`fr.yaml`) first, then those in
    folders such as `kit/fr.yaml`.
    """
    return [WORDS / f"{code}.yaml", *sorted(WORDS.glob(f"*/{code}.yaml"))]
