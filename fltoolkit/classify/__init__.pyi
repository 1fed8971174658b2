from .adults import classify as classify
from .checks.case_checks import check_cases as check_cases
from .checks.corrected_cases import corrected_cases as corrected_cases
from .classified_survey import ClassifiedSurvey as ClassifiedSurvey
from .exploration.derived_groups import derive as derive
from .exploration.microdata import frame as frame
from .exploration.outcomes import outcome as outcome
