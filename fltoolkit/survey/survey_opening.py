"""Opens a survey from its survey.yaml: reads and joins the data files, and adds the columns of the design."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.errors import DataError, RequestError
from fltoolkit.files import path_inside
from fltoolkit.remembered_results import is_on, remembered
from fltoolkit.shipped_files import survey_file
from fltoolkit.survey.answers import with_skipped_gates
from fltoolkit.survey.applied_corrections import corrected
from fltoolkit.survey.design.replicate_weights import Replication, replicated
from fltoolkit.survey.design.survey_design import Survey, weight_of, with_units
from fltoolkit.survey.engine.columns import (
    AGE,
    ASKED,
    CHILD,
    CODE_OF,
    FACTOR,
    FPC,
    FPC2,
    HOUSEHOLD,
    NUMBER_OF,
    PSU,
    SOURCE,
    SSU,
    STRATA,
    WEIGHT,
    Frame,
    joined_labels,
    numeric,
)
from fltoolkit.survey.engine.engines import connect, kept_in_memory, tables_in_place
from fltoolkit.survey.person_rows import (
    FilePlace,
    PersonRows,
    answered_module,
    certain,
    is_child,
    person_key,
    read_files,
    wanted_columns,
)
from fltoolkit.survey.readers.file_stamps import hashed, input_hash, refuse_changed, stamp_of
from fltoolkit.survey.spec.questions import without_declared_blanks
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec, side_files

if TYPE_CHECKING:
    import duckdb


@checked
def read_survey(path: str | Path | Survey, tables: Any = None) -> Survey:
    """Opens a survey through its survey.yaml. If the files have up to 50 MB together, or one of them is an
    SPSS or Stata file, all rows are read into memory. Larger files are only checked now. Their rows are read
    again for every estimate.

    Args:
        path: survey.yaml or its folder, or the name of a shipped sample, such as `norvia_lfs_2025`. A survey
            that is open already is returned as it is, so that a cell can run again.
        tables: PySpark DataFrames in place of the files that survey.yaml names (docs/batch.md). Give one
            table, or a dictionary with the names under `path:` as keys. None: the files are read.

    Raises:
        SpecError: there is no such survey.yaml, or it is not valid.
        DataError: a file or a column is missing, a key is repeated, or a correction matches no row.
        RequestError: the tables are not PySpark DataFrames, or there is not one for each file.
    """
    if isinstance(path, Survey):
        return path
    if not str(path).strip():
        raise RequestError(
            "the path is blank",
            where="read_survey: path",
            do='name a survey.yaml or its folder; the working folder is "."',
        )
    path, key = survey_file(path), None
    if is_on() and tables is None:  # the key of the result changes if one of its files changes
        spec = read_spec(path)
        used = [path, *_data_files(path, spec), *_side_files(path, spec)]
        key = ("survey", *map(stamp_of, used), input_hash(used))
    return remembered(key, lambda: _opened(path, tables), state=changeable_parts)


def _data_files(path: Path, spec: SurveySpec) -> list[Path]:
    """Returns the paths of the data files of a survey.yaml."""
    return [
        path_inside(path.parent, name, f"{path}: files.{kind}.path")
        for kind, file in spec.files.given.items()
        for name in file.path
    ]


def _side_files(path: Path, spec: SurveySpec) -> list[Path]:
    """Returns the paths of the files, other than data files, that a survey.yaml names: correspondence tables
    and benchmarks (known numbers of persons)."""
    return [path_inside(path.parent, name, str(path)) for name in side_files(spec)]


def changeable_parts(survey: Survey) -> str:
    """Returns, as one text, those parts of a survey that a user could change by mistake, such as its lists
    and mappings, but not its rows. If the text differs between two calls, something was changed."""
    return repr(
        {
            name: held
            for name, held in vars(survey).items()
            if name
            not in (
                "rows",
                "episodes",
                "unclassified",
                "known",
                "held_in",
                "corrected",
                "trace",
                "short_trace",
            )
        }
    )


def with_columns_of(survey: Survey, spec: SurveySpec) -> Survey:
    """Returns a survey with a changed survey.yaml (`spec`) for the same files. If the changed survey.yaml
    names columns that were not read before, the files are read again.

    Raises:
        RequestError: the survey was made from tables, which cannot be read again.
        DataError: a file changed, or has no such column.
    """
    there = set(survey.frame.collect_schema().names())
    wanted = wanted_columns(spec)
    named = {SOURCE + c for c in wanted.persons if c not in wanted.bare} | {
        NUMBER_OF + c for c in wanted.numbers if c in wanted.persons
    }
    if not named - there:
        return dataclasses.replace(survey, spec=spec)
    if not survey.files and survey.held_in is None:
        raise RequestError(
            "a survey of tables has only the columns that survey.yaml names",
            where=str(survey.path),
            found=sorted(c.removeprefix(SOURCE).removeprefix(NUMBER_OF) for c in named - there),
            do="name the column there, under groups:",
        )
    again = _opened(survey.path, None, spec)
    if again.input_hash != survey.input_hash:
        raise DataError(
            "a file changed since the survey was opened", where=str(survey.path), do="open the survey again"
        )
    return again


def _opened(path: Path, tables: Any, given_spec: SurveySpec | None = None) -> Survey:
    """Opens the survey at a path, as `read_survey` does, but always reads the files anew. `given_spec` is a
    survey.yaml that was already read. If it is None, the file at the path is read."""
    spec = given_spec or read_spec(path)
    names = [name for file in spec.files.given.values() for name in file.path]
    given = {} if tables is None else tables_in_place(tables, names, str(path))
    opened = [] if given else _data_files(path, spec)
    used = [path, *opened, *_side_files(path, spec)]
    before, con = [stamp_of(file) for file in used], connect()
    with ThreadPoolExecutor(1) as beside:  # the files are hashed in parallel
        digest = beside.submit(hashed, used)
        where = spec.files.paths_in_words(str(path))
        table = read_files(spec.files, wanted_columns(spec), FilePlace(path.parent, str(path), con, given))
        if spec.corrections:  # they read the rows several times
            table = _computed(table, con, where)
        table, applied = corrected(table, spec, str(path))
        persons, replication = with_design(spec, table.persons)
        episodes = _with_person_keys(spec, table.episodes)
        table = _computed(dataclasses.replace(table, persons=persons, episodes=episodes), con, where)
    refuse_changed(before)  # the files that were read and hashed
    digest.result().update(table.contents.encode())
    design = spec.design
    return Survey(
        files=() if table.small or given else tuple(before[1 : 1 + len(opened)]),
        held_in=con if table.small else None,
        unreadable={},
        rows=table.persons,
        single_psu=design.single_psu,
        clustered=design.psu is not None and replication is None,
        stages=len(design.fpc),
        grosses_up=design.weights == "gross_up",
        deff_at_zero=design.design_effect_at_zero_cases,
        replication=replication,
        calibration=None,
        known={},
        domain=(),
        spec=spec,
        path=path,
        input_hash=digest.result().hexdigest(),
        joins=table.joins,
        columns_of_files=table.columns_of_files,
        episodes=table.episodes,
        corrected=applied,
    )


def _computed(table: PersonRows, con: duckdb.DuckDBPyConnection, where: str) -> PersonRows:
    """Returns the rows computed and kept in memory, if they are few enough."""
    if not table.small:
        return table
    episodes = None if table.episodes is None else kept_in_memory(table.episodes, con, where)
    return dataclasses.replace(table, persons=kept_in_memory(table.persons, con, where), episodes=episodes)


def with_design(spec: SurveySpec, persons: Frame) -> tuple[Frame, Replication | None]:
    """Returns the persons with further columns, and the replicate weights (None if survey.yaml names none).

    Some of the further columns describe the sample design. The others say whether a person is a child, and
    whether a person answered the module on forced labour.
    """
    design, replication = spec.design, None
    frame = persons.with_columns(_design_columns(spec, persons.collect_schema().names()))
    if design.replicates:
        weights = design.replicates.names
        columns = [numeric(c) * (nw.col(FACTOR) if design.replicates.combined else 1) for c in weights]
        frame, replication = replicated(
            frame, weights, columns, design.replicates.replicate_method, bool(design.strata)
        )
        frame = frame.drop([NUMBER_OF + c for c in spec.bare_columns()])
    else:
        units = (design.psu is not None) + bool(design.second_stage)
        frame = with_units(frame, units, len(design.fpc), design.nest, certain(spec))
    return _with_modules(spec, frame), replication


def without_corrections(survey: Survey) -> Survey:
    """Returns a survey with the values as they were before the corrections of survey.yaml, to classify its
    persons a second time. Corrections of the columns that identify a person are kept, so that each person can
    be found in both surveys. The result lacks the replicate weights and the unique labels of PSUs, so it
    cannot be used for estimates.

    Raises:
        RequestError: survey.yaml has no corrections.
        DataError: a file changed since the survey was opened.
    """
    if survey.corrected is None:
        raise RequestError("survey.yaml has no corrections", where=f"{survey.path}: corrections")
    refuse_changed(survey.files)
    spec, before = survey.spec, survey.corrected
    persons = before.keyed.with_columns(_design_columns(spec, before.keyed.collect_schema().names()))
    episodes = _with_person_keys(spec, before.episodes)
    return dataclasses.replace(
        survey, rows=_with_modules(spec, persons), episodes=episodes, corrected=None, known={}
    )


def without_blanks(survey: Survey) -> Survey:
    """Returns a survey as if survey.yaml had no `blank: no` (which declares that a blank answer to a question
    counts as *no*). Such blanks are then unresolved: neither *yes* nor *no*."""
    spec = without_declared_blanks(survey.spec)
    episodes = None if survey.episodes is None else with_skipped_gates(survey.episodes, spec.mapped)
    return dataclasses.replace(
        survey, spec=spec, rows=with_skipped_gates(survey.rows, spec.mapped), episodes=episodes
    )


def _with_modules(spec: SurveySpec, frame: Frame) -> Frame:
    """Returns the persons with further columns. These columns say whether a person is a child, whether the
    person answered the module that applies (for adults or for children), and what a blank of each gate means.
    A gate is an earlier question that decides whether another is asked."""
    child = is_child(spec)
    frame = frame.with_columns(child.alias(CHILD), answered_module(spec, child).alias(ASKED))
    return with_skipped_gates(frame, spec.mapped)


def _with_person_keys(spec: SurveySpec, episodes: Frame | None) -> Frame | None:
    """Returns the rows of the episodes file with further columns: the key of the person to whom the row
    belongs, and what a blank of each gate means. A gate is an earlier question that decides whether another
    is asked. Returns None if there is no episodes file."""
    return (
        None if episodes is None else with_skipped_gates(episodes.with_columns(person_key(spec)), spec.mapped)
    )


def _household_columns(spec: SurveySpec) -> list[str]:
    """Returns the columns that tell households apart. The numbers of households may restart in each PSU, and
    those of PSUs in each stratum, so the columns of the PSU come first."""
    design = spec.design
    if not design.household:
        return list(spec.files.person.key)
    above = [*(design.strata if design.nest else ()), *([design.psu] if design.psu else [])]
    return list(dict.fromkeys((*above, *design.household)))


def _design_columns(spec: SurveySpec, there: Collection[str]) -> list[nw.Expr]:
    design = spec.design

    def source(column: str) -> nw.Expr:
        return nw.col(CODE_OF + column if CODE_OF + column in there else SOURCE + column)

    columns = [
        joined_labels([source(c) for c in design.strata]).alias(STRATA),
        joined_labels([source(c) for c in _household_columns(spec)]).alias(HOUSEHOLD),
        person_key(spec),
        (numeric(design.weight) * nw.col(FACTOR)).alias(WEIGHT),
        nw.when(~nw.col(SOURCE + spec.age.column).is_in(list(spec.age.missing)))
        .then(numeric(spec.age.column))
        .alias(AGE),
    ]
    for name, population in spec.populations.items():
        if not population.sum_of:
            columns.append(
                (numeric(population.weight or design.weight) * nw.col(FACTOR)).alias(weight_of(name))
            )
    columns += [source(design.psu).alias(PSU)] if design.psu else []
    columns += (
        [joined_labels([source(c) for c in design.second_stage]).alias(SSU)] if design.second_stage else []
    )
    columns += [numeric(c).alias(name) for c, name in zip(design.fpc, (FPC, FPC2), strict=False)]
    return columns
