"""From a fitted model to what may be shown of it: the published set decides which categories, and reliability is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fltoolkit.errors import RequestError
from fltoolkit.estimate.patterns import is_sensitive, read_patterns, refuse_sensitive
from fltoolkit.estimate.publish import FLAGS, Published
from fltoolkit.estimate.risk import ASSOCIATION, FEW, Logit, fit_patterns
from fltoolkit.survey.breakdowns import NOT_STATED
from fltoolkit.survey.design import Survey

VERY_FEW = 5  # cases a coefficient (Vittinghoff and McCulloch 2007)
RATIOS, EFFECTS = ("odds_ratio", "ci_low", "ci_high", "odds_ratio_ml"), ("effect", "effect_low", "effect_high")


@dataclass(frozen=True)
class PublishedModel:
    """What may leave of a model.

    Attributes:
        table: one row a category, in the groups' order: `group`, `category`, `reference` (the category it is compared with), `odds_ratio`,
            `ci_low`, `ci_high` (Firth's), `odds_ratio_ml` (maximum likelihood's, missing under separation), `effect`, `effect_low`,
            `effect_high` (average marginal effect: a difference of proportions), `flag`, `marker` and `reason` as in `Published`.
            Of the reference itself the odds ratio is 1 and the effect 0, without limits.
        level: confidence level. outcome, population, population_label, reference_period, survey, rule_set, to_verify: what it is about.
        notes: sentences that go with every picture of it.
    """

    table: pd.DataFrame
    level: float
    outcome: str
    population: str
    population_label: str
    reference_period: str
    survey: str
    rule_set: str
    to_verify: str
    notes: tuple[str, ...]


def risk_factors(
    persons: Survey,
    out: Published,
    by: Sequence[str] | None = None,
    *,
    population: str | None = None,
    level: float = 0.95,
    sensitive: bool = False,
) -> PublishedModel:
    """What goes with forced labour, all groups in one model: Firth's odds ratios and average marginal effects, as far as they may be shown.

    A category that the published set hides is withheld here too; the reference of each group is its largest category that is shown
    and has cases. With fewer than 10 cases a coefficient everything is flagged `caution`, with fewer than 5 `unreliable`.

    Args:
        persons: a classified survey.
        out: its published set (`fl.publish_run`).
        by: groups. None: the groups of survey.yaml whose prevalence stands in the published set, without sensitive ones.
        population: one that survey.yaml names; its first by default.
        level: confidence level.
        sensitive: allow groups of nationality, origin, ethnicity or religion in `by`, and name the result an association.

    Raises:
        RequestError: a group is not in the published set by itself, or sensitive; the headline is hidden; nothing can be compared.
    """
    population = population or persons.spec.default_population
    head = out.select("prevalence", population=population).iloc[0].to_dict()
    if pd.isna(head["cases"]):
        raise RequestError("the headline is confidential, and so is every model", where="risk_factors", do="nothing can be shown")
    rates = out.own[(out.own["measure"] == "prevalence") & (out.own["reference_population"] == population)]
    offered = [g for g in out.groups if g in persons.spec.groups and g in set(rates["breakdown"])]
    if by is not None and not sensitive:
        refuse_sensitive(persons, list(by))
    wanted = list(by) if by is not None else [g for g in offered if not is_sensitive(persons, g)]
    if unknown := [g for g in wanted if g not in offered]:
        raise RequestError(
            "risk factors are groups whose prevalence is published by itself", where="risk_factors", found=unknown, allowed=offered,
            do="add it to `tables:` of survey.yaml, as a breakdown of its own",
        )  # fmt: skip
    rows = {g: rates[rates["breakdown"] == g] for g in wanted}
    references = {g: ref for g in wanted if (ref := _reference(rows[g])) is not None}
    if not references:
        raise RequestError("no group has two categories that may be shown", where="risk_factors", found=wanted or offered)
    terms = [f"C({g}, Treatment({ref!r}))" for g, ref in references.items()]
    patterns = read_patterns(persons, f"forced_labour ~ {' + '.join(terms)}", population)
    firth, ml = (fit_patterns(patterns, (), penalty, level) for penalty in ("firth", "none"))
    table = pd.concat([_rows(firth, ml, i, g, rows[g], ref) for i, (g, ref) in enumerate(references.items(), 1)], ignore_index=True)
    left_out = [g for g in offered if g not in wanted and by is None]
    notes = _notes(persons, references, [g for g in wanted if g not in references], left_out)
    return PublishedModel(
        _flagged(table, firth), level, "forced_labour", population, head["reference_population_label"], head["reference_period"],
        head["survey"], out.rule_set, head["to_verify"], notes,
    )  # fmt: skip


def _reference(rows: pd.DataFrame) -> str | None:
    """The largest category that is shown and has cases; None where there is nothing else to compare it with."""
    usable = rows[rows["estimate"].notna() & (rows["cases"] > 0) & (rows["category"] != NOT_STATED)]
    shown = rows["estimate"].notna().sum()
    return str(usable.loc[usable["n"].idxmax(), "category"]) if len(usable) and shown > 1 else None


def _rows(firth: Logit, ml: Logit, position: int, group: str, published: pd.DataFrame, reference: str) -> pd.DataFrame:
    """One group's categories, with what the published set says of each."""
    term = firth.table["term"].unique()[position]
    mine = (firth.table["term"] == term).to_numpy()
    ratios = firth.odds_ratios().set_index("category", append=False)[mine[1:]]
    ratios["odds_ratio_ml"] = np.exp(ml.table.loc[mine, "coefficient"]).to_numpy()
    margins = firth.margins()
    effects = margins[margins["covariate"] == group].set_index("category")[["effect", "ci_low", "ci_high"]]
    effects.columns = pd.Index(EFFECTS)
    numbers = ratios[list(RATIOS)].join(effects)
    numbers.loc[reference] = {**dict.fromkeys([*RATIOS, *EFFECTS], np.nan), "odds_ratio": 1.0, "odds_ratio_ml": 1.0, "effect": 0.0}
    kept = published.set_index("category")[["flag", "marker", "reason", "estimate"]]
    table = numbers.reindex(kept.index).join(kept).rename_axis("category").reset_index()
    table.loc[table["estimate"].isna(), [*RATIOS, *EFFECTS]] = np.nan
    return table.drop(columns="estimate").assign(group=group, reference=reference)[
        ["group", "category", "reference", *RATIOS, *EFFECTS, "flag", "marker", "reason"]
    ]


