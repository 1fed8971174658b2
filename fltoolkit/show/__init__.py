"""Makes the charts, tables and sentences that people see in a notebook. All functions take published numbers
(`Published`), findings of a check or a survey.yaml. None takes unpublished estimates or data of persons."""

from fltoolkit.show import explore, result
from fltoolkit.show.charts import plan_charts as plan
from fltoolkit.show.charts.breakdown_gallery import gallery, in_time
from fltoolkit.show.charts.change_charts import changes
from fltoolkit.show.charts.detectable_change_curves import detectable, repeat
from fltoolkit.show.charts.estimate_charts import bars, dots, rule_sets, unresolved
from fltoolkit.show.charts.flow_of_persons import children, flow, flow_table
from fltoolkit.show.charts.risk_factor_charts import response_error, risk, risk_table
from fltoolkit.show.tables import (
    baseline,
    calibration,
    corrected_cases,
    corrections,
    facts,
    findings,
    nonresponse,
    paths,
    questionnaire,
    table,
)
from fltoolkit.show.wording.headline_words import headline, how_sure

__all__ = [
    "bars", "baseline", "calibration", "changes", "children", "corrected_cases", "corrections", "detectable",
    "dots", "explore", "facts", "findings", "flow", "flow_table", "gallery", "headline", "how_sure", "in_time",
    "nonresponse", "paths", "plan", "questionnaire", "repeat", "response_error", "result", "risk",
    "risk_table", "rule_sets", "table", "unresolved",
]  # fmt: skip
