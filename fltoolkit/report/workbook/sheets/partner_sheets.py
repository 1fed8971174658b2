"""Makes the sheets in which the plan's partners answer questions: the SMART check, the ILO toolkit's
checklists and the labour standards.

Their yellow cells show the answers that partners.yaml already has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.checklists import ChecklistQuestion, checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import Partners, cell_value
from fltoolkit.publish.measure_units import PROFILES, is_rate
from fltoolkit.report.document_sections import follow_up_section
from fltoolkit.report.knowledge_base import (
    CHANGE,
    TOOL as KNOWLEDGE,
    answers,
    hidden_answers,
    is_for_research,
)
from fltoolkit.report.workbook.sheet_description import Column, Page, SheetRow, Styled
from fltoolkit.report.workbook.sheet_words import choices, column, mark, page, surveys, toolkit, word
from fltoolkit.report.workbook.sheets.definition_sheets import definitions
from fltoolkit.show.printed_tables.printed_table import NBSP
from fltoolkit.show.wording import contrast_sentences, number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.show.wording.number_words import bracketed, legend
from fltoolkit.survey.spec.groups import NOT_STATED, groups_of_breakdown
from fltoolkit.table_records import as_records

NO_BREAK = "\u2060"  # has no width; no line breaks beside it
ANSWERS = ("yes", "partly", "no")
SHEETS = {5: "four_ps", 8: "background", 9: "capacity", 15: "communication", 3: "mainstreaming"}
"""The sheet of each checklist, by the number of the tool."""
BACKGROUND = 8
"""The background study. It begins with the questions of the knowledge base (Tool No. 4)."""


def _answer(language: Language, name: str = "answer") -> Column:
    return column(language, name, 11, "words", key="answer", choices=choices(language, "answer", ANSWERS))


def _note(language: Language, name: str = "note", width: float = 36) -> Column:
    return column(language, name, width, "words", key="note")


def smart(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet that shows for each indicator which of the five SMART criteria of the ILO toolkit
    (Tool No. 16) it meets. Partners answer for the criteria that the kit cannot check."""
    columns = (
        column(language, "code", 12),
        column(language, "indicator", 45),
        column(language, "criterion", 19),
        column(language, "met", 11),
        column(language, "missing", 55),
        _answer(language),
        _note(language, width=24),
    )
    lines = []
    for row in as_records(evidence.smart):
        met: object = word(language, "met", row["met"])
        met = Styled(met, "warn") if row["met"] in ("no", "partly") else met
        about, criterion = (
            (language.own(row["code"]), language.kit(row["indicator"])),
            language.say(f"columns.{row['criterion']}"),
        )
        words = (*about, criterion, met, number_words.reason(language, row["missing"]))
        id = f"smart.{row['id']}.{row['criterion']}"
        lines.append(
            _checklist_row(
                words, evidence.partners, id, ("answer", "note") if row["met"] == "partners" else ()
            )
        )
    return page(language, "smart", columns, lines, tool="16", once=(0, 1), table="checklists", frozen=3)


def checklist(evidence: Evidence, language: Language, tool: int) -> Page:
    """Returns the sheet of one checklist of the ILO toolkit; `tool` is the number of the tool. If published
    numbers help to answer a question, they are shown beside it."""
    tools = (KNOWLEDGE, tool) if tool == BACKGROUND else (tool,)
    questions = [q for each in tools for q in checklists().of(each)]
    beside, sourced = any(q.evidence for q in questions), tool == BACKGROUND
    columns = (
        column(language, "section", 18, "section"),
        column(language, "question", 42 if beside else 62),
        *([column(language, "said", 62 if sourced else 70)] if beside else []),
        _answer(language),
        _note(language, width=24 if sourced else 30),
        *([column(language, "source", 18, "words", key="source")] if sourced else []),
    )
    keys = ("answer", "note", "source") if sourced else ("answer", "note")
    lines = []
    said: dict[str, str] = {}
    for q in questions:
        from_survey = [answer_from_survey(evidence, language, q, said)] if beside else []
        words = (
            language.say(f"checklists.sections.{q.section}"),
            language.say(f"checklists.questions.{q.id}"),
            *from_survey,
        )
        lines.append(_checklist_row(words, evidence.partners, q.id, keys))
    notes = [toolkit(language, *tools), language.say("checklists.source.questions")]
    notes += _how_numbers_read(evidence, language, questions) if beside else []
    numbers = ", ".join(map(str, tools))
    return page(
        language, SHEETS[tool], columns, lines, notes, once=(0,), tool=numbers, table="checklists", frozen=2
    )


