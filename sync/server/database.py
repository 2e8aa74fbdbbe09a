"""Tables and engine of the server: SQLCipher file by default, PostgreSQL by URL.

Every row belongs to a clinic. ``clinic.seq`` numbers the history of a clinic; its row is locked
until commit, so numbers become visible in order. ``operation.seq`` is where the operation landed; 0
means that it was refused for good. ``teller.seq`` is up to where in a clinic's history the server
has told patients; a clinic without a row is told by its workstations. ``notice.told`` is the
state that was last written where workstations read it. ``clock.belief`` is what the server that
tells patients believes of its clock (``scheduling.rules.leaps``), as JSON. ``lease.seq`` is the
end of the history when the block was granted. ``may_overbook`` is the right to book outside the
rules; devices from before it was asked for have it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlcipher3 import dbapi2

metadata = sa.MetaData()

clinic = sa.Table(
    "clinic",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
resource = sa.Table(
    "resource",
    metadata,
    sa.Column("clinic", sa.ForeignKey("clinic.id"), primary_key=True),
    sa.Column("type", sa.String(32), primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("resource_by_seq", "clinic", "type", "seq"),
)
history = sa.Table(
    "history",
    metadata,
    sa.Column("clinic", sa.ForeignKey("clinic.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("nonce", sa.String(16), nullable=False),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", sa.String(32), nullable=False),
    sa.Column("device", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("clinic", "type", "id", "version"),
)
operation = sa.Table(
    "operation",
    metadata,
    sa.Column("clinic", sa.ForeignKey("clinic.id"), primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("resource_id", sa.String(64), nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
holding = sa.Table(
    "holding",
    metadata,
    sa.Column("clinic", sa.ForeignKey("clinic.id"), primary_key=True),
    sa.Column("subject", sa.String(84), primary_key=True),
    sa.Column("appointment", sa.String(64), primary_key=True),
    sa.Column("starts_us", sa.BigInteger, nullable=False),
    sa.Column("ends_us", sa.BigInteger, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("share", sa.String(140), nullable=False),
    sa.Column("overbooked", sa.Boolean, nullable=False),
    sa.Index("holding_by_start", "clinic", "subject", "starts_us"),
    sa.Index("holding_by_appointment", "clinic", "appointment"),
)
lease = sa.Table(
    "lease",
    metadata,
    sa.Column("clinic", sa.ForeignKey("clinic.id"), primary_key=True),
    sa.Column("device", sa.String(64), primary_key=True),
    sa.Column("subject", sa.String(84), primary_key=True),
    sa.Column("starts_us", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("ends_us", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Index("lease_by_subject", "clinic", "subject", "ends_us"),
)
teller = sa.Table(
    "teller",
    metadata,
    sa.Column("clinic", sa.ForeignKey("clinic.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
clock = sa.Table(
    "clock",
    metadata,
    sa.Column("clinic", sa.ForeignKey("clinic.id"), primary_key=True),
    sa.Column("belief", sa.Text, nullable=False),
)
notice = sa.Table(
    "notice",
    metadata,
    sa.Column("clinic", sa.ForeignKey("clinic.id"), primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("appointment", sa.String(64), nullable=False),
    sa.Column("patient", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(8), nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("told", sa.String(16), nullable=False),
    sa.Column("due_at", sa.String(32), nullable=False),
    sa.Column("next_try_at", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("notice_by_state", "clinic", "state", "due_at"),
    sa.Index("notice_by_appointment", "clinic", "appointment"),
    sa.Index("notice_by_patient", "clinic", "patient"),
)
code = sa.Table(
    "code",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("clinic", sa.ForeignKey("clinic.id"), nullable=False),
    sa.Column("expires_s", sa.BigInteger, nullable=False),
    sa.Column("used", sa.Boolean, nullable=False),
    sa.Column("may_overbook", sa.Boolean, nullable=False, server_default=sa.true()),
)
device = sa.Table(
    "device",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("clinic", sa.ForeignKey("clinic.id"), nullable=False),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("enrolled_s", sa.BigInteger, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("may_overbook", sa.Boolean, nullable=False, server_default=sa.true()),
)
assertion = sa.Table(
    "assertion",
    metadata,
    sa.Column("device", sa.String(64), primary_key=True),
    sa.Column("jti", sa.String(64), primary_key=True),
    sa.Column("expires_s", sa.BigInteger, nullable=False),
)
lockout = sa.Table(
    "lockout",
    metadata,
    sa.Column("address", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("until_s", sa.BigInteger, nullable=False),
)

_NO_OVERLAP = """
DO $$ BEGIN
  ALTER TABLE holding ADD CONSTRAINT no_overlap EXCLUDE USING gist
    (clinic WITH =, subject WITH =, int8range(starts_us, ends_us) WITH &&)
    WHERE (capacity = 1 AND NOT overbooked);
