"""Tests surveys in a Spark cluster: they are classified and estimated there, with the same tables as from
files. Python receives only sums."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gated_persons
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from classify.conftest import FREE
from classify.test_adults_episodes import ASKED, FORCED, SPELL, keys as episodes
from classify.test_children import ARROWS, family, keys
from small_surveys import NORVIA, SPEC, persons_table

import fltoolkit as fl
from fltoolkit.errors import FltoolkitError
from fltoolkit.survey.correction_counts import corrected_rows

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore:::pyspark")]
Both = Callable[[Path], tuple[fl.Survey, fl.Survey]]
SAMPLES = NORVIA.parent
DIGITS: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-14}


def same(one: fl.Estimates, other: fl.Estimates) -> None:
    """The same table; `atol` is for what is zero but for the last digit of a sum."""
    assert len(one.table)
    pd.testing.assert_frame_equal(one.table, other.table, **DIGITS)
    assert one.covariance == pytest.approx(other.covariance, rel=1e-9, abs=1e-18)


class Read(NamedTuple):
    """A sample's classified survey from its files and from tables, and the rows of each answer by which it
    was checked."""

    files: fl.Survey
    tables: fl.Survey
    rows: list[int]


def read(name: str, both: Both, collected: list[int]) -> Read:
    files, tables = both(SAMPLES / name / "survey.yaml")
    collected.clear()
    return Read(fl.classify(files), fl.classify(tables), list(collected))


@pytest.fixture(scope="module")
def norvia(both: Both, collected: list[int]) -> Read:
    return read("norvia_lfs_2025", both, collected)


@pytest.fixture(scope="module")
def valdorie(both: Both, collected: list[int]) -> Read:
    return read("valdorie_enquete_2025", both, collected)


# ------------------------------------------------------------------------------------------------------ the s


def test_a_test_runs_on_two_executors(spark: Any) -> None:
    assert spark.sparkContext.master == "local-cluster[2,1,1024]"
    assert spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == 3  # and the driver


@pytest.mark.parametrize(
    "estimate",
    [
        lambda p: fl.prevalence(p, by=[[], ["sex"], ["sex", "age_group"], ["region"], ["migrant"]]),
        lambda p: fl.prevalence(p, by=[["main_job_sector"], ["status"]], population="workers"),
        lambda p: fl.total(p, by=[[], ["sector"]]),
        lambda p: fl.share(p, "form"),
        lambda p: fl.duration(p, by=[[], ["sex"]]),
        fl.flowchart,
    ],
    ids=["prevalence", "of workers", "total", "share", "duration", "flowchart"],
)
def test_norvia(norvia: Read, estimate: Callable[[fl.Survey], fl.Estimates]) -> None:
    same(estimate(norvia.files), estimate(norvia.tables))


@pytest.mark.parametrize("population", ["adults", "children", "everybody"])
def test_valdories_adults_children_and_both(valdorie: Read, population: str) -> None:
    groups = ["route"] if population == "children" else ["sex"]
    same(*(fl.total(p, by=[[], ["region"], groups], population=population) for p in valdorie[:2]))


def test_python_receives_sums_alone(norvia: Read, collected: list[int]) -> None:
    """Of 17,000 persons a row for each PSU, domain and status, a case's household apart; of what is checked
    no more than PSUs."""
    psus = norvia.tables.frame.select("fl__psu").unique().collect("pandas").shape[0]
    persons = norvia.files.frame.select(nw.len()).collect("pandas").item()
    *others, values = sorted(norvia.rows)  # the limits of fifths of wealth rest on the weight of each value
    assert 1 < max(others) <= psus < persons / 50
    assert values == norvia.files.frame.select("src__WEALTH").drop_nulls().unique().collect("pandas").shape[0]
    for by, most in (([], persons / 10), (["sex"], persons / 5)):
        collected.clear()
        found = fl.prevalence(norvia.tables, by=by).table
        assert max(collected) <= psus * len(found) * 3 + found["cases"].sum() < most


# ------------------------------------------------------------------------------------- small surveys, person


def classified(survey: fl.Survey, *more: str) -> pd.DataFrame:
    """What the classification says of each person, sorted by who they are."""
    names = [
        "fl__key", "any_work", "involuntary", "coercion", "same_work", "forced_labour",
        "forced_labour_abroad", "route", "form", "step", "items", "trace", "exception", "months", *more,
    ]  # fmt: skip
    persons = fl.classify(survey)
    table = (
        persons.frame.with_columns(persons.trace.alias("trace")).select(names).collect("pandas").to_native()
    )
    found = table.astype(object).where(table.notna(), None).sort_values("fl__key").reset_index(drop=True)
    return found.astype({"months": float})


def test_every_arrow_of_the_childrens_flowchart(
    spec: dict[str, Any], write: Any, changed: Any, both: Both
) -> None:
    """Parents are found across the cluster: every family of the test of children, in one survey."""
    homes = [family(child, parents, f"h{i}") for i, (_, child, parents, *_) in enumerate(ARROWS)]
    people = pd.DataFrame(
        [{"who": who, **FREE, **answers} for home in homes for who, answers in home.items()]
    )
    files, tables = both(write(changed(spec, keys()), people=people))
    one, other = (classified(s, "route_i", "route_ii", "route_iii", "route_iv") for s in (files, tables))
    pd.testing.assert_frame_equal(one, other)
    forced = other.set_index("fl__key")["forced_labour"]
    assert [forced[f"0 / h{i}"] for i in range(len(ARROWS))] == [arrow[3] for arrow in ARROWS]


@pytest.mark.parametrize("laid_out", ["wide", "long"])
def test_episodes(laid_out: str, spec: dict[str, Any], write: Any, changed: Any, both: Both) -> None:
    """Up to three spells a person, as columns and as the rows of a file of their own."""
    forced, open_, free = SPELL | FORCED, SPELL | {"hazardous": "J", "debt": "W"}, SPELL
    people = {
        "a": [free, forced | {"months": 2}, forced],
        "b": [open_],
        "c": [forced | {"months": 98}, free],
        "d": [forced | {"place": "away"}],
        "e": [forced | {"duty": "J", "limits": "J"}],
        "f": [],
    }
    rows = [{"who": w, "spell": n, **s} for w, spells in people.items() for n, s in enumerate(spells, 1)]
    if laid_out == "long":
        table = pd.DataFrame([{"who": w, **FREE} for w in people])
        more = {
            "files.episodes": {"path": "spells.csv", "key": ["who", "spell"]},
            "episodes": {"long": "true"},
        } | episodes(str)
        path = write(changed(spec, more), people=table, spells=pd.DataFrame(rows))
    else:
        blank = dict.fromkeys(ASKED, "")
        table = pd.DataFrame(
            [
                {"who": w, **FREE}
                | {f"had_{e}": "J" if i < len(s) else "N" for i, e in enumerate("abc")}
                | {f"{k}_{e}": (s[i] if i < len(s) else blank)[k] for k in ASKED for i, e in enumerate("abc")}
                for w, s in people.items()
            ]
        )
        more = {"episodes": {"wide": list("abc"), "exists": "had_{episode}"}} | episodes(
            lambda c: c + "_{episode}"
        )
        path = write(changed(spec, more), people=table)
    one, other = map(classified, both(path))
    pd.testing.assert_frame_equal(one, other)
    assert other["months"].tolist()[0] == 6
    assert set(other["step"]) >= {
        "forced labour",
        "forced labour abroad",
        "unresolved",
        "exception within its limits",
    }


def test_files_joined_quarters_pooled_and_replicate_weights(write: Any, both: Both) -> None:
    """Persons of two quarters in two files, a module file for both, replicate weights in survey.yaml."""
    people = persons_table(
        [("case", {"R": 2}), ("open", {}), *[("not", {"R": i % 4 + 1}) for i in range(14)]]
    )
    for r, dropped in enumerate((0, 2), 1):  # of each pair of PSUs, one counts twice
        people[f"RW{r}"] = 10 * (people["P"] != dropped) + 10 * (people["P"] == dropped + 1)
    module = people[["HH", "LINE", "INV", "COE"]].iloc[:-1]
    own = people.drop(columns=["INV", "COE"])
    spec = SPEC | {
        "files": {
            "person": {
                "path": ["first.csv", "second.csv"],
                "key": ["HH", "LINE"],
                "weight_factor": [0.5, 0.5],
            },
            "module": {"path": "module.csv", "key": ["HH", "LINE"]},
        },
        "design": {
            "weight": "W",
            "household": "HH",
            "selection": "pps",
            "replicates": {"columns": ["RW{1..2}"], "method": "jk2"},
        },
    }
    files, tables = both(write(spec, first=own, second=own, module=module))
    assert files.joins == tables.joins
    assert [join.unmatched_persons for join in tables.joins] == [2]
    pd.testing.assert_frame_equal(fl.check(files), fl.check(tables))
    same(*(fl.prevalence(fl.classify(s), by=[[], ["region"]]) for s in (files, tables)))


def test_the_page_on_spark(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines, as they stand there, end in a table that may be shown."""
    house = SAMPLES.parent
    page = (house / "docs" / "batch.md").read_text("utf-8").partition("\n## In an office's Spark\n")[2]
    (lines,) = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    monkeypatch.chdir(house)
    names: dict[str, Any] = {}
    exec(compile(lines, "docs/batch.md", "exec"), names)
    assert names["spark"] is spark
    assert names["out"].table["estimate"].notna().all()


