"""Claims about making and changing appointments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from scheduling.errors import AppointmentStatusError, OutsideHoursError, SlotTakenError
from scheduling.records import OCCUPYING, AppointmentStatus, Slot
from scheduling.rules.booking import (
    TRANSITIONS,
    When,
    cancel,
    change_status,
    check_bookable,
    confirm,
    new_appointment,
)
from scheduling.rules.occupancy import busy_of
from scheduling.rules.search import Plan
from tests.scheduling.samples import APPOINTMENT, DOCTOR, MORNINGS, NOW, START

HALF_HOUR = timedelta(minutes=30)
TUESDAY_TEN = datetime(2027, 5, 4, 8, 0, tzinfo=UTC)
SLOT = Slot(TUESDAY_TEN, TUESDAY_TEN + HALF_HOUR, "dr-1")


def booked(slot: Slot = SLOT, *, confirmed: bool = True):
    return new_appointment(
        slot,
        "p-1",
        appointment_id="a-9",
        booked_by="desk",
        reason="follow-up visit",
        confirmed=confirmed,
        now=NOW,
    )


def check(slot, taken=(), now=NOW):
    busy = [row for each in taken for row in busy_of(each, {})]
    return check_bookable(slot, Plan((DOCTOR,), MORNINGS), busy, None, When(now))


def test_free_slot_can_be_booked():
    assert check(SLOT) == SLOT


def test_taken_slot_is_refused_with_alternatives_that_can_be_booked():
    with pytest.raises(SlotTakenError) as caught:
        check(SLOT, (booked(),))
    assert len(caught.value.alternatives) == 3
    for slot in caught.value.alternatives:
        check(slot, (booked(),))


@pytest.mark.parametrize("status", sorted(set(AppointmentStatus) - OCCUPYING))
def test_appointment_that_no_longer_occupies_frees_its_slot(status):
    check(SLOT, (replace(booked(), status=status),))


@pytest.mark.parametrize("status", sorted(OCCUPYING))
def test_overlap_by_a_minute_is_a_conflict(status):
    late = replace(
        booked(),
        status=status,
        starts=SLOT.ends - timedelta(minutes=1),
        ends=SLOT.ends + HALF_HOUR,
    )
    with pytest.raises(SlotTakenError):
        check(SLOT, (late,))


@pytest.mark.parametrize(
    "slot",
    [
        Slot(SLOT.starts - timedelta(hours=2), SLOT.ends - timedelta(hours=2), "dr-1"),
        Slot(SLOT.starts + timedelta(minutes=5), SLOT.ends + timedelta(minutes=5), "dr-1"),
        Slot(SLOT.starts, SLOT.ends + HALF_HOUR, "dr-1"),
        Slot(SLOT.starts, SLOT.ends, "dr-2"),
    ],
    ids=["before hours", "off the grid", "too long", "another practitioner"],
)
def test_time_that_is_no_slot_of_the_practitioner_is_refused(slot):
    with pytest.raises(OutsideHoursError):
        check(slot)


def test_time_that_has_passed_is_refused():
    with pytest.raises(OutsideHoursError, match="passed"):
        check(SLOT, now=SLOT.starts)


def test_unconfirmed_booking_is_pending_and_confirming_raises_its_sequence():
    pending = booked(confirmed=False)
    assert (pending.status, pending.sequence) == (AppointmentStatus.PENDING, 0)
    assert booked().status is AppointmentStatus.BOOKED
    sure = confirm(pending)
    assert (sure.status, sure.sequence) == (AppointmentStatus.BOOKED, 1)
    assert confirm(sure) is sure


def test_cancelling_raises_the_sequence_and_twice_is_once():
    gone = cancel(APPOINTMENT, NOW)
    assert (gone.status, gone.sequence) == (AppointmentStatus.CANCELLED, 1)
    assert cancel(gone, START + HALF_HOUR) is gone


def test_appointment_that_has_begun_cannot_be_cancelled():
    with pytest.raises(AppointmentStatusError):
        cancel(APPOINTMENT, START)


@pytest.mark.parametrize(("before", "after"), list(product(AppointmentStatus, repeat=2)))
def test_only_the_transitions_of_the_table_are_possible(before, after):
    appointment = replace(APPOINTMENT, status=before, sequence=4)
    if before is after:
        assert change_status(appointment, after) is appointment
    elif after in TRANSITIONS[before]:
        changed = change_status(appointment, after)
        assert (changed.status, changed.sequence) == (after, 5)
    else:
        with pytest.raises(AppointmentStatusError):
            change_status(appointment, after)


def test_cancelled_appointment_never_comes_back():
    assert TRANSITIONS[AppointmentStatus.CANCELLED] == frozenset()