def _how_numbers_read(
    evidence: Evidence, language: Language, questions: Sequence[ChecklistQuestion]
) -> list[str]:
    """Returns notes that tell an interval (`9.3 (6.3 to 13.3)`) from a range (`26.8 to 55.2`), and explain
    the category *not stated* and the markers of the answers."""
    used = [row for q in questions for rows in _answers(evidence, q) for row in as_records(rows)]
    shares, ranges = ([row for row in used if test(row)] for test in (_is_share, number_words.has_range))
    earlier = [evidence.baseline.table] if any(CHANGE in q.evidence for q in questions) else []
    notes = [surveys(language, *earlier, evidence.now.table)]
    if used:
        notes += [
            language.say("workbook.said.interval"),
            *number_words.limits_at_zero(language, pd.DataFrame(used)),
        ]
    notes += [] if all(map(_is_share, ranges)) else [language.say("workbook.said.range")]
    if shares:
        notes.append(
            f"{language.say('profile.range' if any(map(_is_share, ranges)) else 'profile.open').rstrip('.')}."
        )
    if any(row["category"] == NOT_STATED and pd.notna(row["estimate"]) for row in used):
        notes.append(language.say("tables.not_stated"))
    return [*notes, *legend(language, list(map(mark, used)))]


def _is_share(row: PublishedNumber) -> bool:
    return row["measure"] in PROFILES


