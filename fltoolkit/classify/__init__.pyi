from .adults import classify as classify
from .checks.case_findings import check_cases as check_cases
from .checks.corrected_cases import corrected_cases as corrected_cases
from .classified_survey import ClassifiedSurvey as ClassifiedSurvey, frame as frame
from .outcomes_and_domains import derive as derive, outcome as outcome
