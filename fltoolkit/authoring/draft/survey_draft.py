"""Drafts a first survey.yaml from a data file. Each line gives the reason for its content.

The draft decides nothing. A fact that it could not find is written as `<answer>`. The loader refuses the file
until a person has replaced every `<answer>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from fltoolkit.authoring.draft import commented_blocks, files_and_design_lines, group_lines, question_lines
from fltoolkit.authoring.draft.column_contents import ColumnContents, DataTable
from fltoolkit.authoring.draft.column_roles import UnusedColumns
from fltoolkit.authoring.draft.yaml_lines import Draft, YamlLine
from fltoolkit.errors import DataError, RequestError
from fltoolkit.files import write_new
from fltoolkit.languages.word_files import shipped_languages
from fltoolkit.yaml_files.loading import UNANSWERED

__all__ = ["Draft", "make_draft", "write_draft"]

HEAD = (
    (
        "# Drafted from the data file's own names, labels and codes. Each comment gives the reason for its "
        "line: read every one."
    ),
    (
        f"# Replace every {UNANSWERED} (before a colon, by a code or a key), and move the questions at the "
        "end to their places."
    ),
    (
        "# Then run: fltoolkit check. docs/survey_yaml.md explains every key. Other files (household, "
        "module, episodes) go under files."
    ),
)


def write_draft(
    data: str | Path, out: str | Path | None = None, encoding: str | None = None
) -> tuple[Path, Draft]:
    """Draft the survey.yaml of a data file and write it. An existing file is never changed.

    Args:
        data: CSV, Parquet, SPSS or Stata, one row per person.
        out: the file to write; None for survey.yaml beside the data. The data must be in the folder of `out`,
            at any depth.
        encoding: the encoding of a file that is not UTF-8 and does not name its encoding.

    Returns:
        The path of the written file, and the draft.

    Raises:
        RequestError: the file exists already, its folder does not exist, or the data are not in this folder.
        DataError: the data cannot be read, or have no rows.
    """
    data = Path(data)
    target = Path(out) if out else data.with_name("survey.yaml")
    if target.exists():
        raise _file_exists_error(target)
    if not target.parent.is_dir():
        raise RequestError(
            "there is no such folder", where=str(target.parent), do="make it, with the data in it"
        )
    folder, file = target.parent.resolve(), data.resolve()
    if not file.is_relative_to(folder):
        raise RequestError(
            "the data are not in the folder of the survey.yaml",
            where=str(target),
            found=str(data),
            do="put the data into the folder of survey.yaml, or below it",
        )
    draft = make_draft(data, file.relative_to(folder).as_posix(), encoding)
    try:
        write_new(target, draft.text)
    except FileExistsError:  # the file was made while the data were read
        raise _file_exists_error(target) from None
    return target, draft


def _file_exists_error(target: Path) -> RequestError:
    do = "move it away, or name another with --out"
    return RequestError(
        "the file exists already, and a draft never overwrites a file", where=str(target), do=do
    )


def make_draft(data: Path, path: str, encoding: str | None = None) -> Draft:
    """Returns the draft for a data file. `path` is the path of the data file in the draft. Nothing is
    written."""
    table = DataTable(data, encoding)
    columns = table.columns()
    if not columns or not columns[0].rows:
        raise DataError("the file has no rows", where=str(data), do="export the data again")
    return Draft(tuple(_lines(UnusedColumns(table, columns), path)))


def _lines(unused: UnusedColumns, path: str) -> Iterator[YamlLine]:
    """Yields the lines of a drafted survey.yaml from top to bottom. The draft looks for the columns of each
    part in a fixed order, and does not use a column twice."""
    sample = files_and_design_lines.find_sample(unused)
    status, why = unused.take("module_status")
    _, answered = files_and_design_lines.module(status, why, unused.named(status)) if status else ([], ())
    doubt = files_and_design_lines.doubt_module(unused, status, answered) if status and answered else ""
    sure = status and answered and status.name not in unused.rivals
    if sample.module_weight and sure and status:
        files_and_design_lines.compare_with_module(unused, sample.module_weight, status, answered)
    age, of_age = unused.take("age")
    year = files_and_design_lines.year(unused, Path(path))
    beside = commented_blocks.find_blocks(unused, age)
    q = question_lines.find_questions(
        unused, (status.name, answered) if status and sure else None, bool(sure or not status)
    )
    form, where = (list(group_lines.coded_lines(key, unused)) for key in ("form", "place"))
    months = list(group_lines.month_lines(unused))
    measured = group_lines.find_measured(unused)
    by, sectors = group_lines.find_groups(unused), group_lines.find_sectors(unused)

    module = list[YamlLine]()
    if status:  # a column that got another role meanwhile is no rival any more
        module, _ = files_and_design_lines.module(status, unused.why(status) + doubt, unused.named(status))
    workers = bool(q.worked and q.labelled)
    shares = [name for name, there in (("sector", "sector" in sectors), ("form", form)) if there]

    yield from map(YamlLine, (*HEAD, *_untold(unused, sample, age, q)))
    sections: list[Iterable[YamlLine]] = [
        _identity(year),
        files_and_design_lines.files(unused, sample, path),
        files_and_design_lines.design(unused, sample),
        module,
        [files_and_design_lines.age(unused, age, of_age)],
        question_lines.interview_lines(q),
        question_lines.answers(q),
        question_lines.definition_lines(q),
        form,
        where,
        months,
        group_lines.populations(unused, q, sample),
        group_lines.groups(unused, by, measured),
        group_lines.sectors(unused, sectors, workers),
        group_lines.occupations(unused, workers),
        group_lines.tables(["age_group", *by, *measured], shares),
        [
            YamlLine("coverage_excludes:"),
            YamlLine(f"  - {UNANSWERED}", "whom the survey could not reach, one per line"),
        ],
        *commented_blocks.blocks(beside, q),
        commented_blocks.questions_not_placed(unused, q),
        commented_blocks.columns_not_used(unused, q),
    ]
    for section in sections:
        if lines := list(section):
            yield from [YamlLine(), *lines]


def _identity(year: YamlLine) -> list[YamlLine]:
    codes = ", ".join(shipped_languages())
    return [
        YamlLine(f"title: {UNANSWERED}", "the survey and its module, printed with every figure"),
        YamlLine(f"country: {UNANSWERED}", "its name"),
        year,
        YamlLine(
            f"language: {UNANSWERED}",
            f"the language of the texts in this file ({codes}); a text may be in several: "
            f"{{en: men, fr: hommes}}",
        ),
        YamlLine("reference_period:"),
        YamlLine(f"  months: {UNANSWERED}", "how many months the module's questions look back"),
        YamlLine(
            f"  text: {UNANSWERED}",
            "in words that follow 'in' in an English sentence, such as: the 12 months before the interview",
        ),
    ]


def _untold(
    unused: UnusedColumns,
    sample: files_and_design_lines.Sample,
    age: ColumnContents | None,
    q: question_lines.Questions,
) -> Iterator[str]:
    """Yields the first comments of a draft: what could not be told from the file, and what was drafted as a
    gate and not as an item."""
    if not unused.table.is_readable:
        yield (
            "# NOT TOLD: the labels are in a language whose words the kit does not know. Nothing was guessed "
            "from them, only from names and codes."
        )
    elif not any(column.label for column in unused.columns):
        yield "# NOT TOLD: the file has no labels of columns. Nothing says what its questions ask."
    found = {
        "weight": sample.weight,
        "strata": sample.strata or sample.replicates,
        "psu": sample.psu or sample.replicates,
        "household": sample.household,
        "key": sample.key,
        "age": age,
        "codes of yes and no": q.labelled,
        **{key: q.placed.get(key) for key in ("any_work", "same_work")},
        **{side: q.items(side, gates=False) for side in question_lines.SIDES},
    }
    if absent := [name for name, there in found.items() if not there]:
        yield f"# NOT FOUND: {', '.join(absent)}."
    gates = [c.name for side in question_lines.SIDES for cs in q.items(side, gates=True).values() for c in cs]
    if gates:
        yield (
            f"# GATES, drafted under routing and not as items, because they decide who was asked several "
            f"others: {', '.join(gates)}. See items."
        )
