"""Tests what is not imported before it is needed: `import fltoolkit` loads neither pandas nor the modules of
the steps, and heavier libraries are loaded only when they are used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import shipped

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
    script = (
        "import json, sys, fltoolkit as fl; fl.prevalence, fl.read_survey; "
        "print(json.dumps(sorted(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(found.stdout))


@pytest.mark.parametrize("name", LATER)
def test_is_imported_when_it_is_used(imported: set[str], name: str) -> None:
    assert name not in imported


STEPS = """
import sys
from pathlib import Path
import fltoolkit as fl
assert not {"pandas", "pydantic", "narwhals"} & set(sys.modules)
assert not [name for name in sys.modules if name.startswith("fltoolkit.")]
assert set(fl.__all__) <= set(dir(fl))
from fltoolkit import baseline
assert fl.baseline is baseline is fl.nap.baseline
fl.show.table, fl.report
assert fl.__version__[0].isdigit()
"""


def test_the_steps_of_the_plan_of_what_is_drawn_and_of_what_is_written_open_when_asked() -> None:
    found = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


BUILT = """
import fltoolkit as fl
fl.prevalence, fl.read_survey
from fltoolkit.yaml_files.loading import Model
models = Model.__subclasses__()
assert len(models) > 20
models += [model for made in models for model in made.__subclasses__()]
print([model.__name__ for model in models if model.__pydantic_complete__])
"""


def test_no_model_is_built_before_a_file_is_read() -> None:
    found = subprocess.run([sys.executable, "-c", BUILT], capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "[]", found.stdout + found.stderr


def test_a_name_that_is_not_there_is_refused() -> None:
    import fltoolkit

    with pytest.raises(AttributeError, match="No fltoolkit attribute shows"):
        fltoolkit.shows  # noqa: B018


CHECK = """
import sys, traceback
from fltoolkit.cli import main
survey, *banned = sys.argv[1:]
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in banned:
            traceback.print_stack()
sys.meta_path.insert(0, Watch())
sys.argv = ["fltoolkit", "check", survey]
code = main()
late = set(banned) & set(sys.modules)
assert not late, f"{late}: they take a third of the time in which people wait for a check"
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("sample", "banned"),
    [
        pytest.param(shipped.NORVIA, ["pandas", "numpy", "pyarrow"], id="csv"),
        pytest.param(shipped.VALDORIE, ["pandas", "pyarrow"], id="spss"),  # pyreadstat itself needs NumPy
    ],
)
def test_a_check_imports_no_library_of_tables(sample: str, banned: list[str], tmp_path: Path) -> None:
    """Also where results of an earlier run are to be compared."""
    survey = shipped.SAMPLES / sample / "survey.yaml"
    results = tmp_path / "outputs" / "earlier"
    results.mkdir(parents=True)
    (results / "run.json").write_text(
        '{"name": "earlier", "title": "earlier", "status": "complete"}', encoding="utf-8"
    )
    found = subprocess.run(
        [sys.executable, "-c", CHECK, str(survey), *banned],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert found.returncode == 0, found.stderr
    assert "no errors" in found.stdout
