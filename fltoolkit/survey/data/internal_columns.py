"""Names the columns that the kit adds to a survey's rows. No data file may have columns with these names.

The labels of strata, sampling units and households are text, or whole numbers if the file has whole numbers.
"""

from __future__ import annotations

WEIGHT, STRATA, PSU, SSU, HOUSEHOLD = "fl__weight", "fl__strata", "fl__psu", "fl__ssu", "fl__household"
FPC, FPC2, REPLICATE = "fl__fpc", "fl__fpc2", "fl__replicate"
PATTERN, CALIBRATED = "fl__pattern", "fl__calibrated"
KEY, AGE, ASKED, CHILD = "fl__key", "fl__age", "fl__asked", "fl__child"
PART = "fl__part"  # the number of the pooled file that a row comes from, from 0
INTERNAL = "fl__"
SOURCE = "src__"  # a column as text, for codes
NUMBER_OF = "num__"  # the same column as a number
CODE_OF = "fl__code__"  # the same column as a whole number, if the file stores it so
PREFIXES = (INTERNAL, SOURCE, NUMBER_OF)
