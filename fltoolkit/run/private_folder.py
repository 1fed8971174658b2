"""Writes files that only authorised staff may see into a private folder, one subfolder per survey, never
among the outputs."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from fltoolkit.errors import RepeatedKeys, RequestError
from fltoolkit.files import file_error, write_whole
from fltoolkit.run.output_folders import LOCK
from fltoolkit.run.remote_folder import RECORD, Store, is_address
from fltoolkit.survey.checks.survey_checks import finding_rows
from fltoolkit.survey.correction_counts import corrected_rows
from fltoolkit.survey.survey_opening import read_survey

ROWS, CORRECTED, FULL = "rows_behind_findings.csv", "corrections.csv", "estimates_full.csv"
HIDDEN, HIDDEN_PAGE = "disclosure.json", "disclosure.html"
FOLDER_MODE, FILE_MODE, OTHERS = 0o700, 0o600, stat.S_IRWXG | stat.S_IRWXO


def private_place(given: str, outputs: str | Path | None = None) -> str:
    """Checks the place for private files and creates its folder. Returns the absolute path, or the address
    unchanged.

    Args:
        given: a folder, or an address (`s3://…`).
        outputs: the folder or address of the outputs, if there is one.

    Raises:
        RequestError: the place is inside the outputs or inside a folder with results, or it contains the
            outputs (even through a link). Or other users of the machine may read it. Or it is a file.
    """
    given = given.removeprefix("file://")
    if is_address(given):
        if is_address(str(outputs or "")):
            one, other = f"{given}/", f"{outputs}/"
            _refuse_overlap(given, str(outputs), one.startswith(other) or other.startswith(one))
        return given.rstrip("/")
    folder = Path(given).expanduser().absolute()
    if outputs and not is_address(str(outputs)):
        _refuse_overlap(given, str(outputs), _inside(folder, Path(outputs)) or _inside(Path(outputs), folder))
    for place in (folder, *folder.parents):
        of_batch = (place / LOCK).exists() and (place / "index.html").is_file()
        _refuse_overlap(given, str(place), of_batch or (place / RECORD).is_file())
    if folder.exists() and not folder.is_dir():
        raise RequestError(
            "a file stands where the private folder should be", where=given, do="name a folder"
        )
    if os.name == "posix" and folder.exists() and (mode := folder.stat().st_mode) & OTHERS:
        do = f"chmod 700 {given}, if nobody else needs it; or name another"
        raise RequestError(
            "others can read or enter this folder, so no private file is written there",
            where=given,
            found=f"{mode & 0o777:o}",
            do=do,
        )
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    return str(folder)


def write_rows(survey: Path, name: str, place: str) -> str:
    """Writes two lists of rows into the private folder of a survey, by their keys (record numbers). The first
    has the rows in which a check found a problem. The second has the rows that survey.yaml corrects. Returns
    the path of the first list.

    Args:
        survey: the survey.yaml.
        name: the name of the survey's folder.
        place: the folder for private files, from `private_place`.

    Raises:
        FltoolkitError: the survey cannot be read.
        OSError: the place cannot be written to.
    """
    try:
        opened = read_survey(survey)
        rows = finding_rows(opened)
        if opened.corrected:
            write_private(
                place, name, CORRECTED, corrected_rows(opened).to_csv(index=False, lineterminator="\n")
            )
    except RepeatedKeys as error:  # raised while the files are joined, before any other finding
        rows = error.rows
    return write_private(place, name, ROWS, rows.to_csv(index=False, lineterminator="\n"))


def write_private(place: str, name: str, file: str, text: str) -> str:
    """Writes a confidential file of a survey into the survey's folder in a private place (a folder or address
    that only authorised staff can read). Returns the path of the file.

    Raises:
        RequestError: the survey's folder there is a link.
        OSError: the place cannot be written to.
    """
    if is_address(place):
        Store(place).write(f"{name}/{file}", text.encode("utf-8"))
        return f"{place}/{name}/{file}"
    folder = Path(place) / name
    if folder.is_symlink():
        raise RequestError(
            "a survey's private folder may not be a link", where=str(folder), do="remove the link"
        )
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    write_whole(folder / file, text, FILE_MODE)
    return str(folder / file)


def _inside(inner: Path, outer: Path) -> bool:
    """Returns whether a folder is inside another or the same folder, also through links."""
    inner, outer = inner.resolve(), outer.resolve()
    if inner.is_relative_to(outer):
        return True
    return outer.exists() and any(p.exists() and p.samefile(outer) for p in (inner, *inner.parents))


def _refuse_overlap(given: str, outputs: str, overlap: bool) -> None:
    if overlap:
        do = "name a folder elsewhere, which is copied and sent with nothing else"
        raise RequestError(
            "private files may not lie among the outputs, nor the outputs among them",
            where=given,
            found=outputs,
            do=do,
        )


# --------------------------------------------- the record of what is hidden, from the kernel of the notebooks


def disclosure_call(place: str, name: str, parameters: Mapping[str, str]) -> str:
    """Returns a line of code that calls `write_disclosure` with these arguments. The kernel of the notebooks
    then runs this line. `place` is the private folder, and `name` the survey's folder in it."""
    return (
        f"__import__('{__name__}', fromlist=['*']).write_disclosure({place!r}, {name!r}, "
        f"{dict(parameters)!r})"
    )


def write_disclosure(place: str, name: str, parameters: Mapping[str, str]) -> None:
    """Writes the record of the cells that a run hides, with the reasons, into the private folder of the run:
    `disclosure.json`, and `disclosure.html` for signature.

    Args:
        place, name: see `write_private`.
        parameters: the parameters of the notebook that publishes the run (`survey`, `plan`; also `rules` and
            `profile` if they are not the default).

    Raises:
        FltoolkitError: the survey cannot be published, or the place cannot be written to.
    """
    from fltoolkit.classify.adults import classify
    from fltoolkit.nap.results_framework import plan_beside
    from fltoolkit.publish.disclosure_record import disclosure_record
    from fltoolkit.report.document_formats.html_writer import as_html
    from fltoolkit.report.documents.disclosure_page import disclosure_page

    survey = parameters["survey"]
    rules, profile = ({key: parameters[key]} if key in parameters else {} for key in ("rules", "profile"))
    persons = classify(read_survey(survey), **rules)
    record = disclosure_record(persons, plan=plan_beside(survey, parameters["plan"]), **profile)
    text = json.dumps(record.as_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    try:
        write_private(place, name, HIDDEN, text + "\n")
        write_private(place, name, HIDDEN_PAGE, as_html(disclosure_page(record)))
    except OSError as error:
        raise file_error(error) from None
