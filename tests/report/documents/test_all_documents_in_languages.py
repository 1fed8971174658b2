"""Tests that each document of the shipped surveys is in one language, and that texts in another language are
marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from file_texts import lines
from handed import EN, ES, FR, in_languages
from made_documents import MADE, RUNS, document
from marked_language import in_this_language, marked_language, without_mark
from two_rounds import fell

import fltoolkit as fl
from fltoolkit.languages.language import PLACE, Language
from fltoolkit.languages.marked_text import languages_marked, mark
from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.translations import lacking
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.report.document_formats.document_blocks import Chart, Charts, Document
from fltoolkit.report.workbook.all_sheets import pages
from fltoolkit.show.printed_tables.printed_table import PrintedTable

SAMPLES = Path(__file__).parents[3] / "data_samples"
OF_THE_KIT = ("flag", "reason", "to_verify", "rule_note", "duration_basis", "age_basis")
ENGLISH = r"\b(the|than|with|which|fewer|above|cases|wider|persons|is|are|who|before|interval|repeat)\b"
NAMES_OF_SETTINGS = {
    "fltoolkit",
    "icls_2018 v1",
    "hts_2012 v1",
    "icls_2018",
    "hts_2012",
}  # as one writes them in survey.yaml
LANGUAGES = pytest.mark.parametrize("language", [FR, ES], ids=["fr", "es"])
# As one writes them in survey.yaml; countries, whose names are the same in every language unless a file says
# otherwise.
NAMES = {
    "Norvia",
    "Valdorie",
    "Smallland",
    "Nowhere",
    "fltoolkit",
    "icls_2018 v1",
    "hts_2012 v1",
    "icls_2018",
    "hts_2012",
}


@pytest.fixture(scope="module", params=["norvia", "valdorie"])
def run(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def evidence(run: str) -> fl.Evidence:
    return RUNS[run]()


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Language:
    return marked_language(tmp_path_factory.mktemp("words"))


def texts(made: Document) -> list[str]:
    """Everything that a document says, the words of its pictures with it."""
    found = [made.title, made.foot]
    for block in made.blocks:
        pictures = block.charts if isinstance(block, Charts) else (block,) if isinstance(block, Chart) else ()
        found += [
            text for c in pictures for text in (c.picture.title, c.picture.alt, *_drawn(c.picture.figure))
        ]
        said = block if isinstance(block, PrintedTable) else _said_in(block)
        found += _strings(said) if not pictures else []
    return [text.replace("-\n", "-").replace("\n", " ") for text in found]


def _drawn(figure: Any) -> Iterator[str]:
    """The words within a picture."""
    from matplotlib.text import Text

    return (text.get_text() for text in figure.findobj(Text))


def _said_in(part: object) -> dict[str, object]:
    """What a block, a cell or a head of a table says, without how it looks and what code calls it."""
    return {
        name: said
        for name, said in vars(part).items()
        if name not in ("style", "key", "kind", "marker", "state")
    }


def _strings(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, PrintedTable):  # its keys and kinds are no words
        heads = (head.text for head in node.heads)
        meanings = (text for pair in node.meanings for text in pair)
        return [
            node.title,
            node.subtitle,
            *heads,
            *(text for row in node.texts for text in row),
            node.note,
            *node.footnotes,
            *meanings,
        ]
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, tuple) else ()
    parts = [*parts, *(_said_in(p) for p in parts if hasattr(p, "__dataclass_fields__"))]
    return [text for part in parts for text in _strings(part)]


def of_the_plan(plan: fl.Plan) -> set[str]:
    """What the plan says itself."""
    rows = [(s, i) for s in plan.framework for i in s.indicators]
    own = {plan.title, plan.country, plan.goal, *plan.legal_basis}
    own |= {
        v
        for s, i in rows
        for v in (s.statement, s.code, i.indicator, i.means_of_verification, i.lead, i.unit)
    }
    own |= {v for _, i in rows for v in (i.target_year_1, i.target_year_2, i.final_target, i.baseline_value)}
    return {
        v
        for v in own | {i.reporting_frequency for _, i in rows if "reporting_frequency" in i.model_fields_set}
        if v
    }


def of_the_survey(out: fl.Published) -> set[str]:
    """What the survey says itself: its title, whom it could not reach, whom and when it asked, and the labels
    that it gave."""
    columns = ("survey", "country", "reference_population_label", "reference_period")
    said = {
        *out.coverage_excludes,
        *(text for c in columns for text in out.table[c]),
        *own_labels(out.table["category"]),
    } - {""}
    return said | {text[:1].upper() + text[1:] for text in said}


def own_labels(said: Iterable[object]) -> set[str]:
    """The survey's own labels among categories, those that are crossed with another, too."""
    found = set[str]()
    for label in said:
        if isinstance(label, Reason):
            found |= own_labels(value for _, value in label.values)
        elif isinstance(label, str):
            found |= {*label.split(" × ")}
    return found


def _left(evidence: fl.Evidence, text: str) -> str:
    """The words of a text that are neither the language's own nor marked as of another."""
    return without_mark(in_this_language(text, set(evidence.own_words.texts)), NAMES)


