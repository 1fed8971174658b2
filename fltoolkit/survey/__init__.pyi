from .checks.item_nonresponse import nonresponse as nonresponse
from .checks.survey_checks import check as check
from .checks.survey_facts import describe as describe
from .correction_counts import corrections as corrections
from .design.replicate_design import ReplicateDesign as ReplicateDesign
from .design.survey_design import Survey as Survey, SurveyDesign as SurveyDesign
from .survey_opening import read_survey as read_survey
