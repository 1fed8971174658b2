"""Attack: one publication profile hides a number that another one shows, so that the two together give a
hidden cell."""

from __future__ import annotations

import pandas as pd
import pytest
import small_country as country
from attack import recovered
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.publish.published_set import restricted

NUMBERS = ["estimate", "ci_low", "ci_high", "se", "n", "population", "cases", "cases_class"]


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """What each shipped profile prints of the small country, and all of it with nothing hidden."""
    persons = classified(country.write(tmp_path_factory.mktemp("small") / "country"))
    out = fl.publish_run(persons, every_profile=True)
    full = restricted(persons)
    assert set(out.profiles) == set(shipped_publication_profiles()) - {"fltoolkit"}
    return {"fltoolkit": out.own} | {name: other.own for name, other in out.profiles.items()}, full


def seen_anywhere(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One table with every number that any profile shows."""
    first, *others = tables.values()
    seen = first.copy()
    for other in others:
        seen[NUMBERS] = seen[NUMBERS].where(seen[NUMBERS].notna() & (seen[NUMBERS] != ""), other[NUMBERS])
    return seen


def test_all_profiles_together_show_no_hidden_cell(
    sets: tuple[dict[str, pd.DataFrame], pd.DataFrame],
) -> None:
    tables, _ = sets
    hidden = tables["fltoolkit"]["marker"] == "c"
    assert hidden.any()
    for table in tables.values():
        assert ((table["marker"] == "c") == hidden).all()
    seen = seen_anywhere(tables)
    assert seen.loc[hidden, [c for c in NUMBERS if c != "cases_class"]].isna().all(axis=None)
    assert (seen.loc[hidden, "cases_class"] == "").all()


def test_a_cell_that_one_profile_showed_would_give_another(
    sets: tuple[dict[str, pd.DataFrame], pd.DataFrame],
) -> None:
    """The defence switched off: a profile that decided for itself and left the complement shown."""
    tables, full = sets
    rates = full[(full["measure"] == "prevalence") & full["breakdown"].isin(["", "region"])].reset_index(
        drop=True
    )
    rates = rates[rates["rule_set"] == rates["rule_set"].iloc[0]].reset_index(drop=True)
    hidden = set(
        tables["fltoolkit"].query("measure == 'prevalence' and breakdown == 'region' and marker == 'c'")[
            "category"
        ]
    )
    assert {"east", "west"} <= hidden
    as_printed = rates.assign(cases=rates["cases"].mask(rates["category"].isin(hidden)))
    careless = rates.assign(cases=rates["cases"].mask(rates["category"] == "west"))
    assert recovered(as_printed, rates) == []
    assert recovered(careless, rates) == ["west"]
