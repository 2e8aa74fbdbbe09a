"""What the clinic does with the server's news, inside the engine's transactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.errors import SignedReportError, TamperedReportError
from app.records import Withdrawal
from app.storage.work import Work
from app.workflow.leaving import CheckedEnvelopes
from app.workflow.seal import check_seal
from app.workflow.signers import remember_key, signed_here
from app.workflow.telling import remember_who_tells, tell
from app.workflow.verifying import RECEIVED_ACT, note_signature
from assistant.records import Report
from scheduling.errors import SchedulingError, SlotTakenError
from scheduling.records import Appointment, AppointmentStatus, NoticeKind
from scheduling.rules import booking as rules
from scheduling.rules.occupancy import busy_of
from scheduling.rules.spans import from_us
from sync.errors import WireError
from sync.ports import ConflictShelf, EnvelopeShelf, ReplicaShelf
from sync.records import Conflict, Envelope, EnvelopeState, Incoming, Receipt
from sync.wire.booking import appointment_from_fhir, availability_from_fhir
from sync.wire.notices import notice_from_fhir
from sync.wire.people import patient_from_fhir, practitioner_from_fhir, preferences_from_fhir
from sync.wire.places import (
    absence_from_fhir,
    is_absence,
    is_room,
    place_from_fhir,
    resource_from_fhir,
    visit_type_from_fhir,
)
from sync.wire.reports import released_at as released_at_from_fhir
from sync.wire.reports import report_from_fhir, withdrawn_of
from viewer.records import Patient, Study

SLOT_TAKEN = "The time had already been given to somebody else."
DRAFT_OVERTAKEN = (
    "A report of this study was signed on another workstation. The draft here is kept; what it"
    " adds belongs in an addendum."
)
_UNKEEPABLE = (
    WireError,
    SchedulingError,
    SignedReportError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a resource not made by this program may raise while it is read or stored."""
_LOST = frozenset({AppointmentStatus.PENDING, AppointmentStatus.BOOKED})
"""How a new booking may stand here when the server refuses it; booked: in a lease since ended."""


