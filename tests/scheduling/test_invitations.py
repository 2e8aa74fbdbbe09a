"""Claims about invitations, made by their receiver: another library than the one that writes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import vobject

from scheduling.notices.compose import compose
from scheduling.notices.outbox import turn
from scheduling.notices.transports.smtp import SmtpTransport
from scheduling.records import AppointmentStatus, Channel, NoticeKind
from scheduling.rules.booking import cancel
from tests.scheduling.books import MemoryBooks
from tests.scheduling.mailroom import mailroom
from tests.scheduling.samples import APPOINTMENT, CLINIC, DOCTOR, NOW, PATIENT, START


@dataclass
class Calendar:
    """A mail client's calendar: takes iTIP messages as RFC 5546 sections 2.1.5 and 3.2 say."""

    events: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def take(self, message: EmailMessage) -> str:
        """Take one message over; say what became of it."""
        part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
        assert part.get_content_charset() == "utf-8"
        calendar = vobject.readOne(part.get_content())
        calendar.validate(raiseException=True)
        assert calendar.version.value == "2.0"
        method = calendar.method.value
        assert part.get_param("method") == method
        event = calendar.vevent
        assert event.organizer.value == f"mailto:{CLINIC.email}"
        assert event.attendee.value == f"mailto:{message['To']}"
        uid, age = event.uid.value, (int(event.sequence.value), event.dtstamp.value)
        if uid in self.seen and age < self.seen[uid]:
            return "outdated"
        known = uid in self.events
        self.seen[uid] = age
        if method == "CANCEL":
            self.events.pop(uid, None)
            return "cancelled"
        assert method == "REQUEST"
        self.events[uid] = event
        return "updated" if known else "accepted"


def post(room, appointment, kind, now=NOW, doctor=DOCTOR, addressee=PATIENT) -> None:
    """Send the e-mail of one occasion as the outbox does."""
    made = compose(appointment, kind, addressee, doctor, CLINIC, now)
    books = MemoryBooks([one for one in made if one.channel is Channel.EMAIL], appointment)
    routes = {Channel.EMAIL: SmtpTransport("127.0.0.1", room.port, CLINIC.email, security="none")}
    assert len(turn(books, routes, now, lambda *_: None).accepted) == 1


def moved(appointment, by: timedelta):
    return replace(
        appointment,
        starts=appointment.starts + by,
        ends=appointment.ends + by,
        sequence=appointment.sequence + 1,
    )


@pytest.mark.parametrize("tag", ["en", "de", "fr"])
def test_invitation_is_accepted_updated_and_cancelled_in_the_receivers_calendar(tag):
    patient = replace(PATIENT, language=tag)
    later = moved(APPOINTMENT, timedelta(days=1, hours=2))
    gone = cancel(later, NOW)
    calendar = Calendar()
    with mailroom() as room:
        for minute, (appointment, kind) in enumerate(
            (
                (APPOINTMENT, NoticeKind.CONFIRMATION),
                (later, NoticeKind.CHANGE),
                (gone, NoticeKind.CANCELLATION),
            )
        ):
            post(room, appointment, kind, NOW + timedelta(minutes=minute), addressee=patient)
    first, second, third = room.received
    assert calendar.take(first) == "accepted"
    (event,) = calendar.events.values()
    assert event.dtstart.value.astimezone(UTC) == START
    assert event.status.value == "CONFIRMED"
    assert calendar.take(second) == "updated"
    (event,) = calendar.events.values()
    assert event.dtstart.value.astimezone(UTC) == later.starts
    assert event.dtend.value.astimezone(UTC) == later.ends
    assert calendar.take(third) == "cancelled"
    assert calendar.events == {}
    for late in (first, second):
        assert calendar.take(late) == "outdated"
    assert calendar.events == {}


def test_a_provisional_booking_stands_tentatively_and_becomes_firm():
    pending = replace(APPOINTMENT, status=AppointmentStatus.PENDING)
    booked = replace(APPOINTMENT, sequence=1)
    calendar = Calendar()
    with mailroom() as room:
        post(room, pending, NoticeKind.PROVISIONAL)
        post(room, booked, NoticeKind.CONFIRMATION, NOW + timedelta(minutes=1))
    assert [calendar.take(one) for one in room.received] == ["accepted", "updated"]
    (event,) = calendar.events.values()
    assert event.status.value == "CONFIRMED"


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        ("Europe/Paris", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # after the lost hour
        ("Europe/Paris", datetime(2027, 3, 28, 0, 30, tzinfo=UTC)),  # before it
        ("America/New_York", datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),  # 01:30, first pass
        ("America/New_York", datetime(2027, 11, 7, 6, 30, tzinfo=UTC)),  # 01:30, second pass
        ("Australia/Lord_Howe", datetime(2027, 10, 2, 15, 45, tzinfo=UTC)),
        ("Asia/Kathmandu", START),
    ],
)
def test_the_receiver_reads_the_instant_from_the_zone_that_travels_with_it(zone, starts):
    visit = replace(APPOINTMENT, starts=starts, ends=starts + timedelta(minutes=30))
    calendar = Calendar()
    with mailroom() as room:
        post(
            room,
            visit,
            NoticeKind.CONFIRMATION,
            starts - timedelta(days=2),
            doctor=replace(DOCTOR, zone=zone),
        )
    assert calendar.take(room.received[0]) == "accepted"
    (event,) = calendar.events.values()
    assert event.dtstart.value.astimezone(UTC) == starts
    assert event.dtend.value.astimezone(UTC) == visit.ends


def test_a_sequence_that_stands_still_is_found_by_the_receiver():
    """The broken variant: a change that keeps SEQUENCE and comes late undoes the newer one."""
    calendar = Calendar()
    with mailroom() as room:
        post(room, moved(APPOINTMENT, timedelta(hours=1)), NoticeKind.CHANGE, NOW)
        stale = replace(moved(APPOINTMENT, timedelta(hours=2)), sequence=0)
        post(room, stale, NoticeKind.CHANGE, NOW + timedelta(minutes=5))
    assert [calendar.take(one) for one in room.received] == ["accepted", "outdated"]
