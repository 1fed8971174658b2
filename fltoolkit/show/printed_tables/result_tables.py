"""Makes the tables of a survey's results: a measure by groups such as sex, and the headline (the number for
the default population) under each rule set."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import has_text
from fltoolkit.publish.contrasts.published_contrasts import LEAST_P
from fltoolkit.publish.measure_units import CASE_SHARES, PROFILES, is_of_numbers, scaled
from fltoolkit.show.printed_tables import number_cells
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
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED
from fltoolkit.table_records import as_records

CATEGORY = TableColumn(
    "category",
    lambda language, row: PrintedCell(number_words.start(number_words.category(language, row))),
    "label",
)
BASES = {
    **dict.fromkeys(("share", *PROFILES), "of_cases"),
    "duration": "with_months",
}  # the persons that `n` counts, by measure; for other measures, the persons who answered
COUNTED_AS = {
    "flowchart": "counted",
    **dict.fromkeys(PROFILES, "with_it"),
}  # what `cases` counts; for other measures, cases


def table(language: Language, rows: pd.DataFrame, title: str = "") -> PrintedTable:
    """Returns a table of published rows of one measure and population. A line across the table names each
    group.

    Args:
        rows: from `Published.select`, or a part of `Published.table`.
        title: by default the measure and the population. If the rows are about another outcome than forced
            labour, which the user defined, the title has the name of this outcome.
    """
    first = rows.iloc[0].to_dict()
    measure, who = str(first["measure"]), language.kit(first["reference_population_label"])
    about = language.say(
        "tables.note",
        period=language.kit(first["reference_period"]),
        definition=number_words.definition(language, first["rule_set"]),
    )
    about = about if first["rule_set"] else number_words.start(language.kit(first["reference_period"]))
    of_groups = (*number_words.of_profile(language, rows), *number_words.group_notes(language, rows))
    same = list(rows["n"].dropna().unique()) if measure in CASE_SHARES else []
    base = language.say("profile.base") if len(same) == 1 else ""
    order = language.say("profile.order") if measure in PROFILES else ""
    is_not_stated = (rows["category"].eq(NOT_STATED) & rows["estimate"].notna()).any()
    of_groups = (*of_groups, language.say("tables.not_stated")) if is_not_stated else of_groups
    of_groups = (
        (*of_groups, language.say("tables.routes")) if (rows["breakdown"] == "route").any() else of_groups
    )
    # Which months are counted: those of all spells of forced labour, or only those of the last spell.
    months = (
        number_words.start(number_words.reason(language, text))
        for text in dict.fromkeys(rows["duration_basis"])
    )
    of_rows = (
        base,
        order,
        *months,
        *number_words.rounding_note(language, rows),
        *number_words.limits_at_zero(language, rows),
        *of_groups,
        _to_verify(language, rows),
    )
    compared = "compared" in rows and rows["compared"].map(has_text).any()
    if compared:
        of_rows = (*of_rows, language.say("tables.compared"))
    words = TableWords(
        title or language.say("tables.of", title=number_words.measured(language, first), who=who),
        _subtitle(language, first),
        (number_words.start(about), *of_rows),
        {"level": number_words.level(language, first)},
        "profile.range" if measure in PROFILES else "tables.range",
    )
    ranged = any(map(number_words.has_range, as_records(rows)))
    layout = results(measure, ranged=ranged, compared=bool(compared))
    shown = layout.only(*(column.key for column in layout.columns if not (base and column.key == "n")))
    return printed(language, shown, as_records(rows), words)


def results(measure: str, *, ranged: bool = False, compared: bool = False) -> TableLayout:
    """Returns the layout of the table for results of a measure: its columns, such as the estimate, its
    interval and the number of cases.

    `ranged` says whether some rows are ranges, because of unresolved persons. Then the heading of the
    intervals says that the intervals are those of the low ends. A row whose high end is confidential has a
    note; in a profile, a column of the table says this. `compared` says whether a row has the answer of the
    comparison with all others.
    """
    return TableLayout(
        (
            replace(CATEGORY, head="characteristic") if measure in PROFILES else CATEGORY,
            *_estimate(measure, ranged),
            TableColumn(
                "n",
                lambda language, row: number_cells.count(
                    language, row["n"], number_cells.not_shown(row["marker"])
                ),
                head=BASES.get(measure, "answered"),
            ),
            TableColumn("cases", _cases, head=COUNTED_AS.get(measure, "cases")),
            *((TableColumn("unresolved", _unresolved),) if measure in PROFILES else ()),
            *((TableColumn("compared", _compared, "words"),) if compared else ()),
        ),
        headings=group,
        reasons=partial(_reasons, ranged and measure not in PROFILES),
        flagged=number_words.flag_reasons,
    )


def group(language: Language, row: Row) -> tuple[str]:
    """Returns the line across a table above a published row: the name of its group. The rows of a flowchart
    have no such line."""
    return (
        ""
        if row["measure"] == "flowchart"
        else number_words.start(number_words.group(language, str(row["breakdown"]))),
    )


def rule_sets(language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns a table of the headline (the number for the default population) under each rule set, the run's
    own first. A rule set says which answers make a person a case. `rows` are from `Published.rule_sets`."""
    first = rows.iloc[0].to_dict()
    measure = str(first["measure"])
    own = TableColumn(
        "rule_set",
        lambda language, row: PrintedCell(
            number_words.start(number_words.definition(language, row["rule_set"]))
        ),
        "label",
    )
    layout = TableLayout(
        (own, *_estimate(measure), TableColumn("cases", _cases)),
        reasons=partial(_of_rule_set, str(first["rule_set"])),
    )
    who = language.kit(first["reference_population_label"])
    title = (
        language.say("rule_sets.title")
        if measure == "prevalence"
        else language.say("tables.by_rule_set", title=language.say(f"titles.{measure}"))
    )
    words = TableWords(
        title,
        _subtitle(language, first),
        (language.say("rule_sets.note", who=who) if measure == "prevalence" else "",),
        {"level": number_words.level(language, first)},
    )
    return printed(language, layout, as_records(rows), words)


