"""docs/gallery.md with a picture of every output: `make gallery` runs the samples, takes the pictures anew and writes the page.

It needs Chromium, LibreOffice and pdftoppm. The page alone: `python -m docs.site.gallery --page`.
"""

from __future__ import annotations

import base64
import io
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from PIL import Image, ImageChops

from docs.site.gallery_pictures import EXPLORER, GALLERY, LESSONS, Drawing, Explorer, Output, Paper, Screen
from fltoolkit.cli import main as fltoolkit
from fltoolkit.report import page as notebook_page, write_assets
from tests.chromium import Chromium

HOUSE = Path(__file__).resolve().parents[2]
TARGET = HOUSE / "docs" / "gallery.md"
PICTURES = HOUSE / "docs" / "pictures" / "gallery"
WIDEST, COLOURS, MARGIN = 1000, 64, 16  # of a picture as it is kept: the page stays light
INTRODUCTION = """\
# Gallery: every output in a picture

Made by `make gallery` from the shipped samples; not edited by hand. Norvia and Valdorie are invented countries. Their people, surveys and
plans are invented too.

`NAME` is the folder of a survey in `outputs/`. [What a run leaves](outputs.md) lists all its files.
"""


def gallery() -> str:
    """The page: one entry an output, with its picture, what it is, where it is written and which call makes it."""
    lines = [INTRODUCTION]
    for section, outputs in GALLERY.items():
        lines.append(f"## {section}\n")
        for output in outputs:
            lines += [
                f"### {output.title}\n",
                f"{output.text}\n",
                f"- **Written to**: {output.written}.\n- **Made by**: {output.call}.\n",
                f"![{output.alt}](pictures/gallery/{output.name}.png)\n",
            ]
    return "\n".join(lines)


def take_pictures(work: Path) -> None:
    """A picture of each output, kept in docs/pictures/gallery.

    Args:
        work: a folder with `outputs/`, the samples' results; the lessons' pages are put beside them.
    """
    write_assets(work / "lessons" / "assets")
    for lesson in LESSONS:
        name = Path(lesson).stem
        notebook_page(HOUSE / "notebooks" / "teaching" / f"{name}.ipynb", work / lesson, title=name, assets="assets", links=[])
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile, Chromium(Path(profile)) as browser:
        for output in (output for outputs in GALLERY.values() for output in outputs):
            match output.source:
                case Screen() as screen:
                    picture = _screen(browser, (work / screen.page.partition("#")[0]).as_uri() + _fragment(screen.page), screen)
                case Explorer() as explorer:
                    # Voilà's page asks before it is left, so it has a browser of its own.
                    with _explorer_served(work) as address, tempfile.TemporaryDirectory() as own, Chromium(Path(own)) as apart:
                        picture = _screen(apart, address, explorer.screen)
                case Paper() as paper:
                    picture = _paper(browser, work / paper.document, paper.number)
                case Drawing() as drawing:
                    picture = Image.open(work / drawing.file)
            _keep(picture, output)


def _fragment(page: str) -> str:
    return f"#{fragment}" if (fragment := page.partition("#")[2]) else ""


def _screen(browser: Chromium, address: str, screen: Screen) -> Image.Image:
    """What a page shows on a screen of a width, cut to the element and the height that the entry asks for."""
    call = browser.call
    call("Emulation.setDeviceMetricsOverride", width=screen.width, height=screen.height, deviceScaleFactor=1, mobile=False)
    call("Page.navigate", url="about:blank")  # a change of the fragment alone would load nothing
    browser.open(address, until=f"document.body && document.querySelector({json.dumps(screen.element)}) && ({screen.ready})")
    time.sleep(1)  # charts and slides move into place
    at = f"document.querySelector({json.dumps(screen.element)}).getBoundingClientRect()"
    x, y, width, height = browser.js(f"(r => [r.x + scrollX, r.y + scrollY, r.width, r.height])({at})")
    whole = screen.element == "body"
    clip = {"x": 0 if whole else x, "y": 0 if whole else y, "width": screen.width if whole else width, "scale": 1}
    clip["height"] = screen.height if whole else min(height, screen.height)
    shot = call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return Image.open(io.BytesIO(base64.b64decode(shot["data"])))


def _paper(browser: Chromium, document: Path, number: int) -> Image.Image:
    """A page of a document as it prints: a page of HTML by Chromium, of Word and Excel by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / f"{document.stem}.pdf"
        if document.suffix == ".html":
            browser.open(document.as_uri(), until="document.readyState == 'complete'")
            pdf = browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
            printed.write_bytes(base64.b64decode(pdf))
        else:
            settings = f"-env:UserInstallation={(Path(folder) / 'settings').as_uri()}"
            convert = ["libreoffice", settings, "--headless", "--convert-to", "pdf", "--outdir", folder, str(document)]
            subprocess.run(convert, check=True, capture_output=True)
        page = Path(folder) / "page"
        wanted = ["pdftoppm", "-r", "100", "-png", "-singlefile", "-f", str(number), "-l", str(number), str(printed), str(page)]
        subprocess.run(wanted, check=True, capture_output=True)
        picture = Image.open(page.with_suffix(".png"))
        picture.load()
        return picture


@contextmanager
def _explorer_served(work: Path) -> Iterator[str]:
    """The address of the tables explorer with its controls, as Voilà serves it."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = work / "explorer.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(EXPLORER)], metadata=kernel), notebook)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    serve = [sys.executable, "-m", "voila", "--no-browser", f"--port={port}", str(notebook)]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            with socket.socket() as attempt:
                if attempt.connect_ex(("localhost", port)) == 0:
                    break
            time.sleep(0.3)
        yield f"http://localhost:{port}/"
    finally:
        server.terminate()
        server.wait()


def _keep(picture: Image.Image, output: Output) -> None:
    """Write a picture without its white margins, small enough for a page of thirty."""
    kept = picture.convert("RGB")
    if drawn := ImageChops.difference(kept, Image.new("RGB", kept.size, "white")).getbbox():
        left, top, right, bottom = drawn
        kept = kept.crop(
            (max(left - MARGIN, 0), max(top - MARGIN, 0), min(right + MARGIN, kept.width), min(bottom + MARGIN, kept.height))
        )
    kept.thumbnail((WIDEST, WIDEST * 2), Image.Resampling.LANCZOS)
    few = kept.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{output.name}.png", optimize=True)


def main() -> None:
    """Write the page; without `--page` take the pictures first, of the outputs that are named or of a run of the samples."""
    if sys.argv[1:] != ["--page"]:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(sys.argv[1]) if sys.argv[1:] else Path(folder)
            if not sys.argv[1:]:
                fltoolkit(["batch", str(_batch(work))])
            take_pictures(work)
    TARGET.write_text(gallery(), encoding="utf-8")


def _batch(work: Path) -> Path:
    """The batch of the samples, its outputs in the working folder."""
    samples = HOUSE / "data_samples"
    lines = (samples / "batch.yaml").read_text("utf-8").replace("outputs: ../outputs", f"outputs: {work / 'outputs'}")
    for name in ("norvia", "valdorie"):
        lines = lines.replace(f": {name}_", f": {samples}/{name}_")
    target = work / "batch.yaml"
    target.write_text(lines, encoding="utf-8")
    return target


if __name__ == "__main__":
    main()
