"""Records the workflow tests start from."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from app.bootstrap import Workstation
from app.workflow import admitting, booking, reporting
from app.workflow.session import Session
from assistant.drafting.authorship import accept
from assistant.records import Report
from inference.records import Finding, FindingStatus, Measurement
from scheduling.records import Appointment, AppointmentStatus, Slot
from tests.app.workflow.conftest import DOCTOR, enter
from viewer.records import Patient, Study

STUDY_UID = "1.2.840.99999.1"
PATIENT_ID = "4f0c8f0e-0000-4000-8000-000000000001"


def put_study(session: Session) -> None:
    """Store a patient with a study and one suggested finding, as an analysis would."""
    with session.begin() as work:
        work.patients.put(Patient(PATIENT_ID, "Canary, Zoe", mrn="MRN-1"))
        work.studies.put(Study(STUDY_UID, PATIENT_ID, datetime.now(UTC), "MRI head"))
        work.findings.put(finding("f-1"))


def read_draft(session: Session, study_uid: str) -> Report:
    """Draft the report of a study and accept every sentence of the machine."""
    drafted = reporting.draft(session, study_uid)
    return reporting.save_draft(session, drafted.id, tuple(map(accept, drafted.sections)))


def finding(finding_id: str) -> Finding:
    return Finding(
        id=finding_id,
        study_uid=STUDY_UID,
        series_uid="",
        code="lesion",
        label="Enhancing lesion, suspected glioma",
        status=FindingStatus.SUGGESTED,
        centre_mm=(30.0, -20.0, 40.0),
        slice_index=4,
        side="left",
        place="left, upper front of the head",
        measurements=(
            Measurement("largest diameter", 34.0, "mm", "in plane"),
            Measurement("volume", 12.3, "mL", "voxels"),
        ),
        probability=0.91,
        kinds=(("glioma", 0.8), ("meningioma", 0.15), ("pituitary", 0.05)),
    )


def match(clinic: Workstation) -> None:
    """Match the patient's account with the patient record, as the desk does."""
    doctor = enter(clinic, DOCTOR)
    account = admitting.unmatched_patients(doctor)[0]
    admitting.match_patient(doctor, account.id, PATIENT_ID)


def give_hours(clinic: Workstation) -> str:
    """Give the doctor hours on every day; return the practitioner's id."""
    doctor = enter(clinic, DOCTOR)
    practitioner_id = doctor.actor.practitioner_id
    for weekday in range(7):
        booking.add_availability(
            doctor,
            practitioner_id=practitioner_id,
            weekday=weekday,
            starts=time(9),
            ends=time(12),
            slot_minutes=30,
        )
    return practitioner_id


def first_slot(session: Session) -> Slot:
    """Return the first free slot from tomorrow on."""
    after = session.now() + timedelta(days=1)
    return booking.find_slots(session, "", "", after, 1)[0]


def see_today(session: Session, patient_id: str = PATIENT_ID) -> None:
    """Give the doctor an appointment with the patient now, which makes them treating."""
    now = session.now()
    with session.begin() as work:
        work.appointments.put(
            Appointment(
                id=f"visit-{patient_id}",
                patient_id=patient_id,
                practitioner_id=session.actor.practitioner_id,
                starts=now,
                ends=now + timedelta(minutes=30),
                status=AppointmentStatus.BOOKED,
                booked_by=session.actor.account_id,
                created_at=now,
            )
        )
