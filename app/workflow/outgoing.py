"""What goes to the central server: envelopes written in the act's own transaction."""

from __future__ import annotations

import uuid
from datetime import datetime

from app.errors import NotFoundError
from app.storage.work import Work
from app.workflow.settings import read_settings
from app.workflow.signers import check_signed
from assistant.records import Report
from scheduling.records import Appointment, Availability, Practitioner
from sync.records import Envelope, Resource
from sync.wire.booking import appointment_to_fhir, availability_to_fhir
from sync.wire.people import patient_to_fhir, practitioner_to_fhir
from sync.wire.reports import report_to_fhir
from viewer.records import Patient


def send_practitioner(work: Work, practitioner: Practitioner, now: datetime) -> None:
    """Queue a practitioner."""
    _enqueue(work, "Practitioner", practitioner.id, practitioner_to_fhir(practitioner), now)


def send_availability(
    work: Work, availability: Availability, now: datetime, *, active: bool
) -> None:
    """Queue weekly working hours, or that they no longer hold (nothing is deleted on the wire)."""
    body = {**availability_to_fhir(availability), "active": active}
    _enqueue(work, "Schedule", availability.id, body, now)


def send_patient_once(work: Work, patient_id: str, now: datetime) -> None:
    """Queue a patient the server has not been told of yet."""
    if work.replica.version("Patient", patient_id) or work.envelopes.waiting_for(
        "Patient", patient_id
    ):
        return
    patient = work.patients.get(patient_id)
    if patient is not None:
        _send_patient(work, patient, now)


def send_patient_again(work: Work, patient: Patient, now: datetime) -> None:
    """Queue a changed patient, if the server has been told of the patient or is about to be."""
    known = work.replica.version("Patient", patient.id)
    if known or work.envelopes.waiting_for("Patient", patient.id):
        _send_patient(work, patient, now)


def _send_patient(work: Work, patient: Patient, now: datetime) -> None:
    body = patient_to_fhir(patient, work.preferences.get(patient.id))
    _enqueue(work, "Patient", patient.id, body, now)


def send_appointment(work: Work, appointment: Appointment, now: datetime) -> None:
    """Queue an appointment, after its patient."""
    send_patient_once(work, appointment.patient_id, now)
    _enqueue(work, "Appointment", appointment.id, appointment_to_fhir(appointment), now)


def send_report(work: Work, report: Report, now: datetime) -> None:
    """Queue a signed report, after its patient."""
    check_signed(work, report)
    send_patient_once(work, report.patient_id, now)
    patient = work.patients.get(report.patient_id)
    if patient is None:
        raise NotFoundError("The report's patient is not on this workstation.")
    from app.workflow.pdf import Document, report_to_pdf  # noqa: PLC0415 - sign-in stays light

    practitioner = work.practitioners.get(report.author_id)
    study = work.studies.get(report.study_uid)
    back = next(iter(work.withdrawals.of_report(report.id)), None)
    clinic = read_settings(work)
    versions = (*work.reports.versions(report.id)[: report.version - 1], report)
    body = report_to_fhir(
        report,
        patient=patient,
        practitioner=practitioner,
        released_at=work.reports.released_at(report.id),
        withdrawn=(back.withdrawn_at, back.reason) if back else None,
        accession=study.accession if study else "",
        document=report_to_pdf(Document(versions, clinic.clinic_name, clinic.zone)),
    )
    _enqueue(work, "DiagnosticReport", report.id, body, now)


def _enqueue(
    work: Work, resource_type: str, resource_id: str, body: Resource, now: datetime
) -> None:
    work.envelopes.put(
        Envelope(
            id=str(uuid.uuid4()),
            resource_type=resource_type,
            resource_id=resource_id,
            body=body,
            base_version=work.replica.version(resource_type, resource_id),
            created_at=now,
        )
    )
