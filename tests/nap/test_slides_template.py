"""Tests which PowerPoint files a nap.yaml may name as the template of its slides, and what is said of the others."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import small_country as country
import yaml

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.report.document_formats.powerpoint_writer import TEMPLATE

Parts = dict[str, bytes]
EXTERNAL = b'<Relationship Id="rId9" Type="http://x/image" Target="https://example.org/a.png" TargetMode="External"/></Relationships>'


def with_template(folder: Path, content: bytes, name: str = "office.pptx") -> Path:
    (folder / name).write_bytes(content)
    plan = folder / "nap.yaml"
    plan.write_text(yaml.safe_dump(country.changed(country.PLAN, slides_template=name)), encoding="utf-8")
    return plan


def parts() -> Parts:
    with zipfile.ZipFile(TEMPLATE) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(made: Parts) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in made.items():
            file.writestr(name, content)
    return whole.getvalue()


def replaced(name: str, old: bytes, new: bytes) -> Parts:
    there = parts()
    assert old in there[name]
    return there | {name: there[name].replace(old, new)}


def layout_with(text: bytes) -> str:
    return next(name for name, content in parts().items() if "slideLayouts/slide" in name and text in content)


def test_the_kits_own_template_can_be_named_and_is_found_from_the_folder_of_the_plan(tmp_path: Path) -> None:
    plan = fl.read_plan(with_template(tmp_path, packed(parts())))
    assert plan.template_path == tmp_path / "office.pptx"
    assert fl.read_plan(country.write(tmp_path / "own").with_name("nap.yaml")).template_path is None


LINKS = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
REFUSED: dict[str, tuple[Callable[[], Parts], str]] = {
    "macros": (lambda: parts() | {"ppt/vbaProject.bin": b""}, "it holds macros"),
    "a type with macros": (
        lambda: replaced("[Content_Types].xml", b"presentation.main+xml", b"macroEnabled.main+xml"),
        "it holds macros",
    ),
    "a template of PowerPoint": (
        lambda: replaced("[Content_Types].xml", b"presentation.main+xml", b"template.main+xml"),
        "it is no .pptx file",
    ),
    "an embedded workbook": (
        lambda: parts() | {"ppt/embeddings/book.xlsx": b""}, "it holds an embedded object"
    ),
    "a linked picture": (
        lambda: replaced(LINKS, b"</Relationships>", EXTERNAL), "it has a link that leads out of the file"
    ),
    "no layout of that name": (
        lambda: replaced(layout_with(b'<p:cSld name="Picture"'), b'name="Picture"', b'name="Photo"'),
        "it lacks the layout Picture",
    ),
    "a placeholder that was renamed": (
        lambda: replaced(layout_with(b'name="Numbers"'), b'name="Numbers"', b'name="Figures"'),
        "its layout Finding lacks the placeholder Numbers",
    ),
    "a placeholder of another type": (
        lambda: replaced(layout_with(b'type="pic"'), b'type="pic"', b'type="body"'),
        "its layout Picture lacks the placeholder Picture",
    ),
    "notes without a place": (
        lambda: replaced("ppt/notesMasters/notesMaster1.xml", b'type="body"', b'type="hdr"'),
        "its notes master has no placeholder for notes",
    ),
    "declarations": (
        lambda: replaced("ppt/presentation.xml", b"<p:presentation", b"<!DOCTYPE x><p:presentation"),
        "a part of it is damaged",
    ),
    "a layout that is cut off": (
        lambda: parts() | {layout_with(b'name="Numbers"'): b"<p:sldLayout"},
        "it is no .pptx file, or a part of it is damaged",
    ),
    "a part that unpacks to much": (
        lambda: parts() | {"ppt/media/image1.png": bytes(6_000_000)}, "it is too large"
    ),
    "no slides at all": (lambda: {"word/document.xml": b""}, "it is no .pptx file, or a part of it is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_template_may_not_be_is_refused_with_the_key_and_the_reason(name: str, tmp_path: Path) -> None:
    make, said = REFUSED[name]
    plan = with_template(tmp_path, packed(make()))
    with pytest.raises(SpecError) as error:
        fl.read_plan(plan)
    assert said in str(error.value)
    assert f"{plan}, slides_template" in str(error.value)
    assert "office.pptx" in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0 with a password", "it is no .pptx file"),
        (bytes(6_000_000), "too large for a file of this kind"),
        (None, "there is no such file"),
    ],
)
def test_a_file_that_is_no_presentation_is_refused(content: bytes | None, said: str, tmp_path: Path) -> None:
    plan = with_template(tmp_path, content or b"")
    if content is None:
        (tmp_path / "office.pptx").unlink()
    with pytest.raises(SpecError, match=f"office.pptx.*{said}") as error:
        fl.read_plan(plan)
    assert f"{plan}, slides_template" in str(error.value)
