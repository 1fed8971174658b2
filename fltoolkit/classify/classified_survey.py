"""Defines a survey whose persons have been classified (who is in forced labour). All estimates of forced
labour start from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.group_columns import POPULATION, group_order
from fltoolkit.classify.rule_set import RuleSet
from fltoolkit.errors import RequestError
from fltoolkit.languages.reasons import Reason, Reasons
from fltoolkit.survey.design.survey_design import Design, Key, Survey, weight_of
from fltoolkit.survey.engine.columns import FPC, FPC2, HOUSEHOLD, PSU, REPLICATE, SSU, STRATA
from fltoolkit.survey.engine.engines import to_count, to_pandas

if TYPE_CHECKING:
    import pandas as pd

MICRODATA = "microdata: one row per person. It stays in the office, and so does a notebook that shows it."


class GroupLabels(dict[str, tuple[str, ...]]):
    """The groups of a survey with their labels: a table in a notebook, a dictionary elsewhere."""

    def _repr_html_(self) -> str:
        cells = (
            f"<tr><th style='text-align: left'>{escape(name)}</th>"
            f"<td style='text-align: left'>{escape('; '.join(labels))}</td></tr>"
            for name, labels in self.items()
        )
        return f"<table>{''.join(cells)}</table>"


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ClassifiedSurvey(Survey):
    """A survey whose persons are classified, as `fl.classify` returns it. Every estimate of forced labour
    needs it. Its `frame` has one row per person, with the groups of survey.yaml (such as sex), the
    populations, and the classification.

    Attributes:
        rules: the name and version of the rule set, such as `icls_2018 v1`.
        rule: the content of the rule set.
        item_columns: the names of the columns of `frame` that have the answers, for each side of the
            definition (involuntary, coercion) and each item (such as `debt_bondage`).
        lacking: the items of the rule set that were not asked, for each side of the definition.
        to_verify: the reason why results of the rule set must not be relied on yet. It is empty if they may
            be relied on.
        rule_note: what a reader must know about the results of the rule set in this survey, or an empty text.
        trace: how each person was classified, in words. The trace is an expression that can be selected from
            `frame`. It is not a column of `frame`, because each query would then carry these long texts.
        short_trace: the same text in a shorter form for tables, without the result.
        unclassified: the survey as it was read.
        outcomes: the outcomes that the user added with `fl.outcome`, as {name of the outcome: its rule}.
    """

    rules: str
    rule: RuleSet
    item_columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    lacking: Mapping[str, tuple[str, ...]]
    to_verify: Reason | str
    rule_note: Reason | Reasons | str
    trace: nw.Expr
    short_trace: nw.Expr
    unclassified: Survey
    outcomes: Mapping[str, str] = field(default_factory=dict)

    @property
    def groups(self) -> GroupLabels:
        """Returns the groups by which persons can be broken down (the argument `by`), each with its labels
        (those of the argument `where`), in the order of tables."""
        return GroupLabels({name: tuple(group_order(self.spec, name)) for name in self.spec.group_names})

    @property
    def populations(self) -> dict[str, str]:
        """Returns the populations of survey.yaml (the argument `population`), each with its label."""
        return {name: str(population.label) for name, population in self.spec.populations.items()}

    def key(self, name: str) -> Key:
        """Returns the `Key` by which rows are grouped, for a group or a column. The name may also be `trace`
        or `short_trace`: how each person was classified, in words."""
        traces = {"trace": self.trace, "short_trace": self.short_trace}
        return Key(traces[name]) if name in traces else super().key(name)


def refuse_unclassified(design: Design) -> None:
    """Raises `RequestError` if a survey was read but not classified. Such a survey has no populations and no
    cases. Designs without survey.yaml pass."""
    if isinstance(design, Survey) and not isinstance(design, ClassifiedSurvey):
        raise RequestError(
            "this survey is not classified yet", do="persons = fl.classify(survey), then go on with persons"
        )


@checked
def frame(persons: ClassifiedSurvey, population: str | None = None) -> pd.DataFrame:
    """Returns the persons of a population as a pandas table, for work of your own. It is microdata: it must
    not leave the office.

    `fl.SurveyDesign(frame, weight="weight", strata="strata", psu="psu")` gives the kit's estimates again, and
    its standard errors if every PSU has somebody of the population (else a line says how many have nobody),
    if the weights are not calibrated and no replicate weights came with the data. Give `fpc="fpc"` if there is
    such a column.

    Args:
        persons: the classified survey.
        population: the name of a population of survey.yaml; None: the default population.

    Returns:
        One row per person, with the columns:

        - `forced_labour` and `unresolved` (true or false; who is unresolved is no case), and for an outcome of
          your own, such as `debt`, `debt` and `debt_unresolved`.
        - `weight`, `strata`, `psu`, and as far as the survey has them `ssu`, `fpc`, `fpc2`, `household`, and
          `replicate0`, `replicate1`, ….
        - one column per group (see `persons.groups`), with labels. Groups that only cases have, such as the
          sector of forced labour, are missing for others.

    Raises:
        RequestError: there is no such population.
    """
    spec = persons.spec
    chosen = spec.default_population if population is None else population
    if chosen not in spec.populations:
        raise RequestError(
            "no such population", where="frame: population", found=chosen, allowed=list(spec.populations)
        )
    rows, there = persons.frame, persons.frame.collect_schema().names()
    members = rows.filter(nw.col(POPULATION + chosen))
    design = {"strata": STRATA, "psu": PSU, "ssu": SSU, "fpc": FPC, "fpc2": FPC2, "household": HOUSEHOLD}
    outcomes = {"forced_labour": "unresolved"} | {name: f"{name}_unresolved" for name in persons.outcomes}
    columns = [nw.col(name).fill_null(False) for name in outcomes]
    columns += [nw.col(name).is_null().alias(unresolved) for name, unresolved in outcomes.items()]
    columns += [nw.col(weight_of(chosen)).alias("weight")]
    columns += [nw.col(own).alias(name) for name, own in design.items() if own in there]
    columns += [nw.col(c).alias(c.removeprefix("fl__")) for c in there if c.startswith(REPLICATE)]
    columns += [nw.col(name) for name in spec.group_names if name in there]
    empty = to_count(rows.select(nw.col(PSU).n_unique()), persons.source) - to_count(
        members.select(nw.col(PSU).n_unique()), persons.source
    )
    nobody = f" {empty:,} PSUs have nobody of this population." if empty and persons.clustered else ""
    print(MICRODATA + nobody)
    return to_pandas(members.select(columns), persons.source)
