"""Spelling while the report is written: marked off the GUI thread, mended by a right click."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QListWidget, QPlainTextEdit, QPushButton, QToolButton

from app.pages.reading.spelling_menu import SpellingMenu
from app.workflow import own_words
from tests.app.pages.reading.conftest import Desk
from tests.app.pages.reading.test_reading_report import editor


@pytest.fixture
def writing(desk: Desk) -> Desk:
    desk.open()
    desk.page.report.write_draft()
    desk.wait(lambda: desk.page.report.report is not None and not desk.tasks.busy)
    return desk


def marked(field: QPlainTextEdit) -> list[str]:
    """Words underlined in red."""
    found, block = [], field.document().begin()
    while block.isValid():
        found += [
            block.text()[one.start : one.start + one.length]
            for one in block.layout().formats()
            if one.format.underlineStyle() is one.format.UnderlineStyle.WaveUnderline
        ]
        block = block.next()
    return found


def the_menu(field: QPlainTextEdit, position: int) -> SpellingMenu:
    cursor = field.textCursor()
    cursor.setPosition(position)
    menu = field.findChild(SpellingMenu)
    menu.open(field.cursorRect(cursor).center())
    return menu


def offered(menu: SpellingMenu) -> list[str]:
    return [one.text() for one in menu.menu.actions()]


def test_a_wrong_word_is_marked_once_it_has_been_typed(writing: Desk) -> None:
    field = editor(writing, "Impression")
    field.clear()
    field.setFocus()
    QTest.keyClicks(field, "A lesoin")
    QTest.keyClicks(field, " in FLAIR ")
    writing.wait(lambda: marked(field) == ["lesoin"])
    QTest.keyClicks(field, "haemorrhge")
    assert marked(field) == ["lesoin"]
    QTest.keyClicks(field, ".")
    writing.wait(lambda: marked(field) == ["lesoin", "haemorrhge"])


def test_the_machines_draft_is_spelt_right(writing: Desk) -> None:
    spelling = writing.page.report._writing.spelling
    writing.wait(lambda: not spelling._waiting and bool(spelling._right) and not writing.tasks.busy)
    assert not spelling._wrong


def test_marks_are_no_typing_and_are_not_saved(writing: Desk) -> None:
    field = editor(writing, "Impression")
    field.setPlainText("A lesoin.")
    writing.page.report.save()
    writing.wait(lambda: marked(field) == ["lesoin"] and not writing.tasks.busy)
    assert not writing.page.report._dirty()
    assert not writing.page.report._autosave.isActive()


def test_a_right_click_mends_the_word_and_undo_brings_it_back(writing: Desk) -> None:
    field = editor(writing, "Impression")
    field.setPlainText("A lesoin.")
    writing.wait(lambda: marked(field) == ["lesoin"])
    menu = the_menu(field, 4)
    assert "Add “lesoin” to my words" in offered(menu)
    writing.wait(lambda: offered(menu)[0] == "lesion")
    menu.menu.actions()[0].trigger()
    menu.menu.close()
    assert field.toPlainText() == "A lesion."
    assert marked(field) == []
    field.undo()
    assert field.toPlainText() == "A lesoin."


def test_a_right_word_has_the_plain_menu(writing: Desk) -> None:
    field = editor(writing, "Impression")
    field.setPlainText("A lesion.")
    menu = the_menu(field, 4)
    assert not any("my words" in one for one in offered(menu))
    menu.menu.close()


def test_a_word_is_called_right_and_taken_back(writing: Desk) -> None:
    field = editor(writing, "Impression")
    field.setPlainText("Moreauscope used.")
    writing.wait(lambda: marked(field) == ["Moreauscope"])
    menu = the_menu(field, 3)
    next(one for one in menu.menu.actions() if "my words" in one.text()).trigger()
    menu.menu.close()
    writing.wait(lambda: marked(field) == [])
    assert own_words.own_words(writing.session) == ("Moreauscope",)
    texts = writing.page.findChild(QToolButton, "reportTexts").menu()
    texts.aboutToShow.emit()
    next(one for one in texts.actions() if one.text() == "My words…").trigger()
    dialog = writing.page.window().findChild(QDialog, "ownWordsDialog")
    dialog.findChild(QListWidget, "ownWordsList").setCurrentRow(0)
    dialog.findChild(QPushButton, "ownWordRemove").click()
    writing.wait(lambda: marked(field) == ["Moreauscope"])
    assert dialog.findChild(QListWidget, "ownWordsList").count() == 0
    dialog.accept()


def test_the_check_is_switched_off_and_on_for_the_workstation(writing: Desk) -> None:
    field = editor(writing, "Impression")
    field.setPlainText("A lesoin.")
    writing.wait(lambda: marked(field) == ["lesoin"])
    spelling = writing.page.report._writing.spelling
    spelling.switch(on=False)
    assert marked(field) == []
    assert writing.workstation.preferences.spelling is False
    spelling.switch(on=True)
    assert marked(field) == ["lesoin"]


def test_without_a_dictionary_the_report_is_written_all_the_same(
    writing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.spelling.process.FOLDER", "/absent")
    writing.workstation.speller.close()
    field = editor(writing, "Impression")
    field.setPlainText("An unheardofword.")
    spelling = writing.page.report._writing.spelling
    writing.wait(lambda: not spelling.on)
    assert marked(field) == []
    assert not writing.news


def test_typing_in_a_long_report_keeps_the_window_alive(writing: Desk) -> None:
    """The gap between two turns of the event loop while 400 lines are marked and typed in."""
    lines = [f"Lesoin {number} in the left frontal lobe." for number in range(400)]
    field = editor(writing, "Findings")
    field.setPlainText("\n".join(lines))
    writing.wait(lambda: len(marked(field)) == 400)
    gaps, last = [], [time.perf_counter()]

    def beat() -> None:
        now = time.perf_counter()
        gaps.append(now - last[0])
        last[0] = now

    clock = QTimer()
    clock.timeout.connect(beat)
    clock.start(0)
    for letter in "Anothr wrng wrd heer. ":
        QTest.keyClick(field, letter)
        QTest.qWait(1)
    writing.wait(lambda: "heer" in marked(field))
    clock.stop()
    said = f"longest gap {max(gaps) * 1e3:.1f} ms"
    print(said)  # noqa: T201 - the figure is told with -s
    assert max(gaps) < 1.0
