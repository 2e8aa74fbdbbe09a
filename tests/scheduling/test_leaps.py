"""Claims about a clock that leapt: what is believed of it, and when again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.leaps import LEAP, PROOF, Belief, heard, judged
from tests.scheduling.samples import NOW

YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)
SURE = Belief(NOW)


def test_a_clock_seen_for_the_first_time_or_going_on_or_back_is_believed():
    assert judged(Belief(), NOW) == SURE
    for now in (NOW + LEAP, NOW + MINUTE, NOW - YEAR):
        assert judged(SURE, now) == Belief(now)


def test_a_clock_that_leapt_and_came_back_changed_nothing():
    leapt = judged(SURE, NOW + YEAR)
    assert leapt.doubted == NOW
    assert leapt.known(NOW + YEAR) == NOW
    back = judged(leapt, NOW + MINUTE)
    assert back == Belief(NOW + MINUTE)
    assert back.known(NOW + MINUTE) == NOW + MINUTE


def test_after_a_holiday_the_clock_is_believed_once_it_has_stayed_for_ten_minutes():
    holiday = NOW + timedelta(days=21)
    leapt = judged(SURE, holiday)
    assert judged(leapt, holiday + PROOF - MINUTE).doubted == NOW
    assert judged(leapt, holiday + PROOF) == Belief(holiday + PROOF)


def test_a_clock_that_leaps_again_or_was_not_seen_meanwhile_begins_its_proof_anew():
    leapt = judged(SURE, NOW + YEAR)
    for now in (NOW + 2 * YEAR, NOW + YEAR + LEAP + MINUTE, NOW + YEAR - LEAP):
        assert judged(leapt, now) == Belief(NOW, now)


def test_a_server_that_agrees_ends_the_doubt_at_once():
    morning = NOW + timedelta(hours=14)
    assert heard(judged(SURE, morning), morning, morning - MINUTE) == Belief(morning)


def test_a_server_that_tells_less_is_believed_and_the_leap_never_is():
    belief = judged(SURE, NOW + YEAR)
    for minutes in range(0, 120, 5):
        now, right = (at + minutes * MINUTE for at in (NOW + YEAR, NOW))
        belief = heard(judged(belief, now), now, right)
        assert belief.known(now) == right


def test_a_server_whose_own_clock_is_wrong_says_nothing():
    leapt = judged(SURE, NOW + timedelta(days=1))
    for other in (NOW - YEAR, NOW + YEAR):
        assert heard(leapt, NOW + timedelta(days=1), other) == leapt
    assert heard(SURE, NOW, NOW - YEAR) == SURE


@given(st.lists(st.integers(-500_000, 500_000), min_size=1, max_size=30))
def test_what_is_known_never_lies_past_the_clock(minutes):
    belief = Belief()
    for each in minutes:
        now = NOW + each * MINUTE
        belief = judged(belief, now)
        assert belief.known(now) <= now
