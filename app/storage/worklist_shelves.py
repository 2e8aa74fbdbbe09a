"""Shelves beside the worklist: filters people keep, and which pixel file is a study's picture."""

from __future__ import annotations

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.sqlite import insert

from app.records import SavedFilter, Thumbnail, WorklistFilter
from app.storage.codec import canonical, parse
from app.storage.record_table import RecordTable
from app.storage.worklist_tables import thumbnail, worklist_filter


class FilterShelf:
    """The durable home of saved filters, each person's own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, account_id: str, saved: SavedFilter) -> None:
        """Keep the filter; one of the same person and name is replaced."""
        body = canonical(saved.filter).decode()
        fresh = insert(worklist_filter).values(account_id=account_id, name=saved.name, filter=body)
        self._connection.execute(
            fresh.on_conflict_do_update(
                index_elements=["account_id", "name"], set_={"filter": body}
            )
        )

    def of_account(self, account_id: str) -> tuple[SavedFilter, ...]:
        """Return one person's filters by name."""
        column = worklist_filter.c
        rows = self._connection.execute(
            worklist_filter.select().where(column.account_id == account_id).order_by(column.name)
        )
        return tuple(SavedFilter(row.name, parse(WorklistFilter, row.filter)) for row in rows)

    def remove(self, account_id: str, name: str) -> bool:
        """Forget one; return whether it was there."""
        column = worklist_filter.c
        gone = self._connection.execute(
            delete(worklist_filter).where(column.account_id == account_id, column.name == name)
        )
        return gone.rowcount > 0


class ThumbnailShelf:
    """The durable home of which pixel file holds a study's small picture; the first one counts."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, thumbnail, Thumbnail)

    def put(self, made: Thumbnail) -> None:
        self._rows.add_once(made)

    def get(self, study_uid: str) -> Thumbnail | None:
        return self._rows.one(thumbnail.c.study_uid == study_uid)
