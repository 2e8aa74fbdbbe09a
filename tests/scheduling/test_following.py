"""Claims about what happens after a message has gone: arrival, and STOP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from scheduling.errors import TransportError
from scheduling.notices.following import BY_REPLY, follow, take_replies, wish_of
from scheduling.records import (
    Channel,
    ContactAnswer,
    ContactPreferences,
    NoticeState,
    Purpose,
    Reply,
)
from tests.scheduling.books import MemoryBooks
from tests.scheduling.samples import APPOINTMENT, NOW, notice

SMS = replace(notice(channel=Channel.SMS), state=NoticeState.ACCEPTED, provider_ref="ref")


@dataclass
class Phone:
    """A transport that knows what arrived and what came in."""

    arrived: bool | TransportError | None = None
    said: tuple[Reply, ...] = ()
    channel: Channel = Channel.SMS

    def send(self, _notice) -> str:
        return "ref"

    def outcome(self, _notice) -> bool | None:
        if isinstance(self.arrived, TransportError):
            raise self.arrived
        return self.arrived

    def replies(self, since) -> tuple[Reply, ...]:
        return tuple(one for one in self.said if one.at >= since)


@pytest.mark.parametrize(
    ("arrived", "state"),
    [
        (True, NoticeState.DELIVERED),
        (False, NoticeState.UNDELIVERED),
        (None, NoticeState.ACCEPTED),
        (TransportError("away", permanent=False), NoticeState.ACCEPTED),
    ],
)
def test_what_the_provider_says_stands_on_the_notice(arrived, state):
    books = MemoryBooks([SMS], APPOINTMENT)
    changed = follow(books, {Channel.SMS: Phone(arrived)}, NOW)
    assert books.state(SMS.id) is state
    assert changed == ((SMS.id,) if state is not NoticeState.ACCEPTED else ())
    assert follow(books, {Channel.SMS: Phone(True)}, NOW + timedelta(minutes=1)) == ()


def test_nobody_is_asked_about_a_message_of_last_week():
    books = MemoryBooks([SMS], APPOINTMENT)
    assert follow(books, {Channel.SMS: Phone(True)}, NOW + timedelta(days=7)) == ()


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        *((word, False) for word in ("STOP", " Stop. ", "Arrêt", "abmelden", "stopp!")),
        ("START", True),
        *((word, None) for word in ("", "I cannot stop by", "yes", "cancel")),
    ],
)
def test_only_a_plain_stop_is_a_stop(text, wish):
    assert wish_of(text) is wish


def test_stop_ends_texts_to_whoever_was_written_to_at_that_number_and_later_words_win():
    books = MemoryBooks([SMS], APPOINTMENT)
    stop = Reply("+33612345678", "STOP", NOW + timedelta(hours=1))
    stranger = replace(stop, sender="+33600000000")
    chatter = replace(stop, text="see you")
    phone = Phone(said=(chatter, stranger, stop))
    assert take_replies(books, phone, NOW) == ("p-1",)
    kept = books.preferences.get("p-1")
    for purpose in Purpose:
        assert kept.said(Channel.SMS, purpose) is False
        assert kept.said(Channel.EMAIL, purpose) is None
        assert kept.answer(Channel.SMS, purpose).by == BY_REPLY
    assert take_replies(books, phone, NOW) == ()  # read twice, it changes nothing
    desk = ContactAnswer(Channel.SMS, Purpose.VISITS, True, NOW + timedelta(hours=2), "desk")
    books.preferences.put(kept.answered(desk))
    assert take_replies(books, phone, NOW) == ()
    again = Phone(said=(replace(stop, text="start", at=NOW + timedelta(hours=3)),))
    assert take_replies(books, again, NOW) == ("p-1",)
    assert books.preferences.get("p-1").said(Channel.SMS, Purpose.REMINDERS) is True


def test_without_an_answer_there_is_no_patient_to_change():
    books = MemoryBooks([], APPOINTMENT)
    phone = Phone(said=(Reply("+33612345678", "STOP", NOW),))
    assert take_replies(books, phone, NOW) == ()
    assert books.preferences.get("p-1") is None
    assert ContactPreferences("p-1").allows(Channel.SMS, Purpose.VISITS)
