"""Claims: a signed report cannot be altered without being noticed at the next display."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import DBAPIError

from app.bootstrap import Workstation
from app.errors import (
    NotFoundError,
    TamperedReportError,
    WorkstationError,
)
from app.records import Role
from app.storage.codec import canonical
from app.storage.work import Work
from app.workflow import (
    amending,
    annotating,
    assigning,
    displaying,
    explaining,
    journal,
    labelling,
    outputs,
    releasing,
    reporting,
    reviewing,
    signing,
)
from app.workflow.seal import Signer, sealed
from app.workflow.session import Session
from assistant.records import Report, ReportStatus, Section
from tests.app.workflow.conftest import DOCTOR, PASSWORD, PATIENT, enter
from tests.app.workflow.signed_study import put_seen_study, sign_seen, sql, without_triggers
from viewer.records import LabelChange


@pytest.fixture
def doctor(clinic: Workstation) -> Session:
    return enter(clinic, DOCTOR)


@pytest.fixture
def study_uid(doctor: Session, tmp_path: Path) -> str:
    uid = put_seen_study(doctor, tmp_path)
    assigning.take(doctor, uid)
    return uid


@pytest.fixture
def signed(doctor: Session, study_uid: str) -> Report:
    return sign_seen(doctor, study_uid)


def broken(session: Session, report: Report) -> str:
    """What the next display says is wrong, or an empty text."""
    return displaying.display(session, report.id).broken


def failures(session: Session) -> list[str]:
    with session.begin() as work:
        lines = work.audit.entries(20)
    return [line.detail for line in lines if line.action == "report.seal-broken"]


# By the program's own acts


def _paint(session: Session, report: Report) -> None:
    with session.begin() as work:
        series = work.series.of_study(report.study_uid)[0]
    box = np.ones((1, 2, 2), np.uint8)
    change = LabelChange("stroke", report.study_uid, series.uid, (0, 0, 0), box * 0, box)
    labelling.put_stroke(session, change, "run-1")


def _move_key_image(session: Session, report: Report) -> None:
    mark = annotating.key_images_of(session, report.study_uid)[0]
    annotating.mark_key_image(session, replace(mark, note="another"))


def _move_line(session: Session, report: Report) -> None:
    line = annotating.annotations_of(session, report.study_uid)[0]
    annotating.put_annotation(session, replace(line, text="another"))


def _undo_all(session: Session, report: Report) -> None:
    for _ in range(20):
        journal.undo(session, report.study_uid)


WORKFLOW: dict[str, Callable[[Session, Report], object]] = {
    "save the draft": lambda s, r: reporting.save_draft(s, r.id, r.sections),
    "draft again": lambda s, r: reporting.draft(s, r.study_uid),
    "sign again": lambda s, r: signing.sign(s, r.id, PASSWORD),
    "co-sign a final one": lambda s, r: signing.cosign(s, r.id, PASSWORD),
    "accept": lambda s, r: reviewing.accept(s, "seen-1"),
    "reject": lambda s, r: reviewing.reject(s, "seen-1"),
    "reset": lambda s, r: reviewing.reset(s, "seen-1"),
    "paint an outline": _paint,
    "change a key image": _move_key_image,
    "unmark a key image": lambda s, r: annotating.unmark_key_image(s, "key-1"),
    "change an annotation": _move_line,
    "remove an annotation": lambda s, r: annotating.remove_annotation(s, "line-1"),
    "undo everything": _undo_all,
    "correct without a change": lambda s, r: amending.correct(s, r.id, r.sections, "why", PASSWORD),
    "correct without a reason": lambda s, r: amending.correct(s, r.id, (), " ", PASSWORD),
    "an empty addendum": lambda s, r: amending.append(s, r.id, " ", PASSWORD),
    "error without a reason": lambda s, r: amending.mark_in_error(s, r.id, "", PASSWORD),
}


@pytest.mark.parametrize("act", sorted(WORKFLOW))
def test_no_act_of_the_program_alters_a_signed_report(
    doctor: Session, signed: Report, act: str
) -> None:
    with pytest.raises(WorkstationError):
        WORKFLOW[act](doctor, signed)
    verdict = displaying.display(doctor, signed.id)
    assert verdict.versions == (signed,)
    assert verdict.holds


# By SQL, the triggers in place


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE report_version SET body = '{}'",
        "UPDATE report_version SET status = 'partial'",
        "UPDATE OR REPLACE report_version SET version = 9",
        "DELETE FROM report_version",
        "INSERT OR REPLACE INTO report_version SELECT * FROM report_version",
        "UPDATE finding SET label = 'x' WHERE id = 'seen-1'",
        "DELETE FROM finding WHERE id = 'seen-1'",
        "INSERT OR REPLACE INTO finding SELECT * FROM finding",
        "UPDATE key_image SET note = 'x'",
        "DELETE FROM key_image",
        "UPDATE annotation SET text = 'x'",
        "DELETE FROM annotation",
        "INSERT INTO label_stroke (id, study_uid, series_uid, run_id, change, undone)"
        " SELECT 's', study_uid, series_uid, id, x'00', 0 FROM run",
        "INSERT INTO report_handover VALUES ('h', 'no', 1, '', '', '', '', '', '', '')",
        "INSERT INTO report_release VALUES ('no', '2026-01-01')",
        "UPDATE report_version SET report_id = 'other'",
    ],
)
def test_the_database_refuses_the_statement(
    doctor: Session, signed: Report, statement: str
) -> None:
    with doctor.begin() as work, pytest.raises(DBAPIError, match=r"signed report"):
        sql(work, statement)
    assert displaying.display(doctor, signed.id).holds


# By somebody with the database's key, the triggers dropped


def _rewrite(work: Work, report: Report, **fields: object) -> None:
    body = json.loads(canonical(report)) | fields
    sql(
        work,
        "UPDATE report_version SET body = :body, status = :status WHERE report_id = :id",
        body=canonical(body),
        status=body["status"],
        id=report.id,
    )


def _resigned(session: Session, report: Report, key: Ed25519PrivateKey) -> Report:
    return sealed(
        replace(report, sections=(Section("Impression", "Normal."),)),
        Signer(session.actor.practitioner_id, session.actor.name, key),
        meaning="x",
        signed_at=session.now(),
        status=ReportStatus.FINAL,
    )


def _swap_key_and_resign(session: Session, work: Work, report: Report) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    sql(work, "UPDATE account SET public_key = :public", public=public)
    _rewrite(work, _resigned(session, report, key))


ROWS: dict[str, Callable[[Session, Work, Report], None]] = {
    "words": lambda s, w, r: _rewrite(w, r, sections=[]),
    "patient": lambda s, w, r: _rewrite(w, r, patient_id="another"),
    "status": lambda s, w, r: _rewrite(w, r, status="appended"),
    "made a draft again": lambda s, w, r: _rewrite(w, r, status="partial", signature=None),
    "what was seen": lambda s, w, r: _rewrite(w, r, seen=None),
    "content version": lambda s, w, r: _rewrite(w, r, content_version=1),
    "not a report": lambda s, w, r: sql(w, "UPDATE report_version SET body = 'x'"),
    "no JSON of a report": lambda s, w, r: sql(w, "UPDATE report_version SET body = '{}'"),
    "removed": lambda s, w, r: sql(w, "DELETE FROM report_version"),
    "signed anew with another key": lambda s, w, r: _rewrite(
        w, _resigned(s, r, Ed25519PrivateKey.generate())
    ),
    "signer's key swapped, signed anew": _swap_key_and_resign,
    "signer's key swapped": lambda s, w, r: sql(w, "UPDATE account SET public_key = :k", k="ab"),
}


@pytest.mark.parametrize("way", sorted(ROWS))
def test_a_changed_row_is_noticed_at_the_next_display(
    doctor: Session, signed: Report, way: str
) -> None:
    without_triggers(doctor, lambda work: ROWS[way](doctor, work, signed))
    assert broken(doctor, signed)
    assert failures(doctor)
    for act in (outputs.report_pdf, releasing.release, reporting.verified, reporting.history):
        with pytest.raises((TamperedReportError, NotFoundError)):
            act(doctor, signed.id)  # type: ignore[operator]


def test_a_report_that_was_removed_is_missed_when_its_study_is_opened(
    doctor: Session, signed: Report
) -> None:
    without_triggers(doctor, lambda work: sql(work, "DELETE FROM report_version"))
    assert displaying.missing(doctor, signed.study_uid) == signed.id


def test_a_signature_copied_from_another_report_does_not_hold(
    doctor: Session, signed: Report
) -> None:
    other = replace(signed, id="other", sections=(Section("Impression", "Normal."),))
    with doctor.begin() as work:
        work.reports.put(other)
    assert "changed after it was signed" in broken(doctor, other)


def test_a_version_slipped_in_behind_the_last_is_noticed(doctor: Session, signed: Report) -> None:
    """By the doctor's own key, but past the program: the audit trail knows of no such act."""
    key = doctor.keys.signing_key(DOCTOR, PASSWORD)
    assert signed.signature is not None
    slipped = replace(signed, version=2, previous_digest=signed.signature.digest)
    made = sealed(
        slipped,
        Signer(doctor.actor.practitioner_id, doctor.actor.name, key),
        meaning="x",
        signed_at=doctor.now(),
        status=ReportStatus.CORRECTED,
    )
    with doctor.begin() as work:
        work.reports.put(made)
    assert "audit trail" in broken(doctor, signed)


