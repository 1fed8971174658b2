"""Finds the files that come with the package: notebooks, samples and documentation."""

from __future__ import annotations

from pathlib import Path

from fltoolkit.errors import RequestError, SpecError
from fltoolkit.files import refuse_irregular

PACKAGE = Path(__file__).resolve().parent
SHIPPED = "shipped"  # where a wheel has it, in the package
SURVEY = "survey.yaml"


def shipped_folder(name: str) -> Path:
    """A folder that comes with the kit: `notebooks`, `data_samples` or `docs`. A wheel has it in the package, a checkout beside it.

    Raises:
        RequestError: it is in neither place.
    """
    found = _place(name)
    if found is None:
        do = "install the kit's wheel; or work in a checkout, installed with pip install -e ."
        raise RequestError(f"the kit's {name} are not there", where=str(PACKAGE), do=do)
    return found


def _place(name: str) -> Path | None:
    return next((place for place in (PACKAGE / SHIPPED / name, PACKAGE.parent / name) if place.is_dir()), None)


def notebook_folder() -> Path:
    """Where the notebooks are that every run goes through."""
    return shipped_folder("notebooks")


def samples() -> dict[str, Path]:
    """The shipped samples: the survey.yaml of each, by its name; none where the package came without them."""
    folder = _place("data_samples")
    return {file.parent.name: file for file in sorted(folder.glob(f"*/{SURVEY}"))} if folder else {}


def survey_file(survey: str | Path) -> Path:
    """The survey.yaml that is meant. What is there under that path comes first; a sample must be named exactly, and as text.

    Args:
        survey: a survey.yaml or its folder, looked up from the working folder unless it is absolute; or a shipped sample's name.

    Raises:
        SpecError: there is no such file, and no sample of that name.
    """
    path, shipped = Path(survey), samples()
    if path.is_dir():
        path = path / SURVEY
    elif isinstance(survey, str) and survey in shipped and not path.exists():
        return shipped[survey]
    do = (
        "check the path; it is looked up as written, and a relative one from the folder of the call (a notebook's own in JupyterLab). "
        f"A shipped sample goes by its name alone: {', '.join(shipped)}"
    )
    refuse_irregular(path, SpecError, do)
    return path
