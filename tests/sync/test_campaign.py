"""A random campaign: three workstations, one server, faults everywhere; and its seeded faults.

The server's store is the real one in process; requests and answers are lost, doubled and
delayed. After every healing all promises of sending must hold. Each mutant breaks one guard and
has to be seen.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from sync.engine import turn
from sync.errors import PeerAwayError, RefusedError
from sync.records import Envelope, EnvelopeState, Incoming, Receipt
from sync.server.database import Database, open_database
from sync.server.database import clinic as clinics
from sync.server.outcomes import OutcomeError
from sync.server.store import Change, Store, Stored, Writer
from sync.wire.datatypes import operation_of, tagged
from tests.sync.conftest import KEY
from tests.sync.desk import NOW, Desk, booking

STEPS = 60
SEEDS = range(6)


class Wire:
    """The transport of one workstation; draws its faults from the campaign's dice."""

    def __init__(self, store: Store, clinic: str, dice: random.Random) -> None:
        self.store, self.clinic, self.dice = store, clinic, dice
        self.calm = False
        self.late: list[tuple[Change, str]] = []

    def push(self, envelope: Envelope, mark: str = "") -> Receipt:
        body = tagged(envelope.body, envelope.id)
        base = envelope.base_version or None
        change = Change(envelope.resource_type, envelope.resource_id, body, base)
        self._lose(0.2)
        if not self.calm and self.dice.random() < 0.3:
            self.late.append((change, mark))
        written = self._put(change, mark)
        self._lose(0.3)
        stored = written.stored
        return Receipt(envelope.id, str(stored.version), NOW, stored.mark, written.exact)

    def landed(self, envelope: Envelope) -> Receipt | None:
        self._lose(0.1)
        for stored in self._versions(envelope.resource_type, envelope.resource_id):
            if operation_of(stored.body) == envelope.id:
                return Receipt(envelope.id, str(stored.version), NOW, exact=False)
        return None

    def read(self, resource_type: str, resource_id: str) -> Incoming | None:
        self._lose(0.1)
        versions = self._versions(resource_type, resource_id)
        return _incoming(versions[0]) if versions else None

    def pull(
        self, cursor: str, limit: int = 100, mark: str = ""
    ) -> tuple[tuple[Incoming, ...], str]:
        self._lose(0.1)
        page = self.store.since(self.clinic, cursor, mark, count=3)
        last = page.entries[-1].mark if page.entries else cursor
        return tuple(_incoming(stored) for stored in page.entries), last

    def deliver_late(self) -> None:
        """A doubled request arrives long after its answer; nobody waits for this one."""
        for change, mark in self.late:
            try:
                self._put(change, mark)
            except RefusedError:
                continue
        self.late.clear()

    def _put(self, change: Change, mark: str):
        try:
            return self.store.put(self.clinic, "device", (change,), mark)[0]
        except OutcomeError as error:
            raise RefusedError(str(error), error.status) from None

    def _versions(self, kind: str, ident: str) -> tuple[Stored, ...]:
        try:
            return self.store.versions(self.clinic, kind, ident)
        except OutcomeError:
            return ()

    def _lose(self, share: float) -> None:
        if not self.calm and self.dice.random() < share:
            raise PeerAwayError("lost on the way")


def _incoming(stored: Stored) -> Incoming:
    return Incoming(stored.type, stored.id, str(stored.version), stored.body)


class CrashError(RuntimeError):
    """The process died here."""


