"""Tests that the entries of partners are read back as they typed them, and that other changes are never
dropped silently."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import books
import openpyxl
import pytest
import small_country as country
from openpyxl.cell.cell import Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from fltoolkit.errors import BatchError, DataError, RequestError
from fltoolkit.nap.partner_entries import Partners, Worked, read_partners
from fltoolkit.report.workbook.merge_into_partners import read_into, refuse_unread
from fltoolkit.report.workbook.returned_entries import as_kept, compact, read_workbook, same

GROUPS = "Are the groups that are vulnerable or at risk identified?"
ACHIEVABLE = (
    "% decrease of prevalence (and the prevalence itself). Achievable (partners): whether it can be reached at "
    "its cost is for the partners to say"
)
REACH = "Are the best means to reach them known?"
FEES = "Is it prohibited to charge recruitment fees to workers?"
TYPED: dict[str, Any] = {
    "a number": 1200,
    "a fraction": 12.5,
    "no number": "=1+1",
    "zeros": "00123",
    "lines": "first\nsecond\n  é « œ »",
    "spaces": " around ",
    "a date": date(2026, 3, 1),
    "a moment": datetime(2026, 3, 1, 14, 30),
    "like a date": "2026-03-01",
    "truth": True,
    "like truth": "true",
    "minus": "-20 % more",
    "nothing": "null",
    "yaml": "a: [b, {c}] # d",
    "escaped": "_x0041_",
    "long": "x" * 32767,
    "quote": "'",
}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook as it was written, beside the plan's folder."""
    return books.write(tmp_path_factory.mktemp("plan"))


