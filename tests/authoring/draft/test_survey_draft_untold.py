"""Tests that a draft says in its first lines what could not be told, and guesses nothing from it: gates,
names of ODK, labels in an unknown language, results of interviews. A draft of many columns takes its time
linearly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from fltoolkit.authoring.draft.survey_draft import make_draft
from fltoolkit.yaml_files.loading import UNANSWERED

PERSONS = 600
ROWS = np.arange(PERSONS)
BASE: dict[str, Sequence[object]] = {
    "HH": ROWS // 3,
    "LN": ROWS % 3 + 1,
    "AGE": 10 + ROWS * 7 % 60,
    "WT": 1.5 + ROWS % 97 / 10,
    "PSU": ROWS // 30,
    "STRATUM": ROWS // 300,
}
YES_NO = {1: "Yes", 2: "No"}
RESULT = {1: "Completed", 2: "Partly completed", 3: "Not at home", 4: "Refused"}
RESULTS = np.where(ROWS % 5 == 4, 2 + ROWS // 5 % 3, 1)
GERMAN = {
    "AGE": "Alter in Jahren",
    "WT": "Gewicht der Person",
    "A1": "Wurden Sie mit Gewalt bedroht?",
    "A2": "Wurde Ihr Passport einbehalten?",
    "A3": "Haben Sie für Lohn gearbeitet?",
    "S": "Geschlecht",
}


def yes_no(every: int, asked: np.ndarray | None = None) -> np.ndarray:
    """Answers of which each `every`-th is a yes; blank where `asked` is false."""
    answers = np.where(ROWS % every == 0, 1.0, 2.0)
    return answers if asked is None else np.where(asked, answers, np.nan)


def spss(
    folder: Path,
    columns: Mapping[str, object],
    labels: Mapping[str, str],
    codes: Mapping[str, Mapping[int, str]],
) -> list[str]:
    """Returns the lines of the draft of an SPSS file with these columns, labels and labels of codes."""
    table = pd.DataFrame({**BASE, **columns})
    pyreadstat.write_sav(
        table,
        str(folder / "a.sav"),
        column_labels=[labels.get(c, "") for c in table],
        variable_value_labels=dict(codes),
    )
    return make_draft(folder / "a.sav", "a.sav").text.splitlines()


def csv(folder: Path, columns: Mapping[str, object], without: Sequence[str] = ()) -> list[str]:
    pd.DataFrame({**BASE, **columns}).drop(columns=list(without)).to_csv(folder / "a.csv", index=False)
    return make_draft(folder / "a.csv", "a.csv").text.splitlines()


def starting(lines: Sequence[str], start: str) -> list[str]:
    return [line.strip() for line in lines if line.strip().startswith(start)]


def test_the_gate_of_several_questions_is_drafted_as_a_gate_and_not_as_an_item(tmp_path: Path) -> None:
    """Before, it stood under items, and who passed the filter was a case on one side."""
    gate = yes_no(2)
    after = {name: yes_no(every, gate == 1) for name, every in (("A1", 3), ("A2", 4), ("A3", 5))}
    labels = {
        "F1": "Forced to do hazardous work",
        "A1": "Forced to work overtime",
        "A2": "Worked longer than agreed",
        "A3": "Threatened with violence",
    }
    lines = spss(tmp_path, {"F1": gate, **after}, labels, dict.fromkeys(labels, YES_NO))
    assert len(starting(lines, "# hazardous_work: {column: F1")) == 1
    assert starting(lines, "- {column: F1") == []
    (gates,) = starting(lines, "# GATES")
    assert "F1" in gates
    for name in after:
        assert starting(lines, f"- {{column: {name}")[0].endswith(
            "routing: {column: F1, asked: 1, skipped: 2}}"
        )


def test_a_side_whose_only_question_is_a_gate_must_be_answered(tmp_path: Path) -> None:
    gate = yes_no(2)
    columns = {"F1": gate, "A1": yes_no(3, gate == 1), "A2": yes_no(4, gate == 1)}
    labels = {"F1": "Forced to do hazardous work", "A1": "Threatened with violence", "A2": "Locked up"}
    lines = spss(tmp_path, columns, labels, dict.fromkeys(labels, YES_NO))
    assert starting(lines, "involuntary:")[0].startswith(f"involuntary: {UNANSWERED}")
    assert any("NOT FOUND" in line and "involuntary" in line for line in lines[:8])


def test_the_groups_of_odk_in_a_name_give_no_role(tmp_path: Path) -> None:
    """Before, hh/line and hh/size were offered as the household, because the group is called hh."""
    columns = {
        "hh/id": BASE["HH"], "hh/line": BASE["LN"], "hh/size": 1 + ROWS % 8,
        "m/age": BASE["AGE"], "m/wgt": BASE["WT"], "w/rooms": 1 + ROWS % 40,
    }  # fmt: skip
    lines = csv(tmp_path, columns, without=("HH", "LN", "AGE", "WT"))
    assert starting(lines, "age:") == ['age: {column: "m/age"}  # the name m/age']
    assert starting(lines, "weight:") == ['weight: "m/wgt"  # the name m/wgt']
    assert starting(lines, "household:") == ['household: "hh/id"  # the name hh/id']


@pytest.mark.parametrize("ticked", [(1, 0), ("True", "False")])
def test_a_select_multiple_of_odk_is_one_question_by_its_answers(
    tmp_path: Path, ticked: tuple[object, object]
) -> None:
    """Before, the column of all answers was one question, and its answers were others beside it."""
    options = {f"m/means/{o}": ROWS % k == 0 for o, k in (("debt", 3), ("papers", 4), ("threat", 5))}
    joined = [" ".join(o.rpartition("/")[2] for o, yes in options.items() if yes[i]) for i in ROWS]
    columns = {o: np.where(yes, *ticked) for o, yes in options.items()}
    lines = csv(tmp_path, {"m/means": joined, **columns})
    assert starting(lines, '#     - {column: "m/means"') == []
    assert [line.partition("  # ")[0] for line in starting(lines, "#     - ")] == [
        f'#     - {{column: "{o}", yes: {ticked[0]}, no: {ticked[1]}}}' for o in options
    ]
    assert not any("Questions not placed" in line for line in lines)


def test_a_column_is_offered_for_one_role_only(tmp_path: Path) -> None:
    """Before, `household: <answer>  # HH; or is it hh_person?` stood beside a key with hh_person."""
    lines = csv(tmp_path, {"hh_person": BASE["LN"]}, without=("LN",))
    assert starting(lines, "person:")[0].startswith("person: {path: a.csv, key: [HH, hh_person]}")
    assert starting(lines, "household:") == ["household: HH  # the name HH"]


def test_labels_of_an_unknown_language_are_said_so_and_nothing_is_guessed_from_them(tmp_path: Path) -> None:
    """Before, a word that two languages share placed a question, and no line said why most were missing."""
    codes = {**{name: {1: "Ja", 2: "Nein"} for name in ("A1", "A2", "A3")}, "S": {1: "Mann", 2: "Frau"}}
    columns = {"A1": yes_no(3), "A2": yes_no(4), "A3": yes_no(2), "S": 1 + ROWS % 2}
    lines = spss(tmp_path, columns, GERMAN, codes)
    assert starting(lines[:6], "# NOT TOLD: the labels are in a language")
    assert starting(lines, "weight:") == ["weight: WT  # the name WT; its label: Gewicht der Person"]
    assert starting(lines, "withheld_documents:") == []
    words = {"R": np.where(ROWS % 2, "gut", "miserabel")}
    assert not any("miserabel" in line for line in spss(tmp_path, {**columns, **words}, GERMAN, codes))


def test_of_a_file_that_tells_all_the_first_lines_say_nothing_more(tmp_path: Path) -> None:
    labels = {
        "Q1": "Worked for pay", "A1": "Forced to work overtime", "A2": "Threatened with violence",
        "A3": "Same work or job",
    }  # fmt: skip
    lines = spss(
        tmp_path, {c: yes_no(i + 2) for i, c in enumerate(labels)}, labels, dict.fromkeys(labels, YES_NO)
    )
    assert lines[3] == ""


@pytest.mark.parametrize(
    "label",
    [
        "Result of the interview",
        "Interview status",
        "Result of individual interview",
        "Résultat de l'interview",
        "Resultado de la entrevista",
    ],
)
def test_the_result_of_the_interview_is_drafted_as_the_modules(tmp_path: Path, label: str) -> None:
    """Before, HV015 was no role, and the routing of every question."""
    answered = RESULTS == 1
    columns = {"HV015": RESULTS, "A1": yes_no(3, answered), "A2": yes_no(4, answered)}
    labels = {"HV015": label, "A1": "Forced to work overtime", "A2": "Threatened with violence"}
    codes = {"HV015": RESULT, "A1": YES_NO, "A2": YES_NO}
    lines = spss(tmp_path, columns, labels, codes)
    at = lines.index("module:")
    assert [line.partition("  # ")[0].strip() for line in lines[at + 1 : at + 5]] == [
        "column: HV015",
        "answered: 1",
        "refused: 4",
        f"{UNANSWERED}: [2, 3]",
    ]
    assert not any("routing" in line for line in lines)


def test_the_result_of_another_interview_is_asked(tmp_path: Path) -> None:
    columns = {"HV015": RESULTS, "A1": yes_no(3)}
    labels = {"HV015": "Result of the interview", "A1": "Threatened with violence"}
    lines = spss(tmp_path, columns, labels, {"HV015": RESULT, "A1": YES_NO})
    (column,) = starting(lines[lines.index("module:") :], f"column: {UNANSWERED}")
    assert "it may be the result of another interview" in column
    household = spss(
        tmp_path,
        columns,
        {**labels, "HV015": "Result of the household interview"},
        {"HV015": RESULT, "A1": YES_NO},
    )
    assert "module:" not in household


@pytest.mark.thorough("drafts files of 400 and of 1,600 columns")
def test_the_time_of_a_draft_grows_with_its_columns_and_not_with_their_square(tmp_path: Path) -> None:
    """Before, the seconds of 2,000 equal columns were twice as many."""
    taken = []
    for count in (400, 1600):
        names = [f"Q{i}" for i in range(count)]
        labels = dict.fromkeys(names, "Were you threatened with violence")
        start = process_time()
        spss(tmp_path, dict.fromkeys(names, yes_no(3)), labels, dict.fromkeys(names, YES_NO))
        taken.append(process_time() - start)
    assert taken[1] < 10 * taken[0]  # the square would be sixteen times
