"""nap.yaml with a baseline that was published: which of its rows can be one, and the number that stands in
each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import spec as keys
from .files import read_yaml
from .verdict import Answer, Doubts, IllegalInput, Row, Rows, UnknownInput, answered

TOP = {
    "title",
    "country",
    "goal",
    "first_year",
    "last_year",
    "baseline_survey",
    "framework",
    "planned_sample",
    "planned_surveys",
    "languages",
    "legal_basis",
}
FIGURE = {"indicator", "value", "ci_low", "ci_high", "year"}
TOLD = {"level", "group", "category", "cases", "n", "deff", "psus_with_cases"}
BEYOND = {
    "survey",
    "country",
    "rule_set",
    "reference_months",
    "window_start",
    "window_end",
    "population_label",
    "population_ages",
}
INDICATOR = {
    "id",
    "indicator",
    "definition",
    "disaggregated_by",
    "means_of_verification",
    "unit",
    "measure",
    "targets",
    "lead",
}
LATER = 2025  # the year of the survey at hand
PER = {"prevalence": 1000.0, "total": 1.0}


def plan_answer(path: Path, categories: Mapping[str, set[str]]) -> Answer:
    """What the loop says of a plan: its baseline's numbers by (indicator, group, category).

    Args:
        path: nap.yaml. categories: those that each group of the survey has.
    """
    return answered(lambda doubts: _rows(path, categories, doubts))


def _rows(path: Path, categories: Mapping[str, set[str]], doubts: Doubts) -> Rows:
    required = {"title", "country", "goal", "first_year", "last_year", "framework"}
    plan = keys.fields(read_yaml(path, doubts), "nap.yaml", TOP, required)
    if keys.integer(plan["last_year"], "last_year") < keys.integer(plan["first_year"], "first_year"):
        raise IllegalInput("the last year before the first")
    if (
        plan.get("languages", ["en"]) not in (["en"], "en")
        or "legal_basis" in plan
        or "planned_surveys" in plan
    ):
        raise UnknownInput("languages and planned surveys")
    if "planned_sample" in plan and keys.integer(plan["planned_sample"], "planned_sample") < 1:
        raise IllegalInput("a planned sample of nobody")
    for free in ("title", "country", "goal"):
        keys.text(plan[free], free)
    measures = _measures(plan["framework"])
    figures = plan.get("baseline_survey", "")
    if not isinstance(figures, list):
        raise UnknownInput("a baseline that is no publication")
    found: Rows = {}
    for figure in figures:
        key, value = _figure(figure, measures, categories)
        if key in found:
            raise IllegalInput("a row of the baseline twice")
        found[key] = Row(-1, -1, -1, math.nan, value, math.nan, -1)
    return found


def _measures(framework: Any) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each indicator's measure, and the groups that its row is broken down by."""
    if not isinstance(framework, list) or not framework:
        raise IllegalInput("framework: no statements")
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for statement in framework:
        given = keys.fields(
            statement,
            "framework",
            {"level", "code", "statement", "indicators"},
            {"level", "code", "statement", "indicators"},
        )
        keys.one_of(given["level"], "level", {"objective", "outcome", "output", "activity"})
        _texts(given, ("code", "statement"))
        if not isinstance(given["indicators"], list) or not given["indicators"]:
            raise IllegalInput("framework: no indicators")
        for indicator in given["indicators"]:
            row = keys.fields(
                indicator,
                "indicator",
                INDICATOR,
                {"id", "indicator", "definition", "means_of_verification", "lead"},
                {"population", "of", "sdg"},
            )
            _texts(row, ("indicator", "means_of_verification", "unit", "lead"))
            if not isinstance(row["definition"], dict):
                raise IllegalInput("a definition without keys")
            keys.text(row["definition"].get("counted"), "definition.counted")
            if keys.text(row.get("measure", ""), "measure") not in PER:
                raise UnknownInput("another measure")
            if keys.text(row["id"], "id") in found:
                raise IllegalInput("an indicator twice")
            groups = keys.names(row.get("disaggregated_by", []), "disaggregated_by", some=False)
            for target in row.get("targets", []):
                _target(target, groups)
            found[row["id"]] = (row["measure"], groups)
    return found


def _texts(given: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        keys.text(given.get(name, ""), name)


def _target(target: Any, groups: tuple[str, ...]) -> None:
    given = keys.fields(
        target, "targets", {"year", "value", "cut", "eradicate", "path", "group", "category"}, {"year"}
    )
    if sum(key in given for key in ("value", "cut", "eradicate")) != 1:
        raise IllegalInput("a target of none or of two kinds")
    if "cut" in given and not 0 < keys.decimal(given["cut"], "cut") <= 1:
        raise IllegalInput("a cut that is no share")
    if "value" in given and keys.decimal(given["value"], "value") < 0:
        raise IllegalInput("a negative target")
    _texts(given, ("group", "category"))
    if ("group" in given) != ("category" in given) or given.get("group", groups[0] if groups else "") not in (
        *groups,
        "",
    ):
        raise IllegalInput("a target's group")
    raise UnknownInput("targets")


def _figure(
    figure: Any, measures: Mapping[str, tuple[str, tuple[str, ...]]], categories: Mapping[str, set[str]]
) -> tuple[tuple[str, ...], float]:
    given = keys.fields(figure, "baseline_survey", FIGURE | TOLD | BEYOND, FIGURE)
    _texts(given, ("indicator", "group", "category"))
    value, low, high = (keys.decimal(given[key], key) for key in ("value", "ci_low", "ci_high"))
    numbers: dict[str, float] = {
        key: keys.decimal(given[key], key) for key in ("level", "deff") if key in given
    }
    numbers |= {
        key: float(keys.integer(given[key], key)) for key in ("cases", "n", "psus_with_cases") if key in given
    }
    if keys.integer(given["year"], "year") > LATER:
        raise IllegalInput("a baseline after the survey")
    if given["indicator"] not in measures:
        raise IllegalInput("a row of no indicator")
    if not low <= value <= high or low < 0:
        raise IllegalInput("limits that do not hold the value, or are negative")
    if not 0 < numbers.get("level", 0.95) < 1:
        raise IllegalInput("no level between 0 and 1")
    if numbers.get("deff", 1.0) <= 0 or numbers.get("n", 1) < 1 or numbers.get("cases", 0) < 0:
        raise IllegalInput("a number of persons or a design effect that cannot be")
    if numbers.get("cases", 0) > numbers.get("n", math.inf):
        raise IllegalInput("more cases than persons")
    if ("group" in given) != ("category" in given):
        raise IllegalInput("a group without its category")
    measure, groups = measures[given["indicator"]]
    if measure == "prevalence" and high > 1000:
        raise IllegalInput("a rate above 1,000")
    group = given.get("group", "")
    if group and (group not in groups or group not in categories):
        raise UnknownInput("a group that the row is not broken down by")
    if group and given["category"] not in categories[group]:
        raise IllegalInput("a category that no group has")
    if {"psus_with_cases", *BEYOND} & set(given) or (measure == "prevalence" and _far(value, numbers)):
        raise UnknownInput("a figure far from its cases, or with facts that the loop does not compare")
    if numbers.get("level", 0.95) != 0.95:
        raise UnknownInput("two levels")
    return (given["indicator"], group, given.get("category", "total")), value


def _far(rate: float, numbers: Mapping[str, float]) -> bool:
    """Whether a rate per 1,000 is not what its cases and persons say, as far as they are given."""
    if not {"cases", "n"} <= numbers.keys():
        return False
    return not 0.2 < rate / 1000 / max(1e-9, numbers["cases"] / numbers["n"]) < 5
