"""What the survey puts on the workbook's sheets: the plan's tables with their doubt, as pages that nobody has to fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from fltoolkit.languages.reasons import Reason, Remark
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.nap.checklists import checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.global_estimates import references
from fltoolkit.nap.partner_entries import plain
from fltoolkit.nap.targets import NOT_MEASURED, UNPLANNED
from fltoolkit.publish.measure_units import COUNTED
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.report.workbook.cell_styles import BESIDE, TOOL_16, as_number, bracketed, matrix_cells
from fltoolkit.report.workbook.sheet_writer import Column, Page, SheetRow, Styled

LEGEND = "; ".join(f"[{m}] {words}" for m, words in MARKERS.items())
NONE_YET = "No later round yet: once nap.yaml names a baseline_survey and a later survey is run, each row stands here beside its baseline."
CANNOT = "WARNING: the planned survey could not verify this target. "
NOT_PLANNED = "WARNING: no survey is planned that could verify this target. "
MATRIX_KEYS = {"Baseline value": "baseline_value", "Targets: Year +1": "target_year_1", "Targets: Year +2": "target_year_2"}
WHO = (
    Column("Indicator", 34, help="the plan's words for what is measured"),
    Column("Disaggregated by", 17, help="the group of the row; total for everyone"),
    Column("Category", 18, help="the value of the group"),
    Column("Unit", 22, help="in what the numbers of the row are counted"),
)
MARK = Column("Marker", 8, "marker", help=f"why a number is missing or doubtful: {LEGEND}")
FLAG = Column("Flag", 12, help="publication rule: suppress, unreliable, caution, review or none")
PROMISED = (
    Column("Baseline year", 9, "plain", help="of the survey"), Column("Baseline value", 10, help="in the row's unit"),
    Column("Interval from", 10, help="of the baseline"), Column("Interval to", 10, help="of the baseline"), MARK, FLAG,
    Column("Target year", 8, "plain", help="from nap.yaml"), Column("Target value", 10, help="in the row's unit"),
    Column("Target in words", 26, help="from nap.yaml"), Column("Cut", 8, "percent", help="how much of the baseline is to go"),
    Column("Can it be verified?", 12, help="yes: a repeat as planned would find it with a chance of at least 80 %"),
    Column("Why", 52, help="the reason in words; a warning where it cannot be verified"),
)  # fmt: skip
LATER = (
    Column("Later round", 8, "plain", help="its year"), Column("Now", 10, help="in the row's unit, in the later round"),
    Column("Now from", 10, help="interval of the later round"), Column("Now to", 10, help="interval of the later round"),
    Column("Beside the target", 24, help="where the later round's number lies; a place, and no test (sheet Follow-up has the verdict)"),
)  # fmt: skip
RECKONED = (
    Column("Power", 8, "power", help="chance that the repeat finds the cut, if it is reached"),
    Column("Smallest detectable cut", 11, "percent", help="smallest fall that a repeat finds with a chance of 80 %; none: no fall would"),
    Column("Value after it", 10, help="what the value would be then"),
    Column("Sample needed", 11, "whole", help="persons of this row who must answer in the repeat; blank: no repeat is large enough"),
    Column("Sample needed, each round", 11, "whole", help="persons of this row who must answer in each of two rounds, if both were new"),
    Column("Planned sample", 11, "whole", help="persons of this row who are planned to answer"),
    Column("Design effect", 8, "two_decimals", help="of the baseline; the repeat is taken to have the same"),
    Column("First year that can tell", 10, "plain", help="before it, look-back windows of baseline and repeat overlap"),
    Column("Path", 10, help="linear or geometric"),
)  # fmt: skip
BASE_ALONE = Reason.of("plan.base.alone")
PRINTED_DETAIL = 17  # up to the cases: what comes after is read on a screen


def framework(evidence: Evidence) -> Page:
    columns = (
        Column("Level", 12, help="objective, outcome, output or activity"), Column("Code", 14, help="its number in the plan"),
        Column("Statement", 44, help="the result or activity, in the plan's words"), Column("Indicator", 44, help="how it is measured"),
        Column("Filled from", 14, help="survey or partners"), Column("Lead / partners involved", 34, help="who is in charge"),
        Column("SDG targets", 14, help="targets of the Sustainable Development Goals that it serves"),
    )  # fmt: skip
    lines = [
        SheetRow((s.level, s.code, s.statement, i.indicator, "survey" if i.measure else "partners", i.lead, ", ".join(i.sdg)))
        for s in evidence.plan.framework
        for i in s.indicators
    ]
    goal = (
        f"Goal: {evidence.plan.goal}",
        "Inputs → activities → outputs → outcomes → impact: each level is meant to bring about the next.",
    )
    purpose = "What the plan wants to reach, step by step, and how each step is measured."
    return Page("Results framework", purpose, columns, lines, tool="16", notes=goal, frozen=2)


def matrix(evidence: Evidence) -> Page:
    """Tool No. 16's columns and no other before those beside; a partners' row has three cells to fill."""
    named = {
        name: Column(
            name, width, "given" if name in MATRIX_KEYS else "text", help="a column of Tool No. 16", key=MATRIX_KEYS.get(name, "")
        )
        for name, width in TOOL_16
    }
    beside = (*BESIDE, ("About the targets", 30))
    columns = (
        *named.values(),
        *(Column(name, width, beside=True, help="beside Tool No. 16: what the numbers rest on") for name, width in beside),
    )
    records, lines = evidence.baseline.table.to_dict("records"), []
    for i, row in enumerate(records):
        starts, number = i == 0 or records[i - 1]["id"] != row["id"], "whole" if row["measure"] in COUNTED else "one_decimal"
        cells: list[object] = [
            Styled(v, number if style == "partner" else style) for v, style in matrix_cells(_clear(row), starts)
        ]
        cells.append(_clear(row).get("about_targets"))
        if row["filled_by"] != "partners":
            lines.append(SheetRow(cells))
            continue
        mine = evidence.partners.row("matrix", row["id"])
        for place, key in enumerate(MATRIX_KEYS.values(), [name for name, _ in TOOL_16].index("Baseline value")):
            cells[place] = plain(mine[key]) if key in mine else as_number(row[key] if isinstance(row[key], str) else "")
        lines.append(SheetRow(cells, row["id"], tuple(MATRIX_KEYS.values()), frozenset(mine)))
    purpose = "The monitoring and evaluation matrix: each indicator with its baseline and targets. Blue heads are Tool No. 16's columns."
    return Page(
        "M&E matrix", purpose, columns, lines, tool="16", fills="yellow cells: baseline and targets of the partners' own rows",
        notes=(f"Goal: {evidence.plan.goal}", LEGEND), table="matrix", frozen=2, paper=8, printed_columns=len(TOOL_16) + 4,
    )  # fmt: skip


def detail(evidence: Evidence) -> Page:
    number = Column("", 10, "one_decimal", help="in the row's unit")
    columns = (
        Column("Id", 20, help="the indicator's id in nap.yaml"), *WHO, Column("Measure", 16, help="what is estimated (sheet Definitions and methods)"),
        replace(number, head="Baseline value"), replace(number, head="Interval from"), replace(number, head="Interval to"),
        Column("Level", 8, "percent", help="confidence level of the interval"), MARK, FLAG, Column("Reason", 40, help="the marker or flag in words"),
        replace(number, head="Standard error"), Column("CV", 8, "percent", help="standard error in % of the value"),
        Column("Persons asked", 10, "whole", help="persons of the row who answered"),
        Column("Cases", 10, "whole", help="of them in forced labour; of a category the class of their number"),
        Column("Unresolved", 10, "whole", help="persons whose open answers leave it undecided; not counted as cases"),
        replace(number, head="If all unresolved were cases", width=12), Column("Design effect", 8, "two_decimals", help="variance against simple sampling"),
        Column("df", 6, "whole", help="degrees of freedom"), Column("Interval method", 14, help="how the interval is made"),
        Column("Rule set", 14, help="what counts as forced labour"), Column("Reference period", 22, help="the window that was asked about"),
        Column("Reference population", 24, help="whom the row is about"), Column("Same work", 14, help="how involuntary work and coercion are linked"),
        Column("Sector of", 14, help="whose job the sector is"), Column("Duration basis", 20, help="which spells are counted"),
        Column("Survey", 30, help="its title"), Column("Round", 8, help="its round"), Column("Year", 7, "plain", help="its year"),
        Column("Filled by", 12, help="survey, partners or publication"), Column("Input hash", 18, "again", help="SHA-256 of the data"),
    )  # fmt: skip
    lines = []
    for row in evidence.baseline.table.to_dict("records"):
        if row["filled_by"] == "partners":
            continue
        r, look = _clear(row), _look(row["measure"])
        lines.append(SheetRow((
            r["id"], r["indicator"], r["group"], r["category"], r["unit"], r["measure"], look(row["baseline_value"]), look(row["ci_low"]),
            look(row["ci_high"]), r["confidence"], bracketed(row["marker"]), r["flag"], r["reason"], look(row["se"]), r["cv"], r["n"], _cases(r),
            r["unresolved"], look(row["bound_high"]), r["deff"], r["df"], r["interval"], r["rule_set"], r["reference_period"],
            r["reference_population_label"], r["same_work"], r["sector_basis"], r["duration_basis"], r["survey"], r["round"], r["year"],
            r["filled_by"], r["input_hash"],
        )))  # fmt: skip
    purpose = "Every number of the baseline with all that it rests on, a row a category."
    return Page("Baseline detail", purpose, columns, lines, notes=(LEGEND,), frozen=4, paper=8, printed_columns=PRINTED_DETAIL)


def targets(evidence: Evidence) -> Page:
    """What is read stands before what it is reckoned from, and is what a printed page holds; the later round stands there once there is one."""
    later = LATER if evidence.targets["later_year"].notna().any() else ()
    columns = (*WHO, *PROMISED, *later, *RECKONED)
    promised = evidence.targets.sort_values(
        "target_year", key=lambda years: years.isna(), kind="stable"
    )  # what has a target comes first
    lines = [SheetRow(_promised(row, later=bool(later))) for row in promised.to_dict("records")]
    bad = sum(evidence.targets["verifiable"] == "no")
    refused = f"{bad} target{' cannot' if bad == 1 else 's cannot'} be verified by the survey that is planned: see the red cells, and what it would need."
    notes = (
        *([refused] if bad else []),
        "Targets of rows that a survey fills stand in nap.yaml (under targets), so that they are judged before they are promised.",
        LEGEND,
    )
    purpose = "What a repeat survey could find, and which targets it could verify. Read it before a target is promised."
    read = len(columns) - len(RECKONED) + 2  # with the chance and the smallest cut
    return Page("Targets", purpose, columns, lines, notes=notes, frozen=3, paper=8, printed_columns=read)


def _promised(row: dict[Any, Any], *, later: bool) -> tuple[object, ...]:
    """A row of the sheet Targets."""
    r = _clear(row)
    look, refused = _look(r["measure"]), r["verifiable"] == "no"
    said: object = Styled("NO", "warn") if refused else r["verifiable"]
    warning = NOT_PLANNED if row["obstacle"] == UNPLANNED else CANNOT
    why: object = Styled(warning + _sentence(r["reason"]), "warn") if refused else _sentence(r["reason"])
    least: object = r["smallest_cut"]
    if least is None and r["planned_sample"] is not None:
        least = Styled("none", "in_place")
    now = (r["later_year"], look(r["later_value"]), look(r["later_ci_low"]), look(r["later_ci_high"]), r["beside"])
    return (
        *_who(r), r["baseline_year"], look(r["baseline_value"]), look(r["ci_low"]), look(r["ci_high"]), bracketed(r["marker"]), r["flag"],
        r["target_year"], look(r["target_value"]), r["target_words"], r["cut"], said, why, *(now if later else ()), r["power"], least,
        look(r["smallest_value"]), r["sample_needed"], r["sample_each_round"], r["planned_sample"], r["deff"], r["first_year"], r["path"],
    )  # fmt: skip


def milestones(evidence: Evidence) -> Page:
    columns = (
        *WHO, Column("Year", 8, "plain", help="of the value"), Column("Value", 12, help="in the row's unit"),
        Column("What it is", 20, help="baseline, planned survey, target, or not measured: reckoned on the path between"),
    )  # fmt: skip
    lines = []
    for row in evidence.milestones.to_dict("records"):
        kind: object = Styled(str(row["kind"]), "quiet") if row["kind"] == NOT_MEASURED else str(row["kind"])
        lines.append(SheetRow((*_who(_clear(row)), row["year"], _look(row["measure"])(row["value"]), kind)))
    purpose = "The way from the baseline to each target, year by year. What is not measured is reckoned, and proves nothing."
    return Page("Milestones", purpose, columns, lines or [SheetRow(("nap.yaml gives no targets yet.", *[None] * 6))], frozen=3)


def follow_up(evidence: Evidence) -> Page:
    columns = (
        *WHO, Column("Year before", 8, "plain", help="of the baseline"), Column("Baseline", 10, help="in the row's unit"),
        Column("Baseline from", 9, help="interval of the baseline"), Column("Baseline to", 9, help="interval of the baseline"),
        Column("Year", 8, "plain", help="of the later round"),
        Column("Now", 10, help="in the row's unit"), Column("Now from", 9, help="interval of the later round"),
        Column("Now to", 9, help="interval of the later round"),
        Column("Change", 10, help="later round less baseline"), Column("Change from", 9, help="interval of the change"),
        Column("Change to", 9, help="interval of the change"),
        Column("Side of 0", 7, help="<0 or >0: a limit of the change that rounds to 0 lies on that side"),
        Column("Decrease in %", 10, "one_decimal", help="of the baseline"),
        Column("Decrease from", 9, "one_decimal", help="interval of the decrease"), Column("Decrease to", 9, "one_decimal", help="interval of the decrease"),
        Column("Verdict", 26, help="▼ decreased, ▲ increased, ? no detectable change, × not comparable; nothing where the change is not shown"),
        Column("Why", 44, help="the verdict in words"), Column("Milestone", 10, help="what the target's path asks of that year; not measured"), MARK, FLAG,
        Column("Reason", 34, help="the marker or flag in words"),
        Column("Survey before", 26, help="title of the baseline's survey"), Column("Survey", 26, help="title of the later one"),
    )  # fmt: skip
    lines = []
    for row in evidence.follow_up.to_dict("records"):
        r, look = _clear(row), _look(row["measure"])
        lines.append(SheetRow((
            *_who(r), r["year_before"], look(row["baseline_value"]), look(row["baseline_ci_low"]), look(row["baseline_ci_high"]), r["year"],
            look(row["value"]), look(row["ci_low"]), look(row["ci_high"]), look(row["change"]), look(row["change_ci_low"]), look(row["change_ci_high"]),
            r["beyond_zero"],
            r["decrease"], r["decrease_low"], r["decrease_high"], r["light"], r["verdict_reason"], look(row["milestone"]), bracketed(row["marker"]),
            r["flag"], r["reason"], r["survey_before"], r["survey"],
        )))  # fmt: skip
    notes = ("The survey can say that something changed, never that the plan changed it.", LEGEND) if lines else (NONE_YET,)
    purpose = "The later round against the baseline: a sign never says more than the test behind it."
    return Page("Follow-up", purpose, columns, lines, notes=notes, frozen=3, paper=8, printed_columns=len(columns) - 2)


def sdg(evidence: Evidence) -> Page:
    columns = (
        Column("SDG target", 16, help="a goal, or targets of it"), Column("How forced labour is linked to it", 70, help="Tool No. 6, in substance"),
        Column("Indicators of the plan that name it", 60, help="`sdg:` in nap.yaml"),
    )  # fmt: skip
    indicators = [i for s in evidence.plan.framework for i in s.indicators]
    lines = []
    for link in checklists().sdg:
        codes = {code.strip() for code in link.target.split(",")}
        mine = [i.indicator for i in indicators if any(code in codes or code.partition(".")[0] in codes for code in i.sdg)]
        lines.append(SheetRow((link.target, link.link, "\n".join(mine))))
    listed = {code.strip() for link in checklists().sdg for code in link.target.split(",")}
    other = sorted({code for i in indicators for code in i.sdg if code not in listed and code.partition(".")[0] not in listed})
    lines += [
        SheetRow(
            (code, "named by the plan; Tool No. 6 does not list it", "\n".join(i.indicator for i in indicators if code in i.sdg))
        )
        for code in other
    ]
    notes = (
        "There is no global SDG indicator of forced labour: these are targets, and no code is invented.",
        checklists().source,
    )
    return Page("SDG links", "Which Sustainable Development Goals the plan serves.", columns, lines, tool="6", notes=notes)


def global_figures() -> Page:
    columns = (
        Column("Place", 30, help="the world or a region"), Column("Year", 8, "plain", help="of the estimate"),
        Column("Measure", 18, help="what is counted (sheet Definitions and methods)"), Column("Value", 14, help="in its unit"),
        Column("Unit", 28, help="of the value"), Column("Comparable", 12, "section", help="with this survey: always no"),
        Column("Why", 90, help="why it must not be compared"), Column("Source", 60, help="who published it"),
    )  # fmt: skip
    lines = [
        SheetRow(
            (
                r["place"],
                r["year"],
                r["measure"],
                _look(r["measure"])(r["value"]),
                r["unit"],
                r["comparable"],
                r["why"],
                r["source"],
            )
        )
        for r in map(_clear, references().to_dict("records"))
    ]
    purpose = (
        "Figures of the ILO, for orientation. None may be compared with a number of this survey; the reason stands in each row."
    )
    return Page("Global figures", purpose, columns, lines)


def dictionary(pages: Iterable[Page]) -> Page:
    """What each column of each sheet holds."""
    columns = (
        Column("Sheet", 24, help="where the column stands"), Column("Column", 34, help="its head"), Column("What it holds", 80, help="in words"),
        Column("Filled by", 14, help="survey and plan, or partners"), Column("Name in partners.yaml", 26, help="where what is filled in is kept"),
    )  # fmt: skip
    lines = [
        SheetRow((p.name, c.head, c.help, "partners" if c.key else "kit", f"{p.table}: {c.key}" if c.key else ""))
        for p in pages
        for c in p.columns
    ]
    return Page(
        "Data dictionary",
        "What each column holds. Markers stand in a column of their own, never in a number's cell.",
        columns,
        lines,
        notes=(LEGEND,),
    )


def read_me(pages: Iterable[Page]) -> Page:
    columns = (
        Column("Sheet", 24, help="its name"), Column("What it is for", 84, help="in a sentence"), Column("ILO tool", 9, help="number in the ILO toolkit"),
        Column("What partners fill in", 60, help="yellow cells, which are not locked"),
    )  # fmt: skip
    lines = [SheetRow((p.name, p.purpose, p.tool, p.fills or "nothing")) for p in pages]
    notes = (
        "Yellow cells are yours to fill; all others are locked (without a password), so that nothing is damaged by accident.",
        "Columns and rows may be resized and filtered. You may add sheets of your own: their cells come back in the next workbook.",
        "Comments, pictures and charts cannot be read back: write words into cells.",
        "Save as .xlsx, and give the file back. Whoever runs the kit reads it with: fltoolkit nap read nap_workbook.xlsx",
        "(a copy that stands in another folder: add --plan and the path of nap.yaml).",
        f"A number with a marker is missing or doubtful: {LEGEND}.",
    )  # fmt: skip
    return Page(
        "Read me",
        "A workbook for the plan's partners: what the survey says, and what they have to add.",
        columns,
        lines,
        notes=notes,
    )


def _clear(row: dict[Any, Any]) -> dict[Any, Any]:
    """A row as a sheet holds it: remarks in words, and nothing where a value is missing."""
    told = {k: str(v) if isinstance(v, Remark) else v for k, v in row.items()}
    return {k: None if not isinstance(v, str) and pd.isna(v) else v for k, v in told.items()}


def _look(measure: object) -> Any:
    """How a row's numbers are shown: persons whole, rates and shares with a decimal."""
    style = "whole" if measure in COUNTED else "one_decimal"
    return lambda value: Styled(None if value is None or pd.isna(value) else float(value), style)


def _cases(r: Mapping[Any, Any]) -> object:
    """How many cases: their number, and of a category the class of it."""
    return r["cases_class"] if r["cases"] is None else r["cases"]


def named(r: Mapping[Any, Any]) -> str:
    """An indicator where it stands alone, without the row below."""
    return str(BASE_ALONE) if r["indicator"] == PREVALENCE["indicator"] else str(r["indicator"])


def _who(r: dict[Any, Any]) -> tuple[object, ...]:
    return named(r), r["group"], r["category"], r["unit"]


def _sentence(text: object) -> str:
    return f"{str(text)[0].upper()}{str(text)[1:]}." if text else ""
