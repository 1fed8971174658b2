"""A change as it may leave: only where both rounds' numbers are shown, each under its own round's protection."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.errors import PublicationError
from fltoolkit.estimate.change_over_time.change_between_rounds import NUMBERS, Change
from fltoolkit.estimate.measures.estimates import About
from fltoolkit.publish.published_set import CONFIDENTIAL, Published
from fltoolkit.publish.reliability import FLAGS
from fltoolkit.survey.spec.groups import TOTAL, crossed, uncrossed
from fltoolkit.survey.spec.reserved_names import SIDES

VERDICT = ("method", "verdict", "verdict_reason", "attenuated", "overlap")
WITHHELD = "not shown: one of the two rounds is too unreliable"
Record = dict[Any, Any]


@checked
def publish_change(change: Change, before: Published | None, after: Published) -> Published:
    """The rows of a change under both rounds' confidentiality and reliability.

    A row is hidden, verdict and all, where either round's number is hidden in that round's published set; where both are shown, their
    difference tells nothing more. The worse of the two flags is the row's. Counts and estimates of a round are those of its published
    set, blank where it has blanked them.

    Args:
        change: from `fl.change` or `fl.change_from_published`.
        before: the earlier round's published set; None if the baseline was published elsewhere (`change_from_published`).
        after: the later round's published set.

    Returns:
        A `Published` whose measure is `change_in_` that of the rounds; `estimate` is the change, with `se`, `ci_low`, `ci_high`,
        `df` and the other columns of `Change.table`; `reason` is why a row is flagged, `verdict_reason` that of the verdict.

    Raises:
        PublicationError: a row of the change is not in a round's published set, or stands there with another number.
    """
    if before is None and change.before.interval != "as published":
        raise PublicationError(
            "the earlier round's published set is missing", where="before", do="give it, as fl.publish_run made it"
        )
    sets = (None if before is None else _records(before, change.before), _records(after, change.after))
    made = [_published_row(row, change, *sets) for row in change.table.to_dict("records")]
    last = list(made[0])
    table = pd.DataFrame(made, columns=last)
    both = tuple(p for p in (before, after) if p is not None)
    return Published(
        table, ", then ".join(dict.fromkeys(p.profile for p in both)), after.limits, after.coverage_excludes,
        tuple(dict.fromkeys(note for p in both for note in p.notes)), after.groups, after.case_only, after.headlines, after.rule_set,
    )  # fmt: skip


def _published_row(row: Record, change: Change, before: dict[Any, Record] | None, after: dict[Any, Record]) -> Record:
    """One published row of a change."""
    groups = [g for g in dict.fromkeys(g for b in change.by for g in b) if row[g] != TOTAL]
    key = frozenset((g, str(row[g])) for g in groups)
    old = _found(before, key, row, "before") if before is not None else {f: row[f"{f}_before"] for f in SIDES}
    new = _found(after, key, row, "after")
    told = [(name, side) for name, side in (("before", old), ("after", new)) if side.get("flag")]
    hidden = any(side["flag"] == "suppress" for _, side in told)
    secret = any(side["marker"] == "c" for _, side in told)
    flag = min((str(side["flag"]) for _, side in told), key=FLAGS.index, default="")
    reason = "; ".join(f"{name}: {side['reason']}" for name, side in told if side["flag"] == flag)
    numbers = {"estimate" if n == "change" else n: np.nan if hidden else row[n] for n in NUMBERS}
    verdict = {n: row["reason" if n == "verdict_reason" else n] for n in VERDICT}
    if hidden:
        verdict |= {"method": "", "verdict": "", "verdict_reason": ""}
        reason = CONFIDENTIAL if secret else f"{WITHHELD} ({reason})"
    sides = {f"{f}_{name}": side.get(f, np.nan) for name, side in (("before", old), ("after", new)) for f in SIDES}
    sides |= {"flag_before": old.get("flag", ""), "flag_after": new.get("flag", "")}
    return {
        "measure": f"change_in_{change.after.measure}", "outcome": change.after.outcome,
        "reference_population": change.after.population, "breakdown": crossed(groups),
        "category": crossed(row[g] for g in groups) or TOTAL, "ilostat": new.get("ilostat", old.get("ilostat", "")),
        **{g: row[g] for b in change.by for g in b}, **numbers, **verdict, **sides,
        "flag": flag, "marker": "c" if secret else "u" if flag in ("suppress", "unreliable") else "", "reason": reason,
        "survey_before": change.before.survey, "round_before": change.before.round, "year_before": change.before.year,
        "survey": change.after.survey, "country": change.after.country, "round": change.after.round, "year": change.after.year,
        "rule_set": change.after.rule_set, "reference_period": change.after.reference_period, "level": change.after.level,
        "reference_population_label": change.after.population_label,
        "to_verify": "; ".join(dict.fromkeys(t for t in (change.before.to_verify, change.after.to_verify) if t)),
    }  # fmt: skip


def _records(out: Published, about: About) -> dict[Any, Record]:
    """The published rows of one measure, population and rule set, by their group values."""
    t = out.table
    wanted = {
        "measure": about.measure,
        "outcome": about.outcome,
        "reference_population": about.population,
        "rule_set": about.rule_set,
    }
    for name, value in wanted.items():
        t = t[t[name] == value]
    return {frozenset((g, str(row[g])) for g in uncrossed(row["breakdown"])): row for row in t.to_dict("records")}


def _found(records: dict[Any, Record], key: Any, row: Record, name: str) -> Record:
    """A round's published row; nothing where the round itself has no such row."""
    if pd.isna(row[f"n_{name}"]):
        return {}
    values = crossed(sorted(v for _, v in key)) or TOTAL
    if key not in records:
        raise PublicationError(
            f"a row of the change is not in the published set of the round {name}", where=name, found=values,
            do="add its breakdown to `tables:` of survey.yaml, and publish again",
        )  # fmt: skip
    record, ours = records[key], float(row[f"estimate_{name}"])
    if not pd.isna(record["estimate"]) and not np.isclose(record["estimate"], ours, rtol=1e-9, atol=0):
        raise PublicationError(
            f"the published set of the round {name} holds another number than the change", where=name, found=values,
            do="publish the very estimates that the change was made of",
        )  # fmt: skip
    return record
