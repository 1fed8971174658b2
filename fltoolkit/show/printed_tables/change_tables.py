"""Makes the tables of changes: the plan's baseline beside the numbers of a later survey, and the published
changes between two rounds of a survey."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from fltoolkit.estimate.change_over_time.difference import COVERS_ZERO, NO_CHANGE
from fltoolkit.estimate.change_over_time.unresolved_excess import (
    UNJUDGED_REASONS,
    is_unjudged,
    stated_verdict,
)
from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import Reason
from fltoolkit.nap.later_survey import answer_on_change, in_units, round_names, sign_and_verdict
from fltoolkit.show.printed_tables import number_cells, plan_cells, result_tables
from fltoolkit.show.printed_tables.printed_table import (
    NBSP,
    PrintedCell,
    PrintedTable,
    Row,
    TableColumn,
    TableLayout,
    TableWords,
    printed,
)
from fltoolkit.show.wording import change_sentences, number_words, plan_words
from fltoolkit.table_records import as_records


def follow_up(
    language: Language, rows: pd.DataFrame, *notes: str, title: str = "follow_up.title"
) -> PrintedTable:
    """Returns a table that compares the plan's baseline with a later survey. Each row has both numbers, the
    target if there is one, and the change with its interval. `rows` are those of `Evidence.follow_up`.

    The result of the test of the change has a sign before it: ▼ ▲ – ○ ×. Footnotes say whether the target is
    reached.

    Args:
        notes: further sentences below the table.
        title: the key of the title in the language files.
    """
    records = as_records(rows)
    about = (
        language.say("change.note"),
        language.say("tables.rounded_changes"),
        *_beyond_zero(language, rows),
        *notes,
    )
    target = ("target",) if any(row["reached"] for row in records) else ()
    years = years_of_rounds(language, rows)
    words = TableWords(language.say(title), "", about, years)
    return printed(language, CHANGE.only(*NUMBERED, "verdict", *target), records, words)


def changes(language: Language, rows: pd.DataFrame, title: str = "", *notes: str) -> PrintedTable:
    """Returns a table of the published changes of one measure between two rounds of a survey. A row has the
    numbers of both rounds, the change, its interval and the result of the test.

    Args:
        title: replaces the usual title; the unit is behind it.
        notes: further sentences below the table.
    """
    first = rows.iloc[0].to_dict()
    measure = str(first["measure"]).removeprefix("change_in_")
    unit = number_words.unit(language, measure, str(first["reference_population_label"]))
    numbers = pd.DataFrame([in_units(row, measure) for row in as_records(rows)], index=rows.index)
    judged = zip(rows["verdict"], rows["verdict_reason"], rows["flag"].astype(str), strict=True)
    said = [
        (sign_and_verdict(v, why), answer_on_change(v, why, flag)) if v else ("", "")
        for v, why, flag in judged
    ]
    made = rows.assign(
        measure=measure, **numbers, **pd.DataFrame(said, rows.index, ["light", "changed"], dtype=object)
    )
    named = (
        language.colon(title, unit)
        if title
        else language.say("tables.change_in", title=language.say(f"titles.{measure}"))
    )
    subtitle = language.list((unit, number_words.definition(language, first["rule_set"])))
    years = dict(zip(("before", "after"), round_names(first), strict=True))
    about = (language.say("tables.rounded_changes"), *_beyond_zero(language, rows), *notes)
    words = TableWords(named, subtitle, about, years)
    columns = (result_tables.CATEGORY, *CHANGE.only(*NUMBERED[1:], "verdict").columns)
    layout = TableLayout(columns, result_tables.group, _reasons)
    return printed(language, layout, as_records(made), words)


def _beyond_zero(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns the note on `<0` or `>0` in place of a limit that rounds to 0, in a list."""
    return [language.say("tables.beyond_zero")] if rows["beyond_zero"].any() else []


def verdict_in_words(language: Language, row: Row) -> str:
    """Returns the result of the test of a change, with a sign before it: `▼ decreased`. The text is empty if
    the row is hidden."""
    return language.kit(row["light"]) if row["light"] else ""


def _of_round(language: Language, row: Row, column: str, when: str) -> PrintedCell:
    return plan_cells.value(language, row, column, f"marker_{when}", f"flag_{when}")


