"""Tests the one pass over the persons: what it sums, and what stops it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DesignError, FltoolkitError, RequestError
from fltoolkit.estimate.totals.cluster_totals import Outcome, cluster_totals
from fltoolkit.survey.engine import engines
from fltoolkit.survey.engine.engines import to_arrow

PERSONS = pd.DataFrame(
    {
        "w": [1.0, 2.0, 3.0, 4.0],
        "h": 1,
        "psu": [1, 1, 2, 2],
        "y": [1.0, 0.0, 1.0, None],
        "v": [2.0, 3.0, 5.0, 7.0],
    }
)


def design(frame: pd.DataFrame = PERSONS, **more: Any) -> fl.SurveyDesign:
    return fl.SurveyDesign(frame, **{"weight": "w", "strata": "h", "psu": "psu", **more})


def refusal(kind: type[FltoolkitError], frame: pd.DataFrame, outcome: str = "y", **more: Any) -> str:
    with pytest.raises(kind) as error:
        fl.prevalence(design(frame, **more), outcome)
    return str(error.value)


def test_the_sums_are_those_of_the_persons() -> None:
    table = cluster_totals(design(), Outcome("ratio", "v", "y"), [])
    sums = table[["n", "w", "ww", "wy", "wyy", "wx", "wxx", "wxy", "missing"]].sum().to_dict()
    w, v, y = (np.array(c) for c in ([1, 2, 3], [2, 3, 5], [1, 0, 1]))
    expected = {
        "n": 3,
        "w": 6,
        "ww": sum(w**2),
        "wy": sum(w * v),
        "wyy": sum(w * v**2),
        "wx": sum(w * y),
        "wxx": sum(w * y**2),
    }
    assert sums == {**expected, "wxy": sum(w * v * y), "missing": 1}


def test_only_sums_come_back_and_no_person() -> None:
    frame = pd.concat([PERSONS] * 500)
    assert len(cluster_totals(design(frame), Outcome("truth", "y"), [])) <= 6  # PSU × yes, no or missing


@pytest.mark.parametrize("few", [0, 8], ids=["by numbers in place of texts", "by texts"])
@pytest.mark.parametrize(
    "psus", [["b", "Ärm", "a", "10", "9", "Zoé", "𝔸", "\uffee"], [30, -4, 9, 100, 7, 2, 1, 0]]
)
def test_every_row_keeps_its_label_and_labels_are_in_order(
    psus: list[Any], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "FEW_ROWS", few)
    frame = pd.DataFrame(
        {"w": range(1, 9), "h": 1, "psu": psus, "y": 1.0, "g": ["é", None, "é", "z", "A", "10", "9", ""]}
    )
    table = cluster_totals(design(frame), Outcome("truth", "y"), ["g"])
    found = {(str(r.psu), str(r.by__g)): r.w for r in table.itertuples()}
    assert found == {
        (str(p), g or "not stated"): w
        for p, g, w in zip(psus, frame["g"].fillna(""), frame["w"], strict=True)
    }
    assert all(list(table[c].cat.categories) == sorted(table[c].cat.categories) for c in ("psu", "by__g"))


def test_few_rows_and_many_are_summed_in_the_same_order(
    norvia: fl.ClassifiedSurvey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last digit, which depends on the order."""
    outcome, keys = Outcome("truth", "forced_labour", three_valued=True), ["sex", "region", "sector"]
    few = cluster_totals(dataclasses.replace(norvia, known={}), outcome, keys)
    monkeypatch.setattr(engines, "FEW_ROWS", 0)
    source = dataclasses.replace(norvia.unclassified, known={})
    many = cluster_totals(dataclasses.replace(norvia, unclassified=source, known={}), outcome, keys)
    assert source.known, "no label was looked for"
    pd.testing.assert_frame_equal(few, many, check_exact=True)


@pytest.mark.parametrize("weight", [-1.0, None, float("nan"), float("inf"), -float("inf")])
def test_a_weight_that_is_no_weight_is_refused_and_counted(weight: float | None) -> None:
    import polars

    frame = polars.DataFrame({**PERSONS.to_dict("list"), "w": [1.0, weight, 3.0, weight], "y": [1, 0, 1, 0]})
    message = refusal(DesignError, frame)  # type: ignore[arg-type]
    assert message.startswith("weight: 2 weight(s) are negative, missing, infinite or not a number")
    assert "allowed: numbers ≥ 0" in message
    assert "do:      correct them in the data" in message


