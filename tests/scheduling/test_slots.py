"""Claims about free time, above all on the days when the clock jumps."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.records import (
    Appointment,
    AppointmentStatus,
    Availability,
    Practitioner,
    Slot,
)
from scheduling.rules import slots
from scheduling.rules.booking import When, nearest_free
from scheduling.rules.occupancy import busy_of
from scheduling.rules.search import Plan, Wish, search
from scheduling.rules.slots import LEAD, apart, working_slots
from tests.scheduling.samples import DOCTOR, MORNINGS, NOW

ZONES = (
    "Europe/Paris",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Cairo",
    "Africa/Casablanca",
)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LONG_AGO = date(2000, 1, 1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@cache
def transitions(zone_name: str) -> tuple[datetime, ...]:
    """The instants from 2026 to 2028 at which the zone's offset changes."""
    zone = ZoneInfo(zone_name)
    found = []
    hour = datetime(2026, 1, 1, tzinfo=UTC)
    while hour < datetime(2028, 12, 31, tzinfo=UTC):
        after = hour + timedelta(hours=1)
        if hour.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found.append(
                next(
                    hour + k * MINUTE
                    for k in range(61)
                    if (hour + k * MINUTE).astimezone(zone).utcoffset()
                    == after.astimezone(zone).utcoffset()
                )
            )
        hour = after
    return tuple(found)


ALL = [(zone, instant) for zone in ZONES for instant in transitions(zone)]
ALL.append(("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)))  # a whole day was skipped


@cache
def clock_faces(zone_name: str, starts: datetime, ends: datetime) -> dict[datetime, list[datetime]]:
    """For each wall time the instants, minute by minute, at which the clock shows it."""
    zone = ZoneInfo(zone_name)
    faces: dict[datetime, list[datetime]] = defaultdict(list)
    instant = starts
    while instant < ends:
        faces[instant.astimezone(zone).replace(tzinfo=None)].append(instant)
        instant += MINUTE
    return dict(faces)


def oracle(
    availabilities: tuple[Availability, ...], zone_name: str, starts: datetime, ends: datetime
) -> list[Slot]:
    """All slots, by looking at the clock every minute of the window and knowing nothing else."""
    faces = clock_faces(zone_name, starts, ends)
    shown = {instant: wall for wall, instants in faces.items() for instant in instants}
    found = []
    for each in availabilities:
        cell = timedelta(minutes=each.slot_minutes)
        for wall in sorted(faces):
            opening = datetime.combine(wall.date(), each.starts)
            inside = opening <= wall and wall + cell <= datetime.combine(wall.date(), each.ends)
            if wall.weekday() != each.weekday or not inside or (wall - opening) % cell:
                continue
            for instant in faces[wall]:
                run = [shown.get(instant + k * MINUTE) for k in range(each.slot_minutes)]
                if all(face is not None and wall <= face < wall + cell for face in run):
                    found.append(Slot(instant, instant + cell, each.practitioner_id))
                    break
    return sorted(set(found))


def all_week(opens: time, closes: time, slot_minutes: int) -> tuple[Availability, ...]:
    return tuple(
        Availability(f"av-{day}", "dr-1", day, opens, closes, slot_minutes, LONG_AGO)
        for day in range(7)
    )


def window(instant: datetime) -> tuple[datetime, datetime]:
    return instant - DAY / 2, instant + DAY / 2


def free_slots(week, taken, doctor, starts, ends, now, lead=LEAD) -> tuple[Slot, ...]:
    """Free times of one practitioner, as a page shows them: none overlaps another."""
    busy = [row for each in taken for row in busy_of(each, {})]
    found = search(Plan((doctor,), tuple(week)), busy, Wish(starts, ends, now, lead=lead))
    return apart(found.first(len(found)))


def agrees_everywhere(opens: time, slot_minutes: int) -> bool:
    """Whether slots equal the oracle's around every clock change there is."""
    week = all_week(opens, time(23, 59), slot_minutes)
    return all(
        list(working_slots(week, Practitioner("dr-1", "x", "", zone), *window(instant)))
        == oracle(week, zone, *window(instant))
        for zone, instant in ALL
    )


def test_there_are_clock_changes_to_test_in_every_zone():
    assert all(len(transitions(zone)) >= 6 for zone in ZONES)


@pytest.mark.parametrize(("opens", "slot_minutes"), [(time(0), 30), (time(0, 15), 60)])
def test_slots_around_every_clock_change_are_what_the_clock_shows(opens, slot_minutes):
    assert agrees_everywhere(opens, slot_minutes)


def naive_first_pass(wall: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def naive_fixed_offset(wall: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    midnight = wall.replace(hour=0, minute=0, tzinfo=zone)
    return (wall - midnight.utcoffset()).replace(tzinfo=UTC)


@pytest.mark.parametrize("broken", [naive_first_pass, naive_fixed_offset])
def test_naive_clock_arithmetic_is_caught(monkeypatch, broken):
    monkeypatch.setattr(slots, "cell_start", broken)
    assert not agrees_everywhere(time(0, 15), 60)


def test_slot_that_ignores_a_jump_in_its_middle_is_caught(monkeypatch):
    monkeypatch.setattr(slots, "_stays_inside", lambda *_: True)
    assert not agrees_everywhere(time(0, 15), 60)


@st.composite
def situations(draw):
    zone, instant = draw(st.sampled_from(ALL))
    opens = draw(st.integers(0, 22 * 60))
    closes = draw(st.integers(opens + 30, 23 * 60 + 59))
    week = all_week(
        time(*divmod(opens, 60)),
        time(*divmod(closes, 60)),
        draw(st.sampled_from([5, 15, 20, 30, 45, 60, 90, 120, 180])),
    )
    starts, ends = window(instant)
    taken = draw(
        st.lists(
            st.builds(
                lambda minute, length, status, doctor: Appointment(
                    f"t-{minute}",
                    "p",
                    doctor,
                    starts + minute * MINUTE,
                    starts + (minute + length) * MINUTE,
                    status,
                    "x",
                    starts,
                ),
                st.integers(0, 1440),
                st.integers(1, 240),
                st.sampled_from(AppointmentStatus),
                st.sampled_from(["dr-1", "dr-2"]),
            ),
            max_size=6,
        )
    )
    now = starts + draw(st.integers(-100, 1440)) * MINUTE
    return zone, week, taken, starts, ends, now


@settings(max_examples=80, deadline=None)
@given(situations())
def test_free_slots_equal_a_brute_force_search(situation):
    zone, week, taken, starts, ends, now = situation
    doctor = Practitioner("dr-1", "x", "", zone)
    lead = timedelta(minutes=30)
    holding = {AppointmentStatus.PENDING, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}
    expected = [
        slot
        for slot in oracle(week, zone, starts, ends)
        if slot.starts >= now + lead
        and not any(
            each.practitioner_id == "dr-1"
            and each.status in holding
            and max(each.starts, slot.starts) < min(each.ends, slot.ends)
            for each in taken
        )
    ]
    free = free_slots(week, taken, doctor, starts, ends, now, lead=lead)
    assert list(free) == expected
    assert all(one.ends <= other.starts for one, other in itertools.pairwise(free))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(20, 300), st.sampled_from([10, 20, 25, 45, 60])),
        min_size=2,
        max_size=4,
    )
)
def test_overlapping_availabilities_never_offer_overlapping_slots(spans):
    week = tuple(
        Availability(
            f"av-{index}",
            "dr-1",
            0,
            time(*divmod(opens, 60)),
            time(*divmod(opens + length, 60)),
            minutes,
            LONG_AGO,
        )
        for index, (opens, length, minutes) in enumerate(spans)
    )
    free = free_slots(week, (), DOCTOR, NOW - DAY, NOW + 7 * DAY, EPOCH)
    assert all(one.ends <= other.starts for one, other in itertools.pairwise(free))


def test_skipped_hour_offers_nothing_and_repeated_hour_is_offered_once():
    night = all_week(time(1), time(5), 60)
    spring = datetime(2027, 3, 27, 23, tzinfo=UTC)  # Paris skips 02:00 to 03:00 on the 28th
    clocks = [
        f"{slot.starts.astimezone(ZoneInfo('Europe/Paris')):%H:%M}"
        for slot in working_slots(night, DOCTOR, spring, spring + timedelta(hours=10))
    ]
    assert clocks == ["01:00", "03:00", "04:00"]
    autumn = datetime(2027, 10, 30, 22, tzinfo=UTC)  # Paris repeats 02:00 to 03:00 on the 31st
    found = working_slots(all_week(time(1), time(4), 30), DOCTOR, autumn, autumn + DAY / 2)
    clocks = [f"{slot.starts.astimezone(ZoneInfo('Europe/Paris')):%H:%M}" for slot in found]
    assert clocks == ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]