def methods(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of definitions and methods (ILO toolkit, Tools No. 1 and 2). Below the definitions it
    lists the labour standards. For each, the partners of the plan enter whether the country has ratified
    it."""
    columns = (
        column(language, "section", 18, "section"),
        column(language, "term", 26),
        column(language, "meaning", 64),
        column(language, "source", 26),
        _answer(language, "ratified"),
        _note(language, "note_law", 28),
    )
    lines = [SheetRow((*row, None, None)) for row in definitions(evidence, language)]
    tool = language.say("workbook.tool", n="1")
    for q in checklists().of(1):
        name, _, rest = language.say(f"checklists.questions.{q.id}").partition(": ")
        section = language.say("workbook.standards", section=language.say(f"checklists.sections.{q.section}"))
        words = (section, name.rstrip(), number_words.start(rest), tool)
        lines.append(_checklist_row(words, evidence.partners, q.id, ("answer", "note")))
    return page(
        language,
        "definitions",
        columns,
        lines,
        (toolkit(language, 1, 2),),
        once=(0,),
        tool="1, 2",
        table="checklists",
        frozen=2,
    )


def answer_from_survey(
    evidence: Evidence, language: Language, question: ChecklistQuestion, earlier: dict[str, str] | None = None
) -> str:
    """Returns the published numbers that help to answer a question of a checklist, one line for each
    breakdown. Hidden numbers are only counted.

    If the run has no such number, the text is empty. There is one exception: for a question of the knowledge
    base, the text says that research must answer the question, or the rest of it. For a question on change,
    the text says which numbers have changed since the baseline.

    `earlier` has the lines that are already printed on the sheet, each with its question. Such a line is
    replaced by this question.
    """
    found, table = _answers(evidence, question), evidence.now.table
    who = table.loc[~table["measure"].map(is_rate), "reference_population_label"]
    several = who.ne(table["reference_population_label"].iloc[0]).any()
    lines = [_breakdown_in_words(language, rows, named=bool(several)) for rows in found]
    if any(rows["breakdown"].iloc[0] == evidence.now.lead for rows in found):
        lines += contrast_sentences.sentences(evidence.now, language, most=contrast_sentences.MOST_SENTENCES)
    if CHANGE in question.evidence:
        lines += (
            follow_up_section.verdicts(evidence, language)
            if evidence.changed
            else [language.say("sheet.first_round")]
        )
    said = _said_once(language, filter(None, lines), question, {} if earlier is None else earlier)
    if is_for_research(evidence, question):
        said.append(language.say("research.more" if said else "research.here"))
    return "\n".join(said)


def _answers(evidence: Evidence, question: ChecklistQuestion) -> tuple[pd.DataFrame, ...]:
    """Returns the published rows that answer a question, or a part of it. If there are none, returns those
    that are hidden."""
    words = (*question.evidence, *question.partly)
    return answers(evidence.now, words) or hidden_answers(evidence.now, words)


def _said_once(
    language: Language, lines: Iterable[str], question: ChecklistQuestion, earlier: dict[str, str]
) -> list[str]:
    """Returns the lines of an answer. Lines that were already printed beside an earlier question are replaced
    by the words of that question. `earlier` has the question of each printed line; the lines of this answer
    are added to it."""
    said: dict[str, None] = {}
    for line in lines:
        first = earlier.setdefault(line, question.id)
        if first != question.id:
            line = language.say(
                "workbook.said.as_above", question=language.say(f"checklists.questions.{first}")
            )
        said[line] = None
    return list(said)


def _breakdown_in_words(language: Language, rows: pd.DataFrame, *, named: bool) -> str:
    """Returns one line with the numbers of one breakdown, such as the rates by sex. It says how many of them
    are hidden. `named` says whether the line names its population, since the survey counts persons of
    several."""
    every = as_records(rows)
    first, shown = every[0], [r for r in every if pd.notna(r["estimate"])]
    whole = not first["breakdown"]
    names = ["" if whole else number_words.category(language, r) for r in shown]
    printed = [f"{number_words.with_interval(language, r)} {bracketed(mark(r))}".rstrip() for r in shown]
    pairs = zip(names, printed, strict=True)
    numbers = [_unbroken(language.colon(name, text) if name else text) for name, text in pairs]
    for marker, hidden in Counter(r["marker"] for r in every if pd.isna(r["estimate"])).items():
        key = "one" if hidden == 1 else "several"
        words = "" if whole else language.say(f"workbook.said.hidden.{key}", n=str(hidden))
        numbers.append(NBSP.join(filter(None, (words, bracketed(marker)))))
    numbers += number_words.hidden_high_ends(language, shown)
    measure, population = str(first["measure"]), str(first["reference_population_label"])
    unit, values = number_words.unit(language, measure, population), language.list(numbers)
    if whole:
        of = unit if is_rate(measure) else language.kit(population)
        return language.say(
            "workbook.said.everyone", what=language.say(f"titles.{measure}"), of=of, values=values
        )
    unit = f"{unit}, {language.kit(population)}" if named and not is_rate(measure) else unit
    group = language.join(map(language.by_group, groups_of_breakdown(str(first["breakdown"]))))
    return language.say("workbook.said.by", group=group, unit=unit, values=values)


def _unbroken(text: str) -> str:
    """Returns a text in which no line breaks: not at a space, and not behind the dash of an age group."""
    return text.replace(" ", NBSP).replace("–", f"–{NO_BREAK}")


def _checklist_row(words: Sequence[object], partners: Partners, id: str, keys: Sequence[str]) -> SheetRow:
    mine = partners.row("checklists", id)
    every = keys or ("answer", "note")
    return SheetRow((*words, *(cell_value(mine.get(key)) for key in every)), id, tuple(keys), frozenset(mine))
