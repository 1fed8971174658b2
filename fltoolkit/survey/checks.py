"""Data-quality findings, before any estimate: what, where, how many, how bad, and what to do.

Counts about design and demographic columns are shown as they are; counts of module answers below the confidentiality limit
are not (DESIGN.md, nothing leaves unpublished).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from fltoolkit.survey.breakdowns import Group
from fltoolkit.survey.design import AGE, HOUSEHOLD, PSU, STRATA, Survey, weight_of
from fltoolkit.survey.findings import count_rows, finding, findings, guarded
from fltoolkit.survey.industries import industries
from fltoolkit.survey.questions import FORMS, AnswerCodes, Source
from fltoolkit.survey.read import SOURCE, Frame


@dataclass(frozen=True)
class Question:
    """A yes/no question of the module or before it, its codes filled in."""

    where: str
    source: Source
    codes: AnswerCodes
    episode: str = ""

    @property
    def column(self) -> str:
        return self.source.column.replace("{episode}", self.episode)


def check(survey: Survey) -> pd.DataFrame:
    """Everything about the data that a statistician should know before an estimate.

    Returns:
        One row a finding: `severity` (error, warning, note), `check`, `where` (the column or key), `what`, `count` (rows;
        `fewer than N` for a confidential count), `do`. Errors first. No findings: an empty table.
    """
    about_data = [*_design(survey), *_codes(survey), *industries(survey), *_ages(survey), *_joins(survey)]
    return findings([*about_data, *_answers(survey), *_module(survey)])


def describe(survey: Survey) -> pd.DataFrame:
    """The survey in a few facts (`fact`, `value`): what it is, its window, its design, and how many it reached."""
    spec, design = survey.spec, survey.spec.design
    households = survey.frame.select(HOUSEHOLD).unique().select(nw.len().alias("n")).collect("pandas").to_native().iloc[0, 0]
    pairs = survey.frame.select(STRATA, PSU).unique().collect("pandas").to_native()
    counts = count_rows(survey.frame, {"persons": nw.lit(True), "answered": _asked(survey), "refused": _refused(survey)})
    window = spec.reference_period
    dates = f" ({window.start} to {window.end})" if window.start and window.end else ""
    facts = {
        "Survey": f"{spec.title}; {spec.country}, {spec.year}, round {spec.round}",
        "Reference period": f"{window.text}{dates}",
        "Persons in the file": f"{counts['persons']:,} in {households:,} households",
        "Answered the module": f"{counts['answered']:,}; refused it as a whole: {counts['refused']:,}",
        "Strata": f"{pairs[STRATA].nunique():,} ({', '.join(design.strata) or 'none'})",
        "Primary sampling units": f"{pairs[PSU].nunique():,} ({design.psu})" if design.psu else "none: persons drawn directly",
        "Selection of PSUs": f"{design.selection}; {'with FPC ' + design.fpc if design.fpc else 'variance as if with replacement'}",
        "Populations": "; ".join(f"{p.label} (weight {p.weight or design.weight})" for p in spec.populations.values()),
        "Not reached": "; ".join(spec.coverage_excludes) or "not said",
    }
    return pd.DataFrame(list(facts.items()), columns=["fact", "value"])


def questions(survey: Survey) -> list[Question]:
    """Every yes/no question the spec maps, one for each episode label."""
    spec = survey.spec
    return [
        Question(where, source, source.codes(spec.answers), e)
        for where, source in spec.questions()
        for e in (spec.episodes.wide if "{episode}" in source.column else ("",))
    ]


def _asked(survey: Survey) -> nw.Expr:
    module = survey.spec.module
    return nw.lit(True) if module is None else nw.col(SOURCE + module.column).is_in(list(module.answered)).fill_null(False)


def _refused(survey: Survey) -> nw.Expr:
    module = survey.spec.module
    return nw.lit(False) if module is None else nw.col(SOURCE + module.column).is_in(list(module.refused)).fill_null(False)


def _design(survey: Survey) -> list[dict[str, object]]:
    spec, out = survey.spec, []
    columns = {weight_of(p): v.weight or spec.design.weight for p, v in spec.populations.items()}
    tests: dict[str, nw.Expr] = {"psu": nw.col(PSU).is_null(), "strata": nw.col(STRATA).is_null()}
    for inside, name in columns.items():
        text, weight = nw.col(SOURCE + name), nw.col(inside)
        tests |= {f"{name} text": weight.is_null() & ~text.is_null(), f"{name} bad": (weight < 0) | ~weight.is_finite()}
        tests |= {f"{name} zero": weight == 0, f"{name} blank": text.is_null() & _asked(survey), f"{name} some": weight > 0}
    counts = count_rows(survey.frame, tests)
    for name in dict.fromkeys(columns.values()):
        for kind, severity, what, do in (
            ("text", "error", "weights that are not numbers", "use a point for decimals and no thousands separator"),
            ("bad", "error", "negative or infinite weights", "correct them; a weight is how many persons one stands for"),
            ("blank", "error", "persons who answered the module have no weight", "fill it in, or correct module.answered"),
            ("zero", "warning", "weights of zero: these persons count for nothing", "confirm that they should"),
        ):
            if counts[f"{name} {kind}"]:
                out.append(finding(severity, "weights", name, what, counts[f"{name} {kind}"], do))
        if not counts[f"{name} some"]:
            out.append(finding("error", "weights", name, "no weight is above zero", 0, "check design.weight"))
    do = "fill it in; everyone was drawn somewhere"
    for key, name in (("psu", spec.design.psu or ""), ("strata", ", ".join(spec.design.strata))):
        if counts[key]:
            out.append(finding("error", "design", name, f"rows without {key}", counts[key], do))
    return [*out, *_clusters(survey)]


def _clusters(survey: Survey) -> list[dict[str, object]]:
    if not survey.clustered:
        return []
    pairs = survey.frame.select(STRATA, PSU).unique().collect("pandas").to_native().dropna()
    out, design = [], survey.spec.design
    in_two = pairs[PSU][pairs[PSU].duplicated()].unique()
    if len(in_two):
        what = f"PSU labels in more than one stratum: {', '.join(map(str, in_two[:10]))}"
        do = "if labels restart in each stratum say nest: true under design"
        out.append(finding("error", "design", design.psu or "", what, len(in_two), do))
    sizes = pairs[STRATA].value_counts()
    single = sizes[sizes == 1].index
    if len(single):
        severity = "error" if design.single_psu == "fail" else "warning"
        what = f"strata with a single PSU: {', '.join(map(str, single[:10]))}"
        where, do = ", ".join(design.strata) or "design", "merge them with a neighbour, or choose single_psu"
        out.append(finding(severity, "design", where, what, len(single), do))
    return out


def _codes(survey: Survey) -> list[dict[str, object]]:
    """Codes in the data that survey.yaml does not know. Nothing is guessed: they stop the estimate."""
    known: dict[str, tuple[str, set[str]]] = {}

    def add(column: str, where: str, codes: Iterable[str]) -> None:
        path, seen = known.get(column, (where, set()))
        known[column] = (path, seen | set(codes))

    spec = survey.spec
    for q in questions(survey):
        c = q.codes
        add(q.column, q.where, [*c.yes, *c.no, *c.dont_know, *c.refused, *c.not_applicable])
        if r := q.source.routing:
            add(r.column.replace("{episode}", q.episode), f"{q.where}.routing", [*r.asked, *r.skipped])
    for name, group in spec.groups.items():
        if isinstance(group, Group):
            for column in group.column:
                add(column, f"groups.{name}", [*group.codes, *group.missing])
    if m := spec.module:
        add(m.column, "module", [*m.answered, *m.refused, *m.not_asked])
    for e in spec.episodes.wide or ("",):
        if f := spec.form:
            codes = [code for kind in (*FORMS, "missing") for code in getattr(f, kind)]
            add(f.column.replace("{episode}", e), "form", codes)
        if p := spec.place:
            add(p.column.replace("{episode}", e), "place", [*p.in_country, *p.abroad, *p.missing])
    out = []
    for frame, columns in _holding(survey, list(known)):
        value = {c: nw.col(SOURCE + c) for c in columns}
        strange = {c: ~v.is_null() & ~v.is_in(sorted(known[c][1])) for c, v in value.items()}
        for column, rows in count_rows(frame, strange).items():
            if rows:
                where = known[column][0]
                unknown = frame.filter(strange[column].fill_null(False)).select(SOURCE + column).unique()
                codes = sorted(unknown.collect("pandas").to_native().iloc[:, 0])
                what = f"codes that survey.yaml does not name: {', '.join(codes[:12])}"
                answers = not where.startswith(("groups", "module"))
                count = guarded(rows, spec.confidentiality.cases) if answers else rows
                do = f"add them under {where}, as an answer or as missing"
                out.append(finding("error", "unknown codes", f"{column} ({where})", what, count, do))
    return out


def _holding(survey: Survey, columns: list[str]) -> list[tuple[Frame, list[str]]]:
    """The persons' and the episodes' frame, each with those of the columns it holds."""
    frames = [survey.frame, *([survey.episodes] if survey.episodes is not None else [])]
    split = []
    for frame in frames:
        names = set(frame.collect_schema().names())
        split.append((frame, [c for c in columns if SOURCE + c in names]))
    return [(frame, held) for frame, held in split if held]


def _ages(survey: Survey) -> list[dict[str, object]]:
    age, spec = nw.col(AGE), survey.spec
    text = nw.col(SOURCE + spec.age.column)
    counts = count_rows(
        survey.frame,
        {
            "outside": (age < 0) | (age > spec.age.max),
            "text": age.is_null() & ~text.is_null() & ~text.is_in(list(spec.age.missing)),
            "missing": age.is_null(),
        },
    )
    out = []
    if counts["outside"]:
        do = "list codes such as 999 under age.missing; raise age.max if such ages are real"
        out.append(finding("error", "age", spec.age.column, f"ages below 0 or above {spec.age.max}", counts["outside"], do))
    if counts["text"]:
        out.append(finding("error", "age", spec.age.column, "ages that are not numbers", counts["text"], "give completed years"))
    if counts["missing"]:
        out.append(finding("warning", "age", spec.age.column, "age not stated; those who answered the module stay in, in a row of their own",
                           counts["missing"], "ask again or impute before, if you can"))  # fmt: skip
    return out


def _joins(survey: Survey) -> list[dict[str, object]]:
    out = []
    for join in survey.joins:
        key = f"files.{join.file}"
        if join.unmatched_persons and join.file == "household":
            what = "persons without a row in the household file"
            out.append(finding("warning", "files", key, what, join.unmatched_persons, "check the keys"))
        if join.unmatched_rows:
            what = f"rows of the {join.file} file without a person; left out"
            out.append(finding("warning", "files", key, what, join.unmatched_rows, "check the keys"))
    return out


def _answers(survey: Survey) -> list[dict[str, object]]:
    """Item non-response and routing that was not kept, question by question, among those asked the module."""
    counts, out = answer_counts(survey), []
    limit = survey.spec.confidentiality.cases
    for row in counts.to_dict("records"):
        if row["unexpected"]:
            what, do = "answered although the routing skips it", "check the routing; the answers are used as they are"
            out.append(finding("warning", "routing", row["column"], what, guarded(row["unexpected"], limit), do))
        if row["missing"]:
            what, do = "blank without a reason", "a skip that routing explains needs `routing:` here; these stay unresolved"
            out.append(finding("warning", "non-response", row["column"], what, guarded(row["missing"], limit), do))
        silent = row["dont_know"] + row["refused"]
        if silent:
            what = "don't know or refused; unresolved unless another answer decides"
            out.append(finding("note", "non-response", row["column"], what, guarded(silent, limit), "see notebook 2"))
    return out


def answer_counts(survey: Survey) -> pd.DataFrame:
    """Non-response to each question among persons asked the module, unprotected: `where`, `column`, `label`, `dont_know`,
    `refused`, `not_applicable`, `missing` (blank, of someone who worked, where neither routing nor an absent episode explains
    it), `unexpected` (answered where routing skips).
    """
    asked = _asked(survey)
    listed = [q for q in questions(survey) if q.where.startswith(("items", "any_work", "episodes.same_work"))]
    rows = []
    for frame, columns in _holding(survey, [q.column for q in listed]):
        names = set(frame.collect_schema().names())
        inside = asked if survey.spec.module is None or SOURCE + survey.spec.module.column in names else nw.lit(True)
        held = [q for q in listed if q.column in columns]
        idle = [_no(q) for q in held if q.where == "any_work"]
        working = ~nw.all_horizontal(*idle, ignore_nulls=False) if idle else nw.lit(True)
        exists = [q for q in questions(survey) if q.where == "episodes.exists" and SOURCE + q.column in names]
        conditions: dict[str, nw.Expr] = {}
        for i, q in enumerate(held):
            value, gate = nw.col(SOURCE + q.column), nw.lit(False)
            if r := q.source.routing:
                gate = nw.col(SOURCE + r.column.replace("{episode}", q.episode)).is_in(list(r.skipped)).fill_null(False)
            absent = [_no(e) for e in exists if e.episode == q.episode]
            skipped = gate | nw.all_horizontal(*absent, ignore_nulls=False) if absent else gate
            conditions |= {
                f"{i} {k}": inside & value.is_in(list(getattr(q.codes, k))) for k in ("dont_know", "refused", "not_applicable")
            }
            conditions |= {
                f"{i} missing": inside & working & value.is_null() & ~skipped,
                f"{i} unexpected": inside & gate & ~value.is_null(),
            }
        counts = count_rows(frame, conditions)
        kinds = ("dont_know", "refused", "not_applicable", "missing", "unexpected")
        rows += [
            {"where": q.where, "column": q.column, "label": q.source.label or q.column} | {k: counts[f"{i} {k}"] for k in kinds}
            for i, q in enumerate(held)
        ]
    return pd.DataFrame(rows)


def _no(question: Question) -> nw.Expr:
    return nw.col(SOURCE + question.column).is_in(list(question.codes.no)).fill_null(False)


def nonresponse(survey: Survey) -> pd.DataFrame:
    """`answer_counts` as it may be shown: counts below the confidentiality limit are blank. Its parts are never added up, so
    that a blank cannot be worked out.
    """
    counts, kinds = answer_counts(survey).drop(columns="unexpected"), ["dont_know", "refused", "not_applicable", "missing"]
    low = (counts[kinds] > 0) & (counts[kinds] < survey.spec.confidentiality.cases)
    return counts.assign(**counts[kinds].astype("Int64").mask(low))


def _module(survey: Survey) -> list[dict[str, object]]:
    spec, asked = survey.spec, _asked(survey)
    codes: dict[str, nw.Expr] = {"answered": asked, "refused": _refused(survey)}
    m = spec.module
    wide_or_long = bool(spec.episodes.wide) or spec.episodes.long
    if not wide_or_long:
        items = [nw.col(SOURCE + q.column).is_null() for q in questions(survey) if q.where.startswith("items")]
        work = [nw.col(SOURCE + q.column).is_null() for q in questions(survey) if q.where == "any_work"]
        codes["blank"] = asked & nw.all_horizontal(*items, *work, ignore_nulls=False)
    counts = count_rows(survey.frame, codes)
    out = []
    if not counts["answered"]:
        do = "check module.answered and its codes"
        out.append(finding("error", "module", m.column if m else "module", "nobody answered the module", 0, do))
    if m and counts["refused"]:
        what = "the module was refused as a whole: unit non-response, for the weights to correct"
        out.append(finding("note", "module", m.column, what, counts["refused"], "confirm that the module weight corrects for it"))
    if counts.get("blank"):
        what, do = "every question blank, yet counted as asked", "if they were not asked or refused, say so under module"
        out.append(finding("warning", "module", "items", what, guarded(counts["blank"], spec.confidentiality.cases), do))
    return out
