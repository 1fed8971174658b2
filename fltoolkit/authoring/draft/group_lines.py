"""Writes the last part of the draft: form, place and months of forced labour, populations, groups, sectors and
the tables that are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.authoring.draft.column_roles import (
    AMOUNTS,
    GROUPS,
    SHORT_SET,
    UnusedColumns,
    answer_codes,
    rank_columns,
)
from fltoolkit.authoring.draft.files_and_design_lines import Sample
from fltoolkit.authoring.draft.question_lines import Questions
from fltoolkit.authoring.draft.vocabulary import first_hit, kind_of, only_kind_of, vocabulary
from fltoolkit.authoring.draft.yaml_lines import (
    YamlLine,
    code_line,
    in_one_line,
    meanings,
    name_and_label,
    yaml_scalar,
)
from fltoolkit.survey.classifications.answer_labels import count_hits
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED, TOTAL
from fltoolkit.yaml_files.loading import UNANSWERED

STANDARD = {
    "sex": "sex",
    "area": "area",
    "status": "icse_93",
    "informality": "informality",
    "social_protection": "social_protection",
}
LAST_CODE = {"2": 99, "3": 990, "4": 9900}  # the last code of ISIC, in any revision, by the number of digits


# --------------------------------------------------------------------------- who imposed it, where, for how m


def coded_lines(key: str, unused: UnusedColumns) -> Iterator[YamlLine]:
    """Yields the draft's lines for a column whose codes are sorted into a few kinds, such as the forms of
    forced labour. Each kind is a key of survey.yaml with a list of codes. Yields nothing if no column fits.

    `key` is the key of survey.yaml that contains these kinds: `form` or `place`.
    """
    column, why = unused.take(key)
    if not column:
        return
    kinds: Mapping[str, Sequence[str]] = getattr(vocabulary(), key)
    by_meaning: dict[str, list[str]] = {}
    for code, label in column.codes.items():
        if code not in column.no_answer:
            negated = first_hit(vocabulary().polarity.negation, label)
            kind = None if negated else only_kind_of(label, kinds)
            by_meaning.setdefault(kind or "other", []).append(code)
    yield from [YamlLine(f"{key}:"), _job_line(unused, column, why)]
    left = by_meaning.pop("other", [])
    for kind in kinds:
        if kind in by_meaning:
            yield code_line(f"  {kind}", column, by_meaning[kind])
        elif left:
            yield YamlLine(f"  {kind}: {UNANSWERED}", f"which of: {meanings(column, left)}")
    if left and by_meaning.keys() == kinds.keys():
        yield code_line(f"  {UNANSWERED}", column, left, f"under {', '.join(kinds)} or missing: ")
    if column.no_answer:
        yield code_line("  missing", column, column.no_answer)


def _job_line(unused: UnusedColumns, column: ColumnContents, why: str) -> YamlLine:
    """Returns the draft's line for a column with a fact about the work. If there are columns whose names
    differ only in a number, the number may be that of a job, as in JOB1 and JOB2. Then the user must say
    whether this is so.

    `why` is the reason why the draft chose the column.
    """
    alike = unused.columns_of_other_jobs(column)
    if not alike:
        return YamlLine(f"  column: {unused.named(column)}", why)
    asks = (
        f"{name_and_label(column)}; and {', '.join(alike[:2])}: if the number is that of a job, write "
        f"{{episode}} in its place"
    )
    return YamlLine(f"  column: {UNANSWERED}", asks)


def month_lines(unused: UnusedColumns) -> Iterator[YamlLine]:
    column, why = unused.take("months")
    if not column:
        return
    missing = unused.beyond(column, 60)
    yield from [YamlLine("months:"), _job_line(unused, column, why)]
    yield YamlLine(f"  covers: {UNANSWERED}", "all_spells of forced labour in the window, or the last_spell")
    if missing:
        yield code_line("  missing", column, missing)


# -------------------------------------------------------------------------------- populations, groups, sectors, tables


def populations(unused: UnusedColumns, q: Questions, sample: Sample) -> Iterator[YamlLine]:
    weight = f", weight: {unused.named(sample.module_weight)}" if sample.module_weight else ""
    why = f"; {name_and_label(sample.module_weight)}" if sample.module_weight else ""
    if sample.module_weight and (rivals := unused.rivals.get(sample.module_weight.name)) is not None:
        why += (
            "".join(f", or {rival}" for rival in rivals)
            + ": the weight of the persons who answered the module"
        )
    yield YamlLine("populations:")
    yield YamlLine(
        f"  adults: {{label: persons aged 18 and over, age: {{min: 18}}{weight}}}",
        f"the adults of the guidelines{why}",
    )
    if q.worked and q.labelled:
        of = f"where: {{{yaml_scalar(q.worked.name)}: {in_one_line(answer_codes(q.worked)['yes'])}}}"
        yield YamlLine(
            f"  workers: {{label: persons aged 18 and over who worked, age: {{min: 18}}, {of}{weight}}}",
            name_and_label(q.worked),
        )


def find_groups(unused: UnusedColumns) -> dict[str, tuple[ColumnContents, str]]:
    """Returns the column of each group (a breakdown such as sex or region), and the reason why the column was
    chosen."""
    taken = {name: unused.take(name)[0] for name in GROUPS}
    return {name: (column, unused.why(column)) for name, column in taken.items() if column}


def groups(
    unused: UnusedColumns, found: dict[str, tuple[ColumnContents, str]], measured: dict[str, list[YamlLine]]
) -> Iterator[YamlLine]:
    yield YamlLine("groups:")
    yield YamlLine("  age_group: {bands: [18, 25, 55, 65]}", "lower limits; choose your own")
    for name, (column, why) in found.items():
        reserved = [code for code, label in column.codes.items() if label in (TOTAL, NOT_STATED)]
        missing = list(dict.fromkeys([*column.no_answer, *reserved]))
        labels = {code: label for code, label in column.codes.items() if code not in missing}
        standard = _categories(name, labels)
        codes = ", ".join(
            f"{yaml_scalar(c)}: {yaml_scalar(v) if v else UNANSWERED}"
            for c, v in (standard or labels).items()
        )
        yield from [YamlLine(f"  {name}:"), YamlLine(f"    column: {unused.named(column)}", why)]
        if standard:
            yield YamlLine(f"    classification: {STANDARD[name]}", "named and coded as ILOSTAT does")
        comment = meanings(column, list(labels)) if standard else ""
        asked = "what the codes mean; put codes for no answer under missing"
        yield YamlLine(f"    codes: {{{codes}}}", comment if all(labels.values()) else asked)
        if missing:
            yield code_line("    missing", column, missing)
    yield from (line for lines in measured.values() for line in lines)


def find_measured(unused: UnusedColumns) -> dict[str, list[YamlLine]]:
    """Returns the draft's lines for groups that are not made from simple codes: fifths of household wealth,
    bands of fees and debts for the job, and disability (six questions)."""
    found: dict[str, list[YamlLine]] = {}
    wealth, why = unused.take("wealth")
    if wealth:
        found["wealth"] = [
            YamlLine(
                f"  wealth: {{column: {unused.named(wealth)}, quantiles: 5}}",
                (f"fifths of all persons; {why}"),
            )
        ]
    for name in AMOUNTS:
        column, why = unused.take(name)
        if column:
            missing = f", missing: {in_one_line(column.no_answer)}" if column.no_answer else ""
            bands = f"  {name}: {{column: {unused.named(column)}, bands: {UNANSWERED}{missing}}}"
            found[name] = [YamlLine(bands, f"lower limits of bands, such as [1, 200, 500]; {why}")]
    short_set = {question: rank_columns(unused.free(), question) for question in SHORT_SET}
    if all(short_set.values()):
        columns = [columns[0] for columns in short_set.values()]
        unused.use(columns)
        found["disability"] = list(_disability(columns))
    return found


def _disability(columns: Sequence[ColumnContents]) -> Iterator[YamlLine]:
    """Yields the draft's lines for the breakdown by disability, which needs the six questions of the
    Washington Group's short set."""
    first, kinds = columns[0], vocabulary().categories["difficulty"]
    missing = [code for code in first.codes if code in first.no_answer]
    stands = {code: kind_of(label, kinds) for code, label in first.codes.items() if code not in missing}
    codes = ", ".join(f"{yaml_scalar(code)}: {kind or UNANSWERED}" for code, kind in stands.items())
    yield YamlLine("  disability:")
    yield YamlLine(
        f"    washington_group: {in_one_line([column.name for column in columns])}",
        f"the short set's six questions; {name_and_label(first)}",
    )
    yield YamlLine(
        f"    codes: {{{codes}}}",
        (
            "no_difficulty, some_difficulty, a_lot_of_difficulty, cannot_do_at_all; "
            f"{meanings(first, list(stands))}"
        ),
    )
    if missing:
        yield code_line("    missing", first, missing)


