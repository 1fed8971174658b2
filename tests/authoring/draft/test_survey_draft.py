"""Tests `fltoolkit new`: what it proposes from labels and from codes without labels, what it leaves to the
user, and what it never does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import norvia_labels as norvia
import pandas as pd
import pyreadstat
import pytest
import yaml
from draft_columns import drafted

import fltoolkit as fl
from fltoolkit.authoring.draft.survey_draft import make_draft, write_draft
from fltoolkit.cli import main
from fltoolkit.errors import DataError, RequestError, SpecError
from fltoolkit.survey.spec.survey_spec import read_spec
from fltoolkit.yaml_files.loading import UNANSWERED, load_yaml

SHIPPED = norvia.PERSONS.with_name("survey.yaml")
# What no data file can say, and what is a matter of taste.
NOT_IN_A_FILE = re.compile(
    r"(title|country|year|round|reference_period|coverage_excludes|tables)\b|.*\.(label(\.\w+)?|stage|mode|path)$|.*\.codes\.|module\.labels\."
)


def facts(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """What a survey.yaml says, each as a key and a value; a question is named by its column, codes have no
    order.

    Of gates behind each other the last is told, as the shipped surveys name it.
    """
    if isinstance(node, dict) and "all" in node:
        yield from facts(node["all"][-1], key)
    elif isinstance(node, dict):
        for step, below in node.items():
            yield from facts(below, f"{key}.{step}" if key else step)
    elif isinstance(node, list) and node and isinstance(node[0], dict):
        for i, below in enumerate(node):
            yield from facts(below, f"{key}.{below.get('column', i)}")
    else:
        yield key, ", ".join(sorted(map(str, node))) if isinstance(node, list) else str(node)


def found(draft: dict[str, Any], said: dict[str, Any]) -> tuple[int, int]:
    """How many of the facts that a file can tell the draft has right, and how many there are."""
    mine, theirs = dict(facts(draft)), dict(facts(said))
    tellable = {key: value for key, value in theirs.items() if not NOT_IN_A_FILE.match(key)}
    return sum(mine.get(key) == value for key, value in tellable.items()), len(tellable)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("norvia")


@pytest.fixture(scope="module")
def stata(folder: Path) -> Path:
    return norvia.write_stata(folder / "persons.dta")


@pytest.fixture(scope="module")
def of_spss(folder: Path) -> dict[str, Any]:
    return drafted(norvia.write_spss(folder / "first.sav", persons=2_000))


# ----------------------------------------------------------------------------------------- how much of a surv


@pytest.mark.thorough("a draft of a whole sample")
def test_most_of_a_survey_is_found_in_its_french_labels(of_spss: dict[str, Any]) -> None:
    right, of = found(of_spss, load_yaml(SHIPPED))
    assert right >= 0.75 * of, (right, of)


def test_without_labels_the_design_and_the_columns_with_telling_names_are_found(tmp_path: Path) -> None:
    data = tmp_path / "persons.csv"
    data.write_bytes(norvia.PERSONS.read_bytes())
    draft = drafted(data)
    assert draft["files"]["person"] == {"path": "persons.csv", "key": ["HH", "LINE"]}
    assert draft["design"] == {
        "weight": "W_LFS",
        "strata": "STRATUM",
        "psu": "EA",
        "household": "HH",
        "selection": UNANSWERED,
    }
    assert draft["age"] == {"column": "AGE", UNANSWERED: "999"}
    assert draft["populations"]["adults"]["weight"] == "W_FL"
    assert {
        name: group.get("column")
        for name, group in draft["groups"].items()
        if name not in ("age_group", "disability")
    } == {
        "sex": "SEX",
        "region": "REGION",
        "area": "AREA",
        "migrant": "BORN",
        "status": "STATUS",
        "education": "EDU",
        "informality": "INFORMAL",
        "social_protection": "SOCPROT",
        "employer": "EMPLOYER",
        "wealth": "WEALTH",
        "recruitment_fee": "FEE",
        "debt": "DEBT",
    }
    assert draft["groups"]["disability"]["washington_group"] == [
        "SEE",
        "HEAR",
        "WALK",
        "REMEMBER",
        "CARE",
        "SPEAK",
    ]
    assert draft["occupations"]["main_job_occupation"]["column"] == "ISCO"
    asked = [
        "answers",
        "items.involuntary",
        "items.coercion",
        "groups.sex.codes.1",
        "sectors.sector.revision",
        "module.answered",
    ]
    assert [dict(facts(draft))[key] for key in asked] == [UNANSWERED] * 6
    text = (tmp_path / "persons.csv.yaml").read_text("utf-8")
    # Tests that read the draft name one gate only; `routing: {all: …}` is tried as text.
    gates = "routing: {all: [{column: WORKED, asked: 1, skipped: 2}, {column: FILTER, asked: 1, skipped: 2}]}"
    assert f"#     - {{column: FC3, {gates}}}  # 1, 2, 9" in text


def test_of_a_column_of_many_codes_the_first_are_shown_and_that_there_are_more(tmp_path: Path) -> None:
    pd.DataFrame({"zz": [*range(1, 16)] * 80, "yy": [*range(1, 13)] * 100}).to_csv(
        tmp_path / "a.csv", index=False
    )
    drafted(tmp_path / "a.csv")
    lines = (tmp_path / "a.csv.yaml").read_text("utf-8").splitlines()
    assert "#   zz  # 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …" in lines
    assert "#   yy  # 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12" in lines


def test_stata_codes_of_no_answer_stand_with_their_point(stata: Path) -> None:
    draft = drafted(stata)
    assert draft["answers"] == {"yes": "1", "no": "2", "dont_know": ".a", "refused": ".b"}
    assert draft["age"]["missing"] == ".c"
    assert draft["form"]["missing"] == ".a"
    assert draft["months"]["missing"] == ".a"


@pytest.mark.thorough("drafts and publishes a whole sample")
@pytest.mark.no_cover  # the lines it runs are covered by others
def test_a_draft_answered_by_its_reader_gives_the_shipped_surveys_numbers(folder: Path) -> None:
    """The whole way: draft, answer what is marked, move two questions, add the exceptions; then estimate."""
    draft = drafted(norvia.write_spss(folder / "persons.sav"))
    draft |= {
        "title": "N",
        "country": "Norvia",
        "year": "2025",
        "language": "en",
        "reference_period": {"months": "12", "text": "12 months"},
    }
    draft["design"]["selection"], draft["months"]["covers"], draft["coverage_excludes"] = (
        "pps",
        "all_spells",
        ["the homeless"],
    )
    draft["sectors"]["sector"]["job"] = "forced_labour"
    draft["occupations"]["main_job_occupation"]["job"] = "all_workers"
    for amount in ("recruitment_fee", "debt"):
        draft["groups"][amount]["bands"] = ["1", "200", "500"]
    workers, coerced, named = (
        {"routing": {"column": c, "asked": "1", "skipped": "2"}} for c in ("WORKED", "FILTER", "FILTER3")
    )
    involuntary, coercion = draft["items"]["involuntary"], draft["items"]["coercion"]
    involuntary["different_job"] = [{"column": "FI2", **workers}]
    involuntary["no_freedom_to_leave"] = [{"column": "FLEAVE", "yes": "2", "no": ["1", "3"], **workers}]
    coercion["threats_or_violence"][1]["mode"] = "witnessed"
    for question in (
        q for questions in coercion.values() for q in questions
    ):  # the shipped survey names the last gate of a chain
        question["routing"] = question["routing"]["all"][-1]
    same = draft["episodes"]["same_work"]
    same["routing"] = same["routing"]["all"][-1]
    coercion["threats_or_violence"].append({"column": "FLEAVE", "yes": "3", "no": ["1", "2"], **workers})
    coercion["withheld_wages"] = [{"column": "FC4", **coerced}]
    kinds = {
        "military_conscription": ("1", ["0", "2", "3"]),
        "convict_labour": ("2", ["0", "1", "3"]),
        "minor_communal_services": ("3", ["0", "1", "2"]),
    }
    draft["exceptions"] = {
        "kinds": {
            kind: {"column": "FEXC", "yes": yes, "no": no, **named} for kind, (yes, no) in kinds.items()
        },
        "within_limits": "FEXC_LIM",
    }
    (folder / "answered.yaml").write_text(yaml.safe_dump(draft, allow_unicode=True), "utf-8")
    survey, shipped = fl.read_survey(folder / "answered.yaml"), fl.read_survey(SHIPPED)
    assert fl.check(survey).query("severity == 'error'").empty
    tables = [fl.prevalence(fl.classify(s), by=[[], ["age_group"]]).table for s in (survey, shipped)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


# ------------------------------------------------------------------------------------------ what is left to t


def test_the_loader_names_every_key_that_is_still_open(tmp_path: Path) -> None:
    (tmp_path / "survey.yaml").write_text(
        f"title: {UNANSWERED}\nyear: 2025\ngroups:\n  sex: {{codes: {{1: {UNANSWERED}}}}}\n"
        f"round: [a, {UNANSWERED}]\n"
    )
    with pytest.raises(SpecError) as error:
        read_spec(tmp_path / "survey.yaml")
    told = str(error.value)
    assert "3 key(s) still say <answer>:\n  - title\n  - groups.sex.codes.1\n  - round.1\n" in told
    assert "do:      answer them" in told


def test_the_codes_of_whether_one_could_leave_are_never_taken_from_their_labels(
    of_spss: dict[str, Any],
) -> None:
    """« Pouvait-il quitter ce travail librement » is answered yes by those who were free."""
    asked = of_spss["items"]["involuntary"]["no_freedom_to_leave"]
    assert [(q["column"], q["yes"], q["no"]) for q in asked] == [("FLEAVE", UNANSWERED, UNANSWERED)]


def test_the_terminal_lists_what_needs_an_answer_and_counts_it(
    people: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people.to_csv(tmp_path / "people.csv", index=False)
    assert main(["new", str(tmp_path / "people.csv")]) == 0
    told, text = capsys.readouterr().out, (tmp_path / "survey.yaml").read_text("utf-8")
    opened = [
        i for i, line in enumerate(text.splitlines(), 1) if UNANSWERED in line and not line.startswith("#")
    ]
    assert [int(n) for n in re.findall(r"^line (\d+)", told, re.M)] == opened
    saying = [
        line for line in text.splitlines() if line and not line.startswith("#") and UNANSWERED not in line
    ]
    assert f"drafted {len(saying)} lines; {len(opened)} need an answer" in told
    assert f"line {opened[0]:<5}title: <answer>  # the survey and its module" in told
    assert main(["check", str(tmp_path / "survey.yaml")]) == 2
    assert f"still say {UNANSWERED}" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------ what


def test_a_file_that_is_there_is_never_overwritten(
    people: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "survey.yaml").write_text("mine")
    assert main(["new", str(tmp_path / "people.csv")]) == 2
    assert "a draft never overwrites a file" in capsys.readouterr().err
    assert (tmp_path / "survey.yaml").read_text() == "mine"
    assert main(["new", str(tmp_path / "people.csv"), "--out", str(tmp_path / "other.yaml")]) == 0
    assert load_yaml(tmp_path / "other.yaml")["files"]["person"]["path"] == "people.csv"


def test_the_draft_stands_where_the_loader_will_find_the_data(people: pd.DataFrame, tmp_path: Path) -> None:
    for name in ("data", "elsewhere"):
        (tmp_path / name).mkdir()
    people.to_csv(tmp_path / "data" / "people.csv", index=False)
    write_draft(tmp_path / "data" / "people.csv", tmp_path / "survey.yaml")
    assert load_yaml(tmp_path / "survey.yaml")["files"]["person"]["path"] == "data/people.csv"
    with pytest.raises(RequestError, match="the data are not in the folder"):
        write_draft(tmp_path / "data" / "people.csv", tmp_path / "elsewhere" / "survey.yaml")
    with pytest.raises(RequestError, match="there is no such folder"):
        write_draft(tmp_path / "data" / "people.csv", tmp_path / "nowhere" / "survey.yaml")


@pytest.mark.parametrize(
    ("content", "said"), [("", "the file is empty"), ("hh,line\n", "the file has no rows")]
)
def test_there_is_no_draft_of_nothing(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "people.csv").write_text(content)
    with pytest.raises(DataError, match=said):
        write_draft(tmp_path / "people.csv")
    assert not (tmp_path / "survey.yaml").exists()


def test_what_persons_wrote_is_not_in_the_draft(people: pd.DataFrame, tmp_path: Path) -> None:
    people.assign(
        name=[f"Rosa {i}" for i in range(16)],
        note=["unpaid since May"] + [""] * 15,
        income=[1234.5 + i for i in range(16)],
    ).to_csv(tmp_path / "people.csv", index=False)
    text = make_draft(tmp_path / "people.csv", "people.csv").text
    assert not [words for words in ("Rosa", "unpaid", "1234.5") if words in text]
    assert "#   name  # different texts: 16\n" in text


def test_the_encoding_of_an_old_file_is_used_and_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pd.DataFrame({"milieu": ["Côte", "Plaine"] * 30, "id": range(60)})
    table.to_csv(tmp_path / "a.csv", index=False, encoding="cp1252")
    assert main(["new", str(tmp_path / "a.csv"), "--encoding", "cp1252"]) == 0
    draft = load_yaml(tmp_path / "survey.yaml")
    assert draft["files"]["person"]["encoding"] == "cp1252"
    assert set(draft["groups"]["area"]["codes"]) == {"Côte", "Plaine"}
    with pytest.raises(SystemExit):
        main(["new", str(tmp_path / "a.csv"), "--encoding", "klingon"])
    assert "not an encoding that Python knows" in capsys.readouterr().err


def test_a_csv_of_a_french_excel_is_drafted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Semicolons, decimal commas, answers in words, cp1252: the weight, the key and the answers are found."""
    said = {
        "REFUSÉ": ["Oui", "Non", "Refusé", "NSP"] * 4,
        "ABUS": ["Oui", "Non"] * 8,
        "REGION": ["NS", "NC", "NO", "OUEST"] * 4,
    }
    table = sample(**said).rename(columns={"hhid": "ID_MENAGE", "line": "NUM_IND", "weight": "POIDS"})
    table = pd.concat(
        [table.assign(ID_MENAGE=table["ID_MENAGE"] + 10 * i, POIDS=table["POIDS"] + i / 7) for i in range(3)]
    )
    table.to_csv(tmp_path / "a.csv", index=False, sep=";", decimal=",", encoding="cp1252")
    assert main(["new", str(tmp_path / "a.csv")]) == 2
    told = capsys.readouterr().err
    assert "found:   text that is not UTF-8" in told
    assert "of `fltoolkit new` as --encoding cp1252" in told
    write_draft(tmp_path / "a.csv", encoding="cp1252")
    draft = load_yaml(tmp_path / "survey.yaml")
    assert draft["files"]["person"] == {
        "path": "a.csv",
        "key": ["ID_MENAGE", "NUM_IND"],
        "encoding": "cp1252",
        "decimal": ",",
    }
    assert draft["design"]["weight"] == "POIDS"
    assert draft["answers"] == {"yes": "Oui", "no": "Non", "dont_know": "NSP", "refused": "Refusé"}
    assert (
        "missing" not in draft["groups"]["region"]
    )  # its codes look like answers, and there is no yes among them


