"""Publishes a model. Its numbers follow from those that the published set shows, and each category has a flag
for its reliability."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from fltoolkit.arguments import Level, checked
from fltoolkit.classify.category_names import label_of, names_in
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.outcomes_and_domains import refuse_own_outcomes
from fltoolkit.errors import RequestError
from fltoolkit.estimate.measures.intervals import t_quantile
from fltoolkit.estimate.models.covariate_patterns import (
    MOST_PATTERNS,
    TooManyPatterns,
    is_sensitive,
    read_patterns,
    refuse_sensitive,
)
from fltoolkit.estimate.models.logistic_model import FEW, Logit, fit_patterns
from fltoolkit.estimate.models.model_formula import formula_of_categories
from fltoolkit.estimate.variance import Array
from fltoolkit.languages.language import read_language
from fltoolkit.languages.reasons import Reason, Reasons, group_name, joined_reasons
from fltoolkit.languages.word_files import BASE
from fltoolkit.publish.models.printed_cases import maximum_likelihood, with_printed_cases
from fltoolkit.publish.printed_numbers import (
    DIGITS,
    ENOUGH_CASES,
    nearest,
    rounding_steps,
    significant,
    to_digits,
)
from fltoolkit.publish.published_set import Published, refuse_other_survey
from fltoolkit.publish.reliability import FLAGS, NO_CASE, has_wide_bounds
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED
from fltoolkit.table_records import HoldsTable, as_records

NOTHING, NO_FIT, NO_INTERVAL, TOO_MANY = (
    Reason.of("model.nothing"),
    Reason.of("model.no_fit"),
    Reason.of("model.no_interval", N=ENOUGH_CASES),
    Reason.of("model.too_many", N=MOST_PATTERNS),
)
VERY_FEW = 5  # cases per coefficient (Vittinghoff and McCulloch 2007)
RELIABLE = 15  # cases of a category, as in the profile `fltoolkit`
RATIOS, EFFECTS = (
    ("odds_ratio", "ci_low", "ci_high", "odds_ratio_ml"),
    ("effect", "effect_low", "effect_high"),
)
LIMITS = ["ci_low", "ci_high", "effect_low", "effect_high"]
COLUMNS = ("group", "category", "reference", *RATIOS, *EFFECTS, "decimals", "flag", "marker", "reason")


@dataclass(frozen=True, repr=False)
class PublishedModel(HoldsTable):
    """The published part of a logistic regression: odds ratios and effects for each category of its groups.

    The columns of `table`:

    - `group`, `category`, `reference`: the category, and the category with which it is compared.
    - `odds_ratio`, `ci_low`, `ci_high`: from Firth's method. `odds_ratio_ml`: by maximum likelihood; missing
      where it has no estimate (separation).
    - `effect`, `effect_low`, `effect_high`: average marginal effect, a difference of proportions; `decimals`:
      theirs in print, per 1,000.
    - `flag`, `marker`, `reason`: as in `Published`.

    Ratios have two significant digits. Effects are rounded like the category's rate. For the reference itself
    the odds ratio is 1 and the effect 0, without limits. A category has limits if it and the reference have
    30 cases each, and if no category of the group is confidential. A category without a case also has limits.

    Attributes:
        table: one row per category, in the groups' order.
        level: confidence level.
        outcome, population, population_label, reference_period, survey, rule_set, to_verify: facts about the
            model.
        notes: sentences that are printed with every chart of the model.
    """

    SHOWN = ("group", "category", "reference", *RATIOS[:3], "marker", "reason")
    table: pd.DataFrame
    level: float
    outcome: str
    population: str
    population_label: str
    reference_period: str
    survey: str
    rule_set: str
    to_verify: Reason | Reasons | str
    notes: tuple[Reason | str, ...]


@checked
def risk_factors(
    persons: ClassifiedSurvey,
    out: Published,
    by: Sequence[str] | None = None,
    *,
    population: str | None = None,
    level: Level = 0.95,
    sensitive: bool = False,
) -> PublishedModel:
    """Returns the association of categories with forced labour: odds ratios (by Firth's method) and average
    marginal effects. All groups are in one logistic regression.

    The model is fitted to the printed rates of the categories, so it tells nothing that these rates do not
    tell. A category that the published set does not show is also hidden here; all hidden categories of a
    group are one category in the model. The reference of each group is its largest category that is shown and
    has 15 cases (if none has 15, the largest that is shown). In five situations the table is empty, and a
    note says why: the prevalence of the population is not shown or is printed as 0, nobody is a case, no
    group has two categories that are shown, the groups have too many combinations of categories, or the model
    has no estimate.

    The flags (Peduzzi et al. 1996; Vittinghoff and McCulloch 2007):

    - `unreliable`: the category or its reference has fewer than 15 cases, or the model has fewer than 5 cases
      per coefficient.
    - `caution`: the model has fewer than 10 cases per coefficient; or the rate of the category, or of its
      reference, has wide bounds (the model counts unresolved persons as persons who are not in forced
      labour).

    Args:
        persons: a classified survey.
        out: its published set (`fl.publish_run`).
        by: groups. None: the groups of survey.yaml whose prevalence is in the published set, without
            sensitive ones.
        population: a population of survey.yaml; by default its first.
        level: confidence level.
        sensitive: whether `by` may contain groups of nationality, origin, ethnicity or religion. A note then
            says that the result is an association.

    Raises:
        RequestError: a group is sensitive, or is not in the published set as a breakdown of its own; or the
            persons carry an outcome of their own (`fl.outcome`; `fl.logit` takes its name).
    """
    refuse_own_outcomes(persons, "risk_factors")
    refuse_other_survey(persons, out, "risk_factors")
    population = persons.spec.default_population if population is None else population
    head = out.select("prevalence", population=population).iloc[0].to_dict()
    shown = out.own_rows(measure="prevalence", reference_population=population)
    rates = out.exact.loc[shown.index].assign(printed=shown["estimate"])
    offered = [g for g in out.groups if g in persons.spec.groups and g in set(rates["breakdown"])]
    if by is not None and not by:
        raise RequestError(
            "no group is named",
            where="risk_factors: by",
            allowed=offered,
            do="name groups, or leave out `by`, to take all groups that may be shown",
        )
    if by is not None and not sensitive:
        refuse_sensitive(persons, list(by))
    wanted = list(by) if by is not None else [g for g in offered if not is_sensitive(persons, g)]
    if unknown := [g for g in wanted if g not in offered]:
        raise RequestError(
            "risk factors are groups whose prevalence is published by itself",
            where="risk_factors",
            found=unknown,
            allowed=offered,
            do="add it to `tables:` of survey.yaml, as a breakdown of its own",
        )
    # The model's terms are the categories' labels. A population of children has other names for some of them.
    rows = {
        g: mine.assign(category=mine["category"].map(str).map(partial(label_of, persons.spec, g)))
        for g in wanted
        for mine in (rates[rates["breakdown"] == g],)
    }
    references = {g: ref for g in wanted if (ref := _reference(rows[g])) is not None}
    if pd.isna(head["cases"]) or not head["estimate"] > 0 or not references:
        return _published(pd.DataFrame(columns=COLUMNS), (NOTHING,), level, out, head)
    rates_of = {g: rows[g].dropna(subset="printed") for g in references}
    printed = {
        g: dict(zip(mine["category"], mine["printed"].astype(float), strict=True))
        for g, mine in rates_of.items()
    }
    try:
        patterns = read_patterns(persons, formula_of_categories("forced_labour", references), population)
        patterns = with_printed_cases(patterns, head["estimate"], printed)
        firth = fit_patterns(patterns, (), "firth", level)
    except TooManyPatterns:
        return _published(pd.DataFrame(columns=COLUMNS), (TOO_MANY,), level, out, head)
    except RequestError:
        return _published(pd.DataFrame(columns=COLUMNS), (NO_FIT,), level, out, head)
    models = _Models(firth, maximum_likelihood(patterns), firth.margins())
    steps = shown[["decimals"]].assign(step=rounding_steps(shown))
    parts = [
        _printable_categories(_group_rows(models, i, rows[g], ref), steps.loc[rows[g].index])
        for i, (g, ref) in enumerate(references.items(), 1)
    ]
    table = pd.concat(
        [part.assign(group=g) for g, part in zip(references, parts, strict=True)], ignore_index=True
    )[list(COLUMNS)]
    for group, names in names_in(persons.spec, population).items():
        called = table[["category", "reference"]].replace(names)
        table[["category", "reference"]] = called.where(
            table["group"] == group, table[["category", "reference"]]
        )
    left_out = [g for g in offered if g not in wanted and by is None]
    notes = _notes(
        persons,
        population,
        {g: rows[g] for g in references},
        [g for g in wanted if g not in references],
        left_out,
    )
    other = table[table["odds_ratio"].notna() & (table["category"] != table["reference"])]
    notes = (*notes, NO_INTERVAL) if other["ci_low"].isna().any() else notes
    return _published(table, notes, level, out, head)


def _published(
    table: pd.DataFrame,
    notes: tuple[Reason | str, ...],
    level: float,
    out: Published,
    head: Mapping[Hashable, Any],
) -> PublishedModel:
    return PublishedModel(
        table,
        level,
        "forced_labour",
        head["reference_population"],
        head["reference_population_label"],
        head["reference_period"],
        head["survey"],
        out.rule_set,
        head["to_verify"],
        notes,
    )


def _reference(rows: pd.DataFrame) -> str | None:
    """Returns the reference category of a group. It is the largest category that is shown and has 15 cases,
    or else the largest category whose printed rate is not 0.

    Returns None if there is no such category, or no other category to compare it with. `rows` are the group's
    rates, at full precision and as printed (`printed`).
    """
    usable = rows[(rows["printed"] > 0) & (rows["category"] != NOT_STATED)]
    usable = enough if len(enough := usable[usable["cases"] >= RELIABLE]) else usable
    return (
        str(usable.sort_values("n", kind="stable")["category"].iloc[-1])
        if len(usable) and rows["estimate"].notna().sum() > 1
        else None
    )


class _Models(NamedTuple):
    """Two fits of one model: by Firth's method (`firth`), and the coefficients by maximum likelihood (`ml`;
    nan if there is no estimate). `margins` are the average marginal effects of Firth's fit."""

    firth: Logit
    ml: Array
    margins: pd.DataFrame


