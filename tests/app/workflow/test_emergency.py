"""Claims about emergency access: a reason and the password open one chart, and only to look."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.accounts.permissions import Permission
from app.accounts.records import EmergencyAccess, EmergencyReason, Verdict
from app.accounts.treating import IN_AN_EMERGENCY, TREATING_ONLY, Ties, opens
from app.bootstrap import Workstation
from app.errors import EmergencyError, ForbiddenError, NotFoundError, NotTreatingError, SignInError
from app.events import EmergencyTurned
from app.records import Role
from app.storage.access_tables import EMERGENCY_TRIGGERS
from app.workflow import (
    admitting,
    amending,
    annotating,
    assigning,
    emergency,
    exporting,
    outputs,
    printing,
    reading,
    releasing,
    reporting,
    reviewing,
    signing,
)
from app.workflow.outputs import Eyes
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from tests.app.storage import records as r
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, put_study, read_draft
from tests.app.workflow.test_treating import SERIES_UID, drawn, marked
from viewer.records import Patient, Study

WHY = "Brought in unconscious, no reader here"
OTHER_UID = "1.2.840.99999.7"


@pytest.fixture
def emil(clinic: Workstation) -> Session:
    """A doctor who has nothing to do with the patient; another one has the study."""
    admitting.add_staff(enter(clinic, ADMIN), SignUp(Role.DOCTOR, "Emil", "emil", PASSWORD))
    iris = enter(clinic, DOCTOR)
    put_study(iris)
    reading.open_study(iris, STUDY_UID)
    with iris.begin() as work:
        work.patients.put(Patient("p-2", "Other, Ole"))
        work.studies.put(Study(OTHER_UID, "p-2", iris.now(), "MRI head"))
    assigning.take(iris, OTHER_UID)
    return enter(clinic, "emil")


def later(session: Session, after: timedelta) -> Session:
    """The same person at work, at a later time of day."""
    return replace(session, clock=lambda: session.now() + after)


def broke_in(session: Session, study_uid: str = STUDY_UID) -> EmergencyAccess:
    return emergency.start(session, study_uid, EmergencyReason.ON_CALL, WHY, PASSWORD)


def lines(session: Session, action: str) -> list[tuple[str, str, str, str]]:
    with session.begin() as work:
        return [
            (one.subject, one.patient_id, one.outcome, one.detail)
            for one in reversed(work.audit.entries(500))
            if one.action == action
        ]


def shut(session: Session, study_uid: str = STUDY_UID) -> bool:
    try:
        reading.open_study(session, study_uid)
    except NotTreatingError:
        return True
    return False


def test_a_reason_some_words_and_the_password_open_images_and_signed_report(emil: Session) -> None:
    heard: list[EmergencyTurned] = []
    emil.bus.listen(EmergencyTurned, heard.append)
    assert shut(emil)
    assert emergency.whose(emil, STUDY_UID).name == "Canary, Zoe"
    made = broke_in(emil)
    opened = reading.open_study(emil, STUDY_UID)
    assert opened.emergency
    assert (opened.findings, opened.runs, opened.report) == ((), (), None)
    held = emergency.standing(emil)
    assert held is not None
    assert (held.access, held.patient.id) == (made, PATIENT_ID)
    assert made.ends_at - made.started_at == timedelta(hours=4)
    assert heard == [EmergencyTurned(made.id, PATIENT_ID)]
    assert lines(emil, "emergency.started") == [(made.id, PATIENT_ID, "ok", "on-call")]


def test_the_words_stay_out_of_the_audit_trail(emil: Session) -> None:
    broke_in(emil)
    with emil.begin() as work:
        assert not [one for one in work.audit.entries(500) if WHY in repr(one)]


@pytest.mark.parametrize("words", ["", "short", "   nine ch   ", "x" * 501])
def test_without_ten_characters_of_why_nothing_opens(emil: Session, words: str) -> None:
    with pytest.raises(EmergencyError, match="why"):
        emergency.start(emil, STUDY_UID, EmergencyReason.OTHER, words, PASSWORD)
    assert shut(emil)


def test_a_wrong_password_opens_nothing_and_is_recorded_with_the_patient(emil: Session) -> None:
    with pytest.raises(SignInError, match="Nothing was opened"):
        emergency.start(emil, STUDY_UID, EmergencyReason.OTHER, WHY, "not the password 1")
    assert shut(emil)
    refused = lines(emil, "emergency.refused")
    assert refused == [(emil.actor.account_id, PATIENT_ID, "refused", "")]


def test_who_treats_the_patient_needs_none(clinic: Workstation, emil: Session) -> None:
    iris = enter(clinic, DOCTOR)
    with pytest.raises(EmergencyError, match="treating"):
        broke_in(iris)
    with pytest.raises(NotFoundError):
        broke_in(iris, "absent")


def test_it_opens_that_patient_only(emil: Session) -> None:
    broke_in(emil)
    assert shut(emil, OTHER_UID)
    assert not shut(emil)


def test_it_is_over_after_four_hours(emil: Session) -> None:
    broke_in(emil)
    assert not shut(later(emil, timedelta(hours=4) - timedelta(seconds=5)))
    after = later(emil, timedelta(hours=4))
    assert shut(after)
    assert emergency.standing(after) is None
    emergency.stop(after)
    assert [one[3] for one in lines(emil, "emergency.stopped")] == ["time over"]


def test_leaving_the_chart_ends_it(emil: Session) -> None:
    made = broke_in(emil)
    emergency.stop(emil)
    assert shut(emil)
    assert lines(emil, "emergency.stopped") == [(made.id, PATIENT_ID, "ok", "chart left")]
    emergency.stop(emil)
    assert len(lines(emil, "emergency.stopped")) == 1


def test_opening_another_patients_study_ends_it(emil: Session) -> None:
    broke_in(emil)
    with emil.begin() as work:
        work.patients.put(Patient("p-3", "Free, Fay"))
        work.studies.put(Study("1.2.3.free", "p-3", emil.now(), "MRI head"))
    reading.open_study(emil, "1.2.3.free")
    assert shut(emil)
    assert [one[3] for one in lines(emil, "emergency.stopped")] == ["another chart opened"]


def test_a_second_emergency_leaves_the_first(emil: Session) -> None:
    broke_in(emil)
    broke_in(emil, OTHER_UID)
    assert shut(emil)
    assert not shut(emil, OTHER_UID)


def test_locking_or_signing_out_ends_it(clinic: Workstation, emil: Session) -> None:
    made = broke_in(emil)
    clinic.clinic.sign_out()
    again = enter(clinic, "emil")
    assert shut(again)
    assert lines(again, "emergency.stopped") == [(made.id, PATIENT_ID, "ok", "signed out")]


def test_what_a_crash_left_open_is_ended_at_the_next_sign_in(
    clinic: Workstation, emil: Session
) -> None:
    broke_in(emil)
    clinic.clinic._session = None
    again = enter(clinic, "emil")
    assert shut(again)
    assert [one[3] for one in lines(again, "emergency.stopped")] == ["found open at sign-in"]


def test_one_doctors_emergency_opens_nothing_to_another(clinic: Workstation, emil: Session) -> None:
    admitting.add_staff(enter(clinic, ADMIN), SignUp(Role.DOCTOR, "Nina", "nina", PASSWORD))
    here = enter(clinic, "emil")
    nina = replace(here, ended=threading.Event(), actor=replace(here.actor, account_id="nina"))
    broke_in(here)
    assert shut(nina)


def _signed(clinic: Workstation) -> str:
    """Have the treating doctor sign a report of the study; return its id."""
    iris = enter(clinic, DOCTOR)
    with iris.begin() as work:
        work.series.put(replace(r.SERIES, uid=SERIES_UID, study_uid=STUDY_UID))
    reviewing.accept(iris, "f-1")
    draft = read_draft(iris, STUDY_UID)
    return signing.sign(iris, draft.id, PASSWORD).id


ACTS: dict[str, Callable[[Session, str], Any]] = {
    "sign": lambda s, report: signing.sign(s, report, PASSWORD),
    "co-sign": lambda s, report: signing.cosign(s, report, PASSWORD),
    "add to a report": lambda s, report: amending.append(s, report, "More", PASSWORD),
    "correct": lambda s, report: amending.correct(s, report, (), "why", PASSWORD, was_wrong=True),
    "mark as entered in error": lambda s, report: amending.mark_in_error(s, report, "w", PASSWORD),
    "draft": lambda s, _: reporting.draft(s, STUDY_UID),
    "release": releasing.release,
    "withdraw": lambda s, report: releasing.withdraw(s, report, "why"),
    "hand over a print": lambda s, report: releasing.hand_over(s, report, "Zoe", "patient"),
    "export the report": lambda s, report: outputs.report_pdf(s, report, Eyes.RECORD),
    "print the report": lambda s, report: printing.print_report(s, report, Eyes.RECORD),
    "export images": lambda s, _: exporting.export_images(
        s, STUDY_UID, (), exporting.ExportKind.PICTURE, lambda: None
    ),
    "delete a measurement": lambda s, _: annotating.remove_annotation(s, "a-1"),
    "delete a key image": lambda s, _: annotating.unmark_key_image(s, "k-1"),
    "decide about a finding": lambda s, _: reviewing.reject(s, "f-1", "no"),
}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_nothing_is_signed_exported_released_or_deleted_in_an_emergency(
    clinic: Workstation, emil: Session, act: str
) -> None:
    report = _signed(clinic)
    iris = enter(clinic, DOCTOR)
    with iris.begin() as work:
        work.annotations.put(drawn())
        work.key_images.put(marked())
    here = enter(clinic, "emil")
    broke_in(here)
    assert not shut(here)
    assert reporting.verified(here, report).id == report
    before = len(lines(here, "access.refused"))
    with pytest.raises(NotTreatingError):
        ACTS[act](here, report)
    refused = lines(here, "access.refused")[before:]
    assert [(one[1], one[2]) for one in refused] == [(PATIENT_ID, "refused")]


@pytest.mark.parametrize("permission", sorted(TREATING_ONLY))
def test_the_rule_opens_looking_and_nothing_else(permission: Permission) -> None:
    looking = {Permission.VIEW_IMAGES, Permission.READ_REPORT}
    assert opens(Ties(emergency=True), permission) is (permission in looking)
    assert looking == IN_AN_EMERGENCY


def test_with_a_rule_that_opens_everything_the_acts_above_would_go_through(
    clinic: Workstation, emil: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant: emergency access taken for treating."""
    report = _signed(clinic)
    here = enter(clinic, "emil")
    broke_in(here)
    monkeypatch.setattr("app.accounts.treating.IN_AN_EMERGENCY", TREATING_ONLY)
    releasing.release(here, report)
    assert lines(here, "report.released")


