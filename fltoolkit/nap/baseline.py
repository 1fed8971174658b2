"""Fills in the baseline of a plan from published numbers. Each indicator that the survey can measure gets its
number and the uncertainty of this number."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError
from fltoolkit.languages.collected_texts import OwnWords, merged_words, own_words
from fltoolkit.languages.reasons import Reason, group_name, joined_reasons
from fltoolkit.nap.profile.profile_rows import PROFILE, rows_of_characteristic
from fltoolkit.nap.results_framework import (
    WORDS,
    Indicator,
    Plan,
    PublishedFigure,
    Statement,
    can_break_down,
    group_of,
)
from fltoolkit.nap.target_paths import on_the_way_down, planned_in_print, targets_of_row
from fltoolkit.publish.measure_units import scaled, unit
from fltoolkit.publish.published_set import Published
from fltoolkit.survey.spec.files_and_design import Release
from fltoolkit.survey.spec.groups_and_tables import TOTAL, crossed
from fltoolkit.table_records import HoldsTable, as_records

KEPT = (
    "n",
    "cases",
    "cases_class",
    "se",
    "cv",
    "deff",
    "deff_replace",
    "df",
    "flag",
    "marker",
    "reason",
    "bounds_note",
    "unresolved",
    "unresolved_marker",
    "bound_high",
    "interval",
    "rule_set",
    "reference_period",
    "reference_population_label",
    "same_work",
    "sector_basis",
    "duration_basis",
    "survey",
    "round",
    "year",
    "rounding",
    "decimals",
)
PREVALENCE = {column: Reason.of(f"plan.base.{column}") for column in ("indicator", "definition")}
FILLED = (
    "filled_by", "group", "category", "baseline_value", "ci_low", "ci_high", *KEPT, "measure", "confidence",
    "about_targets", "population", "weighted_population", "reference_months",
)  # fmt: skip
MILESTONES = "Year +1 is {}, Year +2 {}; milestones on a {}: calculated, not measured"
NOT_GIVEN = Reason.of("reasons.not_published")


@dataclass(frozen=True, repr=False)
class Baseline(HoldsTable):
    """A plan with its baseline: the first measured value of each indicator, with which later surveys are
    compared.

    Attributes:
        plan: the plan.
        table: one row per indicator and category, with numbers as printed; a number that may not be published
            is blank. Columns: the description of the indicator (`level`, `code`, `statement`, `id`,
            `indicator`, `definition`, `disaggregated_by`, `means_of_verification`, `unit`, `target_year_1`,
            `target_year_2`, `final_target` (as partners give it), `reporting_frequency`, `lead`), `group` and
            `category` (such as sex and women), `filled_by` (survey, publication or partners),
            `baseline_value` with `ci_low` and `ci_high` (all three in `unit`), `marker` (a letter in place of
            a number that is not printed), and the facts behind the number (such as its survey and year). In
            the row of a % decrease, `derived_from` has the `id` of the row with the prevalence. In other rows
            `derived_from` is empty. If a row has targets in nap.yaml, `target_year_1` and `target_year_2` are
            the planned values one and two years after the baseline (explained in `about_targets`).
        exact: the same rows at full precision. They decide whether a target can be verified, and they are
            never printed.
        own_words: the texts that users wrote in nap.yaml and survey.yaml, with their translations.
        release: the office that publishes the numbers and the date; None if survey.yaml has no release.
    """

    SHOWN = ("id", "indicator", "group", "category", "unit", "baseline_value", "ci_low", "ci_high", "marker")
    plan: Plan
    table: pd.DataFrame
    exact: pd.DataFrame = field(repr=False)
    own_words: OwnWords = field(repr=False)
    release: Release | None = None


def words_of(plan: Plan, *rounds: Published) -> OwnWords:
    """Returns the texts that users wrote in nap.yaml and in the survey.yaml files of some rounds, such as
    labels and titles, with their translations. The first round gives the names of the groups that the plan
    names in another way."""
    found = merged_words([own_words(plan.path.name, plan), *(out.own_words for out in rounds)])
    offered = [name for out in rounds[:1] for name in out.table.get("breakdown", ())]
    groups = {word: own for word in WORDS if (own := group_of(word, offered)) and own != word}
    return replace(found, same_groups=groups)


@checked
def baseline(plan: Plan, out: Published) -> Baseline:
    """Fill in the baseline of a plan: the first measured value of each indicator, with which later surveys
    are compared. The values are published numbers of a survey.

    A value stays empty if it depends on content that was not yet checked against its source, such as a rule
    set that was written from memory.

    Raises:
        RequestError: `out` does not have the number of an indicator (publish the run with `plan=`).
        SpecError: survey and plan are of different countries.
    """
    plan.expect_country(str(out.table["country"].iloc[0]))
    sets = (out, replace(out, table=out.exact))
    printed, exact = (
        _table([row for s in plan.framework for i in s.indicators for row in _indicator_rows(s, i, given)])
        for given in sets
    )
    return Baseline(plan, printed, exact, words_of(plan, out), out.release)


def published_baseline(plan: Plan, now: Published) -> Baseline:
    """Returns a baseline whose numbers come from a publication, because there are no microdata. nap.yaml has
    these numbers under `baseline_survey`. A number that the plan needs, but the publication does not have,
    gets a row without a value.

    Args:
        plan: the plan.
        now: the published set of the later survey. It shows the groups and categories of this survey.
    """
    rows: list[dict[str, Any]] = []
    for statement in plan.framework:
        for indicator in statement.indicators:
            frame, mine = (
                _indicator_columns(statement, indicator),
                [f for f in plan.figures if f.indicator == indicator.id],
            )
            measure = indicator.survey_measure
            if measure is None:
                rows += _indicator_rows(statement, indicator, now)
                continue
            derived = _decrease_rows(frame) if indicator.measure == "percent_decrease" else []
            if derived:
                frame = _prevalence_row(frame)
            population = indicator.population or now.headlines[0]
            rows += [
                _publication_row(frame, indicator, measure, population, f)
                | {"reason": _reason_of_publication(plan, f, measure)}
                for f in mine
            ]
            blank = {
                **frame,
                "filled_by": "publication",
                "marker": "x",
                "flag": "",
                "unit": unit(measure),
                "reason": NOT_GIVEN,
            }
            lacking = _not_given(indicator, mine, now)
            rows += [
                {**blank, "group": g, "category": c, "measure": measure, "population": population}
                for g, c in lacking
            ]
            if not mine and not lacking:
                rows.append({**blank, "filled_by": "survey", "group": TOTAL, "category": ""})
            rows += derived
    rows = [_with_words_of_survey(row, now) for row in rows]
    return Baseline(plan, _table(rows), _table(rows), words_of(plan, now), now.release)


def _with_words_of_survey(row: dict[str, Any], now: Published) -> dict[str, Any]:
    """Returns a row of the baseline with the category as the survey has it, such as *women* in every
    language. In nap.yaml it is a plain text."""
    group = group_of(row.get("group", ""), now.groups)
    categories = now.table.loc[now.table["breakdown"] == group, "category"] if group else ()
    same = [category for category in categories if str(category) == row["category"]]
    return {**row, "category": same[0]} if same else row


def _not_given(indicator: Indicator, figures: list[PublishedFigure], now: Published) -> list[tuple[str, str]]:
    """Returns the group and the category of each target of an indicator for which the publication has no
    number: `("sex", "women")`, or `("total", "total")` for the whole population.

    The baseline gets a row without a value for each of them, so that the target is not lost. If the later
    survey also lacks the category, there is no such row, and `targets` raises an error.
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


