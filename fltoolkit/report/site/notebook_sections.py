"""Arranges the sections of an executed notebook for its HTML page.

In a notebook, each section has prose, a call and its output. On the page, a sentence with the result of the
section stands directly under its heading, and the first picture of the section follows, before the prose.
Readers open the other pictures, and tables after a picture, with a click. A section with nothing to show is
one line. Cells with the tag `screen` are for people who run the notebook themselves. The page leaves them
out. Text with the tag `unprinted` is about folded tables; paper leaves it out.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from html import escape
from typing import Any

from fltoolkit.show.charts.chart_style import FOLD_BEGINS, FOLD_ENDS, FOLDED, MIME
from fltoolkit.show.wording.section_words import NOTHING, RESULT

HEADING = re.compile(r"^##\s+(.+)$", re.MULTILINE)
TABLE_TITLE = re.compile(r'class="gt_heading gt_title[^"]*"[^>]*>(.*?)</td>', re.DOTALL)


@dataclass(frozen=True)
class PageSection:
    """A section of an executed notebook, as a line in the list of contents of its page.

    Attributes:
        anchor: the HTML id of the heading, to which a link can lead.
        title: the title of the section, as plain text.
        empty: whether the section has nothing to show.
    """

    anchor: str
    title: str
    empty: bool


def lay_out(notebook: Any) -> list[PageSection]:
    """Arranges the cells of an executed notebook for its HTML page, in place, and returns the sections of the
    page in order.

    The function writes entries into the metadata of cells and outputs, which the template of the page reads:

    - `opens` in the first cell of a section: the HTML id of its heading.
    - `follows` in the first cell of a section: whether another section is before it.
    - `empty` in the first cell of a section: whether the section has nothing to show.
    - `result` in the cell with the result of a section.
    - `fold` in the first output of a part that readers open with a click: the words on which they click.
    - `folded` in the last output of such a part.
    """
    _unfold(notebook)
    cells = [part for cell in notebook.cells if _is_on_the_page(cell) for part in _split(cell)]
    begins = [i for i, cell in enumerate(cells) if _title(cell)]
    head, parts = cells[: begins[0] if begins else len(cells)], []
    sections: list[PageSection] = []
    for at, end in zip(begins, [*begins, len(cells)][1:], strict=True):
        title = _title(cells[at])
        anchor = _anchor(title, {s.anchor for s in sections})
        part, empty = _section(cells[at:end])
        part[0].metadata |= {"opens": anchor, "follows": bool(sections), "empty": empty}
        sections.append(PageSection(anchor, title, empty))
        parts += [
            cell for cell in part if cell.cell_type != "code" or cell.outputs
        ]  # an empty cell would allow a page break
    notebook.cells = [*head, *parts]
    for i, cell in enumerate(notebook.cells):
        cell.id = f"cell-{i}"
    for at, end in zip(begins, [*begins, len(cells)][1:], strict=True):
        _fold(cells[at:end])
    return sections


def _unfold(notebook: Any) -> None:
    """Removes the fold that a table below a picture has in a notebook: the page folds such tables itself."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        if data.get("text/html", "").startswith(FOLDED):
            data["text/html"] = data["text/html"].split(FOLD_BEGINS, 1)[1].removesuffix(FOLD_ENDS)


def _is_on_the_page(cell: Any) -> bool:
    """Returns whether the page shows a cell. It shows each cell that failed, whatever its tags."""
    return "screen" not in cell.metadata.get("tags", []) or _failed([cell])


def _split(cell: Any) -> list[Any]:
    """Splits a cell of text, so that each heading is at the start of a cell. This is needed because one cell
    of a notebook often has the end of one section and the heading of the next."""
    if (
        cell.cell_type != "markdown"
        or len(HEADING.findall(cell.source)) + (not cell.source.startswith("## ")) < 2
    ):
        return [cell]
    starts = [found.start() for found in HEADING.finditer(cell.source)]
    edges = [0, *(s for s in starts if s), len(cell.source)]
    return [
        _copy(cell, cell.source[a:b].strip())
        for a, b in itertools.pairwise(edges)
        if cell.source[a:b].strip()
    ]


def _copy(cell: Any, source: str) -> Any:
    made = type(cell)(cell)
    made.source, made.metadata = source, type(cell.metadata)(cell.metadata)
    return made


def _title(cell: Any) -> str:
    """Returns the heading at the start of a cell as plain text. The text is empty if the cell does not begin
    with a heading."""
    found = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
    return found[1].replace("*", "").strip() if found else ""


