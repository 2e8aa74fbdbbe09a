"""The server as its clinic's one sender: what became of an appointment, told to its patient.

Each new version of an appointment in the history is looked at once, in the transaction that moves
the clinic's place in the history, and the notices that follow from it are planned. What was
there before the server began to tell is left to the workstations that planned it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from scheduling.errors import TransportError
from scheduling.notices import following, outbox
from scheduling.notices.compose import compose, spoken_name
from scheduling.notices.settings import NoticeSettings
from scheduling.places import Place
from scheduling.ports import ReplyBox
from scheduling.records import Addressee, Appointment, AppointmentStatus, Channel, NoticeKind
from scheduling.rules.leaps import Belief, judged
from sync.errors import WireError
from sync.records import Resource
from sync.server import database as db
from sync.server.notice_books import ServerBooks, ServerLedger
from sync.server.store import lock
from sync.wire.booking import appointment_from_fhir
from sync.wire.notices import notice_to_fhir
from sync.wire.people import patient_from_fhir, practitioner_from_fhir, preferences_from_fhir
from sync.wire.places import place_from_fhir
from sync.wire.values import canonical, parse

_PAGE = 200
_HEAR_BACK = timedelta(days=1)
_BOOKED = AppointmentStatus.BOOKED


class Teller:
    """Plans and sends the notices of one clinic; two of them side by side send nothing twice."""

    def __init__(
        self,
        database: db.Database,
        clinic: str,
        settings: NoticeSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._clinic = clinic
        self._settings = settings
        self._clock = clock
        self._books = ServerBooks(database, clinic, clock)

    def begin(self) -> None:
        """Take the telling on, from the present end of the history; once begun it goes on."""
        with self._database.write() as connection:
            seq = connection.execute(lock(self._clinic)).scalar_one()
            known = sa.select(db.teller.c.seq).where(db.teller.c.clinic == self._clinic)
            if connection.execute(known).first() is None:
                connection.execute(db.teller.insert().values(clinic=self._clinic, seq=seq))

    def end(self) -> None:
        """Give the telling back to the workstations; what is planned here is not sent."""
        with self._database.write() as connection:
            connection.execute(db.teller.delete().where(db.teller.c.clinic == self._clinic))

    def turn(self) -> outbox.TurnResult:
        """Plan what is new, send what is due, hear answers, and let workstations know."""
        now = self._clock()
        belief = self._note_clock(now)
        certain = belief.known(now)
        while self._plan(certain):
            pass
        if not tells(self._database, self._clinic):
            return outbox.TurnResult()
        routes = self._settings.transports()
        self._hear(routes.get(Channel.SMS), certain)
        rules = self._settings.policy()
        result = outbox.turn(
            self._books, routes, now, lambda *_: None, rules, believed=belief.doubted
        )
        following.follow(self._books, routes, certain)
        self._publish()
        return result

    def _note_clock(self, now: datetime) -> Belief:
        """Remember what the clock shows, and return what is believed of it.

        Senders side by side share it.
        """
        mine = db.clock.c.clinic == self._clinic
        with self._database.write() as connection:
            connection.execute(lock(self._clinic))
            text = connection.execute(sa.select(db.clock.c.belief).where(mine)).scalar()
            belief = judged(parse(Belief, text) if text else Belief(), now)
            kept = canonical(belief).decode()
            if text is None:
                connection.execute(db.clock.insert().values(clinic=self._clinic, belief=kept))
            elif kept != text:
                connection.execute(db.clock.update().where(mine).values(belief=kept))
        return belief

    def _plan(self, now: datetime) -> bool:
        """Plan what follows from the next versions; say whether there may be more."""
        with self._books.begin() as ledger:
            place = sa.select(db.teller.c.seq).where(db.teller.c.clinic == self._clinic)
            seq = ledger.connection.execute(place).scalar()
            if seq is None:
                return False
            column = db.history.c
            query = (
                sa.select(column.seq, column.type, column.id, column.version, column.body)
                .where(
                    column.clinic == self._clinic,
                    column.type.in_(("Appointment", "Patient")),
                    column.seq > seq,
                )
                .order_by(column.seq)
                .limit(_PAGE)
            )
            rows = ledger.connection.execute(query).all()
            for row in rows:
                if row.type == "Patient":
                    self._readdress(ledger, row.id, now)
                    continue
                before = self._version(ledger, row.id, row.version - 1)
                self._tell(ledger, before, json.loads(row.body), now)
            if rows:
                ledger.connection.execute(
                    db.teller.update()
                    .where(db.teller.c.clinic == self._clinic)
                    .values(seq=rows[-1].seq)
                )
            return len(rows) == _PAGE

    def _version(self, ledger: ServerLedger, ident: str, version: int) -> Resource | None:
        column = db.history.c
        text = ledger.connection.execute(
            sa.select(column.body).where(
                column.clinic == self._clinic,
                column.type == "Appointment",
                column.id == ident,
                column.version == version,
            )
        ).scalar()
        return None if text is None else json.loads(text)

    def _readdress(self, ledger: ServerLedger, patient_id: str, now: datetime) -> None:
        """Plan a patient's reminders anew: address, language or wishes may have changed."""
        for ident in sorted(ledger.notices.take_back_reminders(patient_id, now)):
            visit = ledger.appointments.get(ident)
            if visit is not None and visit.status is _BOOKED:
                self._compose(ledger, visit, (NoticeKind.REMINDER,), now)

    def _tell(
        self, ledger: ServerLedger, before: Resource | None, after: Resource, now: datetime
    ) -> None:
        try:
            visit = appointment_from_fhir(after)
            earlier = None if before is None else appointment_from_fhir(before)
        except WireError:
            return  # another program's; a person cannot be told of what cannot be read
        self._compose(ledger, visit, kinds(earlier, visit), now)

    def _compose(
        self,
        ledger: ServerLedger,
        visit: Appointment,
        wanted: Sequence[NoticeKind],
        now: datetime,
    ) -> None:
        try:
            record = ledger.body("Patient", visit.patient_id) or {}
            patient, preferences = patient_from_fhir(record), preferences_from_fhir(record)
            practitioner = practitioner_from_fhir(
                ledger.body("Practitioner", visit.practitioner_id) or {}
            )
        except WireError:
            return  # nobody who could be told
        addressee = Addressee(
            spoken_name(patient.name),
            patient.email,
            patient.phone,
            patient.language,
            self._settings.country,
            preferences,
        )
        who, rules = self._settings.clinic(), self._settings.policy()
        site = _site(ledger, visit.place_id)
        if site is not None:
            practitioner = replace(practitioner, zone=site.zone)
            who = replace(who, place=f"{who.name}, {site.name}")
        for kind in wanted:
            for notice in compose(visit, kind, addressee, practitioner, who, now, rules):
                ledger.notices.put(notice)

    def _hear(self, box: object, now: datetime) -> None:
        """Heed STOP and START: the patient's record is written, and workstations read it."""
        if not isinstance(box, ReplyBox):
            return
        with suppress(TransportError):  # asked again at the next turn
            following.take_replies(self._books, box, now - _HEAR_BACK)

    def _publish(self) -> None:
        """Write what became of the notices where workstations read it."""
        with self._books.begin() as ledger:
            for notice in ledger.notices.untold():
                visit = ledger.appointments.get(notice.appointment_id)
                if visit is not None:
                    ledger.write(notice_to_fhir(notice, visit.patient_id))
                ledger.notices.tell(notice)


