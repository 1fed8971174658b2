"""Kinds of input that go wrong in real life. Each is made from one small survey that is right.

    python -m tests.broken      # prints the kit's answer to each

A kind is either broken or legal. A broken kind must give an error that says where the problem is, what was
found and what to do. A legal kind must give the right result, and a finding if a statistician should know
about it.
"""

from __future__ import annotations

import copy
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

import fltoolkit as fl
from fltoolkit.errors import FltoolkitError

SPEC: dict[str, Any] = {
    "title": "Small survey 2025",
    "country": "Nowhere",
    "year": 2025,
    "reference_period": {"months": 12, "text": "the past 12 months"},
    "files": {"person": {"path": "persons.csv", "key": ["HH", "LINE"]}},
    "design": {"weight": "W", "strata": "S", "psu": "P", "household": "HOME", "selection": "pps"},
    "age": {"column": "AGE"},
    "module": {"column": "RESULT", "answered": 1, "refused": 2, "not_asked": 3},
    "answers": {"yes": 1, "no": 2, "dont_know": 8, "refused": 9},
    "any_work": "WORK",
    "items": {"involuntary": {"very_low_or_no_wages": "INV"}, "coercion": {"withheld_wages": "COE"}},
    "episodes": {"same_work": "assumed"},
    "months": {"column": "MONTHS", "covers": "all_spells", "missing": 98},
    "children": {
        "third_party": {"done": "C1", "threat": "C2"},
        "with_parents": {"done": "C3", "threat": "C4"},
        "parents": {"line": "LINE", "columns": ["MOTHER", "FATHER"], "none": 98, "elsewhere": 97},
    },
    "populations": {
        "adults": {"label": "adults", "age": {"min": 18}},
        "children": {"label": "children", "age": {"min": 5, "max": 17}},
    },
    "groups": {"sex": {"column": "SEX", "codes": {1: "men", 2: "women"}}},
    "sectors": {
        "sector": {
            "column": "ISIC",
            "revision": "isic_rev4",
            "digits": 2,
            "job": "forced_labour",
            "missing": 99,
        },
        "main_job_sector": {
            "column": "ISIC",
            "revision": "isic_rev4",
            "digits": 2,
            "job": "all_workers",
            "population": "adults",
        },
    },
    "tables": [{"measure": "prevalence", "by": [[], "sex"]}],
    "coverage_excludes": ["the homeless"],
}
FREE = {
    "WORK": 1,
    "INV": 2,
    "COE": 2,
    "MONTHS": "",
    "C1": "",
    "C2": "",
    "C3": "",
    "C4": "",
    "MOTHER": "",
    "FATHER": "",
}
CASE = {"INV": 1, "COE": 1, "MONTHS": 5}
CHILD = {
    "AGE": 10,
    "WORK": "",
    "INV": "",
    "COE": "",
    "ISIC": "",
    "C1": 2,
    "C2": "",
    "C3": 2,
    "C4": "",
    "MOTHER": 1,
    "FATHER": 2,
}


def table() -> pd.DataFrame:
    """Returns forty homes of a couple and a child, in two strata and eight PSUs. In twenty homes one adult is
    a case."""
    rows = []
    for home in range(40):
        place = {"HH": home + 1, "HOME": home + 1, "S": home % 2 + 1, "P": home % 8 + 1, "W": 10, "RESULT": 1}
        for line, age, more in ((1, 40, CASE if home < 20 else {}), (2, 38, {}), (3, 10, CHILD)):
            rows.append(place | {"LINE": line, "SEX": 2 - line % 2, "AGE": age, "ISIC": "41"} | FREE | more)
    return pd.DataFrame(rows).astype(object)


def write(folder: Path, spec: Mapping[str, Any] = SPEC, data: pd.DataFrame | None = None) -> None:
    """Writes the survey into a folder."""
    (table() if data is None else data).to_csv(folder / "persons.csv", index=False)
    (folder / "survey.yaml").write_text(
        yaml.safe_dump(dict(spec), sort_keys=False, allow_unicode=True), encoding="utf-8"
    )