def test_it_works_while_the_central_server_cannot_be_reached(
    clinic: Workstation, emil: Session
) -> None:
    with emil.begin() as work:
        work.settings.put("server_url", "https://127.0.0.1:9/absent")
    broke_in(emil)
    assert not shut(emil)


def test_every_access_waits_for_a_review_that_is_given_once_with_words(
    clinic: Workstation, emil: Session
) -> None:
    made = broke_in(emil)
    broke_in(emil, OTHER_UID)
    admin = enter(clinic, ADMIN)
    waiting = emergency.queue(admin)
    assert {one.access.id for one in waiting} >= {made.id}
    assert all(one.access.verdict is Verdict.PENDING for one in waiting)
    mine = next(one for one in waiting if one.access.id == made.id)
    assert (mine.doctor, mine.patient, mine.access.words) == ("Emil", "Canary, Zoe", WHY)
    for verdict, words in ((Verdict.PENDING, "words"), (Verdict.JUSTIFIED, "  ")):
        with pytest.raises(EmergencyError):
            emergency.review(admin, made.id, verdict, words)
    emergency.review(admin, made.id, Verdict.JUSTIFIED, "Was on call; the log agrees")
    with pytest.raises(EmergencyError, match="already"):
        emergency.review(admin, made.id, Verdict.NOT_JUSTIFIED, "Changed my mind")
    first, last = emergency.queue(admin)
    assert first.access.patient_id == "p-2"
    assert (last.reviewer, last.access.verdict) == ("Ada Root", Verdict.JUSTIFIED)
    assert last.access.review_words == "Was on call; the log agrees"
    assert lines(admin, "emergency.reviewed") == [(made.id, PATIENT_ID, "ok", "justified")]


