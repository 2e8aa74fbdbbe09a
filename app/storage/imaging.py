"""Shelves of patients, studies, series and instances (viewer.ports)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, func, or_, select

from app.storage import schema
from app.storage.record_table import RecordTable
from viewer.records import Instance, Patient, Series, Study

_MOST_VARIABLES = 500


class PatientShelf:
    """The durable home of patients."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.patient, Patient)

    def put(self, patient: Patient) -> None:
        self._rows.put(patient)

    def get(self, patient_id: str) -> Patient | None:
        return self._rows.one(schema.patient.c.id == patient_id)

    def find(self, mrn: str, name: str, birth_date: date | None) -> Patient | None:
        """Return the patient of that MRN, name and birth date, or None; no guessing."""
        column = schema.patient.c
        born = column.birth_date.is_(birth_date.isoformat() if birth_date else None)
        known = self._rows.many(
            column.mrn == mrn, column.name == name, born, order=(column.id,), limit=1
        )
        return known[0] if known else None

    def near(self, mrn: str, birth_date: date | None) -> tuple[Patient, ...]:
        """Return patients of that number, whatever its case, or born that day; by name."""
        column = schema.patient.c
        hits = [func.lower(column.mrn) == mrn.strip().lower()] if mrn.strip() else []
        if birth_date is not None:
            hits.append(column.birth_date == birth_date.isoformat())
        return self._rows.many(or_(*hits), order=(column.name, column.id)) if hits else ()

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the names of many patients by id; who is not known is left out."""
        column, wanted = schema.patient.c, sorted(set(ids))
        found: dict[str, str] = {}
        for begin in range(0, len(wanted), _MOST_VARIABLES):
            some = column.id.in_(wanted[begin : begin + _MOST_VARIABLES])
            rows = self._rows.connection.execute(select(column.id, column.name).where(some))
            found |= {row.id: row.name for row in rows}
        return found

    def search(self, text: str, limit: int = 50) -> tuple[Patient, ...]:
        """Return patients in whose name or MRN every word occurs, by name."""
        column = schema.patient.c
        hit = func.found_in(column.name + " " + column.mrn, text) == 1
        return self._rows.many(hit, order=(column.name, column.id), limit=limit)


class StudyShelf:
    """The durable home of studies."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.study, Study)

    def put(self, study: Study) -> None:
        self._rows.put(study)

    def get(self, uid: str) -> Study | None:
        return self._rows.one(schema.study.c.uid == uid)

    def of_patient(self, patient_id: str) -> tuple[Study, ...]:
        """Return the patient's studies, newest first."""
        column = schema.study.c
        newest = (column.study_date.desc(), column.imported_at.desc(), column.uid)
        return self._rows.many(column.patient_id == patient_id, order=newest)


class SeriesShelf:
    """The durable home of series."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.series, Series)

    def put(self, series: Series) -> None:
        self._rows.put(series)

    def get(self, uid: str) -> Series | None:
        return self._rows.one(schema.series.c.uid == uid)

    def of_study(self, study_uid: str) -> tuple[Series, ...]:
        """Return the study's series by number."""
        column = schema.series.c
        return self._rows.many(column.study_uid == study_uid, order=(column.number, column.uid))

    def of_source(self, source_uid: str) -> tuple[Series, ...]:
        """Return the volumes one source series was divided into, along their axis."""
        column = schema.series.c
        order = (column.axis_index, column.uid)
        return self._rows.many(column.source_uid == source_uid, order=order)


class InstanceShelf:
    """The durable home of instances."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = RecordTable(connection, schema.instance, Instance)

    def put_all(self, instances: Iterable[Instance]) -> None:
        self._rows.put_all(instances)

    def known(self, uids: Iterable[str]) -> frozenset[str]:
        """Return those of the UIDs that are here already."""
        wanted = list(uids)
        column = schema.instance.c.uid
        here: set[str] = set()
        for at in range(0, len(wanted), _MOST_VARIABLES):
            part = select(column).where(column.in_(wanted[at : at + _MOST_VARIABLES]))
            here.update(self._connection.scalars(part))
        return frozenset(here)
