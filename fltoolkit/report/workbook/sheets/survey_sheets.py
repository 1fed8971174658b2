"""The workbook's sheets that the kit fills completely from the survey and the plan."""

from __future__ import annotations

from typing import Any

from fltoolkit.languages.language import Language
from fltoolkit.nap.checklists import checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.global_estimates import references
from fltoolkit.publish.measure_units import COUNTED
from fltoolkit.report.document_sections import follow_up_section
from fltoolkit.report.workbook.sheet_charts import NativeChart
from fltoolkit.report.workbook.sheet_words import (
    bracketed,
    cases,
    chart_title,
    cleared,
    column,
    flag,
    legend,
    look,
    page,
    rounded,
    who,
    who_columns,
    word,
)
from fltoolkit.report.workbook.sheet_writer import Page, SheetRow, Styled
from fltoolkit.show.wording import number_words, result_sentences
from fltoolkit.survey.spec.groups import TOTAL

DETAIL = (
    ("measure", 16, "text"), ("baseline_value", 11, "text"), ("interval_from", 11, "text"), ("interval_to", 11, "text"), ("confidence", 10, "percent"),
    ("marker", 8, "marker"), ("flag", 24, "text"), ("reason", 58, "text"), ("se", 10, "text"), ("cv", 8, "percent"), ("n", 12, "whole"),
    ("cases", 10, "whole"), ("unresolved", 12, "whole"), ("bound_high", 14, "text"), ("deff", 8, "two_decimals"), ("df", 6, "whole"),
    ("method", 32, "text"), ("rule_set", 14, "text"), ("reference_period", 24, "text"), ("reference_population", 24, "text"), ("same_work", 12, "text"),
    ("sector_basis", 16, "text"), ("duration_basis", 24, "text"), ("survey", 44, "text"), ("round", 10, "text"), ("year", 8, "plain"),
    ("filled_by", 13, "text"), ("input_hash", 70, "again"),
)  # fmt: skip
PRINTED_DETAIL = 17  # up to the cases; the columns after them are for the screen