def test_a_doctor_neither_reads_the_queue_nor_reviews(emil: Session) -> None:
    made = broke_in(emil)
    with pytest.raises(ForbiddenError):
        emergency.queue(emil)
    with pytest.raises(ForbiddenError):
        emergency.review(emil, made.id, Verdict.JUSTIFIED, "It was right")


FORGERIES = {
    "emergency_in_bounds": "INSERT INTO emergency_access SELECT 'x', patient_id, account_id,"
    " reason, words, started_at, '2099-01-01T00:00:00+00:00', NULL, '', '', NULL, ''"
    " FROM emergency_access",
    "emergency_never_changed": "UPDATE emergency_access SET words = 'something else entirely'",
    "emergency_never_deleted": "DELETE FROM emergency_access",
    "emergency_reviewed_by_another": "UPDATE emergency_access SET verdict = 'justified',"
    " reviewed_by = account_id",
}


def test_every_rule_of_the_database_is_tried() -> None:
    assert {one.split()[2] for one in EMERGENCY_TRIGGERS} == set(FORGERIES)


@pytest.mark.parametrize("trigger", sorted(FORGERIES))
def test_the_database_itself_refuses_to_falsify_an_access(emil: Session, trigger: str) -> None:
    """And with its trigger dropped, the broken variant, the statement goes through."""
    broke_in(emil)
    with pytest.raises(EmergencyError), emil.begin() as work:
        work.audit._connection.execute(text(FORGERIES[trigger]))
    with emil.begin() as work:
        work.audit._connection.execute(text(f"DROP TRIGGER {trigger}"))
        work.audit._connection.execute(text(FORGERIES[trigger]))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE emergency_access SET ended_at = NULL",
        "UPDATE emergency_access SET ended_at = '2099-01-01T00:00:00+00:00'",
        "UPDATE emergency_access SET ends_at = '2099-01-01T00:00:00+00:00'",
        "UPDATE emergency_access SET verdict = 'not justified'",
        "UPDATE emergency_access SET review_words = 'other words'",
    ],
)
def test_an_ended_and_reviewed_access_stays_so(
    clinic: Workstation, emil: Session, statement: str
) -> None:
    made = broke_in(emil)
    emergency.stop(emil)
    admin = enter(clinic, ADMIN)
    emergency.review(admin, made.id, Verdict.JUSTIFIED, "It was right")
    with pytest.raises(EmergencyError), admin.begin() as work:
        work.audit._connection.execute(text(statement))


def test_a_clock_set_back_opens_nothing(emil: Session) -> None:
    made = broke_in(emil)
    before: datetime = made.started_at - timedelta(minutes=5)
    assert shut(replace(emil, clock=lambda: before))
