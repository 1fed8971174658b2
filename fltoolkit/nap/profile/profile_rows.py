"""Finds the published numbers for indicators on the profile of cases: the share of cases that have one
characteristic, such as debt bondage."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from fltoolkit.classify.category_names import category_labels
from fltoolkit.classify.characteristics import MODES, TOPICS
from fltoolkit.classify.rule_set import SIDES
from fltoolkit.errors import RequestError
from fltoolkit.languages.reasons import uncrossed_categories
from fltoolkit.publish.published_set import Published
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, TOTAL
from fltoolkit.survey.spec.questions import STAGES
from fltoolkit.survey.spec.survey_spec import SurveySpec

PROFILE = "profile"


def topic_and_name(characteristic: str) -> tuple[str, str]:
    """Returns the topic and the name of a characteristic of cases, from the text in nap.yaml.
    `coercion_stage/recruitment` gives `("coercion_stage", "recruitment")`. `debt_bondage` has no topic in
    front, so it gives `("", "debt_bondage")`."""
    topic, _, name = characteristic.rpartition("/")
    return topic, name


def allowed_characteristics(spec: SurveySpec) -> list[str]:
    """Returns all characteristics of cases that an indicator with `measure: profile` may name under `of` in
    nap.yaml, such as `debt_bondage`.

    A stage or a mode has its topic in front (`coercion_stage/recruitment`), because both sides of the
    definition (involuntary work and coercion) have stages and modes.
    """
    names = {topic: [name for name in category_labels(spec, topic) if name != NOT_STATED] for topic in TOPICS}
    names["worst_form"] = list(spec.children.worst_forms) if spec.children else []
    for side in SIDES:
        names[side] = list(getattr(spec.items, side))
        names |= {
            f"{side}_stage": [f"{side}_stage/{name}" for name in STAGES],
            f"{side}_mode": [f"{side}_mode/{name}" for name in MODES],
        }
    return list(dict.fromkeys(name for own in names.values() for name in own))


def rows_of_characteristic(
    out: Published, characteristic: str, by: tuple[str, ...], population: str | None, measure: str = PROFILE
) -> pd.DataFrame:
    """Returns the published shares of cases that have one characteristic, such as debt bondage: for all
    cases, or by one group. The category of a row is `total` for all cases, otherwise the category of the
    group.

    If the run has no profile (no shares of cases by characteristics), the result is a single row that gives
    the reason.

    Args:
        out: the published set.
        characteristic: the name of the characteristic, such as `debt_bondage`. The topic may stand in front:
            `coercion_stage/recruitment`.
        by: at most one group.
        population: the population; None: the first population that has such rows.
        measure: `profile`, or `change_in_profile` for its change between two surveys.

    Raises:
        RequestError: the profile has no such characteristic, or two topics have one with this name.
    """
    topic, name = topic_and_name(characteristic)
    rows = out.own_rows(measure=measure)
    there = [t for t in TOPICS if t in rows and (rows[t] == name).any() and topic in ("", t)]
    if (rows["marker"] == "x").all():
        return out.select(measure, [by], population=population)
    if len(there) != 1:
        raise RequestError(
            "a row of the plan names no characteristic of the profile"
            if not there
            else "two topics have this characteristic",
            where="measure: profile, of",
            found=characteristic,
            allowed=_allowed(rows, there, name),
            do="name one of these",
        )
    found = out.select(measure, [[there[0], *by]], population=population)
    mine = found[found[there[0]] == name]
    called = pd.Series([_category(by, category) for category in mine["category"]], mine.index, dtype=object)
    return mine.assign(category=called)


def _category(by: tuple[str, ...], category: object) -> object:
    """Returns the category of the group from a category that is crossed with a characteristic: `women` from
    `debt_bondage × women`. Returns `total` if there is no group."""
    return uncrossed_categories(category)[-1] if by else TOTAL


def _allowed(rows: pd.DataFrame, there: Iterable[str], name: str) -> list[str]:
    """Returns the characteristics that a user may name, for the message about a name that does not exist. If
    the name exists in several topics, only the names with these topics are returned:
    `coercion_stage/recruitment`."""
    if several := [f"{topic}/{name}" for topic in there]:
        return several
    return [v for topic in TOPICS if topic in rows for v in dict.fromkeys(rows[topic]) if v != TOTAL]
