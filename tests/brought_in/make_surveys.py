"""Three surveys as national offices make them: data files and the printed form, for `fltoolkit` to be tried
on from the outside.

From tests/: `python -m brought_in.make_surveys FOLDER` writes FOLDER/quirama, FOLDER/tamaria and
FOLDER/lerova.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from brought_in import lerova_files, quirama_spss, tamaria_kobo

FORMS = Path(__file__).parent / "questionnaires"
WRITERS = {"quirama": quirama_spss.write, "tamaria": tamaria_kobo.write, "lerova": lerova_files.write}


def make(name: str, folder: Path) -> Path:
    """Write one survey and its questionnaire.txt into `folder`/`name`; gives that folder."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    WRITERS[name](place)
    shutil.copy(FORMS / f"{name}.txt", place / "questionnaire.txt")
    return place


if __name__ == "__main__":
    for survey in WRITERS:
        print(make(survey, Path(sys.argv[1])))
