"""The house itself: its dependencies, its lock, the one direction of its imports, and what no file may hold."""

import ast
import importlib.metadata
import re
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

HOUSE = Path(__file__).resolve().parent.parent
PACKAGE = HOUSE / "fltoolkit"

# What each part may import, apart from itself and the helpers (errors.py and every other module not named here).
ROOMS = ["survey", "classify", "estimate", "nap", "show", "report"]
MAY_USE = {room: set(ROOMS[:position]) for position, room in enumerate(ROOMS)}
MAY_USE["synthetic"] = {"survey", "classify", "estimate"}
MAY_USE["notebooks"] = {*ROOMS, "synthetic", "fltoolkit"}
MAY_USE["teaching"] = {*ROOMS, "synthetic", "fltoolkit"}
MAY_USE["jobs"] = set()
MAY_USE["record"] = {"survey", "nap", "jobs"}
MAY_USE["cluster"] = {"record"}
MAY_USE["hands"] = {"jobs", "record", "cluster", "notebooks"}
MAY_USE["private"] = {"survey"}
MAY_USE["batch"] = MAY_USE["notebooks"] | {"notebooks", "jobs", "record", "hands", "private"}
MAY_USE["stored"] = MAY_USE["batch"] | {"batch"}
MAY_USE["classroom"] = {"jobs"}
MAY_USE["commands"] = MAY_USE["stored"] | {"stored", "classroom"}
MAY_USE["cli"] = MAY_USE["commands"] | {"commands"}
MAY_USE["__main__"] = {"cli"}
MAY_USE["fltoolkit"] = {*ROOMS, "synthetic"}  # the package's __init__: the list of public names


# ---------------------------------------------------------------------------------------------- dependencies and lock


def requirements(*extras: str) -> list[Requirement]:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


LOCKS = ("requirements.lock", "requirements-spark.lock")


def locked(lock: str = LOCKS[0]) -> dict[str, list[str]]:
    """Package name -> the versions that a lock pins (several where they depend on Python's version)."""
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", (HOUSE / lock).read_text("utf-8"), re.M):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def test_the_designs_packages_come_with_the_notebooks() -> None:
    names = {requirement.name for requirement in requirements("notebooks")}
    assert {"jupyterlab", "pandas", "plotly", "ipywidgets", "statsmodels", "papermill", "nbval"} <= names


def test_environment_yml_leaves_all_python_packages_to_pyproject() -> None:
    environment = yaml.safe_load((HOUSE / "environment.yml").read_text("utf-8"))
    assert environment["name"] == "fltoolkit"
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    pip = [line for line in environment["dependencies"] if not isinstance(line, str)]
    assert pip == [{"pip": ["-e .[notebooks,documents,formats]"]}]
    specs = {str(spec.name.normalized): str(spec.version) for spec in map(MatchSpec, conda)}
    requires = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert specs == {"python": requires, "pip": "None"}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address_or_place(lock: str) -> None:
    text = (HOUSE / lock).read_text("utf-8")
    for address in ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host", " @ ", "file:"):
        assert address not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_the_lock_has_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", (HOUSE / lock).read_text("utf-8"))[1:]
    assert len(entries) > 30
    without = [entry.splitlines()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)]
    assert not without


@pytest.mark.parametrize(
    "requirement", requirements("notebooks", "documents", "formats", "docs", "class", "cluster", "dev"), ids=str
)
def test_lock_holds_what_pyproject_asks_for(requirement: Requirement) -> None:
    versions = locked().get(canonicalize_name(requirement.name), [])
    assert versions, f"{requirement.name} is missing from requirements.lock: run `make lock`"
    stale = [version for version in versions if not requirement.specifier.contains(version)]
    assert not stale, f"{requirement} is not what requirements.lock pins: run `make lock`"


def test_pins_name_the_extras_that_packages_ask_for() -> None:
    """Without them an older pip takes `coverage[toml]` for another package than the `coverage` that is pinned, and its newest version."""
    pinned = re.findall(r"^([\w.-]+)(?:\[([^]]*)\])?==", (HOUSE / LOCKS[0]).read_text("utf-8"), re.M)
    extras = {canonicalize_name(name): set(found.replace(" ", "").split(",")) for name, found in pinned}
    asked = [
        (name, needed)
        for name in extras
        for needed in map(Requirement, importlib.metadata.requires(name) or [] if is_installed(name) else [])
        if needed.extras and (needed.marker is None or needed.marker.evaluate({"extra": ""}))
    ]
    assert ("pytest-cov", "coverage") in {(name, needed.name) for name, needed in asked}
    lacking = [
        f"{name} asks for {needed}" for name, needed in asked if not needed.extras <= extras[canonicalize_name(needed.name)]
    ]
    assert not lacking, "run `make lock`"


