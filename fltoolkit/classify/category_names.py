"""Names categories for readers: a code of a classification for machines, and the words that a language has
for a category."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from fltoolkit.classify.characteristics import TOPICS, characteristic_labels
from fltoolkit.classify.children import ROUTE_LABELS
from fltoolkit.languages.reasons import Name, Reason, Remark, crossed_categories
from fltoolkit.survey.classifications.job_codes import job_rows, not_stated_code
from fltoolkit.survey.classifications.standards import OWN, UNKNOWN, standard
from fltoolkit.survey.spec.groups_and_tables import (
    NOT_STATED,
    AgeGroup,
    AnyGroup,
    Bands,
    DisabilityGroup,
    Group,
    NumberGroup,
    QuantileGroup,
)
from fltoolkit.survey.spec.questions import FORMS
from fltoolkit.survey.spec.survey_spec import SurveySpec

if TYPE_CHECKING:
    import pandas as pd


def category_code(spec: SurveySpec, name: str, category: str) -> str:
    """Returns the code of one category in exchange files, such as ILOSTAT's `SEX_F` for `women`. If ILOSTAT
    has no code, the result is a code of the kit: `FL_REGION_1`. The result is empty if the group follows a
    standard classification that has no code for the category.

    Args:
        spec: the survey.
        name: the name of the group, such as `sex`.
        category: the label of the category in the data, such as `women`.
    """
    codes = {}
    if name in spec.jobs:
        job = spec.jobs[name]
        codes = {row.label: row.ilostat for row in job_rows(job).values()} | {
            NOT_STATED: not_stated_code(job)
        }
    elif name in spec.groups:
        codes = _codes_of(name, spec.groups[name])
    return codes.get(category, own_code(name, "X" if category == NOT_STATED else category))


def names_in(spec: SurveySpec, population: str) -> dict[str, dict[str, str]]:
    """Returns the names of categories in a population, as {group: {label: name}}. For a population of
    children: `{"sex": {"women": "girls", "men": "boys"}}`.

    A group is left out if all its categories have the names that the data have.
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
    return {
        name: names for name, names in found.items() if any(label != named for label, named in names.items())
    }


def named_in(spec: SurveySpec, rows: pd.DataFrame, population: str) -> pd.DataFrame:
    """Returns a table in which the names of categories fit the population: in a population of children,
    `girls` replaces `women`."""
    names = names_in(spec, population)
    return rows.assign(**{g: rows[g].replace(named) for g, named in names.items() if g in rows})


def label_of(spec: SurveySpec, group: str, category: str) -> str:
    """Returns the label that a category has in the data. `category` may be this label, a name in a population
    (`girls` gives `women`), or an age band with a hyphen (`18-24` gives `18–24`). Anything else is returned
    unchanged."""
    found = spec.groups.get(group)
    if isinstance(found, Bands):
        band = category.replace("-", "–")
        return band if band in found.labels else category
    if not isinstance(found, Group) or not found.classification:
        return category
    named = standard().classifications[found.classification].values()
    return next((c.label for c in named if category in c.names), category)


def meant_label(spec: SurveySpec, group: str, given: str) -> str:
    """Returns the label of the category that a user named by its code, or by its label in another language.
    The text is empty if there is none."""
    found = spec.groups.get(group)
    if not isinstance(found, Group):
        return ""
    other = dict(found.labels.items())
    for label in found.labels.values():
        other |= dict.fromkeys(getattr(label, "others", {}).values(), label)
    return other.get(given, "")


def own_code(*parts: str) -> str:
    """Returns a code of the kit (not of ILOSTAT), made from words: `region` and `1` give `FL_REGION_1`."""
    return OWN + plain_code("_".join(parts))


