"""Whether a time is leased to a workstation: asked inside every booking's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from scheduling.places import Busy
from scheduling.rules.spans import to_us
from sync.server import database as db
from sync.server.outcomes import conflict

LATE_POST = timedelta(days=7)
"""How long after a leased block what was booked in it may still arrive."""


def standing(clinic: str) -> sa.Select[tuple[str, str, int, int, int]]:
    """Leases of the clinic's workstations that are still enrolled."""
    column = db.lease.c
    joined = db.lease.join(db.device, db.device.c.id == column.device)
    return (
        sa.select(column.device, column.subject, column.starts_us, column.ends_us, column.seq)
        .select_from(joined)
        .where(column.clinic == clinic, db.device.c.active.is_(True))
    )


def check_not_leased(
    connection: sa.Connection, clinic: str, device: str, row: Busy, now: datetime
) -> None:
    """Answer 409 if another workstation has leased any of what a booking would hold."""
    query = standing(clinic).where(
        db.lease.c.device != device,
        db.lease.c.subject == row.subject_id,
        db.lease.c.starts_us < row.ends_us,
        db.lease.c.ends_us > row.starts_us,
        db.lease.c.ends_us > to_us(now - LATE_POST),
    )
    if connection.execute(query).first() is not None:
        raise conflict("that time is kept for another workstation of the clinic")


def is_leased_to(
    connection: sa.Connection, clinic: str, device: str, row: Busy, now: datetime
) -> bool:
    """Whether one lease of that workstation covers all a booking holds of its subject."""
    query = standing(clinic).where(
        db.lease.c.device == device,
        db.lease.c.subject == row.subject_id,
        db.lease.c.starts_us <= row.starts_us,
        db.lease.c.ends_us >= row.ends_us,
        db.lease.c.ends_us > to_us(now - LATE_POST),
    )
    return connection.execute(query).first() is not None
