"""Tests the sections of a page: the result under the heading, tables folded below their pictures, and empty
sections in one line."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from fltoolkit.report.site.notebook_sections import lay_out
from fltoolkit.show.charts.chart_style import MIME, Table
from fltoolkit.show.wording.section_words import Nothing, Result

CHART = {MIME: {"data": [], "layout": {}}, "text/plain": "chart"}
EXERCISE = {MIME: {"layout": {"meta": {"title": "By rule", "aside": "An exercise"}}}, "text/plain": "e"}
TABLE = {
    "text/html": '<table><td class="gt_heading gt_title gt_font_normal">By &lt;sex&gt;</td></table>',
    "text/plain": "t",
}
OF_MONTHS = {"text/html": '<td class="gt_heading gt_title">Months</td>'}  # its own picture was left out
TITLED = {MIME: {"layout": {"meta": {"title": "By sex and <age>"}}}, "text/plain": "c"}
PROSE = {"text/markdown": "Words.", "text/plain": "Words."}


def shown(*data: Any) -> Any:
    """A cell that displays these."""
    outputs = [
        nbformat.v4.new_output("display_data", data=d if isinstance(d, dict) else d._repr_mimebundle_())
        for d in data
    ]
    return nbformat.v4.new_code_cell("call()", outputs=outputs)


def notebook(*cells: Any) -> Any:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(c) if isinstance(c, str) else c for c in cells]
    )


def told(cell: Any) -> Any:
    return cell.source if cell.cell_type == "markdown" else [o.data["text/plain"] for o in cell.outputs]


def test_each_heading_is_a_section_with_an_anchor_of_its_own() -> None:
    made = notebook(
        "# Title\n\nLead.",
        "## One\n\nProse.",
        shown(CHART),
        "End of one.\n\n## Two & more",
        shown(PROSE),
        "## One",
    )
    sections = lay_out(made)
    assert [(s.anchor, s.title) for s in sections] == [
        ("one", "One"),
        ("two-more", "Two & more"),
        ("one-2", "One"),
    ]
    assert [told(c) for c in made.cells] == [
        "# Title\n\nLead.",
        "## One",
        ["chart"],
        "Prose.",
        "End of one.",
        "## Two & more",
        ["Words."],
        "## One",
    ]
    assert [c.metadata["opens"] for c in made.cells if "opens" in c.metadata] == ["one", "two-more", "one-2"]
    assert [c.metadata["follows"] for c in made.cells if "opens" in c.metadata] == [False, True, True]


def test_the_result_moves_under_the_heading() -> None:
    made = notebook("## One\n\nProse.", shown(PROSE, Result("It is so."), CHART))
    lay_out(made)
    assert [told(c) for c in made.cells] == ["## One", ["It is so."], ["Words.", "chart"], "Prose."]
    assert [bool(c.metadata.get("result")) for c in made.cells] == [False, True, False, False]


@pytest.mark.parametrize("before", [EXERCISE, PROSE, TABLE])
def test_the_first_picture_stands_before_the_prose_but_after_all_other_outputs(before: Any) -> None:
    made = notebook("## One\n\nProse.", shown(Result("So.")), "More prose.", shown(CHART), "End.")
    lay_out(made)
    assert [told(c) for c in made.cells] == ["## One", ["So."], ["chart"], "Prose.", "More prose.", "End."]
    made = notebook("## One\n\nProse.", shown(before), shown(CHART))
    lay_out(made)
    assert [told(c) for c in made.cells] == ["## One", "Prose.", [before["text/plain"]], ["chart"]]


def test_what_is_for_people_who_run_a_notebook_is_not_on_its_page_unless_it_failed() -> None:
    failed = shown(PROSE)
    failed.outputs.append(nbformat.v4.new_output("error", ename="E", evalue="broken", traceback=["broken"]))
    made = notebook("## One", "## Two", shown(PROSE), failed)
    for cell in made.cells[1:]:
        cell.metadata["tags"] = ["screen"]
    assert [s.title for s in lay_out(made)] == ["One"]
    assert [c.cell_type for c in made.cells] == ["markdown", "code"]
    assert made.cells[-1].outputs[-1].output_type == "error"


def test_a_section_that_has_nothing_to_say_is_one_line() -> None:
    made = notebook(
        "## One\n\nLong prose.",
        shown(Nothing("No round.")),
        "More prose.",
        "## Two",
        shown(Nothing("x"), CHART),
    )
    sections = lay_out(made)
    assert [s.empty for s in sections] == [True, False]
    assert [told(c) for c in made.cells[:2]] == ["## One", ["No round."]]
    assert told(made.cells[2]) == "## Two"


def test_a_section_with_nothing_but_an_exercise_is_one_line() -> None:
    """Before, the page said that there was nothing to compare, and below it how to compare."""
    made = notebook(
        "## One\n\nHow to compare.",
        shown(Nothing("Nothing to compare.")),
        shown(EXERCISE),
        "## Two\n\nText.",
        shown(CHART),
    )
    assert [s.empty for s in lay_out(made)] == [True, False]
    assert [told(c) for c in made.cells] == ["## One", ["Nothing to compare."], "## Two", ["chart"], "Text."]


def test_a_sentence_that_two_calls_say_stands_once_in_an_empty_section() -> None:
    made = notebook(
        "## One", shown(Nothing("No plan.")), shown(Nothing("No plan.")), shown(Nothing("No round."))
    )
    lay_out(made)
    assert [told(c) for c in made.cells] == ["## One", ["No plan.", "No round."]]


def test_a_failed_cell_is_never_folded_away() -> None:
    failed = shown(Nothing("No round."))
    failed.outputs.append(nbformat.v4.new_output("error", ename="E", evalue="broken", traceback=["broken"]))
    made = notebook("## One", failed)
    assert [s.empty for s in lay_out(made)] == [False]
    assert [o.output_type for c in made.cells for o in c.get("outputs", [])] == ["display_data", "error"]


@pytest.mark.parametrize(
    ("data", "folds"),
    [
        ((CHART, TABLE), [None, "Table: By &lt;sex&gt;"]),
        ((TABLE, CHART), [None, None]),
        ((CHART, TABLE, TABLE), [None, "Table: By &lt;sex&gt;", "Table: By &lt;sex&gt;"]),
        ((CHART, TABLE, OF_MONTHS), [None, "Table: By &lt;sex&gt;", "Table: Months"]),
        ((CHART, PROSE, TABLE), [None, None, "Table: By &lt;sex&gt;"]),
        ((TITLED, TABLE), [None, "Table: By sex and &lt;age&gt;"]),
    ],
)
def test_a_table_behind_a_picture_is_folded_under_its_title(data: Any, folds: Any) -> None:
    made = notebook("## One", shown(*data))
    lay_out(made)
    assert [o.metadata.get("fold") for o in made.cells[-1].outputs] == folds
    assert [bool(o.metadata.get("folded")) for o in made.cells[-1].outputs] == [bool(fold) for fold in folds]


def test_a_table_that_a_notebook_folds_has_one_fold_on_the_page() -> None:
    made = notebook("## One", shown(CHART, Table(TABLE["text/html"], "t").folded(1)))
    assert "Table: 1 row<" in made.cells[-1].outputs[-1].data["text/html"]
    lay_out(made)
    table = made.cells[-1].outputs[-1]
    assert table.data["text/html"] == TABLE["text/html"]
    assert table.metadata["fold"] == "Table: By &lt;sex&gt;"


def test_further_pictures_of_a_section_are_folded_with_their_tables() -> None:
    made = notebook(
        "## One", shown(CHART, TABLE, TITLED, TABLE, TITLED), shown(TABLE), "## Two", shown(CHART)
    )
    lay_out(made)
    outputs = [o for cell in made.cells for o in cell.get("outputs", [])]
    again = "Picture: By sex and &lt;age&gt;"
    assert [o.metadata.get("fold") for o in outputs] == [
        None,
        "Table: By &lt;sex&gt;",
        again,
        None,
        again,
        "Table: By &lt;sex&gt;",
        None,
    ]
    assert [bool(o.metadata.get("folded")) for o in outputs] == [False, True, False, True, True, True, False]


def test_a_further_picture_that_a_sentence_speaks_of_is_not_folded() -> None:
    tested = {MIME: {"layout": {"meta": {"title": "Of children", "open": True}}}, "text/plain": "c"}
    made = notebook("## One", shown(CHART, TABLE, tested, TABLE, CHART))
    lay_out(made)
    folds = [o.metadata.get("fold") for o in made.cells[-1].outputs]
    assert folds == [None, "Table: By &lt;sex&gt;", None, "Table: Of children", "Picture: "]


def test_a_notebook_without_headings_has_no_sections() -> None:
    made = notebook("# Title", shown(CHART))
    assert lay_out(made) == []
    assert len(made.cells) == 2


def test_a_picture_that_is_no_result_is_folded_with_its_table_and_says_so() -> None:
    made = notebook("## One", shown(Result("It is so.")), shown(EXERCISE), "Prose.", shown(TABLE))
    lay_out(made)
    picture, table = (o for cell in made.cells for o in cell.get("outputs", []) if "folded" in o.metadata)
    assert (picture.metadata["fold"], picture.metadata["folded"]) == ("An exercise: By rule", True)
    assert table.metadata["fold"] == "An exercise: By &lt;sex&gt;"
