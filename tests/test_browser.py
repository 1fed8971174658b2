"""Tests pages in a real browser, opened from the disk: every chart is drawn, every link works, and nothing is
fetched."""

from __future__ import annotations

import base64
import dataclasses
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest
import yaml
from chromium import Chromium

import fltoolkit as fl
from fltoolkit.languages.language import read_language
from fltoolkit.languages.word_files import shipped_languages
from fltoolkit.report.document_formats.document_blocks import Paragraph
from fltoolkit.report.document_formats.html_writer import as_html
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.run.batch import BatchOptions, run_surveys
from fltoolkit.run.batch_file import make_run

pytestmark = pytest.mark.browser
SAMPLE = Path(__file__).parents[1] / "data_samples" / "norvia_lfs_2025"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
    "--enable-logging=stderr",
    "--virtual-time-budget=15000",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--dump-dom",
)

DRAWN = (
    "(n => n && n === document.querySelectorAll('.chart "
    ".plot-container').length)(document.querySelectorAll('.chart').length)"
)
CUT_OFF = (
    "[...document.querySelectorAll('.scroll')].filter(room => room.scrollWidth > room.clientWidth + 2).length"
)
OUTSIDE = """[...document.querySelectorAll('figure')].filter(
    one => one.querySelector('.title').getBoundingClientRect().right > one.getBoundingClientRect().right).length"""

PAPER = 178 * 96 / 25.4 // 1, 261 * 96 / 25.4 // 1  # pixels of an A4 page within its margins
SHOWN = (
    "[...document.querySelectorAll('.chart, .output_html table')].filter(part => "
    "!part.closest('details:not([open])'))"
)
CLIPPED = f"""{SHOWN}.flatMap(part => [part, ...part.querySelectorAll('text')].filter(words => {{
    const [room, own] = [part, words].map(one => one.getBoundingClientRect());
    return own.width && (own.right > {PAPER[0]} + 1 || own.left < -1 || own.right > room.right + 1 || own.left < room.left - 1);
}}).map(words => words.textContent.slice(0, 60)))"""
TALL = f"""[...document.querySelectorAll('.chart')].filter(chart => chart.getBoundingClientRect().height > {PAPER[1]})
    .map(chart => chart.getAttribute('aria-label'))"""
