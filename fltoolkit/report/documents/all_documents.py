"""Writes all documents of a plan to a folder, in each of the plan's languages: the evidence brief, the
skeleton (first draft) of the plan, the slides and the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from fltoolkit.arguments import checked
from fltoolkit.cell_steps import show_step, steps
from fltoolkit.files import write_whole
from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.translations import lacking_in_each, without_translation
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.html_writer import as_html
from fltoolkit.report.document_formats.powerpoint_writer import as_powerpoint
from fltoolkit.report.document_formats.word_writer import as_word
from fltoolkit.report.documents.document_pictures import all_pictures
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.report.documents.plan_skeleton import nap_skeleton
from fltoolkit.report.documents.workshop_slides import workshop
from fltoolkit.report.table_files import NOTHING
from fltoolkit.show.wording.english_numbers import of_plan
from fltoolkit.show.wording.section_words import Words


@of_plan
@checked
def write_documents(evidence: Evidence, folder: str | Path) -> Words:
    """Writes the documents of a plan into a folder, in each of the plan's languages: the evidence brief, the
    skeleton (first draft) of the plan, the slides and the pictures. Writes no file if `folder` is the empty
    text `""`.

    Returns a text that names the files, or says that no file is written. The text also says how many texts of
    the survey and the plan have no translation into one of the languages. The documents mark these texts.

    Raises:
        SpecError: the kit has no translation of its texts into one of the plan's languages, or a sentence is
            missing there.
    """
    if not str(folder):
        return NOTHING
    languages = [read_language(code) for code in evidence.plan.languages]
    written = []
    for language in languages:
        with steps():
            for name, content in _files_in_language(evidence, language):
                show_step(f"{name} …")
                target = Path(folder) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                write_whole(target, content())
                written.append(name)
    files = [name for name in written if "/" not in name]
    pictures = len(written) - len(files)
    sentence = f"Written: {', '.join(f'`{name}`' for name in files)}, and {pictures} files in `charts/`."
    missing = lacking_in_each(evidence.own_words, evidence.plan.languages)
    return Words("\n\n".join([sentence, *without_translation(missing)]))


def _files_in_language(evidence: Evidence, language: Language) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yields, for every file of one language, its name and the function that makes its bytes."""
    brief, code = cache(lambda: evidence_brief(evidence, language)), language.code
    yield f"evidence_brief_{code}.html", lambda: as_html(brief()).encode()
    yield f"evidence_brief_{code}.docx", lambda: as_word(brief())
    yield f"nap_skeleton_{code}.docx", lambda: as_word(nap_skeleton(evidence, language))
    yield (
        f"slides_{code}.pptx",
        lambda: as_powerpoint(workshop(evidence, language), evidence.plan.template_path),
    )
    for picture in all_pictures(evidence, language):
        for kind in ("svg", "png"):
            yield f"charts/{picture.name}_{code}.{kind}", partial(getattr, picture, kind)
