"""The shelf of the clinic's own language models; their files lie beside the database."""

from __future__ import annotations

from sqlalchemy import Connection, true

from app.storage.language_model_table import own_language_model
from app.storage.record_table import RecordTable
from assistant.engine.records import OwnLanguageModel


class OwnLanguageModelShelf:
    """The durable home of a clinic's language models, whatever became of them."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, own_language_model, OwnLanguageModel)

    def put(self, model: OwnLanguageModel) -> None:
        self._rows.put(model)

    def get(self, model_id: str) -> OwnLanguageModel | None:
        return self._rows.one(own_language_model.c.id == model_id)

    def all(self) -> tuple[OwnLanguageModel, ...]:
        """Return every model, the newest first."""
        column = own_language_model.c
        return self._rows.many(order=(column.added_at.desc(), column.id))

    def in_use(self) -> OwnLanguageModel | None:
        """Return the one that is in use, or None where the shipped one is."""
        return self._rows.one(own_language_model.c.in_use == true())
