"""Writing, saving, signing and releasing beside the images; then the report page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor, QTextFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.pages.report import ReportPage
from app.pages.wording import moment
from app.workflow import reading
from app.workflow.referencing import follow_measurements
from assistant.records import Fate, ReportStatus
from tests.app.pages.reading.conftest import PASSWORD, STUDY, Desk

BACKGROUND = QTextFormat.Property.BackgroundBrush


def editor(desk: Desk, title: str) -> QPlainTextEdit:
    return desk.page.findChild(QPlainTextEdit, f"report{title}")


def stored(desk: Desk, title: str) -> str:
    report = reading.open_study(desk.session, STUDY).report
    return report.section(title) if report else ""


@pytest.fixture
def drafted(desk: Desk) -> Desk:
    """Both findings decided and the draft written."""
    desk.open()
    desk.analyse()
    for _ in range(2):
        chosen = desk.page.findings.list.selected_id
        desk.page.findings.list.setFocus()
        QTest.keyClick(desk.page.findings.list, Qt.Key.Key_A)
        desk.wait(lambda chosen=chosen: _decided(desk, chosen))
    desk.wait(lambda: desk.page.report.report is not None)
    desk.wait(lambda: len(desk.page.report.report.findings) == 2 and not desk.tasks.busy)
    return desk


def _decided(desk: Desk, finding_id: str) -> bool:
    found = next(one for one in desk.page.findings.findings if one.id == finding_id)
    return found.status.value == "accepted"


def ask_signature(desk: Desk) -> tuple[QDialog, QLineEdit, QPushButton]:
    desk.page.report.ask_signature()
    dialog = desk.page.window().findChild(QDialog, "signingDialog")
    return (
        dialog,
        dialog.findChild(QLineEdit, "signPassword"),
        dialog.findChild(QPushButton, "signConfirm"),
    )


def tinted(field: QPlainTextEdit) -> list[str]:
    """The sentences that are tinted as the machine's."""
    shown = field.extraSelections()
    return [one.cursor.selectedText() for one in shown if one.format.hasProperty(BACKGROUND)]


def read_all(desk: Desk) -> None:
    """Accept the machine's sentences, section by section."""
    for title in ("Technique", "Comparison", "Findings", "Impression"):
        desk.page.findChild(QPushButton, f"accept{title}").click()
    desk.page.report.save()
    desk.wait(lambda: not desk.tasks.busy)


