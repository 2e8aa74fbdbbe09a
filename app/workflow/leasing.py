"""Time leased from the central server: what is booked in it offline is booked for good (ADR 43)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.accounts.permissions import Permission
from app.records import SYSTEM
from app.storage.work import Storage, Work
from app.workflow.planned import LEASES, busy_between, lease_book, read_plan
from app.workflow.session import Session
from app.workflow.settings import has_server, read_settings
from scheduling.places import Busy, ResourceKind
from scheduling.records import Appointment
from scheduling.rules.leasing import Share, choose
from scheduling.rules.occupancy import busy_of
from scheduling.rules.spans import from_us, to_us
from sync import leasing
from sync.leasing import LeaseBook, Lessor
from sync.ports import ReplicaShelf
from sync.records import Block
from sync.wire.values import canonical


@dataclass(frozen=True, slots=True)
class LeasedTime:
    """A time in which this workstation may book for good, of a practitioner by name."""

    name: str
    starts: datetime
    ends: datetime
    practitioner_id: str = ""


@dataclass(frozen=True, slots=True)
class LeaseStatus:
    """What this workstation may book for good offline; ``fault`` says why it may not."""

    share: int
    until: datetime | None
    times: tuple[LeasedTime, ...]
    fault: str = ""


class ClinicLeases:
    """The leases in one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def replica(self) -> ReplicaShelf:
        """The state of the peer."""
        return self._work.replica

    def book(self) -> LeaseBook:
        """Return what is known of leases."""
        return lease_book(self._work)

    def keep(self, book: LeaseBook) -> None:
        """Keep what is known of leases."""
        self._work.settings.put(LEASES, canonical(book).decode())

    def wanted(self, book: LeaseBook, now: datetime) -> tuple[Block, ...]:
        """Return what the settings ask to be leased."""
        settings = read_settings(self._work)
        if not settings.offline_share:
            return ()
        until = now + timedelta(days=settings.offline_days)
        people = frozenset(settings.offline_people)
        held = [
            Busy(one.block.subject_id, to_us(one.block.starts), to_us(one.block.ends))
            for one in book.mine
        ]
        found = choose(
            read_plan(self._work, now, until),
            busy_between(self._work, now, until, now),
            held,
            self._work.visit_types.all(),
            Share(settings.offline_share, now, until, people),
        )
        return tuple(_block(self._work, row) for row in found)

    def unsent(self) -> tuple[Block, ...]:
        """Return what appointments hold whose last change waits to be sent."""
        envelopes = self._work.envelopes.waiting_of("Appointment")
        ids = dict.fromkeys(one.resource_id for one in envelopes)
        found = (self._work.appointments.get(one) for one in ids)
        return tuple(
            block for one in found if one is not None for block in _needed(self._work, one)
        )


class ClinicLeaseBooks:
    """Opens the leases, one transaction at a time."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @contextmanager
    def begin(self) -> Iterator[ClinicLeases]:
        """Commit on success, roll back on any exception."""
        with self._storage.begin(SYSTEM) as work:
            yield ClinicLeases(work)


def renew(storage: Storage, lessor: Lessor, now: datetime) -> bool:
    """Renew the leases; say whether anything new was granted, which is of use once news is read."""
    return leasing.renew(ClinicLeaseBooks(storage), lessor, now)


def note_clock(storage: Storage, now: datetime) -> None:
    """Remember how far the clock has come."""
    leasing.note_clock(ClinicLeaseBooks(storage), now)


def is_covered(work: Work, appointment: Appointment, now: datetime) -> bool:
    """Whether leases cover all that an appointment holds, so that booking it is final."""
    peer = work.replica.peer()
    if peer is None:
        return False
    blocks = leasing.usable(lease_book(work), peer.cursor, now)
    return bool(blocks) and leasing.covers(blocks, _needed(work, appointment))


def leave_alone(work: Work, before: Appointment) -> None:
    """Take the time an appointment is moved away from out of the leases.

    The server may refuse the move, and then the time is still taken there.
    """
    book = lease_book(work)
    if book.mine:
        ClinicLeases(work).keep(leasing.without(book, _needed(work, before)))


def final_until(work: Work, now: datetime) -> datetime | None:
    """Return until when this workstation may book for good, in the clinic's zone; None: not now."""
    peer = work.replica.peer()
    blocks = leasing.usable(lease_book(work), peer.cursor, now) if peer else ()
    people = {one.id for one in work.practitioners.all()} if blocks else set()
    until = max((one.ends for one in blocks if one.subject_id in people), default=None)
    return until.astimezone(ZoneInfo(read_settings(work).zone)) if until else None


def status(session: Session) -> LeaseStatus:
    """Return until when and where this workstation may book for good while it is offline."""
    session.authorize(Permission.SEE_CALENDAR)
    now = session.now()
    with session.begin() as work:
        peer, book = work.replica.peer(), lease_book(work)
        share = read_settings(work).offline_share if has_server(work) else 0
        blocks = leasing.usable(book, peer.cursor, now) if peer else ()
        names = {one.id: one.name for one in work.practitioners.all()}
    times = sorted(
        (
            LeasedTime(names[one.subject_id], one.starts, one.ends, one.subject_id)
            for one in blocks
            if one.subject_id in names
        ),
        key=lambda one: (one.starts, one.name),
    )
    until = max((one.ends for one in times), default=None)
    return LeaseStatus(share, until, tuple(times), leasing.clock_fault(book, now))


def _needed(work: Work, appointment: Appointment) -> tuple[Block, ...]:
    return tuple(_block(work, row) for row in busy_of(appointment, {}))


def _block(work: Work, row: Busy) -> Block:
    thing = work.resources.get(row.subject_id)
    kind = "Practitioner"
    if thing is not None:
        kind = "Location" if thing.kind is ResourceKind.ROOM else "Device"
    return Block(f"{kind}/{row.subject_id}", from_us(row.starts_us), from_us(row.ends_us))