def occupations(unused: UnusedColumns, workers: bool) -> Iterator[YamlLine]:
    """Yields the draft's lines for a breakdown by occupation, if a column contains the occupation of a job
    that many persons have. If the label does not say that the codes are ISCO-08, the user must confirm it.
    `workers` says whether survey.yaml has the population of workers."""
    column, why = unused.take("occupation")
    if column is None or column.low is None or not _of_all(column):
        return
    digits = str(column.widths[1])
    missing = unused.beyond(column, LAST_CODE.get(digits, 9900))
    yield from [
        YamlLine("occupations:"),
        YamlLine("  main_job_occupation:"),
        YamlLine(f"    column: {unused.named(column)}", why),
    ]
    is_08 = bool(count_hits(["isco 08", "isco08", "citp 08", "ciuo 08"], column.label))
    yield YamlLine(
        f"    classification: {'isco_08' if is_08 else UNANSWERED}",
        "the label says so" if is_08 else "isco_08, if the codes are ISCO-08",
    )
    yield YamlLine(f"    digits: {digits}", "its longest code; a leading zero that was lost is restored")
    yield YamlLine(
        f"    job: {UNANSWERED}",
        (
            "all_workers if all who worked were asked (then give population:), forced_labour if it is the "
            "work in forced labour"
        ),
    )
    yield YamlLine(
        f"    population: {'workers' if workers else UNANSWERED}",
        "the name of these workers under populations",
    )
    if missing:
        yield YamlLine(f"    missing: {in_one_line(missing)}", "codes that ISCO does not have")


