"""Claims about what notices say, to whom, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduling.notices.addresses import usable_email, usable_phone
from scheduling.notices.compose import compose
from scheduling.notices.septets import LIMIT, septets, size_of, to_alphabet
from scheduling.notices.texts import language_of, languages
from scheduling.records import (
    Addressee,
    AppointmentStatus,
    Channel,
    Clinic,
    ContactAnswer,
    ContactPreferences,
    NoticeKind,
    NoticePolicy,
    Practitioner,
    Purpose,
)
from scheduling.rules.booking import cancel
from tests.scheduling.samples import APPOINTMENT, CLINIC, DOCTOR, NOW, PATIENT, START


def notices(kind, appointment=APPOINTMENT, addressee=PATIENT, doctor=DOCTOR, clinic=CLINIC):
    return {
        each.channel: each for each in compose(appointment, kind, addressee, doctor, clinic, NOW)
    }


def event_of(notice):
    """The one event of the invitation, parsed anew, and its calendar."""
    calendar = Calendar.from_ical(notice.invitation)
    (event,) = calendar.walk("VEVENT")
    return event, calendar


@pytest.mark.parametrize("kind", NoticeKind)
def test_each_kind_reaches_both_channels_and_tells_local_time(kind):
    made = notices(kind)
    assert set(made) == {Channel.EMAIL, Channel.SMS}
    email, sms = made[Channel.EMAIL], made[Channel.SMS]
    for text in (email.subject, email.body):
        assert "Monday 10 May 2027, 14:30 (Europe/Paris, UTC+02:00)" in text
    assert "Dear Ann Doe," in email.body
    assert "Mon 10 May 2027 14:30 with Dr Nadia Berger" in sms.body
    assert sms.recipient == "+33612345678"


@pytest.mark.parametrize("kind", NoticeKind)
def test_no_notice_tells_why_the_patient_comes(kind):
    for each in notices(kind).values():
        everything = f"{each.subject} {each.body} {each.invitation}".lower()
        assert APPOINTMENT.reason not in everything
        assert DOCTOR.specialty not in everything
    assert "Ann" not in notices(kind)[Channel.SMS].body


def test_provisional_notice_never_sounds_confirmed():
    pending = replace(APPOINTMENT, status=AppointmentStatus.PENDING)
    made = notices(NoticeKind.PROVISIONAL, pending)
    for each in made.values():
        assert "to be confirmed" in each.body
        assert "is confirmed" not in each.body
    event, _ = event_of(made[Channel.EMAIL])
    assert event["STATUS"] == "TENTATIVE"


def test_reminder_is_due_a_day_before_and_everything_expires_at_the_start():
    assert {each.due_at for each in notices(NoticeKind.REMINDER).values()} == {
        START - timedelta(hours=24)
    }
    for kind in NoticeKind:
        assert {each.expires_at for each in notices(kind).values()} == {START}
        if kind is not NoticeKind.REMINDER:
            assert {each.due_at for each in notices(kind).values()} == {NOW}


def test_appointment_within_a_day_gets_no_reminder():
    soon = replace(APPOINTMENT, starts=NOW + timedelta(hours=23), ends=NOW + timedelta(hours=24))
    assert notices(NoticeKind.REMINDER, soon) == {}


def test_each_reminder_of_the_policy_is_due_at_its_time_and_the_passed_ones_are_left_out():
    policy = NoticePolicy(reminders=(timedelta(days=30), timedelta(days=2), timedelta(hours=3)))
    made = compose(APPOINTMENT, NoticeKind.REMINDER, PATIENT, DOCTOR, CLINIC, NOW, policy)
    due = {(each.channel, START - each.due_at, each.ahead_minutes) for each in made}
    assert due == {
        (channel, ahead, ahead // timedelta(minutes=1))
        for channel in Channel
        for ahead in policy.reminders[1:]
    }
    assert len({each.id for each in made}) == 4


def test_what_a_patient_does_not_want_is_not_planned():
    no_sms = ContactPreferences("p-1").answered(
        ContactAnswer(Channel.SMS, Purpose.REMINDERS, allowed=False, at=NOW, by="desk")
    )
    wary = replace(PATIENT, preferences=no_sms)
    assert set(notices(NoticeKind.REMINDER, addressee=wary)) == {Channel.EMAIL}
    assert set(notices(NoticeKind.CONFIRMATION, addressee=wary)) == set(Channel)


def test_a_clinic_that_asks_first_writes_only_after_a_yes():
    policy = NoticePolicy(ask_first=True)
    yes = ContactPreferences("p-1").answered(
        ContactAnswer(Channel.EMAIL, Purpose.VISITS, allowed=True, at=NOW, by="desk")
    )

    def ways(kind, preferences):
        wanted = replace(PATIENT, preferences=preferences)
        made = compose(APPOINTMENT, kind, wanted, DOCTOR, CLINIC, NOW, policy)
        return {each.channel for each in made}

    assert ways(NoticeKind.CONFIRMATION, None) == set()
    assert ways(NoticeKind.CONFIRMATION, yes) == {Channel.EMAIL}
    assert ways(NoticeKind.REMINDER, yes) == set()


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("de-AT", "Montag, 10. Mai 2027, 14:30 Uhr (Europe/Paris, UTC+02:00)"),
        ("fr", "lundi 10 mai 2027 à 14:30 (Europe/Paris, UTC+02:00)"),
        ("xx", "Monday 10 May 2027, 14:30 (Europe/Paris, UTC+02:00)"),
    ],
)
def test_a_patient_is_written_to_in_the_own_language(tag, said):
    email = notices(NoticeKind.REMINDER, addressee=replace(PATIENT, language=tag))[Channel.EMAIL]
    assert said in email.subject
    assert said in email.body


@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_language_says_every_kind_and_fits_one_text_message(tag, kind):
    spoken = language_of(tag)
    assert all(
        len(names) == count
        for names, count in (
            (spoken.days, 7),
            (spoken.short_days, 7),
            (spoken.months, 12),
            (spoken.short_months, 12),
        )
    )
    made = notices(kind, addressee=replace(PATIENT, language=tag))
    for each in made.values():
        assert "{" not in each.subject + each.body
        assert "Berger" in each.body
    size = size_of(made[Channel.SMS].body)
    assert (size.alphabet, size.parts) == ("GSM-7", 1)


@given(
    report=st.text(min_size=1),
    kind=st.sampled_from(NoticeKind),
    tag=st.sampled_from(["en", "de", "fr"]),
)
def test_whatever_stands_in_a_report_no_notice_changes_by_it(report, kind, tag):
    """What a notice says is a function of who, where and when; a finding cannot get in."""
    told = replace(APPOINTMENT, reason=report)
    seen = replace(DOCTOR, specialty=report)
    person = replace(PATIENT, language=tag)
    assert notices(kind, told, person, seen) == notices(
        kind, replace(APPOINTMENT, reason=""), person, replace(DOCTOR, specialty="")
    )


def test_composing_twice_gives_the_same_ids_and_another_key_another_id():
    assert notices(NoticeKind.CONFIRMATION) == notices(NoticeKind.CONFIRMATION)
    ids = [
        each.id
        for kind, sequence in product(NoticeKind, range(3))
        for each in notices(kind, replace(APPOINTMENT, sequence=sequence)).values()
    ]
    assert len(set(ids)) == len(ids) == len(NoticeKind) * 3 * 2


def test_invitation_is_withdrawn_by_the_same_uid_and_a_higher_sequence():
    asked = notices(NoticeKind.CONFIRMATION)[Channel.EMAIL]
    withdrawn = notices(NoticeKind.CANCELLATION, cancel(APPOINTMENT, NOW))[Channel.EMAIL]
    first, first_calendar = event_of(asked)
    last, last_calendar = event_of(withdrawn)
    assert first["UID"] == last["UID"]
    assert (first["SEQUENCE"], last["SEQUENCE"]) == (0, 1)
    assert (first_calendar["METHOD"], last_calendar["METHOD"]) == ("REQUEST", "CANCEL")
    assert (first["STATUS"], last["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert first["ORGANIZER"] == "mailto:desk@lakeside.example"
    assert first["ATTENDEE"] == "mailto:ann@home.example"
    assert notices(NoticeKind.REMINDER)[Channel.EMAIL].invitation == ""


def test_clinic_without_address_still_tells_but_invites_nobody():
    made = notices(NoticeKind.CONFIRMATION, clinic=Clinic("Lakeside Imaging"))
    assert set(made) == {Channel.EMAIL, Channel.SMS}
    assert made[Channel.EMAIL].invitation == ""


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        ("Europe/Paris", START),
        ("Australia/Lord_Howe", START),
        ("Asia/Kathmandu", START),
        ("America/New_York", datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),  # 01:30, first pass
        ("America/New_York", datetime(2027, 11, 7, 6, 30, tzinfo=UTC)),  # 01:30, second pass
    ],
)
def test_invitation_names_the_right_instant_and_carries_its_zone(zone, starts):
    appointment = replace(APPOINTMENT, starts=starts, ends=starts + timedelta(minutes=30))
    doctor = replace(DOCTOR, zone=zone)
    event, calendar = event_of(
        notices(NoticeKind.CONFIRMATION, appointment, doctor=doctor)["email"]
    )
    assert event["DTSTART"].dt.astimezone(UTC) == starts
    assert event["DTEND"].dt.astimezone(UTC) == starts + timedelta(minutes=30)
    if starts.astimezone(ZoneInfo(zone)).fold == 0:
        assert event["DTSTART"].params["TZID"] == zone
        (described,) = calendar.walk("VTIMEZONE")
        assert described.to_tz().utcoffset(event["DTSTART"].dt.replace(tzinfo=None)) == (
            starts.astimezone(ZoneInfo(zone)).utcoffset()
        )


@pytest.mark.parametrize(
    ("typed", "region", "usable"),
    [
        ("+33 6 12 34 56 78", "", "+33612345678"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06 12 34 56 78", "", ""),
        ("(212) 736-5000", "US", "+12127365000"),
        ("+33 6 12", "", ""),
        ("call me", "FR", ""),
        ("", "FR", ""),
    ],
)
def test_phone_numbers_become_e164_or_are_refused(typed, region, usable):
    assert usable_phone(typed, region) == usable


@pytest.mark.parametrize(
    "bad", ["", "ann", "ann@", "@home", "ann@home\nBcc: x@y", "a b@home", "ann@home,eve@evil"]
)
def test_unusable_addresses_are_left_out(bad):
    assert usable_email(bad) == ""
    made = notices(NoticeKind.CONFIRMATION, addressee=replace(PATIENT, email=bad, phone="12"))
    assert made == {}


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=90).filter(
    lambda text: text.strip()
)


@given(clinic=names, doctor=names, kind=st.sampled_from(NoticeKind))
def test_sms_fits_one_message_whatever_the_names(clinic, doctor, kind):
    body = notices(
        kind,
        addressee=Addressee("Ann", phone="+33612345678"),
        doctor=Practitioner("dr-1", doctor, "", "Europe/Paris"),
        clinic=Clinic(clinic, "desk@lakeside.example"),
    )[Channel.SMS].body
    assert septets(body) is not None
    assert septets(body) <= LIMIT
    assert "10 May 2027 14:30" in body


@example(name='a"b;c:d,e\r\nATTENDEE:mailto:eve@evil.example')
@given(name=names)
def test_names_never_break_a_line_of_the_header_or_the_invitation(name):
    made = notices(
        NoticeKind.CONFIRMATION,
        addressee=Addressee(name, "ann@home.example"),
        doctor=Practitioner("dr-1", name, "", "Europe/Paris"),
        clinic=Clinic(name, "desk@lakeside.example"),
    )[Channel.EMAIL]
    assert "\n" not in made.subject
    event, calendar = event_of(made)
    assert len(calendar.walk("VEVENT")) == 1
    assert event["SEQUENCE"] == 0


def test_septets_count_extended_characters_twice():
    assert septets("abc") == 3
    assert septets("10€ [x]") == 10
    assert septets("ž") is None
    assert to_alphabet("Zoë Ñandú") == "Zoe Ñandu"
    assert to_alphabet("د") == ""


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),  # the euro is not cut in two
        ("ж" * 70, "UCS-2", 70, 1),
        ("ж" * 71, "UCS-2", 71, 2),
        ("a" * 66 + "😀" * 34, "UCS-2", 134, 3),
    ],
)
def test_text_messages_are_counted_as_networks_count_them(text, alphabet, units, parts):
    size = size_of(text)
    assert (size.alphabet, size.units, size.parts) == (alphabet, units, parts)
