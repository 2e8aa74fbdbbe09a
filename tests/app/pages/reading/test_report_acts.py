"""What a doctor does on the report page after signing: correct, hand over, be warned."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from sqlalchemy import text

from app.pages.report import ReportPage
from app.storage.report_triggers import REPORT_TRIGGERS
from app.workflow import printing, releasing
from assistant.records import ReportStatus
from tests.app.pages.reading.conftest import PASSWORD, Desk
from tests.app.pages.reading.test_reading_report import drafted, report_page, signed

__all__ = ["drafted", "report_page", "signed"]


def press(page: ReportPage, name: str) -> None:
    made = page.findChild(QPushButton, name)
    assert made is not None
    assert not made.isHidden()
    made.click()


def dialog(page: ReportPage, name: str = "reportQuestion") -> QDialog:
    made = page.window().findChildren(QDialog, name)[-1]
    shoot(made, name)
    return made


def shoot(widget: QWidget, name: str) -> None:
    """Keep a picture for a person to look at, where one is wanted."""
    if folder := os.environ.get("SAGITTAL_SHOTS"):
        widget.grab().save(str(Path(folder) / f"{name}-{len(list(Path(folder).iterdir()))}.png"))


def give_password(page: ReportPage) -> None:
    asked = dialog(page, "signingDialog")
    asked.findChild(QLineEdit, "signPassword").setText(PASSWORD)
    asked.findChild(QPushButton, "signConfirm").click()


def answer(asked: QDialog, **fields: str) -> None:
    for key, value in fields.items():
        field = asked.findChild(QWidget, f"question.{key}")
        if isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(value))
        elif isinstance(field, QPlainTextEdit):
            field.setPlainText(value)
        else:
            assert isinstance(field, QLineEdit)
            field.setText(value)
    asked.findChild(QPushButton, "questionConfirm").click()


def test_a_correction_shows_its_differences_before_and_after_it_is_signed(
    signed: Desk, report_page: ReportPage
) -> None:
    press(report_page, "reportCorrect")
    asked = dialog(report_page)
    asked.findChild(QPlainTextEdit, "correct.Impression").setPlainText("Lesion on the right.")
    answer(asked, kind="error", reason="The side was wrong.")
    signing_dialog = dialog(report_page, "signingDialog")
    shown = signing_dialog.findChild(QLabel, "changesImpression")
    assert shown.accessibleName() == "Lesion on the right."
    assert signing_dialog.findChild(QLabel, "changesFindings") is None
    shoot(signing_dialog, "correcting")
    give_password(report_page)
    signed.wait(lambda: report_page._versions.count() == 2)
    assert report_page.report is not None
    assert report_page.report.status is ReportStatus.CORRECTED
    assert "Reason: The side was wrong." in report_page._versions.item(0).text()
    assert report_page.findChild(QLabel, "reportChanged").text() == "Changed: Impression"
    assert report_page.findChild(QLabel, "changesImpression") is None
    compare(report_page, "Changes to version 1")
    said = report_page.findChild(QLabel, "changesImpression")
    assert "New: Lesion on the right." in said.accessibleDescription()
    assert "Gone: " in said.accessibleDescription()
    shoot(report_page, "corrected")


def compare(page: ReportPage, wanted: str) -> None:
    choice = page.findChild(QComboBox, "reportCompare")
    choice.setCurrentText(wanted)
    choice.activated.emit(choice.currentIndex())


def test_a_question_is_answered_by_a_sentence_of_the_report(
    signed: Desk, report_page: ReportPage
) -> None:
    field = report_page.findChild(QLineEdit, "reportQuestion")
    field.setText("What is the largest diameter?")
    press(report_page, "reportAsk")

    def answered() -> bool:
        card = report_page.findChild(QWidget, "reportQuestions")
        return any("largest diameter.”" in one.text() for one in card.findChildren(QLabel))

    signed.wait(answered)
    shoot(report_page, "asked")


def test_what_the_doctor_made_of_the_machines_draft_is_marked_in_the_page(
    signed: Desk, report_page: ReportPage
) -> None:
    compare(report_page, "Changes to the machine's proposal")
    said = report_page.findChild(QLabel, "changesFindings")
    assert "left frontal lobe" in said.accessibleName()
    compare(report_page, "As written")

    def as_written() -> bool:
        shown = [one.text() for one in report_page.findChildren(QLabel) if one.isVisible()]
        return any("left frontal lobe" in one for one in shown)

    signed.wait(as_written)
    assert report_page.findChild(QLabel, "changesFindings") is None


def test_an_error_is_marked_by_its_author_and_nothing_more_is_offered(
    signed: Desk, report_page: ReportPage
) -> None:
    press(report_page, "reportEnteredInError")
    answer(dialog(report_page), reason="Another patient's images.")
    give_password(report_page)
    signed.wait(lambda: report_page._versions.count() == 2)
    assert report_page.report is not None
    assert report_page.report.status is ReportStatus.ENTERED_IN_ERROR
    words = " ".join(one.text() for one in report_page.findChildren(QLabel))
    assert "Entered in error" in words
    for name in ("reportCorrect", "reportReleaseToPatient", "reportHandOverAPrint"):
        assert report_page.findChild(QPushButton, name).isHidden()
    shoot(report_page, "error")


def test_a_hand_over_asks_to_whom_and_enter_does_not_answer(
    signed: Desk, report_page: ReportPage
) -> None:
    report = report_page.report
    assert report is not None
    press(report_page, "reportHandOverAPrint")
    asked = dialog(report_page)
    assert not asked.findChild(QPushButton, "questionConfirm").isEnabled()
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert asked.isVisible()
    answer(asked, name="Max Canary", relation="husband")
    signed.wait(lambda: bool(releasing.hand_overs(signed.session, report.id)))
    assert releasing.hand_overs(signed.session, report.id)[0].to_name == "Max Canary"


def test_a_print_asks_for_whose_eyes_and_goes_to_the_print_service(
    signed: Desk, report_page: ReportPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = tmp_path / "spooled.pdf"
    service = tmp_path / "lp"
    service.write_text(f"#!/bin/sh\ncat > {spool}\n")
    service.chmod(0o700)
    monkeypatch.setattr(printing.shutil, "which", lambda _: str(service))
    press(report_page, "reportPrint")
    answer(dialog(report_page), eyes="patient")
    signed.wait(lambda: bool(signed.news))
    assert spool.read_bytes().startswith(b"%PDF")
    with signed.session.begin() as work:
        lines = [one for one in work.audit.entries(5) if one.action == "report.printed"]
    assert lines[0].detail == "version 1 for patient"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE report_version SET body = replace(body, 'left', 'right')", "changed"),
        ("DELETE FROM report_version", "gone"),
        ("series", "not those"),
    ],
)
def test_what_was_altered_is_told_in_red_and_cannot_leave(
    signed: Desk, report_page: ReportPage, statement: str, words: str
) -> None:
    with signed.session.begin() as work:
        connection = work.audit._connection
        for trigger in REPORT_TRIGGERS:
            connection.execute(text("DROP TRIGGER " + trigger.split()[2]))
        if "series" in statement:
            one = work.series.of_study(signed.page.report.report.study_uid)[0]
            moved = (*one.affine[:3], one.affine[3] + 1.0, *one.affine[4:])
            work.series.put(replace(one, affine=moved))
        else:
            connection.execute(text(statement))
    report_page.open()
    warning = report_page.findChild(QWidget, "reportWarning")
    signed.wait(lambda: warning.isVisible() and words in warning.text)
    for name in ("reportPrint", "reportReleaseToPatient", "reportHandOverAPrint", "reportPdf"):
        made = report_page.findChild(QPushButton, name)
        assert not made.isVisible(), name
    shoot(report_page, f"warning-{words.split(maxsplit=1)[0]}")
