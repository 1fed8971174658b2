"""Gives each category its name in a population and its code for machines: the code of ILOSTAT, or one of the kit (`FL_...`).

Categories of the standard `sex` are men and women for adults, boys and girls for children. A sum of adults and children names
both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from fltoolkit.survey.classifications.job_codes import job_rows, not_stated_code
from fltoolkit.survey.classifications.standards import OWN, UNKNOWN, standard
from fltoolkit.survey.spec.groups import NOT_STATED, AgeGroup, AnyGroup, Bands, DisabilityGroup, Group, QuantileGroup
from fltoolkit.survey.spec.survey_spec import SurveySpec


def category_code(spec: SurveySpec, name: str, category: str) -> str:
    """Returns the code of one category (a value of the group's column) of the group `name`; blank if a standard gives no code."""
    codes = {}
    if name in spec.jobs:
        job = spec.jobs[name]
        codes = {row.label: row.ilostat for row in job_rows(job).values()} | {NOT_STATED: not_stated_code(job)}
    elif name in spec.groups:
        codes = _codes_of(name, spec.groups[name])
    return codes.get(category, own_code(name, "X" if category == NOT_STATED else category))


def names_in(spec: SurveySpec, population: str) -> dict[str, dict[str, str]]:
    """Returns the names of categories in a population, as {group: {label: name}}. Example: {"sex": {"women": "girls"}}.

    Groups whose names all equal their labels are left out.
    """
    is_sum, side = bool(spec.populations[population].sum_of), spec.side(population)
    of: Literal["words", "of_children", "of_sums"] = "of_sums" if is_sum else "of_children" if side == "children" else "words"
    found = {}
    for name, group in spec.groups.items():
        if isinstance(group, Group) and group.classification:
            named = standard().classifications[group.classification]
            found[name] = {c.label: c.name_in(of) for c in map(named.get, group.codes.values()) if c}
    return {name: names for name, names in found.items() if any(label != said for label, said in names.items())}


def named_in(spec: SurveySpec, rows: pd.DataFrame, population: str) -> pd.DataFrame:
    """Returns rows in which each category has its name in the population. Example: `girls` instead of `women`."""
    names = names_in(spec, population)
    return rows.assign(**{g: rows[g].replace(said) for g, said in names.items() if g in rows})


def label_of(spec: SurveySpec, group: str, category: str) -> str:
    """Returns the label of a category. It may be given by its name in a population (`girls` gives `women`), or a band with a
    hyphen (`18-24` gives `18–24`).
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
    """Returns a code of the kit's own, made of words. Example: `FL_REGION_1`."""
    return OWN + plain_code("_".join(parts))


def plain_code(text: str) -> str:
    """Returns words in the form of a code: capitals without accents, and `_` for all other characters."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "_", letters.upper())


def _codes_of(name: str, group: AnyGroup) -> dict[str, str]:
    """Returns the codes of a group's categories, by their label."""
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
    """Returns the codes of a coded group, by label.

    If the group follows a standard classification, the codes are those of the standard. Else they are made from the survey's own
    codes; if several codes share a label, the first is used.
    """
    if group.classification:
        named = standard().classifications[group.classification]
        return {name: named[c].ilostat for c in (*group.codes.values(), UNKNOWN) for name in named[c].names}
    return {label: own_code(name, code) for code, label in reversed(group.codes.items())}


def _from_lowest(name: str, labels: Sequence[str], first: int) -> dict[str, str]:
    """Returns the codes of bands or quantiles of numbers, by label. Each code is the position counted from the lowest."""
    return {label: own_code(name, str(i)) for i, label in enumerate(labels, first)} | {NOT_STATED: own_code(name, "X")}


def _bands(group: AgeGroup) -> dict[str, str]:
    """Returns the codes of age bands, as ILOSTAT writes them: `Y18-24`, `YLT18`, `YGE65`."""
    first, last = group.bands[0], group.bands[-1]
    shapes = {f"under {first}": f"YLT{first:02d}", group.labels[-1]: f"YGE{last:02d}", NOT_STATED: "X"}
    pairs = zip(group.labels, group.bands, group.bands[1:], strict=False)
    shapes |= {label: f"Y{low:02d}-{high - 1:02d}" for label, low, high in pairs}
    return {label: standard().age_bands.get(shape, f"{OWN}AGE_{shape}") for label, shape in shapes.items()}
