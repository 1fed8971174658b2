"""Tests that the notebooks follow their rules, run on any survey, and give R's numbers for the shipped
one."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import families
import ipywidgets
import nbformat
import pandas as pd
import pytest
import small_country as country
import yaml

from fltoolkit.errors import RequestError, SpecError
from fltoolkit.run import batch_file, jupyter
from fltoolkit.show.charts.chart_style import MIME
from tests.golden_texts import surveys as golden_texts

HOUSE = Path(__file__).parents[1]
SAMPLE = HOUSE / "data_samples" / "norvia_lfs_2025"
FILES = sorted(p for p in (HOUSE / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
PIPELINE = [p for p in FILES if p.parent.name == "notebooks"]
EVERY = pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)


@cache
def read(path: Path) -> Any:
    """A notebook, read once: nobody changes it."""
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def parameters(path: Path) -> Any:
    (cell,) = [c for c in read(path).cells if "parameters" in c.metadata.get("tags", [])]
    return cell


# ------------------------------------------------------------------------------------------------------- the


def test_the_four_notebooks_of_a_run_are_there() -> None:
    assert tuple(p.stem for p in PIPELINE) == batch_file.NOTEBOOKS


@EVERY
def test_a_title_stands_first_and_the_parameters_right_after_it(path: Path) -> None:
    cells = read(path).cells
    assert cells[0].cell_type == "markdown"
    assert re.match(r"# \S", cells[0].source)
    assert cells[1].metadata.get("tags") == ["parameters"]
    assert cells[1] == parameters(path)  # the only one
    words = [re.sub(r"```.*?```", "", c.source, flags=re.DOTALL) for c in cells if c.cell_type == "markdown"]
    headings = [line for text in words for line in text.splitlines() if line.startswith("# ")]
    assert len(headings) == 1


@EVERY
def test_every_parameter_is_typed_and_commented_and_nothing_else_is_said_there(path: Path) -> None:
    for line in parameters(path).source.splitlines():
        assert re.fullmatch(r'[a-z_]+: (str|bool|int|float) = ("[^"]*"|True|False|[\d.]+)  # \S.*', line), (
            line
        )


@EVERY
def test_widgets_are_off_as_committed(path: Path) -> None:
    assert "interactive: bool = True" not in parameters(path).source


@EVERY
def test_cells_are_calls_without_loops_or_functions(path: Path) -> None:
    forbidden = (
        ast.For,
        ast.While,
        ast.FunctionDef,
        ast.ClassDef,
        ast.Lambda,
        ast.With,
        ast.Try,
        ast.ListComp,
        ast.DictComp,
    )
    for cell in code(path):
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, forbidden)], (
            cell.source
        )
        assert cell == parameters(path) or len(cell.source.splitlines()) <= 6, cell.source


@EVERY
def test_every_picture_stands_beside_prose(path: Path) -> None:
    cells = read(path).cells
    with_picture = [
        i
        for i, c in enumerate(cells)
        if c.cell_type == "code" and any(MIME in o.get("data", {}) for o in c.outputs)
    ]
    for i in with_picture:
        beside = [cells[i - 1], *cells[i + 1 : i + 2]]
        assert max(len(c.source) for c in beside if c.cell_type == "markdown") > 60, cells[i].source
    assert with_picture or path.stem in ("1_survey", "4_nap")


@EVERY
def test_every_code_cell_has_run_and_none_failed(path: Path) -> None:
    for cell in code(path):
        assert cell.execution_count, f"run `make refresh`: {cell.source}"
        assert not [o for o in cell.outputs if o.output_type == "error"]


@EVERY
def test_stored_outputs_hold_no_place_address_warning_or_widget(path: Path) -> None:
    assert "widgets" not in read(path).metadata
    for cell in code(path):
        assert not [o for o in cell.outputs if o.output_type == "stream"], cell.source
        for output in cell.outputs:
            assert not [mime for mime in output.data if "widget" in mime]
            text = json.dumps(output.data)
            assert "://" not in text, cell.source
            assert not re.search(r"(?<![\w.])/(?:home|root|tmp|usr|opt|work|Users|var)/", text), cell.source
            assert " object at 0x" not in text, cell.source


@EVERY
def test_notebooks_are_normalised_and_small(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    assert nbformat.writes(jupyter.normalise(nbformat.read(path, as_version=4))).rstrip(
        "\n"
    ) == before.rstrip("\n")
    assert len(before) < 700_000


def test_calls_use_parameters_not_paths() -> None:
    for path in FILES:
        for cell in code(path)[1:]:
            assert "data_samples" not in cell.source
            assert "outputs/" not in cell.source


# -------------------------------------------------------------------------------------------------- on anothe


def run_cells(path: Path, **given: object) -> Iterator[object]:
    """Run a notebook's cells here, some parameters changed; yields what each cell shows, with the names it
    left."""
    names: dict[str, object] = {}
    for cell in code(path):
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, path.name, "exec"), names)
        if cell.metadata.get("tags") == ["parameters"]:
            names |= given
        if isinstance(last, ast.Expr):
            yield eval(compile(ast.Expression(last.value), path.name, "eval"), names)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    path = country.write(tmp_path_factory.mktemp("small"))
    return {"survey": str(path), "plan": "nap.yaml"}


@pytest.mark.thorough("eight whole notebooks")
@EVERY
def test_a_notebook_runs_on_a_survey_that_is_not_the_sample(
    path: Path, small: dict[str, object], tmp_path: Path
) -> None:
    declared = parameters(path).source
    given = {k: v for k, v in {**small, "outputs": str(tmp_path)}.items() if f"{k}: str" in declared}
    shown = list(run_cells(path, **given))
    assert len(shown) >= 1
    assert "Norvia" not in " ".join(map(str, shown))
    made = {
        "1_survey": {"findings_data.csv"},
        "2_classify": {"findings_cases.csv"},
        "3_estimate": {"estimates.csv", "risk_factors.csv"},
        "4_nap": {
            "nap_baseline.csv",
            "nap_workbook.xlsx",
            "evidence_brief_en.html",
            "evidence_brief_en.docx",
            "nap_skeleton_en.docx",
            "slides_en.pptx",
            "charts",
            "sdmx.csv",
            "sdmx_structure.json",
            "ilostat.csv",
            "evidence.json",
        },
    }
    assert {p.name for p in tmp_path.iterdir()} == made.get(path.stem, set())


WITH_PLAN = pytest.mark.parametrize(
    "path", [p for p in PIPELINE if "plan: str" in parameters(p).source], ids=lambda p: p.stem
)


@pytest.mark.thorough("whole notebooks of three surveys")
@WITH_PLAN
def test_another_survey_never_meets_the_shipped_plan(path: Path, tmp_path: Path) -> None:
    survey = country.write(tmp_path / "mine", country.ONE_NUMBER)
    survey.with_name("nap.yaml").unlink()
    shown = " ".join(map(str, run_cells(path, survey=str(survey), outputs=str(tmp_path))))
    assert "Norvia" not in shown
    if path.stem == "4_nap":
        assert "There is no plan: none is named, and no nap.yaml lies beside survey.yaml." in shown
        assert {p.name for p in tmp_path.iterdir()} == {"mine"}


@WITH_PLAN
def test_a_plan_of_another_country_stops_the_notebook(path: Path, tmp_path: Path) -> None:
    survey = country.write(
        tmp_path / "mine", country.changed(country.ONE_NUMBER, country="Otherland"), country.PLAN
    )
    with pytest.raises(
        SpecError,
        match="the plan is another country's than the survey\n  found:   Smallland\n  allowed: Otherland",
    ):
        list(run_cells(path, survey=str(survey)))


PREVALENCE, TOTAL, SHARE, PROFILE = ({"measure": m} for m in ("prevalence", "total", "share", "profile"))
WORKERS = {"workers": {"label": "workers", "age": {"min": 18}, "where": {"WORK": 1}}}
OF_WORKERS, OF_CHILDREN = {"population": "workers"}, {"population": "children"}
LEGAL_TABLES: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "rates of another population": [{**PREVALENCE, **OF_WORKERS, "by": [[], ["sex"]]}],
    "totals of another population": [{**TOTAL, **OF_WORKERS, "by": [["sex"]]}],
    "a total alone": [TOTAL],
    "a crossed table alone": [{**PREVALENCE, "by": [["sex", "region"]]}],
    "a table by a group of cases alone": [{**TOTAL, "by": [["sector"]]}],
    "shares of another population": [{**SHARE, **OF_WORKERS, "of": "sex"}],
    "a profile of another population": [{**PROFILE, **OF_WORKERS, "by": [["sex"]]}],
    "an average day that was not asked": [{"measure": "stock", "by": [["sex"]]}],
}
LEGAL_TABLES_OF_FAMILIES: dict[str, list[dict[str, Any]]] = {
    "rates of children alone": [{**PREVALENCE, **OF_CHILDREN, "by": [["sex"]]}],
    "totals of adults alone": [{**TOTAL, "population": "adults", "by": [["sex"]]}],
    "routes of children alone": [{**SHARE, **OF_CHILDREN, "of": "route"}],
}
NORMALISED = {
    "design": country.SURVEY["design"] | {"weights": "normalised"},
    "tables": [{**PREVALENCE, "by": [["sex"]]}],
}


@pytest.mark.thorough("nine lists of tables through all notebooks")
@pytest.mark.parametrize("tables", LEGAL_TABLES.values(), ids=LEGAL_TABLES)
def test_any_legal_tables_go_through_the_notebooks(tables: list[dict[str, Any]], tmp_path: Path) -> None:
    """Before, notebook 3 stopped with an IndexError if a measure had no group in the first population."""
    populations = country.SURVEY["populations"] | WORKERS
    go_through(
        country.write(tmp_path, country.changed(country.SURVEY, populations=populations, tables=tables))
    )


@pytest.mark.thorough("three lists of tables through all notebooks")
@pytest.mark.parametrize("tables", LEGAL_TABLES_OF_FAMILIES.values(), ids=LEGAL_TABLES_OF_FAMILIES)
def test_any_legal_tables_of_adults_and_children_go_through_the_notebooks(
    tables: list[dict[str, Any]], tmp_path: Path
) -> None:
    kinds = (
        "case",
        "not",
        "open",
        "idle",
        "by a third party",
        "with parents",
        "free",
        "idle child",
        "open child",
    )
    people = [(kinds[i % 9], {"SEX": 1 + i % 2, "R": 1 + i % 4}) for i in range(270)]
    families.persons(tmp_path, people)
    (tmp_path / "survey.yaml").write_text(
        yaml.safe_dump({**families.FAMILY, "tables": tables}), encoding="utf-8"
    )
    go_through(tmp_path / "survey.yaml")


@pytest.mark.thorough("whole notebooks of two surveys")
@pytest.mark.parametrize("found", [True, False])
def test_weights_that_give_no_numbers_of_persons_go_through_the_notebooks(
    found: bool, tmp_path: Path
) -> None:
    """Before, notebook 2 stopped with a KeyError."""
    table = country.persons() if found else country.persons().assign(INV=2, FISIC=None)
    go_through(country.write(tmp_path, country.changed(country.SURVEY, **NORMALISED), table=table))


def go_through(survey: Path) -> None:
    """Runs the notebooks that need no plan. A cell that fails raises its error."""
    for path in PIPELINE[:3]:
        given = {"survey": str(survey)} | ({"plan": ""} if "plan: str" in parameters(path).source else {})
        assert list(run_cells(path, **given))


def test_a_plan_that_is_named_and_not_there_stops_the_notebook(tmp_path: Path) -> None:
    (path,) = [p for p in PIPELINE if p.stem == "3_estimate"]
    survey = country.write(tmp_path / "mine", country.ONE_NUMBER)
    with pytest.raises(SpecError, match="there is no such file"):
        list(run_cells(path, survey=str(survey), plan="nap2.yaml"))


def test_interactive_shows_a_widget_instead_of_the_fixed_view(small: dict[str, object]) -> None:
    (path,) = [p for p in PIPELINE if p.stem == "3_estimate"]
    shown = list(run_cells(path, **small, interactive=True))
    (panel,) = [part for part in shown if isinstance(part, ipywidgets.Widget)]
    *pickers, screen = panel.children
    assert {"Breakdown", "Population", "Rule set"} <= {picker.description for picker in pickers}
    assert max(len(picker.options) for picker in pickers) > 3
    assert len(screen.outputs) >= 2


# ------------------------------------------------------------------------------------- on the shipped survey,


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of the shipped survey, run as a batch does."""
    return golden_texts.run(SAMPLE.name, tmp_path_factory.mktemp("shipped"))


