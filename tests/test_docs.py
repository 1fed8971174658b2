"""Tests the documentation: its code runs, its links work, and its site requests nothing from the network.

A comment above a block that is not run gives the reason; such blocks are counted here. In place of the four
notebooks, which other tests run, a stand-in writes a page.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest
import small_country as country
import yaml
from chromium import Chromium
from pydantic import TypeAdapter

from fltoolkit import remembered_results
from fltoolkit.classify.rule_set import RuleSet
from fltoolkit.cli import main
from fltoolkit.nap import Plan
from fltoolkit.nap.results_framework import Indicator
from fltoolkit.run import batch
from fltoolkit.run.batch_file import Batch
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.yaml_files.loading import Model, TextLoader

HOUSE = Path(__file__).parents[1]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{file.name}" for file in (HOUSE / "docs").glob("*.md")),
]
BLOCK = re.compile(
    r"(?:<!-- (not run|into|answers): (.*?) -->\n+)?(?:^```(\w*)\n(.*?)^```$|((?:^\|[^\n]*\n)+))", re.M | re.S
)
WHOLE: tuple[type[Model], ...] = (RuleSet, Batch, SurveySpec)
FIELDS = {
    name: field for model in (Indicator, Plan, SurveySpec) for name, field in model.model_fields.items()
}
NOT_RUN = {
    "README.md": 2,
    "CONTRIBUTING.md": 4,
    "docs/batch.md": 5,
    "docs/coverage.md": 1,
    "docs/first_steps.md": 1,
    "docs/how_to.md": 1,
    "docs/installation.md": 3,
}


class Block(NamedTuple):
    """A fenced block or a table, with the remark above it."""

    remark: str
    about: str
    kind: str
    text: str


def blocks(page: str) -> list[Block]:
    found = BLOCK.findall((HOUSE / page).read_text("utf-8"))
    return [Block(remark, about, kind, text or table) for remark, about, kind, text, table in found]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the blocks find where they run: copies, so that nothing of the repository is written to."""
    root = tmp_path_factory.mktemp("repository")
    for folder in ("data_samples", "docs/questionnaire", "tests/golden/data"):
        shutil.copytree(HOUSE / folder, root / folder)
    plan = (
        root / "data_samples" / "norvia_lfs_2025" / "nap.yaml"
    )  # in one language: tests/report writes both, and slowly
    plan.write_text(plan.read_text("utf-8").replace("languages: [en, fr]", "languages: [en]"), "utf-8")
    return root


@pytest.fixture
def here(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        assert (work / parameters["survey"]).is_file()
        nbformat.write(nbformat.v4.new_notebook(), work / f"{name}.ipynb")
        country.published().table.to_csv(work / "estimates.csv", index=False)

    monkeypatch.setattr(batch, "_execute", execute)
    monkeypatch.chdir(repository)
    return repository


@pytest.fixture(scope="module")
def remembered() -> Iterator[None]:
    """What one page has computed from a shipped sample, the next need not compute again, as in a batch."""
    remembered_results.turn_on()
    yield
    remembered_results.turn_off()


# ----------------------------------------------------------------------------------------------------- blocks


@pytest.mark.thorough("runs every block of every page")
@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(b.kind in {"python", "sh", "bash"} for b in blocks(page))]
)
def test_what_a_page_tells_to_run_runs(page: str, here: Path, remembered: None) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    not_run = [block for block in blocks(page) if block.remark == "not run"]
    for block in blocks(page):
        if block in not_run:
            continue
        if block.remark == "answers":
            answer(here / block.about, block.text)
        elif block.remark == "into":
            merge(here / block.about, block.text)
        elif block.kind == "python":
            exec(compile(block.text, page, "exec"), names)
        elif block.kind in {"sh", "bash"}:
            for line in block.text.splitlines():
                run(line)
    assert all(block.about for block in not_run)
    assert len(not_run) == NOT_RUN.get(page, 0), [block.text for block in not_run]


def run(line: str) -> None:
    """One line of a shell block; `fltoolkit` is the package at hand."""
    words = shlex.split(line, comments=True)
    if words[:1] == ["fltoolkit"]:
        assert main(words[1:]) == 0, line
    else:
        assert not words or words[0] in {"mkdir", "cp"}, f"not known here: {line}"
        subprocess.run(words, check=True)


