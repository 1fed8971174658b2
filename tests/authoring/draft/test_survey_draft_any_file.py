"""Tests `fltoolkit new` with unusual file names, with very many columns, and with texts that only few persons
gave."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from draft_columns import drafted
from effort import count_calls
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from thoroughness import tries

from fltoolkit.authoring.draft.survey_draft import Draft, make_draft, write_draft

ANY_TEXT = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), min_size=1, max_size=30
)
LEGAL_NAME = st.from_regex(r"x[A-Za-z0-9À-ÿа-я_.$#@]{0,15}[A-Za-z0-9]", fullmatch=True)


@settings(
    max_examples=tries(25, few=8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=LEGAL_NAME, label=ANY_TEXT, values=st.lists(ANY_TEXT, min_size=3, max_size=3))
def test_whatever_a_file_says_of_itself_the_draft_is_yaml(
    tmp_path: Path, name: str, label: str, values: list[str]
) -> None:
    table = pd.DataFrame({"id": range(20), name: [1.0, 2.0, 3.0, 1.0] * 5})
    try:
        pyreadstat.write_sav(
            table,
            str(tmp_path / "a.sav"),
            column_labels={name: f"region {label}"},
            variable_value_labels={name: dict(zip((1, 2, 3), values, strict=True))},
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError):
        return  # not a name or label that SPSS allows
    draft = drafted(tmp_path / "a.sav")
    assume(name not in draft["design"].values())  # xEA is an enumeration area, whatever its label
    group = draft["groups"]["region"]
    assert group["column"] == name
    assert set(group["codes"]) | set(group.get("missing", [])) <= {"1", "2", "3"}


# ------------------------------------------------------------------------------------------------ many column


@pytest.mark.thorough("a file of a thousand columns")
def test_a_draft_of_a_thousand_columns_is_made_in_a_few_passes(tmp_path: Path) -> None:
    """It took a sum for each column and ran out of memory; each question had a pass of its own."""
    questions = {f"Q{i}": [1, 2, "", 8][i % 4 :] + [1, 2, "", 8][: i % 4] for i in range(1000)}
    pd.DataFrame(
        {
            "hh": range(100),
            "age": [20 + i % 50 for i in range(100)],
            **{c: v * 25 for c, v in questions.items()},
        }
    ).to_csv(tmp_path / "a.csv", index=False)
    made: list[Draft] = []
    calls = count_calls(lambda: made.append(make_draft(tmp_path / "a.csv", "a.csv")))
    assert calls < 15_000 * len(questions)
    draft = made[0]
    assert sum("Q999" in line.text for line in draft.lines) == 1


def test_a_draft_writes_no_text_that_few_persons_gave(tmp_path: Path) -> None:
    rows = ["beaten by Quispe", *["yes, often"] * 30, *["no"] * 60, "dk"]
    (tmp_path / "a.csv").write_text(
        "W,Q1\n" + "\n".join(f'1.5,"{row}"' for row in rows) + "\n", encoding="utf-8"
    )
    target, _ = write_draft(tmp_path / "a.csv", None, None)
    draft = target.read_text(encoding="utf-8")
    assert "Quispe" not in draft
    assert "yes, often" in draft
