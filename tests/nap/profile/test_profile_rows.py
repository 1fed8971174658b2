"""Tests rows of the plan on the profile of cases: one characteristic, for everybody and by group, with the
category of a target."""

from __future__ import annotations

import pandas as pd
import pytest
import shipped

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.nap.profile.profile_rows import allowed_characteristics, rows_of_characteristic, topic_and_name


@pytest.fixture(scope="module")
def out() -> fl.Published:
    return shipped.published(shipped.NORVIA)


def test_a_stage_has_its_side_before_it_since_both_sides_have_one(norvia: fl.Survey) -> None:
    allowed = allowed_characteristics(norvia.spec)
    assert {"debt_bondage", "coercion_stage/recruitment", "involuntary_stage/recruitment"} <= set(allowed)
    assert "recruitment" not in allowed
    assert (topic_and_name("coercion_stage/work"), topic_and_name("debt_bondage")) == (
        ("coercion_stage", "work"),
        ("", "debt_bondage"),
    )


def test_the_row_is_the_published_share_of_everybody(out: fl.Published) -> None:
    (row,) = rows_of_characteristic(out, "debt_bondage", (), None).to_dict("records")
    published = out.own_rows(measure="profile", breakdown="coercion")
    assert row["category"] == "total"
    assert row["estimate"] == published.loc[published["coercion"] == "debt_bondage", "estimate"].iloc[0]


def test_a_name_of_two_topics_and_a_name_of_none_say_what_is_allowed(out: fl.Published) -> None:
    with pytest.raises(RequestError, match="involuntary_stage/work"):
        rows_of_characteristic(out, "work", (), None)
    with pytest.raises(RequestError, match="debt_bondage"):
        rows_of_characteristic(out, "debt_bondag", (), None)
    assert pd.notna(rows_of_characteristic(out, "coercion_stage/work", (), None)["estimate"].iloc[0])