def test_documents_of_the_shipped_survey_say_what_was_reviewed(shipped: Path) -> None:
    differ = golden_texts.differing(SAMPLE.name, shipped)
    assert not differ, f"make golden-texts writes them anew:\n{differ}"


def golden(verb: str) -> dict[str, float]:
    """R's estimate for all adults of the shipped survey."""
    records = json.loads((HOUSE / "tests" / "golden" / "norvia.json").read_text("utf-8"))["records"]
    (record,) = [r for r in records if r["id"] == f"norvia-adults-{verb}-overall+sex"]
    numbers: dict[str, float] = record["numbers"][0]
    return numbers


@pytest.mark.parametrize("verb", ["prevalence", "total"])
def test_the_headline_of_the_shipped_survey_is_rs(shipped: Path, verb: str) -> None:
    table = pd.read_csv(shipped / "estimates.csv", keep_default_na=False, na_values=[""])
    head = table[
        (table["measure"] == verb) & table["breakdown"].isna() & (table["reference_population"] == "adults")
    ].iloc[0]
    half = 0.5 * (
        0.0001 if verb == "prevalence" else head["rounding"]
    )  # what leaves is rounded; R's own digits are compared elsewhere
    for column in ("estimate", "ci_low", "ci_high"):
        assert head[column] == pytest.approx(golden(verb)[column], abs=half * 1.000001), column
    assert head["se"] == float(f"{golden(verb)['se']:.3g}")
    assert head[["n", "cases", "df"]].tolist() == [golden(verb)[c] for c in ("n", "cases", "df")]


