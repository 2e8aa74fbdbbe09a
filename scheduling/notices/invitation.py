"""iCalendar invitations (RFC 5545) carried by e-mail (RFC 5546 iTIP, RFC 6047 iMIP)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from scheduling.records import Appointment, Clinic, NoticeKind, Practitioner

_STATUS = {
    NoticeKind.CONFIRMATION: ("REQUEST", "CONFIRMED"),
    NoticeKind.PROVISIONAL: ("REQUEST", "TENTATIVE"),
    NoticeKind.CHANGE: ("REQUEST", "CONFIRMED"),
    NoticeKind.CANCELLATION: ("CANCEL", "CANCELLED"),
    NoticeKind.LOST_SLOT: ("CANCEL", "CANCELLED"),
}


def invitation(
    appointment: Appointment,
    kind: NoticeKind,
    attendee: str,
    practitioner: Practitioner,
    clinic: Clinic,
    *,
    summary: str,
    now: datetime,
) -> str:
    """The invitation text, or "" where there is none: for reminders, and without organizer.

    The UID follows from the appointment alone, so a later SEQUENCE replaces the entry in the
    attendee's calendar and a CANCEL removes it. Times stand in the practitioner's zone with
    its VTIMEZONE; those in a repeated hour's second pass stand in UTC, because a local time
    with TZID always means the first pass (RFC 5545 section 3.3.5).
    """
    if kind not in _STATUS or not clinic.email:
        return ""
    method, status = _STATUS[kind]
    event = event_of(
        appointment,
        practitioner.zone,
        summary=summary,
        where=clinic.place or clinic.name,
        status=status,
        now=now,
    )
    organizer = vCalAddress(f"mailto:{clinic.email}")
    organizer.params["CN"] = vText(clinic.name)
    event.add("organizer", organizer)
    invited = vCalAddress(f"mailto:{attendee}")
    invited.params["ROLE"] = vText("REQ-PARTICIPANT")
    if method == "REQUEST":
        invited.params["PARTSTAT"] = vText("NEEDS-ACTION")
        invited.params["RSVP"] = vText("FALSE")
    event.add("attendee", invited)
    return calendar_text([event], method, (appointment.starts, appointment.ends))


def event_of(
    appointment: Appointment, zone: str, *, summary: str, where: str, status: str, now: datetime
) -> Event:
    """The appointment as an event that says when, where and in what status it is; no more."""
    event = Event()
    event.add("uid", f"{appointment.id}@appointments.sagittal")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", _calendar_time(appointment.starts, ZoneInfo(zone)))
    event.add("dtend", _calendar_time(appointment.ends, ZoneInfo(zone)))
    event.add("summary", summary)
    event.add("location", where)
    event.add("status", status)
    event.add("class", "PRIVATE")
    return event


def calendar_text(
    events: Sequence[Event], method: str, span: tuple[datetime, datetime] | None
) -> str:
    """The events as one calendar, with the zones they need in their span; "" is no METHOD."""
    calendar = Calendar()
    calendar.add("prodid", "-//Sagittal//Appointments//EN")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    if span is not None:
        margin = timedelta(days=366)
        calendar.add_missing_timezones((span[0] - margin).date(), (span[1] + margin).date())
    return str(calendar.to_ical().decode("utf-8"))


def _calendar_time(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant as iCalendar can say it without ambiguity."""
    local = instant.astimezone(zone)
    return instant.astimezone(UTC) if local.fold else local
