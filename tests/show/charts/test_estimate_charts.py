"""Tests that a picture shows each published number with its interval, marks hidden ones, and contains no
hidden number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shipped
import small_country as country
from drawn_charts import by_plotly, contrast
from figures import figure
from handed import EN

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.publish.measure_units import scale
from fltoolkit.show.charts import estimate_charts, flow_of_persons
from fltoolkit.show.charts.breakdown_gallery import pairs
from fltoolkit.show.charts.chart_style import GREY, Picture
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import number

MEASURES = ("prevalence", "total", "share")
Pictures = list[tuple[str, Picture, pd.DataFrame]]


def numbers(node: Any) -> Iterator[float]:
    """Every number in a figure's data."""
    if isinstance(node, dict):
        assert "bdata" not in node, "numbers as base64 cannot be read by a person who checks the page"
        for value in node.values():
            yield from numbers(value)
    elif isinstance(node, list):
        for value in node:
            yield from numbers(value)
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield float(node)


def row_names(fig: dict[str, Any]) -> list[str]:
    """The words of each row from the top."""
    return [text.replace("<b>", "").replace("</b>", "") for text in fig["layout"]["yaxis"]["ticktext"]]


def points(fig: dict[str, Any]) -> list[tuple[int, float, str]]:
    """Row, value and symbol of every number; where nobody was found, the value is the upper limit."""
    marks = [
        t for t in fig["data"] if t["type"] == "bar" or (t.get("mode") == "markers" and t["x"] != [None])
    ]
    found = [
        (round(y), x, t["marker"].get("symbol", "bar"))
        for t in marks
        for x, y in zip(t["x"], t["y"], strict=True)
    ]
    return sorted(point for point in found if "triangle" not in point[2])


def drawn(fig: dict[str, Any]) -> dict[str, float]:
    """Label -> value of every number; 0 where nobody was found."""
    names = row_names(fig)
    return {names[y]: 0 if symbol == "line-ns-open" else x for y, x, symbol in points(fig)}


def marked(fig: dict[str, Any]) -> dict[str, str]:
    """Label -> the words that stand where a number is not shown; by the row's own words."""
    names = fig["layout"]["yaxis"]["ticktext"]
    return {names[a["y"]]: a["text"] for a in fig["layout"]["annotations"] if "bgcolor" in a}


@pytest.fixture(scope="module")
def every_picture(norvia: fl.Published) -> Pictures:
    return [(m, picture, rows) for m in MEASURES for picture, rows in pairs(norvia, m)]


def test_dots_stand_at_the_published_numbers_and_the_hidden_ones_are_marked() -> None:
    fig = figure(estimate_charts.dots(country.published(), "prevalence", "region"))
    assert drawn(fig) == pytest.approx({"North": round(1000 * 20 / 90), "South": 150, "Plain": 0})
    assert marked(fig) == {
        "East": "[c] not shown",
        "West": "[c] not shown",
        "Island": "[c] not shown",
        "Not stated": "[c] not shown",
    }
    assert row_names(fig) == ["North", "South", "East", "West", "Plain", "Island", "Not stated"]
    assert dict(zip(row_names(fig), fig["layout"]["yaxis2"]["ticktext"], strict=True))["North"].startswith(
        "222 ("
    )


def test_the_rows_of_a_crossed_breakdown_name_both_categories() -> None:
    picture = estimate_charts.dots(country.published(), "prevalence", ["sex", "region"])
    assert by_plotly(figure(picture)).labels[0] == "Men × north"
    assert "men × west: [c]" in picture.alt
    assert figure(picture)["layout"]["showlegend"] is False


def test_one_name_in_two_breakdowns_stays_two_rows() -> None:
    picture = estimate_charts.dots(country.published(), "prevalence", [["age_group"], ["region"]])
    assert row_names(figure(picture)).count("Not stated") == 2
    for group in ("age group", "region"):
        assert f"not stated ({group}): [c]" in picture.alt


def test_bars_stand_in_the_order_of_the_categories_and_hollow_where_unreliable() -> None:
    picture = estimate_charts.bars(country.published(), "region")
    fig = figure(picture)
    bars = {(t["marker"]["color"] == "white"): t for t in fig["data"] if t["type"] == "bar"}
    assert (bars[False]["x"], bars[True]["x"]) == ([200], [120])
    assert row_names(fig)[:3] == ["North", "South", "East"]
    assert marked(fig)["West"] == "[c] not shown"
    assert "south: 120" in picture.alt


