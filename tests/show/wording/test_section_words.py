"""Tests sentences in notebooks: a survey's own words stay as they are written."""

from __future__ import annotations

from fltoolkit.show.wording.section_words import Sentences, bold


def test_html_links_pictures_and_stars_in_a_label_stay_letters_in_markdown() -> None:
    words = Sentences(
        f"{bold('Sure')}: <script>alert(1)</script> & ![x](y) [a](b) **not bold** _nor so_ `a_b*c`"
    )
    markdown = words._repr_markdown_()
    assert markdown.startswith("**Sure**: ")
    assert markdown.endswith(" &#42;&#42;not bold&#42;&#42; &#95;nor so&#95; `a_b*c`")
    assert str(words).startswith("**Sure**: ")
    assert "<" not in markdown
    assert "](" not in markdown.replace("&#91;x](", "").replace("&#91;a](", "")
    assert "&amp;" in markdown
