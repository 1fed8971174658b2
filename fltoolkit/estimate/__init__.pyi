from .change_over_time.change_between_rounds import (
    Change as Change,
)
from .change_over_time.change_between_rounds import (
    change as change,
)
from .change_over_time.change_between_rounds import (
    change_from_published as change_from_published,
)
from .change_over_time.published_baseline import PublishedBaseline as PublishedBaseline
from .measures.estimates import About as About
from .measures.estimates import Contrast as Contrast
from .measures.estimates import Estimates as Estimates
from .measures.estimates import prevalence_ratio as prevalence_ratio
from .measures.prevalence_and_totals import (
    flowchart as flowchart,
)
from .measures.prevalence_and_totals import (
    mean as mean,
)
from .measures.prevalence_and_totals import (
    prevalence as prevalence,
)
from .measures.prevalence_and_totals import (
    ratio as ratio,
)
from .measures.prevalence_and_totals import (
    share as share,
)
from .measures.prevalence_and_totals import (
    total as total,
)
from .measures.quantiles import quantile as quantile
from .measures.stacked_estimates import rule_sets as rule_sets
from .measures.stacked_estimates import stack as stack
from .measures.stock_and_duration import current as current
from .measures.stock_and_duration import duration as duration
from .measures.stock_and_duration import stock as stock
from .models.logistic_model import Logit as Logit
from .models.logistic_model import logit as logit
from .models.rao_scott import rao_scott as rao_scott
from .power_and_sample_size import (
    Detectable as Detectable,
)
from .power_and_sample_size import (
    detectable_change as detectable_change,
)
from .power_and_sample_size import (
    power_of_change as power_of_change,
)
from .power_and_sample_size import (
    sample_size as sample_size,
)
from .totals.result_cells import cube as cube
from .weights.calibration import (
    calibrate as calibrate,
)
from .weights.calibration import (
    check_weights as check_weights,
)
from .weights.calibration import (
    g_weights as g_weights,
)
from .weights.calibration import (
    poststratify as poststratify,
)
from .weights.calibration import (
    rake as rake,
)
