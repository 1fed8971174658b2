"""Defines the kit's remarks about a number, such as the reason why it is hidden, or a verdict. A remark is
stored as data: a key of `languages/kit/*.yaml`, with the values for its placeholders.

Code makes, compares and joins remarks, but never reads their words. `Language.kit` gives the words in a
language. `str` gives the English words, as tables, files and notebooks show them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

from fltoolkit.errors import FltoolkitError
from fltoolkit.languages.language import KIT, Language, read_language
from fltoolkit.languages.word_files import BASE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

CROSSED = "categories.crossed"


class Remark:
    """A remark of the kit about a number. `Remark` is the common base class of `Reason`, `Reasons` (several)
    and `Name`. If a remark is printed, it shows its English words.

    Two remarks are equal if their keys and values are equal. For users, a remark also equals its English
    words, so that they can write `table["verdict"] == "decreased"`, and `in` searches its English words. The
    kit's own code compares only keys and values.
    """

    def in_words(self, language: Language) -> str:
        """Returns the remark as text in one language. The names in it are also put in words: `withheld_wages`
        becomes `withheld wages`.
        """
        return _worded(self, language, lambda name: _name_in_words(name, language), language.own)

    @cached_property
    def _english(self) -> str:
        """Returns the remark as English text. Names stay as in data and YAML files: `withheld_wages`."""
        return _worded(self, read_language(BASE), lambda name: name.code, str)

    @property
    def _content(self) -> Any:
        raise NotImplementedError

    def __str__(self) -> str:
        return self._english

    def __repr__(self) -> str:
        return repr(self._english)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Remark):
            return type(self) is type(other) and self._content == other._content
        return self._english == other if isinstance(other, str) else NotImplemented

    def __contains__(self, text: object) -> bool:
        return str(text) in self._english

    def __hash__(self) -> int:
        return hash(self._english)


@dataclass(frozen=True, eq=False, repr=False)
class Reason(Remark):
    """One remark of the kit as data, such as the reason `too few cases` or the verdict `decreased`: a key and
    the values for its placeholders. The language files contain the words.

    Attributes:
        code: the key of the sentence below `kit` in the language files, such as `reasons.few_cases`.
        values: the values for the placeholders of the sentence, by name. A whole number is written with the
            thousands mark of the language, any other number with its decimal mark. A text stays as it is: a
            year, a date, a survey's own words. A tuple is a list with commas.
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, code: str, **values: Any) -> Reason:
        """Returns a remark. `code` is the key of its sentence below `kit` in the language files; `values`
        fill the placeholders of the sentence."""
        return cls(code, tuple(values.items()))

    @property
    def _content(self) -> Any:
        return self.code, self.values


@dataclass(frozen=True, eq=False, repr=False)
class Reasons(Remark):
    """Several reasons (`Reason`) for one number, as one value, so that one cell of a table can hold them all.
    `parts` are the reasons in the order in which they are printed. The function `joined_reasons` makes such a
    value, without repeated reasons."""

    parts: tuple[Any, ...]

    @property
    def _content(self) -> Any:
        return self.parts


@dataclass(frozen=True, eq=False, repr=False)
class Name(Remark):
    """A name that every language can put in words. It names a group such as `sex`, an item (a question of the
    definition of forced labour) such as `debt_bondage`, or a dimension of a rule set.

    Attributes:
        kind: the part of the language files that has words for it, such as `groups` or `kit.items`. If there
            are no words for the name, the name itself is shown.
        code: the name, as in data and YAML files.
    """

    kind: str
    code: str

    @property
    def _content(self) -> Any:
        return self.kind, self.code


def group_name(code: str) -> Name:
    """Returns a `Name` for a group (a breakdown such as `age_group`). A `Name` can be printed in the words of
    any language."""
    return Name("groups", code)


def item_names(codes: Iterable[str]) -> tuple[Name, ...]:
    """Returns a `Name` for each code: an item (a question of the definition of forced labour, such as
    `withheld_wages`) or a dimension of a rule set. A `Name` can be printed in the words of any language:
    `withheld wages`, `salaires retenus`."""
    return tuple(Name("kit.items", code) for code in codes)


def crossed_names(groups: Iterable[str]) -> Any:
    """Returns the names of the groups of a crossed table as one remark, printed as `sex × region`. Without
    groups, the result is an empty text."""
    return crossed_categories([group_name(group) for group in groups])


