"""Each rule of the database about signed reports is that rule's: dropped, its check goes red.

For every trigger there is one statement that it alone refuses. The first test sees it refused; the
second drops that one trigger, the broken variant, and sees the very statement go through. Likewise
for the triggers of the worklist whose statements the program itself never makes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.records import SYSTEM, AccountStatus, HandOver, Role, Withdrawal
from app.storage.codec import canonical, encode
from app.storage.report_triggers import REPORT_TRIGGERS
from app.storage.work import Storage, Work
from app.storage.worklist_lines import plain_lines
from inference.records import RunOutcome
from tests.app.storage.records import ACCOUNT, DRAFT, FINDING, NOW, RUN, SERIES, SIGNED, STUDY
from viewer.records import Annotation, AnnotationKind, KeyImage, Patient, WindowLevel

_FLAT = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
NAMES = tuple(statement.split()[2] for statement in REPORT_TRIGGERS)
SIGNED_BODY: dict[str, Any] = json.loads(canonical(encode(SIGNED)))


def sql(work: Work) -> Connection:
    return work.audit._connection


def do(connection: Connection, statement: str, **values: object) -> None:
    connection.execute(text(statement), values)


def put_version(connection: Connection, **changed: Any) -> None:
    """Insert a version past the program: a sound signed body with some of it changed.

    ``signer`` and ``digest`` are those of the signature; a value of None leaves a field out.
    """
    body = {**SIGNED_BODY, "signature": dict(SIGNED_BODY["signature"])}
    for name, key in (("signer", "signer_id"), ("digest", "digest")):
        if name in changed:
            body["signature"][key] = changed.pop(name)
    body = {name: value for name, value in {**body, **changed}.items() if value is not None}
    do(
        connection,
        "INSERT INTO report_version (report_id, version, study_uid, patient_id, status,"
        " updated_at, body) VALUES (:id, :version, :study, :patient, :status, '', :body)",
        id=body["id"],
        version=body["version"],
        study=body["study_uid"],
        patient=body["patient_id"],
        status=body["status"],
        body=json.dumps(body).encode(),
    )


def _prepare(work: Work) -> None:
    """A patient with a draft, a final report with all it names, and one that waits for a second."""
    work.patients.put(Patient("p", "Roux^Paul"))
    work.studies.put(STUDY)
    work.series.put(SERIES)
    work.runs.put(replace(RUN, id="run-s", study_uid=STUDY.uid, series_uid=SERIES.uid))
    named = {"id": "named", "study_uid": STUDY.uid, "series_uid": SERIES.uid}
    work.findings.put(replace(FINDING, id="named", study_uid=STUDY.uid))
    work.annotations.put(
        Annotation(
            **named,
            kind=AnnotationKind.PROBE,
            points_mm=_FLAT[:1],
            right=_FLAT[1],
            down=_FLAT[2],
            mm_per_px=1.0,
            made_at=NOW,
        )
    )
    work.key_images.put(
        KeyImage(
            **named,
            centre_mm=_FLAT[0],
            right=_FLAT[1],
            down=_FLAT[2],
            window=WindowLevel(1.0, 1.0),
            made_at=NOW,
        )
    )
    do(sql(work), _STROKE, id="before", series=SERIES.uid)
    work.accounts.put(
        replace(ACCOUNT, id="desk", role=Role.RECEPTIONIST, status=AccountStatus.ACTIVE)
    )
    work.reports.put(replace(DRAFT, id="draft"))
    seen = {
        "annotations": [{"id": "named"}],
        "key_images": [{"id": "named"}],
        "masks": [{"series_uid": SERIES.uid, "run_id": "run-s"}],
    }
    finding = {"id": "named", "status": "accepted"}
    put_version(sql(work), id="final", findings=[finding], seen=seen)
    put_version(sql(work), id="waits", status="preliminary")
    put_version(sql(work), id="other")
    work.reports.release("final", NOW)
    work.reports.release("other", NOW)
    work.withdrawals.put(Withdrawal("other", NOW, "p", "d", "why"))
    work.hand_overs.put(HandOver("h", "final", 1, "p", "00", NOW, "d", "D", "Zoe", "patient"))


_STROKE = """INSERT INTO label_stroke (id, study_uid, series_uid, run_id, change, undone)
    VALUES (:id, '1.2', :series, 'run-s', x'00', 0)"""
Forgery = Callable[[Connection], None]


def plain(statement: str) -> Forgery:
    return lambda connection: do(connection, statement)


def version(**changed: Any) -> Forgery:
    return lambda connection: put_version(connection, **changed)


NEXT = {"version": 2, "previous_digest": "00"}
FORGERIES: dict[str, Forgery] = {
    "report_never_updated": plain(
        "UPDATE report_version SET updated_at = 'x' WHERE report_id = 'final'"
    ),
    "report_never_deleted": plain("DELETE FROM report_version WHERE report_id = 'final'"),
    "report_sound": version(id="new", signature=None),
    "report_sound_now": plain(
        "UPDATE report_version SET status = 'final' WHERE report_id = 'draft'"
    ),
    "report_decided": version(id="new", findings=[{"id": "x", "status": "suggested"}]),
    "report_by_doctor": version(id="new", signer="desk"),
    "report_in_order": version(id="final", status="preliminary", **NEXT),
    "report_chained": version(id="final", status="amended", version=2, previous_digest="99"),
    "report_cosigned": version(id="waits", status="final", **NEXT),
    "report_error_marked": version(id="final", status="entered-in-error", signer="e", **NEXT),
    "report_never_replaced": version(id="final", version=2, status="partial"),
    "release_only_signed": plain("INSERT INTO report_release VALUES ('draft', '2026')"),
    "release_never_updated": plain("UPDATE report_release SET released_at = '2020'"),
    "release_never_deleted": plain("DELETE FROM report_release"),
    "withdrawal_never_updated": plain("UPDATE report_withdrawal SET reason = 'another'"),
    "withdrawal_never_deleted": plain("DELETE FROM report_withdrawal"),
    "handed_only_standing": plain(
        "INSERT INTO report_handover SELECT 'h2', 'draft', 1, patient_id, digest, at, by_id,"
        " by_name, to_name, relation FROM report_handover"
    ),
    "handed_never_updated": plain("UPDATE report_handover SET to_name = 'Somebody else'"),
    "handed_never_deleted": plain("DELETE FROM report_handover"),
    "signed_finding_never_updated": plain("UPDATE finding SET side = 'right' WHERE id = 'named'"),
    "signed_finding_never_deleted": plain("DELETE FROM finding WHERE id = 'named'"),
    "signed_annotation_never_updated": plain("UPDATE annotation SET text = 'x'"),
    "signed_annotation_never_deleted": plain("DELETE FROM annotation"),
    "signed_key_image_never_updated": plain("UPDATE key_image SET note = 'x'"),
    "signed_key_image_never_deleted": plain("DELETE FROM key_image"),
    "signed_outline_never_insert": lambda connection: do(
        connection, _STROKE, id="after", series=SERIES.uid
    ),
    "signed_outline_never_update": plain("UPDATE label_stroke SET undone = 1"),
    "signed_outline_never_delete": plain("DELETE FROM label_stroke"),
}


@pytest.fixture
def signed(storage: Storage) -> Storage:
    with storage.begin(SYSTEM) as work:
        _prepare(work)
    return storage


def refused(storage: Storage, forgery: Forgery) -> bool:
    try:
        with storage._engine.begin() as connection:
            forgery(connection)
    except DBAPIError as error:
        return "FOREIGN KEY" not in str(error.orig)
    return False


def test_every_rule_about_signed_reports_is_tried() -> None:
    assert set(NAMES) == set(FORGERIES)


@pytest.mark.parametrize("trigger", NAMES)
def test_the_database_refuses_the_forgery(signed: Storage, trigger: str) -> None:
    assert refused(signed, FORGERIES[trigger])


@pytest.mark.parametrize("trigger", NAMES)
def test_without_its_trigger_the_same_forgery_goes_through(signed: Storage, trigger: str) -> None:
    with signed._engine.begin() as connection:
        do(connection, f"DROP TRIGGER {trigger}")
    assert not refused(signed, FORGERIES[trigger])


# Worklist upkeep: statements the program never makes


WORKLIST: dict[str, tuple[str, ...]] = {
    "worklist_gone_study": ("DELETE FROM study WHERE uid = '1.5'",),
    "worklist_gone_series": ("DELETE FROM series WHERE uid = '1.4.1'",),
    "worklist_changed_series": ("UPDATE series SET study_uid = '1.5' WHERE uid = '1.4.1'",),
    "worklist_changed_run": ("UPDATE run SET outcome = 'not-analysed', reason = 'x'",),
    "worklist_changed_report_release": (
        "DROP TRIGGER release_never_updated",
        "UPDATE report_release SET report_id = 'elsewhere'",
    ),
    "worklist_gone_report_version": ("DELETE FROM report_version WHERE report_id = 'draft'",),
    "worklist_gone_report_release": (
        "DROP TRIGGER release_never_deleted",
        "DELETE FROM report_release",
    ),
}
"""Where a rule about signed reports stands before the statement, it is dropped first."""


@pytest.fixture
def listed(storage: Storage) -> Storage:
    """Five studies: bare, with series, with a run, with a draft, with a released report."""
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p", "Roux^Paul"))
        for uid in ("1.4", "1.5", "1.6", "1.7", "1.8"):
            work.studies.put(replace(STUDY, uid=uid))
        work.series.put(replace(SERIES, uid="1.4.1", study_uid="1.4"))
        work.runs.put(replace(RUN, id="run", study_uid="1.6", outcome=RunOutcome.NOTHING_SUSPECTED))
        work.reports.put(replace(DRAFT, id="draft", study_uid="1.7"))
        work.reports.put(replace(SIGNED, study_uid="1.8"))
        work.reports.release("r", NOW)
    return storage


def stays_right(storage: Storage, statements: tuple[str, ...]) -> bool:
    """Whether the kept lines are those of the plain query after statements past the shelves."""
    with storage._engine.begin() as connection:
        do(connection, "PRAGMA defer_foreign_keys=ON")
        for statement in statements:
            do(connection, statement)
    with storage.begin(SYSTEM) as work:
        work.worklist.refresh()
        rows = sql(work).execute(text("SELECT * FROM worklist_line"))
        kept = [{k: v for k, v in row._mapping.items() if k != "rank"} for row in rows]
        wanted = list(plain_lines(sql(work)))
    key = _by_study
    return sorted(kept, key=key) == sorted(wanted, key=key)


def _by_study(line: dict[str, Any]) -> str:
    return str(line["study_uid"])


@pytest.mark.parametrize("trigger", sorted(WORKLIST))
def test_the_worklist_stays_right_past_the_shelves(listed: Storage, trigger: str) -> None:
    assert stays_right(listed, WORKLIST[trigger])


@pytest.mark.parametrize("trigger", sorted(WORKLIST))
def test_without_its_trigger_the_worklist_goes_wrong(listed: Storage, trigger: str) -> None:
    assert not stays_right(listed, (f"DROP TRIGGER {trigger}", *WORKLIST[trigger]))