def test_the_baseline_of_the_shipped_plan_starts_from_rs_headline(shipped: Path) -> None:
    table = pd.read_csv(shipped / "nap_baseline.csv")
    first = table[table["category"] == "total"].set_index("id")["baseline_value"]
    assert first["prevalence_decrease_base"] == pytest.approx(
        1000 * golden("prevalence")["estimate"], abs=0.05
    )
    assert first["persons_in_forced_labour"] == pytest.approx(
        golden("total")["estimate"], abs=50
    )  # the base is 100


def shown(notebook: Any) -> list[tuple[str, list[dict[str, str]]]]:
    """What each cell shows, without charts, whose JSON may differ between two machines. Parameters, and the
    cells that write files, are those of a run."""
    return [
        (cell.source, [{k: v for k, v in o.data.items() if k != MIME} for o in cell.outputs if "data" in o])
        for cell in jupyter.normalise(notebook).cells
        if cell.cell_type == "code" and "outputs" not in cell.source
    ]


@pytest.mark.parametrize("name", batch_file.NOTEBOOKS)
def test_a_run_shows_what_the_notebook_has_stored(shipped: Path, name: str) -> None:
    ran, stored = (
        shown(nbformat.read(folder / f"{name}.ipynb", as_version=4))
        for folder in (shipped, HOUSE / "notebooks")
    )
    assert len(stored) > 5
    assert ran == stored, "run `make refresh`"


