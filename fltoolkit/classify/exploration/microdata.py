"""Gives the persons of a classified survey as a pandas table, for work of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.exploration.outcomes import FORCED_LABOUR
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.errors import RequestError
from fltoolkit.survey.data.fetch_rows import to_count, to_pandas
from fltoolkit.survey.data.internal_columns import FPC, FPC2, HOUSEHOLD, PSU, REPLICATE, SSU, STRATA
from fltoolkit.survey.design.survey_design import weight_of

if TYPE_CHECKING:
    import pandas as pd

MICRODATA = "microdata: one row per person. It stays in the office, and so does a notebook that shows it."


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
    outcomes = {FORCED_LABOUR: "unresolved"} | {name: f"{name}_unresolved" for name in persons.outcomes}
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