def _group_rows(models: _Models, position: int, published: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Returns the categories of one group: their numbers if the published set shows the category, otherwise
    its marker and reason.

    Args:
        models: the fitted models.
        position: the position of the group among the terms of the model; the intercept is 0.
        published: the published rates of the group, at full precision.
        reference: the reference category.
    """
    firth, ml, margins = models
    mine = (firth.table["term"] == firth.table["term"].unique()[position]).to_numpy()
    found = _with_printed_limits(firth.table[mine], "coefficient", firth).set_index("category")
    ratios = found[["coefficient", "ci_low", "ci_high"]].set_axis(list(RATIOS[:3]), axis=1).map(np.exp)
    ratios["odds_ratio_ml"] = np.exp(ml[mine])
    effects = margins[margins["covariate"] == published["breakdown"].iloc[0]].set_index("category")
    effects = _with_printed_limits(effects, "effect", firth)[["effect", "ci_low", "ci_high"]].set_axis(
        list(EFFECTS), axis=1
    )
    numbers = ratios.join(effects)
    itself = {"odds_ratio": 1.0, "odds_ratio_ml": 1.0, "effect": 0.0}
    numbers = pd.concat([numbers, pd.DataFrame([itself], index=[reference])])
    by_category = published.set_index("category")
    table = numbers.reindex(by_category.index).where(by_category["estimate"].notna())
    rows = as_records(published)
    base = next(r for r in rows if r["category"] == reference)
    enough = np.minimum(by_category["cases"], base["cases"]) >= ENOUGH_CASES
    of_error = enough & (by_category["marker"] != "c").all()
    table[LIMITS] = table[LIMITS].where(of_error)
    marks = [_marks(r, base, firth) for r in rows]
    flags = pd.DataFrame(marks, columns=["flag", "marker", "reason"], index=by_category.index)
    made: pd.DataFrame = table.join(flags).assign(reference=reference).rename_axis("category").reset_index()
    return made


def _with_printed_limits(table: pd.DataFrame, name: str, model: Logit) -> pd.DataFrame:
    """Returns a table with limits that follow from the column `name` and from its standard error of two
    digits.

    With limits of the exact standard error, a reader could publish the model at several levels and learn
    further digits.
    """
    reach = float(t_quantile(model.level, model.df)) * significant(table["se"], DIGITS)
    limits = {limit: table[name] + side * reach for limit, side in (("ci_low", -1), ("ci_high", 1))}
    return table.assign(**limits)


def _printable_categories(table: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Returns a group's categories as they may be printed. Odds ratios have two significant digits. Effects
    are rounded like the category's rate.

    Args:
        table: the categories.
        rates: the rounding step and the decimals of their printed rates.
    """
    ratios, step = {name: significant(table[name], DIGITS) for name in RATIOS}, rates["step"].to_numpy()
    effects = {name: to_digits(nearest(table[name], step), step) for name in EFFECTS}
    return table.assign(**ratios, **effects, decimals=rates["decimals"].to_numpy())


def _marks(row: Mapping[Hashable, Any], base: Mapping[Hashable, Any], model: Logit) -> tuple[str, str, Any]:
    """Returns the flag, the marker and the reason of a category. They come from the published set if the
    category is hidden there, otherwise from the model.

    Args:
        row: the category's published rate, at full precision.
        base: the rate of the reference category, as `row`.
        model: the fitted model.
    """
    if pd.isna(row["estimate"]):
        return str(row["flag"]), str(row["marker"]), row["reason"]
    if row["category"] == base["category"]:
        return "", "", ""
    each = model.cases / (len(model.table) - 1)
    found: dict[str, list[Reason]] = {}
    for least, here, what in (
        (RELIABLE, row["cases"], "few_cases"),
        (RELIABLE, base["cases"], "few_in_reference"),
        (VERY_FEW, each, "few_for_each"),
        (1, model.df, "df"),
    ):
        if here < least and not (what == "few_cases" and here == 0):
            found.setdefault("unreliable", []).append(Reason.of(f"reasons.{what}", N=least))
    if VERY_FEW <= each < FEW:
        found.setdefault("caution", []).append(Reason.of("reasons.few_for_each", N=FEW))
    if has_wide_bounds(row) or has_wide_bounds(base):
        found.setdefault("caution", []).append(Reason.of("reasons.unresolved_left_out"))
    if row["cases"] == 0:
        found["review"] = [NO_CASE]
    flag = next((f for f in FLAGS if f in found), "")
    marker = "u" if flag == "unreliable" else "w" if row["cases"] == 0 else ""
    return flag, marker, joined_reasons(found.get(flag, []))


def _notes(
    persons: ClassifiedSurvey,
    population: str,
    used: Mapping[str, pd.DataFrame],
    alone: list[str],
    left_out: list[str],
) -> tuple[Reason | str, ...]:
    """Returns the notes on a model.

    Args:
        persons: the survey.
        population: the population of the model.
        used: the groups in the model, with their rates.
        alone: the groups of which too little may be shown.
        left_out: the sensitive groups that are not in the model.
    """
    hidden = {g: tuple(map(str, rows.loc[rows["printed"].isna(), "category"])) for g, rows in used.items()}
    merged = tuple(
        Reason.of("model.of_group", group=group_name(g), names=names)
        for g, names in hidden.items()
        if len(names) > 1
    )
    notes: list[Reason | str] = [Reason.of("model.association")]
    if persons.spec.populations[population].sum_of:
        notes.append(read_language(BASE).say("charts.definitions"))
    for code, groups in (
        ("sensitive", [g for g in used if is_sensitive(persons, g)]),
        ("profile", left_out),
        ("too_little", alone),
    ):
        if groups:
            notes.append(Reason.of(f"model.{code}", groups=tuple(map(group_name, groups))))
    if merged:
        notes.append(Reason.of("model.merged", what=merged))
    return tuple(notes)