class Campaign:
    """Three desks, what each of them did, and the promises."""

    def __init__(self, database: Database, seed: int, desk: Callable[[str], Desk] = Desk) -> None:
        self.dice = random.Random(seed)
        self.clinic = f"clinic-{seed}"
        with database.write() as connection:
            connection.execute(clinics.insert().values(id=self.clinic, name=self.clinic, seq=0))
        self.store = Store(database, lambda: NOW)
        self.desks = [desk(f"desk-{number}") for number in range(3)]
        self.wires = [Wire(self.store, self.clinic, self.dice) for _ in self.desks]
        self.count = 0

    def run(self, steps: int) -> None:
        acts = (self.book, self.cancel, self.reword, self.sync, self.sync, self.late)
        for _ in range(steps):
            self.dice.choice(acts)()
            self.check_no_double_booking()
        self.heal()
        self.check_promises()

    def book(self) -> None:
        self.count += 1
        ident, hour = f"a{self.count}", self.dice.randrange(9, 14)
        self._act(lambda desk: desk.save(booking(ident, hour=hour)))

    def cancel(self) -> None:
        self._act(lambda desk: desk.cancel(self._any(desk)))

    def reword(self) -> None:
        words = f"words {self.dice.random()}"
        self._act(lambda desk: desk.save({**self._row(desk), "description": words}))

    def sync(self) -> None:
        number = self.dice.randrange(3)
        desk = self.desks[number]
        desk.now += timedelta(hours=1)
        turn(desk, self.wires[number], desk.now, page=3)

    def late(self) -> None:
        self.dice.choice(self.wires).deliver_late()

    def heal(self) -> None:
        for wire in self.wires:
            wire.deliver_late()
            wire.calm = True
        for _ in range(3):
            for desk, wire in zip(self.desks, self.wires, strict=True):
                desk.now += timedelta(hours=1)
                assert turn(desk, wire, desk.now, page=3).reason == ""

    def check_no_double_booking(self) -> None:
        busy = [
            stored.body["start"]
            for stored in self.store.search(self.clinic, "Appointment", count=1000).entries
            if stored.body["status"] == "booked"
        ]
        assert len(busy) == len(set(busy)), "two bookings of one slot"

    def check_promises(self) -> None:
        server = {
            stored.id: stored.body
            for stored in self.store.search(self.clinic, "Appointment", count=1000).entries
        }
        history = self.store.since(self.clinic, "", count=1000).entries
        operations = [operation_of(stored.body) for stored in history]
        assert len(operations) == len(set(operations)), "an operation made two versions"
        sent = {key: e for desk in self.desks for key, e in desk.pages.envelopes.items()}
        for stored in history:
            base = sent[operation_of(stored.body)].base_version or "0"
            absorbed = stored.body["status"] == "cancelled"
            assert absorbed or int(base) == stored.version - 1, "an update was lost"
        for desk in self.desks:
            local = {ident: body for (_, ident), body in desk.pages.rows.items()}
            told = {conflict.envelope_id for conflict in desk.pages.conflicts}
            queued = {envelope.resource_id for envelope in desk.pages.envelopes.values()}
            assert set(local) <= set(server) | queued, "a record nobody will ever send"
            for ident, body in server.items():
                assert local[ident]["status"] == body["status"], "not converged"
                assert local[ident].get("description") == body.get("description")
            for envelope in desk.pages.envelopes.values():
                assert envelope.state is not EnvelopeState.DUE, "left waiting"
                rejected = envelope.state is EnvelopeState.REJECTED
                assert rejected == (envelope.id in told), "refused and not told"
                assert not (rejected and envelope.id in operations), "told refused, yet present"

    def _act(self, act: Callable[[Desk], object]) -> None:
        desk = self.dice.choice(self.desks)
        if desk.pages.rows or self.count:
            try:
                act(desk)
            except (CrashError, LookupError):
                return

    def _any(self, desk: Desk) -> str:
        return str(self._row(desk)["id"])

    def _row(self, desk: Desk):
        rows = [row for row in desk.pages.rows.values() if row["status"] != "cancelled"]
        if not rows:
            raise LookupError("no appointment yet")
        return self.dice.choice(sorted(rows, key=lambda row: str(row["id"])))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("campaign")
    opened = open_database(f"sqlite:///{folder / 'campaign.db'}", KEY)
    yield opened
    opened.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_promises_hold_whatever_is_lost_doubled_or_late(database: Database, seed: int) -> None:
    Campaign(database, seed).run(STEPS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_promises_hold_in_a_long_campaign(database: Database, seed: int) -> None:
    Campaign(database, seed).run(150)


class TwoTransactions(Desk):
    """A workstation that queues the envelope after the act, and dies in between now and then."""

    def save(self, body, *, operation: str = "") -> str:
        with self.begin() as ledger:
            ledger.pages.rows[body["resourceType"], body["id"]] = body
        if hash_of(str(body)) % 4 == 0:
            raise CrashError
        return super().save(body, operation=operation)


def hash_of(text: str) -> int:
    return sum(text.encode())


def no_if_match(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Writer, "on_current", lambda _self, _change, _current: True)


def no_replay_detection(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Writer, "landed", lambda _self, _change, _operation: None)
    patch.setattr(Writer, "_note", lambda _self, _change, _operation, _seq: None)
    patch.setattr(Wire, "landed", lambda _self, _envelope: None)


def no_memory_of_refusals(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "_remember_refusal", lambda _self, _clinic, _changes: None)


def no_occupancy(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Writer, "_occupy", lambda _self, _ident, body: body)


@contextmanager
def _caught() -> Iterator[None]:
    with pytest.raises((AssertionError, KeyError)):
        yield


@pytest.mark.parametrize(
    "mutate", [no_if_match, no_replay_detection, no_memory_of_refusals, no_occupancy]
)
def test_campaign_sees_a_broken_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutate: Callable[[pytest.MonkeyPatch], None]
) -> None:
    mutate(monkeypatch)
    with _caught():
        _all_seeds(tmp_path, Desk)


def test_campaign_sees_an_envelope_outside_the_acts_transaction(tmp_path: Path) -> None:
    with _caught():
        _all_seeds(tmp_path, TwoTransactions)


def _all_seeds(folder: Path, desk: Callable[[str], Desk]) -> None:
    opened = open_database(f"sqlite:///{folder / 'mutant.db'}", KEY)
    try:
        for seed in range(20):
            Campaign(opened, seed, desk).run(STEPS)
    finally:
        opened.close()