def test_a_picture_takes_a_title() -> None:
    picture = estimate_charts.dots(country.published(), "prevalence", title="My own")
    assert "<b>My own</b>" in figure(picture)["layout"]["title"]["text"]
    assert picture.alt.startswith("My own.")


def test_alt_text_tells_every_published_number_and_no_hidden_one(every_picture: Pictures) -> None:
    for _, picture, rows in every_picture:
        told = picture.alt
        for name, row in zip(number_words.labels(EN, rows), rows.to_dict("records"), strict=True):
            if pd.isna(row["estimate"]):
                assert f"{name}: [{row['marker']}]" in told
            else:
                estimate, low = (
                    number_words.of_row(EN, row[column], row) for column in ("estimate", "ci_low")
                )
                assert f"{name}: {estimate} ({low}" in told


def test_no_figure_holds_a_hidden_number(every_picture: Pictures, norvia_hidden: pd.DataFrame) -> None:
    assert len(norvia_hidden) > 20
    for measure, picture, rows in every_picture:
        mine = norvia_hidden[
            (norvia_hidden["measure"] == measure) & norvia_hidden["breakdown"].isin(rows["breakdown"])
        ]
        mine = mine[mine["reference_population"] == rows["reference_population"].iloc[0]]
        times, fig = scale(measure), figure(picture)
        traces = [
            {key: part for key, part in trace.items() if key != "y"} for trace in fig["data"]
        ]  # y: places of rows
        data, layout = (
            [*numbers(traces)],
            [*numbers({k: v for k, v in fig["layout"].items() if not k.startswith("yaxis")})],
        )
        for column in ("estimate", "ci_low", "ci_high", "se"):
            for value in mine[column][mine[column] > 0]:
                there = np.array(
                    data if value == round(value) else [*data, *layout]
                )  # a limit of 1 case is also a width of 1
                assert not np.isclose(there, value * times, rtol=1e-6, atol=0).any()
                assert not np.isclose(there, value, rtol=1e-6, atol=0).any()


def test_hidden_rows_are_marked_and_never_drawn(every_picture: Pictures) -> None:
    assert any(rows["estimate"].isna().any() for _, _, rows in every_picture)
    for measure, picture, rows in every_picture:
        fig = figure(picture)
        shown = rows[rows["estimate"].notna()]
        values = shown["estimate"].where(shown["marker"] != "w", shown["ci_high"]) * scale(measure)
        values = values.clip(upper=fig["layout"]["xaxis"]["range"][1])  # a long interval is cut there
        assert sorted(x for _, x, _ in points(fig)) == pytest.approx(sorted(values))
        words = [a["text"] for a in fig["layout"]["annotations"] if "bgcolor" in a]
        assert len(words) == rows["estimate"].isna().sum()
        assert all("not shown" in text for text in words)


def test_figures_are_small_and_bring_no_template(
    every_picture: Pictures, norvia: fl.Published, norvia_persons: fl.Survey
) -> None:
    others = [flow_of_persons.flow(norvia), estimate_charts.unresolved(fl.nonresponse(norvia_persons))]
    for picture in [*(p for _, p, _ in every_picture), *others]:
        fig = figure(picture)
        assert len(json.dumps(fig)) < 12_000
        assert len(json.dumps(fig["layout"]["template"])) < 60  # plotly's own has 7,000 letters


def test_no_picture_offers_a_cloud_or_names_an_address(every_picture: Pictures, norvia: fl.Published) -> None:
    for picture in [*(p for _, p, _ in every_picture), flow_of_persons.flow(norvia)]:
        fig = figure(picture)
        assert fig["config"]["showSendToCloud"] is False
        assert fig["config"]["showEditInChartStudio"] is False
        assert fig["config"]["plotlyServerURL"] == ""
        assert fig["config"]["displaylogo"] is False
        assert "://" not in json.dumps(fig)


