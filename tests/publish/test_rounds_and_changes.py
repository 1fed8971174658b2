"""Tests the change since an earlier round, from two survey.yaml files to the sentence that is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from small_surveys import SPEC, Person, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.errors import DesignError
from fltoolkit.show.charts.descriptions.change_dumbbell import change
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.wording.english_numbers import ENGLISH


def a_round(folder: Path, year: int, cases: int, persons: int = 2400, **keys: Any) -> Path:
    """A survey whose cases are spread over both sexes and many PSUs; the north has two of them."""
    people: list[Person] = [
        ("case" if i < cases else "not", {"P": i % 40, "R": 1 if i < 2 or i % 3 == 0 else 2})
        for i in range(persons)
    ]
    folder.mkdir()
    spec = {
        **SPEC,
        "year": year,
        "round": str(year),
        "tables": [{"measure": "prevalence", "by": [[], "sex", "region", ["sex", "region"]]}],
        **keys,
    }
    write_survey(folder, spec, persons=persons_table(people))
    return folder


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> fl.Published:
    root = tmp_path_factory.mktemp("rounds")
    a_round(root / "first", 2025, 120)
    design = {**SPEC["design"], "psus_of_earlier_rounds": "new"}
    persons = fl.classify(fl.read_survey(a_round(root / "second", 2027, 45, design=design)))
    out = fl.changes("../first/survey.yaml", persons, fl.publish_run(persons))
    assert out is not None
    return out


def test_everything_published_one_way_in_both_rounds_is_compared(found: fl.Published) -> None:
    rows = found.table[found.table["measure"] == "change_in_prevalence"]
    assert list(rows["category"]) == ["total", "men", "women", "north", "south"]
    assert list(found.table["measure"].unique()) == ["change_in_prevalence", "change_in_total"]
    total = rows.iloc[0]
    assert total["estimate_before"] == pytest.approx(120 / 2400)
    assert total["estimate"] == pytest.approx(0.0188 - 0.05)  # the difference of what is printed
    assert found.exact.iloc[0]["estimate"] == pytest.approx((45 - 120) / 2400)
    assert total["verdict"] == "decreased"
    persons = found.table[found.table["measure"] == "change_in_total"].iloc[0]  # each stands for ten
    assert persons[["estimate_before", "estimate_after", "estimate"]].tolist() == pytest.approx(
        [1200, 450, -750]
    )


def test_a_row_hidden_in_one_round_shows_no_change_and_no_verdict(tmp_path: Path) -> None:
    a_round(tmp_path / "first", 2025, 120)
    few = [("case", {"P": i, "SEX": 2}) for i in range(30)] + [("case", {"P": 1, "SEX": 1})] * 2
    people = few + [("not", {"P": i % 40}) for i in range(2000)]
    design = {**SPEC["design"], "psus_of_earlier_rounds": "new"}
    folder = a_round(tmp_path / "second", 2027, 0, design=design)
    persons_table(people).to_csv(folder / "persons.csv", index=False)
    persons = fl.classify(fl.read_survey(folder))
    found = fl.changes("../first/survey.yaml", persons, fl.publish_run(persons))
    assert found is not None
    men = found.table[
        (found.table["measure"] == "change_in_prevalence") & (found.table["category"] == "men")
    ].iloc[0]
    assert (men["marker"], men["verdict"]) == ("c", "")
    assert men[["estimate", "ci_low", "ratio", "estimate_after", "cases_after"]].isna().all()
    rows = found.table[found.table["measure"] == "change_in_prevalence"].reset_index(drop=True)
    assert any(
        "[c] not shown" in a.text.replace("\xa0", " ")
        for a in picture(change(rows, ENGLISH)).figure.layout.annotations
    )


def test_a_breakdown_that_may_not_be_listed_has_no_change(tmp_path: Path) -> None:
    """Five sectors beside five cases would tell that each has one, so that neither the published set nor the
    changes list them."""
    tables = [
        {"measure": "prevalence", "by": [[], "sex"]},
        {"measure": "share", "population": "workers", "of": "sector"},
    ]
    sectors = [("case", {"P": i, "FISIC": sector}) for i, sector in enumerate(("01", "41", "97", "10", "45"))]
    for name, year in (("first", 2025), ("second", 2027)):
        design = {**SPEC["design"], "psus_of_earlier_rounds": "new"}
        folder = a_round(tmp_path / name, year, 0, persons=1, tables=tables, design=design)
        people = [*sectors, *[("case", {"P": i % 40}) for i in range(60 if year == 2025 else 0)]]
        people += [("not", {"P": i % 40}) for i in range(2000)]
        persons_table(people).to_csv(folder / "persons.csv", index=False)
    persons = fl.classify(fl.read_survey(tmp_path / "second"))
    out = fl.publish_run(persons)
    (share,) = out.table.loc[out.table["measure"] == "share", "category"]
    assert share == ""
    found = fl.changes("../first/survey.yaml", persons, out)
    assert found is not None
    assert "change_in_share" not in set(found.table["measure"])


def test_labels_that_coincide_need_a_word(tmp_path: Path) -> None:
    a_round(tmp_path / "first", 2025, 120)
    persons = fl.classify(fl.read_survey(a_round(tmp_path / "second", 2027, 45)))
    with pytest.raises(DesignError, match="psus_of_earlier_rounds"):
        fl.changes("../first/survey.yaml", persons, fl.publish_run(persons))


def test_without_an_earlier_round_there_is_nothing(
    norvia: fl.Survey, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fl.changes("", norvia, fl.publish(fl.prevalence(norvia))) is None
    fl.show.changes(None)
    assert "No earlier round is named" in capsys.readouterr().out


@pytest.mark.thorough("two rounds under a rule set of their own")
def test_an_own_rule_set_and_profile_stand_beside_the_later_round_alone(tmp_path: Path) -> None:
    """Before, both were looked for beside the earlier round too, and notebook 3 stopped."""
    own = {
        "name": "own", "version": 1, "title": "Own", "source": "ours",
        "involuntary": ["very_low_or_no_wages"], "coercion": ["withheld_wages"],
    }  # fmt: skip
    a_round(tmp_path / "first", 2025, 120)
    design = {**SPEC["design"], "psus_of_earlier_rounds": "new"}
    second = a_round(tmp_path / "second", 2027, 45, design=design)
    (second / "own.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    shipped = Path(str(fl.__file__)).parent / "publish" / "publication_profiles" / "ilo.yaml"
    (second / "strict.yaml").write_text(
        shipped.read_text("utf-8").replace("name: ilo", "name: strict"), encoding="utf-8"
    )
    persons = fl.classify(fl.read_survey(second), rules="own.yaml")
    found = fl.changes(
        "../first/survey.yaml",
        persons,
        fl.publish_run(persons, profile="strict.yaml"),
        rules="own.yaml",
        profile="strict.yaml",
    )
    assert found is not None
    assert found.table["verdict"].iloc[0] == "decreased"
