"""Checks the quality of the data before any estimate: what is wrong, where, how often, how serious, and what
to do.

Errors in the design stop all estimates. Their numbers of rows are exact, because no table is printed beside
them. Other counts of persons are rounded, and small counts are not printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.survey.checks.accepted_findings import correction_findings, with_acceptance
from fltoolkit.survey.checks.declared_answers import declared_findings
from fltoolkit.survey.checks.family_checks import family_findings
from fltoolkit.survey.checks.findings import (
    Counted,
    Finding,
    FindingRows,
    count_rows,
    finding_facts,
    findings,
    printed_values,
)
from fltoolkit.survey.checks.industry_checks import industries
from fltoolkit.survey.checks.item_nonresponse import answer_findings, questions
from fltoolkit.survey.checks.survey_facts import refused_module
from fltoolkit.survey.checks.unknown_codes import code_findings, different_values
from fltoolkit.survey.checks.weights.dominant_weights import dominant_weights
from fltoolkit.survey.checks.weights.replicate_checks import replicate_findings
from fltoolkit.survey.checks.weights.weight_sums import weight_columns, weight_findings
from fltoolkit.survey.data.column_values import ROUNDED
from fltoolkit.survey.data.engines import count_distinct, rows_of
from fltoolkit.survey.data.fetch_rows import to_rows
from fltoolkit.survey.data.internal_columns import AGE, ASKED, CHILD, HOUSEHOLD, PART, PSU, SOURCE, STRATA
from fltoolkit.survey.data.person_columns import wanted_columns
from fltoolkit.survey.data.person_frame import Frame, column
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey, weight_of
from fltoolkit.survey.spec.groups import Group
from fltoolkit.survey.spec.survey_spec import SurveySpec

if TYPE_CHECKING:
    import pandas as pd

WIDE = 1000
FORMULA = ("=", "+", "-", "@")
_KNOWN: WeakKeyDictionary[Survey, dict[Mask, list[Finding]]] = (
    WeakKeyDictionary()
)  # kept for `fl.classify` after `fl.check`


@checked
def check(survey: Survey, *, show_values: bool = False) -> pd.DataFrame:
    """Returns the findings of all checks: errors in the data, and what a statistician should know before an
    estimate.

    Args:
        survey: the survey, as `fl.read_survey` returns it.
        show_values: True prints exact counts and all values of the data. The table is then confidential: keep
            it on the screen. By default, a value of the data is printed only if it cannot identify a person,
            and no exact number of persons is printed.

    Returns:
        One row per finding, with the columns `severity` (error, warning, note), `check`, `where` (the column
            or key), `what`, `count` (persons, rounded: `about 30`, `fewer than 5`; exact in an error about
            the design, and for things other than persons), `do`. Errors are first. If nothing was found, the
            table is empty.
    """
    return findings(*_findings_and_limit(survey, show_values))


def check_facts(survey: Survey, *, show_values: bool = False) -> list[dict[str, Any]]:
    """Returns the rows of `check` as a list of mappings, for code that only prints them or looks for
    errors."""
    return finding_facts(*_findings_and_limit(survey, show_values))


def _findings_and_limit(survey: Survey, show_values: bool) -> tuple[list[Finding], int | None]:
    limit = survey.spec.confidentiality.smallest_printed_count
    return all_findings(survey, Mask(limit, off=show_values)), None if show_values else limit


def all_findings(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns all findings about the data of a survey, with the rows that they are about. `mask` decides
    which values the findings may print. The survey is checked at the first call; later calls with the same
    `mask` return the same findings."""
    known = _KNOWN.setdefault(survey, {})
    if mask not in known:
        known[mask] = _check_everything(survey, mask)
    return known[mask]


def _check_everything(survey: Survey, mask: Mask) -> list[Finding]:
    design, ages, module = _counted_together(
        survey, _design_tests(survey), _age_tests(survey), _module_tests(survey)
    )
    about_data = [
        *_design_findings(survey, mask, design),
        *code_findings(survey, mask),
        *industries(survey, mask),
        *_age_findings(survey, mask, ages),
        *_file_findings(survey),
        *family_findings(survey),
    ]
    others = [
        *_label_findings(survey),
        *answer_findings(survey, mask),
        *declared_findings(survey),
        *_module_findings(survey, module),
        *correction_findings(survey),
    ]
    return with_acceptance([*about_data, *others], survey.spec.accept)


