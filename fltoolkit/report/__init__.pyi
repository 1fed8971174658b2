from .documents.all_documents import write_documents as write_documents
from .exchange.exchange_files import write_exchange as write_exchange
from .site.front_page import Entry as Entry, write_index as write_index
from .site.notebook_pages import page as page, write_assets as write_assets
from .table_files import (
    write_baseline as write_baseline,
    write_changes as write_changes,
    write_estimates as write_estimates,
    write_findings as write_findings,
    write_risk_factors as write_risk_factors,
    write_workbook as write_workbook,
)
