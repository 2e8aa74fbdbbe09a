"""Claims about recurring visits, the waiting list, and what becomes of an appointment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.errors import AppointmentStatusError, TooLateError
from scheduling.places import Absence, Resource, ResourceKind, VisitType, Waiting, WaitingStatus
from scheduling.records import AppointmentStatus, CancelReason, Slot
from scheduling.rules.booking import EARLY, attend, cancel, check_notice, move
from scheduling.rules.series import repeated, shifted
from scheduling.rules.waiting import OFFER_LASTS, next_waiting, offered_until, wants
from tests.scheduling.samples import APPOINTMENT, NOW, START

HALF_HOUR = timedelta(minutes=30)
SLOT = Slot(START, START + HALF_HOUR, "dr-1", "lake", "mri")
MONDAY = datetime(2027, 10, 18, 8, tzinfo=UTC)  # 10:00 in Paris, two weeks before winter
PARIS = ZoneInfo("Europe/Paris")


def clocks(slots):
    return [f"{slot.starts.astimezone(PARIS):%m-%d %H:%M}" for slot in slots]


def test_a_series_keeps_its_wall_time_when_the_clock_changes():
    first = replace(
        SLOT,
        starts=datetime(2027, 10, 18, 8, tzinfo=UTC),
        ends=datetime(2027, 10, 18, 9, tzinfo=UTC),
    )
    series = [*repeated(first, "Europe/Paris", every_days=7, count=4)]
    assert clocks(series) == ["10-18 10:00", "10-25 10:00", "11-01 10:00", "11-08 10:00"]
    assert [slot.starts.hour for slot in series] == [8, 8, 9, 9]
    assert {slot.ends - slot.starts for slot in series} == {timedelta(hours=1)}


def test_a_repetition_in_the_skipped_hour_is_left_out():
    night = datetime(2027, 3, 21, 1, 30, tzinfo=UTC)  # 02:30 in Paris, a week before the change
    first = replace(SLOT, starts=night, ends=night + HALF_HOUR)
    assert clocks(repeated(first, "Europe/Paris", every_days=7, count=3)) == [
        "03-21 02:30",
        "04-04 02:30",
    ]


@pytest.mark.parametrize(("every", "count"), [(0, 2), (7, 0), (7, 105)])
def test_a_series_without_end_or_step_is_refused(every, count):
    with pytest.raises(ValueError, match="series"):
        list(repeated(SLOT, "Europe/Paris", every_days=every, count=count))


def test_the_rest_of_a_series_moves_as_far_on_the_wall_clock():
    summer = replace(
        SLOT,
        starts=datetime(2027, 10, 18, 8, tzinfo=UTC),
        ends=datetime(2027, 10, 18, 9, tzinfo=UTC),
    )
    winter = [*repeated(summer, "Europe/Paris", every_days=14, count=2)][1]
    later = shifted(
        winter, "Europe/Paris", old=summer.starts, new=summer.starts + timedelta(hours=26)
    )
    assert later is not None
    assert clocks([later]) == ["11-02 12:00"]


WISH = Waiting("w-1", "p-2", date(2027, 5, 1), date(2027, 5, 20), NOW, visit_type_id="mri")


def test_a_freed_time_is_offered_to_whoever_waits_longest_and_wants_it():
    later = replace(WISH, id="w-2", created_at=NOW + HALF_HOUR)
    assert next_waiting([later, WISH], SLOT, "Europe/Paris") == WISH
    assert next_waiting([later, replace(WISH, declined=(START,))], SLOT, "Europe/Paris") == later
    assert next_waiting([], SLOT, "Europe/Paris") is None


@pytest.mark.parametrize(
    "wish",
    [
        replace(WISH, practitioner_id="dr-2"),
        replace(WISH, place_id="hill"),
        replace(WISH, visit_type_id="ct"),
        replace(WISH, first_day=date(2027, 5, 11)),
        replace(WISH, last_day=date(2027, 5, 9)),
        replace(WISH, status=WaitingStatus.OFFERED),
        replace(WISH, declined=(START,)),
    ],
    ids=["doctor", "place", "visit", "too early", "too late", "has an offer", "declined"],
)
def test_nobody_is_offered_what_they_do_not_want(wish):
    assert wants(WISH, SLOT, "Europe/Paris")
    assert not wants(wish, SLOT, "Europe/Paris")


def test_the_days_of_a_wish_are_those_of_the_place():
    midnight = datetime(2027, 5, 9, 22, 30, tzinfo=UTC)  # the 10th in Paris
    slot = replace(SLOT, starts=midnight, ends=midnight + HALF_HOUR)
    only = replace(WISH, first_day=date(2027, 5, 10), last_day=date(2027, 5, 10))
    assert wants(only, slot, "Europe/Paris")
    assert not wants(only, slot, "UTC")


def test_an_offer_ends_before_the_visit_and_none_is_made_in_the_last_hour():
    assert offered_until(SLOT, NOW) == NOW + OFFER_LASTS
    assert offered_until(SLOT, START - timedelta(hours=2)) == START - timedelta(hours=1)
    assert offered_until(SLOT, START - timedelta(minutes=59)) is None


VISIT = VisitType("mri", "MRI", 30, 5, 10, notice_minutes=24 * 60)


def test_moving_takes_over_the_new_slot_and_raises_the_sequence():
    moved = move(APPOINTMENT, SLOT, VISIT)
    assert (moved.sequence, moved.place_id, moved.before_minutes) == (1, "lake", 5)
    assert move(moved, SLOT, VISIT) is moved
    with pytest.raises(AppointmentStatusError):
        move(replace(moved, status=AppointmentStatus.ARRIVED), SLOT, VISIT)


def test_a_cancellation_keeps_its_reason():
    gone = cancel(APPOINTMENT, NOW, CancelReason.WEATHER)
    assert (gone.status, gone.cancelled_because) == (AppointmentStatus.CANCELLED, "oth-weath")


def test_a_patient_gives_the_notice_the_visit_asks_for():
    check_notice(APPOINTMENT, VISIT, START - timedelta(hours=24))
    check_notice(APPOINTMENT, None, START)
    with pytest.raises(TooLateError, match="24 hours"):
        check_notice(APPOINTMENT, VISIT, START - timedelta(hours=23))


def test_nobody_misses_a_visit_before_it_began_and_nobody_arrives_days_before():
    with pytest.raises(AppointmentStatusError):
        attend(APPOINTMENT, AppointmentStatus.NOSHOW, START - timedelta(minutes=1))
    with pytest.raises(AppointmentStatusError):
        attend(APPOINTMENT, AppointmentStatus.ARRIVED, START - EARLY - timedelta(minutes=1))
    missed = attend(APPOINTMENT, AppointmentStatus.NOSHOW, START)
    came = attend(missed, AppointmentStatus.ARRIVED, START + HALF_HOUR)
    assert attend(came, AppointmentStatus.FULFILLED, START + HALF_HOUR).sequence == 3


@pytest.mark.parametrize(
    "broken",
    [
        lambda: VisitType("v", "v", 4),
        lambda: VisitType("v", "v", 30, capacity=0),
        lambda: VisitType("v", "v", 30, before_minutes=-1),
        lambda: VisitType("v", "v", 30, needs=(ResourceKind.ROOM, ResourceKind.ROOM)),
        lambda: Resource("r", "p", ResourceKind.ROOM, "r", capacity=0),
        lambda: Absence("a", "x", date(2027, 5, 2), date(2027, 5, 1)),
        lambda: Absence("a", "x", date(2027, 5, 1), date(2027, 5, 1), NOW.time()),
        lambda: Absence("a", "x", date(2027, 5, 1), date(2027, 5, 1), NOW.time(), NOW.time()),
        lambda: replace(WISH, last_day=date(2027, 4, 1)),
        lambda: replace(APPOINTMENT, capacity=0),
        lambda: replace(APPOINTMENT, before_minutes=-1),
    ],
)
def test_records_that_make_no_sense_cannot_exist(broken):
    with pytest.raises(ValueError, match=r"visit|buffers|needs|resource|absence|wish|appointment"):
        broken()
