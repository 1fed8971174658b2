"""What the kit says of a number, as data: a key of `languages/kit/*.yaml`, with the values that its words leave room for.

Code makes, compares and joins remarks; no code reads their words. `Language.kit` words them in a language. `str` gives the English
words, as tables, files and notebooks show them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from fltoolkit.errors import FltoolkitError
from fltoolkit.languages.language import KIT, Language, read_language
from fltoolkit.languages.word_files import BASE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CROSSED = "categories.crossed"


class Remark:
    """Whatever the kit says in words: a `Reason`, `Reasons` or a `Name`. Printed it is its English words.

    Two remarks are equal where key and values are. A remark also equals its English words, so that a reader of a table may write
    `table["verdict"] == "decreased"`, and `in` looks for a text in them. The kit itself does neither.
    """

    def in_words(self, language: Language) -> str:
        """Its words in a language, names in words, too: `withheld wages`."""
        return _worded(self, language, lambda name: _name_in_words(name, language), language.own)

    @cached_property
    def _english(self) -> str:
        """Its English words, names as data and YAML files have them: `withheld_wages`."""
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
    """A reason, verdict or remark.

    Attributes:
        code: its key below `kit` in the files of the languages, as `reasons.few_cases`.
        values: what stands in the places of its words, by name. A whole number is written with the thousands mark of the language, any other
            number with its decimal mark. A text stays as it is: a year, a date, a survey's own words. A tuple is a list with commas.
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, code: str, **values: Any) -> Reason:
        """A reason by its key and the values by their names."""
        return cls(code, tuple(values.items()))

    @property
    def _content(self) -> Any:
        return self.code, self.values


@dataclass(frozen=True, eq=False, repr=False)
class Reasons(Remark):
    """Several reasons, in order; `joined` makes them."""

    parts: tuple[Any, ...]

    @property
    def _content(self) -> Any:
        return self.parts


@dataclass(frozen=True, eq=False, repr=False)
class Name(Remark):
    """The name of something that the kit or a survey knows: a group, an item, a dimension of a rule set.

    Attributes:
        kind: the part of the files of the languages that has words for it, as `groups` or `kit.items`. What stands in none keeps its name.
        code: the name, as data and YAML files have it.
    """

    kind: str
    code: str

    @property
    def _content(self) -> Any:
        return self.kind, self.code


def group_name(code: str) -> Name:
    """The name of a group, as `age_group`."""
    return Name("groups", code)


def item_names(codes: Iterable[str]) -> tuple[Name, ...]:
    """The names of items or of dimensions of a rule set, as `withheld_wages`."""
    return tuple(Name("kit.items", code) for code in codes)


def crossed_names(groups: Iterable[str]) -> Any:
    """The names of groups that are crossed, as `sex × region`; "" for none."""
    return crossed_categories([group_name(group) for group in groups])


def crossed_categories(parts: Sequence[Remark | str]) -> Remark | str:
    """Categories that are crossed, as `men × rural`: remarks, and texts that a survey has itself. One alone stays as it is; "" for none."""
    return reduce(lambda first, last: Reason.of(CROSSED, first=first, last=last), parts) if parts else ""


def uncrossed_categories(said: object) -> tuple[object, ...]:
    """The categories that `crossed_categories` crossed."""
    if not isinstance(said, Reason) or said.code != CROSSED:
        return (said,)
    first, last = (value for _, value in said.values)
    return (*uncrossed_categories(first), last)


def joined(parts: Iterable[object]) -> Any:
    """Several reasons as one, each once; "" for none. What is empty is left out."""
    each: dict[object, None] = {}
    for part in parts:
        each |= dict.fromkeys(part.parts if isinstance(part, Reasons) else [part] if is_said(part) else [])
    told = tuple(each)
    return Reasons(told) if len(told) > 1 else told[0] if told else ""


def reason_of(error: FltoolkitError) -> Remark | str:
    """What was wrong and what was found: a `Reason` where the error names its problem by one, else a text in one line."""
    if not isinstance(error.said, Remark):
        return error.reason
    found = error.found_as_given
    return Reason.of("reasons.found", problem=error.said, found=found) if found else error.said


def holds(column: Iterable[object], *remarks: object) -> NDArray[np.bool_]:
    """Which cells of a column hold one of these remarks. A column without any remark is text, which pandas compares with text only."""
    return np.array([cell in remarks for cell in column], dtype=bool)


def is_said(value: object) -> bool:
    """Whether a cell of a table holds a remark or a text: not "", and not missing."""
    return isinstance(value, Remark) or (isinstance(value, str) and value != "")


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """A table as files hold it: every remark is its English words."""
    told: dict[str, Any] = {
        str(name): [str(v) if isinstance(v, Remark) else v for v in table[name]] for name in table if table[name].dtype == object
    }
    return table.assign(**told)


def _worded(said: object, language: Language, of_name: Callable[[Name], str], of_text: Callable[[str], str]) -> str:
    """A remark, or a value of one, in words; `of_name` gives those of a name, `of_text` those of a survey's or plan's own text."""
    if isinstance(said, Reason):
        return language.say(KIT + said.code, **{name: _worded(value, language, of_name, of_text) for name, value in said.values})
    if isinstance(said, Reasons):
        return language.list(_worded(part, language, of_name, of_text) for part in said.parts)
    if isinstance(said, tuple):
        return ", ".join(_worded(part, language, of_name, of_text) for part in said)
    if isinstance(said, Name):
        return of_name(said)
    if isinstance(said, (int, float)):
        return language.number(f"{said:,}" if isinstance(said, int) else f"{said:,g}")
    return of_text(str(said))


def _name_in_words(name: Name, language: Language) -> str:
    """A name as people read it: a group by what the survey or the kit calls it. Any other name is English in data already."""
    if name.kind == "groups":
        return language.group(name.code)
    own = name.code.replace("_", " ")
    return own if language.code == BASE else language.words.get(f"{name.kind}.{name.code}", own)