# A folded chart is fitted when it is opened.
SIZES = """[...document.querySelectorAll('.chart .main-svg')].filter(svg => !svg.closest('details:not([open])')).map(svg => svg.getBoundingClientRect()).map(
    own => [own.width, own.height].map(Math.round).join())"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs")
    run = make_run(SAMPLE / "survey.yaml", SAMPLE / "nap.yaml")
    assert run_surveys([run], folder, BatchOptions(workers=1), say=lambda _: None)
    return folder


def drawn(page: Path, profile: Path) -> str:
    """The page as the browser has it after its scripts ran; none of them may have complained."""
    chromium = shutil.which("chromium")
    assert chromium, "make test-browser needs Chromium on the path"
    done = subprocess.run(
        [chromium, *FLAGS, f"--user-data-dir={profile}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert not [line for line in done.stderr.splitlines() if ":CONSOLE:" in line]
    return done.stdout


@pytest.mark.parametrize(
    ("name", "least"), [("1_survey", 0), ("2_classify", 2), ("3_estimate", 8), ("4_nap", 0)]
)
def test_every_chart_of_a_page_is_drawn(name: str, least: int, outputs: Path, tmp_path: Path) -> None:
    dom = drawn(outputs / SAMPLE.name / f"{name}.html", tmp_path)
    charts = len(re.findall(r'class="chart[ "]', dom))
    assert charts >= least
    assert len(re.findall(r'<div class="plot-container plotly"', dom)) == charts
    assert "Share chart" not in dom


@pytest.mark.parametrize("width", [1300, 500])
def test_no_title_leaves_its_chart_on_a_wide_and_on_a_narrow_screen(
    width: int, outputs: Path, tmp_path: Path
) -> None:
    """On a narrow screen the whole picture is there to be seen, smaller; also after the screen is turned."""
    with Chromium(tmp_path / "profile") as browser:
        browser.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        browser.open((outputs / SAMPLE.name / "3_estimate.html").as_uri(), until=DRAWN)
        assert browser.js(OUTSIDE) == 0
        assert browser.js(CUT_OFF) == 0
        browser.call(
            "Emulation.setDeviceMetricsOverride", width=400, height=900, deviceScaleFactor=1, mobile=False
        )
        browser.js("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        browser.wait(f"{CUT_OFF} == 0", 20)


def test_the_index_shows_the_headline_and_its_links_lead_to_files(outputs: Path, tmp_path: Path) -> None:
    dom = drawn(outputs / "index.html", tmp_path)
    assert "persons aged 18 and over in forced labour" in dom
    links = re.findall(r'href="([^"]+)"', dom)
    assert len(links) >= 8
    assert all((outputs / link).is_file() for link in links)


def test_no_page_names_an_address_to_fetch(outputs: Path) -> None:
    for page in outputs.rglob("*.html"):
        assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page.read_text(encoding="utf-8")), (
            page.name
        )


@pytest.mark.parametrize("more", [0, 3], ids=["targets", "more_targets"])
@pytest.mark.parametrize(
    ("sample", "planned"),
    [
        (SAMPLE.name, SAMPLE.name),
        ("norvia_lfs_2027", SAMPLE.name),
        ("valdorie_enquete_2025", "valdorie_enquete_2025"),
    ],
)
def test_the_brief_has_two_pages_or_three_in_each_language_and_its_first_page_stands_alone(
    sample: str, planned: str, more: int, tmp_path: Path
) -> None:
    """Also if the plan has more targets than the first page can list. The first part is exactly one page, and
    no page but the last is less than a third full."""
    folder = Path(shutil.copytree(SAMPLE.parent / planned, tmp_path / planned))
    text = (folder / "nap.yaml").read_text(encoding="utf-8")
    (folder / "nap.yaml").write_text(with_targets(text, more), encoding="utf-8")
    plan = fl.read_plan(folder / "nap.yaml")
    persons = fl.classify(fl.read_survey(folder if sample == planned else SAMPLE.parent / sample))
    evidence = fl.evidence(plan, fl.rounds(plan, persons, fl.publish_run(persons, plan=plan)))
    with Chromium(tmp_path / "profile") as browser:
        for code in shipped_languages():
            page = tmp_path / f"brief_{code}.html"
            page.write_text(as_html(evidence_brief(evidence, read_language(code))), encoding="utf-8")
            browser.open(page.as_uri(), until="document.querySelectorAll('.new-page').length == 1")
            pages = pdf(browser)
            assert 2 <= len(pages) <= 3, code
            assert all(part > 1 / 3 for part in map(filled_part, pages[:-1])), (
                code,
                [*map(filled_part, pages)],
            )
            browser.js(
                "[...document.querySelectorAll('.new-page, .new-page ~ *')].forEach(part => part.remove())"
            )
            assert printed(browser) == 1, code


def test_a_first_page_that_is_too_long_flows_on_and_leaves_no_page_empty(tmp_path: Path) -> None:
    """As where a survey names many groups that it could not reach."""
    plan, persons = fl.read_plan(SAMPLE / "nap.yaml"), fl.classify(fl.read_survey(SAMPLE))
    evidence = fl.evidence(plan, fl.rounds(plan, persons, fl.publish_run(persons, plan=plan)))
    brief = evidence_brief(evidence, read_language("fr"))
    long = dataclasses.replace(brief, blocks=(*[Paragraph("many words " * 60)] * 8, *brief.blocks))
    page = tmp_path / "brief.html"
    page.write_text(as_html(long), encoding="utf-8")
    with Chromium(tmp_path / "profile") as browser:
        browser.open(page.as_uri(), until="document.querySelectorAll('.new-page').length == 1")
        assert all(filled_part(part) > 1 / 3 for part in pdf(browser)[:-1])


def test_what_is_folded_on_a_page_stays_folded_in_print(outputs: Path, tmp_path: Path) -> None:
    """Of each section the first picture is printed; tables and further pictures are one line each."""
    with Chromium(tmp_path / "profile") as browser:
        browser.open((outputs / SAMPLE.name / "3_estimate.html").as_uri(), until=DRAWN)
        assert browser.js("document.querySelectorAll('details.folded').length") > 8
        assert browser.js("document.querySelectorAll('details.folded[open]').length") == 0
        folded = printed(browser)
        assert folded <= 8
        browser.js("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        assert printed(browser) > folded + 5  # 14 pages on 2026-11-28


def with_targets(plan: str, more: int) -> str:
    """The YAML of a plan with further targets for its first measured row."""
    words = yaml.safe_load(plan)
    rows = [row for level in words["framework"] for row in level["indicators"] if "targets" in row]
    rows[0]["targets"] += [{"year": 2027 + i, "cut": 0.1 * (i + 1)} for i in range(more)]
    return yaml.safe_dump(words, allow_unicode=True, sort_keys=False)


@pytest.mark.parametrize("width", [1300, 500])
@pytest.mark.parametrize(("name", "pages"), [("2_classify", 7), ("3_estimate", 11), ("4_nap", 11)])
def test_in_print_no_chart_is_cut_and_nothing_leaves_the_page(
    name: str, pages: int, width: int, outputs: Path, tmp_path: Path
) -> None:
    """Whatever the screen from which a page is printed; afterwards its charts are again as they were."""
    with Chromium(tmp_path / "profile") as browser:
        browser.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        browser.open((outputs / SAMPLE.name / f"{name}.html").as_uri(), until=DRAWN)
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=width - 20,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        browser.js("new Promise(done => setTimeout(done, 500))")  # the charts follow the width of the window
        before = browser.js(SIZES)
        assert printed(browser) <= pages
        assert browser.js(SIZES) == before
        browser.call("Emulation.setEmulatedMedia", media="print")
        browser.js(f"document.body.style.width = '{PAPER[0]}px'")
        browser.js("window.dispatchEvent(new Event('beforeprint'))")
        assert browser.js(f"{SHOWN}.length") > 0
        assert browser.js(CLIPPED) == []
        assert browser.js(TALL) == []
        assert browser.js(
            "[...document.querySelectorAll('figure')].every(f => getComputedStyle(f).breakInside === 'avoid')"
        )


def printed(browser: Chromium) -> int:
    """How many pages a page takes in print."""
    return len(pdf(browser))


def pdf(browser: Chromium) -> list[bytes]:
    """What is drawn on each page, in print."""
    made = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
    contents = [
        int(found) for found in re.findall(rb"/Type\s*/Page\b.*?/Contents (\d+) 0 R", made, re.DOTALL)
    ]
    starts = [
        re.search(rb"\n%d 0 obj\n<<.*?>>\s*stream\r?\n" % number, made, re.DOTALL) for number in contents
    ]
    return [zlib.decompressobj().decompress(made[start.end() :]) for start in starts if start]


def filled_part(page: bytes) -> float:
    """The part of a page that its lines of text take, from the first to the last."""
    heights = [float(height) for height in re.findall(rb"1 0 0 -1 [-\d.]+ ([-\d.]+) Tm", page)]
    return (max(heights) - min(heights)) / PAPER[1]