@dataclass(frozen=True)
class _CountedConditions:
    """Some conditions on a person (`tests`, by name), and for each of them the number of persons who meet it
    (`counts`)."""

    tests: Mapping[str, nw.Expr]
    counts: Mapping[str, int]


def _counted_together(survey: Survey, *kinds: Mapping[str, nw.Expr]) -> list[_CountedConditions]:
    """Counts the persons who meet each condition of several sets of conditions, in one pass over the data.
    Each set is given as {name: condition}. Returns, for each set, its conditions and these numbers of
    persons."""
    counts = count_rows(
        survey.frame, {f"{i} {name}": test for i, kind in enumerate(kinds) for name, test in kind.items()}
    )
    return [
        _CountedConditions(kind, {name: counts[f"{i} {name}"] for name in kind})
        for i, kind in enumerate(kinds)
    ]


def _unit_columns(spec: SurveySpec) -> tuple[str, ...]:
    """Returns the columns of the data by which persons, households and sampling units are told apart, each
    once."""
    design = spec.design
    named = (*spec.files.person.key, *design.household, *design.strata, design.psu, design.ssu)
    return tuple(dict.fromkeys(name for name in named if name))


def _design_tests(survey: Survey) -> dict[str, nw.Expr]:
    """Returns {name: condition}. Most of these conditions should be true for no person: the PSU or the
    stratum is missing, the code of a unit is a rounded number, or a weight is not a number, negative,
    infinite, zero or blank. One condition per weight (`<column> some`) should be true for some person: the
    weight is above zero."""
    spec = survey.spec
    columns = weight_columns(spec)
    weighed = {n: [p for p in spec.populations if columns.get(weight_of(p)) == n] for n in columns.values()}
    tests: dict[str, nw.Expr] = {"psu": nw.col(PSU).is_null(), "strata": nw.col(STRATA).is_null()}
    tests |= {f"{name} rounded": nw.col(SOURCE + name).str.contains(ROUNDED) for name in _unit_columns(spec)}
    for inside, name in columns.items():
        text, weight = nw.col(SOURCE + name), nw.col(inside)
        tests |= {
            f"{name} text": weight.is_null() & ~text.is_null(),
            f"{name} bad": (weight < 0) | ~weight.is_finite(),
        }
        sides = {spec.of_children(p) for p in weighed[name]}
        side = (
            nw.lit(len(sides) > 1) if len(sides) != 1 else nw.col(CHILD) if True in sides else ~nw.col(CHILD)
        )
        tests |= {
            f"{name} zero": (weight == 0) & nw.col(ASKED) & side,
            f"{name} blank": text.is_null() & nw.col(ASKED) & side,
            f"{name} some": weight > 0,
        }
    return tests


def _design_findings(survey: Survey, mask: Mask, found: _CountedConditions) -> list[Finding]:
    """Returns findings about the sample design: wrong weights, persons without a PSU or stratum, a missing
    column of PSUs, and labels of PSUs and strata. `found` has the conditions of `_design_tests` with the
    number of persons who meet each."""
    spec, tests, counts = survey.spec, found.tests, found.counts
    out: list[Finding] = []
    columns = weight_columns(spec)
    for name in dict.fromkeys(columns.values()):
        for kind, severity, what, do in (
            (
                "text",
                "error",
                "weights that are not numbers, or that the file declares missing",
                (
                    "use a point for decimals and no thousands separator; if the file has commas, say "
                    'decimal: "," there, under files'
                ),
            ),
            (
                "bad",
                "error",
                "negative or infinite weights",
                "correct them; a weight is a number of persons in the population",
            ),
            (
                "blank",
                "error",
                "persons who answered the module have no weight",
                "fill it in, or correct module.answered",
            ),
            (
                "zero",
                "error",
                "weights of zero: these persons answered the module, but count in no estimate",
                "correct them",
            ),
        ):
            if counts[f"{name} {kind}"]:
                condition = tests[f"{name} {kind}"]
                rows = FindingRows(survey.frame, condition)
                sentence = (
                    f"{what}: {printed_values(survey.frame, name, condition, mask)}"
                    if kind == "text"
                    else what
                )
                of: Counted = "persons" if kind == "zero" else "others"
                out.append(
                    Finding(
                        severity,
                        "weights",
                        name,
                        sentence,
                        counts[f"{name} {kind}"],
                        do,
                        rows,
                        of,
                        kind == "zero",
                    )
                )
        if not counts[f"{name} some"]:
            out.append(Finding("error", "weights", name, "no weight is above zero", 0, "check design.weight"))
    out += [*weight_findings(survey), *dominant_weights(survey, mask), *replicate_findings(survey)]
    do = "fill it in; every person belongs to a sampled unit"
    units = [spec.design.psu or "", *(spec.design.second_stage if spec.design.certainty else ())]
    for key, name in (("psu", ", ".join(units)), ("strata", ", ".join(spec.design.strata))):
        if counts[key]:
            rows = FindingRows(survey.frame, tests[key])
            out.append(
                Finding("error", "design", name, f"rows without {key}", counts[key], do, rows, "others")
            )
    for name in _unit_columns(spec):
        if counts[f"{name} rounded"]:
            what = (
                "codes of more than 15 digits that are stored as numbers: they may be rounded, so "
                "that two codes are one"
            )
            do = "store them as text, and export the data again; a number of SPSS or Stata holds 15 digits"
            out.append(Finding("warning", "design", name, what, counts[f"{name} rounded"], do))
    if not survey.clustered and not survey.replication and spec.design.selection == "pps":
        what, do = (
            "PSUs were drawn with probability proportional to size, and no PSU is named",
            "name the column under design.psu; if persons were drawn directly, say selection: srs",
        )
        out.append(Finding("warning", "design", "psu", what, 0, do))
    return [*out, *_assumed_units(survey), *_unit_labels(survey, mask)]


