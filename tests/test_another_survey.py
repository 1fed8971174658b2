"""Tests a survey that is unlike the samples, read with a new survey.yaml and no new code.

Two pooled quarters of persons (CSV with semicolons), their households (Parquet) and their modules (CSV,
Latin-1); letters as codes, two episodes of work a person, no question on the same work.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.survey.checks.survey_checks import check

SURVEY = """
title: Encuesta continua, módulo de trabajo forzoso
country: NO
year: 2023
reference_period: {months: 60, text: los últimos cinco años}
files:
  person:
    path: [personas_1.csv, personas_2.csv]
    key: [vivienda, renglon]
    weight_factor: [0.5, 0.5]
    delimiter: ";"
  household: {path: [viviendas_1.parquet, viviendas_2.parquet], key: vivienda, prefix: v_}
  module: {path: [modulo_1.csv, modulo_2.csv], key: [vivienda, renglon], encoding: latin-1, delimiter: ","}
design: {weight: v_factor, strata: [v_region, v_zona], psu: v_segmento, nest: true, household: vivienda, selection: systematic}
module: {column: resultado, answered: [Completa, Incompleta], refused: Rehúsa, not_asked: "-"}
age: {column: edad, missing: [998, 999]}
answers: {yes: S, no: N, dont_know: NS, refused: NR}
any_work: [trabajo]
items:
  involuntary:
    different_job: otro_trabajo_{episode}
    very_low_or_no_wages: {column: "pago_{episode}", yes: [nada, poco], no: [justo, bueno]}
  coercion:
    withheld_documents: documentos_{episode}
    threats_or_violence:
      - {column: "amenazas_{episode}", mode: threatened}
      - {column: "vio_{episode}", mode: witnessed}
episodes: {wide: [primero, segundo], exists: "hubo_{episode}"}
populations:
  fifteen: {label: persons aged 15 and over, age: {min: 15}}
groups:
  sexo: {column: sexo, codes: {H: hombres, M: mujeres}}
  zona: {column: v_zona, codes: {01: urbana, 02: rural}}
coverage_excludes: []
"""

SPELLS = ("primero", "segundo")
YES, NO = "S", "N"


def quarter(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Persons, homes and modules of 60 homes in 12 segments of 4 strata; the numbers of homes restart each
    quarter."""
    rng = np.random.default_rng(seed)
    homes = pd.DataFrame(
        {
            "vivienda": range(1, 61),
            "region": np.repeat(["n", "s"], 30),
            "zona": np.tile(np.repeat(["01", "02"], 15), 2),
            "segmento": np.repeat(np.tile([1, 2, 3], 4), 5),
            "factor": rng.integers(10, 40, 60) / 4,
        }
    )
    lines = pd.DataFrame(
        {"vivienda": np.repeat(homes["vivienda"], 4), "renglon": np.tile([1, 2, 3, 4], 60)}
    ).reset_index(drop=True)
    n = len(lines)
    lines = lines.assign(
        sexo=rng.choice(["H", "M"], n),
        edad=rng.choice([8, 14, 15, 30, 70, 999], n),
        trabajo=rng.choice([YES, NO, "NS"], n, p=[0.8, 0.1, 0.1]),
    )
    module = lines[["vivienda", "renglon"]].assign(
        resultado=rng.choice(["Completa", "Incompleta", "Rehúsa", "-"], n)
    )
    for spell, p in zip(SPELLS, (0.9, 0.4), strict=True):
        there = rng.random(n) < p
        answers = {
            "otro_trabajo": [YES, NO, "NR"], "pago": ["nada", "poco", "justo", "bueno"],
            "documentos": [YES, NO, "NS"], "amenazas": [YES, NO, ""], "vio": [YES, NO],
        }  # fmt: skip
        module[f"hubo_{spell}"] = np.where(there, YES, NO)
        for name, codes in answers.items():
            module[f"{name}_{spell}"] = np.where(there, rng.choice(codes, n), "")
    return lines, homes, module


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    for i in (1, 2):
        lines, homes, module = quarter(i)
        lines.to_csv(tmp_path / f"personas_{i}.csv", index=False, sep=";")
        homes.to_parquet(tmp_path / f"viviendas_{i}.parquet")
        module[module["resultado"] != "-"].to_csv(
            tmp_path / f"modulo_{i}.csv", index=False, encoding="latin-1"
        )
    (tmp_path / "survey.yaml").write_text(SURVEY, encoding="utf-8")
    return tmp_path


