"""Global figures beside a survey's own, as blocks of a document: for orientation only, and never comparable."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.global_estimates import references as global_figures
from fltoolkit.report.document_formats.document_blocks import DocumentTable, Paragraph, TableColumns, table_in
from fltoolkit.show.wording import number_words


def figures(language: Language) -> tuple[Paragraph, DocumentTable]:
    """Global figures, for orientation only: each says that it is not comparable, and why."""
    rows, body = global_figures(), []
    for (place, year), part in rows.groupby(["place", "year"], sort=False):
        by = {r["measure"]: r["value"] for r in part.to_dict("records")}
        persons, rate = (
            language.number(f"{by[m]:{form}}") if m in by else "" for m, form in (("stock", ",.0f"), ("stock_prevalence", ",.1f"))
        )
        body.append(
            (
                number_words.reason(language, place),
                f"{year}",
                persons,
                rate,
                language.say(f"comparable.{part['comparable'].iloc[0]}"),
            )
        )
    source = language.say("references.source", source=language.list(map(language.kit, dict.fromkeys(rows["source"]))))
    columns = TableColumns(("place", "year", "total", "per_1000", "comparable"), (0.4, 0.12, 0.2, 0.14, 0.14), numbers=(1, 2, 3))
    made = table_in(language, "references", columns, body, source)
    return Paragraph(language.say("references.why", why=number_words.reason(language, rows["why"].iloc[0]))), made
