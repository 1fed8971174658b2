"""Codes the published numbers for other systems, with the codes of ILOSTAT where they exist, otherwise with
codes of the kit (docs/exchange.md).

This module writes no file. The kit's codes are made from published names, so the same survey always has the
same codes.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.classify.category_names import own_code, plain_code
from fltoolkit.estimate.change_over_time.difference import NOT_COMPARABLE
from fltoolkit.languages.reasons import has_remark
from fltoolkit.publish.measure_units import decimals_of, is_rate, scaled, unit
from fltoolkit.publish.published_set import Published
from fltoolkit.show.wording.english_numbers import ENGLISH, value
from fltoolkit.survey.spec.groups_and_tables import CROSS, TOTAL, groups_of_breakdown
from fltoolkit.table_records import as_records

ALL, NOT_APPLICABLE, JOIN = "_T", "_Z", "@"
# ISO 3166-1 alpha-3: a `country` in this list is its own code; any other gets the kit's code `X_...`.
ISO_3 = """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA
BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU
EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND
HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO
LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC
NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM
SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA
UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
"""
# The concept of a group, found by any of its categories' codes. All other groups are in CATEGORY.
CONCEPTS = {
    "SEX": re.compile(r"SEX_.+|FL_(SEX|GENDER)_[A-Z0-9]+"),
    "AGE": re.compile(r"(FL_)?AGE_([A-Z0-9]+_)?Y(LT|GE)?\d+(-\d+)?"),
    "ECO": re.compile(r"(FL_)?(ECO_AGGREGATE|ECO_ISIC\d|EC2_ISIC\d)_.+"),
}
STEPS = "Persons at each step of the definition"  # the name of the flowchart, which has none in the language files
UNITS = {"share": "PERCENT", "profile": "PERCENT", "duration": "MONTHS"}
DIMENSIONS = (
    "FREQ",
    "REF_AREA",
    "MEASURE",
    "POPULATION",
    "RULE_SET",
    "BREAKDOWN",
    "SEX",
    "AGE",
    "ECO",
    "CATEGORY",
    "TIME_PERIOD",
)
CODED = (*DIMENSIONS[:-1], "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "UNIT_MULT", "RELIABILITY")
SCALED = {"OBS_VALUE": "estimate", "LOWER_LIMIT": "ci_low", "UPPER_LIMIT": "ci_high", "STD_ERROR": "se"}
PLAIN = {"CV": "cv", "DEFF": "deff", "DF": "df", "CONF_LEVEL": "level", "ROUNDING": "rounding"}
WHOLE = {"N_PERSONS": "n"}
WORDS = {
    "N_CASES": "cases_class",
    "REASON": "reason",
    "REF_PERIOD": "reference_period",
    "SOURCE": "survey",
    "TO_VERIFY": "to_verify",
}
STATUS = {
    "A": "Normal",
    "U": "Low reliability",
    "B": "Break: not comparable with the earlier round",
    "Q": "Missing value; suppressed",
    "M": "Missing value; not available",
}


@dataclass(frozen=True)
class Coded:
    """Published numbers as rows of codes, with the meaning of each code.

    Attributes:
        table: one row per published row, in the same order. The columns are SDMX's dimensions, OBS_VALUE (the
            number in its unit) and SDMX's attributes. A further column `parts` lists for each group of the
            row the SDMX column, the code and the words, e.g. `[("SEX", "SEX_F", "women")]`.
        codes: for each column of codes, the meaning of the codes that are used, e.g. `{"SEX": {"SEX_F":
            "women"}}`.
    """

    table: pd.DataFrame
    codes: dict[str, dict[str, str]]


def coded(out: Published, changed: Published | None = None) -> Coded:
    """Returns the published numbers of a run in the form for other systems: one row per number, with codes
    for groups, measures and so on, and the meaning of each code. The codes come from ILOSTAT, or from the kit
    where ILOSTAT has none.

    Args:
        out: the published set (all results of the run that may leave the office).
        changed: the published change since an earlier survey, or None if there is no earlier survey. Where
            the two surveys measure different things, the rows mark a break of the time series.
    """
    groups = _category_codes(out.table)
    concepts = {
        group: next(
            (name for name, pattern in CONCEPTS.items() if any(map(pattern.fullmatch, mine.values()))),
            "CATEGORY",
        )
        for group, mine in groups.items()
    }
    broken = _keys_of_breaks(changed)
    codes: dict[str, dict[str, str]] = {name: {} for name in CODED}
    rows = []
    for row in as_records(out.table):
        parts = _group_codes(row, groups, concepts)
        coded_columns = _coded_columns(row, parts, _status(row, broken))
        rows.append(
            {name: code for name, (code, _) in coded_columns.items()}
            | _uncoded_columns(row)
            | {"parts": parts}
        )
        for name, (code, words) in coded_columns.items():
            codes[name].setdefault(code, words)
    table = pd.DataFrame(rows).replace([np.inf, -np.inf], np.nan)  # the CV of zero is infinite
    return Coded(table.astype(dict.fromkeys(WHOLE, "Int64")), codes)


def area_code(country: str) -> str:
    """Returns the code of a country for other systems. If survey.yaml gives an ISO-3 code as country, returns
    this code. Otherwise returns `X_` and the name in capitals, e.g. `X_NORVIA`. No ISO code looks like
    this."""
    if re.fullmatch("[A-Z]{3}", country) and country in ISO_3:
        return country
    return "X_" + (plain_code(country).strip("_") or "COUNTRY")


def _coded_columns(
    row: dict[Hashable, Any], parts: list[tuple[str, str, str]], status: str
) -> dict[str, tuple[str, str]]:
    """Returns the values of a published row in the columns of codes: for each column the code and its
    meaning, e.g. `{"SEX": ("SEX_F", "women")}`. `parts` are the codes of its groups (see `_group_codes`), and
    `status` is its status (see `_status`)."""
    measure, population, breakdown = (
        str(row["measure"]),
        str(row["reference_population"]),
        str(row["breakdown"]),
    )
    by = groups_of_breakdown(breakdown)
    coded_columns = {
        "FREQ": ("A", "Annual"),
        "REF_AREA": (area_code(str(row["country"])), str(row["country"])),
        "MEASURE": (
            own_code(measure, *([str(row["outcome"])] if row.get("amount") else [])),
            ENGLISH.say(title, what=row.get("amount"))
            if ENGLISH.has(title := f"titles.{measure}")
            else STEPS,
        ),
        "POPULATION": (own_code(population), str(row["reference_population_label"])),
        "RULE_SET": (own_code(str(row["rule_set"])), str(row["rule_set"])),
        "BREAKDOWN": (JOIN.join(g.upper() for g in by) or ALL, breakdown or "Total"),
        "SEX": (ALL, "Total"),
        "AGE": (ALL, "Total"),
        "ECO": (ALL, "Total"),
        "CATEGORY": (ALL, "Total"),
        "OBS_STATUS": (status, STATUS[status]),
        "CONF_STATUS": ("C", "Confidential") if row["marker"] == "c" else ("F", "Free for publication"),
        "UNIT_MEASURE": ("PER_1000", "Per 1,000")
        if is_rate(measure)
        else (own_code(str(row.get("amount_unit"))), str(row.get("amount_unit")))
        if row.get("amount")
        else (UNITS.get(measure, "PERSONS"), str(unit(measure)).split()[0]),
        "UNIT_MULT": ("0", "Units"),
        "RELIABILITY": (str(row["flag"]).upper() or "NONE", str(row["flag"]) or "no flag"),
    }
    for concept, code, words in parts:
        before, words_before = coded_columns[concept]
        joined = (f"{before}{JOIN}{code}", f"{words_before} × {words}")
        coded_columns[concept] = (code, words) if before == ALL else joined
    return coded_columns


def _group_codes(
    row: dict[Hashable, Any], groups: dict[str, dict[str, str]], concepts: dict[str, str]
) -> list[tuple[str, str, str]]:
    """Returns, for each group of a row, the SDMX column (SEX, AGE, ECO or CATEGORY), the code and the words:
    `("SEX", "SEX_F", "women")`. If two groups of a row belong to the same column, the second is in CATEGORY.

    Args:
        groups: for each group, the code of each label.
        concepts: for each group, the SDMX column that has its codes.
    """
    parts: list[tuple[str, str, str]] = []
    for group in groups_of_breakdown(row["breakdown"]):
        concept = concepts.get(group, "CATEGORY")
        if concept in [c for c, _, _ in parts]:
            concept = "CATEGORY"
        if not row["category"]:  # a row that is not available has no categories
            parts.append((concept, NOT_APPLICABLE, "Not applicable"))
            continue
        words = value(group, row[group])
        whose = f"{group.replace('_', ' ')}: " if concept == "CATEGORY" else ""
        parts.append((concept, groups[group][str(row[group])], f"{whose}{words}"))
    return parts


def _category_codes(table: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Returns the code of each label in each group: the published code (ILOSTAT's, if there is one),
    otherwise a code of the kit. An example is `{"sex": {"women": "SEX_F"}}`.

    No two labels of a group have the same code.
    """
    found: dict[str, dict[str, str]] = {}
    for row in as_records(table[(table["breakdown"] != "") & (table["category"] != "")]):
        published_codes = row["ilostat"].split(
            CROSS
        )  # one per group; a code is empty if the standard has none
        for group, published in zip(groups_of_breakdown(row["breakdown"]), published_codes, strict=True):
            mine, label = found.setdefault(group, {}), str(row[group])
            if label in mine:
                continue
            wanted = published or own_code(group, label)
            free = (
                code
                for code in (wanted, *(f"{wanted}_{i}" for i in range(2, len(mine) + 3)))
                if code not in mine.values()
            )
            mine[label] = next(free)
    return found


