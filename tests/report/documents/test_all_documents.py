"""Tests all documents of a run: their names, their bytes, what they must say, and what none of them may
say."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import small_country as country
from file_texts import lines
from handed import EN, HOSTILE, evidence, hostile, in_languages
from made_documents import LANGUAGES, MADE, document

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.languages.language import Language
from fltoolkit.publish.published_set import restricted
from fltoolkit.report.document_formats.document_blocks import Document
from fltoolkit.report.documents.all_documents import write_documents
from fltoolkit.show.wording import number_words

CLAIMS = (
    r"because of the plan|thanks to the plan|due to the plan|ranking|highest|worst region|grâce au "
    r"plan|à cause du plan|le plus touché"
    r"|gracias al plan|a causa del plan|debido al plan|más afectad"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_documents(evidence(), folder)
    return folder


@pytest.fixture(scope="module")
def texts(folder: Path) -> Mapping[str, str]:
    """Each document's text, the words of its pictures with it."""
    return {
        f.name: "\n".join(lines(f))
        for f in sorted(folder.rglob("*"))
        if f.suffix in (".html", ".docx", ".pptx", ".svg")
    }


def words(document: Document) -> str:
    return repr(document.blocks)


def test_their_names(folder: Path) -> None:
    kinds = ("evidence_brief_{}.html", "evidence_brief_{}.docx", "nap_skeleton_{}.docx", "slides_{}.pptx")
    assert {f.name for f in folder.iterdir()} == {
        "charts",
        *(k.format(code) for k in kinds for code in ("en", "fr")),
    }
    charts = {f.name for f in (folder / "charts").iterdir()}
    assert {"prevalence_by_region_fr.svg", "prevalence_by_region_en.png"} <= charts
    assert any(re.fullmatch(r"path_.*_en.svg", name) for name in charts)


def test_the_same_run_leaves_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_documents(in_languages(evidence(), "en"), tmp_path)
    again = {f.relative_to(tmp_path): f.read_bytes() for f in tmp_path.rglob("*_en.*")}
    assert len(again) > 10
    assert [str(name) for name, content in again.items() if (folder / name).read_bytes() != content] == []


