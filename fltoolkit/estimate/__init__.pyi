from .change_over_time.change_between_rounds import (
    Change as Change,
    change as change,
    change_from_published as change_from_published,
)
from .change_over_time.published_baseline import PublishedBaseline as PublishedBaseline
from .change_over_time.rounds_before_change import compare_before as compare_before
from .measures.estimates import (
    About as About,
    Contrast as Contrast,
    Estimates as Estimates,
    prevalence_ratio as prevalence_ratio,
)
from .measures.prevalence_and_totals import (
    flowchart as flowchart,
    mean as mean,
    prevalence as prevalence,
    ratio as ratio,
    share as share,
    total as total,
)
from .measures.profile_of_cases import profile as profile
from .measures.quantiles import quantile as quantile
from .measures.stacked_estimates import rule_sets as rule_sets, stack as stack
from .measures.stock_and_duration import current as current, duration as duration, stock as stock
from .models.logistic_model import Logit as Logit, logit as logit
from .models.rao_scott import rao_scott as rao_scott
from .power_and_sample_size import (
    Detectable as Detectable,
    detectable_change as detectable_change,
    power_of_change as power_of_change,
    sample_size as sample_size,
)
from .totals.breakdowns import cube as cube
from .weights.calibration import (
    calibrate as calibrate,
    check_weights as check_weights,
    g_weights as g_weights,
    poststratify as poststratify,
    rake as rake,
)