def _categories(name: str, labels: dict[str, str]) -> dict[str, str] | None:
    """Returns the kit's category for each code of a group, found by the code's label: `{"1": "men", "2":
    "women"}`. Returns None if a label fits no category, or if two labels fit the same one. `name` is the
    group, and `labels` gives the label of each code."""
    kinds = vocabulary().categories.get(STANDARD.get(name, ""), {})
    found = {code: kind_of(label, kinds) for code, label in labels.items()}
    known_kinds = {code: kind for code, kind in found.items() if kind}
    return known_kinds if labels and len(set(known_kinds.values())) == len(labels) else None


def find_sectors(unused: UnusedColumns) -> dict[str, ColumnContents]:
    """Returns the columns that contain industry codes (ISIC), by the name of the breakdown. A breakdown is
    called `sector` if few persons have a value in its column: it is then the industry of the job in forced
    labour.
    """
    found: dict[str, ColumnContents] = {}
    for column in rank_columns(unused.free(), "isic"):
        name = "sector" if _of_cases(column) else "main_job_sector"
        found[name if name not in found else f"sector_{len(found) + 1}"] = column
    unused.use(found.values())
    return found


def _of_cases(column: ColumnContents) -> bool:
    return column.filled < column.rows / 20


def _of_all(column: ColumnContents) -> bool:
    return column.filled > column.rows / 4


def sectors(unused: UnusedColumns, found: dict[str, ColumnContents], workers: bool) -> Iterator[YamlLine]:
    if found:
        yield YamlLine("sectors:")
    for name, column in found.items():
        revision = kind_of(column.label, vocabulary().isic)
        digits = "letter" if column.low is None else str(column.widths[1])
        missing = unused.beyond(column, LAST_CODE.get(digits, 9900))
        yield from [
            YamlLine(f"  {name}:"),
            YamlLine(f"    column: {yaml_scalar(column.name)}", name_and_label(column)),
        ]
        yield YamlLine(
            f"    revision: {revision or UNANSWERED}",
            "the label says so" if revision else "the revision of ISIC, such as isic_rev4; no label names it",
        )
        yield YamlLine(f"    digits: {digits}", "its longest code; a leading zero that was lost is restored")
        if not _of_all(column) or not count_hits(vocabulary().main_job, column.known_label):
            few = "few have an answer; " if _of_cases(column) else ""
            yield YamlLine(
                f"    job: {UNANSWERED}",
                (
                    f"{few}forced_labour if it is the work in forced labour, all_workers if all who "
                    "worked were asked (then give population:)"
                ),
            )
        else:
            yield YamlLine("    job: all_workers", "its label names the main job, and many have an answer")
            yield YamlLine(
                f"    population: {'workers' if workers else UNANSWERED}",
                "the name of these workers under populations",
            )
        if missing:
            yield YamlLine(
                f"    missing: {in_one_line(missing)}",
                meanings(column, missing) if column.codes else "codes that ISIC does not have",
            )


def tables(names: Sequence[str], shares: Sequence[str]) -> Iterator[YamlLine]:
    by = f"[{', '.join(['[]', *names])}]"
    yield YamlLine("tables:")
    yield YamlLine(
        f"  - {{measure: prevalence, by: {by}}}",
        "what to publish, as you like; [] is everybody, [sex, region] crosses two groups",
    )
    yield YamlLine(f"  - {{measure: total, by: {by}}}")
    yield from (YamlLine(f"  - {{measure: share, of: {name}}}") for name in shares)