def test_commas_of_a_column_of_answers_are_no_decimals(tmp_path: Path) -> None:
    """Several answers in one cell, as 1,2, are few; a weight's values are many."""
    sample(several=["1,2", "2,3", "1", "3"] * 4).to_csv(tmp_path / "a.csv", index=False, sep=";")
    assert "decimal" not in drafted(tmp_path / "a.csv")["files"]["person"]


# ------------------------------------------------------------------------------------------------- tried on t


def sample(**changed: Any) -> pd.DataFrame:
    """Two strata of two villages of two households of two persons."""
    rows = range(16)
    columns = {
        "stratum": [i // 8 for i in rows],
        "psu": [i // 4 for i in rows],
        "hhid": [i // 2 for i in rows],
        "line": [i % 2 + 1 for i in rows],
        "weight": [1.5 + i for i in rows],
    }
    return pd.DataFrame({**columns, **changed})


@pytest.mark.parametrize(
    ("changed", "key", "household", "nest"),
    [
        ({}, ["hhid", "line"], "hhid", None),
        ({"line": range(16)}, "line", "hhid", None),
        ({"hhid": [i // 2 % 2 for i in range(16)]}, ["psu", "hhid", "line"], ["psu", "hhid"], None),
        ({"psu": [i // 4 % 2 for i in range(16)]}, ["hhid", "line"], "hhid", "true"),
        (
            {"psu": [i // 4 % 2 for i in range(16)], "hhid": [i // 2 % 2 for i in range(16)]},
            ["stratum", "psu", "hhid", "line"],
            ["stratum", "psu", "hhid"],
            "true",
        ),
        ({"line": [1] * 8 + [1, 2] * 4}, UNANSWERED, "hhid", None),
    ],
)
def test_the_key_and_restarting_labels_are_tried(
    tmp_path: Path, changed: dict[str, Any], key: Any, household: Any, nest: Any
) -> None:
    sample(**changed).to_csv(tmp_path / "a.csv", index=False)
    draft = drafted(tmp_path / "a.csv")
    assert draft["files"]["person"]["key"] == key
    assert draft["design"]["household"] == household
    assert draft["design"].get("nest") == nest


def test_codes_that_differ_from_the_usual_ones_are_said(tmp_path: Path) -> None:
    table = pd.DataFrame({c: [1.0, 2.0, 8.0, 9.0] * 5 for c in ("a", "b", "odd", "more")}).assign(
        id=range(20)
    )
    usual, odd = {1: "Yes", 2: "No", 8: "Don't know", 9: "Refused"}, {1: "No", 2: "Yes", 8: "Not applicable"}
    labels = {"a": "Documents kept", "b": "Bound by a debt", "odd": "Wages withheld", "more": "Locked in"}
    values = {"a": usual, "b": usual, "odd": odd | {9: "No answer"}, "more": usual | {3: "Sometimes"}}
    pyreadstat.write_sav(table, str(tmp_path / "a.sav"), column_labels=labels, variable_value_labels=values)
    draft = drafted(tmp_path / "a.sav")
    assert draft["answers"] == {"yes": "1", "no": "2", "dont_know": "8", "refused": "9"}
    coercion = draft["items"]["coercion"]
    assert coercion["withheld_documents"] == [{"column": "a", "label": "Documents kept"}]
    own = coercion["withheld_wages"][0]
    assert (own["yes"], own["no"], own["dont_know"], own["not_applicable"]) == ("2", "1", "9", "8")
    open_ = {"column": "more", "label": "Locked in", "yes": "1", "no": "2", UNANSWERED: "3"}
    assert coercion["restricted_movement"] == [open_]  # what "sometimes" is, is for the reader to say
    with pytest.raises(SpecError, match=r"items\.coercion\.restricted_movement\.0\.<answer>"):
        read_spec(tmp_path / "a.sav.yaml")


@pytest.mark.parametrize(
    ("label", "open_"),
    [
        ("Are you still in this situation today?", False),
        ("Êtes-vous toujours dans cette situation ?", False),
        ("Вы все еще там работаете?", True),
    ],
)
def test_the_question_whether_it_goes_on_is_drafted(tmp_path: Path, label: str, open_: bool) -> None:
    """It reads like no item and no form of work; a question on work today is not it. In another language its
    codes are asked."""
    table = pd.DataFrame({c: [1.0, 2.0] * 10 for c in ("a", "b", "c")}).assign(id=range(20))
    labels = {"a": "Documents kept", "b": label, "c": "Currently attending school"}
    usual = {1: "Yes", 2: "No"}
    pyreadstat.write_sav(
        table,
        str(tmp_path / "a.sav"),
        column_labels=labels,
        variable_value_labels=dict.fromkeys("abc", usual),
    )
    asked = {"yes": UNANSWERED, "no": UNANSWERED} if open_ else {}
    assert drafted(tmp_path / "a.sav")["current"] == [{"column": "b", "label": label, **asked}]


def test_no_column_is_lost(tmp_path: Path) -> None:
    """Two questions on one thing: the first is proposed, the other is listed; and so is every column that has
    no place."""
    labels = {
        "p1": "Answered by a proxy",
        "p2": "Proxy, second visit",
        "free": "Something else",
        "res": "Result of the module",
    }
    table = pd.DataFrame({c: [1.0, 2.0] * 10 for c in labels}).assign(id=range(20), note=["x"] * 20)
    values = {key: {1: "Yes", 2: "No"} for key in ("p1", "p2", "free")} | {
        "res": {1: "Yes", 2: "Not selected"}
    }
    pyreadstat.write_sav(table, str(tmp_path / "a.sav"), column_labels=labels, variable_value_labels=values)
    assert drafted(tmp_path / "a.sav")["interview"]["proxy"]["column"] == "p1"
    text = (tmp_path / "a.sav.yaml").read_text("utf-8")
    assert [c for c in table.columns if not re.search(rf"\b{c}\b", text)] == []
    assert "#     - {column: p2, label: " in text


def test_labels_of_yes_and_no_on_a_column_taken_for_another_thing_do_no_harm(tmp_path: Path) -> None:
    table = pd.DataFrame({"res": [5.0, 6.0] * 10, "id": range(20)})
    pyreadstat.write_sav(
        table,
        str(tmp_path / "a.sav"),
        column_labels={"res": "Module result: done"},
        variable_value_labels={"res": {5: "Yes", 6: "No"}},
    )
    draft = drafted(tmp_path / "a.sav")
    assert draft["module"]["column"] == "res"
    assert draft["answers"] == UNANSWERED


def test_a_revision_of_isic_is_never_invented(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "a": [float(101 + i * 37) for i in range(40)],
            "b": [float(101 + i * 37) for i in range(40)],
            "id": range(40),
        }
    )
    labels = {"a": "Industry of main job", "b": "Economic activity (ISIC Rev. 4)"}
    pyreadstat.write_sav(table, str(tmp_path / "a.sav"), column_labels=labels)
    sectors = {s["column"]: s["revision"] for s in drafted(tmp_path / "a.sav")["sectors"].values()}
    assert sectors == {"a": UNANSWERED, "b": "isic_rev4"}


@pytest.mark.no_cover  # the lines it runs are covered by others
def test_a_very_wide_file_is_drafted(tmp_path: Path) -> None:
    wide = pd.concat(
        [sample(), pd.DataFrame(1.0, index=range(16), columns=[f"v{i}" for i in range(500)])], axis=1
    )
    wide.to_parquet(tmp_path / "a.parquet")
    assert drafted(tmp_path / "a.parquet")["files"]["person"]["key"] == ["hhid", "line"]
