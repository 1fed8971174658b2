"""Tests that no name or label of a user conflicts with a name of the kit: numbers against plain loops, and
the list of names against the results."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import two_rounds
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.classify.characteristics import TOPICS
from fltoolkit.errors import RequestError
from fltoolkit.survey.spec.survey_spec import CHANGED, ESTIMATED, PUBLISHED, RESERVED, RESULTS

INTERNAL = ["g", "w", "n", "bad", "g_0", "w_0", "fl", "status", "psu", "breakdown", "key", " SEX ", "class"]
LABELS = ["²", "--5", "٣", "½", "-", "9" * 400, "{x}", "%d", "<b>", "nan", "1e5"]


def people(name: str = "group", labels: tuple[str, str] = ("a", "b")) -> pd.DataFrame:
    """200 persons in 20 PSUs; `name` is a group with two labels."""
    draw = np.random.default_rng(18)
    table = pd.DataFrame(
        {"weight": draw.uniform(1, 3, 200), "cluster": np.arange(200) % 20, "case": draw.integers(0, 2, 200)}
    )
    return table.assign(x=draw.integers(1, 9, 200), **{name: draw.choice(list(labels), 200)})


def design(table: pd.DataFrame) -> fl.SurveyDesign:
    return fl.SurveyDesign(table, weight="weight", psu="cluster")


@pytest.mark.parametrize("name", INTERNAL)
def test_a_margin_of_any_name_is_applied(name: str) -> None:
    table, wanted = people(name), {"a": 300.0, "b": 100.0}
    sums: dict[str, float] = defaultdict(float)
    for row in table.to_dict("records"):
        sums[row[name]] += row["weight"]
    top = bottom = 0.0
    for row in table.to_dict("records"):
        weight = row["weight"] * wanted[row[name]] / sums[row[name]]
        top, bottom = top + weight * row["case"], bottom + weight
    for calibrated in (
        fl.rake(design(table), {name: wanted}),
        fl.poststratify(design(table), {(name,): wanted}),
    ):
        assert fl.prevalence(calibrated, "case").table["estimate"].iloc[0] == pytest.approx(
            top / bottom, rel=1e-12
        )
        assert fl.g_weights(calibrated)["g_max"].max() == pytest.approx(
            max(wanted[k] / s for k, s in sums.items()), rel=1e-12
        )


@pytest.mark.parametrize("name", ["g", "w", "n", "bad"])
def test_replicate_weights_are_calibrated_to_a_margin_of_any_name(name: str) -> None:
    table = people(name)
    table = table.assign(
        r0=table["weight"] * (table["cluster"] != 0), r1=table["weight"] * (table["cluster"] != 1)
    )
    made = fl.ReplicateDesign(table, weight="weight", replicates=["r0", "r1"], method="jk1")
    wanted = {"a": 300.0, "b": 100.0}
    thetas = []
    for column in ("r0", "r1"):
        factor = {
            k: wanted[k] / sum(row[column] for row in table.to_dict("records") if row[name] == k)
            for k in wanted
        }
        weights = [row[column] * factor[row[name]] for row in table.to_dict("records")]
        thetas.append(sum(w * y for w, y in zip(weights, table["case"], strict=True)) / sum(weights))
    centre = sum(thetas) / 2
    se = (0.5 * sum((t - centre) ** 2 for t in thetas)) ** 0.5
    assert fl.prevalence(fl.rake(made, {name: wanted}), "case").table["se"].iloc[0] == pytest.approx(
        se, rel=1e-9
    )


@pytest.mark.parametrize(
    "name", ["g", "w", "n", "bad", "breakdown", "population", "step", "months", "{x}", " SEX "]
)
def test_a_group_of_any_name_is_broken_down_or_refused(name: str) -> None:
    table = people(name)
    rates = {k: [0.0, 0.0] for k in ("a", "b")}
    for row in table.to_dict("records"):
        rates[row[name]][0] += row["weight"] * row["case"]
        rates[row[name]][1] += row["weight"]
    if name in RESULTS:
        for verb in (
            lambda d: fl.prevalence(d, "case", by=name),
            lambda d: fl.quantile(d, "x", 0.5, by=[[], [name]]),
        ):
            with pytest.raises(
                RequestError, match=f"by: a result has a column of this name\n  found:   {name}"
            ):
                verb(design(table))
        return
    est = fl.prevalence(design(table), "case", by=name)
    assert list(est.table.columns)[:2] == [name, "estimate"]
    assert est.table["estimate"].tolist() == pytest.approx([top / bottom for top, bottom in rates.values()])


def test_a_name_that_joins_two_groups_is_refused() -> None:
    with pytest.raises(RequestError, match="which joins two groups"):
        fl.prevalence(design(people("a × b")), "case", by="a × b")


def test_a_published_table_has_no_column_twice() -> None:
    est = fl.prevalence(design(people("country")), "case", by=[[], ["country"]])
    with pytest.raises(RequestError, match="a published table has a column of this name\n  found:   country"):
        fl.publish(est)


@pytest.mark.parametrize("name", ["verdict", "quantile", "n"])
def test_a_stack_has_no_column_twice(name: str) -> None:
    est = fl.prevalence(design(people()), "case")
    with pytest.raises(RequestError, match="have a column of this name"):
        fl.stack({"one": est, "two": est}, name)


@pytest.mark.parametrize("label", LABELS, ids=lambda v: v[:9])
def test_a_group_may_have_any_label(label: str) -> None:
    table = people(labels=(label, "z"))
    est = fl.prevalence(design(table), "case", by=[[], ["group"]])
    for value in (label, "z"):
        rows = [row for row in table.to_dict("records") if row["group"] == value]
        rate = sum(row["weight"] * row["case"] for row in rows) / sum(row["weight"] for row in rows)
        assert est.table.set_index("group")["estimate"][value] == pytest.approx(rate)
    assert est.contrast({"same": {label: 1, "z": -1}}).table["df"].iloc[0] > 0
    assert len(fl.logit(design(table), "case ~ group").params) == 2


@pytest.mark.parametrize("name", ["C", "Q", "scale", "te", "center"])
def test_a_covariate_may_have_the_name_of_a_function_of_formulas(name: str) -> None:
    """It was left out without a word: the model had an intercept alone."""
    table = people(name)
    plain = fl.logit(design(people()), "case ~ group").params.to_numpy()
    assert fl.logit(design(table), f"case ~ {name}").params.to_numpy() == pytest.approx(plain)


@pytest.mark.parametrize("name", ["scale", "te", "center", "class", "a b", " SEX "])
def test_a_covariate_of_any_name_may_be_quoted(name: str) -> None:
    plain = fl.logit(design(people()), "case ~ C(group)").params.to_numpy()
    assert fl.logit(design(people(name)), f'case ~ C(Q("{name}"))').params.to_numpy() == pytest.approx(plain)


def test_a_formula_that_cannot_be_read_quotes_no_label() -> None:
    for formula in ("case ~ int(group)", "case ~ group + %s", "case ~ <b>"):
        with pytest.raises(RequestError, match="formula") as error:
            fl.logit(design(people(labels=("secret", "other"))), formula)
        assert "secret" not in error.value.message


def test_the_list_of_reserved_names_is_that_of_the_results(tmp_path: Path) -> None:
    second = two_rounds.survey(tmp_path / "second", 2027, 45)
    two_rounds.survey(tmp_path / "first", 2025, 120)
    early, late = (classified(tmp_path / name) for name in ("first", "second"))
    by = [[], ["sex"]]
    profile = fl.profile(late, by=by)
    made = (fl.prevalence(late, by=by), fl.total(late, by=by), profile)
    estimated = {c for est in made for c in est.table} - {"sex", *profile.groups}
    changed = set(
        fl.change(fl.prevalence(early, by=by), fl.prevalence(late, by=by), shared_psus=False).table
    ) - {"sex"}
    groups = set(late.spec.group_names) | {"step"}
    out = fl.publish_run(late)
    since = fl.changes(tmp_path / "first" / "survey.yaml", late, out)
    assert since is not None
    published = ({*out.table, *since.table} - groups) - RESULTS
    quantiles = set(fl.quantile(design(people()), "x", 0.5).table)
    assert estimated | quantiles == ESTIMATED
    assert changed == CHANGED
    assert published - (PUBLISHED - RESULTS) == set()
    assert published | RESULTS <= RESERVED
    assert RESERVED.issuperset(TOPICS)
    assert second.is_file()