def _publication_row(
    frame: dict[str, Any], indicator: Indicator, measure: str, population: str, figure: PublishedFigure
) -> dict[str, Any]:
    """Returns the row of the baseline for one number of a publication, in the unit of nap.yaml.

    Args:
        frame: the columns that have the same value in all rows of the indicator, from `_indicator_columns`.
        indicator: the indicator of the plan.
        measure: what the number measures, such as the prevalence.
        population: the population that the number is about.
        figure: the number of the publication.
    """
    group, category = (figure.group, figure.category) if figure.group else (TOTAL, TOTAL)
    facts = figure.model_dump(
        include={"cases", "n", "deff", "survey", "year", "rule_set", "reference_months"}
    )
    facts["cases_class"] = "" if figure.cases is None else str(figure.cases)
    return {
        **frame,
        **facts,
        "filled_by": "publication",
        "group": group,
        "category": category,
        "unit": unit(measure, figure.population_label),
        "measure": measure,
        "population": population,
        "baseline_value": figure.value,
        "ci_low": figure.ci_low,
        "ci_high": figure.ci_high,
        "confidence": figure.level,
        "marker": "",
        "flag": "",
        "reference_population_label": figure.population_label,
        **_planned_values(
            indicator,
            group,
            category,
            {"measure": measure, "baseline_value": figure.value, "year": figure.year},
        ),
    }


