"""Tables of what patients say to the assistant: conversations, their turns, reviews of answers."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text

from app.storage.schema import metadata

conversation = Table(
    "conversation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("patient_id", Text, ForeignKey("patient.id"), nullable=False, index=True),
    Column("account_id", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("report_id", Text, nullable=False),
)
conversation_turn = Table(
    "conversation_turn",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversation.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
answer_review = Table(
    "answer_review",
    metadata,
    Column("id", Text, primary_key=True),
    Column("patient_id", Text, nullable=False, index=True),
    Column("filed_by", Text, nullable=False),
    Column("filed_at", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("answered_at", Text),
    Column("outcome", Text, nullable=False),
)