def test_words_on_white_have_a_contrast_of_4_5(
    every_picture: Pictures, norvia: fl.Published, norvia_persons: fl.Survey
) -> None:
    """Today's grey for lines, 3.25 : 1, was that of hidden cells, too."""
    assert contrast(GREY) < 4.5
    model = fl.show.risk(fl.risk_factors(norvia_persons, norvia))
    for picture in [
        *(p for _, p, _ in every_picture),
        estimate_charts.unresolved(fl.nonresponse(norvia_persons)),
        model,
    ]:
        fig = figure(picture)
        colours = {t["textfont"]["color"] for t in fig["data"] if t.get("mode") == "text"}
        colours |= {a["font"]["color"] for a in fig["layout"].get("annotations", []) if a["text"]}
        assert all(contrast(colour) >= 4.5 for colour in colours)


def test_the_flow_tells_the_published_counts_and_hides_the_others(
    norvia: fl.Published, norvia_hidden: pd.DataFrame
) -> None:
    picture = flow_of_persons.flow(norvia)
    words = " ".join(a["text"] for a in figure(picture)["layout"]["annotations"])
    for row in norvia.select("flowchart", [[], ["step"]]).to_dict("records"):
        told = f"[{row['marker']}]" if pd.isna(row["estimate"]) else number(row["estimate"], "flowchart")
        assert f"{row['step']}: {told}" in picture.alt
        assert told in words
    steps = norvia_hidden[norvia_hidden["measure"] == "flowchart"]
    assert len(steps)
    for value in steps["estimate"]:
        assert number(value, "flowchart") not in words + picture.alt


def test_each_box_of_the_flow_has_its_number_and_nobody_is_zero() -> None:
    words = [a["text"] for a in figure(flow_of_persons.flow(country.published()))["layout"]["annotations"]]
    assert "<b>0</b> did not work" in words
    assert "<b>3,660</b> not involuntary" in words
    assert "<b>410\u00a0†</b> in forced labour" in words
    assert "<b>50 [u]</b> unresolved" in words


def test_each_reason_for_an_open_answer_is_a_bar_and_small_counts_are_marked() -> None:
    counts = pd.DataFrame(
        {
            "where": ["a", "b", "c"],
            "column": ["Q1", "Q2", "Q3"],
            "label": ["threats", "debt", "other"],
            "dont_know": [7, 8, None],
            "refused": [None, 0, None],
            "not_applicable": [0, 0, 0],
            "missing": [5, None, 0],
        }
    ).astype(dict.fromkeys(("dont_know", "refused", "not_applicable", "missing"), "Int64"))
    picture = estimate_charts.unresolved(counts)
    fig = figure(picture)
    # Each number stands behind its bar, and the marker of a hidden number in the place of its bar.
    assert {t["name"]: (t["x"], t["text"]) for t in fig["data"]} == {
        "don't know": ([7, 8], ["7", "8"]),
        "refused": ([0, 0], ["[c]", ""]),
        "blank": ([5, 0], ["5", "[c]"]),
    }
    assert {(t["textposition"], t["constraintext"]) for t in fig["data"]} == {
        ("outside", "none")
    }  # none is made smaller
    assert fig["layout"]["xaxis"]["range"] == pytest.approx([0, 8.8])
    nobody = counts.assign(refused=0)
    assert "refused" not in {t["name"] for t in figure(estimate_charts.unresolved(nobody))["data"]}
    assert fig["layout"]["barmode"] == "group"  # the sum of rounded numbers is not the rounded sum
    assert "Q1: don't know 7, refused [c], blank 5" in picture.alt
    assert "Q2: don't know 8, refused 0, blank [c]" in picture.alt
    assert "Q3" not in picture.alt  # it would be a row without a bar
    assert "Q3" in estimate_charts.unresolved(counts.iloc[2:]).alt
    twice = pd.concat(
        [counts, counts.head(1).assign(label="violence")], ignore_index=True
    )  # the same answers, for two items
    assert len(figure(estimate_charts.unresolved(twice))["data"][0]["x"]) == 2
    other = pd.concat([counts, counts.head(1).assign(label="violence", dont_know=9)], ignore_index=True)
    assert len(figure(estimate_charts.unresolved(other))["data"][0]["x"]) == 3


