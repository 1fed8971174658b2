"""Quirama: a survey of households in one SPSS file, with chained gates and a few rows typed wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyreadstat
from brought_in.draws import Codes, Draws, age_of_a_member

Row = dict[str, str]
SEED = 20260311
STRATA, UPMS, DWELLINGS = 9, 11, 10
YES_NO = Codes("1", "2", "8", "9")
OPEN_TO = ("1", "2")  # kinds of worker that P21 to P35 are asked of
FOR_OTHERS = ("1", "2", "5")  # kinds of worker that P26 and P36 are asked of, whoever decides
WIDER = ("P26", "P36")
INVOLUNTARY = {"P21": "1", "P22": "1", "P23": "1", "P24": "1", "P25": "2", "P26": "1"}
COERCION = {"P31": "1", "P32": "1", "P33": "1", "P34": "2", "P35": "1", "P36": "1"}
MODULE = ["P10", "P12", "P15", *INVOLUNTARY, *COERCION, "P40", "P45", "P46"]
COLUMNS = [
    "FOLIO",
    "LIN",
    "ESTRATO",
    "UPM",
    "REGION",
    "AREA",
    "FACTOR",
    "P03",
    "P04",
    "P06",
    "RESMOD",
    *MODULE,
]

LABELS = {
    "FOLIO": "Número del hogar", "LIN": "Línea de la persona", "ESTRATO": "Estrato",
    "UPM": "Unidad primaria, dentro del estrato", "REGION": "Región", "AREA": "Área",
    "FACTOR": "Factor de expansión", "P03": "Sexo", "P04": "Edad en años cumplidos",
    "P06": "¿Responde la misma persona?", "RESMOD": "Resultado del módulo",
    "P10": "Hizo algún trabajo en los últimos 12 meses", "P12": "Qué era en ese trabajo",
    "P15": "Otra persona decidía cuándo, dónde o cómo trabajaba", "P21": "Lo entregaron o lo vendieron",
    "P22": "Trabajo distinto del acordado", "P23": "Horas extras no acordadas",
    "P24": "Trabajos peligrosos sin consentimiento", "P25": "Podía dejar ese trabajo cuando quisiera",
    "P26": "Le pagaban muy poco o nada", "P31": "Amenazas o violencia", "P32": "Encerrado o vigilado",
    "P33": "Salario retenido", "P34": "Tenía acceso a sus documentos",
    "P35": "Amenaza de denuncia, despido o deportación", "P36": "Trabajo para pagar una deuda",
    "P40": "Todo en el mismo trabajo", "P45": "Servicio u obligación",
    "P46": "Dentro de lo que la ley permite",
}  # fmt: skip
SI_NO = {1: "Sí", 2: "No", 8: "No sabe", 9: "No responde"}
UNKNOWN = {8: "No sabe", 9: "No responde"}
VALUE_LABELS = {
    **dict.fromkeys(MODULE, SI_NO),
    "REGION": {1: "Costa", 2: "Valle", 3: "Selva"},
    "AREA": {1: "Urbana", 2: "Rural"},
    "P03": {1: "Hombre", 2: "Mujer"},
    "P06": {1: "Sí", 2: "No, responde otro miembro del hogar"},
    "RESMOD": {1: "Completo", 2: "Rechaza el módulo", 3: "Ausente", 4: "No corresponde (menor de 18 años)"},
    "P12": {
        1: "Empleado u obrero",
        2: "Jornalero o aprendiz",
        3: "Trabajador por cuenta propia",
        4: "Empleador",
        5: "Familiar sin pago",
        **UNKNOWN,
    },
    "P34": {1: "Sí", 2: "No, se los quitaron", 3: "No tiene documentos", **UNKNOWN},
    "P45": {
        0: "Ninguna",
        1: "Servicio militar obligatorio",
        2: "Trabajo de condenados por un juez",
        3: "Trabajo comunal menor",
        **UNKNOWN,
    },
}


def persons() -> list[Row]:
    """The persons as they answered, before anything is typed wrongly."""
    draws, rows, folio = Draws(SEED), list[Row](), 10000
    for stratum in range(1, STRATA + 1):
        for upm in range(1, (UPMS if stratum < STRATA else 1) + 1):
            weight, victims = draws.between(80, 420, 4), draws.pick({0.01: 0.6, 0.08: 0.4})
            for _ in range(DWELLINGS):
                folio += draws.whole(1, 4)
                place = {
                    "FOLIO": folio,
                    "ESTRATO": stratum,
                    "UPM": upm,
                    "REGION": (stratum + 2) // 3,
                    "AREA": 1 + upm % 2,
                }
                members = draws.whole(1, 5)
                for line in range(1, members + 1):
                    row = {name: str(value) for name, value in place.items()} | {
                        "LIN": str(line),
                        "FACTOR": repr(weight),
                    }
                    rows.append(row | _person(draws, line, victims))
    return rows


def _person(draws: Draws, line: int, victims: float) -> Row:
    age = age_of_a_member(draws, line)
    row = dict.fromkeys(MODULE, "") | {"P03": draws.pick({"1": 0.49, "2": 0.51}), "P04": str(age)}
    row["P06"] = "1" if line == 1 else draws.pick({"1": 0.6, "2": 0.4})
    row["RESMOD"] = draws.pick({"1": 0.94, "2": 0.03, "3": 0.03}) if age >= 18 else "4"
    return row | (_module(draws, draws.chance(victims)) if row["RESMOD"] == "1" else {})


def _module(draws: Draws, victim: bool) -> Row:
    """The module as it is asked: each question after the gates before it."""
    row = {"P10": YES_NO.answer(draws, 0.98 if victim else 0.68)}
    if row["P10"] != "1":
        return row
    row["P12"] = draws.pick({"1": 0.4, "2": 0.2, "3": 0.25, "4": 0.03, "5": 0.08, "8": 0.02, "9": 0.02})
    if victim:
        row["P12"] = draws.pick({"1": 0.5, "2": 0.42, "5": 0.04, "8": 0.02, "9": 0.02})
    row["P15"] = YES_NO.answer(draws, 0.95 if victim else 0.6)
    if row["P12"] in OPEN_TO and row["P15"] == "1":
        row |= {
            name: _item(draws, name, yes, victim, 0.03)
            for name, yes in INVOLUNTARY.items()
            if name not in WIDER
        }
        row |= {
            name: _item(draws, name, yes, victim, 0.02) for name, yes in COERCION.items() if name not in WIDER
        }
    if row["P12"] in FOR_OTHERS or row["P15"] == "1":
        row |= {name: _item(draws, name, "1", victim, 0.02) for name in WIDER}
    told = [any(row.get(name) == yes for name, yes in side.items()) for side in (INVOLUNTARY, COERCION)]
    if not all(told):
        return row
    row["P40"] = YES_NO.answer(draws, 0.93 if victim else 0.3)
    if row["P40"] == "1":
        row["P45"] = draws.pick({"0": 0.84, "1": 0.04, "2": 0.04, "3": 0.04, "8": 0.03, "9": 0.01})
    if row.get("P45") in ("1", "2", "3"):
        row["P46"] = YES_NO.answer(draws, 0.6)
    return row


def _item(draws: Draws, name: str, yes: str, victim: bool, rare: float) -> str:
    """An answer to an item, whose yes may be the code 1 or 2; who has no papers is in none of both."""
    said = YES_NO.answer(draws, 0.36 if victim else rare)
    if said not in ("1", "2"):
        return said
    no = "3" if name == "P34" and draws.chance(0.08) else {"1": "2", "2": "1"}[yes]
    return yes if said == "1" else no


# ------------------------------------------------------------------------------------------------- rows typed


def typed(rows: list[Row]) -> tuple[list[Row], str]:
    """The rows as they were typed, and the memo of the office that says what is wrong: key | column | typed |
    right | why | evidence."""
    rows, memo = [dict(row) for row in rows], list[str]()

    def note(row: Row, column: str, wrong: str, why: str, form: str, *, which: str = "") -> None:
        key = f"FOLIO={row['FOLIO']} LIN={wrong if column == 'LIN' else row['LIN']}{which}"
        right = "en blanco" if why.startswith("no se sabe") else row[column] or "en blanco"
        memo.append(" | ".join([key, column, wrong, right, why, form]))
        row[column] = wrong

    asked = [row for row in rows if row["RESMOD"] == "1"]
    first, second = next(_pairs(rows))
    chosen = {
        "age": _first(asked, lambda r: r["P04"] == "41"),
        "unknown": _first(asked, lambda r: r["P04"] == "36"),
        "sex": _first(asked, lambda r: r["P03"] == "2" and r["P04"] == "52"),
        "code": _first(asked, lambda r: r["P23"] == "2" and r["P04"] == "29"),
        "gate": _first(
            asked, lambda r: r["P12"] in OPEN_TO and r["P40"] == "1" and r["P45"] == "0" and r["P31"] == "1"
        ),
        "stray": _first(asked, lambda r: r["P12"] == "3" and r["P15"] == "2" and r["P04"] != "41"),
        "missed": _first(
            asked, lambda r: r["P12"] in OPEN_TO and r["P40"] == "1" and r["P45"] == "0" and r["P31"] == "2"
        ),
        "no case": _first(asked, lambda r: r["P40"] == "2"),
    }
    assert len({row["FOLIO"] for row in (*chosen.values(), second)}) == len(chosen) + 1, (
        "a household has two errors: choose other rows"
    )
    note(chosen["age"], "P04", "411", "se digitó 411; la hoja dice 41", "hoja 7-118")
    note(chosen["unknown"], "P04", "999", "no se sabe la edad; la hoja dice sólo que es adulto", "hoja 7-131")
    note(chosen["sex"], "P03", "7", "el código 7 no existe; la hoja dice mujer", "hoja 7-140")
    note(
        second,
        "LIN",
        first["LIN"],
        "dos personas con la misma línea",
        "hoja 7-152",
        which=f" P04={second['P04']}",
    )
    note(chosen["code"], "P23", "22", "se digitó 22; la hoja dice 2", "hoja 7-166")
    note(chosen["gate"], "P12", "3", f"se digitó 3; la hoja dice {chosen['gate']['P12']}", "hoja 7-171")
    note(
        chosen["stray"],
        "P33",
        "1",
        "respuesta de la persona de la línea siguiente; la hoja está en blanco",
        "hoja 7-183",
    )
    note(chosen["missed"], "P40", "2", "se digitó 2; la hoja dice 1, y por eso se hizo P45", "hoja 7-190")
    note(chosen["no case"], "P40", "1", "se volvió a llamar; no fue en el mismo trabajo", "llamada 22")
    note(chosen["no case"], "P45", "0", "se volvió a llamar; la pregunta no correspondía", "llamada 22")
    return rows, "\n".join([MEMO_HEAD, *memo, ""])


MEMO_HEAD = """INSTITUTO NACIONAL DE ESTADÍSTICA · ENH 2026
MEMORANDO DE CORRECCIONES. El archivo enh2026.sav no se cambió; el valor correcto es el de la cuarta columna.
La fila se busca por su clave. Cuando la línea está repetida, la clave dice también la edad.

