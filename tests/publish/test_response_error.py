"""Tests the prevalence under misclassification of the answers: Rogan and Gladen's formula, and when it gives
no result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from published_rows import published, row

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.publish.response_error import SENSITIVITY, SPECIFICITY


def test_response_error_of_a_number() -> None:
    """docs/methods.md §8: 3.0 per 1,000 seen through sensitivity 0.8 is 4.4 with specificity 0.998, 7.4 with
    0.995."""
    assert [round(fl.observed_rate(0.003, 0.8, sp) * 1000, 1) for sp in (0.998, 0.995)] == [4.4, 7.4]
    back = fl.response_error(fl.observed_rate(0.003, 0.8, 0.998), [0.8], [0.998]).table.iloc[0]
    assert back["prevalence"] == pytest.approx(0.003, rel=1e-12)
    assert back[["ci_low", "ci_high"]].isna().all()


def test_response_error_of_the_headline_moves_its_limits_too() -> None:
    """Its limits move by the same rule: here (v − 0.05)/0.45."""
    out = published(row(estimate=0.1, ci_low=0.07, ci_high=0.14))
    found = fl.response_error(out, [1.0, 0.5], [1.0, 0.95])
    table = found.table.set_index(["sensitivity", "specificity"])
    assert_allclose(
        table.loc[(1.0, 1.0), ["prevalence", "ci_low", "ci_high"]].astype(float),
        [0.1, 0.07, 0.14],
    )
    assert_allclose(
        table.loc[(0.5, 0.95), ["prevalence", "ci_low", "ci_high"]].astype(float),
        [(v - 0.05) / 0.45 for v in (0.1, 0.07, 0.14)],
    )
    assert (found.population_label, found.level) == ("adults", 0.95)


def test_the_table_of_a_wide_range_starts_from_its_low_end_and_knows_the_high_one() -> None:
    out = published(row(estimate=0.1, ci_low=0.07, ci_high=0.14, bound_high=0.3))
    assert np.isnan(fl.response_error(out).bound_high)
    found = fl.response_error(replace(out, table=out.table.assign(bounds_note=str(WIDE_BOUNDS))))
    assert (found.observed, found.bound_high) == (0.1, 0.3)
    assert "the low end of 100.0 to 300.0" in fl.show.response_error(found).alt


def test_response_error_that_cannot_be_is_blank_with_its_reason() -> None:
    table = fl.response_error(0.004, [0.9, 0.1], [0.99, 0.9]).table
    assert table["prevalence"].isna().all()
    assert table["reason"].tolist() == ["more false cases are expected than were found"] * 3 + [
        "such answers give no information"
    ]
    assert fl.response_error(0.5, [0.4], [1.0]).table["reason"].tolist() == [
        "fewer true cases are expected than were found"
    ]


@pytest.mark.parametrize(
    "arguments", [(0.5, [1.2], [1.0]), (3.0, [1.0], [1.0]), (float("nan"), [1.0], [1.0])]
)
def test_response_error_refuses_what_is_no_proportion(
    arguments: tuple[float, list[float], list[float]],
) -> None:
    with pytest.raises(RequestError):
        fl.response_error(*arguments)


def test_a_hidden_headline_has_no_response_error() -> None:
    out = published(row())
    table = fl.response_error(replace(out, table=out.table.assign(estimate=np.nan))).table
    assert table["prevalence"].isna().all()
    assert set(table["reason"]) == {"the headline is not shown"}


def test_a_limit_that_would_lie_outside_0_to_1_is_cut_off_there() -> None:
    """Of 0.5 with limits 0.1 and 0.95, sensitivity 0.9 and specificity 0.8 make 3/7, −1/7 and 7.5/7."""
    out = published(row(estimate=0.5, ci_low=0.1, ci_high=0.95))
    (found,) = fl.response_error(out, [0.9], [0.8]).table.to_dict("records")
    assert found["prevalence"] == pytest.approx(3 / 7)
    assert (found["ci_low"], found["ci_high"]) == (0, 1)


def test_the_table_has_a_row_for_each_pair_and_that_of_perfect_answers_is_what_was_observed() -> None:
    table = fl.response_error(0.02).table
    assert len(table) == len(SENSITIVITY) * len(SPECIFICITY)
    assert table.loc[0, ["sensitivity", "specificity", "prevalence"]].tolist() == pytest.approx([1, 1, 0.02])
    assert table["specificity"].tolist()[:5] == list(SPECIFICITY)


def test_an_edge_that_the_formula_still_allows_is_a_number() -> None:
    """Exactly as many false cases as were found are no true case; answers by the toss of a coin tell
    nothing."""
    found = fl.response_error(0.25, [1.0, 0.25], [0.75]).table
    assert found["prevalence"].tolist()[0] == 0
    assert found["reason"].tolist() == ["", "such answers give no information"]
