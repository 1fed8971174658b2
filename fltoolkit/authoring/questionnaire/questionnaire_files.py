"""Writes the XLSForm and the survey.yaml of a questionnaire, so that nobody has to write the survey.yaml by
hand. The survey.yaml has the codes and the routing of each question."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from fltoolkit.authoring.questionnaire.questionnaire_model import STOPPED, Question, Questionnaire
from fltoolkit.authoring.questionnaire.xlsform import workbook
from fltoolkit.errors import RequestError, SpecError
from fltoolkit.files import read_bytes, write_whole
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.yaml_files.loading import MOST_BYTES, build_model, load_model

SOURCE, FORM, MAPPING = "questionnaire.yaml", "questionnaire.xlsx", "survey.yaml"


def write_questionnaire(folder: str | Path, languages: Sequence[str] = ()) -> list[Path]:
    """Write `questionnaire.xlsx` and `survey.yaml` beside the `questionnaire.yaml` of a folder.

    Args:
        folder: the folder of questionnaire.yaml (docs/questionnaire.md).
        languages: the languages of the form, by their short names. If it is empty, all languages are used.
            The first language is the form's default, and the language of the labels in survey.yaml.

    Returns:
        The paths of the two files. The same YAML always gives the same bytes.

    Raises:
        SpecError: questionnaire.yaml contradicts itself, or has no such language.
        RequestError: there is a survey.yaml that this function did not write, or that is not a regular file.
            It is never overwritten.
    """
    source, form, mapping = (Path(folder) / name for name in (SOURCE, FORM, MAPPING))
    asked = load_model(source, Questionnaire)
    chosen = list(languages) or list(asked.languages)
    if strange := [name for name in chosen if name not in asked.languages]:
        raise SpecError("no such language", where=str(source), found=strange, allowed=list(asked.languages))
    if os.path.lexists(mapping) and not read_bytes(mapping, MOST_BYTES, RequestError).startswith(
        HEAD[0].encode()
    ):
        raise RequestError(
            "there is a survey.yaml that was written by hand, and it is not overwritten",
            where=str(mapping),
            do="move it away, or copy questionnaire.yaml into a folder of its own",
        )
    text = survey_text(asked, chosen[0], str(source))
    write_whole(form, workbook(asked, chosen))
    write_whole(mapping, text)
    return [form, mapping]


# -------------------------------------------------------------------------------------------- the survey.yaml

WHOLE = re.compile(r"0|[1-9][0-9]{0,14}")  # a number that keeps its form when it is read and written
HEAD = (
    (
        "# Written by `fltoolkit questionnaire` from questionnaire.yaml. Change that file, not this one, "
        "and "
        "run it again."
    ),
    "# The data are the export of the form's repeat `interview`, one row a person (docs/questionnaire.md).",
)


def survey_text(asked: Questionnaire, language: str, where: str) -> str:
    """Returns the text of survey.yaml, with its labels in one language. `asked` is the questionnaire, and
    `where` names its file in error messages.

    Raises:
        SpecError: the content of questionnaire.yaml does not make a valid survey.yaml, or it names a column
            that the form does not have.
    """
    data = survey_data(asked, language)
    spec = build_model(_as_text(data), SurveySpec, where=f"{where}, as survey.yaml")
    columns = {
        *asked.interview,
        *asked.gates,
        *(name for s in asked.sections.values() for name in s.questions),
    }
    named = [*spec.person_columns(), *spec.episode_columns(), *spec.files.person.key]
    if gone := [name for name in dict.fromkeys(named) if name not in columns]:
        raise SpecError(
            "survey: names columns that the form's interview does not have",
            where=where,
            found=gone,
            allowed=sorted(columns),
        )
    ordered = {key: data[key] for key in SurveySpec.model_fields if key in data}
    text = yaml.dump(
        _as_by_hand(ordered),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=400,
    )
    return "\n".join((*HEAD, "", text))


def survey_data(asked: Questionnaire, language: str) -> dict[str, Any]:
    """Returns the content of the survey.yaml that reads the answers to a questionnaire. It has the `survey:`
    part of the questionnaire, and each question under its key."""
    data = copy.deepcopy(asked.survey)
    for name, question, gates in _fields(asked):
        for key, value in _entries(asked, name, question, gates, language) if question.key else ():
            *path, last = key.split(".")
            node = data
            for step in path:
                node = node.setdefault(step, {})
            if question.single:
                node[last] = value
            else:
                node.setdefault(last, []).append(value)
    return data


def _fields(asked: Questionnaire) -> Iterator[tuple[str, Question, tuple[str, ...]]]:
    """Yields each field of an interview: its name, its question, and the gates (conditions on earlier
    questions) that decide whether it is asked. A question without gates of its own gets the gates of its
    section."""
    yield from ((name, question, ()) for name, question in asked.interview.items())
    for section in asked.sections.values():
        yield from (
            (name, question, question.gate or section.gate) for name, question in section.questions.items()
        )


def _entries(
    asked: Questionnaire, name: str, question: Question, gates: tuple[str, ...], language: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields the entries of survey.yaml for one question: the key of survey.yaml, such as
    `items.coercion.threats`, and the entry to add there. `gates` are the names of conditions on earlier
    questions; they become the routing of the entry."""
    if question.single:
        yield question.key, {"column": name, **question.also, **_codes(asked, question, language)}
        return
    answers, listed = asked.answers, asked.choices.get(question.choices, {})
    unknown, own_key = (*answers.dont_know, *answers.refused), question.key.endswith(".*")
    alike: dict[tuple[str, str, str], list[str]] = {}
    for code, choice in listed.items():
        if code not in (*answers.no, *unknown):
            alike.setdefault((choice.means if own_key else "", choice.mode, choice.detail), []).append(code)
    label = question.short.get(language, "")
    for (means, mode, detail), yes in alike.items():
        no = [code for code in listed if code not in (*yes, *unknown)]
        codes = {} if (tuple(yes), tuple(no)) == (answers.yes, answers.no) else {"yes": yes, "no": no}
        keys = {
            "label": label,
            **codes,
            "mode": mode,
            "detail": detail,
            **question.also,
            "routing": _routing(asked, gates),
        }
        key = question.key.removesuffix("*") + means
        yield key, {"column": name, **{k: v for k, v in keys.items() if v}}


