"""Claims about the search of free times: it equals a search that looks at every minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import combinations
from random import Random
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.errors import SlotTakenError
from scheduling.places import Absence, Busy, Place, Resource, ResourceKind, VisitType, fits
from scheduling.records import Availability
from scheduling.rules import booking, occupancy, search, spans
from scheduling.rules.booking import When, check_bookable, new_appointment
from scheduling.rules.closures import knows_holidays, public_holidays
from scheduling.rules.occupancy import busy_of
from scheduling.rules.search import Plan, Wish
from tests.scheduling.oracle import Situation, free_times, held, holders, key, situation
from tests.scheduling.samples import DOCTOR, MORNINGS, NOW

FIXED = range(160)
"""Seeds of the situations in which every broken variant has to be noticed."""


def found(case: Situation) -> set[tuple[datetime, datetime, str, str]]:
    busy = [row for one in case.appointments for row in busy_of(one, case.capacities)]
    free = search.search(case.plan, busy, case.wish)
    return {key(slot) for slot in free.first(len(free))}


@cache
def fixed(seed: int) -> tuple[Situation, set[tuple[datetime, datetime, str, str]]]:
    case = situation(Random(seed))
    return case, free_times(case)


def agrees(seed: int) -> bool:
    case, expected = fixed(seed)
    return found(case) == expected


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9))
def test_the_search_finds_exactly_what_every_minute_allows(seed):
    case = situation(Random(seed))
    assert found(case) == free_times(case)


def test_the_fixed_situations_have_much_to_find_and_all_is_found():
    sizes = [len(fixed(seed)[1]) for seed in FIXED]
    assert sum(size > 0 for size in sizes) > 40
    assert all(agrees(seed) for seed in FIXED)


def unzoned(zone: str, weekday: int, first: date, last: date):
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [(day, spans._midnight_us(day)) for day in days if day.weekday() == weekday]


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        (search, "meets", lambda starts, ends, closed: np.zeros(len(starts), bool)),
        (occupancy, "meets", lambda starts, ends, full: np.zeros(len(starts), bool)),
        (occupancy, "fits", lambda wanted, others: False),
        (spans, "_midnights", unzoned),
        (spans, "_odd_starts", lambda *_: iter(())),
        (spans, "_odd_spans", lambda *_: ()),
        (search, "_serves", lambda hours, wish: True),
    ],
    ids=[
        *("absence unseen", "bookings unseen", "groups closed"),
        *("no zone", "nothing on odd days", "nobody away on odd days", "any visit anywhere"),
    ],
)
def test_a_broken_search_is_caught(module: ModuleType, name: str, broken: Callable, monkeypatch):
    monkeypatch.setattr(module, name, broken)
    assert not all(agrees(seed) for seed in FIXED)


@pytest.mark.parametrize("field", ["_before", "_after", "_horizon", "_earliest"])
def test_a_search_that_forgets_a_bound_is_caught(field: str, monkeypatch):
    """Buffers and lead time count in the fixed situations; the horizon in one made for it."""
    begin = search._Seen.__init__

    def forgetful(self, *given):
        begin(self, *given)
        setattr(self, field, 2**62 if field == "_horizon" else 0)

    near = replace(VISIT, horizon_days=1)
    wish = Wish(NOW, NOW + timedelta(days=5), NOW, near)
    bounded = len(search.search(CLINIC, (), wish))
    monkeypatch.setattr(search._Seen, "__init__", forgetful)
    if field == "_horizon":
        assert len(search.search(CLINIC, (), wish)) > bounded
    else:
        assert not all(agrees(seed) for seed in FIXED)


def book_all_one_can(random: Random) -> Situation:
    """Book whatever is free, in random order, starting from an empty diary."""
    case = replace(situation(random), appointments=())
    for number in range(25):
        busy = [row for one in case.appointments for row in busy_of(one, case.capacities)]
        free = search.search(case.plan, busy, case.wish)
        if not len(free):
            break
        slot = random.choice(free.first(len(free)))
        booked = new_appointment(
            slot,
            f"p-{number}",
            appointment_id=f"a-{number}",
            booked_by="desk",
            reason="",
            confirmed=True,
            now=case.wish.now,
            visit=case.wish.visit,
        )
        case = replace(case, appointments=(*case.appointments, booked))
    return case


def nothing_is_doubly_booked(case: Situation) -> bool:
    """Whether no instant has more visits of one subject than it can take."""
    for one, other in combinations(case.appointments, 2):
        first, second = sorted([held(one), held(other)])
        apart = first[1] <= second[0]
        group = (one.starts, one.visit_type_id) == (other.starts, other.visit_type_id)
        if one.practitioner_id == other.practitioner_id and not apart:
            if not group or one.capacity == 1:
                return False
            same = [a for a in case.appointments if a.starts == one.starts]
            if sum(a.practitioner_id == one.practitioner_id for a in same) > one.capacity:
                return False
    return all(
        len(holders(case, thing.id, held(one)[0])) <= thing.capacity
        for thing in case.plan.resources
        for one in case.appointments
    )


def inside_hours(case: Situation) -> bool:
    empty = free_times(replace(case, appointments=()))
    return {(a.starts, a.ends, a.practitioner_id, a.place_id) for a in case.appointments} <= empty


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_booking_all_that_is_free_never_books_twice_nor_outside_hours(seed):
    case = book_all_one_can(Random(seed))
    assert nothing_is_doubly_booked(case)
    assert inside_hours(case)


def test_double_booking_is_caught(monkeypatch):
    monkeypatch.setattr(occupancy, "meets", lambda starts, ends, full: np.zeros(len(starts), bool))
    assert not all(nothing_is_doubly_booked(book_all_one_can(Random(n))) for n in range(20))


def test_booking_outside_hours_is_caught(monkeypatch):
    monkeypatch.setattr(search, "meets", lambda starts, ends, closed: np.zeros(len(starts), bool))
    assert not all(inside_hours(book_all_one_can(Random(n))) for n in range(40))


rows = st.builds(
    lambda start, length, capacity, share: Busy(
        "x", start, start + length, capacity if share else 1, share
    ),
    st.integers(0, 30),
    st.integers(1, 12),
    st.integers(1, 3),
    st.sampled_from(["", "", "g"]),
)
things = st.builds(
    lambda start, length, capacity: Busy("x", start, start + length, capacity),
    st.integers(0, 30),
    st.integers(1, 12),
    st.integers(1, 3),
)


@settings(max_examples=300, deadline=None)
@given(rows, st.lists(rows, max_size=6) | st.lists(things, max_size=6))
def test_one_more_fits_if_it_fits_at_every_instant(wanted, others):
    def fits_at(instant: int) -> bool:
        there = [one for one in others if one.starts_us <= instant < one.ends_us]
        same = all(one.share == wanted.share for one in there)
        return same and len(there) + 1 <= min([wanted.capacity, *(one.capacity for one in there)])

    every = all(fits_at(instant) for instant in range(wanted.starts_us, wanted.ends_us))
    assert fits(wanted, others) == every


HALF_PAST_NINE = datetime(2027, 5, 4, 7, 30, tzinfo=UTC)
VISIT = VisitType(
    "mri",
    "MRI head",
    30,
    before_minutes=10,
    after_minutes=5,
    needs=(ResourceKind.SCANNER, ResourceKind.ROOM),
)
SITE = Place("lake", "Lakeside", "Europe/Paris", "FR")
CLINIC = Plan(
    (DOCTOR,),
    tuple(replace(one, place_id="lake") for one in MORNINGS),
    (SITE,),
    (
        Resource("mr-1", "lake", ResourceKind.SCANNER, "Scanner 1"),
        Resource("mr-2", "lake", ResourceKind.SCANNER, "Scanner 2"),
        Resource("prep", "lake", ResourceKind.ROOM, "Preparation", capacity=2),
    ),
)


def test_a_visit_takes_a_free_scanner_and_room_with_the_practitioner():
    free = search.search(CLINIC, (), Wish(NOW, NOW + timedelta(days=2), NOW, VISIT))
    assert free.first(1)[0].resource_ids == ("mr-1", "prep")
    start = spans.to_us(free.first(1)[0].starts)
    taken = Busy("mr-1", start - 1, start + 1)
    again = search.search(CLINIC, (taken,), Wish(NOW, NOW + timedelta(days=2), NOW, VISIT))
    assert again.first(1)[0].resource_ids == ("mr-2", "prep")


def test_a_room_for_two_takes_two_visits_and_no_third(monkeypatch):
    wish = Wish(NOW, NOW + timedelta(days=2), NOW, replace(VISIT, needs=(ResourceKind.ROOM,)))
    slot = search.search(CLINIC, (), wish).first(1)[0]
    start = spans.to_us(slot.starts)
    one, other = (Busy("prep", start + n, start + n + 1000, 2, "", f"{n}") for n in (0, 500))
    apart = other._replace(starts_us=start + 1000, ends_us=start + 2000)

    def free(*busy: Busy) -> bool:
        return search.search(CLINIC, busy, wish).same(slot) is not None

    assert (free(one), free(one, apart), free(one, other)) == (True, True, False)
    monkeypatch.setattr(occupancy, "_full", lambda rows, capacity: iter(()))
    assert free(one, other)


def test_without_a_free_scanner_the_practitioner_alone_is_no_visit():
    broken = Absence("m", "mr-1", date(2027, 5, 1), date(2027, 5, 31), reason="coil repair")
    only = replace(CLINIC, resources=CLINIC.resources[0::2], absences=(broken,))
    assert len(search.search(only, (), Wish(NOW, NOW + timedelta(days=2), NOW, VISIT))) == 0


def test_buffers_keep_a_neighbouring_visit_apart():
    wish = Wish(NOW, NOW + timedelta(days=2), NOW, VISIT, frozenset({"dr-1"}))
    first = search.search(CLINIC, (), wish).same(
        replace(
            search.search(CLINIC, (), wish).first(1)[0],
            starts=HALF_PAST_NINE,
            ends=HALF_PAST_NINE + timedelta(minutes=30),
        )
    )
    assert first is not None
    booked = new_appointment(
        first,
        "p",
        appointment_id="a",
        booked_by="d",
        reason="",
        confirmed=True,
        now=NOW,
        visit=VISIT,
    )
    after = search.search(CLINIC, busy_of(booked, {"prep": 2}), wish)
    clocks = {one.starts - HALF_PAST_NINE for one in after.first(99)}
    assert timedelta(minutes=30) not in clocks
    assert timedelta(minutes=-30) not in clocks
    assert timedelta(minutes=60) in clocks


def test_a_group_takes_as_many_as_its_capacity_and_is_closed_to_other_visits():
    group = VisitType("talk", "Preparation talk", 30, capacity=3)
    when = When(NOW)
    wish = Wish(NOW, NOW + timedelta(days=2), NOW, group)
    slot = search.search(CLINIC, (), wish).first(1)[0]
    busy: list[Busy] = []
    for number in range(3):
        check_bookable(slot, CLINIC, busy, group, when)
        booked = new_appointment(
            slot, "p", appointment_id=f"{number}", booked_by="d", reason="", confirmed=True,
            now=NOW, visit=group,
        )  # fmt: skip
        busy += busy_of(booked, {})
        with pytest.raises(SlotTakenError):
            check_bookable(replace(slot, visit_type_id="mri"), CLINIC, busy, VISIT, when)
    with pytest.raises(SlotTakenError) as refusal:
        check_bookable(slot, CLINIC, busy, group, when)
    assert len(refusal.value.alternatives) == 3


def test_nobody_works_on_a_public_holiday_of_the_place_unless_the_hours_say_so():
    bastille = date(2027, 7, 14)
    assert bastille in public_holidays(SITE, date(2027, 7, 1), date(2027, 7, 31))
    assert date(2027, 1, 6) in public_holidays(
        replace(SITE, country="DE", region="BY"), date(2027, 1, 1), date(2027, 1, 31)
    )
    assert public_holidays(replace(SITE, country="XX"), date(2027, 1, 1), bastille) == frozenset()
    closed = replace(CLINIC, holidays={"lake": frozenset({bastille})})
    day = datetime(2027, 7, 14, tzinfo=UTC)
    wish = Wish(day, day + timedelta(days=1), NOW, VISIT)
    assert len(search.search(CLINIC, (), wish)) > 0
    assert len(search.search(closed, (), wish)) == 0
    extra = Availability(
        "x", "dr-1", bastille.weekday(), time(18), time(19), 30, bastille, bastille,
        place_id="lake", on_holidays=True,
    )  # fmt: skip
    open_late = replace(closed, availabilities=(*closed.availabilities, extra))
    assert [one.starts.hour for one in search.search(open_late, (), wish).first(9)] == [16, 16]


def test_countries_and_regions_are_checked():
    assert knows_holidays("FR", "")
    assert knows_holidays("DE", "BY")
    assert not knows_holidays("DE", "XX")
    assert not knows_holidays("XX", "")


def test_lead_time_and_horizon_bound_what_is_offered():
    near = replace(VISIT, horizon_days=1)
    wish = Wish(NOW, NOW + timedelta(days=5), NOW, near, lead=timedelta(hours=26))
    starts = [one.starts for one in search.search(CLINIC, (), wish).first(99)]
    assert starts == []
    wish = replace(wish, lead=timedelta(hours=3))
    starts = [one.starts for one in search.search(CLINIC, (), wish).first(99)]
    assert min(starts) >= NOW + timedelta(hours=3)
    assert max(starts) <= NOW + timedelta(days=1)


def test_the_rule_of_booking_tells_why_a_time_is_refused():
    slot = search.search(CLINIC, (), Wish(NOW, NOW + timedelta(days=2), NOW, VISIT)).first(1)[0]
    with pytest.raises(booking.OutsideHoursError, match="too near"):
        check_bookable(slot, CLINIC, (), VISIT, When(NOW, timedelta(days=20)))
    week = timedelta(days=7)
    far = replace(slot, starts=slot.starts + week, ends=slot.ends + week)
    with pytest.raises(booking.OutsideHoursError, match="1 days ahead"):
        check_bookable(far, CLINIC, (), replace(VISIT, horizon_days=1), When(NOW))