def _change(language: Language, row: Row) -> PrintedCell:
    """Returns the cell of a change as a number with + or −, with its sign: [u] if it is unreliable, † if it
    is to be used with caution."""
    cell = plan_cells.value(language, row, "change", "marker")
    sign = {"unreliable": "u", "caution": number_words.CARE}.get(str(row["flag"]), "")
    return (
        PrintedCell(change_sentences.signed(language, row["change"], row), sign, number=True)
        if cell.text
        else cell
    )


def _limits_of_change(language: Language, row: Row) -> PrintedCell:
    text = change_sentences.limits(language, row)
    return PrintedCell(text, number=True) if text else number_cells.not_shown(row["marker"])


def short_verdict(language: Language, row: Row) -> str:
    """Returns `verdict_in_words` so short that it stays on one line. A footnote says why a change is not
    judged, and that its size is uncertain."""
    word = language.kit(row["verdict"])
    if is_unjudged(row["verdict"], row["verdict_reason"]):
        word = language.say("charts.unjudged")
    elif row["verdict"] == NO_CHANGE:
        word = language.say("tables.not_detectable")
    return f"{dict(row['light'].values)['sign']} {word}"


def _verdict(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the result of the test of a change, or with the marker of a change that is not
    shown."""
    if not row["light"]:
        return replace(number_cells.not_shown(row["marker"]), number=False)
    return PrintedCell(short_verdict(language, row).replace(" ", NBSP))


def _unsure(language: Language, row: Row) -> str:
    """Returns the result of the test in words, if the direction of the change is known and its size is
    uncertain."""
    changed = row.get("changed")
    is_unsure = isinstance(changed, Reason) and changed.code == "rounds.unsure"
    return number_words.start(language.kit(changed)) if is_unsure else ""


def _reasons(language: Language, row: Row) -> tuple[str, ...]:
    """Returns the texts for the footnotes of a row. They name the target of the row and say whether it is
    reached, why a change is not judged or not shown, and whether its size is uncertain. The reasons for the
    markers of each round stand in the tables of this round."""
    columns = (
        ("verdict_reason",) if row["light"] or row["marker"] in ("", "c") else ("verdict_reason", "reason")
    )
    given = (COVERS_ZERO, *UNJUDGED_REASONS)
    reasons = (row[c] for c in columns if row[c] and row[c] not in given)
    is_bare = is_unjudged(row["verdict"], row["verdict_reason"])  # in the column of the verdict
    unjudged = (
        number_words.start(language.kit(stated_verdict(row["verdict"], row["verdict_reason"])))
        if is_bare
        else ""
    )
    return (
        plan_words.reached(language, row).rstrip("."),
        unjudged,
        _unsure(language, row),
        *(number_words.reason(language, reason) for reason in reasons),
    )


def years_of_rounds(language: Language, rows: pd.DataFrame) -> dict[str, object]:
    """Returns the names of two rounds of a survey for the headings of a table, with the keys `before` and
    `after`: `2025`. If they are not known, or are the same, the texts are words instead.

    Args:
        rows: rows of the follow-up, or of published changes.
    """
    whole = rows[rows["year"].notna() & rows["year_before"].notna()]
    before, after = round_names(whole.iloc[0].to_dict()) if len(whole) else ("", "")
    if before == after:
        return {"before": language.say("columns.before"), "after": language.say("columns.after_round")}
    return {"before": before, "after": after}


CHANGE = TableLayout(
    (
        plan_cells.CATEGORY,
        TableColumn(
            "before",
            lambda language, row: _of_round(language, row, "baseline_value", "before"),
            "number",
            "round_before",
        ),
        TableColumn(
            "before_interval",
            partial(
                plan_cells.limits, low="baseline_ci_low", high="baseline_ci_high", marker="marker_before"
            ),
            head="limits_before",
        ),
        TableColumn(
            "after", lambda language, row: _of_round(language, row, "value", "after"), "value", "round_after"
        ),
        TableColumn(
            "after_interval",
            partial(plan_cells.limits, low="ci_low", high="ci_high", marker="marker_after"),
            head="limits_after",
        ),
        TableColumn("target", lambda language, row: PrintedCell(plan_words.aim(language, row), number=True)),
        TableColumn("change", _change),
        TableColumn("change_interval", _limits_of_change, head="limits_change"),
        TableColumn("verdict", _verdict, "words"),
    ),
    headings=plan_cells.headings,
    reasons=_reasons,
)
"""The columns of a change: the number of each round with its marker, the change with its interval, and the
result of the test."""

NUMBERED = ("category", "before", "before_interval", "after", "after_interval", "change", "change_interval")
