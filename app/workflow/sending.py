"""Sending to the central server and taking over what it knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.accounts.permissions import Permission
from app.records import SYSTEM
from app.storage.work import Storage
from app.workflow import restored
from app.workflow.comparing import compare_where_asked
from app.workflow.configuring import DEVICE_KEY
from app.workflow.leasing import final_until, note_clock, renew
from app.workflow.ledger import ClinicLedger
from app.workflow.session import Session
from app.workflow.settings import ClinicSettings, read_settings
from app.workflow.timekeeping import note_server, note_turn
from sync import engine
from sync.errors import SyncError
from sync.records import Conflict, Peer
from sync.transport.client import FhirTransport
from viewer.ports import Progress


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What the status strip shows of the server.

    ``final_until``: until when offline bookings in leased time are final, in the clinic's zone.
    ``held``: a restored workstation waits to be enrolled again.
    """

    configured: bool
    last_sync_at: datetime | None
    last_error: str
    waiting: int
    final_until: datetime | None = None
    held: bool = False


class ClinicBooks:
    """Opens the ledger of the clinic, one transaction at a time."""

    def __init__(self, storage: Storage, now: datetime) -> None:
        self._storage = storage
        self._now = now
        self.changed: list[str] = []

    @contextmanager
    def begin(self) -> Iterator[ClinicLedger]:
        """Commit on success, roll back on any exception."""
        with self._storage.begin(SYSTEM) as work:
            ledger = ClinicLedger(work, self._now)
            yield ledger
        self.changed.extend(ledger.changed_appointments)


def turn(
    storage: Storage, now: datetime, progress: Progress
) -> tuple[engine.TurnResult, tuple[str, ...]] | None:
    """Give the outbox its turn; None where the clinic has no server.

    Returns the result and the ids of the appointments it changed.
    """
    with storage.begin(SYSTEM) as work:
        settings = read_settings(work)
        peer = work.replica.peer()
        key = work.settings.get(DEVICE_KEY)
    if not settings.server_url or peer is None or not key:
        return None
    if restored.holds(storage):
        return _not_begun(storage, peer, restored.WHY_HELD), ()
    books = ClinicBooks(storage, now)
    try:
        transport = _transport(settings, peer, key)
    except ValueError as error:
        return _not_begun(storage, peer, f"The server's address does not work: {error}."), ()
    note_clock(storage, now)
    note_turn(storage, now)
    with closing(transport):
        try:
            compare_where_asked(storage, transport, now)
        except SyncError as error:
            return _not_begun(storage, peer, str(error) or type(error).__name__), ()
        result = engine.turn(books, transport, now, progress)
        note_server(storage, now, transport.server_time(now))
        if not result.reason:
            result = _lease(storage, books, transport, now, result)
    return result, tuple(books.changed)


def _lease(
    storage: Storage,
    books: ClinicBooks,
    transport: FhirTransport,
    now: datetime,
    done: engine.TurnResult,
) -> engine.TurnResult:
    """Renew the leases; what was granted anew is of use once its time has been read about."""
    try:
        if not renew(storage, transport, now):
            return done
    except SyncError as error:
        return replace(done, reason=str(error) or type(error).__name__)
    more = engine.turn(books, transport, now)
    counts = {
        name: getattr(done, name) + getattr(more, name)
        for name in ("delivered", "received", "refused")
    }
    return replace(more, **counts)


def _transport(settings: ClinicSettings, peer: Peer, key: str) -> FhirTransport:
    """Return the way to the server; ValueError where the settings name none."""
    authority = Path(settings.server_ca) if settings.server_ca else None
    if authority is not None and not authority.is_file():
        raise ValueError("the file of its certificate authority is not there")
    private_key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key))
    return FhirTransport(settings.server_url, peer.device_id, private_key, ca_bundle=authority)


def _not_begun(storage: Storage, peer: Peer, reason: str) -> engine.TurnResult:
    with storage.begin(SYSTEM) as work:
        work.replica.set_peer(replace(peer, last_error=reason))
        return engine.TurnResult(0, 0, 0, work.envelopes.count_due(), reason)


def status(session: Session) -> SyncStatus:
    """Return how things stand with the server."""
    session.authorize(Permission.SEE_CALENDAR)
    with session.begin() as work:
        peer = work.replica.peer()
        return SyncStatus(
            configured=bool(read_settings(work).server_url),
            last_sync_at=peer.last_sync_at if peer else None,
            last_error=peer.last_error if peer else "",
            waiting=work.envelopes.count_due(),
            final_until=final_until(work, session.now()),
            held=restored.is_held(work),
        )


def conflicts(session: Session) -> tuple[Conflict, ...]:
    """Return what the server refused and nobody has dealt with yet."""
    session.authorize(Permission.BOOK)
    with session.begin() as work:
        return work.conflicts.open()


def settle(session: Session, conflict_id: str) -> None:
    """Say that somebody has dealt with a refusal."""
    session.authorize(Permission.BOOK)
    with session.begin() as work:
        work.conflicts.settle(conflict_id)
        work.note("conflict.settled", conflict_id)
