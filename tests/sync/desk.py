"""A workstation in memory: books with real roll-back, and what it does with news."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from scheduling.records import Appointment, AppointmentStatus
from sync.engine import TurnResult, turn
from sync.errors import WireError
from sync.ports import Transport
from sync.records import (
    LONGEST_PAUSE,
    Conflict,
    Envelope,
    EnvelopeState,
    Incoming,
    Peer,
    Receipt,
    Resource,
)
from sync.wire.booking import appointment_from_fhir, appointment_to_fhir

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass
class Pages:
    """Everything a desk keeps; copied at the start of a transaction."""

    envelopes: dict[str, Envelope] = field(default_factory=dict)
    versions: dict[tuple[str, str], str] = field(default_factory=dict)
    peer: Peer | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    rows: dict[tuple[str, str], Resource] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


class Envelopes:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def put(self, envelope: Envelope) -> None:
        seq = 1 + max((e.seq for e in self._pages.envelopes.values()), default=0)
        self._pages.envelopes[envelope.id] = replace(envelope, seq=seq)

    def update(self, envelope: Envelope) -> None:
        assert envelope.id in self._pages.envelopes
        self._pages.envelopes[envelope.id] = envelope

    def get(self, envelope_id: str) -> Envelope | None:
        return self._pages.envelopes.get(envelope_id)

    def due(self, now: datetime, limit: int = 50) -> tuple[Envelope, ...]:
        first = {(e.resource_type, e.resource_id): e for e in reversed(self._waiting())}
        heads = [e for e in self._waiting() if first[e.resource_type, e.resource_id] is e]
        never = now + LONGEST_PAUSE
        ready = [e for e in heads if not e.next_try_at or not now < e.next_try_at <= never]
        return tuple(ready[:limit])

    def waiting_for(self, resource_type: str, resource_id: str) -> tuple[Envelope, ...]:
        key = (resource_type, resource_id)
        return tuple(e for e in self._waiting() if (e.resource_type, e.resource_id) == key)

    def first_due(self, resource_type: str) -> Envelope | None:
        waiting = (e for e in self._waiting() if e.resource_type == resource_type)
        return next(waiting, None)

    def count_due(self) -> int:
        return len(self._waiting())

    def _waiting(self) -> list[Envelope]:
        due = [e for e in self._pages.envelopes.values() if e.state is EnvelopeState.DUE]
        return sorted(due, key=lambda e: e.seq)


class Replica:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def version(self, resource_type: str, resource_id: str) -> str:
        return self._pages.versions.get((resource_type, resource_id), "")

    def set_version(self, resource_type: str, resource_id: str, version: str) -> None:
        self._pages.versions[resource_type, resource_id] = version

    def peer(self) -> Peer | None:
        return self._pages.peer

    def set_peer(self, peer: Peer) -> None:
        self._pages.peer = peer


class Conflicts:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def put(self, conflict: Conflict) -> None:
        self._pages.conflicts.append(conflict)

    def open(self) -> tuple[Conflict, ...]:
        return tuple(c for c in self._pages.conflicts if not c.settled)


class DeskLedger:
    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.envelopes = Envelopes(pages)
        self.replica = Replica(pages)
        self.conflicts = Conflicts(pages)

    def apply(self, incoming: Incoming) -> None:
        self.pages.rows[incoming.resource_type, incoming.resource_id] = incoming.body

    def delivered(self, envelope: Envelope, receipt: Receipt) -> None:
        key = (envelope.resource_type, envelope.resource_id)
        row = self.pages.rows.get(key)
        if row is not None and row.get("status") == "pending":
            self.pages.rows[key] = {**row, "status": "booked"}

    def refused(self, envelope: Envelope, reason: str) -> None:
        key = (envelope.resource_type, envelope.resource_id)
        self.pages.told.append(f"{envelope.resource_id}: {reason}")
        row = self.pages.rows.get(key)
        if row is not None and not envelope.base_version and row["resourceType"] == "Appointment":
            self.pages.rows[key] = {**row, "status": "cancelled"}


class Desk:
    """One workstation; ``crash_at`` raises inside the named commit to try roll-back."""

    def __init__(self, name: str = "desk") -> None:
        self.name = name
        self.pages = Pages(peer=Peer("http://server", name))
        self.now = NOW

    @contextmanager
    def begin(self) -> Iterator[DeskLedger]:
        before = copy.deepcopy(self.pages)
        try:
            yield DeskLedger(self.pages)
        except BaseException:
            self.pages = before
            raise

    def save(self, body: Resource, *, operation: str = "") -> str:
        """Change one row and queue its envelope in the same transaction."""
        kind, ident = body["resourceType"], body["id"]
        operation = operation or str(uuid.uuid4())
        with self.begin() as ledger:
            ledger.pages.rows[kind, ident] = body
            base = ledger.replica.version(kind, ident)
            ledger.envelopes.put(Envelope(operation, kind, ident, body, base, self.now))
        return operation

    def book(self, ident: str, practitioner: str = "dr-1", hour: int = 9) -> str:
        return self.save(booking(ident, practitioner, hour))

    def cancel(self, ident: str) -> str:
        row = self.pages.rows["Appointment", ident]
        return self.save({**row, "status": "cancelled"})

    def sync(self, transport: Transport) -> TurnResult:
        self.now += timedelta(hours=1)
        return turn(self, transport, self.now)

    def status(self, ident: str) -> str:
        return str(self.pages.rows["Appointment", ident]["status"])

    def appointments(self) -> dict[str, Appointment]:
        found = {}
        for (kind, ident), body in self.pages.rows.items():
            try:
                found[ident] = appointment_from_fhir(body) if kind == "Appointment" else None
            except WireError:
                continue
        return {ident: kept for ident, kept in found.items() if kept is not None}


def booking(ident: str, practitioner: str = "dr-1", hour: int = 9) -> dict[str, object]:
    """Return a pending appointment of half an hour as FHIR."""
    starts = NOW.replace(hour=hour)
    return appointment_to_fhir(
        Appointment(
            id=ident,
            patient_id=f"patient-of-{ident}",
            practitioner_id=practitioner,
            starts=starts,
            ends=starts + timedelta(minutes=30),
            status=AppointmentStatus.PENDING,
            booked_by="reception",
            created_at=NOW,
            reason="follow-up visit",
        )
    )