def spec(**keys: Any) -> Callable[[Path], None]:
    """Returns a function that writes the survey with some dotted keys of survey.yaml changed (`__` stands for
    the dot). None removes a key."""

    def make(folder: Path) -> None:
        new = copy.deepcopy(SPEC)
        for dotted, value in keys.items():
            *path, last = dotted.split("__")
            here = new
            for step in path:
                here = here.setdefault(step, {})
            if value is None:
                del here[last]
            else:
                here[last] = value
        write(folder, new)

    return make


def cells(
    column: str, value: Any, where: Callable[[pd.DataFrame], Any] = lambda t: t.index == 0
) -> Callable[[Path], None]:
    """Returns a function that writes the survey with one value in some rows of a column."""

    def make(folder: Path) -> None:
        data = table()
        data.loc[where(data), column] = value
        write(folder, data=data)

    return make


def raw(content: bytes, name: str = "persons.csv", path: str = "persons.csv") -> Callable[[Path], None]:
    """Returns a function that writes the survey with other bytes in a file."""

    def make(folder: Path) -> None:
        spec(files__person__path=path)(folder)
        (folder / name).write_bytes(content)

    return make


def _bad_yaml(folder: Path) -> None:
    write(folder)
    (folder / "survey.yaml").write_text("title: Small survey\n  country: Nowhere\n", encoding="utf-8")


def _twice(folder: Path) -> None:
    write(folder, data=pd.concat([table(), table().head(1)]))


