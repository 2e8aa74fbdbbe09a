"""The table of how each reader came to read a study, and what the database refuses about it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from app.storage.report_triggers import refuse
from app.storage.schema import metadata

READING_STAYS = "read steps are append-only"

read_step = Table(
    "read_step",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("study_uid", Text, ForeignKey("study.uid"), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("reader_id", "at", "kind", "mode")),
    Column("lesion", Boolean),
    Column("confidence", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Index(None, "study_uid", "reader_id", "seq"),
    sqlite_autoincrement=True,
)

READ_TRIGGERS: tuple[str, ...] = (
    refuse("read_step_never_updated", "UPDATE ON read_step", READING_STAYS),
    refuse("read_step_never_deleted", "DELETE ON read_step", READING_STAYS),
    refuse(
        "read_step_never_replaced",
        "INSERT ON read_step",
        READING_STAYS,
        "EXISTS (SELECT 1 FROM read_step WHERE seq = NEW.seq)",
    ),
)
