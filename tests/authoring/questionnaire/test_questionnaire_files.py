"""Tests the files of a questionnaire: pyxform accepts the form, survey.yaml reads the answers that the
routing allows, and both follow a change of the YAML."""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pandas as pd
import pytest
import yaml
from fieldwork import Form
from pyxform.xls2xform import convert

import fltoolkit as fl
from fltoolkit.authoring.questionnaire.questionnaire_files import write_questionnaire
from fltoolkit.cli import main
from fltoolkit.errors import RequestError, SpecError
from fltoolkit.survey.engine.columns import SOURCE
from fltoolkit.survey.spec.questions import CoercionItem, ExceptionKind, InvoluntaryItem
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec

SHIPPED = Path(__file__).parents[3] / "docs" / "questionnaire"
FILES = ("questionnaire.xlsx", "survey.yaml")
# What the interviewer notes for the fieldwork, and the office for coding: it decides no outcome.
FOR_THE_OFFICE = {"present", "private", "consent", "card", "job_text", "fl_text"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(SHIPPED / "questionnaire.yaml", tmp_path)
    return tmp_path


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "questionnaire.yaml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")


def leave_out(folder: Path, *names: str) -> None:
    """Questions, sections or gates taken out of the YAML."""
    path = folder / "questionnaire.yaml"
    data = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    for name in names:
        places = [data["gates"], data["sections"], *(s["questions"] for s in data["sections"].values())]
        assert sum(place.pop(name, None) is not None for place in places) == 1, name
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), "utf-8")


def warnings_of(form: Path) -> list[str]:
    found: list[str] = []
    convert(form, validate=False, warnings=found)
    return found


# ------------------------------------------------------------------------------------------------------------


def test_the_shipped_form_and_mapping_are_current_and_always_the_same_bytes(folder: Path) -> None:
    write_questionnaire(folder)
    for name in FILES:
        stale = f"{name} is stale: run `fltoolkit questionnaire docs/questionnaire`"
        assert (folder / name).read_bytes() == (SHIPPED / name).read_bytes(), stale


@pytest.mark.thorough("another program reads the form")
@pytest.mark.parametrize("languages", [(), ("en",), ("fr",), ("fr", "en")])
def test_pyxform_takes_the_form_in_every_language(folder: Path, languages: Sequence[str]) -> None:
    write_questionnaire(folder, languages)
    found: list[str] = []
    form = convert(folder / FILES[0], validate=False, warnings=found).xform
    assert found == []
    for language, words in {"en": "Did somebody hit", "fr": "vous a-t-il frappé"}.items():
        assert (words in form) == (not languages or language in languages)
    labels = read_spec(folder / FILES[1]).items.coercion["debt_bondage"][0].label
    assert labels == ("lié par une dette" if languages[:1] == ("fr",) else "bound by a debt")


def test_what_stands_on_the_screen_does_not_name_the_subject() -> None:
    """Titles and headings are in sight of whoever looks over the interviewer's shoulder."""
    book = openpyxl.load_workbook(SHIPPED / FILES[0])
    rows = list(book["survey"].iter_rows(min_row=2, values_only=True))
    heads = [str(cell) for row in rows if str(row[0]).startswith("begin") for cell in row[2:4]]
    heads += [str(cell) for cell in next(book["settings"].iter_rows(min_row=2, values_only=True))]
    assert len(heads) > 20
    assert not [
        head
        for head in heads
        if re.search("forced|forcé|labour|threat|menace|coerc|slav|esclav", head, re.IGNORECASE)
    ]


def test_no_text_was_cut_at_a_comma() -> None:
    """`{en: In that work, were you}` is two keys to YAML, of which the second is empty."""

    def empty(node: Any) -> bool:
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return node == "" or any(empty(each) for each in below)

    assert empty(yaml.load("{en: In that work, were you}", yaml.BaseLoader))
    assert not empty(yaml.load((SHIPPED / "questionnaire.yaml").read_text("utf-8"), yaml.BaseLoader))


def test_it_says_that_its_words_are_not_the_ilos() -> None:
    cells = [
        cell
        for row in openpyxl.load_workbook(SHIPPED / FILES[0])["about"].iter_rows(values_only=True)
        for cell in row
    ]
    assert any("not the ILO's" in cell for cell in cells)
    assert any("pas ceux du BIT" in cell for cell in cells)