def put(cell: Cell, value: Any) -> None:
    """Type into a cell for text: `=1+1` is no formula there."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def typed(book: Workbook) -> None:
    """All kinds of entries, in every table."""
    books.at(book, "M&E matrix", "Baseline value", "Inspectors trained").value = 60
    books.at(book, "M&E matrix", "Targets: Year +1", "Inspectors trained").value = None
    books.at(book, "M&E matrix", "Targets: Year +2", "Inspectors trained").value = "about 1 300"
    books.at(book, "M&E matrix", "Target", "Inspectors trained").value = "2 000 by 2030"
    books.at(book, "Checklists", "Answer", GROUPS).value = "yes"
    books.at(book, "Knowledge base", "Source", "Its causes and consequences").value = "Étude 2024"
    books.at(book, "Checklists", "Answer", ACHIEVABLE).value = "partly"
    for head, value in (
        ("Activity", "Train"),
        ("Quantity", 4),
        ("Unit cost", 2500.5),
        ("Year", 2026),
        ("Secured", 3000),
    ):
        books.free(book, "Cost estimate", head, 1).value = value
    books.free(book, "Cost estimate", "Activity", 6).value = "the last free row"
    books.at(book, "Implementation matrix", "Start", "Inspectors trained").value = date(2026, 1, 15)
    own = book.create_sheet("Nos notes")
    for line, value in enumerate(TYPED.values(), 2):
        put(own.cell(line, 2), value)
    own["D1"].value = "alone"


@pytest.fixture(scope="module")
def filled(original: Path) -> Path:
    return books.edit(original, typed, original.with_name("filled.xlsx"))


def test_a_workbook_that_nobody_touched_holds_no_entry(original: Path) -> None:
    found = read_workbook(books.edit(original, lambda _: None, original.with_name("saved.xlsx")))
    assert (found.edits, found.problems) == ((), ())


@pytest.mark.thorough("writes and reads whole workbooks")
def test_what_was_typed_is_what_partners_yaml_holds(original: Path, filled: Path, tmp_path: Path) -> None:
    plan = original.parents[1] / "nap.yaml"
    said = read_into(filled, plan)
    assert (
        "15 new entry(ies), 4 of M&E matrix, 2 of Checklists, 1 of Knowledge base, 1 of Implementation matrix, "
        "6 of Cost estimate, "
    ) in said
    held = read_partners(plan)
    mine = {
        "baseline_value": 60,
        "target_year_1": "",
        "target_year_2": "about 1 300",
        "final_target": "2 000 by 2030",
    }
    assert held.matrix == {"trained": mine}
    assert held.checklists == {
        "smart.decrease.achievable": {"answer": "partly"},
        "prev_groups": {"answer": "yes"},
        "know_causes": {"source": "Étude 2024"},
    }
    assert held.costs == {
        "1": {"activity": "Train", "quantity": 4, "unit_cost": 2500.5, "year": 2026, "secured": 3000},
        "6": {"activity": "the last free row"},
    }
    assert held.implementation == {"trained": {"start": date(2026, 1, 15)}}
    rows = held.sheets["Nos notes"]
    assert rows[0] == (None, None, None, "alone")
    assert [type(row[1]) for row in rows[1:]] == [type(v) for v in TYPED.values()]
    assert [row[1] for row in rows[1:]] == list(TYPED.values())
    assert "nothing new was filled in; 15 entry(ies) were read before" in read_into(filled, plan)
    refuse_unread(filled, held)
    with pytest.raises(BatchError, match=r"15 entry\(ies\).* were not read"):
        refuse_unread(filled, Partners())
    again = books.write(tmp_path, held)  # the next run: everything stands there again, and none of it is new
    found = read_workbook(books.edit(again, lambda _: None))
    assert (found.edits, found.problems) == ((), ())
    second = books.edit(
        again, lambda book: setattr(books.free(book, "Cost estimate", "Activity", 1), "value", None)
    )
    read_into(second, tmp_path / "nap.yaml")
    left = read_partners(tmp_path / "nap.yaml")
    assert left == held.model_copy(
        update={"costs": {**held.costs, "1": {k: v for k, v in held.costs["1"].items() if k != "activity"}}}
    )


@pytest.mark.thorough("loads and saves whole workbooks")
def test_a_percentage_keeps_its_sign(original: Path, tmp_path: Path) -> None:
    """Before, 50% was kept and printed as 0.5. Amounts are added up, so there it stays a number."""

    def percentages(book: Workbook) -> None:
        for head, value in (("Baseline value", 0.5), ("Targets: Year +1", 1), ("Target", 0.125)):
            cell = books.at(book, "M&E matrix", head, "Inspectors trained")
            cell.value, cell.number_format = value, "0.0%"
        cell = books.free(book, "Cost estimate", "Quantity", 1)
        cell.value, cell.number_format = 0.5, "0%"

    found = read_workbook(books.edit(original, percentages, tmp_path / "percentages.xlsx"))
    assert {(e.column, e.after) for e in found.edits} == {
        ("baseline_value", "50%"),
        ("target_year_1", "100%"),
        ("final_target", "12.5%"),
        ("quantity", 0.5),
    }
    again = books.write(tmp_path, Partners(matrix={"trained": {"baseline_value": "50%"}}))
    assert read_workbook(books.edit(again, lambda _: None)).edits == ()


def test_texts_typed_into_cells_for_notes_come_back(original: Path, tmp_path: Path) -> None:
    values = list(TYPED.values())

    def note(book: Workbook) -> None:
        first = books.at(book, "Checklists", "Notes", GROUPS).row
        for n, value in enumerate(values):
            put(book["Checklists"].cell(first + n, 5), value)

    found = read_workbook(books.edit(original, note, tmp_path / "notes.xlsx"))
    assert [e.after for e in found.edits] == values
    assert {e.column for e in found.edits} == {"note"}
    assert not found.problems


def comment(book: Workbook) -> None:
    books.at(book, "Checklists", "Notes", GROUPS).comment = Comment("please check", "M")


def link(book: Workbook) -> None:
    cell = books.at(book, "Checklists", "Notes", REACH)
    cell.value, cell.hyperlink = "see here", "https://example.org/law"


def cell(sheet: str, address: str, value: object) -> Callable[[Workbook], object]:
    return lambda book: setattr(book[sheet][address], "value", value)


def under(sheet: str, head: str, row: str | int, value: object) -> Callable[[Workbook], object]:
    """A change of the cell under a head, in the row that holds a text or that many rows below."""
    find = books.free if isinstance(row, int) else books.at
    return lambda book: setattr(find(book, sheet, head, row), "value", value)  # type: ignore[operator]


NOT_YOURS = "this cell is not one to fill in"
PROBLEMS: dict[str, tuple[Callable[[Workbook], object], str]] = {
    "a locked word": (
        under("M&E matrix", "Unit", "Persons in forced labour", "x"),
        rf"M&E matrix!F\d+: {NOT_YOURS} \(found: x\); put back: persons",
    ),
    "a locked cell emptied": (
        under("Checklists", "Question", FEES, None),
        rf"Checklists!C\d+: {NOT_YOURS} \(found: nothing\); put back: Is it prohib",
    ),
    "a number of the survey": (
        under("Baseline", "Cases", "Persons in forced labour (persons)", 7),
        rf"Baseline!\w+: {NOT_YOURS} \(found: 7\); put back: ",
    ),
    "a hidden number": (
        under("Baseline", "Cases", "east", 8),
        rf"Baseline!\w+: {NOT_YOURS} \(found: 8\); move it to a yellow cell",
    ),
    "beside the table": (
        cell("Reference", "H40", "forgotten"),
        rf"Reference!H40: {NOT_YOURS} \(found: forgotten\); move it to a yellow cell, or to a sheet",
    ),
    "a comment": (
        comment,
        (
            r"Checklists!E\d+: a comment \(please check\) cannot be kept; move its words into a cell for "
            r"notes"
        ),
    ),
    "a link": (
        link,
        (
            r"Checklists!E\d+: a link to https://example.org/law stands behind other words; write the "
            r"address as text"
        ),
    ),
    "an error": (
        under("Cost estimate", "Unit cost", 1, "#DIV/0!"),
        r"Cost estimate!G\d+: found the error #DIV/0!; type the value itself",
    ),
    "a formula without a value": (
        under("Cost estimate", "Quantity", 1, "=2*3"),
        r"Cost estimate!F\d+: the formula =2\*3 has no value yet; open the file",
    ),
    "our formula": (
        under("Cost estimate", "Total", 1, 5),
        r"Cost estimate!I\d+: the kit's formula is gone \(found: 5\); type =IF\(COUNT",
    ),
    "a sheet taken away": (
        lambda book: book.remove(book["Milestones"]),
        "Milestones: the sheet is missing",
    ),
    "a sheet renamed": (
        lambda book: setattr(book["Targets"], "title", "Aims"),
        "Targets: the sheet is missing; if it was renamed, give it back",
    ),
}


def test_whatever_cannot_be_kept_is_told_one_by_one_and_nothing_is_written(
    original: Path, tmp_path: Path
) -> None:
    def spoil(book: Workbook) -> None:
        for change, _ in PROBLEMS.values():
            change(book)

    path = books.edit(original, spoil, tmp_path / "spoilt.xlsx")
    found = read_workbook(path).problems
    for name, (_, wanted) in PROBLEMS.items():
        assert [p for p in found if re.match(wanted, p)], (name, found)
    assert len(found) == len(PROBLEMS), found
    books.evidence(tmp_path)
    with pytest.raises(DataError, match=r"12 entry\(ies\) cannot be read") as error:
        read_into(path, tmp_path / "nap.yaml")
    assert "… and 2 more" in str(error.value)
    assert "nothing was written" in str(error.value)
    assert not (tmp_path / "partners.yaml").exists()
    with pytest.raises(BatchError, match="would be lost"):
        refuse_unread(path, Partners())


@pytest.mark.thorough("loads and saves whole workbooks")
def test_a_row_that_was_deleted_or_inserted_is_told_as_that(original: Path, tmp_path: Path) -> None:
    """One line for the sheet, and not one for each cell below."""
    for n, (change, told) in enumerate(
        [
            (
                lambda sheet, row: sheet.delete_rows(row),
                (
                    rf"Checklists: row \d+ \({re.escape(GROUPS)}\) was deleted, so that all rows below "
                    r"moved up; undo"
                ),
            ),
            (
                lambda sheet, row: sheet.delete_rows(row, 2),
                r"Checklists: rows \d+ to \d+, from \(.*\) on, were deleted",
            ),
            (
                lambda sheet, row: sheet.insert_rows(row),
                (
                    r"Checklists: 1 row\(s\) were inserted above what was row \d+ "
                    rf"\({re.escape(GROUPS)}\); take"
                ),
            ),
            (
                lambda sheet, row: sheet.delete_rows(row, 500),
                r"Checklists: rows \d+ to \d+, from \(.*\) on, were deleted; undo",
            ),
        ]
    ):

        def spoil(book: Workbook, change: Any = change) -> None:
            change(book["Checklists"], books.at(book, "Checklists", "Answer", GROUPS).row)

        found = read_workbook(books.edit(original, spoil, tmp_path / f"{n}.xlsx"))
        (problem,) = found.problems
        assert re.match(told, problem), problem
        assert found.edits == ()


@pytest.mark.thorough("loads and saves whole workbooks")
def test_a_value_that_was_replaced_or_emptied_is_not_told_as_new(tmp_path: Path) -> None:
    path, plan = books.write(tmp_path, answered()), tmp_path / "nap.yaml"
    assert "1 changed entry(ies), 1 of Checklists." in read_into(
        books.edit(path, under("Checklists", "Answer", GROUPS, "partly"), tmp_path / "mine.xlsx"), plan
    )
    assert "1 emptied entry(ies), 1 of Checklists." in read_into(
        books.edit(path, under("Checklists", "Answer", REACH, None), tmp_path / "theirs.xlsx"), plan
    )


def test_pictures_are_told(original: Path, tmp_path: Path) -> None:
    path = tmp_path / "picture.xlsx"
    path.write_bytes(original.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"")
        archive.writestr("xl/drawings/drawing9.xml", "<xdr:wsDr/>")  # LibreOffice writes empty ones
    assert [p.split(":")[0] for p in read_workbook(path).problems] == ["the workbook holds media"]


@pytest.mark.parametrize("content", [b"", b"PK nonsense"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "nap_workbook.xlsx"
    path.write_bytes(content)
    with pytest.raises(DataError, match="this is no workbook that can be read"):
        read_workbook(path)
    with pytest.raises(BatchError, match="this is no workbook that can be read"):
        refuse_unread(path, Partners())


def test_a_workbook_of_somebody_elses_is_refused(original: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    Workbook().save(other)
    with pytest.raises(DataError, match="its hidden sheet is missing"):
        read_workbook(other)
    books.evidence(tmp_path, plan=country.with_rows({"id": "another"}))
    with pytest.raises(RequestError, match="written for another plan"):
        read_into(original, tmp_path / "nap.yaml")


# ------------------------------------------------------------------------------------------------ entries by


def answered(**given: str) -> Partners:
    return Partners(
        checklists={"prev_groups": {"answer": given.get("groups", "no")}, "prev_reach": {"answer": "no"}}
    )


@pytest.mark.thorough("many workbooks written and read")
def test_only_what_differs_from_the_original_is_merged_and_contradictions_stop_it(tmp_path: Path) -> None:
    """A workbook written when both answers were no; meanwhile somebody else's was read, which made the second
    a yes."""
    path = books.write(tmp_path, answered())
    plan = tmp_path / "nap.yaml"
    mine = books.edit(path, under("Checklists", "Answer", GROUPS, "partly"), tmp_path / "mine.xlsx")
    theirs = books.edit(path, under("Checklists", "Answer", REACH, "yes"), tmp_path / "theirs.xlsx")
    third = books.edit(path, under("Checklists", "Answer", GROUPS, "yes"), tmp_path / "third.xlsx")
    read_into(theirs, plan)
    read_into(mine, plan)
    assert read_partners(plan).checklists == {
        "prev_groups": {"answer": "partly"},
        "prev_reach": {"answer": "yes"},
    }
    before = (tmp_path / "partners.yaml").read_bytes()
    with pytest.raises(RequestError, match=r"1 entry\(ies\) contradict") as error:
        read_into(third, plan)
    assert (
        "the workbook says yes, partners.yaml (checklists, prev_groups, answer) says partly; both were no"
        in str(error.value)
    )
    assert (tmp_path / "partners.yaml").read_bytes() == before
    read_into(mine, plan)
    assert (tmp_path / "partners.yaml").read_bytes() == before


@pytest.mark.thorough("loads and saves whole workbooks")
def test_a_sheet_of_the_partners_own_may_change_and_go_and_keeps_its_formulas(tmp_path: Path) -> None:
    worked = Worked(formula="=1+1", value=2)
    path = books.write(
        tmp_path, Partners(sheets={"Ours": (("a", worked), ("=1+1",)), "Gone": (("x",),), "Empty": ()})
    )
    found = read_workbook(books.edit(path, lambda _: None))
    assert (found.edits, found.problems) == ((), ())

    def change(book: Workbook) -> None:
        book["Ours"]["A3"].value = "new"
        book.remove(book["Gone"])

    read_into(books.edit(path, change), tmp_path / "nap.yaml")
    assert read_partners(tmp_path / "nap.yaml").sheets == {
        "Ours": (("a", worked), ("=1+1",), ("new",)),
        "Empty": (),
    }


def test_what_libreoffice_makes_of_a_workbook_is_no_entry() -> None:
    """Seen in LibreOffice 25.2: fifteen digits, TRUE as a formula, spaces in our formulas, dates as moments,
    returns in texts."""
    assert same(0.1 + 0.2, 0.3)
    assert not same(0.3, 0.300001)
    assert compact('=IF(COUNT(F6,G6)=2, F6*$G6,"")') == compact('=if(COUNT(F6,G6)=2,F6*G6,"")')
    assert as_kept(datetime(2026, 3, 1)) == date(2026, 3, 1)
    assert as_kept(time(14, 30)) == "14:30:00"
    assert as_kept("a\r\nb\rc\x07") == "a\nb\nc"
    assert not same(True, 1)
    assert not same("1", 1)
    assert same("", None)


# ------------------------------------------------------------------------------------------------------ in ev


def french(folder: Path, partners: Partners | None = None) -> Path:
    """The workbook of a plan whose documents are French."""
    return books.write(folder, partners, country.changed(books.plan_with_targets(), languages=["fr"]))


def french_row(book: Workbook, n: int) -> dict[str, Any]:
    """Returns the cells of the n-th question of the 4Ps that partners fill in."""
    rows = [row for row in book["Listes de contrôle"].iter_rows() if row[0].value == 5]
    return {"answer": rows[n][3], "note": rows[n][4]}


@pytest.mark.thorough("loads and saves whole workbooks")
def test_a_french_workbook_comes_back_with_the_codes_of_the_words_that_were_chosen(tmp_path: Path) -> None:
    path = french(
        tmp_path, Partners(checklists={"prev_groups": {"answer": "no"}}, costs={"1": {"category": "staff"}})
    )
    assert read_workbook(path).edits == ()

    def typed(book: Workbook) -> None:
        first, second = french_row(book, 0), french_row(book, 1)
        assert first["answer"].value == "non"
        first["answer"].value, second["answer"].value, second["note"].value = "oui", "en partie", "oui"
        assert books.free(book, "Estimation des coûts", "Catégorie", 1).value == "personnel"
        books.free(book, "Estimation des coûts", "Catégorie", 1).value = "déplacements"
        books.free(book, "Estimation des coûts", "Catégorie", 2).value = "bateaux"
        books.at(book, "Matrice de suivi-évaluation", "Cible, année +1", "Inspectors trained").value = 90

    told = read_into(books.edit(path, typed), tmp_path / "nap.yaml")
    assert "4 new and 2 changed entry(ies)" in told
    found = read_partners(tmp_path / "nap.yaml")
    assert found.checklists == {
        "prev_groups": {"answer": "yes"},
        "prev_reach": {"answer": "partly", "note": "oui"},
    }
    assert found.costs == {"1": {"category": "travel"}, "2": {"category": "bateaux"}}
    assert found.matrix == {"trained": {"target_year_1": 90}}


@pytest.mark.thorough("writes workbooks in two languages")
def test_what_was_filled_in_in_one_language_stands_in_the_workbook_of_another(tmp_path: Path) -> None:
    path = french(tmp_path)
    books.edit(path, lambda b: setattr(french_row(b, 0)["answer"], "value", "en partie"))
    read_into(path, tmp_path / "nap.yaml")
    english = books.write(tmp_path, read_partners(tmp_path / "nap.yaml"))
    assert books.at(openpyxl.load_workbook(english), "Checklists", "Answer", GROUPS).value == "partly"
    assert read_workbook(english).edits == ()


def test_a_sheet_that_was_renamed_is_known_by_its_defined_name(original: Path, tmp_path: Path) -> None:
    def renamed(book: Workbook) -> None:
        books.at(book, "Checklists", "Answer", REACH).value = "yes"
        book["Checklists"].title = "Our answers"
        book.defined_names[
            "fl_checklists"
        ].attr_text = "'Our answers'!$A$1"  # which a spreadsheet program does by itself

    found = read_workbook(books.edit(original, renamed, tmp_path / "renamed.xlsx"))
    assert [(e.table, e.row, e.column, e.after) for e in found.edits] == [
        ("checklists", "prev_reach", "answer", "yes")
    ]
    assert found.edits[0].where.startswith("Our answers!")
    # In the first sheet's list of sheets nothing changed, and no sheet counts as one of the partners' own.
    assert found.problems == ()


def test_a_workbook_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """Written and filled in before the workbook had languages, charts and defined names (version of 27
    November 2026)."""
    path = Path(__file__).with_name("filled_in_before_languages.xlsx")
    partners = Partners(
        checklists={"prev_groups": {"answer": "no"}},
        costs={"1": {"category": "staff", "quantity": 2}},
        sheets={"Ours": (("x",),)},
    )
    books.evidence(tmp_path, partners, country.changed(books.plan_with_targets(), languages=["fr"]))
    read_into(path, tmp_path / "nap.yaml")
    found = read_partners(tmp_path / "nap.yaml")
    assert found.checklists == {"prev_groups": {"answer": "partly"}, "prev_reach": {"answer": "yes"}}
    assert found.costs == {"1": {"category": "staff", "quantity": 2}, "2": {"category": "travel"}}
    assert found.matrix == {"trained": {"target_year_1": 90}}
    assert found.sheets == {"Ours": (("x",), ("y",))}


def test_a_workbook_of_the_version_with_twenty_one_sheets_is_read(tmp_path: Path) -> None:
    """Written and filled in when each checklist had a sheet of its own (version of 1 December 2026). Nothing
    that partners typed is lost, and all of it stands in today's workbook."""
    path = Path(__file__).with_name("filled_in_on_one_sheet_a_checklist.xlsx")
    books.evidence(tmp_path)
    with pytest.raises(BatchError, match="would be lost"):
        refuse_unread(path, Partners())
    assert "11 new entry(ies)" in read_into(path, tmp_path / "nap.yaml")
    found = read_partners(tmp_path / "nap.yaml")
    assert found.checklists == {
        "smart.decrease.achievable": {"answer": "partly"},
        "prev_groups": {"answer": "yes"},
        "know_causes": {"source": "Study 2024"},
        "cap_impact": {"note": "since 2024"},
        "int_impact": {"answer": "no"},
        "ils_c105": {"answer": "yes"},
        "main_mandate": {"answer": "partly"},
    }
    assert found.costs == {"1": {"category": "travel", "quantity": 3}}
    assert found.implementation == {"trained": {"partner": "Ministry"}}
    assert found.matrix == {"trained": {"target_year_1": 90}}
    book = openpyxl.load_workbook(books.write(tmp_path, found))
    assert books.at(book, "Checklists", "Answer", GROUPS).value == "yes"
    assert books.at(book, "Knowledge base", "Source", "Its causes and consequences").value == "Study 2024"
    assert read_workbook(tmp_path / "outputs" / "nap_workbook.xlsx").edits == ()


def test_the_kits_own_charts_are_no_foreign_content_and_another_is(original: Path, tmp_path: Path) -> None:
    assert read_workbook(books.edit(original, lambda _: None, tmp_path / "saved.xlsx")).problems == ()

    def drawn(book: Workbook) -> None:
        chart = BarChart()
        chart.add_data(Reference(book["Baseline"], min_col=2, min_row=7, max_row=8))
        book["Baseline"].add_chart(chart, "K20")

    (told,) = read_workbook(books.edit(original, drawn, tmp_path / "drawn.xlsx")).problems
    assert told.startswith("the workbook holds charts: ")
