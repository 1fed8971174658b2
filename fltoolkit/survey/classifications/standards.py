"""Reads the standard classifications: YAML files with the meaning of each code, in words and in ILOSTAT's codes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.yaml_reasons import YamlReason
from fltoolkit.yaml_files.loading import Code, Model, load_model

OWN = "FL_"  # prefix of codes that are the kit's own, not ILOSTAT's
UNKNOWN = "x"


class Category(Model):
    """A category of a standard classification, such as women, with its names and its code.

    Attributes:
        words: the key of the category's name, below `kit` in the language files.
        of_children: the key of its name in a population of children. Blank if the name is the same.
        of_sums: the key of its name in a sum of adults and children. Blank if the name is the same.
        ilostat: its code in ILOSTAT, or the kit's own code. Blank if the standard has none.
    """

    words: str
    of_children: str = ""
    of_sums: str = ""
    ilostat: str = ""

    @property
    def name_key(self) -> Reason:
        """Returns the name of the category as a key of the language files, so that it can be printed in the words of any
        language.
        """
        return Reason.of(self.words)

    @property
    def label(self) -> str:
        """Returns the name of the category in English. The data use this name."""
        return str(self.name_key)

    @property
    def every_name(self) -> tuple[Reason, ...]:
        """Returns all names that the category can have, such as women, girls, and the name in a sum of both. The data use the
        first one."""
        return tuple(Reason.of(words) for words in (self.words, self.of_children, self.of_sums) if words)

    @property
    def names(self) -> tuple[str, ...]:
        """Returns all names that the category can have, in English, such as women and girls."""
        return tuple(str(name) for name in self.every_name)

    def name_in(self, of: Literal["words", "of_children", "of_sums"]) -> str:
        """Returns the English name of the category in one kind of population: adults (`words`), children (`of_children`) or the
        sum of both (`of_sums`)."""
        return str(Reason.of(getattr(self, of) or self.words))


class Standard(Model):
    """The content of standard.yaml.

    Attributes:
        ilo_aggregates: the key of the name of each ILO aggregate of industries, by its code.
        age_bands: the code in ILOSTAT of each standard age band.
        classifications: the categories of each standard classification, such as sex or area, by code.
    """

    ilo_aggregates: dict[str, str]
    age_bands: dict[str, str]
    classifications: dict[str, dict[Code, Category]]


class IndustrySection(Model):
    """A section of ISIC (such as A, agriculture): its first and last division, and the ILO aggregate to which it belongs."""

    divisions: str
    aggregate: str

    @property
    def codes(self) -> tuple[str, ...]:
        first, last = (int(d) for d in self.divisions.split("-"))
        return tuple(f"{d:02d}" for d in range(first, last + 1))


class Isic(Model):
    """One revision of ISIC (the classification of industries).

    Attributes:
        to_verify: facts that were written from memory and not yet checked against their source.
        ilostat: the beginnings of ILOSTAT's codes.
        sections: the sections, by letter.
        own_rows: the divisions that have their own row in tables.
    """

    to_verify: YamlReason = ""
    ilostat: dict[str, str]
    sections: dict[str, IndustrySection]
    own_rows: dict[str, str]

    @property
    def section_of(self) -> dict[str, str]:
        """Returns the letter of the ISIC section to which each division belongs: `{"01": "A"}`."""
        return {d: letter for letter, section in self.sections.items() for d in section.codes}


@cache
def standard() -> Standard:
    """Returns the categories of standard.yaml."""
    return load_model(_here() / "standard.yaml", Standard)


@cache
def isic(revision: str) -> Isic:
    """Returns a revision of ISIC, by its name in survey.yaml."""
    return load_model(_here() / f"{revision}.yaml", Isic)


def _here() -> Path:
    return Path(str(files(__package__)))
