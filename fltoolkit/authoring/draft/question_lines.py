"""The middle of a draft: yes/no questions and their codes, where each belongs, and what is known of forced labour itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.authoring.draft.column_roles import (
    Gate,
    answer_codes,
    gate,
    is_coded,
    is_yes_no,
    may_be_yes_no,
    own_codes,
    place,
    usual_codes,
)
from fltoolkit.authoring.draft.unused_columns import UnusedColumns
from fltoolkit.authoring.draft.vocabulary import kind_of, vocabulary
from fltoolkit.authoring.draft.yaml_lines import YamlLine, basis, flow, meanings, scalar
from fltoolkit.yaml_files.loading import UNANSWERED

SIDES = ("involuntary", "coercion")
NEAR = 20  # a question's gate is among so many questions before and after it, or is the one on any work
ONE_ONLY = ("proxy", "alone", "worked")
UNGATED = ("any_work", *ONE_ONLY)  # asked of everybody who was asked anything


@dataclass(frozen=True)
class Questions:
    """The yes/no questions of a file by the key they belong to, with the codes most of them have."""

    all: tuple[ColumnContents, ...]
    labelled: bool
    usual: Mapping[str, list[str]]
    placed: Mapping[str, Sequence[ColumnContents]]
    gates: Mapping[str, Gate]

    @property
    def worked(self) -> ColumnContents | None:
        """Whether a person did any work at all."""
        return next(iter(self.placed.get("worked", ())), None)


def find_questions(unused: UnusedColumns, asked: tuple[str, Sequence[str]] | None) -> Questions:
    """Find the yes/no questions, place them by their labels, and try on the rows who was asked each.

    Without any label that says yes and no, columns with the usual codes are taken for questions, and their codes are asked.
    """
    free = unused.free()
    labelled = [c for c in free if is_yes_no(c)]
    found = labelled or [c for c in free if may_be_yes_no(c)]
    placed: dict[str, list[ColumnContents]] = {}
    for column in found:
        if key := place(column):
            placed.setdefault(key, []).append(column)
    placed |= {key: placed[key][:1] for key in ONE_ONLY if key in placed}
    # What the answer yes to `worked` is, and so the population of workers, only a label says.
    unused.use(c for key, columns in placed.items() if key != "worked" or labelled for c in columns)
    gates = _gates(unused, found, placed, asked) if found else {}
    return Questions(tuple(found), bool(labelled), usual_codes(labelled), placed, gates)


def _gates(
    unused: UnusedColumns,
    found: Sequence[ColumnContents],
    placed: Mapping[str, Sequence[ColumnContents]],
    asked: tuple[str, Sequence[str]] | None,
) -> dict[str, Gate]:
    """By question the column that says who was asked it, for those whose gate the rows bear out."""
    of_all = {c.name for key in UNGATED for c in placed.get(key, ())}
    worked, gates = list(placed.get("worked", ())), dict[str, Gate]()
    step = max(10 * NEAR, unused.table.columns_at_once)
    for start in range(0, len(found), step):
        around = {c.name: c for c in [*worked, *found[max(0, start - NEAR) : start + step + NEAR]]}
        answers = unused.table.answers(list(around.values()), asked)
        for i, column in enumerate(found[start : start + step], start):
            near = {c.name: c for c in [*worked, *found[max(0, i - NEAR) : i + NEAR]]}
            if column.name not in of_all and (tried := gate(answers, column, list(near.values()))):
                gates[column.name] = tried
    return gates


def interview(q: Questions) -> Iterator[YamlLine]:
    keys = [key for key in ("proxy", "alone") if key in q.placed]
    if keys:
        yield YamlLine("interview:")
    for key in keys:
        yield YamlLine(f"  {key}: {source(q, q.placed[key][0])}", "" if q.placed[key][0].label else basis(q.placed[key][0]))


def answers(q: Questions) -> Iterator[YamlLine]:
    if not q.labelled:
        codes = sorted({code for c in q.all for code in c.codes}, key=lambda code: (len(code), code))
        usual = "no label says what the codes mean; the usual ones are {yes: 1, no: 2, dont_know: 8, refused: 9}"
        yield YamlLine(f"answers: {UNANSWERED}", f"{usual}; found: {', '.join(codes) or 'none'}")
        return
    yield YamlLine("answers:", "as most of the yes/no questions have them; where one differs it says its own")
    for kind, codes in q.usual.items():
        if codes:
            like = next(c for c in q.all if answer_codes(c)[kind] == codes)
            yield YamlLine(f"  {kind}: {flow(codes)}", meanings(like, codes))
    if q.usual["not_applicable"]:
        yield YamlLine(f"  not_applicable_means: {UNANSWERED}", "no, or unresolved")


def definition(q: Questions) -> Iterator[YamlLine]:
    """any_work, the items of both sides, and what ties them together."""
    yield from _under("any_work", q, "the questions on any form of work, one a line")
    yield YamlLine()
    yield YamlLine("# yes is the answer that says it happened. A question put the other way round needs its own yes: and no:")
    yield YamlLine("# Rule sets such as hts_2012 need stage: (recruitment, work, leaving) beside each question.")
    yield YamlLine("items:")
    for side in SIDES:
        items = {key.rpartition(".")[2]: columns for key, columns in q.placed.items() if key.startswith(f"items.{side}.")}
        if not items:
            yield YamlLine(
                f"  {side}: {UNANSWERED}",
                "items and their questions; those not placed are at the end; in another file, draft that one too and add it under files",
            )
            continue
        yield YamlLine(f"  {side}:")
        for item, columns in items.items():
            yield YamlLine(f"    {item}:")
            yield from (_item(q, item, c) for c in columns)
    yield YamlLine()
    yield YamlLine("episodes:")
    if same := q.placed.get("same_work"):
        several = [YamlLine("  same_work:"), *(YamlLine(f"    - {source(q, c)}") for c in same)]
        yield from several if len(same) > 1 else [YamlLine(f"  same_work: {source(q, same[0])}")]
    else:
        yield YamlLine(f"  same_work: {UNANSWERED}", "the question whether both sides were in the same work; or: assumed")
    for key in ("trafficking", "current"):
        if key in q.placed:
            yield from [YamlLine(), *_under(key, q, "")]


def _item(q: Questions, item: str, column: ColumnContents) -> YamlLine:
    """A question of an item. Whether one could leave is asked both ways round, so its codes are left to the reader."""
    if item != "no_freedom_to_leave":
        return YamlLine(f"      - {source(q, column)}")
    asked = {"yes": UNANSWERED, "no": UNANSWERED}
    return YamlLine(
        f"      - {source(q, column, asked)}", f"yes: the codes that say one could not leave; of {meanings(column, column.codes)}"
    )


def _under(key: str, q: Questions, asks: str) -> Iterator[YamlLine]:
    if key not in q.placed:
        yield YamlLine(f"{key}: {UNANSWERED}", asks)
        return
    yield YamlLine(f"{key}:")
    yield from (YamlLine(f"  - {source(q, c)}", "" if c.label else basis(c)) for c in q.placed[key])


def source(q: Questions, column: ColumnContents, codes: Mapping[str, str] | None = None) -> str:
    """A question as survey.yaml has it: column, label, codes that are its own, and the routing that the rows bear out.

    `codes`: what to write of its codes instead of what their labels say.
    """
    parts = {"column": scalar(column.name)}
    if column.label:
        parts["label"] = scalar(column.label)
    if q.labelled:
        parts |= {kind: flow(own) for kind, own in own_codes(column, q.usual).items()}
    parts |= codes or {}
    if tried := q.gates.get(column.name):
        parts["routing"] = f"{{column: {scalar(tried.column)}, asked: {flow(tried.asked)}, skipped: {flow(tried.skipped)}}}"
    return "{" + ", ".join(f"{key}: {value}" for key, value in parts.items()) + "}"


# --------------------------------------------------------------------------- who imposed it, where, for how many months


def form(unused: UnusedColumns) -> Iterator[YamlLine]:
    yield from _coded("form", unused, vocabulary().form, _of_some)


def where(unused: UnusedColumns) -> Iterator[YamlLine]:
    yield from _coded("place", unused, vocabulary().place, _of_some)


def _of_some(column: ColumnContents) -> bool:
    return is_coded(column, 20) and not is_yes_no(column) and not column.full


def _coded(
    key: str, unused: UnusedColumns, kinds: Mapping[str, Sequence[str]], fits: Callable[[ColumnContents], bool]
) -> Iterator[YamlLine]:
    """A column whose codes each stand under one of a few keys."""
    column, why = unused.take(key, fits)
    if not column:
        return
    said: dict[str, list[str]] = {}
    for code, label in column.codes.items():
        if code not in column.no_answer:
            said.setdefault(kind_of(label, kinds) or "other", []).append(code)
    yield from [YamlLine(), YamlLine(f"{key}:"), YamlLine(f"  column: {scalar(column.name)}", why)]
    left = said.pop("other", [])
    for kind in kinds:
        if kind in said:
            yield YamlLine(f"  {kind}: {flow(said[kind])}", meanings(column, said[kind]))
        elif left:
            yield YamlLine(f"  {kind}: {UNANSWERED}", f"which of: {meanings(column, left)}")
    if column.no_answer:
        yield YamlLine(f"  missing: {flow(column.no_answer)}", meanings(column, column.no_answer))


def months(unused: UnusedColumns) -> Iterator[YamlLine]:
    column, why = unused.take(
        "months", lambda c: not c.full and c.distinct > 3 and c.low is not None and c.low >= 0 and c.widths[1] <= 3
    )
    if not column:
        return
    missing = unused.beyond(column, 60)
    yield from [YamlLine(), YamlLine("months:"), YamlLine(f"  column: {scalar(column.name)}", why)]
    yield YamlLine(f"  covers: {UNANSWERED}", "all_spells of forced labour in the window, or the last_spell")
    if missing:
        yield YamlLine(f"  missing: {flow(missing)}", meanings(column, missing))


def not_placed(unused: UnusedColumns, q: Questions) -> Iterator[YamlLine]:
    """What is left, as comments: questions ready to be moved, then every other column."""
    questions = [c for c in q.all if c.name not in unused.used]
    if questions:
        yield from [
            YamlLine(),
            YamlLine("# Questions not placed. Move a line under any_work or an item of items, and take away its #."),
        ]
        for c in questions:
            routes = [name for name, tried in q.gates.items() if tried.column == c.name]
            says = f"; says who was asked {', '.join(routes)}" if routes else ""
            yield YamlLine(f"#     - {source(q, c)}", f"{meanings(c, c.codes)}{says}")
    others = [c for c in unused.free() if c not in questions]
    if others:
        yield from [YamlLine(), YamlLine("# Columns not used:")]
        yield from (
            YamlLine(f"#   {scalar(c.name)}", "; ".join(filter(None, [c.label, meanings(c, c.codes, most=12)]))) for c in others
        )
