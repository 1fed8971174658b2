"""Rules on persons in several pooled files, such as four quarters: whether the weight factors, the weights and
the codes of the files fit together. They read the data only if survey.yaml names several files of persons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import narwhals as nw

from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.answers import answered_no, answered_yes
from fltoolkit.survey.checks.item_nonresponse import frames_with, questions
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import ASKED, PART, PSU, SOURCE, STRATA, WEIGHT, column
from fltoolkit.survey.engine.engines import count_distinct, rows_of, to_rows, to_sums
from fltoolkit.survey.printed_values import rounded_sum
from fltoolkit.survey.spec.groups_and_tables import Group

OFF_ONE = 0.02  # 3 × 0.33 and 6 × 0.17 are meant to be 1
OTHER_SCALE = 20.0  # times the mean weight of another file; samples of regions differ less
LEAST = 20  # persons in a file, and persons that a file without a code should have
OPPOSITE = 0.5  # between the shares of *yes* in two files
COPIED = 0.95  # of the persons of a file; between two quarters, more than the others have had a birthday
PATH = "files.person.path"
Areas = defaultdict[int, set[str]]


def pooling_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on pooled files of persons. There are none if the persons are in one file."""
    names = survey.spec.files.person.path
    if len(names) == 1:
        factor = sum(survey.spec.files.person.weight_factor or (1.0,))
        if abs(factor - 1) > OFF_ONE and survey.grosses_up:
            where = "files.person.weight_factor"
            yield CheckRule("factor_of_one_file", where, count="", values={"factor": f"{factor:g}"})
        return
    persons, means = _sizes_and_mean_weights(survey)
    yield from _weight_rules(survey, names, persons, means)
    yield from _copied_rules(survey, names, persons)
    yield from _answer_rules(survey, names)
    yield from _group_rules(survey, names)


def _sizes_and_mean_weights(survey: Survey) -> tuple[dict[int, int], dict[int, float]]:
    """Returns, for each file, the number of its persons, and the mean of their weights after its factor."""
    known = nw.when(nw.col(WEIGHT).is_finite()).then(nw.col(WEIGHT))
    rows = survey.frame.select(PART, known.alias("weight")).group_by(PART)
    found = list(to_rows(rows.agg(nw.len().alias("n"), nw.col("weight").mean().alias("mean")), survey.path))
    return {p: int(n) for p, n, _ in found}, {p: float(mean) for p, _, mean in found if mean}


def _weight_rules(
    survey: Survey, names: Sequence[str], persons: Mapping[int, int], means: Mapping[int, float]
) -> Iterator[CheckRule]:
    """Yields the rules on weight factors that do not add up to 1, and on the weights of one file that are on
    another scale than those of another file."""
    person = survey.spec.files.person
    if abs(sum(person.weight_factor) - 1) > OFF_ONE and survey.grosses_up:
        pooled = {part: means.get(part, 0) * n for part, n in persons.items()}
        keys = [SOURCE + name for name in person.key]
        shared = rows_of(survey.frame) - count_distinct(survey.frame, keys)
        own = tuple(
            Reason.of(f"{WORDS}sum_of_file", N=rounded_sum(pooled[p] / factor), file=names[p])
            for p, factor in enumerate(person.weight_factor)
        )
        values = {
            "sum": rounded_sum(sum(person.weight_factor), 3),
            "files": own,
            "pooled": rounded_sum(sum(pooled.values())),
        }
        kind = "factors_of_same_persons" if shared else "factors_not_one"
        yield CheckRule(kind, "files.person.weight_factor", count=shared or "", values=values)
    low, high = (pick(means, key=lambda part: means[part], default=0) for pick in (min, max))
    if low != high and means[high] > OTHER_SCALE * means[low]:
        times = rounded_sum(means[high] / means[low])
        values = {"low": names[low], "high": names[high], "times": times}
        yield CheckRule("weights_of_one_file", PATH, count="", values=values)


def _copied_rules(survey: Survey, names: Sequence[str], persons: Mapping[int, int]) -> Iterator[CheckRule]:
    """Yields a rule if nearly all persons of a file are in another file too, with the same values in all
    columns that survey.yaml uses."""
    used = [name for name in survey.frame.collect_schema().names() if name.startswith(SOURCE)]
    parts = [nw.col(PART).min().alias("first"), nw.col(PART).max().alias("last")]
    twice = (
        survey.frame.select(PART, *used).group_by(used).agg(*parts).filter(nw.col("first") < nw.col("last"))
    )
    pairs = to_rows(twice.group_by("first", "last").agg(nw.len().alias("n")), survey.path)
    copied = [pair for *pair, n in sorted(pairs) if n >= COPIED * min(persons[part] for part in pair)]
    if copied:
        files = "; ".join(f"{names[first]}, {names[last]}" for first, last in copied)
        yield CheckRule("file_copied", PATH, count="", values={"files": files})


