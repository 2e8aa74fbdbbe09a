"""Appointments as an iCalendar file or a CalDAV object: when, with whom, where; never why or who.

A calendar that leaves the clinic names no patient: it lands in telephones and on servers that are
not the clinic's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scheduling.notices.invitation import calendar_text, event_of
from scheduling.records import Appointment, AppointmentStatus, Practitioner

_STATUS = {
    AppointmentStatus.PENDING: "TENTATIVE",
    AppointmentStatus.CANCELLED: "CANCELLED",
}


def exported(
    appointments: Sequence[Appointment],
    practitioner: Practitioner,
    where: str,
    now: datetime,
) -> str:
    """The appointments of one practitioner as an iCalendar text (RFC 5545), for anybody to read.

    An appointment has the UID of its invitations, so a calendar that holds both shows one.
    """
    events = [
        event_of(
            visit,
            practitioner.zone,
            summary=f"Appointment with {practitioner.name}",
            where=where,
            status=_STATUS.get(visit.status, "CONFIRMED"),
            now=now,
        )
        for visit in appointments
    ]
    starts = [visit.starts for visit in appointments]
    ends = [visit.ends for visit in appointments]
    return calendar_text(events, "PUBLISH", (min(starts), max(ends)) if starts else None)


def object_of(visit: Appointment, practitioner: Practitioner, where: str, now: datetime) -> str:
    """One appointment as a CalDAV object (RFC 4791 section 4.1): without a METHOD."""
    event = event_of(
        visit,
        practitioner.zone,
        summary="Appointment",
        where=where,
        status=_STATUS.get(visit.status, "CONFIRMED"),
        now=now,
    )
    return calendar_text([event], "", (visit.starts, visit.ends))