@pytest.mark.thorough("writes all documents of four plans in a marked language")
@LANGUAGES
def test_no_english_is_left_but_what_is_marked(run: str, evidence: fl.Evidence, language: Language) -> None:
    out, own = evidence.now, set(evidence.own_words.texts)
    kits = {
        str(v)
        for c in OF_THE_KIT
        for v in out.table[c].unique()
        if v and re.search(r"[a-z]{3} [a-z]", str(v))
    }
    kits |= {
        str(v) for c in ("reason", "target_words", "obstacle", "beside") for v in evidence.targets[c] if v
    } | {str(v) for v in evidence.smart["missing"] if v}
    sentences = {
        v
        for v in EN.words.values()
        if len(PLACE.sub("", v)) > 12 and v not in language.words.values() and not PLACE.search(v)
    }
    for kind in MADE:
        for text in texts(document(run, kind, language.code)):
            left = in_this_language(text, own)
            assert not [s for s in (*kits, *sentences) if s in left], text
            assert not re.search(ENGLISH, left), text


@pytest.mark.thorough("writes all documents in a marked language")
def test_every_text_of_the_documents_comes_from_a_file_of_words(
    evidence: fl.Evidence, marks: Language
) -> None:
    """In a fourth language whose texts are marks: a text without a mark is one that no translator is ever
    asked for."""
    left = {_left(evidence, text): text for made in MADE.values() for text in texts(made(evidence, marks))}
    assert {words: text for words, text in left.items() if words} == {}


def test_every_text_of_a_change_comes_from_a_file_of_words(marks: Language) -> None:
    found = fell()
    left = {_left(found, text): text for made in MADE.values() for text in texts(made(found, marks))}
    assert {words: text for words, text in left.items() if words} == {}


@pytest.mark.thorough("writes workbooks in two languages")
@pytest.mark.parametrize("code", ["fr", "es"])
def test_the_workbook_speaks_the_plans_first_language(tmp_path: Path, code: str) -> None:
    fl.report.write_workbook(in_languages(fell(), code, "en"), tmp_path)
    ids = {i.id for s in fell().plan.framework for i in s.indicators}
    own = of_the_plan(fell().plan) | of_the_survey(fell().now) | ids
    for line in lines(tmp_path / "nap_workbook.xlsx"):
        for said in sorted(own, key=len, reverse=True):
            line = line.replace(said, " ")
        assert not re.search(ENGLISH, line), line


@pytest.mark.thorough("writes workbooks in a marked language")
def test_every_text_of_the_workbook_comes_from_a_file_of_words(
    evidence: fl.Evidence, marks: Language
) -> None:
    """Names of files, keys of nap.yaml and partners.yaml, and codes are what one types, in every language."""
    plan, out = evidence.plan, evidence.now
    own = (
        of_the_plan(plan)
        | of_the_survey(out)
        | NAMES_OF_SETTINGS
        | {i.id for s in plan.framework for i in s.indicators}
    )
    own |= {
        v
        for s in plan.framework
        for i in s.indicators
        for v in (i.definition.counted, i.definition.unit_of_analysis, i.definition.stored)
    }
    own |= {*out.table["round"], "nap.yaml", "_base", *(f"[{marker}]" for marker in MARKERS)} - {""}
    left = {}
    for page in pages(evidence, marks):
        cells = [cell for line in page.lines for cell in line.cells]
        said = [
            page.name,
            page.purpose,
            page.fills,
            *page.notes,
            *(c.head for c in page.columns),
            *(c.help for c in page.columns),
        ]
        said += [w for c in page.columns for w in c.choices.values()] + [
            str(getattr(c, "value", getattr(c, "text", c)) or "") for c in cells
        ]
        if page.key == "dictionary":
            said = [text for text in said if not re.fullmatch(r"\w+: \w+", text)]
        left |= {words: text for text in said if (words := without_mark(text, own))}
    assert left == {}


@pytest.mark.thorough("writes all documents of four plans")
@pytest.mark.parametrize(("language", "marked"), [(FR, False), (ES, True)], ids=["fr", "es"])
def test_own_texts_without_a_translation_are_marked_and_noted(
    run: str, evidence: fl.Evidence, language: Language, marked: bool
) -> None:
    """The files of both samples have all that French documents say; Spanish ones print the English or French
    text with a mark."""
    assert bool(lacking(evidence.own_words, language)) == marked
    before, after = language.say("own_words.note", languages="§").split("§")
    for kind in MADE:
        made = document(run, kind, language.code)
        assert ("en" in languages_marked(made)) == marked
        notes = [t for t in texts(made) if t.startswith(before) and t.endswith(after) and "inglés" in t]
        assert len(notes) == marked


@pytest.mark.thorough("writes all documents in two languages")
def test_own_texts_in_two_languages_are_said_in_each(run: str, evidence: fl.Evidence) -> None:
    own = evidence.own_words.texts
    for language in (FR, EN):
        said = "\n".join(texts(document(run, "skeleton", language.code)))
        for text in (evidence.plan.title, evidence.plan.goal, *evidence.now.coverage_excludes):
            assert (own[text].in_language(language.code) or mark(text, "en")) in said


@pytest.mark.thorough("a whole workbook in another language")
def test_a_workbook_marks_what_the_plan_does_not_say_in_its_language(tmp_path: Path) -> None:
    """With a star, since a cell has no italics; and the first sheet says what the star means. In the plan's
    own language nothing is marked."""
    for code, starred, note in (
        ("fr", True, FR.say("own_words.note", languages="anglais")),
        ("en", False, "Text marked *"),
    ):
        fl.report.write_workbook(in_languages(fell(), code), tmp_path / code)
        said = lines(tmp_path / code / "nap_workbook.xlsx")
        plan = fell().plan
        for text in (plan.goal, *(i.indicator for s in plan.framework for i in s.indicators)):
            assert any(f"{text}*" in line for line in said) == starred, text
        assert any(note in line for line in said) == starred
