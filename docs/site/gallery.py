"""Makes docs/gallery.md, which shows a picture of every output.

`make gallery` runs the samples, takes all pictures again and writes the page. It needs Chromium, LibreOffice
and pdftoppm. `python -m docs.site.gallery --page` writes only the page.
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
WIDEST, COLOURS, MARGIN = (
    1000,
    64,
    16,
)  # pixels, colours and pixels of a stored picture, so that the page stays small
INTRODUCTION = """\
# Gallery: every output in a picture

This page shows a picture of each output, with the name of its file and the call that makes it. The pictures come from the shipped samples. Norvia
and Valdorie are invented countries. Their people, surveys and plans are invented too. `make gallery` makes this page; do not edit it by hand.

`NAME` is the folder of a survey in `outputs/`. [What a run leaves](outputs.md) lists all its files.
"""


def gallery() -> str:
    """Returns the page. It has one entry per output: a text, where it is written, which call makes it, and a
    picture."""
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
    """Takes a picture of each output and stores it in docs/pictures/gallery.

    Args:
        work: a folder that contains `outputs/` with the results of the samples. The pages of the lessons are
            written next to `outputs/`.
    """
    write_assets(work / "lessons" / "assets")
    for lesson in LESSONS:
        name = Path(lesson).stem
        notebook_page(
            HOUSE / "notebooks" / "teaching" / f"{name}.ipynb",
            work / lesson,
            title=name,
            assets="assets",
            links=[],
        )
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile, Chromium(Path(profile)) as browser:
        for output in (output for outputs in GALLERY.values() for output in outputs):
            match output.source:
                case Screen() as screen:
                    picture = _screen(
                        browser,
                        (work / screen.page.partition("#")[0]).as_uri() + _fragment(screen.page),
                        screen,
                    )
                case Explorer() as explorer:
                    # Voilà's page asks for confirmation when the browser leaves it, so it gets a separate
                    # browser.
                    with (
                        _explorer_served(work) as address,
                        tempfile.TemporaryDirectory() as own,
                        Chromium(Path(own)) as apart,
                    ):
                        picture = _screen(apart, address, explorer.screen)
                case Paper() as paper:
                    picture = _paper(browser, work / paper.document, paper.number)
                case Drawing() as drawing:
                    picture = Image.open(work / drawing.file)
            _keep(picture, output)


def _fragment(page: str) -> str:
    return f"#{fragment}" if (fragment := page.partition("#")[2]) else ""


def _screen(browser: Chromium, address: str, screen: Screen) -> Image.Image:
    """Returns a picture of a page on a screen of the given width, cut to the given element and height."""
    call = browser.call
    call(
        "Emulation.setDeviceMetricsOverride",
        width=screen.width,
        height=screen.height,
        deviceScaleFactor=1,
        mobile=False,
    )
    call("Page.navigate", url="about:blank")  # if only the fragment changed, the browser would load nothing
    browser.open(
        address,
        until=f"document.body && document.querySelector({json.dumps(screen.element)}) && ({screen.ready})",
    )
    time.sleep(1)  # charts and slides are animated
    at = f"document.querySelector({json.dumps(screen.element)}).getBoundingClientRect()"
    x, y, width, height = browser.js(f"(r => [r.x + scrollX, r.y + scrollY, r.width, r.height])({at})")
    whole = screen.element == "body"
    clip = {
        "x": 0 if whole else x,
        "y": 0 if whole else y,
        "width": screen.width if whole else width,
        "scale": 1,
    }
    clip["height"] = screen.height if whole else min(height, screen.height)
    shot = call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return Image.open(io.BytesIO(base64.b64decode(shot["data"])))


def _paper(browser: Chromium, document: Path, number: int) -> Image.Image:
    """Returns a printed page of a document. Chromium prints HTML; LibreOffice prints Word and Excel."""
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / f"{document.stem}.pdf"
        if document.suffix == ".html":
            browser.open(document.as_uri(), until="document.readyState == 'complete'")
            pdf = browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
            printed.write_bytes(base64.b64decode(pdf))
        else:
            settings = f"-env:UserInstallation={(Path(folder) / 'settings').as_uri()}"
            convert = [
                "libreoffice",
                settings,
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                folder,
                str(document),
            ]
            subprocess.run(convert, check=True, capture_output=True)
        page = Path(folder) / "page"
        wanted = [
            "pdftoppm",
            "-r",
            "100",
            "-png",
            "-singlefile",
            "-f",
            str(number),
            "-l",
            str(number),
            str(printed),
            str(page),
        ]
        subprocess.run(wanted, check=True, capture_output=True)
        picture = Image.open(page.with_suffix(".png"))
        picture.load()
        return picture


@contextmanager
def _explorer_served(work: Path) -> Iterator[str]:
    """Serves the tables explorer with its controls by Voilà, and yields its address."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = work / "explorer.ipynb"
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(EXPLORER)], metadata=kernel), notebook
    )
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
    """Writes a picture without its white margins, and small enough for a page with thirty pictures."""
    kept = picture.convert("RGB")
    if drawn := ImageChops.difference(kept, Image.new("RGB", kept.size, "white")).getbbox():
        left, top, right, bottom = drawn
        kept = kept.crop(
            (
                max(left - MARGIN, 0),
                max(top - MARGIN, 0),
                min(right + MARGIN, kept.width),
                min(bottom + MARGIN, kept.height),
            )
        )
    kept.thumbnail((WIDEST, WIDEST * 2), Image.Resampling.LANCZOS)
    few = kept.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{output.name}.png", optimize=True)


def main() -> None:
    """Writes the page. Without `--page`, first takes the pictures, from the folder in the first argument or
    from a new run of the samples."""
    if sys.argv[1:] != ["--page"]:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(sys.argv[1]) if sys.argv[1:] else Path(folder)
            if not sys.argv[1:]:
                fltoolkit(["batch", str(_batch(work))])
            take_pictures(work)
    TARGET.write_text(gallery(), encoding="utf-8")


def _batch(work: Path) -> Path:
    """Writes a batch.yaml of the samples whose outputs go into the working folder, and returns its path."""
    samples = HOUSE / "data_samples"
    lines = (
        (samples / "batch.yaml")
        .read_text("utf-8")
        .replace("outputs: ../outputs", f"outputs: {work / 'outputs'}")
    )
    for name in ("norvia", "valdorie"):
        lines = lines.replace(f": {name}_", f": {samples}/{name}_")
    target = work / "batch.yaml"
    target.write_text(lines, encoding="utf-8")
    return target


if __name__ == "__main__":
    main()
