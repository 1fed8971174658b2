"""The parts of survey.yaml as the loop uses them: design, module, age, populations and groups, each with its
keys checked."""

from __future__ import annotations

import re
from typing import Any

from . import spec as keys
from .spec import Question
from .verdict import Doubts, IllegalInput, UnknownInput

NOT_STATED = "not stated"
RESULTS = {
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "deff",
    "df",
    "n",
    "cases",
    "population",
    "n_eff",
    "total",
    "measure",
    "months",
    "form",
}


def plain_keys(spec: dict[str, Any]) -> None:
    """The keys that describe the survey and change no number."""
    for key in ("title", "country"):
        keys.text(spec[key], key)
    keys.text(spec.get("round", ""), "round")
    keys.integer(spec["year"], "year")
    period = keys.fields(
        spec["reference_period"], "reference_period", {"months", "text"}, {"months", "text"}, {"start", "end"}
    )
    if keys.integer(period["months"], "months") < 1:
        raise IllegalInput("reference_period: no months")
    keys.text(period["text"], "reference_period.text")
    if not isinstance(spec["coverage_excludes"], list):
        raise IllegalInput("coverage_excludes: no list")
    keys.names(spec["coverage_excludes"], "coverage_excludes", some=False)
    limits = keys.fields(
        spec.get("confidentiality", {}),
        "confidentiality",
        {"cases", "non_cases", "psus", "households", "persons"},
        None,
        {"accept_lower_limits"},
    )
    usual = {"cases": 5, "non_cases": 5, "psus": 3, "households": 3, "persons": 30}
    if any(keys.integer(value, "confidentiality") < usual[key] for key, value in limits.items()):
        raise IllegalInput("confidentiality: lowered")


def design(spec: dict[str, Any]) -> dict[str, Any]:
    known = {
        "weight",
        "strata",
        "psu",
        "household",
        "selection",
        "nest",
        "single_psu",
        "weights",
        "psus_of_earlier_rounds",
        "design_effect_at_zero_cases",
    }
    given = keys.fields(
        spec["design"], "design", known, {"weight", "selection"}, {"fpc", "ssu", "certainty", "replicates"}
    )
    keys.one_of(given["selection"], "design.selection", {"pps", "srs", "systematic"})
    keys.one_of(given.get("psus_of_earlier_rounds", "new"), "design", {"kept", "new"})
    if (
        "design_effect_at_zero_cases" in given
        and keys.decimal(given["design_effect_at_zero_cases"], "design") < 1
    ):
        raise IllegalInput("design: a design effect below 1")
    if keys.truth(given.get("nest", "false"), "design.nest") and not given.get("strata"):
        raise IllegalInput("design: nested in no strata")
    return {
        "weight": (keys.text(given["weight"], "design.weight"),),
        "strata": keys.names(given.get("strata", []), "design.strata", some=False),
        "psu": (keys.text(given["psu"], "design.psu"),) if "psu" in given else (),
        "household": keys.names(given.get("household", []), "design.household", some=False),
        "nest": keys.truth(given.get("nest", "false"), "design.nest"),
        "single_psu": keys.one_of(
            given.get("single_psu", "fail"),
            "design.single_psu",
            {"fail", "certainty", "remove", "adjust", "average"},
        ),
        "weights": keys.one_of(
            given.get("weights", "gross_up"), "design.weights", {"gross_up", "normalised"}
        ),
    }


def columns(design: dict[str, Any]) -> list[str]:
    return [*design["weight"], *design["strata"], *design["psu"], *design["household"]]


def same_work(spec: dict[str, Any], usual: Any) -> list[Question]:
    given = keys.fields(spec["episodes"], "episodes", {"same_work"}, None, {"wide", "exists", "long"})
    if "same_work" not in given:
        raise IllegalInput("episodes: none of its keys")
    return (
        []
        if given["same_work"] == "assumed"
        else keys.questions(given["same_work"], "episodes.same_work", usual)
    )


def module(spec: dict[str, Any]) -> dict[str, tuple[str, ...]] | None:
    if "module" not in spec:
        return None
    given = keys.fields(
        spec["module"], "module", {"column", "answered", "refused", "not_asked"}, {"column", "answered"}
    )
    found = {
        kind: keys.codes(given.get(kind, []), f"module.{kind}")
        for kind in ("answered", "refused", "not_asked")
    }
    keys.refuse_double("module", *found.values())
    return {"column": (keys.text(given["column"], "module.column"),), **found}


