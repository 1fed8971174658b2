"""Lists the main facts of a survey: what it is, how the sample was drawn, and how many persons it reached. Others
compare two rounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.languages.reasons import Reason, Reasons, joined_reasons
from fltoolkit.survey.answers import answered_no, answered_yes, one_of
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.checks.rules.weight_rules import weight_columns
from fltoolkit.survey.design.design_summary import design_facts
from fltoolkit.survey.design.survey_design import Design, Survey
from fltoolkit.survey.engine.columns import (
    AGE,
    ASKED,
    CHILD,
    FACTOR,
    HOUSEHOLD,
    PSU,
    SOURCE,
    STRATA,
    WEIGHT,
    column,
)
from fltoolkit.survey.engine.engines import to_count, to_pandas, to_rows, to_sums
from fltoolkit.survey.printed_values import count_in_words, rounded, rounded_sum, sum_in_words
from fltoolkit.survey.spec.files_and_design import DesignSpec, ModuleStatus
from fltoolkit.survey.spec.groups_and_tables import Group
from fltoolkit.survey.spec.questions import ReferencePeriod

if TYPE_CHECKING:
    import pandas as pd

FEWEST_WEIGHTS = 100  # persons; quantiles of fewer weights would tell of single persons
SELECTION = {
    "pps": "with probability proportional to size",
    "srs": "simple random",
    "systematic": "systematic",
}
KINDS = ("proxy", "alone")
ANSWERED, MODE = "answered", "mode "
_KNOWN: WeakKeyDictionary[Survey, dict[str, int]] = (
    WeakKeyDictionary()
)  # kept, because every estimate of a run needs it


@checked
def describe(design: Design) -> pd.DataFrame:
    """Returns the main facts of a survey: what it is, its reference period, its sample design, and how many
    persons it reached.

    For a design without a survey.yaml, the facts are those of `print(design)`: strata, sampling units,
    degrees of freedom, strata with a single PSU, FPC (finite population correction) or replicate weights, and
    the range of weights.

    Args:
        design: a survey, a classified survey, or any design.

    Returns:
        One row per fact, with the columns `fact`, `value`.
    """
    import pandas as pd

    facts = _survey_facts(design) if isinstance(design, Survey) else design_facts(design)
    return pd.DataFrame(list(facts.items()), columns=["fact", "value"])


def refused_module(survey: Survey) -> nw.Expr:
    """Returns, for each person, whether the person refused the whole module on forced labour. For a child,
    the module on children counts, if survey.yaml names a column for this module."""
    module, own = survey.spec.module, survey.spec.children.module if survey.spec.children else None
    return nw.when(nw.col(CHILD)).then(_refused_code(own or module)).otherwise(_refused_code(module))


def have_same_data(before: Survey, after: Survey) -> bool:
    """Returns whether two rounds have equally many persons, with the same weights and ages."""
    age = nw.col(AGE).fill_null(0.0)
    weight = nw.when(nw.col(WEIGHT).is_finite()).then(nw.col(WEIGHT)).otherwise(0.0)
    sums = [nw.lit(1), weight, weight * age, age * age]
    one, two = (to_sums(survey.frame, sums, survey.path) for survey in (before, after))
    return all(math.isclose(a, b, rel_tol=1e-12) for a, b in zip(one, two, strict=True))


def category_of_psus(survey: Survey, name: str) -> dict[tuple[object, object], str]:
    """Returns the category of a group in each PSU whose persons all have the same, by stratum and label of the
    PSU. `name` is the name of the group in survey.yaml."""
    group = survey.spec.groups.get(name)
    if not isinstance(group, Group):
        return {}
    coded = survey.frame.select(nw.col(STRATA), nw.col(PSU), column(group.column).alias("code"))
    ends = coded.group_by(STRATA, PSU).agg(nw.col("code").min(), nw.col("code").max().alias("high"))
    rows = to_pandas(ends.filter(nw.col("code") == nw.col("high")), survey.path)
    codes = rows["code"].map(lambda code: group.labels.get(str(code), str(code)))
    return dict(zip(zip(rows[STRATA], rows[PSU], strict=True), codes, strict=True))


def interview_counts(survey: Survey) -> Mapping[str, int]:
    """Returns the number of persons who answered the module on forced labour, and how many of them answered
    under each condition of the interview. The keys are `answered`, `proxy` (another person answered), `alone`
    (somebody else was present: the person answered *no* to the question whether they were alone) and `mode
    <name>`, such as `mode telephone`. The counts are exact and must not be published.

    Only the questions under `interview` in survey.yaml are counted, and the mapping is empty if there are
    none. A person without an answer to such a question is counted under `answered` only.
    """
    if survey not in _KNOWN:
        _KNOWN[survey] = _counts_by_condition(survey)
    return _KNOWN[survey]


def mode_shares(survey: Survey) -> tuple[tuple[str, float], ...]:
    """Returns the share (0 to 1) of interviews in each mode, such as face to face or telephone, among
    interviews with a known mode. The result is a list of pairs of name and share, sorted by name. It is empty
    if survey.yaml names no mode, or if no mode is known.

    The shares are exact and are never printed."""
    counts = {
        name.removeprefix(MODE): n for name, n in interview_counts(survey).items() if name.startswith(MODE)
    }
    known = sum(counts.values())
    return tuple((name, n / known) for name, n in sorted(counts.items())) if known else ()


def conditions_in_words(survey: Survey) -> Reason | Reasons | str:
    """Returns, in words, the conditions of the interviews, such as `answered by somebody else: 12%; somebody
    else was present: 20%; mode face to face: 80%`. The text is empty if survey.yaml has no question under
    `interview`.

    The percentages are computed from rounded counts. A count below the confidentiality limit becomes `fewer
    than 5 persons`.
    """
    counts, limit = interview_counts(survey), survey.spec.confidentiality.smallest_printed_count
    shares = [_share(name, n, counts[ANSWERED], limit) for name, n in counts.items() if name != ANSWERED]
    return joined_reasons(shares)  # type: ignore[no-any-return]


def _dates(window: ReferencePeriod) -> str:
    """Returns the dates of a reference period in brackets. If they span more months than the period has, they
    are those of different persons: the earliest start, and the latest interview."""
    start, end = window.start, window.end
    if not (start and end):
        return ""
    first, last = (f"{day.day} {day:%B %Y}" for day in (start, end))
    spanned = 12 * (end.year - start.year) + end.month - start.month + 1
    return (
        f" (earliest start {first}, latest interview {last})"
        if spanned > window.months
        else f" ({first} to {last})"
    )


def _survey_facts(survey: Survey) -> dict[str, str]:
    """Returns the main facts of a survey as {fact: value}, in words, such as its year and its reference
    period."""
    spec, design = survey.spec, survey.spec.design
    households = to_count(survey.frame.select(HOUSEHOLD).unique().select(nw.len().alias("n")), survey.path)
    pairs = to_pandas(survey.frame.select(STRATA, PSU).unique(), survey.path)
    counts = count_rows(
        survey.frame, {"persons": nw.lit(True), "answered": nw.col(ASKED), "refused": refused_module(survey)}
    )
    limit = spec.confidentiality.smallest_printed_count
    persons = {
        "persons": count_in_words(counts["persons"], limit),
        "households": count_in_words(households, limit),
    }
    window, own = spec.reference_period, spec.children.module if spec.children else None
    facts = {
        "Survey": (
            f"{spec.title}; {spec.country}, {spec.year}{f' ({spec.round} round)' if spec.round else ''}"
        ),
        "Reference period": f"{window.text}{_dates(window)}",
        "Persons in the file": f"{persons['persons']} in {persons['households']} households",
        f"Answered {'their' if own else 'the'} module": _response(
            counts["answered"], counts["refused"], limit, known=spec.module is not None
        ),
        **_not_asked(spec.module, own),
        "Strata": f"{pairs[STRATA].nunique():,}, from {_columns(design.strata)}" if design.strata else "none",
        "Primary sampling units": _psus(survey, pairs[PSU].nunique()),
        "Selection of PSUs": f"{SELECTION[design.selection]}; {_variance(design)}",
        "Populations": "; ".join(
            f"{p.label} ({' + '.join(p.sum_of) or f'weighted by {p.weight or design.weight}'})"
            for p in spec.populations.values()
        ),
        **_weights(survey),
        "Not reached": "; ".join(spec.coverage_excludes) or "not said",
    }
    if spec.calibration:
        facts["Calibration of weights"] = (
            f"{spec.calibration.method} to {', '.join(m.name for m in spec.calibration.targets)}"
        )
    return facts


def _weights(survey: Survey) -> dict[str, str]:
    """Returns how far the weights differ, one fact for each weight: quantiles, the coefficient of variation,
    Kish's approximate design effect 1 + CV² (Kish 1965, section 11.7), and the share of the largest 1% in the
    sum. Only persons who answered the module count. Numbers have two digits, so that no single weight is
    printed."""
    facts = {}
    for name, inside in weight_columns(survey.spec).items():
        weight = nw.col(inside) / nw.col(FACTOR)
        rows = survey.frame.filter((nw.col(ASKED) & weight.is_finite() & (weight > 0)).fill_null(False))
        rows = rows.select(weight.alias(WEIGHT))
        own = nw.col(WEIGHT)
        persons, added, squares = map(float, to_sums(rows, [nw.lit(1), own, own * own], survey.path))
        if persons < FEWEST_WEIGHTS:
            continue
        parts = [own.quantile(part, "linear").alias(f"q{part}") for part in (0.05, 0.5, 0.95, 0.99)]
        (low, half, high, top), *_ = to_rows(rows.select(parts), survey.path)
        (carried,) = to_sums(rows, [nw.when(own > top).then(own).otherwise(0.0)], survey.path)
        kish = persons * squares / added**2
        facts[f"Weights {name}"] = (
            f"5% below {rounded_sum(low):,.10g}, half below {rounded_sum(half):,.10g}, 5% above {rounded_sum(high):,.10g}; "
            f"coefficient of variation {math.sqrt(max(0.0, kish - 1)):.2f}, Kish's design effect {kish:.2f}; "
            f"the largest 1% carry {float(carried) / added:.0%} of the sum"
        )
    return facts


def _response(answered: int, refused: int, limit: int, *, known: bool) -> str:
    """Returns how many persons answered the module on forced labour, of how many who were asked. The response
    rate is that of the printed numbers. `known` says whether the data have a column for those who refused the
    whole module."""
    if not known:
        return f"{count_in_words(answered, limit)}; the data do not say who refused it"
    parts = rounded(answered, limit), rounded(refused, limit)
    rate = f" ({parts[0] / (parts[0] + parts[1]):.0%})" if parts[0] and parts[1] else ""
    asked = sum_in_words(answered, refused, limit)
    return (
        f"{count_in_words(answered, limit)} of {asked} asked{rate}; refused it as a whole: "
        f"{count_in_words(refused, limit)}"
    )


def _not_asked(module: ModuleStatus | None, of_children: ModuleStatus | None) -> dict[str, str]:
    """Returns who was not asked the module on forced labour, as a fact: the codes, with their labels if
    survey.yaml gives them. If children have a module of their own, each module is named. The fact is empty if
    survey.yaml names no codes."""
    adults, children = _codes_not_asked(module), _codes_not_asked(of_children)
    if of_children is None:
        return {"Not asked the module": adults} if adults else {}
    told = [f"{name} module: {codes}" for name, codes in (("adult", adults), ("child", children)) if codes]
    return {"Not asked": "; ".join(told)} if told else {}


def _codes_not_asked(module: ModuleStatus | None) -> str:
    if module is None:
        return ""
    told = [
        f"{module.labels[code]} (code {code} of {module.column})"
        for code in module.not_asked
        if code in module.labels
    ]
    bare = [code for code in module.not_asked if code not in module.labels]
    return "; ".join(
        [
            *told,
            *([f"code{'s' if len(bare) > 1 else ''} {', '.join(bare)} of {module.column}"] if bare else []),
        ]
    )


def _refused_code(module: ModuleStatus | None) -> nw.Expr:
    return (
        nw.lit(False)
        if module is None
        else nw.col(SOURCE + module.column).is_in(list(module.refused)).fill_null(False)
    )


def _psus(survey: Survey, count: int) -> str:
    if survey.replication:
        known = "not counted" if survey.spec.design.psu else "not known"
        return f"{known}: replicate weights are used instead"
    return (
        f"{count:,}, from {_columns((survey.spec.design.psu,))}"
        if survey.spec.design.psu
        else "none: persons drawn directly"
    )


def _columns(names: Sequence[str]) -> str:
    return f"the column{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _variance(design: DesignSpec) -> str:
    """Returns, in words, how the variance is computed: from replicate weights, with an FPC (finite population
    correction), or as if PSUs were drawn with replacement."""
    if design.replicates:
        return f"variance from {len(design.replicates.names)} replicate weights ({design.replicates.method})"
    if design.fpc:
        return f"with FPC {', '.join(design.fpc)}"
    if not design.certainty:
        return "variance as if with replacement"
    within = _columns(design.second_stage) if design.second_stage else "single persons"
    return (
        f"variance as if with replacement; PSUs certain by {design.certainty.column}, units drawn "
        f"within them: {within}"
    )


def _counts_by_condition(survey: Survey) -> dict[str, int]:
    spec, asked = survey.spec, nw.col(ASKED)
    conditions: dict[str, nw.Expr] = {ANSWERED: asked}
    for kind in KINDS:
        answered = answered_yes if kind == "proxy" else answered_no
        if sources := getattr(spec.interview, kind):
            conditions[kind] = asked & nw.any_horizontal(
                *[answered(source, spec.mapped).fill_null(False) for source in sources],
                ignore_nulls=True,
            )
    if mode := spec.interview.mode:
        value = nw.col(SOURCE + mode.column)
        for label in dict.fromkeys(mode.codes.values()):
            codes = [code for code, of in mode.codes.items() if of == label]
            conditions[MODE + label] = asked & one_of(value, codes)
    return count_rows(survey.frame, conditions) if len(conditions) > 1 else {}


def _share(name: str, count: int, answered: int, limit: int) -> Reason:
    """Returns, in words, the share of interviews under one condition, among persons who answered the module
    on forced labour.

    Args:
        name: the condition: `proxy` (another person answered), `alone` (somebody else was present: *no* to
            the question `alone` is counted), or `mode <name>`.
        count: the exact number of such interviews.
        answered: the exact number of persons who answered the module.
        limit: the confidentiality limit. The share is computed from the rounded `count`.
    """
    of = {} if name in KINDS else {"what": name.removeprefix(MODE)}
    kind = "mode" if of else name
    if (number := rounded(count, limit)) is None:
        return Reason.of(f"interviews.few_{kind}", **of, N=limit)
    if not answered:
        return Reason.of(f"interviews.no_{kind}", **of)
    return Reason.of(f"interviews.{kind}", **of, N=round(100 * min(number, answered) / answered))
