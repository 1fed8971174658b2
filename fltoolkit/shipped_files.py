"""Finds the files that come with the kit: notebooks, samples and documentation."""

from __future__ import annotations

from pathlib import Path

from fltoolkit.errors import RequestError, SpecError
from fltoolkit.files import refuse_irregular

PACKAGE = Path(__file__).resolve().parent
SHIPPED = "shipped"  # the folder of these files in a wheel, inside the package
SURVEY = "survey.yaml"


def shipped_folder(name: str) -> Path:
    """Returns a folder that comes with the kit: `notebooks`, `data_samples` or `docs`. In a wheel, the folder
    is inside the package. In a checkout, it is beside the package.

    Raises:
        RequestError: the folder is in neither place.
    """
    found = _folder_of(name)
    if found is None:
        do = "install the kit's wheel; or work in a checkout, installed with pip install -e ."
        raise RequestError(f"the kit's {name} are not there", where=str(PACKAGE), do=do)
    return found


def _folder_of(name: str) -> Path | None:
    return next(
        (place for place in (PACKAGE / SHIPPED / name, PACKAGE.parent / name) if place.is_dir()), None
    )


def notebook_folder() -> Path:
    """Returns the folder of the notebooks that every run uses."""
    return shipped_folder("notebooks")


def samples() -> dict[str, Path]:
    """Returns the path of survey.yaml for each shipped sample, as {name of the sample: path}. The mapping is
    empty if the package came without samples."""
    folder = _folder_of("data_samples")
    return {file.parent.name: file for file in sorted(folder.glob(f"*/{SURVEY}"))} if folder else {}


def survey_file(survey: str | Path) -> Path:
    """Returns the path of a survey.yaml. If a file or folder has the same name as a shipped sample, the file
    or folder is used.

    Args:
        survey: a survey.yaml or its folder, relative to the working folder or absolute; or the exact name of
            a shipped sample, as text.

    Raises:
        SpecError: there is no such file, and no sample with this name.
    """
    path, shipped = Path(survey), samples()
    if path.is_dir():
        path = path / SURVEY
    elif isinstance(survey, str) and survey in shipped and not path.exists():
        return shipped[survey]
    do = (
        "check the path; it is looked up as written, and a relative one from the folder of the call (a "
        "notebook's own in JupyterLab). "
        f"A shipped sample goes by its name alone: {', '.join(shipped)}"
    )
    refuse_irregular(path, SpecError, do)
    return path
