"""Shares with their intervals, held against scipy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from app.workflow.rates import Share, fisher_p


@given(st.integers(0, 400), st.integers(1, 400))
def test_the_interval_is_wilsons(count: int, more: int) -> None:
    share = Share(count, count + more)
    known = binomtest(count, count + more).proportion_ci(method="wilson")
    assert share.interval == pytest.approx((known.low, known.high), abs=1e-9)


def test_nothing_counted_has_no_value_and_every_value_is_possible() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)
    with pytest.raises(ValueError, match="some of a whole"):
        Share(3, 2)


@given(st.tuples(*[st.integers(0, 60)] * 4))
def test_two_shares_are_compared_as_fisher_does(numbers: tuple[int, int, int, int]) -> None:
    a, b, c, d = numbers
    known = fisher_exact([[a, b], [c, d]]).pvalue
    assert fisher_p(Share(a, a + b), Share(c, c + d)) == pytest.approx(known, rel=1e-6)
