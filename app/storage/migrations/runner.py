"""Bringing a database to the version this program writes."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect

from app.errors import NewerDatabaseError
from app.storage.migrations.steps import STEPS, Step
from app.storage.schema import metadata, schema_version
from app.storage.triggers import TRIGGERS
from app.storage.worklist_tables import WORDS


def migrate(engine: Engine, steps: tuple[Step, ...] = STEPS) -> int:
    """Create or upgrade the database in one transaction; return the version it had before.

    A step that fails leaves the database as it was.

    Raises
    ------
    NewerDatabaseError
        A newer program wrote it; nothing is changed.
    """
    newest = len(steps) + 1
    with engine.begin() as connection:
        if not inspect(connection).has_table(schema_version.name):
            _create(connection, newest)
            return 0
        version = int(connection.execute(schema_version.select()).scalar_one())
        if version > newest:
            raise NewerDatabaseError(
                "A newer version of this program wrote the data. Start that one; "
                "nothing was changed."
            )
        for step in steps[version - 1 :]:
            step(connection)
        if version < newest:
            connection.execute(schema_version.update().values(version=newest))
        return version


def _create(connection: Connection, version: int) -> None:
    metadata.create_all(connection, checkfirst=False)
    for statement in (WORDS, *TRIGGERS):
        connection.exec_driver_sql(statement)
    connection.execute(schema_version.insert().values(version=version))