def age(spec: dict[str, Any]) -> dict[str, Any]:
    given = keys.fields(spec["age"], "age", {"column", "missing", "max", "adult"}, {"column"}, {"at_start"})
    keys.integer(given.get("adult", "18"), "age.adult")
    highest = keys.integer(given.get("max", "120"), "age.max")
    if not 0 < highest <= 130:
        raise IllegalInput("a highest age that nobody has")
    return {
        "column": keys.text(given["column"], "age.column"),
        "missing": keys.codes(given.get("missing", []), "age.missing"),
        "max": highest,
    }


def populations(spec: dict[str, Any], doubts: Doubts) -> dict[str, dict[str, Any]]:
    if not isinstance(spec["populations"], dict) or not spec["populations"]:
        raise IllegalInput("populations: none")
    found = {}
    for name, value in spec["populations"].items():
        _name(name, "populations", doubts)
        given = keys.fields(value, "populations", {"label", "age", "where", "weight"}, {"label"}, {"sum_of"})
        keys.text(given["label"], "populations.label")
        ages = keys.fields(given.get("age", {}), "populations.age", {"min", "max"})
        if (
            "min" in ages
            and "max" in ages
            and keys.integer(ages["min"], "populations.age") > keys.integer(ages["max"], "populations.age")
        ):
            raise IllegalInput("populations.age: nobody is of such an age")
        if any(keys.integer(ages[end], "populations.age") < 0 for end in ages):
            raise IllegalInput("populations.age: below zero")
        where = given.get("where", {})
        if not isinstance(where, dict):
            raise IllegalInput("populations.where: no keys")
        found[name] = {
            **{
                end: keys.integer(ages[end], "populations.age") if end in ages else None
                for end in ("min", "max")
            },
            "where": {
                column: keys.codes(value, "populations.where", some=True) for column, value in where.items()
            },
            "weight": (keys.text(given["weight"], "populations.weight"),) if "weight" in given else (),
        }
    return found


def _name(name: str, where: str, doubts: Doubts) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UnknownInput(f"{where}: a name that is not of small letters, digits and _")
    if where == "groups" and name in RESULTS:
        doubts.append("a group that is called as a column of results")


def groups(spec: dict[str, Any], doubts: Doubts) -> dict[str, dict[str, Any]]:
    if not isinstance(spec.get("groups", {}), dict):
        raise IllegalInput("groups: no keys")
    found: dict[str, dict[str, Any]] = {}
    for name, value in spec.get("groups", {}).items():
        _name(name, "groups", doubts)
        if isinstance(value, dict):
            keys.text(value.get("label", ""), "groups.label")
        if isinstance(value, dict) and "bands" in value:
            given = keys.fields(value, "groups", {"bands", "label"})
            many = [given["bands"]] if isinstance(given["bands"], str) else given["bands"]
            if not isinstance(many, list) or not many:
                raise IllegalInput("groups: no bands")
            bands = [keys.integer(v, "groups.bands") for v in many]
            if bands != sorted(set(bands)) or isinstance(given["bands"], str):
                raise IllegalInput("groups: bands that do not rise")
            found[name] = {"bands": bands}
            continue
        given = keys.fields(
            value, "groups", {"column", "codes", "missing", "label"}, {"column", "codes"}, {"classification"}
        )
        if not isinstance(given["codes"], dict) or not all(
            isinstance(v, str) for v in given["codes"].values()
        ):
            raise IllegalInput("groups: no codes")
        if not given["codes"]:
            raise UnknownInput("groups: no codes")
        missing = keys.codes(given.get("missing", []), "groups.missing")
        keys.refuse_double("groups", tuple(given["codes"]), missing)
        if {"total", NOT_STATED, ""} & {label.strip() for label in given["codes"].values()}:
            raise IllegalInput("groups: a reserved label, or a blank one")
        found[name] = {
            "column": keys.names(given["column"], "groups.column"),
            "codes": given["codes"],
            "missing": missing,
        }
    return found
