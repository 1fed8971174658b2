"""Makes the sheets in which the plan's partners answer questions: the SMART check, the ILO toolkit's
checklists, the labour standards and the knowledge base.

Their yellow cells show the answers that partners.yaml already has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

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
from fltoolkit.report.workbook.sheet_description import Column, Page, SheetRow
from fltoolkit.report.workbook.sheet_words import choices, column, mark, page, surveys, toolkit, word
from fltoolkit.show.printed_tables.printed_table import NBSP
from fltoolkit.show.wording import contrast_sentences, number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.show.wording.number_words import bracketed, legend
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, groups_of_breakdown
from fltoolkit.table_records import as_records

NO_BREAK = "\u2060"  # has no width; no line breaks beside it
ANSWERS = ("yes", "partly", "no")
CHECKLISTS = (5, 9, 15, 3, 1)
"""The tools of the ILO toolkit whose questions partners answer from what they know."""
KNOWN = (KNOWLEDGE, 8)
"""The tools whose questions the survey and other sources answer."""
SMART = 16


def checklists_page(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of the checklists that partners answer from what they know: the SMART criteria that
    are still open, and those of `CHECKLISTS`."""
    columns = (
        column(language, "tool", 6, "given"),
        column(language, "section", 17, "section"),
        column(language, "question", 69),
        _answer(language),
        _note(language, 18),
    )
    lines = [
        *_smart(evidence, language),
        *(
            _question_row((tool, *_asked(language, q)), evidence.partners, q.id)
            for tool in CHECKLISTS
            for q in checklists().of(tool)
        ),
    ]
    tools = sorted((*CHECKLISTS, SMART))
    return _checklist_page(language, "checklists", columns, lines, tools=tools, once=(0, 1))


def knowledge_page(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of the questions that published numbers help to answer, with these numbers."""
    columns = (
        column(language, "section", 14, "section"),
        column(language, "question", 51),
        column(language, "said", 79),
        _answer(language),
        _note(language, 17),
        column(language, "source", 14, "words", key="source"),
    )
    lines = []
    said: dict[str, str] = {}
    asked = [q for tool in KNOWN for q in checklists().of(tool)]
    for q in asked:
        words = (*_asked(language, q), answer_from_survey(evidence, language, q, said))
        lines.append(_question_row(words, evidence.partners, q.id, ("answer", "note", "source")))
    notes = _how_numbers_read(evidence, language, asked)
    return _checklist_page(language, "knowledge", columns, lines, tools=KNOWN, notes=notes, once=(0,))


def _checklist_page(
    language: Language,
    key: str,
    columns: Sequence[Column],
    lines: Sequence[SheetRow],
    *,
    tools: Sequence[int],
    notes: Sequence[str] = (),
    once: tuple[int, ...],
) -> Page:
    notes = (f"{toolkit(language, *tools)} {language.say('checklists.source.questions')}", *notes)
    numbers = ", ".join(map(str, tools))
    more = {"once": once, "tool": numbers, "table": "checklists", "frozen": len(once) + 1}
    return page(language, key, columns, lines, notes, **more)


def _answer(language: Language) -> Column:
    words = choices(language, "answer", ANSWERS)
    return column(language, "answer", 9, "words", key="answer", choices=words)


def _note(language: Language, width: float) -> Column:
    return column(language, "note", width, "words", key="note")


def _asked(language: Language, question: ChecklistQuestion) -> tuple[str, str]:
    """Returns the section of a question and the question, in words."""
    names = f"sections.{question.section}", f"questions.{question.id}"
    section, asked = (language.say(f"checklists.{name}") for name in names)
    return section, asked


def _smart(evidence: Evidence, language: Language) -> Iterator[SheetRow]:
    """Yields a row for each of the five SMART criteria of the ILO toolkit (Tool No. 16) that an indicator does
    not meet, or that only partners can judge. A criterion that is met has a row if partners wrote there."""
    for row in as_records(evidence.smart):
        id = f"smart.{row['id']}.{row['criterion']}"
        if row["met"] == "yes" and not evidence.partners.row("checklists", id):
            continue
        met, missing = word(language, "met", row["met"]), number_words.reason(language, row["missing"])
        criterion = f"{language.say('columns.' + row['criterion'])} ({met})"
        question = language.colon(criterion, missing) if missing else criterion
        section = language.colon("SMART", language.own(row["code"]))
        words = (SMART, section, f"{language.kit(row['indicator'])}. {question}")
        yield _question_row(words, evidence.partners, id)


def _question_row(
    words: Sequence[object], partners: Partners, id: str, keys: Sequence[str] = ("answer", "note")
) -> SheetRow:
    mine = partners.row("checklists", id)
    return SheetRow((*words, *(cell_value(mine.get(key)) for key in keys)), id, tuple(keys), frozenset(mine))


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
