"""Writes a questionnaire as an XLSForm workbook, with its routing as XPath conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from fltoolkit.authoring.questionnaire.questionnaire_model import (
    GO_ON,
    NONE,
    SOME,
    STOPPED,
    UNKNOWN,
    Question,
    Questionnaire,
    Section,
)
from fltoolkit.spreadsheets import A3, Spreadsheet, print_as_read

FormRow = dict[str, Any]  # by column; a text in several languages is a dictionary
TRANSLATED = ("label", "hint", "constraint_message")
WIDTHS = {
    "type": 24, "name": 20, "label": 60, "hint": 40, "relevant": 40, "required": 8, "constraint": 24,
    "constraint_message": 24, "calculation": 40, "repeat_count": 12,
}  # fmt: skip


def survey_rows(asked: Questionnaire) -> Iterator[FormRow]:
    """Yields the rows of the sheet `survey` of an XLSForm, in order. First come the questions on the
    dwelling. A repeated part then lists all members of the household. Another repeated part interviews some
    of them."""
    for name, question in asked.household.items():
        yield _survey_row(asked, name, question)
    for repeat, inside in (("member", asked.roster), ("interview", asked.interview)):
        # Without the condition, ODK shows a first person even if nobody was counted, as in a household that
        # refused.
        yield {
            "type": "begin_repeat",
            "name": repeat,
            "label": asked.repeats[repeat],
            "relevant": "${members} > 0",
            "repeat_count": "${members}",
        }
        for name, question in inside.items():
            yield _survey_row(asked, name, question)
        if repeat == "interview":
            for name, section in asked.sections.items():
                yield from _section(asked, name, section)
            for gate in asked.gates:
                whose = next((s.when for name in asked.gates[gate] if (s := asked.section_of(name))), "")
                formula = gate_formula(asked, gate)
                yield {"type": "calculate", "name": gate, "relevant": whose, "calculation": formula}
        yield {"type": "end_repeat"}


def _section(asked: Questionnaire, name: str, section: Section) -> Iterator[FormRow]:
    relevant = _joined_by_and(section.when, _asked_by(asked, section))
    if section.check:
        check, own = asked.check, f"check_{name}"
        kind, stopped = f"select_one {check.choices}", f"${{{own}}} != '' and ${{{own}}} != '{GO_ON}'"
        yield {
            "type": kind,
            "name": own,
            "label": check.label,
            "hint": check.hint,
            "relevant": relevant,
            "required": "yes",
        }
        yield {"type": "note", "name": f"stop_{name}", "label": check.stop, "relevant": stopped}
        relevant = _joined_by_and(relevant, f"${{{own}}} = '{GO_ON}'")
    yield {"type": "begin_group", "name": name, "label": section.label, "relevant": relevant}
    for key, question in section.questions.items():
        yield _survey_row(asked, key, question)
    yield {"type": "end_group"}


def _survey_row(asked: Questionnaire, name: str, question: Question) -> FormRow:
    kind = question.type
    row: FormRow = {"type": f"select_one {question.choices}" if kind == "select" else kind, "name": name}
    row |= {
        "label": question.label,
        "hint": question.hint,
        "relevant": _joined_by_and(question.when, _asked_by(asked, question)),
    }
    row |= {
        "constraint": question.allowed,
        "constraint_message": question.message,
        "calculation": question.calculation,
    }
    return {**row, "required": "yes" if question.seen and kind != "note" else ""}


def gate_formula(asked: Questionnaire, gate: str) -> str:
    """Returns the XPath formula of a gate: a condition, made from earlier questions, that decides whether a
    question is asked. If an earlier gate says *no*, this gate also says *no*. If an earlier gate or a check
    says that the interview was stopped, this gate says the same.
    """
    sections = {id(s): s for name in asked.gates[gate] if (s := asked.section_of(name))}.values()
    checks = [
        f"check_{name}" for name, s in asked.sections.items() if s.check and any(s is one for one in sections)
    ]
    before = [name for s in sections for name in s.gate if name in asked.gates]
    questions = asked.questions_of_gate(gate)
    no = [
        _any_answered(*((n, asked.codes_meaning(n, "no")) for n in (name, *question.gate)))
        for name, question in questions.items()
    ]
    yes = _any_answered(*((name, asked.codes_meaning(name, "yes")) for name in questions))
    formula = f"if({_joined_by_and(*no)}, '{NONE}', if({yes}, '{SOME}', '{UNKNOWN}'))"
    stopped = [f"${{{name}}} = '{STOPPED}'" for name in before] + [
        f"${{{name}}} != '{GO_ON}'" for name in checks
    ]
    if stopped:
        formula = f"if({' or '.join(stopped)}, '{STOPPED}', {formula})"
    return (
        f"if({_any_answered(*((name, [NONE]) for name in before))}, '{NONE}', {formula})"
        if before
        else formula
    )


def _asked_by(asked: Questionnaire, node: Question | Section) -> str:
    what: Literal["yes", "not no"] = "yes" if node.sure else "not no"
    return (
        _any_answered(*((name, asked.codes_meaning(name, what)) for name in node.gate)) if node.gate else ""
    )


def _any_answered(*answers: tuple[str, Sequence[str]]) -> str:
    """Returns an XPath condition: at least one of several questions was answered with one of the given codes.
    Each of `answers` is a question with its codes."""
    tests = [f"${{{name}}} = '{code}'" for name, codes in answers for code in codes]
    return " or ".join(tests)


def _joined_by_and(*conditions: str) -> str:
    given = [condition for condition in conditions if condition]
    return given[0] if len(given) == 1 else " and ".join(f"({c})" if " or " in c else c for c in given)


def workbook(asked: Questionnaire, languages: Sequence[str]) -> bytes:
    """Returns the XLSForm as the bytes of a workbook. Every cell is text, so that no label becomes a formula
    or a link."""
    first = languages[0]
    file = Spreadsheet(asked.title[first], asked.about[first])
    choices = [
        {"list_name": name, "name": code, "label": choice.label}
        for name, listed in asked.choices.items()
        for code, choice in listed.items()
    ]
    settings = {
        "form_title": asked.title[first],
        "form_id": asked.form.id,
        "version": asked.form.version,
        "default_language": asked.languages[first],
    }
    for name, columns, rows in (
        ("survey", tuple(WIDTHS), list(survey_rows(asked))),
        ("choices", ("list_name", "name", "label"), choices),
        ("settings", tuple(settings), [settings]),
        ("about", ("label",), [{"label": asked.about}]),
    ):
        _sheet(file, name, columns, rows, {k: asked.languages[k] for k in languages})
    return file.content()


def _sheet(
    file: Spreadsheet, name: str, columns: Sequence[str], rows: Sequence[FormRow], languages: dict[str, str]
) -> None:
    sheet = file.book.add_worksheet(name)
    heads = [(c, k) for c in columns for k in (languages if c in TRANSLATED else ("",))]
    for i, (column, language) in enumerate(heads):
        sheet.set_column(i, i, WIDTHS.get(column, 16))
        file.put(sheet, (0, i), f"{column}::{languages[language]}" if language else column, "head")
        for line, row in enumerate(rows, 1):
            value = row.get(column) or ""
            style = "group" if str(row.get("type", "")).startswith(("begin", "end")) else "text"
            file.put(
                sheet, (line, i), value.get(language, "") if isinstance(value, dict) else str(value), style
            )
    sheet.freeze_panes(1, 2 if len(columns) > 3 else 0)
    print_as_read(sheet, 0, A3)