def test_weights_that_are_text_are_refused() -> None:
    assert "weight: 4 weight(s)" in refusal(DesignError, PERSONS.assign(w="heavy"))


def test_weights_all_zero_are_refused() -> None:
    message = refusal(DesignError, PERSONS.assign(w=0.0))
    assert "weight: no row has a weight above zero" in message
    assert "right column" in message


def test_data_without_rows_are_refused() -> None:
    assert "no row has a weight above zero" in refusal(DesignError, PERSONS.iloc[:0])


@pytest.mark.parametrize(("column", "name"), [("h", "strata"), ("psu", "psu")])
def test_a_person_without_stratum_or_psu_is_refused(column: str, name: str) -> None:
    frame = PERSONS.assign(y=1)
    frame[column] = frame[column].astype(object).where(frame.index != 2)
    message = refusal(DesignError, frame)
    assert message.startswith(f"{name}: 1 row(s) have no {name}")
    assert "every person belongs to a sampled unit" in message


def test_an_outcome_that_is_neither_true_nor_false_is_refused_and_counted() -> None:
    message = refusal(RequestError, PERSONS.assign(y=["1", "0", "maybe", "2"]))
    assert message.startswith(
        "prevalence: outcome: y is not a true/false column: 2 row(s) hold something else"
    )
    assert "allowed: 0, 1, true, false, blank" in message
    assert "recode" in message
    message = refusal(RequestError, PERSONS.assign(y=[1.0, 0.0, float("inf"), float("nan")]))
    assert message.startswith(
        "prevalence: outcome: y is not a true/false column: 1 row(s) hold something else"
    )


@pytest.mark.parametrize("verb", ["mean", "ratio", "ratio below"])
def test_an_outcome_that_is_no_number_is_refused_and_counted(verb: str) -> None:
    frame = PERSONS.assign(t=["1", "a lot", None, "4"])
    with pytest.raises(RequestError) as error:
        fl.mean(design(frame), "t") if verb == "mean" else fl.ratio(
            design(frame), *(("t", "v") if verb == "ratio" else ("v", "t"))
        )
    assert "is not a numeric column: 1 row(s) hold something else" in str(error.value)
    assert "allowed: numbers, blank" in str(error.value)


def test_an_infinite_outcome_is_refused() -> None:
    import polars

    frame = polars.DataFrame({"w": [1.0, 1.0], "h": [1, 1], "psu": [1, 2], "y": [float("inf"), 1.0]})
    with pytest.raises(RequestError, match="y is not a numeric column: 1 row"):
        fl.mean(design(frame), "y")  # type: ignore[arg-type]


def test_a_missing_outcome_is_weight_zero_for_that_outcome_and_counted() -> None:
    est = fl.prevalence(design(), "y")
    assert est.table.loc[0, ["n", "population", "estimate"]].tolist() == [3, 6, pytest.approx(4 / 6)]
    assert est.about.missing == 1
    assert len(est.units) == 2


@pytest.fixture(scope="module")
def labelled() -> pd.DataFrame:
    """Whole numbers, the same as labels that sort alike, and as labels with blanks around some."""
    rng = np.random.default_rng(1)
    psu = rng.integers(0, 60, 3000)
    whole = pd.DataFrame({"h": psu % 7, "psu": psu, "g": rng.integers(0, 20, 3000)})
    texts = {f"{c}_text": whole[c].map("Label {:02d}".format) for c in whole}
    blanks = {
        f"{c}_blanks": t.where(rng.random(3000) < 0.5, "  " + t + "\t")
        for c, t in zip(whole, texts.values(), strict=True)
    }
    return whole.assign(w=1 + rng.random(3000), y=(rng.random(3000) < 0.1).astype(int), **texts, **blanks)


def as_dictionaries(frame: pd.DataFrame) -> Any:
    import pyarrow as pa

    table = pa.Table.from_pandas(frame, preserve_index=False)
    texts = [
        i
        for i, kind in enumerate(table.schema.types)
        if pa.types.is_string(kind) or pa.types.is_large_string(kind)
    ]
    for i in texts:
        table = table.set_column(i, table.column_names[i], table.column(i).dictionary_encode())
    assert len(texts) == 6
    return table


