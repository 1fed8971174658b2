"""What changed since the plan's baseline, as blocks of a document: each row with its interval and no more than its verdict."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from fltoolkit.estimate.change_over_time.difference import COVERS_ZERO, NO_CHANGE
from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import DocumentTable, TableColumns, table_in
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import ends
from fltoolkit.show.wording.plan_words import Line, baseline, between, value
from fltoolkit.survey.spec.groups import TOTAL


def table(evidence: Evidence, language: Language) -> DocumentTable | None:
    """Change since the baseline with its verdict; None in a baseline run."""
    rows = evidence.follow_up
    if rows.empty:
        return None
    body: list[tuple[str, ...]] = []
    for _, part in rows.groupby("id", sort=False):
        body.append((number_words.indicator(language, part.iloc[0].to_dict()),))
        body += [_followed(language, r) for r in part.to_dict("records")]
    first = rows.iloc[0]
    years = [f"{year:g}" for year in (first["year_before"], rows["year"].max()) if pd.notna(year)]
    names = ("category", "before", "after_round", "change", "verdict", "marker", "remark")
    note = " ".join(
        p
        for p in (
            language.say("change.note"),
            language.say("tables.rounded"),
            number_words.markers(language, rows["marker"]),
            interviews(evidence, language),
        )
        if p
    )
    made = table_in(language, "follow_up", TableColumns(names, (0.13, 0.16, 0.16, 0.16, 0.12, 0.07, 0.2)), body, note)
    return replace(made, columns=(made.columns[0], *years, *made.columns[1 + len(years) :]))


def interviews(evidence: Evidence, language: Language) -> str:
    """How the interviews of both rounds were held, as a sentence; empty where neither round says it."""
    told = evidence.follow_up[["interview_conditions_before", "interview_conditions"]]
    told = told[(told != "").any(axis=1)]
    if told.empty:
        return ""
    before, after = (number_words.reason(language, text) or language.say("change.not_said") for text in told.iloc[0])
    return language.say("change.interviews", before=before, after=after)


def _followed(language: Language, row: Line) -> tuple[str, ...]:
    """A row of the follow-up; where the change is not shown its reason is that of the marker."""
    then = {**row, "ci_low": row["baseline_ci_low"], "ci_high": row["baseline_ci_high"]}
    whole = row["group"] in ("", TOTAL)
    columns = ("verdict_reason",) if row["marker"] == "c" else ("verdict_reason", "reason")
    reasons = [row[c] for c in columns if row[c] and row[c] != COVERS_ZERO]  # of which the verdict says as much
    return (
        language.say("everyone") if whole else number_words.reason(language, row["category"]),
        baseline(language, then, year=False) if pd.notna(row["baseline_value"]) else "", _now(language, row), _change(language, row),
        light(language, row), number_words.marker(row), language.list(number_words.reason(language, r) for r in reasons),
    )  # fmt: skip


def _now(language: Language, row: Line) -> str:
    if pd.isna(row["value"]):
        return ""
    return f"{value(language, row['value'], row)} ({between(language, row, 'ci_low', 'ci_high')})"


def _change(language: Language, row: Line) -> str:
    if pd.isna(row["change"]):
        return ""
    limits = ends(row["beyond_zero"], *(signed(language, row[c], row) for c in ("change_ci_low", "change_ci_high")))
    return f"{signed(language, row['change'], row)} ({number_words.limits(language, *limits)})"


def signed(language: Language, number: float, row: Line) -> str:
    return "" if pd.isna(number) else f"{'−' if number < 0 else '+'}{value(language, abs(number), row)}"


def light(language: Language, row: Line) -> str:
    """The traffic light: its sign and the verdict, no more; empty where the row is hidden."""
    return language.kit(row["light"])


def verdicts(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """The change of each indicator's total since the baseline, a sentence each, which says no more than its verdict."""
    rows = evidence.follow_up
    totals = rows[rows["group"].isin(["", TOTAL]) & (rows["verdict"] != "")]
    return tuple(_verdict(language, r) for r in totals.to_dict("records"))


def _verdict(language: Language, row: Line) -> str:
    why = number_words.reason(language, row["verdict_reason"])
    said = language.say(
        "change.verdict",
        what=number_words.indicator(language, row),
        before=f"{row['year_before']:g}",
        after=f"{row['year']:g}",
        # The sign of "no detectable change" would read as a question in a sentence.
        verdict=language.kit(row["verdict"]) if row["verdict"] == NO_CHANGE else light(language, row),
    )
    if pd.notna(row["change"]):
        interval = number_words.limits(language, *(signed(language, row[c], row) for c in ("change_ci_low", "change_ci_high")))
        numbers = language.say(
            "change.numbers", old=value(language, row["baseline_value"], row), new=value(language, row["value"], row),
            unit=language.kit(row["unit"]), change=signed(language, row["change"], row), interval=interval,
        )  # fmt: skip
        said = f"{said} {numbers}"
    return f"{said} {language.say('change.because', reason=why)}" if why else said
