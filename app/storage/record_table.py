"""Frozen records in and out of one table: the part all shelves share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, select
from sqlalchemy.dialects.sqlite import insert

from app.storage.codec import canonical, decode, encode, hints
from app.storage.faults import in_plain_words
from app.storage.schema import JsonText

R = TypeVar("R")


class RecordTable(Generic[R]):
    """Rows of one table as records of one kind; columns bear the names of the fields."""

    def __init__(self, connection: Connection, table: Table, kind: type[R]) -> None:
        self.connection = connection
        self.table = table
        self._kind = kind
        self._json = {c.name for c in table.columns if isinstance(c.type, JsonText)}
        self._names = tuple(hints(kind))

    def put(self, record: R, **more: object) -> None:
        """Insert the record, or update the row of the same primary key."""
        self.put_all([record], **more)

    def put_all(self, records: Iterable[R], **more: object) -> None:
        """Insert the records, or update the rows of the same primary keys."""
        rows = [{**self._values(record), **more} for record in records]
        keys = [column.name for column in self.table.primary_key]
        statement = insert(self.table)
        others = {
            name: statement.excluded[name] for name in (*self._names, *more) if name not in keys
        }
        if rows:
            upsert = statement.on_conflict_do_update(index_elements=keys, set_=others)
            with in_plain_words():
                self.connection.execute(upsert, rows)

    def add(self, record: R) -> None:
        """Insert the record; refuse a second one of the same key."""
        self.execute(insert(self.table).values(**self._values(record)))

    def add_once(self, record: R) -> None:
        """Insert the record, or do nothing if one of the same key is there."""
        values = self._values(record)
        self.execute(insert(self.table).values(**values).on_conflict_do_nothing())

    def replace(self, record: R, *where: ColumnElement[bool]) -> None:
        """Overwrite the rows that match."""
        self.execute(self.table.update().where(*where).values(**self._values(record)))

    def one(self, *where: ColumnElement[bool]) -> R | None:
        """Return the record that matches, or None."""
        row = self.connection.execute(self._select().where(*where)).one_or_none()
        return None if row is None else self._record(row)

    def many(
        self,
        *where: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (),
        limit: int | None = None,
    ) -> tuple[R, ...]:
        """Return the records that match, in order."""
        statement = self._select().where(*where).order_by(*order).limit(limit)
        return tuple(self._record(row) for row in self.connection.execute(statement))

    def execute(self, statement: Any) -> None:  # noqa: ANN401 -- any statement
        """Run a statement; what the database refuses comes out in plain words."""
        with in_plain_words():
            self.connection.execute(statement)

    def _select(self) -> Any:  # noqa: ANN401 -- a Select of as many columns as fields
        return select(*(self.table.c[name] for name in self._names))

    def _values(self, record: R) -> dict[str, Any]:
        return {name: self._value(name, getattr(record, name)) for name in self._names}

    def _value(self, name: str, value: object) -> Any:  # noqa: ANN401 -- a column's value
        if name in self._json and value is not None:
            return canonical(value).decode()
        return encode(value)

    def _record(self, row: Row[Any]) -> R:
        values = dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
        for name in self._json & values.keys():
            values[name] = None if values[name] is None else json.loads(values[name])
        return decode(self._kind, values)
