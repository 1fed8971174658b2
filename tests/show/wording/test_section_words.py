"""Tests the sentences of a notebook as Markdown."""

from __future__ import annotations

from fltoolkit.show.wording.section_words import Words, WordsOfLesson


def test_html_links_and_pictures_in_a_label_stay_letters_in_markdown() -> None:
    markdown = Words("**Sure**: <script>alert(1)</script> & ![x](y) [a](b)")._repr_markdown_()
    assert markdown.startswith("**Sure**")
    assert "<" not in markdown
    assert "](" not in markdown.replace("&#91;x](", "").replace("&#91;a](", "")
    assert "&amp;" in markdown


def test_stars_and_underscores_in_a_label_stay_letters_in_markdown() -> None:
    markdown = Words("**Sure** in `a_file.csv`: Coast*, North* and _South_ of work_place_1")._repr_markdown_()
    assert markdown.startswith("**Sure** in `a_file.csv`: ")
    assert markdown.count("*") == 4
    assert markdown.count("_") == 3
    assert markdown.endswith("Coast&#42;, North&#42; and &#95;South&#95; of work_place_1")


def test_a_lesson_sets_words_in_italics() -> None:
    assert WordsOfLesson("*Yes* and [no](x)")._repr_markdown_() == "*Yes* and &#91;no](x)"
