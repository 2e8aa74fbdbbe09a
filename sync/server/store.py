"""The interactions with the kept resources: put, read, history, search; each one transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from scheduling.places import Busy, fits
from sync.server import database as db
from sync.server.devices import check_may_overbook
from sync.server.holding import booked_beside, held, is_overbooked
from sync.server.laws import (
    absorbs,
    cancelled,
    check_succession,
    confirmed,
    same_content,
    says_already,
)
from sync.server.leased import check_not_leased, is_leased_to
from sync.server.outcomes import OutcomeError, absent, conflict, invalid, outdated, rewritten
from sync.wire.datatypes import instant, listed, operation_of, version_before_loss
from sync.wire.places import capacity_of

PAGE_BYTES = 16 * 1024 * 1024
_REFUSED = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One admitted resource to be written on top of a version (None: it is new)."""

    type: str
    id: str
    body: dict[str, Any]
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """One version as kept; ``mark`` is its ``seq.nonce`` in the clinic's history."""

    type: str
    id: str
    version: int
    mark: str
    updated_at: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to; ``exact`` is False if the resource may differ from what was sent."""

    stored: Stored
    created: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Some versions in history order, and the mark to go on from if there are more."""

    entries: tuple[Stored, ...]
    more: bool


class Store:
    """Every kept resource of every clinic; all calls name the clinic."""

    def __init__(self, database: db.Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def put(
        self, clinic: str, device: str, changes: Sequence[Change], mark: str = ""
    ) -> tuple[Written, ...]:
        """Write all changes or none.

        Raises
        ------
        OutcomeError
            404 unknown clinic, 409 slot taken or forbidden succession, 410 unknown mark,
            412 other version, 422 signature or operation id not good. A refusal with 409 or 412
            is for good: the same operation, arriving late a second time, is refused again even
            if by then it could be done.
        """
        try:
            return self._put(clinic, device, changes, mark)
        except OutcomeError as refusal:
            if refusal.status in {409, 412}:
                self._remember_refusal(clinic, changes)
            raise

    def _put(
        self, clinic: str, device: str, changes: Sequence[Change], mark: str
    ) -> tuple[Written, ...]:
        try:
            with self._database.write() as connection:
                writer = Writer(connection, clinic, device, self._clock())
                check_mark(connection, clinic, mark)
                return tuple(writer.put(change) for change in changes)
        except IntegrityError as error:
            if "no_overlap" in str(error.orig):
                raise _taken() from None
            raise

    def _remember_refusal(self, clinic: str, changes: Sequence[Change]) -> None:
        table = db.operation
        with self._database.write() as connection:
            connection.execute(lock(clinic))
            for change in changes:
                ident = operation_of(change.body)
                same = (table.c.clinic == clinic, table.c.id == ident)
                if ident and connection.execute(sa.select(table.c.id).where(*same)).first() is None:
                    connection.execute(_operation(clinic, ident, change, _REFUSED))

    def read(self, clinic: str, kind: str, ident: str) -> Stored:
        """Return the resource as it stands, or answer 404."""
        with self._database.read() as connection:
            row = connection.execute(_current(clinic, kind, ident)).first()
        if row is None:
            raise absent("there is no such resource")
        return _stored(row)

    def versions(self, clinic: str, kind: str, ident: str, version: str = "") -> tuple[Stored, ...]:
        """Return one or all versions of a resource, newest first, or answer 404."""
        query = _history().where(
            db.history.c.clinic == clinic, db.history.c.type == kind, db.history.c.id == ident
        )
        if version:
            number = int(version) if version.isdigit() and len(version) < 10 else 0
            query = query.where(db.history.c.version == number)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(db.history.c.seq.desc())).all()
        if not rows:
            raise absent("there is no such resource or version")
        return tuple(_stored(row) for row in rows)

    def search(
        self,
        clinic: str,
        kind: str,
        *,
        ids: Sequence[str] = (),
        updated: Sequence[tuple[str, str]] = (),
        after: int = 0,
        count: int = 100,
    ) -> Page:
        """Return resources of a type, least recently changed first.

        Parameters
        ----------
        updated
            Pairs of ``ge``, ``gt``, ``le``, ``lt`` or ``eq`` and an instant of this server.
        after
            Sequence number to go on from.
        """
        query = _resources().where(
            db.resource.c.clinic == clinic, db.resource.c.type == kind, db.resource.c.seq > after
        )
        if ids:
            query = query.where(db.resource.c.id.in_(ids))
        column = db.resource.c.updated_at
        compare: dict[str, Callable[[str], sa.ColumnElement[bool]]] = {
            "ge": column.__ge__,
            "gt": column.__gt__,
            "le": column.__le__,
            "lt": column.__lt__,
            "eq": lambda text: column == text,
        }
        for prefix, text in updated:
            query = query.where(compare[prefix](text))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(db.resource.c.seq).limit(count + 1)).all()
        return Page(tuple(_stored(row) for row in rows[:count]), more=len(rows) > count)

    def since(self, clinic: str, cursor: str, mark: str = "", count: int = 100) -> Page:
        """Return the clinic's history after a cursor, oldest first; 410 if a mark is unknown."""
        query = _history().where(db.history.c.clinic == clinic)
        with self._database.read() as connection:
            check_mark(connection, clinic, mark)
            check_mark(connection, clinic, cursor)
            if cursor:
                query = query.where(db.history.c.seq > _seq(cursor))
            rows = connection.execute(query.order_by(db.history.c.seq).limit(count + 1)).all()
        kept = rows[: min(count, _fitting(rows))]
        return Page(tuple(_stored(row) for row in kept), more=len(rows) > len(kept))


