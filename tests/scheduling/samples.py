"""Made-up people and times the claims about booking share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from scheduling.places import Waiting, WaitingStatus
from scheduling.records import (
    Addressee,
    Appointment,
    AppointmentStatus,
    Availability,
    Channel,
    Clinic,
    Notice,
    NoticeKind,
    Practitioner,
)

NOW = datetime(2027, 5, 3, 6, 0, tzinfo=UTC)  # a Monday
START = datetime(2027, 5, 10, 12, 30, tzinfo=UTC)
DOCTOR = Practitioner("dr-1", "Dr Nadia Berger", "neuroradiology", "Europe/Paris")
CLINIC = Clinic("Lakeside Imaging", "desk@lakeside.example")
PATIENT = Addressee("Ann Doe", "ann@home.example", "+33612345678")
APPOINTMENT = Appointment(
    id="a-1",
    patient_id="p-1",
    practitioner_id="dr-1",
    starts=START,
    ends=START + timedelta(minutes=30),
    status=AppointmentStatus.BOOKED,
    booked_by="assistant",
    created_at=NOW,
    reason="glioma follow-up",
)
WISH = Waiting(
    id="a-1",
    patient_id="p-1",
    first_day=START.date(),
    last_day=START.date(),
    created_at=NOW,
    status=WaitingStatus.OFFERED,
    hold_id="h-1",
)
MORNINGS = tuple(
    Availability(f"av-{day}", "dr-1", day, time(9), time(12), 30, date(2027, 1, 1))
    for day in range(5)
)


def notice(
    kind: NoticeKind = NoticeKind.CONFIRMATION,
    channel: Channel = Channel.EMAIL,
    **changes: object,
) -> Notice:
    """A notice about APPOINTMENT, due now."""
    made = Notice(
        id=f"n-{kind}-{channel}",
        appointment_id="a-1",
        kind=kind,
        sequence=0,
        channel=channel,
        recipient="ann@home.example" if channel is Channel.EMAIL else "+33612345678",
        subject="Appointment: Zoë",
        body="Your appointment, Zoë.\n.\nA line alone with a dot.\n",
        due_at=NOW,
        expires_at=START,
    )
    return replace(made, **changes)
