"""Tests a class in a real browser: a start page, a lesson answered in JupyterLab, explorers in JupyterLab and
Voilà, and nothing loaded from outside.

axe-core (tests/axe: npm package axe-core 4.14.1, unchanged, Mozilla Public License 2.0; its source is that
package's) looks at every explorer.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from chromium import Chromium

from fltoolkit.shipped_files import notebook_folder

pytestmark = pytest.mark.browser
EXPLORER = "import fltoolkit as fl\nfl.show.explore.definition(interactive=True)"
EVERY = """
import fltoolkit as fl
from fltoolkit import teaching
agenda, persons = fl.plan_beside("norvia_lfs_2025"), fl.classify(fl.read_survey("norvia_lfs_2025"))
out = fl.publish_run(persons, plan=agenda)
display(fl.show.explore.definition(interactive=True), fl.show.explore.tables(out, interactive=True))
display(fl.show.explore.plan(fl.evidence(agenda, fl.rounds(agenda, persons, out)), interactive=True))
for play in (teaching.play_samples, teaching.play_intervals, teaching.play_repeats):
    display(play(teaching.island(), interactive=True))
"""
SERIOUS = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => v.id + ': ' + v.nodes.map(node => node.html).join(' ')))"""
POP_UPS = "document.querySelectorAll('.Toastify__toast, .jp-Dialog').length"
CODE = """[...document.querySelectorAll('.jp-CodeCell .jp-InputArea-editor')].filter(
    area => area.getBoundingClientRect().height > 0 && area.innerText.trim()).length"""
IDLE = "document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]') != null"
# A chart in an output: while Plotly draws, it keeps a second copy of each chart elsewhere in the page, to
# measure it.
OUTPUT_CHART = ".jp-OutputArea-output.js-plotly-plot .svg-container > .main-svg:first-of-type"
DRAWN = (
    f"[...document.querySelectorAll('{OUTPUT_CHART}')].some(svg => svg.getBoundingClientRect().height > 300)"
)
REFUSED = """new Promise(told => {
    document.addEventListener('securitypolicyviolation', event => told(event.blockedURI));
    fetch('https://example.org').catch(() => 0); setTimeout(() => told('not refused'), 5000) })"""  # what a share button would do
TWO_LINES = 30  # pixels: notes below a chart break anew where it is narrower
CHART, ROLL = ".jp-OutputArea-output.js-plotly-plot", "document.querySelector('.jp-WindowedPanel-outer')"
NOTEBOOK = "[...jupyterapp.shell.widgets('main')].find(part => part.content && part.content.widgets)"
RUN = (
    f"{NOTEBOOK}.content.widgets.filter(cell => cell.model.type == 'code').map(cell => "
    "cell.model.executionCount)"
)
PANEL = "document.querySelector('.jp-NotebookPanel').getBoundingClientRect().width"
HEIGHT = f"document.querySelector('{OUTPUT_CHART}').getBoundingClientRect().height"


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The first learner's link to a class of two, a notebook with an explorer in their folder."""
    folder = tmp_path_factory.mktemp("class")
    port = free_port()
    call = [
        sys.executable,
        "-m",
        "fltoolkit.cli",
        "class",
        str(folder),
        "--learners",
        "2",
        "--port",
        str(port),
        "--jupyter=--allow-root",
    ]
    server = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, there=True)
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        for name, source in (("explorer", EXPLORER), ("every", EVERY)):
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=kernel)
            nbformat.write(notebook, folder / "room" / "learner_01" / f"{name}.ipynb")
        own = folder / "room" / "learner_01"
        lesson = nbformat.read(own / "1_definition.ipynb", 4)
        keep = ("parameters", "import teaching", '"amara"', '"ben"', "score()")
        lesson.cells = [
            lesson.cells[0],
            *(
                cell
                for cell in lesson.cells
                if cell.cell_type == "code"
                and any(part in cell.source or part in cell.metadata.tags for part in keep)
            ),
        ]
        failing = next(cell for cell in lesson.cells if '"ben"' in cell.source)
        failing.source = failing.source.replace("ben", "nobody")
        nbformat.write(lesson, own / "short.ipynb")
        yield (folder / "links.txt").read_text("utf-8").splitlines()[0]
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait(60)
    wait_for(port, there=False)  # the server ended with the command that started it


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def run_all(browser: Chromium, until: str) -> None:
    """Press Shift and Enter, as a learner does, once a part; the last shows `until`."""
    for _ in range(20):  # a click before the page has settled is lost
        browser.click(".jp-MarkdownCell")
        time.sleep(1)
        if browser.js("document.activeElement.closest('.jp-Notebook') != null"):
            break
    for _ in range(browser.js("document.querySelectorAll('.jp-Cell').length")):
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if kind == "keyDown" else {}
            browser.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key="Enter",
                code="Enter",
                windowsVirtualKeyCode=13,
                modifiers=8,
                **text,
            )
        time.sleep(0.3)
    browser.wait(until, seconds=180)


