"""The table of the clinic's own language models."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from app.storage.schema import JsonText, metadata

own_language_model = Table(
    "own_language_model",
    metadata,
    Column("id", Text, primary_key=True),
    Column("offered", JsonText, nullable=False),
    *(
        Column(name, Text, nullable=False)
        for name in (
            "licence",
            "chat_format",
            "sha256",
            "file",
            "status",
            "added_at",
            "added_by",
            "decided_by",
        )
    ),
    Column("decided_at", Text),
    Column("speed", JsonText),
    Column("trial", JsonText),
    Column("allow_wording", Boolean, nullable=False),
    Column("in_use", Boolean, nullable=False),
)
