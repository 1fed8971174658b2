"""Fills the baseline of the plan: each row that the survey can fill, from published numbers, with its uncertainty."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.languages.reasons import Reason, group_name, joined
from fltoolkit.nap.profile.profile_rows import PROFILE, rows_of_characteristic
from fltoolkit.nap.results_framework import Indicator, Plan, PublishedFigure, Statement, can_break_down, group_of
from fltoolkit.nap.target_paths import of_row, on_path
from fltoolkit.publish.measure_units import scaled, unit
from fltoolkit.publish.published_set import Published
from fltoolkit.survey.spec.groups import TOTAL
from fltoolkit.table_records import records

KEPT = (
    "n", "cases", "cases_class", "se", "cv", "deff", "df", "flag", "marker", "reason", "bounds_note", "unresolved", "bound_high", "interval", "rule_set",
    "reference_period", "reference_population_label", "same_work", "sector_basis", "duration_basis", "survey", "round", "year", "input_hash", "rounding",
)  # fmt: skip
PREVALENCE = {column: Reason.of(f"plan.base.{column}") for column in ("indicator", "definition")}
FILLED = (
    "filled_by", "group", "category", "baseline_value", "ci_low", "ci_high", *KEPT, "measure", "confidence", "about_targets",
    "population", "weighted_population", "reference_months",
)  # fmt: skip
MILESTONES = "Year +1 is {}, Year +2 {}; milestones on a {}: calculated, not measured"
NOT_GIVEN = Reason.of("reasons.not_published")


@dataclass(frozen=True)
class Baseline:
    """A plan with its baseline: the first measured value of each indicator, with which later surveys are compared.

    Attributes:
        plan: the plan.
        table: one row per indicator and category, with numbers as printed; a number that is not shown is blank. Columns: those of
            the framework (`level`, `code`, `statement`, `id`, `indicator`, `definition`, `disaggregated_by`,
            `means_of_verification`, `unit`, `target_year_1`, `target_year_2`, `reporting_frequency`, `lead`), `group` and
            `category`, `filled_by` (survey or partners), `baseline_value` with `ci_low` and `ci_high` in the row's unit, its
            `marker`, and the facts behind the number. `derived_from` is the id of the row from which this row's number is derived
            (a % decrease is derived from its prevalence), else empty. If the row has targets in nap.yaml, `target_year_1` and
            `_2` are the values on its path in the two years after the baseline (explained in `about_targets`).
        exact: the same rows at full precision. They decide whether a target can be verified, and they are never shown.
    """

    plan: Plan
    table: pd.DataFrame
    exact: pd.DataFrame = field(repr=False)


@checked
def baseline(plan: Plan, out: Published) -> Baseline:
    """Fill the rows of the plan that a survey can fill with published numbers. They are the baseline: the first measured
    values, with which later surveys are compared.

    A row stays empty if its number depends on content that was not yet checked against its source, such as a rule set that was
    written from memory.

    Raises:
        RequestError: the number of a row is not in `out` (publish the run with `plan=`).
        SpecError: survey and plan are of different countries.
    """
    plan.expect_country(str(out.table["country"].iloc[0]))
    sets = (out, replace(out, table=out.exact))
    tables = [
        _table([row for s in plan.framework for i in s.indicators for row in _indicator_rows(s, i, given)]) for given in sets
    ]
    return Baseline(plan, *tables)


def published_baseline(plan: Plan, now: Published) -> Baseline:
    """Returns a baseline whose numbers come from a publication, without microdata. It has a row for each number that nap.yaml
    copies from the publication, and a row for each number that the plan needs but the publication does not have.

    Args:
        plan: the plan.
        now: the later round's published set, for the groups of the survey.
    """
    figures = () if isinstance(plan.baseline_survey, str) else plan.baseline_survey
    rows: list[dict[str, Any]] = []
    for statement in plan.framework:
        for indicator in statement.indicators:
            frame, mine = _frame(statement, indicator), [f for f in figures if f.indicator == indicator.id]
            measure = indicator.survey_measure
            if measure is None:
                rows += _indicator_rows(statement, indicator, now)
                continue
            derived = _derived(frame) if indicator.measure == "percent_decrease" else []
            if derived:
                frame = _prevalence_row(frame)
            population = indicator.population or now.headlines[0]
            rows += [_figure(frame, indicator, measure, population, f) for f in mine]
            blank = {**frame, "filled_by": "publication", "marker": "x", "flag": "", "unit": unit(measure), "reason": NOT_GIVEN}
            lacking = _not_given(indicator, mine, now)
            rows += [{**blank, "group": g, "category": c, "measure": measure, "population": population} for g, c in lacking]
            if not mine and not lacking:
                rows.append({**blank, "filled_by": "survey", "group": TOTAL, "category": ""})
            rows += derived
    return Baseline(plan, _table(rows), _table(rows))


def _not_given(indicator: Indicator, figures: list[PublishedFigure], now: Published) -> list[tuple[str, str]]:
    """Returns the group and the category of each row for which the plan has a target but the publication has no number. The
    baseline keeps these rows, so that the target is not lost.

    A row is left out if the survey does not have its category either: `targets` then raises an error.
    """
    given = {(f.group, f.category) for f in figures}
    lacking = []
    for target in dict.fromkeys((t.group, t.category) for t in indicator.targets):
        group = group_of(target[0], now.groups) if target[0] else None
        there = set(now.table[group].astype(str)) if group in now.table else set()
        if target in given or (target[0] and target[1] not in there):
            continue
        lacking.append(target if target[0] else (TOTAL, TOTAL))
    return lacking


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    return table.reindex(columns=[*dict.fromkeys([*table.columns, *FILLED])])


def _figure(
    frame: dict[str, Any], indicator: Indicator, measure: str, population: str, figure: PublishedFigure
) -> dict[str, Any]:
    """Returns the row of the baseline for one number of a publication. The row's numbers are in the unit that nap.yaml uses for
    this row.

    Args:
        frame: the columns that all rows of the indicator share, from `_frame`.
        indicator: the indicator of the plan.
        measure: what the number measures, such as the prevalence.
        population: the population that it is about.
        figure: the number of the publication.
    """
    group, category = (figure.group, figure.category) if figure.group else (TOTAL, TOTAL)
    facts = figure.model_dump(include={"cases", "n", "deff", "survey", "year", "rule_set", "reference_months"})
    facts["cases_class"] = "" if figure.cases is None else str(figure.cases)
    return {
        **frame, **facts, "filled_by": "publication", "group": group, "category": category, "unit": unit(measure, figure.population_label),
        "measure": measure, "population": population, "baseline_value": figure.value, "ci_low": figure.ci_low, "ci_high": figure.ci_high,
        "confidence": figure.level, "marker": "", "flag": "", "reason": Reason.of("reasons.published"), "reference_population_label": figure.population_label,
        **_path(indicator, group, category, figure.value, figure.year),
    }  # fmt: skip


def _path(indicator: Indicator, group: str, category: str, value: float, year: float) -> dict[str, Any]:
    """Returns the values on the path to the targets in the two years after the baseline (Tool No. 16), as columns of a row of
    the baseline. Empty if the row has no target.

    Args:
        indicator: the indicator, with its targets.
        group, category: the row.
        value: the baseline value of the row.
        year: the year of the baseline.
    """
    mine = of_row(indicator.targets, group, category)
    if not mine or pd.isna(value) or pd.isna(year):
        return {}
    start = int(year)
    asked = {f"target_year_{i}": on_path(mine, value, start, start + i) for i in (1, 2)}
    ways = ", then a ".join(f"{target.path} path to {target.year}" for target in mine)
    return {**asked, "about_targets": MILESTONES.format(start + 1, start + 2, ways)}


def _prevalence_row(frame: dict[str, Any]) -> dict[str, Any]:
    """Returns the columns that a row of the plan has in common (`frame`), changed for a second row: the prevalence from which a
    % decrease is derived."""
    return {**frame, "id": f"{frame['id']}_base", **PREVALENCE}


def _derived(frame: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the row for an indicator that is a % decrease. It has no number in the baseline, because a decrease needs two
    surveys. `frame` holds the columns that all rows of the indicator share."""
    derived = joined([Reason.of("reasons.derived"), Reason.of("reasons.no_baseline")])
    words = {"filled_by": "survey", "category": TOTAL, "group": TOTAL, "marker": "z", "reason": derived}
    return [{**frame, **words, "derived_from": _prevalence_row(frame)["id"]}]


