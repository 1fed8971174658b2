"""Room 5: what people look at. Everything here takes `Published`, findings or a spec, never estimates or persons."""

from fltoolkit.show import explore
from fltoolkit.show.charts import bars, dots, rule_sets, unresolved
from fltoolkit.show.flows import children, flow
from fltoolkit.show.gallery import gallery
from fltoolkit.show.planning import detectable
from fltoolkit.show.tables import baseline, facts, findings, nonresponse, paths, questionnaire, table
from fltoolkit.show.words import headline

__all__ = [
    "bars", "baseline", "children", "detectable", "dots", "explore", "facts", "findings", "flow", "gallery", "headline", "nonresponse", "paths",
    "questionnaire", "rule_sets", "table", "unresolved",
]  # fmt: skip
