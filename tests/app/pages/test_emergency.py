"""Emergency access at the window: offered where a chart is closed, red-framed, ended by leaving."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QPushButton, QWidget

from app.accounts.records import EmergencyReason, Verdict
from app.pages.emergencies import EmergenciesPage
from app.pages.reading.page import ReadingPage
from app.pages.report import ReportPage
from app.records import Role
from app.workflow import admitting, emergency, reading, reporting, reviewing, signing
from app.workflow.signing_up import SignUp
from tests.app.pages.reading.conftest import OTHER, STUDY, _put_study
from tests.app.shell.driver import ADMIN, DOCTOR, PASSWORD, Driver
from tests.app.workflow.samples import read_draft

WHY = "Brought in unconscious, no reader here"


@pytest.fixture
def closed(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """A doctor at the window; both studies are another doctor's."""
    monkeypatch.setattr("viewer.canvas.volume_view.Volume3DView.show_volume", lambda *_: None)
    clinic = driver.workstation.clinic
    admin = clinic.sign_in(ADMIN, PASSWORD)
    admitting.add_staff(admin, SignUp(Role.DOCTOR, "Emil Roux", "emil", PASSWORD))
    iris = clinic.sign_in(DOCTOR, PASSWORD)
    _put_study(iris, STUDY, "Canary, Zoe", "MRN-1")
    _put_study(iris, OTHER, "Other, Ann", "MRN-2")
    for uid in (STUDY, OTHER):
        reading.open_study(iris, uid)
    clinic.sign_out()
    driver.enter("emil")
    return driver


def room(driver: Driver) -> ReadingPage:
    page = driver.visit("reading", study_uid=STUDY)
    assert isinstance(page, ReadingPage)
    return page


def break_in(driver: Driver) -> ReadingPage:
    page = room(driver)
    driver.click("emergencyClosed.action")
    driver.settle()
    dialog = driver.find(QWidget, "emergencyDialog")
    confirm = driver.find(QPushButton, "emergencyConfirm", dialog)
    assert not confirm.isEnabled()
    box = driver.find(QComboBox, "emergencyReason", dialog)
    box.setCurrentIndex(box.findData(EmergencyReason.ON_CALL.value))
    words = driver.find(QPlainTextEdit, "emergencyWords", dialog)
    driver.type("emergencyPassword", PASSWORD, dialog)
    words.setPlainText("too short")
    assert not confirm.isEnabled()
    words.setPlainText(WHY)
    driver.click("emergencyConfirm", dialog)
    driver.settle()
    driver.until(lambda: page.opened is not None and driver.window.emergency.holds)
    return page


def said(driver: Driver, name: str) -> str:
    return driver.find(QLabel, name).text()


def framed(driver: Driver) -> bool:
    desk = driver.find(QWidget, "desk")
    layout = desk.layout()
    assert layout is not None
    return desk.property("role") == "framed" and layout.contentsMargins().left() > 0


def test_a_closed_chart_says_why_and_shows_nothing_of_it(closed: Driver) -> None:
    page = room(closed)
    assert page.closed.isVisible()
    assert page.opened is None
    assert "not treating" in " ".join(one.text() for one in page.closed.findChildren(QLabel))
    assert not framed(closed)


def test_the_window_is_framed_in_red_with_name_time_and_a_way_out(closed: Driver) -> None:
    page = break_in(closed)
    assert framed(closed)
    assert said(closed, "emergency.text") == "Emergency access: Canary, Zoe (MRN-1)"
    assert said(closed, "emergency.left").startswith(("4 h 00 min left", "3 h 59 min left"))
    assert page.opened is not None
    assert page.opened.emergency
    closed.until(lambda: page.state is not None)
    closed.click("emergency.end")
    closed.settle()
    assert not framed(closed)
    assert not closed.window.emergency.isVisible()


def test_when_it_ends_the_chart_and_its_voxels_are_gone(closed: Driver) -> None:
    page = break_in(closed)
    closed.until(page.images.shelf.all)
    closed.click("emergency.end")
    closed.settle()
    assert page.opened is None
    assert not page.images.shelf.all()
    assert page.closed.isVisible()


@pytest.mark.parametrize("place", ["worklist", "calendar", "patients"])
def test_going_to_another_page_leaves_the_chart(closed: Driver, place: str) -> None:
    page = break_in(closed)
    closed.visit(place)
    assert not framed(closed)
    assert emergency.standing(closed.session) is None
    assert page.opened is None