def test_the_rows_are_in_the_hash_whatever_their_order(write: Any, in_spark: Callable[..., Any]) -> None:
    people = persons_table([("case", {}), ("not", {}), ("open", {})]).astype(str)
    path = write(SPEC, persons=people)
    changed_, other = people.copy(), people.iloc[::-1]
    changed_.loc[1, "INV"] = "8"
    one, two, three = (
        fl.read_survey(path, in_spark(pa.Table.from_pandas(t, preserve_index=False))).input_hash
        for t in (people, other, changed_)
    )
    assert one == two != three


# ------------------------------------------------------------------------------------------------------------


def message(call: Callable[[], Any]) -> str:
    with pytest.raises(FltoolkitError) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"W": -1}, "weight"),
        ({"W": ""}, "weight"),
        ({"W": "many"}, "weight"),
        ({"HH": 1}, "1 key(s) of the person file occur in more than one row"),
        ({"AGE": 400}, "ages below 0 or above"),
    ],
    ids=["negative weight", "no weight", "a word as weight", "a key twice", "an age"],
)
def test_the_same_words_on_what_is_wrong_in_the_data(
    own: dict[str, Any], says: str, write: Any, in_spark: Any
) -> None:
    people = persons_table([("case", own), *[("not", {}) for _ in range(7)]]).astype(str)
    path = write(SPEC, persons=people)
    table = in_spark(pa.Table.from_pandas(people, preserve_index=False))
    words = [message(lambda t=t: fl.prevalence(fl.classify(fl.read_survey(path, t)))) for t in (None, table)]
    assert words[0] == words[1]
    assert says in words[0]


