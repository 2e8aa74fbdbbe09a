"""iCalendar invitations (RFC 5545) carried by e-mail (RFC 5546 iTIP, RFC 6047 iMIP)."""

from __future__ import annotations

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
    event = Event()
    event.add("uid", f"{appointment.id}@appointments.sagittal")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    zone = ZoneInfo(practitioner.zone)
    event.add("dtstart", _calendar_time(appointment.starts, zone))
    event.add("dtend", _calendar_time(appointment.ends, zone))
    event.add("summary", summary)
    event.add("location", clinic.name)
    event.add("status", status)
    event.add("class", "PRIVATE")
    organizer = vCalAddress(f"mailto:{clinic.email}")
    organizer.params["CN"] = vText(clinic.name)
    event.add("organizer", organizer)
    invited = vCalAddress(f"mailto:{attendee}")
    invited.params["ROLE"] = vText("REQ-PARTICIPANT")
    if method == "REQUEST":
        invited.params["PARTSTAT"] = vText("NEEDS-ACTION")
        invited.params["RSVP"] = vText("FALSE")
    event.add("attendee", invited)
    calendar = Calendar()
    calendar.add("prodid", "-//Sagittal//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    margin = timedelta(days=366)
    calendar.add_missing_timezones(
        (appointment.starts - margin).date(), (appointment.ends + margin).date()
    )
    return str(calendar.to_ical().decode("utf-8"))


def _calendar_time(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant as iCalendar can say it without ambiguity."""
    local = instant.astimezone(zone)
    return instant.astimezone(UTC) if local.fold else local
