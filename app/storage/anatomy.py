"""Shelf of what was measured of heads (inference.pipeline.anatomy_outcome)."""

from __future__ import annotations

from sqlalchemy import Connection

from app.storage import schema
from app.storage.record_table import RecordTable
from inference.pipeline.anatomy_outcome import AnatomyRun


class AnatomyShelf:
    """The durable home of measurings; one that is there is never changed."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.anatomy_run, AnatomyRun)

    def add(self, run: AnatomyRun) -> None:
        self._rows.add(run)

    def get(self, run_id: str) -> AnatomyRun | None:
        return self._rows.one(schema.anatomy_run.c.id == run_id)

    def of_study(self, study_uid: str) -> tuple[AnatomyRun, ...]:
        """Return the study's measurings, newest first."""
        column = schema.anatomy_run.c
        newest = (column.started_at.desc(), column.id)
        return self._rows.many(column.study_uid == study_uid, order=newest)
