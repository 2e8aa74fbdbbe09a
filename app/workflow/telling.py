"""Telling people about their appointments: notices planned in the act's own transaction."""

from __future__ import annotations

from datetime import datetime

from app.storage.work import Work
from app.workflow.settings import ClinicSettings, read_settings
from scheduling.notices.compose import compose
from scheduling.notices.timing import read_quiet_hours, read_reminders
from scheduling.records import (
    Addressee,
    Appointment,
    AppointmentStatus,
    Clinic,
    NoticeKind,
    NoticePolicy,
    NoticeState,
)


def spoken_name(name: str) -> str:
    """Return a name as one says it: “Doe, Jane” is Jane Doe."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else name


def policy_of(settings: ClinicSettings) -> NoticePolicy:
    """Return the clinic's rules of writing; ValueError where the settings cannot be read."""
    quiet_from, quiet_until = read_quiet_hours(settings.quiet_hours)
    reminders = read_reminders(settings.reminders)
    return NoticePolicy(reminders, quiet_from, quiet_until, settings.ask_first)


def tell(work: Work, appointment: Appointment, kind: NoticeKind, now: datetime) -> None:
    """Plan the e-mails and text messages of one kind to the patient of an appointment."""
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
    clinic = Clinic(settings.clinic_name or "Your clinic", settings.smtp_sender)
    policy = policy_of(settings)
    for notice in compose(appointment, kind, addressee, practitioner, clinic, now, policy):
        work.notices.put(notice)


def readdress(work: Work, patient_id: str, now: datetime) -> None:
    """Plan anew the reminders that nobody has sent yet, after the patient's contact changed."""
    for appointment in work.appointments.of_patient(patient_id):
        if appointment.starts <= now or appointment.status is not AppointmentStatus.BOOKED:
            continue
        for notice in work.notices.of_appointment(appointment.id):
            if notice.kind is NoticeKind.REMINDER and notice.state is NoticeState.PLANNED:
                work.notices.remove(notice.id)
        tell(work, appointment, NoticeKind.REMINDER, now)