class Writer:
    """One write transaction; taking the clinic's row orders it among all others."""

    def __init__(self, connection: sa.Connection, clinic: str, device: str, now: datetime) -> None:
        self._connection = connection
        self._clinic = clinic
        self._device = device
        self._stamp = instant(now)
        self._now = now
        seq = connection.execute(lock(clinic)).scalar()
        if seq is None:
            raise absent("there is no such clinic")
        self._seq = seq

    def put(self, change: Change) -> Written:
        """Write one change, or find that it was written before."""
        operation_id = operation_of(change.body)
        earlier = self.landed(change, operation_id) if operation_id else None
        if earlier is not None:
            return Written(earlier, exact=False)
        row = self._connection.execute(_current(self._clinic, change.type, change.id)).first()
        current = None if row is None else _stored(row)
        proposed = confirmed(change.body)
        known = current is not None and current.version > version_before_loss(proposed)
        if current is not None and known and says_already(current.body, proposed):
            self._note(change, operation_id, _seq(current.mark))
            return Written(current, exact=same_content(current.body, proposed))
        exact = True
        if not self.on_current(change, current):
            if current is None or not absorbs(current.body, proposed):
                raise outdated("the resource was changed elsewhere meanwhile")
            proposed, exact = cancelled(current.body, proposed), False
        check_succession(None if current is None else current.body, proposed)
        kept = self._occupy(change.id, proposed)
        stored = self._append(change, current, kept)
        self._note(change, operation_id, _seq(stored.mark))
        return Written(stored, created=current is None, exact=exact and kept is proposed)

    def landed(self, change: Change, operation_id: str) -> Stored | None:
        """Return the version this operation was written as, if it was."""
        found = self._connection.execute(
            sa.select(db.operation).where(
                db.operation.c.clinic == self._clinic, db.operation.c.id == operation_id
            )
        ).first()
        if found is None:
            return None
        if (found.type, found.resource_id) != (change.type, change.id):
            raise invalid("the operation id was used for another resource")
        if found.seq == _REFUSED:
            raise conflict("this operation was refused before")
        query = _history().where(db.history.c.clinic == self._clinic, db.history.c.seq == found.seq)
        return _stored(self._connection.execute(query).one())

    def on_current(self, change: Change, current: Stored | None) -> bool:
        """Whether the change was made on the version that stands."""
        return change.base == (None if current is None else str(current.version))

    def _append(self, change: Change, current: Stored | None, body: dict[str, Any]) -> Stored:
        """Write the next version: higher than any that workstations knew before a loss."""
        self._seq += 1
        version = 1 + max(current.version if current else 0, version_before_loss(body))
        meta: dict[str, Any] = {"versionId": str(version), "lastUpdated": self._stamp}
        tags = listed(body.get("meta") or {}, "tag")
        if tags:
            meta["tag"] = tags
        nonce = secrets.token_hex(8)
        text = json.dumps({**body, "meta": meta}, allow_nan=False)
        row = {"version": version, "seq": self._seq, "updated_at": self._stamp, "body": text}
        key = {"clinic": self._clinic, "type": change.type, "id": change.id}
        if current is None:
            self._connection.execute(db.resource.insert().values(**key, **row))
        else:
            same = [db.resource.c[name] == value for name, value in key.items()]
            self._connection.execute(db.resource.update().where(*same).values(**row))
        self._connection.execute(
            db.history.insert().values(**key, **row, nonce=nonce, device=self._device)
        )
        self._connection.execute(
            db.clinic.update().where(db.clinic.c.id == self._clinic).values(seq=self._seq)
        )
        mark = f"{self._seq}.{nonce}"
        return Stored(change.type, change.id, version, mark, self._stamp, json.loads(text))

    def _note(self, change: Change, operation_id: str, seq: int) -> None:
        if operation_id:
            self._connection.execute(_operation(self._clinic, operation_id, change, seq))

    def _occupy(self, ident: str, body: dict[str, Any]) -> dict[str, Any]:
        """Derive what is held when from the appointment; answer 409 if it exceeds a capacity.

        Where nothing held changes nothing is asked: what was overbooked once may arrive. Returns
        the appointment as it is to be kept.
        """
        if body["resourceType"] != "Appointment":
            return body
        table = db.holding
        own = (table.c.clinic == self._clinic, table.c.appointment == ident)
        wanted = held(body, self._capacity)
        if set(self._busy(*own)) == set(wanted):
            return body
        self._connection.execute(table.delete().where(*own))
        kept = self._allowed(body, wanted)
        overbooked = is_overbooked(kept)
        for row in wanted:
            values = {
                "subject": row.subject_id,
                "appointment": ident,
                **{n: getattr(row, n) for n in ("starts_us", "ends_us", "capacity", "share")},
            }
            self._connection.execute(
                table.insert().values(clinic=self._clinic, overbooked=overbooked, **values)
            )
        return kept

    def _allowed(self, body: dict[str, Any], wanted: Sequence[Busy]) -> dict[str, Any]:
        """Return the appointment if it may hold that, or answer 409.

        A visit booked in leased time stands even where somebody has overbooked it meanwhile.
        """
        if is_overbooked(body):
            if wanted:
                check_may_overbook(self._connection, self._device)
            return body
        where = (self._connection, self._clinic, self._device)
        for row in wanted:
            check_not_leased(*where, row, self._now)
        if all(fits(row, self._beside(row)) for row in wanted):
            return body
        mine = all(is_leased_to(*where, row, self._now) for row in wanted)
        if mine and all(fits(row, self._beside(row, ruled=True)) for row in wanted):
            return booked_beside(body)
        raise _taken()

    def _beside(self, row: Busy, *, ruled: bool = False) -> list[Busy]:
        """What else holds the subject then; ``ruled``: leaving out visits outside the rules."""
        column = db.holding.c
        where = [
            column.clinic == self._clinic,
            column.subject == row.subject_id,
            column.starts_us < row.ends_us,
            column.ends_us > row.starts_us,
        ]
        return self._busy(*where, *([~column.overbooked] if ruled else []))

    def _busy(self, *where: sa.ColumnElement[bool]) -> list[Busy]:
        column = db.holding.c
        names = (column.subject, column.starts_us, column.ends_us, column.capacity, column.share)
        found = self._connection.execute(sa.select(*names, column.appointment).where(*where))
        return [Busy(*row) for row in found]

    def _capacity(self, kind: str, ident: str) -> int:
        """How many visits a kept resource takes at once; 1 where it is not kept."""
        row = self._connection.execute(_current(self._clinic, kind, ident)).first()
        return 1 if row is None else capacity_of(json.loads(row.body))


