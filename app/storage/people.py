"""Shelves of accounts and of the clinic's settings."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from app.accounts.passwords import normal_username
from app.records import Account, AccountStatus
from app.storage import schema
from app.storage.record_table import RecordTable


class AccountShelf:
    """The durable home of accounts; ``put`` raises UsernameTakenError."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.account, Account)

    def put(self, account: Account) -> None:
        self._rows.put(account, username_key=normal_username(account.username))

    def get(self, account_id: str) -> Account | None:
        return self._rows.one(schema.account.c.id == account_id)

    def by_username(self, username: str) -> Account | None:
        """Return the account of that sign-in name, whatever its case, or None."""
        return self._rows.one(schema.account.c.username_key == normal_username(username))

    def by_patient(self, patient_id: str) -> Account | None:
        """Return the account matched with a patient (the oldest one), or None."""
        column = schema.account.c
        mine = column.patient_id == patient_id
        known = self._rows.many(mine, order=(column.created_at, column.id), limit=1)
        return known[0] if patient_id and known else None

    def all(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        column = schema.account.c
        return self._rows.many(order=(column.name, column.id))

    def waiting(self) -> tuple[Account, ...]:
        """Return accounts that wait for approval, oldest first."""
        column = schema.account.c
        waits = column.status == AccountStatus.WAITING.value
        return self._rows.many(waits, order=(column.created_at, column.id))


class SettingShelf:
    """The clinic's settings: texts by key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        """Return the text, or None if it was never set."""
        table = schema.setting
        return self._connection.scalar(select(table.c.value).where(table.c.key == key))

    def put(self, key: str, value: str) -> None:
        fresh = insert(schema.setting).values(key=key, value=value)
        self._connection.execute(
            fresh.on_conflict_do_update(index_elements=["key"], set_={"value": value})
        )