def _anchor(title: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"
    return next(name for name in (plain, *(f"{plain}-{n}" for n in range(2, 99))) if name not in taken)


def _section(cells: list[Any]) -> tuple[list[Any], bool]:
    """Returns the cells of a section in the order of the page (heading, result, first picture, prose, other
    cells), and whether the section has nothing to show."""
    outputs = [
        o
        for cell in cells
        for o in cell.get("outputs", [])
        if o.output_type in ("display_data", "execute_result")
    ]
    first, rest = _heading_and_text(cells[0])
    said = list(
        {o.data["text/plain"]: o for o in outputs if NOTHING in o.data}.values()
    )  # each sentence once
    only_exercise = bool(said) and said[0] is outputs[0] and any(map(_is_exercise, outputs))
    if said and (only_exercise or all(NOTHING in o.data for o in outputs)) and not _failed(cells):
        return [first, _of_outputs(said)], True
    results = [o for o in outputs if RESULT in o.data]
    for cell in cells:
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if not any(o is r for r in results)]
    shown = next(
        (cell for cell in cells[1:] if cell.get("outputs")), None
    )  # outputs above a picture stay above it
    drawn = shown if shown and any(_is_result_picture(o) for o in shown.outputs) else None
    opening = [*([_of_outputs(results, result=True)] if results else []), *([drawn] if drawn else [])]
    return [first, *opening, *rest, *(cell for cell in cells[1:] if cell is not drawn)], False


def _is_result_picture(output: Any) -> bool:
    """Returns whether an output is a picture that may stand before the prose: one that is a result."""
    return MIME in output.get("data", {}) and not _is_exercise(output)


def _is_exercise(output: Any) -> bool:
    """Returns whether an output is a picture that is no result."""
    return bool(_meta(output.get("data", {}).get(MIME) or {}, "aside"))


def _failed(cells: list[Any]) -> bool:
    return any(o.output_type == "error" for cell in cells for o in cell.get("outputs", []))


def _heading_and_text(cell: Any) -> tuple[Any, list[Any]]:
    """Splits a cell that begins with a heading. Returns a cell with the heading, and a list with a cell of
    the text below it; the list is empty if there is no such text."""
    head, _, prose = cell.source.partition("\n")
    return _copy(cell, head), [_copy(cell, prose.strip())] if prose.strip() else []


def _of_outputs(outputs: list[Any], **metadata: bool) -> Any:
    """Returns a new cell of a notebook that has only these outputs and this metadata."""
    import nbformat

    return nbformat.v4.new_code_cell(outputs=outputs, metadata=metadata)


def _fold(cells: list[Any]) -> None:
    """Marks the parts of a section that readers open with a click: each picture after the first one with its
    tables, the tables of the first picture, and pictures that are no result. Of a picture with the mark
    `open`, only the tables are folded. The words on which readers click are the title of the picture, or of a
    table in a cell of its own."""
    drawn, picture, aside = False, "", ""
    for cell in cells:
        awaited, own = False, False  # the table of a folded picture belongs to its fold
        outputs = cell.get("outputs", [])
        for place, output in enumerate(outputs):
            data = output.get("data", {})
            if MIME in data:
                picture, aside = _meta(data[MIME], "title"), _meta(data[MIME], "aside")
                followed = _is_table(outputs[place + 1 : place + 2])
                if aside or (drawn and not _meta(data[MIME], "open")):
                    output.metadata |= {"fold": f"{aside or 'Picture'}: {picture}", "folded": not followed}
                    awaited = followed
                drawn = own = True
            elif drawn and _is_table([output]):
                what = aside or "Table"
                title = (picture if own else "") or _table_title(data["text/html"]) or picture
                fold = {} if awaited else {"fold": f"{what}: {title}"}
                output.metadata |= {**fold, "folded": True}
                awaited = own = False


def _is_table(outputs: list[Any]) -> bool:
    return any("text/html" in output.get("data", {}) for output in outputs)


def _table_title(html: str) -> str:
    """Returns the title of a table in HTML, as plain text. The text is empty if the table has no title."""
    found = TABLE_TITLE.search(html)
    return re.sub("<[^>]+>", "", found[1]).strip() if found else ""


def _meta(chart: Any, key: str) -> str:
    """Returns one of the texts that a chart has about itself, as HTML. `key` names the text, such as the
    title. The result is empty if the chart does not have it."""
    return escape(str(((chart.get("layout") or {}).get("meta") or {}).get(key) or ""), quote=False)
