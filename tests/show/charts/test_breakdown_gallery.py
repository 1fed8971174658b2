"""Tests that the gallery shows every published breakdown of a measure once, each with its table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from published_rows import contrasts

import fltoolkit as fl
from fltoolkit.estimate.measures.stock_and_duration import IN_TIME
from fltoolkit.publish.contrasts.published_contrasts import NO_DIFFERENCE
from fltoolkit.show import result
from fltoolkit.show.charts.breakdown_gallery import gallery, in_time, pairs
from fltoolkit.show.charts.chart_style import Picture, Table
from fltoolkit.show.wording.section_words import Sentences


@contextmanager
def displayed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What is displayed meanwhile."""
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    yield seen


@pytest.mark.parametrize("measure", ["prevalence", "total", "share"])
def test_every_published_breakdown_of_a_measure_is_shown_once(norvia: fl.Published, measure: str) -> None:
    published = norvia.own[norvia.own["measure"] == measure]
    keys = ["reference_population", "breakdown", "category"]
    shown = [
        row for _, rows in pairs(norvia, measure) for row in rows[keys].itertuples(index=False, name=None)
    ]
    assert sorted(shown, key=str) == sorted(published[keys].itertuples(index=False, name=None), key=str)


def test_many_categories_are_several_pictures(norvia: fl.Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before, 30 regions and 25 industries were one picture, whose letters were a millimetre high on
    paper."""
    whole = [len(rows) for _, rows in pairs(norvia, "prevalence")]
    monkeypatch.setattr("fltoolkit.show.charts.breakdown_gallery.MOST_ROWS", 8)
    parts = [len(rows) for _, rows in pairs(norvia, "prevalence")]
    assert sum(parts) == sum(whole)
    assert max(whole) > 16
    assert (
        max(
            n
            for n, (_, rows) in zip(parts, pairs(norvia, "prevalence"), strict=True)
            if rows["breakdown"].nunique() > 1
        )
        <= 8
    )


def test_populations_never_stand_in_one_picture(norvia: fl.Published) -> None:
    found = list(pairs(norvia, "prevalence"))
    assert {rows["reference_population"].nunique() for _, rows in found} == {1}
    assert {rows["reference_population"].iloc[0] for _, rows in found} == {"adults", "workers"}


def test_numbers_by_the_sector_of_forced_labour_are_bars_and_shares_dots(norvia: fl.Published) -> None:
    def bars(measure: str, group: str) -> set[bool]:
        asked = (p.figure.data for p, rows in pairs(norvia, measure) if group in set(rows["breakdown"]))
        return {any(trace.type == "bar" for trace in data) for data in asked}

    assert bars("total", "sector") == {True}
    assert bars("share", "sector") == {False}


def test_a_folded_table_follows_each_picture(norvia: fl.Published, monkeypatch: pytest.MonkeyPatch) -> None:
    with displayed(monkeypatch) as seen:
        gallery(norvia, "total")
    assert len(seen) == 2 * len(list(pairs(norvia, "total")))
    assert {type(part) for part in seen[::2]} == {Picture}
    assert {type(part) for part in seen[1::2]} == {Table}
    for table, (_, rows) in zip(seen[1::2], pairs(norvia, "total"), strict=True):
        head = table.html.partition("</summary>")[0]
        assert head.startswith("<details><summary")
        assert head.endswith(f">Table: {len(rows)} rows")


def test_a_measure_that_was_not_published_shows_nothing(
    norvia: fl.Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    with displayed(monkeypatch) as seen:
        gallery(norvia, "mean")
    assert seen == []


def test_the_measures_in_time_without_a_number_keep_their_sentences_beside_one_with_a_number(
    norvia: fl.Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, a page spoke of three numbers and had one: the sentence of the first measure was nowhere."""
    table = norvia.table.copy()
    gone = table["measure"].isin(["stock", "stock_prevalence"])
    table.loc[gone, ["estimate", "ci_low", "ci_high"]] = np.nan
    table.loc[gone, ["marker", "reason"]] = "x", "no months"
    out = replace(norvia, table=table)
    with displayed(monkeypatch) as seen:
        in_time(out)
    sentences = [str(part) for part in seen if isinstance(part, Sentences)]
    assert len(sentences) == table.loc[gone, "measure"].nunique() > 0
    assert all("not available" in text for text in sentences)
    assert str(result.in_time(out)) not in sentences


def test_only_the_picture_of_a_tested_population_stays_open(norvia: fl.Published) -> None:
    by_sex = replace(norvia, lead="sex", contrasts=norvia.contrasts.head(0))
    assert not any(picture.open for picture, _ in pairs(by_sex, "prevalence"))
    population = norvia.own_rows(measure="prevalence")["reference_population"].iloc[0]
    tested = contrasts({"reference_population": population, "verdict": NO_DIFFERENCE})
    opened = [
        (rows["breakdown"].eq("sex").any(), picture.open)
        for picture, rows in pairs(replace(by_sex, contrasts=tested), "prevalence")
    ]
    assert (True, True) in opened
    assert all(open_ == with_sex for with_sex, open_ in opened if open_)
    assert not any(picture.open for picture, _ in pairs(replace(by_sex, contrasts=tested), "total"))


def test_the_picture_of_coercion_stays_open_because_the_sentence_above_it_names_means_of_coercion(
    norvia: fl.Published,
) -> None:
    opened = [set(rows["breakdown"]) for picture, rows in pairs(norvia, "profile") if picture.open]
    assert len(opened) == 1
    assert "coercion" in opened[0]
    assert "withheld documents" in str(result.groups(norvia, "profile"))


def test_a_measure_in_time_without_a_number_is_a_sentence(
    norvia: fl.Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list(dict.fromkeys(norvia.own.loc[norvia.own["measure"].isin(IN_TIME), "measure"]))
    assert len(asked) > 1
    table = norvia.table.copy()
    gone = table["measure"].isin(asked)
    table.loc[gone, ["estimate", "ci_low", "ci_high"]] = np.nan
    table.loc[gone, ["marker", "reason"]] = "x", "no months"
    with displayed(monkeypatch) as seen:
        in_time(replace(norvia, table=table))
    assert [type(part) for part in seen] == [Sentences] * (
        len(asked) - 1
    )  # `fl.show.result.in_time` says the first
    assert all("not available" in str(part) for part in seen)
