"""Writes what people receive: documents, the workbook of the plan, tables and web pages. Every number comes from the published
set (`Published`), which holds only numbers that may leave the office."""

from fltoolkit.report.documents.all_documents import write_documents
from fltoolkit.report.exchange.exchange_files import write_exchange
from fltoolkit.report.site.front_page import Entry, write_index
from fltoolkit.report.site.notebook_pages import page, write_assets
from fltoolkit.report.table_files import (
    write_baseline,
    write_changes,
    write_estimates,
    write_findings,
    write_risk_factors,
    write_workbook,
)

__all__ = [
    "Entry", "page", "write_assets", "write_baseline", "write_changes", "write_documents", "write_estimates", "write_exchange", "write_findings",
    "write_index", "write_risk_factors", "write_workbook",
]  # fmt: skip
