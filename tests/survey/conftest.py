"""The survey.yaml of the small, clean survey whose persons are `people`."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def spec() -> dict[str, Any]:
    return {
        "title": "Small survey",
        "country": "Testland",
        "year": 2024,
        "reference_period": {"months": 12, "text": "the last 12 months"},
        "files": {"person": {"path": "people.csv", "key": ["hh", "line"]}},
        "design": {
            "weight": "w",
            "strata": "stratum",
            "psu": "village",
            "household": "hh",
            "selection": "srs",
        },
        "module": {"column": "result", "answered": "done", "refused": "no", "not_asked": "out"},
        "age": {"column": "age", "missing": 999},
        "answers": {
            "yes": "Y",
            "no": "N",
            "dont_know": "D",
            "refused": "R",
            "not_applicable": "A",
            "not_applicable_means": "no",
        },
        "any_work": "worked",
        "items": {
            "involuntary": {
                "hazardous_work": {
                    "column": "q1",
                    "routing": {"column": "worked", "asked": "Y", "skipped": "N"},
                }
            },
            "coercion": {
                "debt_bondage": {
                    "column": "q2",
                    "routing": {"column": "worked", "asked": "Y", "skipped": "N"},
                }
            },
        },
        "episodes": {"same_work": "assumed"},
        "populations": {"adults": {"label": "persons aged 18 and over", "age": {"min": 18}}},
        "groups": {
            "sex": {"column": "sex", "codes": {"1": "men", "2": "women"}},
            "age_group": {"bands": [18, 25, 65]},
        },
        "coverage_excludes": ["the homeless"],
    }
