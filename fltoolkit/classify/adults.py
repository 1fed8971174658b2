"""Classifies adults by the statistical definition of forced labour of the 20th ICLS, one spell of work
(episode) at a time.

An adult is in forced labour if the same work was involuntary and coerced, and no exception of C29 Art. 2(2)
applies. The definition has two sides: involuntary work and coercion. Each item (such as debt bondage) counts
on one side. The rule set says which items count and how many are needed. Each condition is yes, no or
unresolved (null: the answers do not decide it). A person for whom the definition is unresolved is not counted
as a case, but stays in the denominator.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.children import (
    ADULT,
    ADULT_FROM_CHILD,
    links_to_parents,
    primary_route,
    with_children,
    work_of_children,
)
from fltoolkit.classify.classification_path import end_of_path, items_text, short_trace_text, trace_text
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import (
    group_columns,
    job_column,
    memberships,
    quantile_limits,
    refuse_empty_populations,
)
from fltoolkit.classify.rule_set import (
    SIDES,
    Dimension,
    RuleSet,
    Sources,
    item_columns,
    item_sources,
    lacking,
    load_rules,
    note_on_rule_set,
    obstacle,
)
from fltoolkit.errors import RequestError
from fltoolkit.remembered_results import key_from, remembered
from fltoolkit.survey.answers import (
    all_of,
    answer,
    any_answer,
    any_of,
    at_least,
    code_labels,
    episode_exists,
    truth_of,
)
from fltoolkit.survey.checks.findings import stop_on_errors
from fltoolkit.survey.checks.survey_checks import check_facts
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import CHILD, KEY, SOURCE, Frame, column, numeric
from fltoolkit.survey.engine.engines import kept_in_memory
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, Job
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import FORMS, Children, Episodes, NumberOfEpisodes, Source
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.survey.survey_opening import changeable_parts

MONTHS = "months"
FIRST, LIMITS, ROWS = "fl__first__", "fl__limits", "fl__rows"


@checked
def classify(survey: Survey, rules: str | Path = "icls_2018") -> ClassifiedSurvey:
    """Decide for each person of a survey whether she or he is in forced labour, by a rule set. The survey
    that is passed in does not change.

    Args:
        survey: the survey, as `fl.read_survey` returns it.
        rules: the name of a rule set, or the path of its YAML file. A relative path starts from the folder of
            survey.yaml.

    Returns:
        A ClassifiedSurvey: the survey with these columns added, one row per person. Conditions are true,
        false or null (the answers do not decide it).

        - `any_work`, `involuntary`, `coercion`, `same_work` (the same work was involuntary and coerced, by as
          many items as the rule set needs), `forced_labour` (in the country), `forced_labour_abroad`; if
          asked, `trafficking` and `forced_labour_now` (in forced labour at interview)
        - `route` (`adult`, or the route by which a child is a case), `form` (who imposed the forced labour),
          `exception`, `exception_within_limits`; if children were asked, `route_i` to `route_iv`, each
          decided separately
        - `step` (where the person ends in the flowchart of the definition), `items` (the items answered yes,
          such as `debt_bondage`); the reason in words is the attribute `trace`
        - `months` (in forced labour), and the category of each group in survey.yaml (such as sex)

    Raises:
        RequestError: the survey is classified already.
        DataError: `fl.check` finds errors in the data, or a population has no persons.
        SpecError: there is no such rule set, or it cannot be applied to this survey (for example, too few of
            its items were asked).
    """
    if isinstance(survey, ClassifiedSurvey):
        raise RequestError(
            "this survey is classified already",
            found=survey.rules,
            do="classify what fl.read_survey returned",
        )
    rule = load_rules(rules, survey.path.parent)
    key = key_from(survey, "classified", rule.model_dump_json())
    return remembered(key, lambda: classified_by(survey, rule), state=changeable_parts)


def classified_by(survey: Survey, rule: RuleSet) -> ClassifiedSurvey:
    """Checks a survey, and classifies its persons by a rule set that has already been read. Raises an error
    if the survey has errors, a population has no persons, or the rule set cannot be applied. `classify` calls
    this function and keeps the result, so that a second call takes no time."""
    stop_on_errors(check_facts(survey), str(survey.path))
    refuse_empty_populations(survey)
    if error := obstacle(survey.spec, rule, str(survey.path)):
        raise error
    return classify_checked(survey, rule, hold=True)


def classify_checked(survey: Survey, rule: RuleSet, *, hold: bool = False) -> ClassifiedSurvey:
    """Classifies the persons of a survey by a rule set, without checks.

    Args:
        survey: the survey. The caller knows that it has no errors.
        rule: the rule set. The caller knows that it can be applied to the survey.
        hold: whether to compute the classification now and keep it, if the survey is in memory. If False,
            each estimate computes it again.
    """
    spec, sources = survey.spec, item_sources(survey.spec, rule)

    def computed(rows: Frame) -> Frame:
        return kept_in_memory(rows, survey.held_in, survey.path) if survey.held_in and hold else rows

    rows = _with_outcomes(survey, _Definition(spec, rule, sources))
    if spec.children:
        rows = with_children(computed(rows), spec, spec.children)
    rows = rows.with_columns(
        *group_columns(spec, quantile_limits(spec, survey.rows)),
        *_case_columns(spec, rows.collect_schema().names()),
        end_of_path(spec).alias("step"),
        items_text(sources).alias("items"),
    )
    facts = vars(survey) | {"rows": computed(rows)}
    return ClassifiedSurvey(
        **facts,
        unclassified=survey,
        trace=trace_text(sources, spec),
        short_trace=short_trace_text(sources, spec),
        rules=rule.label,
        rule=rule,
        item_columns=item_columns(sources),
        lacking=lacking(rule, sources),
        to_verify=rule.to_be_verified,
        rule_note=note_on_rule_set(spec, rule),
    )


@dataclass(frozen=True)
class _Definition:
    """The definition of forced labour, as it is applied to one survey.

    Attributes:
        spec: the survey.
        rule: the rule set.
        sources: the questions of the items, as `applicability.item_sources` returns them.
    """

    spec: SurveySpec
    rule: RuleSet
    sources: Sources


def _with_outcomes(survey: Survey, definition: _Definition) -> Frame:
    """Returns the persons with new columns: whether they did any work, their populations, each condition of
    the definition, and their outcome as adults. If children were asked, columns that are needed to classify
    children are added.

    If the survey has episodes (several spells of work per person), each episode is evaluated, and then the
    episodes of each person are combined. For speed, many columns are added in one step: each step repeats all
    column names in its query.
    """
    spec = survey.spec
    of_persons = [any_answer(spec.any_work, spec.mapped).alias("any_work"), *memberships(spec)]
    if spec.children:
        of_persons += work_of_children(spec.children, spec.mapped)
    if not spec.episodes.wide and not spec.episodes.long:
        return _evaluate(
            survey.rows, definition, of_persons, _outcomes(survey, nw.col("fl__here") & _at_interview(spec))
        )
    frame = survey.rows.with_columns(*of_persons)
    if survey.episodes is not None:
        key = spec.files.episodes.key if spec.files.episodes else ()
        spell = [nw.col(SOURCE + c).str.zfill(12) for c in key]  # so that spell 2 comes before spell 10
        rows = _evaluate(
            survey.episodes, definition, [nw.concat_str(spell, separator="/").alias("fl__order")]
        )
    else:
        orders = [nw.lit(f"{i:03d}").alias("fl__order") for i, _ in enumerate(spec.episodes.wide)]
        parts = [
            _evaluate(frame, definition, [order], episode=e)
            for order, e in zip(orders, spec.episodes.wide, strict=True)
        ]
        kept = [KEY, "fl__order", *_truth_columns(definition.sources), *_label_columns(spec), MONTHS]
        rows = nw.concat([p.select(kept) for p in parts], how="vertical")
    combined = frame.join(_over_episodes(rows, spec, definition.sources), on=KEY, how="left")
    if spec.episodes.long and spec.episodes.counted:
        combined = _with_episodes_unseen(combined, spec.episodes.counted, definition.sources)
    return combined.with_columns(_outcomes(survey, nw.col("fl__now")))


def _outcomes(survey: Survey, now: nw.Expr) -> list[nw.Expr]:
    """Returns the outcomes of each person by the definition for adults, and the links of children to their
    parents. `now` says, for a person who worked, whether the forced labour still goes on at the interview."""
    spec, work = survey.spec, nw.col("any_work")
    forced = work & nw.col("fl__here")
    return [
        nw.when(nw.col(LIMITS) != "unresolved")
        .then(nw.col(LIMITS) == "within")
        .alias("exception_within_limits"),
        forced.alias("forced_labour"),
        (work & nw.col("fl__abroad")).alias("forced_labour_abroad"),
        *([(work & now).alias("forced_labour_now")] if spec.current else []),
        *(links_to_parents(survey.rows, spec.children, forced) if spec.children else []),
    ]


def _at_interview(spec: SurveySpec, episode: str = "") -> nw.Expr:
    return (
        any_answer(spec.current, spec.mapped, episode) if spec.current else nw.lit(None, dtype=nw.Boolean())
    )


def _evaluate(
    rows: Frame,
    definition: _Definition,
    first: Sequence[nw.Expr],
    last: Sequence[nw.Expr] = (),
    *,
    episode: str = "",
) -> Frame:
    """Returns the rows with one column for each condition of the definition of forced labour, such as
    `involuntary`. Each row is one person or one spell of work (`episode` is its label, which replaces
    `{episode}` in column names). The caller can add columns: `first` are computed from the rows alone, `last`
    also from the conditions."""
    spec, mapped, sources, col = definition.spec, definition.spec.mapped, definition.sources, nw.col
    exists = _had_episode(spec.episodes, mapped, episode)
    same = spec.episodes.same_work
    linked = any_answer(same, mapped, episode) if isinstance(same, tuple) else nw.lit(True)
    rows = rows.with_columns(
        *first,
        *[
            answer(source, mapped, episode).alias(name)
            for side in sources.values()
            for name, _, source in side
        ],
        *[
            (any_answer([s for *_, s in side], mapped, episode) & exists).alias(which)
            for which, side in sources.items()
        ],
        linked.alias("fl__linked"),
        any_of(
            [_meets_dimension(part, sources, mapped, episode) for part in definition.rule.parts.values()]
        ).alias("fl__enough"),
        *_exception(spec, episode),
    )
    below = all_of([col("involuntary"), col("coercion"), ~col("fl__enough")])
    involuntary = any_of(
        [all_of([col("involuntary"), col("fl__enough")]), _a_child_at_the_start(spec, episode)]
    )
    same_work = all_of([involuntary, col("coercion"), col("fl__linked")])
    place = spec.place
    here = nw.lit(True)
    if place:
        here = truth_of(column(place.column, episode), place.in_country, place.abroad)
    forced = same_work & ~col("fl__excluded")
    # One step, although `same_work` is then computed three times: each further step names all columns again,
    # which takes longer.
    rows = rows.with_columns(
        below.alias("fl__below"),
        same_work.alias("same_work"),
        (forced & here).alias("fl__here"),
        (forced & ~here).alias("fl__abroad"),
    )
    trafficked = (
        any_answer(spec.trafficking, mapped, episode) & exists
        if spec.trafficking
        else nw.lit(None, dtype=nw.Boolean())
    )
    return rows.with_columns(
        *_episode_labels(spec, episode),
        _months(spec, episode),
        trafficked.alias("trafficking"),
        (nw.col("fl__here") & _at_interview(spec, episode)).alias("fl__now"),
        *last,
    )


def _had_episode(episodes: Episodes, mapped: MappedQuestions, episode: str) -> nw.Expr:
    """Returns a true/false column: whether the person had this spell of work (`episode`). The column is true
    for everybody if the survey does not ask this."""
    if episodes.counted:
        if episodes.long:  # a row is there because the person had this work
            return nw.lit(True)
        return episode_exists(episodes.counted, nw.lit(episodes.wide.index(episode) + 1))
    return any_answer(episodes.exist_questions, mapped, episode) if episodes.exists else nw.lit(True)


def _a_child_at_the_start(spec: SurveySpec, episode: str) -> nw.Expr:
    """Returns a true/false column: whether the person was still a child when the work began. Such work counts
    as involuntary without a question.

    The column is false for everybody if survey.yaml names no column with the age at the start of the work. It
    is also false for a person if this age is unknown.
    """
    if spec.age.at_start is None:
        return nw.lit(False)
    start, missing = spec.age.at_start, list(spec.age.missing)
    return (numeric(start, episode) < spec.age.adult).fill_null(False) & ~(
        column(start, episode).is_in(missing).fill_null(False)
    )


def _meets_dimension(part: Dimension, sources: Sources, mapped: MappedQuestions, episode: str) -> nw.Expr:
    """Returns whether the answers meet one dimension of the rule set (`part`): true, false or null (the
    answers do not decide it). By the rule set, each dimension is one way to be in forced labour. A dimension
    needs enough items (such as debt bondage) on each side of the definition (involuntary, coercion), and
    enough strong items. `sources` and `episode` are as in `_evaluate`."""

    def enough(least: int, questions: Sequence[tuple[str, str, Source]]) -> nw.Expr:
        if least == 1:
            return any_answer([source for *_, source in questions], mapped, episode)
        by_item: dict[str, list[nw.Expr]] = {}
        for _, item, source in questions:
            by_item.setdefault(item, []).append(answer(source, mapped, episode))
        return at_least(least, [any_of(asked) for asked in by_item.values()])

    used = {side: [q for q in sources[side] if part.uses(side, q[1], q[2].stage)] for side in SIDES}
    strong = [q for side in SIDES for q in used[side] if q[1] in part.strong]
    return all_of(
        [
            *(enough(getattr(part.at_least, side), used[side]) for side in SIDES),
            enough(part.at_least.strong, strong),
        ]
    )


def _exception(spec: SurveySpec, episode: str) -> list[nw.Expr]:
    """Returns three columns about the exceptions of C29 Art. 2(2), such as military service. `exception` is
    the exception that applies (null: none). `fl__limits` says whether the work is within the limits of the
    exception: within, beyond or unresolved. `fl__excluded` is true if an exception makes the work not forced
    labour."""
    lit, none = nw.lit, nw.lit(None, dtype=nw.String())
    if spec.exceptions is None:
        return [none.alias("exception"), none.alias(LIMITS), lit(False).alias("fl__excluded")]
    kinds = {kind: any_answer(s, spec.mapped, episode) for kind, s in spec.exceptions.kinds.items()}
    within = any_answer(spec.exceptions.within_limits, spec.mapped, episode)
    named = none
    for kind, applies in reversed(
        kinds.items()
    ):  # if several apply, the first that survey.yaml names is kept
        named = nw.when(applies).then(lit(kind)).otherwise(named)
    limits = (
        nw.when(within)
        .then(lit("within"))
        .otherwise(nw.when(~within).then(lit("beyond")).otherwise(lit("unresolved")))
    )
    excluded = any_of(list(kinds.values())) & within
    return [
        named.alias("exception"),
        nw.when(~named.is_null()).then(limits).alias(LIMITS),
        excluded.alias("fl__excluded"),
    ]


def _episode_labels(spec: SurveySpec, episode: str) -> list[nw.Expr]:
    """Returns the columns that describe forced labour in the country: who imposed it (the form), whether it
    began in childhood (the route), and each sector or occupation that the survey asked for. They are null for
    rows that are not in forced labour."""
    forced = nw.col("fl__here")
    form = _form(spec, episode)
    form = nw.when(nw.col(LIMITS) == "beyond").then(nw.lit("state_imposed")).otherwise(_or_not_stated(form))
    route = (
        nw.when(_a_child_at_the_start(spec, episode)).then(nw.lit(ADULT_FROM_CHILD)).otherwise(nw.lit(ADULT))
    )
    labels: list[nw.Expr] = [
        nw.when(forced).then(form).alias(FIRST + "form"),
        nw.when(forced).then(route).alias(FIRST + "route"),
    ]
    for name, s in _jobs_of_cases(spec).items():
        labels.append(nw.when(forced).then(_or_not_stated(job_column(s, episode))).alias(FIRST + name))
    return labels


def _form(spec: SurveySpec, episode: str = "") -> nw.Expr:
    form = spec.form
    return (
        code_labels(form.column, {k: getattr(form, k) for k in FORMS}, episode)
        if form
        else nw.lit(None, dtype=nw.String())
    )


def _months(spec: SurveySpec, episode: str) -> nw.Expr:
    """Returns how many months each person was in forced labour in the country. The column is null for persons
    who did not state the months, and for persons who are not in forced labour."""
    if spec.months is None:
        return nw.lit(None, dtype=nw.Float64()).alias(MONTHS)
    known = nw.col("fl__here") & ~column(spec.months.column, episode).is_in(list(spec.months.missing))
    return nw.when(known).then(numeric(spec.months.column, episode)).alias(MONTHS)


def _label_columns(spec: SurveySpec) -> list[str]:
    return [
        FIRST + "form",
        FIRST + "route",
        *(FIRST + name for name in _jobs_of_cases(spec)),
        "exception",
        LIMITS,
    ]


def _truth_columns(sources: Sources) -> list[str]:
    names = [name for side in sources.values() for name, _, _ in side]
    work = ["involuntary", "coercion", "fl__below", "same_work", "fl__excluded"]
    return [*names, *work, "fl__here", "fl__abroad", "fl__now", "trafficking"]


def _over_episodes(rows: Frame, spec: SurveySpec, sources: Sources) -> Frame:
    """Combines the spells of work (episodes) of each person into one row.

    A condition is true if it is true in one episode, false if it is false in all of them, and otherwise null
    (the answers do not decide it). Labels, such as the form, come from the first episode of forced labour.
    Months are added. If an episode of forced labour has no months, the sum is null, because the other months
    alone would be too few.
    """
    truths, labels = _truth_columns(sources), _label_columns(spec)
    one, half, zero = nw.lit(2), nw.lit(1), nw.lit(0)
    coded = [
        nw.when(nw.col(t)).then(one).otherwise(nw.when(~nw.col(t)).then(zero).otherwise(half)).alias(t)
        for t in truths
    ]
    ordered = [nw.concat_str([nw.col("fl__order"), nw.lit("|"), nw.col(name)]).alias(name) for name in labels]
    spell = nw.col("fl__here").fill_null(False)
    sums = (
        rows.with_columns(*coded, *ordered, spell.cast(nw.Int64).alias("fl__spells"))
        .group_by(KEY)
        .agg(
            *[nw.col(t).max() for t in truths],
            *[nw.col(name).min() for name in labels],
            nw.col(MONTHS).sum(),
            nw.col(MONTHS).count().alias("fl__stated"),
            nw.col("fl__spells").sum(),
            nw.len().alias(ROWS),
        )
    )
    null = nw.lit(None, dtype=nw.Boolean())
    back = [
        nw.when(nw.col(t) == 2)
        .then(nw.lit(True))
        .otherwise(nw.when(nw.col(t) == 0).then(nw.lit(False)).otherwise(null))
        .alias(t)
        for t in truths
    ]
    known = (
        nw.when((nw.col("fl__stated") > 0) & (nw.col("fl__stated") == nw.col("fl__spells")))
        .then(nw.col(MONTHS))
        .alias(MONTHS)
    )
    plain = [nw.col(name).str.replace_all(r"^[^|]*\|", "").alias(name) for name in labels]
    return sums.with_columns(*back, known, *plain).drop("fl__stated", "fl__spells")


def _with_episodes_unseen(frame: Frame, counted: NumberOfEpisodes, sources: Sources) -> Frame:
    """Returns the persons with the conditions of all their episodes (spells of work), also of those without a
    row in the episodes file. The person's own number says how many there were.

    If there was a further episode, or the number is not known, a condition that no row meets is null (nobody
    knows). If the number is not above the number of rows, nothing changes, but for a person without any
    episode each condition is false.
    """
    rows = nw.col(ROWS).fill_null(0)
    further = nw.when(~episode_exists(counted, rows + 1)).then(nw.lit(False))
    seen = {
        name: nw.when(rows > 0).then(nw.col(name)).otherwise(nw.lit(False))
        for name in _truth_columns(sources)
    }
    return frame.with_columns(*[any_of([truth, further]).alias(name) for name, truth in seen.items()])


def _case_columns(spec: SurveySpec, there: Collection[str]) -> list[nw.Expr]:
    """Returns the columns that describe a person in forced labour in the country: the form (who imposed it),
    the route, and sectors and occupations of the job. These columns are null for everyone who is not a case.

    Args:
        spec: the survey.
        there: the names of the columns in the persons' rows.
    """
    labels = {name: nw.col(FIRST + name) for name in ("form", "route", *_jobs_of_cases(spec))}
    if spec.children:
        theirs = _labels_of_children(spec, spec.children, there)
        labels = {
            name: nw.when(nw.col(CHILD)).then(theirs[name]).otherwise(label) for name, label in labels.items()
        }
    return [nw.when(nw.col("forced_labour")).then(label).alias(name) for name, label in labels.items()]


def _labels_of_children(spec: SurveySpec, children: Children, there: Collection[str]) -> dict[str, nw.Expr]:
    """Returns the columns that describe children in forced labour, as {name: column}: form, route, and
    sectors and occupations of the job.

    The form is forced commercial sexual exploitation if the child reported it. Otherwise form, sector and
    occupation come from the adults' columns, if the rows of children have these columns. If not, the three
    are `not stated`. `there` has the names of all columns.
    """
    form = _form(spec) if spec.form and SOURCE + spec.form.column in there else None
    sexual = any_answer(children.worst_forms.get("commercial_sexual_exploitation", ()), spec.mapped)
    labels = {
        "form": nw.when(sexual)
        .then(nw.lit("forced_commercial_sexual_exploitation"))
        .otherwise(_or_not_stated(form))
    }
    for name, s in _jobs_of_cases(spec).items():
        own = tuple(c for c in s.column if SOURCE + c in there)
        labels[name] = _or_not_stated(job_column(s.model_copy(update={"column": own})) if own else None)
    return labels | {"route": primary_route()}


def _or_not_stated(label: nw.Expr | None) -> nw.Expr:
    return nw.lit(NOT_STATED) if label is None else label.fill_null(NOT_STATED)


def _jobs_of_cases(spec: SurveySpec) -> dict[str, Job]:
    """Returns the sectors and occupations in survey.yaml that describe the job in forced labour, as {name:
    entry}. Sectors and occupations of all workers are left out."""
    return {name: s for name, s in spec.jobs.items() if s.job == "forced_labour"}
