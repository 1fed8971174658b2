"""A class in a real browser: a learner's link opens JupyterLab, an explorer is drawn there and in Voilà, nothing outside is loaded.

axe-core (tests/axe: npm package axe-core 4.14.1, unchanged, Mozilla Public License 2.0; its source is that package's) looks at every explorer.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from chromium import Chromium

pytestmark = pytest.mark.browser
EXPLORER = "import fltoolkit as fl\nfl.show.explore.definition(interactive=True)"
EVERY = """
import fltoolkit as fl
from fltoolkit import teaching
agenda, persons = fl.plan_beside("norvia_lfs_2025"), fl.classify(fl.read_survey("norvia_lfs_2025"))
out = fl.publish_run(persons, plan=agenda)
display(fl.show.explore.definition(interactive=True), fl.show.explore.tables(out, interactive=True))
display(fl.show.explore.questionnaire(fl.nonresponse(persons), out, interactive=True))
display(fl.show.explore.plan(fl.evidence(agenda, fl.rounds(agenda, persons, out)), interactive=True))
for play in (teaching.play_samples, teaching.play_intervals, teaching.play_repeats):
    display(play(teaching.island(), interactive=True))
"""
SERIOUS = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => v.id + ': ' + v.nodes.map(node => node.html).join(' ')))"""
DRAWN = "[...document.querySelectorAll('.js-plotly-plot .main-svg')].some(svg => svg.getBoundingClientRect().height > 300)"
REFUSED = """new Promise(told => {
    document.addEventListener('securitypolicyviolation', event => told(event.blockedURI));
    fetch('https://example.org').catch(() => 0); setTimeout(() => told('not refused'), 5000) })"""  # what a share button would do
HEIGHT = "document.querySelector('.js-plotly-plot').getBoundingClientRect().height"


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The first learner's link to a class of two, a notebook with an explorer in their folder."""
    folder = tmp_path_factory.mktemp("class")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
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
        yield (folder / "links.txt").read_text("utf-8").splitlines()[0]
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait(60)
    wait_for(port, there=False)  # the server ended with the command that started it


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


def test_a_learners_link_opens_the_first_lesson_without_news_and_without_the_network(link: str, tmp_path: Path) -> None:
    with Chromium(tmp_path) as browser:
        browser.open(link, until="document.querySelectorAll('.jp-Cell').length > 3")
        assert browser.js("document.querySelector('.jp-BreadCrumbs').innerText.includes('learner_01')")
        assert browser.js("document.querySelectorAll('.Toastify__toast, .jp-Dialog').length") == 0
        assert outside(browser) == []
        assert browser.js(REFUSED).startswith("https://example.org")


def test_without_the_token_nobody_gets_in(link: str, tmp_path: Path) -> None:
    with Chromium(tmp_path) as browser:
        browser.open(link.partition("?")[0], until="document.readyState == 'complete' && location.pathname.includes('login')")


def test_an_explorer_is_drawn_in_jupyterlab_and_follows_the_keyboard(link: str, tmp_path: Path) -> None:
    address, _, token = link.partition("?")
    with Chromium(tmp_path) as browser:
        browser.open(
            f"{address.rpartition('/')[0]}/explorer.ipynb?{token}&reset", until="document.querySelector('.jp-CodeCell') != null"
        )
        browser.wait("document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]') != null")
        for _ in range(20):  # as a person does: a click before the page has settled is lost
            browser.click("[data-command='notebook:run-cell-and-select-next']")
            time.sleep(1)
            if "*" in (prompt := browser.js("document.querySelector('.jp-CodeCell .jp-InputPrompt').innerText")) or "1" in prompt:
                break
        browser.wait(DRAWN)
        assert browser.js(HEIGHT) > 300
        flipped(browser)


def test_an_explorer_is_drawn_in_voila_and_follows_the_keyboard(link: str, tmp_path: Path) -> None:
    server, _, token = link.partition("?")
    with Chromium(tmp_path) as browser:
        browser.open(f"{server.partition('/lab/')[0]}/voila/render/learner_01/explorer.ipynb?{token}", until=DRAWN)
        assert browser.js(HEIGHT) > 300
        flipped(browser)


def test_axe_finds_nothing_serious_in_any_explorer(link: str, tmp_path: Path) -> None:
    server, _, token = link.partition("?")
    with Chromium(tmp_path) as browser:
        browser.open(
            f"{server.partition('/lab/')[0]}/voila/render/learner_01/every.ipynb?{token}",
            until="[...document.querySelectorAll('.js-plotly-plot')].filter(chart => chart.querySelector('.main-svg')).length == 7",
            seconds=300,
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
        "[...document.querySelectorAll('.jupyter-widgets select')].every(s => s.labels.length && s.labels[0].innerText)"
    )
    assert browser.js("document.body.innerText.includes('In forced labour.')")
    browser.js("document.querySelector('.jupyter-widgets select').focus()")
    for kind in ("keyDown", "keyUp"):
        text = {"text": "n"} if kind == "keyDown" else {}
        browser.call("Input.dispatchKeyEvent", type=kind, key="n", code="KeyN", windowsVirtualKeyCode=78, **text)
    browser.wait("document.body.innerText.includes('no work')", seconds=20)
