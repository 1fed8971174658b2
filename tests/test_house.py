"""Tests the rules of the project: its dependencies and their lock, the direction of imports, names and
places, and what no file may contain."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
import yaml
from code_sizes import module_sizes, room_tokens
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

from fltoolkit.classify.adults import classify_checked
from fltoolkit.classify.rule_set import load_rules
from fltoolkit.survey import survey_opening

HOUSE = Path(__file__).resolve().parent.parent
PACKAGE, TESTS = HOUSE / "fltoolkit", HOUSE / "tests"

# The steps in the order of the data's way through them: a step uses the steps before it, never those after.
STEPS = ["survey", "classify", "estimate", "publish", "nap", "show", "report"]
# Helpers know no step; each uses those before it.
HELPERS = [
    "errors",
    "remembered_results",
    "terminal",
    "cell_steps",
    "table_records",
    "files",
    "arguments",
    "shipped_files",
    "spreadsheets",
    "yaml_files",
    "languages",
]
MAY_USE = {helper: set(HELPERS[:position]) for position, helper in enumerate(HELPERS)}
MAY_USE |= {step: {*HELPERS, *STEPS[:position]} for position, step in enumerate(STEPS)}
MAY_USE["authoring"] = {*HELPERS, "survey"}
MAY_USE["synthetic"] = {*HELPERS, "survey", "classify", "estimate"}
MAY_USE["run"] = {*HELPERS, *STEPS, "fltoolkit"}
for helper in (
    "printable_errors",
    "output_folders",
    "remote_folder",
    "batch_file",
    "workers",
    "dask_cluster",
):
    MAY_USE[f"run.{helper}"] = set(HELPERS)
MAY_USE["run.run_record"] = {*HELPERS, "survey", "nap"}
MAY_USE["teaching"] = {*HELPERS, *STEPS, "synthetic", "run", "fltoolkit"}
MAY_USE["commands"] = {*HELPERS, *STEPS, "authoring", "synthetic", "run", "teaching", "fltoolkit"}
MAY_USE["cli"] = MAY_USE["commands"] | {"commands"}
MAY_USE["fltoolkit"] = {*HELPERS, *STEPS}  # the package's __init__: the list of public names

MOST_MODULES = 12  # of one folder, its __init__ not counted
MOST_ARGUMENTS = 5  # that a call gives by their place: nobody knows by heart which is the sixth

# ---------------------------------------------------------------------------------------------- dependencies


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
    for name, version in re.findall(
        r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", (HOUSE / lock).read_text("utf-8"), re.M
    ):
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
    assert pip == [{"pip": ["-e .[all]"]}]
    specs = {str(spec.name.normalized): str(spec.version) for spec in map(MatchSpec, conda)}
    requires = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert specs == {"python": requires, "pip": "None"}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address_or_place(lock: str) -> None:
    text = (HOUSE / lock).read_text("utf-8")
    for address in (
        "://",
        "--index-url",
        "--extra-index-url",
        "--find-links",
        "--trusted-host",
        " @ ",
        "file:",
    ):
        assert address not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_the_lock_has_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", (HOUSE / lock).read_text("utf-8"))[1:]
    assert len(entries) > 30
    without = [
        entry.splitlines()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)
    ]
    assert not without


@pytest.mark.parametrize(
    "requirement",
    requirements("notebooks", "documents", "formats", "docs", "class", "cluster", "dev"),
    ids=str,
)
def test_lock_holds_what_pyproject_asks_for(requirement: Requirement) -> None:
    versions = locked().get(canonicalize_name(requirement.name), [])
    assert versions, f"{requirement.name} is missing from requirements.lock: run `make lock`"
    stale = [version for version in versions if not requirement.specifier.contains(version)]
    assert not stale, f"{requirement} is not what requirements.lock pins: run `make lock`"


def test_pins_name_the_extras_that_packages_ask_for() -> None:
    """Without them an older pip takes `coverage[toml]` for another package than the `coverage` that is
    pinned, and its newest version."""
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
        f"{name} asks for {needed}"
        for name, needed in asked
        if not needed.extras <= extras[canonicalize_name(needed.name)]
    ]
    assert not lacking, "run `make lock`"


def is_installed(name: str) -> bool:
    try:
        return bool(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return False  # another system's, or another Python's


def test_all_is_what_the_main_job_needs() -> None:
    (everything,) = requirements("all")[len(requirements()) :]
    assert everything.name == "fltoolkit"
    assert everything.extras == {"notebooks", "documents", "formats"}


def test_the_lock_of_the_tests_on_spark_adds_to_the_first_and_contradicts_it_nowhere() -> None:
    first, second = map(locked, LOCKS)
    assert {name: second[name] for name in second.keys() & first.keys() if second[name] != first[name]} == {}
    for requirement in requirements("formats", "spark"):
        versions = second.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is missing from {LOCKS[1]}: run `make lock`"
        assert all(map(requirement.specifier.contains, versions)), (
            f"{requirement} is not what {LOCKS[1]} pins: run `make lock`"
        )


# ------------------------------------------------------------------------------------------------ the one dir


@cache
def import_statements(file: Path) -> list[ast.Import | ast.ImportFrom]:
    """At its top or inside a function; found once for all rules."""
    tree = ast.parse(file.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def imported(file: Path, package: Path, names: bool = False) -> Iterator[str]:
    """The dotted name of everything that a file imports; relative names made whole.

    `names`: of `from a.b import c` comes `a.b.c`, not `a.b`.
    """
    here = [package.name, *file.relative_to(package).parent.parts]
    for node in import_statements(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            base = here[: len(here) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            # `from fltoolkit import survey` names a step, `from fltoolkit import prevalence` the package
            # itself.
            whole = names or module == package.name
            yield from (f"{module}.{alias.name}" if whole else module for alias in node.names)


def part(dotted: str, package: Path) -> str | None:
    """The step, or module beside the steps, that a dotted name is in; "fltoolkit" is the package's
    __init__."""
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
        parts = path.with_suffix("").parts
        own = "fltoolkit" if parts == ("__init__",) else parts[0]
        allowed = MAY_USE.get(".".join(parts), MAY_USE.get(own))
        if allowed is None:
            wrong.append(f"{path}: MAY_USE does not say what {own} may use")
            continue
        for name in imported(file, package):
            if (target := part(name, package)) not in {None, own, *allowed}:
                wrong.append(f"{path} imports {name}: {own} may not use {target}")
    return wrong


def modules(package: Path) -> dict[str, Path]:
    """The package's files by their dotted names."""
    dotted = {
        file: ".".join([package.name, *file.relative_to(package).with_suffix("").parts])
        for file in package.rglob("*.py")
    }
    return {name.removesuffix(".__init__"): file for file, name in dotted.items()}


