"""When somebody wants to come is read in English and German, and nothing is made up."""

from __future__ import annotations

from datetime import date, time

import pytest

from assistant.tools import fallback
from assistant.tools.dates import later_than, merged, read_when
from assistant.tools.fallback import plausible_day
from assistant.wishes import When
from tests.assistant.conftest import NOW
from tests.assistant.scheduling_utterances import ENGLISH, GERMAN


def _days(text: str) -> tuple[date, date | None]:
    first, _, last = text.strip().partition("..")
    read = [
        None if one == "-" else date.fromisoformat(one if len(one) > 5 else f"2026-{one}")
        for one in (first, last or first)
    ]
    assert read[0] is not None
    return read[0], read[1]


def _meant(line: str) -> tuple[str, When | None]:
    said, days, *rest = (part.strip() for part in line.split("|"))
    if days == "none":
        return said, None
    span, _, weekdays = days.partition("@")
    first, last = _days(span)
    early, _, late = (rest[0] if rest else "-..-").partition("..")
    return said, When(
        first,
        last,
        time.min if early == "-" else time.fromisoformat(early),
        time.max if late == "-" else time.fromisoformat(late),
        tuple(int(one) for one in weekdays.split(",") if one.strip()),
    )


@pytest.mark.parametrize(("language", "lines"), [("en", ENGLISH), ("de", GERMAN)])
def test_every_sentence_the_grammar_was_developed_by_is_read_as_it_is_meant(language, lines):
    meant = [_meant(line) for line in lines.strip().splitlines()]
    wrong = {
        said: read_when(said, NOW, language=language)
        for said, when in meant
        if read_when(said, NOW, language=language) != when
    }
    assert wrong == {}
    assert len(meant) > 90


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("tommorow", "en", date(2026, 3, 19)),
        ("on wendesday", "en", date(2026, 3, 25)),
        ("the 20th of Marhc", "en", date(2026, 3, 20)),
        ("am Donerstag", "de", date(2026, 3, 19)),
        ("nächten Dienstag", "de", date(2026, 3, 24)),
    ],
)
def test_a_slip_of_the_pen_is_understood(text, language, first):
    when = read_when(text, NOW, language=language)
    assert when is not None
    assert when.first == first


@pytest.mark.parametrize("text", ["I was there on 3 March 2025", "my scan of 2025-01-02"])
def test_a_day_that_has_passed_is_no_wish(text):
    assert read_when(text, NOW) is None


def test_what_no_rule_knows_is_left_to_dateparser():
    assert read_when("on 06 04 2026", NOW) == When(date(2026, 4, 6), date(2026, 4, 6))


@pytest.mark.parametrize("day", [date(2120, 3, 20), date(2027, 9, 1), date(2026, 3, 18)])
def test_an_implausible_answer_of_dateparser_is_dropped(monkeypatch, day):
    found = [("20 mar x", NOW.replace(year=day.year, month=day.month, day=day.day))]
    monkeypatch.setattr("dateparser.search.search_dates", lambda *_args, **_more: found)
    assert plausible_day("20 mar x", NOW, "en") is None
    monkeypatch.setattr(fallback, "HORIZON", (date(2200, 1, 1) - NOW.date()))
    assert (plausible_day("20 mar x", NOW, "en") == day) is (day > NOW.date())


@pytest.mark.parametrize(
    "text", ["the report says 12 mm", "I have 2 children and 3 scans", "a 1.5 tesla scanner", "12"]
)
def test_numbers_of_other_things_are_no_dates(text):
    assert read_when(text, NOW) is None


def test_a_later_message_changes_the_day_or_the_hours_and_keeps_the_rest():
    asked = read_when("next Friday in the afternoon", NOW)
    day = read_when("Monday", NOW)
    hours = read_when("in the morning", NOW)
    assert merged(asked, day) == When(date(2026, 3, 23), date(2026, 3, 23), time(12), time(18))
    assert merged(asked, hours) == When(date(2026, 3, 27), date(2026, 3, 27), time(0), time(12))
    assert merged(None, day) == day
    assert merged(asked, None) == asked
    assert later_than(asked, date(2026, 3, 27)) == When(date(2026, 3, 28), None, time(12), time(18))
