"""Leased time: blocks of a practitioner, scanner or room that one workstation alone may book.

A lease lasts until its block is over by this server's clock, and some days more in which what was
booked in it may still arrive: nobody else wants a time that has passed, so this costs nothing. It
ends sooner when the workstation gives it back or is revoked, or when a person ends it here.
What is over is left standing until its workstation asks anew: a clock of this server that is a
year ahead for a moment would otherwise take back what was promised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from scheduling.rules.spans import from_us, to_us
from sync.records import MOST_LEASED, Block, Granted, Leases
from sync.server import database as db
from sync.server.leased import standing
from sync.server.outcomes import OutcomeError, absent, invalid
from sync.server.store import check_mark, lock
from sync.server.tokens import Caller

FARTHEST = timedelta(days=15)
_LONGEST = timedelta(hours=24)


class LeaseOffice:
    """Grants, renews and takes back; each call is one transaction in the clinic's order."""

    def __init__(self, database: db.Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def exchange(self, caller: Caller, asked: Sequence[Block], mark: str = "") -> Leases:
        """Grant what was asked for as far as it is free; what was not asked for is given back.

        A block granted before is renewed, and so is a part of one. Asking twice is asking once.

        Raises
        ------
        OutcomeError
            404 unknown clinic, 410 unknown mark, 413 or 422 a request beyond all measure.
        """
        now = self._clock()
        _check_measure(asked)
        with self._database.write() as connection:
            seq = connection.execute(lock(caller.clinic)).scalar()
            if seq is None:
                raise absent("there is no such clinic")
            check_mark(connection, caller.clinic, mark)
            former = _of_device(connection, caller)
            others = _of_others(connection, caller.clinic, caller.device)
            granted = _granted(asked, former, others, int(seq), now)
            _replace(connection, caller, granted)
        return Leases(now, granted, tuple(one for one in others if one.ends > now))

    def listed(self, clinic: str) -> tuple[tuple[str, Block], ...]:
        """Return device and block of every lease of a clinic that is not over."""
        query = standing(clinic).order_by(db.lease.c.device, db.lease.c.starts_us)
        with self._database.read() as connection:
            rows = connection.execute(query)
            found = [(row.device, _block(row)) for row in rows]
        return tuple(one for one in found if one[1].ends > self._clock())

    def end(self, clinic: str, device: str) -> int:
        """Take all leases of a device back at once; return how many there were.

        What that workstation booked in them and has not sent yet is first come, first served
        from now on.
        """
        with self._database.write() as connection:
            connection.execute(lock(clinic))
            gone = db.lease.delete().where(db.lease.c.device == device)
            return connection.execute(gone).rowcount


def _check_measure(asked: Sequence[Block]) -> None:
    if len(asked) > MOST_LEASED:
        raise OutcomeError(
            413, "too-long", f"at most {MOST_LEASED} blocks are leased to a workstation"
        )
    if any(one.ends - one.starts > _LONGEST for one in asked):
        raise invalid("a block is longer than a day")


def _granted(
    asked: Sequence[Block],
    former: Sequence[Granted],
    others: Sequence[Block],
    seq: int,
    now: datetime,
) -> tuple[Granted, ...]:
    """What may be leased of what was asked for; a block that meets one before it is left out."""
    kept: list[Granted] = []
    for one in asked:
        if any(one.meets(earlier.block) for earlier in kept):
            continue
        known = next((old for old in former if old.block.holds(one)), None)
        if known is not None:
            kept.append(Granted(one, known.seq))
        elif now < one.ends <= now + FARTHEST and not any(one.meets(other) for other in others):
            kept.append(Granted(one, seq))
    return tuple(kept)


def _of_device(connection: sa.Connection, caller: Caller) -> tuple[Granted, ...]:
    query = standing(caller.clinic).where(db.lease.c.device == caller.device)
    return tuple(Granted(_block(row), int(row.seq)) for row in connection.execute(query))


def _of_others(connection: sa.Connection, clinic: str, device: str) -> tuple[Block, ...]:
    query = standing(clinic).where(db.lease.c.device != device)
    return tuple(_block(row) for row in connection.execute(query))


def _replace(connection: sa.Connection, caller: Caller, granted: Sequence[Granted]) -> None:
    connection.execute(db.lease.delete().where(db.lease.c.device == caller.device))
    if granted:
        rows = [
            {
                "clinic": caller.clinic,
                "device": caller.device,
                "subject": one.block.subject,
                "starts_us": to_us(one.block.starts),
                "ends_us": to_us(one.block.ends),
                "seq": one.seq,
            }
            for one in granted
        ]
        connection.execute(db.lease.insert(), rows)


def _block(row: sa.Row[tuple[str, str, int, int, int]]) -> Block:
    return Block(row.subject, from_us(row.starts_us), from_us(row.ends_us))
