"""Tests reasons: two are equal if key and values are equal, tables show the English words, and no other code
reads the words."""

from __future__ import annotations

import ast
import copy
import pickle
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml
from handed import EN, ES, FR

import fltoolkit
from fltoolkit.errors import NotAvailable
from fltoolkit.languages import language
from fltoolkit.languages.marked_text import LETTER
from fltoolkit.languages.reasons import (
    Name,
    Reason,
    Reasons,
    as_stated,
    as_text,
    crossed_names,
    group_name,
    has_text,
    item_names,
    joined_reasons,
    reason_of,
)

PACKAGE = Path(fltoolkit.__file__).parent
FEW, SURVEY = Reason.of("reasons.few_cases", N=15), Reason.of("plan.no_survey", N="2029")
SAID = {
    "reason",
    "verdict",
    "compared",
    "only_in_tables",
    "verdict_reason",
    "obstacle",
    "beside",
    "light",
    "missing",
    "rule_note",
    "bounds_note",
    "kind",
}
READS = {
    "startswith",
    "endswith",
    "removeprefix",
    "removesuffix",
    "split",
    "partition",
    "rpartition",
    "find",
    "contains",
}


def test_english_words_are_what_is_printed() -> None:
    assert str(FEW) == f"{FEW}" == "fewer than 15 cases"
    assert repr([FEW]) == "['fewer than 15 cases']"
    assert FR.kit(FEW) == "moins de 15 cas"


def test_a_whole_number_has_the_thousands_mark_of_the_language_and_a_year_has_none() -> None:
    chance = Reason.of("plan.chance", who="women", N=2394, M=21)
    assert str(chance) == "a repeat as planned (women: 2,394) would find it with a chance of 21%"
    assert "2\u202f394" in FR.kit(chance)
    assert "2029" in FR.kit(SURVEY)
    assert FR.kit(Reason.of("reasons.cv", N=33.3)) == "coefficient de variation supérieur à 33,3\u202f%"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1e6, "1,000,000"),
        (4e6 / 3, "1,333,333.33333"),
        (1_234_567_890, "1,234,567,890"),
        (100 * 0.07, "7"),
        (33.3333, "33.3333"),
        (1e-7, "0.0000001"),
    ],
)
def test_a_number_has_all_its_digits_and_no_exponent(number: float, told: str) -> None:
    """Before, a million was 1e+06."""
    assert as_stated(number) == told


def test_equal_are_remarks_of_one_key_with_the_same_values_and_their_english_words() -> None:
    assert Reason.of("reasons.few_cases", N=15) == FEW
    assert Reason.of("reasons.few_cases", N=30) != FEW
    assert Reason.of("rounds.wide.both") != Reason.of("rounds.wide.later")
    assert FEW == "fewer than 15 cases"
    assert FEW != "fewer than 30 cases"
    assert {FEW: 1}["fewer than 15 cases"] == 1  # type: ignore[index]
    assert pickle.loads(pickle.dumps(FEW)) == copy.deepcopy(FEW) == FEW


def test_a_table_is_filtered_by_words_and_by_remarks() -> None:
    table = pd.DataFrame({"reason": [FEW, "", joined_reasons([FEW, SURVEY])]})
    assert (
        (table["reason"] == "fewer than 15 cases").tolist()
        == (table["reason"] == FEW).tolist()
        == [True, False, False]
    )
    assert table["reason"].isin([FEW]).tolist() == [True, False, False]
    assert list(table.groupby("reason", sort=False).size()) == [1, 1, 1]
    assert as_text(table)["reason"].tolist() == [
        "fewer than 15 cases",
        "",
        "fewer than 15 cases; no survey is planned in 2029",
    ]


def test_several_are_joined_each_once_and_nothing_is_no_remark() -> None:
    both = joined_reasons([FEW, "", SURVEY, FEW])
    assert both == Reasons((FEW, SURVEY))
    assert joined_reasons([both, FEW, "own words"]) == Reasons((FEW, SURVEY, "own words"))
    assert (joined_reasons([]), joined_reasons(["", float("nan")]), joined_reasons([FEW])) == ("", "", FEW)
    assert FR.kit(both) == "moins de 15 cas\u202f; aucune enquête n’est prévue en 2029"
    assert [has_text(v) for v in (FEW, "words", "", None, float("nan"))] == [True, True, False, False, False]


def test_names_are_as_the_data_have_them_in_tables_and_words_in_documents() -> None:
    idle = Reason.of("reasons.idle", items=item_names(["withheld_wages", "debt_bondage"]))
    assert str(idle).endswith("find: withheld_wages, debt_bondage")
    assert EN.kit(idle).endswith("find: withheld wages, debt bondage")
    assert "salaire retenu, servitude pour dettes" in FR.kit(idle)
    assert FR.kit(group_name("age_group")) == "groupe d’âge"
    assert FR.kit(Name("groups", "own_group")) == EN.kit(group_name("own_group")) == "own group"
    assert str(crossed_names(["sex", "age_group"])) == "sex × age_group"
    assert crossed_names([]) == ""