def plain_code(text: str) -> str:
    """Returns a text in the form of a code: capitals without accents, digits, and `_` for everything else.
    `Région 1` gives `REGION_1`."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "_", letters.upper())


def category_labels(spec: SurveySpec, name: str) -> dict[str, Remark]:
    """Returns the labels of a group's categories for which the kit has words in every language, such as *men*
    and *women*. The keys are the categories as the data have them.

    A category for which the kit has no words is left out. Its label is the one in survey.yaml.
    """
    found: dict[str, Remark] = {NOT_STATED: Reason.of("categories.not_stated")}
    if name in spec.jobs:
        return found | {row.label: row.name_key for row in job_rows(spec.jobs[name]).values()}
    if name == "form":
        return found | {form: Name("kit.forms", form) for form in FORMS}
    if name == "route":
        return found | {str(route): route for route in ROUTE_LABELS}
    if name in TOPICS:
        return found | characteristic_labels(spec, name)
    group = spec.groups.get(name)
    if isinstance(group, AgeGroup | NumberGroup):
        first, last = group.bands[0], group.bands[-1]
        ends = {
            f"under {first}": Reason.of("categories.under", N=first),
            f"{last}+": Reason.of("categories.from", N=last),
        }
        return found | ends
    if isinstance(group, QuantileGroup):
        return found | {str(name): name for name in group.name_keys}
    standing = (
        "disability"
        if isinstance(group, DisabilityGroup)
        else group.classification
        if isinstance(group, Group)
        else None
    )
    if standing:
        return found | {
            str(name): name for c in standard().classifications[standing].values() for name in c.every_name
        }
    return found


def crossed_labels(spec: SurveySpec, values: Sequence[tuple[str, object]]) -> Remark | str:
    """Returns one label for a row of a table that is broken down by several groups, such as `men × rural`.
    `values` are pairs of a group and its category. The label is empty if there are no pairs."""
    words: Remark | str = crossed_categories(
        [category_labels(spec, name).get(str(value), str(value)) for name, value in values]
    )
    return words


def _codes_of(name: str, group: AnyGroup) -> dict[str, str]:
    """Returns the code of each category of a group, as {label of the category: code}: `{"men": "SEX_M"}`."""
    if isinstance(group, Group):
        return _codes_of_categories(name, group)
    if isinstance(group, AgeGroup):
        return _codes_of_age_bands(group)
    if isinstance(group, DisabilityGroup):
        named = standard().classifications["disability"].values()
        return {category.label: category.ilostat for category in named}
    if isinstance(group, QuantileGroup):
        return _from_lowest(name, group.labels, first=1)
    return _from_lowest(name, (f"under {group.bands[0]}", *group.labels), first=0)


def _codes_of_categories(name: str, group: Group) -> dict[str, str]:
    """Returns the codes of categories as {label: code}, for a group whose categories stand for codes in a
    data column (such as sex).

    If the group follows a standard classification, the codes come from the standard. Otherwise the kit makes
    them from the codes in the data (`FL_REGION_1`). If several codes have the same label, the first is used.
    """
    if group.classification:
        named = standard().classifications[group.classification]
        return {name: named[c].ilostat for c in (*group.codes.values(), UNKNOWN) for name in named[c].names}
    return {label: own_code(name, code) for code, label in reversed(group.codes.items())}


def _from_lowest(name: str, labels: Sequence[str], first: int) -> dict[str, str]:
    """Returns the codes of bands or quantiles, as {label: code}. The codes are numbered from the lowest band:
    `FL_WEALTH_1`, `FL_WEALTH_2`, and so on. `first` is the number of the lowest band."""
    return {label: own_code(name, str(i)) for i, label in enumerate(labels, first)} | {
        NOT_STATED: own_code(name, "X")
    }


def _codes_of_age_bands(group: AgeGroup) -> dict[str, str]:
    """Returns the codes of age bands as {label: code}, in ILOSTAT's form: `Y18-24`, `YLT18` (under 18),
    `YGE65` (65 and over). A band that ILOSTAT does not have gets a code of the kit."""
    first, last = group.bands[0], group.bands[-1]
    shapes = {f"under {first}": f"YLT{first:02d}", group.labels[-1]: f"YGE{last:02d}", NOT_STATED: "X"}
    pairs = zip(group.labels, group.bands, group.bands[1:], strict=False)
    shapes |= {label: f"Y{low:02d}-{high - 1:02d}" for label, low, high in pairs}
    return {label: standard().age_bands.get(shape, f"{OWN}AGE_{shape}") for label, shape in shapes.items()}
