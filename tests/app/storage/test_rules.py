"""What the database itself refuses, tried past the shelves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.errors import SignedReportError
from app.records import SYSTEM
from app.storage.triggers import TRIGGERS
from app.storage.work import Storage, Work
from assistant.records import ReportStatus
from scheduling.errors import SlotTakenError
from scheduling.records import AppointmentStatus
from tests.app.storage import records as r

HALF_HOUR = timedelta(minutes=30)


def raw(work: Work, statement: str) -> None:
    work.audit._connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE report_version SET body = 'x'",
        "UPDATE report_version SET status = 'partial'",
        "DELETE FROM report_version",
        "INSERT OR REPLACE INTO report_version SELECT * FROM report_version",
        "REPLACE INTO report_version (report_id, version, study_uid, patient_id, status, "
        "updated_at, body) VALUES ('r', 1, 'x', 'x', 'partial', 'x', 'x')",
    ],
)
def test_signed_report_cannot_be_changed_by_any_statement(storage: Storage, statement: str) -> None:
    with storage.begin(SYSTEM) as work:
        work.reports.put(r.DRAFT)
        work.reports.put(r.SIGNED)
    with storage.begin(SYSTEM) as work, pytest.raises(DBAPIError, match="signed report"):
        raw(work, statement)
    with storage.begin(SYSTEM) as work:
        assert work.reports.versions("r") == (r.SIGNED,)


def test_signed_report_cannot_be_put_again_but_gains_versions(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.reports.put(r.SIGNED)
        for again in (r.SIGNED, r.DRAFT, replace(r.DRAFT, version=0)):
            with pytest.raises(SignedReportError):
                work.reports.put(again)
        addendum = replace(r.SIGNED, version=2, status=ReportStatus.APPENDED, previous_digest="00")
        work.reports.put(addendum)
        assert work.reports.get("r") == work.reports.of_study("1.2") == addendum
        assert work.reports.versions("r") == (r.SIGNED, addendum)


def test_only_a_signed_report_is_released_and_only_its_signed_versions(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.reports.put(r.DRAFT)
        with pytest.raises(SignedReportError):
            work.reports.release("r", r.NOW)
        work.reports.put(r.SIGNED)
        assert work.reports.released_to("p") == ()
        work.reports.release("r", r.NOW)
        work.reports.release("r", r.NOW + HALF_HOUR)
        with pytest.raises(SignedReportError):
            work.reports.put(replace(r.DRAFT, version=2))
        assert work.reports.released_at("r") == r.NOW
        assert work.reports.released_to("p") == (r.SIGNED,)
        assert work.reports.released_to("p2") == ()
        wrong = replace(
            r.SIGNED,
            version=2,
            status=ReportStatus.ENTERED_IN_ERROR,
            previous_digest="00",
        )
        work.reports.put(wrong)
        assert work.reports.released_to("p") == ()


@pytest.mark.parametrize(("start", "minutes"), [(0, 30), (-15, 30), (15, 30), (5, 5), (-5, 60)])
def test_overlapping_appointment_is_refused(storage: Storage, start: int, minutes: int) -> None:
    starts = r.NOW + timedelta(minutes=start)
    second = replace(
        r.APPOINTMENT,
        id="b",
        patient_id="p2",
        starts=starts,
        ends=starts + timedelta(minutes=minutes),
    )
    with storage.begin(SYSTEM) as work:
        work.appointments.put(r.APPOINTMENT)
        with pytest.raises(SlotTakenError):
            work.appointments.put(second)
        work.appointments.put(replace(second, practitioner_id="d2"))
        work.appointments.put(replace(second, id="c", status=AppointmentStatus.CANCELLED))
        with pytest.raises(SlotTakenError):
            work.appointments.put(replace(second, id="c", status=AppointmentStatus.PENDING))
        work.appointments.put(replace(r.APPOINTMENT, status=AppointmentStatus.CANCELLED))
        work.appointments.put(second)


def test_appointments_back_to_back_are_fine(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.appointments.put(r.APPOINTMENT)
        after = replace(
            r.APPOINTMENT, id="b", starts=r.APPOINTMENT.ends, ends=r.APPOINTMENT.ends + HALF_HOUR
        )
        work.appointments.put(after)
        work.appointments.put(replace(after, reason="moved nothing"))
        between = work.appointments.between
        assert len(between(r.NOW, after.ends)) == 2
        assert [one.id for one in between(after.starts, after.ends, "d")] == ["b"]
        assert between(r.NOW, after.ends, "d2") == ()
        assert len(work.appointments.of_patient("p")) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET body = '{}' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 2",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
        "INSERT INTO audit VALUES (9, '{}', '', '')",
    ],
)
def test_audit_trail_only_grows(storage: Storage, statement: str) -> None:
    with storage.begin(SYSTEM) as work:
        work.note("a", "1")
        work.note("b", "2")
    with storage.begin(SYSTEM) as work, pytest.raises(DBAPIError, match="append-only"):
        raw(work, statement)


def test_without_the_triggers_the_same_statements_pass(storage: Storage) -> None:
    """The broken variant: proof that it is the triggers that refuse."""
    with storage.begin(SYSTEM) as work:
        for trigger in TRIGGERS:
            raw(work, "DROP TRIGGER " + trigger.split()[2])
        work.reports.put(r.SIGNED)
        raw(work, "UPDATE report_version SET body = 'x'")
        work.appointments.put(r.APPOINTMENT)
        work.appointments.put(replace(r.APPOINTMENT, id="b"))
        work.note("a", "1")
        raw(work, "DELETE FROM audit")


def test_a_study_without_its_patient_is_refused(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work, pytest.raises(DBAPIError, match="FOREIGN KEY"):
        work.studies.put(r.STUDY)


def test_no_error_message_names_a_patient(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work, pytest.raises(DBAPIError) as caught:
        work.studies.put(replace(r.STUDY, description="CANARY"))
    assert "CANARY" not in str(caught.value)
