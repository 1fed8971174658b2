"""Tests calibration in survey.yaml from the file to the estimate, and benchmarks that do not fit, reported by
file, margin and category."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import broken
import numpy as np
import pandas as pd
import pytest
import shared_surveys
import small_country
from families import CHILD, FAMILY
from small_surveys import SPEC, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.cli import main
from fltoolkit.errors import DataError, DesignError, FltoolkitError, RequestError, SpecError
from fltoolkit.estimate.totals.person_patterns import read_patterns
from fltoolkit.estimate.weights.calibration import _weights_to_calibrate
from fltoolkit.publish.headline_by_rule_set import other_headlines
from fltoolkit.run.batch_file import make_run
from fltoolkit.run.run_record import input_hashes
from fltoolkit.survey.design.survey_design import weight_of

BENCHMARKS = (
    "margin,category,population\nsex,men,2500\nsex,women,2000\nage_group,18–29,2600\nage_group,30+,1900\n"
)
STAGES = {
    side: {
        item: {**question, "stage": "recruitment"}
        for item, question in small_country.SURVEY["items"][side].items()
    }
    for side in ("involuntary", "coercion")
}
STATED = small_country.persons().replace({"AGE": {999: 44}})  # everybody has an age


@pytest.fixture(scope="module")
def raked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small country with benchmarks beside its survey.yaml."""
    folder = tmp_path_factory.mktemp("raked")
    spec = small_country.changed(
        small_country.SURVEY, items=STAGES, calibration={"method": "rake", "benchmarks": "benchmarks.csv"}
    )
    path = small_country.write(
        folder, spec | {"tables": [{"measure": "prevalence", "by": ["sex"]}]}, table=STATED
    )
    (folder / "benchmarks.csv").write_text(BENCHMARKS, encoding="utf-8")
    return path


def bare() -> fl.SurveyDesign:
    """The same persons as a design without a survey.yaml."""
    frame = STATED.assign(
        case=((STATED["INV"] == 1) & (STATED["COE"] == 1)).astype(int),
        sex=STATED["SEX"].map({1: "men", 2: "women"}),
        age_group=np.where(STATED["AGE"] < 30, "18–29", "30+"),
    )
    return fl.SurveyDesign(
        frame[["W", "S", "P", "case", "sex", "age_group"]], weight="W", strata="S", psu="P"
    )


def test_survey_yaml_calibrates_as_the_verb_does(raked: Path) -> None:
    persons = shared_surveys.classified(raked)
    design = fl.rake(bare(), raked.with_name("benchmarks.csv"))
    ours = fl.total(persons, by=[[], ["sex"], ["age_group"]])
    theirs = fl.total(design, "case", by=[[], ["sex"], ["age_group"]])
    assert ours.table["estimate"].to_numpy() == pytest.approx(theirs.table["estimate"].to_numpy(), rel=1e-12)
    assert ours.covariance == pytest.approx(theirs.covariance, rel=1e-9, abs=1e-9)
    assert ours.table["population"].to_list() == pytest.approx([4500, 2500, 2000, 2600, 1900])
    assert ours.about.calibration.replace(" of adults", "") == theirs.about.calibration
    assert ours.about.calibration.startswith("raked to sex, age_group of adults; g from ")
    assert persons.calibration is None  # the survey as classified stays as it was


def test_a_run_of_a_calibrated_survey(raked: Path) -> None:
    persons = shared_surveys.classified(raked)
    out = fl.publish_run(persons)
    assert (out.table["calibration"] == fl.total(persons).about.calibration).all()
    patterns = read_patterns(
        persons, ["sex"], ["adults"]
    )  # a reader who looks for persons has the calibrated weights
    assert patterns.weighted["adults", "cases"].sum() == pytest.approx(
        fl.total(persons).table["estimate"].iloc[0]
    )
    assert out.select("total")["population"].iloc[0] == pytest.approx(4500)
    assert "Weights: raked to sex, age_group of adults; g from" in str(fl.show.headline(out))
    shown = fl.show.calibration(persons)
    assert "2,500" in str(shown)
    assert "Raked to sex, age_group" in shown.html  # type: ignore[union-attr]
    assert "Calibration of weights" in set(fl.describe(fl.read_survey(raked))["fact"])


