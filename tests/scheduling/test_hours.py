"""Hours changed on a day or from a day on: every other day stays as it was."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.records import Availability
from scheduling.rules.hours import (
    HoursEdit,
    Time,
    ended,
    every_week,
    moved_on,
    moved_once,
    once,
    without,
)

FIRST = date(2031, 3, 3)
DAYS = [FIRST + timedelta(days=number) for number in range(70)]
Worked = dict[date, list[tuple[time, time]]]

days = st.integers(0, 62).map(lambda number: FIRST + timedelta(days=number))


@st.composite
def dated_hours(draw: st.DrawFn) -> tuple[Availability, date]:
    """Weekly hours with one of the days they hold on."""
    day = draw(days)
    begin = day - timedelta(days=draw(st.integers(0, 20)))
    until = draw(st.none() | st.integers(0, 20).map(lambda more: day + timedelta(days=more)))
    return Availability("h", "iris", day.weekday(), time(9), time(12), 30, begin, until), day


def worked(*hours: Availability) -> Worked:
    found: Worked = {}
    for day in DAYS:
        for one in hours:
            inside = one.from_day <= day and (one.until is None or day <= one.until)
            if inside and day.weekday() == one.weekday:
                found.setdefault(day, []).append((one.starts, one.ends))
    return found


def applied(hours: Availability, edit: HoursEdit) -> Worked:
    kept = {one.id: one for one in (hours, *edit.kept)}
    return worked(*(one for key, one in kept.items() if key not in edit.removed))


@given(dated_hours())
def test_a_day_taken_out_leaves_every_other_day(dated: tuple[Availability, date]) -> None:
    hours, day = dated
    expected = worked(hours)
    del expected[day]
    assert applied(hours, without(hours, day, "new")) == expected


@given(dated_hours())
def test_hours_that_end_stay_up_to_the_day_before(dated: tuple[Availability, date]) -> None:
    hours, day = dated
    expected = {at: found for at, found in worked(hours).items() if at < day}
    assert applied(hours, ended(hours, day)) == expected


@given(dated_hours(), st.integers(13, 20))
def test_a_change_of_one_day_changes_that_day(dated: tuple[Availability, date], hour: int) -> None:
    hours, day = dated
    edit = moved_once(hours, day, Time(day, time(hour), time(hour, 30)), ("a", "b"))
    assert applied(hours, edit) == {**worked(hours), day: [(time(hour), time(hour, 30))]}


@given(dated_hours(), st.integers(13, 20))
def test_a_change_from_a_day_on_leaves_the_past(
    dated: tuple[Availability, date], hour: int
) -> None:
    hours, day = dated
    edit = moved_on(hours, day, Time(day, time(hour), time(hour, 30)), "new")
    expected = {
        at: found if at < day else [(time(hour), time(hour, 30))]
        for at, found in worked(hours).items()
    }
    assert applied(hours, edit) == expected


def test_new_hours_are_weekly_or_of_one_day() -> None:
    hours = Availability("h", "iris", 0, time(9), time(12), 30, FIRST)
    tuesday = FIRST + timedelta(days=1)
    at = Time(tuesday, time(14), time(16))
    assert list(worked(*once(hours, at).kept)) == [tuesday]
    assert list(worked(*every_week(hours, at).kept)) == [
        tuesday + timedelta(days=7 * week) for week in range(10)
    ]