def _codes(asked: Questionnaire, question: Question, language: str) -> dict[str, Any]:
    """Returns the entries of survey.yaml about the codes of a question that is not a yes/no question:
    `{"codes": {"1": "men"}, "missing": ["9"]}` for a group, and `{"men": ["1"]}` for other keys."""
    answers, listed = asked.answers, asked.choices.get(question.choices, {})
    unknown = [
        c
        for c, choice in listed.items()
        if c in (*answers.dont_know, *answers.refused) or choice.means == "missing"
    ]
    kept = {code: choice for code, choice in listed.items() if code not in unknown}
    missing = {"missing": unknown} if unknown else {}
    if question.key.startswith("sectors."):
        return missing
    if question.key.startswith("groups."):
        classified = "classification" in question.also
        return {
            "codes": {code: c.means if classified else c.label[language] for code, c in kept.items()},
            **missing,
        }
    codes: dict[str, Any] = {}
    for code, choice in kept.items():
        codes.setdefault(choice.means, []).append(code)
    return codes | missing


def _routing(asked: Questionnaire, gates: tuple[str, ...]) -> dict[str, Any]:
    """Returns the gates of a question (conditions on earlier questions) in the form of survey.yaml. The
    question is asked if at least one gate does not say *no*. A stopped interview counts as asked, so that its
    blanks are not read as *no*."""
    each = []
    for gate in gates:
        stopped = [STOPPED] if gate in asked.gates else []
        each.append(
            {
                "column": gate,
                "asked": [*asked.codes_meaning(gate, "not no"), *stopped],
                "skipped": asked.codes_meaning(gate, "no"),
            }
        )
    return {"any": each} if len(each) > 1 else dict(*each)


def _as_text(node: Any) -> Any:
    """Returns the content of a YAML file with every number and word as text, because the kit reads YAML files
    in this way."""
    if isinstance(node, dict):
        return {str(key): _as_text(value) for key, value in node.items()}
    return [_as_text(value) for value in node] if isinstance(node, list) else str(node)


def _as_by_hand(node: Any) -> Any:
    """Returns content for a YAML file in the form that a person would write: numbers without quotes, and each
    entry of a list on one line."""
    if isinstance(node, dict):
        return {_as_by_hand(key): _as_by_hand(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_Line(plain) if isinstance(plain := _as_by_hand(value), dict) else plain for value in node]
    return int(node) if isinstance(node, str) and WHOLE.fullmatch(node) else node


class _Line(dict[Any, Any]):
    """A mapping that is written on one line of YAML: `{column: SEX, codes: {1: men}}`."""


class _Dumper(yaml.SafeDumper):
    """Writes YAML in the kit's style: lists indented under their key, no anchors, and the words `yes` and
    `no` without quotes. The kit reads all values as text, so these words need no quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Line, lambda dumper, line: dumper.represent_mapping("tag:yaml.org,2002:map", line, flow_style=True)
)
_Dumper.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for letter, pairs in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