def test_every_item_of_the_guidelines_has_a_question_and_every_question_a_key() -> None:
    spec = read_spec(SHIPPED / FILES[1])
    assert set(spec.items.involuntary) == set(get_args(InvoluntaryItem))
    assert set(spec.items.coercion) == set(get_args(CoercionItem))
    assert spec.exceptions
    assert set(spec.exceptions.kinds) == set(get_args(ExceptionKind))
    assert spec.children
    assert len(spec.children.worst_forms) == 3
    assert all(
        {s.mode for s in asked} == {"experienced", "threatened", "witnessed"}
        for asked in spec.items.coercion.values()
    )
    rows = Form(SHIPPED / FILES[0]).rows["interview"]
    questions = {row["name"] for row in rows if row["required"] and not row["name"].startswith("check_")}
    mapped = {*spec.person_columns(), *spec.episode_columns()}
    assert questions - mapped == FOR_THE_OFFICE


def test_who_does_not_know_or_refuses_can_say_so_to_every_question_read_aloud() -> None:
    form = Form(SHIPPED / FILES[0])
    of_the_interviewer = {"observed", "agreement", "go_on", "card", "sector"}
    for row in form.rows["interview"]:
        kind, _, listed = row["type"].partition(" ")
        if kind == "select_one" and listed not in of_the_interviewer:
            assert {"8", "9"} <= set(form.choices[listed]), row["name"]


# ------------------------------------------------------------------------------------- its answers, through i

YES_MORE_OFTEN = {
    "w_paid": 0.5,
    "w_own_use": 0.6,
    "same_work": 0.8,
    "c_third": 0.5,
    "c_parents": 0.5,
    "c_third_threat": 0.4,
    "c_parents_threat": 0.4,
}


def answer(name: str, codes: list[str], rng: random.Random) -> str:
    """Somebody's answer: no as a rule, sometimes yes, rarely neither."""
    if name.startswith("check_"):
        return rng.choices(codes, [90, 4, 3, 3])[0]
    if name in ("h_consent", "consent", "present", "private"):
        return rng.choices(["1", "2"], [93, 7])[0]
    if name in ("r_mother", "r_father"):
        return rng.choice(["1", "2", "97", "98"])
    if name == "place":
        return rng.choices(codes, [85, 5, 5, 5])[0]
    if name == "months":
        return rng.choice(["1", "7", "12", "98"])
    if "2" in codes and {"8", "9"} <= set(codes):
        yes = YES_MORE_OFTEN.get(name, 0.08)
        others = [code for code in codes if code not in ("2", "8", "9")]
        drawn = rng.choices(["yes", "2", "8", "9"], [yes, 0.94 - yes, 0.03, 0.03])[0]
        return rng.choice(others) if drawn == "yes" else drawn
    return rng.choice(codes) if codes else "nothing of note"


