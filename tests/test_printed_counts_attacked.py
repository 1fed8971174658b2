"""Attacks everything that a run prints outside its published set (findings, non-response, paths, items): no
number of 1 to 4 persons can be calculated."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import shipped
from printed import LIMIT, Reader, Run, Who, open_answers, read, run_of

from fltoolkit.survey import printed_values
from fltoolkit.survey.checks import findings


@pytest.fixture(scope="module")
def norvia_run() -> Run:
    return run_of(shipped.NORVIA)


@pytest.fixture(scope="module")
def valdorie_run() -> Run:
    return run_of(shipped.VALDORIE)


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """The defence switched off: each count by itself, as it is from the limit on."""

    def guarded(count: int, limit: int, _: object = None) -> object:
        return f"fewer than {limit}" if 0 < count < limit else count

    monkeypatch.setattr(printed_values, "rounded", lambda count, limit: None if 0 < count < limit else count)
    monkeypatch.setattr(findings, "count_in_words", guarded)
    monkeypatch.setattr(findings, "sum_in_words", lambda one, other, limit, _: guarded(one + other, limit))
    monkeypatch.setattr(findings, "cases_in_words", guarded)


def groups_of_few(run: Run, reader: Reader) -> list[Who]:
    """Every group of few that is counted, that lies between two counted groups, or that paths leave over of
    those who left a question open."""
    printed = reader.groups()
    groups = [*printed, *(a & ~b for a, b in permutations(printed, 2) if not (b & ~a).any())]
    for opened in open_answers(run).values():
        inside = [way for way in reader.paths if not (way & ~opened).any()]
        groups.append(opened & ~np.any(inside, axis=0) if inside else opened)
    return [who for who in {who.tobytes(): who for who in groups}.values() if 0 < who.sum() < LIMIT]


@pytest.mark.thorough("a programme over all counts of two samples; small surveys are attacked too")
@pytest.mark.parametrize("sample", ["norvia_run", "valdorie_run"])
def test_no_small_count_comes_out_of_a_shipped_sample(sample: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(sample)
    reader = read(run)
    few = groups_of_few(run, reader)
    assert reader.misled() == []
    assert len(few) > 30
    assert reader.works_out(few) == []


@pytest.mark.thorough("a programme over all counts of a sample")
def test_exact_counts_of_a_question_and_of_paths_would_give_the_few_between_them(
    norvia_run: Run, exact: None
) -> None:
    """Of seven who left FI3 open five did not know, so two refused; of 21 who left FLEAVE open two paths name
    18."""
    reader, opened = read(norvia_run), open_answers(norvia_run)
    refused = opened["items.involuntary.unagreed_overtime FI3", "refused"]
    leave = opened["items.involuntary.no_freedom_to_leave FLEAVE", "dont_know"]
    beyond = leave & ~np.any([way for way in reader.paths if not (way & ~leave).any()], axis=0)
    assert reader.misled() == []
    assert (refused.sum(), beyond.sum()) == (2, 3)
    assert reader.works_out([refused, beyond]) == [2, 3]


@pytest.mark.thorough("a programme over all counts of a sample")
def test_exact_counts_would_give_children_in_forced_labour_on_rare_paths(
    valdorie_run: Run, exact: None
) -> None:
    """Of 54 with a parent in forced labour one path names 50."""
    reader = read(valdorie_run)
    others = valdorie_run.of("step", "parent in forced labour (iii)") & ~np.any(reader.paths, axis=0)
    assert others.sum() == 4
    assert reader.works_out([others]) == [4]