def rows_of(filled: Baseline, indicator: Indicator) -> pd.DataFrame:
    """Returns the rows of one indicator in the baseline, and the rows from which these are derived: a % decrease is derived from
    a prevalence.
    """
    table = filled.table
    mine = table["id"] == indicator.id
    return table[mine | table["id"].isin(table.loc[mine, "derived_from"])]


def _indicator_rows(statement: Statement, indicator: Indicator, out: Published) -> list[dict[str, Any]]:
    frame = _frame(statement, indicator)
    measure = indicator.survey_measure
    if measure is None:
        return [{**frame, "filled_by": "partners", "baseline_value": indicator.baseline_value or None}]
    if indicator.measure == "percent_decrease":
        return [*_filled(_prevalence_row(frame), indicator, measure, out), *_derived(frame)]
    return _filled(frame, indicator, measure, out)


def _filled(frame: dict[str, Any], indicator: Indicator, measure: str, out: Published) -> list[dict[str, Any]]:
    """Returns the rows of an indicator: first the total, then each breakdown that the plan asks for. If the survey does not
    have a breakdown, one row gives the reason.

    Args:
        frame: the columns that all rows of the indicator share, from `_frame`.
        indicator: the indicator of the plan.
        measure: what the survey estimates for it, such as the prevalence.
        out: the published set.
    """
    rows = [_filled_row(frame, indicator, measure, TOTAL, row) for row in records(_published(out, indicator, measure, ()))]
    for word in indicator.disaggregated_by:
        group = group_of(word, out.groups)
        if group is not None and group == indicator.of:
            continue  # the rows above are by this group
        blank = {**frame, "filled_by": "survey", "group": word, "category": "", "marker": "x", "unit": unit(measure)}
        if group is None:
            rows.append({**blank, "reason": Reason.of("reasons.no_group", group=group_name(word))})
        elif group in out.case_only and rows[0].get("cases") == 0:
            rows.append({**blank, "marker": "w", "reason": Reason.of("reasons.none_to_break_down")})
        elif not can_break_down(measure, group, out.case_only):
            no_rate = [Reason.of(f"reasons.{code}", group=group_name(word)) for code in ("no_rate", "see_number")]
            rows.append({**blank, "reason": joined(no_rate)})
        else:
            rows += [
                _filled_row(frame, indicator, measure, word, row)
                for row in records(_published(out, indicator, measure, (group,)))
            ]
    return rows


