"""One turn of sending: due, send, receive, receipt, back-off, conflict.

The engine talks to a transport and to books that open ledgers; it holds no state of its own, so
a turn may be cut short at any statement and the next one goes on. It relies on two promises:
an envelope is written in the transaction of the act it tells of, and everything a ledger does
commits together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.errors import (
    NotAdmittedError,
    PeerAwayError,
    RefusedError,
    ServerRestoredError,
    SyncError,
)
from sync.ports import Books, Ledger, Transport
from sync.records import LONGEST_PAUSE, Conflict, Envelope, EnvelopeState, Incoming, Peer, Receipt

Progress = Callable[[float, str], None]

_FIRST_WAIT_S = 5.0
_LONGEST_WAIT_S = 900.0
_PATIENCE = 10
_DEPENDENT = "the record this change was made on was refused"


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What one turn did; ``reason`` says in words why it ended early, or is empty.

    ``delivered`` and ``refused`` count envelopes, ``received`` counts resources taken over,
    ``waiting`` counts envelopes still due.
    """

    delivered: int
    received: int
    refused: int
    waiting: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far the server's history has been read, and the newest mark of it ever seen.

    Kept as one text in ``Peer.cursor``: ``<read> <seen>``. Marks are ``<seq>.<nonce>``.
    """

    read: str = ""
    seen: str = ""

    @classmethod
    def parse(cls, text: str) -> Bookmark:
        read, _, seen = text.partition(" ")
        return cls(read, seen)

    def __str__(self) -> str:
        return f"{self.read} {self.seen}".rstrip() if self.read else f" {self.seen}".rstrip()

    def saw(self, mark: str) -> Bookmark:
        """Return the bookmark after seeing a mark of the history."""
        return replace(self, seen=mark) if position(mark) > position(self.seen) else self


def turn(
    books: Books,
    transport: Transport,
    now: datetime,
    progress: Progress = lambda _fraction, _text: None,
    *,
    page: int = 100,
) -> TurnResult:
    """Send what is due, then read what is new, and return what happened.

    Errors of sending (sync.errors) end the turn and are told in the result and in the peer's
    ``last_error``; nothing is lost. Other exceptions are faults and pass through.

    Parameters
    ----------
    now
        Aware UTC; only for back-off and book-keeping, never to order changes.
    page
        How many resource versions are read per transaction.
    """
    run = _Turn(books, transport, now, progress)
    try:
        run.send()
        run.receive(page)
    except SyncError as error:
        return run.ended(str(error) or type(error).__name__)
    return run.ended("")


def wait_s(envelope_id: str, attempts: int, retry_after_s: float | None = None) -> float:
    """Return how long to wait after that many failed attempts, in seconds.

    Doubles from 5 s to 15 min; up to a quarter is added by the envelope's id, so that many
    envelopes do not come back at once yet a test can tell when. Never shorter than the server
    asked for, nor longer than an hour.
    """
    base: float = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** max(0, min(attempts, 20) - 1))
    spread = hashlib.sha256(envelope_id.encode()).digest()[0] / 255 / 4
    return max(base * (1 + spread), min(retry_after_s or 0.0, LONGEST_PAUSE.total_seconds()))


class _Turn:
    """The counters and the parties of one turn."""

    def __init__(
        self, books: Books, transport: Transport, now: datetime, progress: Progress
    ) -> None:
        self._books = books
        self._transport = transport
        self._now = now
        self._progress = progress
        self._delivered = self._received = self._refused = 0

    def send(self) -> None:
        """Send every due envelope that is the first of its resource, bookings in their order."""
        tried: set[str] = set()
        while True:
            with self._books.begin() as ledger:
                batch = [e for e in ledger.envelopes.due(self._now) if e.id not in tried]
                waiting = ledger.envelopes.count_due()
            before = len(tried)
            for envelope in batch:
                done = self._delivered + self._refused
                self._progress(0.5 * done / max(1, done + waiting), "Sending")
                if self._send_one(envelope.id):
                    tried.add(envelope.id)
            if len(tried) == before:
                return

    def _send_one(self, envelope_id: str) -> bool:
        """Send it; False if it is to be asked about again once what is before it has gone."""
        with self._books.begin() as ledger:
            envelope = ledger.envelopes.get(envelope_id)
            if envelope is None or envelope.state is not EnvelopeState.DUE:
                return True
            queue = ledger.envelopes.waiting_for(envelope.resource_type, envelope.resource_id)
            if queue and queue[0].id != envelope.id:
                return True
            earlier = _waits_for(ledger, envelope)
            if earlier is not None:
                return earlier.next_try_at is not None and earlier.next_try_at > self._now
            mark = _bookmark(ledger).seen
            again = envelope.attempts > 0
            envelope = replace(envelope, attempts=envelope.attempts + 1)
            ledger.envelopes.update(envelope)
        try:
            self._settle(envelope, mark, again=again)
        except SyncError as error:
            self._put_back(envelope, error)
            raise
        return True

    def _settle(self, envelope: Envelope, mark: str, *, again: bool) -> None:
        """Bring the envelope to its end: delivered, or refused for good."""
        receipt = self._transport.landed(envelope) if again else None
        if receipt is None:
            try:
                receipt = self._transport.push(envelope, mark)
            except RefusedError as refusal:
                receipt = self._transport.landed(envelope)
                if receipt is None:
                    self._refuse(envelope, str(refusal))
                    return
        self._deliver(envelope, receipt)

    def _deliver(self, envelope: Envelope, receipt: Receipt) -> None:
        current = None if receipt.exact else self._read(envelope)
        with self._books.begin() as ledger:
            ledger.envelopes.update(
                replace(envelope, state=EnvelopeState.DELIVERED, next_try_at=None, last_error="")
            )
            kind, ident = envelope.resource_type, envelope.resource_id
            ledger.replica.set_version(kind, ident, receipt.version)
            for later in ledger.envelopes.waiting_for(kind, ident):
                ledger.envelopes.update(replace(later, base_version=receipt.version))
            _remember(ledger, receipt.mark)
            ledger.delivered(envelope, receipt)
            self._take_over(ledger, current, at_any_version=True)
        self._delivered += 1

    def _refuse(self, envelope: Envelope, reason: str) -> None:
        current = self._read(envelope)
        with self._books.begin() as ledger:
            refused = [envelope]
            if not envelope.base_version:
                kind, ident = envelope.resource_type, envelope.resource_id
                refused += [e for e in ledger.envelopes.waiting_for(kind, ident) if e != envelope]
            for entry in refused:
                words = reason if entry.id == envelope.id else _DEPENDENT
                ledger.envelopes.update(
                    replace(entry, state=EnvelopeState.REJECTED, next_try_at=None, last_error=words)
                )
                ledger.conflicts.put(_conflict(entry, words, self._now))
                ledger.refused(entry, words)
            self._take_over(ledger, current, at_any_version=True)
        self._refused += len(refused)

    def _read(self, envelope: Envelope) -> Incoming | None:
        return self._transport.read(envelope.resource_type, envelope.resource_id)

    def _put_back(self, envelope: Envelope, error: SyncError) -> None:
        """Keep the envelope for later; one the server never looked at waits no longer for it."""
        if isinstance(error, NotAdmittedError | ServerRestoredError):
            envelope = replace(envelope, attempts=envelope.attempts - 1)
        else:
            asked = error.retry_after_s if isinstance(error, PeerAwayError) else None
            pause = wait_s(envelope.id, envelope.attempts, asked)
            envelope = replace(envelope, next_try_at=self._now + timedelta(seconds=pause))
        with self._books.begin() as ledger:
            ledger.envelopes.update(replace(envelope, last_error=str(error)))

    def receive(self, page: int) -> None:
        """Read the history to its end; a page and its cursor commit together."""
        while True:
            with self._books.begin() as ledger:
                bookmark = _bookmark(ledger)
            news, cursor = self._transport.pull(bookmark.read, page, bookmark.seen)
            with self._books.begin() as ledger:
                for incoming in news:
                    self._take_over(ledger, incoming)
                _set_bookmark(ledger, replace(_bookmark(ledger), read=cursor).saw(cursor))
            self._progress(0.75, "Receiving")
            if not news or cursor == bookmark.read:
                return

    def _take_over(
        self, ledger: Ledger, incoming: Incoming | None, *, at_any_version: bool = False
    ) -> None:
        """Apply a resource, unless it is known already or a waiting envelope owns it.

        After a refusal the local row holds the refused change, so the server's is applied even
        at a version known before.
        """
        if incoming is None:
            return
        kind, ident = incoming.resource_type, incoming.resource_id
        if ledger.envelopes.waiting_for(kind, ident):
            return
        known = _known(ledger.replica.version(kind, ident), incoming.version)
        if known and not at_any_version:
            return
        ledger.apply(incoming)
        ledger.replica.set_version(kind, ident, incoming.version)
        self._received += 1

    def ended(self, reason: str) -> TurnResult:
        with self._books.begin() as ledger:
            waiting = ledger.envelopes.count_due()
            peer = _peer(ledger)
            seen = peer.last_sync_at if reason else self._now
            ledger.replica.set_peer(replace(peer, last_sync_at=seen, last_error=reason))
        self._progress(1.0, reason or "Up to date")
        return TurnResult(self._delivered, self._received, self._refused, waiting, reason)


def _conflict(envelope: Envelope, reason: str, now: datetime) -> Conflict:
    return Conflict(
        id=f"conflict-{envelope.id}",
        envelope_id=envelope.id,
        resource_type=envelope.resource_type,
        resource_id=envelope.resource_id,
        reason=reason,
        at=now,
    )


def _waits_for(ledger: Ledger, envelope: Envelope) -> Envelope | None:
    """Return the earlier change of another appointment that a new booking waits for, or None.

    That change may free the very time. One that fails again and again holds nobody up.
    """
    if envelope.resource_type != "Appointment" or envelope.base_version:
        return None
    first = ledger.envelopes.first_due("Appointment")
    waits = first is not None and first.seq < envelope.seq and first.attempts < _PATIENCE
    return first if waits else None


def _peer(ledger: Ledger) -> Peer:
    return ledger.replica.peer() or Peer(url="", device_id="")


def _bookmark(ledger: Ledger) -> Bookmark:
    return Bookmark.parse(_peer(ledger).cursor)


def _set_bookmark(ledger: Ledger, bookmark: Bookmark) -> None:
    ledger.replica.set_peer(replace(_peer(ledger), cursor=str(bookmark)))


def _remember(ledger: Ledger, mark: str) -> None:
    if mark:
        _set_bookmark(ledger, _bookmark(ledger).saw(mark))


def position(mark: str) -> int:
    """Return where in the history a mark stands; -1 for none."""
    head = mark.partition(".")[0]
    return int(head) if head.isdigit() else -1


def _known(known: str, incoming: str) -> bool:
    """Whether the replica has that version or a newer one; versions of our server are numbers."""
    if known.isdigit() and incoming.isdigit():
        return int(incoming) <= int(known)
    return known == incoming and known != ""