def framework(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of objectives, outcomes, outputs and activities with their indicators, one row per indicator."""
    columns = (
        column(language, "level", 12), column(language, "code", 14), column(language, "statement", 44), column(language, "indicator", 44),
        column(language, "filled_from", 14), column(language, "lead", 34), column(language, "sdg", 14),
    )  # fmt: skip
    lines = [
        SheetRow((
            word(language, "levels", s.level), language.own(s.code), language.own(s.statement), language.own(i.indicator),
            word(language, "filled", "survey" if i.measure else "partners"), language.own(i.lead), ", ".join(i.sdg),
        ))
        for s in evidence.plan.framework
        for i in s.indicators
    ]  # fmt: skip
    goal = language.say("workbook.goal", goal=language.own(evidence.plan.goal))
    return page(language, "framework", columns, lines, (goal,), tool="16", frozen=2)


def headline(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet of the first indicator that a survey measures, for everyone and by its first group, with a chart. Returns
    None if none of its numbers is shown.
    """
    table = evidence.baseline.table
    shown = table[table["measure"].notna() & (table["measure"] != "") & (table["derived_from"] == "")]
    rows = shown[shown["id"] == shown["id"].iloc[0]] if len(shown) else shown
    groups = [group for group in dict.fromkeys(rows["group"]) if group != TOTAL]
    rows = rows[rows["group"].isin([TOTAL, *groups[:1]])]
    if rows["baseline_value"].notna().sum() == 0:
        return None
    records = [cleared(row) for row in rows.to_dict("records")]
    columns = (
        column(language, "category", 26), column(language, "baseline_value", 12), column(language, "interval_from", 12),
        column(language, "interval_to", 12), column(language, "marker", 9, "marker"), column(language, "flag", 16),
    )  # fmt: skip
    lines = [SheetRow((_category(language, r), *_estimate(r), bracketed(r["marker"]), flag(language, r))) for r in records]
    measure = records[0]["measure"]
    title = chart_title(language, "headline", records[0])
    chart = NativeChart(
        title, names=0, values=1, limits=(2, 3), rows=len(lines), axis=columns[1].head,
        number_format="#,##0" if measure in COUNTED else "#,##0.0",
    )  # fmt: skip
    notes = (*_latest(evidence, language), title, *legend(language, [r["marker"] for r in records]))
    return page(language, "headline", columns, lines, notes, chart=chart)


def _latest(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Returns the headline of the run in a sentence, and what changed since the baseline if this is a later round."""
    first = result_sentences.headline_rows(evidence.now)[0]
    return (result_sentences.sentence(language, first), *follow_up_section.verdicts(evidence, language))


def _category(language: Language, row: dict[Any, Any]) -> str:
    return language.say("everyone") if row["group"] == TOTAL else number_words.reason(language, row["category"])


def _estimate(row: dict[Any, Any]) -> tuple[Styled, Styled, Styled]:
    value, low, high = (look(row["measure"], row[name]) for name in ("baseline_value", "ci_low", "ci_high"))
    return value, low, high


def detail(evidence: Evidence, language: Language) -> Page | None:
    """Returns the sheet that shows for each number of the baseline all facts on which it is based, such as the sample. Returns
    None if the survey fills no row of the plan.
    """
    columns = (
        column(language, "id", 34),
        *who_columns(language),
        *(column(language, name, width, style) for name, width, style in DETAIL),
    )
    table = evidence.baseline.table
    lines = [
        SheetRow((row["id"], *who(language, row), *_detail(language, row)))
        for row in map(cleared, table[table["filled_by"] != "partners"].to_dict("records"))
    ]
    notes = legend(language, list(table["marker"]))
    return page(language, "detail", columns, lines, notes, frozen=4, paper=8, printed_columns=PRINTED_DETAIL) if lines else None


def _detail(language: Language, r: dict[Any, Any]) -> tuple[object, ...]:
    """Returns the cells of one row for the columns in `DETAIL`: the facts on which a number of the baseline is based."""
    measure = r["measure"]
    return (
        word(language, "measures", measure), *_estimate(r), r["confidence"], bracketed(r["marker"]), flag(language, r),
        number_words.reason(language, r["reason"]), look(measure, r["se"]), rounded(r["cv"], 3), r["n"], cases(language, r), r["unresolved"],
        look(measure, r["bound_high"]), rounded(r["deff"], 2), r["df"], word(language, "intervals", r["interval"]), r["rule_set"],
        language.kit(r["reference_period"]), language.kit(r["reference_population_label"]),
        word(language, "same_work", r["same_work"]), word(language, "sector_basis", r["sector_basis"]),
        number_words.reason(language, r["duration_basis"]), language.kit(r["survey"]), language.kit(r["round"]), r["year"],
        word(language, "filled", r["filled_by"]), r["input_hash"],
    )  # fmt: skip


def sdg(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of links between forced labour and the Sustainable Development Goals (Tool No. 6), and the indicators
    that name the goals.
    """
    columns = (column(language, "sdg_target", 16), column(language, "sdg_link", 70), column(language, "sdg_indicators", 60))
    indicators = [i for s in evidence.plan.framework for i in s.indicators]
    lines = []
    for link in checklists().sdg:
        codes = {code.strip() for code in link.target.split(",")}
        mine = [
            language.own(i.indicator)
            for i in indicators
            if any(code in codes or code.partition(".")[0] in codes for code in i.sdg)
        ]
        lines.append(SheetRow((link.target, language.say(f"checklists.sdg.{link.id}"), "\n".join(mine))))
    listed = {code.strip() for link in checklists().sdg for code in link.target.split(",")}
    other = sorted({code for i in indicators for code in i.sdg if code not in listed and code.partition(".")[0] not in listed})
    other_words = language.say("workbook.sdg_other")
    lines += [
        SheetRow((code, other_words, "\n".join(language.own(i.indicator) for i in indicators if code in i.sdg))) for code in other
    ]
    return page(language, "sdg", columns, lines, (language.say("checklists.source"),), tool="6")


def global_figures(language: Language) -> Page:
    """Returns the sheet of the ILO's global figures. None of them may be compared with the survey's."""
    columns = (
        column(language, "place", 32), column(language, "year", 8, "plain"), column(language, "measure", 20), column(language, "value", 14),
        column(language, "unit", 30), column(language, "comparable", 12, "section"), column(language, "why", 70), column(language, "source", 46),
    )  # fmt: skip
    lines = [
        SheetRow((
            number_words.reason(language, r["place"]), r["year"], word(language, "measures", r["measure"]), look(r["measure"], r["value"]),
            language.kit(r["unit"]), language.say(f"comparable.{r['comparable']}"), number_words.reason(language, r["why"]), language.kit(r["source"]),
        ))
        for r in references().to_dict("records")
    ]  # fmt: skip
    return page(language, "global_figures", columns, lines)