def is_installed(name: str) -> bool:
    try:
        return bool(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return False  # another system's, or another Python's


def test_the_lock_of_the_tests_on_spark_adds_to_the_first_and_contradicts_it_nowhere() -> None:
    first, second = map(locked, LOCKS)
    assert {name: second[name] for name in second.keys() & first.keys() if second[name] != first[name]} == {}
    for requirement in requirements("formats", "spark"):
        versions = second.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is missing from {LOCKS[1]}: run `make lock`"
        assert all(map(requirement.specifier.contains, versions)), f"{requirement} is not what {LOCKS[1]} pins: run `make lock`"


# ------------------------------------------------------------------------------------------------ the one direction


def imported(file: Path, package: Path) -> Iterator[str]:
    """The dotted name of everything that a file imports, at its top or inside a function; relative names made whole."""
    here = [package.name, *file.relative_to(package).parent.parts]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            # `from fltoolkit import survey` names a room, `from fltoolkit import prevalence` the package itself.
            yield from (f"{module}.{alias.name}" if module == package.name else module for alias in node.names)


def part(dotted: str, package: Path) -> str | None:
    """The room, or module beside the rooms, that a dotted name is in; "fltoolkit" is the package's __init__."""
    first, _, rest = dotted.partition(".")
    if first != package.name:
        return None
    name = rest.partition(".")[0]
    known = name in MAY_USE or (package / name).is_dir() or (package / f"{name}.py").is_file()
    return name if name and known else "fltoolkit"


def wrong_ways(package: Path) -> list[str]:
    wrong = []
    for file in sorted(package.rglob("*.py")):
        path = file.relative_to(package)
        own = "fltoolkit" if path.name == "__init__.py" and len(path.parts) == 1 else path.with_suffix("").parts[0]
        for name in imported(file, package):
            target = part(name, package)  # None and helpers are open to all
            if target in MAY_USE and target != own and target not in MAY_USE.get(own, set()):
                wrong.append(f"{path} imports {name}: {own} may not use {target}")
    return wrong


def narwhals_places(package: Path) -> set[str]:
    return {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if any(name.partition(".")[0] == "narwhals" for name in imported(file, package))
    }


def test_rooms_import_one_way() -> None:
    assert wrong_ways(PACKAGE) == []


@pytest.mark.parametrize(
    ("path", "line", "allowed"),
    [
        ("estimate/a.py", "from fltoolkit.survey.design import SurveyDesign", True),
        ("estimate/a.py", "from ..classify import items", True),
        ("estimate/a.py", "from .variance import variance", True),
        ("estimate/a.py", "from fltoolkit import errors", True),
        ("synthetic.py", "from fltoolkit.estimate import prevalence", True),
        ("cli.py", "import fltoolkit as fl", True),
        ("estimate/a.py", "from fltoolkit.nap import baseline", False),
        ("estimate/a.py", "from fltoolkit import nap", False),
        ("estimate/a.py", "from ..show import charts", False),
        ("estimate/a.py", "from .. import report", False),
        ("estimate/a.py", "def late():\n    import fltoolkit.report.workbook", False),
        ("estimate/a.py", "import fltoolkit as fl", False),
        ("estimate/a.py", "from fltoolkit import prevalence", False),
        ("synthetic.py", "from fltoolkit.nap import baseline", False),
        ("report/a.py", "from fltoolkit.synthetic import draw", False),
        ("errors.py", "from fltoolkit.survey import spec", False),
    ],
)
def test_an_import_against_the_order_is_found(tmp_path: Path, path: str, line: str, allowed: bool) -> None:
    package = tmp_path / "fltoolkit"
    for room in ROOMS:
        (package / room).mkdir(parents=True)
    (package / "errors.py").write_text("")
    (package / path).write_text(line)
    assert (wrong_ways(package) == []) is allowed


def test_narwhals_stays_where_persons_are() -> None:
    allowed = re.compile(r"(survey|classify)/.*|estimate/cluster_totals\.py")
    assert [place for place in narwhals_places(PACKAGE) if not allowed.fullmatch(place)] == []


def test_rows_come_home_through_one_door() -> None:
    """A library's own error may quote a person's row: survey/collect.py turns it into the kit's. The other files here fetch under its
    `readable`, or within a reader that tells the line of a bad row."""
    fetch = {"collect", "fetchall", "fetchone", "fetchmany", "fetchnumpy", "to_arrow_table", "fetchdf", "df", "pl", "toPandas"}
    doors = {f"survey/{name}.py" for name in ("collect", "csv_files", "csv_numbers", "engines", "formats")}
    found = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in fetch
    }
    assert found == doors


def test_no_file_is_longer_than_400_lines() -> None:
    written = [file for file in PACKAGE.rglob("*") if file.suffix in {".py", ".yaml", ".html"}]  # JSON is generated
    lengths = {file.relative_to(HOUSE).as_posix(): len(file.read_text("utf-8").splitlines()) for file in written}
    assert {file: length for file, length in lengths.items() if length > 400} == {}


# ------------------------------------------------------------------------------------------------- what is handed on


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [file for name in listed.stdout.decode().split("\0") if name and (file := HOUSE / name).is_file()]


def test_no_tracked_file_names_a_place_on_somebodys_machine() -> None:
    place = re.compile(rb"(?<![\w./:])/(?:root|work|home/\w+|Users/\w+|opt/wheels)/")
    assert place.search(b'read("/' + b'root/data.csv")')
    assert not place.search(b"telephone/home/leaf/")
    assert [file.relative_to(HOUSE).as_posix() for file in tracked() if place.search(file.read_bytes())] == []


def test_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    """Rules, profiles and templates are read at run time: one left out of the wheel breaks only at the user's."""
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(HOUSE)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("fltoolkit/")}
    made = {".pyc", ".pyo"}
    files = (file for file in PACKAGE.rglob("*") if file.is_file() and file.suffix not in made)
    assert held == {file.relative_to(HOUSE).as_posix() for file in files}