def circles(package: Path) -> list[tuple[str, ...]]:
    """Files that import each other, straight or by way of others; an import in a function, or for types
    alone, counts too."""
    files = modules(package)
    uses = {
        name: {used for found in imported(file, package, names=True) if (used := holder(found, files))}
        for name, file in files.items()
    }
    reached = {name: reach(name, uses) for name in files}
    return sorted(
        {
            tuple(sorted(o for o in reached[name] if name in reached[o]))
            for name in files
            if name in reached[name]
        }
    )


def holder(dotted: str, files: dict[str, Path]) -> str | None:
    """The file behind an imported name: the module of that name, or the one in which the name stands."""
    module = dotted if dotted in files else dotted.rpartition(".")[0]
    return module if module in files else None


def reach(start: str, uses: dict[str, set[str]]) -> set[str]:
    """All that a file imports, and what that imports in turn."""
    found: set[str] = set()
    waiting = [*uses[start]]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += uses[name]
    return found


def narwhals_places(package: Path) -> set[str]:
    return {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if any(name.partition(".")[0] == "narwhals" for name in imported(file, package))
    }


def test_steps_import_one_way() -> None:
    assert wrong_ways(PACKAGE) == []


@pytest.mark.parametrize(
    ("path", "line", "allowed"),
    [
        ("estimate/a.py", "from fltoolkit.survey.design.survey_design import SurveyDesign", True),
        ("estimate/a.py", "from ..classify import trace", True),
        ("estimate/a.py", "from .totals import one_pass", True),
        ("estimate/a.py", "from fltoolkit import errors", True),
        ("synthetic/a.py", "from fltoolkit.estimate import prevalence", True),
        ("authoring/a.py", "from fltoolkit.survey import check", True),
        ("run/batch_file.py", "from fltoolkit.run import workers", True),
        ("cli.py", "import fltoolkit as fl", True),
        ("estimate/a.py", "from fltoolkit.publish import publish_run", False),
        ("estimate/a.py", "from fltoolkit.nap import baseline", False),
        ("estimate/a.py", "from fltoolkit import nap", False),
        ("estimate/a.py", "from ..show import charts", False),
        ("estimate/a.py", "from .. import report", False),
        ("estimate/a.py", "def late():\n    import fltoolkit.report.table_files", False),
        ("estimate/a.py", "import fltoolkit as fl", False),
        ("estimate/a.py", "from fltoolkit import prevalence", False),
        ("synthetic/a.py", "from fltoolkit.nap import baseline", False),
        ("survey/a.py", "from fltoolkit.authoring import draft", False),
        ("report/a.py", "from fltoolkit.synthetic import draw", False),
        ("report/a.py", "from fltoolkit.run import batch_file", False),
        ("run/batch_file.py", "from fltoolkit.survey import check", False),
        ("errors.py", "from fltoolkit.survey import spec", False),
        ("files.py", "from fltoolkit.yaml_files import loading", False),
        ("cellar/a.py", "", False),  # a folder that is not in the order
    ],
)
def test_an_import_against_the_order_is_found(tmp_path: Path, path: str, line: str, allowed: bool) -> None:
    package = tmp_path / "fltoolkit"
    for folder in {*STEPS, "run", Path(path).parent.name}:
        (package / folder).mkdir(parents=True, exist_ok=True)
    (package / "errors.py").write_text("")
    (package / path).write_text(line)
    assert (wrong_ways(package) == []) is allowed