def test_a_measurement_is_chosen_by_key_and_follows_the_finding(
    drafted: Desk,
) -> None:
    panel, field = drafted.page.report, editor(drafted, "ClinicalQuestion")
    field.setFocus()
    QTest.keyClicks(field, "Growth beyond ")
    QTest.keyClick(
        field, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    menu = panel._measured.menu
    drafted.wait(lambda: bool(menu.actions()))
    offered = [one for one in menu.actions() if one.text().startswith("Size: ")]
    assert offered
    offered[0].trigger()
    menu.close()
    drafted.wait(lambda: not drafted.tasks.busy)
    panel.save()
    drafted.wait(lambda: not drafted.tasks.busy)
    text = stored(drafted, "Clinical question")
    assert text.startswith("Growth beyond ")
    assert text.endswith("mm")
    report = reading.open_study(drafted.session, STUDY).report
    assert report is not None
    (taken,) = next(one for one in report.sections if one.title == "Clinical question").references
    finding = next(one for one in drafted.page.findings.findings if one.id == taken.id)
    longer = tuple(
        replace(one, value=one.value + 5.0) if one.unit == "mm" else one
        for one in finding.measurements
    )
    with drafted.session.begin() as work:
        work.findings.put(replace(finding, measurements=longer))
        follow_measurements(work, STUDY)
    report = reading.open_study(drafted.session, STUDY).report
    assert report is not None
    assert report.section("Clinical question") != text
    assert report.section("Clinical question").startswith("Growth beyond ")


@pytest.fixture
def signed(drafted: Desk) -> Desk:
    read_all(drafted)
    _, password, confirm = ask_signature(drafted)
    password.setText(PASSWORD)
    confirm.click()
    drafted.wait(lambda: drafted.page.report.signed and not drafted.tasks.busy)
    return drafted


def test_every_section_has_the_height_of_its_words(drafted: Desk) -> None:
    def whole(field: QPlainTextEdit) -> bool:
        lines = field.document().size().height()
        fits = field.height() >= lines * field.fontMetrics().lineSpacing()
        return fits and field.parentWidget().height() > field.height()

    fields = drafted.page.report.findChildren(QPlainTextEdit)
    assert fields
    drafted.wait(lambda: all(whole(field) for field in fields))  # once they are laid out


def test_each_sentence_of_the_machine_is_tinted_until_it_is_edited_or_accepted(
    drafted: Desk,
) -> None:
    field = editor(drafted, "Findings")
    assert "left frontal lobe" in field.toPlainText()
    assert len(tinted(field)) == 2
    field.appendPlainText("Seen by me.")
    assert len(tinted(field)) == 2
    field.moveCursor(QTextCursor.MoveOperation.Start)
    QTest.keyClicks(field, "Large ")
    assert len(tinted(field)) == 1
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(tinted(field)) == 1  # the key goes to what is still to be read, and accepts it then
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert tinted(field) == []


def test_an_accepted_sentence_is_still_accepted_after_the_page_was_left(drafted: Desk) -> None:
    field = editor(drafted, "Findings")
    field.moveCursor(QTextCursor.MoveOperation.Start)
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    drafted.page.leave()
    report = reading.open_study(drafted.session, STUDY).report
    fates = [one.fate for one in report.sections[3].proposals]
    assert fates == [Fate.ACCEPTED, Fate.UNREAD]


def test_unread_words_of_the_machine_stop_the_signature(drafted: Desk) -> None:
    problems = drafted.page.findChild(QLabel, "reportProblems")
    assert "of the machine to be accepted or edited" in problems.text()
    dialog, password, confirm = ask_signature(drafted)
    password.setText(PASSWORD)
    confirm.click()
    drafted.wait(lambda: "accepted or edited" in password.accessibleDescription())
    dialog.reject()
    read_all(drafted)
    drafted.wait(lambda: problems.text() == "")


def test_what_is_typed_is_saved_within_two_seconds_by_itself(drafted: Desk) -> None:
    assert drafted.page.report._autosave.interval() < 2000
    editor(drafted, "Impression").setPlainText("Glioma suspected.")
    drafted.page.report._autosave.setInterval(1)
    drafted.page.report._autosave.start()
    drafted.wait(lambda: stored(drafted, "Impression") == "Glioma suspected.")


def test_what_is_typed_survives_a_new_decision(drafted: Desk) -> None:
    editor(drafted, "Impression").setPlainText("My own words.")
    drafted.page.findings.list.setFocus()
    QTest.keyClick(drafted.page.findings.list, Qt.Key.Key_R)
    drafted.wait(lambda: "rejected" in editor(drafted, "Technique").toPlainText())
    assert editor(drafted, "Impression").toPlainText() == "My own words."
    assert stored(drafted, "Impression") == "My own words."


def test_leaving_the_page_keeps_the_last_words(drafted: Desk) -> None:
    editor(drafted, "Impression").setPlainText("Typed a moment ago.")
    drafted.page.leave()
    assert stored(drafted, "Impression") == "Typed a moment ago."


def test_a_contradiction_is_shown_before_signing(drafted: Desk) -> None:
    editor(drafted, "Impression").setPlainText("Enhancing lesion in the right frontal lobe.")
    drafted.page.report.save()
    problems = drafted.page.findChild(QLabel, "reportProblems")
    drafted.wait(lambda: "1 doubt about the text" in problems.text())
    field = editor(drafted, "Impression")
    waved = [one for one in field.extraSelections() if not one.format.hasProperty(BACKGROUND)]
    assert waved[0].cursor.selectedText() == field.toPlainText()
    row = drafted.page.findChild(QWidget, "doubtRow")
    said = " ".join(shown.text() for shown in row.findChildren(QLabel))
    assert "says right" in said
    assert "left frontal lobe" in said
    dialog, _, _ = ask_signature(drafted)
    assert any("right" in shown.text() for shown in dialog.findChildren(QLabel))
    dialog.reject()


def test_a_doubt_is_answered_with_a_reason_which_is_signed(drafted: Desk) -> None:
    read_all(drafted)
    editor(drafted, "Impression").setPlainText("Enhancing lesion in the right frontal lobe.")
    drafted.page.report.save()
    drafted.wait(lambda: drafted.page.findChild(QPushButton, "doubtAnswer") is not None)
    drafted.page.findChild(QPushButton, "doubtAnswer").click()
    question = drafted.page.window().findChild(QDialog, "reportQuestion")
    question.findChild(QPlainTextEdit, "question.reason").setPlainText("Sides were swapped.")
    question.findChild(QPushButton, "questionConfirm").click()
    problems = drafted.page.findChild(QLabel, "reportProblems")
    drafted.wait(lambda: problems.text() == "" and not drafted.tasks.busy)
    _, password, confirm = ask_signature(drafted)
    password.setText(PASSWORD)
    confirm.click()
    drafted.wait(lambda: drafted.page.report.signed and not drafted.tasks.busy)
    answers = drafted.page.report.report.confirmed_doubts
    assert [one.reason for one in answers] == ["Sides were swapped."]


def test_enter_never_signs_and_escape_is_safe(drafted: Desk) -> None:
    dialog, password, _ = ask_signature(drafted)
    password.setText(PASSWORD)
    QTest.keyClick(password, Qt.Key.Key_Return)
    QTest.keyClick(dialog, Qt.Key.Key_Enter)
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    drafted.wait(lambda: not drafted.tasks.busy)
    assert reading.open_study(drafted.session, STUDY).report.signature is None


def test_the_dialog_repeats_whose_report_it_is(drafted: Desk) -> None:
    dialog, _, confirm = ask_signature(drafted)
    words = " ".join(shown.text() for shown in dialog.findChildren(QLabel))
    assert "Canary, Zoe" in words
    assert "MRN-1" in words
    assert not confirm.isEnabled()
    dialog.reject()


def test_a_wrong_password_is_told_at_the_field(drafted: Desk) -> None:
    read_all(drafted)
    dialog, password, confirm = ask_signature(drafted)
    password.setText("not the password 55")
    confirm.click()
    drafted.wait(lambda: "wrong" in password.accessibleDescription())
    assert dialog.isVisible()
    assert not drafted.page.report.signed
    dialog.reject()


def test_an_undecided_finding_stops_the_signature(desk: Desk) -> None:
    desk.open()
    desk.analyse()
    desk.page.findings.list.setFocus()
    QTest.keyClick(desk.page.findings.list, Qt.Key.Key_A)
    desk.wait(lambda: desk.page.report.report is not None and not desk.tasks.busy)
    dialog, password, confirm = ask_signature(desk)
    password.setText(PASSWORD)
    confirm.click()
    desk.wait(lambda: "no decision" in password.accessibleDescription())
    dialog.reject()


def test_a_signed_report_is_read_only_and_says_it_is_verified(signed: Desk) -> None:
    assert editor(signed, "Impression").isReadOnly()
    shown = signed.page.findChild(QLabel, "reportSignature").text()
    assert "Signed by Iris Moreau" in shown
    assert "verified" in shown
    signed.page.findings.list.setFocus()
    QTest.keyClick(signed.page.findings.list, Qt.Key.Key_R)
    signed.wait(lambda: not signed.tasks.busy)
    assert all(one.status.value == "accepted" for one in signed.page.findings.findings)
    assert not signed.page.findChild(QPushButton, "analyse").isEnabled()


def test_release_is_a_separate_act(signed: Desk) -> None:
    assert reading.open_study(signed.session, STUDY).released_at is None
    button = signed.page.findChild(QPushButton, "reportRelease")
    button.click()
    signed.wait(button.isHidden)
    assert reading.open_study(signed.session, STUDY).released_at is not None


def test_a_signed_report_is_exported_as_pdf(signed: Desk, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    signed.page.report.export_to(path)
    signed.wait(lambda: bool(signed.news))
    assert path.read_bytes().startswith(b"%PDF")


@pytest.fixture
def report_page(signed: Desk, qtbot: QtBot) -> Iterator[ReportPage]:
    page = ReportPage(signed.page.context)
    qtbot.addWidget(page)
    page.resize(1280, 700)
    page.show()
    page.open(study_uid=STUDY)
    signed.wait(lambda: page.report is not None)
    yield page
    page.leave()


def test_a_signed_report_is_one_click_away_as_a_document(signed: Desk) -> None:
    opener = signed.page.report.findChild(QPushButton, "reportOpen")
    assert opener is not None
    assert not opener.isHidden()
    opener.click()
    assert signed.shown == [("report", {"study_uid": STUDY})]


def test_signatures_are_timed_by_the_clinics_clock(signed: Desk, report_page: ReportPage) -> None:
    """The clinic of these tests keeps the time of Kathmandu, 5:45 ahead of UTC."""
    report = signed.page.report.report
    assert report is not None
    assert report.signature is not None
    local = moment(report.signature.signed_at, ZoneInfo("Asia/Kathmandu"))
    shown = [signed.page.report, report_page]
    for name, place in zip(("reportSignature", "reportDocumentSignature"), shown, strict=True):
        made = place.findChild(QLabel, name)
        assert made is not None
        assert local in made.text()
        assert "UTC" not in made.text()


def test_the_report_page_shows_the_words_and_the_signature(report_page: ReportPage) -> None:
    words = " ".join(shown.text() for shown in report_page.findChildren(QLabel))
    assert "Canary, Zoe" in words
    assert "left frontal lobe" in words
    assert "Signature verified" in words
    assert all(
        shown.textFormat() is Qt.TextFormat.PlainText
        for shown in report_page.findChildren(QLabel)
        if shown.text()
    )


def test_an_addendum_makes_a_second_version_and_keeps_the_first(
    signed: Desk, report_page: ReportPage
) -> None:
    report_page.findChild(QPlainTextEdit, "addendumText").setPlainText("Seen with Dr Green.")
    report_page.ask_addendum()
    dialog = report_page.window().findChild(QDialog, "signingDialog")
    dialog.findChild(QLineEdit, "signPassword").setText(PASSWORD)
    dialog.findChild(QPushButton, "signConfirm").click()
    signed.wait(lambda: report_page._versions.count() == 2)
    assert report_page.report.status is ReportStatus.APPENDED
    assert "Seen with Dr Green." in report_page.report.section("Addendum 1")
    report_page._versions.setCurrentRow(1)
    assert report_page.report.status is ReportStatus.FINAL


def test_a_study_without_report_says_where_to_write_it(desk: Desk, qtbot: QtBot) -> None:
    page = ReportPage(desk.page.context)
    qtbot.addWidget(page)
    page.open(study_uid=STUDY)
    desk.wait(lambda: not desk.tasks.busy)
    page.findChild(QPushButton, "reportEmpty.action").click()
    assert desk.shown[-1] == ("reading", {"study_uid": STUDY})
    page.leave()