@cache
def fieldwork() -> pd.DataFrame:
    """A sample of 24 areas and 240 households, in the shape of an ODK or Kobo export of the repeat
    `interview`."""
    form, rng, rows = Form(SHIPPED / FILES[0]), random.Random(20181010), []
    for home in range(240):
        ages = iter([rng.choice(["44", "71", "999"]), "50", *(str(rng.randint(0, 22)) for _ in range(3))])
        given = {
            "h_psu": str(home // 10),
            "h_stratum": str(home // 60),
            "h_number": str(home % 10),
            "members": str(rng.randint(2, 5)),
            "day": "2026-05-04",
        }

        def at_home(
            name: str,
            codes: list[str],
            rng: random.Random,
            given: dict[str, str] = given,
            ages: Iterator[str] = ages,
        ) -> str:
            return next(ages) if name == "r_age" else given.get(name) or answer(name, codes, rng)

        weight = rng.randint(50, 150)
        people = form.household(at_home, rng)
        for i, row in enumerate(people, 1):
            office = {
                "weight": weight,
                "weight_adult": weight * int(row["adults"] or 0),
                "weight_child": weight,
            }
            rows.append({**row, **office, "PARENT_KEY": f"uuid:{home}", "KEY": f"uuid:{home}/interview[{i}]"})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> fl.Survey:
    """The answers, read with the shipped mapping."""
    place = tmp_path_factory.mktemp("fielded")
    shutil.copy(SHIPPED / FILES[1], place)
    fieldwork().to_csv(place / "persons.csv", index=False)
    return fl.read_survey(place / FILES[1])


@pytest.fixture(scope="module")
def persons(survey: fl.Survey) -> fl.Survey:
    return fl.classify(survey)


# What is blank because the interview was stopped, or because the answer before it is not known.
LEFT_OPEN = {"same_work", "c_slavery", "c_sexual", "c_illicit", "c_third_by", "c_parents_by"}


@pytest.mark.thorough("a questionnaire in all languages")
def test_the_data_have_no_errors_and_nothing_is_blank_without_need(survey: fl.Survey) -> None:
    found = fl.check(survey)
    assert found[found["severity"] == "error"].empty, found.to_string()
    warned = found[found["severity"] == "warning"]
    assert {what.partition(":")[0] for what in warned["what"]} == {
        "blank without a reason",
        "blank although the routing does not skip it",
        "age not stated; those who answered the module stay in, in a row of their own",
    }
    asked = {
        s.column
        for side in (survey.spec.items.involuntary, survey.spec.items.coercion)
        for item in side.values()
        for s in item
    }
    told = " ".join(f"{what};" for what in warned.loc[warned["check"] == "non-response", "what"])
    named = {name for columns in re.findall(r"[:;] ([\w, ]+) \(", told) for name in columns.split(", ")}
    assert len(named) > 10
    assert named <= asked | LEFT_OPEN


Truth = bool | None


def either(truths: Iterable[Truth]) -> Truth:
    listed = list(truths)
    return True if True in listed else None if None in listed else False


def both(*truths: Truth) -> Truth:
    return False if False in truths else None if None in truths else True


def yes(code: str) -> Truth:
    return {"2": False, "8": None, "9": None, "": None}.get(code, True)


def adult_by_hand(row: Any) -> Truth:
    """Forced labour in the country, from the answers alone: a later question counts only where those before
    leave it open."""
    work, involuntary, coerced = (
        either(yes(row[c]) for c in row.index if c.startswith(p)) for p in ("w_", "inv_", "coe_")
    )
    within = False if row["exception"] == "2" else both(yes(row["exception"]), yes(row["exception_limits"]))
    here = {"1": True, "3": False}.get(row["place"])
    return both(
        work, involuntary, coerced, yes(row["same_work"]), None if within is None else not within, here
    )


def asked_first(*answers: Truth) -> Truth:
    """Questions in a row, each asked unless the one before was answered no."""
    return next((a for a in answers if a is False), both(*answers))


def child_by_hand(row: Any, parents: Sequence[Truth]) -> Truth:
    alone = asked_first(*(yes(row[c]) for c in ("c_third", "c_third_threat", "c_third_by")))
    helping = asked_first(*(yes(row[c]) for c in ("c_parents", "c_parents_threat", "c_parents_by")))
    worst = either(yes(row[c]) for c in ("c_slavery", "c_sexual", "c_illicit"))
    return either((alone, helping, worst, both(yes(row["c_parents"]), either(parents))))


def by_hand(rows: pd.DataFrame) -> pd.Series:
    """Everybody who answered, by household and line."""
    rows = rows[rows["result"] == "1"].drop(columns=[c for c in rows if c.endswith("_intro")])
    adults = {
        (row["household"], row["line"]): adult_by_hand(row) for _, row in rows[rows["task"] == "1"].iterrows()
    }
    truths = dict(adults)
    for _, row in rows[rows["task"] == "2"].iterrows():
        lines = [row["mother"], row["father"]]
        parents = [False if line == "98" else adults.get((row["household"], line)) for line in lines]
        truths[row["household"], row["line"]] = child_by_hand(row, parents)
    return pd.Series(truths, dtype=object)


def kit(persons: fl.Survey, *columns: str) -> pd.DataFrame:
    wanted = [SOURCE + "household", SOURCE + "line", SOURCE + "result", *columns]
    table = persons.frame.select(wanted).collect("pandas").to_native()
    return table[table[SOURCE + "result"] == "1"].set_index([SOURCE + "household", SOURCE + "line"])


def test_the_fieldwork_meets_everything_the_form_can_do() -> None:
    rows = fieldwork()
    assert set(rows["task"]) == {"1", "2", "3"}
    assert set(rows["result"]) == {"1", "2", "3", "4", "5"}
    assert set(rows["coercion_asked"]) == {"", "1", "2", "3", "4"}
    assert {"1", "2", "4"} <= set(rows["case_asked"]) & set(rows["child_asked"])
    drawn = rows[rows["task"] == "1"].groupby("household")
    assert (drawn.size() == 1).all()
    assert len(drawn) == rows["household"].nunique()
    assert set(rows.loc[rows["task"] == "1", "line"]) > {"1", "2"}, "any adult may be drawn"


def test_everybody_is_classified_as_the_answers_say(persons: fl.Survey) -> None:
    """Against a classification written here from the guidelines, from the same answers."""
    truths, found = by_hand(fieldwork()), kit(persons, "forced_labour")["forced_labour"]
    assert len(found) == len(truths) > 300
    assert {True, False, None} == set(truths)
    ours = found.astype(object).where(found.notna(), None)
    different = {key: (ours[key], truth) for key, truth in truths.items() if ours[key] != truth}
    assert different == {}


def test_what_routing_skips_is_no_and_what_a_stop_leaves_is_open(persons: fl.Survey) -> None:
    found, rows = kit(persons, "coercion", "same_work"), fieldwork().set_index(["household", "line"])
    rows = rows.loc[found.index]
    skipped, stopped = rows["coercion_asked"] == "2", rows["coercion_asked"] == "4"
    assert skipped.sum() > 20
    assert stopped.sum() > 2
    assert (rows.loc[skipped | stopped, "coe_debt"] == "").all()
    assert found.loc[skipped, "coercion"].notna().all()
    assert not found.loc[skipped, "coercion"].any()
    assert found.loc[stopped, "coercion"].isna().all()


def test_they_become_an_estimate_that_may_be_published(survey: fl.Survey, persons: fl.Survey) -> None:
    rows = fieldwork().set_index(["household", "line"])
    truths = by_hand(fieldwork())
    rows = rows.loc[truths.index].assign(case=[truth is True for truth in truths])
    adults, children = rows[rows["task"] == "1"], rows[rows["task"] == "2"]
    for population, part, weight in (
        ("adults", adults, "weight_adult"),
        ("children", children, "weight_child"),
    ):
        (found,) = fl.prevalence(persons, population=population).table.to_dict("records")
        assert found["estimate"] == pytest.approx((part["case"] * part[weight]).sum() / part[weight].sum())
        assert found["cases"] == part["case"].sum() > 10
    (headline,) = fl.publish(fl.prevalence(persons)).table.to_dict("records")
    assert headline["estimate"] > 0
    assert headline["reference_population"] == "everybody"
    both_rules = fl.rule_sets(survey, ["icls_2018", "hts_2012"]).table.set_index("rule_set")["cases"]
    assert 0 < both_rules["hts_2012 v1"] <= both_rules["icls_2018 v1"], "every question says its stage"


# --------------------------------------------------------------------------------------------------- an offic


def test_questions_left_out_leave_a_form_and_a_mapping_that_fit(folder: Path) -> None:
    leave_out(folder, "trafficked", "inv_hazard", "coe_debt", "w_trainee")
    write_questionnaire(folder)
    assert warnings_of(folder / FILES[0]) == []
    spec = read_spec(folder / FILES[1])
    assert spec.trafficking is None
    assert "hazardous_work" not in spec.items.involuntary
    assert "debt_bondage" not in spec.items.coercion
    columns = {row["name"]: row for row in Form(folder / FILES[0]).rows["interview"]}
    assert {*spec.person_columns(), *spec.episode_columns()} <= columns.keys()
    assert "inv_hazard" not in columns["coercion_asked"]["calculation"]


def test_adults_alone_are_asked_by_leaving_out_what_is_of_children(folder: Path) -> None:
    leave_out(folder, "children", "worst_forms", "third_by_asked", "parents_by_asked", "child_asked")
    path = folder / "questionnaire.yaml"
    data = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    del data["survey"]["children"]
    data["survey"]["populations"] = {
        "adults": data["survey"]["populations"]["adults"],
        "workers": data["survey"]["populations"]["workers"],
    }
    data["survey"]["tables"] = [{"measure": "prevalence", "by": [[], "sex"]}]
    data["sections"]["imposed"]["gate"] = "case_asked"
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), "utf-8")
    write_questionnaire(folder)
    assert warnings_of(folder / FILES[0]) == []
    assert read_spec(folder / FILES[1]).children is None


