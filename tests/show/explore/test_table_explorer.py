"""Tests the explorers of published numbers: they only show these numbers, and their controls can be tested
without a browser."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.publish.published_set import COUNTS, NUMBERS
from fltoolkit.show import explore
from fltoolkit.show.charts.chart_style import MIME, Picture
from fltoolkit.show.explore.table_explorer import TableChoice, offered, view
from fltoolkit.survey.spec.survey_spec import Confidentiality

OWN, OTHER = "icls_2018 v1", "hts_2012 v1"
REGION = TableChoice(OWN, "prevalence", "adults", "region", "fltoolkit")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> fl.Published:
    """The small country under every profile."""
    persons = fl.classify(fl.read_survey(country.write(tmp_path_factory.mktemp("judged"))))
    return fl.publish_run(persons, every_profile=True)


def every(out: fl.Published) -> list[TableChoice]:
    """All that can be chosen, found as a person does: control by control."""
    found: list[TableChoice] = []
    _, options = offered(out)
    for rule in options["rule_set"].values():
        for measure in offered(out, TableChoice(rule, "", "", "", ""))[1]["measure"].values():
            for population in offered(out, TableChoice(rule, measure, "", "", ""))[1]["population"].values():
                by = offered(out, TableChoice(rule, measure, population, "", ""))[1]["breakdown"].values()
                found += [
                    TableChoice(rule, measure, population, b, p)
                    for b in by
                    for p in options["profile"].values()
                ]
    return found


# ---------------------------------------------------------------------------------- one set, judged by every


def test_confidentiality_blanks_the_same_cells_under_every_profile(judged: fl.Published) -> None:
    assert {judged.profile, *judged.profiles} == set(shipped_publication_profiles())
    numbers = [c for c in (*NUMBERS, *COUNTS) if c in judged.table]
    hidden = judged.table["marker"] == "c"
    assert hidden.sum() > 5
    for other in judged.profiles.values():
        assert ((other.table["marker"] == "c") == hidden).all()
        assert other.table.loc[hidden, numbers].isna().all(axis=None)
        assert (other.table["unresolved_marker"] == judged.table["unresolved_marker"]).all()


def test_a_number_shown_by_two_profiles_is_the_same_and_each_is_judged_as_in_a_run_of_its_own(
    judged: fl.Published, tmp_path: Path
) -> None:
    persons = fl.classify(fl.read_survey(country.write(tmp_path)))
    alone = fl.publish_run(persons, profile="statcan")
    pd.testing.assert_frame_equal(judged.profiles["statcan"].table, alone.table)
    assert not alone.profiles
    both = judged.table["estimate"].notna() & alone.table["estimate"].notna()
    assert (judged.table["estimate"][both] == alone.table["estimate"][both]).all()
    assert (judged.table["estimate"].notna() & alone.table["estimate"].isna()).any()


def test_a_profile_that_asks_for_other_limits_is_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing = sys.modules["fltoolkit.publish.published_set"]
    loaded = publishing.load_publication_profile
    strict = loaded("statcan").model_copy(update={"confidentiality": Confidentiality(cases=10)})
    monkeypatch.setattr(
        publishing,
        "load_publication_profile",
        lambda name, *a: strict if name == "statcan" else loaded(name, *a),
    )
    persons = fl.classify(fl.read_survey(country.write(tmp_path)))
    assert "statcan" not in fl.publish_run(persons, every_profile=True).profiles


# ------------------------------------------------------------------------------------------------------------


def test_everything_published_can_be_chosen_and_nothing_else(judged: fl.Published) -> None:
    table = judged.table[judged.table["measure"] != "flowchart"]
    keys = ["rule_set", "measure", "reference_population", "breakdown"]
    there = set(table[keys].drop_duplicates().itertuples(index=False, name=None))
    choices = every(judged)
    assert {(c.rule_set, c.measure, c.population, c.breakdown) for c in choices} == there
    assert len(choices) == len(there) * len(shipped_publication_profiles())


def test_rows_of_an_outcome_of_ones_own_are_not_offered(judged: fl.Published) -> None:
    own = judged.table[judged.table["breakdown"] == "sex"].assign(
        outcome="debt_bondage", reference_population="adults (area: rural)"
    )
    both = replace(
        judged,
        table=pd.concat([judged.table, own], ignore_index=True),
        outcomes={"debt_bondage": "answered yes"},
    )
    assert len(own)
    assert offered(both) == offered(judged)


def test_of_another_rule_set_only_the_headline_is_offered(norvia: fl.Published) -> None:
    choice, options = offered(norvia, TableChoice(OTHER, "prevalence", "workers", "region", "fltoolkit"))
    assert choice == TableChoice(OTHER, "prevalence", "adults", "", "fltoolkit")
    assert list(options["measure"].values()) == ["prevalence", "total"]
    assert list(options["breakdown"]) == ["everyone"]
    assert options["rule_set"]["ILO indicators of 2012 (the headline only)"] == OTHER
    assert "ILO indicators of 2012" in view(norvia, choice)[2].html  # type: ignore[union-attr]


@pytest.mark.thorough("a picture and a table of each choice")
def test_each_choice_is_words_a_picture_and_a_table(judged: fl.Published) -> None:
    for choice in every(judged):
        if choice.profile in ("fltoolkit", "statcan"):
            told, picture, rows = view(judged, choice)
            assert isinstance(picture, Picture)
            assert "<table" in rows.html  # type: ignore[union-attr]
            assert "by the profile" in str(told)


def test_every_suppressed_number_is_named_with_its_reason(judged: fl.Published) -> None:
    told = str(view(judged, REGION)[0])
    rows = judged.select("prevalence", "region")
    gone = rows[rows["estimate"].isna()]
    assert f"**{len(gone)} of {len(rows)} numbers are not shown.**" in told
    for name, marker, reason in gone[["category", "marker", "reason"]].itertuples(index=False):
        assert f"- {name}: [{marker}] {reason}" in told
    assert set(re.findall(r"\[.\]", told)) == {"[c]"}  # too few persons and too few cases look alike
    assert "Every number is shown" in str(
        view(judged, TableChoice(OWN, "prevalence", "adults", "", "fltoolkit"))[0]
    )


def test_the_panel_shows_what_is_picked_and_offers_what_there_is(judged: fl.Published) -> None:
    panel = explore.tables(judged, interactive=True, choice=REGION)
    *pickers, screen = panel.children
    named = {p.description: p for p in pickers}
    assert list(named) == ["Rule set", "Measure", "Population", "Breakdown", "Profile"]
    assert "North" in screen.outputs[2]["data"]["text/html"]
    assert "western" not in screen.outputs[2]["data"]["text/html"]
    before = screen.outputs
    named["Profile"].value = "nchs_2023"
    assert screen.outputs != before
    assert (
        screen.outputs[1]["data"]["text/plain"] == view(judged, replace(REGION, profile="nchs_2023"))[1].alt
    )  # type: ignore[union-attr]
    named["Measure"].value = "share"
    assert named["Breakdown"].value == "sector"
    assert [value for _, value in named["Breakdown"].options] == ["sector"]
    named["Measure"].value = "prevalence"
    named["Breakdown"].value = "region"
    named["Profile"].value = "fltoolkit"
    assert screen.outputs == before
    assert screen.outputs[1]["data"][MIME]["config"]["showSendToCloud"] is False
    named["Rule set"].value = OTHER
    assert named["Breakdown"].value == ""


def test_a_change_estimates_nothing_and_decides_nothing(
    judged: fl.Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = explore.tables(judged, interactive=True)
    estimate = ("estimate.measures.prevalence_and_totals", "estimate")
    for module, name in (
        estimate,
        ("publish.disclosure.run_decision", "decide"),
        ("publish.published_set", "reliability"),
    ):
        monkeypatch.setattr(sys.modules[f"fltoolkit.{module}"], name, None)
    panel.children[1].value = "total"
    assert (
        "Persons in forced labour" in panel.children[-1].outputs[1]["data"][MIME]["layout"]["title"]["text"]
    )


def test_without_interaction_the_first_view_is_displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    assert explore.tables(country.published()) is None
    _, picture, table = seen
    assert "by sex" in picture.alt
    assert "<table" in table.html
    seen.clear()
    explore.tables(country.published(), choice=REGION)
    assert "by region" in seen[1].alt


def test_it_opens_on_the_breakdown_with_the_most_numbers_and_none_hidden(judged: fl.Published) -> None:
    choice, options = offered(judged)
    rows = {
        by: judged.select("prevalence", by.split(" × ") if by else None)
        for by in options["breakdown"].values()
    }
    whole = {by: len(found) for by, found in rows.items() if found["estimate"].notna().all()}
    assert any(found["estimate"].isna().any() for found in rows.values())
    assert whole[choice.breakdown] == max(whole.values()) > 1


@pytest.mark.thorough("publishes a sample under every profile")
def test_a_table_has_the_same_axis_under_every_profile_and_of_every_population(judged: fl.Published) -> None:
    spans: dict[tuple[str, str], set[tuple[float, float]]] = {}
    farthest: dict[tuple[str, str], float] = {}
    for choice in every(judged):
        figure = view(judged, choice)[1].figure  # type: ignore[union-attr]
        table = {judged.profile: judged, **judged.profiles}[choice.profile].table
        rows = table[(table["measure"] == choice.measure) & (table["breakdown"] == choice.breakdown)]
        key = (choice.measure, choice.breakdown)
        spans.setdefault(key, set()).add(figure.layout.xaxis.range)
        scale = 1000 if choice.measure == "prevalence" else 100 if choice.measure == "share" else 1
        farthest[key] = max(farthest.get(key, 0.0), scale * rows["ci_high"].max())
    assert {len(found) for found in spans.values()} == {1}
    assert all(min(found)[1] >= farthest[key] for key, found in spans.items() if farthest[key] > 0)


def test_two_populations_of_one_name_are_told_apart() -> None:
    out = country.published()
    table = pd.concat(
        [out.table, out.table[out.table["measure"] == "prevalence"].assign(reference_population="others")]
    )
    options = offered(replace(out, table=table))[1]["population"]
    assert options == {"adults": "adults", "adults (others)": "others"}


def test_the_explorer_speaks_the_language_that_is_asked_for(judged: fl.Published) -> None:
    screen: Any = fl.show.explore.tables(judged, interactive=True, choice=REGION, language="fr")
    controls = {child.description for child in screen.children[:-1]}
    assert controls == {"Définition", "Mesure", "Population étudiée", "Ventilation", "Profil"}
    words, picture, table = (output["data"] for output in screen.children[-1].outputs)
    assert "Chiffres non diffusés" in words["text/plain"]
    assert "Prévalence du travail forcé" in picture["text/plain"]
    assert "Intervalle" in table["text/html"]
    with pytest.raises(SpecError):
        fl.show.explore.tables(judged, language="xx")