def test_no_files_import_each_other() -> None:
    assert circles(PACKAGE) == []


def test_a_circle_of_imports_is_found(tmp_path: Path) -> None:
    package = tmp_path / "fltoolkit"
    package.mkdir()
    (package / "__init__.py").write_text("from fltoolkit.a import x")
    (package / "a.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fltoolkit import b"
    )
    (package / "b.py").write_text("def late():\n    from .c import y")
    (package / "c.py").write_text("from fltoolkit.a import x")
    assert circles(package) == [("fltoolkit.a", "fltoolkit.b", "fltoolkit.c")]


def test_narwhals_stays_where_persons_are() -> None:
    allowed = re.compile(
        r"(survey|classify)/.*|authoring/draft/column_contents\.py|estimate/totals/(cluster_totals|person_patterns|outcome_overlaps)\.py"
    )
    assert [place for place in narwhals_places(PACKAGE) if not allowed.fullmatch(place)] == []


def test_rows_come_home_through_one_door() -> None:
    """A library's own error may quote a person's row: survey/engine/engines.py turns it into the kit's. The
    other files here fetch under its `readable`, or within a reader that tells the line of a bad row."""
    fetch = {
        "collect",
        "fetchall",
        "fetchone",
        "fetchmany",
        "fetchnumpy",
        "to_arrow_table",
        "fetchdf",
        "df",
        "pl",
        "toPandas",
    }
    doors = {"survey/engine/engines.py", "survey/readers/csv_files.py", "survey/readers/file_formats.py"}
    found = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in fetch
    }
    assert found == doors


# --------------------------------------------------------------------------------------------------- names an


def test_a_folder_holds_few_modules() -> None:
    found = Counter(
        file.parent.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if file.stem != "__init__"
    )
    assert {folder: count for folder, count in found.items() if count > MOST_MODULES} == {}


def test_no_module_name_stands_twice() -> None:
    found = Counter(file.stem for file in PACKAGE.rglob("*.py") if file.stem != "__init__")
    assert {name for name, count in found.items() if count > 1} == set()


def test_no_two_public_classes_have_one_name() -> None:
    found = Counter(
        node.name
        for file in PACKAGE.rglob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name for name, count in found.items() if count > 1} == set()