def wait_for(port: int, *, there: bool) -> None:
    end = time.monotonic() + 60
    while True:
        with socket.socket() as attempt:
            if (attempt.connect_ex(("localhost", port)) == 0) is there:
                return
        assert time.monotonic() < end
        time.sleep(0.3)


def outside(browser: Chromium) -> list[str]:
    return [url for url in browser.asked if not url.startswith(("http://localhost:", "data:", "blob:"))]


def test_a_learners_link_opens_a_page_without_code_that_leads_to_the_lessons(
    link: str, tmp_path: Path
) -> None:
    with Chromium(tmp_path) as browser:
        browser.open(link, until="document.querySelectorAll('li a').length == 4")
        assert "learner 01" in browser.js("document.body.innerText")
        browser.js((Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8"))
        assert browser.js(SERIOUS) == []
        browser.call(
            "Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=True
        )
        assert browser.js("document.documentElement.scrollWidth <= 400")
        browser.call("Emulation.clearDeviceMetricsOverride")
        browser.wait("window.innerWidth > 400")  # a click meanwhile would miss the link, which moves
        browser.js("document.querySelector('li a').click()")
        browser.wait("document.querySelectorAll('.jp-Cell').length > 3")
        time.sleep(5)  # news would come some seconds after the page
        assert browser.js(POP_UPS) == 0
        assert browser.js(CODE) == 0
        assert not re.search(
            "class_|fltoolkit", browser.js("document.querySelector('.jp-Notebook').innerText")
        )
        assert outside(browser) == []
        assert browser.js(REFUSED).startswith("https://example.org")


def test_a_learner_chooses_an_answer_and_is_told_and_a_part_that_fails_stops_nothing(
    link: str, tmp_path: Path
) -> None:
    address, _, token = link.partition("?")
    with Chromium(tmp_path) as browser:
        page = f"{address.partition('/files/')[0]}/doc/workspaces/learner_01/tree/learner_01/short.ipynb?{token}&reset"
        browser.open(page, until="document.querySelectorAll('.jp-CodeCell').length > 3")
        browser.wait(IDLE)
        run_all(browser, "document.body.innerText.includes('right.')")  # the score, in the last part
        assert browser.js(CODE) == 0
        told = browser.js("document.querySelector('.jp-Notebook').innerText")
        assert told.count("This part did not work") == 1
        assert "no such exercise" in told
        assert "Traceback" not in told
        browser.click(".widget-radio-box input")
        browser.wait("document.body.innerText.includes('Not yet. One more question is asked')", seconds=20)
        browser.click(".widget-radio-box label:nth-of-type(2) input")
        browser.wait("document.body.innerText.includes('Right. A different job than agreed')", seconds=20)
        browser.wait("document.body.innerText.includes('1 of 9 right.')", seconds=20)


@contextmanager
def lab(folder: Path, settings: Path) -> Iterator[str]:
    """The address of a JupyterLab on a folder, with settings of its own."""
    own = {f"JUPYTER_{name}_DIR": str(settings / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {
        "JUPYTERLAB_SETTINGS_DIR": str(settings / "lab"),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "work"),
        "JUPYTER_TOKEN": "t",
    }
    port = free_port()
    more = ("--no-browser", f"--port={port}", "--allow-root", "--LabApp.expose_app_in_browser=True")
    call = [
        sys.executable,
        "-m",
        "fltoolkit.cli",
        "lab",
        str(folder),
        *(f"--jupyter={option}" for option in more),
    ]
    server = subprocess.Popen(
        call, env={**os.environ, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, there=True)
        yield f"http://localhost:{port}/lab"
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait(60)


def test_jupyterlab_on_a_folder_shows_no_news(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with lab(tmp_path / "folder", tmp_path) as address, Chromium(tmp_path / "profile") as browser:
        browser.open(f"{address}?token=t", until="document.querySelector('.jp-DirListing') != null")
        time.sleep(8)  # they would come some seconds after the page
        assert browser.js(POP_UPS) == 0
        assert outside(browser) == []


@pytest.mark.parametrize(("name", "least"), [("2_classify", 2), ("3_estimate", 8)])
def test_a_chart_out_of_sight_keeps_its_height_if_the_sidebar_opens_or_closes(
    name: str, least: int, tmp_path: Path
) -> None:
    """The charts of risk factors and of wrong answers shrank to 29 pixels."""
    (tmp_path / "folder").mkdir()
    notebook = nbformat.read(notebook_folder() / f"{name}.ipynb", 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, tmp_path / "folder" / "own.ipynb")
    with lab(tmp_path / "folder", tmp_path) as address, Chromium(tmp_path / "profile") as browser:
        browser.call(
            "Emulation.setFocusEmulationEnabled", enabled=True
        )  # commands are for the notebook that has the focus
        browser.call(
            "Emulation.setDeviceMetricsOverride", width=1300, height=800, deviceScaleFactor=1, mobile=False
        )
        browser.open(
            f"{address}/tree/own.ipynb?token=t&reset",
            until="document.querySelectorAll('.jp-CodeCell').length > 1",
        )
        browser.wait(IDLE)
        browser.wait(
            "(part => part && (jupyterapp.shell.activateById(part.id), jupyterapp.shell.currentWidget "
            f"== part))({NOTEBOOK})"
        )
        browser.js("jupyterapp.commands.execute('notebook:run-all-cells') && 0")
        browser.wait(f"{RUN}.every(count => count)", seconds=240)
        whole = set(scrolled_heights(browser))
        for _ in ("wider", "narrower"):
            before = browser.js(PANEL)
            browser.js("jupyterapp.commands.execute('application:toggle-left-area')")
            browser.wait(f"Math.abs({PANEL} - {before}) > 100", seconds=20)
            time.sleep(2)  # the charts follow
            heights = scrolled_heights(browser)
            assert len(heights) >= least
            lost = [height for height in heights if min(abs(height - one) for one in whole) > TWO_LINES]
            assert lost == []


def scrolled_heights(browser: Chromium) -> list[float]:
    """The heights of the charts, wherever the notebook is scrolled to: JupyterLab may take a cell that is out
    of sight off the page."""
    found: list[float] = []
    for place in range(0, int(browser.js(f"{ROLL}.scrollHeight")), 700):
        browser.js(f"{ROLL}.scrollTop = {place}")
        time.sleep(0.3)
        found += browser.js(
            f"[...document.querySelectorAll('{CHART}')].map(chart => chart.getBoundingClientRect().height)"
        )
    browser.js(f"{ROLL}.scrollTop = 0")
    return found


def test_without_the_token_nobody_gets_in(link: str, tmp_path: Path) -> None:
    with Chromium(tmp_path) as browser:
        browser.open(
            link.partition("?")[0],
            until="document.readyState == 'complete' && location.pathname.includes('login')",
        )


def test_an_explorer_is_drawn_in_jupyterlab_and_follows_the_keyboard(link: str, tmp_path: Path) -> None:
    address, _, token = link.partition("?")
    with Chromium(tmp_path) as browser:
        browser.open(
            f"{address.partition('/files/')[0]}/lab/workspaces/learner_01/tree/learner_01/explorer.ipynb?{token}&reset",
            until="document.querySelector('.jp-CodeCell') != null",
        )
        browser.wait(IDLE)
        for _ in range(20):  # as a person does: a click before the page has settled is lost
            browser.click("[data-command='notebook:run-cell-and-select-next']")
            time.sleep(1)
            if (
                "*"
                in (prompt := browser.js("document.querySelector('.jp-CodeCell .jp-InputPrompt').innerText"))
                or "1" in prompt
            ):
                break
        browser.wait(DRAWN)
        assert browser.js(HEIGHT) > 300
        flipped(browser)


def test_an_explorer_is_drawn_in_voila_and_follows_the_keyboard(link: str, tmp_path: Path) -> None:
    server, _, token = link.partition("?")
    with Chromium(tmp_path) as browser:
        browser.open(
            f"{server.partition('/files/')[0]}/voila/render/learner_01/explorer.ipynb?{token}", until=DRAWN
        )
        assert browser.js(HEIGHT) > 300
        flipped(browser)


def test_axe_finds_nothing_serious_in_any_explorer(link: str, tmp_path: Path) -> None:
    server, _, token = link.partition("?")
    with Chromium(tmp_path) as browser:
        browser.open(
            f"{server.partition('/files/')[0]}/voila/render/learner_01/every.ipynb?{token}",
            until=f"document.querySelectorAll('{OUTPUT_CHART}').length == 6",  # one a view of EVERY
            seconds=200,
        )
        browser.js((Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8"))
        assert browser.js(
            f"document.body.appendChild(document.createElement('input')); {SERIOUS}"
        )  # it sees a control without a name
        browser.js("document.body.lastChild.remove()")
        assert browser.js(SERIOUS) == []


def flipped(browser: Chromium) -> None:
    """Every control has a name; a letter typed on the first answers no, and the verdict follows."""
    assert browser.js(
        "[...document.querySelectorAll('.jupyter-widgets select')].every(s => s.labels.length && "
        "s.labels[0].innerText)"
    )
    assert browser.js("document.body.innerText.includes('In forced labour.')")
    browser.js("document.querySelector('.jupyter-widgets select').focus()")
    for kind in ("keyDown", "keyUp"):
        text = {"text": "n"} if kind == "keyDown" else {}
        browser.call(
            "Input.dispatchKeyEvent", type=kind, key="n", code="KeyN", windowsVirtualKeyCode=78, **text
        )
    browser.wait("document.body.innerText.includes('did not work')", seconds=20)
