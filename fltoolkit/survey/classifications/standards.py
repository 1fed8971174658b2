"""Standard classifications are data: the YAML files here say what a code stands for, in words and in ILOSTAT's codes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from fltoolkit.yaml_files.loading import Code, Model, load_model

OWN = "FL_"  # starts every code that is the kit's own, not ILOSTAT's
UNKNOWN = "x"


class Category(Model):
    """A category of a standard classification.

    Attributes:
        label: what it is called. of_children: what it is called in a population of children; of_sums: in a sum of adults and children.
            Both are blank where the label stays the same.
        ilostat: its code in ILOSTAT, or the kit's own; blank where the standard gives none.
    """

    label: str
    of_children: str = ""
    of_sums: str = ""
    ilostat: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it may be called, the label first."""
        return tuple(name for name in (self.label, self.of_children, self.of_sums) if name)


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

    to_verify: str = ""
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
