"""What a calendar shades: hours, holidays, leave and closed places, on the clock of the place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from scheduling.places import Absence, Place
from scheduling.records import Availability, Practitioner
from scheduling.rules.opening import Shade, stretches
from scheduling.rules.search import Plan

PARIS = Place("paris", "Paris", "Europe/Paris", "FR")
IRIS = Practitioner("iris", "Iris Moreau", "Neurosurgery", "America/New_York")
SUNDAY = date(2026, 3, 29)


def plan(*absences: Absence, weekday: int = 6, on_holidays: bool = False) -> Plan:
    hours = Availability(
        "h1",
        "iris",
        weekday,
        time(9),
        time(12),
        30,
        date(2026, 1, 1),
        place_id="paris",
        on_holidays=on_holidays,
    )
    holidays = {"paris": frozenset({date(2026, 5, 1)})}
    return Plan((IRIS,), (hours,), (PARIS,), (), absences, holidays)


def utc(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_hours_are_those_of_the_places_clock_on_both_sides_of_a_change() -> None:
    before, after = stretches(plan(), date(2026, 3, 22), SUNDAY)
    assert (before.starts, before.ends) == (utc(date(2026, 3, 22), 8), utc(date(2026, 3, 22), 11))
    assert (after.starts, after.ends) == (utc(SUNDAY, 7), utc(SUNDAY, 10))
    assert {before.shade, after.shade} == {Shade.WORKING}


def test_a_public_holiday_takes_the_hours_unless_they_hold_on_holidays() -> None:
    friday = date(2026, 5, 1)
    (closed,) = stretches(plan(weekday=4), friday, friday)
    assert closed.shade is Shade.HOLIDAY
    (open_,) = stretches(plan(weekday=4, on_holidays=True), friday, friday)
    assert open_.shade is Shade.WORKING


def test_leave_is_shown_whole_and_a_closed_place_only_during_hours_there() -> None:
    leave = Absence("a1", "iris", SUNDAY, SUNDAY, reason="congress")
    shut = Absence("a2", "paris", SUNDAY, SUNDAY, time(11), time(18))
    found = {one.shade: one for one in stretches(plan(leave, shut), SUNDAY, SUNDAY)}
    assert set(found) == {Shade.WORKING, Shade.AWAY, Shade.CLOSED}
    assert found[Shade.AWAY].text == "congress"
    assert found[Shade.AWAY].ends - found[Shade.AWAY].starts == utc(SUNDAY, 2) - utc(
        date(2026, 3, 28), 2
    )
    assert (found[Shade.CLOSED].starts, found[Shade.CLOSED].ends) == (
        utc(SUNDAY, 9),
        utc(SUNDAY, 10),
    )


def test_nothing_is_shaded_of_people_not_asked_for() -> None:
    assert stretches(plan(), SUNDAY, SUNDAY, ["somebody"]) == ()
