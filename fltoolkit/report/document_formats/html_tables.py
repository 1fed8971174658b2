"""Writes a printed table as HTML.

Numbers stay on one line. If a reader points at a marker such as [u] (unreliable) or at a term, its meaning appears. On a
phone, each row is shown as a short list.
"""

from __future__ import annotations

from html import escape

from fltoolkit.languages.html_text import inline
from fltoolkit.languages.marked_text import unmarked
from fltoolkit.show.printed_tables.cell_html import ROOM, cell_html, explained
from fltoolkit.show.printed_tables.printed_table import Head, PrintedCell, PrintedTable


def table(block: PrintedTable) -> str:
    """Returns a printed table with its notes as HTML. In all texts, HTML characters are escaped."""
    marked = [block.has_markers(place) for place in range(len(block.heads))]
    heads = zip(block.heads, marked, strict=True)
    head = "".join(
        f'<th scope="col" class="{_kind(h)}">{explained(h.text, block.meanings)}{ROOM.format("") if m else ""}</th>'
        for h, m in heads
    )
    rows = "".join(_row(row, block, marked) for row in block.rows)
    note = f'<p class="note">{explained(block.note, block.meanings)}</p>' if block.note else ""
    caption = f"<caption>{inline(block.title)}</caption>" if block.title else ""
    return (
        f'<div class="table{" wide" if block.wide else ""}"><table>{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table>{note}{_footnotes(block)}</div>"
    )


def _row(row: tuple[PrintedCell, ...], block: PrintedTable, marked: list[bool]) -> str:
    """Returns a row of the table `block` as HTML. If the row has only one cell, this cell is a heading across the table.
    `marked` says for each column whether it has markers such as [u]."""
    if len(row) == 1:
        return f'<tr class="across"><th scope="rowgroup" colspan="{len(block.heads)}">{inline(row[0].text)}</th></tr>\n'
    cells = (_cell(cell, head, block, marker_space=m) for cell, head, m in zip(row, block.heads, marked, strict=True))
    return f"<tr>{''.join(cells)}</tr>\n"


def _cell(cell: PrintedCell, head: Head, block: PrintedTable, *, marker_space: bool) -> str:
    """Returns a cell as HTML. If `marker_space` is true, the cell leaves space for a marker such as [u] after the number.
    The space aligns the numbers of a column."""
    if head.kind == "label":
        return f'<th scope="row" class="label">{inline(cell.text)}</th>'
    kind = _kind(head) if cell.is_number or head.kind in ("words", "notes") else f"{_kind(head)} said"
    kind += " masked" if cell.is_number and cell.printed.startswith("[") else ""  # a marker in place of a number
    return f'<td class="{kind}" data-head="{escape(unmarked(head.text))}">{cell_html(cell, block.meanings, marker_space=marker_space)}</td>'


def _kind(head: Head) -> str:
    """Returns the CSS class of the cells of a column. The class `value` marks the number that stays visible on a narrow
    screen."""
    return "value number" if head.kind == "value" else head.kind


def _footnotes(block: PrintedTable) -> str:
    """Returns the footnotes of a table as HTML, one per line, each after its letter. Returns an empty text if the table has
    none."""
    notes = "".join(f"<li><b>{letter}</b> {explained(text, block.meanings)}</li>" for letter, text in block.lettered)
    return f'<ul class="footnotes">{notes}</ul>' if notes else ""