def answer(draft: Path, table: str) -> None:
    """Write into a draft what a table says: each row names the beginning of one line."""
    lines = draft.read_text("utf-8").splitlines()
    for start, instead in re.findall(r"^\| `([^`]+)` \| (.+) \|$", table, re.M):
        (place,) = (number for number, line in enumerate(lines) if line.strip().startswith(start))
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        lines[place : place + 1] = [indent + instead.strip("`")] if instead.startswith("`") else []
    draft.write_text("\n".join(lines) + "\n", "utf-8")


def merge(target: Path, fragment: str) -> None:
    def add(old: Any, new: Any) -> Any:
        if isinstance(old, dict) and isinstance(new, dict):
            return {**old, **{key: add(old.get(key), value) for key, value in new.items()}}
        return [*old, *new] if isinstance(old, list) else new

    old, new = (yaml.load(text, TextLoader) for text in (target.read_text("utf-8"), fragment))
    target.write_text(yaml.safe_dump(add(old, new), sort_keys=False, allow_unicode=True), "utf-8")


# ------------------------------------------------------------------------------------------------ blocks that


YAML = {
    f"{page}-{n}": b.text for page in PAGES for n, b in enumerate(b for b in blocks(page) if b.kind == "yaml")
}


@pytest.mark.parametrize("text", YAML.values(), ids=YAML.keys())
def test_yaml_is_what_the_kit_reads(text: str) -> None:
    """A whole file by its model, a fragment key by key, each by that of its key."""
    told = yaml.load(text, TextLoader)
    whole = next(
        (
            model
            for model in WHOLE
            if {name for name, f in model.model_fields.items() if f.is_required()} <= told.keys()
        ),
        None,
    )
    if whole:
        whole.model_validate(told)
        return
    for key, value in told.items():
        read_section(key, value)


def read_section(key: str, value: Any) -> None:
    """One key of survey.yaml or nap.yaml. Some sections of a fragment leave out what the example is not
    about."""
    try:
        TypeAdapter(FIELDS[key].annotation).validate_python(value)
    except ValueError as error:
        wrong = [found for found in getattr(error, "errors", list)() if found["type"] != "missing"]
        if wrong:
            raise


