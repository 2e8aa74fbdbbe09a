"""Fills a data folder with a big worklist, in a process of its own.

SQLCipher locks each of its small allocations into memory, which makes filling three times as slow
and says nothing about reading; here, and only here, that is off.
"""

from __future__ import annotations

import sys
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import create_engine

from app.accounts.slots import derive
from app.storage.folding import found_in
from app.storage.worklist_lines import refresh
from tests.app.storage.many_studies import fill


def main(database: Path, master_key: bytes, studies: int) -> None:
    """Write the studies and their lines; the database's tables are there already."""
    key = derive(master_key, "db")

    def connect() -> sqlcipher.Connection:
        raw = sqlcipher.connect(str(database))
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        raw.execute("PRAGMA recursive_triggers=ON")
        raw.execute("PRAGMA cache_size=-200000")
        raw.create_function("found_in", 2, found_in, deterministic=True)
        return raw

    engine = create_engine("sqlite://", module=sqlcipher, creator=connect)
    with engine.begin() as connection:
        fill(connection, studies)
        refresh(connection)
    engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3]))
