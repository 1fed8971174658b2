"""Decides whether a number is reliable enough to be shown, and with which warning.

The rules are in publication profiles (publish/publication_profiles/*.yaml). Confidentiality is the same under
every publication profile (see `complementary_suppression`), but a profile may raise its limits.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import model_validator

from fltoolkit.estimate.change_over_time.difference import first_remark
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS, wide_bounds
from fltoolkit.estimate.measures.intervals import Confidence, EstimatedProportion, proportion
from fltoolkit.estimate.measures.profile_of_cases import FEW_OF_PROFILE, LEAST_CASES
from fltoolkit.languages.reasons import Reason, joined_reasons
from fltoolkit.languages.yaml_reasons import YamlReason
from fltoolkit.publish.measure_units import CASE_SHARES, PROFILES
from fltoolkit.publish.publication_profiles import SHIPPED
from fltoolkit.survey.spec.survey_spec import Confidentiality
from fltoolkit.table_records import as_records
from fltoolkit.yaml_files.loading import Model, load_shipped

FLAGS = ("suppress", "unreliable", "caution", "review", "")
ZERO_EXEMPT = ("cases", "cases_eff", "cv", "log_cv", "relative_width", "kg_relative_width", "psus_with_cases")
NO_CASE = Reason.of("reasons.no_case")
NEEDED = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "df",
    "n",
    "cases",
    "population",
    "n_eff",
    "psus_with_cases",
)

Kind = Literal["proportion", "number", "mean"]
Column = Literal[
    "n",
    "n_eff",
    "cases",
    "cases_eff",
    "cv",
    "log_cv",
    "relative_width",
    "kg_width",
    "kg_relative_width",
    "kg_complement_width",
    "proportion",
    "df",
    "psus_with_cases",
]


class Condition(Model):
    """A condition on one column of a row: its value is `below` a number, `above` it, or `at_least` as large.
    A missing value meets no condition.

    The column is one of `Estimates.table`, or one of these:

    - `n_eff`: never above n (a design effect below 1 counts as 1).
    - `cases_eff` = cases·n_eff/n.
    - `relative_width`: width of the row's own interval, divided by the estimate.
    - `proportion`: the proportion p; for a number of persons, this number divided by its population.
    - `kg_width`: width of the 95% Korn–Graubard interval of p.
    - `kg_relative_width`, `kg_complement_width`: the same width divided by p, or by 1 − p.
    - `log_cv`: logarithmic coefficient of variation, SE/(p·|ln p|) up to p = 0.5 and SE/((1 − p)·|ln(1 − p)|)
      above.
    """

    column: Column
    below: float | None = None
    above: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Condition:
        if [self.below, self.above, self.at_least].count(None) != 2:
            raise ValueError("give one of below, above, at_least")
        return self

    def met(self, facts: Mapping[Hashable, Any]) -> bool:
        """Returns whether a row meets the condition. `facts` are the values of the row, by column."""
        value = float(facts[self.column])
        if self.below is not None:
            return value < self.below
        return value > self.above if self.above is not None else value >= float(self.at_least or 0)


class Rule(Condition):
    """One reliability rule of a publication profile. A number gets the flag if its row meets the condition of
    the rule (`column` and a limit, see `Condition`).

    Attributes:
        flag: the flag.
        also: a second condition that must also be met; None if there is none.
        kinds: the kinds of numbers to which the rule applies, such as proportions.
        reason: the reason that is printed with the number.
    """

    flag: Literal["suppress", "unreliable", "caution", "review"]
    also: Condition | None = None
    kinds: tuple[Kind, ...] = ("proportion", "number", "mean")
    reason: YamlReason

    def applies(self, facts: Mapping[Hashable, Any], kind: Kind, zero: bool) -> bool:
        """Returns whether the rule flags a row, that is, whether the row meets its conditions.

        Args:
            facts: the values of the row, by column.
            kind: the kind of its number.
            zero: whether nobody in the row is a case. Rules about the number of cases or about relative
                errors do not apply to such a row.
        """
        conditions = [self, *([self.also] if self.also else [])]
        if kind not in self.kinds or (zero and any(c.column in ZERO_EXEMPT for c in conditions)):
            return False
        return all(c.met(facts) for c in conditions)


class PublicationProfile(Model):
    """A publication profile (publish/publication_profiles/*.yaml): rules that say which numbers are reliable
    enough to be shown, and with which warning.

    `drop_tables_from` is a share: if at least this share of a table's cells is suppressed, the whole table
    (one measure, population and breakdown) is withheld. `to_verify` says that the rules were written from
    memory and not yet checked; the output also says so.
    """

    name: str
    title: str
    source: str = ""
    to_verify: bool = False
    confidentiality: Confidentiality = Confidentiality.model_construct()
    reliability: tuple[Rule, ...]
    drop_tables_from: float | None = None


def bounds_notes(table: pd.DataFrame) -> pd.Series:
    """Returns the note `wide bounds` or an empty text for each row. The answers of unresolved persons do not
    decide whether they are cases. A row gets the note if the estimate with all unresolved persons as cases
    would be above the upper limit of its interval. The numbers are compared before rounding. Hidden rows get
    no note."""
    if "bound_high" not in table:
        return pd.Series("", table.index, dtype=object)
    notes = first_remark([wide_bounds(table["bound_high"], table["ci_high"])], [WIDE_BOUNDS])
    return pd.Series(notes, table.index, dtype=object)


def has_wide_bounds(row: Mapping[Any, Any]) -> bool:
    """Returns whether a published row, or a row made from it, has the note `wide bounds`. A row has the note
    if the estimate with all unresolved persons as cases is above the upper limit of the interval."""
    return row.get("bounds_note") == WIDE_BOUNDS


def load_publication_profile(publication_profile: str | Path, folder: Path = Path()) -> PublicationProfile:
    """Returns a publication profile (a set of reliability rules), by its name or by the path of a YAML file.

    A relative path starts at `folder`. Raises `SpecError` if no publication profile has this name or path.
    """
    own = (
        folder / publication_profile
        if Path(publication_profile).suffix in (".yaml", ".yml")
        else publication_profile
    )
    return load_shipped(SHIPPED, own, PublicationProfile, "publication profile")


def kind_of(row: Mapping[Hashable, Any]) -> Kind:
    """Returns the kind of a row's estimate, because the reliability rules differ by kind: a proportion of
    persons or cases, a number of persons, or anything else (`mean`).
    """
    if row["measure"] in CASE_SHARES or str(row["measure"]).endswith("prevalence"):
        return "proportion"
    return "number" if row["measure"] == "flowchart" or row["interval"] == "log" else "mean"


def reliability(table: pd.DataFrame, publication_profile: PublicationProfile) -> pd.DataFrame:
    """Returns the flag, the marker and the reason of each estimate under a publication profile (columns
    `flag`, `marker` and `reason`).

    An estimate gets the worst flag of all rules that it meets, and all reasons for this flag.

    Args:
        table: rows with the columns of `Published.table`, before any is hidden.
        publication_profile: the rules that judge reliability.
    """
    judged = [_worst_flag(row, publication_profile) for row in as_records(table)]
    found = pd.DataFrame(judged, columns=["flag", "marker", "reason"], index=table.index, dtype=object)
    if publication_profile.drop_tables_from is None:
        return found
    names = [c for c in ("measure", "outcome", "reference_population", "rule_set", "breakdown") if c in table]
    withheld = (found["flag"] == "suppress").groupby([table[c] for c in names], sort=False).transform("mean")
    dropped = (
        (withheld >= publication_profile.drop_tables_from)
        & (table["breakdown"] != "")
        & (found["flag"] != "suppress")
    )
    why = Reason.of("reasons.dropped", N=round(100 * publication_profile.drop_tables_from, 1))
    return found.assign(
        flag=found["flag"].mask(dropped, "suppress"),
        marker=found["marker"].mask(dropped, "u"),
        reason=found["reason"].mask(dropped, why),
    )


def _worst_flag(row: Mapping[Hashable, Any], publication_profile: PublicationProfile) -> tuple[str, str, Any]:
    """Returns the worst flag of a number, its marker, and all reasons for this flag. The marker `low` is set
    later, when the number is rounded."""
    kind = kind_of(row)
    zero = row["cases"] == 0 and kind != "mean"
    facts = _facts(row, kind)
    found: dict[str, list[Any]] = {"review": [NO_CASE]} if zero else {}
    if row["measure"] in PROFILES and row["n"] < LEAST_CASES:
        found["suppress"] = [FEW_OF_PROFILE]
    for rule in publication_profile.reliability:
        if rule.applies(facts, kind, zero):
            found.setdefault(rule.flag, []).append(rule.reason)
    flag = next((f for f in FLAGS if f in found), "")
    marker = "u" if flag in ("suppress", "unreliable") else "w" if zero else ""
    return flag, marker, joined_reasons(found.get(flag, []))


def _facts(row: Mapping[Hashable, Any], kind: Kind) -> dict[Hashable, float]:
    """Returns the values of a row in all columns that reliability rules may name (see `Condition`)."""
    known: dict[Hashable, float] = {
        c: float(v) if pd.notna(v := row.get(c)) else float("nan") for c in NEEDED
    }
    n, estimate, n_eff = known["n"], known["estimate"], float(np.minimum(known["n"], known["n_eff"]))
    facts = known | {"n_eff": n_eff, "cases_eff": known["cases"] * n_eff / n if n else float("nan")}
    facts["relative_width"] = (
        (known["ci_high"] - known["ci_low"]) / abs(estimate) if estimate else float("nan")
    )
    unknown = ("proportion", "kg_width", "kg_relative_width", "kg_complement_width", "log_cv")
    if kind == "mean" or not (whole := 1.0 if kind == "proportion" else known["population"]):
        return facts | dict.fromkeys(unknown, float("nan"))
    p, spread = estimate / whole, known["se"] / whole
    estimated = EstimatedProportion(p, spread, n, known["df"], n / n_eff if n_eff > 0 else 1.0)
    low, high = proportion(estimated, Confidence("korn_graubard"))
    less = min(p, 1 - p)
    with np.errstate(divide="ignore", invalid="ignore"):
        over = np.array([high - low] * 2 + [spread]) / np.array([p, 1 - p, -less * np.log(less)])
    return facts | dict(zip(unknown, (p, high - low, *over), strict=True))
