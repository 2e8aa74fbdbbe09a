"""Shelves of what a reader draws, marks and paints on a study, and the journal of every edit."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from app.records import Edit, EditState, LabelStroke
from app.storage import schema
from app.storage.faults import in_plain_words
from app.storage.record_table import RecordTable
from viewer.records import Annotation, KeyImage


class AnnotationShelf:
    """The durable home of annotations."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.annotation, Annotation)

    def put(self, annotation: Annotation) -> None:
        self._rows.put(annotation)

    def get(self, annotation_id: str) -> Annotation | None:
        return self._rows.one(schema.annotation.c.id == annotation_id)

    def remove(self, annotation_id: str) -> None:
        table = schema.annotation
        self._rows.execute(table.delete().where(table.c.id == annotation_id))

    def of_study(self, study_uid: str) -> tuple[Annotation, ...]:
        """Return the study's annotations in the order they were made."""
        column = schema.annotation.c
        order = (column.made_at, column.id)
        return self._rows.many(column.study_uid == study_uid, order=order)


class KeyImageShelf:
    """The durable home of key images."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.key_image, KeyImage)

    def put(self, key_image: KeyImage) -> None:
        self._rows.put(key_image)

    def get(self, key_image_id: str) -> KeyImage | None:
        return self._rows.one(schema.key_image.c.id == key_image_id)

    def remove(self, key_image_id: str) -> None:
        table = schema.key_image
        self._rows.execute(table.delete().where(table.c.id == key_image_id))

    def of_study(self, study_uid: str) -> tuple[KeyImage, ...]:
        """Return the study's key images in the order they were marked."""
        column = schema.key_image.c
        order = (column.made_at, column.id)
        return self._rows.many(column.study_uid == study_uid, order=order)


class StrokeShelf:
    """The durable home of label strokes; they are numbered in the order they were made."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, stroke: LabelStroke) -> None:
        table = schema.label_stroke
        values = {name: getattr(stroke, name) for name in _STROKE}
        fresh = insert(table).values(**values)
        with in_plain_words():
            self._connection.execute(
                fresh.on_conflict_do_update(
                    index_elements=["id"], set_={name: fresh.excluded[name] for name in _STROKE[1:]}
                )
            )

    def get(self, stroke_id: str) -> LabelStroke | None:
        table = schema.label_stroke
        row = self._connection.execute(select(table).where(table.c.id == stroke_id)).one_or_none()
        return None if row is None else LabelStroke(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it

    def set_undone(self, stroke_id: str, *, undone: bool) -> None:
        """Take a stroke out of the map, or put it back."""
        table = schema.label_stroke
        with in_plain_words():
            self._connection.execute(
                update(table).where(table.c.id == stroke_id).values(undone=undone)
            )

    def of_series(self, series_uid: str, run_id: str) -> tuple[LabelStroke, ...]:
        """Return the strokes that count, in order, on the outlines of that run."""
        column = schema.label_stroke.c
        return self._counting(column.series_uid == series_uid, column.run_id == run_id)

    def of_study(self, study_uid: str) -> tuple[LabelStroke, ...]:
        """Return every stroke of a study that counts, in order."""
        return self._counting(schema.label_stroke.c.study_uid == study_uid)

    def _counting(self, *where: ColumnElement[bool]) -> tuple[LabelStroke, ...]:
        table = schema.label_stroke
        wanted = select(table).where(*where, ~table.c.undone).order_by(table.c.seq)
        rows = self._connection.execute(wanted)
        return tuple(LabelStroke(**row._mapping) for row in rows)  # noqa: SLF001 -- as above


class EditShelf:
    """The journal: every edit a row, never removed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = RecordTable(connection, schema.edit, Edit)

    def put(self, edit: Edit) -> None:
        """Append an edit, or change the state or the outcome of one."""
        if edit.seq:
            self._rows.replace(edit, schema.edit.c.id == edit.id)
            return
        last = self._connection.scalar(select(func.coalesce(func.max(schema.edit.c.seq), 0)))
        self._rows.add(replace(edit, seq=int(last or 0) + 1))

    def get(self, edit_id: str) -> Edit | None:
        return self._rows.one(schema.edit.c.id == edit_id)

    def of_study(self, study_uid: str) -> tuple[Edit, ...]:
        """Return every edit of a study, the first one first."""
        column = schema.edit.c
        return self._rows.many(column.study_uid == study_uid, order=(column.seq,))

    def last(self, study_uid: str, author_id: str, state: EditState) -> Edit | None:
        """Return the newest edit of an author that is done, or the oldest that is undone."""
        column = schema.edit.c
        order = column.seq.desc() if state is EditState.DONE else column.seq.asc()
        found = self._rows.many(
            column.study_uid == study_uid,
            column.author_id == author_id,
            column.state == state.value,
            order=(order,),
            limit=1,
        )
        return found[0] if found else None

    def drop_undone(self, study_uid: str, author_id: str) -> None:
        """Let what was undone be gone for good: something else has been done since."""
        column = schema.edit.c
        self._rows.execute(
            update(schema.edit)
            .where(
                column.study_uid == study_uid,
                column.author_id == author_id,
                column.state == EditState.UNDONE.value,
            )
            .values(state=EditState.DROPPED.value)
        )


_STROKE = ("id", "study_uid", "series_uid", "run_id", "change", "undone")
