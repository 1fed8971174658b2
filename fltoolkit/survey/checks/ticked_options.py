"""Codes in a select-multiple that survey.yaml does not name: each text of the column is taken apart, and its codes are looked up."""

from __future__ import annotations

from collections import Counter

import narwhals as nw

from fltoolkit.survey.answers.several_codes import split_codes
from fltoolkit.survey.checks.findings import Finding, FindingRows
from fltoolkit.survey.checks.item_nonresponse import AskedQuestion, holding, questions
from fltoolkit.survey.data.fetch_rows import to_pandas
from fltoolkit.survey.data.internal_columns import SOURCE
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey


def option_columns(survey: Survey) -> dict[str, list[AskedQuestion]]:
    """The columns that hold the codes of several options in one text, each with the questions that read it."""
    found: dict[str, list[AskedQuestion]] = {}
    for question in questions(survey):
        if question.source.contains:
            found.setdefault(question.column, []).append(question)
    return found


def option_findings(survey: Survey, mask: Mask) -> list[Finding]:
    """Codes of ticked options that survey.yaml does not name. Nothing is guessed: they stop the estimate."""
    columns, out = option_columns(survey), []
    for frame, held in holding(survey, list(columns)):
        for name in held:
            asked = columns[name]
            known, separator = _named(survey, asked), asked[0].source.separator
            value = nw.col(SOURCE + name)
            table = to_pandas(frame.filter(~value.is_null()).group_by(SOURCE + name).agg(nw.len().alias("persons")))
            texts = dict(zip(table[SOURCE + name], (int(n) for n in table["persons"]), strict=True))
            each = {text: split_codes(text, separator) for text in texts}
            odd = sorted(text for text, codes in each.items() if not known.issuperset(codes) or not codes)
            if odd:
                persons = Counter[str]()
                for text, n in texts.items():
                    persons.update(dict.fromkeys(set(each[text]) - known, n))
                found = mask.told(dict(sorted(persons.items())), len({code for codes in each.values() for code in codes}))
                what = f"codes of options that survey.yaml does not name: {found}"
                do = (
                    f"name them under {asked[0].where}: contains, no, dont_know or refused; if they are no codes, say what separates "
                    "the codes under separator"
                )
                rows = FindingRows(frame, value.is_in(odd).fill_null(False))
                out.append(
                    Finding("error", "unknown codes", f"{name} ({asked[0].where})", what, sum(texts[t] for t in odd), do, rows)
                )
    return out


def _named(survey: Survey, asked: list[AskedQuestion]) -> frozenset[str]:
    """The codes of options that survey.yaml names anywhere for a column: in its questions, and where it is a gate."""
    mapped, as_written = survey.spec.mapped, {q.source.column for q in asked}
    named = {c for q in asked for c in q.codes.named}
    for _, source in survey.spec.questions():
        for gate in source.routing.gates() if source.routing else ():
            for column in as_written.intersection(gate.column or ()):
                means = mapped.gate_codes(gate, column)
                named |= {*means.asked, *means.unknown}
    return frozenset(named)