def test_a_column_that_the_table_lacks(write: Any, in_spark: Any) -> None:
    people = persons_table([("case", {})]).astype(str).drop(columns="INV")
    path = write(SPEC, persons=people)
    table = in_spark(pa.Table.from_pandas(people, preserve_index=False))
    words = [message(lambda t=t: fl.read_survey(path, t)) for t in (None, table)]
    assert words[0] == words[1]
    assert "INV (items.involuntary.very_low_or_no_wages" in words[0]


def test_tables_that_cannot_stand_in_for_the_files(
    write: Any, in_spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = persons_table([("case", {})]).astype(str)
    path = write(SPEC, persons=people)
    table = in_spark(pa.Table.from_pandas(people, preserve_index=False))
    assert "only PySpark DataFrames can replace the files" in message(lambda: fl.read_survey(path, people))
    wrong = message(lambda: fl.read_survey(path, {"people.csv": table}))
    assert "the tables are not those of the files" in wrong
    assert "persons.csv" in wrong
    pointed = table.withColumnRenamed("INV", "I.1")
    path.write_text(path.read_text("utf-8").replace("INV", "I.1"), "utf-8")
    assert "I.1" in message(lambda: fl.read_survey(path, pointed))
    monkeypatch.setattr("narwhals.dependencies.is_pyspark_connect_dataframe", lambda _: True)
    assert "a table of Spark Connect cannot be read" in message(lambda: fl.read_survey(path, table))


def test_what_goes_wrong_in_the_cluster_is_told_without_a_persons_row(write: Any, spark: Any) -> None:
    people = persons_table([("case", {}), ("not", {"W": "Ada Doe"})]).astype(str)
    path = write(SPEC, persons=people)
    table = spark.read.csv(str(path.parent / "persons.csv"), header=True)
    table = table.withColumn(
        "HH", table["W"].cast("int").cast("string")
    )  # an office's own mistake, found when it is read
    words = message(lambda: fl.read_survey(path, table))
    assert "the cluster could not read the tables" in words
    assert "Ada Doe" not in words


def test_gates_blanks_and_several_codes_are_read_as_from_files(both: Both, tmp_path: Path) -> None:
    people = gated_persons.persons(1500, seed=9)
    table = pd.DataFrame(people).assign(WHO=[f"p{i:04d}" for i in range(len(people))], W=1, AGE=40)
    table.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "survey.yaml").write_text(yaml.safe_dump(gated_persons.SPEC), "utf-8")
    files, tables = (fl.classify(survey) for survey in both(tmp_path / "survey.yaml"))
    same(fl.prevalence(files), fl.prevalence(tables))
    names = ["involuntary", "coercion", "forced_labour"]
    rows = tables.frame.select("src__WHO", *names).collect("pandas").to_native().sort_values("src__WHO")
    found = [
        {name: None if pd.isna(row[name]) else bool(row[name]) for name in names}
        for row in rows.to_dict("records")
    ]
    assert found == [{name: gated_persons.truths(person)[name] for name in names} for person in people]