EXCEPTION WHEN duplicate_table OR duplicate_object THEN NULL; END $$
"""


class Database:
    """Opens reading and writing transactions; ``close`` gives the connections back."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writing=True)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads, on one snapshot."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that writes; on SQLite it holds the write lock from the start."""
        with self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()


def open_database(url: str, key: bytes = b"") -> Database:
    """Open (and lay out, the first time) the database behind a URL.

    Parameters
    ----------
    url
        ``sqlite:///file`` or ``postgresql://...``.
    key
        32 bytes, the raw SQLCipher key of a SQLite file; PostgreSQL has its own encryption.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _open_postgres(parsed.set(drivername="postgresql+psycopg"))
    if not parsed.database or len(key) != 32:
        raise ValueError("a SQLite server database needs a file and a key of 32 bytes")
    return _open_sqlite(Path(parsed.database), key)


def clinic_id(database: Database, name: str) -> str:
    """Return the id of a clinic by its name, or raise ValueError."""
    with database.read() as connection:
        found = connection.execute(sa.select(clinic.c.id).where(clinic.c.name == name)).scalar()
    if found is None:
        raise ValueError(f"no clinic is called {name}")
    return str(found)


def database_key(path: Path) -> bytes:
    """Return the 32-byte key kept as hex in that file, made for the owner only if absent."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _open_postgres(url: sa.URL) -> Database:
    engine = sa.create_engine(url, pool_size=10, max_overflow=10, hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7245)"))
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
        _lay_out(connection)
        connection.execute(sa.text(_NO_OVERLAP))
    return Database(engine)


def _open_sqlite(path: Path, key: bytes) -> Database:
    path.touch(mode=0o600)

    def connect() -> Any:  # noqa: ANN401 - sqlcipher3 is untyped
        connection = dbapi2.connect(
            str(path), timeout=30, isolation_level=None, check_same_thread=False
        )
        for pragma in (
            "cipher_log_level = NONE",
            f"key = \"x'{key.hex()}'\"",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        return connection

    engine = sa.create_engine(
        "sqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=sa.QueuePool,
        pool_size=8,
        max_overflow=16,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    database = Database(engine)
    with database.write() as connection:
        _lay_out(connection)
    return database


def _lay_out(connection: sa.Connection) -> None:
    """Make what is missing; a server from before scanners were booked holds practitioners only."""
    former = sa.inspect(connection).has_table("occupancy")
    metadata.create_all(connection)
    for table in (code, device):
        known = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
        if "may_overbook" not in known:
            connection.execute(
                sa.text(
                    f"ALTER TABLE {table.name} ADD COLUMN may_overbook BOOLEAN"
                    " DEFAULT TRUE NOT NULL"
                )
            )
    if not former:
        return
    connection.execute(
        sa.text(
            "INSERT INTO holding (clinic, subject, appointment, starts_us, ends_us, capacity,"
            " share, overbooked) SELECT clinic, 'Practitioner/' || practitioner, appointment,"
            " starts_us, ends_us, 1, '', :no FROM occupancy"
        ),
        {"no": False},
    )
    connection.execute(sa.text("DROP TABLE occupancy"))