def test_a_note_names_a_topic_by_its_words_in_every_language() -> None:
    hidden = Reason.of("reasons.coarse", what=crossed_names(["involuntary_stage", "main_job_sector"]))
    assert str(hidden).startswith("All of involuntary_stage × main_job_sector is hidden")
    for told in (EN, FR, ES):
        said = hidden.in_words(told)
        assert "_" not in said
        assert told.group("involuntary_stage") in said
        assert told.group("main_job_sector") in said


def test_an_error_gives_its_reason_as_data_where_it_has_one() -> None:
    error = NotAvailable(
        Reason.of("reasons.no_months"), found=Reason.of("reasons.fewer_of", N=5), where="survey.yaml"
    )
    assert str(reason_of(error)) == error.reason
    assert error.reason.endswith("of every case, and some cases did not give them: fewer than 5 cases")
    assert "ne l’ont pas indiquée\u202f: moins de 5 cas" in FR.kit(reason_of(error))
    assert reason_of(NotAvailable(Reason.of("reasons.not_current"))) == Reason.of("reasons.not_current")
    assert reason_of(NotAvailable("own words", found=["a", "b"])) == "own words: a, b"


def trees(folder: Path = PACKAGE) -> Iterator[tuple[str, ast.AST]]:
    for file in sorted(folder.rglob("*.py")):
        yield file.relative_to(folder).as_posix(), ast.parse(file.read_text("utf-8"))


def made(tree: ast.AST) -> Iterator[tuple[str, set[str] | None]]:
    """Each `Reason.of` with a key written out: the key and the names of the values, None where they are not
    written out."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "Reason.of"
            and isinstance(node.args[0], ast.Constant)
        ):
            names = {keyword.arg for keyword in node.keywords}
            yield str(node.args[0].value), None if None in names else {str(name) for name in names}


def test_every_reason_in_the_code_has_words_and_gives_the_values_that_they_need() -> None:
    wrong = [
        f"{file}: {code} {names}"
        for file, tree in trees()
        for code, names in made(tree)
        if (needed := EN.places(code)) is None or (names is not None and names != needed)
    ]
    assert wrong == []


def test_every_language_uses_every_value() -> None:
    kit = [key for key in EN.words if key.startswith("kit.")]
    lost = [
        (told.code, key)
        for told in (FR, ES)
        for key in kit
        if EN.places(key.removeprefix("kit.")) != told.places(key.removeprefix("kit."))
    ]
    assert lost == []


def reads(tree: ast.AST) -> list[str]:
    """Where code reads the words of a remark: a cell of a remark's column taken apart, or compared with words
    written out."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS:
            if cells(node.func.value):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            words = [
                s
                for s in sides
                if isinstance(s, (ast.Constant, ast.JoinedStr)) and ast.unparse(s) not in ("''", "None")
            ]
            if words and any(cells(side) for side in sides):
                found.append(ast.unparse(node))
    return found


def cells(node: ast.AST) -> bool:
    """Whether an expression takes a cell or a column that holds remarks out of a row or a table."""
    taken = (n for n in ast.walk(node) if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Constant))
    return any(n.slice.value in SAID for n in taken)  # type: ignore[attr-defined]


def test_no_code_reads_the_words_of_a_remark() -> None:
    assert [(file, found) for file, tree in trees() if (found := reads(tree))] == []


@pytest.mark.parametrize(
    "line",
    [
        'row["reason"].startswith("separation")',
        'table["reason"].str.startswith(SEPARATED)',
        'str(row["light"]).partition(" ")',
        'row["verdict"] == "decreased"',
        '"few" in row["reason"]',
        'row["kind"] == "not measured"',
        'row["obstacle"].split("; ")',
    ],
)
def test_code_that_reads_words_is_found(line: str) -> None:
    assert reads(ast.parse(line))


@pytest.mark.parametrize(
    "line", ['row["verdict"] == DECREASED', 'row["reason"] != ""', 'table["reason"].unique()']
)
def test_code_that_compares_remarks_may(line: str) -> None:
    assert not reads(ast.parse(line))


def test_the_languages_have_no_pattern_for_words() -> None:
    """Patterns find the place of a value, and the marks around a text of another language. None finds what a
    sentence says."""
    compiled = [
        (file, ast.unparse(node.args[0]))
        for file, tree in trees(PACKAGE / "languages")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.")
    ]
    marks = [
        ("marked_text.py", "f'{BEGIN}([a-z]+){MIDDLE}([^{BEGIN}{END}]*){END}'"),
        ("marked_text.py", repr(LETTER.pattern)),
    ]
    assert compiled == [("language.py", repr(language.PLACE.pattern)), *marks]


def test_no_key_of_the_kit_is_used_by_nobody() -> None:
    """A key is found whole, or by its last part where code puts keys together."""
    texts = [
        p.read_text("utf-8")
        for kind in ("*.py", "*.yaml")
        for p in PACKAGE.rglob(kind)
        if p.parent.parent.name != "languages"
    ]
    there = set(yaml.safe_load((PACKAGE / "languages" / "kit" / "en.yaml").read_text("utf-8"))["kit"])
    assert {"reasons", "rounds", "plan"} <= there
    source = "\n".join(texts)
    assert [k for k in there if k not in source] == []
