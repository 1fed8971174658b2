"""Makes the confidential page that a disclosure officer reads and signs before a run's outputs leave the
office. The page is in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fltoolkit.publish.disclosure_record import DisclosureRecord, HiddenCell, TableCells
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Document, Heading, Paragraph
from fltoolkit.show.printed_tables.printed_table import PrintedTable, of_texts
from fltoolkit.show.wording.english_numbers import ENGLISH, count
from fltoolkit.survey.spec.groups_and_tables import TOTAL, crossed

OUTCOMES = {
    "cases": "Cases of forced labour",
    "now": "Cases at the time of the interview",
    "unresolved": "Persons whose answers leave open whether they are cases",
    "now_unresolved": "Persons whose answers leave open whether they are cases at the time of the interview",
    "flowchart": "Persons at a step of the flowchart",
}
LIMITS = {
    "cases": "cases, unless there are none",
    "non_cases": "persons who are not cases",
    "psus": "sampling points with cases",
    "households": "households with cases",
    "persons": "persons",
}
TO_SIGN = ("May the outputs leave?", "Remarks", "Name", "Date", "Signature")


def disclosure_page(record: DisclosureRecord) -> Document:
    """Returns the confidential page of a run: the hidden cells with the reasons, and a place for the
    signature of the disclosure officer."""
    shown, hidden = (sum(getattr(table, name) for table in record.tables) for name in ("shown", "hidden"))
    limits = (f"{text}: {getattr(record.limits, name)}" for name, text in LIMITS.items())
    blocks: list[Block] = [
        Paragraph(
            "Confidential: this page shows numbers that the outputs hide. It stays in the office.", "warning"
        ),
        Paragraph(
            (
                f"{shown} cells are shown and {hidden} are hidden. Rule set: {record.rule_set}. Profile: "
                f"{record.profile}."
            ),
            "lead",
        ),
        Heading("Readers assumed"),
        Bullets(record.readers),
        Heading("Limits"),
        Paragraph("A cell is hidden with fewer than these numbers:"),
        Bullets(tuple(limits)),
        Paragraph(
            "It is hidden, too, if one household or sampling point holds over half of its weighted "
            "cases, or if what is printed "
            "points to one person. Weighted numbers are rounded to "
            f"{record.base:,.10g} persons."
        ),
        *(Paragraph(ENGLISH.kit(note), "warning") for note in record.notes),
        Heading("Tables"),
        _table_counts(record.tables),
        Heading("Hidden cells"),
        *_hidden_cells(record),
        Heading("Decision"),
        of_texts("Disclosure officer", ("", ""), [(line, "") for line in TO_SIGN]),
    ]
    survey = ", ".join(
        str(part) for part in (record.title, record.country, record.year, record.round) if part
    )
    return Document(
        "skeleton", "What this run hides, and why", survey, "en", tuple(blocks), f"fltoolkit, {survey}"
    )


def _table_counts(tables: tuple[TableCells, ...]) -> PrintedTable:
    """Returns a table with one row per table of the run: how many of its cells are shown, and how many are
    hidden."""
    heads = (
        "measure",
        "population",
        "by",
        "rule set",
        "shown",
        "of these without unresolved persons",
        "hidden",
    )
    rows = tuple(
        (
            t.measure.replace("_", " "),
            t.population,
            t.breakdown or TOTAL,
            t.rule_set,
            str(t.shown),
            str(t.unresolved_hidden),
            str(t.hidden),
        )
        for t in tables
    )
    return of_texts("Cells of each table", heads, rows, numbers=(4, 5, 6))


def _hidden_cells(record: DisclosureRecord) -> list[Block]:
    """Returns the tables of the hidden cells, after a note. There is one table for each kind of count
    (`outcome`), such as cases of forced labour. Returns the paragraph *None.* if no cell is hidden."""
    if not record.hidden:
        return [Paragraph("None.")]
    note = (
        "Possible: the least and the most that a reader can reach who knows all shown cells, how many "
        "persons of each kind there are and "
        "what they weigh."
    )
    outcomes = dict.fromkeys(c.outcome for c in record.hidden)
    return [Paragraph(note), *(_of_outcome(record, outcome) for outcome in outcomes)]


def _of_outcome(record: DisclosureRecord, outcome: str) -> PrintedTable:
    """Returns a table of the hidden cells of one kind of count (`outcome`), such as cases of forced labour:
    one row per cell."""
    cells = [c for c in record.hidden if c.outcome == outcome]
    heads = ("population", "cell", "number", "possible", "weighted", "possible, weighted", "why it is hidden")
    rows = tuple(
        (
            c.population,
            _cell_in_words(c, record.rule_set),
            count(c.cases),
            _range_text(c.cases_range),
            count(c.weighted),
            _range_text(c.weighted_range),
            c.reason,
        )
        for c in cells
    )
    note = f"A reader can hold {max(c.against for c in cells)} shown cells against them."
    return replace(of_texts(OUTCOMES[outcome], heads, rows, numbers=(2, 3, 4, 5), note=note), wide=True)


def _cell_in_words(cell: HiddenCell, rule_set: str) -> str:
    """Returns in words which cell is hidden: its value in each group, e.g. `sex: women × region: north`. Some
    hidden numbers count only the persons of a cell who are, or are not, in a second cell. Then the text names
    both cells. A cell under another rule set than that of the run (`rule_set`) also names this other rule
    set."""
    own, other = _group_values(cell.groups), f"{_group_values(cell.other_groups)} of {cell.other_population}"
    if cell.part:
        return f"{own}, {'also in' if cell.part == 'both' else 'without'} {other}"
    return own if cell.rule_set == rule_set else f"{own}, by {cell.rule_set}"


def _group_values(groups: Mapping[str, str]) -> str:
    """Returns the group values of a cell in words, e.g. `sex: women × region: north`, or `total` for a cell
    without groups."""
    return crossed(f"{group.replace('_', ' ')}: {value}" for group, value in groups.items()) or TOTAL


def _range_text(ends: tuple[float, float] | None) -> str:
    """Returns the smallest and the largest possible number of persons as one text: `3 to 12`. Returns an
    empty text for None (not known)."""
    return "" if ends is None else f"{count(ends[0])} to {count(ends[1])}"