def _answer_rules(survey: Survey, names: Sequence[str]) -> Iterator[CheckRule]:
    """Yields one rule on all questions to which most persons of one file say yes, and most of another file
    say no: in one of the two the codes are probably swapped."""
    listed, mapped = [q for q in questions(survey) if not q.source.blank], survey.spec.mapped
    opposite: dict[str, tuple[str, str]] = {}
    for frame, columns in frames_with(survey, [q.column for q in listed]):
        held = [q for q in listed if q.column in columns]
        asked = nw.col(ASKED) if ASKED in frame.collect_schema().names() else nw.lit(True)
        said = [
            asked & (nw.col(PART) == part) & says(q.source, mapped, q.episode)
            for q in held
            for part, _ in enumerate(names)
            for says in (answered_yes, answered_no)
        ]
        counts = iter(to_sums(frame, said, survey.path))
        for question in held:
            pairs = [(next(counts), next(counts), name) for name in names]
            shares = sorted((yes / (yes + no), name) for yes, no, name in pairs if yes + no >= LEAST)
            if shares and shares[-1][0] - shares[0][0] > OPPOSITE:
                opposite[question.column] = shares[0][1], shares[-1][1]
    if opposite:
        files = ", ".join(sorted({name for pair in opposite.values() for name in pair}))
        yield CheckRule(
            "answers_of_one_file", PATH, count="", values={"columns": ", ".join(opposite), "files": files}
        )


def _group_rules(survey: Survey, names: Sequence[str]) -> Iterator[CheckRule]:
    """Yields a rule for each group with a category that some files do not have, and for each group of areas,
    such as region, whose areas have another category in another file."""
    groups = {name: group for name, group in survey.spec.groups.items() if isinstance(group, Group)}
    asked = survey.frame.filter(nw.col(ASKED))
    for name, group in groups.items():
        rows = asked.select(PART, STRATA, PSU, column(group.column).alias("code"))
        found = to_rows(rows.group_by(PART, STRATA, PSU, "code").agg(nw.len().alias("n")), survey.path)
        persons: dict[str, Counter[int]] = {label: Counter() for label in group.labels.values()}
        strata, psus = (defaultdict[object, Areas](lambda: defaultdict(set)) for _ in range(2))
        of_files = Counter[int]()
        for part, stratum, psu, code, n in found:
            of_files[part] += n
            if label := group.labels.get(code):
                persons[label][part] += n
                strata[stratum][part].add(label)
                psus[stratum, psu][part].add(label)
        where = f"groups.{name}"
        if lacking := _lacking(persons, of_files, survey.spec.files.person.weight_factor):
            listed = ", ".join(f"{label} ({names[part]})" for label, part in lacking)
            yield CheckRule("category_of_one_file", where, count="", values={"lacking": listed})
        elif moved := _moved(strata, 1) or _moved(psus, 2):
            files = ", ".join(names[part] for part in moved)
            yield CheckRule("category_moved", where, count="", values={"name": name, "files": files})


def _lacking(
    persons: Mapping[str, Counter[int]], of_files: Counter[int], factors: Sequence[float]
) -> list[tuple[str, int]]:
    """Returns pairs of a category and a file that does not have it, although many of its persons should, by
    the share of the category in the other files. There are none if each category is in one file only, and
    each file has one category, such as its quarter, or has the factor 1 and so stands for a part of the
    country."""
    there = {label: {part for part, n in counts.items() if n} for label, counts in persons.items()}
    held = [parts for parts in there.values() if parts]
    apart = all(len(parts) == 1 for parts in held) and len(set().union(*held)) == len(of_files)
    if apart and (len(held) == len(of_files) or set(factors) == {1.0}):
        return []
    lacking = []
    for label, counts in persons.items():
        for part in sorted(of_files):
            others = of_files.total() - of_files[part]
            if part not in there[label] and of_files[part] * counts.total() >= LEAST * max(others, 1):
                lacking.append((label, part))
    return lacking


def _moved(areas: Mapping[object, Areas], least: int) -> list[int]:
    """Returns the files in which each category of the first file has become another, or stayed, for all of
    its areas alike. There are none if an area has several categories in a file.

    Args:
        areas: for each area (a stratum or a PSU), its categories in each file.
        least: how many areas each category needs on average. If labels of PSUs begin anew in each file, equal
            labels are different areas, and their categories do not change alike.
    """
    if any(len(labels) > 1 for files in areas.values() for labels in files.values()):
        return []
    moved = []
    for part in sorted({part for files in areas.values() for part in files} - {0}):
        pairs = [(*files[0], *files[part]) for files in areas.values() if 0 in files and part in files]
        became = set(pairs)
        old, new = ([pair[side] for pair in became] for side in (0, 1))
        one_each = len(set(old)) == len(old) and set(new) <= set(old)
        if one_each and old != new and len(pairs) >= least * len(became):
            moved.append(part)
    return moved
