"""Tables of who reads a study and of emergency access, and what the database refuses about them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from app.storage.report_triggers import refuse
from app.storage.schema import metadata
from app.storage.worklist_tables import mark_stale

ASSIGNMENT_STAYS = "assignments are append-only"
EMERGENCY_STAYS = "an emergency access stays as it was"
EMERGENCY_BOUNDS = "an emergency access has a reason and an end"
OWN_REVIEW = "nobody reviews the own emergency access"


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


assignment = Table(
    "assignment",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("study_uid", Text, ForeignKey("study.uid"), nullable=False),
    *_texts("reader_id", "by_id", "at", "word"),
    Index(None, "study_uid", "seq"),
    sqlite_autoincrement=True,
)
emergency_access = Table(
    "emergency_access",
    metadata,
    Column("id", Text, primary_key=True),
    *_texts("patient_id", "account_id", "reason", "words", "started_at", "ends_at"),
    Column("ended_at", Text),
    *_texts("verdict", "reviewed_by"),
    Column("reviewed_at", Text),
    *_texts("review_words"),
    Index(None, "account_id", "patient_id"),
)

ACCESS_TRIGGERS: tuple[str, ...] = (
    refuse("assignment_never_updated", "UPDATE ON assignment", ASSIGNMENT_STAYS),
    refuse("assignment_never_deleted", "DELETE ON assignment", ASSIGNMENT_STAYS),
    mark_stale("new_assignment", "INSERT ON assignment", "SELECT NEW.study_uid AS uid"),
)

_FIXED = ("id", "patient_id", "account_id", "reason", "words", "started_at", "ends_at")
_CHANGED = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED)
_ENDED_AGAIN = "OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at"
_REVIEWED_AGAIN = "OLD.verdict <> '' AND (" + (
    " OR ".join(
        f"NEW.{name} IS NOT OLD.{name}"
        for name in ("verdict", "reviewed_by", "reviewed_at", "review_words")
    )
    + ")"
)
_UNBOUND = """length(trim(NEW.words)) < 10 OR NEW.ended_at IS NOT NULL OR NEW.verdict <> ''
    OR julianday(NEW.ends_at) - julianday(NEW.started_at) NOT BETWEEN 0 AND 4.001 / 24"""

EMERGENCY_TRIGGERS: tuple[str, ...] = (
    refuse("emergency_in_bounds", "INSERT ON emergency_access", EMERGENCY_BOUNDS, _UNBOUND),
    refuse(
        "emergency_never_changed",
        "UPDATE ON emergency_access",
        EMERGENCY_STAYS,
        f"{_CHANGED} OR {_ENDED_AGAIN} OR {_REVIEWED_AGAIN}",
    ),
    refuse("emergency_never_deleted", "DELETE ON emergency_access", EMERGENCY_STAYS),
    refuse(
        "emergency_reviewed_by_another",
        "UPDATE ON emergency_access",
        OWN_REVIEW,
        "NEW.reviewed_by = NEW.account_id",
    ),
)
"""Four hours at most, with a reason; ended once, reviewed once, by another; never taken away."""
