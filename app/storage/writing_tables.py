"""Tables of what a person keeps for writing: own texts under abbreviations, and own words."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from app.storage.schema import metadata

macro = Table(
    "macro",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("abbreviation", Text, primary_key=True),
    Column("text", Text, nullable=False),
)
own_word = Table(
    "own_word",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("word", Text, primary_key=True),
)
