"""A consistent copy of the encrypted database, and looking into one without changing it.

The file of a live database is never copied: part of what was committed may stand in its
write-ahead log only. SQLite's backup copies one snapshot, encrypted under the same key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from app.storage.engine import connect, keyed
from viewer.ports import Progress

_PAGES = 1024
"""How many pages are copied between two words of progress: 4 MiB."""


@contextmanager
def snapshot(path: Path, key: bytes) -> Iterator[Any]:
    """Open the database and hold it as it stands now; others go on writing."""
    with closing(connect(path, key)) as raw:
        raw.execute("BEGIN")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield raw


def copy_snapshot(held: Any, target: Path, key: bytes, progress: Progress) -> None:  # noqa: ANN401 -- the driver has no types
    """Copy a held snapshot into a new file; whoever wants it durable syncs it.

    SQLite's own locks are left out: network shares do not keep them, and nobody else knows the
    file. ``progress`` may raise to stop.
    """

    def told(_status: int, remaining: int, total: int) -> None:
        progress(1 - remaining / max(1, total), "Copying the database")

    with closing(keyed(f"{_uri(target)}?nolock=1", key, uri=True)) as copy:
        copy.execute("PRAGMA journal_mode=OFF")
        copy.execute("PRAGMA synchronous=OFF")
        held.backup(copy, pages=_PAGES, progress=told)


def size_of(held: Any) -> int:  # noqa: ANN401 -- as above
    """Return how many bytes a copy of the snapshot will take."""
    (pages,), (size,) = (
        held.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
    )
    return int(pages) * int(size)


@contextmanager
def looking_into(path: Path, key: bytes) -> Iterator[Connection]:
    """Open a copy to be read only; nothing is written, not even beside it."""

    def open_copy() -> Any:  # noqa: ANN401 -- as above
        return keyed(f"{_uri(path)}?immutable=1", key, uri=True)

    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=open_copy, poolclass=StaticPool, hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def faults_of(path: Path, key: bytes) -> tuple[str, ...]:
    """Return what is wrong with a copy: pages whose seal is broken, and broken structures."""
    try:
        with closing(keyed(f"{_uri(path)}?immutable=1", key, uri=True)) as raw:
            broken = [row[0] for row in raw.execute("PRAGMA cipher_integrity_check")]
            checked = [row[0] for row in raw.execute("PRAGMA quick_check")]
    except sqlcipher.DatabaseError:
        return ("it does not open",)
    return tuple(broken) + tuple(one for one in checked if one != "ok")


def _uri(path: Path) -> str:
    return path.absolute().as_uri()
