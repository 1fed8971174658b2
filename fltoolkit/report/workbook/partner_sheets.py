"""What partners fill in: checklists, costs and the implementation matrix, as pages whose yellow cells come back from partners.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from fltoolkit.nap.checklists import ChecklistQuestion, checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import Partners, not_placed, plain, row_number
from fltoolkit.report.workbook.definition_sheets import definitions
from fltoolkit.report.workbook.sheet_writer import Column, Formula, Page, SheetRow, Styled
from fltoolkit.report.workbook.survey_sheets import named
from fltoolkit.show.wording.english_numbers import markers_used

ANSWERS = ("yes", "partly", "no")
ANSWER = Column("Answer", 10, "words", help="yes, partly or no", key="answer", choices=ANSWERS)
NOTE = Column("Notes", 50, "words", help="which, how, by whom, what is missing", key="note")
SECTION = Column("Section", 22, "section", help="of the checklist")
SAID = Column("What the survey says", 60, help="published numbers beside the questions that numbers can answer; blank: none can")
CATEGORIES = ("staff", "consultancy", "capacity development", "travel", "other")
FREE_ROWS, PRINTED = 200, 25
COSTS = "Cost estimate"
RATED = "prevalence"


def smart(evidence: Evidence) -> Page:
    columns = (
        Column("Code", 14, help="of the statement"), Column("Indicator", 40, help="the plan's words"),
        Column("Criterion", 14, help="one of Tool No. 16's five"),
        Column("Met", 10, help="yes, no, or partners: for them to say"), Column("What is missing", 60, help="in words; blank where it is met"), ANSWER, NOTE,
    )  # fmt: skip
    lines = []
    for row in evidence.smart.to_dict("records"):
        theirs = row["met"] == "partners"
        met: object = Styled("NO", "warn") if row["met"] == "no" else row["met"]
        words = (row["code"], row["indicator"], row["criterion"].replace("_", "-"), met, str(row["missing"]))
        id = f"smart.{row['id']}.{row['criterion']}"
        lines.append(_checklist_row(words, evidence.partners, id, ("answer", "note") if theirs else ()))
    purpose = "Is each indicator specific, measurable, achievable, relevant and time-bound?"
    return Page(
        "SMART",
        purpose,
        columns,
        lines,
        tool="16",
        fills="where the kit cannot tell: answer and notes",
        table="checklists",
        frozen=3,
    )


def checklist(evidence: Evidence, tool: int, name: str, purpose: str) -> Page:
    """A checklist of the toolkit; with evidence beside the questions where numbers can answer one."""
    questions = checklists().of(tool)
    beside, sourced = any(q.evidence for q in questions), tool == 8
    columns = (
        SECTION, Column("Question", 70, help="the toolkit's, in substance"), *([SAID] if beside else []), ANSWER, NOTE,
        *([Column("Source", 30, "words", help="where it is known from", key="source")] if sourced else []),
    )  # fmt: skip
    keys = ("answer", "note", "source") if sourced else ("answer", "note")
    lines = [
        _checklist_row((q.section, q.question, *([survey_says(evidence, q)] if beside else [])), evidence.partners, q.id, keys)
        for q in questions
    ]
    return Page(
        name,
        purpose,
        columns,
        lines,
        tool=str(tool),
        fills=", ".join(keys),
        notes=(checklists().source,),
        table="checklists",
        frozen=2,
    )


def methods(evidence: Evidence) -> Page:
    """Definitions and methods (Tools No. 1 and 2), then the labour standards, whose ratification is for partners to say."""
    columns = (
        SECTION, Column("Term", 34, help="what is explained"), Column("Meaning", 100, help="in words"), Column("Source", 40, help="where it is laid down"),
        Column("Ratified / in force", 10, "words", help="yes, partly or no", key="answer", choices=ANSWERS),
        Column("Notes (date, law)", 40, "words", help="since when, in which law", key="note"),
    )  # fmt: skip
    lines = [SheetRow((*row, None, None)) for row in definitions(evidence)]
    for q in checklists().of(1):
        name, _, rest = q.question.partition(": ")
        words = (f"Standards: {q.section}", name, rest[:1].upper() + rest[1:], "ILO toolkit, Tool No. 1")
        lines.append(_checklist_row(words, evidence.partners, q.id, ("answer", "note")))
    purpose = "What is counted, how it is measured, and which standards it rests on."
    return Page("Definitions and methods", purpose, columns, lines, tool="1, 2", fills="ratification of each standard, notes", notes=(checklists().source,),
                table="checklists", frozen=2)  # fmt: skip


def costs(evidence: Evidence) -> Page:
    """Tool No. 12: what each activity costs. Our formulas multiply, add up, and show the gap."""
    years = tuple(str(y) for y in range(evidence.plan.first_year, evidence.plan.last_year + 1))
    columns = (
        Column("Objective", 26, "words", help="of the plan", key="objective"),
        Column("Intermediate objective", 26, "words", help="of the plan", key="intermediate_objective"),
        Column("Activity", 32, "words", help="what is paid for", key="activity"),
        Column("Category", 16, "words", help=f"one of: {', '.join(CATEGORIES)}", key="category", choices=CATEGORIES),
        Column("Unit", 14, "words", help="day, trip, course ...", key="unit"), Column("Quantity", 10, "amount", help="how many", key="quantity"),
        Column("Unit cost", 13, "money", help="of one, in the currency of the plan", key="unit_cost"),
        Column("Year", 8, "plain", help="in which it is spent", key="year", choices=years),
        Column("Total", 14, "money", help="formula: quantity × unit cost"),
        Column("Existing source", 26, "words", help="budget line or donor that pays", key="existing_source"),
        Column("Secured", 14, "money", help="how much of it is secured", key="secured"),
        Column("Gap", 14, "money", help="formula: what is not secured; a surplus of one activity does not fill the gap of another"),
    )  # fmt: skip
    lines, sums = [], [0.0, 0.0, 0.0]
    for n in range(1, _rows_offered(evidence.partners.costs) + 1):
        mine = evidence.partners.row("costs", str(n))
        cells: list[object] = [plain(mine.get(c.key)) if c.key else None for c in columns]
        total, secured, gap = cost_of(mine)
        cells[8] = Formula('=IF(COUNT(F{r},G{r})=2,F{r}*G{r},"")', total, "money")
        cells[11] = Formula('=IF(I{r}="","",MAX(0,I{r}-SUM(K{r})))', gap, "money")
        sums = [a + b for a, b in zip(sums, (total or 0.0, secured, gap or 0.0), strict=True)]  # type: ignore[operator]
        lines.append(SheetRow(cells, str(n), tuple(c.key for c in columns if c.key), frozenset(mine)))
    summed = tuple(Formula(f"=SUM({x}{{first}}:{x}{{last}})", value) for x, value in zip("IKL", sums, strict=True))
    above = [Styled(text, "sum") for text in ("All activities", *[""] * 7)]
    purpose = "What the plan costs, activity by activity, what is secured, and the gap. Type from the first free row on; blank rows do no harm."
    used = max(map(row_number, evidence.partners.costs), default=0)
    return Page(COSTS, purpose, columns, lines, tool="12", fills="a row an activity and cost; totals and gap are worked out", table="costs",
                above=SheetRow([*above, summed[0], Styled("", "sum"), *summed[1:]]), frozen=3, printed_lines=used + PRINTED)  # fmt: skip


def cost_of(row: dict[str, Any]) -> tuple[float | str, float, float | str]:
    """Total, secured and gap of a row, as its formulas work them out; blank where quantity or unit cost is no number."""
    quantity, price, secured = (_amount(plain(row.get(name))) for name in ("quantity", "unit_cost", "secured"))
    if quantity is None or price is None:
        return "", secured or 0.0, ""
    return quantity * price, secured or 0.0, max(0.0, quantity * price - (secured or 0.0))


def cost_summary(evidence: Evidence, sheet: Page) -> Page:
    """Sums of the cost sheet by category and by year; what is in no list is told apart, so that each adds up to the whole."""
    columns = (
        Column("Sum by", 16, help="category or year"), Column("Value", 26, help="of the list"), Column("Total", 18, "money", help="formula"),
        Column("Secured", 18, "money", help="formula"), Column("Gap", 18, "money", help="formula"),
    )  # fmt: skip
    first = len(sheet.notes) + 6  # as Excel counts: four lines, the sums and the head above it
    last, own = first + len(sheet.lines) - 1, 5
    rows = [evidence.partners.row("costs", line.id) for line in sheet.lines]
    years = list(range(evidence.plan.first_year, evidence.plan.last_year + 1))
    lines = [SheetRow(("Everything", "", *(
        Formula(f"=SUM('{COSTS}'!{x}{first}:{x}{last})", _added(rows, place)) for place, x in enumerate("IKL")
    )))]  # fmt: skip
    for title, key, letter, values in (
        ("Category", "category", "D", list[Any](CATEGORIES)),
        ("Year", "year", "H", list[Any](years)),
    ):
        top = own + len(lines)
        for value in values:
            mine = [r for r in rows if _same(plain(r.get(key)), value)]
            lines.append(SheetRow((title, value, *(
                Formula(f"=SUMIF('{COSTS}'!{letter}{first}:{letter}{last},B{{r}},'{COSTS}'!{x}{first}:{x}{last})", _added(mine, place), "money")
                for place, x in enumerate("IKL")
            ))))  # fmt: skip
        rest = [r for r in rows if not any(_same(plain(r.get(key)), value) for value in values)]
        lines.append(SheetRow((title, "none of these", *(
            Formula(f"={x}{own}-SUM({x}{top}:{x}{top + len(values) - 1})", _added(rest, place), "money") for place, x in enumerate("CDE")
        ))))  # fmt: skip
    return Page("Cost summary", "What the plan costs by category and by year, from the sheet before.", columns, lines, tool="12")


def implementation(evidence: Evidence) -> Page:
    """Tool No. 14: a row an indicator of the plan, then free rows."""
    columns = (
        Column("Objective", 26, "words", help="of the plan", key="objective"), Column("Result", 34, "words", help="outcome or output", key="result"),
        Column("Activity", 34, "words", help="what is done", key="activity"), Column("Implementing partner", 30, "words", help="who does it", key="partner"),
        Column("Start", 12, "amount", help="date or year", key="start"), Column("End", 12, "amount", help="date or year", key="end"),
        Column("Indicator", 34, "words", help="by which it is followed", key="indicator"),
        Column("Budget", 14, "amount", help="amount, or a row of the cost estimate", key="budget"),
        Column("Notes", 40, "words", help="anything else", key="note"),
    )  # fmt: skip
    lines, objective, result = [], "", ""
    theirs = ("partner", "start", "end", "budget", "note")
    for statement in evidence.plan.framework:
        words = f"{statement.code}: {statement.statement}"
        objective = words if statement.level == "objective" else objective
        result = words if statement.level in ("outcome", "output") else "" if statement.level == "objective" else result
        for indicator in statement.indicators:
            given = {
                "objective": objective,
                "result": result,
                "activity": words if statement.level == "activity" else "",
                "indicator": indicator.indicator,
            }
            lines.append(_step(columns, evidence.partners, indicator.id, theirs, given))
    planned = len(lines)
    numbered = {n: row for n, row in evidence.partners.implementation.items() if n.isdecimal()}
    everything = tuple(c.key for c in columns)
    lines += [_step(columns, evidence.partners, str(n), everything, {}) for n in range(1, _rows_offered(numbered) + 1)]
    purpose = "Who does what by when, with what money: the plan's rows first, then rows for whatever else is agreed."
    used = max((int(n) for n in numbered), default=0)
    return Page("Implementation matrix", purpose, columns, lines, tool="14", fills="partner, dates, budget and notes; free rows below the plan's",
                table="implementation", frozen=3, printed_lines=planned + used + PRINTED)  # fmt: skip


def unplaced(evidence: Evidence) -> Page:
    columns = (
        Column("Part of partners.yaml", 22, help="matrix, checklists, costs or implementation"), Column("Row", 40, help="its id"),
        Column("Column", 22, help="its name"), Column("What was filled in", 70, help="as it stands there"),
    )  # fmt: skip
    lines = [SheetRow(row) for row in not_placed(evidence.partners, evidence.plan)] or [
        SheetRow(("Everything has its place.", *[None] * 3))
    ]
    purpose = "What partners filled in for rows that the plan or the checklists no longer have. It stays in partners.yaml until somebody removes it there."
    return Page("Not placed", purpose, columns, lines)


def survey_says(evidence: Evidence, question: ChecklistQuestion) -> str:
    """Published numbers beside a question, a line a breakdown; hidden ones are counted, not written."""
    told = [line for word in question.evidence if (line := _said_by(evidence, word))]
    return "\n".join(told)


def _said_by(evidence: Evidence, word: str) -> str:
    if word == "change":
        verdicts = evidence.follow_up[evidence.follow_up["group"] == "total"] if len(evidence.follow_up) else evidence.follow_up
        return "; ".join(f"{named(r)}: {r['light']}" for r in verdicts.to_dict("records") if r["light"])
    table = evidence.baseline.table
    table = table[table["measure"].notna() & (table["group"] == word) & (table["category"] != "")]
    measure = RATED if RATED in set(table["measure"]) else next(iter(table["measure"]), "")
    rows = table[table["measure"] == measure].drop_duplicates("category").to_dict("records")
    if not rows:
        return ""
    shown = [f"{r['category']} {_said(r)}" for r in rows if pd.notna(r["baseline_value"])]
    hidden = len(rows) - len(shown)
    text = f"{'Everyone' if word == 'total' else 'By ' + word} ({rows[0]['unit']}): " + "; ".join(
        shown if word != "total" else [_said(rows[0])] if shown else []
    )
    text += f"{'; ' if shown else ''}{hidden} not shown" if hidden else ""
    legend = markers_used(r["marker"] for r in rows if pd.notna(r["baseline_value"]))
    return f"{text} ({legend})" if legend else text


def _said(r: dict[Any, Any]) -> str:
    digits = 0 if r["measure"] == "total" else 1
    low, high, value = (f"{float(r[k]):,.{digits}f}" for k in ("ci_low", "ci_high", "baseline_value"))
    marker = f" [{r['marker']}]" if isinstance(r["marker"], str) and r["marker"] else ""
    return f"{value} ({low} to {high}){marker}"


def _checklist_row(words: Sequence[object], partners: Partners, id: str, keys: Sequence[str]) -> SheetRow:
    mine = partners.row("checklists", id)
    every = keys or ("answer", "note")
    return SheetRow((*words, *(plain(mine.get(key)) for key in every)), id, tuple(keys), frozenset(mine))


def _step(columns: Sequence[Column], partners: Partners, id: str, inputs: tuple[str, ...], given: dict[str, str]) -> SheetRow:
    mine = partners.row("implementation", id)
    cells = [plain(mine.get(c.key)) if c.key in inputs else given.get(c.key) for c in columns]
    return SheetRow(cells, id, inputs, frozenset(mine))


def _rows_offered(rows: dict[str, Any]) -> int:
    return max(map(row_number, rows), default=0) + FREE_ROWS


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _same(value: object, listed: object) -> bool:
    """As SUMIF compares: without case, and a year that was typed as text too."""
    return str(value).strip().lower() == str(listed).lower()


def _added(rows: Sequence[dict[str, Any]], place: int) -> float:
    return float(sum(cost_of(row)[place] or 0.0 for row in rows))  # type: ignore[misc]
