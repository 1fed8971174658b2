"""The tables of changes: the rows of the plan with the numbers of a later survey, and a published change between two rounds."""

from __future__ import annotations

import pandas as pd

from fltoolkit.estimate.change_over_time.difference import COVERS_ZERO
from fltoolkit.estimate.change_over_time.unresolved_excess import OPEN_ANSWERS
from fltoolkit.languages.language import Language
from fltoolkit.nap.follow_up import sign_and_verdict
from fltoolkit.publish.measure_units import scaled
from fltoolkit.show.printed_tables import plan_cells
from fltoolkit.show.printed_tables.number_cells import EMPTY
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
from fltoolkit.show.wording import number_words

NUMBERS = {
    "baseline_value": "estimate_before", "baseline_ci_low": "ci_low_before", "baseline_ci_high": "ci_high_before", "value": "estimate_after",
    "ci_low": "ci_low_after", "ci_high": "ci_high_after", "change": "estimate", "change_ci_low": "ci_low", "change_ci_high": "ci_high",
}  # fmt: skip
"""For each number of the plan's follow-up, the column of a published change that contains it."""


def follow_up(language: Language, rows: pd.DataFrame, *notes: str, narrow: bool = False) -> PrintedTable:
    """Returns the follow-up as a table: each row of the plan's baseline beside the number of the later survey, with the change,
    its interval and the verdict of the test. `rows` are those of `Evidence.follow_up`.

    Args:
        notes: further sentences below the table.
        narrow: whether the verdict is only a sign (▼ ▲ ? ○ ×), so that each row fits in one line of a page. The signs are explained
            below the table.
    """
    records = rows.to_dict("records")
    signs = language.list(dict.fromkeys(verdict_in_words(language, row) for row in records if row["light"])) if narrow else ""
    about = (signs, language.say("change.note"), language.say("tables.rounded"), *notes)
    layout = CHANGE.only(*NUMBERED, "sign" if narrow else "verdict")
    years = years_of_rounds(language, rows["year_before"], rows["year"])
    return printed(language, layout, records, TableWords(language.say("follow_up.title"), "", about, years))


