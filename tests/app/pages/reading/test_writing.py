"""Writing with templates: fields are chosen by Tab, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.pages.reading.macro_keys import MacroKeys
from app.pages.reading.right_column import RightColumn
from app.pages.reading.section_editor import SectionEditor
from app.widgets import theme
from app.widgets.surfaces import Card
from assistant.records import Section
from tests.app.pages.reading.conftest import OTHER, Desk
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


def write_dialog(desk: Desk) -> QDialog:
    desk.page.report._writing.manage()
    return desk.page.window().findChild(QDialog, "macrosDialog")


def test_a_dot_an_abbreviation_and_tab_write_the_text_out(desk: Desk) -> None:
    desk.open()
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None and not desk.tasks.busy)
    field = editor(desk, "ClinicalQuestion")
    field.setFocus()
    QTest.keyClicks(field, "Seen. .mls")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.toPlainText() == "Seen. Midline shift of {value} mm to the {side}."
    assert field.textCursor().selectedText() == "{value}"
    field.undo()
    assert field.toPlainText() == "Seen. .mls"


def test_ctrl_space_offers_the_texts_that_begin_so(desk: Desk) -> None:
    desk.open()
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None and not desk.tasks.busy)
    field = editor(desk, "ClinicalQuestion")
    field.setFocus()
    QTest.keyClicks(field, ".ml")
    QTest.keyClick(field, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    menu = field.findChild(MacroKeys).menu
    assert menu.actions()[0].text().startswith(".mls ")
    menu.actions()[0].trigger()
    menu.close()
    assert field.toPlainText() == "Midline shift of {value} mm to the {side}."


def test_an_own_text_is_made_used_and_deleted(desk: Desk) -> None:
    desk.open()
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None and not desk.tasks.busy)
    dialog = write_dialog(desk)
    dialog.findChild(QLineEdit, "macroAbbreviation").setText("zz")
    dialog.findChild(QPlainTextEdit, "macroText").setPlainText("My own sentence.")
    dialog.findChild(QPushButton, "macroSave").click()
    texts = desk.page.report._writing.texts
    desk.wait(lambda: texts().get("zz") == "My own sentence.")
    desk.wait(lambda: dialog.findChild(QPushButton, "macroDelete").isVisible())
    menu = desk.page.findChild(QToolButton, "reportTexts").menu()
    menu.aboutToShow.emit()
    next(one for one in menu.actions() if one.text().startswith(".zz ")).trigger()
    assert editor(desk, "ClinicalQuestion").toPlainText() == "My own sentence."
    dialog.findChild(QPushButton, "macroDelete").click()
    desk.wait(lambda: "zz" not in texts())
    dialog.accept()


def test_a_refused_abbreviation_is_told_at_its_field(desk: Desk) -> None:
    desk.open()
    dialog = write_dialog(desk)
    dialog.findChild(QLineEdit, "macroAbbreviation").setText("two words")
    dialog.findChild(QPlainTextEdit, "macroText").setPlainText("Text")
    dialog.findChild(QPushButton, "macroSave").click()
    name = dialog.findChild(QLineEdit, "macroAbbreviation")
    desk.wait(lambda: "one short word" in name.accessibleDescription())
    dialog.accept()


def test_the_line_that_is_written_stays_in_sight(desk: Desk) -> None:
    desk.open()
    desk.page.report.use_template("brain-tumour")
    desk.wait(lambda: desk.page.report.report is not None and not desk.tasks.busy)
    area = desk.page.findChild(QScrollArea, "reportSections")
    field = editor(desk, "ClinicalQuestion")
    for _ in range(26):
        field = desk.page.window().focusWidget()
        QTest.keyClick(field, Qt.Key.Key_Tab)
        field = desk.page.window().focusWidget()
        desk.wait(lambda field=field: seen(area, field))


def seen(area: QScrollArea, field: QPlainTextEdit) -> bool:
    line = field.viewport().mapTo(area.viewport(), field.cursorRect().center())
    return area.viewport().rect().contains(line)


def test_the_report_takes_the_whole_column_and_gives_it_back(desk: Desk) -> None:
    desk.open()
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None and not desk.tasks.busy)
    findings = desk.page.findChild(QWidget, "findingsCard")
    room = desk.page.findChild(QToolButton, "reportRoom")
    before = desk.page.report.height()
    room.click()
    desk.wait(lambda: findings.isHidden() and desk.page.report.height() > before)
    room.click()
    desk.wait(lambda: findings.isVisible() and desk.page.report.height() == before)


def test_the_next_study_begins_with_its_findings_again(desk: Desk) -> None:
    desk.open()
    findings = desk.page.findChild(QWidget, "findingsCard")
    desk.page.findChild(QToolButton, "reportRoom").click()
    desk.wait(findings.isHidden)
    desk.open(OTHER)
    desk.wait(findings.isVisible)


def test_findings_that_have_room_without_a_bar_show_none(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    words = QLabel("Words that need another line where a bar narrows them. " * 12)
    words.setWordWrap(True)
    looked_at = QWidget()
    QVBoxLayout(looked_at).addWidget(words)
    right = RightColumn(Card(name="findings"), looked_at, QWidget())
    qtbot.addWidget(right)
    right.show()
    needed = words.heightForWidth(360)
    right.resize(404, 4 * needed)
    bar = right.findChild(QScrollArea, "findingsScroll").verticalScrollBar()
    right.setSizes([needed // 2, 4 * needed])
    qtbot.waitUntil(bar.isVisible)
    right.share(begun=False)
    qtbot.waitUntil(lambda: not bar.isVisible() and bar.maximum() == 0)