def test_locking_the_window_ends_it(closed: Driver) -> None:
    break_in(closed)
    closed.window.lock()
    closed.settle()
    closed.enter("emil")
    assert not framed(closed)
    assert emergency.standing(closed.session) is None
    assert isinstance(closed.page, ReadingPage)
    assert closed.page.closed.isVisible()


def test_it_ends_by_itself_when_its_time_is_over(
    closed: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emergency, "LASTS", timedelta(seconds=2))
    page = break_in(closed)
    closed.until(lambda: not framed(closed) and page.opened is None)


def test_a_wrong_password_leaves_the_dialog_with_its_words(closed: Driver) -> None:
    room(closed)
    closed.click("emergencyClosed.action")
    closed.settle()
    dialog = closed.find(QWidget, "emergencyDialog")
    closed.find(QComboBox, "emergencyReason", dialog).setCurrentIndex(1)
    words = closed.find(QPlainTextEdit, "emergencyWords", dialog)
    words.setPlainText(WHY)
    closed.type("emergencyPassword", "not the password", dialog)
    closed.click("emergencyConfirm", dialog)
    closed.settle()
    assert words.toPlainText() == WHY
    assert any("Nothing was opened" in one.text() for one in dialog.findChildren(QLabel))
    assert not framed(closed)


def test_nothing_is_offered_that_writes_signs_or_takes_out(closed: Driver) -> None:
    page = break_in(closed)
    for name in ("reportStart", "reportSign", "reportRelease", "reportExport", "keyImage"):
        assert not closed.find(QWidget, name, page).isVisible(), name
    assert not page.taking_out.button.isVisible()
    assert not closed.find(QWidget, "tool-length", page).isEnabled()
    assert closed.find(QWidget, "tool-window", page).isEnabled()
    assert not closed.find(QWidget, "findingsCard", page).isVisible()
    assert not closed.window.news.isVisible()


def test_a_signed_report_is_read_and_nothing_done_with_it(closed: Driver) -> None:
    clinic = closed.workstation.clinic
    closed.window.sign_out()
    closed.settle()
    iris = clinic.sign_in(DOCTOR, PASSWORD)
    for finding in reading.open_study(iris, STUDY).findings:
        reviewing.accept(iris, finding.id)
    report = read_draft(iris, STUDY)
    parts = tuple(
        part if part.text.strip() else type(part)(part.title, "Nothing abnormal.", "")
        for part in report.sections
    )
    reporting.save_draft(iris, report.id, parts)
    signing.sign(iris, report.id, PASSWORD)
    clinic.sign_out()
    closed.enter("emil")
    break_in(closed)
    page = closed.visit("report", study_uid=STUDY)
    assert isinstance(page, ReportPage)
    assert framed(closed)
    assert page.report is not None
    for name in ("reportPdf", "reportAdding", "reportActs", "reportEdit"):
        assert not closed.find(QWidget, name, page).isVisible(), name
    closed.click("emergency.end")
    closed.settle()
    assert page.report is None


def test_a_closed_report_offers_the_same_way_in(closed: Driver) -> None:
    page = closed.visit("report", study_uid=STUDY)
    assert closed.find(QWidget, "emergencyOffer", page).isVisible()


def test_the_administrator_is_told_and_reviews_with_a_comment(closed: Driver) -> None:
    break_in(closed)
    closed.window.sign_out()
    closed.settle()
    closed.enter(ADMIN)
    assert "1 emergency access waits" in said(closed, "administration.emergencies.text")
    page = closed.visit("emergencies")
    assert isinstance(page, EmergenciesPage)
    assert said(closed, "emergencies.words") == WHY
    assert not closed.find(QPushButton, "emergencies.justified").isEnabled()
    closed.find(QPlainTextEdit, "emergencies.comment").setPlainText("The on-call list agrees")
    closed.click("emergencies.justified")
    closed.settle()
    assert [one.access.verdict for one in page.table.rows.records] == [Verdict.JUSTIFIED]
    assert "The on-call list agrees" in said(closed, "emergencies.said")
    assert not closed.find(QPushButton, "emergencies.justified").isVisible()
    closed.visit("administration")
    assert not closed.find(QWidget, "administration.emergencies").isVisible()
