"""Room 6: what people are handed. Everything here takes `Published` or what was made from it."""

from fltoolkit.report.documents import write_documents
from fltoolkit.report.exchange import write_exchange
from fltoolkit.report.index import Entry, write_index
from fltoolkit.report.pages import page, write_assets
from fltoolkit.report.workbook import (
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
