"""Gives each category the name that it has in a population, and a code of ILOSTAT or of the kit (`FL_...`).

In the standard `sex`, the categories are men and women for adults, boys and girls for children. For a population of adults and
children, each category has both names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from fltoolkit.survey.classifications.job_codes import job_rows, not_stated_code
from fltoolkit.survey.classifications.standards import OWN, UNKNOWN, standard
from fltoolkit.survey.spec.groups import NOT_STATED, AgeGroup, AnyGroup, Bands, DisabilityGroup, Group, QuantileGroup
from fltoolkit.survey.spec.survey_spec import SurveySpec

if TYPE_CHECKING:
    import pandas as pd


def category_code(spec: SurveySpec, name: str, category: str) -> str:
    """Returns the code of one category, as exchange files use it. In the group `sex`, the category `women` has a code of
    ILOSTAT. Empty if the group follows a standard that has no code for the category.

    Args:
        spec: the survey.
        name: the name of the group.
        category: the label of the category in the data.
    """
    codes = {}
    if name in spec.jobs:
        job = spec.jobs[name]
        codes = {row.label: row.ilostat for row in job_rows(job).values()} | {NOT_STATED: not_stated_code(job)}
    elif name in spec.groups:
        codes = _codes_of(name, spec.groups[name])
    return codes.get(category, own_code(name, "X" if category == NOT_STATED else category))


def names_in(spec: SurveySpec, population: str) -> dict[str, dict[str, str]]:
    """Returns the names that categories have in a population but not in the data, as {group: {label: name}}. In a population of
    children: {"sex": {"women": "girls"}}.

    A group is left out if none of its categories has another name.
    """
    is_sum, definition = bool(spec.populations[population].sum_of), spec.definition_of(population)
    of: Literal["words", "of_children", "of_sums"] = (
        "of_sums" if is_sum else "of_children" if definition == "children" else "words"
    )
    found = {}
    for name, group in spec.groups.items():
        if isinstance(group, Group) and group.classification:
            named = standard().classifications[group.classification]
            found[name] = {c.label: c.name_in(of) for c in map(named.get, group.codes.values()) if c}
    return {name: names for name, names in found.items() if any(label != named for label, named in names.items())}


def named_in(spec: SurveySpec, rows: pd.DataFrame, population: str) -> pd.DataFrame:
    """Returns a table in which each category has the name that fits the population: `girls` replaces `women` in a population of
    children.
    """
    names = names_in(spec, population)
    return rows.assign(**{g: rows[g].replace(named) for g, named in names.items() if g in rows})


def label_of(spec: SurveySpec, group: str, category: str) -> str:
    """Returns the label that a category has in the data. The argument may be the label itself, the category's name in a population
    (`girls` gives `women`), or a band with a hyphen (`18-24` gives `18–24`).
    """
    found = spec.groups.get(group)
    if isinstance(found, Bands):
        band = category.replace("-", "–")
        return band if band in found.labels else category
    if not isinstance(found, Group) or not found.classification:
        return category
    named = standard().classifications[found.classification].values()
    return next((c.label for c in named if category in c.names), category)


def own_code(*parts: str) -> str:
    """Returns a code of the kit's own, made from words: `region` and `1` give `FL_REGION_1`."""
    return OWN + plain_code("_".join(parts))


def plain_code(text: str) -> str:
    """Returns a text as it may be used in a code: in capitals, without accents, and with `_` for all other characters. `Région 1`
    gives `REGION_1`.
    """
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "_", letters.upper())


def _codes_of(name: str, group: AnyGroup) -> dict[str, str]:
    """Returns the code of each category of a group, by the category's label: `{"men": "SEX_M"}`."""
    if isinstance(group, Group):
        return _coded(name, group)
    if isinstance(group, AgeGroup):
        return _bands(group)
    if isinstance(group, DisabilityGroup):
        named = standard().classifications["disability"].values()
        return {category.label: category.ilostat for category in named}
    if isinstance(group, QuantileGroup):
        return _from_lowest(name, group.labels, first=1)
    return _from_lowest(name, (f"under {group.bands[0]}", *group.labels), first=0)


def _coded(name: str, group: Group) -> dict[str, str]:
    """Returns the code of each category, by label, for a group that is made from the codes of a column (such as sex).

    If the group follows a standard classification, the codes are those of the standard. Otherwise they are made from the
    survey's own codes; if several codes share a label, the first is used.
    """
    if group.classification:
        named = standard().classifications[group.classification]
        return {name: named[c].ilostat for c in (*group.codes.values(), UNKNOWN) for name in named[c].names}
    return {label: own_code(name, code) for code, label in reversed(group.codes.items())}


def _from_lowest(name: str, labels: Sequence[str], first: int) -> dict[str, str]:
    """Returns the codes of bands or quantiles of a number, by label. They are numbered from the lowest, which has the number
    `first`."""
    return {label: own_code(name, str(i)) for i, label in enumerate(labels, first)} | {NOT_STATED: own_code(name, "X")}


def _bands(group: AgeGroup) -> dict[str, str]:
    """Returns the codes of age bands, as ILOSTAT writes them: `Y18-24`, `YLT18`, `YGE65`."""
    first, last = group.bands[0], group.bands[-1]
    shapes = {f"under {first}": f"YLT{first:02d}", group.labels[-1]: f"YGE{last:02d}", NOT_STATED: "X"}
    pairs = zip(group.labels, group.bands, group.bands[1:], strict=False)
    shapes |= {label: f"Y{low:02d}-{high - 1:02d}" for label, low, high in pairs}
    return {label: standard().age_bands.get(shape, f"{OWN}AGE_{shape}") for label, shape in shapes.items()}
