"""Tests the kinds of input of tests/broken.py: a broken one gives a clear error, a legal one the right
result. A fuzz test adds more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from broken import KINDS, Kind, spec, table, write
from hypothesis import HealthCheck, given, settings, strategies as st

import fltoolkit as fl
from fltoolkit.errors import DataError, FltoolkitError, SpecError

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

BROKEN, LEGAL = [k for k in KINDS if k.words], [k for k in KINDS if not k.words]


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(KINDS) == len({k.name for k in KINDS}) == 85


@pytest.mark.parametrize("kind", BROKEN, ids=lambda k: k.name)
def test_a_broken_input_is_told_where_what_and_what_to_do(kind: Kind, tmp_path: Path) -> None:
    kind.make(tmp_path)
    with pytest.raises((SpecError, DataError)) as raised:
        fl.classify(fl.read_survey(tmp_path / "survey.yaml"))
    message = raised.value.message
    assert re.search(".*".join(re.escape(w) for w in kind.words), message, re.DOTALL), message


@pytest.mark.thorough("eleven whole runs; broken inputs are tried in each test run")
@pytest.mark.parametrize("kind", LEGAL, ids=lambda k: k.name)
def test_a_legal_input_gives_the_right_result_and_a_finding(kind: Kind, tmp_path: Path) -> None:
    kind.make(tmp_path)
    survey = fl.read_survey(tmp_path / "survey.yaml")
    persons = fl.classify(survey)
    told = [*fl.check(survey)["what"], *fl.check_cases(persons)["what"]]
    assert any(kind.finding in what for what in told), told
    est = fl.prevalence(persons)
    assert est.table["cases"].tolist() == [kind.cases]
    assert est.table["n"].tolist() == [80]
    assert est.table["estimate"].tolist() == [pytest.approx((kind.cases or 0) / 80)]
    out = fl.publish_run(persons)
    shown = out.select("prevalence").iloc[0]
    assert (shown["marker"] == "c") == (kind.cases == 1)


def test_nobody_is_dropped_for_want_of_answers(tmp_path: Path) -> None:
    """All answers on one side are missing: the cases of before are unresolved now, and all eighty stay in the
    denominator."""
    next(k for k in KINDS if k.name == "all answers missing").make(tmp_path)
    row = fl.prevalence(fl.classify(fl.read_survey(tmp_path / "survey.yaml"))).table.iloc[0]
    assert (row["n"], row["cases"], row["unresolved"]) == (80, 0, 20)
    assert row["bound_high"] == pytest.approx(0.25)


def test_a_formula_stays_a_label(tmp_path: Path) -> None:
    next(k for k in KINDS if k.name == "a label that is a formula").make(tmp_path)
    rows = fl.prevalence(fl.classify(fl.read_survey(tmp_path / "survey.yaml")), by="sex").table
    assert rows["sex"].tolist() == ["=HYPERLINK(1)", "women"]


ODD = st.one_of(
    st.none(),
    st.just(""),
    st.integers(-5, 10**12).map(str),
    st.floats().map(str),
    st.text(max_size=12),
    st.just("1.0"),
    st.just(" 1 "),
    st.just("1e3"),
    st.just("\u0661"),
    st.just("NULL"),
    st.just("nan"),
)


@pytest.mark.thorough("tries hundreds of values in a cell")
@given(column=st.sampled_from(sorted(table().columns)), value=ODD, row=st.integers(0, 119))
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_stands_in_a_cell_there_is_a_result_or_an_error_of_the_kits_own(
    tmp_path: Path, column: str, value: str | None, row: int
) -> None:
    data = table()
    data.loc[row, column] = value
    write(tmp_path, data=data)
    try:
        persons = fl.classify(fl.read_survey(tmp_path / "survey.yaml"))
        rows = fl.prevalence(persons).table
    except FltoolkitError as error:
        told = error
    else:
        told = None
    if told is not None:
        assert told.do or "\n  - " in told.message
        return
    assert rows["n"].iloc[0] in (
        79,
        80,
    )  # of one person the age or the module status may have become another's


WORD = st.text(max_size=4)
LEAF = st.one_of(
    WORD, st.integers(-3, 999), st.lists(WORD, max_size=3), st.dictionaries(WORD, WORD, max_size=2)
)
KEYS = [
    "title", "year", "files", "files__person__path", "files__person__key", "design__weight", "design__strata",
    "design__selection", "age__column", "age__missing", "module__answered", "answers__yes", "any_work",
    "items", "items__coercion", "episodes", "months__column", "children", "children__parents__columns",
    "populations", "populations__adults__age", "groups__sex__codes", "sectors__sector__digits", "tables",
    "coverage_excludes", "confidentiality",
]  # fmt: skip


@given(key=st.sampled_from(KEYS), value=LEAF)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_survey_yaml_says_there_is_a_result_or_an_error_of_the_kits_own(
    tmp_path: Path, key: str, value: object
) -> None:
    spec(**{key: value})(tmp_path)
    told = ""
    try:
        fl.prevalence(fl.classify(fl.read_survey(tmp_path / "survey.yaml")))
    except FltoolkitError as error:
        told = error.message
    assert not told or str(tmp_path) in told