def many_arguments(package: Path) -> list[str]:
    """Functions that take more than `MOST_ARGUMENTS` by their place; those that are given by name alone are
    read at the call."""
    found = []
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [
                    a.arg for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in ("self", "cls")
                ]
                if len(names) > MOST_ARGUMENTS:
                    found.append(f"{file.relative_to(package).as_posix()}: {node.name}")
    return found


def test_a_function_takes_few_arguments_by_their_place() -> None:
    assert many_arguments(PACKAGE) == [], "group what belongs together in a frozen dataclass"


@pytest.mark.parametrize(
    ("line", "many"),
    [
        ("def f(a, b, c, d, e): ...", False),
        ("def f(a, b, c, d, e, *, g, h): ...", False),
        ("class C:\n    def f(self, a, b, c, d, e): ...", False),
        ("def f(a, b, c, d, e, g=1): ...", True),
        ("def f(a, b, /, c, d, e, g): ...", True),
        ("async def f(a, b, c, d, e, g): ...", True),
        ("def late():\n    def f(a, b, c, d, e, g): ...", True),
    ],
)
def test_a_function_of_many_arguments_is_found(tmp_path: Path, line: str, many: bool) -> None:
    (tmp_path / "a.py").write_text(line)
    assert many_arguments(tmp_path) == (["a.py: f"] if many else [])


def test_a_test_file_stands_where_its_module_does() -> None:
    """`test_adults.py` beside adults.py, and `test_adults_episodes.py` for a topic of it. What goes across
    steps is tested in tests/ itself; what a hostile reader tries, in tests/publish/attacks."""
    lost = []
    for test in TESTS.rglob("test_*.py"):
        folder, name = PACKAGE / test.parent.relative_to(TESTS), f"{test.stem.removeprefix('test_')}_"
        if test.parent not in (TESTS, TESTS / "spark", TESTS / "publish" / "attacks") and not any(
            name.startswith(f"{m.stem}_") for m in folder.glob("*.py")
        ):
            lost.append(test.relative_to(HOUSE).as_posix())
    assert lost == []


def named_in_the_tree(text: str) -> Iterator[str]:
    """The paths that the tree of the package's folders names, below `fltoolkit/`. A name at the second level
    is in the folder above it; a line that goes on has no name."""
    folder = ""
    for line in text.split("```text\n")[1].split("```")[0].splitlines()[1:]:
        found = re.match(r"( {2}| {4})((?:[a-z_/]+(?:\.py|/)(?:,? +|$))+)", line)
        if found is None:
            continue
        first, *rest = found[2].replace(",", " ").split()
        if len(found[1]) == 2:
            folder = first if first.endswith("/") else ""
            yield from (first, *rest)
        else:
            yield from (folder + name for name in (first, *rest))


def test_the_tree_of_contributing_names_what_exists() -> None:
    text = (HOUSE / "CONTRIBUTING.md").read_text("utf-8")
    named = list(named_in_the_tree(text))
    assert [path for path in named if not (PACKAGE / path).exists()] == []
    folders = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders - set(named) == set(), "CONTRIBUTING.md does not say what these folders are for"
    made = named_in_the_tree("```text\nfltoolkit/\n  a/  what\n    b.py, c/  d\n  e.py  f.py  g/ h\n```")
    assert list(made) == ["a/", "a/b.py", "a/c/", "e.py", "f.py", "g/"]


def test_the_table_of_first_changes_names_what_exists() -> None:
    text = (HOUSE / "CONTRIBUTING.md").read_text("utf-8").split("## A first change")[1].split("## Tests")[0]
    named = re.findall(r"`([a-z_/]+/[a-z_]*(?:\.pyi?|\.ya?ml|\.md)?)`", text)
    assert named
    assert [n for n in named if not any((top / n).exists() for top in (PACKAGE, HOUSE))] == []


# ------------------------------------------------------------------------------------------------------------

SIZES = yaml.safe_load((TESTS / "code_sizes.yaml").read_text("utf-8"))
MOST_TOKENS = 4_500  # of one module
MOST_READ, MOST_CLASSIFIED = 24, 14  # files that one survey's way enters: to be read, to be classified
FEW_LINES = 40  # of code: a module below them is seldom worth a file of its own
SLACK = 0.02  # by which a room may fall below its number before the number must follow


def test_every_room_has_its_size() -> None:
    assert sorted(room_tokens(PACKAGE)) == sorted(SIZES["tokens"])


