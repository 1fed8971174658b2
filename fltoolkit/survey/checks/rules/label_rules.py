"""Rules that compare the labels of codes in SPSS and Stata files with what survey.yaml says about the same
codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from fltoolkit.files import path_inside
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.checks.item_nonresponse import questions
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule
from fltoolkit.survey.classifications.answer_labels import answer_meaning, count_hits, label_words, normalised
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.readers.file_formats import LABELLED_FILES, FileLabels, read_labels
from fltoolkit.survey.spec.groups import Group
from fltoolkit.survey.spec.questions import AnswerCodes

ANSWERS = ("yes", "no", "dont_know", "refused")
REVERSED = "items.involuntary.no_freedom_to_leave"  # asked in both directions: its *yes* can be the label No


@dataclass
class _Labels:
    """The labels of the codes of each column, and the codes that the files declare missing, by the names of
    the columns in survey.yaml."""

    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, tuple[FileLabels, str]] = field(default_factory=dict)

    def is_missing(self, column: str, code: str) -> bool:
        labels, own = self.files[column]
        return labels.is_missing(own, code)


def label_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the codes to which a file gives another meaning than survey.yaml. There are none if no file is
    an SPSS or Stata file."""
    labels = labels_of_files(survey)
    if not labels.files:
        return
    yield from _answer_rules(survey, labels)
    for where, column, own in _labelled_groups(survey):
        codes = tuple(_otherwise_called(labels.codes.get(column, {}), own))
        yield _rule("label_of_other_category", where, codes)


def labels_of_files(survey: Survey) -> _Labels:
    """Returns the labels of the codes in the SPSS and Stata files of a survey."""
    found, folder = _Labels(), survey.path.parent
    for kind, file in survey.spec.files.given.items():
        for name in file.path:
            path = path_inside(folder, name, f"{survey.path}: files.{kind}.path")
            if path.suffix.lower() in LABELLED_FILES and path.exists():
                labels = read_labels(path, file.encoding)
                for column in labels.names:
                    own = file.name_of(column)
                    found.files.setdefault(own, (labels, column))
                    found.codes.setdefault(own, {}).update(labels.codes.get(column, {}))
    return found


def _answer_rules(survey: Survey, labels: _Labels) -> Iterator[CheckRule]:
    """Yields, for each column of a yes/no question, the codes whose label means another answer, and those
    that the file declares missing although they count as *yes* or *no*."""
    other: dict[str, dict[Reason, None]] = {}
    missing: dict[str, dict[Reason, None]] = {}
    for q in questions(survey):
        if q.source.contains or q.column not in labels.files:
            continue
        for code, answer in _answers(q.codes):
            label = labels.codes[q.column].get(code, "")
            if answer in ("yes", "no") and labels.is_missing(q.column, code):
                missing.setdefault(q.column, {})[_in_words(code, label, answer)] = None
            elif q.where != REVERSED and _is_another(answer_meaning(label), answer):
                other.setdefault(q.column, {})[_in_words(code, label, answer)] = None
    for kind, found in (("label_of_other_answer", other), ("missing_code_counts", missing)):
        for column, codes in found.items():
            yield _rule(kind, column, tuple(codes))


def _answers(codes: AnswerCodes) -> Iterator[tuple[str, str]]:
    for answer in ANSWERS:
        for code in getattr(codes, answer):
            yield code, answer


def _is_another(meaning: str | None, answer: str) -> bool:
    """Returns whether the label of a code means another answer than survey.yaml gives the code. *Don't know*
    and *refused* have the same effect, so a label of one of them fits the other."""
    if meaning not in ANSWERS:
        return False
    return meaning != answer and bool({meaning, answer} & {"yes", "no"})


def _labelled_groups(survey: Survey) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Yields the key of survey.yaml, the column, and the label of each code, for groups that one column
    tells, and for the mode of the interview."""
    for name, group in survey.spec.groups.items():
        if isinstance(group, Group) and len(group.column) == 1:
            yield f"groups.{name}", group.column[0], group.labels
    if mode := survey.spec.interview.mode:
        yield "interview.mode", mode.column, mode.codes


def _otherwise_called(of_file: Mapping[str, str], own: Mapping[str, str]) -> Iterator[Reason]:
    """Yields the codes whose label in the file is the label of another code in survey.yaml, or says women
    where survey.yaml says men."""
    texts = {code: _texts(label) for code, label in own.items()}
    for code, label in of_file.items():
        if code not in own or normalised(label) in texts[code]:
            continue
        others = set().union(*(found for other, found in texts.items() if other != code))
        sexes = {sex for text in texts[code] if (sex := _sex(text))}
        if normalised(label) in others or (sexes and (_sex(label) or "") not in ("", *sexes)):
            yield _in_words(code, label, own[code])


def _texts(label: str) -> set[str]:
    return {normalised(text) for text in (label, *getattr(label, "others", {}).values())} - {""}


def _sex(label: str) -> str:
    found = [sex for sex, words in label_words().sex.items() if count_hits(words, label)]
    return found[0] if len(found) == 1 else ""


def _in_words(code: str, of_file: str, of_survey: str) -> Reason:
    return Reason.of(f"{WORDS}code_called", value=code, label=of_file or "-", own=of_survey)


def _rule(kind: str, where: str, codes: Iterable[Reason]) -> CheckRule:
    codes = tuple(codes)
    return CheckRule(kind, where, count=len(codes), values={"codes": codes, "where": where})
