"""Makes the tables of a National Action Plan from the published numbers of a survey: the baseline, the
targets, and the follow-up (the comparison with a later survey)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # the names are listed in __init__.pyi