@pytest.mark.thorough("a published run for each")
@pytest.mark.parametrize("place", ["group", "population", "period"])
def test_html_in_a_surveys_words_is_shown_and_not_obeyed(tmp_path: Any, place: str) -> None:
    evil = "<a href='x'>click</a>"
    survey = country.changed(country.SURVEY)
    if place == "group":
        survey["groups"]["region"]["codes"][1] = evil
    elif place == "population":
        survey["populations"]["adults"]["label"] = evil
    else:
        survey["reference_period"]["text"] = evil
    out, _ = country.run(country.write(tmp_path, survey))
    pictures = (
        estimate_charts.dots(out, "prevalence", "region"),
        estimate_charts.bars(out, "region"),
        flow_of_persons.flow(out),
    )
    layouts = [
        json.dumps({**figure(p)["layout"], "meta": ""}) + json.dumps(figure(p)["data"]) for p in pictures
    ]
    assert not [text for text in layouts if "<a" in text]
    assert any("&lt;a" in text for text in layouts)


def test_forms_of_forced_labour_are_written_as_words(norvia: fl.Published) -> None:
    fig = figure(estimate_charts.dots(norvia, "share", "form"))
    assert "Forced labour exploitation" in drawn(fig)
    assert "forced labour exploitation: " in estimate_charts.dots(norvia, "share", "form").alt


def test_rule_sets_are_dots_with_their_doubt_and_what_is_not_available_says_why() -> None:
    picture = estimate_charts.rule_sets(country.published())
    fig = figure(picture)
    assert drawn(fig) == pytest.approx({"2018 international definition": 99.5})  # 41 of 412
    assert marked(fig)["ILO indicators of 2012<br>rule to be verified"].startswith(
        "[x] not available: hts_2012 needs the stage"
    )
    assert (
        "ILO indicators of 2012; rule to be verified: [x] hts_2012 needs the stage at which each item was met"
    ) in picture.alt


def test_both_rule_sets_of_the_shipped_survey_are_drawn_with_their_intervals(norvia: fl.Published) -> None:
    picture = estimate_charts.rule_sets(norvia, "total")
    assert picture.aside  # no page prints a number of a rule set that nobody compared with its publication
    fig = figure(picture)
    rows = norvia.rule_sets("total")
    assert [x for _, x, _ in points(fig)] == pytest.approx(list(rows["estimate"]))
    (intervals,) = (t for t in fig["data"] if t.get("mode") == "lines")
    assert intervals["x"][1::3] == pytest.approx(list(rows["ci_high"]))
    assert row_names(fig) == [
        "2018 international definition",
        "ILO indicators of 2012<br>rule to be verified",
    ]


def test_pictures_of_figures_under_a_recalled_rule_say_so(norvia: fl.Published) -> None:
    doubtful = replace(norvia, table=norvia.table.assign(to_verify="from memory"))
    for draw in (
        lambda out: estimate_charts.dots(out, "prevalence"),
        lambda out: estimate_charts.bars(out, "region"),
        flow_of_persons.flow,
    ):
        assert "to be verified" not in json.dumps(figure(draw(norvia)))
        assert "; to be verified" in figure(draw(doubtful))["layout"]["title"]["text"]


@pytest.mark.thorough("publishes a sample under another rule set")
@pytest.mark.thorough("a run of a sample under another rule set")
def test_the_flow_has_a_step_for_thresholds_where_the_rule_set_has_them(
    norvia: fl.Published, norvia_persons: fl.Survey
) -> None:
    question = "Enough for the rule set?"
    assert question not in json.dumps(figure(flow_of_persons.flow(norvia)))
    assert norvia_persons.unclassified is not None
    other = fl.publish_run(fl.classify(norvia_persons.unclassified, "hts_2012"))
    texts = [a["text"] for a in figure(flow_of_persons.flow(other))["layout"]["annotations"]]
    assert f"<b>{question}</b>" in texts
    assert any("below the rule's thresholds" in text for text in texts)


def test_measures_in_time_are_shown_where_the_survey_asks_for_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    frame = pd.DataFrame({"w": 10.0, "y": [1] * 30 + [0] * 200})
    fl.show.in_time(fl.publish(fl.prevalence(fl.SurveyDesign(frame, weight="w"), "y")))
    assert "publishes no mean duration, and no number of persons on an average day" in capsys.readouterr().out


