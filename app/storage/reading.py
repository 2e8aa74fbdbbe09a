"""Shelves of runs and findings (inference.ports) and of reports (assistant.ports)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.dialects.sqlite import insert

from app.storage import schema
from app.storage.codec import canonical, encode, instant, parse
from app.storage.faults import in_plain_words
from app.storage.record_table import RecordTable
from assistant.records import Report, ReportStatus
from inference.records import Finding, Run


class RunShelf:
    """The durable home of runs."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.run, Run)

    def put(self, run: Run) -> None:
        self._rows.put(run)

    def get(self, run_id: str) -> Run | None:
        return self._rows.one(schema.run.c.id == run_id)

    def of_study(self, study_uid: str) -> tuple[Run, ...]:
        """Return the study's runs, newest first."""
        column = schema.run.c
        newest = (column.started_at.desc(), column.id)
        return self._rows.many(column.study_uid == study_uid, order=newest)


class FindingShelf:
    """The durable home of findings."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.finding, Finding)

    def put(self, finding: Finding) -> None:
        self._rows.put(finding)

    def get(self, finding_id: str) -> Finding | None:
        return self._rows.one(schema.finding.c.id == finding_id)

    def remove(self, finding_id: str) -> None:
        table = schema.finding
        self._rows.execute(table.delete().where(table.c.id == finding_id))

    def of_study(self, study_uid: str) -> tuple[Finding, ...]:
        """Return the study's findings, the most probable first."""
        column = schema.finding.c
        likely = (column.probability.desc().nulls_last(), column.id)
        return self._rows.many(column.study_uid == study_uid, order=likely)


class ReportShelf:
    """The durable home of report versions, each one canonical JSON document.

    A signed version is never changed, deleted or replaced: the database refuses with
    SignedReportError.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, report: Report) -> None:
        values = {
            name: encode(getattr(report, name))
            for name in ("version", "study_uid", "patient_id", "status", "updated_at")
        }
        fresh = insert(schema.report_version).values(
            report_id=report.id, body=canonical(report), **values
        )
        del values["version"]
        with in_plain_words():
            self._connection.execute(
                fresh.on_conflict_do_update(
                    index_elements=["report_id", "version"],
                    set_={name: fresh.excluded[name] for name in (*values, "body")},
                )
            )

    def get(self, report_id: str) -> Report | None:
        """Return the latest version, or None."""
        return next(iter(self._newest(schema.report_version.c.report_id == report_id)), None)

    def holds(self, report_id: str) -> bool:
        """Whether any version of the report is here, readable or not."""
        column = schema.report_version.c
        one = select(column.version).where(column.report_id == report_id).limit(1)
        return self._connection.scalar(one) is not None

    def newest_patient(self, report_id: str) -> str:
        """Return whose report it is, from its newest row, without reading its content; or empty."""
        column = schema.report_version.c
        newest = (
            select(column.patient_id)
            .where(column.report_id == report_id)
            .order_by(column.version.desc())
            .limit(1)
        )
        return str(self._connection.scalar(newest) or "")

    def of_study(self, study_uid: str) -> Report | None:
        """Return the latest version of the study's report, or None.

        A signed one that stands comes before a draft, and a draft before one entered in error.
        """
        return next(iter(self.all_of_study(study_uid)), None)

    def all_of_study(self, study_uid: str) -> tuple[Report, ...]:
        """Return the latest version of each of the study's reports, signed ones first.

        There are several where two workstations reported the same study apart.
        """
        latest: dict[str, Report] = {}
        for report in self._newest(schema.report_version.c.study_uid == study_uid):
            latest.setdefault(report.id, report)
        return tuple(
            sorted(
                latest.values(),
                key=lambda one: (
                    one.status is ReportStatus.ENTERED_IN_ERROR,
                    one.status.is_draft,
                ),
            )
        )

    def versions(self, report_id: str) -> tuple[Report, ...]:
        """Return all versions, the first one first."""
        return self._newest(schema.report_version.c.report_id == report_id)[::-1]

    def release(self, report_id: str, released_at: datetime) -> None:
        """Let the patient see the report; the first release counts.

        Raises
        ------
        SignedReportError
            No version of it is signed.
        """
        values = {"report_id": report_id, "released_at": instant(released_at)}
        with in_plain_words():
            self._connection.execute(
                insert(schema.report_release).values(**values).on_conflict_do_nothing()
            )

    def released_at(self, report_id: str) -> datetime | None:
        """Return when the report was released, or None."""
        table = schema.report_release
        at = self._connection.scalar(
            select(table.c.released_at).where(table.c.report_id == report_id)
        )
        return None if at is None else datetime.fromisoformat(at)

    def released_to(self, patient_id: str) -> tuple[Report, ...]:
        """Return the latest signed version of each released report, newest first.

        Only one that stands is among them: none entered in error, none that waits for a
        co-signature.
        """
        column = schema.report_version.c
        released = select(schema.report_release.c.report_id)
        latest: dict[str, Report] = {}
        for report in self._newest(
            column.patient_id == patient_id,
            column.status != ReportStatus.PARTIAL.value,
            column.report_id.in_(released),
        ):
            latest.setdefault(report.id, report)
        good = [report for report in latest.values() if report.status.is_final]
        return tuple(sorted(good, key=lambda report: report.updated_at, reverse=True))

    def _newest(self, *where: ColumnElement[bool]) -> tuple[Report, ...]:
        """Return matching versions: within a report the highest version first."""
        column = schema.report_version.c
        bodies = (
            select(column.body)
            .where(*where)
            .order_by(column.version.desc(), column.updated_at.desc(), column.report_id)
        )
        return tuple(parse(Report, body) for body in self._connection.scalars(bodies))
