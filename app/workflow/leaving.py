"""The outbox as the sender sees it: a report that was altered while it waited does not leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.errors import TamperedReportError
from app.storage.work import Work
from app.workflow.seal import check_seal
from sync.errors import WireError
from sync.records import Conflict, Envelope, EnvelopeState
from sync.wire.reports import report_from_fhir

ALTERED = "The report was altered while it waited to be sent. It was not sent."


class CheckedEnvelopes:
    """The envelope shelf, but a due report comes out only after its signature was checked."""

    def __init__(self, work: Work, now: datetime) -> None:
        self._work = work
        self._now = now

    def put(self, envelope: Envelope) -> None:
        """Keep a new envelope."""
        self._work.envelopes.put(envelope)

    def update(self, envelope: Envelope) -> None:
        """Keep what changed of an envelope."""
        self._work.envelopes.update(envelope)

    def get(self, envelope_id: str) -> Envelope | None:
        """Return an envelope; a due report whose signature does not hold is refused instead."""
        envelope = self._work.envelopes.get(envelope_id)
        due = envelope is not None and envelope.state is EnvelopeState.DUE
        if envelope is None or not due or envelope.resource_type != "DiagnosticReport":
            return envelope
        return envelope if self._is_as_signed(envelope) else self._stopped(envelope)

    def due(self, now: datetime, limit: int = 50) -> tuple[Envelope, ...]:
        """Return envelopes whose time has come."""
        return self._work.envelopes.due(now, limit)

    def waiting_for(self, resource_type: str, resource_id: str) -> tuple[Envelope, ...]:
        """Return what is still due for one resource, in order."""
        return self._work.envelopes.waiting_for(resource_type, resource_id)

    def first_due(self, resource_type: str) -> Envelope | None:
        """Return the first envelope of a type that is still due."""
        return self._work.envelopes.first_due(resource_type)

    def count_due(self) -> int:
        """Return how many envelopes wait."""
        return self._work.envelopes.count_due()

    def _is_as_signed(self, envelope: Envelope) -> bool:
        try:
            report = report_from_fhir(envelope.body)
            check_seal(report)
            held = {one.version: one for one in self._work.reports.versions(report.id)}
        except (TamperedReportError, WireError, ValueError, TypeError, KeyError):
            return False
        return held.get(report.version) == report

    def _stopped(self, envelope: Envelope) -> Envelope:
        stopped = replace(
            envelope, state=EnvelopeState.REJECTED, next_try_at=None, last_error=ALTERED
        )
        self._work.envelopes.update(stopped)
        self._work.conflicts.put(
            Conflict(
                id=f"altered-{envelope.id}",
                envelope_id=envelope.id,
                resource_type=envelope.resource_type,
                resource_id=envelope.resource_id,
                reason=ALTERED,
                at=self._now,
            )
        )
        self._work.note(
            "report.seal-broken", envelope.resource_id, outcome="refused", detail="in the outbox"
        )
        return stopped
