"""Publishes a change between two rounds. A round is one of the two surveys that are compared.

A change is published only if the numbers of both rounds are shown. Each round is protected as in its own
published set.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.errors import PublicationError
from fltoolkit.estimate.change_over_time.change_between_rounds import NUMBERS, Change
from fltoolkit.estimate.change_over_time.difference import without_contradiction
from fltoolkit.estimate.measures.estimates import About
from fltoolkit.languages.reasons import Reason, Remark, joined_reasons
from fltoolkit.publish.measure_units import is_rate
from fltoolkit.publish.printed_numbers import (
    DIGITS,
    HEADLINE_DIGITS,
    WHOLE_RATE,
    Numbers,
    cases_class,
    nearest,
    rounding_steps,
    significant,
    to_digits,
)
from fltoolkit.publish.published_set import CONFIDENTIAL, NumberSet, Published
from fltoolkit.publish.reliability import FLAGS, has_wide_bounds
from fltoolkit.survey.spec.groups_and_tables import TOTAL, crossed, groups_of_breakdown
from fltoolkit.survey.spec.survey_spec import SIDES
from fltoolkit.table_records import as_records

VERDICT = ("method", "verdict", "verdict_reason", "attenuated", "overlap")
STEP, ENOUGH = "_step", "_enough"  # columns that say how a row is printed; they are dropped before printing
Record = dict[Any, Any]


@checked
def publish_change(change: Change, before: NumberSet | None, after: NumberSet) -> Published:
    """Returns the change between two rounds of a survey as it may be published, protected by the
    confidentiality and reliability rules of both rounds.

    A row with its verdict is hidden if either round's number is hidden in that round's published set. If both
    are shown, their difference reveals nothing more. The row gets the worse of the two flags. Counts and
    estimates of a round are those of its published set, and blank if they are blank there.

    The verdict is decided on exact numbers. The printed results are calculated from the printed numbers of
    the rounds: the change is their difference, and `relative_change` and `ratio` are calculated from them.
    The limits are rounded to the coarser step of the two rounds.

    A limit of the interval can round to 0, although 0 is outside the interval. Then 0 is printed, and
    `beyond_zero` says on which side of 0 the exact limit is: `<0` for `ci_high`, `>0` for `ci_low`.

    Args:
        change: from `fl.change` or `fl.change_from_published`.
        before: the earlier round's published set; None if the baseline was published elsewhere
            (`change_from_published`).
        after: the later round's published set.

    Returns:
        A `Published` whose measure is `change_in_` plus the measure of the rounds. `estimate` is the change,
            with `se`, `ci_low`, `ci_high`, `df` and the other columns of `Change.table`. `marker_before` and
            `marker_after` are the markers of the two rounds' own numbers, `bound_high_before` and `_after`
            the upper bounds of those with wide bounds. `reason` says why a row is flagged, `verdict_reason`
            gives the reason for the verdict. `se` and `df` are blank if the `se` of either round is blank.
            `exact` contains the rows unrounded.

    Raises:
        PublicationError: a row of the change is not in a round's published set, or has another number there.
    """
    if before is None and change.before.interval != "as published":
        raise PublicationError(
            "the earlier round's published set is missing",
            where="before",
            do="give it, as fl.publish_run made it",
        )
    made = [
        [_published_row(row, change, *rows_of_rounds) for row in as_records(change.table)]
        for rows_of_rounds in _rows_of_rounds(before, after, change)
    ]
    exact, shown = (pd.DataFrame(rows, columns=list(rows[0])) for rows in made)
    both = tuple(p for p in (before, after) if p is not None)
    return Published(
        _printed(shown),
        exact.drop(columns=[STEP, ENOUGH]),
        ", then ".join(dict.fromkeys(p.profile for p in both)),
        after.limits,
        after.coverage_excludes,
        tuple(dict.fromkeys(note for p in both for note in p.notes)),
        after.groups,
        after.case_only,
        after.headlines,
        after.rule_set,
    )


def _rows_of_rounds(
    before: Published | None, after: Published, change: Change
) -> list[tuple[dict[Any, Record] | None, dict[Any, Record]]]:
    """Returns the rows of both rounds twice: first at full precision, then as printed. Rows are found by
    their group values.

    Raises an error if the change was not made from these two rounds.
    """
    full = (
        None if before is None else _records(before.exact, change.before),
        _records(after.exact, change.after),
    )
    for records, name in zip(full, ("before", "after"), strict=True):
        if records is not None:
            for row in as_records(change.table):
                _refuse_other_number(records, _key(row, change), row, name)
    return [
        full,
        (
            None if before is None else _records(before.table, change.before),
            _records(after.table, change.after),
        ),
    ]


def _key(row: Record, change: Change) -> Any:
    groups = [g for g in dict.fromkeys(g for b in change.by for g in b) if row[g] != TOTAL]
    return frozenset((g, str(row[g])) for g in groups)


def _published_row(
    row: Record, change: Change, before: dict[Any, Record] | None, after: dict[Any, Record]
) -> Record:
    """Returns one row of a change, with the numbers of the two rounds. The change itself is at full
    precision.

    Args:
        row: a row of `Change.table`.
        change: the change.
        before, after: the rows of each round, by group values; None if the earlier round is a publication.
    """
    groups = [g for g in dict.fromkeys(g for b in change.by for g in b) if row[g] != TOTAL]
    key = _key(row, change)
    old = (
        _row_of_round(before, key, row, "before")
        if before is not None
        else {f: row[f"{f}_before"] for f in SIDES}
    )
    new = _row_of_round(after, key, row, "after")
    flagged = [
        (name, round_row) for name, round_row in (("before", old), ("after", new)) if round_row.get("flag")
    ]
    hidden = any(round_row["flag"] == "suppress" for _, round_row in flagged)
    secret = any(round_row["marker"] == "c" for _, round_row in flagged)
    flag = min((str(round_row["flag"]) for _, round_row in flagged), key=FLAGS.index, default="")
    reason = joined_reasons(
        Reason.of(f"rounds.{name}", reason=round_row["reason"])
        for name, round_row in flagged
        if not hidden or round_row["flag"] == "suppress"
    )
    numbers = {"estimate" if n == "change" else n: np.nan if hidden else row[n] for n in NUMBERS}
    verdict = {n: row["reason" if n == "verdict_reason" else n] for n in VERDICT}
    if hidden:
        verdict |= {"method": "", "verdict": "", "verdict_reason": ""}
        reason = CONFIDENTIAL if secret else Reason.of("rounds.withheld", reason=reason)
    round_columns = {
        f"{f}_{name}": round_row.get(f, np.nan)
        for name, round_row in (("before", old), ("after", new))
        for f in SIDES
    }
    round_columns |= {
        f"cases_class_{name}": _class_of(round_row) for name, round_row in (("before", old), ("after", new))
    }
    round_columns |= {
        f"bound_high_{name}": round_row["bound_high"] if has_wide_bounds(round_row) else np.nan
        for name, round_row in (("before", old), ("after", new))
    }
    for fact in ("flag", "marker"):
        round_columns |= {f"{fact}_before": old.get(fact, ""), f"{fact}_after": new.get(fact, "")}
    enough = _prints_error(old) and _prints_error(new)
    return {
        "measure": f"change_in_{change.after.measure}",
        "outcome": change.after.outcome,
        "reference_population": change.after.population,
        "breakdown": crossed(groups),
        "category": _category(new, old) or crossed(row[g] for g in groups) or TOTAL,
        "ilostat": new.get("ilostat", old.get("ilostat", "")),
        **{g: row[g] for b in change.by for g in b},
        **numbers,
        "beyond_zero": "",
        **verdict,
        **round_columns,
        "flag": flag,
        "marker": "c" if secret else "u" if flag in ("suppress", "unreliable") else "",
        "reason": reason,
        "interview_conditions_before": change.before.interview_conditions,
        "interview_conditions": change.after.interview_conditions,
        "survey_before": change.before.survey,
        "round_before": change.before.round,
        "year_before": change.before.year,
        "survey": change.after.survey,
        "country": change.after.country,
        "round": change.after.round,
        "year": change.after.year,
        "rule_set": change.after.rule_set,
        "reference_period": change.after.reference_period,
        "level": change.after.level,
        "reference_population_label": change.after.population_label,
        "to_verify": joined_reasons((change.before.to_verify, change.after.to_verify)),
        "rounding": np.fmax(old.get("rounding", np.nan), new.get("rounding", np.nan)),
        "decimals": np.fmin(old.get("decimals", np.nan), new.get("decimals", np.nan)),
        STEP: np.fmax(old.get(STEP, np.nan), new.get(STEP, np.nan)),
        ENOUGH: enough,
    }


def _category(new: Record, old: Record) -> Remark | str:
    """Returns the name of a row's category, from the later or the earlier round (`new`, `old`). It is empty
    if neither round has the row."""
    called = [round_row["category"] for round_row in (new, old) if "category" in round_row]
    return next((name for name in called if isinstance(name, Remark)), next(iter(called), ""))


def _class_of(round_row: Record) -> Any:
    """Returns the class of the number of cases in a round, such as `5–14`. If the round is a publication,
    returns the number of cases that it states."""
    return (
        round_row["cases_class"]
        if "cases_class" in round_row
        else cases_class(round_row.get("cases", np.nan), headline=True)
    )


def _prints_error(round_row: Record) -> bool:
    """Returns whether a round prints its standard error.

    The standard error of a change is printed only if both rounds print theirs. Otherwise the missing one
    could be calculated from the other two.
    """
    return bool(pd.notna(round_row.get("se", np.nan)))


def _printed(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of a change as they may be printed: calculated from the printed numbers of both
    rounds, and rounded. If the rate of one round is printed without decimals, that of the other is too."""
    whole = (rows["decimals"] == 0) & rows["measure"].map(is_rate).astype(bool)
    old, new = (
        rows[name].where(~whole, nearest(rows[name], WHOLE_RATE))
        for name in ("estimate_before", "estimate_after")
    )
    there = rows["estimate"].notna()
    step, digits = rows[STEP].to_numpy(float), np.where(rows["breakdown"] == "", HEADLINE_DIGITS, DIGITS)
    gap = pd.Series(np.round(new - old, 12), rows.index).where(there)
    table = rows.assign(
        estimate=gap,
        relative_change=(gap / old).where(rows["relative_change"].notna()),
        ratio=(new / old).where(rows["ratio"].notna()),
        se=pd.Series(significant(rows["se"], digits), rows.index).where(rows[ENOUGH]),
        df=rows["df"].astype(float).floordiv(1).where(rows[ENOUGH]),
    )
    for name in ("ci_low", "ci_high"):
        table[name] = _limit(rows[name], step)
    of_old = step / old.where(old > 0).to_numpy(float)  # the step as a part of the earlier number
    for name in ("ratio_low", "ratio_high"):
        table[name] = _limit(rows[name], of_old)
    for name in ("relative_change", "ratio"):
        table[name] = np.where(
            np.isnan(of_old), significant(table[name], HEADLINE_DIGITS), to_digits(table[name], of_old)
        )
    down = (rows["ci_high"] < 0) & (table["ci_high"] >= 0)
    up = (rows["ci_low"] > 0) & (table["ci_low"] <= 0)
    beyond = np.select([down, up], ["<0", ">0"], "")
    return without_contradiction(table.drop(columns=[STEP, ENOUGH]).assign(beyond_zero=beyond))