def test_a_database_put_back_to_an_older_day_is_noticed(
    workstation: Workstation, doctor: Session, study_uid: str, tmp_path: Path
) -> None:
    first = sign_seen(doctor, study_uid)
    home = doctor.pixels._folder.parent
    workstation.clinic.close()
    shutil.copy(home / "sagittal.db", tmp_path / "older.db")
    doctor = enter(workstation, DOCTOR)
    amending.append(doctor, first.id, "Seen again: it has grown.", PASSWORD)
    workstation.clinic.close()
    for path in home.glob("sagittal.db*"):
        path.unlink()
    shutil.copy(tmp_path / "older.db", home / "sagittal.db")
    doctor = enter(workstation, DOCTOR)
    assert "older than the last signature" in broken(doctor, first)
    with pytest.raises(TamperedReportError):
        outputs.report_pdf(doctor, first.id)


# What was seen


def _exchange(session: Session, work: Work, column: str, table: str) -> None:
    row = work.audit._connection.exec_driver_sql(f"SELECT {column} FROM {table}").scalar_one()
    array = session.pixels.get(row).copy()
    array.flat[0] = array.flat[0] + 1
    patient_id = work.audit._connection.exec_driver_sql("SELECT id FROM patient").scalars().first()
    fresh = session.pixels.put(array, patient_id)
    work.audit._connection.exec_driver_sql(f"UPDATE {table} SET {column} = ?", (fresh,))


