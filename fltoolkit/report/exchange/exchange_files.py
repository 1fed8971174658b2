"""Writes files for other systems: SDMX-CSV with its structure, CSV in ILOSTAT's columns, and JSON.
docs/exchange.md describes them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.category_names import own_code
from fltoolkit.files import write_whole
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.global_estimates import references
from fltoolkit.publish.measure_units import unit
from fltoolkit.publish.published_set import Published
from fltoolkit.report.exchange.coded_rows import ALL, Coded, coded
from fltoolkit.report.exchange.evidence_json import FRAMES, document
from fltoolkit.report.exchange.sdmx import sdmx_table, structure
from fltoolkit.report.table_files import NOTHING, write_csv
from fltoolkit.show.wording.english_numbers import of_plan
from fltoolkit.show.wording.section_words import Words
from fltoolkit.survey.spec.groups_and_tables import groups_of_breakdown
from fltoolkit.table_records import as_records

ILOSTAT_STATUS = {
    "A": "",
    "U": "U",
    "Q": "S",
    "B": "B",
}  # U and S are the codes of ILOSTAT's processing: to be verified


@of_plan
@checked
def write_exchange(found: Evidence, folder: str | Path) -> Words:
    """Writes the files for other systems into `folder`: `sdmx.csv`, `sdmx_structure.json`, `ilostat.csv` and
    `evidence.json`. Writes no file if `folder` is the empty text `""`. Returns a sentence that says what was
    written.

    Outcomes that the user defined are left out, because the codes in these files are those of forced labour.
    """
    if not str(folder):
        return NOTHING
    target = Path(folder)
    own = ~found.now.table["outcome"].isin(list(found.now.outcomes))
    out = replace(found.now, table=found.now.table[own].reset_index(drop=True))
    rows = coded(out, found.changed)
    bulk = ilostat_table(rows, out)
    write_csv(sdmx_table(rows), target / "sdmx.csv")
    write_csv(bulk, target / "ilostat.csv")
    frames = {name: getattr(found, name) for name in FRAMES if hasattr(found, name)}
    frames["references"] = references()
    for name, content in (
        ("sdmx_structure", structure(rows)),
        ("evidence", document(found.plan, out, frames)),
    ):
        write_whole(
            target / f"{name}.json", json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        )
    return Words(
        f"Written: `sdmx.csv` ({len(rows.table)} rows) with `sdmx_structure.json`, `ilostat.csv` "
        f"({len(bulk)} rows) and `evidence.json`."
    )


def ilostat_table(rows: Coded, out: Published) -> pd.DataFrame:
    """Returns the published rows as a table with the columns of ILOSTAT's bulk files. The codes of the
    indicators are the kit's own. Numbers that the survey cannot give have no row.

    Args:
        rows: the published rows as codes.
        out: the published set of the same rows.
    """
    made = [
        _ilostat(row, published, out.rule_set)
        for row, published in zip(as_records(rows.table), as_records(out.table), strict=True)
        if row["OBS_STATUS"] != "M"
    ]
    return pd.DataFrame(made)


def _ilostat(row: dict[Any, Any], published: dict[Any, Any], rule_set: str) -> dict[str, Any]:
    measure, groups = str(published["measure"]), groups_of_breakdown(str(published["breakdown"]))
    other = [str(published["rule_set"])] if published["rule_set"] != rule_set else []
    first, *rest = [code for concept, code, _ in row["parts"] if concept != "SEX"] or [""]
    notes = (
        published.get("amount_unit") or unit(measure, str(published["reference_population_label"])),
        published["reference_period"],
        f"rule set {published['rule_set']}",
        published["reason"],
        published["group_note"],
        published["to_verify"] and f"to be verified: {published['to_verify']}",
    )
    return {
        "ref_area": row["REF_AREA"],
        "source": own_code(str(published["survey"])),
        "indicator": own_code(
            measure,
            *([str(published["outcome"])] if published.get("amount") else []),
            str(published["reference_population"]),
            *other,
            *groups,
        ),
        "sex": row["SEX"] if row["SEX"] != ALL else "SEX_T",
        "classif1": first,
        "classif2": "@".join(rest),
        "time": row["TIME_PERIOD"],
        "obs_value": row["OBS_VALUE"],
        "obs_status": ILOSTAT_STATUS[row["OBS_STATUS"]],
        "note_classif": "; ".join(words for _, _, words in row["parts"]),
        "note_indicator": "; ".join(str(note) for note in notes if note),
        "note_source": "; ".join(str(published[name]) for name in ("survey", "round") if published[name]),
    }
