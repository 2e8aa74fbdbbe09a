"""Shelves of what a person keeps for writing; each row belongs to one account."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from app.records import Macro
from app.storage.writing_tables import macro, own_word


class MacroShelf:
    """The durable home of texts under abbreviations, each person's own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, account_id: str, kept: Macro) -> None:
        """Keep the text; one of the same person and abbreviation is replaced."""
        fresh = insert(macro).values(
            account_id=account_id, abbreviation=kept.abbreviation, text=kept.text
        )
        self._connection.execute(
            fresh.on_conflict_do_update(
                index_elements=["account_id", "abbreviation"], set_={"text": kept.text}
            )
        )

    def of_account(self, account_id: str) -> tuple[Macro, ...]:
        """Return one person's texts by abbreviation."""
        column = macro.c
        rows = self._connection.execute(
            macro.select().where(column.account_id == account_id).order_by(column.abbreviation)
        )
        return tuple(Macro(row.abbreviation, row.text) for row in rows)

    def remove(self, account_id: str, abbreviation: str) -> bool:
        """Forget one; return whether it was there."""
        column = macro.c
        gone = self._connection.execute(
            delete(macro).where(
                column.account_id == account_id, column.abbreviation == abbreviation
            )
        )
        return gone.rowcount > 0


class OwnWordShelf:
    """The durable home of words a person has called right."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, account_id: str, word: str) -> None:
        """Keep the word."""
        fresh = insert(own_word).values(account_id=account_id, word=word)
        self._connection.execute(fresh.on_conflict_do_nothing())

    def of_account(self, account_id: str) -> tuple[str, ...]:
        """Return one person's words in order."""
        column = own_word.c
        query = select(column.word).where(column.account_id == account_id).order_by(column.word)
        return tuple(self._connection.execute(query).scalars())

    def remove(self, account_id: str, word: str) -> bool:
        """Forget one; return whether it was there."""
        column = own_word.c
        gone = self._connection.execute(
            delete(own_word).where(column.account_id == account_id, column.word == word)
        )
        return gone.rowcount > 0