@pytest.mark.parametrize("room", SIZES["tokens"])
def test_a_room_grows_only_with_a_line_of_the_change_log(room: str) -> None:
    now, most = room_tokens(PACKAGE)[room], SIZES["tokens"][room]
    grown = [growth for growth in SIZES["growth"] if growth["room"] == room]
    log = (HOUSE / "CHANGELOG.md").read_text("utf-8")
    assert [growth["for"] for growth in grown if growth["for"] not in log] == [], (
        "no such line in CHANGELOG.md"
    )
    most += sum(growth["tokens"] for growth in grown)
    assert now <= most, (
        f"{room} has {now:,} tokens, and may have {most:,}: make something needless, or add the room, "
        "the tokens and a line of "
        "CHANGELOG.md that says what for to `growth` in tests/code_sizes.yaml"
    )
    assert now >= most * (1 - SLACK), (
        f"{room} has {now:,} tokens: write this number into tests/code_sizes.yaml in place of {most:,}"
    )


def test_no_module_is_larger_than_4500_tokens() -> None:
    sizes = module_sizes(PACKAGE)
    assert {name: size for name, size in sizes.items() if size.tokens > MOST_TOKENS} == {}


def test_small_modules_become_fewer() -> None:
    small = {name for name, size in module_sizes(PACKAGE).items() if size.lines < FEW_LINES}
    known = set(SIZES["small_modules"])
    assert small - known == set(), f"fewer than {FEW_LINES} lines of code: put them where they are used"
    assert known - small == set(), "no longer small, or gone: take them off the list in tests/code_sizes.yaml"


def files_entered(call: Callable[[], object]) -> set[str]:
    """Returns the modules of the package whose functions a call goes through."""
    entered: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and not code.co_name.startswith("<") and code.co_filename.startswith(str(PACKAGE)):
            entered.add(code.co_filename)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return entered


def test_the_way_from_the_file_to_the_classified_person_enters_few_files() -> None:
    """What a newcomer has to open to follow one answer. The numbers may only become smaller."""
    path = HOUSE / "data_samples" / "norvia_lfs_2025" / "survey.yaml"
    rule = load_rules("icls_2018", path.parent)
    classify_checked(survey_opening._opened(path, None), rule, hold=True)  # what is read once in a process
    read = files_entered(lambda: survey_opening._opened(path, None))
    survey = survey_opening._opened(path, None)
    classified = files_entered(lambda: classify_checked(survey, rule, hold=True))
    assert 10 < len(read) <= MOST_READ, sorted(read)
    assert 10 < len(classified) <= MOST_CLASSIFIED, sorted(classified)


def test_a_test_that_make_test_leaves_out_says_why() -> None:
    """`make test` answers in minutes; what it leaves out is run by `make test-all`, and has a reason."""
    texts = {
        file: text for file in TESTS.rglob("test_*.py") if "thorough" in (text := file.read_text("utf-8"))
    }
    found = [
        (file.name, node.args)
        for file, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.thorough"
    ]
    assert len(found) > 50
    assert [file for file, args in found if not (len(args) == 1 and isinstance(args[0], ast.Constant))] == []
    assert [f for f, text in texts.items() if re.search(r"^@pytest\.mark\.thorough$", text, re.M)] == []


# ------------------------------------------------------------------------------------------------- what is ha


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
    """Rules, profiles and templates are read at run time: one left out of the wheel breaks only at the
    user's."""
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(HOUSE)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("fltoolkit/")}
    shipped = {name for name in held if name.startswith("fltoolkit/shipped/")}
    made = {".pyc", ".pyo"}
    files = (file for file in PACKAGE.rglob("*") if file.is_file() and file.suffix not in made)
    assert held - shipped == {file.relative_to(HOUSE).as_posix() for file in files}
    beside = [file.relative_to(HOUSE) for file in tracked()]
    wanted = [
        f
        for f in beside
        if f.parts[0] in ("notebooks", "data_samples", "docs") and f.parts[:2] != ("docs", "site")
    ]
    assert shipped == {
        f"fltoolkit/shipped/{f.as_posix()}" for f in wanted
    }  # and nothing that lies about in a checkout
