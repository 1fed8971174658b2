"""Makes the sheets of the plan's costs and of its implementation (who does what by when). They have rows that
partners fill in, and formulas for the sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import Partners, cell_value, row_number
from fltoolkit.report.workbook.sheet_description import Column, Formula, Page, SheetRow, Styled
from fltoolkit.report.workbook.sheet_words import choices, column, page

CATEGORIES = ("staff", "consultancy", "capacity development", "travel", "other")
FREE_ROWS, ONE_PAGE = (
    200,
    32,
)  # rows offered below the last one that is filled in, and rows of a printed form that is empty
SUMMED = "IKL"  # the columns of the cost sheet with totals, secured money and gaps


def costs(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet for the cost of each activity (Tool No. 12 of the ILO toolkit). Formulas calculate
    the total cost of a row, the gap (the part of the total for which there is no secured money), and the sums
    of the rows that a filter shows, such as those of a category or a year."""
    years = {str(y): str(y) for y in range(evidence.plan.first_year, evidence.plan.last_year + 1)}
    columns = (
        column(language, "objective", 18, "words", key="objective"),
        column(language, "intermediate_objective", 18, "words", key="intermediate_objective"),
        column(language, "activity", 28, "words", key="activity"),
        column(
            language,
            "cost_category",
            15,
            "words",
            key="category",
            choices=choices(language, "category", CATEGORIES),
        ),
        column(language, "cost_unit", 11, "words", key="unit"),
        column(language, "quantity", 10, "amount", key="quantity"),
        column(language, "unit_cost", 12, "money", key="unit_cost"),
        column(language, "year", 8, "plain", key="year", choices=years),
        column(language, "total", 13, "money"),
        column(language, "existing_source", 18, "words", key="existing_source"),
        column(language, "secured", 13, "money", key="secured"),
        column(language, "gap", 13, "money"),
    )
    lines, sums = [], [0.0, 0.0, 0.0]
    for n in range(1, _rows_offered(evidence.partners.costs) + 1):
        mine = evidence.partners.row("costs", str(n))
        cells: list[object] = [cell_value(mine.get(c.key)) if c.key else None for c in columns]
        total, secured, gap = cost_of(mine)
        cells[8] = Formula('=IF(COUNT(F{r},G{r})=2,F{r}*G{r},"")', total, "money")
        cells[11] = Formula('=IF(I{r}="","",MAX(0,I{r}-SUM(K{r})))', gap, "money")
        sums = [a + b for a, b in zip(sums, (total or 0.0, secured, gap or 0.0), strict=True)]  # type: ignore[operator]
        lines.append(SheetRow(cells, str(n), tuple(c.key for c in columns if c.key), frozenset(mine)))
    summed = tuple(
        Formula(f"=SUBTOTAL(9,{x}{{first}}:{x}{{last}})", value)
        for x, value in zip(SUMMED, sums, strict=True)
    )
    above = [Styled(text, "group") for text in (language.say("workbook.all_activities"), *[""] * 7)]
    used = max(map(row_number, evidence.partners.costs), default=0)
    return page(
        language,
        "costs",
        columns,
        lines,
        tool="12",
        table="costs",
        frozen=3,
        printed_lines=max(used, ONE_PAGE),
        above=SheetRow([*above, summed[0], Styled("", "sum"), *summed[1:]]),
    )


def cost_of(row: Mapping[str, Any]) -> tuple[float | str, float, float | str]:
    """Returns three amounts for a row of the cost sheet, as the formulas of the sheet calculate them: the
    total cost, the secured money, and the gap between them (at least 0). Total and gap are empty texts if
    quantity or unit cost is not a number."""
    quantity, price, secured = (
        _amount(cell_value(row.get(name))) for name in ("quantity", "unit_cost", "secured")
    )
    if quantity is None or price is None:
        return "", secured or 0.0, ""
    return quantity * price, secured or 0.0, max(0.0, quantity * price - (secured or 0.0))


def implementation(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet for the implementation of the plan (Tool No. 14 of the ILO toolkit): one row per
    indicator of the plan, then empty rows that partners can fill in."""
    columns = (
        column(language, "objective", 22, "words", key="objective"),
        column(language, "result", 26, "words", key="result"),
        column(language, "activity", 26, "words", key="activity"),
        column(language, "partner", 20, "words", key="partner"),
        column(language, "start", 10, "amount", key="start"),
        column(language, "end", 10, "amount", key="end"),
        column(language, "indicator", 26, "words", key="indicator"),
        column(language, "budget", 12, "amount", key="budget"),
        column(language, "note", 24, "words", key="note"),
    )
    lines, objective, result = [], "", ""
    theirs = ("partner", "start", "end", "budget", "note")
    for statement in evidence.plan.framework:
        words = language.colon(language.own(statement.code), language.own(statement.statement))
        objective = words if statement.level == "objective" else objective
        result = (
            words
            if statement.level in ("outcome", "output")
            else ""
            if statement.level == "objective"
            else result
        )
        activity = words if statement.level == "activity" else ""
        for indicator in statement.indicators:
            given = {
                "objective": objective,
                "result": result,
                "activity": activity,
                "indicator": language.own(indicator.indicator),
            }
            lines.append(_implementation_row(columns, evidence.partners, indicator.id, theirs, given))
    planned = len(lines)
    numbered = {n: row for n, row in evidence.partners.implementation.items() if n.isdecimal()}
    everything = tuple(c.key for c in columns)
    lines += [
        _implementation_row(columns, evidence.partners, str(n), everything, {})
        for n in range(1, _rows_offered(numbered) + 1)
    ]
    used = max((int(n) for n in numbered), default=0)
    printed = max(planned + used, ONE_PAGE)
    return page(
        language,
        "implementation",
        columns,
        lines,
        tool="14",
        table="implementation",
        once=(0, 1),
        frozen=3,
        printed_lines=printed,
    )


def _implementation_row(
    columns: Sequence[Column], partners: Partners, id: str, inputs: tuple[str, ...], given: dict[str, str]
) -> SheetRow:
    mine = partners.row("implementation", id)
    cells = [cell_value(mine.get(c.key)) if c.key in inputs else given.get(c.key) for c in columns]
    return SheetRow(cells, id, inputs, frozenset(mine))


def _rows_offered(rows: Mapping[str, Any]) -> int:
    return max(map(row_number, rows), default=0) + FREE_ROWS


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
