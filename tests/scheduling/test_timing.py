"""Claims about reminder times and quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.notices.timing import (
    held_until,
    quiet_until,
    read_quiet_hours,
    read_reminders,
    reminder_due,
)
from scheduling.records import Channel, NoticeKind, NoticePolicy

NIGHT = NoticePolicy(quiet_from=time(21), quiet_until=time(8))
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
instants = st.datetimes(
    datetime(2027, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2028, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


def local(*parts: int, zone: str = "Europe/Paris") -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone))


def test_reminder_times_are_read_as_people_write_them():
    assert read_reminders("3 h, 2 days;1 week, 90min") == (
        timedelta(days=7),
        timedelta(days=2),
        timedelta(hours=3),
        timedelta(minutes=90),
    )
    assert read_reminders("") == ()
    assert read_reminders("24 h, 1 day") == (timedelta(days=1),)


@pytest.mark.parametrize(
    "text", ["soon", "1", "1 year", "-1 day", "5 min", "90 days", "1h,2h,3h,4h,5h,6h"]
)
def test_reminder_times_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError, match=r"reminder|ahead"):
        read_reminders(text)


def test_quiet_hours_are_read_and_may_be_none():
    assert read_quiet_hours("21:00-8:00") == (time(21), time(8))
    assert quiet_until(local(2027, 5, 3, 3), NoticePolicy(), "Europe/Paris") is None
    for text in ("night", "25:00-08:00", "21-8"):
        with pytest.raises(ValueError, match=r"quiet hours|hour must"):
            read_quiet_hours(text)
    assert read_quiet_hours(" ") == (time(), time())


@given(at=instants, zone=st.sampled_from(ZONES), starts=st.times(), ends=st.times())
def test_quiet_hours_are_those_of_the_recipients_clock(at, zone, starts, ends):
    policy = NoticePolicy(quiet_from=starts, quiet_until=ends)
    wall = at.astimezone(ZoneInfo(zone))
    ended = quiet_until(at, policy, zone)
    if ended is not None:
        assert at < ended <= at + timedelta(hours=25)
        assert quiet_until(ended, policy, zone) is None
    near = {
        at.astimezone(ZoneInfo(zone)).utcoffset()
        for at in (at - timedelta(days=1), at + timedelta(days=1))
    }
    if len(near) == 1:  # away from a change of the clocks the oracle is plain
        clock = wall.time()
        inside = starts <= clock < ends if starts < ends else clock >= starts or clock < ends
        assert (ended is not None) == (inside and starts != ends)


@given(starts=instants, zone=st.sampled_from(ZONES), ahead=st.integers(15, 60 * 24 * 60))
def test_no_reminder_is_due_in_quiet_hours_or_after_the_start(starts, zone, ahead):
    due = reminder_due(starts, timedelta(minutes=ahead), NIGHT, zone)
    assert due < starts
    assert quiet_until(due, NIGHT, zone) is None


def test_a_reminder_of_an_early_visit_comes_the_evening_before():
    early = local(2027, 5, 10, 8, 30)
    assert reminder_due(early, timedelta(hours=3), NIGHT, "Europe/Paris") == local(
        2027, 5, 9, 20, 59
    )
    noon = local(2027, 5, 10, 12)
    assert reminder_due(noon, timedelta(hours=5), NIGHT, "Europe/Paris") == local(2027, 5, 10, 8)


def test_what_wakes_nobody_or_cannot_wait_goes_out_at_night():
    now, soon, far = local(2027, 5, 9, 23), local(2027, 5, 10, 9), local(2027, 5, 20, 9)
    morning = local(2027, 5, 10, 8)

    def held(kind, channel, starts):
        return held_until(kind, channel, now, starts, NIGHT, "Europe/Paris")

    assert held(NoticeKind.CONFIRMATION, Channel.EMAIL, far) is None
    assert held(NoticeKind.CONFIRMATION, Channel.SMS, far) == morning
    assert held(NoticeKind.REMINDER, Channel.EMAIL, far) == morning
    assert held(NoticeKind.CANCELLATION, Channel.SMS, far) == morning
    assert held(NoticeKind.CANCELLATION, Channel.SMS, soon) is None
    assert held(NoticeKind.REMINDER, Channel.SMS, soon) is None