def _truncated(folder: Path) -> None:
    spec(files__person__path="persons.parquet")(folder)
    table().astype(str).to_parquet(folder / "persons.parquet")
    whole = (folder / "persons.parquet").read_bytes()
    (folder / "persons.parquet").write_bytes(whole[: len(whole) // 2])


def _outside(folder: Path) -> None:
    spec(files__person__path="../persons.csv")(folder)


def _loop(folder: Path) -> None:
    spec(files__person__path="loop.csv")(folder)
    (folder / "loop.csv").symlink_to("loop.csv")


def _pipe(folder: Path) -> None:
    write(folder)
    (folder / "survey.yaml").unlink()
    os.mkfifo(folder / "survey.yaml")


def text(content: str) -> Callable[[Path], None]:
    """Returns a function that writes the survey with another text of survey.yaml, or with additional text at
    its end."""

    def make(folder: Path) -> None:
        write(folder)
        with (folder / "survey.yaml").open("a", encoding="utf-8") as file:
            file.write(content)

    return make


BOMB = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)


def side(name: str, content: str, **keys: Any) -> Callable[[Path], None]:
    """Returns a function that writes the survey with a further table in its folder."""

    def make(folder: Path) -> None:
        spec(**keys)(folder)
        (folder / name).write_text(content, encoding="utf-8")

    return make


NATIONAL = {
    "column": "ISIC",
    "revision": "isic_rev4",
    "digits": 4,
    "job": "forced_labour",
    "correspondence": "own.csv",
}


def _formula(folder: Path) -> None:
    spec(groups__sex__codes={1: "=HYPERLINK(1)", 2: "women"})(folder)


def _wide(folder: Path) -> None:
    more = pd.DataFrame(1, index=table().index, columns=[f"EXTRA{i}" for i in range(10_000)])
    write(folder, data=pd.concat([table(), more], axis=1))


def _line(number: int, change: Callable[[str], str], encoding: str = "utf-8") -> Callable[[Path], None]:
    """Returns a function that writes the survey with one changed line of data."""

    def make(folder: Path) -> None:
        spec(files__person__encoding=encoding)(folder)
        lines = (folder / "persons.csv").read_text().splitlines()
        lines[number - 1] = change(lines[number - 1])
        (folder / "persons.csv").write_text("\n".join(lines), encoding=encoding)

    return make


def _two_paths(again: str, link: bool = False) -> Callable[[Path], None]:
    """Returns a function that writes the survey with its file given twice, the second time by another
    name."""

    def make(folder: Path) -> None:
        spec(files__person__path=["persons.csv", again], files__person__weight_factor=[0.5, 0.5])(folder)
        if link:
            (folder / again).symlink_to("persons.csv")

    return make


def _data_pipe(folder: Path) -> None:
    spec(files__person__path="pipe.csv")(folder)
    os.mkfifo(folder / "pipe.csv")


def _pattern(name: str) -> Callable[[Path], None]:
    """Returns a function that writes the survey into a file whose name is a file pattern. Another file,
    without cases, matches the pattern."""

    def make(folder: Path) -> None:
        spec(files__person__path=name)(folder)
        (folder / name).write_bytes((folder / "persons.csv").read_bytes())
        table().assign(INV=2).to_csv(folder / "persons1.csv", index=False)

    return make


def _headless(folder: Path) -> None:
    write(folder)
    table().to_csv(folder / "persons.csv", index=False, header=False)


def _blank_names(folder: Path) -> None:
    write(folder, data=table().rename(columns=lambda name: f" {name} "))


def _empty_quarter(folder: Path) -> None:
    spec(files__person__path=["persons.csv", "empty.csv"], files__person__weight_factor=[0.5, 0.5])(folder)
    table().head(0).to_csv(folder / "empty.csv", index=False)


def _replicates(columns: str, **more: Any) -> Callable[[Path], None]:
    """Returns a function that writes the survey with replicate weights instead of its strata and PSUs."""
    return spec(
        design__strata=None,
        design__psu=None,
        design__replicates={"columns": columns, "method": "jk1", **more},
    )


def _nobody(data: pd.DataFrame) -> Any:
    return data["INV"] == 1


@dataclass(frozen=True)
class Kind:
    """One kind of input: how it is made, and what the kit must answer. For a broken kind these are words of
    the error, in order. For a legal kind they are the finding and the result."""

    name: str
    make: Callable[[Path], None]
    words: tuple[str, ...] = ()
    finding: str = ""
    cases: int | None = None


def latin(text: str) -> bytes:
    return table().assign(SEX=text).to_csv(index=False).encode("latin-1")


KINDS = (
    Kind("bad YAML", _bad_yaml, ("survey.yaml, line 2", "not YAML", "check colons, indentation and quotes")),
    Kind(
        "unknown key",
        spec(design__wieght="W"),
        ("survey.yaml", "design.wieght: unknown key", "allowed: weight, strata", "did you mean weight"),
    ),
    Kind(
        "missing column",
        spec(design__weight="WT"),
        ("survey.yaml", "not in the data", "WT (design.weight; did you mean W?)", "upper and lower case"),
    ),
    Kind(
        "wrong code",
        cells("INV", 7),
        (
            "survey.yaml",
            "INV (items.involuntary.very_low_or_no_wages)",
            "does not name: 1 value, not printed (fewer than 5)",
            "add them under items.involuntary.very_low_or_no_wages",
        ),
    ),
    Kind(
        "code mapped twice",
        spec(answers__no=[1, 2]),
        ("survey.yaml", "answers", "code 1 means both yes and no"),
    ),
    Kind(
        "negative weight",
        cells("W", -1),
        ("survey.yaml", "W: negative or infinite weights (1)", "correct them"),
    ),
    Kind(
        "all weights zero",
        cells("W", 0, lambda t: t.index >= 0),
        ("survey.yaml", "W: no weight is above zero", "check design.weight"),
    ),
    Kind("empty file", raw(b""), ("persons.csv", "the file is empty", "export the data again")),
    Kind(
        "truncated file", _truncated, ("persons.parquet", "cannot be read", "check that the file is complete")
    ),
    Kind("wrong encoding", raw(latin("désolé")), ("persons.csv", "cannot be read", "encoding:")),
    Kind(
        "wrong delimiter",
        raw(table().to_csv(index=False, sep="|").replace("|", "¦").encode()),
        ("survey.yaml", "not in the data", "HH", "delimiter"),
    ),
    Kind(
        "a .sav that is not one",
        raw(b"this is no SPSS file", "persons.sav", "persons.sav"),
        ("persons.sav", "cannot be read", "check that the file is complete"),
    ),
    Kind(
        "single-PSU stratum",
        cells("S", 3, lambda t: t["P"] == 1),
        (
            "survey.yaml",
            "S: strata with a single PSU: 3 (1)",
            "merge them with a neighbour, or choose single_psu",
        ),
    ),
    Kind(
        "PSU in two strata",
        cells("S", 2, lambda t: t["HH"] == 1),
        ("survey.yaml", "P: PSU labels in more than one stratum: 1 (1)", "nest: true under design"),
    ),
    Kind(
        "FPC with PPS",
        spec(design__fpc="W"),
        ("survey.yaml", "design: fpc with selection: pps", "leave fpc out"),
    ),
    Kind(
        "unknown ISIC",
        cells("ISIC", "04", lambda t: t["LINE"] < 3),
        ("survey.yaml", "ISIC", "not in isic_rev4: 04", "check revision: and digits:"),
    ),
    Kind(
        "letter without revision",
        spec(sectors__sector={"column": "ISIC", "digits": "letter", "job": "forced_labour"}),
        ("survey.yaml", "sectors.sector", "revision is required", "isic_rev4"),
    ),
    Kind(
        "duplicate persons",
        _twice,
        (
            "survey.yaml: files.person.key",
            "1 key(s) of the person file occur in more than one row",
            "HH, LINE",
            "remove the repeated rows",
        ),
    ),
    Kind(
        "child without household",
        cells("HOME", "", lambda t: t["HH"] == 1),
        ("survey.yaml", "HOME", "children without a household (fewer than 5)", "fill in the household"),
    ),
    Kind(
        "parent line that is a child",
        cells("MOTHER", 3, lambda t: t["MOTHER"] == 1),
        (
            "survey.yaml",
            "MOTHER: parents who are less than 12 years older than the child",
            "(about 40)",
            "correct the line number",
        ),
    ),
    Kind(
        "age 999",
        cells("AGE", 999),
        ("survey.yaml", "AGE: ages below 0 or above 120 (fewer than 5)", "age.missing"),
    ),
    Kind(
        "months over the window",
        cells("MONTHS", 13, _nobody),
        finding="cases whose months lie outside the window of 12",
        cases=20,
    ),
    Kind(
        "all answers missing",
        cells("INV", "", lambda t: t["LINE"] < 3),
        finding="blank for everybody asked",
        cases=0,
    ),
    Kind("no cases at all", cells("INV", 2, _nobody), finding="no case was found", cases=0),
    Kind(
        "one case",
        cells("INV", 2, lambda t: _nobody(t) & (t["HH"] > 1)),
        finding="only a few cases were found",
        cases=1,
    ),
    Kind("a domain with everybody in it", cells("SEX", 1, lambda t: t.index >= 0), cases=20),
    Kind(
        "a label that is a formula",
        _formula,
        finding="labels that a spreadsheet would take for a formula: =HYPERLINK(1)",
        cases=20,
    ),
    Kind(
        "a path outside the folder",
        _outside,
        ("survey.yaml: files.person.path", "leaves the folder", "../persons.csv", "put the file beside it"),
    ),
    Kind(
        "a symlink loop",
        _loop,
        ("survey.yaml: files.person.path", "goes in a circle", "loop.csv", "remove the symbolic link"),
    ),
    Kind(
        "a row with a cell too many",
        _line(5, lambda line: line + ",7"),
        ("persons.csv", "more cells", "line 5: 21", "20 cell(s), as in the header in line 1", "quotes"),
    ),
    Kind(
        "the same in another encoding",
        _line(5, lambda line: line + ",7", "cp1252"),
        ("persons.csv", "more cells", "line 5: 21", "20 cell(s)"),
    ),
    Kind(
        "a row with a cell too few",
        _line(5, lambda line: line.rpartition(",")[0]),
        ("persons.csv", "fewer cells", "line 5: 19", "20 cell(s)"),
    ),
    Kind(
        "an open quote",
        _line(5, lambda line: line.replace(",", ',"', 1)),
        ("persons.csv", "a quote is opened and never closed", "line 5", "close the quote"),
    ),
    Kind(
        "a file cut at its end",
        _line(121, lambda line: line[:9]),
        ("persons.csv", "the file may be cut", "line 121", "export the data again"),
    ),
    Kind(
        "a zero byte",
        _line(5, lambda line: line + "\0"),
        ("persons.csv", "zero bytes", "line 5", "export the data again"),
    ),
    Kind(
        "no header line",
        _headless,
        ("persons.csv", "the first line looks like data", "line 1", "export the data again with the names"),
    ),
    Kind(
        "a folder as data file",
        spec(files__person__path="."),
        ("this is a folder, not a file", "give the path of a regular file"),
    ),
    Kind("a pipe as data file", _data_pipe, ("pipe.csv", "this is a named pipe, not a file", "regular file")),
    Kind(
        "a file given twice",
        _two_paths("./persons.csv"),
        ("files.person.path", "the same file is given more than once", "name each file once"),
    ),
    Kind(
        "a file and a link to it",
        _two_paths("again.csv", link=True),
        ("files.person.path", "the same file is given more than once", "name each file once"),
    ),
    Kind("no key", spec(files__person__key=[]), ("files.person.key", "name at least one")),
    Kind(
        "a key that names a column twice",
        spec(files__person__key=["HH", "HH"]),
        ("files.person.key", "given more than once: HH"),
    ),
    Kind("no path", spec(files__person__path=[]), ("files.person.path", "name at least one")),
    Kind(
        "a zero byte in a path",
        spec(files__person__path="a\0.csv"),
        ("survey.yaml, line 9", "the character NUL"),
    ),
    Kind("a file whose name is a pattern", _pattern("persons[1].csv"), cases=20),
    Kind("a file whose name is a pattern of any file", _pattern("persons*.csv"), cases=20),
    Kind("blanks around the names of columns", _blank_names, cases=20),
    Kind("a named pipe for YAML", _pipe, ("survey.yaml", "this is a named pipe, not a file", "regular file")),
    Kind(
        "a bomb of aliases",
        text(BOMB),
        ("survey.yaml, line", "more than 200,000 values, aliases written out"),
    ),
    Kind(
        "lists 300 deep",
        text("a: " + "[" * 300 + "]" * 300),
        ("survey.yaml, line", "nest deeper than 40 levels", "flatter"),
    ),
    Kind(
        "a NUL in YAML", text("round: a\0b\n"), ("survey.yaml, line", "does not allow", "U+0000", "remove it")
    ),
    Kind(
        "a tag of YAML",
        text("round: !!int four\n"),
        ("survey.yaml, line", "a tag of YAML is not allowed here", "remove the tag"),
    ),
    Kind(
        "an empty YAML",
        lambda folder: (folder / "survey.yaml").write_text("# nothing\n") and None,
        ("survey.yaml", "the file is empty"),
    ),
    Kind(
        "a ragged correspondence table",
        side("own.csv", "code,isic\n41,4100\n42\n", sectors__sector=NATIONAL),
        ("own.csv, line 3", "another number of cells", "found:   1 cell(s)", "allowed: 2 cells"),
    ),
    Kind(
        "benchmarks with an open quote",
        side(
            "b.csv",
            'margin,category,population\nsex,"men,10\nsex,women,10\n',
            calibration={"method": "rake", "benchmarks": "b.csv"},
        ),
        ("b.csv, line 2", "cannot be read as a CSV file", "a quote that is not closed"),
    ),
    Kind(
        "a population by a code that nobody has",
        spec(populations__adults__where={"SEX": 7}),
        (
            "populations.adults: nobody is in this population",
            "SEX is 7: 0",
            "SEX holds 2 different value(s), of which survey.yaml names 1, 2",
        ),
    ),
    Kind(
        "a population older than anybody",
        spec(populations__adults__age={"min": 90}),
        (
            "populations.adults: nobody is in this population",
            "adults: about 80",
            "aged 90 or more, or of unknown age: 0",
            "correct the ages",
        ),
    ),
    Kind(
        "a condition without a code",
        spec(populations__adults__where={"SEX": []}),
        ("populations.adults.where.SEX: needs at least 1 item",),
    ),
    Kind(
        "ages from 90 to 10",
        spec(populations__adults__age={"min": 90, "max": 10}),
        ("populations.adults.age: min (90) is above max (10)", "line"),
    ),
    Kind(
        "ages above age.max",
        spec(populations__adults__age={"min": 121}),
        ("populations.adults.age.min (121) is above age.max (120)",),
    ),
    Kind(
        "an age band above age.max",
        spec(groups__age={"bands": [18, 130]}),
        ("groups.age.bands (130) is above age.max (120)",),
    ),
    Kind(
        "no question of one side", spec(items__involuntary={}), ("items.involuntary: needs at least 1 item",)
    ),
    Kind("no question of the other", spec(items__coercion={}), ("items.coercion: needs at least 1 item",)),
    Kind(
        "a question without a yes",
        spec(items__coercion={"withheld_wages": {"column": "COE", "yes": []}}),
        ("items.coercion.withheld_wages.yes: needs at least 1 item",),
    ),
    Kind("a group without codes", spec(groups__sex__codes={}), ("groups.sex.codes: needs at least 1 item",)),
    Kind(
        "nobody may answer the module", spec(module__answered=[]), ("module.answered: needs at least 1 item",)
    ),
    Kind(
        "a table by nothing",
        spec(tables=[{"measure": "prevalence", "by": []}]),
        ("tables.0.by: needs at least 1 item",),
    ),
    Kind(
        "a period that ends first",
        spec(reference_period__start="2025-03-01", reference_period__end="2025-02-01"),
        ("is before start",),
    ),
    Kind(
        "a margin without categories",
        spec(calibration={"method": "rake", "margins": {"sex": {}}}),
        ("calibration.margins.sex: needs at",),
    ),
    Kind(
        "a group named as a result's column",
        spec(groups__year={"column": "SEX", "codes": {1: "men", 2: "women"}}),
        ("a group may not be called year: the kit uses that name",),
    ),
    Kind(
        "nobody's group is known",
        cells("SEX", "", lambda t: t.index >= 0),
        finding="sex is unknown for everybody who was asked",
        cases=20,
    ),
    Kind(
        "a header and nobody",
        raw(table().head(0).to_csv(index=False).encode()),
        ("persons.csv", "the file has no row of data"),
    ),
    Kind(
        "a pooled quarter without a row",
        _empty_quarter,
        ("files.person.path: empty.csv", "no row of data", "leave the file out"),
    ),
    Kind(
        "an Excel workbook named .csv",
        raw(b"PK\x03\x04" + bytes(40)),
        ("persons.csv", "not text", "a ZIP file or an Excel workbook"),
    ),
    Kind(
        "a name with a character that cannot be seen",
        lambda folder: write(folder, data=table().rename(columns={"W": "W\u200b"})),
        ("W (design.weight; did you mean W\\u200b?)",),
    ),
    Kind(
        "a code that is a list",
        spec(answers__yes=[[1]]),
        ("answers.yes.0: must be one code", "as one list: [1, 2]"),
    ),
    Kind(
        "a label that is blank",
        spec(groups__sex__codes={1: " ", 2: "women"}),
        ("groups.sex: the label of code 1 is blank",),
    ),
    Kind(
        "a weight factor of nothing",
        spec(files__person__weight_factor=[0]),
        ("weight_factor.0: must be greater than 0",),
    ),
    Kind("a year of five digits", spec(year=20255), ("year: must be less than or equal to 2199",)),
    Kind(
        "an endless run of replicates",
        _replicates("R{1..1000000000}"),
        ("replicates.columns", "must count upwards, over at most 10,000"),
    ),
    Kind(
        "a run of replicates downwards", _replicates("R{8..1}"), ("replicates.columns", "must count upwards")
    ),
    Kind(
        "no degrees of freedom",
        _replicates("R{1..8}", df=0),
        ("replicates.df: must be greater than or equal to 1",),
    ),
    Kind(
        "episodes that no column names",
        spec(episodes={"wide": ["A", "B"]}),
        ("episodes.wide: no column is named by its episode", "WAGES_{episode}"),
    ),
    Kind(
        "an episode's label twice",
        spec(episodes={"wide": ["A", "A"]}),
        ("episodes: wide: give each episode one label",),
    ),
    Kind("a 10,000-column file", _wide, finding="20 of 10,020 columns are used", cases=20),
)


def outcome(kind: Kind, folder: Path) -> str:
    """Returns the kit's answer to a kind: its error, or its findings and the headline."""
    kind.make(folder)
    try:
        survey = fl.read_survey(folder / "survey.yaml")
        persons = fl.classify(survey)
        out = fl.publish_run(persons)
    except FltoolkitError as error:
        return error.message.replace(str(folder), "folder")
    found = pd.concat([fl.check(survey), fl.check_cases(persons)])
    told = [
        f"{f['severity']}: {f['where']}: {f['what']} ({f['count']}). {f['do']}"
        for f in found.to_dict("records")
    ]
    return "\n".join([*told, str(fl.show.headline(out)).split("\n")[0]])


def main() -> int:
    """Prints the kit's answer to every kind."""
    for i, kind in enumerate(KINDS, 1):
        with tempfile.TemporaryDirectory() as folder:
            print(f"{i}. {kind.name}\n{outcome(kind, Path(folder))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