def test_a_region_added_is_in_the_form_and_in_the_mapping(folder: Path) -> None:
    edit(
        folder,
        "    5: {label: {en: Capital, fr: Capitale}}\n",
        "    5: {label: {en: Capital, fr: Capitale}}\n    6: {label: {en: Isles, fr: Îles}}\n",
    )
    write_questionnaire(folder)
    assert read_spec(folder / FILES[1]).groups["region"].labels["6"] == "Isles"  # type: ignore[call-overload]
    assert "6" in Form(folder / FILES[0]).choices["region"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  link_asked: coercion\n", "  link_asked: coercian\n", "gates.link_asked names coercian"),
        ("gate: coercion_asked", "gate: coercion_ask", "coercion names coercion_ask, which is not asked"),
        (
            "when: ${r_age} < 18\n    label: {en: 'Line number of the father",
            "when: ${r_years} < 18\n    label: {en: 'Line number of the father",
            "r_father names r_years",
        ),
        ("choices: exception\n", "choices: exceptions\n", "exception: no list of choices exceptions"),
        ("key: items.coercion.debt_bondage", "key: items.coercion.debt", "items.coercion.debt"),
        (
            "{en: One work or several, fr: Un travail ou plusieurs}",
            "{en: One work or several}",
            "label has en, not en, fr",
        ),
        ("household: household,", "household: dwelling,", "dwelling"),
    ],
)
def test_what_does_not_hold_together_is_told(folder: Path, old: str, new: str, told: str) -> None:
    edit(folder, old, new)
    with pytest.raises(SpecError, match=told):
        write_questionnaire(folder)
    assert not (folder / FILES[0]).exists()