def current_body(
    connection: sa.Connection, clinic: str, kind: str, ident: str
) -> dict[str, Any] | None:
    """Return a resource as it stands, or None."""
    row = connection.execute(_current(clinic, kind, ident)).first()
    return None if row is None else _stored(row).body


def lock(clinic: str) -> sa.Select[Any]:
    """The clinic's row, held until commit; its value is the end of the clinic's history."""
    return sa.select(db.clinic.c.seq).where(db.clinic.c.id == clinic).with_for_update()


def _operation(clinic: str, operation_id: str, change: Change, seq: int) -> sa.Insert:
    return db.operation.insert().values(
        clinic=clinic, id=operation_id, type=change.type, resource_id=change.id, seq=seq
    )


def _taken() -> Exception:
    return conflict("the practitioner, scanner or room is already booked at that time")


def _resources() -> sa.Select[Any]:
    joined = db.resource.join(
        db.history,
        sa.and_(db.history.c.clinic == db.resource.c.clinic, db.history.c.seq == db.resource.c.seq),
    )
    return sa.select(db.resource, db.history.c.nonce).select_from(joined)


def _current(clinic: str, kind: str, ident: str) -> sa.Select[Any]:
    return _resources().where(
        db.resource.c.clinic == clinic, db.resource.c.type == kind, db.resource.c.id == ident
    )


def _history() -> sa.Select[Any]:
    return sa.select(db.history)


def _stored(row: sa.Row[Any]) -> Stored:
    mark = f"{row.seq}.{row.nonce}"
    return Stored(row.type, row.id, row.version, mark, row.updated_at, json.loads(row.body))


def _fitting(rows: Sequence[sa.Row[Any]]) -> int:
    """Return how many rows fit into one answer; at least one does."""
    total = 0
    for number, row in enumerate(rows):
        total += len(row.body)
        if total > PAGE_BYTES and number:
            return number
    return len(rows)


def _seq(mark: str) -> int:
    head = mark.partition(".")[0]
    return int(head) if head.isdigit() and len(head) < 19 else -1


def check_mark(connection: sa.Connection, clinic: str, mark: str) -> None:
    """Answer 410 if the clinic's history does not hold that mark."""
    if not mark:
        return
    query = sa.select(db.history.c.nonce).where(
        db.history.c.clinic == clinic, db.history.c.seq == _seq(mark)
    )
    nonce = connection.execute(query).scalar()
    if nonce is None or nonce != mark.partition(".")[2]:
        raise rewritten()