def test_an_uncalibrated_survey_says_so(norvia: fl.Survey) -> None:
    assert "not calibrated" in str(fl.show.calibration(norvia))
    assert fl.g_weights(norvia).empty
    assert fl.prevalence(norvia).about.calibration == ""


def test_the_benchmarks_are_an_input_of_the_run(raked: Path, tmp_path: Path) -> None:
    assert "benchmarks.csv" in input_hashes(make_run(raked, None))
    small_country.write(
        tmp_path,
        small_country.changed(small_country.SURVEY, calibration={"method": "rake", "benchmarks": "b.csv"}),
    )
    hashes = []
    for women in (2000, 2001):
        text = BENCHMARKS.replace("2000", str(women)).replace("1900", str(women - 100))
        (tmp_path / "b.csv").write_text(text, encoding="utf-8")
        hashes.append(fl.read_survey(tmp_path).input_hash)
    assert hashes[0] != hashes[1]


def test_check_names_wide_factors(raked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(raked)]) == 0
    assert "calibration" not in capsys.readouterr().out
    margins = {"sex": {"men": 20000, "women": 2000}}
    spec = small_country.changed(
        small_country.SURVEY, calibration={"method": "poststratify", "margins": margins}
    )
    path = small_country.write(tmp_path, spec, table=STATED)
    assert main(["check", str(path)]) == 0
    said = capsys.readouterr().out
    assert "calibration multiplies some weights" in said
    assert "[about 210]" in said


