"""Tests the plan's workbook: the sheets that partners expect, safe to open, safe to fill, and the same bytes
from the same content."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import books
import openpyxl
import pandas as pd
import promises
import pytest
import shipped
import small_country as country
from handed import EN, evidence, in_languages
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from two_rounds import fell

import fltoolkit as fl
from fltoolkit.errors import BatchError, RequestError
from fltoolkit.languages.language import read_language
from fltoolkit.nap.later_survey import follow_up, targets_with_results
from fltoolkit.nap.partner_entries import Partners
from fltoolkit.nap.targets import targets
from fltoolkit.publish.printed_numbers import rounded_up
from fltoolkit.report.workbook.all_sheets import pages
from fltoolkit.show.wording import english_numbers
from fltoolkit.spreadsheets import A4, fits_in_print
from fltoolkit.survey.spec.files_and_design import Release

SHEETS = [
    "Read me", "M&E matrix", "Checklists", "Knowledge base", "Implementation matrix", "Cost estimate",
    "Baseline", "Targets", "Milestones", "Reference",
]  # fmt: skip
MOST_SHEETS, MOST_PAGES = 12, 16
TOOL_16 = [  # the ILO toolkit on national action plans, Tool No. 16, column by column
    "Objective/Outcome/Output/Activities",
    "Indicator",
    "Definition",
    "Disaggregated by",
    "Means of verification / Source of data",
    "Unit",
    "Baseline value",
    "Targets: Year +1",
    "Targets: Year +2",
    "Reporting frequency",
    "Lead / partners involved",
]
TOOL_12 = [
    "Objective", "Intermediate objective", "Activity", "Category", "Unit", "Quantity", "Unit cost", "Year",
    "Total", "Existing source", "Secured", "Gap",
]  # fmt: skip
FILLED_IN = {
    "M&E matrix": 4, "Checklists": 274, "Knowledge base": 129, "Implementation matrix": 69, "Cost estimate": 110,
}  # fmt: skip
UPRIGHT = {"Checklists", "Baseline", "Milestones", "Reference"}
LINK = '=HYPERLINK("http://evil.example","click")'
COSTS = {
    "1": {"category": "staff", "quantity": 12, "unit_cost": 1000, "year": 2026, "secured": 4000},
    "2": {"category": "Travel", "quantity": 3, "unit_cost": 100.5, "year": "2027", "secured": 500},
    "4": {"category": "boats", "quantity": 1, "unit_cost": 7, "year": 2050},
    "5": {"category": "staff", "quantity": "many", "unit_cost": 7, "secured": 1},
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return books.write(tmp_path_factory.mktemp("plan"), Partners.model_validate({"costs": COSTS}))


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


def head_of(sheet: Worksheet) -> int:
    """The row of a sheet's heads: the last one that stays when it is scrolled."""
    assert sheet.freeze_panes
    return int(re.sub(r"\D", "", sheet.freeze_panes)) - 1


def row(book: Workbook, sheet: str, *texts: str) -> dict[str, Any]:
    """The first row that holds all these texts, by its heads."""
    heads = [cell.value for cell in book[sheet][head_of(book[sheet])]]
    found = next(r for r in book[sheet].iter_rows(values_only=True) if set(texts) <= set(r))
    return dict(zip(heads, found, strict=True))


def test_the_sheets_are_those_that_partners_expect_in_order(book: Workbook) -> None:
    assert book.sheetnames == [*SHEETS, "_kit"]
    assert book["_kit"].sheet_state == "veryHidden"
    read_me = {r[0].value for r in book["Read me"].iter_rows(min_row=head_of(book["Read me"]) + 1)}
    assert read_me == set(SHEETS[1:])


def letters(word: str) -> float:
    """About how many digits are as wide as a word in bold."""
    return sum(0.5 if letter in "iljtfrI.,;:'’" else 1.0 for letter in word)