def _published(out: Published, indicator: Indicator, measure: str, by: tuple[str, ...]) -> pd.DataFrame:
    if measure == PROFILE and indicator.of is not None:
        return rows_of_characteristic(out, indicator.of, by, indicator.population)
    wanted = by if indicator.of is None else (*by, indicator.of)
    return out.select(measure, by=[wanted], population=indicator.population)


def _filled_row(
    frame: dict[str, Any], indicator: Indicator, measure: str, group: str, row: dict[Hashable, Any]
) -> dict[str, Any]:
    words = {
        "filled_by": "survey",
        "group": group,
        "category": row["category"],
        "unit": unit(measure, row["reference_population_label"]),
    }
    if row["to_verify"]:
        return {**frame, **words, "marker": "x", "reason": Reason.of("reasons.unfilled", what=row["to_verify"])}
    names = {"baseline_value": "estimate", "ci_low": "ci_low", "ci_high": "ci_high"}
    numbers = {name: scaled(row[column], measure) for name, column in names.items()}
    facts = {name: row.get(name) for name in KEPT} | {name: scaled(row.get(name, nan), measure) for name in ("se", "bound_high")}
    facts |= {
        "population": row["reference_population"],
        "weighted_population": row["population"],
        "reference_months": row["reference_months"],
    }
    path = _path(indicator, group, row["category"], numbers["baseline_value"], row["year"])
    return {**frame, **words, **numbers, **facts, "measure": measure, "confidence": row["level"], **path}


def _frame(statement: Statement, indicator: Indicator) -> dict[str, Any]:
    """Returns the columns that have the same value in every row of an indicator: level, code, statement, definition, unit and
    others. `statement` is the objective, outcome, output or activity of the indicator."""
    definition = indicator.definition
    parts = [definition.counted, definition.unit_of_analysis and f"Unit of analysis: {definition.unit_of_analysis}.",
             definition.stored and f"Stored: {definition.stored}.", f"{definition.type.capitalize()}."]  # fmt: skip
    return {
        "level": statement.level,
        "code": statement.code,
        "statement": statement.statement,
        "id": indicator.id,
        "indicator": indicator.indicator,
        "definition": " ".join(p for p in parts if p),
        "disaggregated_by": ", ".join(indicator.disaggregated_by),
        "means_of_verification": indicator.means_of_verification,
        "unit": indicator.unit,
        "target_year_1": indicator.target_year_1,
        "target_year_2": indicator.target_year_2,
        "reporting_frequency": indicator.reporting_frequency,
        "lead": indicator.lead,
        "sdg": ", ".join(indicator.sdg),
        "derived_from": "",
    }