def people() -> pd.DataFrame:
    """Adults and children (here only by age) of two weights, in eight PSUs of two strata."""
    rng = np.random.default_rng(4)
    n = 160
    answers = rng.choice(["case", "not", "idle"], n, p=[0.2, 0.6, 0.2])
    own = [
        {"AGE": int(a), "W": float(w), "P": i % 8, "S": i % 8 // 4, "W2": 3.0}
        for i, (a, w) in enumerate(zip(rng.integers(10, 60, n), rng.choice([5.0, 8.0, 11.0], n), strict=True))
    ]
    return persons_table(list(zip(answers, own, strict=True)))


def survey(tmp_path: Path, **keys: Any) -> fl.Survey:
    import yaml

    spec: dict[str, Any] = {**SPEC, **keys}
    people().to_csv(tmp_path / "persons.csv", index=False)
    (tmp_path / "survey.yaml").write_text(
        yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    return shared_surveys.classified(tmp_path)


def test_who_is_outside_the_population_keeps_the_weight(tmp_path: Path) -> None:
    populations = {
        "adults": {"label": "adults", "age": {"min": 18}}, "everybody": {"label": "all", "age": {"min": 10}},
        "other": {"label": "by another weight", "age": {"min": 18}, "weight": "W2"},
    }  # fmt: skip
    persons = survey(tmp_path, populations=populations, sectors={})
    design = fl.poststratify(persons, {"sex": {"men": 700, "women": 500}})
    t, adult = people(), people()["AGE"] >= 18
    y = ((t["INV"] == 1) & (t["COE"] == 1)).astype(float)
    before = t["W"].where(adult, 0.0).groupby(t["SEX"]).transform("sum")
    w = t["W"] * np.where(adult, t["SEX"].map({1: 700, 2: 500}) / before, 1.0)
    mean = (w * y).where(adult, 0.0).groupby(t["SEX"]).transform("sum") / w.where(adult, 0.0).groupby(
        t["SEX"]
    ).transform("sum")
    e = w * (y - np.where(adult, mean, 0.0))  # residuals of adults, values of the others
    psu = e.groupby([t["S"], t["P"]]).sum()
    variance = sum(4 / 3 * ((z - z.mean()) ** 2).sum() for _, z in psu.groupby(level=0))
    row = fl.total(design, population="everybody").table.iloc[0]
    assert (row["estimate"], row["se"]) == pytest.approx(((w * y).sum(), variance**0.5))
    assert row["population"] == pytest.approx(1200 + t["W"][~adult].sum())
    other, as_given = (fl.total(p, population="other") for p in (design, persons))
    pd.testing.assert_frame_equal(other.table, as_given.table)
    assert other.about.calibration == ""


def test_adults_and_children_are_calibrated_apart(tmp_path: Path) -> None:
    spec = broken.SPEC | {
        "populations": broken.SPEC["populations"]
        | {"everyone": {"label": "all", "sum_of": ["adults", "children"]}}
    }
    broken.write(tmp_path, spec)
    persons = shared_surveys.classified(tmp_path)
    sizes = {}
    for population in ("adults", "everyone"):
        design = fl.rake(persons, {"sex": {"men": 900, "women": 1100}}, population=population)
        made = {p: fl.total(design, population=p) for p in spec["populations"]}
        sizes[population] = [round(est.table["population"].iloc[0]) for est in made.values()]
        told = [p for p, est in made.items() if est.about.calibration]
        assert told == [p for p in spec["populations"] if population in (p, "everyone") or p == "everyone"]
    assert sizes == {"adults": [2000, 400, 2400], "everyone": [1550, 450, 2000]}


def test_other_rule_sets_have_the_same_weights(raked: Path) -> None:
    persons = shared_surveys.classified(raked)
    assert persons.unclassified is not None
    both = fl.rule_sets(persons.unclassified, ["icls_2018", "hts_2012"])
    assert both.table["population"].to_list() == pytest.approx([4500, 4500])
    by_hand = fl.rake(
        shared_surveys.classified(raked.parent.parent / _plain(raked.parent)),
        raked.with_name("benchmarks.csv"),
    )
    assert by_hand.calibration is not None
    assert [est.about.calibration for est in other_headlines(by_hand).made] == [both.about.calibration] * 2


def _plain(folder: Path) -> str:
    """The same survey without calibration, in a folder beside."""
    name = f"{folder.name}-plain"
    small_country.write(
        folder.parent / name, small_country.changed(small_country.SURVEY, items=STAGES), table=STATED
    )
    return name


WRONG: list[tuple[Any, type[FltoolkitError], list[str]]] = [
    ({"sex": {"men": 2500}}, DataError, ["margin sex", "women", "no benchmark"]),
    ({"sex": {"men": 2500, "women": 1, "other": 5}}, DataError, ["margin sex", "other", "merge"]),
    ({"sex": {"men": 2500, "women": 0}}, DataError, ["margin sex, category women", "above zero"]),
    ({"sex": {"men": 2500, "women": -3}}, DataError, ["margin sex, category women", "-3"]),
    ({"sex": {"men": "2,500", "women": 3}}, DataError, ["category men", "thousands separator"]),
    (
        {"sex": {"men": 5, "women": 5}, "age_group": {"18–29": 5, "30+": 6}},
        DataError,
        ["same total", "sex: 10", "age_group: 11"],
    ),
    ({"region": {"a": 5}}, RequestError, ["no such column", "region"]),
    ({("sex", "age_group"): {"men": 4}}, DataError, ["margin sex × age_group", "one value for each"]),
    ({}, DataError, ["there are no benchmarks"]),
    (7, DataError, ["int", "pandas DataFrame"]),
    (
        pd.DataFrame({"margin": ["sex", "sex"], "category": ["men", "men"], "population": [1, 2]}),
        DataError,
        ["category men", "twice"],
    ),
    (
        pd.DataFrame({"margin": ["sex"], "category": ["men"]}),
        DataError,
        ["population", "margin, category, population"],
    ),
    ("nowhere.csv", DataError, ["nowhere.csv", "there is no such file"]),
]


@pytest.mark.parametrize(("benchmarks", "kind", "told"), WRONG, ids=[" ".join(told) for _, _, told in WRONG])
def test_benchmarks_that_do_not_fit(benchmarks: Any, kind: type[FltoolkitError], told: list[str]) -> None:
    with pytest.raises(kind) as error:
        fl.rake(bare(), benchmarks)
    assert [words for words in told if words not in str(error.value)] == []


def test_refusals_of_the_design() -> None:
    sex = {"sex": {"men": 2500, "women": 2000}}
    with pytest.raises(DesignError, match="calibrated already"):
        fl.rake(fl.poststratify(bare(), sex), sex)
    with pytest.raises(DesignError, match="sex × age_group"):
        fl.poststratify(bare(), sex | {"age_group": {"18–29": 2600, "30+": 1900}})
    blank = bare().frame.collect("pandas").to_native().drop(columns=["fl__weight", "fl__strata", "fl__psu"])
    blank.loc[:4, "sex"] = None
    with pytest.raises(DataError, match="some persons have no category"):
        fl.rake(fl.SurveyDesign(blank, weight="W", strata="S", psu="P"), sex)
    with pytest.raises(DesignError, match=r"zero or negative"):
        fl.calibrate(bare(), {"sex": {"men": 4499, "women": 1}, "age_group": {"18–29": 4499, "30+": 1}})


def test_raking_that_cannot_come_to_rest() -> None:
    frame = pd.DataFrame(
        {"w": 1.0, "a": ["x", "x", "y"] * 4, "b": ["u", "v", "u"] * 4, "psu": range(12)}
    )  # nobody is y and v
    design = fl.SurveyDesign(frame, weight="w", psu="psu")
    with pytest.raises(DesignError, match=r"did not converge.*\n.*margin a") as error:
        fl.rake(design, {"a": {"x": 10, "y": 20}, "b": {"u": 5, "v": 25}})
    assert "merge" in str(error.value)


def test_contradicting_margins_are_refused() -> None:
    with pytest.raises(DesignError, match="contradict"):
        fl.calibrate(
            bare(),
            {
                "sex": {"men": 2500, "women": 2000},
                ("sex", "age_group"): {
                    ("men", "18–29"): 1000,
                    ("men", "30+"): 1000,
                    ("women", "18–29"): 1250,
                    ("women", "30+"): 1250,
                },
            },
        )


def test_a_calibrated_estimate_stands_beside_one_that_is_not_once_it_is_said_that_the_psus_are_the_same() -> (
    None
):
    design = fl.rake(bare(), {"sex": {"men": 2500, "women": 2000}})
    parts = {"a": fl.mean(bare(), "case"), "b": fl.mean(design, "case")}
    with pytest.raises(DesignError, match="occur in more than one"):
        fl.stack(parts, name="weights")
    both = fl.stack(parts, name="weights", shared_psus=True).covariance
    np.testing.assert_allclose(
        np.sqrt(np.diag(both)), [est.table["se"][0] for est in parts.values()], rtol=1e-12
    )
    assert both[0, 1] > 0


@pytest.mark.parametrize(
    ("calibration", "told"),
    [
        ({"method": "rake"}, "give either benchmarks"),
        ({"method": "trim", "margins": {"sex": {"men": 1}}}, "calibration.method"),
        ({"method": "rake", "margins": {"sector": {"Manufacturing": 1}}}, "groups that everybody has"),
        ({"method": "rake", "population": "adult", "margins": {"sex": {"men": 1}}}, "did you mean adults"),
        ({"method": "rake", "benchmarks": "../b.csv"}, "leaves the folder"),
    ],
)
def test_calibration_of_survey_yaml_is_checked_on_load(
    tmp_path: Path, calibration: dict[str, Any], told: str
) -> None:
    path = small_country.write(tmp_path, small_country.changed(small_country.SURVEY, calibration=calibration))
    with pytest.raises((SpecError, DataError), match=told):
        fl.read_survey(path)


def test_a_survey_is_calibrated_by_survey_yaml_or_by_a_verb(raked: Path) -> None:
    persons = shared_surveys.classified(raked)
    with pytest.raises(DesignError, match=r"calibration of survey\.yaml"):
        fl.rake(persons, {"sex": {"men": 2500, "women": 2000}})
    with pytest.raises(RequestError, match="not classified"):
        fl.rake(
            fl.read_survey(small_country.write(raked.parent / "plain")), {"sex": {"men": 2500, "women": 2000}}
        )


def test_benchmarks_are_met_in_one_pass_for_all_verbs_and_rule_sets(
    raked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibrate = importlib.import_module(
        "fltoolkit.estimate.weights.calibration"
    )  # fltoolkit.estimate.weights.calibration is the verb
    passes: list[tuple[str, ...]] = []
    count = calibrate.pattern_totals

    def counted(design: fl.Survey, keys: tuple[str, ...], weight: str, domain: str | None) -> pd.DataFrame:
        passes.append(keys)
        return count(design, keys, weight, domain)

    monkeypatch.setattr(calibrate, "pattern_totals", counted)
    persons = shared_surveys.classified(raked)
    fl.prevalence(persons)
    fl.g_weights(persons)
    other_headlines(persons)
    assert passes == [("sex", "age_group")]


def test_labels_with_quotes_and_crosses_and_weights_that_did_not_gross_up() -> None:
    frame = pd.DataFrame(
        {
            "w": [0.5, 1.5] * 6,
            "who": ["l'une", "a × b", "x"] * 4,
            "code": [1.0, 2.0] * 6,
            "psu": range(12),
            "y": [1, 0, 0] * 4,
        }
    )
    design = fl.SurveyDesign(frame, weight="w", psu="psu", weights="normalised")
    with pytest.raises(DesignError, match="normalised"):
        fl.total(design, "y")
    made = fl.rake(design, {"who": {"l'une": 10, "a × b": 20, "x": 30}, "code": {1: 20, "2.0": 40}})
    table = fl.total(made, "y", by=[["who"], ["code"]]).table
    assert table["population"].to_list() == pytest.approx([20, 10, 30, 20, 40])
    assert fl.g_weights(made)["population"].to_list() == [10, 20, 30, 20, 40]
    assert fl.mean(design, "y").about.calibration == ""  # the input stays as it was


def test_what_does_not_carry_sums_by_pattern_has_no_variance() -> None:
    est = fl.mean(fl.rake(bare(), {"sex": {"men": 2500, "women": 2000}}), "case")
    with pytest.raises(DesignError, match="no variance under calibrated weights"):
        est.units.covariance(est.influence[: len(est.units)])


def test_quantiles_say_too_that_the_weights_are_calibrated() -> None:
    design = fl.rake(bare(), {"sex": {"men": 2500, "women": 2000}})
    assert fl.quantile(design, "case").about.calibration == fl.total(design, "case").about.calibration != ""


def test_a_sum_with_other_weights_of_children_keeps_its_own(tmp_path: Path) -> None:
    """Both sums have the weight of adults, so that an adult's factor would fit both."""
    spec = FAMILY | {
        "populations": FAMILY["populations"]
        | {
            "twins": {"label": "twins", "sum_of": ["adults", "children"]},
            "older": {"label": "older children", "age": {"min": 12, "max": 17}, "weight": "CW"},
            "others": {"label": "others", "sum_of": ["adults", "older"]},
        },
        "tables": [],
    }
    people = persons_table([("case", {"AGE": 30}), ("idle", {"AGE": 13} | CHILD["free"])]).assign(CW=2.0)
    survey = shared_surveys.classified(write_survey(tmp_path, spec, persons=people))
    weights, chosen = _weights_to_calibrate(survey, "everybody")
    assert chosen == "everybody"
    assert weights == tuple(map(weight_of, ("everybody", "adults", "children", "twins")))
