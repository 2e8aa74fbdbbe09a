"""Writing with templates: fields are chosen by Tab, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from app.pages.reading.section_editor import SectionEditor
from assistant.records import Section
from tests.app.pages.reading.conftest import Desk
from tests.app.pages.reading.test_reading_report import editor, stored


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[QPlainTextEdit]:
    part = SectionEditor(Section("Findings", "Typed.\nSize: {a} x {b} mm\nSite: {c}"))
    qtbot.addWidget(part)
    part.show()
    part.text_edit.setFocus()
    yield part.text_edit
    part.hide()


def test_tab_goes_from_field_to_field_and_typing_fills_it(field: QPlainTextEdit) -> None:
    for answer in ("12", "8", "pons"):
        QTest.keyClick(field, Qt.Key.Key_Tab)
        assert field.textCursor().selectedText().startswith("{")
        QTest.keyClicks(field, answer)
    assert field.toPlainText() == "Typed.\nSize: 12 x 8 mm\nSite: pons"


def test_shift_tab_goes_back(field: QPlainTextEdit) -> None:
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.textCursor().selectedText() == "{c}"
    QTest.keyClick(field, Qt.Key.Key_Backtab)
    assert field.textCursor().selectedText() == "{b}"


def test_open_fields_are_marked_and_marks_are_no_typing(qtbot: QtBot) -> None:
    part = SectionEditor(Section("Findings", "Size: {a}"))
    qtbot.addWidget(part)
    heard = []
    part.edited.connect(lambda: heard.append(1))
    part.marks.rehighlight()
    formats = part.text_edit.document().firstBlock().layout().formats()
    assert [(one.start, one.length) for one in formats] == [(6, 3)]
    assert not heard
    part.text_edit.appendPlainText("more")
    assert heard


def test_a_chosen_template_asks_and_undo_takes_it_back(desk: Desk) -> None:
    desk.open()
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None and not desk.tasks.busy)
    before = editor(desk, "Impression").toPlainText()
    editor(desk, "Impression").appendPlainText("My own words.")
    desk.page.report.use_template("stroke")
    desk.wait(lambda: "Told to:" in editor(desk, "Impression").toPlainText())
    assert editor(desk, "Impression").toPlainText().startswith(f"{before}\nMy own words.\n")
    assert editor(desk, "ClinicalQuestion").textCursor().selectedText() == "{time}"
    problems = desk.page.findChild(QLabel, "reportProblems")
    desk.wait(lambda: "still to be filled in" in problems.text())
    undo = desk.page.findChild(QToolButton, "undo")
    desk.wait(lambda: "words of the report" in undo.toolTip() and not desk.tasks.busy)
    undo.click()
    desk.wait(lambda: "Told to:" not in editor(desk, "Impression").toPlainText())
    assert editor(desk, "Impression").toPlainText() == f"{before}\nMy own words."
    assert stored(desk, "Impression") == f"{before}\nMy own words."


def test_a_template_begins_a_report_where_there_is_none(desk: Desk) -> None:
    desk.open()
    button = desk.page.findChild(QToolButton, "reportTemplate")
    assert button.isVisible()
    menu = button.menu()
    menu.aboutToShow.emit()
    entry = next(one for one in menu.actions() if one.text() == "Epilepsy")
    entry.trigger()
    desk.wait(lambda: desk.page.report.report is not None)
    assert desk.page.report.report.template_id == "epilepsy"
    menu.aboutToShow.emit()
    assert [one.text() for one in menu.actions() if one.isChecked()] == ["Epilepsy"]
