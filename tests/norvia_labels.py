"""The Norvia survey as an SPSS or Stata file of an office: the same rows, with labels in French."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat

PERSONS = Path(__file__).parents[1] / "data_samples" / "norvia_lfs_2025" / "persons.csv"
TEXT = ("ISIC12", "FISIC", "ISCO")  # industries and occupations keep their leading zeros

LABELS = {
    "HH": "Numéro du ménage", "LINE": "Numéro d'ordre de la personne dans le ménage",
    "STRATUM": "Strate de sondage", "EA": "Zone de dénombrement", "W_LFS": "Pondération de l'enquête emploi",
    "REGION": "Région de résidence", "AREA": "Milieu de résidence", "SEX": "Sexe",
    "AGE": "Âge en années révolues", "BORN": "Lieu de naissance",
    "WK_PAY": "Au cours des 12 derniers mois, a travaillé pour un salaire ou un traitement",
    "WK_OWN": "A exercé une activité à son propre compte",
    "WK_FAM": "A aidé sans être payé dans une entreprise familiale",
    "WK_OTH": "A fait un autre travail non payé ou obligatoire",
    "WORKED": "Filtre : a exercé au moins un travail au cours des 12 derniers mois",
    "ISIC12": "Activité économique, emploi principal (CITI Rév. 4)",
    "STATUS": "Situation dans la profession, emploi principal",
    "FL_RESULT": "Résultat du module travail forcé", "W_FL": "Pondération du module travail forcé",
    "PROXY": "Module répondu par un tiers", "ALONE": "La personne était seule pendant l'entretien",
    "FI1": "Est né dans cette situation ou a été remis à quelqu'un pour travailler",
    "FI2": "A dû faire un autre travail que celui convenu au départ",
    "FI3": "A dû faire des heures supplémentaires ou des astreintes non convenues",
    "FI4": "A dû accomplir des tâches dangereuses sans protection",
    "FI5": "A dû travailler pour un salaire très bas ou sans salaire",
    "FI6": "A dû vivre dans des conditions dégradantes imposées par l'employeur",
    "FI7": "A dû travailler pour d'autres employeurs que prévu",
    "FI8": "A dû rester plus longtemps que prévu dans ce travail",
    "FI9": "A été amené à travailler d'une autre manière contre son gré",
    "FLEAVE": "Pouvait-il quitter ce travail librement", "FC1": "A subi des menaces ou des violences",
    "FC1W": "A vu des collègues subir des menaces ou des violences", "FC2": "A été enfermé ou surveillé",
    "FC3": "Devait rembourser une dette", "FC4": "Le salaire a été retenu pour l'empêcher de partir",
    "FC5": "Ses papiers d'identité ont été confisqués",
    "FC6": "A été menacé de licenciement ou d'expulsion du pays", "FC7": "A subi une autre sanction",
    "FILTER": "Filtre : au moins une circonstance", "FILTER2": "Filtre : circonstance et contrainte",
    "FSAME": "Tout cela s'est-il passé dans le même travail", "FILTER3": "Filtre : même travail",
    "FEXC": "Type de travail exigé par l'État", "FEXC_LIM": "Ce travail est resté dans les limites prévues",
    "FWHO": "Qui vous a obligé à faire ce travail", "FPLACE": "Où se trouvait ce travail",
    "FMONTHS": "Nombre de mois dans cette situation",
    "FISIC": "Activité économique du travail forcé (CITI Rév. 4)", "EDU": "Niveau d'instruction",
    "SEE": "A des difficultés à voir", "HEAR": "A des difficultés à entendre",
    "WALK": "A des difficultés à marcher", "REMEMBER": "A des difficultés à se souvenir",
    "CARE": "A des difficultés à prendre soin de soi", "SPEAK": "A des difficultés à communiquer",
    "WEALTH": "Indice de richesse du ménage", "ISCO": "Profession, emploi principal (CITP-08)",
    "INFORMAL": "Emploi informel ou formel", "SOCPROT": "Protection sociale", "EMPLOYER": "Type d'employeur",
    "FEE": "Frais de recrutement", "DEBT": "Dette de recrutement",
}  # fmt: skip
YES_NO = {1: "Oui", 2: "Non", 8: "Ne sait pas", 9: "Refus"}
DIFFICULTY = {
    1: "Aucune difficulté",
    2: "Un peu de difficulté",
    3: "Beaucoup de difficulté",
    4: "Ne peut pas du tout",
    9: "Non déclaré",
}
CODES: dict[str, dict[int, str]] = {
    "REGION": {1: "Côte", 2: "Delta", 3: "Hautes terres", 4: "Plaines", 5: "Capitale"},
    "AREA": {1: "Urbain", 2: "Rural"},
    "SEX": {1: "Homme", 2: "Femme"},
    "AGE": {999: "Non déclaré"},
    "BORN": {1: "Né en Norvie", 2: "Né à l'étranger", 9: "Non déclaré"},
    "STATUS": {1: "Salarié", 2: "Employeur", 3: "Indépendant", 4: "Travailleur familial", 9: "Non déclaré"},
    "FL_RESULT": {1: "Module réalisé", 2: "Refus", 3: "Non sélectionné"},
    "FLEAVE": {1: "Oui, librement", 2: "Non", 3: "Non, sous la menace", 8: "Ne sait pas", 9: "Refus"},
    "FEXC": {
        0: "Aucun",
        1: "Service militaire",
        2: "Travail pénitentiaire",
        3: "Menus travaux communautaires",
        8: "Ne sait pas",
        9: "Refus",
    },
    "FWHO": {
        1: "L'employeur ou le recruteur",
        2: "Un membre de la famille",
        3: "L'État ou une autorité",
        4: "Quelqu'un, pour des services sexuels",
        8: "Ne sait pas",
        9: "Refus",
    },
    "EDU": {1: "Aucun", 2: "Fondamental", 3: "Secondaire", 4: "Supérieur", 9: "Non déclaré"},
    **{c: dict(DIFFICULTY) for c in ("SEE", "HEAR", "WALK", "REMEMBER", "CARE", "SPEAK")},
    "INFORMAL": {1: "Informel", 2: "Formel", 9: "Non déclaré"},
    "SOCPROT": {1: "Couvert", 2: "Non couvert", 9: "Non déclaré"},
    "EMPLOYER": {1: "Public", 2: "Entreprise privée", 3: "Ménage", 4: "Sans employeur", 9: "Non déclaré"},
    "FEE": {99998: "Ne sait pas"},
    "DEBT": {99998: "Ne sait pas"},
    "FPLACE": {1: "Dans le pays", 2: "À l'étranger", 8: "Ne sait pas", 9: "Refus"},
    "FMONTHS": {98: "Ne sait pas", 99: "Refus"},
}
QUESTIONS = [
    c for c in LABELS if c.startswith(("WK_", "FI", "FC", "FSAME", "FEXC_LIM")) and c not in ("FISIC",)
] + [
    "WORKED",
    "PROXY",
    "ALONE",
]


def codes() -> dict[str, dict[int, str]]:
    return {**CODES, **{c: YES_NO for c in QUESTIONS if c not in CODES}}


def numbers(persons: int | None = None) -> pd.DataFrame:
    table = pd.read_csv(PERSONS, dtype=dict.fromkeys(TEXT, str), nrows=persons)
    return table.astype({c: float for c in table.columns if c not in TEXT}).fillna(dict.fromkeys(TEXT, ""))


def write_spss(path: Path, persons: int | None = None) -> Path:
    """Writes the SPSS file, or its first persons. 8 and 9, 98 and 99, and 999 are declared missing."""
    declared = {c: [k for k in of if k in (8, 9, 98, 99, 999)] for c, of in codes().items()}
    missing = {c: found for c, found in declared.items() if found}
    pyreadstat.write_sav(
        numbers(persons),
        str(path),
        column_labels=LABELS,
        variable_value_labels=codes(),
        missing_ranges=missing,
        compress=True,
    )
    return path


def write_stata(path: Path) -> Path:
    """Writes the Stata file. Don't know is .a, refused is .b, and not stated .c."""
    letters = {8: "a", 98: "a", 9: "b", 99: "b", 999: "c"}
    # Rows with an answer first: pyreadstat's writer looks at the first rows of a column to learn its type.
    table = numbers().sort_values(["FMONTHS", "FSAME"], ignore_index=True)
    labels, tagged = {}, {}
    for column, of in codes().items():
        values = [
            None if pd.isna(v) else letters[int(v)] if int(v) in of and int(v) in letters else v
            for v in table[column]
        ]
        if found := sorted({v for v in values if isinstance(v, str)}):
            table[column], tagged[column] = pd.Series(values, dtype=object), found
        stands = {letters.get(k, float(k)): label for k, label in of.items()}
        labels[column] = {k: label for k, label in stands.items() if not isinstance(k, str) or k in found}
    pyreadstat.write_dta(
        table, str(path), column_labels=LABELS, variable_value_labels=labels, missing_user_values=tagged
    )
    return path
