"""Reads the standard classifications: YAML files that say what a code means, in words and in ILOSTAT's codes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.yaml_reasons import YamlReason
from fltoolkit.yaml_files.loading import Code, Model, load_model

OWN = "FL_"  # starts every code that is the kit's own, not ILOSTAT's
UNKNOWN = "x"


class Category(Model):
    """A category of a standard classification.

    Attributes:
        words: the key of what it is called, below `kit` in the files of the languages. of_children: of what it is called in a population of
            children; of_sums: in a sum of adults and children. Both are blank where that stays the same.
        ilostat: its code in ILOSTAT, or the kit's own; blank where the standard gives none.
    """

    words: str
    of_children: str = ""
    of_sums: str = ""
    ilostat: str = ""

    @property
    def said(self) -> Reason:
        """What it is called, in any language."""
        return Reason.of(self.words)

    @property
    def label(self) -> str:
        """What it is called in the data: its English words."""
        return str(self.said)

    @property
    def every_name(self) -> tuple[Reason, ...]:
        """Everything that it may be called, the first by which data call it."""
        return tuple(Reason.of(words) for words in (self.words, self.of_children, self.of_sums) if words)

    @property
    def names(self) -> tuple[str, ...]:
        """The same in English words."""
        return tuple(str(name) for name in self.every_name)

    def name_in(self, of: Literal["words", "of_children", "of_sums"]) -> str:
        """What it is called in a population, in English words."""
        return str(Reason.of(getattr(self, of) or self.words))


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
    """One revision of ISIC: sections by letter, divisions with rows of their own, ILOSTAT's prefixes, and what is still to be
    verified.
    """

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
