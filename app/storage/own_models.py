"""The shelf of a clinic's own models; their weights are encrypted files beside the database."""

from __future__ import annotations

from sqlalchemy import Connection

from app.storage import schema
from app.storage.record_table import RecordTable
from inference.models.own.records import OwnModel, OwnStatus


class OwnModelShelf:
    """The durable home of a clinic's own models, whatever became of them."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.own_model, OwnModel)

    def put(self, model: OwnModel) -> None:
        self._rows.put(model)

    def get(self, model_id: str) -> OwnModel | None:
        return self._rows.one(schema.own_model.c.id == model_id)

    def all(self) -> tuple[OwnModel, ...]:
        """Return every model, the newest first."""
        column = schema.own_model.c
        return self._rows.many(order=(column.imported_at.desc(), column.id))

    def approved(self) -> tuple[OwnModel, ...]:
        """Return the models that may be used, the newest first."""
        column = schema.own_model.c
        newest = (column.imported_at.desc(), column.id)
        return self._rows.many(column.status == OwnStatus.APPROVED.value, order=newest)
