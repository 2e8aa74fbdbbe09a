"""Telling people about their appointments: notices planned in the act's own transaction."""

from __future__ import annotations

from datetime import datetime

from app.storage.work import Work
from app.workflow.settings import read_settings
from scheduling.notices.compose import compose
from scheduling.records import Appointment, NoticeKind


def tell(work: Work, appointment: Appointment, kind: NoticeKind, now: datetime) -> None:
    """Plan the e-mail and the SMS of one kind to the patient of an appointment."""
    patient = work.patients.get(appointment.patient_id)
    practitioner = work.practitioners.get(appointment.practitioner_id)
    if patient is None or practitioner is None:
        return
    settings = read_settings(work)
    for notice in compose(
        appointment,
        kind,
        patient_name=patient.name,
        email=patient.email,
        phone=patient.phone,
        language=patient.language,
        practitioner=practitioner,
        clinic_name=settings.clinic_name,
        clinic_email=settings.smtp_sender,
        now=now,
    ):
        work.notices.put(notice)