def _limit(values: pd.Series, step: Numbers) -> Numbers:
    """Returns limits of intervals, rounded to a multiple of `step` and written with the digits that it bears.
    Without a step, they have three significant digits."""
    return np.where(
        np.isnan(step), significant(values, HEADLINE_DIGITS), to_digits(nearest(values, step), step)
    )


def _records(rows: pd.DataFrame, about: About) -> dict[Any, Record]:
    """Returns the rows of one measure, population and rule set, by their group values. Rows of a printed
    table also have their rounding step."""
    wanted = {
        "measure": about.measure,
        "outcome": about.outcome,
        "reference_population": about.population,
        "rule_set": about.rule_set,
    }
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    if "rounding" in rows:
        rows = rows.assign(**{STEP: rounding_steps(rows)})
    return {
        frozenset((g, str(row[g])) for g in groups_of_breakdown(row["breakdown"])): row
        for row in as_records(rows)
    }


def _row_of_round(records: dict[Any, Record], key: Any, row: Record, name: str) -> Record:
    """Returns the row of one round that belongs to a row of the change. Returns an empty dictionary if the
    round has no such row.

    Args:
        records: the rows of the round, by their group values.
        key: the group values of the row.
        row: the row of the change.
        name: the round, `before` or `after`.
    """
    return {} if pd.isna(row[f"n_{name}"]) else records[key]


def _refuse_other_number(records: dict[Any, Record], key: Any, row: Record, name: str) -> None:
    """Raises an error if a row of the change does not agree with the published set of a round: the row is
    missing there, or has another number."""
    if pd.isna(row[f"n_{name}"]):
        return
    values = crossed(sorted(v for _, v in key)) or TOTAL
    if key not in records:
        raise PublicationError(
            f"a row of the change is not in the published set of the round {name}",
            where=name,
            found=values,
            do="add its breakdown to `tables:` of survey.yaml, and publish again",
        )
    published, ours = records[key]["estimate"], float(row[f"estimate_{name}"])
    if not pd.isna(published) and not np.isclose(published, ours, rtol=1e-9, atol=0):
        raise PublicationError(
            f"the published set of the round {name} holds another number than the change",
            where=name,
            found=values,
            do="publish the same estimates from which the change was made",
        )