def test_parameters_given_to_papermill_take_the_place_of_the_committed_ones(shipped: Path) -> None:
    cells = read(shipped / "3_estimate.ipynb").cells
    injected = [c.source for c in cells if "injected-parameters" in c.metadata.get("tags", [])]
    assert len(injected) == 1
    assert 'outputs = "."' in injected[0]


# ------------------------------------------------------------------------------------------------- refresh, n


def test_refresh_runs_a_notebook_where_it_stands_and_keeps_only_what_is_stable(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell(
        "from pathlib import Path\nPath('beside.txt').read_text()", metadata={"tags": ["t"], "x": 1}
    )
    nbformat.write(
        nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"state": 1}}), tmp_path / "n.ipynb"
    )
    (tmp_path / "beside.txt").write_text("found", encoding="utf-8")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "old.ipynb").write_text("not a notebook", encoding="utf-8")
    said: list[str] = []
    jupyter.refresh(tmp_path, say=said.append)
    assert said == ["refreshing n.ipynb"]
    notebook = read(tmp_path / "n.ipynb")
    assert notebook.cells[0].outputs[0].data["text/plain"] == "'found'"
    assert notebook.cells[0].metadata == {"tags": ["t"]}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("not JSON {", "b.ipynb: this is not a notebook"),
        ('{"cells": 3}', "b.ipynb: this is not a notebook"),
        ("cell", "b.ipynb: a cell of the notebook fails\n  found:   ValueError in cell [2]"),
        ("kernel", "b.ipynb: a cell of the notebook fails\n  found:   the notebook's kernel died"),
    ],
)
def test_refresh_of_a_broken_notebook_names_it_and_writes_none(
    tmp_path: Path, broken: str, words: str
) -> None:
    cells = {"cell": "raise ValueError('Amina Diallo')", "kernel": "import os; os._exit(1)"}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), tmp_path / "a.ipynb")
    if broken in cells:
        made = [nbformat.v4.new_code_cell(source) for source in ("1", cells[broken], "2")]
        nbformat.write(nbformat.v4.new_notebook(cells=made), tmp_path / "b.ipynb")
    else:
        (tmp_path / "b.ipynb").write_text(broken, "utf-8")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(RequestError) as raised:
        jupyter.refresh(tmp_path, say=lambda _: None)
    assert words in raised.value.message
    assert "Amina" not in raised.value.message
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_same_notebook_is_normalised_to_the_same_text(tmp_path: Path) -> None:
    def made(name: str) -> bytes:
        cells = [
            nbformat.v4.new_code_cell("1", metadata={"execution": {"started": name}}),
            nbformat.v4.new_markdown_cell("a"),
        ]
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata={"papermill": {"version": name}}), tmp_path / name
        )
        jupyter.normalise_file(tmp_path / name)
        return (tmp_path / name).read_bytes()

    assert made("one") == made("two")


def test_what_passes_between_notebook_and_kernel_is_encrypted() -> None:
    assert jupyter._config()["KernelManager"]["transport_encryption"] == "auto"