def test_availability_holds_from_its_first_to_its_last_day():
    only = Availability("a", "dr-1", 0, time(9), time(10), 60, date(2027, 5, 10), date(2027, 5, 17))
    found = working_slots((only,), DOCTOR, NOW - 30 * DAY, NOW + 60 * DAY)
    assert [slot.starts.date() for slot in found] == [date(2027, 5, 10), date(2027, 5, 17)]


def test_other_practitioners_hours_are_not_offered():
    other = Practitioner("dr-2", "Dr Other", "", "Europe/Paris")
    assert free_slots(MORNINGS, (), other, NOW, NOW + 7 * DAY, NOW) == ()


def test_nearest_slots_are_the_nearest_free_ones_in_order_of_time():
    wanted = datetime(2027, 5, 5, 8, 0, tzinfo=UTC)  # Wednesday 10:00 in Paris
    held = Appointment(
        "t", "p", "dr-1", wanted, wanted + timedelta(minutes=30), AppointmentStatus.BOOKED, "x", NOW
    )
    slot = Slot(wanted, wanted + timedelta(minutes=30), "dr-1")
    plan = Plan((DOCTOR,), MORNINGS)
    near = nearest_free(slot, plan, busy_of(held, {}), None, When(NOW), count=3)
    offsets = [(slot.starts - wanted) // MINUTE for slot in near]
    assert offsets == [-60, -30, 30]


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 5, 10), 2), (date(2027, 10, 31), 2)])
def test_hours_that_end_at_midnight_are_worked_until_then(day, hours):
    late = Availability("a", "dr-1", day.weekday(), time(22), time(), 30, day, day)
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo("Europe/Paris"))
    found = working_slots((late,), DOCTOR, midnight - DAY, midnight + DAY)
    assert len(found) == hours * 2
    assert found[-1].ends == midnight
    plan = Plan((DOCTOR,), (late,))
    wish = Wish(midnight - DAY, midnight + DAY, midnight - 2 * DAY)
    assert search(plan, (), wish).first(9) == found
    with pytest.raises(ValueError, match="start before its end"):
        replace(late, ends=time(21))
