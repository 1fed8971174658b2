"""Tests two samples of two PSUs each, with one PSU in both: the covariance of their estimates, and units that
are never shared."""

from __future__ import annotations

import numpy as np
import pytest

from fltoolkit.errors import RequestError
from fltoolkit.estimate.variance import Joint, Replicates, Stage, Units, join, psu_labels

Z = np.array([[1.0], [3.0]])  # n/(n − 1)·Σ(z − 2)² = 4


def units(*psu: str, named: bool = True, second: bool = False) -> Units:
    """PSUs of one stratum, drawn with replacement; with a second stage each has two units, whose variance
    counts half."""
    of = np.arange(2, dtype=np.intp)
    stage = Stage(np.zeros(2, dtype=np.intp), np.array([2.0]), np.zeros(1), np.ones(1), "fail")
    strata, labels = np.array(["s", "s"], dtype=object), np.array(psu, dtype=object)
    if not second:
        return Units(strata, labels, of, stage, None, named)
    of = np.array([0, 0, 1, 1], dtype=np.intp)
    return Units(
        strata, labels, of, stage, Stage(of, np.full(2, 2.0), np.zeros(2), np.full(2, 0.5), "fail"), named
    )


def test_a_shared_psu_ties_two_samples_and_each_keeps_its_variance() -> None:
    """PSU b adds √2·1 to the first estimate and −√2·1 to the second."""
    z, joint = join([("one", Z, units("a", "b")), ("two", Z, units("b", "c"))], shared=True)
    assert joint.covariance(z) == pytest.approx(np.array([[4.0, -2.0], [-2.0, 4.0]]))
    assert joint.labels.tolist() == [("s", "a"), ("s", "b"), ("s", "c")]
    assert len(joint) == 3


def test_samples_that_share_nothing_are_independent() -> None:
    z, joint = join([("one", Z, units("a", "b")), ("two", Z, units("a", "b"))], shared=False)
    assert joint.covariance(z) == pytest.approx(np.diag([4.0, 4.0]))
    assert joint.labels.tolist() == [
        ("one", "unit", "0"),
        ("one", "unit", "1"),
        ("two", "unit", "0"),
        ("two", "unit", "1"),
    ]


def test_units_below_a_shared_psu_are_each_samples_own() -> None:
    """First stage: PSU sums 4 and 2, variance 4. Second: half of 2·2 in the first PSU and of 2·0 in the
    other, 2 in all."""
    z = np.array([[1.0], [3.0], [1.0], [1.0]])
    wide, joint = join([(label, z, units("a", "b", second=True)) for label in ("one", "two")], shared=True)
    assert joint.covariance(wide) == pytest.approx(np.array([[6.0, 4.0], [4.0, 6.0]]))
    assert len(joint) == 2 + 4 + 4


def test_replicates_and_persons_drawn_directly_have_no_label_to_share() -> None:
    replicates = Replicates(np.full(2, 0.5), True, None)
    assert psu_labels(replicates) == psu_labels(units("0", "1", named=False)) == []
    assert psu_labels(units("a", "b")) == [("s", "a"), ("s", "b")]
    z, joint = join([("one", Z, replicates), ("two", Z, units("0", "1", named=False))], shared=True)
    assert joint.covariance(z) == pytest.approx(np.diag([0.5 + 4.5, 4.0]))


def test_a_stack_is_no_part_of_another_and_is_the_same_by_its_labels() -> None:
    z, joint = join([("one", Z, units("a", "b"))], shared=True)
    with pytest.raises(RequestError, match="one of the parts is itself a stack of samples"):
        join([("again", z, joint)], shared=True)
    assert joint.same_as(join([("other", Z, units("a", "b"))], shared=True)[1])
    assert not joint.same_as(join([("one", Z, units("a", "c"))], shared=True)[1])
    assert not joint.same_as(Replicates(np.ones(2), True, None))
    assert isinstance(joint, Joint)
