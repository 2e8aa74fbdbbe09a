"""After a server has lost what it had acknowledged: each workstation offers it again.

Asked for by enrolling again. The whole history is read once and compared with the versions this
workstation knew. A record the server lacks, or holds in an older version, is offered as it stands
here, marked with the version it had; the server numbers it higher than that, so that every
workstation can tell old from new. What was changed at the server in between by somebody who did
not know of it is never overwritten: that offer is made to be refused and stands among the
conflicts. Cut short anywhere, it is begun again from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from scheduling.places import Busy, fits
from scheduling.records import Appointment
from sync.errors import WireError
from sync.records import Incoming
from sync.wire.booking import appointment_from_fhir
from sync.wire.datatypes import moment, operation_of, version_before_loss
from sync.wire.reports import report_from_fhir

MARGIN = timedelta(minutes=1)
"""How far two readings of the server's clock may be apart and still mean the same."""

NOWHERE = "0"
"""A version no server gives: what is offered on it is refused and told."""

_ORDER = (
    *("Location", "Practitioner", "Device", "HealthcareService", "Schedule"),
    *("Patient", "Appointment", "DiagnosticReport"),
)


_Key = tuple[str, str]


class ComparingLedger(Protocol):
    """What this workstation knew of the server, in one transaction."""

    def known(self) -> tuple[tuple[str, str, str], ...]:
        """Return type, id and version of every resource the server was known to hold."""

    def wrote(self, operation_id: str) -> bool:
        """Whether an operation was this workstation's."""

    def busy(self, appointment: Appointment | str) -> tuple[Busy, ...]:
        """Return what an appointment holds: one given, or the one of that id as it stands here."""

    def put_on(self, kind: str, ident: str, base: str) -> None:
        """Have what waits of a resource count as made on that version."""

    def offer(self, kind: str, ident: str, base: str, known: int, edition: int) -> bool:
        """Queue a resource as it stands here, on top of that version of the server's.

        ``known`` is the version it had, ``edition`` the version of a report the server has.
        False if there is nothing here to offer.
        """


class ComparingBooks(Protocol):
    """Opens a ledger: commit on success, roll back on any exception."""

    def begin(self) -> AbstractContextManager[ComparingLedger]: ...


class History(Protocol):
    """The server's history, and how far its clock is ahead of this machine's."""

    @property
    def clock_skew(self) -> timedelta: ...
    def pull(
        self, cursor: str, limit: int = 100, mark: str = ""
    ) -> tuple[tuple[Incoming, ...], str]: ...


@dataclass(slots=True)
class _Held:
    """One resource: the version known here, and what the server's history has of it.

    ``includes`` is the highest version before the loss that somebody has offered again;
    ``operation`` and ``known_at`` are of the version that bears the number known here.
    """

    known: int
    newest: int = 0
    newest_at: datetime | None = None
    again: bool = False
    includes: int = 0
    operation: str = ""
    known_at: datetime | None = None
    edition: int = 0
    visit: Appointment | None = None

    def read(self, incoming: Incoming) -> None:
        """Take in the next version of the history."""
        version = int(incoming.version) if incoming.version.isdigit() else 0
        before = version_before_loss(incoming.body)
        self.newest, self.newest_at = version, _written_at(incoming)
        self.again, self.includes = before > 0, max(self.includes, before)
        if version == self.known:
            self.operation, self.known_at = operation_of(incoming.body), self.newest_at
        if incoming.resource_type == "DiagnosticReport":
            self.edition = _edition(incoming)
        if incoming.resource_type == "Appointment":
            self.visit = _visit(incoming)

    def base(self, until: datetime, wrote: Callable[[str], bool]) -> str | None:
        """Return the version to offer it on; None where the server has all that was known here.

        ``until``: by the server's clock, when this workstation had last read everything.
        """
        if not self.newest:
            return ""
        kept = self.known_at is not None and (self.known_at <= until or wrote(self.operation))
        if kept or self.includes >= self.known:
            return None
        older = self.again or (self.newest_at is not None and self.newest_at <= until)
        return str(self.newest) if older else NOWHERE


def compare(books: ComparingBooks, server: History, last_read: datetime, *, page: int = 100) -> int:
    """Queue what the server has lost, one transaction for each record; return how many.

    Parameters
    ----------
    last_read
        When this workstation had last read everything, by its own clock.

    Raises
    ------
    SyncError
        The server went away; what was queued so far stays queued.
    """
    with books.begin() as ledger:
        known = ledger.known()
    held = {
        (kind, ident): _Held(int(version))
        for kind, ident, version in known
        if kind in _ORDER and version.isdigit()
    }
    cursor = ""
    while True:
        news, following = server.pull(cursor, page)
        for incoming in news:
            one = held.get((incoming.resource_type, incoming.resource_id))
            if one is not None:
                one.read(incoming)
        if not news or following == cursor:
            break
        cursor = following
    return _offer(books, held, last_read + server.clock_skew + MARGIN)


def _offer(books: ComparingBooks, held: Mapping[_Key, _Held], until: datetime) -> int:
    lacking: list[_Key] = []
    here: dict[_Key, tuple[Busy, ...]] = {}
    there: dict[_Key, tuple[Busy, ...]] = {}
    with books.begin() as ledger:
        for key in sorted(held, key=lambda key: (_ORDER.index(key[0]), key[1])):
            if held[key].base(until, ledger.wrote) is None:
                if held[key].again and held[key].includes == held[key].known:
                    ledger.put_on(*key, str(held[key].newest))
                continue
            lacking.append(key)
            if key[0] == "Appointment":
                visit = held[key].visit
                here[key] = ledger.busy(key[1])
                there[key] = ledger.busy(visit) if visit is not None else ()
    offered = 0
    for key in _freed_first(lacking, there, here):
        one = held[key]
        with books.begin() as ledger:
            base = one.base(until, ledger.wrote)
            if base is not None:
                offered += ledger.offer(*key, base, one.known, one.edition)
    return offered


def _freed_first(
    keys: Sequence[_Key],
    there: Mapping[_Key, tuple[Busy, ...]],
    here: Mapping[_Key, tuple[Busy, ...]],
) -> list[_Key]:
    """Order the offers: whatever leaves a time at the server before what takes that time."""
    rest, ordered = list(keys), []
    while rest:
        leaving = [busy for key in rest for busy in there.get(key, ())]
        free = [key for key in rest if all(fits(one, leaving) for one in here.get(key, ()))]
        following = free or rest[:1]
        ordered += following
        rest = [key for key in rest if key not in set(following)]
    return ordered


def _visit(incoming: Incoming) -> Appointment | None:
    try:
        return appointment_from_fhir(incoming.body)
    except WireError:
        return None


def _written_at(incoming: Incoming) -> datetime | None:
    meta = incoming.body.get("meta") or {}
    try:
        return moment(meta.get("lastUpdated"), "lastUpdated").astimezone(UTC)
    except WireError:
        return None


def _edition(incoming: Incoming) -> int:
    try:
        return report_from_fhir(incoming.body).version
    except WireError:
        return 0
