"""Makes invented populations in which the true status of every person is known, and draws surveys from these
populations, for samples, tests and classes.

Every person has a true status, true answers, and the answers that the person gives to an interviewer. Given
answers may be wrong or missing, because people forget or refuse. The *true* prevalence counts true statuses.
The *reported* prevalence applies `fl.classify` to the given answers of the whole population. A survey without
sampling error would give the reported prevalence, so confidence intervals are compared with the reported
prevalence.
"""

from fltoolkit.synthetic.countries import (
    draw_families,
    full_count_of_families,
    make_population,
    make_second_round,
    write_sample,
    write_second_round,
    write_valdorie,
)
from fltoolkit.synthetic.families import Families, make_families
from fltoolkit.synthetic.population import NO, YES, Population
from fltoolkit.synthetic.sample import SampleSize, census, draw_sample, full_count, redraw, reported_status

__all__ = [
    "NO",
    "YES",
    "Families",
    "Population",
    "SampleSize",
    "census",
    "draw_families",
    "draw_sample",
    "full_count",
    "full_count_of_families",
    "make_families",
    "make_population",
    "make_second_round",
    "redraw",
    "reported_status",
    "write_sample",
    "write_second_round",
    "write_valdorie",
]
