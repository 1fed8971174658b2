"""Tests the font that HTML pages contain."""

from __future__ import annotations

import re
from base64 import b64decode

from fltoolkit.report.document_formats.page_fonts import font_faces


def test_pages_contain_a_regular_and_a_bold_font_and_load_none() -> None:
    faces = re.findall(r"@font-face \{ (.*?) \}", font_faces())
    fonts = [b64decode(re.findall(r"url\(data:font/woff2;base64,(.*?)\)", face)[0]) for face in faces]
    assert [re.findall(r"font-weight: (.*?);", face)[0] for face in faces] == ["400", "600 700"]
    assert [font[:4] for font in fonts] == [b"wOF2", b"wOF2"]
    assert fonts[0] != fonts[1]
    assert font_faces().count("url(") == 2
