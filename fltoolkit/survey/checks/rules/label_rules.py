"""Rules that compare labels: those of SPSS and Stata files with what survey.yaml says about the same codes, and
those of survey.yaml with one another and with the codes and ages beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import narwhals as nw

from fltoolkit.files import path_inside
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.checks.item_nonresponse import questions
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule
from fltoolkit.survey.classifications.answer_labels import answer_meaning, count_hits, label_words, normalised
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import SOURCE
from fltoolkit.survey.readers.file_formats import LABELLED_FILES, FileLabels, read_labels
from fltoolkit.survey.spec.groups_and_tables import Group, PopulationSpec
from fltoolkit.survey.spec.survey_spec import SurveySpec

ANSWERS = ("yes", "no", "dont_know", "refused")
REVERSED = "items.involuntary.no_freedom_to_leave"  # asked in both directions: its *yes* can be the label No
AGES = re.compile(r"\b(\d{1,3})\s*(?:[-–]|to|à|a)\s*(\d{1,3})\b", re.IGNORECASE)  # "15 to 64", "15 à 64"
OVER = re.compile(  # "15+", "15 years and over", "15 ans et plus", "15 años y más"
    r"\b(\d{1,3})\s*(?:\+|(?:years?|ans|años)?\s*(?:(?:and|or)\s+(?:over|older|above|more)|(?:et|ou)\s+plus|[yo]\s+más))",
    re.IGNORECASE,
)
SHORTEST = 4  # letters of a word; in shorter ones, one letter more is another word


@dataclass(frozen=True)
class ColumnLabels:
    """What an SPSS or Stata file says about a column.

    Attributes:
        column: the name of the column in the file.
        file: the labels of the file.
    """

    column: str
    file: FileLabels

    @property
    def codes(self) -> Mapping[str, str]:
        """Returns the label of each code."""
        return self.file.codes.get(self.column, {})

    def is_missing(self, code: str) -> bool:
        """Returns whether the file declares that the code means a missing answer."""
        return self.file.is_missing(self.column, code)


Labels = Mapping[str, Sequence[ColumnLabels]]


def labels_of_files(survey: Survey) -> Labels:
    """Returns the labels of each column in a survey's SPSS and Stata files, by the names that the columns
    have in survey.yaml. A column of pooled files has labels in each of them."""
    found: dict[str, list[ColumnLabels]] = {}
    for kind, file in survey.spec.files.given.items():
        for name in file.path:
            path = path_inside(survey.path.parent, name, f"{survey.path}: files.{kind}.path")
            if path.suffix.lower() in LABELLED_FILES and path.exists():
                labels = read_labels(path, file.encoding)
                for column in labels.names:
                    found.setdefault(file.name_of(column), []).append(ColumnLabels(column, labels))
    return found


def label_rules(survey: Survey, labels: Labels) -> Iterator[CheckRule]:
    """Yields the codes to which a file gives another meaning than survey.yaml."""
    yield from _answer_rules(survey, labels)
    for where, column, own in _labelled_groups(survey):
        codes = (code for told in labels.get(column, ()) for code in _otherwise_called(told.codes, own))
        yield _rule("label_of_other_category", where, codes)


def _answer_rules(survey: Survey, labels: Labels) -> Iterator[CheckRule]:
    """Yields, for each column of a yes/no question, the codes whose label means another answer, and those
    that the file declares missing although they count as *yes* or *no*."""
    other: dict[str, list[Reason]] = {}
    missing: dict[str, list[Reason]] = {}
    asked = (
        (q, told, code, answer)
        for q in questions(survey)
        if not q.source.contains
        for told in labels.get(q.column, ())
        for answer in ANSWERS
        for code in getattr(q.codes, answer)
    )
    for q, told, code, answer in asked:
        label = told.codes.get(code, "")
        if answer in ("yes", "no") and told.is_missing(code):
            missing.setdefault(q.column, []).append(_in_words(code, label, answer))
        elif q.where != REVERSED and _is_another(answer_meaning(label), answer):
            other.setdefault(q.column, []).append(_in_words(code, label, answer))
    for kind, found in (("label_of_other_answer", other), ("missing_code_counts", missing)):
        for column, codes in found.items():
            yield _rule(kind, column, codes)


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
        if normalised(label) in others or (sexes and _sex(label) not in ("", *sexes)):
            yield _in_words(code, label, own[code])


def _texts(label: str) -> set[str]:
    return {normalised(text) for text in (label, *getattr(label, "others", {}).values())} - {""}


def _sex(label: str) -> str:
    found = [sex for sex, words in label_words().sex.items() if count_hits(words, label)]
    return found[0] if len(found) == 1 else ""


def _in_words(code: str, of_file: str, of_survey: str) -> Reason:
    return Reason.of(f"{WORDS}code_called", value=code, label=of_file or "-", own=of_survey)


def _rule(kind: str, where: str, codes: Iterable[Reason]) -> CheckRule:
    codes = tuple(dict.fromkeys(codes))  # a column may feed two items, and be in several files
    return CheckRule(kind, where, count=len(codes), values={"codes": codes, "where": where})


def own_label_rules(spec: SurveySpec) -> Iterator[CheckRule]:
    """Yields the rules on labels of populations and of groups. They need no data."""
    groups = {
        name: group
        for name, group in spec.groups.items()
        if isinstance(group, Group) and len(group.column) == 1
    }
    first: dict[str, str] = {}
    for name, population in spec.populations.items():
        other = first.setdefault(str(population.label), name)
        if other != name:
            values = {"other": f"populations.{other}"}
            yield CheckRule("label_of_two_populations", f"populations.{name}.label", count="", values=values)
        yield from _population_rules(f"populations.{name}", population, spec, groups)
    for name, group in groups.items():
        labels = {str(label) for label in group.labels.values()}
        pairs = [f"{a} – {b}" for a, b in combinations(sorted(labels), 2) if _one_letter_more(a, b)]
        values = {"labels": "; ".join(pairs)}
        yield CheckRule("labels_of_one_letter", f"groups.{name}", count=len(pairs), values=values)
        for language in sorted({code for label in group.labels.values() for code in _others(label)}):
            told = {str(label): _others(label).get(language, "") for label in group.labels.values()}
            same = [text for text in dict.fromkeys(told.values()) if [*told.values()].count(text) > 1]
            values = {"language": language, "labels": ", ".join(text or "-" for text in same)}
            yield CheckRule("labels_same_in_language", f"groups.{name}", count=len(same), values=values)
    for (name, one), (other, two) in combinations(groups.items(), 2):
        if one.column == two.column:
            moved = moved_labels(one.labels, two.labels)
            values = {"other": f"groups.{name}", "labels": ", ".join(moved)}
            yield CheckRule("label_of_other_codes", f"groups.{other}", count=len(moved), values=values)


def _population_rules(
    where: str, population: PopulationSpec, spec: SurveySpec, groups: Mapping[str, Group]
) -> Iterator[CheckRule]:
    """Yields a rule if the label has an age that is no limit of the population, or is the label of a category
    that its conditions leave out. A label may say *under 18* where the highest age is 17."""
    label = str(population.label)
    parts = [spec.populations[part] for part in population.sum_of] or [population]
    limits = {age for part in parts for age in (part.age.min, part.age.max) if age is not None}
    told = {int(age) for ages in AGES.findall(label) for age in ages}
    over = {int(age) for age in OVER.findall(label)}
    near = {age + step for age in limits for step in (-1, 0, 1)}
    other = sorted((told | over) - near) or (
        sorted(limits)[-1:] if over and not told and len(limits) > 1 and not population.sum_of else []
    )
    if limits and other:
        values = {"label": label, "ages": ", ".join(map(str, other))}
        yield CheckRule("label_of_other_ages", f"{where}.label", count="", values=values)
    answers = {source.column for key, source in spec.questions() if key != "any_work"}
    for column, codes in population.where.items():
        if column in answers:
            yield CheckRule("population_by_answer", f"{where}.where", count="", values={"column": column})
        for code in codes:
            there = nw.col(SOURCE + column) == code
            values = {"column": column, "value": code}
            yield CheckRule(
                "population_code_of_nobody", f"{where}.where", count="", sums=(there,),
                when=lambda _, persons: not persons, values=values,
            )  # fmt: skip
        for group in (group for group in groups.values() if group.column[0] == column):
            named = [text for text in group.labels.values() if _names(label, text)]
            own = [group.labels[code] for code in codes if code in group.labels]
            if named and own and not set(named) & set(own):
                values = {"label": label, "other": named[0], "own": ", ".join(own), "column": column}
                yield CheckRule("label_of_other_group", f"{where}.where", count="", values=values)


def _names(label: str, category: str) -> bool:
    """Returns whether a label has the words of a category, or another word for the same sex."""
    words = f" {normalised(label)} "
    return any(f" {text} " in words for text in _texts(category)) or (
        _sex(category) != "" and _sex(category) == _sex(label)
    )


def _others(label: str) -> Mapping[str, str]:
    """Returns the label in the languages other than that of the survey."""
    return getattr(label, "others", {})


def _one_letter_more(one: str, other: str) -> bool:
    """Returns whether two labels are the same words, but for one letter that one of them has more."""
    short, long = sorted((normalised(one), normalised(other)), key=len)
    if len(long) != len(short) + 1 or len(short) < SHORTEST:
        return False
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if at < len(short) - 2:  # este and oeste, noreste and noroeste
        return False
    word = long[: at + 1].split(" ")[-1] + long[at + 1 :].split(" ")[0]
    return short[at:] == long[at + 1 :] and word.isalpha() and len(word) > SHORTEST


def moved_labels(one: Mapping[str, str], two: Mapping[str, str]) -> list[str]:
    """Returns the labels that two groups on the same column give to entirely different codes. A group is
    {code: label}."""
    by = [
        {label: {code for code, text in group.items() if text == label} for label in group.values()}
        for group in (one, two)
    ]
    return [label for label, codes in by[0].items() if label in by[1] and not codes & by[1][label]]