def test_children_with_a_parent_not_asked_are_said_to_be_no_part_of_the_picture_of_answers(
    norvia: fl.Published, norvia_persons: fl.Survey
) -> None:
    counts, note = (
        fl.nonresponse(norvia_persons),
        "Children who are unresolved because a parent was not asked are not here.",
    )
    with_children = replace(norvia, table=norvia.table.assign(step="child, unresolved"))
    assert note not in str(figure(estimate_charts.unresolved(counts, norvia)))
    assert note in str(figure(estimate_charts.unresolved(counts, with_children))).replace("<br>", " ")


@pytest.fixture(scope="module")
def with_own_outcome() -> fl.Published:
    """The run of Norvia, and beside it who answered yes to debt bondage: about a third as many."""
    asked = fl.outcome(shipped.persons(shipped.NORVIA), "debt_bondage")
    out = shipped.published(shipped.NORVIA, planned=True)
    for est in (
        fl.prevalence(asked, "debt_bondage", by=[[], ["sex"]]),
        fl.total(asked, "debt_bondage", by="sex"),
    ):
        out = fl.publish(est, beside=out)
    return out


OWN = "Answered yes to debt_bondage; not forced labour"


@pytest.mark.thorough("publishes a sample of its own")
@pytest.mark.parametrize("measure", ["prevalence", "total"])
def test_a_chart_of_an_outcome_of_ones_own_is_named_and_drawn_as_that(
    measure: str, with_own_outcome: fl.Published
) -> None:
    """Before, a chart of debt bondage drew forced labour and was titled so."""
    out = with_own_outcome
    made = fl.show.dots(out, measure, "sex", outcome="debt_bondage")
    rows = out.select(measure, "sex", outcome="debt_bondage")
    values = [x * scale(measure) for x in rows["estimate"].dropna()]
    assert list(drawn(figure(made)).values()) == pytest.approx(values)
    assert len(values) > 0
    assert f"<b>{OWN}; by sex: persons aged 18 and over</b>" in made.figure.layout.title.text.replace(
        "<br>", " "
    )
    assert made.alt.startswith(f"{OWN}; by sex: persons aged 18 and over. ")
    assert "forced labour" not in made.alt.removeprefix(OWN)
    assert str(fl.show.table(rows)).startswith(OWN)
    ours = fl.show.dots(out, measure, "sex", outcome="forced_labour")
    assert ours.alt == fl.show.dots(shipped.published(shipped.NORVIA, planned=True), measure, "sex").alt
    assert max(drawn(figure(ours)).values()) > 2 * max(values)


def test_a_chart_of_a_set_with_an_outcome_of_its_own_needs_its_name(with_own_outcome: fl.Published) -> None:
    for call in (
        lambda: fl.show.dots(with_own_outcome, "prevalence", "sex"),
        lambda: fl.show.bars(with_own_outcome, "sex"),
    ):
        with pytest.raises(RequestError, match=r"(?s)must name what it shows.*debt_bondage, forced_labour"):
            call()
    assert fl.show.bars(with_own_outcome, "sex", outcome="debt_bondage").alt.startswith(OWN)
    assert (
        "rate of forced labour per 1,000 persons"
        in fl.show.response_error(fl.response_error(with_own_outcome)).alt
    )


def test_the_gallery_ends_with_the_outcomes_of_ones_own(
    with_own_outcome: fl.Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    fl.show.gallery(with_own_outcome, "prevalence")
    titles = [str(shown.alt if isinstance(shown, Picture) else shown).split("\n")[0] for shown in seen]
    assert [title.startswith(OWN) for title in titles] == [False] * (len(titles) - 3) + [
        True
    ] * 3  # the total is hidden: a table alone


def test_a_chart_of_data_without_a_survey_yaml_is_named_by_its_column() -> None:
    """Before, it stopped with a KeyError."""
    frame = pd.DataFrame({"award": [1, 0, 0, 0] * 100, "sex": list("mmff") * 100, "w": 1.0})
    out = fl.publish(fl.prevalence(fl.SurveyDesign(frame, weight="w"), "award", by="sex"))
    assert fl.show.dots(out, "prevalence", "sex").alt.startswith("Award; by sex. ")
