"""Tests what survey.yaml may contain on files and design: names, pooled quarters, ranges of replicate
weights, and stages."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fltoolkit.survey.spec.files_and_design import (
    DataFile,
    Delimiter,
    DesignSpec,
    EachOnce,
    Files,
    ModuleStatus,
    ReplicatesSpec,
)


@pytest.mark.parametrize(("written", "read"), [("\\t", "\t"), (";", ";"), ("|", "|")])
def test_a_delimiter_is_one_character(written: str, read: str) -> None:
    assert TypeAdapter(Delimiter).validate_python(written) == read


@pytest.mark.parametrize("written", ["", ";;", '"', "\n", "\\n"])
def test_what_cannot_part_cells_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="a delimiter is one character"):
        TypeAdapter(Delimiter).validate_python(written)


def test_names_are_given_once_and_none_is_blank() -> None:
    names = TypeAdapter(EachOnce)
    assert names.validate_python("hh") == ("hh",)
    assert names.validate_python(["hh", "line"]) == ("hh", "line")
    for given, says in (
        (["b", "a", "b", "a"], "more than once: a, b;"),
        (["hh", " "], "none of them blank"),
    ):
        with pytest.raises(ValidationError, match=says):
            names.validate_python(given)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hh", {"hh": "hh"}),
        (["hh", "line"], {"hh": "hh", "line": "line"}),
        ({"HHID": "interview__key", "LINE": "person__id"}, {"HHID": "interview__key", "LINE": "person__id"}),
    ],
)
def test_a_key_is_read_by_its_common_names(written: object, read: dict[str, str]) -> None:
    assert dict(DataFile.model_validate({"path": "a.csv", "key": written}).key) == read


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"HHID": "id", "LINE": "id"}, "more than once: id"),
        ({"HHID": " "}, "none of them blank"),
        ({}, "at least one"),
        ({"HHID": ["id"]}, "by the names they have everywhere"),
        ([["hh"]], "by the names they have everywhere"),
    ],
)
def test_a_key_that_names_no_columns_is_refused(written: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        DataFile.model_validate({"path": "a.csv", "key": written})


def files(**kinds: Any) -> Files:
    return Files.model_validate({kind: {"key": "hh", **keys} for kind, keys in kinds.items()})


TWO = {"path": ["a.csv", "b.csv"]}
POOLED = {**TWO, "weight_factor": ["0.5", "0.5"]}


def test_quarters_are_pooled_with_a_factor_each_and_other_files_alike_or_once() -> None:
    found = files(person=POOLED, household={"path": "h.csv"}, module=TWO, episodes=TWO)
    assert found.person.weight_factor == (0.5, 0.5)
    assert files(person={"path": "a.csv", "weight_factor": ["0.25"]}).person.weight_factor == (0.25,)


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        ({"person": TWO}, "2 pooled files need 2 weight_factor values"),
        ({"person": {**TWO, "weight_factor": ["1"]}}, "2 pooled files need 2"),
        ({"person": {"path": "a.csv", "weight_factor": ["1", "1"]}}, "1 pooled files need 1"),
        ({"person": {**TWO, "weight_factor": ["1", "0"]}}, "greater than 0"),
        (
            {"person": {"path": "a.csv"}, "module": {"path": "m.csv", "weight_factor": ["1"]}},
            "of pooled quarters under person",
        ),
        ({"person": {"path": "a.csv"}, "household": TWO}, r"household.path: 2 file\(s\) beside 1"),
        ({"person": POOLED, "episodes": {"path": "e.csv"}}, r"episodes.path: 1 file\(s\) beside 2"),
    ],
)
def test_files_that_cannot_be_pooled_are_refused(kinds: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        files(**kinds)


def replicates(*columns: str, **more: Any) -> ReplicatesSpec:
    return ReplicatesSpec.model_validate({"columns": list(columns), "method": "jk1", **more})


def test_a_run_of_replicate_weights_is_written_out_with_its_zeros() -> None:
    assert replicates("RW{8..11}", "last").names == ("RW8", "RW9", "RW10", "RW11", "last")
    assert replicates("r{08..10}_w").names == ("r08_w", "r09_w", "r10_w")
    assert replicates("a{x}").names == ("a{x}",)  # no run
    assert len(replicates("r{1..10000}").names) == 10_000


@pytest.mark.parametrize("run", ["r{5..5}", "r{6..5}", "r{1..10001}"])
def test_a_run_that_does_not_rise_or_is_endless_is_refused(run: str) -> None:
    with pytest.raises(ValidationError, match="must count upwards, over at most 10,000 columns"):
        replicates(run)


def test_one_coefficient_is_for_all_replicates_and_several_are_one_each() -> None:
    assert replicates("r{1..2}").replicate_method.rscales is None
    assert replicates("r{1..2}", rscales="0.5").replicate_method.rscales == 0.5
    assert replicates("r{1..2}", rscales=["0.5", "1"]).replicate_method.rscales == (0.5, 1.0)
    made = replicates(
        "r{1..2}", method="fay", rho="0.3", combined="false", mse="true", df="7", scale="2"
    ).replicate_method
    assert (made.name, made.scale, made.rho, made.combined, made.mse, made.df) == (
        "fay",
        2.0,
        0.3,
        False,
        True,
        7,
    )


DESIGN = {"weight": "W", "selection": "srs"}
REPLICATES = {"columns": "r{1..4}", "method": "brr"}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"fpc": "N", "selection": "pps"}, "fpc with selection: pps"),
        ({"psu": "P", "nest": "true"}, "nest without strata"),
        ({"psu": "P", "ssu": "U", "replicates": REPLICATES}, "replicates with fpc, ssu or certainty"),
        ({"fpc": "N", "replicates": REPLICATES}, "replicates with fpc, ssu or certainty"),
        ({"replicates": {"columns": "r1", "method": "brr"}}, "fewer than two columns"),
        ({"replicates": {**REPLICATES, "method": "jkn"}}, "replicates.rscales: a stratified jackknife"),
        ({"ssu": "U"}, "need psu, the units of the first stage"),
        ({"fpc": ["N", "M"]}, "need psu, the units of the first stage"),
        ({"certainty": {"column": "C", "codes": "1"}}, "need psu, the units of the first stage"),
        ({"psu": "P", "ssu": "U", "fpc": "N"}, "two stages are named, but only one FPC"),
        ({"psu": "P", "fpc": "N", "certainty": {"column": "C", "codes": "1"}}, "certainty with fpc"),
    ],
)
def test_a_design_that_contradicts_itself_is_refused(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        DesignSpec.model_validate({**DESIGN, **keys})


@pytest.mark.parametrize(
    "keys",
    [
        {"psu": "P", "selection": "pps"},
        {"fpc": "N"},
        {"psu": "P", "fpc": "N"},
        {"psu": "P", "ssu": "U", "fpc": ["N", "M"]},
        {"psu": "P", "ssu": "U", "certainty": {"column": "C", "codes": "1"}},
        {"replicates": REPLICATES},
        {"strata": "S", "replicates": {**REPLICATES, "method": "jkn"}},
    ],
)
def test_a_design_that_fits_is_taken(keys: dict[str, Any]) -> None:
    assert DesignSpec.model_validate({**DESIGN, **keys}).weight == "W"


def test_a_status_of_the_module_has_one_meaning_a_code() -> None:
    assert ModuleStatus.model_validate({"column": "R", "answered": ["1", "2"], "refused": "3"}).answered == (
        "1",
        "2",
    )
    with pytest.raises(ValidationError, match="code 3 means both refused and not_asked"):
        ModuleStatus.model_validate(
            {"column": "R", "answered": "1", "refused": "3", "not_asked": ["9", "3.0"]}
        )
    labelled = {"column": "R", "answered": "1", "not_asked": "3", "labels": {3: "absent"}}
    assert ModuleStatus.model_validate(labelled).labels == {"3": "absent"}
    with pytest.raises(ValidationError, match="code 1 is neither under refused nor under not_asked"):
        ModuleStatus.model_validate({**labelled, "labels": {"1": "absent"}})
