"""Reads the standard classifications: YAML files with the meaning of each code, in words and in ILOSTAT's
codes."""

from __future__ import annotations

from functools import cache, cached_property
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
        words: the key of the category's name in the language files.
        of_children: the key of its name in a population of children, such as girls. It is empty if the name
            is the same.
        of_sums: the key of its name in a population that adds adults and children. It is empty if the name is
            the same.
        ilostat: its code in ILOSTAT, or the kit's own code. It is empty if there is none.
    """

    words: str
    of_children: str = ""
    of_sums: str = ""
    ilostat: str = ""

    @cached_property
    def name_key(self) -> Reason:
        """Returns the name of the category as a key of the language files, so that it can be printed in any
        language."""
        return Reason.of(self.words)

    @cached_property
    def label(self) -> str:
        """Returns the English name of the category. The classified data have this name as the category of a
        person."""
        return str(self.name_key)

    @property
    def every_name(self) -> tuple[Reason, ...]:
        """Returns all names of the category as keys of the language files: the name for adults (such as
        women), for children (such as girls), and for both together (such as women and girls). The data use
        the first of these names."""
        return tuple(Reason.of(words) for words in (self.words, self.of_children, self.of_sums) if words)

    @property
    def names(self) -> tuple[str, ...]:
        """Returns all names that the category can have, in English. For example, the category of women has
        the names *women*, *girls* and *women and girls*."""
        return tuple(str(name) for name in self.every_name)

    def name_in(self, of: Literal["words", "of_children", "of_sums"]) -> str:
        """Returns the English name of the category in one kind of population: adults (`words`), children
        (`of_children`) or the sum of both (`of_sums`)."""
        return str(Reason.of(getattr(self, of) or self.words))


class Standard(Model):
    """The content of the file standard.yaml, which contains the standard classifications of this package.

    Attributes:
        ilo_aggregates: for the code of each ILO aggregate of industries, the key of its name in the language
            files.
        age_bands: for each standard age band, its code in ILOSTAT.
        classifications: for each standard classification, such as sex, its categories by code.
    """

    ilo_aggregates: dict[str, str]
    age_bands: dict[str, str]
    classifications: dict[str, dict[Code, Category]]


class IndustrySection(Model):
    """A section of ISIC, such as A (agriculture): the first and the last of its divisions, and the ILO
    aggregate of industries to which it belongs."""

    divisions: str
    aggregate: str

    @property
    def codes(self) -> tuple[str, ...]:
        first, last = (int(d) for d in self.divisions.split("-"))
        return tuple(f"{d:02d}" for d in range(first, last + 1))


class Isic(Model):
    """One revision of ISIC (the International Standard Industrial Classification).

    Attributes:
        to_verify: a note that parts of the revision were written from memory and not yet checked against
            their source. If all were checked, the note is empty.
        ilostat: the text with which ILOSTAT's codes begin, by level: `section` and `division`.
        sections: the sections, by letter.
        own_rows: the divisions that have their own row in tables (fishing, domestic work), each with a part
            of the key of its name in the language files.
    """

    to_verify: YamlReason = ""
    ilostat: dict[str, str]
    sections: dict[str, IndustrySection]
    own_rows: dict[str, str]

    @cached_property
    def section_of(self) -> dict[str, str]:
        """Returns the letter of the ISIC section to which each division belongs: `{"01": "A"}`."""
        return {d: letter for letter, section in self.sections.items() for d in section.codes}


@cache
def standard() -> Standard:
    """Returns the content of standard.yaml: the categories of the standard classifications."""
    return load_model(_package_folder() / "standard.yaml", Standard)


@cache
def isic(revision: str) -> Isic:
    """Returns a revision of ISIC. `revision` is its name in survey.yaml, such as `isic_rev4`."""
    return load_model(_package_folder() / f"{revision}.yaml", Isic)


def _package_folder() -> Path:
    return Path(str(files(__package__)))
