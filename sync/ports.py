"""What sending needs from others."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sync.records import Conflict, Envelope, Incoming, Peer, Receipt


class EnvelopeShelf(Protocol):
    """The durable home of envelopes; ``put`` numbers them."""

    def put(self, envelope: Envelope) -> None: ...
    def update(self, envelope: Envelope) -> None: ...
    def get(self, envelope_id: str) -> Envelope | None: ...
    def due(self, now: datetime, limit: int = 50) -> tuple[Envelope, ...]: ...
    def waiting_for(self, resource_type: str, resource_id: str) -> tuple[Envelope, ...]: ...
    def count_due(self) -> int: ...


class ReplicaShelf(Protocol):
    """The server version each resource was last seen at, and the state of the peer."""

    def version(self, resource_type: str, resource_id: str) -> str: ...
    def set_version(self, resource_type: str, resource_id: str, version: str) -> None: ...
    def peer(self) -> Peer | None: ...
    def set_peer(self, peer: Peer) -> None: ...


class ConflictShelf(Protocol):
    """The durable home of conflicts."""

    def put(self, conflict: Conflict) -> None: ...
    def open(self) -> tuple[Conflict, ...]: ...


class Ledger(Protocol):
    """The shelves of sending inside one transaction, and what the clinic does with news."""

    envelopes: EnvelopeShelf
    replica: ReplicaShelf
    conflicts: ConflictShelf

    def apply(self, incoming: Incoming) -> None:
        """Take over one resource from the server (its local row, no envelope)."""

    def delivered(self, envelope: Envelope, receipt: Receipt) -> None:
        """The server has the resource; e.g. a pending appointment becomes booked."""

    def refused(self, envelope: Envelope, reason: str) -> None:
        """The server refused for good; e.g. the slot was taken and the loser is told."""


class Books(Protocol):
    """Opens a ledger: commit on success, roll back on any exception."""

    def begin(self) -> AbstractContextManager[Ledger]: ...


class Transport(Protocol):
    """Speaks FHIR R4 REST with one server; raises the errors of sync.errors."""

    def push(self, envelope: Envelope) -> Receipt: ...
    def landed(self, envelope: Envelope) -> Receipt | None: ...
    def pull(self, cursor: str, limit: int = 100) -> tuple[tuple[Incoming, ...], str]: ...
