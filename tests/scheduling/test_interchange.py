"""Claims about calendars that go to other programs and come from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from scheduling.errors import PublishingError, UnreadableCalendarError
from scheduling.interchange.caldav import CalDavServer, publish
from scheduling.interchange.exporting import exported, object_of
from scheduling.interchange.reading import REASON, proposals
from scheduling.notices.compose import compose
from scheduling.records import AppointmentStatus, Channel, NoticeKind
from tests.scheduling.radicale_box import radicale
from tests.scheduling.samples import APPOINTMENT, CLINIC, DOCTOR, NOW, PATIENT, START

PARIS = "Europe/Paris"
YEAR = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def file(*events: str) -> bytes:
    inside = "\r\n".join(
        f"BEGIN:VEVENT\r\nUID:e{number}@elsewhere\r\nDTSTAMP:20270101T000000Z\r\n{event}\r\nEND:VEVENT"
        for number, event in enumerate(events)
    )
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{inside}\r\nEND:VCALENDAR\r\n"
    ).encode()


def read(*events: str, zone: str = PARIS):
    return proposals(file(*events), "dr-1", zone, *YEAR)


def test_a_calendar_leaves_the_clinic_without_patients_or_reasons():
    later = replace(
        APPOINTMENT, id="a-2", starts=START + timedelta(days=200), ends=START + timedelta(days=201)
    )
    pending = replace(APPOINTMENT, id="a-3", status=AppointmentStatus.PENDING)
    text = exported([APPOINTMENT, later, pending], DOCTOR, "Lakeside", NOW)
    assert "p-1" not in text
    assert APPOINTMENT.reason not in text
    calendar = vobject.readOne(text)
    assert calendar.method.value == "PUBLISH"
    found = {event.uid.value: event for event in calendar.vevent_list}
    told = {uid: event.dtstart.value.astimezone(UTC) for uid, event in found.items()}
    assert told == {
        f"{visit.id}@appointments.sagittal": visit.starts for visit in (APPOINTMENT, later, pending)
    }
    assert found["a-3@appointments.sagittal"].status.value == "TENTATIVE"
    assert vobject.readOne(exported([], DOCTOR, "Lakeside", NOW)).contents.get("vevent") is None


def test_an_exported_appointment_is_the_one_its_invitation_speaks_of():
    made = compose(APPOINTMENT, NoticeKind.CONFIRMATION, PATIENT, DOCTOR, CLINIC, NOW)
    (mail,) = (one for one in made if one.channel is Channel.EMAIL)
    invited = vobject.readOne(mail.invitation).vevent
    alone = vobject.readOne(exported([APPOINTMENT], DOCTOR, "Lakeside", NOW)).vevent
    assert (alone.uid.value, alone.sequence.value) == (invited.uid.value, invited.sequence.value)


@pytest.mark.parametrize(
    ("event", "pieces"),
    [
        (
            "DTSTART;TZID=Europe/Paris:20270510T140000\r\nDTEND;TZID=Europe/Paris:20270510T153000",
            [(date(2027, 5, 10), date(2027, 5, 10), time(14), time(15, 30))],
        ),
        (
            "DTSTART:20270510T120000Z\r\nDURATION:PT30M",
            [(date(2027, 5, 10), date(2027, 5, 10), time(14), time(14, 30))],
        ),
        (
            "DTSTART:20270510T080000\r\nDTEND:20270510T090000",
            [(date(2027, 5, 10), date(2027, 5, 10), time(8), time(9))],
        ),
        (
            "DTSTART;VALUE=DATE:20270802\r\nDTEND;VALUE=DATE:20270816",
            [(date(2027, 8, 2), date(2027, 8, 15), None, None)],
        ),
        (
            "DTSTART:20270601T180000\r\nDTEND:20270604T100000",
            [
                (date(2027, 6, 1), date(2027, 6, 1), time(18), time(23, 59, 59)),
                (date(2027, 6, 2), date(2027, 6, 3), None, None),
                (date(2027, 6, 4), date(2027, 6, 4), time(0), time(10)),
            ],
        ),
    ],
)
def test_a_busy_time_becomes_the_days_it_covers(event, pieces):
    (proposal,) = read(f"{event}\r\nSUMMARY:Dentist")
    assert proposal.summary == "Dentist"
    told = [(one.first_day, one.last_day, one.starts, one.ends) for one in proposal.absences]
    assert told == pieces
    assert {(one.subject_id, one.reason) for one in proposal.absences} == {("dr-1", REASON)}


def test_a_weekly_event_keeps_its_wall_time_over_the_change_of_clocks_and_heeds_exceptions():
    found = read(
        "DTSTART;TZID=Europe/Paris:20270318T090000\r\nDTEND;TZID=Europe/Paris:20270318T100000\r\n"
        "RRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;TZID=Europe/Paris:20270325T090000"
    )
    assert [one.absences[0].first_day.day for one in found] == [18, 1, 8]
    assert {one.absences[0].starts for one in found} == {time(9)}
    assert [one.starts.hour for one in found] == [8, 7, 7]


def test_what_is_free_cancelled_or_elsewhen_is_no_leave():
    span = "DTSTART:20270510T080000Z\r\nDTEND:20270510T090000Z"
    assert read(f"{span}\r\nTRANSP:TRANSPARENT", f"{span}\r\nSTATUS:CANCELLED") == ()
    assert read("DTSTART:20270510T080000Z\r\nSUMMARY:A mark") == ()
    assert read("DTSTART:20300510T080000Z\r\nDTEND:20300510T090000Z") == ()


def test_reading_a_file_twice_proposes_the_same_absences():
    event = "DTSTART:20270510T080000Z\r\nDTEND:20270510T090000Z\r\nRRULE:FREQ=DAILY;COUNT=5"
    first, again = read(event), read(event)
    assert first == again
    assert len({one.id for each in first for one in each.absences}) == 5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"x" * (5 * 1024 * 1024),
        file("DTSTART:20270510T080000Z\r\nDTEND:20270510T080001Z\r\nRRULE:FREQ=SECONDLY"),
        file("DTSTART:20270510T080000Z\r\nRRULE:FREQ=DAILY;BYSECOND=0,1,2"),
        file("DTSTART:not-a-time"),
        file(*["DTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=DAILY"] * 8),
    ],
)
def test_what_is_no_calendar_is_refused_in_words(content):
    with pytest.raises(UnreadableCalendarError):
        proposals(content, "dr-1", PARIS, *YEAR)


@given(
    starts=st.datetimes(datetime(2027, 2, 1), datetime(2027, 11, 1)),  # noqa: DTZ001 - UTC below
    minutes=st.integers(1, 60 * 24 * 5),
    zone=st.sampled_from([PARIS, "America/New_York", "Asia/Kathmandu", "UTC"]),
)
def test_absences_cover_the_event_to_the_second(starts, minutes, zone):
    begins = starts.replace(microsecond=0, tzinfo=UTC)
    over = begins + timedelta(minutes=minutes)
    (proposal,) = read(f"DTSTART:{begins:%Y%m%dT%H%M%SZ}\r\nDTEND:{over:%Y%m%dT%H%M%SZ}", zone=zone)
    place = ZoneInfo(zone)

    def covered(at: datetime) -> bool:
        wall = at.astimezone(place)
        return any(
            one.first_day <= wall.date() <= one.last_day
            and (one.starts is None or one.starts <= wall.time() < one.ends)
            for one in proposal.absences
        )

    assert covered(begins)
    assert covered(begins + (over - begins) / 2) or (begins + (over - begins) / 2).second == 59
    assert not covered(begins - timedelta(hours=2))
    assert not covered(over + timedelta(hours=2))


def test_a_calendar_is_kept_up_on_a_real_server(tmp_path):
    later = replace(
        APPOINTMENT, id="a-2", starts=START + timedelta(days=1), ends=START + timedelta(days=2)
    )

    moved = replace(
        APPOINTMENT, starts=START + timedelta(hours=1), ends=START + timedelta(hours=2), sequence=1
    )
    written = []

    def keep(server, published, *visits):
        known = {one.id: one for one in visits}

        def text(ident):
            written.append(ident)
            return object_of(known[ident], DOCTOR, "Lakeside", NOW)

        marks = {one.id: f"{one.sequence}" for one in visits}
        return publish(server, "dr-1", marks, published, text)

    with radicale(tmp_path) as box:
        server = CalDavServer(box.url, *box.login)
        for _ in range(2):
            server.make("dr-1", "Dr Berger & <all>")
        state, fault = keep(server, {}, APPOINTMENT, later)
        assert fault == ""
        assert set(box.events("dr-1")) == {f"a-{one}@appointments.sagittal" for one in (1, 2)}
        state, fault = keep(server, state, moved)
        assert (state, fault) == ({"a-1": "1"}, "")
        assert written == ["a-1", "a-2", "a-1"]  # what has not changed is not written again
        (event,) = box.events("dr-1").values()
        assert event.dtstart.value.astimezone(UTC) == moved.starts
        server.remove("dr-1", "a-1")
        assert keep(server, state) == ({}, "")
        stranger = replace(server, password="wrong")
        assert keep(stranger, {}, moved) == (
            {},
            "The calendar server refused the login.",
        )
        assert "wrong" not in repr(stranger)
    assert keep(server, {"a-9": "0"}, moved) == (
        {"a-9": "0"},
        "The calendar server cannot be reached.",
    )
    with pytest.raises(PublishingError):
        server.make("dr-1", "x")


@pytest.mark.parametrize("url", ["http://calendars.example/clinic", "ftp://x", "calendars"])
def test_a_calendar_password_goes_nowhere_in_the_clear(url):
    with pytest.raises(ValueError, match=r"https"):
        CalDavServer(url, "clinic", "s3cret")
