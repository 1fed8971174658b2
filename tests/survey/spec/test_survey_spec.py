"""Tests every kind of mistake in a survey.yaml: the message names the file, the key, what was found and what
is allowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from fltoolkit.classify.rule_set import check_sides
from fltoolkit.errors import SpecError
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec
from fltoolkit.yaml_files.loading import canonical_code, load_yaml

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]

ITEM = "items.involuntary.hazardous_work"
LONG_FILE = {"path": "spells.csv", "key": ["hh", "line", "spell"]}
SECTOR = {"column": "isic", "revision": "isic_rev4", "digits": 2}

MISTAKES = [
    # what is changed, and what the message must say
    ("unknown key", {"titel": "x"}, ["titel: unknown key", "allowed: title, country", "did you mean title?"]),
    ("unknown key far from any", {"zzz": "x"}, ["zzz: unknown key; allowed: title"]),
    ("unknown key below", {"design.wieght": "w"}, ["design.wieght: unknown key", "did you mean weight?"]),
    (
        "unknown key of a population",
        {"populations.adults.lable": "x"},
        ["populations.adults.lable", "did you mean label?"],
    ),
    (
        "unknown key of a group",
        {"groups.sex.colum": "x"},
        ["groups.sex.colum: unknown key", "did you mean column?"],
    ),
    (
        "unknown key of age bands",
        {"groups.age_group.band": "x"},
        ["groups.age_group.band: unknown key", "did you mean bands?"],
    ),
    (
        "unknown key of a sector",
        {"sectors": {"s": SECTOR | {"jobs": "x"}}},
        ["sectors.s.jobs: unknown key", "did you mean job?"],
    ),
    (
        "unknown key of a table",
        {"tables": [{"measure": "share", "off": "sex"}]},
        ["tables.0.off", "did you mean of?"],
    ),
    (
        "unknown key of a question",
        {ITEM: {"colum": "q1"}},
        ["hazardous_work.colum: unknown key", "did you mean column?"],
    ),
    (
        "unknown key of routing",
        {f"{ITEM}.routing": {"column": "a", "askd": 1, "skipped": 2}},
        [
            (
                f"{ITEM}.routing.askd: unknown key; allowed: column, asked, skipped, unknown, why, all, "
                "any; "
                "did you mean asked?"
            )
        ],
    ),
    (
        "unknown key where two kinds may stand",
        {"episodes.same_work": {"colum": "x"}},
        ["same_work.colum", "did you mean column?"],
    ),
    ("lead no group", {"lead": "gender"}, ["lead: gender is not one of groups: ", "sex"]),
    (
        "lead without a table",
        {"lead": "sex", "tables": [{"measure": "prevalence", "by": [["sex", "age_group"]]}]},
        ["lead: no table gives the prevalence by sex alone; add {measure: prevalence, by: sex} to tables"],
    ),
    ("missing key", {"title": None}, ["title: this key is required"]),
    ("missing key below", {"design.weight": None}, ["design.weight: this key is required"]),
    ("key without a value", {"title": ""}, ["title: this key is required"]),
    (
        "several at once",
        {"title": None, "year": "soon"},
        ["2 key(s)", "title: this key", "year: ", "found: 'soon'"],
    ),
    (
        "not a number",
        {"reference_period.months": "twelve"},
        ["reference_period.months", "a whole number", "found: 'twelve'"],
    ),
    (
        "a window of nothing",
        {"reference_period.months": 0},
        ["reference_period.months", "greater than 0", "found: '0'"],
    ),
    (
        "not a choice",
        {"design.selection": "pp"},
        ["design.selection", "'pps', 'srs' or 'systematic'", "found: 'pp'"],
    ),
    (
        "not an item",
        {"items.coercion.debts": "q2"},
        ["items.coercion.debts", "'debt_bondage'", "found: 'debts'"],
    ),
    ("a mapping is wanted", {"groups": ["sex"]}, ["groups: ", "must be keys and values", "found: ['sex']"]),
    ("a group that is only a name", {"groups.sex": "SEX"}, ["groups.sex: ", "found: 'SEX'"]),
    (
        "a name that cannot be one",
        {"populations.All adults": {"label": "x"}},
        ["populations.All adults", "small letters", "All adults"],
    ),
    ("no population", {"populations": {}}, ["populations: ", "at least 1 item"]),
    ("no question", {"any_work": []}, ["any_work: ", "at least 1 item"]),
    (
        "a code mapped twice",
        {"answers.yes": [1, 2], "answers.no": 2},
        ["answers: code 2 means both yes and no"],
    ),
    (
        "the same code written twice",
        {"answers.yes": ["1", "1.0"]},
        ["answers: code 1 means both yes and yes"],
    ),
    (
        "a code mapped twice by a question",
        {ITEM: {"column": "q1", "yes": "N"}},
        [f"{ITEM}: of column q1, code N means both yes and no"],
    ),
    (
        "not_applicable without a meaning",
        {"answers.not_applicable_means": None},
        ["answers: ", "not_applicable_means: no or unresolved"],
    ),
    (
        "not_applicable without a meaning in a question",
        {
            "answers.not_applicable_means": None,
            "answers.not_applicable": None,
            ITEM: {"column": "q1", "not_applicable": 7},
        },
        [f"{ITEM}: of column q1", "not_applicable_means: no or unresolved"],
    ),
    (
        "routing that asks and skips",
        {f"{ITEM}.routing": {"column": "a", "asked": [1, 2], "skipped": 2}},
        ["routing: code 2 means both asked and skipped"],
    ),
    (
        "answered and refused",
        {"module.refused": "done"},
        ["module: code done means both answered and refused"],
    ),
    (
        "two forms",
        {"form": {"column": "f", "state_imposed": 1, "forced_labour_exploitation": 1}},
        ["form: code 1 means both state_imposed and forced_labour_exploitation"],
    ),
    (
        "here and abroad",
        {"place": {"column": "p", "in_country": 1, "abroad": 1}},
        ["place: code 1 means both in_country and abroad"],
    ),
    ("a code and missing", {"groups.sex.missing": 2}, ["groups.sex: code 2 is both an answer and missing"]),
    (
        "the label total",
        {"groups.sex.codes": {1: "total"}},
        ["groups.sex: the label 'total' of code 1 is reserved"],
    ),
    (
        "the label not stated",
        {"groups.sex.codes": {9: "not stated"}},
        ["groups.sex: the label 'not stated'", "list codes", "in missing"],
    ),
    (
        "FPC with PPS",
        {"design.fpc": "big_n", "design.selection": "pps"},
        ["design: fpc with selection: pps", "leave fpc out", "srs"],
    ),
    (
        "bands that fall",
        {"groups.age_group.bands": [25, 18]},
        ["groups.age_group: the limits of bands must be in rising order"],
    ),
    (
        "bands that stay",
        {"groups.age_group.bands": [18, 18]},
        ["groups.age_group: the limits of bands must be in rising order"],
    ),
    (
        "an age below 0",
        {"populations.adults.age.min": -5},
        ["populations.adults.age.min", "greater than or equal to 0", "found: '-5'"],
    ),
    (
        "adults whom nobody is",
        {"age.adult": 200},
        ["age: adult (200) is above max (120): nobody would be an adult"],
    ),
    (
        "a limit below 0",
        {"confidentiality": {"cases": -5, "accept_lower_limits": True}},
        ["confidentiality.cases", "greater than or equal to 0", "found: '-5'"],
    ),
    ("no bands", {"groups.age_group.bands": []}, ["groups.age_group.bands", "at least 1 item"]),
    (
        "a group with a name of the kit",
        {"groups.cases": {"column": "x", "codes": {1: "a"}}},
        ["a group may not be called cases"],
    ),
    (
        "a group that would hide a condition",
        {"groups.coercion": {"column": "x", "codes": {1: "a"}}},
        ["a group may not be called coercion"],
    ),
    (
        "a sector with a name of the kit",
        {"sectors": {"form": SECTOR | {"job": "forced_labour"}}},
        ["a group may not be called form"],
    ),
    (
        "a group and a sector of one name",
        {"sectors": {"sex": SECTOR | {"job": "forced_labour"}}},
        ["sex is one of groups and of sectors"],
    ),
    (
        "a rate without its workers",
        {"sectors": {"s": SECTOR | {"job": "all_workers"}}},
        ["sectors.s: ", "needs population"],
    ),
    (
        "workers who are no population",
        {"sectors": {"s": SECTOR | {"job": "all_workers", "population": "workers"}}},
        ["sectors.s.population: workers is not one of populations"],
    ),
    (
        "a revision of ISIC left out",
        {"sectors": {"s": {"column": "isic", "digits": 2, "job": "forced_labour"}}},
        [
            "sectors.s: revision is required (isic_rev3.1, isic_rev4 or isic_rev5)",
            "domestic work is section P in Rev.3.1",
        ],
    ),
    (
        "a code that is none of a classification",
        {"groups.sex": {"column": "sex", "classification": "sex", "codes": {1: "men"}}},
        ["groups.sex: code 1 stands for 'men', which is not one of sex: m, f, o"],
    ),
    ("a group without a column", {"groups.sex.column": []}, ["groups.sex.column"]),
    (
        "pooled quarters without factors",
        {"files.person.path": ["a.csv", "b.csv"]},
        ["files: ", "2 pooled files need 2 weight_factor"],
    ),
    (
        "one factor too few",
        {"files.person.path": ["a.csv", "b.csv"], "files.person.weight_factor": [0.5]},
        ["need 2 weight_factor"],
    ),
    (
        "factors in another file",
        {"files.module": {"path": "m.csv", "key": "hh", "weight_factor": [1]}},
        ["module.weight_factor: give the factors of pooled quarters under person"],
    ),
    (
        "more modules than quarters",
        {"files.module": {"path": ["a.csv", "b.csv"], "key": "hh"}},
        ["module.path: 2 file(s) beside 1"],
    ),
    (
        "spells of one quarter of two",
        {
            "files.person.path": ["a.csv", "b.csv"],
            "files.person.weight_factor": [0.5, 0.5],
            "files.episodes": LONG_FILE,
            "episodes": {"long": "true"},
        },
        ["episodes.path: 1 file(s) beside 2"],
    ),
    (
        "a table of an unknown group",
        {"tables": [{"measure": "total", "by": [[], "gender"]}]},
        ["table 1 of tables: gender is not one of the groups: age_group, sex"],
    ),
    (
        "a share of an unknown group",
        {"tables": [{"measure": "share", "of": "form"}]},
        ["table 1 of tables: form is not one of the groups"],
    ),
    ("a share of nothing", {"tables": [{"measure": "share"}]}, ["tables.0: `of` names the group"]),
    ("of without share", {"tables": [{"measure": "total", "of": "sex"}]}, ["tables.0: `of` names the group"]),
    (
        "a table of an unknown population",
        {"tables": [{"measure": "total", "population": "all"}]},
        ["table 1 of tables, population: all is not one of populations"],
    ),
    ("episodes no way", {"episodes": {}}, ["episodes: give exactly one of same_work", "wide", "long: true"]),
    ("episodes two ways", {"episodes.wide": ["1", "2"]}, ["episodes: give exactly one of same_work"]),
    (
        "long without a file",
        {"episodes": {"long": "true"}},
        ["episodes.long: true and files.episodes go together"],
    ),
    (
        "a file of spells without long",
        {"files.episodes": LONG_FILE},
        ["episodes.long: true and files.episodes go together"],
    ),
    (
        "{episode} without episodes",
        {ITEM: "q1_{episode}"},
        ["column q1_{episode} names {episode}, which needs episodes.wide"],
    ),
    (
        "{episode} where a person is asked",
        {"any_work": "work_{episode}", "episodes": {"wide": ["1", "2"]}},
        ["column work_{episode}", "stands only for what is asked of an episode"],
    ),
    (
        "a design effect below one",
        {"design.design_effect_at_zero_cases": 0.5},
        ["design.design_effect_at_zero_cases", "found: '0.5'"],
    ),
]


def test_a_mistake_of_several_keys_has_no_line(spec: dict[str, Any], write: Write, changed: Change) -> None:
    with pytest.raises(SpecError, match="table 1 of tables: gender") as error:
        read_spec(write(changed(spec, {"tables": [{"measure": "total", "by": [[], "gender"]}]})))
    assert "(line " not in str(error.value)


def test_the_small_survey_itself_is_valid(spec: dict[str, Any], write: Write) -> None:
    assert read_spec(write(spec)).title == "Small survey"


@pytest.mark.parametrize(("keys", "said"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_told_with_its_key(
    spec: dict[str, Any], write: Write, changed: Change, keys: dict[str, Any], said: list[str]
) -> None:
    path = write(changed(spec, keys))
    with pytest.raises(SpecError) as error:
        read_spec(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert [words for words in said if words not in message] == [], message


@pytest.mark.parametrize(
    "column", ["item", "exceptions", "form", "place", "months", "trafficking", "exists", "sector"]
)
def test_what_is_asked_of_an_episode_may_name_it(
    spec: dict[str, Any], changed: Change, write: Write, column: str
) -> None:
    keys: dict[str, Any] = {
        "item": {ITEM: "x_{episode}"},
        "exceptions": {
            "exceptions": {"kinds": {"emergencies": "x_{episode}"}, "within_limits": "y_{episode}"}
        },
        "form": {"form": {"column": "x_{episode}"}},
        "place": {"place": {"column": "x_{episode}", "in_country": 1, "abroad": 2}},
        "months": {"months": {"column": "x_{episode}", "covers": "all_spells"}},
        "trafficking": {"trafficking": "x_{episode}"},
        "exists": {"episodes.exists": "x_{episode}"},
        "sector": {"sectors": {"s": SECTOR | {"column": "x_{episode}", "job": "forced_labour"}}},
    }[column]
    read = read_spec(write(changed(spec, {"episodes": {"wide": ["1", "2"]}, **keys})))
    assert "x_{episode}" in read.episode_columns()
    assert "x_{episode}" not in read.person_columns()


# ------------------------------------------------------------------------------------------------------ YAML


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1", "1"),
        ("01", "01"),
        ("1.0", "1"),
        ("-1.00", "-1"),
        ("1.5", "1.5"),
        ("'1.0'", "1"),
        ("0111", "0111"),
        ("1e3", "1e3"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("0x1F", "0x1F"),
        ("12:30", "12:30"),
        ("' 7 '", "7"),
        ("1_000", "1_000"),
    ],
)
def test_a_code_is_the_text_that_stands_there(tmp_path: Path, written: str, code: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"{written}: {written}\nmany: [{written}]\n")
    data = load_yaml(file)
    assert code in data
    assert [canonical_code(v) for v in (data[code], *data["many"])] == [code, code]


def test_norway_stays_norway(spec: dict[str, Any], write: Write, changed: Change) -> None:
    text = yaml.safe_dump(changed(spec, {"country": "HERE"})).replace("HERE", "NO")
    assert read_spec(write(text)).country == "NO"


def test_age_codes_of_one_column_keep_their_zero(spec: dict[str, Any], write: Write) -> None:
    text = yaml.safe_dump(spec).replace("'1': men", "01: men").replace("'2': women", "1.0: women")
    group = read_spec(write(text)).groups["sex"].model_dump()
    assert group["codes"] == {"01": "men", "1": "women"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "title: a\ntitle: b\n",
            ["line 2", "the same key is given twice", "found:   title", "keep one of the two"],
        ),
        (
            "codes:\n  1: a\n  1.0: b\n",
            ["line 3", "the same key is given twice", "found:   1", "can mean only one thing"],
        ),
        ("title: [a\n", ["line 2, column 1", "this is not YAML", "check colons"]),
        ("title: a: b\n", ["line 1, column 9", "this is not YAML"]),
        ("a: &a [*a]\n", ["line 1", "an alias refers to a value that contains it", "found:   a"]),
        ("- one\n- two\n", ["must hold keys and values", "found:   a list"]),
        ("", ["the file is empty, or holds nothing but comments", "check that the path is right"]),
        ("# title: a\n", ["the file is empty, or holds nothing but comments"]),
        ("title: a\x00b\n", ["this is not YAML"]),
    ],
)
def test_a_file_that_is_no_survey_is_told_with_its_line(write: Write, text: str, said: list[str]) -> None:
    path = write(text)
    with pytest.raises(SpecError) as error:
        read_spec(path)
    message = str(error.value)
    assert message.startswith(str(path))
    assert [words for words in said if words not in message] == [], message


def test_a_missing_or_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no such file"):
        read_spec(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: café\n".encode("latin-1"))
    with pytest.raises(SpecError, match="cannot be read as UTF-8 text"):
        read_spec(tmp_path / "latin.yaml")
    with pytest.raises(SpecError, match="this is a folder, not a file"):
        read_spec(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(spec: dict[str, Any], write: Write) -> None:
    path = write(spec)
    path.write_text(path.read_text(), encoding="utf-8-sig")
    assert read_spec(path).title == "Small survey"


# --------------------------------------------------------------------------------------------------- both sid

RULE = {
    "involuntary": ("hazardous_work", "no_freedom_to_leave"),
    "coercion": ("debt_bondage", "threats_or_violence"),
}


def check(spec: SurveySpec) -> None:
    sides = [
        [(item, source) for item in items for source in getattr(spec.items, side).get(item, ())]
        for side, items in RULE.items()
    ]
    check_sides(spec, *sides, "survey.yaml")


@pytest.fixture
def two_sided(spec: dict[str, Any], write: Write, changed: Change) -> Callable[[str, str, str], SurveySpec]:
    """The survey where two codes of the column `leave` mean yes, one on either side."""

    def read(involuntary: str, coercion: str, item: str) -> SurveySpec:
        sides = {"involuntary.no_freedom_to_leave": involuntary, f"coercion.{item}": coercion}
        keys = {f"items.{side}": {"column": "leave", "yes": code, "no": "x"} for side, code in sides.items()}
        return read_spec(write(changed(spec, keys)))

    return read


def test_different_codes_of_one_column_may_feed_both_sides(two_sided: Callable[..., SurveySpec]) -> None:
    check(two_sided("2", "3", "debt_bondage"))


def test_one_answer_may_not_feed_both_sides(two_sided: Callable[..., SurveySpec]) -> None:
    with pytest.raises(SpecError) as error:
        check(two_sided("2", "2.0", "debt_bondage"))
    assert "survey.yaml: items: one answer counts on both sides" in str(error.value)
    assert "code 2 of leave is no_freedom_to_leave and debt_bondage" in str(error.value)


def test_an_item_that_the_rule_set_does_not_use_may_share_its_answer(
    two_sided: Callable[..., SurveySpec],
) -> None:
    check(two_sided("2", "2", "other_penalty"))
