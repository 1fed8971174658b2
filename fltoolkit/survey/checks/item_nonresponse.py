"""Counts item non-response: how many persons gave no answer to each yes/no question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.survey.answers import (
    answered_no,
    answered_yes,
    any_of,
    declared_no,
    episode_exists,
    has_code,
    is_blank,
    is_skipped,
    no_when_blank,
)
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import ASKED, CHILD, SOURCE, Frame
from fltoolkit.survey.printed_values import rounded_columns
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import AnswerCodes, Routing, Source

if TYPE_CHECKING:
    import pandas as pd

LINK, SIDES = "episodes.same_work", ("items.involuntary", "items.coercion")
Kind = Literal["blank", "gate"]
TICKED = "another option of the question is ticked"


# For each question to children, the earlier question that a child must not have answered with *no*.
BEFORE = {
    f"children.{kind}.{part}": f"children.{kind}.{before}"
    for kind in ("third_party", "with_parents")
    for part, before in (("threat", "done"), ("by_third_party", "threat"))
}


@dataclass(frozen=True)
class AskedQuestion:
    """A yes/no question of survey.yaml, ready to be counted.

    Attributes:
        where: the key of survey.yaml.
        source: the question.
        codes: the codes of the question for *yes*, *no* and missing answers.
        episode: the label of the episode (spell of work) that replaces `{episode}` in the name of its column.
            It is empty if the name has no `{episode}`.
    """

    where: str
    source: Source
    codes: AnswerCodes
    episode: str = ""

    @property
    def column(self) -> str:
        return self.source.column.replace("{episode}", self.episode)


def questions(survey: Survey) -> list[AskedQuestion]:
    """Returns every yes/no question of survey.yaml. A question about episodes (spells of work) that has one
    column for each episode is returned once per episode."""
    spec = survey.spec
    return [
        AskedQuestion(where, source, codes, e)
        for where, source in spec.questions()
        for codes in [source.codes(spec.answers)]
        for e in (spec.episodes.wide if "{episode}" in source.column else ("",))
    ]


def frames_with(survey: Survey, columns: list[str]) -> list[tuple[Frame, list[str]]]:
    """Returns the frames of a survey (rows of persons, rows of episodes) that have some of the given columns.
    Each frame is paired with the list of the given columns that it has."""
    frames = [survey.frame, *([survey.episodes] if survey.episodes is not None else [])]
    split = []
    for frame in frames:
        names = set(frame.collect_schema().names())
        split.append((frame, [c for c in columns if SOURCE + c in names]))
    return [(frame, held) for frame, held in split if held]


def answer_counts(survey: Survey) -> list[dict[str, Any]]:
    """Counts item non-response: how many persons who were asked the module on forced labour gave no answer to
    each question. The counts are exact and must not be published (`nonresponse` gives counts that may be
    shown).

    Returns:
        One mapping per question whose key in survey.yaml begins with `any_work`, `items`,
        `episodes.same_work` or `children`. The mapping has these keys. All after the first four are numbers
        of persons:

        - `where` (the key of survey.yaml), `column`, `label`, `routed` (whether the question has routing)
        - `asked`: no earlier question was answered with *no*. For the question whether involuntary work and
          coercion were in the same work, the person said *yes* to both
        - `dont_know`, `refused`, `not_applicable`: the person gave this answer
        - `missing`: the answer is blank, although the question was asked. Blanks are left out if the routing
          or `blank: no` explains them, or if the person did not have this episode of work
        - `unexpected`: the question was answered, although the routing skips it
        - `yes`, and `answered` (*yes* or *no*): counted only for `items` without `blank: no`, and otherwise 0
    """
    listed = [
        q
        for q in questions(survey)
        if q.where.startswith(("items", "any_work", "episodes.same_work", "children"))
    ]
    rows, mapped = [], survey.spec.mapped
    exist = [q for q in questions(survey) if q.where == "episodes.exists"]
    for frame, columns in frames_with(survey, [q.column for q in listed]):
        names = set(frame.collect_schema().names())
        held = [q for q in listed if q.column in columns]
        frame, stages = with_stages(frame, held, mapped)
        conditions = {f"{i} asked": nw.col(reached) for i, (_, reached) in enumerate(dict.fromkeys(stages))}
        for i, (q, (inside, reached)) in enumerate(zip(held, stages, strict=True)):
            blank = is_blank(q.source, mapped, q.episode)
            unexplained = nw.col(reached) & blank
            if q.source.routing:
                conditions[f"{i} unexpected"] = (
                    nw.col(inside) & is_skipped(q.source.routing, mapped, q.episode) & ~blank
                )
            if (explained := no_when_blank(q.source, mapped, q.episode)) is not None:
                unexplained = unexplained & ~explained
            if absent := without_episode(survey, exist, names, q.episode):
                unexplained = unexplained & ~nw.all_horizontal(*absent, ignore_nulls=False)
            conditions[f"{i} missing"] = unexplained
            if q.where.startswith("items") and not q.source.blank:  # otherwise a blank counts as *no*
                yes, no = (
                    says(q.source, mapped, q.episode) for says in (answered_yes, answered_no)
                )  # a null counts as false
                conditions |= {f"{i} yes": nw.col(inside) & yes, f"{i} answered": nw.col(inside) & (yes | no)}
            for kind in ("dont_know", "refused", "not_applicable"):
                if codes := getattr(q.codes, kind):
                    conditions[f"{i} {kind}"] = nw.col(inside) & has_code(q.source, codes, q.episode)
        counts = count_rows(frame, conditions)
        asked = {stage: counts[f"{i} asked"] for i, stage in enumerate(dict.fromkeys(stages))}
        kinds = ("dont_know", "refused", "not_applicable", "missing", "unexpected", "yes", "answered")
        for i, (q, stage) in enumerate(zip(held, stages, strict=True)):
            row = {
                "where": q.where,
                "column": q.column,
                "label": q.source.label or q.column,
                "asked": asked[stage],
            }
            row["routed"] = q.source.routing is not None
            rows.append(row | {kind: counts.get(f"{i} {kind}", 0) for kind in kinds})
    return rows


def with_stages(
    frame: Frame, held: Sequence[AskedQuestion], mapped: MappedQuestions
) -> tuple[Frame, list[tuple[str, str]]]:
    """Returns the rows with new true/false columns. Also returns, for each question, the names of two of
    these columns, which say who was asked the question. Several questions may have the same two columns.

    The first column says whether a person was asked the module to which the question belongs. The second
    column says whether a person was asked and reached the question: no earlier question (such as the question
    on any work) was answered with *no*. Persons reach the question whether involuntary work and coercion were
    in the same work only if they said *yes* to both.

    Args:
        frame: the rows.
        held: the questions whose columns the frame has.
        mapped: all questions of the survey.
    """
    children = [q.where.startswith("children") for q in held]
    before = [BEFORE.get(q.where, "" if of else "any_work") for q, of in zip(held, children, strict=True)]
    before = [LINK if q.where == LINK else stage for q, stage in zip(held, before, strict=True)]
    inside = {False: nw.lit(True), True: nw.lit(False)}
    if ASKED in frame.collect_schema().names():
        inside = {False: nw.col(ASKED) & ~nw.col(CHILD), True: nw.col(ASKED) & nw.col(CHILD)}
    made = {of: inside[of].alias(f"fl__inside{of:d}") for of in dict.fromkeys(children)}
    stages: dict[tuple[bool, str], nw.Expr] = {}
    for of, stage in dict.fromkeys(zip(children, before, strict=True)):
        if stage == LINK:
            reached = nw.all_horizontal(
                inside[of], *(_answered_yes(held, side, mapped) for side in SIDES), ignore_nulls=False
            )
        else:
            idle = [said_no(q, mapped) for q in held if q.where == stage]
            reached = inside[of] & ~nw.all_horizontal(*idle, ignore_nulls=False) if idle else inside[of]
        stages[of, stage] = reached.alias(f"fl__reached{len(stages)}")
    named = {stage: f"fl__reached{i}" for i, stage in enumerate(stages)}
    stage_columns = [
        (f"fl__inside{of:d}", named[of, stage]) for of, stage in zip(children, before, strict=True)
    ]
    return frame.with_columns(*made.values(), *stages.values()), stage_columns


def said_no(question: AskedQuestion, mapped: MappedQuestions) -> nw.Expr:
    return answered_no(question.source, mapped, question.episode).fill_null(False)


def said_yes_to_an_item(survey: Survey) -> nw.Expr | None:
    """Returns, for each person, whether the person said *yes* to a question of an item. None: the rows of
    persons have no such question, because episodes (spells of work) are rows of a file."""
    there = set(survey.frame.collect_schema().names())
    items = [q for q in questions(survey) if q.where.startswith("items") and SOURCE + q.column in there]
    said = [answered_yes(q.source, survey.spec.mapped, q.episode).fill_null(False) for q in items]
    return nw.any_horizontal(*said, ignore_nulls=False) if said else None


def said_no_to_work(survey: Survey) -> nw.Expr:
    """Returns, for each person, whether the answer to every question on any work is *no*. The rows must have
    the columns of these questions."""
    work = [q for q in questions(survey) if q.where == "any_work"]
    return nw.all_horizontal(*[said_no(q, survey.spec.mapped) for q in work], ignore_nulls=False)


def without_episode(
    survey: Survey, exist: Sequence[AskedQuestion], names: Collection[str], episode: str
) -> list[nw.Expr]:
    """Returns conditions on a person. A person who meets all these conditions did not have the episode
    (spell) of work with this label. The list is empty if survey.yaml has no question that asks which episodes
    a person had.

    Args:
        survey: the survey.
        exist: the questions of `episodes.exists`.
        names: the columns of the rows.
        episode: the label of the episode.
    """
    episodes, mapped = survey.spec.episodes, survey.spec.mapped
    if episodes.counted:
        there = episode in episodes.wide and SOURCE + episodes.counted.number in names
        return (
            [(~episode_exists(episodes.counted, nw.lit(episodes.wide.index(episode) + 1))).fill_null(False)]
            if there
            else []
        )
    asked = [q for q in exist if SOURCE + q.column in names and q.episode == episode]
    absent = []
    for question in asked:
        blank = no_when_blank(question.source, mapped, episode)
        skipped = nw.lit(False) if blank is None else is_blank(question.source, mapped, episode) & blank
        absent.append(said_no(question, mapped) | skipped)
    return absent


@checked
def nonresponse(survey: Survey) -> pd.DataFrame:
    """Counts item non-response: how many persons who were asked the module on forced labour gave no answer to
    each question. The counts may be shown.

    Returns:
        One row per question and key of survey.yaml, with the columns `where` (the key), `column`, `label`,
            `dont_know`, `refused`, `not_applicable`, `missing` (a blank that nothing explains). The counts
            are persons, unweighted. They are rounded to the nearest multiple of twice the confidentiality
            limit (10 if the limit is 5). So no difference between two counts, or between a count and a row of
            `fl.paths`, reveals a small number. A blank means fewer persons than the limit; 0 means nobody.
    """
    import pandas as pd

    counted = ["dont_know", "refused", "not_applicable", "missing"]
    counts = pd.DataFrame(answer_counts(survey), columns=["where", "column", "label", *counted])
    return rounded_columns(counts, counted, survey.spec.confidentiality.smallest_printed_count)


def declared_counts(survey: Survey, kind: Kind) -> pd.DataFrame:
    """Counts the persons whose blank answer to a question counts as *no* only because survey.yaml says so.
    Only persons who were asked the module on forced labour are counted. The counts are exact and must not be
    published.

    Args:
        survey: a survey.
        kind: `blank` counts the blanks of questions with `blank: no`, except those of persons for whom the
            question was skipped. `gate` counts the blanks of persons for whom the question was skipped only
            because they answered an earlier question (the gate) with *don't know* or *refused*.

    Returns:
        One row per column and reason, with the columns `where` (the first key of survey.yaml with this
            question), `column`, `why` (the reason) and `persons`. If episodes (spells of work) are rows of a
            file, `persons` counts episodes. Without such questions, the table is empty.
    """
    import pandas as pd

    return pd.DataFrame(declared_answers(survey, kind), columns=["where", "column", "why", "persons"])


def declared_answers(survey: Survey, kind: Kind) -> list[tuple[str, str, str, int]]:
    """Returns the rows of `declared_counts` for one kind, as tuples of key, column, reason and number of
    persons."""
    mapped, asked = survey.spec.mapped, questions(survey)
    found: dict[tuple[str, str], tuple[str, int]] = {}
    if not any(_declared_reason(q, kind) for q in asked):
        return []
    for frame, columns in frames_with(survey, [q.column for q in asked]):
        held = [q for q in asked if q.column in columns]
        staged, stages = with_stages(frame, held, mapped)
        declared = [
            (q, reached) for q, (_, reached) in zip(held, stages, strict=True) if _declared_reason(q, kind)
        ]
        made_no = {
            f"{i}": nw.col(reached) & _no_by_declaration(q, kind, mapped)
            for i, (q, reached) in enumerate(declared)
        }
        counts = count_rows(staged, made_no)
        for i, (q, _) in enumerate(declared):
            found.setdefault((q.column, _declared_reason(q, kind)), (q.where, counts[f"{i}"]))
    return [(where, column, why, persons) for (column, why), (where, persons) in found.items()]


def _answered_yes(held: Sequence[AskedQuestion], side: str, mapped: MappedQuestions) -> nw.Expr:
    """Returns, for each person, whether the person said *yes* to at least one question on one side of the
    definition of forced labour. `side` is `items.involuntary` or `items.coercion`. `held` are questions of
    both sides; only those of `side` are used. The result is true or false, and never null."""
    return any_of(
        [answered_yes(q.source, mapped, q.episode).fill_null(False) for q in held if q.where.startswith(side)]
    )


def _declared_reason(question: AskedQuestion, kind: Kind) -> str:
    """Returns the reason in survey.yaml for counting a blank of this question as *no*. For the kind `blank`,
    this is the reason for `blank: no`. For `gate`, it is the reason why *don't know* or *refused* at an
    earlier question skips this question. The text is empty if survey.yaml gives no such reason."""
    source = question.source
    if kind == "blank":
        return (source.why or TICKED) if source.blank else ""
    return "; ".join(dict.fromkeys(gate.why for gate in source.gates if gate.why))


def _no_by_declaration(question: AskedQuestion, kind: Kind, mapped: MappedQuestions) -> nw.Expr:
    """Returns, for each person, whether a blank answer to the question counts as *no* only because
    survey.yaml declares it. `kind` is `blank` (the key `blank: no`) or `gate` (a question is skipped after
    *don't know* or *refused* at an earlier question)."""
    source, blank = question.source, is_blank(question.source, mapped, question.episode)
    skipped = is_skipped(source.routing, mapped, question.episode) if source.routing else nw.lit(False)
    if kind == "blank":
        return blank & declared_no(source, mapped, question.episode) & ~skipped
    silent_open = (
        is_skipped(_without_open_skips(source.routing, mapped), mapped, question.episode)
        if source.routing
        else nw.lit(False)
    )
    return blank & skipped & ~silent_open


def _without_open_skips(routing: Routing, mapped: MappedQuestions) -> Routing:
    """Returns a routing in which the question is not skipped after *don't know* or *refused* at an earlier
    question."""
    if routing.column:
        silent = frozenset().union(*(mapped.nonresponse_codes(name) for name in routing.column))
        kept = (
            None if routing.skipped is None else tuple(code for code in routing.skipped if code not in silent)
        )
        return routing.model_copy(update={"skipped": kept, "why": ""})
    below = tuple(_without_open_skips(gate, mapped) for gate in routing.joined)
    return routing.model_copy(update={"all" if routing.all is not None else "any": below})
