"""Tables of who reads a study and of emergency access, and what the database refuses about them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from app.storage.report_triggers import refuse
from app.storage.schema import metadata
from app.storage.worklist_tables import mark_stale

ASSIGNMENT_STAYS = "assignments are append-only"


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
