"""Shelves of assignments and emergency access, and what ties a doctor to a patient."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from app.accounts.records import Assignment, EmergencyAccess
from app.accounts.treating import APPOINTMENT_AFTER, APPOINTMENT_BEFORE, Ties
from app.records import Actor
from app.storage.access_tables import assignment, emergency_access
from app.storage.codec import encode, instant
from app.storage.record_table import RecordTable

# ruff: noqa: S608 - the statements are put together from the fixed fragments below

_LATER = ("ended_at", "verdict", "reviewed_by", "reviewed_at", "review_words")
_OLDEST = (emergency_access.c.started_at, emergency_access.c.id)


class AssignmentShelf:
    """The durable home of assignments: a history that is only ever added to."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, assignment, Assignment)

    def add(self, step: Assignment) -> None:
        values = {
            name: encode(getattr(step, name))
            for name in ("study_uid", "reader_id", "by_id", "at", "word")
        }
        self._rows.execute(assignment.insert().values(**values))

    def reader_of(self, study_uid: str) -> str:
        """Return the account that has the study now, or an empty text."""
        newest = assignment.c.seq.desc()
        held = self._rows.many(assignment.c.study_uid == study_uid, order=(newest,), limit=1)
        return held[0].reader_id if held else ""

    def history(self, study_uid: str) -> tuple[Assignment, ...]:
        """Return every step, the oldest first."""
        return self._rows.many(assignment.c.study_uid == study_uid, order=(assignment.c.seq,))


class EmergencyShelf:
    """The durable home of emergency access."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, emergency_access, EmergencyAccess)

    def add(self, access: EmergencyAccess) -> None:
        """Keep a new emergency access."""
        self._rows.add(access)

    def update(self, access: EmergencyAccess) -> None:
        """Keep that it ended or was reviewed; nothing else of it ever changes."""
        values = {name: encode(getattr(access, name)) for name in _LATER}
        mine = emergency_access.c.id == access.id
        self._rows.execute(emergency_access.update().where(mine).values(**values))

    def get(self, access_id: str) -> EmergencyAccess | None:
        return self._rows.one(emergency_access.c.id == access_id)

    def not_ended(self, account_id: str = "") -> tuple[EmergencyAccess, ...]:
        """Return what nobody has ended yet, of one person or of everybody."""
        whose = (emergency_access.c.account_id == account_id,) if account_id else ()
        return self._rows.many(emergency_access.c.ended_at.is_(None), *whose, order=_OLDEST)

    def all(self) -> tuple[EmergencyAccess, ...]:
        """Return every emergency access, those without a review first, the newest first."""
        reviewed = emergency_access.c.verdict != ""
        return self._rows.many(order=(reviewed, emergency_access.c.started_at.desc()))

    def of_patient(self, patient_id: str) -> tuple[EmergencyAccess, ...]:
        """Return every emergency access to one patient's data, the newest first."""
        newest = (emergency_access.c.started_at.desc(),)
        return self._rows.many(emergency_access.c.patient_id == patient_id, order=newest)


_READER = """(SELECT reader_id FROM assignment WHERE assignment.study_uid = study.uid
    ORDER BY seq DESC LIMIT 1)"""
_SIGNED = """EXISTS (SELECT 1 FROM report_version AS signed WHERE signed.study_uid = study.uid
    AND signed.status NOT IN ('registered', 'partial'))"""
_BODY = "CAST(written.body AS TEXT)"
_TIES = text(f"""SELECT
    EXISTS (SELECT 1 FROM study WHERE patient_id = :patient AND {_READER} = :account) AS has_study,
    EXISTS (SELECT 1 FROM study WHERE patient_id = :patient AND coalesce({_READER}, '') = ''
        AND NOT {_SIGNED})
        OR EXISTS (SELECT 1 FROM report_version WHERE patient_id = :patient)
        AND NOT EXISTS (SELECT 1 FROM study JOIN series ON series.study_uid = study.uid
            WHERE study.patient_id = :patient) AS may_take,
    EXISTS (SELECT 1 FROM report_version AS last WHERE last.patient_id = :patient
        AND last.status = 'preliminary' AND NOT EXISTS (SELECT 1 FROM report_version AS later
            WHERE later.report_id = last.report_id AND later.version > last.version))
        AS may_cosign,
    EXISTS (SELECT 1 FROM appointment WHERE patient_id = :patient
        AND practitioner_id = :practitioner AND practitioner_id <> ''
        AND status NOT IN ('cancelled', 'noshow', 'entered-in-error')
        AND starts <= :latest AND ends >= :earliest) AS appointment,
    EXISTS (SELECT 1 FROM report_version AS written WHERE written.patient_id = :patient
        AND CASE WHEN json_valid({_BODY}) THEN
            json_extract({_BODY}, '$.author_id') IN (:account, nullif(:practitioner, ''))
            OR json_extract({_BODY}, '$.signature.signer_id') IN
                (:account, nullif(:practitioner, '')) ELSE 0 END) AS wrote_report,
    EXISTS (SELECT 1 FROM emergency_access WHERE account_id = :account AND patient_id = :patient
        AND ended_at IS NULL AND started_at <= :now AND ends_at > :now) AS emergency""")

_OF_STUDY = {
    "series": "SELECT study_uid FROM series WHERE uid = :id",
    "source": "SELECT study_uid FROM series WHERE source_uid = :id OR uid = :id LIMIT 1",
    "run": "SELECT study_uid FROM run WHERE id = :id",
    "anatomy": "SELECT study_uid FROM anatomy_run WHERE id = :id",
    "finding": "SELECT study_uid FROM finding WHERE id = :id",
    "annotation": "SELECT study_uid FROM annotation WHERE id = :id",
    "key_image": "SELECT study_uid FROM key_image WHERE id = :id",
}
_PATIENTS = {
    "study": text("SELECT patient_id FROM study WHERE uid = :id"),
    "report": text(
        "SELECT patient_id FROM report_version WHERE report_id = :id ORDER BY version DESC LIMIT 1"
    ),
    **{
        kind: text(f"SELECT patient_id FROM study WHERE uid = ({study})")
        for kind, study in _OF_STUDY.items()
    },
}


_MATCHED = text("SELECT patient_id FROM account WHERE id = :id")


class TieShelf:
    """Whose data something is, and what ties a person to that patient."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def patient_of(self, kind: str, subject_id: str) -> str | None:
        """Return the patient of a study, series, run, finding, ..., or None where there is none."""
        found = self._connection.scalar(_PATIENTS[kind], {"id": subject_id})
        return None if found is None else str(found)

    def matched(self, account_id: str, patient_id: str) -> bool:
        """Whether an account is matched with the record at this moment."""
        found = self._connection.scalar(_MATCHED, {"id": account_id})
        return bool(patient_id) and found == patient_id

    def between(self, actor: Actor, patient_id: str, now: datetime) -> Ties:
        """Return what ties this person to the patient at that moment."""
        values = {
            "patient": patient_id,
            "account": actor.account_id,
            "practitioner": actor.practitioner_id,
            "now": instant(now),
            "latest": instant(now + APPOINTMENT_BEFORE),
            "earliest": instant(now - APPOINTMENT_AFTER),
        }
        row = self._connection.execute(_TIES, values).one()
        return Ties(**{name: bool(value) for name, value in row._mapping.items()})  # noqa: SLF001