@pytest.mark.parametrize("labels", ["text", "blanks"])
@pytest.mark.parametrize("held", ["pandas", "dictionaries", "parquet", "csv"])
def test_text_keys_give_the_table_of_whole_numbers(
    labelled: pd.DataFrame, tmp_path: Path, held: str, labels: str
) -> None:
    data: Any = labelled
    if held == "dictionaries":
        data = as_dictionaries(labelled)
    elif held != "pandas":
        data = tmp_path / f"persons.{held}"
        labelled.to_parquet(data) if held == "parquet" else labelled.to_csv(data, index=False)

    def totals(kind: str) -> pd.DataFrame:
        made = fl.SurveyDesign(data, weight="w", strata=f"h{kind}", psu=f"psu{kind}")
        return cluster_totals(made, Outcome("truth", "y"), [f"g{kind}"]).rename(
            columns={f"by__g{kind}": "by__g"}
        )

    whole, text, keys = totals(""), totals(f"_{labels}"), ["strata", "psu", "by__g"]
    whole = whole.assign(**{key: [f"Label {int(number):02d}" for number in whole[key]] for key in keys})
    text = text.assign(**{key: list(text[key]) for key in keys})
    whole, text = (table.sort_values([*keys, "status"], ignore_index=True) for table in (whole, text))
    assert len(whole) > 1000
    pd.testing.assert_frame_equal(whole, text, rtol=1e-14)


def test_no_text_comes_home_from_the_pass(labelled: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of each of a million cells takes the engine, and the way home, three times as long as a
    number."""
    import pyarrow as pa

    found: list[Any] = []

    monkeypatch.setattr(engines, "FEW_ROWS", 0)

    def kept(*given: Any) -> Any:
        found.append(to_arrow(*given))
        return found[-1]

    monkeypatch.setattr("fltoolkit.estimate.totals.cluster_totals.to_arrow", kept)
    fl.prevalence(design(labelled, strata="h_blanks", psu="psu_text"), "y", by=["g_text"])
    assert len(found[0]) > 1000
    assert not [
        kind for kind in found[0].schema.types if pa.types.is_string(kind) or pa.types.is_dictionary(kind)
    ]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many PSUs and labels that nearly each row is a group of its own; with blanks everywhere."""
    rng, n = np.random.default_rng(3), 60_000
    psu = rng.integers(0, 4000, n)
    frame = pd.DataFrame(
        {"h": psu // 20, "psu": 7 + 3 * psu, "w": rng.gamma(2, 30, n), "x": rng.normal(size=n)}
    )
    frame["y"] = rng.choice([0.0, 1.0, np.nan], n, p=[0.9, 0.05, 0.05])
    frame["g"] = rng.choice(np.array(["men", "women", None], object), n)
    frame["k"] = pd.array(rng.integers(-2, 5, n), dtype="Int64")
    frame.loc[::11, "k"] = pd.NA
    frame.loc[::17, "w"] = 0.0
    file = tmp_path_factory.mktemp("large") / "persons.parquet"
    frame.to_parquet(file)
    return file


@pytest.mark.parametrize(
    "outcome",
    [Outcome("truth", "y"), Outcome("truth", "y", three_valued=True), Outcome("ratio", "x", "y")],
    ids=["truth", "three-valued", "ratio"],
)
def test_sums_of_sorted_codes_are_those_of_group_by(
    large: Path, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And their last digits are the same each time."""
    made = fl.SurveyDesign(large, weight="w", strata="h", psu="psu")
    found = [cluster_totals(made, outcome, ["g", "k"]) for _ in range(3)]
    for again in found[1:]:
        pd.testing.assert_frame_equal(again, found[0], check_exact=True)
    asked: list[Any] = []
    monkeypatch.setattr(
        "fltoolkit.estimate.totals.cluster_totals._sorted_sums", lambda *given: asked.append(given)
    )
    grouped = cluster_totals(made, outcome, ["g", "k"])
    assert len(asked) == 1
    assert len(grouped) > 40_000
    pd.testing.assert_frame_equal(found[0], grouped, rtol=2e-15, atol=1e-12)


@pytest.mark.parametrize(("keys", "sorted_rows"), [([], False), (["g"], False), (["g", "k"], True)])
def test_rows_are_sorted_only_where_there_may_be_as_many_groups(
    large: Path, keys: list[str], sorted_rows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[int] = []

    def kept(*given: Any) -> Any:
        found = to_arrow(*given)
        rows.append(len(found))
        return found

    monkeypatch.setattr("fltoolkit.estimate.totals.cluster_totals.to_arrow", kept)
    cluster_totals(fl.SurveyDesign(large, weight="w", strata="h", psu="psu"), Outcome("truth", "y"), keys)
    assert (rows == [60_000]) is sorted_rows
