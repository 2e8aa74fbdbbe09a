"""Claims about which free time a workstation keeps for booking offline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from scheduling.places import Absence, Busy, Place, Resource, ResourceKind, VisitType
from scheduling.records import Availability, Practitioner
from scheduling.rules.leasing import Share, choose
from scheduling.rules.search import Plan
from scheduling.rules.spans import from_us, to_us
from tests.scheduling.samples import NOW

MORNING = NOW.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
DOCTOR = Practitioner("dr-1", "Dr. R. Noor", "Radiology", "UTC")
LAKE = Place("lake", "Lakeside", "UTC")
SCAN = VisitType("scan", "Scan", 30, before_minutes=10, needs=(ResourceKind.SCANNER,))
SCANNERS = tuple(Resource(f"mr-{n}", "lake", ResourceKind.SCANNER, f"MR {n}") for n in (1, 2))
SHARE = Share(25, MORNING, MORNING + timedelta(days=1))


def hours(place: str = "", ident: str = "h") -> Availability:
    """Eight cells of half an hour, from nine to one."""
    return Availability(
        ident, "dr-1", MORNING.weekday(), time(9), time(13), 30, date(2000, 1, 1), place_id=place
    )


PLAN = Plan((DOCTOR,), (hours(),))


def at(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    return to_us(MORNING + timedelta(hours=hour, minutes=minute))


def busy(starts: str, ends: str, who: str = "dr-1") -> Busy:
    return Busy(who, at(starts), at(ends))


def told(found: tuple[Busy, ...]) -> list[str]:
    return [
        f"{row.subject_id} {from_us(row.starts_us):%H:%M}-{from_us(row.ends_us):%H:%M}"
        for row in found
    ]


def test_the_share_of_the_free_cells_is_kept_from_the_end_of_the_hours() -> None:
    assert told(choose(PLAN, (), (), (), SHARE)) == ["dr-1 12:00-13:00"]
    assert told(choose(PLAN, (), (), (), replace(SHARE, percent=100))) == ["dr-1 09:00-13:00"]
    assert choose(PLAN, (), (), (), replace(SHARE, percent=0)) == ()
    someone = replace(SHARE, practitioner_ids=frozenset({"dr-2"}))
    assert choose(PLAN, (), (), (), someone) == ()


def test_what_is_booked_or_kept_by_others_is_not_kept() -> None:
    booked = [busy("12:00", "12:30"), busy("09:00", "10:30")]
    assert told(choose(PLAN, booked, (), (), replace(SHARE, percent=50))) == [
        "dr-1 11:30-12:00",
        "dr-1 12:30-13:00",
    ]
    assert choose(PLAN, [busy("09:00", "13:00")], (), (), SHARE) == ()


def test_leave_holidays_and_closed_places_are_not_kept() -> None:
    day = MORNING.date()
    away = replace(PLAN, absences=(Absence("l", "dr-1", day, day, time(11), time(13)),))
    assert told(choose(away, (), (), (), SHARE)) == ["dr-1 10:30-11:00"]
    whole = replace(PLAN, absences=(Absence("l", "dr-1", day, day),))
    assert choose(whole, (), (), (), SHARE) == ()
    there = Plan((DOCTOR,), (hours("lake"),), (LAKE,), holidays={"lake": frozenset({day})})
    assert choose(there, (), (), (), SHARE) == ()
    closed = replace(there, holidays={}, absences=(Absence("c", "lake", day, day),))
    assert choose(closed, (), (), (), SHARE) == ()


def test_what_is_kept_stays_until_it_is_more_than_a_cell_beyond_the_share() -> None:
    held = (busy("10:00", "11:00"),)
    assert told(choose(PLAN, (), held, (), SHARE)) == ["dr-1 10:00-11:00"]
    more = (busy("10:00", "11:30"),)
    assert told(choose(PLAN, (), more, (), SHARE)) == ["dr-1 10:00-11:30"]
    much = (busy("10:00", "12:00"),)
    assert told(choose(PLAN, (), much, (), SHARE)) == ["dr-1 11:00-12:00"]
    assert told(choose(PLAN, (), (busy("10:00", "10:30"),), (), SHARE)) == [
        "dr-1 10:00-10:30",
        "dr-1 12:30-13:00",
    ]


def test_a_scanner_and_the_time_to_prepare_are_kept_with_the_doctor() -> None:
    plan = Plan((DOCTOR,), (hours("lake"),), (LAKE,), SCANNERS)
    assert told(choose(plan, (), (), (SCAN,), SHARE)) == ["dr-1 11:50-13:00", "mr-1 11:50-13:00"]
    used = [busy("12:30", "13:00", "mr-1")]
    assert told(choose(plan, used, (), (SCAN,), SHARE))[1:] == ["mr-2 11:50-13:00"]
    held = (busy("11:50", "13:00", "mr-2"),)
    assert told(choose(plan, (), held, (SCAN,), SHARE))[1:] == ["mr-2 11:50-13:00"]
    both = [*used, busy("12:00", "12:10", "mr-2")]
    assert told(choose(plan, both, (), (SCAN,), SHARE)) == ["dr-1 11:50-13:00"]
    beside = [busy("11:30", "12:00")]
    assert told(choose(plan, beside, (), (SCAN,), SHARE))[0] == "dr-1 12:00-13:00"


@pytest.mark.parametrize("percent", [1, 10, 33, 50, 90])
def test_choosing_again_with_what_is_kept_chooses_the_same(percent: int) -> None:
    plan = Plan((DOCTOR,), (hours("lake"),), (LAKE,), SCANNERS)
    share = replace(SHARE, percent=percent)
    first = choose(plan, [busy("10:00", "10:30")], (), (SCAN,), share)
    assert choose(plan, [busy("10:00", "10:30")], first, (SCAN,), share) == first