clave | columna | digitado | correcto | por qué | prueba"""


def _first(rows: list[Row], wanted: Callable[[Row], bool]) -> Row:
    return next(row for row in rows if wanted(row))


def _pairs(rows: list[Row]) -> Iterator[tuple[Row, Row]]:
    """The first and second member of households where both were interviewed and are of other ages."""
    for one, two in pairwise(rows):
        if (
            one["FOLIO"] == two["FOLIO"]
            and one["LIN"] == "1"
            and one["RESMOD"] == two["RESMOD"] == "1"
            and one["P04"] != two["P04"]
        ):
            yield one, two


def write(folder: Path) -> None:
    """Write enh2026.sav and corrections_memo.txt into a folder."""
    rows, memo = typed(persons())
    table = pd.DataFrame(rows, columns=COLUMNS).apply(pd.to_numeric).astype(float)
    pyreadstat.write_sav(
        table,
        folder / "enh2026.sav",
        file_label="ENH 2026",
        column_labels=LABELS,
        variable_value_labels=VALUE_LABELS,
        missing_ranges={name: [{"lo": 8, "hi": 9}] for name in MODULE},
        variable_format={name: "F12.4" if name == "FACTOR" else "F8.0" for name in COLUMNS},
    )
    (folder / "corrections_memo.txt").write_text(memo, encoding="utf-8")