def _flagged(table: pd.DataFrame, model: Logit) -> pd.DataFrame:
    """The category's own flag or, where that is milder, the model's."""
    each = model.cases / (len(model.table) - 1)
    flag = "unreliable" if each < VERY_FEW else "caution" if each < FEW else ""
    reason = f"{each:.1f} cases for each coefficient of the model"
    if model.df < 1:
        flag, reason = "unreliable", "too few sampling points for a model of this size"
    shown, compared = table["odds_ratio"].notna(), table["category"] != table["reference"]
    worse = shown & compared & (table["flag"].map(FLAGS.index) > FLAGS.index(flag))
    equal = shown & compared & (table["flag"] == flag) & (flag != "")
    out = table.assign(flag=table["flag"].mask(worse, flag), reason=table["reason"].mask(worse, reason))
    out["reason"] = out["reason"].mask(equal, table["reason"] + f"; {reason}")
    return out.assign(marker=out["marker"].mask(worse & (flag == "unreliable") & (out["marker"] == ""), "u"))


def _notes(persons: Survey, used: dict[str, str], alone: list[str], left_out: list[str]) -> tuple[str, ...]:
    notes = ["An odds ratio says what goes with forced labour in these answers, not what brings it about."]
    if found := [g for g in used if is_sensitive(persons, g)]:
        notes.append(f"By {', '.join(found)}: {ASSOCIATION}.")
    if left_out:
        notes.append(f"Left out, because it would read as a profile: {', '.join(left_out)}.")
    if alone:
        notes.append(f"Left out, because too little of it may be shown: {', '.join(alone)}.")
    return tuple(notes)
