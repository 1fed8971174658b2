"""Makes the table of the plan's targets for a notebook, beside the numbers of a later survey. The results of the tests are
short words; footnotes give the reasons."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import Reason
from fltoolkit.nap.follow_up import NOT_REACHED, REACHED
from fltoolkit.show.printed_tables import plan_cells, target_tables
from fltoolkit.show.printed_tables.number_cells import EMPTY
from fltoolkit.show.printed_tables.printed_table import (
    PrintedCell,
    PrintedTable,
    Row,
    TableColumn,
    TableLayout,
    TableWords,
    printed,
)
from fltoolkit.show.wording import number_words, plan_words

SHORT = {REACHED: "yes", NOT_REACHED: "no"}
JUDGED = ("rounds.unsure", "rounds.because")  # results of a test that have more than one word


def followed(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table of the plan's targets with the numbers of a later survey beside them. If there is no later survey yet,
    the table has the smallest fall that a repeat of the survey could detect. `rows` are rows of `Evidence.targets` that have
    a target."""
    later = rows.loc[rows["later_value"].notna(), "later_year"]
    heads, notes = plan_cells.years(language, rows, "baseline_year"), tuple[str, ...]()
    if len(later):
        heads, notes = heads | {"year": f"{later.iloc[0]:.0f}"}, (language.say("targets.no_test"),)
    columns = FOLLOWED if len(later) else NOT_YET_FOLLOWED
    layout = COLUMNS.only(*target_tables.filled_columns(columns, rows))
    return printed(language, layout, rows.to_dict("records"), TableWords(language.say("targets.title"), notes=notes, heads=heads))


def _reached(language: Language, row: Row) -> PrintedCell:
    """Returns the cell that says whether a target is reached: *yes*, *no*, or *not known*. The cell is empty if the later
    number is not shown."""
    if not row["reached"]:
        return EMPTY
    return PrintedCell(language.say(f"verifiable.{SHORT[row['reached']]}" if row["reached"] in SHORT else "targets.not_known"))


def _changed(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the result of the test of the change in as few words as possible: `decreased`."""
    changed = row["changed"]
    short = dict(changed.values)["verdict"] if isinstance(changed, Reason) and changed.code in JUDGED else changed
    return PrintedCell(language.kit(short))


def _reasons(language: Language, row: Row) -> tuple[str, ...]:
    """Returns the footnotes of a row: the reasons why it is not known whether the target is reached, why the result of the
    test is uncertain, and why no survey can verify the target."""
    changed = row["changed"]
    why = {
        "reached_in": language.kit(row["reached"]) if row["reached"] and row["reached"] not in SHORT else "",
        "verdict": language.kit(changed) if isinstance(changed, Reason) and changed.code in JUDGED else "",
        "verifiable": plan_words.verifiable(language, row) if row["obstacle"] else "",
    }
    year: str = f"{row['later_year']:g}" if pd.notna(row["later_year"]) else ""
    return tuple(f"{language.say(f'columns.{key}', year=year)} {number_words.start(text)}" for key, text in why.items() if text)


COLUMNS = TableLayout(
    (
        *target_tables.TARGETS.only("category", "baseline", "baseline_interval").columns,
        TableColumn("aim", lambda language, row: PrintedCell(plan_words.short_aim(language, row)), "number", "target"),
        *target_tables.TARGETS.only("later", "later_interval").columns,
        TableColumn("reached", _reached, "words", "reached_in"),
        TableColumn("changed", _changed, "words", "verdict"),
        TableColumn(
            "verifiable", lambda language, row: PrintedCell(language.say(f"verifiable.{row['verifiable'] or 'open'}")), "words"
        ),
        *target_tables.TARGETS.only("power", "smallest", "needed").columns,
    ),
    headings=plan_cells.headings,
    reasons=_reasons,
)
FOLLOWED = ("category", "baseline", "aim", "later", "later_interval", "reached", "changed", "verifiable", "needed")
NOT_YET_FOLLOWED = ("category", "baseline", "baseline_interval", "aim", "verifiable", "power", "smallest", "needed")
"""The columns if there is a later survey (FOLLOWED), and if there is none (NOT_YET_FOLLOWED)."""
