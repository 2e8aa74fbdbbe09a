"""Telling people about their appointments: notices planned in the act's own transaction."""

from __future__ import annotations

from datetime import datetime

from app.storage.work import Work
from app.workflow.settings import read_settings
from scheduling.notices.compose import compose
from scheduling.records import Addressee, Appointment, Clinic, NoticeKind


def spoken_name(name: str) -> str:
    """Return a name as one says it: “Doe, Jane” is Jane Doe."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else name


def tell(work: Work, appointment: Appointment, kind: NoticeKind, now: datetime) -> None:
    """Plan the e-mail and the SMS of one kind to the patient of an appointment."""
    patient = work.patients.get(appointment.patient_id)
    practitioner = work.practitioners.get(appointment.practitioner_id)
    if patient is None or practitioner is None:
        return
    settings = read_settings(work)
    addressee = Addressee(
        spoken_name(patient.name), patient.email, patient.phone, patient.language, settings.country
    )
    clinic = Clinic(settings.clinic_name or "Your clinic", settings.smtp_sender)
    for notice in compose(appointment, kind, addressee, practitioner, clinic, now):
        work.notices.put(notice)
