"""The words of the workbook's sheets in the plan's language: column headings, values of the plan's rows, and formatted numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.marked_text import STAR
from fltoolkit.languages.own_text import OwnText
from fltoolkit.nap.results_framework import Plan
from fltoolkit.publish.measure_units import as_read
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.report.workbook.sheet_writer import Column, Page, SheetRow, Styled
from fltoolkit.show.printed_tables import number_cells
from fltoolkit.show.wording import number_words
from fltoolkit.survey.spec.groups import TOTAL

Row = Mapping[Any, Any]
NO_GROUP = "–"


def first_language(plan: Plan) -> Language:
    """Returns the language of a plan's workbook: the first language of its documents."""
    return read_language(plan.languages[0])


def star_note(texts: Iterable[OwnText], language: Language, pages: Iterable[Page]) -> tuple[str, ...]:
    """Returns a sentence on the texts that have a star on these sheets: texts of the survey or plan that are not translated into
    this language.
    """
    foreign = [text for text in texts if language.translated(text) == f"{text}{STAR}"]
    shown_texts = {str(getattr(cell, "value", cell)) for page in pages for line in page.lines for cell in line.cells}
    shown_texts |= {text for page in pages for text in page.notes}
    codes = {text.language for text in foreign if any(f"{text}{STAR}" in one for one in shown_texts)}
    return (language.say("own_words.note", languages=language.join(map(language.name_of, sorted(codes)))),) if codes else ()


def column(language: Language, name: str, width: float, style: str = "text", **more: Any) -> Column:
    """Returns a column of a sheet. Its heading and its help text are under `workbook.columns.<name>` in the language files."""
    head, help_text = (language.say(f"workbook.columns.{name}.{part}") for part in ("head", "help"))
    return Column(head, width, style, help_text, **more)


def page(
    language: Language, key: str, columns: Sequence[Column], lines: Sequence[SheetRow], notes: Sequence[str] = (), **more: Any
) -> Page:
    """Returns a sheet of the workbook. Its name and its words are under `workbook.sheets.<key>` in the language files. `notes`
    come before the notes from there.
    """
    words = f"workbook.sheets.{key}"
    own = language.each(f"{words}.notes") if language.has(f"{words}.notes.0") else ()
    fills = language.say(f"{words}.fills") if language.has(f"{words}.fills") else ""
    name, purpose = (language.say(f"{words}.{part}") for part in ("name", "purpose"))
    return Page(key, name, purpose, tuple(columns), lines, fills=fills, notes=(*notes, *own), **more)


def word(language: Language, words: str, code: object) -> str:
    """Returns the word for a code in a language, from the key `workbook.<words>.<code>` of the language files. If the code has no
    word, returns the code. If there is no code, returns an empty text.
    """
    if code is None or pd.isna(code) or code == "":  # type: ignore[call-overload]
        return ""
    key = f"workbook.{words}.{str(code).replace(' ', '_')}"
    return language.say(key) if language.has(key) else str(code)


def choices(language: Language, name: str, codes: Sequence[str]) -> dict[str, str]:
    """Returns the words that a user of the workbook (a partner of the plan) can choose in a column: a dictionary from the code of each
    choice to its word."""
    return {code: word(language, f"choices.{name}", code) for code in codes}


def cleared(row: Row) -> dict[Any, Any]:
    """Returns a row of a table as a dictionary in which each missing value (nan) is None."""
    return {k: None if not isinstance(v, str) and pd.isna(v) else v for k, v in row.items()}


def look(measure: object, value: object) -> Styled:
    """Returns a rounded number with the style of its cell: numbers of persons and shares of cases without decimals, rates
    with one. The number is already in the unit of its row.
    """
    read = None if value is None or pd.isna(value) else as_read(float(value), str(measure))  # type: ignore[arg-type, call-overload]
    return Styled(read, number_cells.style(str(measure)))


def rounded(value: object, digits: int) -> float | None:
    return None if value is None or pd.isna(value) else round(float(value), digits)  # type: ignore[arg-type, call-overload]


def bracketed(marker: object) -> str:
    return f"[{marker}]" if isinstance(marker, str) and marker else ""


def legend(language: Language, used: Sequence[object] = tuple(MARKERS)) -> tuple[str, ...]:
    """Returns a sentence that explains the markers in a sheet (letters such as [u]); empty if the sheet has none."""
    words = number_words.markers(language, used)
    return (language.say("workbook.legend", markers=words),) if words else ()


def flag(language: Language, row: Row) -> str:
    return word(language, "flags", row["flag"])


def cases(language: Language, row: Row) -> object:
    """Returns what a row of the plan shows as its number of cases: the number itself for everyone, and its class (`5–14`) for a
    category.
    """
    return language.kit(row["cases_class"]) if row["cases"] is None else row["cases"]


def who(language: Language, row: Row) -> tuple[object, ...]:
    """Returns the first cells of a row of the plan: what it is about (indicator, group, category) and its unit."""
    group, category = str(row["group"] or ""), row["category"] or ""
    return (
        number_words.indicator(language, row),
        NO_GROUP if group == TOTAL else number_words.group(language, group),
        language.say("everyone") if category == TOTAL else number_words.reason(language, category),
        language.kit(row["unit"]),
    )


def who_columns(language: Language) -> tuple[Column, ...]:
    return (
        column(language, "indicator", 34),
        column(language, "by", 16),
        column(language, "category", 20),
        column(language, "unit", 22),
    )


def sentence(text: str) -> str:
    return f"{number_words.start(text)}." if text else ""


def chart_title(language: Language, name: str, row: Row) -> str:
    """Returns the title of a chart, with measure, unit and category: `Prevalence of forced labour, per 1,000 adults (women)`."""
    measure, unit = language.say(f"titles.{row['measure']}"), language.kit(row["unit"])
    title = f"{measure}, {unit}"
    if row["group"] not in ("", TOTAL) and name != "headline":
        title = f"{title} ({number_words.reason(language, row['category'])})"
    return language.say(f"workbook.charts.{name}", what=title)
