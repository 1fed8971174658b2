"""Room 5: what people look at. Everything here takes `Published`, findings or a spec, never estimates or persons."""

from fltoolkit.show import explore, plan
from fltoolkit.show.changes import changes
from fltoolkit.show.charts import bars, dots, rule_sets, unresolved
from fltoolkit.show.flows import children, flow
from fltoolkit.show.gallery import gallery, in_time
from fltoolkit.show.planning import detectable, repeat
from fltoolkit.show.risk import response_error, risk, risk_table
from fltoolkit.show.tables import baseline, calibration, facts, findings, nonresponse, paths, questionnaire, table
from fltoolkit.show.words import headline

__all__ = [
    "bars", "baseline", "calibration", "changes", "children", "detectable", "dots", "explore", "facts", "findings", "flow", "gallery",
    "headline", "nonresponse", "paths", "plan", "questionnaire", "repeat", "response_error", "risk", "risk_table", "rule_sets", "table",
    "unresolved",
]  # fmt: skip
