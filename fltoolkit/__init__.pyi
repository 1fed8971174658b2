from . import nap as nap
from . import report as report
from . import show as show
from .classify import ClassifiedSurvey as ClassifiedSurvey
from .classify import check_cases as check_cases
from .classify import classify as classify
from .estimate import (
    Change as Change,
)
from .estimate import (
    Contrast as Contrast,
)
from .estimate import (
    Detectable as Detectable,
)
from .estimate import (
    Estimates as Estimates,
)
from .estimate import (
    PublishedBaseline as PublishedBaseline,
)
from .estimate import (
    calibrate as calibrate,
)
from .estimate import (
    change as change,
)
from .estimate import (
    change_from_published as change_from_published,
)
from .estimate import (
    check_weights as check_weights,
)
from .estimate import (
    cube as cube,
)
from .estimate import (
    current as current,
)
from .estimate import (
    detectable_change as detectable_change,
)
from .estimate import (
    duration as duration,
)
from .estimate import (
    flowchart as flowchart,
)
from .estimate import (
    g_weights as g_weights,
)
from .estimate import (
    logit as logit,
)
from .estimate import (
    mean as mean,
)
from .estimate import (
    poststratify as poststratify,
)
from .estimate import (
    power_of_change as power_of_change,
)
from .estimate import (
    prevalence as prevalence,
)
from .estimate import (
    prevalence_ratio as prevalence_ratio,
)
from .estimate import (
    quantile as quantile,
)
from .estimate import (
    rake as rake,
)
from .estimate import (
    rao_scott as rao_scott,
)
from .estimate import (
    ratio as ratio,
)
from .estimate import (
    rule_sets as rule_sets,
)
from .estimate import (
    sample_size as sample_size,
)
from .estimate import (
    share as share,
)
from .estimate import (
    stack as stack,
)
from .estimate import (
    stock as stock,
)
from .estimate import (
    total as total,
)
from .nap import (
    Baseline as Baseline,
)
from .nap import (
    Evidence as Evidence,
)
from .nap import (
    Plan as Plan,
)
from .nap import (
    baseline as baseline,
)
from .nap import (
    evidence as evidence,
)
from .nap import (
    plan_beside as plan_beside,
)
from .nap import (
    read_plan as read_plan,
)
from .publish import (
    Published as Published,
)
from .publish import (
    PublishedModel as PublishedModel,
)
from .publish import (
    Rounds as Rounds,
)
from .publish import (
    changes as changes,
)
from .publish import (
    contributions as contributions,
)
from .publish import (
    observed_rate as observed_rate,
)
from .publish import (
    paths as paths,
)
from .publish import (
    publish as publish,
)
from .publish import (
    publish_change as publish_change,
)
from .publish import (
    publish_run as publish_run,
)
from .publish import (
    response_error as response_error,
)
from .publish import (
    risk_factors as risk_factors,
)
from .publish import (
    rounds as rounds,
)
from .survey import (
    ReplicateDesign as ReplicateDesign,
)
from .survey import (
    Survey as Survey,
)
from .survey import (
    SurveyDesign as SurveyDesign,
)
from .survey import (
    check as check,
)
from .survey import (
    describe as describe,
)
from .survey import (
    nonresponse as nonresponse,
)
from .survey import (
    read_survey as read_survey,
)

__version__: str