class ClinicLedger:
    """The shelves of sending, and what each answer means here."""

    def __init__(self, work: Work, now: datetime) -> None:
        self._work = work
        self._now = now
        self.changed_appointments: list[str] = []
        self._unmoved: dict[str, int] = {}
        self._takers: dict[str, Callable[[Incoming], None]] = {
            "Patient": self._take_patient,
            "Practitioner": self._take_practitioner,
            "Schedule": self._take_schedule,
            "Appointment": self._take_appointment,
            "Location": self._take_location,
            "Device": self._take_resource,
            "HealthcareService": self._take_visit_type,
            "DiagnosticReport": self._take_report,
            "Communication": self._take_communication,
        }

    @property
    def envelopes(self) -> EnvelopeShelf:
        """The envelopes of this transaction."""
        return CheckedEnvelopes(self._work, self._now)

    @property
    def replica(self) -> ReplicaShelf:
        """The server versions of this transaction."""
        return self._work.replica

    @property
    def conflicts(self) -> ConflictShelf:
        """The conflicts of this transaction."""
        return self._work.conflicts

    def apply(self, incoming: Incoming) -> None:
        """Take over one resource; what this program cannot keep is noted and passed over.

        Such a resource leaves no trace but the note, and stops none of the others.
        """
        taker = self._takers.get(incoming.resource_type)
        if taker is None:
            return
        try:
            with self._work.attempt():
                taker(incoming)
        except _UNKEEPABLE as error:
            self._work.note(
                "server.unreadable",
                f"{incoming.resource_type}/{incoming.resource_id}",
                outcome="refused",
                detail=str(error) if isinstance(error, WireError) else type(error).__name__,
            )

    def delivered(self, envelope: Envelope, receipt: Receipt) -> None:
        """Make a provisional appointment a booked one and tell the patient."""
        self._work.note(
            "server.delivered",
            f"{envelope.resource_type}/{envelope.resource_id}",
            patient_id=self._patient_of(envelope),
            detail=receipt.version,
        )
        if receipt.tells is not None:
            remember_who_tells(self._work, server=receipt.tells)
        if envelope.resource_type != "Appointment":
            return
        appointment = self._work.appointments.get(envelope.resource_id)
        if appointment is None or appointment.status is not AppointmentStatus.PENDING:
            return
        if self._work.envelopes.waiting_for("Appointment", appointment.id):
            return  # moved since: the last word is still on its way
        booked = rules.confirm(appointment)
        self._work.appointments.put(booked)
        kind = NoticeKind.CHANGE if envelope.base_version else NoticeKind.CONFIRMATION
        tell(self._work, booked, kind, self._now)
        tell(self._work, booked, NoticeKind.REMINDER, self._now)
        self.changed_appointments.append(booked.id)

    def _patient_of(self, envelope: Envelope) -> str:
        """Return whose data an envelope carries, or an empty text."""
        if envelope.resource_type == "Patient":
            return envelope.resource_id
        if envelope.resource_type == "DiagnosticReport":
            return self._work.reports.newest_patient(envelope.resource_id)
        if envelope.resource_type == "Appointment":
            appointment = self._work.appointments.get(envelope.resource_id)
            return appointment.patient_id if appointment is not None else ""
        return ""

    def refused(self, envelope: Envelope, reason: str) -> None:
        """Give a refused booking up and tell the patient; other refusals wait for a person.

        A refused move is no refused booking: the server's version, which the engine hands over
        next, puts the old time back.
        """
        self._work.note(
            "server.refused",
            f"{envelope.resource_type}/{envelope.resource_id}",
            outcome="refused",
            detail=reason[:200],
        )
        if envelope.resource_type == "Appointment":
            appointment = self._work.appointments.get(envelope.resource_id)
            if appointment is None:
                return
            if appointment.status is AppointmentStatus.PENDING and envelope.base_version:
                self._unmoved[appointment.id] = appointment.sequence
            elif appointment.status in _LOST and not envelope.base_version:
                self._lose(appointment)

    def _lose(self, appointment: Appointment) -> None:
        lost = rules.change_status(appointment, AppointmentStatus.CANCELLED)
        self._work.appointments.put(lost)
        tell(self._work, lost, NoticeKind.LOST_SLOT, self._now)
        self._work.note("appointment.lost", lost.id, patient_id=lost.patient_id, detail=SLOT_TAKEN)
        self.changed_appointments.append(lost.id)

    def _take_patient(self, incoming: Incoming) -> None:
        """Take a patient over; at the first sight keep what only this workstation knows.

        Two workstations that imported the same person offline have one id and two rows; the
        server's row was not made from this one, so its silence about a telephone says nothing.
        """
        patient = patient_from_fhir(incoming.body)
        local = self._work.patients.get(patient.id)
        if local is not None and not self._work.replica.version("Patient", patient.id):
            patient = replace(
                patient,
                email=patient.email or local.email,
                phone=patient.phone or local.phone,
                mrn=patient.mrn or local.mrn,
                birth_date=patient.birth_date or local.birth_date,
                sex=patient.sex or local.sex,
            )
        self._work.patients.put(patient)
        preferences = preferences_from_fhir(incoming.body)
        if preferences is not None:
            self._work.preferences.put(preferences)

    def _take_practitioner(self, incoming: Incoming) -> None:
        self._work.practitioners.put(practitioner_from_fhir(incoming.body))

    def _take_location(self, incoming: Incoming) -> None:
        if is_room(incoming.body):
            self._take_resource(incoming)
        else:
            self._work.places.put(place_from_fhir(incoming.body))

    def _take_resource(self, incoming: Incoming) -> None:
        self._work.resources.put(resource_from_fhir(incoming.body))

    def _take_visit_type(self, incoming: Incoming) -> None:
        self._work.visit_types.put(visit_type_from_fhir(incoming.body))

    def _take_schedule(self, incoming: Incoming) -> None:
        if is_absence(incoming.body):
            absence = absence_from_fhir(incoming.body)
            if incoming.body.get("active", True):
                self._work.absences.put(absence)
            else:
                self._work.absences.remove(absence.id)
            return
        availability = availability_from_fhir(incoming.body)
        if incoming.body.get("active", True):
            self._work.availabilities.put(availability)
        else:
            self._work.availabilities.remove(availability.id)

    def _take_appointment(self, incoming: Incoming) -> None:
        appointment = appointment_from_fhir(incoming.body)
        while not self._fits(appointment):
            self._yield_to(appointment)
        self.changed_appointments.append(appointment.id)
        if appointment.id in self._unmoved:
            self._put_back(appointment, self._unmoved.pop(appointment.id))

    def _fits(self, appointment: Appointment) -> bool:
        """Keep the appointment, if the database finds nothing held beyond its capacity by it."""
        try:
            with self._work.attempt():
                self._work.appointments.put(appointment)
        except SlotTakenError:
            return False
        return True

    def _take_communication(self, incoming: Incoming) -> None:
        """Keep what became of a message the server sent, to be shown with its appointment."""
        notice = notice_from_fhir(incoming.body)
        if not notice.state.is_over:
            raise WireError("the message has not been sent yet")
        if self._work.notices.get(notice.id) is None:
            self._work.notices.put(notice)
        else:
            self._work.notices.update(notice)
        self.changed_appointments.append(notice.appointment_id)

    def _yield_to(self, winner: Appointment) -> None:
        """Give up one booking here that stands in the way of one the server has accepted.

        Provisional ones go first, the latest made of them; whoever loses is told and stands in the
        list of conflicts.
        """
        wanted = {winner.practitioner_id, *winner.resource_ids}
        mine = busy_of(winner, {})[0]
        begins, until = from_us(mine.starts_us), from_us(mine.ends_us)
        rows = self._work.occupancy.between(begins, until)
        ids = {row.appointment_id for row in rows if row.subject_id in wanted} - {winner.id}
        found = [one for each in sorted(ids) if (one := self._work.appointments.get(each))]
        if not found:
            raise SlotTakenError(SLOT_TAKEN)
        local = max(
            found, key=lambda one: (one.status is AppointmentStatus.PENDING, one.created_at, one.id)
        )
        self._lose(local)
        for envelope in self._work.envelopes.waiting_for("Appointment", local.id):
            self._work.envelopes.update(
                replace(envelope, state=EnvelopeState.REJECTED, last_error=SLOT_TAKEN)
            )
            self._work.conflicts.put(
                Conflict(
                    id=f"conflict-{envelope.id}",
                    envelope_id=envelope.id,
                    resource_type="Appointment",
                    resource_id=local.id,
                    reason=SLOT_TAKEN,
                    at=self._now,
                )
            )

    def _put_back(self, stands: Appointment, moved_sequence: int) -> None:
        """Tell the patient that the old time stands: calendars follow the higher sequence only."""
        again = replace(stands, sequence=max(stands.sequence, moved_sequence) + 1)
        self._work.appointments.put(again)
        tell(self._work, again, NoticeKind.CHANGE, self._now, unheard=True)
        self._work.note("appointment.not-moved", again.id, patient_id=again.patient_id)

    def _take_report(self, incoming: Incoming) -> None:
        report = report_from_fhir(incoming.body)
        try:
            check_seal(report)
        except TamperedReportError as error:
            self._work.note(
                "report.seal-broken",
                report.id,
                patient_id=report.patient_id,
                outcome="refused",
                detail=str(error),
            )
            return
        self._house(report)
        held = {version.version: version for version in self._work.reports.versions(report.id)}
        if report.version not in held or self._is_own_draft(held[report.version], report):
            self._work.reports.put(report)
            note_signature(self._work, report, RECEIVED_ACT)
        elif held[report.version] != report:
            self._work.note(
                "report.version-differs",
                report.id,
                patient_id=report.patient_id,
                outcome="refused",
                detail=str(report.version),
            )
        remember_key(self._work, report)
        self._mind_drafts(report)
        self._take_release(report, incoming)

    def _is_own_draft(self, here: Report, report: Report) -> bool:
        """Whether a draft here is what was signed: after a restoring that does not know of it."""
        return here.status.is_draft and signed_here(self._work, report)

    def _take_release(self, report: Report, incoming: Incoming) -> None:
        """Release what was released elsewhere, and take back what was taken back there since."""
        released_at = released_at_from_fhir(incoming.body)
        here = self._work.reports.released_at(report.id)
        back = self._work.withdrawals.of_report(report.id)
        if released_at is not None and here is None:
            if report.status.is_final and not (back and back[0].withdrawn_at >= released_at):
                self._work.reports.release(report.id, released_at)
            return
        withdrawn = withdrawn_of(incoming.body)
        if withdrawn is None or here is None or withdrawn[0] < here:
            return
        self._work.withdrawals.put(
            Withdrawal(report.id, withdrawn[0], report.patient_id, report.author_id, withdrawn[1])
        )
        self._work.note("report.withdrawn", report.id, patient_id=report.patient_id)

    def _house(self, report: Report) -> None:
        """Make sure of the patient and the study a report stands on, whatever came first."""
        if self._work.patients.get(report.patient_id) is None:
            name = report.patient_line.partition(" · ")[0]
            self._work.patients.put(Patient(report.patient_id, name or "Unnamed patient"))
        if self._work.studies.get(report.study_uid) is None:
            self._work.studies.put(
                Study(
                    uid=report.study_uid,
                    patient_id=report.patient_id,
                    imported_at=self._now,
                    description="Images are on another workstation",
                )
            )

    def _mind_drafts(self, report: Report) -> None:
        """Keep a draft of the same study, and have a person told that it was overtaken."""
        for other in self._work.reports.all_of_study(report.study_uid):
            if other.id == report.id or not other.status.is_draft:
                continue
            self._work.conflicts.put(
                Conflict(
                    id=f"draft-{other.id}",
                    envelope_id="",
                    resource_type="DiagnosticReport",
                    resource_id=other.id,
                    reason=DRAFT_OVERTAKEN,
                    at=self._now,
                )
            )
            self._work.note("report.draft-overtaken", other.id, patient_id=report.patient_id)
