"""The shelf of read steps: how each reader came to read a study."""

from __future__ import annotations

from sqlalchemy import Connection

from app.records import ReadStep
from app.storage.codec import encode
from app.storage.read_step_table import read_step
from app.storage.record_table import RecordTable


class ReadStepShelf:
    """The durable home of read steps: a history that is only ever added to."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, read_step, ReadStep)

    def add(self, step: ReadStep) -> None:
        values = {name: encode(getattr(step, name)) for name in ReadStep.__slots__}
        self._rows.execute(read_step.insert().values(**values))

    def of_reader(self, study_uid: str, reader_id: str) -> tuple[ReadStep, ...]:
        """Return what one reader did in a study, the first step first."""
        column = read_step.c
        mine = (column.study_uid == study_uid, column.reader_id == reader_id)
        return self._rows.many(*mine, order=(column.seq,))

    def of_study(self, study_uid: str) -> tuple[ReadStep, ...]:
        """Return what every reader did in a study, the first step first."""
        return self._rows.many(read_step.c.study_uid == study_uid, order=(read_step.c.seq,))
