"""Tests findings on data quality, each with data that cause it and data that do not; confidential counts in
them; and what stops a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import DataError
from fltoolkit.estimate.measures.prevalence_and_totals import refuse_unusable_design
from fltoolkit.survey.checks.rules.design_rules import sees_all_errors_of_design

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
Cells = dict[str, dict[int, Any]]

EVERYBODY = range(16)
OWN_WEIGHT = {"populations.adults.weight": "w2"}
TWO_WORKS = {"any_work": ["worked", "helped"]}


def with_cells(people: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    table = people.astype(object)
    for column, values in cells.items():
        if column not in table:
            table[column] = pd.Series("", index=table.index, dtype=object)
        for row, value in values.items():
            table.loc[row, column] = value
    return table


def short(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(table[["severity", "check", "where", "what", "count"]].itertuples(index=False, name=None))


def in_rows(value: Any, rows: Any) -> dict[int, Any]:
    return dict.fromkeys(rows, value)


# What is written into which cells, what else survey.yaml says, and the findings, the worst first.
FINDINGS: list[tuple[str, Cells, dict[str, Any], list[tuple[Any, ...]]]] = [
    (
        "weights in words",
        {"w": {0: "1,5", 1: "many"}},
        {},
        [
            (
                "error",
                "weights",
                "w",
                "weights that are not numbers, or that the file declares missing: 1,5, many",
                2,
            )
        ],
    ),
    (
        "weights that are negative or infinite",
        {"w": {0: -1, 1: "1e999"}},
        {},
        [("error", "weights", "w", "negative or infinite weights", 2)],
    ),
    (
        "weights that are zero",
        {"w": {0: 0}},
        {},
        [
            (
                "error",
                "weights",
                "w",
                "weights of zero: these persons answered the module, but count in no estimate",
                1,
            )
        ],
    ),
    ("a weight of zero of somebody who was not asked", {"w": {0: 0}, "result": {0: "out"}}, {}, []),
    (
        "a blank weight of somebody who answered",
        {"w": {0: ""}},
        {},
        [("error", "weights", "w", "persons who answered the module have no weight", 1)],
    ),
    ("a blank weight of somebody who was not asked", {"w": {0: ""}, "result": {0: "out"}}, {}, []),
    (
        "weights that are all zero",
        {"w": in_rows(0, EVERYBODY)},
        {},
        [
            (
                "error",
                "weights",
                "w",
                "weights of zero: these persons answered the module, but count in no estimate",
                16,
            ),
            ("error", "weights", "w", "no weight is above zero", 0),
        ],
    ),
    (
        "the weight of a population",
        {"w2": in_rows(2.5, range(15))},
        OWN_WEIGHT,
        [("error", "weights", "w2", "persons who answered the module have no weight", 1)],
    ),
    (
        "the weight of the design, although each population has its own",
        {"w": {0: "many"}, "w2": in_rows(2.5, EVERYBODY)},
        OWN_WEIGHT,
        [
            (
                "error",
                "weights",
                "w",
                "weights that are not numbers, or that the file declares missing: many",
                1,
            )
        ],
    ),
    (
        "a weight of the design that nobody has",
        {"w": in_rows("", EVERYBODY), "w2": in_rows(2.5, EVERYBODY)},
        OWN_WEIGHT,
        [("error", "weights", "w", "no weight is above zero", 0)],
    ),
    (
        "a blank weight of the design, which no population uses",
        {"w": {0: ""}, "w2": in_rows(2.5, EVERYBODY)},
        OWN_WEIGHT,
        [],
    ),
    ("weights that stand for few of such persons", {"result": in_rows("out", range(7))}, {}, []),
    (
        "weights that stand for too few of such persons",
        {"result": in_rows("out", range(9))},
        {},
        [
            (
                "warning",
                "weights",
                "w",
                (
                    "the weights of those who answered add up to about 18; all such persons of the file to "
                    "about 40"
                ),
                0,
            )
        ],
    ),
    (
        "a weight of their own that stands for all",
        {"result": in_rows("out", range(9)), "w2": in_rows(5, range(9, 16))},
        OWN_WEIGHT,
        [],
    ),
    (
        "weights that stand for too many",
        {"w2": in_rows(9, EVERYBODY)},
        OWN_WEIGHT,
        [
            (
                "warning",
                "weights",
                "w2",
                (
                    "the weights of those who answered add up to about 140; all such persons of the file to "
                    "about 40"
                ),
                0,
            )
        ],
    ),
    (
        "a question blank for everybody",
        {"q2": in_rows("", EVERYBODY)},
        {},
        [("warning", "non-response", "q2", "blank for everybody asked", 16)],
    ),
    (
        "rows without a PSU or a stratum",
        {"village": {0: ""}, "stratum": {0: "", 1: ""}},
        {},
        [
            ("error", "design", "village", "rows without psu", 1),
            ("error", "design", "stratum", "rows without strata", 2),
        ],
    ),
    (
        "a PSU in two strata",
        {"village": in_rows("v1", range(8, 12))},
        {},
        [("error", "design", "village", "PSU labels in more than one stratum: v1", 1)],
    ),
    (
        "a PSU in two strata whose labels restart",
        {"village": in_rows("v1", range(8, 12))},
        {"design.nest": "true"},
        [],
    ),
    (
        "a stratum with one PSU",
        {"village": in_rows("v0", range(8))},
        {},
        [("error", "design", "stratum", "strata with a single PSU: 0", 1)],
    ),
    (
        "a stratum with one PSU that survey.yaml has an answer to",
        {"village": in_rows("v0", range(8))},
        {"design.single_psu": "adjust"},
        [("note", "design", "stratum", "strata with a single PSU: 0", 1)],
    ),
    (
        "one PSU in all",
        {"village": in_rows("v0", EVERYBODY)},
        {"design.strata": None},
        [("error", "design", "design", "strata with a single PSU: all", 1)],
    ),
    (
        "persons drawn directly",
        {"village": in_rows("v0", EVERYBODY)},
        {"design.psu": None, "design.selection": "srs"},
        [
            (
                "warning",
                "design",
                "psu",
                "no PSU is named, so persons count as drawn one by one, also those of one household",
                8,
            )
        ],
    ),
    (
        "PSUs drawn by size that nobody names",
        {},
        {"design.psu": None, "design.selection": "pps"},
        [
            (
                "warning",
                "design",
                "psu",
                "PSUs were drawn with probability proportional to size, and no PSU is named",
                0,
            )
        ],
    ),
    (
        "ages out of range",
        {"age": {0: -1, 1: 121, 2: 120, 3: 0}},
        {},
        [("error", "age", "age", "ages below 0 or above 120", 2)],
    ),
    (
        "ages above a limit of the survey's own",
        {"age": {0: 98}},
        {"age.max": 97},
        [("error", "age", "age", "ages below 0 or above 97", 1)],
    ),
    (
        "ages that are text",
        {"age": {0: "young"}},
        {},
        [
            ("error", "age", "age", "ages that are not numbers, or that the file declares missing: young", 1),
            (
                "warning",
                "age",
                "age",
                "age not stated; those who answered the module stay in, in a row of their own",
                1,
            ),
        ],
    ),
    (
        "ages not stated",
        {"age": {0: 999, 1: ""}},
        {},
        [
            (
                "warning",
                "age",
                "age",
                "age not stated; those who answered the module stay in, in a row of their own",
                2,
            )
        ],
    ),
    (
        "a code of a question that survey.yaml does not name",
        {"q1": {1: "X", 2: "Z"}},
        {},
        [
            (
                "error",
                "unknown codes",
                "q1 (items.involuntary.hazardous_work)",
                "codes that survey.yaml does not name: X, Z",
                2,
            )
        ],
    ),
    (
        "many codes of a question that survey.yaml does not name",
        {"q1": in_rows("X", range(5))},
        {},
        [
            (
                "error",
                "unknown codes",
                "q1 (items.involuntary.hazardous_work)",
                "codes that survey.yaml does not name: X",
                5,
            )
        ],
    ),
    (
        "a code of a group that survey.yaml does not name",
        {"sex": {1: 3}},
        {},
        [("error", "unknown codes", "sex (groups.sex)", "codes that survey.yaml does not name: 3", 1)],
    ),
    ("a blank of a group", {"sex": {1: ""}}, {}, []),
    (
        "a module status that survey.yaml does not name",
        {"result": {1: "maybe"}},
        {},
        [("error", "unknown codes", "result (module)", "codes that survey.yaml does not name: maybe", 1)],
    ),
    (
        "a code of routing that survey.yaml does not name",
        {"gate": in_rows("G", EVERYBODY) | {0: "H", 1: "J"}},
        {"items.coercion.debt_bondage.routing": {"column": "gate", "asked": "G", "skipped": "H"}},
        [
            (
                "error",
                "unknown codes",
                "gate (items.coercion.debt_bondage.routing)",
                "codes that survey.yaml does not name: J",
                1,
            ),
            ("error", "routing", "q2", "answered although the routing skips it", 1),
        ],
    ),
    (
        "a code of a gate that is unknown, and don't know of `answers` at it",
        {"gate": in_rows("G", EVERYBODY) | {0: "U", 1: "D", 2: "J"}},
        {
            "items.coercion.debt_bondage.routing": {
                "any": [{"column": "gate", "asked": "G", "skipped": "H", "unknown": "U"}]
            }
        },
        [
            (
                "error",
                "unknown codes",
                "gate (items.coercion.debt_bondage.routing)",
                "codes that survey.yaml does not name: J",
                1,
            )
        ],
    ),
    (
        "a code of another option that is neither yes nor no",
        {"other": {0: "Y", 1: "N", 2: "X"}},
        {"items.coercion.debt_bondage": {"column": "q2", "blank": "no", "if_ticked": "other"}},
        [
            (
                "error",
                "unknown codes",
                "other (items.coercion.debt_bondage.if_ticked)",
                "codes that survey.yaml does not name: X",
                1,
            ),
            ("note", "blanks", "q2", "a blank counts as no: another option of the question is ticked", 0),
        ],
    ),
    (
        "a code that one question of a column names and another does not",
        {"q1": {0: "Z", 1: "Z", 2: "T"}},
        {
            "items.involuntary.hazardous_work": {"column": "q1", "yes": "Y", "no": ["N", "T"]},
            "items.coercion.debt_bondage": {
                "column": "q1",
                "yes": "T",
                "no": ["N", "Y"],
                "refused": ["R", "Z"],
            },
        },
        [
            (
                "error",
                "unknown codes",
                "q1 (items.involuntary.hazardous_work)",
                "codes that another question of this column names, and this one does not: Z",
                2,
            ),
            (
                "note",
                "non-response",
                "q1",
                "don't know or refused; unresolved unless another answer decides",
                2,
            ),
        ],
    ),
    (
        "a code that is missing in one question",
        {"q1": {0: "9"}, "q2": {0: "9"}},
        {"items.involuntary.hazardous_work": {"column": "q1", "missing": 9}},
        [
            (
                "error",
                "unknown codes",
                "q2 (items.coercion.debt_bondage)",
                "codes that survey.yaml does not name: 9",
                1,
            ),
            ("warning", "non-response", "q1", "blank without a reason", 1),
        ],
    ),
    (
        "a form and a place that survey.yaml does not name",
        {"who": {0: "a", 1: "b", 2: "9"}, "where": {0: "h", 1: "x"}},
        {
            "form": {"column": "who", "state_imposed": "a", "missing": 9},
            "place": {"column": "where", "in_country": "h", "abroad": "f"},
        },
        [
            ("error", "unknown codes", "who (form)", "codes that survey.yaml does not name: b", 1),
            ("error", "unknown codes", "where (place)", "codes that survey.yaml does not name: x", 1),
        ],
    ),
    (
        "an answer where routing skips",
        {"worked": in_rows("N", range(3)) | in_rows("N", range(5, 10))},
        {},
        [
            ("error", "routing", "q1", "answered although the routing skips it", 8),
            ("error", "routing", "q2", "answered although the routing skips it", 8),
            (
                "warning",
                "items",
                "any_work",
                "persons who said no to every question of any_work, and yes to a question about work that "
                "they did: they are no cases",
                1,
            ),
        ],
    ),
    (
        "blanks that two gates explain, and an answer and a code that they do not",
        {
            "gate": in_rows("N", range(6)),
            "gate2": in_rows("N", range(6)) | {6: "X"},
            "q1": in_rows("", range(6)),
            "q2": in_rows("", range(5)),
        },
        {
            f"items.{item}.routing": {"column": ["gate", "gate2"], "asked": "Y", "skipped": "N"}
            for item in ("involuntary.hazardous_work", "coercion.debt_bondage")
        },
        [
            (
                "error",
                "unknown codes",
                "gate2 (items.involuntary.hazardous_work.routing)",
                "codes that survey.yaml does not name: X",
                1,
            ),
            ("error", "routing", "q2", "answered although the routing skips it", 1),
        ],
    ),
    (
        "a blank that routing explains",
        {"worked": in_rows("N", range(6)), "q1": in_rows("", range(6)), "q2": in_rows("", range(6))},
        {},
        [],
    ),
    (
        "a blank that nothing explains",
        {"q1": in_rows("", range(4)), "q2": in_rows("", range(6))},
        {},
        [
            (
                "warning",
                "non-response",
                "q1, q2",
                "blank although the routing does not skip it: q2 (6); q1 (4)",
                "",
            )
        ],
    ),
    (
        "a question on the same work, blank for all but one of those who said yes to both sides",
        {"q1": in_rows("Y", range(6)), "q2": in_rows("Y", range(3)) | {3: "D"}, "linked": {0: "Y"}},
        {"episodes": {"same_work": "linked"}},
        [
            ("warning", "non-response", "linked", "blank without a reason", 2),
            (
                "note",
                "non-response",
                "q2",
                "don't know or refused; unresolved unless another answer decides",
                1,
            ),
        ],
    ),
    (
        "a blank of somebody who did not work",
        {"worked": {0: "N"}, "helped": in_rows("N", EVERYBODY), "q1": {0: ""}, "q2": {0: ""}},
        TWO_WORKS | {"items.involuntary.hazardous_work": "q1", "items.coercion.debt_bondage": "q2"},
        [],
    ),
    (
        "a blank of somebody who may have worked",
        {"worked": {0: "N"}, "helped": in_rows("N", range(1, 16)), "q1": {0: ""}, "q2": {0: ""}},
        TWO_WORKS | {"items.involuntary.hazardous_work": "q1", "items.coercion.debt_bondage": "q2"},
        [
            (
                "warning",
                "non-response",
                "helped, q1, q2",
                "blank without a reason: helped, q1, q2 (1 each)",
                "",
            )
        ],
    ),
    (
        "don't know and refused",
        {"q1": {0: "D", 1: "R"}, "q2": in_rows("D", range(7)), "worked": {9: "R"}},
        {},
        [
            (
                "note",
                "non-response",
                "worked, q1, q2",
                "don't know or refused; unresolved unless another answer decides: q2 (7); q1 (2); worked (1)",
                "",
            )
        ],
    ),
    (
        "not applicable, with a meaning",
        {"q1": in_rows("A", range(5))},
        {},
        [("note", "blanks", "q1", "not applicable counts as no, as survey.yaml says", 5)],
    ),
    ("a silent answer of somebody who was not asked", {"q1": {0: "D"}, "result": {0: "out"}}, {}, []),
    (
        "a module refused as a whole",
        {"result": in_rows("no", range(3)), "q1": in_rows("", range(3)), "q2": in_rows("", range(3))},
        {},
        [
            (
                "note",
                "module",
                "result",
                "the whole module was refused: unit non-response, which the weights should correct",
                3,
            )
        ],
    ),
    (
        "nobody who answered",
        {"result": in_rows("out", EVERYBODY)},
        {},
        [("error", "module", "result", "nobody answered the module", 0)],
    ),
    (
        "somebody counted as asked who answered nothing",
        {c: {0: ""} for c in ("worked", "q1", "q2")},
        {},
        [
            ("warning", "non-response", "worked", "blank without a reason", 1),
            (
                "warning",
                "non-response",
                "q1, q2",
                "blank although the routing does not skip it: q1, q2 (1 each)",
                "",
            ),
            ("warning", "module", "items", "every question blank, yet counted as asked", 1),
        ],
    ),
    ("a module without a status", {}, {"module": None}, []),
]


def test_clean_data_have_no_findings(spec: dict[str, Any], people: pd.DataFrame, write: Write) -> None:
    table = fl.check(fl.read_survey(write(spec, people=people)))
    assert list(table.columns) == ["severity", "check", "where", "what", "count", "do"]
    assert short(table) == []


@pytest.mark.thorough("fifty-three surveys are checked")
@pytest.mark.parametrize(
    ("cells", "keys", "expected"), [f[1:] for f in FINDINGS], ids=[f[0] for f in FINDINGS]
)
def test_a_finding(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    cells: Cells,
    keys: dict[str, Any],
    expected: Any,
) -> None:
    table = fl.check(
        fl.read_survey(write(changed(spec, keys), people=with_cells(people, cells))), show_values=True
    )
    assert short(table) == expected
    assert table["do"].str.len().min() > 5 or not expected


@pytest.mark.thorough("runs an estimate for each finding")
@pytest.mark.parametrize(("cells", "keys"), [f[1:3] for f in FINDINGS], ids=[f[0] for f in FINDINGS])
def test_no_trial_estimate_fails_if_the_check_sees_all_errors(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    cells: Cells,
    keys: dict[str, Any],
) -> None:
    survey = fl.read_survey(write(changed(spec, keys), people=with_cells(people, cells)))
    if sees_all_errors_of_design(survey) and "error" not in set(fl.check(survey)["severity"]):
        refuse_unusable_design(fl.classify(survey))


@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        ({}, True),
        ({"design.fpc": "villages", "design.selection": "srs"}, False),
        ({"design.psu": None, "design.selection": "srs"}, False),
        ({"design.ssu": "hh"}, False),
        ({"design.weights": "normalised"}, False),
        ({"populations.adults.where": {"sex": [1, 2]}}, False),
    ],
)
def test_a_design_whose_errors_only_a_trial_estimate_shows(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    keys: dict[str, Any],
    seen: bool,
) -> None:
    survey = fl.read_survey(write(changed(spec, keys), people=people.assign(villages=20)))
    assert sees_all_errors_of_design(survey) is seen


@pytest.mark.parametrize(
    ("sexes", "told"),
    [
        ([1] * 16, True),
        ([1] * 15 + [9], True),
        ([1, 2] * 8, False),
        ([9] * 16, False),
    ],
)
def test_a_group_in_which_everybody_has_one_category(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, sexes: list[int], told: bool
) -> None:
    table = fl.check(
        fl.read_survey(write(changed(spec, {"groups.sex.missing": [9]}), people=people.assign(sex=sexes)))
    )
    assert ("everybody asked whose sex is known is 'men'" in table["what"].to_list()) is told


@pytest.mark.parametrize(
    ("cells", "where", "meanings"),
    [
        (
            {"q1": {1: "X"}},
            "items.involuntary.hazardous_work",
            "as yes, no, dont_know, refused, not_applicable or missing",
        ),
        ({"sex": {1: 3}}, "groups.sex", "in codes or as missing"),
        ({"result": {1: "maybe"}}, "module", "as answered, refused or not_asked"),
    ],
)
def test_a_code_that_is_not_named_is_told_what_its_key_can_say_of_it(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, cells: Cells, where: str, meanings: str
) -> None:
    found = fl.check(fl.read_survey(write(spec, people=with_cells(people, cells))))
    assert list(found.loc[found["check"] == "unknown codes", "do"]) == [f"add them under {where}, {meanings}"]


@pytest.mark.parametrize("file", ["people.csv", "people.parquet"])
def test_of_many_codes_those_that_are_not_named_are_found(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, tmp_path: Path, file: str
) -> None:
    place = pd.Series([*range(1, 14), 77, 77, None], dtype="Int64")
    named = {str(i): f"place {i}" for i in range(1, 21)}
    keys = {"groups.place": {"column": "place", "codes": named}, "files.person.path": file}
    path = write(changed(spec, keys), people=people.assign(place=place))
    people.assign(place=place).to_parquet(tmp_path / "people.parquet")
    what = "codes that survey.yaml does not name: 77"
    assert short(fl.check(fl.read_survey(path), show_values=True)) == [
        ("error", "unknown codes", "place (groups.place)", what, 2)
    ]


def test_rows_that_do_not_meet_are_found(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "files.household": {"path": "homes.csv", "key": "hh"},
        "files.module": {"path": "module.csv", "key": ["hh", "line"]},
        "groups.roof": {"column": "roof", "codes": {"tin": "tin", "tile": "tile"}},
    }
    persons, module = (
        people.drop(columns=["q1", "q2", "result"]),
        people[["hh", "line", "q1", "q2", "result"]],
    )
    homes = people[["hh"]].drop_duplicates().assign(roof=["tin", "tile"] * 4)
    assert (
        short(
            fl.check(
                fl.read_survey(write(changed(spec, keys), people=persons, homes=homes, module=module)),
                show_values=True,
            )
        )
        == []
    )
    other = {
        "homes": pd.concat([homes[1:], homes[:1].assign(hh="x")]),
        "module": pd.concat([module[1:], module[:1].assign(hh="y")]),
    }
    assert short(
        fl.check(fl.read_survey(write(changed(spec, keys), people=persons, **other)), show_values=True)
    ) == [
        ("error", "files", "files.module", "rows of the module file without a person; left out", 1),
        ("warning", "files", "files.household", "persons without a row in the household file", 2),
        ("warning", "files", "files.household", "rows of the household file without a person; left out", 1),
    ]
    padded = {
        "homes": homes.assign(hh="0" + homes["hh"]),
        "module": module.assign(line=[f"{n:02d}" for n in module["line"]]),
    }
    found = fl.check(fl.read_survey(write(changed(spec, keys), people=persons, **padded)))
    assert found.loc[found["check"] == "files", "do"].str.contains("keys are text, so 01 is not 1").all()
    assert (found["check"] == "files").sum() == 3


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({}, "about 10"),
        ({"cases": 10}, "fewer than 10"),
        ({"cases": 2}, "about 10"),  # lowered without the key that accepts it
        ({"cases": 2, "accept_lower_limits": "true"}, "about 8"),  # 6 to the nearest multiple of 4
    ],
)
def test_the_limit_of_a_confidential_count_is_the_surveys_own_and_lowered_on_purpose_only(
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
    limits: dict[str, Any],
    told: str,
) -> None:
    table = with_cells(people, {"q1": in_rows("", range(6))})
    survey = fl.read_survey(write(changed(spec, {"confidentiality": limits}), people=table))
    assert fl.check(survey)["count"].to_list() == [told]


def test_errors_stop_the_classification_and_all_are_listed(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    path = write(
        spec, people=with_cells(people, {"w": {0: -1, 1: "x"}, "age": {0: 300}, "q1": {3: "X", 4: "D"}})
    )
    with pytest.raises(DataError) as error:
        fl.classify(fl.read_survey(path))
    lines = str(error.value).splitlines()
    assert lines[0] == f"{path}: 4 finding(s) stop the estimate:"
    assert lines[1:] == [
        "  - w: weights that are not numbers, or that the file declares missing: 1 value, not printed (1). "
        "use a point for decimals, no separator of thousands and no space, not even a no-break space; "
        'if the file has commas, say decimal: "," there, under files',
        (
            "  - w: negative or infinite weights (1). correct them; a weight is a number of persons in the "
            "population"
        ),
        "  - q1 (items.involuntary.hazardous_work): codes that survey.yaml does not name: 1 value, not "
        "printed "
        "(fewer than 5). "
        "add them under items.involuntary.hazardous_work, as yes, no, dont_know, refused, not_applicable "
        "or missing",
        "  - age: ages below 0 or above 120 (fewer than 5). list codes such as 999 under age.missing; "
        "raise age.max if such ages are real; "
        "or correct the rows under corrections:, or name the finding under accept: with the reason why "
        "it is right",
    ]


def test_warnings_and_what_is_accepted_stop_nothing(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    table = with_cells(people, {"w": {1: 0}, "age": {2: 999}, "q1": {3: "", 4: "D"}})
    with pytest.raises(DataError, match="weights of zero"):
        fl.classify(fl.read_survey(write(spec, people=table)))
    accepted = {"accept": [{"finding": "weights", "column": "w", "why": "drawn for the listing only"}]}
    persons = fl.classify(fl.read_survey(write(changed(spec, accepted), people=table)))
    assert fl.total(persons).table["cases"].to_list() == [1]


def test_a_file_with_a_header_only_is_refused(
    spec: dict[str, Any], people: pd.DataFrame, write: Write
) -> None:
    with pytest.raises(DataError, match=r"people\.csv: the file has no row of data"):
        fl.read_survey(write(spec, people=people.iloc[:0]))


# -----------------------------------------------------------------------------------------------------------

WIDE = {
    "episodes": {"wide": ["1", "2"], "exists": "spell{episode}"},
    "items.involuntary.hazardous_work": {
        "column": "q1_{episode}",
        "routing": {"column": "gate{episode}", "asked": "Y", "skipped": "N"},
    },
    "items.coercion.debt_bondage": "q2_{episode}",
}


def test_an_episode_that_was_not_is_no_blank(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    table = people.assign(spell1="Y", gate1="Y", q1_1="N", q2_1="N", spell2="N", gate2="", q1_2="", q2_2="")
    path = write(changed(spec, WIDE), people=table)
    assert short(fl.check(fl.read_survey(path), show_values=True)) == []
    cells: Cells = {
        "spell2": in_rows("Y", range(6)),
        "gate2": in_rows("Y", range(2)) | in_rows("N", range(2, 6)),
        "q1_1": {0: "X", 1: "R"},
    }
    path = write(changed(spec, WIDE), people=with_cells(table, cells))
    assert short(fl.check(fl.read_survey(path), show_values=True)) == [
        (
            "error",
            "unknown codes",
            "q1_1 (items.involuntary.hazardous_work)",
            "codes that survey.yaml does not name: X",
            1,
        ),
        ("warning", "non-response", "q2_2", "blank without a reason", 6),
        ("warning", "non-response", "q1_2", "blank although the routing does not skip it", 2),
        (
            "note",
            "non-response",
            "q1_1",
            "don't know or refused; unresolved unless another answer decides",
            1,
        ),
    ]


def test_findings_of_spells_come_from_their_file(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    keys = {
        "files.episodes": {"path": "spells.csv", "key": ["hh", "line", "spell"]},
        "episodes": {"long": "true"},
        "items.involuntary.hazardous_work": "q1",
        "items.coercion.debt_bondage": "q2",
        "place": {"column": "place", "in_country": "here", "abroad": "away"},
    }
    spells = pd.concat(
        [people[["hh", "line", "q1", "q2"]].assign(spell=i, place="here") for i in (1, 2)], ignore_index=True
    )
    persons = people.drop(columns=["q1", "q2"])
    assert (
        short(
            fl.check(
                fl.read_survey(write(changed(spec, keys), people=persons, spells=spells)), show_values=True
            )
        )
        == []
    )
    cells: Cells = {"q1": in_rows("", range(20)), "q2": {0: "D", 1: "X"}, "place": in_rows("moon", range(7))}
    assert short(
        fl.check(
            fl.read_survey(write(changed(spec, keys), people=persons, spells=with_cells(spells, cells))),
            show_values=True,
        )
    ) == [
        (
            "error",
            "unknown codes",
            "q2 (items.coercion.debt_bondage)",
            "codes that survey.yaml does not name: X",
            1,
        ),
        ("error", "unknown codes", "place (place)", "codes that survey.yaml does not name: moon", 7),
        ("warning", "non-response", "q1", "blank without a reason", 20),
        ("note", "non-response", "q2", "don't know or refused; unresolved unless another answer decides", 1),
    ]
