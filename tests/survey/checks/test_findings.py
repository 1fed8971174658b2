"""Tests findings as a table and as an error, and how they are counted."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pytest
from small_surveys import frame_of

from fltoolkit.errors import DataError
from fltoolkit.survey.checks.findings import Finding, count_rows, finding_facts, findings, stop_on_errors

FOUND = [
    Finding("note", "module", "result", "refused", 30, "nothing"),
    Finding("warning", "age", "AGE", "not stated", 2, "ask again"),
    Finding("error", "weights", "W", "negative", 1, "correct them", counted="others"),
    Finding("warning", "files", "files.module", "without a person", 4, "check the keys"),
    Finding("error", "unknown codes", "Q1", "9", 4, "name them"),
]


def test_the_worst_stand_first_and_else_in_the_order_they_were_found() -> None:
    table = findings(FOUND, 5)
    assert list(table) == ["severity", "check", "where", "what", "count", "do"]
    assert table["where"].to_list() == ["W", "Q1", "AGE", "files.module", "result"]
    assert table.index.to_list() == [0, 1, 2, 3, 4]
    assert list(findings([], 5)) == ["severity", "check", "where", "what", "count", "do"]


def test_errors_alone_stop_and_all_of_them_are_told() -> None:
    stop_on_errors(finding_facts([f for f in FOUND if f.severity != "error"], 5), "survey.yaml")
    with pytest.raises(DataError) as error:
        stop_on_errors(finding_facts(FOUND, 5), "survey.yaml")
    assert str(error.value).splitlines() == [
        "survey.yaml: 2 finding(s) stop the estimate:",
        "  - W: negative (1). correct them",
        "  - Q1: 9 (fewer than 5). name them",
    ]


def test_rows_are_counted_where_a_condition_is_true_not_where_it_is_open() -> None:
    frame = frame_of(a=[1.0, 5.0, None, 7.0])
    conditions = {
        "large": nw.col("a") > 4,
        "blank": nw.col("a").is_null(),
        "none": nw.col("a") > 9,
        "all": nw.lit(True),
    }
    assert count_rows(frame, conditions) == {"large": 2, "blank": 1, "none": 0, "all": 4}
    assert count_rows(frame, {}) == {}


@pytest.mark.parametrize(
    ("count", "counted", "printed", "exact"),
    [
        (30, "persons", "about 30", 30),
        (4, "persons", "fewer than 5", 4),
        (30, "cases", "5 or more", 30),
        (4, "cases", "fewer than 5", 4),
        (3, "others", 3, 3),
        ((5, 2), "persons", "about 10", 7),
        ((4, 2), "persons", "fewer than 10", 6),
        (0, "persons", 0, 0),
        ("", "persons", "", ""),
    ],
)
def test_a_count_is_printed_by_what_it_counts_and_as_it_is_on_a_screen(
    count: Any, counted: Any, printed: object, exact: object
) -> None:
    found = [Finding("note", "module", "result", "found", count, "nothing", counted=counted)]
    assert findings(found, 5)["count"].to_list() == [printed]
    assert findings(found, None)["count"].to_list() == [exact]


def test_columns_stand_with_their_counts_and_hidden_ones_keep_the_order_of_the_questionnaire() -> None:
    """The order of exact counts would tell which of two hidden ones is the larger, and whether their sum is
    above the limit."""
    by = (("Q1", 2), ("Q2", 4), ("Q3", (4, 4)), ("Q4", 38), ("Q5", (9, 1)), ("Q6", (3, 0)))
    found = [Finding("note", "non-response", "6 questions", "open", "", "nothing", by={"": by})]
    (row,) = findings(found, 5).to_dict("records")
    assert row["what"] == (
        "open: Q4 (about 40); Q5 (about 10); Q1, Q2, Q6 (fewer than 5 each); Q3 (fewer than 10)"
    )
    assert row["count"] == ""
    assert findings(found, None)["what"][0] == "open: Q4 (38); Q5 (10); Q3 (8); Q2 (4); Q6 (3); Q1 (2)"