def _edit_file(session: Session, work: Work) -> None:
    name = work.audit._connection.exec_driver_sql("SELECT pixel_file FROM series").scalar_one()
    path = next(session.pixels._folder.rglob(name))
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


SEEN: dict[str, tuple[Callable[[Session, Work], None], str]] = {
    "other pixels": (lambda s, w: _exchange(s, w, "pixel_file", "series"), "not those"),
    "a bit of the pixel file": (_edit_file, "cannot be read"),
    "a moved grid": (
        lambda s, w: sql(w, "UPDATE series SET affine = replace(affine, '[1', '[2')"),
        "not those",
    ),
    "another outline": (lambda s, w: _exchange(s, w, "label_file", "run"), "outline"),
    "a stroke": (
        lambda s, w: sql(w, "UPDATE run SET label_file = ''"),
        "outline",
    ),
    "another key image": (lambda s, w: sql(w, "UPDATE key_image SET note = 'x'"), "key image"),
    "no key image": (lambda s, w: sql(w, "DELETE FROM key_image"), "key image"),
}


@pytest.mark.parametrize("what", sorted(SEEN))
def test_what_was_seen_is_flagged_when_it_is_no_longer_the_same(
    doctor: Session, signed: Report, what: str
) -> None:
    act, words = SEEN[what]
    without_triggers(doctor, lambda work: act(doctor, work))
    verdict = displaying.display(doctor, signed.id)
    assert not verdict.broken
    assert any(words in change for change in verdict.changed), verdict.changed
    assert "what was seen has changed" in failures(doctor)
    with pytest.raises(TamperedReportError):
        outputs.report_pdf(doctor, signed.id)
    with pytest.raises(TamperedReportError):
        releasing.release(doctor, signed.id)
    with pytest.raises(TamperedReportError):
        releasing.hand_over(doctor, signed.id, "Zoe Canary", "patient")