def test_without_a_folder_nothing_is_written_and_an_unknown_language_stops_before_anything_is(
    tmp_path: Path,
) -> None:
    assert "Nothing is written" in str(write_documents(evidence(), ""))
    with pytest.raises(SpecError, match="xx"):
        write_documents(in_languages(evidence(), "en", "xx"), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_no_hidden_number_stands_anywhere(texts: Mapping[str, str], tmp_path: Path) -> None:
    path = country.write(tmp_path / "again")
    full = restricted(fl.classify(fl.read_survey(path)))
    hidden = full[
        (full["measure"] == "prevalence")
        & full["category"].isin(["east", "west"])
        & (full["breakdown"] == "region")
    ]
    shown = full[(full["measure"] == "prevalence") & (full["category"] == "north")]
    assert len(hidden) == 2
    forms = {f"{1000 * p:.1f}" for p in hidden["estimate"]} | {
        f"{1000 * p:.1f}".replace(".", ",") for p in hidden["estimate"]
    }
    assert [
        name
        for name, text in texts.items()
        if any(re.search(rf"(?<!\d){re.escape(f)}(?!\d)", text) for f in forms)
    ] == []
    (north,) = shown[shown["breakdown"] == "region"]["estimate"]
    assert f"{1000 * north:.0f}" in texts["evidence_brief_en.html"]


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_each_says_its_doubts(name: str, language: Language) -> None:
    said = words(document("baseline", name, language.code))
    for key in ("coverage", "unresolved.some"):
        start = language.words[key]
        assert start[start.rfind("}") + 1 :].strip() in said.replace("\\u202f", "\u202f").replace(
            "\\xa0", "\u00a0"
        ), key
    assert "the homeless" in said
    assert "[c]" in said


WARNED = {
    "brief": ["No: baseline too uncertain for this cut"],
    "skeleton": [
        (
            "A survey of the planned size (north: 88) in 2030 could not verify this target: Prevalence of "
            "forced labour, adults (region: north), a cut of 10"
        ),
    ],
    "slides": [
        "Set a target for north whose fall the planned survey would detect (to ",
        "No survey of any size can confirm a fall as small as from ",
    ],
}


@pytest.mark.parametrize("name", MADE)
def test_a_target_that_no_survey_could_verify_is_warned_of(name: str) -> None:
    said = words(document("baseline", name, "en"))
    assert [text for text in WARNED[name] if text not in said] == []
    boxes = re.findall(r"[^']*', style='warning'", said)
    assert boxes
    assert "a cut of 90" not in "".join([*boxes, *re.findall(r"(?:could not|can) verify[^']*", said)])


def test_words_are_set_as_each_language_sets_them() -> None:
    assert [number_words.percent(EN, share) for share in (0.09999, 0.7, 0.034, 0.95)] == [
        "10%",
        "70%",
        "3.4%",
        "95%",
    ]
    french = words(document("baseline", "brief", "fr"))
    assert not re.search(r"2025: \d", french)
    assert "d’une peine" in french
    assert "ILO" not in french


def test_figures_of_the_world_are_in_no_document() -> None:
    """They are in the workbook, with the reason why they are not comparable with a survey's."""
    for name in MADE:
        assert "27,600,000" not in words(document("baseline", name, "en"))


@pytest.mark.thorough("nine pairs of surveys")
@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize(("code", "told"), [("en", "decreased"), ("fr", "baisse"), ("es", "disminución")])
def test_a_later_round_adds_the_change_and_a_verdict_that_says_no_more(
    name: str, code: str, told: str
) -> None:
    said = words(document("later", name, code))
    assert told in said.lower()
    assert not re.search(CLAIMS, said)


@pytest.mark.thorough("writes all documents of its own")
def test_hostile_texts_are_letters_in_every_document(tmp_path: Path) -> None:
    write_documents(in_languages(hostile(), "en"), tmp_path)
    files = [f for f in tmp_path.rglob("*") if f.is_file()]
    assert all(re.fullmatch(r"\w+\.(html|docx|pptx|svg|png)", f.name) for f in files)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_dir()) == ["charts"]
    for page in (f for f in files if f.suffix in (".html", ".svg")):
        text = page.read_text("utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    brief = "\n".join(lines(tmp_path / "evidence_brief_en.docx"))
    for kind in ("script", "link", "path", "braces", "formula", "image"):
        assert HOSTILE[kind] in brief, kind
    assert "ringing" in "\n".join(lines(tmp_path / "nap_skeleton_en.docx"))


def test_pictures_are_drawn_without_pyplot() -> None:
    assert "matplotlib.pyplot" not in sys.modules


def test_a_run_with_next_to_nothing_to_show_still_leaves_its_documents(tmp_path: Path) -> None:
    bare = country.changed(
        country.SURVEY, tables=[{"measure": "prevalence", "by": [[]]}], coverage_excludes=[]
    )
    del bare["groups"], bare["sectors"]
    few = country.persons()
    few["INV"] = [1] * 3 + [2] * (len(few) - 3)
    path = country.write(
        tmp_path / "bare",
        bare,
        country.with_rows({"id": "rate", "measure": "prevalence", "disaggregated_by": None}),
        few,
    )
    out, plan = country.run(path)
    made = fl.evidence(plan, fl.rounds(plan, fl.classify(fl.read_survey(path)), out))
    for make in MADE.values():
        said = words(make(made, EN))
        assert "not shown. Reason: confidential: too few persons or cases" in said
        assert "nan" not in said.lower().replace("finance", "")
    assert "The survey names no group that it could not reach." in words(MADE["brief"](made, EN))