def _assumed_units(survey: Survey) -> list[Finding]:
    """Returns a note about the units that count as drawn within PSUs taken with certainty, if survey.yaml
    names none. A warning is given if persons count as drawn directly, although several persons of one
    household were asked."""
    design, persons = survey.spec.design, "persons count as drawn one by one, also those of one household"
    if design.certainty and not design.ssu:
        what = (
            "within PSUs taken with certainty, "
            f"{'households count as drawn' if design.household else persons}"
        )
        do = (
            "nothing, if that is how they were drawn; otherwise name the column of the units under design.ssu"
        )
        return [Finding("note", "design", ", ".join(design.household) or "ssu", what, "", do)]
    if survey.clustered or survey.replication or design.selection == "pps" or not design.household:
        return []
    at_home = survey.frame.filter(nw.col(ASKED) & ~nw.col(HOUSEHOLD).is_null())
    shared = rows_of(at_home) - count_distinct(at_home, [HOUSEHOLD, PART])
    do = f"if households were drawn, say psu: {design.household[0]}: the interval is too narrow otherwise"
    return (
        [Finding("warning", "design", "psu", f"no PSU is named, so {persons}", shared, do)] if shared else []
    )


def sees_all_errors_of_design(survey: Survey) -> bool:
    """Returns whether `check` finds every error of the sample design that would stop an estimate. For some
    designs it does not, and only a trial estimate shows all errors. These designs have an FPC, second-stage
    units, certain PSUs, replicate weights, normalised weights, no PSUs, a calibration, or conditions
    (`where`) of the default population."""
    design, populations = survey.spec.design, survey.spec.populations
    default = survey.spec.default_population
    parts = [populations[name] for name in populations[default].sum_of or (default,)]
    simple = (
        survey.clustered
        and survey.grosses_up
        and not (survey.stages or survey.replication or design.ssu or design.certainty)
    )
    return simple and survey.spec.calibration is None and not any(part.where for part in parts)