def test_another_heat_map_is_flagged(doctor: Session, signed: Report) -> None:
    def act(work: Work) -> None:
        told = work.audit._connection.exec_driver_sql("SELECT attribution FROM run").scalar_one()
        facts = json.loads(told)
        array = doctor.pixels.get(facts["map_file"]).copy()
        array.flat[0] = 0.5
        facts["map_file"] = doctor.pixels.put(array, signed.patient_id)
        sql(work, "UPDATE run SET attribution = :facts", facts=canonical(facts).decode())

    without_triggers(doctor, act)
    assert any("heat map" in one for one in displaying.display(doctor, signed.id).changed)


# Every way a signed report is shown or used


PATHS: dict[str, Callable[[Session, Session, str], object]] = {
    "report page": lambda d, p, r: _raise_if_broken(d, r),
    "reading page": lambda d, p, r: reporting.verified(d, r),
    "versions": lambda d, p, r: reporting.history(d, r),
    "PDF": lambda d, p, r: outputs.report_pdf(d, r),
    "print": lambda d, p, r: outputs.report_pdf(d, r, outputs.Eyes.PATIENT, outputs.Way.PRINT),
    "print for hand-over": lambda d, p, r: outputs.print_for_hand_over(_at_the_desk(d), r),
    "hand-over": lambda d, p, r: releasing.hand_over(d, r, "Zoe", "patient"),
    "release": lambda d, p, r: releasing.release(d, r),
    "addendum": lambda d, p, r: amending.append(d, r, "more", PASSWORD),
    "correction": lambda d, p, r: amending.correct(
        d, r, (Section("Impression", "new"),), "why", PASSWORD
    ),
    "entered in error": lambda d, p, r: amending.mark_in_error(d, r, "why", PASSWORD),
    "patient's list": lambda d, p, r: explaining.my_reports(p),
    "explanation": lambda d, p, r: explaining.explain(p, r),
    "assistant": lambda d, p, r: explaining.ask(
        p, r, explaining.Message("Hello"), explaining.Helpers(), lambda _: None
    ),
}


def _at_the_desk(session: Session) -> Session:
    return replace(session, actor=replace(session.actor, role=Role.RECEPTIONIST))


def _raise_if_broken(session: Session, report_id: str) -> None:
    verdict = displaying.display(session, report_id)
    if not verdict.holds:
        raise TamperedReportError(verdict.broken)


@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_path_checks(clinic: Workstation, doctor: Session, signed: Report, path: str) -> None:
    patient = _released(clinic, doctor, signed)
    doctor = replace(doctor, ended=patient.ended)
    without_triggers(doctor, lambda work: _rewrite(work, signed, sections=[]))
    with pytest.raises(TamperedReportError):
        PATHS[path](doctor, patient, signed.id)
    assert failures(doctor)


@pytest.mark.parametrize("path", sorted(PATHS))
def test_a_path_that_forgot_to_check_is_found(
    clinic: Workstation,
    doctor: Session,
    signed: Report,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The broken variant: without the check, the altered report goes through every path."""
    patient = _released(clinic, doctor, signed)
    doctor = replace(doctor, ended=patient.ended)
    without_triggers(doctor, lambda work: _rewrite(work, signed, sections=[]))
    monkeypatch.setattr("app.workflow.verifying.check_chain", lambda *_: None)
    monkeypatch.setattr("app.workflow.outgoing.check_signed", lambda *_: None)
    try:
        PATHS[path](doctor, patient, signed.id)
    except TamperedReportError:
        pytest.fail("something else caught it")
    except Exception:
        pass


def _released(clinic: Workstation, doctor: Session, signed: Report) -> Session:
    releasing.release(doctor, signed.id)
    with doctor.begin() as work:
        account = work.accounts.by_username(PATIENT)
        assert account is not None
        work.accounts.put(replace(account, patient_id=signed.patient_id))
    return enter(clinic, PATIENT)
