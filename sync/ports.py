"""What sending needs from others."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sync.records import Conflict, Envelope, Incoming, Peer, Receipt


class EnvelopeShelf(Protocol):
    """The durable home of envelopes; ``put`` numbers them."""

    def put(self, envelope: Envelope) -> None:
        """Keep a new envelope under the next ``seq`` (larger than every one before)."""

    def update(self, envelope: Envelope) -> None:
        """Keep the changed state, base_version, attempts, next_try_at and last_error."""

    def get(self, envelope_id: str) -> Envelope | None: ...

    def due(self, now: datetime, limit: int = 50) -> tuple[Envelope, ...]:
        """Return envelopes in state DUE whose next_try_at is None or not after now, by seq.

        Nor more than ``LONGEST_PAUSE`` after now: then the clock was set back meanwhile.

        Of each resource only the first one in state DUE: a queue behind one that backs off
        must not fill the limit and hold other resources up.
        """

    def waiting_for(self, resource_type: str, resource_id: str) -> tuple[Envelope, ...]:
        """Return every envelope of the resource in state DUE, backing off or not, by seq."""

    def first_due(self, resource_type: str) -> Envelope | None:
        """Return the first envelope in state DUE of that type by seq, backing off or not."""

    def count_due(self) -> int:
        """Return how many envelopes are in state DUE, backing off or not."""


class ReplicaShelf(Protocol):
    """The server version each resource was last seen at, and the state of the peer."""

    def version(self, resource_type: str, resource_id: str) -> str:
        """Return the version last set, or an empty text."""

    def set_version(self, resource_type: str, resource_id: str, version: str) -> None: ...
    def peer(self) -> Peer | None: ...
    def set_peer(self, peer: Peer) -> None: ...


class ConflictShelf(Protocol):
    """The durable home of conflicts."""

    def put(self, conflict: Conflict) -> None: ...
    def open(self) -> tuple[Conflict, ...]: ...
    def settle(self, conflict_id: str) -> None: ...


class Ledger(Protocol):
    """The shelves of sending inside one transaction, and what the clinic does with news.

    The engine keeps envelopes, versions, conflicts and the peer itself; the three verbs below
    only change the clinic's own records, in the same transaction. None of them writes an
    envelope for the resource it is told about.
    """

    @property
    def envelopes(self) -> EnvelopeShelf: ...
    @property
    def replica(self) -> ReplicaShelf: ...
    @property
    def conflicts(self) -> ConflictShelf: ...

    def apply(self, incoming: Incoming) -> None:
        """Take over one resource from the server (its local row, no envelope).

        The row becomes what the resource says, whatever it held; the same resource twice is the
        same as once. What cannot be kept (WireError, a type not used here) is noted and passed
        over, not raised: one odd resource must not stop all others.
        """

    def delivered(self, envelope: Envelope, receipt: Receipt) -> None:
        """The server has the resource; e.g. a pending appointment becomes booked."""

    def refused(self, envelope: Envelope, reason: str) -> None:
        """The server refused for good; e.g. the slot was taken and the loser is told.

        The engine has put the conflict; afterwards it may ``apply`` what the server holds.
        """


class Books(Protocol):
    """Opens a ledger: commit on success, roll back on any exception."""

    def begin(self) -> AbstractContextManager[Ledger]: ...


class Transport(Protocol):
    """Speaks FHIR R4 REST with one server; raises the errors of sync.errors.

    ``mark`` is the newest history mark this workstation has seen of the server, or "": the
    server refuses everything (ServerRestoredError) if it does not know that mark any more.
    """

    def push(self, envelope: Envelope, mark: str = "") -> Receipt:
        """Write the envelope's resource on top of its base version."""

    def landed(self, envelope: Envelope) -> Receipt | None:
        """Return the receipt of an earlier push of this envelope, found by its id, or None."""

    def read(self, resource_type: str, resource_id: str) -> Incoming | None:
        """Return the resource as the server holds it now, or None if it has none."""

    def pull(
        self, cursor: str, limit: int = 100, mark: str = ""
    ) -> tuple[tuple[Incoming, ...], str]:
        """Return the next versions after the cursor ("" is the beginning) and the new cursor."""