def by_hand() -> pd.DataFrame:
    """Everybody aged 15 or more, or of unknown age, who answered: weight, sex, zone, and whether in forced
    labour (1, 0, blank)."""
    rows = []
    for i in (1, 2):
        lines, homes, module = quarter(i)
        merged = lines.merge(homes, on="vivienda").merge(module, on=["vivienda", "renglon"])
        for person in merged[
            merged["resultado"].isin(["Completa", "Incompleta"]) & (merged["edad"] >= 15)
        ].to_dict("records"):
            spells = []
            for spell in SPELLS:
                of = {
                    name: person[f"{name}_{spell}"]
                    for name in ("hubo", "otro_trabajo", "pago", "documentos", "amenazas", "vio")
                }
                involuntary = (
                    1.0
                    if of["otro_trabajo"] == YES or of["pago"] in ("nada", "poco")
                    else 0.5
                    if of["otro_trabajo"] != NO
                    else 0.0
                )
                coerced = [
                    1.0 if of[q] == YES else 0.0 if of[q] == NO else 0.5
                    for q in ("documentos", "amenazas", "vio")
                ]
                spells.append(min(involuntary, max(coerced), float(of["hubo"] == YES)))
            work = {YES: 1.0, NO: 0.0}.get(person["trabajo"], 0.5)
            rows.append(
                {
                    "w": person["factor"] / 2,
                    "sexo": person["sexo"],
                    "zona": person["zona"],
                    "forced": min(work, max(spells)),
                }
            )
    return pd.DataFrame(rows)


def test_a_survey_unlike_the_sample_gives_the_share_computed_by_hand(survey: Path) -> None:
    opened = fl.read_survey(survey)
    assert [(j.file, j.unmatched_rows) for j in opened.joins] == [("household", 0), ("module", 0)]
    assert "error" not in set(check(opened)["severity"])
    persons = fl.classify(opened)
    asked = by_hand()
    case, open_ = asked["forced"] == 1, asked["forced"] == 0.5
    assert min(case.sum(), open_.sum(), (~case & ~open_).sum()) > 20
    row = fl.prevalence(persons).table.loc[0]
    assert row["estimate"] == pytest.approx(asked["w"][case].sum() / asked["w"].sum(), rel=1e-12)
    assert row["bound_high"] == pytest.approx(asked["w"][case | open_].sum() / asked["w"].sum(), rel=1e-12)
    assert row["resolved_only"] == pytest.approx(asked["w"][case].sum() / asked["w"][~open_].sum(), rel=1e-12)
    assert [row[c] for c in ("n", "cases", "unresolved", "df")] == [
        len(asked),
        case.sum(),
        open_.sum(),
        12 - 4,
    ]
    assert row["population"] == pytest.approx(asked["w"].sum(), rel=1e-12)


def test_its_groups_and_totals_are_those_computed_by_hand(survey: Path) -> None:
    persons = fl.classify(fl.read_survey(survey))
    asked = by_hand().assign(
        zona=lambda t: t["zona"].map({"01": "urbana", "02": "rural"}),
        sexo=lambda t: t["sexo"].map({"H": "hombres", "M": "mujeres"}),
    )
    expected = (
        asked.assign(case=asked["w"].where(asked["forced"] == 1, 0)).groupby(["sexo", "zona"])["case"].sum()
    )
    got = fl.total(persons, by=["sexo", "zona"]).table.set_index(["sexo", "zona"])["estimate"]
    assert len(got) == 4
    pd.testing.assert_series_equal(got.sort_index(), expected.sort_index(), check_names=False, rtol=1e-12)
    about = fl.total(persons).about
    assert (about.country, about.same_work, about.reference_period) == (
        "NO",
        "by episode",
        "los últimos cinco años",
    )
