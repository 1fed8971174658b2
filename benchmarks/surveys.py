"""Writes the surveys that the benchmarks measure: invented persons in random order, as Parquet files."""

from __future__ import annotations

from pathlib import Path

import yaml

STRATA, PSUS, DOMAINS = 500, 10_000, (1, 20, 200, 2_000)
TEXTS = 200  # the domains that are there as text, too
GROUPS = (4, 5, 6, 8)  # their logit has 1 + 3 + 4 + 5 + 7 = 20 parameters
REPLICATES = 200
INVOLUNTARY = (
    "unfree_recruitment",
    "different_job",
    "unagreed_overtime",
    "hazardous_work",
    "very_low_or_no_wages",
    "degrading_living_conditions",
    "other_employers",
    "longer_than_agreed",
    "other_without_consent",
)
COERCION = (
    "threats_or_violence",
    "restricted_movement",
    "debt_bondage",
    "withheld_wages",
    "withheld_documents",
    "abuse_of_vulnerability",
    "other_penalty",
)


def design(folder: Path, persons: int) -> Path:
    """Writes a plain design: weight, stratum, PSU, a rare outcome, and two kinds of domains, each with
    several numbers of codes. A domain of `d` is in every PSU, like sex or age. A PSU has only one domain of
    `r`, like a district. Codes are whole numbers. Strata, PSUs and 200 domains are also there as text (`t`),
    like the labels of statistical offices."""
    domains = ", ".join(f"cast(floor(random() * {d}) as integer) as d{d}, p % {d} as r{d}" for d in DOMAINS)
    texts = (
        f"'Region ' || p % 10 || ' / stratum ' || p % {STRATA} as tstratum, 'EA ' || lpad(cast(p as "
        "varchar), 5, '0') as tpsu"
    )
    groups = ", ".join(f"cast(floor(random() * {g}) as integer) as g{g}" for g in GROUPS)
    return _written(
        folder / f"design_{persons}.parquet",
        f"select *, 'District ' || d{TEXTS} as td{TEXTS} from (select p % {STRATA} as stratum, p as psu, "
        "1 + random() as w, "
        f"cast(random() < 0.005 as integer) as y, {domains}, {groups}, {texts} "
        f"from (select cast(floor(random() * {PSUS}) as integer) as p from range({persons})))",
    )


def replicates(folder: Path, persons: int) -> Path:
    """Writes a file with a weight and 200 bootstrap weights."""
    weights = ", ".join(f"w * floor(random() * 3) as rw{r}" for r in range(1, REPLICATES + 1))
    return _written(
        folder / f"replicates_{persons}.parquet",
        "select w, cast(random() < 0.005 as integer) as y, cast(floor(random() * 20) as integer) as "
        f"d20, {weights} "
        f"from (select 1 + random() as w from range({persons}))",
    )


def survey(folder: Path, persons: int, children: bool) -> Path:
    """Writes a survey with a module of 20 columns and 200 districts in its own folder. If `children` is true,
    a household has four persons: two children and their parents."""
    own = folder / f"{'families' if children else 'adults'}_{persons}"
    own.mkdir()
    answered = [f"I{i}" for i in range(len(INVOLUNTARY))] + [f"C{i}" for i in range(len(COERCION))]
    if children:
        answered += ["E1", "E1M", "E2", "E2M", "E3"]
    asked = ", ".join(
        f"(case when random() < 0.03 then 1 when random() < 0.98 then 2 else 8 end)::tinyint as {c}"
        for c in answered
    )
    age = (
        "(case when i % 4 < 2 then 30 + floor(random() * 50) else 5 + floor(random() * 13) end)"
        if children
        else "18 + floor(random() * 60)"
    )
    line = "1 + i % 4" if children else "1"
    parents = ", ".join(
        f"(case when i % 4 > 1 then {line} end)::tinyint as {who}"
        for who, line in (("MOTHER", 1), ("FATHER", 2))
    )
    _written(
        own / "persons.parquet",
        f"select h as HH, ({line})::tinyint as LINE, (p % {STRATA})::smallint as STRATUM, p::smallint as "
        "EA, 1 + random() as W, "
        f"cast(floor(random() * 200) as smallint) as DISTRICT, ({age})::smallint as AGE, {parents}, "
        f"(case when random() < 0.7 then 1 else 2 end)::tinyint as WORK1, 2::tinyint as WORK2, {asked}, "
        "(case when random() < 0.8 then 1 else 2 end)::tinyint as SAME, (case when random() < 0.9 then "
        "1 else 2 end)::tinyint as PLACE, "
        f"(1 + floor(random() * 3))::tinyint as E1Q "
        f"from (select i, h, (hash(h) % {PSUS})::integer as p from (select i, "
        f"{'i // 4' if children else 'i'} as h from range({persons}) t(i)))"
        f"{' order by hash(i)' if children else ''}",
    )
    (own / "survey.yaml").write_text(yaml.safe_dump(_spec(children), sort_keys=False), encoding="utf-8")
    return own


def _spec(children: bool) -> dict[str, object]:
    spec: dict[str, object] = {
        "title": "A large survey",
        "country": "Nowhere",
        "year": 2025,
        "round": "first",
        "reference_period": {"months": 12, "text": "the past 12 months"},
        "files": {"person": {"path": "persons.parquet", "key": ["HH", "LINE"]}},
        "design": {"weight": "W", "strata": "STRATUM", "psu": "EA", "household": "HH", "selection": "pps"},
        "age": {"column": "AGE"},
        "answers": {"yes": 1, "no": 2, "dont_know": 8},
        "any_work": [{"column": "WORK1"}, {"column": "WORK2"}],
        "items": {
            "involuntary": {name: {"column": f"I{i}"} for i, name in enumerate(INVOLUNTARY)},
            "coercion": {name: {"column": f"C{i}"} for i, name in enumerate(COERCION)},
        },
        "episodes": {"same_work": {"column": "SAME"}},
        "place": {"column": "PLACE", "in_country": 1, "abroad": 2},
        "groups": {"district": {"column": "DISTRICT", "codes": {i: f"district {i}" for i in range(200)}}},
        "populations": {"adults": {"label": "adults", "age": {"min": 18}}},
        "tables": [{"measure": "prevalence", "by": [[], "district"]}],
        "coverage_excludes": ["the homeless"],
    }
    if children:
        by = {"column": "E1Q", "yes": [1, 2], "no": 3}
        spec["children"] = {
            "third_party": {"done": {"column": "E1"}, "threat": {"column": "E1M"}, "by_third_party": by},
            "with_parents": {"done": {"column": "E2"}, "threat": {"column": "E2M"}, "by_third_party": by},
            "worst_forms": {"slavery": {"column": "E3"}},
            "parents": {"line": "LINE", "columns": ["MOTHER", "FATHER"]},
        }
        spec["populations"] = {
            "everybody": {"label": "persons aged 5 and over", "sum_of": ["adults", "children"]},
            "adults": {"label": "adults", "age": {"min": 18}},
            "children": {"label": "children", "age": {"min": 5, "max": 17}},
        }
    return spec


def _written(path: Path, query: str) -> Path:
    import duckdb

    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    con.execute("select setseed(0.5)").fetchall()
    con.execute(f"copy ({query}) to '{path}' (format parquet)").fetchall()
    return path