def _site(ledger: ServerLedger, place_id: str) -> Place | None:
    """Return the place of a visit; its zone is the one in which times are told."""
    body = ledger.body("Location", place_id) if place_id else None
    try:
        return None if body is None else place_from_fhir(body)
    except WireError:
        return None


def kinds(before: Appointment | None, after: Appointment) -> tuple[NoticeKind, ...]:
    """What a patient is told of a version that follows another."""
    was = before.status if before is not None else None
    if after.status is AppointmentStatus.CANCELLED:
        return (NoticeKind.CANCELLATION,) if was in {_BOOKED, AppointmentStatus.PENDING} else ()
    if after.status is not _BOOKED:
        return ()
    if before is None or was is not _BOOKED:
        return (NoticeKind.CONFIRMATION, NoticeKind.REMINDER)
    same = ("starts", "practitioner_id", "place_id")
    if any(getattr(before, name) != getattr(after, name) for name in same):
        return (NoticeKind.CHANGE, NoticeKind.REMINDER)
    return (NoticeKind.REMINDER,) if before.sequence != after.sequence else ()


def tells(database: db.Database, clinic: str) -> bool:
    """Whether the server writes to the clinic's patients itself."""
    with database.read() as connection:
        query = sa.select(db.teller.c.seq).where(db.teller.c.clinic == clinic)
        return connection.execute(query).first() is not None
