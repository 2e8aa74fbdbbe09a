"""A random campaign of leases: what a desk booked for good in leased time is never lost.

Three desks that go on and off line, die and start again, two of them with clocks that are wrong at
times; the real store and lease office in process; requests and answers lost and doubled. A desk
books for good only where `sync.leasing` says so. Each broken variant has to be seen.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from scheduling.records import OCCUPYING, Appointment, AppointmentStatus
from scheduling.rules.occupancy import busy_of
from scheduling.rules.spans import from_us
from sync import engine, leasing
from sync.engine import turn
from sync.errors import RefusedError, SyncError
from sync.leasing import LeaseBook, covers, note_clock, renew, usable
from sync.records import Block, EnvelopeState, Leases
from sync.server import database as tables
from sync.server import store as store_module
from sync.server.database import Database, open_database
from sync.server.leasing import LeaseOffice
from sync.server.outcomes import OutcomeError
from sync.server.store import Change, Store
from sync.server.tokens import Caller
from sync.wire.booking import appointment_to_fhir
from tests.sync.conftest import KEY
from tests.sync.desk import NOW, Desk, DeskLedger
from tests.sync.test_campaign import Wire

STEPS = 80
SEEDS = range(4)
HOUR = timedelta(hours=1)
NO_PAUSE = timedelta()
PEOPLE = ("dr-1", "dr-1", "dr-2")
SCANNER = "mr"


class LeaseDeskLedger(DeskLedger):
    """The desk's transaction, its leases in it."""

    def __init__(self, desk: LeaseDesk) -> None:
        super().__init__(desk.pages)
        self._desk = desk

    def book(self) -> LeaseBook:
        return self._desk.leased

    def keep(self, book: LeaseBook) -> None:
        self._desk.leased = book

    def wanted(self, book: LeaseBook, now: datetime) -> tuple[Block, ...]:
        return self._desk.wishes

    def unsent(self) -> tuple[Block, ...]:
        waiting = [e for e in self._desk.pages.envelopes.values() if e.state is EnvelopeState.DUE]
        found = self._desk.appointments()
        return tuple(
            block for e in waiting if e.resource_id in found
            for block in needed(found[e.resource_id])
        )  # fmt: skip


class LeaseDesk(Desk):
    """A workstation that keeps leases; they survive a crash as they were last committed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.leased = LeaseBook()
        self.wishes: tuple[Block, ...] = ()
        self.final: set[str] = set()

    @contextmanager
    def begin(self) -> Iterator[LeaseDeskLedger]:
        before, leased, final = self.leased, self.leased, set(self.final)
        try:
            with super().begin():
                yield LeaseDeskLedger(self)
        except BaseException:
            self.leased, self.final = leased, final
            raise
        del before

    def make(self, visit: Appointment) -> None:
        """Book as `app.workflow.making` does: for good where leases cover it."""
        with self.begin() as ledger:
            if clash(visit, self.appointments().values()):
                return
            peer = ledger.replica.peer()
            blocks = usable(self.leased, peer.cursor if peer else "", self.now)
            if blocks and covers(blocks, needed(visit)):
                visit = replace(visit, status=AppointmentStatus.BOOKED)
                self.final.add(visit.id)
        self.save(appointment_to_fhir(visit))

    def move(self, visit: Appointment, starts: datetime) -> None:
        moved = replace(
            visit,
            starts=starts,
            ends=starts + HOUR / 2,
            sequence=visit.sequence + 1,
            status=AppointmentStatus.PENDING,
        )
        if clash(moved, self.appointments().values()):
            return
        with self.begin() as ledger:
            ledger.keep(leasing.without(self.leased, needed(visit)))
        self.final.discard(visit.id)
        self.save(appointment_to_fhir(moved))


def needed(visit: Appointment) -> tuple[Block, ...]:
    kinds = {SCANNER: "Device"}
    return tuple(
        Block(
            f"{kinds.get(row.subject_id, 'Practitioner')}/{row.subject_id}",
            from_us(row.starts_us),
            from_us(row.ends_us),
        )
        for row in busy_of(visit, {})
    )


def clash(visit: Appointment, others: Any) -> bool:
    mine = needed(visit)
    return any(
        a.meets(b)
        for one in others
        if one.id != visit.id and one.status in OCCUPYING
        for a in mine
        for b in needed(one)
    )


class LeaseWire(Wire):
    """The campaign's wire with leases; every request bears its device."""

    def __init__(self, store: Store, office: LeaseOffice, caller: Caller, dice: random.Random):
        super().__init__(store, caller.clinic, dice)
        self.office, self.caller = office, caller
        self.online = True

    def lease(self, blocks: tuple[Block, ...], mark: str = "") -> Leases:
        self._lose(0.2)
        answer = self.office.exchange(self.caller, blocks, mark)
        self._lose(0.3)
        return answer

    def _put(self, change: Change, mark: str):
        try:
            return self.store.put(self.clinic, self.caller.device, (change,), mark)[0]
        except OutcomeError as error:
            raise RefusedError(str(error), error.status) from None

    def _lose(self, share: float) -> None:
        super()._lose(share * 0.3 if self.online else 1.0)