def changes(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table of the published changes of one measure between two rounds of a survey. It has the same columns as the
    follow-up: the numbers of both rounds, the change, its interval and the verdict of the test.
    """
    first = rows.iloc[0].to_dict()
    measure = str(first["measure"]).removeprefix("change_in_")
    unit = number_words.unit(language, measure, str(first["reference_population_label"]))
    numbers = {c: [scaled(v, measure) if pd.notna(v) else v for v in rows[of]] for c, of in NUMBERS.items()}
    judged = zip(rows["verdict"], rows["verdict_reason"], strict=True)
    lights = [sign_and_verdict(verdict, reason) if verdict else "" for verdict, reason in judged]
    made = rows.assign(measure=measure, light=pd.Series(lights, index=rows.index, dtype=object), **numbers)
    title = language.say("tables.change_in", title=language.say(f"titles.{measure}"))
    subtitle = language.list((unit, number_words.definition(language, first["rule_set"])))
    words = TableWords(title, subtitle, (language.say("tables.rounded_changes"),), _rounds(first))
    layout = TableLayout(
        (
            TableColumn("category", lambda language, row: PrintedCell(number_words.category(language, row)), "label"),
            *CHANGE.only(*NUMBERED[1:], "verdict").columns,
        ),
        headings=lambda language, row: (number_words.group(language, str(row["breakdown"])),),
        reasons=_reasons,
    )
    return printed(language, layout, made.to_dict("records"), words)


def verdict_in_words(language: Language, row: Row) -> str:
    """Returns the verdict of the test of a change, with its sign in front: `▼ decreased`. Empty if the row is hidden."""
    return language.kit(row["light"]) if row["light"] else ""


def _marked(language: Language, row: Row, column: str, marker: str) -> PrintedCell:
    """Returns the cell with the number of one round (survey), with the marker of this number in that round."""
    return plan_cells.value(language, row, column, marker)


def _change(language: Language, row: Row) -> PrintedCell:
    """Returns the cell of a change, with its sign (+ or −).

    It has a marker only if the change is not shown. If a number is doubtful, its marker is in the cell of that number.
    """
    cell = plan_cells.value(language, row, "change", "marker")
    return PrintedCell(_signed(language, row["change"], row), "", cell.numbers, cell.style) if cell.numbers else cell


def _change_limits(language: Language, row: Row) -> PrintedCell:
    """Returns the interval of the change. `<0` or `>0` replaces a limit that rounds to 0 and is on that side of it."""
    cell = plan_cells.limits(language, row, "change_ci_low", "change_ci_high")
    if not cell.numbers:
        return cell
    low, high = (_signed(language, row[c], row) for c in ("change_ci_low", "change_ci_high"))
    beyond = str(row["beyond_zero"])
    texts = (beyond if beyond == ">0" else low, beyond if beyond == "<0" else high)
    return PrintedCell(number_words.limits(language, *texts), "", cell.numbers, cell.style)


def _signed(language: Language, value: float, row: Row) -> str:
    return f"{'−' if value < 0 else '+'}{number_words.in_unit(language, abs(value), str(row['measure']))}"


def _verdict(language: Language, row: Row) -> PrintedCell:
    """Returns the verdict. Its line breaks only before a reason, so that the table is narrow enough for a printed page."""
    return PrintedCell(verdict_in_words(language, row).replace(" ", NBSP).replace(f":{NBSP}", ": ")) if row["light"] else EMPTY


def _sign(language: Language, row: Row) -> PrintedCell:
    """Returns the sign of a verdict (▼ ▲ ? ○ ×) as a cell. The meaning of the sign is explained below the table."""
    return PrintedCell(verdict_in_words(language, row).partition(" ")[0])


def _reasons(language: Language, row: Row) -> tuple[str, ...]:
    """Returns the reasons for the verdict and the flag of a row, without reasons that the verdict or the marker already gives."""
    columns = ("verdict_reason",) if row["marker"] == "c" else ("verdict_reason", "reason")
    given = (COVERS_ZERO, *OPEN_ANSWERS)
    reasons = (row[c] for c in columns if row[c] and row[c] not in given)
    return tuple(number_words.reason(language, reason) for reason in reasons)


def years_of_rounds(language: Language, before: pd.Series, after: pd.Series) -> dict[str, object]:
    """Returns the years of the two rounds for the headings of a table, or words if a year is not known or both are the same.

    Args:
        before, after: the year of each round, in each row of the table.
    """
    years = {"before": before.iloc[0], "after": after.max()}
    if years["before"] == years["after"] or pd.isna(list(years.values())).any():
        return {"before": language.say("columns.before"), "after": language.say("columns.after_round")}
    return {name: f"{year:g}" for name, year in years.items()}


def _rounds(row: Row) -> dict[str, object]:
    """Returns the years of the two rounds, or their names if both are of the same year."""
    column = "round" if row["year"] == row["year_before"] else "year"
    return {"before": row[f"{column}_before"], "after": row[column]}


CHANGE = TableLayout(
    (
        TableColumn("category", plan_cells.category, "label"),
        TableColumn(
            "before", lambda language, row: _marked(language, row, "baseline_value", "marker_before"), "value", "round_before"
        ),
        TableColumn(
            "before_interval",
            lambda language, row: plan_cells.limits(language, row, "baseline_ci_low", "baseline_ci_high"),
            head="limits",
        ),
        TableColumn("after", lambda language, row: _marked(language, row, "value", "marker_after"), head="round_after"),
        TableColumn("after_interval", lambda language, row: plan_cells.limits(language, row, "ci_low", "ci_high"), head="limits"),
        TableColumn("change", _change),
        TableColumn("change_interval", _change_limits, head="limits"),
        TableColumn("verdict", _verdict, "words"),
        TableColumn("sign", _sign, "words", "verdict"),
    ),
    headings=plan_cells.headings,
    reasons=_reasons,
)
"""Both rounds, each number with the marker of its round, the change with its interval, and the verdict of the test."""

NUMBERED = ("category", "before", "before_interval", "after", "after_interval", "change", "change_interval")
