"""Wishes are read, free times are looked up, and nothing is booked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.tools.booking import look_up, practitioner_in, read_wish
from assistant.tools.dates import read_when
from scheduling.records import Slot
from tests.assistant.conftest import NOW

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 18)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", TODAY, TODAY),
        ("tomorrow", day(3, 19), day(3, 19)),
        ("the day after tomorrow", day(3, 20), day(3, 20)),
        ("on Friday", day(3, 20), day(3, 20)),
        ("on Wednesday", day(3, 25), day(3, 25)),
        ("next Tuesday", day(3, 24), day(3, 24)),
        ("next Friday", day(3, 27), day(3, 27)),
        ("next week", day(3, 23), day(3, 29)),
        ("Thursday next week", day(3, 26), day(3, 26)),
        ("this week", TODAY, day(3, 22)),
        ("next month", day(4, 1), day(4, 30)),
        ("in two weeks", day(4, 1), day(4, 7)),
        ("in 3 days", day(3, 21), day(3, 21)),
        ("within the next 3 weeks", TODAY, day(4, 8)),
        ("on 2026-04-02", day(4, 2), day(4, 2)),
        ("on 2.4.2026", day(4, 2), day(4, 2)),
        ("on the 19th", day(3, 19), day(3, 19)),
        ("on the 3rd", day(4, 3), day(4, 3)),
        ("March 24", day(3, 24), day(3, 24)),
        ("the 24th of March", day(3, 24), day(3, 24)),
        ("5 January", date(2027, 1, 5), date(2027, 1, 5)),
        ("between 18 and 20 March", day(3, 18), day(3, 20)),
        ("after Friday", day(3, 21), None),
    ],
)
def test_days_are_read(text, first, last):
    when = read_when(f"a visit {text} please", NOW)
    assert when is not None
    assert (when.first, when.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("tomorrow morning", time(0), time(12)),
        ("tomorrow in the afternoon", time(12), time(18)),
        ("tomorrow at 3 pm", time(15), time(16)),
        ("tomorrow at 10:30", time(10, 30), time(11, 30)),
        ("tomorrow at half past three in the afternoon", time(15, 30), time(16, 30)),
        ("tomorrow at ten o'clock", time(10), time(11)),
        ("tomorrow at 12 o'clock", time(12), time(13)),
        ("tomorrow after 2 pm", time(14), time.max),
        ("tomorrow", time.min, time.max),
    ],
)
def test_times_are_read(text, earliest, latest):
    when = read_when(text, NOW)
    assert when is not None
    assert (when.earliest, when.latest) == (earliest, latest)


@pytest.mark.parametrize("text", ["as soon as possible", "a visit", "on the 31st of February", ""])
def test_no_date_is_invented(text):
    assert read_when(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("book with Dr. Keller tomorrow", "Keller"),
        ("can I see doctor haddad", "haddad"),
        ("an appointment with Amina Haddad", "Amina Haddad"),
        ("I want to see a doctor on Friday", ""),
        ("book with Neurosurgery", ""),
        ("I want to see the doctor", ""),
    ],
)
def test_a_doctors_name_is_read(text, name):
    assert practitioner_in(text) == name


def test_the_specialty_is_the_stated_one_else_the_usual_one():
    assert read_wish("see a neurologist", NOW, usual_specialty="x").specialty == "neurology"
    assert (
        read_wish("book a visit", NOW, usual_specialty="neurosurgery").specialty == "neurosurgery"
    )
    assert read_wish("see Dr. Keller", NOW, usual_specialty="neurosurgery").specialty == ""


class Finder:
    """Slots every hour from eight to sixteen UTC, every day; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, datetime, int]] = []

    def __call__(self, specialty, practitioner_name, after, limit):
        self.asked.append((specialty, practitioner_name, after, limit))
        starts = (
            datetime(2026, 3, 18, tzinfo=UTC) + timedelta(days=days, hours=hours)
            for days in range(60)
            for hours in range(8, 16)
        )
        free = [Slot(one, one + timedelta(hours=1), "d1") for one in starts if one >= after]
        return tuple(free[:limit])


def test_four_slots_at_most_and_none_in_the_past():
    find = Finder()
    offer = look_up(read_wish("book", NOW), find, NOW)
    assert offer.fits
    assert len(offer.slots) == 4
    assert all(slot.starts >= NOW for slot in offer.slots)
    assert find.asked == [("", "", NOW, 4)]


def test_slots_fit_the_wished_time_in_the_local_zone():
    now = NOW.astimezone(BERLIN)
    offer = look_up(read_wish("next Friday afternoon", now), Finder(), now)
    local = [slot.starts.astimezone(BERLIN) for slot in offer.slots]
    assert offer.fits
    assert {one.date() for one in local} == {date(2026, 3, 27)}
    assert all(12 <= one.hour < 18 for one in local)


def test_without_a_fitting_slot_the_next_ones_are_shown_and_said_so():
    offer = look_up(read_wish("tomorrow evening", NOW), Finder(), NOW)
    assert not offer.fits
    assert offer.slots
