"""What the clinic does with the server's news, inside the engine's transactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.errors import TamperedReportError
from app.storage.work import Work
from app.workflow.seal import check_seal
from app.workflow.telling import tell
from scheduling.errors import SlotTakenError
from scheduling.records import OCCUPYING, Appointment, AppointmentStatus, NoticeKind
from scheduling.rules import booking as rules
from sync.errors import WireError
from sync.ports import ConflictShelf, EnvelopeShelf, ReplicaShelf
from sync.records import Envelope, EnvelopeState, Incoming, Receipt
from sync.wire.booking import appointment_from_fhir, availability_from_fhir
from sync.wire.people import patient_from_fhir, practitioner_from_fhir
from sync.wire.reports import released_at as released_at_from_fhir
from sync.wire.reports import report_from_fhir
from viewer.records import Study

SLOT_TAKEN = "The time had already been given to somebody else."


class ClinicLedger:
    """The shelves of sending, and what each answer means here."""

    def __init__(self, work: Work, now: datetime) -> None:
        self._work = work
        self._now = now
        self.changed_appointments: list[str] = []
        self._takers: dict[str, Callable[[Incoming], None]] = {
            "Patient": self._take_patient,
            "Practitioner": self._take_practitioner,
            "Schedule": self._take_schedule,
            "Appointment": self._take_appointment,
            "DiagnosticReport": self._take_report,
        }

    @property
    def envelopes(self) -> EnvelopeShelf:
        """The envelopes of this transaction."""
        return self._work.envelopes

    @property
    def replica(self) -> ReplicaShelf:
        """The server versions of this transaction."""
        return self._work.replica

    @property
    def conflicts(self) -> ConflictShelf:
        """The conflicts of this transaction."""
        return self._work.conflicts

    def apply(self, incoming: Incoming) -> None:
        """Take over one resource; what this program cannot keep is noted and passed over."""
        taker = self._takers.get(incoming.resource_type)
        if taker is None:
            return
        try:
            taker(incoming)
        except WireError as error:
            self._work.note(
                "server.unreadable",
                f"{incoming.resource_type}/{incoming.resource_id}",
                outcome="refused",
                detail=str(error),
            )

    def delivered(self, envelope: Envelope, receipt: Receipt) -> None:
        """Make a provisional appointment a booked one and tell the patient."""
        self._work.note(
            "server.delivered",
            f"{envelope.resource_type}/{envelope.resource_id}",
            detail=receipt.version,
        )
        if envelope.resource_type != "Appointment":
            return
        appointment = self._work.appointments.get(envelope.resource_id)
        if appointment is None or appointment.status is not AppointmentStatus.PENDING:
            return
        booked = rules.confirm(appointment)
        self._work.appointments.put(booked)
        tell(self._work, booked, NoticeKind.CONFIRMATION, self._now)
        tell(self._work, booked, NoticeKind.REMINDER, self._now)
        self.changed_appointments.append(booked.id)

    def refused(self, envelope: Envelope, reason: str) -> None:
        """Give a refused booking up and tell the patient; other refusals wait for a person."""
        self._work.note(
            "server.refused",
            f"{envelope.resource_type}/{envelope.resource_id}",
            outcome="refused",
            detail=reason[:200],
        )
        if envelope.resource_type == "Appointment":
            appointment = self._work.appointments.get(envelope.resource_id)
            if appointment is not None and appointment.status is AppointmentStatus.PENDING:
                self._lose(appointment)

    def _lose(self, appointment: Appointment) -> None:
        lost = rules.change_status(appointment, AppointmentStatus.CANCELLED)
        self._work.appointments.put(lost)
        tell(self._work, lost, NoticeKind.LOST_SLOT, self._now)
        self._work.note("appointment.lost", lost.id, patient_id=lost.patient_id, detail=SLOT_TAKEN)
        self.changed_appointments.append(lost.id)

    def _take_patient(self, incoming: Incoming) -> None:
        self._work.patients.put(patient_from_fhir(incoming.body))

    def _take_practitioner(self, incoming: Incoming) -> None:
        self._work.practitioners.put(practitioner_from_fhir(incoming.body))

    def _take_schedule(self, incoming: Incoming) -> None:
        availability = availability_from_fhir(incoming.body)
        if incoming.body.get("active", True):
            self._work.availabilities.put(availability)
        else:
            self._work.availabilities.remove(availability.id)

    def _take_appointment(self, incoming: Incoming) -> None:
        appointment = appointment_from_fhir(incoming.body)
        try:
            self._work.appointments.put(appointment)
        except SlotTakenError:
            self._yield_to(appointment)
            self._work.appointments.put(appointment)
        self.changed_appointments.append(appointment.id)

    def _yield_to(self, winner: Appointment) -> None:
        """Give up provisional bookings that overlap one the server has accepted."""
        for local in self._work.appointments.between(
            winner.starts, winner.ends, winner.practitioner_id
        ):
            if local.status in OCCUPYING and local.id != winner.id:
                self._lose(local)
                for envelope in self._work.envelopes.waiting_for("Appointment", local.id):
                    self._work.envelopes.update(
                        replace(envelope, state=EnvelopeState.REJECTED, last_error=SLOT_TAKEN)
                    )

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
        if self._work.studies.get(report.study_uid) is None:
            self._work.studies.put(
                Study(
                    uid=report.study_uid,
                    patient_id=report.patient_id,
                    imported_at=self._now,
                    description="Images are on another workstation",
                )
            )
        known = {version.version for version in self._work.reports.versions(report.id)}
        if report.version not in known:
            self._work.reports.put(report)
        released_at = released_at_from_fhir(incoming.body)
        if released_at is not None and self._work.reports.released_at(report.id) is None:
            self._work.reports.release(report.id, released_at)
