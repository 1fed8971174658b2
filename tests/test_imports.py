"""What `import fltoolkit` does not import: each is opened by the function that uses it."""

import json
import subprocess
import sys

import pytest

LATER = (
    "plotly",
    "statsmodels",
    "scipy.stats",
    "papermill",
    "duckdb",
    "pyspark",
    "dask",
    "matplotlib",
    "IPython",
    "ipywidgets",
    "openpyxl",
)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    script = "import json, sys, fltoolkit; print(json.dumps(sorted(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(found.stdout))


@pytest.mark.parametrize("name", LATER)
def test_is_imported_when_it_is_used(imported: set[str], name: str) -> None:
    assert name not in imported


def test_the_rooms_that_draw_and_write_open_when_asked() -> None:
    script = "import fltoolkit as fl, sys; assert 'fltoolkit.show' not in sys.modules; fl.show.table; fl.report; print('fltoolkit.show' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "True", found.stderr


def test_a_name_that_is_not_there_is_refused() -> None:
    import fltoolkit

    with pytest.raises(AttributeError, match="no attribute 'shows'"):
        fltoolkit.shows  # noqa: B018