def crossed_categories(parts: Sequence[Remark | str]) -> Remark | str:
    """Returns several crossed categories as one value for a cell, such as `men × rural`. A single category is
    returned unchanged. Without categories the result is an empty text.

    Each category is a remark of the kit or a text of the survey.
    """
    return reduce(lambda first, last: Reason.of(CROSSED, first=first, last=last), parts) if parts else ""


def uncrossed_categories(remark: object) -> tuple[object, ...]:
    """Returns the single categories of a crossed category: `men × rural` gives `men` and `rural`. This
    function reverses `crossed_categories`.
    """
    if not isinstance(remark, Reason) or remark.code != CROSSED:
        return (remark,)
    first, last = (value for _, value in remark.values)
    return (*uncrossed_categories(first), last)


def joined_reasons(parts: Iterable[object]) -> Any:
    """Returns several reasons as one value (see `Reasons`) for one cell of a table. A repeated reason is kept
    once, and empty reasons are left out. A single reason is returned as it is. Without reasons the result is
    an empty text.
    """
    each: dict[object, None] = {}
    for part in parts:
        each |= dict.fromkeys(part.parts if isinstance(part, Reasons) else [part] if has_text(part) else [])
    texts = tuple(each)
    return Reasons(texts) if len(texts) > 1 else texts[0] if texts else ""


def reason_of(error: FltoolkitError) -> Remark | str:
    """Returns the message of an error, for a cell of a table: the problem, and what was found. If the error
    contains a `Reason`, the result is a `Reason` too, so that it can be translated. Otherwise the result is a
    text of one line.
    """
    if not isinstance(error.problem_as_given, Remark):
        return error.reason
    found = error.found_as_given
    return (
        Reason.of("reasons.found", problem=error.problem_as_given, found=found)
        if found
        else error.problem_as_given
    )


def has_remark(column: Iterable[object], *remarks: object) -> NDArray[np.bool_]:
    """Returns, for each cell of a column, whether it contains one of these remarks (reasons, verdicts or
    names)."""
    import numpy as np

    return np.array([cell in remarks for cell in column], dtype=bool)


def has_text(value: object) -> bool:
    """Returns whether a cell of a table is not empty: it contains a remark (such as a reason or verdict), or
    a text."""
    return isinstance(value, Remark) or (isinstance(value, str) and value != "")


def as_stated(number: float) -> str:
    """Returns a number as English text with all its digits, such as `1,333,333` or `33.3333`, and never with
    an exponent. Only errors of binary arithmetic are rounded away."""
    return f"{number:,}" if isinstance(number, int) else f"{Decimal(f'{number:.12g}'):,f}"


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Returns a table as it is written to files. Cells that contain a `Remark`, such as the verdict
    `decreased`, get its English words as plain text.
    """
    texts: dict[str, Any] = {
        str(name): [str(v) if isinstance(v, Remark) else v for v in table[name]]
        for name in table
        if table[name].dtype == object
    }
    return table.assign(**texts)


def _worded(
    remark: object, language: Language, of_name: Callable[[Name], str], of_text: Callable[[str], str]
) -> str:
    """Returns a remark (such as a reason or verdict), or one of the values in it, as text in one language.

    Args:
        remark: the remark or the value.
        language: the language.
        of_name: returns the words of a name.
        of_text: returns the words of a text that a user wrote in survey.yaml or nap.yaml.
    """
    if isinstance(remark, Reason):
        return language.say(
            KIT + remark.code,
            **{name: _worded(value, language, of_name, of_text) for name, value in remark.values},
        )
    if isinstance(remark, Reasons):
        return language.list(_worded(part, language, of_name, of_text) for part in remark.parts)
    if isinstance(remark, tuple):
        return ", ".join(_worded(part, language, of_name, of_text) for part in remark)
    if isinstance(remark, Name):
        return of_name(remark)
    if isinstance(remark, (int, float)):
        return language.number(as_stated(remark))
    return of_text(str(remark))


def _name_in_words(name: Name, language: Language) -> str:
    """Returns a name as words in one language. For a group, these are the label in survey.yaml or the kit's
    word. For a question of the definition of forced labour, such as `debt_bondage`, they are the words in the
    language file. If the file has none, the underscores of the name become blanks."""
    if name.kind == "groups":
        return language.group(name.code)
    return language.words.get(f"{name.kind}.{name.code}", name.code.replace("_", " "))
