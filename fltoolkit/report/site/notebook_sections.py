"""Arranges the sections of an executed notebook for its HTML page.

In a notebook, each section has prose, a call and its output. On the page, the result of a section is directly under its
heading, and its first picture is open. Further pictures, and tables after a picture, are folded. A section with nothing to show
is one line.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from html import escape
from typing import Any

from fltoolkit.show.charts.chart_style import MIME
from fltoolkit.show.wording.section_words import NOTHING, RESULT

HEADING = re.compile(r"^##\s+(.+)$", re.MULTILINE)
TABLE_TITLE = re.compile(r'class="gt_heading gt_title[^"]*"[^>]*>(.*?)</td>', re.DOTALL)


@dataclass(frozen=True)
class PageSection:
    """A section of an executed notebook, as a line in the list of contents of its page.

    Attributes:
        anchor: the address of the heading within the page.
        title: the title of the section, as plain text.
        empty: whether the survey or the plan gives nothing for it.
    """

    anchor: str
    title: str
    empty: bool


def lay_out(notebook: Any) -> list[PageSection]:
    """Arranges the cells of an executed notebook for a page, in place, and returns its sections in order.

    The template reads the metadata of the cells. A cell that begins a section has three entries: `opens` (the address of its
    heading), `follows` (whether another section is before it) and `empty` (whether it has nothing to show). A cell with the
    result of a section has `result`. A cell of text directly above a picture or a table that is not folded has `before`; in print it
    stays with it. An output that begins a fold has `fold`: the words on which readers click to open it. The
    last output of a fold has `folded`.
    """
    cells = [part for cell in notebook.cells for part in _split(cell)]
    begins = [i for i, cell in enumerate(cells) if _title(cell)]
    head, parts = cells[: begins[0] if begins else len(cells)], []
    sections: list[PageSection] = []
    for at, end in zip(begins, [*begins, len(cells)][1:], strict=True):
        title = _title(cells[at])
        anchor = _anchor(title, {s.anchor for s in sections})
        part, empty = _section(cells[at:end])
        part[0].metadata |= {"opens": anchor, "follows": bool(sections), "empty": empty}
        sections.append(PageSection(anchor, title, empty))
        parts += [cell for cell in part if cell.cell_type != "code" or cell.outputs]  # an empty cell would allow a page break
    notebook.cells = [*head, *parts]
    for i, cell in enumerate(notebook.cells):
        cell.id = f"cell-{i}"
    for at, end in zip(begins, [*begins, len(cells)][1:], strict=True):
        _fold([o for cell in cells[at:end] for o in cell.get("outputs", [])])
    for cell, next_cell in itertools.pairwise(notebook.cells):
        if cell.cell_type == "markdown" and _shows_first(next_cell):
            cell.metadata["before"] = True
    return sections


def _split(cell: Any) -> list[Any]:
    """Splits a cell of text so that each heading begins a cell. In notebooks, the text that ends a section often begins the
    next one."""
    if cell.cell_type != "markdown" or len(HEADING.findall(cell.source)) + (not cell.source.startswith("## ")) < 2:
        return [cell]
    starts = [found.start() for found in HEADING.finditer(cell.source)]
    edges = [0, *(s for s in starts if s), len(cell.source)]
    return [_copy(cell, cell.source[a:b].strip()) for a, b in itertools.pairwise(edges) if cell.source[a:b].strip()]


def _copy(cell: Any, source: str) -> Any:
    made = type(cell)(cell)
    made.source, made.metadata = source, type(cell.metadata)(cell.metadata)
    return made


def _title(cell: Any) -> str:
    """Returns the heading with which a cell begins; empty if there is none."""
    found = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
    return found[1].strip() if found else ""


def _anchor(title: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"
    return next(name for name in (plain, *(f"{plain}-{n}" for n in range(2, 99))) if name not in taken)


def _section(cells: list[Any]) -> tuple[list[Any], bool]:
    """Returns a section's cells in the order of a page (heading, result, prose, rest), and whether the section is empty."""
    outputs = [o for cell in cells for o in cell.get("outputs", []) if o.output_type in ("display_data", "execute_result")]
    first, rest = _parted(cells[0])
    if outputs and all(NOTHING in o.data for o in outputs) and not _failed(cells):
        return [first, _of_outputs(list({o.data["text/plain"]: o for o in outputs}.values()))], True  # each sentence once
    results = [o for o in outputs if RESULT in o.data]
    for cell in cells:
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if not any(o is r for r in results)]
    return [first, *([_of_outputs(results, result=True)] if results else []), *rest, *cells[1:]], False


def _failed(cells: list[Any]) -> bool:
    return any(o.output_type == "error" for cell in cells for o in cell.get("outputs", []))


def _parted(cell: Any) -> tuple[Any, list[Any]]:
    """Returns two cells for a notebook's cell that begins with a heading: one with the heading, and one with the prose below it."""
    head, _, prose = cell.source.partition("\n")
    return _copy(cell, head), [_copy(cell, prose.strip())] if prose.strip() else []


def _of_outputs(outputs: list[Any], **metadata: bool) -> Any:
    """Returns a new notebook cell that shows these outputs, with this metadata."""
    import nbformat

    return nbformat.v4.new_code_cell(outputs=outputs, metadata=metadata)


def _fold(outputs: list[Any]) -> None:
    """Folds what follows the first picture of a section: each further picture with its tables, and the tables of the first
    picture. The line on which readers click has the title of the folded picture."""
    drawn, picture, awaited = False, "", False  # `awaited`: the table of a folded picture belongs to its fold
    for place, output in enumerate(outputs):
        data = output.get("data", {})
        if MIME in data:
            picture, followed = _picture_title(data[MIME]), _is_table(outputs[place + 1 : place + 2])
            if drawn:
                output.metadata |= {"fold": f"Picture: {picture}", "folded": not followed}
            drawn, awaited = True, drawn and followed
        elif drawn and _is_table([output]):
            fold = {} if awaited else {"fold": f"Table: {picture or _table_title(data['text/html'])}"}
            output.metadata |= {**fold, "folded": True}
            awaited = False


def _shows_first(cell: Any) -> bool:
    """Returns whether a cell begins with a picture or a table that is not folded."""
    outputs = cell.get("outputs", [])[:1]
    return any(MIME in o.get("data", {}) or _is_table([o]) for o in outputs) and not any("folded" in o.metadata for o in outputs)


def _is_table(outputs: list[Any]) -> bool:
    return any("text/html" in output.get("data", {}) for output in outputs)


def _table_title(html: str) -> str:
    """Returns the title of a table in HTML as plain text; `Table` if it has none."""
    found = TABLE_TITLE.search(html)
    return re.sub("<[^>]+>", "", found[1]) if found else escape("Table")


def _picture_title(chart: Any) -> str:
    """Returns the title of a chart in HTML as plain text: the bold lines above its subtitle. Empty if the chart has no title."""
    text = ((chart.get("layout") or {}).get("title") or {}).get("text") or ""
    return re.sub("<[^>]+>", "", text.partition("</b>")[0].replace("<br>", " "))
