"""Tests a user's own outcomes: an item, a side or a rule of these is true, false or unresolved, and is never
named forced labour."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
import shipped
from small_surveys import NORVIA

import fltoolkit as fl
from fltoolkit.classify.outcomes_and_domains import _expression
from fltoolkit.errors import RequestError

TRUTHS = (True, False, None)


def kleene_and(a: bool | None, b: bool | None) -> bool | None:
    return False if False in (a, b) else None if None in (a, b) else True


def kleene_not(a: bool | None) -> bool | None:
    return None if a is None else not a


def kleene_or(a: bool | None, b: bool | None) -> bool | None:
    return kleene_not(kleene_and(kleene_not(a), kleene_not(b)))


def two_of(*truths: bool | None) -> bool | None:
    surely, perhaps = truths.count(True), truths.count(True) + truths.count(None)
    return True if surely >= 2 else False if perhaps < 2 else None


@pytest.mark.parametrize(
    ("rule", "truth"),
    [
        ("a and b", lambda a, b, c: kleene_and(a, b)),
        ("a or b", lambda a, b, c: kleene_or(a, b)),
        ("not a", lambda a, b, c: kleene_not(a)),
        ("a and not (b or c)", lambda a, b, c: kleene_and(a, kleene_not(kleene_or(b, c)))),
        ("at_least(2, a, b, c)", lambda a, b, c: two_of(a, b, c)),
    ],
)
def test_rules_follow_kleenes_logic(rule, truth) -> None:  # type: ignore[no-untyped-def]
    import duckdb
    import narwhals as nw

    rows = list(product(TRUTHS, repeat=3))
    values = ", ".join("({})".format(", ".join("NULL" if t is None else str(t) for t in row)) for row in rows)
    frame = nw.from_native(duckdb.sql(f"SELECT * FROM (VALUES {values}) AS t(a, b, c)"))
    made = _expression(rule, {name: nw.col(name) for name in "abc"})
    found = frame.with_columns(made.alias("found")).collect("pyarrow").rows(named=True)
    assert {(r["a"], r["b"], r["c"]): r["found"] for r in found} == {row: truth(*row) for row in rows}


def test_an_outcome_goes_by_its_name_through_the_verbs_and_says_that_it_is_not_forced_labour(
    norvia: fl.ClassifiedSurvey,
) -> None:
    persons = fl.outcome(norvia, "debt_bondage")
    found = [
        fl.prevalence(persons, "debt_bondage", by="sex"),
        fl.total(persons, "debt_bondage"),
        fl.share(persons, "sex", outcome="debt_bondage"),
    ]
    for est in found:
        assert est.about.outcome == "debt_bondage"
        assert est.about.rule_note == "answered yes to debt_bondage; not forced labour"
        assert est.unresolved_shares is not None or est.about.measure == "share"
    assert found[0].table["cases"].sum() > 0
    assert fl.logit(persons, "debt_bondage ~ C(area)").cases == found[1].table["cases"].iloc[0]
    assert fl.rao_scott(persons, "sex", "debt_bondage").table.columns.tolist() == ["no", "yes"]
    assert norvia.outcomes == {}


def test_unresolved_answers_stay_in_and_are_counted(norvia: fl.ClassifiedSurvey) -> None:
    """Codes 8 and 9 of FC3 leave it open; so do blanks of those who were asked."""
    import pandas as pd

    table = fl.prevalence(fl.outcome(norvia, "debt_bondage"), "debt_bondage").table.iloc[0]
    rows = pd.read_csv(NORVIA / "persons.csv", dtype=str, keep_default_na=False)
    rows = rows[(rows["FL_RESULT"] == "1") & (rows["AGE"].astype(int) >= 18)]
    assert table["n"] == len(rows)
    assert table["cases"] == (rows["FC3"] == "1").sum()
    assert table["unresolved"] >= rows["FC3"].isin(["8", "9"]).sum() > 0
    assert table["bound_high"] > table["estimate"]


@pytest.mark.parametrize(
    ("rule", "name", "words"),
    [
        ("debt", None, ["no such item or side", "found:   debt", "debt_bondage"]),
        ("debt_bondage and", None, ["cannot be read", "at_least(2, debt_bondage"]),
        ("debt_bondage + withheld_wages", None, ["cannot be read"]),
        ("at_least(3, debt_bondage, withheld_wages)", "x", ["cannot be read"]),
        ("at_least(2, debt_bondage, debt_bondage)", "x", ["counts a part twice", "name each part once"]),
        ("__import__('os')", "x", ["cannot be read"]),
        ("not " * 900 + "debt_bondage", "x", ["cannot be read"]),
        ("(" * 300 + "debt_bondage" + ")" * 300, "x", ["cannot be read"]),
        ("debt_bondage\0", "x", ["outcome: rule", "NUL character"]),
        ("forced_labour", None, ["no such item or side"]),
        ("debt_bondage and withheld_wages", None, ["needs a name of its own", 'name="debt_and_wages"']),
        ("debt_bondage", "sex", ["needs a name of its own", "found:   sex"]),
        ("debt_bondage", "estimate", ["needs a name of its own"]),
    ],
)
def test_what_is_no_outcome_is_refused(
    rule: str, name: str | None, words: list[str], norvia: fl.ClassifiedSurvey
) -> None:
    with pytest.raises(RequestError) as error:
        fl.outcome(norvia, rule, name=name)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_no_outcome_of_ones_own_by_what_only_cases_have(norvia: fl.ClassifiedSurvey) -> None:
    persons = fl.outcome(norvia, "debt_bondage")
    for call in (
        lambda: fl.total(persons, "debt_bondage", by="sector"),
        lambda: fl.share(persons, "form", outcome="debt_bondage"),
    ):
        with pytest.raises(RequestError, match="only cases of forced labour have"):
            call()


@pytest.mark.parametrize(("rule", "column"), [("debt_bondage", "FC3"), ("withheld_wages", "FC4")])
def test_who_did_no_work_is_a_no_although_nobody_asked_them(
    rule: str, column: str, norvia: fl.ClassifiedSurvey
) -> None:
    """The gate FILTER of this survey is blank for persons without work. The blank behind it is a no, not an
    unresolved answer."""
    import pandas as pd

    rows = pd.read_csv(NORVIA / "persons.csv", dtype=str, keep_default_na=False)
    rows = rows[(rows["FL_RESULT"] == "1") & (rows["AGE"].astype(int) >= 18)]
    unresolved = rows["FILTER"].isin(["", "1"]) & ~rows[column].isin(["1", "2"]) & (rows["WORKED"] == "1")
    assert (rows["WORKED"] == "2").sum() > 1000
    table = fl.prevalence(fl.outcome(norvia, rule), rule, by=[[], ["region"]]).table
    assert table["unresolved"].iloc[0] == unresolved.sum() > 0
    assert table["cases"].iloc[0] == (rows[column] == "1").sum()
    weight = rows["W_FL"].astype(float)
    by_region = (
        weight[rows[column] == "1"].groupby(rows["REGION"]).sum() / weight.groupby(rows["REGION"]).sum()
    )
    assert table["estimate"].tolist()[1:] == pytest.approx(by_region.tolist(), rel=1e-9)


def test_a_rule_with_forced_labour_is_told_where_the_share_of_cases_is(norvia: fl.ClassifiedSurvey) -> None:
    with pytest.raises(RequestError, match=r"fl\.profile gives the share of the cases"):
        fl.outcome(norvia, "debt_bondage and forced_labour", name="bonded")


@pytest.mark.thorough("classifies a sample of its own")
def test_persons_with_an_outcome_of_their_own_are_asked_by_its_name(norvia: fl.ClassifiedSurvey) -> None:
    """Before, calls without a name silently returned forced labour."""
    persons = fl.outcome(norvia, "debt_bondage")
    out = shipped.published(shipped.NORVIA)
    for unnamed in (
        lambda: fl.prevalence(persons, by="sex"),
        lambda: fl.total(persons),
        lambda: fl.share(persons, "sex"),
        lambda: fl.rao_scott(persons, "sex"),
        lambda: fl.prevalence(fl.derive(persons, "age_tens", of="AGE", bands=[30, 60], missing=999)),
    ):
        with pytest.raises(
            RequestError, match=r"(?s)must name what it estimates.*debt_bondage, forced_labour"
        ):
            unnamed()
    for of_cases in (
        lambda: fl.profile(persons),
        lambda: fl.duration(persons),
        lambda: fl.stock(persons),
        lambda: fl.current(persons),
        lambda: fl.quantile(persons),
        lambda: fl.flowchart(persons),
        lambda: fl.risk_factors(persons, out),
    ):
        with pytest.raises(RequestError, match=r"(?s)is about cases of forced labour.*found:   debt_bondage"):
            of_cases()
    assert fl.prevalence(persons, "forced_labour").table.equals(fl.prevalence(norvia).table)
    assert fl.rao_scott(persons, "sex", "debt_bondage").F != fl.rao_scott(norvia, "sex").F
    assert fl.prevalence(persons, "debt_bondage").table["cases"].tolist() == [27]  # as FC3 of the data says


def test_a_run_is_about_forced_labour_whatever_the_persons_carry(
    small: Callable[..., fl.ClassifiedSurvey],
) -> None:
    persons = small(
        [("case" if i % 3 else "not", {}) for i in range(60)], tables=[{"measure": "share", "of": "sex"}]
    )
    run, same = (fl.publish_run(each) for each in (persons, fl.outcome(persons, "coercion")))
    assert same.table.equals(run.table)
