"""Tests single origins: which groups show them, and that no table shows them unless survey.yaml gives the
reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError, SpecError
from fltoolkit.languages.language import read_language
from fltoolkit.report.document_sections import results_section
from fltoolkit.show.charts.estimate_charts import dots
from fltoolkit.show.wording.number_words import start
from fltoolkit.survey.spec.groups_and_tables import AgeGroup, Group, obstacle_of_origins, shows_origins
from fltoolkit.survey.survey_opening import read_survey

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
TWO, THREE = {"1": "here", "2": "elsewhere"}, {"1": "A", "2": "B", "3": "C"}
WHY = "the national commission asked for it"
NOT_A_PROFILE = {"en": "not a profile", "fr": "n’est pas un profil", "es": "no es un perfil"}


@pytest.mark.parametrize(
    ("name", "codes", "keys", "origins"),
    [
        ("nationality", THREE, {}, True),
        ("nationality", TWO, {}, False),
        ("citizenship", THREE, {}, True),
        ("group", THREE, {"label": "Pays de naissance"}, True),
        ("g", THREE, {"label": "País de origen"}, True),
        ("ethnicity", TWO, {}, True),
        ("ethnie", TWO, {}, True),
        ("g", TWO, {"label": "Religión"}, True),
        ("religion", THREE, {}, True),
        ("tribe", TWO, {}, True),
        ("indigenous", TWO, {}, True),
        ("migrant", TWO, {}, False),
        ("region", THREE, {}, False),
        ("broadcast", THREE, {}, False),
        ("traces", THREE, {}, False),
        ("clan", THREE, {}, False),
        ("clan", THREE, {"publish_origins_because": WHY}, True),
        (
            "nationality",
            {"1": "citizen", "2": "non_citizen", "3": "non_citizen"},
            {"classification": "citizenship"},
            False,
        ),
    ],
)
def test_a_group_tells_of_single_origins_by_its_name_or_label(
    name: str, codes: dict[str, str], keys: dict[str, Any], origins: bool
) -> None:
    assert shows_origins(name, Group.model_validate({"column": "C", "codes": codes} | keys)) is origins
    assert not shows_origins("ethnicity", AgeGroup.model_validate({"bands": ["18"]}))


def test_what_may_be_asked_of_origins() -> None:
    closed, allowed = {"ethnicity"}, {"ethnicity"}
    assert obstacle_of_origins("total", [("sex",), ()], closed, set()) == ""
    assert "groups.ethnicity.publish_origins_because" in obstacle_of_origins(
        "prevalence", [("ethnicity",)], closed, set()
    )
    assert obstacle_of_origins("prevalence", [("ethnicity",), ("sex",)], closed, allowed) == ""
    for measure in ("total", "share", "stock", "profile", "duration"):
        assert f"no {measure}" in obstacle_of_origins(measure, [("ethnicity",)], closed, allowed)
    assert "not crossed" in obstacle_of_origins("prevalence", [("sex", "ethnicity")], closed, allowed)


@pytest.fixture
def survey_of(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> Callable[..., fl.Survey]:
    def make(tables: list[dict[str, Any]], **keys: Any) -> fl.Survey:
        many = pd.concat(
            [people.assign(hh=people["hh"] + f"/{i}", village=people["village"] + f"/{i}") for i in range(20)]
        )
        many = many.assign(eth=[1 + i % 3 for i in range(len(many))], q2=many["q1"])
        group = {"column": "eth", "codes": {"1": "A", "2": "B", "3": "C"}} | keys
        return read_survey(write(changed(spec, {"groups.ethnicity": group, "tables": tables}), people=many))

    return make


def test_without_a_reason_no_table_is_made(survey_of: Callable[..., fl.Survey]) -> None:
    with pytest.raises(
        SpecError, match=r"table 1 of tables: ethnicity shows single origins.*publish_origins_because"
    ):
        survey_of([{"measure": "prevalence", "by": ["ethnicity"]}])
    persons = fl.classify(survey_of([]))
    for asked in (
        lambda: fl.prevalence(persons, by="ethnicity"),
        lambda: fl.total(persons, by=["sex", "ethnicity"]),
        lambda: fl.share(persons, "ethnicity"),
        lambda: fl.prevalence(persons, where={"ethnicity": "A"}),
        lambda: fl.profile(persons, by="ethnicity"),
        lambda: fl.logit(persons, "forced_labour ~ C(ethnicity)", sensitive=True),
    ):
        with pytest.raises(RequestError, match="single origins"):
            asked()


def test_with_a_reason_rates_are_published_last_and_with_the_sentence(
    survey_of: Callable[..., fl.Survey],
) -> None:
    tables = [{"measure": "prevalence", "by": ["ethnicity", "sex"]}]
    persons = fl.classify(survey_of(tables, publish_origins_because=WHY))
    with pytest.raises(RequestError, match="no total"):
        fl.total(persons, by="ethnicity")
    out = fl.publish_run(persons)
    rows = out.select("prevalence", "ethnicity")
    assert rows["n"].notna().any()
    assert "ethnicity" not in results_section.groups_of(out, "prevalence")
    for code, sentence in NOT_A_PROFILE.items():
        language = read_language(code)
        table = results_section.rates(out, language)[0]
        assert sentence in table.note
        heads = [row[0].text for row in table.rows if len(row) == 1]
        assert heads[-1] == start(language.group("ethnicity"))
        assert start(language.group("sex")) in heads[:-1]
    picture = dots(out, "prevalence", [[], ["ethnicity"]])
    assert "ethnicity" not in str(picture.figure.layout.title.text)


def test_the_sentence_stays_away_from_other_tables(survey_of: Callable[..., fl.Survey]) -> None:
    tables = [{"measure": "prevalence", "by": ["sex", "ethnicity"]}]
    out = fl.publish_run(fl.classify(survey_of(tables, publish_origins_because=WHY)))
    assert set(out.own_rows(breakdown="sex")["group_note"]) == {""}