class Campaign:
    """The desks, the server, its clock, and what must hold."""

    def __init__(self, database: Database, seed: int) -> None:
        self.dice = random.Random(seed)
        self.time = NOW
        self.clinic = f"leases-{seed}"
        names = [f"{self.clinic}-{number}" for number in range(3)]
        with database.write() as connection:
            connection.execute(
                tables.clinic.insert().values(id=self.clinic, name=self.clinic, seq=0)
            )
            for name in names:
                connection.execute(
                    tables.device.insert().values(
                        id=name, clinic=self.clinic, public_key="", enrolled_s=0, active=True
                    )
                )
        self.store = Store(database, lambda: self.time)
        self.office = LeaseOffice(database, lambda: self.time)
        self.database = database
        self.desks = [LeaseDesk(name) for name in names]
        self.wires = [
            LeaseWire(self.store, self.office, Caller(name, self.clinic), self.dice)
            for name in names
        ]
        self.skew = [timedelta() for _ in names]
        self.ended: set[str] = set()
        self.count = 0
        self.promised = 0

    def run(self, steps: int) -> None:
        acts = (self.book,) * 7 + (self.sync,) * 6 + (self.line, self.line, self.later)
        acts += (
            self.cancel,
            self.cancel,
            self.move,
            self.move,
            self.reword,
            self.reword,
            self.wish,
            self.clock,
            self.late,
            self.overbook,
        )
        acts += (self.restart,)
        for number in range(3):
            self.wish(number)
        for _ in range(steps):
            self.dice.choice(acts)()
            self._tell_time()
            self.check()
        self.heal()

    def _tell_time(self) -> None:
        for desk, skew in zip(self.desks, self.skew, strict=True):
            desk.now = self.time + skew

    def _desk(self) -> int:
        return self.dice.randrange(3)

    def _visit(self, exception: str = "") -> Appointment:
        self.count += 1
        starts = self.time.replace(minute=0) + HOUR * self.dice.randrange(1, 6)
        starts += timedelta(minutes=self.dice.choice([0, 30]))
        return Appointment(
            id=f"{self.clinic}-a{self.count}",
            patient_id=f"p{self.count}",
            practitioner_id=self.dice.choice(PEOPLE),
            starts=starts,
            ends=starts + HOUR / 2,
            status=AppointmentStatus.PENDING,
            booked_by="desk",
            created_at=NOW,
            resource_ids=(SCANNER,) if self.dice.random() < 0.3 else (),
            exception=exception,
        )

    def book(self) -> None:
        desk = self.desks[self._desk()]
        before, visit = len(desk.final), self._visit()
        blocks = [one.block for one in desk.leased.mine if one.block.ends > self.time + HOUR]
        if blocks and self.dice.random() < 0.7:
            block = self.dice.choice(blocks)
            cells = range(max(1, int((block.ends - block.starts) / HOUR * 2)))
            starts = block.starts + HOUR / 2 * self.dice.choice(cells)
            visit = replace(visit, starts=starts, ends=starts + HOUR / 2)
            if block.subject.startswith("Practitioner"):
                visit = replace(visit, practitioner_id=block.subject_id)
        desk.make(visit)
        self.promised += len(desk.final) - before

    def overbook(self) -> None:
        self.desks[self._desk()].save(appointment_to_fhir(self._visit("a walk-in")))

    def reword(self) -> None:
        desk = self.desks[self._desk()]
        if found := self._standing(desk):
            row = desk.pages.rows["Appointment", self.dice.choice(found).id]
            desk.save({**row, "description": f"words {self.count}"})

    def _standing(self, desk: LeaseDesk) -> list[Appointment]:
        found = [one for one in desk.appointments().values() if one.status in OCCUPYING]
        return sorted(
            (one for one in found if one.starts > desk.now and not one.exception),
            key=lambda one: one.id,
        )

    def cancel(self) -> None:
        desk = self.desks[self._desk()]
        if found := self._standing(desk):
            visit = self.dice.choice(found)
            desk.final.discard(visit.id)
            desk.save(
                appointment_to_fhir(
                    replace(visit, status=AppointmentStatus.CANCELLED, sequence=visit.sequence + 1)
                )
            )

            if self.dice.random() < 0.7:
                again = replace(visit, id=self._visit().id, status=AppointmentStatus.PENDING)
                desk.make(again)

    def move(self) -> None:
        desk = self.desks[self._desk()]
        if found := self._standing(desk):
            desk.move(self.dice.choice(found), self._visit().starts)

    def wish(self, number: int = -1) -> None:
        """An administrator changes what a workstation keeps."""
        desk = self.desks[self._desk() if number < 0 else number]
        if number < 0 and self.dice.random() < 0.2:
            desk.wishes = ()
            return
        starts = self.time.replace(minute=0) + HOUR * self.dice.randrange(0, 4)
        ends = starts + HOUR * self.dice.randrange(2, 8)
        who = self.dice.choice(PEOPLE)
        desk.wishes = (
            Block(f"Practitioner/{who}", starts, ends),
            Block(f"Device/{SCANNER}", starts, ends),
        )

    def line(self) -> None:
        wire = self.wires[self._desk()]
        wire.online = not wire.online

    def later(self) -> None:
        self.time += timedelta(minutes=self.dice.choice([5, 20, 90]))

    def clock(self) -> None:
        """Somebody sets a clock wrong, or right again."""
        self.skew[self._desk()] = HOUR * self.dice.choice([0, 0, 0, 2, -2, -26, 26])

    def restart(self) -> None:
        """The process dies between asking for leases and keeping the answer."""
        number = self._desk()
        desk, wire = self.desks[number], self.wires[number]

        class Dying:
            def lease(self, blocks: tuple[Block, ...], mark: str = "") -> Leases:
                wire.lease(blocks, mark)
                raise KeyboardInterrupt

        try:
            renew(desk, Dying(), desk.now, NO_PAUSE)
        except (KeyboardInterrupt, SyncError):
            return

    def late(self) -> None:
        self.dice.choice(self.wires).deliver_late()

    def sync(self) -> None:
        self._exchange(self._desk())

    def _exchange(self, number: int) -> None:
        desk, wire = self.desks[number], self.wires[number]
        note_clock(desk, desk.now)
        if turn(desk, wire, desk.now, page=3).reason:
            return
        other = self._desk()
        if not wire.calm and self.dice.random() < 0.4:
            turn(self.desks[other], self.wires[other], self.desks[other].now, page=3)
        try:
            if renew(desk, wire, desk.now, NO_PAUSE) and (wire.calm or self.dice.random() < 0.6):
                turn(desk, wire, desk.now, page=3)
        except SyncError:
            return

    def heal(self) -> None:
        for number, wire in enumerate(self.wires):
            wire.online = True
            wire.deliver_late()
            wire.calm = True
            self.skew[number] = timedelta()
        for _ in range(4):
            for number in range(3):
                self.time += HOUR
                self._tell_time()
                self._exchange(number)
        self.check()
        for desk in self.desks:
            assert all(e.state is not EnvelopeState.DUE for e in desk.pages.envelopes.values())

    def check(self) -> None:
        with self.database.read() as connection:
            query = sa.select(tables.holding).where(tables.holding.c.clinic == self.clinic)
            rows = [row for row in connection.execute(query) if not row.overbooked]
        for number, one in enumerate(rows):
            for other in rows[number + 1 :]:
                apart = one.subject != other.subject
                apart = apart or one.ends_us <= other.starts_us or other.ends_us <= one.starts_us
                assert apart, "two visits hold one subject"
        for desk in self.desks:
            refused = {
                e.resource_id
                for e in desk.pages.envelopes.values()
                if e.state is EnvelopeState.REJECTED and not e.base_version
            }
            assert not refused & desk.final, "a booking that was promised was refused"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    if request.param == "postgres":
        opened = open_database(request.getfixturevalue("postgres_url"), KEY)
    else:
        opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('l') / 'leases.db'}", KEY)
    yield opened
    opened.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_promised_in_leased_time_is_kept(database: Database, seed: int) -> None:
    Campaign(database, seed).run(STEPS)


