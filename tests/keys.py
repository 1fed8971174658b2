"""Gives a survey a certain secret key, so that a test can try several."""

from __future__ import annotations

from pathlib import Path

from fltoolkit.survey.design.suppression_key import BYTES, KEY_FILE


def write_key(folder: Path, number: int) -> None:
    """Writes the key of the survey in a folder. Each number gives another key."""
    (folder / KEY_FILE).write_text(f"{number:0{2 * BYTES}x}\n")
