"""What this workstation offers a server again that has lost it (sync.comparing)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from app.errors import NotFoundError, TamperedReportError
from app.records import SYSTEM
from app.storage.work import Storage, Work
from app.workflow.outgoing import (
    send_absence,
    send_appointment,
    send_availability,
    send_body,
    send_patient_again,
    send_patient_once,
    send_place,
    send_practitioner,
    send_report,
    send_resource,
    send_visit_type,
)
from scheduling.places import Busy
from scheduling.records import Appointment
from scheduling.rules.occupancy import busy_of
from sync.comparing import History, compare
from sync.wire.datatypes import offered_again, version_before_loss

COMPARE = "server-compare"
"""The setting that says since when the server is to be compared; empty where it is not."""


def ask_for(work: Work, now: datetime) -> None:
    """Have the next turn compare the server with what this workstation knew of one."""
    peer = work.replica.peer()
    if work.replica.all() and not work.settings.get(COMPARE):
        last = peer.last_sync_at if peer is not None else None
        work.settings.put(COMPARE, (last or now).isoformat())


def compare_where_asked(storage: Storage, server: History, now: datetime) -> int:
    """Queue what the server has lost, if this was asked for; return how many records.

    Raises
    ------
    SyncError
        The server went away; the next turn begins again.
    """
    with storage.begin(SYSTEM) as work:
        since = work.settings.get(COMPARE)
    if not since:
        return 0
    offered = compare(_Books(storage, now), server, datetime.fromisoformat(since))
    with storage.begin(SYSTEM) as work:
        _let_the_offers_go_first(work)
        work.settings.put(COMPARE, "")
        work.note("server.compared", "clinic", detail=str(offered))
    return offered


def _let_the_offers_go_first(work: Work) -> None:
    """Have new bookings wait for what was offered again: it may free their very time."""
    waiting = work.envelopes.waiting_of("Appointment")
    again = {one.resource_id for one in waiting if version_before_loss(one.body)}
    for envelope in waiting:
        if again and envelope.resource_id not in again:
            work.envelopes.put_behind(envelope)


class _Books:
    """Opens the ledger below, one transaction at a time."""

    def __init__(self, storage: Storage, now: datetime) -> None:
        self._storage = storage
        self._now = now

    @contextmanager
    def begin(self) -> Iterator[_Ledger]:
        """Commit on success, roll back on any exception."""
        with self._storage.begin(SYSTEM) as work:
            yield _Ledger(work, self._now)


class _Ledger:
    """What was known of the server, and what stands here."""

    def __init__(self, work: Work, now: datetime) -> None:
        self._work = work
        self._now = now
        self._edition = 0
        self._queue: Mapping[str, Callable[[str], None]] = {
            "Location": self._location,
            "Practitioner": self._practitioner,
            "Device": self._resource,
            "HealthcareService": self._visit_type,
            "Schedule": self._schedule,
            "Patient": self._patient,
            "Appointment": self._appointment,
            "DiagnosticReport": self._report,
        }

    def known(self) -> tuple[tuple[str, str, str], ...]:
        """Return type, id and version of every resource the server was known to hold."""
        return self._work.replica.all()

    def wrote(self, operation_id: str) -> bool:
        """Whether an operation was this workstation's."""
        return bool(operation_id) and self._work.envelopes.get(operation_id) is not None

    def busy(self, appointment: Appointment | str) -> tuple[Busy, ...]:
        """Return what an appointment holds: one given, or the one of that id as it stands here."""
        if isinstance(appointment, Appointment):
            return busy_of(appointment, {})
        found = self._work.appointments.get(appointment)
        return busy_of(found, {}) if found is not None else ()

    def put_on(self, kind: str, ident: str, base: str) -> None:
        """Have what waits of a resource count as made on that version."""
        for envelope in self._work.envelopes.waiting_for(kind, ident)[:1]:
            self._work.envelopes.update(replace(envelope, base_version=base))

    def offer(self, kind: str, ident: str, base: str, known: int, edition: int) -> bool:
        """Queue a resource as it stands here; what waits already is put on that version."""
        self._edition = edition
        shelf, replica = self._work.envelopes, self._work.replica
        if not shelf.waiting_for(kind, ident):
            before = replica.version(kind, ident)
            replica.set_version(kind, ident, base)
            self._queue[kind](ident)
            if not shelf.waiting_for(kind, ident):
                replica.set_version(kind, ident, before)
                return False
        first = shelf.waiting_for(kind, ident)[0]
        shelf.update(replace(first, base_version=base, body=offered_again(first.body, known)))
        return True

    def _location(self, ident: str) -> None:
        place = self._work.places.get(ident)
        if place is not None:
            send_place(self._work, place, self._now)
        else:
            self._resource(ident)

    def _practitioner(self, ident: str) -> None:
        person = self._work.practitioners.get(ident)
        if person is not None:
            send_practitioner(self._work, person, self._now)

    def _resource(self, ident: str) -> None:
        resource = self._work.resources.get(ident)
        if resource is not None:
            send_resource(self._work, resource, self._now)

    def _visit_type(self, ident: str) -> None:
        visit = self._work.visit_types.get(ident)
        if visit is not None:
            send_visit_type(self._work, visit, self._now)

    def _schedule(self, ident: str) -> None:
        """Queue hours or an absence; of those taken away the last word sent from here stands."""
        hours = next((one for one in self._work.availabilities.all() if one.id == ident), None)
        absence = self._work.absences.get(ident)
        last = self._work.envelopes.last_of("Schedule", ident)
        if hours is not None:
            send_availability(self._work, hours, self._now, active=True)
        elif absence is not None:
            send_absence(self._work, absence, self._now, active=True)
        elif last is not None:
            send_body(self._work, "Schedule", ident, last.body, self._now)

    def _patient(self, ident: str) -> None:
        patient = self._work.patients.get(ident)
        send_patient_once(self._work, ident, self._now)
        if patient is not None and not self._work.envelopes.waiting_for("Patient", ident):
            send_patient_again(self._work, patient, self._now)

    def _appointment(self, ident: str) -> None:
        appointment = self._work.appointments.get(ident)
        if appointment is not None:
            send_appointment(self._work, appointment, self._now)

    def _report(self, ident: str) -> None:
        """Queue the signed versions the server lacks, oldest first; if it has all, the last.

        A release and its withdrawal travel with the newest version.
        """
        signed = [one for one in self._work.reports.versions(ident) if one.signature is not None]
        lacking = [one for one in signed if one.version > self._edition]
        for version in lacking or signed[-1:]:
            try:
                send_report(self._work, version, self._now)
            except (TamperedReportError, NotFoundError) as error:
                self._work.note(
                    "report.seal-broken", ident, outcome="refused", detail=type(error).__name__
                )
                return
