"""Telling people about their appointments: notices planned in the act's own transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.storage.work import Work
from app.workflow.settings import has_server, notice_settings, read_settings
from scheduling.notices.compose import compose, spoken_name
from scheduling.records import (
    Addressee,
    Appointment,
    AppointmentStatus,
    NoticeKind,
    NoticeState,
)

SERVER_KINDS = frozenset(
    {NoticeKind.CONFIRMATION, NoticeKind.CHANGE, NoticeKind.CANCELLATION, NoticeKind.REMINDER}
)
"""What a central server tells by itself: of bookings it has. It never hears of the others."""

_SERVER_TELLS = "server-tells"


def server_tells(work: Work) -> bool:
    """Whether the central server has said that it writes to the patients itself."""
    return has_server(work) and work.settings.get(_SERVER_TELLS) == "yes"


def remember_who_tells(work: Work, *, server: bool) -> None:
    """Remember what the server last said of that."""
    said = "yes" if server else "no"
    if work.settings.get(_SERVER_TELLS) != said:
        work.settings.put(_SERVER_TELLS, said)
        work.note("notices.sender", "server" if server else "workstation")


def tell(
    work: Work,
    appointment: Appointment,
    kind: NoticeKind,
    now: datetime,
    *,
    unheard: bool = False,
) -> None:
    """Plan the e-mails and text messages of one kind to the patient of an appointment.

    What the central server tells by itself is left to it: a clinic has one sender. ``unheard``
    is news that never reaches the server, so that nobody else would tell it.
    """
    if kind in SERVER_KINDS and not unheard and server_tells(work):
        return
    patient = work.patients.get(appointment.patient_id)
    practitioner = work.practitioners.get(appointment.practitioner_id)
    if patient is None or practitioner is None:
        return
    settings = read_settings(work)
    addressee = Addressee(
        spoken_name(patient.name),
        patient.email,
        patient.phone,
        patient.language,
        settings.country,
        work.preferences.get(patient.id),
    )
    rules = notice_settings(settings)
    clinic = rules.clinic()
    site = work.places.get(appointment.place_id)
    if site is not None:
        practitioner = replace(practitioner, zone=site.zone)
        clinic = replace(clinic, place=f"{clinic.name}, {site.name}")
    made = compose(appointment, kind, addressee, practitioner, clinic, now, rules.policy())
    for notice in made:
        work.notices.put(notice)


def readdress(work: Work, patient_id: str, now: datetime) -> None:
    """Plan anew the reminders that nobody has sent yet, after the patient's contact changed."""
    for appointment in work.appointments.of_patient(patient_id):
        if appointment.starts <= now or appointment.status is not AppointmentStatus.BOOKED:
            continue
        mine = [
            notice
            for notice in work.notices.of_appointment(appointment.id)
            if notice.kind is NoticeKind.REMINDER
            and notice.state is NoticeState.PLANNED
            and notice.due_at > now  # one that is late would not be planned again
        ]
        for notice in mine:
            work.notices.remove(notice.id)
        tell(work, appointment, NoticeKind.REMINDER, now, unheard=bool(mine))
