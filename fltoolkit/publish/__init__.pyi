from .models.published_model import PublishedModel as PublishedModel, risk_factors as risk_factors
from .own_tables.own_tables import publish as publish
from .paths_to_outcomes import paths as paths
from .published_change import publish_change as publish_change
from .published_set import Published as Published, publish_run as publish_run
from .response_error import (
    ResponseError as ResponseError,
    observed_rate as observed_rate,
    response_error as response_error,
)
from .rounds_and_changes import Rounds as Rounds, changes as changes, rounds as rounds
from .unresolved.declared_blanks import DeclaredBlanks as DeclaredBlanks, blanks as blanks
