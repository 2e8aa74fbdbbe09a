"""Telling people about their appointments: notices planned in the act's own transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.storage.work import Work
from app.workflow.settings import has_server, read_settings
from app.workflow.timekeeping import known_time
from scheduling.notices.compose import compose, spoken_name
from scheduling.notices.timing import quiet_until
from scheduling.places import Hold, Waiting
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
    _write(work, appointment, kind, now)


def tell_offer(work: Work, wish: Waiting, hold: Hold, now: datetime) -> None:
    """Plan the messages that a freed time is kept for somebody who waits, and until when.

    The waiting list is of this workstation, so no server tells of it.
    """
    visit = Appointment(
        id=wish.id,
        patient_id=wish.patient_id,
        practitioner_id=hold.practitioner_id,
        starts=hold.starts,
        ends=hold.ends,
        status=AppointmentStatus.PENDING,
        booked_by="",
        created_at=now,
        sequence=len(wish.declined),
        place_id=hold.place_id,
    )
    _write(work, visit, NoticeKind.OFFER, now, until=hold.expires_at)


def heard_at(work: Work, patient_id: str, zone: str, now: datetime) -> datetime:
    """When a message may reach a patient first: now, or when the quiet hours end.

    ``zone`` is that of the visit, for patients who live where it is.
    """
    policy = read_settings(work).policy()
    wishes = work.preferences.get(patient_id)
    mine = wishes.zone if wishes is not None and wishes.zone else zone
    return quiet_until(now, policy, mine) or now


def _write(
    work: Work,
    appointment: Appointment,
    kind: NoticeKind,
    now: datetime,
    until: datetime | None = None,
) -> None:
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
    now = known_time(work, now)  # a clock that leapt would make them due in a year
    clinic = settings.clinic()
    site = work.places.get(appointment.place_id)
    if site is not None:
        practitioner = replace(practitioner, zone=site.zone)
        clinic = replace(clinic, place=f"{clinic.name}, {site.name}")
    policy = settings.policy()
    made = compose(appointment, kind, addressee, practitioner, clinic, now, policy, until)
    for notice in made:
        work.notices.put(notice)


def readdress(work: Work, patient_id: str, now: datetime) -> None:
    """Plan anew the reminders that nobody has sent yet, after the patient's contact changed."""
    now = known_time(work, now)
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