def _status(row: dict[Hashable, Any], broken: set[Any]) -> str:
    """Returns SDMX's status code of a row: `M` (not available), `Q` (hidden), `U` (unreliable), `B` (not
    comparable with the earlier round) or `A` (none of these)."""
    if pd.isna(row["estimate"]):
        return "M" if row["marker"] == "x" else "Q"
    if row["flag"] == "unreliable":
        return "U"
    return "B" if _key(row) in broken else "A"


def _keys_of_breaks(changed: Published | None) -> set[Any]:
    """Returns the keys (`_key`) of the rows at which a time series breaks: both rounds have the row, but
    measure different things. The set is empty if there is no earlier round (`changed` is None)."""
    if changed is None:
        return set()
    rows = changed.table[
        has_remark(changed.table["verdict"], NOT_COMPARABLE) & changed.table["n_before"].notna()
    ]
    return {_key(row) for row in as_records(rows)}


def _key(row: dict[Hashable, Any]) -> tuple[Any, ...]:
    by = groups_of_breakdown(row["breakdown"])
    measure = str(row["measure"]).removeprefix("change_in_")
    return (
        measure,
        row["reference_population"],
        row["rule_set"],
        frozenset((g, str(row.get(g, TOTAL))) for g in by),
    )


def _uncoded_columns(row: dict[Hashable, Any]) -> dict[str, Any]:
    """Returns the columns of a row that contain no codes: the year, the number in its unit, its uncertainty,
    its decimals, and texts such as the reference period."""
    numbers = {name: scaled(row[column], str(row["measure"])) for name, column in SCALED.items()}
    numbers |= {name: float(row.get(column, np.nan)) for name, column in PLAIN.items()}
    words = {name: str(row[column]) for name, column in WORDS.items()}
    whole = {name: row[column] for name, column in WHOLE.items()}
    return {"TIME_PERIOD": row["year"], **numbers, **whole, "DECIMALS": decimals_of(row), **words}