def test_a_label_never_becomes_a_formula(folder: Path) -> None:
    evil = '=HYPERLINK("http://example.org","click")'
    edit(
        folder,
        "    5: {label: {en: Capital, fr: Capitale}}\n",
        f"    5: {{label: {{en: '{evil}', fr: '+1'}}}}\n",
    )
    write_questionnaire(folder)
    cells = [cell for row in openpyxl.load_workbook(folder / FILES[0])["choices"].iter_rows() for cell in row]
    found = [cell for cell in cells if cell.value in (evil, "+1")]
    assert [cell.data_type for cell in found] == ["s", "s"]
    assert not any(cell.hyperlink for cell in cells)
    assert yaml.safe_load((folder / FILES[1]).read_text("utf-8"))["groups"]["region"]["codes"][5] == evil


def test_a_mapping_written_by_hand_is_never_overwritten(folder: Path) -> None:
    (folder / FILES[1]).write_text("title: mine\n", "utf-8")
    with pytest.raises(RequestError, match="written by hand"):
        write_questionnaire(folder)
    assert (folder / FILES[1]).read_text("utf-8") == "title: mine\n"


def test_the_command_writes_both_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questionnaire", str(folder), "--languages", "fr, en"]) == 0
    assert all(str(folder / name) in capsys.readouterr().out or (folder / name).exists() for name in FILES)
    assert main(["questionnaire", str(folder), "--languages", "de"]) == 2
    assert "en, fr" in capsys.readouterr().err


def test_the_mapping_names_only_keys_in_the_order_of_the_reference() -> None:
    keys = list(yaml.load((SHIPPED / FILES[1]).read_text("utf-8"), yaml.BaseLoader))
    assert keys == [key for key in SurveySpec.model_fields if key in keys]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_named_pipe_in_place_of_the_survey_yaml_is_not_waited_for(folder: Path) -> None:
    (folder / FILES[0]).unlink(missing_ok=True)
    (folder / FILES[1]).unlink(missing_ok=True)
    os.mkfifo(folder / FILES[1])
    with pytest.raises(RequestError, match="a named pipe"):
        write_questionnaire(folder)
    assert not (folder / FILES[0]).exists()
