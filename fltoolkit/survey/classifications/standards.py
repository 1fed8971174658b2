"""Standard classifications are data: the YAML files here say what a code stands for, in words and in ILOSTAT's codes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.yaml_reasons import YamlReason
from fltoolkit.yaml_files.loading import Code, Model, load_model

OWN = "FL_"  # starts every code that is the kit's own, not ILOSTAT's
UNKNOWN = "x"


class Category(Model):
    """A category of a standard: the key of its words below `kit` in the files of the languages, and its code in ILOSTAT or the kit's own;
    blank where a standard says that there is none."""

    words: str
    ilostat: str = ""

    @property
    def said(self) -> Reason:
        """What it is called, in any language."""
        return Reason.of(self.words)

    @property
    def label(self) -> str:
        """What it is called in the data: its English words."""
        return str(self.said)


class Standard(Model):
    """What standard.yaml holds."""

    ilo_aggregates: dict[str, str]
    age_bands: dict[str, str]
    classifications: dict[str, dict[Code, Category]]


class IndustrySection(Model):
    """A section of ISIC: its first and last division, and the ILO aggregate it belongs to."""

    divisions: str
    aggregate: str

    @property
    def codes(self) -> tuple[str, ...]:
        first, last = (int(d) for d in self.divisions.split("-"))
        return tuple(f"{d:02d}" for d in range(first, last + 1))


class Isic(Model):
    """One revision of ISIC: sections by letter, divisions that are rows of their own, ILOSTAT's prefixes, what is unverified."""

    to_verify: YamlReason = ""
    ilostat: dict[str, str]
    sections: dict[str, IndustrySection]
    own_rows: dict[str, str]

    @property
    def section_of(self) -> dict[str, str]:
        """Division to section letter."""
        return {d: letter for letter, section in self.sections.items() for d in section.codes}


@cache
def standard() -> Standard:
    """The categories of standard.yaml."""
    return load_model(_here() / "standard.yaml", Standard)


@cache
def isic(revision: str) -> Isic:
    """A revision of ISIC by the name survey.yaml gives it."""
    return load_model(_here() / f"{revision}.yaml", Isic)


def _here() -> Path:
    return Path(str(files(__package__)))