def test_corrections_give_the_same_rows_counts_and_cases(both: Both, tmp_path: Path) -> None:
    table = persons_table([("case", {})] * 6 + [("not", {"AGE": 999})] * 7 + [("not", {})] * 12)
    corrections = [
        {
            "rows": [{"HH": 0, "LINE": 1}, {"HH": 20, "LINE": 1}],
            "column": "INV",
            "value": 2,
            "why": "misread",
            "evidence": "form 17",
        },
        {"rows": {"HH": 20, "LINE": 1}, "column": "COE", "value": 1, "why": "misread", "evidence": "form 17"},
        {"where": {"AGE": {"min": 121}}, "column": "AGE", "value": "missing", "why": "no age"},
        {"where": {"HH": "24"}, "column": "W", "value": 12.5, "why": "typed 10"},
    ]
    table.to_csv(tmp_path / "persons.csv", index=False)
    (tmp_path / "survey.yaml").write_text(
        yaml.safe_dump({**SPEC, "corrections": corrections}, sort_keys=False), encoding="utf-8"
    )
    files, tables = both(tmp_path / "survey.yaml")
    assert files.corrected is not None
    assert tables.corrected is not None
    assert tables.corrected.changed == files.corrected.changed == (1, 1, 7, 1)
    pd.testing.assert_frame_equal(corrected_rows(tables), corrected_rows(files))
    one, other = fl.classify(files), fl.classify(tables)
    same(fl.prevalence(one), fl.prevalence(other))
    pd.testing.assert_frame_equal(fl.corrected_cases(other), fl.corrected_cases(one))
