"""What goes to the central server: envelopes written in the act's own transaction."""

from __future__ import annotations

import uuid
from datetime import datetime

from app.errors import NotFoundError
from app.storage.work import Work
from app.workflow.settings import read_settings
from app.workflow.signers import check_signed
from assistant.records import Report
from scheduling.places import Absence, Place, Resource, ResourceKind, VisitType
from scheduling.records import Appointment, Availability, Practitioner
from sync.records import Envelope
from sync.records import Resource as Body
from sync.wire.booking import appointment_to_fhir, availability_to_fhir
from sync.wire.people import patient_to_fhir, practitioner_to_fhir
from sync.wire.places import (
    absence_to_fhir,
    place_to_fhir,
    resource_to_fhir,
    visit_type_to_fhir,
)
from sync.wire.reports import report_to_fhir
from viewer.records import Patient


def send_practitioner(work: Work, practitioner: Practitioner, now: datetime) -> None:
    """Queue a practitioner."""
    send_body(work, "Practitioner", practitioner.id, practitioner_to_fhir(practitioner), now)


def send_availability(
    work: Work, availability: Availability, now: datetime, *, active: bool
) -> None:
    """Queue weekly working hours, or that they no longer hold (nothing is deleted on the wire)."""
    body = {**availability_to_fhir(availability), "active": active}
    send_body(work, "Schedule", availability.id, body, now)


def send_place(work: Work, place: Place, now: datetime) -> None:
    """Queue a site."""
    send_body(work, "Location", place.id, place_to_fhir(place), now)


def send_resource(work: Work, resource: Resource, now: datetime) -> None:
    """Queue a scanner or a room."""
    body = resource_to_fhir(resource)
    send_body(work, body["resourceType"], resource.id, body, now)


def send_visit_type(work: Work, visit: VisitType, now: datetime) -> None:
    """Queue a kind of visit."""
    send_body(work, "HealthcareService", visit.id, visit_type_to_fhir(visit), now)


def send_absence(work: Work, absence: Absence, now: datetime, *, active: bool) -> None:
    """Queue an absence, or that it no longer holds."""
    thing = work.resources.get(absence.subject_id)
    person = work.practitioners.get(absence.subject_id)
    scanner = thing is not None and thing.kind is ResourceKind.SCANNER
    kind = "Practitioner" if person else "Device" if scanner else "Location"
    body = {**absence_to_fhir(absence, kind), "active": active}
    send_body(work, "Schedule", absence.id, body, now)


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
    send_body(work, "Patient", patient.id, body, now)


def send_appointment(
    work: Work, appointment: Appointment, now: datetime, *, by_assistant: bool = False
) -> None:
    """Queue an appointment, after its patient; ``by_assistant`` tells of this act alone."""
    send_patient_once(work, appointment.patient_id, now)
    rooms = {one.id for one in work.resources.all() if one.kind is ResourceKind.ROOM}
    body = appointment_to_fhir(appointment, rooms, by_assistant=by_assistant)
    send_body(work, "Appointment", appointment.id, body, now)


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
    send_body(work, "DiagnosticReport", report.id, body, now)


def send_body(work: Work, resource_type: str, resource_id: str, body: Body, now: datetime) -> None:
    """Queue a resource as it is to be written, on the version last seen of it."""
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