def _unit_labels(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns findings about labels of sampling units: PSU labels that are in more than one stratum, and
    strata with a single PSU."""
    if not survey.clustered:
        return []
    pairs = survey.frame.group_by(STRATA, PSU).agg(nw.len().alias("persons"))
    known = [row for row in to_rows(pairs, survey.path) if None not in row]
    out: list[Finding] = []
    design = survey.spec.design
    strata, psus = (_persons_by_label(known, place) for place in (0, 1))
    in_two = [label for label, parts in psus.items() if len(parts) > 1]
    if in_two:
        what = f"PSU labels in more than one stratum: {_printed_labels(psus, in_two, mask)}"
        do = "if labels restart in each stratum say nest: true under design"
        out.append(Finding("error", "design", design.psu or "", what, len(in_two), do, counted="others"))
    single = [label for label, parts in strata.items() if len(parts) == 1]
    if single:
        severity = "error" if design.single_psu == "fail" else "warning"
        what = f"strata with a single PSU: {_printed_labels(strata, single, mask)}"
        where, do = ", ".join(design.strata) or "design", "merge them with a neighbour, or choose single_psu"
        out.append(Finding(severity, "design", where, what, len(single), do, counted="others"))
    return out


def _persons_by_label(pairs: Sequence[tuple[object, object, int]], place: int) -> dict[object, list[int]]:
    """Returns, for each stratum (if `place` is 0) or PSU label (if it is 1), a list with the numbers of
    persons in its combinations of stratum and PSU. `pairs` are these combinations: stratum, PSU label, number
    of persons."""
    parts: dict[object, list[int]] = {}
    for pair in pairs:
        parts.setdefault(pair[place], []).append(pair[2])
    return parts


def _printed_labels(parts: Mapping[object, Sequence[int]], labels: Iterable[object], mask: Mask) -> str:
    """Returns some labels of strata or PSUs as a message may print them. Labels that could identify a person
    are only counted. `parts` has the numbers of persons of all labels, as `_persons_by_label` returns
    them."""
    return mask.printed({str(label): sum(parts[label]) for label in labels}, len(parts))


def _age_tests(survey: Survey) -> dict[str, nw.Expr]:
    """Returns conditions on a person, as {name: condition}: the age is impossible (`outside`), is not a
    number (`text`), or is unknown (`missing`)."""
    age, spec = nw.col(AGE), survey.spec
    text = nw.col(SOURCE + spec.age.column)
    return {
        "outside": (age < 0) | (age > spec.age.max),
        "text": age.is_null() & ~text.is_null() & ~text.is_in(list(spec.age.missing)),
        "missing": age.is_null(),
    }


def _age_findings(survey: Survey, mask: Mask, found: _CountedConditions) -> list[Finding]:
    spec, tests, counts = survey.spec, found.tests, found.counts
    out: list[Finding] = []
    if counts["outside"]:
        do = "list codes such as 999 under age.missing; raise age.max if such ages are real"
        what, rows = f"ages below 0 or above {spec.age.max}", FindingRows(survey.frame, tests["outside"])
        out.append(
            Finding("error", "age", spec.age.column, what, counts["outside"], do, rows, acceptable=True)
        )
    if counts["text"]:
        values = printed_values(survey.frame, spec.age.column, tests["text"], mask)
        what = f"ages that are not numbers, or that the file declares missing: {values}"
        do, rows = (
            "give completed years; list codes for no age under age.missing",
            FindingRows(survey.frame, tests["text"]),
        )
        out.append(Finding("error", "age", spec.age.column, what, counts["text"], do, rows))
    if counts["missing"]:
        out.append(
            Finding(
                "warning",
                "age",
                spec.age.column,
                "age not stated; those who answered the module stay in, in a row of their own",
                counts["missing"],
                "complete the age in the data, where it is known",
            )
        )
    return out


def _file_findings(survey: Survey) -> list[Finding]:
    out = []
    wanted = wanted_columns(survey.spec)
    used = {
        *wanted.persons,
        *wanted.episodes,
        *(name for file in survey.spec.files.given.values() for name in file.key),
    }
    for kind, there in survey.columns_of_files.items():
        if len(there) > WIDE:
            what, do = (
                f"{len(used.intersection(there))} of {len(there):,} columns are used",
                "nothing: the others are not read",
            )
            out.append(Finding("note", "files", f"files.{kind}", what, len(there), do, counted="others"))
    for join in survey.joins:
        key, do = f"files.{join.file}", "check the keys"
        if join.lost is not None and join.unmatched_rows and _differ_by_zeros(survey, join.lost):
            do = (
                "write the keys alike in both files: keys are text, so 01 is not 1, and these differ by "
                "zeros in front"
            )
        if join.unmatched_persons and join.file == "household":
            what = "persons without a row in the household file"
            out.append(Finding("warning", "files", key, what, join.unmatched_persons, do))
        if join.unmatched_rows:
            what = f"rows of the {join.file} file without a person; left out"
            answers = join.file != "household"  # rows of a household file hold no answers
            rows = None if join.lost is None else FindingRows(join.lost, None, join.file)
            severity = "error" if answers else "warning"
            out.append(
                Finding(severity, "files", key, what, join.unmatched_rows, do, rows, acceptable=answers)
            )
    return out


def _differ_by_zeros(survey: Survey, lost: Frame) -> bool:
    """Returns whether keys without a person (`lost`) are those of persons except for zeros in front, such as
    `01` and `1`."""
    named = [c for c in lost.collect_schema().names() if c.startswith(SOURCE)]
    bare = [nw.col(c).cast(nw.String).str.replace_all("^0+", "") for c in named]
    persons = survey.frame.select(named).with_columns(bare).unique()
    return rows_of(lost.select(named).with_columns(bare).join(persons, on=named, how="inner")) > 0


def _module_tests(survey: Survey) -> dict[str, nw.Expr]:
    """Returns conditions on a person, as {name: condition}: answered the module on forced labour
    (`answered`), refused it (`refused`), or was asked and has only blank answers (`blank`, and `blank
    children` for children)."""
    spec, asked = survey.spec, nw.col(ASKED)
    codes: dict[str, nw.Expr] = {"answered": asked, "refused": refused_module(survey)}
    if not spec.episodes.wide and not spec.episodes.long:
        codes["blank"] = asked & ~nw.col(CHILD) & _all_blank(survey, "items", "any_work")
    if spec.children:
        codes["blank children"] = asked & nw.col(CHILD) & _all_blank(survey, "children")
    return codes


def _module_findings(survey: Survey, found: _CountedConditions) -> list[Finding]:
    spec, counts = survey.spec, found.counts
    m, out = spec.module, []
    if not counts["answered"]:
        do = "check module.answered and its codes"
        out.append(
            Finding("error", "module", m.column if m else "module", "nobody answered the module", 0, do)
        )
    if counts["refused"]:
        what = "the whole module was refused: unit non-response, which the weights should correct"
        where = ", ".join(status.column for status in (m, spec.children and spec.children.module) if status)
        out.append(
            Finding(
                "note",
                "module",
                where,
                what,
                counts["refused"],
                "confirm that the module weight corrects for it",
            )
        )
    for key, where in (("blank", "items"), ("blank children", "children")):
        if counts.get(key):
            what, do = (
                "every question blank, yet counted as asked",
                "if they were not asked or refused, say so under module",
            )
            out.append(Finding("warning", "module", where, what, counts[key], do))
    return out


def _all_blank(survey: Survey, *keys: str) -> nw.Expr:
    """Returns, for each person, whether all questions whose key in survey.yaml begins with one of `keys` are
    blank."""
    blank = [nw.col(SOURCE + q.column).is_null() for q in questions(survey) if q.where.startswith(keys)]
    return nw.all_horizontal(*blank, ignore_nulls=False)


def _label_findings(survey: Survey) -> list[Finding]:
    """Returns notes about groups in which all persons asked have the same category, and about labels that a
    spreadsheet would read as a formula."""
    out = []
    groups = {name: group for name, group in survey.spec.groups.items() if isinstance(group, Group)}
    alike = _same_at_both_ends(survey, groups)
    for name, group in groups.items():
        found = different_values(survey.frame.filter(nw.col(ASKED)), group.column) if name in alike else []
        values = {group.labels.get(code) for code in found if code is not None} - {None}
        if len(values) == 1:
            what = f"everybody asked whose {name} is known is {values.pop()!r}"
            do = "confirm that the column is the right one"
            out.append(Finding("note", "groups", f"groups.{name}", what, len(found), do, counted="others"))
        odd = [label for label in dict.fromkeys(group.labels.values()) if label.startswith(FORMULA)]
        if odd:
            what = (
                f"labels that a spreadsheet would take for a formula: {', '.join(odd)}; the workbook "
                "keeps them as text"
            )
            do = "choose others, for those who open the CSV files in a spreadsheet"
            out.append(Finding("note", "groups", f"groups.{name}", what, len(odd), do, counted="others"))
    return out


def _same_at_both_ends(survey: Survey, groups: Mapping[str, Group]) -> set[str]:
    """Returns the names of those groups in which the lowest and the highest known code have the same
    category, among persons who were asked. In any other group, persons have different categories. So only the
    groups that are returned must be read completely, which saves time."""
    ends: list[nw.Expr] = []
    for i, group in enumerate(groups.values()):
        value = column(group.column)
        known = nw.when(nw.col(ASKED) & value.is_in(list(group.labels))).then(value)
        ends += [known.min().alias(f"fl__low{i}"), known.max().alias(f"fl__high{i}")]
    if not ends:
        return set()
    (found,) = to_rows(survey.frame.select(ends), survey.path)
    pairs = zip(groups.items(), found[::2], found[1::2], strict=True)
    return {
        name
        for (name, group), low, high in pairs
        if low is not None and group.labels[low] == group.labels[high]
    }
