"""Steps 1 to 6: the clinic, its storage, and a study from drop to signed report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QListView, QPlainTextEdit, QWidget

from app.demo.cast import ADMINISTRATOR, CLINIC, DOCTOR, PASSWORD, PATIENT, ZONE
from app.demo.outline_acts import correct_and_reject
from app.demo.receivers import free_port
from app.demo.room_acts import read_in_the_room
from app.demo.stage import Stage, quiet
from app.demo.steps import DemoFailedError, expect
from app.errors import SignedReportError, SignInError
from app.events import FindingsReady, ReportReleased, ReportSigned, StudyImported
from app.pages.reading.page import ReadingPage
from app.pages.worklist import WorklistPage
from app.records import Role
from app.workflow import (
    admitting,
    auditing,
    configuring,
    outputs,
    reading,
    reporting,
    reviewing,
    worklist,
)
from app.workflow.signing_up import SignUp
from inference.records import FindingStatus, RunOutcome


def sign_in(stage: Stage, username: str, password: str = PASSWORD) -> None:
    """Sign a person in at the window."""
    hand = stage.hand
    if stage.window.session is not None:
        stage.window.sign_out()
    hand.enter("sign-in.username", username)
    hand.enter("sign-in.password", password)
    hand.click("sign-in.submit")
    hand.until(lambda: stage.window.session is not None, f"{username} to be signed in")
    hand.pause(100)


def found_clinic(stage: Stage) -> None:
    """First start: the clinic, its administrator, the recovery key typed back."""
    hand = stage.hand
    hand.picture("01-first-start")
    hand.enter("set-up.clinic", CLINIC)
    hand.find("set-up.zone", QComboBox).setCurrentText(ZONE)
    hand.click("set-up.next")
    hand.enter("set-up.name", ADMINISTRATOR[0])
    hand.enter("set-up.username", ADMINISTRATOR[1])
    hand.enter("set-up.password", PASSWORD)
    hand.enter("set-up.again", PASSWORD)
    hand.click("set-up.next")
    shown = hand.find("set-up.recovery-key", QWidget)
    hand.until(lambda: shown.property("groups"), "the recovery key")
    groups = shown.property("groups")
    first, second = shown.property("asked")
    hand.enter("set-up.group-first", groups[first])
    hand.enter("set-up.group-second", groups[second])
    hand.picture("02-recovery-key")
    hand.click("set-up.next")
    hand.find("set-up.server", QWidget)
    hand.click("set-up.next")
    hand.until(lambda: stage.window.session is not None, "the administrator to be in")


def admit_people(stage: Stage) -> None:
    """A doctor and a patient sign up at the window; the administrator approves the doctor."""
    stage.window.sign_out()
    for form in (DOCTOR, PATIENT):
        _sign_up(stage, form)
    try:
        stage.workstation.clinic.sign_in(DOCTOR.username, PASSWORD)
    except SignInError:
        stage.steps.note("a doctor's account waits for approval")
    else:
        raise DemoFailedError("the doctor could sign in before anybody approved the account")
    stage.window.sign_out()
    sign_in(stage, ADMINISTRATOR[1])
    admin = stage.signed_in()
    stage.window.visit("administration")
    stage.hand.picture("03-accounts")
    for account in admitting.accounts(admin):
        if account.role is Role.DOCTOR:
            admitting.approve(admin, account.id)
    desk = SignUp(Role.RECEPTIONIST, "Dan Field", "dan", PASSWORD)
    admitting.add_staff(admin, desk)
    configuring.enrol(admin, stage.server.url, stage.server.code(CLINIC))
    _configure(stage)
    stage.workstation.background_turn(quiet)
    stage.server.stop()
    stage.steps.note("enrolled with the central server, then the network was taken away")


def _sign_up(stage: Stage, form: SignUp) -> None:
    hand = stage.hand
    hand.click("sign-in.sign-up")
    role = hand.find("sign-up.role", QComboBox)
    role.setCurrentIndex(role.findData(form.role))
    hand.enter("sign-up.name", form.name)
    hand.enter("sign-up.username", form.username)
    hand.enter("sign-up.password", PASSWORD)
    hand.enter("sign-up.email", form.email)
    hand.enter("sign-up.phone", form.phone)
    hand.enter(*(("sign-up.mrn", form.mrn) if form.mrn else ("sign-up.specialty", form.specialty)))
    if form.role is Role.PATIENT:
        hand.picture("04-sign-up")
    hand.click("sign-up.submit")
    hand.find("sign-in.username", QWidget)


def _configure(stage: Stage) -> None:
    admin = stage.signed_in()
    stage.mail_port = free_port()
    settings = replace(
        configuring.clinic_settings(admin),
        smtp_host="127.0.0.1",
        smtp_port=stage.mail_port,
        smtp_security="none",
        smtp_sender="desk@hillside.example",
        quiet_hours="",  # whoever runs this at night sees the texts go out too
        sms_kind="kannel",
        sms_url=stage.gateway.url,
        sms_user="clinic",
        sms_password="secret",  # noqa: S106 - the demo's own gateway
        sms_sender="Hillside",
    )
    configuring.save_settings(admin, settings)


def check_storage(stage: Stage) -> None:
    """The database is not readable, a wrong password opens nothing, the audit chain holds."""
    folder = stage.workstation.folder
    for path in folder.glob("*.db"):
        expect(not path.read_bytes().startswith(b"SQLite"), f"{path.name} is not encrypted")
    try:
        stage.workstation.clinic.sign_in(ADMINISTRATOR[1], "not the password")
    except SignInError as refusal:
        stage.steps.note(f"wrong password: “{refusal}”")
    else:
        raise DemoFailedError("a wrong password was accepted")
    sign_in(stage, ADMINISTRATOR[1])
    stage.window.visit("audit")
    stage.hand.picture("05-audit")
    stage.steps.note(auditing.verify(stage.signed_in()))
    stage.steps.note(f"keys: {stage.workstation.clinic.key_mode}")


def import_study(stage: Stage, source: Path | None) -> None:
    """Drop a study and a letter on the worklist; the letter is left out with its reason."""
    sign_in(stage, DOCTOR.username)
    hand = stage.hand
    page = stage.window.page
    if not isinstance(page, WorklistPage):
        raise DemoFailedError("the worklist is not the doctor's first page")
    hand.picture("06-empty-worklist")
    letter = stage.out / "letter.txt"
    letter.write_text("This is not an image.")
    imported = stage.hears(StudyImported)
    with stage.heart.watch("import"):
        if source is None:
            page.import_example()
        else:
            hand.drop(page, [source, letter])
        hand.until(imported, "the study to be imported", 120)
        hand.pause(300)
    letter.unlink()
    entry = worklist.listed(stage.signed_in()).entries[0]
    stage.study_uid = entry.study_uid
    stage.names = tuple(part for part in entry.patient_name.split(", ") if len(part) > 3)
    stage.steps.note(f"“{entry.description or 'MRI'}”, {entry.series_count} series, encrypted")
    hand.picture("07-worklist")


def open_study(stage: Stage) -> None:
    """Open the study: three linked planes and, where OpenGL is there, a 3-D view."""
    stage.window.visit("reading", study_uid=stage.study_uid)
    page = _reading_page(stage)
    with stage.heart.watch("opening"):
        stage.hand.until(lambda: page.state is not None, "the planes", 60)
        stage.hand.pause(2500)
    stage.hand.picture("08-reading")
    read_in_the_room(stage, page)


def analyse_study(stage: Stage) -> None:
    """Run the model; show what it suggests with its heat map."""
    ready = stage.hears(FindingsReady)
    with stage.heart.watch("analysis"):
        stage.hand.click("analyse")
        stage.hand.until(ready, "the analysis", 240)
        stage.hand.pause(1500)
    _read_blind_first(stage)
    opened = reading.open_study(stage.signed_in(), stage.study_uid)
    run = opened.runs[-1]
    stage.steps.note(f"{run.model} {run.version} on {run.device}: {run.outcome.value}")
    if run.reason:
        stage.steps.note(run.reason)
    for finding in opened.findings:
        size = ", ".join(f"{one.value:.1f} {one.unit}" for one in finding.measurements[:2])
        chance = f"p {finding.probability:.2f}" if finding.probability is not None else ""
        stage.steps.note(f"{finding.label}; {finding.place}; {size}; {chance}")
    if run.outcome is RunOutcome.FINDINGS:
        expect(run.attribution is not None, "there is no heat map")
        stage.hand.key(stage.hand.find("findingsList", QListView), Qt.Key.Key_Return)
        stage.hand.pause(500)
    stage.hand.picture("09-findings")
    if opened.findings:
        correct_and_reject(stage, _reading_page(stage))


def _read_blind_first(stage: Stage) -> None:
    """The result is withheld; write a first impression, then have it shown."""
    hand, page = stage.hand, _reading_page(stage)
    withheld = reading.open_study(stage.signed_in(), stage.study_uid)
    expect(withheld.withheld and not withheld.runs, "what the model found is shown unasked")
    hand.picture("08e-blind-first")
    hand.click("impressionYes")
    hand.enter("impressionWords", "Mass, as I see it before the model")
    hand.click("impressionSure3")
    hand.click("impressionKeep")
    hand.until(lambda: page.opened is not None and not page.opened.withheld, "the result", 15)
    hand.pause(1500)
    stage.steps.note("read blind first: the result was shown after a first impression")


def review_and_sign(stage: Stage) -> None:
    """Decide on each finding, write the impression, sign, release; then try to change it."""
    hand, page = stage.hand, _reading_page(stage)
    _decide_all(stage)
    if not page.report.report:
        hand.click("reportStart")
    hand.until(lambda: page.report.report is not None, "the draft")
    hand.pause(300)
    hand.write(
        hand.find("reportImpression", QPlainTextEdit),
        "Correlation with the clinical findings is recommended.",
    )
    hand.picture("10-report-draft")
    _accept_words(stage)
    signed = stage.hears(ReportSigned)
    hand.click("reportSign")
    hand.enter("signPassword", PASSWORD)
    hand.picture_of(hand.find("signingDialog", QWidget), "11-signing")
    hand.click("signConfirm")
    hand.until(signed, "the signature", 60)
    released = stage.hears(ReportReleased)
    hand.click("reportRelease")
    hand.until(released, "the release", 30)
    hand.picture("12-signed")
    _check_signed(stage)


def _accept_words(stage: Stage) -> None:
    """Accept what the machine wrote, section by section, and wait until nothing stops."""
    hand, page = stage.hand, _reading_page(stage)
    for title in ("Technique", "Comparison", "Findings", "Impression"):
        if hand.find(f"accept{title}", QWidget).isVisible():
            hand.click(f"accept{title}")
    problems = hand.find("reportProblems", QLabel)
    page.report.save()
    hand.until(lambda: not problems.text(), "nothing to stop the signature", 30)


def _decide_all(stage: Stage) -> None:
    hand, page, session = stage.hand, _reading_page(stage), stage.signed_in()

    def waiting() -> int:
        return sum(one.status is FindingStatus.SUGGESTED for one in page.findings.findings)

    for left in range(waiting(), 0, -1):
        hand.key(hand.find("findingsList", QListView), Qt.Key.Key_A)
        hand.until(partial(_fewer, waiting, left), "the decision to be stored", 15)
    hand.until(lambda: waiting() == 0, "every finding to be decided", 10)
    if not page.findings.findings:
        reporting.draft(session, stage.study_uid)


def _fewer(count: Callable[[], int], than: int) -> bool:
    return count() < than


def _check_signed(stage: Stage) -> None:
    session = stage.signed_in()
    opened = reading.open_study(session, stage.study_uid)
    if opened.report is None or opened.report.signature is None:
        raise DemoFailedError("the report is not signed")
    stage.report_id = opened.report.id
    try:
        reporting.save_draft(session, stage.report_id, ())
    except SignedReportError as refusal:
        stage.steps.note(f"changing it afterwards: “{refusal}”")
    else:
        raise DemoFailedError("a signed report could be changed")
    for finding in opened.findings[:1]:
        try:
            reviewing.reject(session, finding.id)
        except SignedReportError:
            continue
        raise DemoFailedError("a finding of a signed report could be changed")
    target = stage.out / "report.pdf"
    target.write_bytes(outputs.report_pdf(session, stage.report_id))
    stage.steps.note(f"signed by {opened.report.signature.signer_name}; PDF in {target.name}")


def _reading_page(stage: Stage) -> ReadingPage:
    page = stage.window.page
    if not isinstance(page, ReadingPage):
        raise DemoFailedError("the reading page is not in front")
    return page
