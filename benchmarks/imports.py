"""What `import fltoolkit` costs above `import pandas`: seconds, the best of seven processes each.

python benchmarks/imports.py
"""

from __future__ import annotations

import subprocess
import sys
import time

TIMES = 7


def seconds(code: str) -> float:
    """The shortest that a new interpreter took for it."""
    found = []
    for _ in range(TIMES):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        found.append(time.perf_counter() - start)
    return min(found)


if __name__ == "__main__":
    seconds("import fltoolkit")  # compiles it
    bare, pandas, both = (seconds(code) for code in ("pass", "import pandas", "import pandas, fltoolkit"))
    print(f"import pandas {pandas - bare:.2f} s, import fltoolkit {both - pandas:.2f} s more")
