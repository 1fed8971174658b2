"""Tests that a forest plot draws only published results of a model, and that the response-error table is
never a headline."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import small_country as country
from drawn_charts import by_plotly
from figures import figure

import fltoolkit as fl
from fltoolkit.show import result


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> fl.PublishedModel:
    persons = fl.classify(fl.read_survey(country.write(tmp_path_factory.mktemp("country"))))
    return fl.risk_factors(persons, country.published())


def test_dots_stand_at_the_odds_ratios_on_a_log_axis(model: fl.PublishedModel) -> None:
    fig = figure(fl.show.risk(model))
    traces = [t for t in fig["data"] if t.get("marker", {}).get("symbol") == "circle"]
    dots = {"x": [x for t in traces for x in t["x"]]}
    rows = model.table[
        model.table["odds_ratio"].notna() & (model.table["category"] != model.table["reference"])
    ]
    assert sorted(dots["x"]) == pytest.approx(sorted(rows["odds_ratio"]))
    assert fig["layout"]["xaxis"]["type"] == "log"
    hollow = [y for t in traces if t["marker"]["color"] == "white" for y in t["y"]]
    assert len(hollow) == (rows["flag"] == "unreliable").sum() > 0
    low, high = (10**v for v in fig["layout"]["xaxis"]["range"])
    assert low < min(dots["x"])
    assert max(dots["x"]) < high


def test_one_long_interval_does_not_set_the_axis(model: fl.PublishedModel) -> None:
    wide = replace(model, table=model.table.assign(ci_low=model.table["ci_low"] / 1000))
    assert (
        figure(fl.show.risk(wide))["layout"]["xaxis"]["range"]
        == figure(fl.show.risk(model))["layout"]["xaxis"]["range"]
    )


def test_odds_ratios_have_two_digits_and_no_more(model: fl.PublishedModel) -> None:
    table = model.table.copy()
    first = table.index[table["odds_ratio"].notna() & (table["category"] != table["reference"])]
    table.loc[first, ["odds_ratio", "ci_low", "ci_high"]] = 1.2, 0.53, 12.0
    assert "1.2 (0.53\xa0to\xa012)" in fl.show.risk(replace(model, table=table)).alt
    table.loc[first, "ci_low"] = 0.004
    assert "1.2 (<0.01\xa0to\xa012)" in fl.show.risk(replace(model, table=table)).alt


def test_an_odds_ratio_that_unresolved_persons_could_change_has_the_sign_of_caution_and_its_reason(
    model: fl.PublishedModel,
) -> None:
    table = model.table.assign(flag=model.table["flag"].where(model.table["flag"] == "unreliable", ""))
    table.loc[table["category"] == "south", ["ci_low", "ci_high"]] = 0.4, 0.9
    table.loc[table["category"] == "plain", ["ci_low", "ci_high"]] = np.nan
    first = table.index[table["odds_ratio"].notna() & (table["category"] != table["reference"])][0]
    given = {
        "odds_ratio": 1.2,
        "ci_low": 1.1,
        "ci_high": 1.3,
        "flag": "caution",
        "marker": "",
        "reason": "unresolved persons",
    }
    table.loc[first, list(given)] = list(given.values())
    shown = fl.show.risk(replace(model, table=table))
    assert "1.2 (1.1\xa0to\xa01.3)\xa0†" in shown.alt
    notes = " ".join(a["text"] for a in figure(shown)["layout"]["annotations"])
    assert "†\xa0use with caution (unresolved persons)." in notes.replace("<br>", " ")
    said = str(result.risk(replace(model, table=table)))
    assert re.match(
        r"Odds for [\w –+]+: 1\.2 times those for [\w –+]+\. \*Use with caution\.\* Odds for south: ", said
    )
    assert "caution" not in str(result.risk(replace(model, table=table.assign(flag=""))))


def test_an_interval_that_leaves_the_picture_has_an_arrow(model: fl.PublishedModel) -> None:
    def arrows(low: float, high: float) -> dict[str, list[str]]:
        table = model.table.copy()
        first = table.index[table["odds_ratio"].notna() & (table["category"] != table["reference"])]
        table.loc[first, ["odds_ratio", "ci_low", "ci_high"]] = 1.5, 0.5, 3.0
        table.loc[first[0], ["ci_low", "ci_high"]] = low, high
        traces = figure(fl.show.risk(replace(model, table=table)))["data"]
        return {
            t["marker"]["symbol"]: t["y"]
            for t in traces
            if "triangle" in str(t.get("marker", {}).get("symbol"))
        }

    assert arrows(0.5, 3.0) == {}
    assert list(arrows(0.001, 3.0)) == ["triangle-left"]
    assert list(arrows(0.5, np.inf)) == ["triangle-right"]
    assert len(arrows(0.001, np.inf)["triangle-left"]) == 1


def test_what_is_not_shown_and_what_is_compared_with_say_so(model: fl.PublishedModel) -> None:
    fig = figure(fl.show.risk(model))
    shown = by_plotly(fig)
    words = dict(zip(shown.labels, shown.printed, strict=True))
    hidden = {shown.labels[row]: text for row, text in shown.absent.items()}
    assert {k: hidden[k] for k in ("East", "West", "Island")} == dict.fromkeys(
        ("East", "West", "Island"), "[c] not shown"
    )
    assert words["North (ref.)"] == "1"
    assert shown.labels[shown.labels.index("Region") + 1] == "North (ref.)"


def test_the_alternative_text_tells_every_row_and_no_cause(model: fl.PublishedModel) -> None:
    alt, table = fl.show.risk(model).alt, fl.show.risk_table(model)
    for row in model.table.to_dict("records"):
        assert f"{row['group'].replace('_', ' ')} {row['category']}: " in alt
    for text in (alt, table.text):
        assert "what goes with forced labour" in text.lower()
        assert not {"cause", "causes", "because of", "due to", "leads to", "effect of"} & set(
            text.lower().split()
        )


def test_the_table_gives_differences_per_1_000_and_markers(model: fl.PublishedModel) -> None:
    south = model.table[model.table["category"] == "south"].iloc[0]
    text = fl.show.risk_table(model).text
    assert f"{south['odds_ratio']:.2f}" in text
    assert f"{south['effect'] * 1000:+.0f}".replace("-", "−") in text
    assert "[c] hidden to protect people" in text.replace("\xa0", " ")


def test_a_remark_is_a_letter_with_its_text_below_the_table(model: fl.PublishedModel) -> None:
    south = model.table["category"] == "south"
    remarked = model.table["reason"].where(~south, "a long remark")
    *_, body, notes = fl.show.risk_table(
        replace(model, table=model.table.assign(reason=remarked))
    ).html.rsplit("</table>", 2)
    assert "a long remark" not in body
    assert "A long remark" in notes


def test_a_limit_without_bound_is_said_to_be_none(model: fl.PublishedModel) -> None:
    rest = model.table["odds_ratio"].where(model.table["category"] != model.table["reference"])
    endless = replace(model, table=model.table.assign(ci_low=rest / 2, ci_high=rest + np.inf))
    assert "to\u00a0no limit" in fl.show.risk_table(endless).text
    assert np.isfinite(figure(fl.show.risk(endless))["layout"]["xaxis"]["range"]).all()


def test_what_may_not_be_shown_is_said_instead(model: fl.PublishedModel) -> None:
    empty = replace(model, table=model.table[:0], notes=("No model is shown.",))
    for show in (fl.show.risk, fl.show.risk_table, fl.show.result.risk):
        assert str(show(empty)) == "No model is shown."
    out = country.published()
    picture = fl.show.response_error(fl.response_error(replace(out, table=out.table.assign(estimate=np.nan))))
    assert {text for line in figure(picture)["data"][0]["text"] for text in line} == {"–"}


def test_the_response_error_picture_is_a_table_of_its_numbers() -> None:
    found = fl.response_error(country.published(), [1.0, 0.8], [1.0, 0.85])
    picture = fl.show.response_error(found)
    (heat,) = figure(picture)["data"]
    assert (heat["y"], heat["x"]) == (["100%", "80%"], ["100%", "85%"])
    first = country.published().select("prevalence").iloc[0]
    assert heat["text"][0][0].startswith(f"{first['estimate'] * 1000:.1f}<br>")
    assert heat["text"][0][1] == "–"
    assert heat["z"][0][1] is None
    assert "never the headline" in picture.alt
    assert "–: more false cases are expected than were found." in figure(picture)["layout"]["meta"]["notes"]
