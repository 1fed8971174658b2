"""Tests what a draft must not guess: whether unpaid work was imposed, which answer says that a person could
not leave, whether a question is a filter, and how replicate weights were made. Nobody's own words are in a
draft."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
import yaml
from draft_columns import column, drafted, unused
from draft_surveys import OWN_WORDS, REPLICATES, rows, write_survey

import fltoolkit as fl
from fltoolkit.authoring.draft.column_contents import has_own_words
from fltoolkit.authoring.draft.column_roles import key_of_question
from fltoolkit.authoring.draft.files_and_design_lines import find_replicates
from fltoolkit.authoring.draft.survey_draft import make_draft
from fltoolkit.authoring.draft.vocabulary import why_unclear
from fltoolkit.yaml_files.loading import UNANSWERED

FILES = [("en", ".sav"), ("fr", ".dta"), ("es", ".sav"), ("en", ".dta"), ("fr", ".sav"), ("es", ".dta")]
OPEN = (UNANSWERED, UNANSWERED)
LEAVING = "items.involuntary.no_freedom_to_leave"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drafts")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            file,
            id="".join(file),
            marks=[] if i < 3 else pytest.mark.thorough("each language in its other format"),
        )
        for i, file in enumerate(FILES)
    ],
)
def draft(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    language, kind = request.param
    return drafted(write_survey(folder / f"{language}{kind}", language))


def placed(draft: dict[str, Any]) -> dict[str, tuple[str, Any, Any]]:
    """Returns the questions of the items, by column: the item, and what the draft says of yes and no."""
    return {
        q["column"]: (item, q.get("yes"), q.get("no"))
        for side in draft["items"].values()
        if isinstance(side, dict)
        for item, questions in side.items()
        for q in questions
    }


@pytest.mark.thorough("drafts of six labelled files")
def test_unpaid_work_is_no_item_without_an_answer(draft: dict[str, Any]) -> None:
    """It was an item of involuntary work, so that everybody who helped the family was a step from forced
    labour."""
    item, *codes = placed(draft).get("UNPAID", ("", *OPEN))
    assert tuple(codes) == OPEN, item


def test_the_question_on_leaving_is_found_and_its_codes_are_asked(draft: dict[str, Any]) -> None:
    """It was lost in each language, or its codes were `yes: 1, no: 2`, and that of the threat was nowhere."""
    assert placed(draft)["LEAVE"] == ("no_freedom_to_leave", *OPEN)
    (question,) = draft["items"]["involuntary"]["no_freedom_to_leave"]
    assert question[UNANSWERED] == "3"


def test_the_filter_of_a_block_is_no_item_without_an_answer(draft: dict[str, Any]) -> None:
    item, *codes = placed(draft).get("ANY", ("", *OPEN))
    assert tuple(codes) == OPEN, item
    gated = [
        q
        for side in draft["items"].values()
        for questions in side.values()
        for q in questions
        if "routing" in q
    ]
    assert {q["routing"]["column"] for q in gated} == {"ANY"}


def test_what_is_clear_needs_no_answer(draft: dict[str, Any]) -> None:
    assert {name: placed(draft)[name] for name in ("DEBT", "DOCS", "LOCK", "VIOL")} == {
        "DEBT": ("debt_bondage", None, None),
        "DOCS": ("withheld_documents", None, None),
        "LOCK": ("restricted_movement", None, None),
        "VIOL": ("threats_or_violence", None, None),
    }


def test_replicate_weights_are_named_and_how_they_were_made_is_asked(draft: dict[str, Any]) -> None:
    assert draft["design"]["replicates"] == {"columns": "RW{001..120}", "method": UNANSWERED}
    assert (draft["design"]["weight"], draft["design"]["strata"]) == ("WGT", "STR")
    assert "psu" not in draft["design"]


@pytest.mark.thorough("drafts of many labelled files")
@pytest.mark.parametrize(("language", "kind"), [*FILES, ("en", ".csv")])
def test_nobodys_own_words_are_in_a_draft(language: str, kind: str, folder: Path) -> None:
    """Thirty persons each said one of three sentences: they stood in a comment as codes."""
    data = folder / f"words_{language}{kind}"
    text = make_draft(write_survey(data, language), data.name).text
    assert "OTHS" in text
    assert [words for words in (*OWN_WORDS, "a text of") if words in text] == []


def test_texts_of_a_column_with_blanks_and_rare_texts_are_own_words_whatever_its_name(tmp_path: Path) -> None:
    said = ["he took my papers"] * 30 + ["only I said this"] + [""] * 169
    pd.DataFrame(
        {"id": range(200), "q17b": said, "zone": ["north", "south"] * 100, "other": ["yes", "no"] * 100}
    ).to_csv(tmp_path / "a.csv", index=False)
    text = make_draft(tmp_path / "a.csv", "a.csv").text
    assert "papers" not in text
    assert "north, south" in text
    assert re.search(r"other.*no, yes", text)


def test_words_that_many_said_are_no_list_of_codes(tmp_path: Path) -> None:
    table = {
        "q9_specify": ["no pay given", "held papers", ""] * 40,
        "several": ["wages debt", "wages", "debt"] * 40,
        "T6": [" ".join(two) for two in permutations(("ann", "bello", "chief", "uncle", "mrs"), 2)] * 6,
    }
    text = make_draft_of(tmp_path, table)
    assert not re.search("pay|given|held|ann|bello|chief|uncle|mrs", text)
    assert "contains: wages" in text


PERSONS_WORDS = (
    r"passport|money|dette|famille|patron|tio|Bello|Adebayo|0803|0804|a@b\.example|JB|AO|uncle|08031234567"
)
SAID = "because Mrs Adebayo has my passport"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Q13WHY", ["lost passport"] * 60 + ["no money"] * 60),  # the name asks for own words
        ("pourquoi", ["la dette"] * 60 + ["la famille"] * 60),
        ("QUIEN_FUE", ["el patron"] * 60 + ["mi tio"] * 60),
        ("agent_name", ["Chief Bello"] * 60 + ["Mrs Adebayo"] * 60),
        ("T6", [SAID] * 120),  # a sentence is no answer of a list
        ("T6", ["Chief Bello"] * 29 + ["nobody else"] * 91),  # too few persons share one
        ("T6", ["Chief Bello", "Mrs Adebayo"] * 30 + [f"only I {i % 9}" for i in range(60)]),
        ("T6", ["Bello 0803", "call 0804"] * 60),
        ("T6", ["a@b.example", "c@d.example"] * 60),
        ("who_hit", ["JB", "AO"] * 60),
        ("T6", ["JB", "AO"] * 30 + ["by my own uncle in Lima"] * 60),  # initials
        ("T6", ["08031234567"] * 20 + ["by my own uncle in Lima"] * 100),
    ],
)
def test_texts_are_shown_only_of_a_closed_list(tmp_path: Path, name: str, said: list[str]) -> None:
    """Ten persons of 2,655 who named one man had him in the draft."""
    text = make_draft_of(tmp_path, {name: said, "zone": ["north", "south"] * 60})
    assert not re.search(rf"\b({PERSONS_WORDS})\b", text)
    assert name in text
    assert "north, south" in text


@pytest.mark.parametrize(
    "label",
    [
        "Why could you not leave?",
        "Who threatened you?",
        "Pourquoi n'avez-vous pas pu partir ?",
        "¿Quién lo amenazó?",
        "¿Cuál fue la razón?",
        "Nom de l'agence",
        "Por que não podia sair?",
    ],
)
def test_answers_to_an_open_question_of_spss_are_not_shown(tmp_path: Path, label: str) -> None:
    said = ["Chief Bello", "my uncle"] * 60 + [""] * 30
    pyreadstat.write_sav(pd.DataFrame({"Q13": said}), tmp_path / "a.sav", column_labels={"Q13": label})
    text = make_draft(tmp_path / "a.sav", "a.sav").text
    assert not re.search("Bello|uncle", text)
    assert "different texts: 2" in text
    pyreadstat.write_sav(pd.DataFrame({"Q13": said}), tmp_path / "b.sav", column_labels={"Q13": "Zone"})
    assert (
        "Chief Bello, my uncle" in make_draft(tmp_path / "b.sav", "b.sav").text
    )  # a list, as far as one sees


def test_numbers_of_an_open_question_are_codes(tmp_path: Path) -> None:
    assert "1120, 1130" in make_draft_of(tmp_path, {"what_made": ["1120", "1130"] * 60})


def test_yes_and_no_are_shown_whatever_a_question_asks(tmp_path: Path) -> None:
    text = make_draft_of(tmp_path, {"why_leave": ["Oui", "Non", "Refusé"] * 40})
    assert all(word in text for word in ("Oui", "Non", "Refusé"))


def make_draft_of(folder: Path, table: dict[str, list[str]]) -> str:
    pd.DataFrame(table).to_csv(folder / "b.csv", index=False)
    return make_draft(folder / "b.csv", "b.csv").text


@pytest.mark.parametrize(
    ("name", "label", "own"),
    [
        ("FC7_OTH", "", True),
        ("Q5_SPECIFY", "", True),
        ("V12", "Other penalty (specify)", True),
        ("V12", "Autre, précisez", True),
        ("V12", "Otro, ¿cuál?", True),
        ("V12", "Outro, especifique", True),
        ("REGION", "Region of residence", False),
        ("MOTHER", "Line of the mother", False),
        ("V12", "Another job", False),
    ],
)
def test_a_name_or_label_says_that_a_column_has_own_words(name: str, label: str, own: bool) -> None:
    assert has_own_words(name, label) == own


@pytest.mark.parametrize(
    "label",
    [
        "Could you leave this job",
        "Could you have left your work if you wanted",
        "Can leave the job freely",
        "Was able to leave",
        "Were you free to quit",
        "Could you quit the job",
        "Pouviez-vous quitter cet emploi",
        "Pouvait-il quitter ce travail",
        "Était libre de partir",
        "Pouvait partir quand il voulait",
        "Podía dejar ese trabajo cuando quisiera",
        "¿Podía usted dejar este empleo?",
        "Podía irse",
        "Tenía libertad de dejar el trabajo",
        "Podia deixar o trabalho",
        "Podia sair do emprego",
    ],
)
def test_a_question_on_leaving_is_known_by_its_words_and_never_clear(label: str) -> None:
    assert key_of_question(column("Q", label, {"1": "Yes", "2": "No", "3": "Threatened"})) == LEAVING
    assert why_unclear(label, LEAVING)


@pytest.mark.parametrize(
    ("label", "clear"),
    [
        ("Did unpaid work in the last 12 months", False),
        ("Worked without pay", False),
        ("A travaillé sans rémunération", False),
        ("Trabajó sin pago", False),
        ("Realizó trabajo no remunerado", False),
        ("Trabalhou sem pagamento", False),
        ("Had to work without pay", True),
        ("Was forced to do unpaid work", True),
        ("Worked for very low or no wages", True),
        ("A dû travailler sans salaire", True),
        ("Tuvo que trabajar sin pago", True),
    ],
)
def test_unpaid_work_happened_only_if_it_was_imposed(label: str, clear: bool) -> None:
    reason = why_unclear(label, "items.involuntary.very_low_or_no_wages")
    assert (reason == "") == clear, reason


@pytest.mark.parametrize(
    ("label", "open_"),
    [
        ("Could you go home at night", True),
        ("Nobody let you rest", True),
        ("Had to stay at work", False),
        ("", False),
    ],
)
def test_a_question_without_a_place_asks_for_its_codes_if_its_label_may_turn_them(
    label: str, open_: bool, tmp_path: Path
) -> None:
    codes = {"1": "Yes", "2": "No"}
    made = unused(
        tmp_path,
        {"Q1": [1, 2] * 50, "Q2": [1, 2] * 50},
        {"Q1": label, "Q2": "Was beaten"},
        {"Q1": codes, "Q2": codes},
    )
    from fltoolkit.authoring.draft.commented_blocks import questions_not_placed
    from fltoolkit.authoring.draft.question_lines import find_questions

    (line,) = [
        line for line in map(str, questions_not_placed(made, find_questions(made, None))) if "Q1" in line
    ]
    assert ("yes: <answer>, no: <answer>" in line) == open_


def weights(stem: str, label: str = "", start: int = 1, count: int = 12) -> list[Any]:
    named = [f"{stem}{i}" for i in range(start, start + count)]
    return [
        column(name, label and f"{label} {i}", low=0.5, high=900.0, distinct=90, width=6)
        for i, name in enumerate(named, 1)
    ]


def test_a_series_of_ten_numbered_weights_is_asked_about() -> None:
    income = weights("income_")
    assert find_replicates([*income, *weights("repwt")]) == tuple(weights("repwt"))
    assert len(find_replicates(weights("v", "Bootstrap weight"))) == 12
    assert len(find_replicates(weights("v", "Poids de réplication"))) == 12
    assert find_replicates(weights("repwt", count=9)) == find_replicates(income) == ()


def test_numbered_weights_that_nobody_calls_replicates_are_asked_for_whole(tmp_path: Path) -> None:
    table = {"id": range(60), **{f"weight{i}": [i + row / 7 for row in range(60)] for i in range(1, 13)}}
    text = make_draft_of(tmp_path, {name: list(map(str, values)) for name, values in table.items()})
    assert (
        '    columns: <answer>  # 12 columns, the name weight1 to weight12: "weight{1..12}" if they are '
        "replicates of the weight"
    ) in text


@pytest.mark.thorough("drafts, checks and estimates a survey with 120 replicate weights")
@pytest.mark.no_cover  # the lines it runs are covered by others
def test_a_draft_with_replicate_weights_gives_their_standard_error_and_without_them_check_asks(
    folder: Path,
) -> None:
    """Before, the draft named the PSUs alone, and nobody asked about the columns."""
    draft = drafted(write_survey(folder / "way.sav", "en"))
    draft |= {
        "title": "T",
        "country": "C",
        "year": 2026,
        "language": "en",
        "reference_period": {"months": 12, "text": "12 months"},
        "coverage_excludes": ["x"],
    }
    draft["design"] |= {"selection": "pps", "replicates": {"columns": "RW{001..120}", "method": "bootstrap"}}
    involuntary, coercion = draft["items"]["involuntary"], draft["items"]["coercion"]
    involuntary["no_freedom_to_leave"] = [{"column": "LEAVE", "yes": [2, 3], "no": [1]}]
    draft["items"]["involuntary"] = {"no_freedom_to_leave": involuntary["no_freedom_to_leave"]}
    draft["items"]["coercion"] = {"debt_bondage": coercion["debt_bondage"]}
    draft["episodes"] = {"same_work": "assumed"}
    psus = {**draft, "design": {"weight": "WGT", "strata": "STR", "psu": "EA", "selection": "pps"}}
    for name, spec in (("replicates", draft), ("psus", psus)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    survey, other = (fl.read_survey(folder / f"{name}.yaml") for name in ("replicates", "psus"))
    frame = rows()
    frame = frame[frame["AGE"] >= 18].assign(
        case=lambda t: ((t["PAY"] == 1) & (t["LEAVE"] != 1) & (t["DEBT"] == 1)).astype(int)
    )
    design = fl.ReplicateDesign(
        frame, weight="WGT", replicates=[f"RW{i:03d}" for i in range(1, REPLICATES + 1)], method="bootstrap"
    )
    ours, theirs = (
        fl.prevalence(fl.classify(survey)).table.iloc[0],
        fl.prevalence(design, "case").table.iloc[0],
    )
    assert ours["se"] == pytest.approx(theirs["se"], rel=1e-9)
    asked = fl.check(other).query("check == 'replicates'")
    assert asked["severity"].tolist() == ["warning"]
    assert asked["count"].tolist() == [REPLICATES]
    assert fl.check(survey).query("check == 'replicates'").empty
