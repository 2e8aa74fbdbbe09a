"""Opening the encrypted database (SQLCipher through SQLAlchemy Core)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from app.storage.folding import found_in

READING = "sagittal_reading"
_BUSY_MS = 10_000

_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    f"PRAGMA busy_timeout={_BUSY_MS}",
)


def open_engine(path: Path, key: bytes) -> Engine:
    """Return an engine whose every connection is keyed before first use.

    Transactions start with BEGIN IMMEDIATE, so that a read that turns into a write never finds
    the database locked half way; with the execution option ``READING`` they start deferred.
    Statement parameters are hidden from error messages: they hold names.

    Parameters
    ----------
    key
        Raw 32-byte key: no passphrase stretching happens here.
    """
    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=lambda: connect(path, key),
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=8,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def checkpoint(engine: Engine) -> None:
    """Bring the write-ahead log into the main file and empty it."""
    raw = engine.raw_connection()
    try:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def connect(path: Path, key: bytes) -> Any:  # noqa: ANN401 -- the driver has no types
    """Return one connection that keeps the house rules; see ``open_engine``."""
    raw = keyed(str(path), key)
    try:
        for setting in _SETTINGS:
            raw.execute(setting)
        if sys.platform == "darwin":
            raw.execute("PRAGMA checkpoint_fullfsync=ON")
        raw.create_function("found_in", 2, found_in, deterministic=True)
    except BaseException:
        raw.close()
        raise
    return raw


def keyed(name: str, key: bytes, *, uri: bool = False) -> Any:  # noqa: ANN401 -- as above
    """Return a connection to a database, new or of that key, and nothing set but the key."""
    raw = sqlcipher.connect(name, check_same_thread=False, isolation_level=None, uri=uri)
    try:
        raw.execute("PRAGMA cipher_log_level=NONE")
        raw.execute("PRAGMA cipher_memory_security=ON")
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        raw.close()
        raise
    return raw


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
