"""Compares quantiles and their covariance with R, and tests which quantiles are refused."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import PublicationError, RequestError

FOLDER = Path(__file__).parents[2] / "golden"
GOLDEN = json.loads((FOLDER / "quantiles.json").read_text("utf-8"))
RECORDS = {record["id"]: record for record in GOLDEN["records"]}
GATES = {"se": 1e-10, "estimate": 0.0, "df": 0.0, "n": 0.0}  # limits are values of y: equal or wrong


def frame_of(data: str) -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / "data" / data)
    return frame.assign(band=10 * np.floor(frame["hours"] / 10))


@functools.cache
def jackknifed() -> fl.ReplicateDesign:
    """The clustered design as R's as.svrepdesign(type = "JKn") makes it: a replicate leaves out one PSU."""
    frame, weights, factors = frame_of("clustered.csv"), {}, []
    for i, (stratum, psu) in enumerate(sorted(set(zip(frame["stratum"], frame["psu"], strict=True)))):
        inside = frame["stratum"] == stratum
        psus = frame.loc[inside, "psu"].nunique()
        factor = np.where(inside, np.where(frame["psu"] == psu, 0.0, psus / (psus - 1)), 1.0)
        weights[f"rw{i}"] = frame["weight"] * factor
        factors.append((psus - 1) / psus)
    table = pd.concat([frame, pd.DataFrame(weights)], axis=1)
    return fl.ReplicateDesign(table, weight="weight", replicates="rw*", method="jkn", rscales=factors)


def ours(record: dict[str, Any]) -> pd.DataFrame:
    if "jkn" in record["id"]:
        design: Any = jackknifed()
    else:
        arguments = dict(record["design"])
        design = fl.SurveyDesign(frame_of(arguments.pop("data")), **arguments)
    by = record["by"] if len(record["by"]) > 1 else record["by"][0]
    return fl.quantile(design, record["y"], record["q"], by=by).table


@pytest.mark.parametrize("name", RECORDS)
def test_every_quantile_its_interval_and_standard_error_are_rs(name: str) -> None:
    record, table = RECORDS[name], ours(RECORDS[name])
    assert len(table) == len(record["quantiles"])
    wrong = []
    for row in record["quantiles"]:
        at = np.logical_and.reduce(
            [table[g].astype(str) == v for g, v in row["key"].items()]
            + [table["quantile"] == row["quantile"]]
        )
        (mine,) = table[at].to_dict("records")
        for column in ("estimate", "ci_low", "ci_high", "se", "df", "n"):
            a, b = float(mine[column]), float(row[column])
            if not (np.isnan([a, b]).all() or abs(a - b) <= GATES.get(column, 0.0) * abs(b)):
                wrong.append(f"{row['key']} {row['quantile']} {column}: ours {a!r}, R {b!r}")
    assert not wrong, "\n".join(wrong)


def test_the_goldens_hold_limits_that_do_not_exist() -> None:
    rows = [row for record in RECORDS.values() for row in record["quantiles"]]
    assert sum(row["ci_high"] == "NaN" or row["ci_low"] == "NaN" for row in rows) > 3
    assert len(rows) > 150


def equal(values: list[int], psus: int = 5) -> fl.SurveyDesign:
    frame = pd.DataFrame({"y": values, "w": 0.1})  # 0.1 ten times is not 1
    return fl.SurveyDesign(frame.assign(psu=frame.index % psus), weight="w", psu="psu")


def test_a_share_reached_exactly_is_reached_whatever_the_last_digit_of_the_weights() -> None:
    table = fl.quantile(equal(list(range(10))), "y", [0.1, 0.3, 0.5, 0.7]).table
    assert table["estimate"].tolist() == [0, 2, 4, 6]


def test_the_covariance_has_the_standard_errors_on_its_diagonal_and_opposite_ends_move_together() -> None:
    est = fl.quantile(equal([i * i % 17 for i in range(200)], psus=20), "y", [0.4, 0.5, 0.6])
    assert np.sqrt(np.diag(est.covariance)) == pytest.approx(est.table["se"].to_numpy())
    assert (est.table["se"] > 0).all()
    assert est.covariance[0, 1] > 0


def test_a_value_that_all_have_has_no_spread() -> None:
    table = fl.quantile(equal([7] * 20), "y", [0.5]).table
    assert table[["estimate", "se", "ci_low", "ci_high"]].to_numpy().tolist() == [[7, 0, 7, 7]]


def test_blanks_are_left_out_and_counted() -> None:
    design = equal([1, 2, 3, 4])
    frame = pd.DataFrame({"y": [1, None, 3, 4], "w": 1.0, "psu": range(4)})
    est = fl.quantile(fl.SurveyDesign(frame, weight="w", psu="psu"), "y", [0.5])
    assert (est.about.missing, est.table["n"][0], est.table["estimate"][0]) == (1, 3, 3)
    assert fl.quantile(design, "y").about.missing == 0


def test_only_variables_with_at_most_200_values() -> None:
    assert len(fl.quantile(equal(list(range(200))), "y").table) == 3
    with pytest.raises(RequestError, match=r"more than 200 values(.|\n)*found: +201(.|\n)*round it"):
        fl.quantile(equal(list(range(201))), "y")


@pytest.mark.parametrize("q", [[0.5, 1.0], [0.0], [50], 50])
def test_a_share_lies_between_0_and_1(q: list[float]) -> None:
    with pytest.raises(RequestError, match=r"quantile: q(.|\n)*above 0 and below 1(.|\n)*0.5 is the median"):
        fl.quantile(equal([1, 2]), "y", q)
    with pytest.raises(RequestError, match="no quantile is asked for"):
        fl.quantile(equal([1, 2]), "y", [])


def test_text_is_no_number_and_a_column_is_not_within_itself() -> None:
    frame = pd.DataFrame({"y": ["a", "b"], "w": 1.0})
    with pytest.raises(RequestError, match="not a numeric column"):
        fl.quantile(fl.SurveyDesign(frame, weight="w"), "y")
    with pytest.raises(RequestError, match="leave it out of by"):
        fl.quantile(equal([1, 2]), "y", by="y")


def test_a_quantile_is_not_published() -> None:
    with pytest.raises(PublicationError, match="single persons"):
        fl.publish(fl.quantile(equal(list(range(50))), "y"))


def test_of_a_survey_they_are_those_of_months_among_cases(norvia: fl.Survey) -> None:
    est = fl.quantile(norvia, by=[[], ["sex"]])
    months = fl.duration(norvia, by=[[], ["sex"]])
    assert est.about.outcome == "months"
    assert est.about.duration_basis == months.about.duration_basis
    assert est.table["n"][::3].tolist() == months.table["n"].tolist()
    assert est.about.missing == months.about.missing == 3
    with pytest.raises(RequestError, match="quantiles of numbers of its cases only"):
        fl.quantile(norvia, "sex")