def _reason_of_publication(plan: Plan, figure: PublishedFigure, measure: str) -> Reason:
    counted = figure.far_from_cases(measure)
    if counted is None or plan.accepts(figure.row):
        return Reason.of("reasons.published")
    return Reason.of("reasons.published_far", N=round(counted, 1))


def _planned_values(
    indicator: Indicator, group: str, category: str, row: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns three columns of a row of the baseline. `target_year_1` and `target_year_2` have the planned
    values in the first and the second year after the baseline. `about_targets` explains them. The ILO
    toolkit's results framework (Tool No. 16) asks for these two years. The result is empty if the row has no
    target or no value.

    Args:
        indicator: the indicator, with its targets.
        group, category: the group and the category of the row (`total` for the whole population).
        row: the measure of the row, its baseline value, the year of the baseline, and its decimals, if they
            are known.
    """
    given, value, year = (
        targets_of_row(indicator.targets, group, category),
        row["baseline_value"],
        row["year"],
    )
    if not given or pd.isna(value) or pd.isna(year):
        return {}
    start = int(year)
    mine = on_the_way_down(given, value, start)
    if not mine:
        return {}
    asked = {f"target_year_{i}": planned_in_print(mine, row, start + i) for i in (1, 2)}
    ways = ", then a ".join(f"{target.path} path to {target.year}" for target in mine)
    return {**asked, "about_targets": MILESTONES.format(start + 1, start + 2, ways)}


def _prevalence_row(frame: dict[str, Any]) -> dict[str, Any]:
    """Returns the columns of a second row for an indicator that is a % decrease. The second row has the
    prevalence, from which the decrease is computed. `frame` has the columns of the indicator."""
    return {**frame, "id": f"{frame['id']}_base", **PREVALENCE}


def _decrease_rows(frame: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns a list of one row: the row of an indicator that is a % decrease. The row has no value in the
    baseline, because a decrease needs two surveys. `frame` has the columns of the indicator."""
    words = {
        "filled_by": "survey",
        "category": TOTAL,
        "group": TOTAL,
        "marker": "z",
        "reason": Reason.of("reasons.derived"),
    }
    return [{**frame, **words, "derived_from": _prevalence_row(frame)["id"]}]


def rows_of(filled: Baseline, indicator: Indicator) -> pd.DataFrame:
    """Returns the rows of one indicator in the baseline. For a % decrease, these include the row of the
    prevalence from which the decrease is computed."""
    table = filled.table
    mine = table["id"] == indicator.id
    return table[mine | table["id"].isin(table.loc[mine, "derived_from"])]


def _indicator_rows(statement: Statement, indicator: Indicator, out: Published) -> list[dict[str, Any]]:
    frame = _indicator_columns(statement, indicator)
    measure = indicator.survey_measure
    if measure is None:
        return [{**frame, "filled_by": "partners", "baseline_value": indicator.baseline_value or None}]
    if indicator.measure == "percent_decrease":
        return [*_survey_rows(_prevalence_row(frame), indicator, measure, out), *_decrease_rows(frame)]
    return _survey_rows(frame, indicator, measure, out)


def _survey_rows(
    frame: dict[str, Any], indicator: Indicator, measure: str, out: Published
) -> list[dict[str, Any]]:
    """Returns the rows of an indicator that a survey measures: first the row of the whole population
    (`total`), then the rows of each group in `disaggregated_by`. If the survey cannot give the rows of a
    group, there is one row without a value, and its column `reason` says why.

    Args:
        frame: the columns that have the same value in all rows of the indicator, from `_indicator_columns`.
        indicator: the indicator of the plan.
        measure: what the survey estimates for the indicator, such as the prevalence.
        out: the published set of the survey.
    """
    rows = [
        _filled_row(frame, indicator, measure, TOTAL, row)
        for row in as_records(_published(out, indicator, measure, ()))
    ]
    for word in indicator.disaggregated_by:
        group = group_of(word, out.groups)
        if group is not None and group == indicator.of:
            continue  # the rows above are by this group
        blank = {
            **frame,
            "filled_by": "survey",
            "group": word,
            "category": "",
            "marker": "x",
            "unit": unit(measure),
        }
        if group is None:
            rows.append({**blank, "reason": Reason.of("reasons.no_group", group=group_name(word))})
        elif group in out.case_only and rows[0].get("cases") == 0:
            known = {k: rows[0][k] for k in ("measure", "population", "year", "reference_months")}
            nobody = {**blank, **known, "marker": "w", "reason": Reason.of("reasons.none_to_break_down")}
            rows += _once_for_each_target(nobody, indicator)
        elif not can_break_down(measure, group, out.case_only):
            no_rate = [
                Reason.of(f"reasons.{code}", group=group_name(word)) for code in ("no_rate", "see_number")
            ]
            rows.append({**blank, "reason": joined_reasons(no_rate)})
        else:
            for row in as_records(_published(out, indicator, measure, (group,))):
                rows += _once_for_each_target(_filled_row(frame, indicator, measure, word, row), indicator)
    return rows


def _once_for_each_target(row: dict[str, Any], indicator: Indicator) -> list[dict[str, Any]]:
    """Returns a row of the baseline. If it stands for a whole group whose numbers the survey cannot give,
    because it found nobody or lacks a question, the row is repeated for each category of the group that has a
    target. So no target is lost."""
    aimed = dict.fromkeys(t.category for t in indicator.targets if t.group == row["group"])
    return [row] if row["category"] or not aimed else [{**row, "category": category} for category in aimed]


def _published(out: Published, indicator: Indicator, measure: str, by: tuple[str, ...]) -> pd.DataFrame:
    if measure == PROFILE and indicator.of is not None:
        return rows_of_characteristic(out, indicator.of, by, indicator.population)
    if indicator.of is None:
        return out.select(measure, by=[by], population=indicator.population)
    try:
        return out.select(measure, by=[(*by, indicator.of)], population=indicator.population)
    except RequestError:
        asked = {"reference_population": indicator.population} if indicator.population else {}
        nobody = out.own_rows(measure=measure, breakdown=crossed(by), marker="x", **asked)
        if nobody.empty:
            raise
        return nobody.head(1)  # without a case there are no categories to share, and one row has the reason


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
        return {
            **frame,
            **words,
            "marker": "x",
            "reason": Reason.of("reasons.unfilled", what=row["to_verify"]),
        }
    names = {"baseline_value": "estimate", "ci_low": "ci_low", "ci_high": "ci_high"}
    numbers = {name: scaled(row[column], measure) for name, column in names.items()}
    facts = {name: row.get(name) for name in KEPT} | {
        name: scaled(row.get(name, nan), measure) for name in ("se", "bound_high")
    }
    facts |= {
        "population": row["reference_population"],
        "weighted_population": row["population"],
        "reference_months": row["reference_months"],
    }
    filled = {**frame, **words, **numbers, **facts, "measure": measure, "confidence": row["level"]}
    return filled | _planned_values(indicator, group, row["category"], filled)


def _indicator_columns(statement: Statement, indicator: Indicator) -> dict[str, Any]:
    """Returns the columns that have the same value in every row of an indicator, such as its level, code,
    definition and unit. `statement` is the objective, outcome, output or activity to which the indicator
    belongs."""
    definition = indicator.definition
    parts = [
        definition.counted,
        definition.unit_of_analysis and f"Unit of analysis: {definition.unit_of_analysis}.",
        definition.stored and f"Stored: {definition.stored}.",
        f"{definition.type.capitalize()}.",
    ]
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
        "final_target": indicator.final_target,
        "reporting_frequency": indicator.reporting_frequency,
        "lead": indicator.lead,
        "sdg": ", ".join(indicator.sdg),
        "derived_from": "",
    }
