"""Tests of the package, and the programs beside them (`python -m tests.NAME`)."""

import sys
from pathlib import Path

# Helpers name each other without `tests.`, as pytest's `pythonpath` lets them: one module must not be loaded under two names.
if (HERE := str(Path(__file__).parent)) not in sys.path:
    sys.path.insert(0, HERE)
