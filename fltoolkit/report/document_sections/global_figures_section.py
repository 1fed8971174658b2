"""Global figures beside a survey's own, as blocks of a document. They are only for orientation, and never comparable."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.global_estimates import references
from fltoolkit.report.document_formats.document_blocks import Paragraph
from fltoolkit.show.printed_tables.framework_tables import global_figures
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import number_words


def figures(language: Language) -> tuple[Paragraph, PrintedTable]:
    """Returns why global figures are not comparable with those of this survey, and the figures."""
    rows = references()
    why = language.say("references.why", why=number_words.reason(language, rows["why"].iloc[0]))
    return Paragraph(why), global_figures(language, rows)