def test_yaml_that_is_wrong_is_found() -> None:
    with pytest.raises(ValueError, match="jkx"):
        read_section(
            "design",
            {"weight": "W", "selection": "srs", "replicates": {"columns": "RW{1..80}", "method": "jkx"}},
        )
    with pytest.raises(KeyError):
        read_section("desing", {})


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_fenced_and_says_what_it_is(page: str) -> None:
    """An indented block, or one without a kind, would be passed over."""
    text = (HOUSE / page).read_text("utf-8")
    fenced = [block.kind for block in blocks(page) if not block.text.startswith("|")]
    assert set(fenced) <= {"python", "sh", "bash", "bat", "yaml", "csv", "text"}
    assert len(fenced) * 2 == text.count("```"), "a fence within a list or a quotation is not found"
    assert not re.findall(r"\n\n    \S.*", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


# ------------------------------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings get; `code` and punctuation go, as on any forge."""
    bare = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", bare, re.M)
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    text = (HOUSE / page).read_text("utf-8")
    lost = []
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", text):
        file = (HOUSE / page).parent / target if target else HOUSE / page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            lost.append(f"{target}#{anchor}")
    assert lost == []


def test_docs_link_only_what_a_wheel_brings_with_them() -> None:
    """`fltoolkit start` lays out docs, notebooks and data_samples; a link to anything else would be dead
    there."""
    linked = {
        (page, target)
        for page in PAGES
        if page.startswith("docs/")
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", (HOUSE / page).read_text("utf-8"))
    }
    laid_out = ("docs", "notebooks", "data_samples")
    places = {
        (p, t): ((HOUSE / p).parent / t).resolve().relative_to(HOUSE.resolve()).parts[0] for p, t in linked
    }
    assert {link for link, place in places.items() if place not in laid_out} == set()


# ---------------------------------------------------------------------------------------------------------- t


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(HOUSE / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


def test_the_site_holds_every_page_and_fetches_nothing(site: Path) -> None:
    pages = [site / Path(page).with_suffix(".html").name for page in PAGES if page != "README.md"]
    pages.append(site / "notebooks" / "teaching" / "TRAINER.html")
    assert [
        page.name for page in [*pages, site / "index.html", site / "search.html"] if not page.is_file()
    ] == []
    outside = re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//|url\([\"']?(?:https?:)?//|@import"
    )
    assert outside.search('<script src="https://cdn.example/x.js">')
    looked = [file for kind in ("*.html", "*.css") for file in site.rglob(kind)]
    assert [file.name for file in looked if outside.search(file.read_text("utf-8"))] == []


def test_the_search_reads_its_index_without_a_server(site: Path) -> None:
    assert "fetch(" not in (main_js := (site / "search" / "main.js").read_text("utf-8"))
    assert "search_index.js" in main_js
    index = (site / "search" / "search_index.js").read_text("utf-8")
    assert index.startswith("var searchIndex = {")
    assert "PSUs restart" in index


@pytest.mark.browser
@pytest.mark.parametrize(
    ("asked", "first"),  # of the first three
    [
        ("psus+restart", "how_to.html#my-psus-restart-in-each-stratum"),
        ("no+weight", "how_to.html#my-sample-is-self-weighting-there-is-no-weight-column"),
        ("ponderation", "francais.html"),  # without its accent
        ("degr%C3%A9s", "francais.html"),
        ("trabajo+forzoso", "espanol.html"),
        ("travail+forc%C3%A9", "francais.html"),  # not every page that says "forced"
    ],
)
def test_the_search_finds_from_the_disk(site: Path, tmp_path: Path, asked: str, first: str) -> None:
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--virtual-time-budget=8000",
    )
    page = f"{(site / 'search.html').as_uri()}?q={asked}"
    command = [
        shutil.which("chromium") or "chromium",
        *flags,
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
        page,
    ]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.findall(r'<article><h3><a href="([^"]+)"', dom)
    assert first in [re.sub("#en-(francais|espanol)-.*", "", link) for link in found[:3]]


@pytest.mark.browser
def test_no_page_is_wider_than_a_telephone(site: Path, tmp_path: Path) -> None:
    wide = {}
    with Chromium(tmp_path / "profile") as browser:
        browser.call(
            "Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=True
        )
        for page in sorted(site.rglob("*.html")):
            browser.open(page.as_uri(), until="document.readyState == 'complete'")
            wide[str(page.relative_to(site))] = browser.js("document.documentElement.scrollWidth")
    assert {page: width for page, width in wide.items() if width > 400 and page != "404.html"} == {}


def test_the_gallery_is_current_and_has_a_picture_of_every_output() -> None:
    from docs.site.gallery import PICTURES, gallery
    from docs.site.gallery_pictures import GALLERY

    outputs = [output for section in GALLERY.values() for output in section]
    assert (HOUSE / "docs" / "gallery.md").read_text("utf-8") == gallery(), (
        "run: python -m docs.site.gallery --page"
    )
    assert {file.stem for file in PICTURES.glob("*.png")} == {output.name for output in outputs}, (
        "run: make gallery"
    )
    assert all(output.alt for output in outputs)
    said = (HOUSE / "docs" / "gallery.md").read_text("utf-8")
    assert all(
        word in said
        for word in (
            "front page",
            "Notebook 4",
            "brief",
            "Skeleton",
            "Slides",
            "Workbook",
            "Flow",
            "Explorer",
            "Lesson",
        )
    )


def test_the_page_of_public_names_is_current() -> None:
    from docs.site.reference import reference

    assert (HOUSE / "docs" / "reference.md").read_text("utf-8") == reference(), "run: make docs"


def test_each_key_is_in_a_current_table_with_what_it_means() -> None:
    from docs.site.key_tables import PAGES, described, filled, models, tabled

    for page, model in PAGES.items():
        text = (HOUSE / "docs" / page).read_text("utf-8")
        assert text == filled(page, text), "run: make docs"
        assert tabled(text) == set(models(model))
        for one in models(model).values():
            assert {key for keys in described(one) for key in keys.split(", ")} == set(one.model_fields), one
