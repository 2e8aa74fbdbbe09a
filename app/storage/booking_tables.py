"""Tables of where and with what visits happen, and the rule against double booking in SQL.

``occupancy`` is derived by triggers from each appointment that occupies: one row for its
practitioner and one for each resource, buffers included. A row that would exceed the smallest
capacity of those present at any instant, or that joins another group, is refused, whatever the
program above believes (see `scheduling.places.Busy`). Overbooked rows are not refused, but count.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from app.storage.report_triggers import refuse
from app.storage.schema import JsonText, metadata

SLOT_TAKEN = "slot taken"
FOLLOWS = "occupancy follows appointments"


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[Column[Any]]:
    return [Column(name, Integer, nullable=False) for name in names]


def _flags(*names: str) -> list[Column[Any]]:
    return [Column(name, Boolean, nullable=False) for name in names]


def _key() -> Column[Any]:
    return Column("id", Text, primary_key=True)


place = Table(
    "place", metadata, _key(), *_texts("name", "zone", "country", "region"), *_flags("active")
)
resource = Table(
    "resource",
    metadata,
    _key(),
    *_texts("place_id", "kind", "name"),
    *_numbers("capacity"),
    *_flags("active"),
)
visit_type = Table(
    "visit_type",
    metadata,
    _key(),
    *_texts("name"),
    *_numbers("minutes", "before_minutes", "after_minutes", "capacity", "lead_minutes"),
    *_numbers("horizon_days", "notice_minutes"),
    Column("needs", JsonText, nullable=False),
    *_flags("self_bookable", "active"),
)
absence = Table(
    "absence",
    metadata,
    _key(),
    *_texts("subject_id", "first_day", "last_day"),
    Column("starts", Text),
    Column("ends", Text),
    *_texts("reason"),
    Index(None, "subject_id"),
)
hold = Table(
    "hold",
    metadata,
    _key(),
    *_texts("account_id", "practitioner_id", "starts", "ends", "expires_at", "place_id"),
    *_texts("visit_type_id"),
    Column("resource_ids", JsonText, nullable=False),
    *_texts("patient_id"),
)
waiting = Table(
    "waiting",
    metadata,
    _key(),
    *_texts("patient_id", "first_day", "last_day", "created_at", "practitioner_id", "place_id"),
    *_texts("visit_type_id", "instead_of", "status", "hold_id"),
    Column("declined", JsonText, nullable=False),
    Index(None, "status"),
)
occupancy = Table(
    "occupancy",
    metadata,
    Column("appointment_id", Text, primary_key=True),
    Column("subject_id", Text, primary_key=True),
    *_numbers("starts_us", "ends_us", "capacity"),
    *_texts("share"),
    *_flags("overbooked"),
    Index(None, "subject_id", "starts_us"),
)


def _us(text: str) -> str:
    """Microseconds since 1970 of a stored instant."""
    seconds = f"CAST(strftime('%s', substr({text}, 1, 19)) AS INTEGER)"
    return f"({seconds} * 1000000 + CAST(substr({text}, 21, 6) AS INTEGER))"


_OCCUPIES = "IN ('pending', 'booked', 'arrived')"
_STARTS, _ENDS = _us("NEW.starts"), _us("NEW.ends")
_ROWS = f"""INSERT INTO occupancy
        (appointment_id, subject_id, starts_us, ends_us, capacity, share, overbooked)
    SELECT NEW.id, held.id, {_STARTS} - NEW.before_minutes * 60000000,
        {_ENDS} + NEW.after_minutes * 60000000,
        CASE held.person WHEN 1 THEN NEW.capacity
            ELSE coalesce((SELECT capacity FROM resource WHERE id = held.id), 1) END,
        CASE WHEN held.person = 1 AND NEW.capacity > 1
            THEN NEW.visit_type_id || '@' || {_STARTS} || '-' || {_ENDS} ELSE '' END,
        NEW.exception <> ''
    FROM (SELECT NEW.practitioner_id AS id, 1 AS person
        UNION SELECT value, 0 FROM json_each(NEW.resource_ids)
        WHERE value <> NEW.practitioner_id) AS held
    WHERE NEW.status {_OCCUPIES}"""  # noqa: S608 - fixed fragments
_CLASH = """NOT NEW.overbooked AND EXISTS (
    SELECT 1 FROM occupancy AS other
    WHERE other.subject_id = NEW.subject_id AND other.appointment_id <> NEW.appointment_id
      AND other.starts_us < NEW.ends_us AND other.ends_us > NEW.starts_us
      AND (other.share <> NEW.share OR (
        SELECT count(*) + 1 > min(NEW.capacity, min(there.capacity)) FROM occupancy AS there
        WHERE there.subject_id = NEW.subject_id AND there.appointment_id <> NEW.appointment_id
          AND there.starts_us <= max(other.starts_us, NEW.starts_us)
          AND there.ends_us > max(other.starts_us, NEW.starts_us))))"""
_HELD = ("starts", "ends", "practitioner_id", "resource_ids", "before_minutes", "after_minutes")
_FREES = "DELETE FROM occupancy WHERE appointment_id = OLD.id"
_CHANGED = " OR ".join(
    (
        f"(OLD.status {_OCCUPIES}) <> (NEW.status {_OCCUPIES})",
        *(f"OLD.{name} <> NEW.{name}" for name in (*_HELD, "capacity", "visit_type_id")),
    )
)

BOOKING_TRIGGERS: tuple[str, ...] = (
    refuse("occupancy_fits", "INSERT ON occupancy", SLOT_TAKEN, _CLASH),
    refuse("occupancy_never_updated", "UPDATE ON occupancy", FOLLOWS),
    f"CREATE TRIGGER appointment_occupies AFTER INSERT ON appointment BEGIN {_ROWS}; END",
    f"""CREATE TRIGGER appointment_moves AFTER UPDATE ON appointment WHEN {_CHANGED}
    BEGIN {_FREES}; {_ROWS}; END""",
    f"""CREATE TRIGGER appointment_frees AFTER DELETE ON appointment
    BEGIN {_FREES}; END""",
)
"""A change of status that goes on occupying, or of the words, leaves the rows alone: what was
overbooked once may arrive."""
