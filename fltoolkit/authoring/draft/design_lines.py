"""The first half of a draft: files and key, design, who answered the module, age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.authoring.draft.column_roles import is_age, is_coded, is_weight, ranked
from fltoolkit.authoring.draft.unused_columns import UnusedColumns
from fltoolkit.authoring.draft.vocabulary import kind_of, vocabulary
from fltoolkit.authoring.draft.yaml_lines import YamlLine, basis, flow, meanings, scalar
from fltoolkit.yaml_files.loading import UNANSWERED

NO_KEY = "the columns that make a row unique"


@dataclass(frozen=True)
class Sample:
    """The columns of the design and the key, each None where the file has none."""

    weight: ColumnContents | None
    module_weight: ColumnContents | None
    household: ColumnContents | None
    line: ColumnContents | None
    strata: ColumnContents | None
    psu: ColumnContents | None
    key: tuple[str, ...]
    why: dict[str, str]


def find_sample(unused: UnusedColumns) -> Sample:
    """Find how the sample was drawn. A weight that not all persons have is taken for the module's."""
    weights = ranked(unused.free(), "weight", is_weight)
    everybody, some = [c for c in weights if c.full], [c for c in weights if not c.full]
    weight, module_weight = next(iter(everybody or some), None), next(iter(some), None)
    unused.use([weight, module_weight])
    household, of_household = unused.take("household", lambda c: c.full and c.distinct > 1)
    line, _ = unused.take("line", lambda c: c.full and c.distinct > 1 and (c.distinct <= 100 or c.distinct >= c.rows))
    strata, of_strata = unused.take("strata", lambda c: c.full and c.distinct < c.rows / 4)
    psu, of_psu = unused.take("psu", lambda c: c.full and 1 < c.distinct < c.rows)
    of_weight = basis(weight) if weight else "the column of the sampling weight"
    if others := [c.name for c in everybody[1:4]]:
        of_weight += f"; or is it {', '.join(others)}?"
    why = {"weight": of_weight, "household": of_household, "strata": of_strata, "psu": of_psu}
    key = _unique(unused, {"h": household, "l": line, "p": psu, "s": strata})
    return Sample(weight, module_weight, household, line, strata, psu, key, why)


def _unique(unused: UnusedColumns, columns: dict[str, ColumnContents | None]) -> tuple[str, ...]:
    """The fewest of person, household, PSU and stratum that make a row unique, tried on the rows."""
    for tried in ("l", "hl", "phl", "sphl", "h"):
        key = [column.name for part in tried if (column := columns[part])]
        if len(key) == len(tried) and not unused.table.repeated(key):
            return tuple(key)
    return ()


def files(unused: UnusedColumns, sample: Sample, path: str) -> Iterator[YamlLine]:
    encoding = f", encoding: {scalar(unused.table.encoding)}" if unused.table.encoding else ""
    decimal = f", decimal: {scalar(unused.table.decimal)}" if unused.table.decimal else ""
    tried = [c.name for c in (sample.household, sample.line, sample.psu, sample.strata) if c]
    why = "tried: no two rows are alike in these, and none is blank" + ("; numbers have a decimal comma" if decimal else "")
    yield YamlLine("files:")
    yield YamlLine(
        f"  person: {{path: {scalar(path)}, key: {flow(sample.key) if sample.key else UNANSWERED}{encoding}{decimal}}}",
        why if sample.key else f"{NO_KEY}; tried in vain: {', '.join(tried) or 'no column looked like it'}",
    )


def design(unused: UnusedColumns, sample: Sample) -> Iterator[YamlLine]:
    yield YamlLine("design:")
    yield YamlLine(f"  weight: {scalar(sample.weight.name) if sample.weight else UNANSWERED}", sample.why["weight"])
    if sample.strata:
        yield YamlLine(f"  strata: {scalar(sample.strata.name)}", sample.why["strata"])
    if sample.psu:
        yield YamlLine(f"  psu: {scalar(sample.psu.name)}", sample.why["psu"])
    if sample.strata and sample.psu and _restarts(unused, sample.strata, sample.psu):
        yield YamlLine("  nest: true", "tried: the same PSU labels stand in several strata")
    if sample.household:
        within = [name for name in sample.key if sample.line is None or name != sample.line.name]
        yield YamlLine(f"  household: {flow(within or [sample.household.name])}", sample.why["household"])
    yield YamlLine(f"  selection: {UNANSWERED}", "how PSUs were drawn: pps (by size), srs or systematic")
    if absent := [word for word, column in (("strata", sample.strata), ("psu", sample.psu)) if not column]:
        yield YamlLine(
            f"  # not found: {' and '.join(absent)}. If the sample had them, name them: without, intervals come out too short."
        )


def _restarts(unused: UnusedColumns, strata: ColumnContents, psu: ColumnContents) -> bool:
    return unused.table.combinations([strata.name, psu.name]) > unused.table.combinations([psu.name])


def module(column: ColumnContents, why: str) -> tuple[list[YamlLine], Sequence[str]]:
    """The lines on who answered the module, and the codes of those who did."""
    said: dict[str, list[str]] = {}
    for code, label in column.codes.items():
        said.setdefault(kind_of(label, vocabulary().module) or "other", []).append(code)
    lines = [YamlLine("module:"), YamlLine(f"  column: {scalar(column.name)}", why)]
    if "answered" not in said:
        lines.append(
            YamlLine(
                f"  answered: {UNANSWERED}",
                f"the codes of who answered, and refused:, not_asked:; of {meanings(column, column.codes)}",
            )
        )
        return lines, ()
    for kind in ("answered", "refused", "not_asked"):
        if kind in said:
            lines.append(YamlLine(f"  {kind}: {flow(said[kind])}", meanings(column, said[kind])))
    if left := said.get("other"):
        lines.append(YamlLine("  # not placed:", meanings(column, left)))
    return lines, said["answered"]


def find_module(unused: UnusedColumns) -> tuple[ColumnContents | None, str]:
    return unused.take("module_status", lambda c: c.full and is_coded(c, 12))


def age(unused: UnusedColumns) -> YamlLine:
    column, why = unused.take("age", is_age)
    if not column:
        return YamlLine(f"age: {{column: {UNANSWERED}}}", "the column of age in completed years")
    missing = unused.beyond(column, 120)
    return YamlLine(
        f"age: {{column: {scalar(column.name)}{f', missing: {flow(missing)}' if missing else ''}}}",
        f"{why}; no age: {meanings(column, missing)}" if missing else why,
    )