@pytest.mark.thorough("six whole workbooks")
@pytest.mark.parametrize("made", [evidence, fell], ids=["baseline", "later"])
@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_no_sheet_prints_smaller_than_eight_points_and_no_head_is_cut(
    code: str, made: Callable[[], fl.Evidence]
) -> None:
    found = pages(made(), read_language(code))
    assert len(found) <= MOST_SHEETS
    for page in found:
        shown = [column for column in page.printed if not column.hidden]
        # A printed column more, and letters of ten points are below eight on paper.
        assert fits_in_print([column.width for column in shown], page.paper) >= 0, page.key
        for column in shown:
            longest = max(map(letters, re.split(r"[ /-]", column.head)))
            assert longest <= column.width * 0.92, (page.key, column.head)


@pytest.mark.thorough("prints the workbooks of the samples with LibreOffice")
@pytest.mark.parametrize("sample", ["norvia_lfs_2025", "norvia_lfs_2027", "valdorie_enquete_2025"])
def test_a_sample_has_at_most_twelve_sheets_on_sixteen_pages(sample: str, tmp_path: Path) -> None:
    """An office without LibreOffice has nothing to print with."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    fl.report.write_workbook(sample_evidence(sample), tmp_path)
    made = openpyxl.load_workbook(tmp_path / "nap_workbook.xlsx")
    assert len(made.sheetnames) - 1 <= MOST_SHEETS
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [program, home, "--headless", "--convert-to", "pdf", "nap_workbook.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    printed = len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "nap_workbook.pdf").read_bytes()))
    assert len(SHEETS) <= printed <= MOST_PAGES


def sample_evidence(sample: str) -> fl.Evidence:
    """Returns the evidence of a shipped sample. The plan of Norvia is that of its first survey."""
    plan = shipped.plan(sample.replace("2027", "2025"))
    persons = shipped.persons(sample)
    return fl.evidence(plan, fl.rounds(plan, persons, fl.publish_run(persons, plan=plan)))


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_is_fit_to_be_read_and_printed(book: Workbook, name: str) -> None:
    sheet = book[name]
    head = head_of(sheet)
    assert sheet["A1"].value == name
    assert sheet["A2"].value == "Plan of Smallland"
    assert not sheet.merged_cells.ranges
    assert sheet.page_setup.orientation == ("portrait" if name in UPRIGHT else "landscape")
    assert int(sheet.page_setup.paperSize) == A4.number
    assert sheet.sheet_properties.pageSetUpPr
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    one_page = name in ("M&E matrix", "Reference")
    assert (
        (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)
        if one_page
        else (1, 0)
    )
    assert sheet.print_title_rows == f"${head}:${head}"
    assert sheet.print_area
    assert all(cell.value and cell.fill.fgColor.rgb in ("FFD6E6F0", "FFEDEFF1") for cell in sheet[head])
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not sheet.protection.formatColumns  # openpyxl says what is forbidden
    assert not sheet.protection.autoFilter


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast of two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (2, 4, 6)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_read(book: Workbook) -> None:
    pairs = set()
    for sheet in book.worksheets[:-1]:
        for cell in (c for line in sheet.iter_rows() for c in line if c.value is not None):
            ink, paper = cell.font.color, cell.fill
            pairs.add(
                (
                    ink.rgb if ink and isinstance(ink.rgb, str) else "FF000000",
                    paper.fgColor.rgb if paper.patternType else "FFFFFFFF",
                )
            )
    assert len(pairs) > 5
    assert {pair for pair in pairs if contrast(*pair) < 4.5} == set()


def test_what_is_to_be_filled_is_yellow_and_open_and_nothing_else_is(book: Workbook) -> None:
    opened = {
        s.title: [c for r in s.iter_rows() for c in r if not c.protection.locked]
        for s in book.worksheets[:-1]
    }
    assert {name: len(cells) for name, cells in opened.items() if cells} == FILLED_IN
    assert {c.fill.fgColor.rgb for cells in opened.values() for c in cells} == {"FFFFF3B0"}
    heads = {
        name: {book[name].cell(head_of(book[name]), c.column).value for c in cells}
        for name, cells in opened.items()
        if cells
    }
    assert heads["M&E matrix"] == {"Baseline value", "Targets: Year +1", "Targets: Year +2", "Target"}
    assert heads["Cost estimate"] == set(TOOL_12) - {"Total", "Gap"}
    listed = {
        v.formula1
        for name in FILLED_IN
        for v in book[name].data_validations.dataValidation
        if v.type == "list"
    }
    assert '"yes,partly,no"' in listed
    assert '"staff,consultancy,capacity development,travel,other"' in listed


def test_the_matrix_has_tool_16s_columns_and_the_baselines_rows(book: Workbook) -> None:
    sheet = book["M&E matrix"]
    head = head_of(sheet)
    heads = [c.value for c in sheet[head]]
    assert [name for name in heads if name in TOOL_16] == TOOL_16
    assert heads[7:10] == ["High end", "Interval", "Marker"]  # beside the baseline
    hidden = row(book, "Baseline", "region", "east")
    assert (hidden["Baseline value"], hidden["Interval from"], hidden["Marker"]) == (None, None, "[c]")
    theirs = row(book, "M&E matrix", "Inspectors trained")
    assert (theirs["Targets: Year +1"], theirs["Targets: Year +2"]) == (80, "more than 150")


def test_a_target_that_cannot_be_verified_is_warned_of_in_words(book: Workbook) -> None:
    no, yes = (
        row(book, "Targets", "women", 2030),
        row(book, "Targets", "everyone", 2030),
    )
    assert no["Fall from baseline detectable?"] == "NO"
    assert no["Why"].startswith("Warning: the planned survey could not verify this target. ")
    assert (yes["Fall from baseline detectable?"], yes["Power"] >= 0.8, yes["Earliest year of a repeat"]) == (
        "yes",
        True,
        2026,
    )
    assert book["Targets"]["A5"].value.startswith(
        "Targets that the planned survey cannot verify: 1 (in red)."
    )
    kinds = {r[5].value for r in book["Milestones"].iter_rows(min_row=head_of(book["Milestones"]) + 1)} - {
        None
    }
    assert kinds == {
        "baseline",
        "not measured",
        "target (geometric path)",
        "target (linear path); not verifiable",
    }
    smart = [r[2].value for r in book["Checklists"].iter_rows() if r[0].value == 16]
    assert any(". Measurable (in part): " in str(asked) for asked in smart)
    assert "Follow-up" not in book.sheetnames  # there is no later round yet


def test_a_later_round_has_a_sheet_of_its_own_with_the_answer_on_each_target(tmp_path: Path) -> None:
    fl.report.write_workbook(fell(), tmp_path)
    later = openpyxl.load_workbook(tmp_path / "nap_workbook.xlsx")
    target = row(later, "Follow-up", "cannot be said (the target lies inside the interval)")
    assert target["Changed?"] == "▼ decreased"
    assert target["Target value"] is not None
    assert "the row below" not in str([c.value for r in later["Knowledge base"].iter_rows() for c in r])


def shown(cell: Any) -> str:
    """The number format of a cell without the language that it names, its space before a per cent sign, and
    its space behind."""
    return (
        str(cell.number_format)
        .partition(";")[0]
        .removeprefix("[$-409]")
        .removesuffix("_0")
        .replace('"\u00a0"', "")
    )


def test_numbers_have_the_format_of_their_unit_and_no_more_digits_than_it_shows(book: Workbook) -> None:
    """What a cell holds is what it shows: rates with one decimal, persons whole, and the same number as in
    the brief."""
    formats = {"#,##0.0": 1, "#,##0": 0, "0": 0, "0.0%": 3, "0%": 2, "0.00": 2}
    for name in ("M&E matrix", "Baseline", "Targets", "Milestones"):
        drawn_only = {c.column for c in book[name][head_of(book[name])] if c.value in ("Below", "Above")}
        cells = [
            c
            for r in book[name].iter_rows(min_row=head_of(book[name]) + 1)
            for c in r
            if c.column not in drawn_only
        ]
        numbers = [
            c for c in cells if isinstance(c.value, (int, float)) and c.protection.locked
        ]  # what partners typed is theirs
        assert numbers
        assert {c.coordinate: c.value for c in numbers if c.value != round(c.value, formats[shown(c)])} == {}
    persons = row(book, "Baseline", "Persons in forced labour (persons)", "everyone")["Baseline value"]
    assert english_numbers.number(persons, "total") == f"{persons:,}"


@pytest.mark.parametrize("name", SHEETS[1:])
def test_each_row_of_a_table_stands_for_itself(book: Workbook, name: str) -> None:
    """So rows can be sorted and filtered: none is a heading, none is inserted for the print, and a label that
    several rows have is in each of them."""
    sheet, head = book[name], head_of(book[name])
    assert sheet.auto_filter.ref.startswith(f"A{head}:")
    assert range_boundaries(sheet.auto_filter.ref)[3] == sheet.max_row
    assert not sheet.merged_cells.ranges
    assert not sheet.row_breaks.brk
    assert {n for n, row in sheet.row_dimensions.items() if row.customHeight} == set()
    if name not in ("Implementation matrix", "Cost estimate"):  # they have free rows
        assert all(sheet.cell(n, 1).value for n in range(head + 1, sheet.max_row + 1))


def test_no_text_touches_the_number_before_it(book: Workbook) -> None:
    """LibreOffice takes an indent only together with an alignment."""
    for name in ("Baseline", "Targets", "Milestones"):
        texts = [
            c
            for r in book[name].iter_rows(min_row=head_of(book[name]) + 1)
            for c in r
            if isinstance(c.value, str)
        ]
        loose = [c for c in texts if c.number_format == "General" and not c.font.b]
        assert loose, name
        assert {(c.alignment.horizontal, c.alignment.indent) for c in loose} == {("left", 1.0)}, name


def test_the_first_sheet_says_who_published_the_results_and_when(book: Workbook) -> None:
    made = evidence()
    release = Release.model_validate({"office": "Office of Smallland", "date": "2026-02-01"})
    first = pages(replace(made, now=replace(made.now, release=release)), EN)[0]
    assert "Office of Smallland · 1 February 2026" in first.notes
    assert "Office" not in "".join(pages(made, EN)[0].notes)


def test_the_first_sheet_links_to_every_other(book: Workbook) -> None:
    sheet = book["Read me"]
    links = {c.value: c.hyperlink.location for c in sheet["A"] if c.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in SHEETS[1:]}


def test_charts_are_native_and_drawn_from_the_cells_beside_them(book: Workbook, path: Path) -> None:
    assert {s.title: len(s._charts) for s in book.worksheets if s._charts} == {"Baseline": 1, "Milestones": 1}
    with zipfile.ZipFile(path) as archive:
        drawn = [archive.read(f"xl/charts/chart{n}.xml").decode() for n in (1, 2)]
    sheet, head = book["Baseline"], head_of(book["Baseline"])
    rows = sum(
        sheet.cell(n, 1).value == sheet.cell(head + 1, 1).value for n in range(head + 1, sheet.max_row + 1)
    )
    values, *_ = re.findall(r"<c:val><c:numRef><c:f>([^<]*)<", drawn[0])
    assert values == f"Baseline!$D${head + 1}:$D${head + rows}"
    assert "Milestones!$E$" in drawn[1]
    assert sheet.column_dimensions["K"].hidden


def test_the_targets_sheet_gives_the_check_values_of_planning(tmp_path: Path) -> None:
    """5 per 1,000, design effect 1.5, rounds of equal size: docs/methods.md §6."""
    falls = [(n, None, promises.plan_with()) for n in promises.SMALLEST]
    asked = [(5_000, cut, promises.plan_with({"year": 2030, "cut": cut})) for cut in promises.NEEDED]
    judged = [
        targets(plan, promises.filled(plan, n=n, category=f"{n}, {cut}")) for n, cut, plan in (*falls, *asked)
    ]
    nothing = follow_up(promises.plan_with(), promises.filled(promises.plan_with()), None)
    made = replace(
        books.evidence(tmp_path),
        targets=targets_with_results(pd.concat(judged, ignore_index=True), nothing, nothing),
    )
    fl.report.write_workbook(made, tmp_path / "out")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "nap_workbook.xlsx")
    for (n, cut), smallest in zip(((n, None) for n, *_ in falls), promises.SMALLEST.values(), strict=True):
        assert (
            row(sheet, "Targets", f"{n}, {cut}")["Smallest detectable cut (chance alone)"]
            == ceil(100 * smallest) / 100
        )
    for (n, cut, _), needed in zip(asked, promises.NEEDED.values(), strict=True):
        assert row(sheet, "Targets", f"{n}, {cut}")["Sample needed, each round"] == rounded_up(needed)


def test_costs_are_totalled_and_the_gap_is_shown(book: Workbook, path: Path) -> None:
    sheet, head = book["Cost estimate"], head_of(book["Cost estimate"])
    assert [c.value for c in sheet[head]] == TOOL_12
    first = head + 1
    assert [sheet.cell(first, 9).value, sheet.cell(first, 12).value] == [
        f'=IF(COUNT(F{first},G{first})=2,F{first}*G{first},"")',
        f'=IF(I{first}="","",MAX(0,I{first}-SUM(K{first})))',
    ]
    values = openpyxl.load_workbook(path, data_only=True)
    line = [values["Cost estimate"].cell(head - 1, n).value for n in (9, 11, 12)]
    assert line == [12000 + 301.5 + 7, 4000 + 500 + 1, 8000 + 0 + 7]  # a surplus fills no other gap


def test_only_our_own_formulas_are_formulas(book: Workbook) -> None:
    formulas = [str(c.value) for s in book for r in s.iter_rows() for c in r if c.data_type == "f"]
    ours = r"=(IF\(COUNT\(F\d+,G\d+\)=2|IF\(I\d+=\"\"|SUBTOTAL\(9,)"
    assert len(formulas) > 12
    assert [f for f in formulas if not re.match(ours, f)] == []
    assert not [c for s in book for r in s.iter_rows() for c in r if c.hyperlink and c.hyperlink.target]


def test_malicious_words_come_out_inert(tmp_path: Path) -> None:
    plan = country.with_rows(
        {"indicator": LINK, "lead": "@SUM(A1)"},
        {"id": "theirs", "measure": None, "baseline_value": "=9", "sdg": ["=1"]},
    )
    plan |= {
        "title": "=cmd|' /C calc'!A0",
        "goal": "<script>alert(1)</script>{{7*7}}",
        "legal_basis": ["../../etc", "\tx"],
    }
    partners = Partners.model_validate({
        "matrix": {"theirs": {"target_year_1": LINK}},
        "costs": {"1": {"activity": "+1+1", "quantity": LINK, "unit_cost": 2}},
        "sheets": {"=evil": ((LINK, "-1+2"),)},
    })  # fmt: skip
    path = books.write(tmp_path, partners, plan)
    book = openpyxl.load_workbook(path)
    test_only_our_own_formulas_are_formulas(book)
    cells = {c.value: c for s in book.worksheets[:-1] for r in s.iter_rows() for c in r if c.data_type == "s"}
    assert {LINK, "@SUM(A1)", "+1+1", "-1+2", "=9", f"Goal: {plan['goal']}"} <= set(cells)
    assert cells[LINK].style.startswith("Normal")
    assert cells["+1+1"].quotePrefix  # it stays text when somebody edits it
    assert openpyxl.load_workbook(path, data_only=True)["Cost estimate"]["I7"].value in (None, "")
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if ".." in name or "externalLink" in name]
        relations = "".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")
        )
    assert 'TargetMode="External"' not in relations


def test_the_same_content_is_the_same_bytes(path: Path, tmp_path: Path) -> None:
    assert books.write(tmp_path, Partners.model_validate({"costs": COSTS})).read_bytes() == path.read_bytes()


def test_the_survey_speaks_beside_the_questions_that_numbers_can_answer(book: Workbook) -> None:
    said = row(book, "Knowledge base", "In which places is there forced labour?")["What the survey says"]
    assert said.startswith("By region (per 1,000 adults): north:\u00a0222\u00a0(")  # on one line
    assert "south:\u00a0150\u00a0(" in said
    assert "not shown" in said
    assert not re.search(r"\b(east|west|island):\s\d", said)
    assert row(book, "Knowledge base", "Its causes and consequences")["What the survey says"] is None
    assert row(book, "Reference", "8.7")["Meaning"].endswith("Indicators: % decrease of prevalence.")


def test_what_has_no_place_is_listed_and_told(tmp_path: Path) -> None:
    partners = Partners.model_validate(
        {"matrix": {"gone": {"target_year_1": 5}}, "sheets": {"Ours": (("x",),)}}
    )
    evidence = books.evidence(tmp_path, partners)
    told = str(fl.report.write_workbook(evidence, tmp_path))
    assert "1 entry(ies) of partners.yaml have no row in the plan any more" in told
    line = next(page for page in pages(evidence, EN) if page.key == "not_placed").lines[0]
    assert line.cells == ("matrix", "gone", "target_year_1", 5)
    assert openpyxl.load_workbook(tmp_path / "nap_workbook.xlsx")["Ours"]["A1"].value == "x"


def test_nothing_is_written_over_entries_that_were_not_read(tmp_path: Path) -> None:
    path = books.write(tmp_path)
    books.edit(path, lambda b: setattr(books.free(b, "Cost estimate", "Activity", 1), "value", "Train"))
    before = path.read_bytes()
    with pytest.raises(BatchError, match=r"run: fltoolkit nap read nap_workbook\.xlsx"):
        books.write(tmp_path)
    assert path.read_bytes() == before


def test_a_sheet_of_the_partners_own_with_a_name_that_the_kit_needs_is_refused(tmp_path: Path) -> None:
    """In English a partner may well call a sheet Cibles; in French it is the kit's own."""
    evidence = books.evidence(tmp_path, Partners.model_validate({"sheets": {"cibles": (("x",),)}}))
    fl.report.write_workbook(evidence, tmp_path / "en")
    with pytest.raises(RequestError, match="cibles"):
        fl.report.write_workbook(in_languages(evidence, "fr"), tmp_path / "fr")


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_names_of_sheets_are_such_as_every_spreadsheet_takes(code: str) -> None:
    language = read_language(code)
    names = [
        text for key, text in language.words.items() if re.fullmatch(r"workbook\.sheets\.\w+\.name", key)
    ]
    assert len({name.casefold() for name in names}) == len(names)
    assert not [name for name in names if len(name) > 31 or re.search(r"[\[\]:*?/\\']", name)]
    lists = (
        {key: text for key, text in language.words.items() if key.startswith(f"workbook.choices.{name}.")}
        for name in ("answer", "category")
    )
    for words in lists:  # a list of a cell is parted by commas, and has at most 255 letters
        assert not [text for text in words.values() if "," in text]
        assert len(",".join(words.values())) <= 255
    messages = [language.say(f"workbook.messages.{name}", choices="x" * 60) for name in ("choice", "number")]
    assert max(map(len, messages)) <= 255
    assert max(len(language.say(f"workbook.messages.{name}_title")) for name in ("choice", "number")) <= 32


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    assert "names no folder" in str(fl.report.write_workbook(books.evidence(tmp_path), ""))