def _estimate(measure: str, ranged: bool = False) -> tuple[TableColumn, TableColumn]:
    """Returns two columns: the estimate with its marker, and its interval. For `ranged`, see `results`."""
    return (
        TableColumn(
            measure,
            lambda language, row: number_cells.with_care(
                number_cells.estimate(language, row, measure), row["flag"]
            ),
            "value",
        ),
        TableColumn(
            "interval",
            lambda language, row: _interval(language, row, measure),
            head="interval_of_low" if ranged else "interval",
        ),
    )


def _interval(language: Language, row: Row, measure: str) -> PrintedCell:
    if pd.isna(row["ci_low"]):
        return number_cells.not_shown(row["marker"])
    return number_cells.interval(
        language, scaled(row["ci_low"], measure), scaled(row["ci_high"], measure), row
    )


def _unresolved(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the number of unresolved persons or cases: those whose answers do not decide
    whether they are in forced labour, or in the category. If the number is hidden, the cell has its
    marker."""
    if row["marker"] == "c":
        return number_cells.not_shown(row["marker"])
    return number_cells.count(language, row["unresolved"], PrintedCell("", row["unresolved_marker"]))


def _cases(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the number of cases. For a category, it has a range of numbers such as `5–14`."""
    if pd.notna(row["cases"]):
        return number_cells.count(language, row["cases"])
    text = number_words.cases(language, row).replace(" ", NBSP)
    return PrintedCell(text, number=True) if text else number_cells.not_shown(row["marker"])


def _compared(language: Language, row: Row) -> PrintedCell:
    """Returns the cell with the answer of the comparison with all others, and its p-value if it is printed. An
    adjusted p-value of 1 says no more than the answer, and is left out."""
    if not has_text(row["compared"]):
        return number_cells.EMPTY
    verdict, p = language.kit(row["compared"]), row["p_adjusted"]
    if pd.isna(p) or p == 1:
        return PrintedCell(verdict)
    key, digits = ("contrasts.p", f"{p:#.2g}") if p else ("contrasts.small_p", f"{LEAST_P:g}")
    return PrintedCell(language.say(key, verdict=verdict, p=language.number(digits)))


def _reasons(ranged: bool, language: Language, row: Row) -> tuple[str, ...]:
    """Returns the reasons why a number is hidden or not reliable, and why a number has no high end if others
    have one (`ranged`). A confidential number has no such text, because its marker gives the reason."""
    without_high_end = ranged and row["marker"] != "c" and row["unresolved_marker"] == "c"
    hidden = is_of_numbers(row) and not row["breakdown"] and pd.isna(row["n"]) and pd.notna(row["estimate"])
    return (
        *(() if row["marker"] == "c" else number_words.remarks(language, row)),
        language.say("tables.months_hidden") if hidden else "",
        language.say("tables.high_end_hidden") if without_high_end else "",
    )


def _of_rule_set(own_rule_set: str, language: Language, row: Row) -> tuple[str, ...]:
    """Returns the texts for the footnotes of a rule set's row. They say whether it is the run's own rule set,
    and give the notes that readers need to compare its result with others. `own_rule_set` is the name of the
    run's own rule set."""
    remarks = tuple(
        number_words.reason(language, row[c]) for c in ("reason", "rule_note", "to_verify") if row[c]
    )
    return (language.say("rule_sets.own") if row["rule_set"] == own_rule_set else "", language.list(remarks))


def _subtitle(language: Language, row: Row) -> str:
    """Returns the subtitle of a table: the population and the reference period of its rows."""
    texts = (row["reference_population_label"], row["reference_period"])
    return language.list(language.kit(text) for text in texts if text)


def _to_verify(language: Language, rows: pd.DataFrame) -> str:
    """Returns a sentence on the rules and facts behind these rows that were written from memory and not yet
    checked against their source. The text is empty if there are none."""
    doubts = [number_words.reason(language, text) for text in rows["to_verify"].unique() if text]
    return language.say("basis.to_verify", what=language.list(doubts)) if doubts else ""
