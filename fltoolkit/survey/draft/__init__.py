"""A first survey.yaml from a file's own names, labels and codes: what it proposes, what each line rests on, what it asks.

Nothing is decided: what could not be found stands as `<answer>`, which the loader refuses until the reader has answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fltoolkit.errors import DataError, RequestError
from fltoolkit.files import write_new
from fltoolkit.survey.draft import design, groups, questions
from fltoolkit.survey.draft.columns import DataTable
from fltoolkit.survey.draft.hand import Hand
from fltoolkit.survey.draft.lines import Draft, Line
from fltoolkit.yamlfile import UNANSWERED

__all__ = ["Draft", "make_draft", "write_draft"]

HEAD = (
    "# Drafted from the data file's own names, labels and codes. A comment says what its line rests on: read every one.",
    f"# Answer what says {UNANSWERED}, move the questions listed at the end to where they belong, then run: fltoolkit check",
    "# docs/survey_yaml.md explains every key. Other files (household, module, episodes) go under files.",
)


def write_draft(data: str | Path, out: str | Path | None = None, encoding: str | None = None) -> tuple[Path, Draft]:
    """Draft the survey.yaml of a data file and write it. A file that is there already is never touched.

    Args:
        data: CSV, Parquet, SPSS or Stata, one row a person.
        out: where to write; survey.yaml beside the data if left out. Its folder must hold the data, at any depth.
        encoding: of a file that is not UTF-8 and does not say its own.

    Returns:
        where it was written, and the draft.

    Raises:
        RequestError: there is such a file already, or the data are not in its folder.
        DataError: the data cannot be read, or hold no rows.
    """
    data = Path(data)
    target = Path(out) if out else data.with_name("survey.yaml")
    if target.exists():
        raise _there(target)
    if not target.parent.is_dir():
        raise RequestError("there is no such folder", where=str(target.parent), do="make it, with the data in it")
    folder, file = target.parent.resolve(), data.resolve()
    if not file.is_relative_to(folder):
        raise RequestError(
            "the data are not in the folder of the survey.yaml",
            where=str(target),
            found=str(data),
            do="put the one beside the other",
        )
    draft = make_draft(data, file.relative_to(folder).as_posix(), encoding)
    try:
        write_new(target, draft.text)
    except FileExistsError:  # it came while the data were read
        raise _there(target) from None
    return target, draft


def _there(target: Path) -> RequestError:
    do = "move it away, or name another with --out"
    return RequestError("there is a file already, and a draft never overwrites one", where=str(target), do=do)


def make_draft(data: Path, path: str, encoding: str | None = None) -> Draft:
    """The draft for a data file, which it calls `path`; nothing is written."""
    table = DataTable(data, encoding)
    columns = table.columns()
    if not columns or not columns[0].rows:
        raise DataError("the file has no rows", where=str(data), do="export the data again")
    return Draft(tuple(_lines(Hand(table, columns), path)))


def _lines(hand: Hand, path: str) -> Iterator[Line]:
    """survey.yaml from top to bottom. What is looked for first is found first, so that no column is taken twice."""
    sample = design.find_sample(hand)
    status, why = design.find_module(hand)
    module, answered = design.module(status, why) if status else ([], ())
    age = design.age(hand)
    q = questions.find_questions(hand, (status.name, answered) if status and answered else None)
    form, where, months = list(questions.form(hand)), list(questions.where(hand)), list(questions.months(hand))
    by, sectors = groups.find_groups(hand), groups.find_sectors(hand)

    yield from map(Line, HEAD)
    yield from [Line(), Line(f"title: {UNANSWERED}", "the survey and its module, as printed with every figure")]
    yield from [Line(f"country: {UNANSWERED}", "its name"), Line(f"year: {UNANSWERED}", "of the survey")]
    yield from [Line("reference_period:"), Line(f"  months: {UNANSWERED}", "how many months the module's questions look back")]
    yield Line(
        f"  text: {UNANSWERED}", "in words that follow 'in' in an English sentence, such as: the 12 months before the interview"
    )
    yield from [Line(), *design.files(hand, sample, path), Line(), *design.design(hand, sample)]
    yield from [Line(), *module, *([Line()] if module else []), age]
    if interview := list(questions.interview(q)):
        yield from [Line(), *interview]
    yield from [Line(), *questions.answers(q), Line(), *questions.definition(q), *form, *where, *months]
    yield from [Line(), *groups.populations(q, sample), Line(), *groups.groups(by)]
    yield from groups.sectors(hand, sectors, workers=bool(q.worked and q.labelled))
    shares = [name for name in ("sector", *(("form",) if form else ())) if name != "sector" or name in sectors]
    yield from [Line(), *groups.tables(["age_group", *by], shares)]
    yield from [Line(), Line("coverage_excludes:"), Line(f"  - {UNANSWERED}", "whom the survey could not reach, one a line")]
    yield from questions.not_placed(hand, q)