def test_the_campaign_promises_much(tmp_path: Path) -> None:
    """A campaign in which nothing is ever booked for good would prove nothing."""
    assert sum(one.promised for one in _all_seeds(tmp_path, range(9, 12))) > 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_what_was_promised_is_kept_in_long_campaigns(database: Database, seed: int) -> None:
    Campaign(database, seed).run(200)


def not_asked_at_the_server(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(store_module, "check_not_leased", lambda *_: None)


def granted_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Block, "meets", lambda _self, _other: False)


def sent_out_of_order(patch: pytest.MonkeyPatch) -> None:
    """A booking overtakes the cancellation that freed its time."""
    patch.setattr(engine, "_waits_for", lambda _ledger, _envelope: None)


@pytest.mark.parametrize(
    ("mutate", "seed"),  # from which on campaigns are run until one is red
    [(not_asked_at_the_server, 5), (granted_twice, 0), (sent_out_of_order, 10)],
)
def test_the_campaign_sees_a_broken_guard(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mutate: Callable[[pytest.MonkeyPatch], None],
    seed: int,
) -> None:
    mutate(monkeypatch)
    with pytest.raises(AssertionError, match="promised was refused"):
        _all_seeds(tmp_path, range(seed, seed + 40))


def _all_seeds(folder: Path, seeds: range = SEEDS) -> list[Campaign]:
    opened = open_database(f"sqlite:///{folder / 'mutant.db'}", KEY)
    done = []
    try:
        for seed in seeds:
            done.append(Campaign(opened, seed))
            done[-1].run(STEPS)
    finally:
        opened.close()
    return done
