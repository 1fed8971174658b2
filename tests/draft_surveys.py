"""Labelled surveys of an invented office in English, French and Spanish, which show what a draft may get
wrong: unpaid work, replicate weights, a gate, the question on leaving, and texts of persons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

REPLICATES = 120
OWN_WORDS = (
    "My boss told my cousin in Lima",
    "They said they would hurt my mother",
    "He kept my brother at the farm",
)

LABELS = {
    "en": {
        "HH": "Household number",
        "LINE": "Line number",
        "STR": "Stratum",
        "EA": "Enumeration area",
        "WGT": "Final weight",
        "RW": "Replicate weight {}",
        "AGE": "Age in completed years",
        "SEX": "Sex",
        "PAY": "Worked for pay in the last 12 months",
        "UNPAID": "Did unpaid work in the last 12 months",
        "LEAVE": "Could you leave this job",
        "DEBT": "Had to work to repay a debt",
        "DOCS": "Identity documents were confiscated",
        "ANY": "Were you ever threatened, punished or locked in at work",
        "VIOL": "Suffered violence or was beaten",
        "LOCK": "Was locked in or guarded",
        "OTH": "Was punished in another way",
        "OTHS": "Other penalty, specify",
    },
    "fr": {
        "HH": "Numéro du ménage",
        "LINE": "Numéro d'ordre",
        "STR": "Strate",
        "EA": "Zone de dénombrement",
        "WGT": "Pondération finale",
        "RW": "Poids de réplication {}",
        "AGE": "Âge en années révolues",
        "SEX": "Sexe",
        "PAY": "A travaillé pour un salaire",
        "UNPAID": "A fait un travail sans rémunération au cours des 12 derniers mois",
        "LEAVE": "Pouviez-vous quitter cet emploi",
        "DEBT": "Devait rembourser une dette",
        "DOCS": "Ses papiers d'identité ont été confisqués",
        "ANY": "A été menacé, puni ou enfermé au travail",
        "VIOL": "A subi des violences ou a été battu",
        "LOCK": "A été enfermé ou surveillé",
        "OTH": "A subi une autre sanction",
        "OTHS": "Autre sanction, préciser",
    },
    "es": {
        "HH": "Número de hogar",
        "LINE": "Número de orden",
        "STR": "Estrato",
        "EA": "Unidad primaria de muestreo",
        "WGT": "Factor de expansión",
        "RW": "Peso de réplica {}",
        "AGE": "Edad en años cumplidos",
        "SEX": "Sexo",
        "PAY": "Trabajó por un salario",
        "UNPAID": "Realizó trabajo no remunerado o sin pago en los últimos 12 meses",
        "LEAVE": "¿Podía usted dejar este empleo?",
        "DEBT": "Tuvo que trabajar para pagar una deuda",
        "DOCS": "Le confiscaron los documentos de identidad",
        "ANY": "Fue amenazado, castigado o encerrado en el trabajo",
        "VIOL": "Sufrió violencia o golpes",
        "LOCK": "Fue encerrado o vigilado",
        "OTH": "Sufrió otro castigo",
        "OTHS": "Otro castigo, especifique",
    },
}
ANSWERS: dict[str, dict[int | float, str]] = {
    "en": {1: "Yes", 2: "No", 8: "Don't know"},
    "fr": {1: "Oui", 2: "Non", 8: "Ne sait pas"},
    "es": {1: "Sí", 2: "No", 8: "No sabe"},
}
LEAVING: dict[str, dict[int | float, str]] = {
    "en": {1: "Yes", 2: "No", 3: "Threatened"},
    "fr": {1: "Oui", 2: "Non", 3: "Sous la menace"},
    "es": {1: "Sí", 2: "No", 3: "Amenazado"},
}
SEXES: dict[str, dict[int | float, str]] = {
    "en": {1: "Men", 2: "Women"},
    "fr": {1: "Homme", 2: "Femme"},
    "es": {1: "Hombre", 2: "Mujer"},
}


def rows(persons: int = 1_200) -> pd.DataFrame:
    """Returns the persons: ten in each of the enumeration areas, with 120 bootstrap replicates of their
    weights."""
    draw = np.random.default_rng(7)
    n = np.arange(persons)
    frame = pd.DataFrame(
        {
            "HH": n // 3 + 1,
            "LINE": n % 3 + 1,
            "STR": n // (persons // 4) + 1,
            "EA": n // 10 + 1,
            "WGT": 100.0 + (n // 10) % 7 + 0.25,
        }
    )
    areas = persons // 10
    drawn = [
        np.bincount(draw.integers(0, areas, areas - 1), minlength=areas)[n // 10] for _ in range(REPLICATES)
    ]
    replicates = {
        f"RW{r:03d}": frame["WGT"] * np.round(times * areas / (areas - 1), 6)
        for r, times in enumerate(drawn, 1)
    }
    frame = pd.concat([frame, pd.DataFrame(replicates)], axis=1)
    yes = {
        name: draw.random(persons) < share
        for name, share in {"PAY": 0.6, "UNPAID": 0.2, "DEBT": 0.1, "DOCS": 0.1, "ANY": 0.3}.items()
    }
    frame = frame.assign(
        AGE=draw.integers(15, 80, persons),
        SEX=draw.integers(1, 3, persons),
        **{k: np.where(v, 1, 2) for k, v in yes.items()},
    )
    frame["LEAVE"] = draw.choice([1, 2, 3], persons, p=[0.8, 0.1, 0.1])
    for name in ("VIOL", "LOCK", "OTH"):
        frame[name] = np.where(yes["ANY"], np.where(draw.random(persons) < 0.4, 1, 2), np.nan)
    frame["DEBT"] = frame["DEBT"].where(draw.random(persons) > 0.02, 8)
    said = np.array([*(OWN_WORDS * 30), *(f"a text of one person {i}" for i in range(20))], dtype=object)
    frame["OTHS"] = [said[i % len(said)] if other == 1 else "" for i, other in enumerate(frame["OTH"])]
    return frame


def write_survey(path: Path, language: str) -> Path:
    """Writes the survey as an SPSS or Stata file with labels in a language, or as a CSV file, which has
    none."""
    frame, words = rows(), LABELS[language]
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
        return path
    labels = [words["RW"].format(int(c[2:])) if c.startswith("RW") else words[c] for c in frame]
    asked = ("PAY", "UNPAID", "DEBT", "DOCS", "ANY", "VIOL", "LOCK", "OTH")
    values: dict[str, dict[int | float, str]] = {
        **dict.fromkeys(asked, ANSWERS[language]),
        "LEAVE": LEAVING[language],
        "SEX": SEXES[language],
    }
    write = pyreadstat.write_sav if path.suffix == ".sav" else pyreadstat.write_dta
    write(frame, str(path), column_labels=labels, variable_value_labels=values)
    return path
