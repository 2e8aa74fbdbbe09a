"""A number stays with its unit on the screen, and nowhere else is a blank changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QClipboard,
    QContextMenuEvent,
    QDrag,
    QGuiApplication,
    QMouseEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from app.pages.bubbles import Bubble
from app.pages.citations import cited, text_block
from app.pages.unbroken import unbroken
from assistant.records import Citation, Reply, Sentence
from assistant.wishes import ReplyKind

NO_BREAK = "\N{NO-BREAK SPACE}"
TOLD = "It is 72 mm wide."


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("A spot of 72 mm.", "A spot of 72~mm."),
        ("12 % of it, 1,5 ml", "12~% of it, 1,5~ml"),
        ("4 × 3 x 2 cm", "4~×~3~x~2~cm"),
        ("on 3 May 2026, in 6 weeks", "on 3~May 2026, in 6~weeks"),
        ("May 3, 2026", "May~3, 2026"),
        ("am 3. Mai um 10 Uhr, 2 Wochen", "am 3.~Mai um 10~Uhr, 2~Wochen"),
        ("vor 12 Jahren", "vor 12~Jahren"),
        ("2 spots, 3 minor ones, 10 may do", "2 spots, 3 minor ones, 10 may do"),
        ("", ""),
    ],
)
def test_a_number_is_bound_to_its_unit_or_month(text: str, bound: str) -> None:
    assert unbroken(text) == bound.replace("~", NO_BREAK)
    assert unbroken(unbroken(text)) == unbroken(text)


@pytest.mark.parametrize(("number", "unit"), [("72", "mm"), ("3", "May"), ("12", "%")])
def test_no_width_of_the_window_parts_a_number_from_its_unit(
    qtbot: QtBot, number: str, unit: str
) -> None:
    block = text_block(f"The spot that was seen there is {number} {unit} in the whole")
    qtbot.addWidget(block)
    for width in range(90, 700, 3):
        lines = broken(block.text(), block, width)
        assert any(number in line and unit in line for line in lines), lines


def broken(text: str, block: QLabel, width: int) -> list[str]:
    """The lines a text falls into at a width, as Qt lays it out."""
    layout = QTextLayout(text, block.font())
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    lines = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        lines.append(text[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return lines


def test_what_a_screen_reader_says_and_what_is_kept_has_plain_blanks(qtbot: QtBot) -> None:
    told = Sentence(TOLD, (Citation("report:Findings", "72 mm mass"),))
    bubble = Bubble.reply(Reply(ReplyKind.EXPLANATION, (told,)))
    qtbot.addWidget(bubble)
    assert NO_BREAK not in bubble.accessibleName()
    assert told.text == TOLD


@pytest.fixture
def chosen(qtbot: QtBot) -> QLabel:
    """A sentence of a report on the screen, all of it selected."""
    block = text_block(f"{TOLD}\n{TOLD}")
    qtbot.addWidget(block)
    block.show()
    block.setFocus()
    block.setSelection(0, len(block.text()))
    QGuiApplication.clipboard().clear()
    return block


def copied(mode: QClipboard.Mode = QClipboard.Mode.Clipboard) -> list[str]:
    """What another program can paste, in each kind that is offered."""
    held = QGuiApplication.clipboard().mimeData(mode)
    return [bytes(held.data(kind).data()).decode() for kind in held.formats()]


def by_key(block: QLabel) -> None:
    QTest.keyClick(block, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)


def by_menu(block: QLabel) -> None:
    at = QPoint(5, 5)
    why = QContextMenuEvent.Reason.Mouse
    QGuiApplication.sendEvent(block, QContextMenuEvent(why, at, block.mapToGlobal(at)))
    menu = block.findChild(QMenu)
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()


@pytest.mark.parametrize("way", [by_key, by_menu])
def test_another_program_finds_72_mm_in_what_was_copied(
    chosen: QLabel, way: Callable[[QLabel], None]
) -> None:
    way(chosen)
    assert copied() == [f"{TOLD}\n{TOLD}"]


def test_what_is_only_selected_is_pasted_with_plain_blanks_as_well(chosen: QLabel) -> None:
    if not QGuiApplication.clipboard().supportsSelection():
        pytest.skip("this desktop pastes no selections")
    QTest.mousePress(chosen, Qt.MouseButton.LeftButton, pos=QPoint(1, 5))
    move_to(chosen, QPointF(chosen.width() - 1, 5))
    QTest.mouseRelease(chosen, Qt.MouseButton.LeftButton, pos=QPoint(chosen.width() - 1, 5))
    assert copied(QClipboard.Mode.Selection) == [TOLD]


def test_no_selection_is_dragged_into_another_program(chosen: QLabel) -> None:
    QTest.mousePress(chosen, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    move_to(chosen, QPointF(chosen.width() - 5, 5))
    assert chosen.findChild(QDrag) is None
    assert chosen.selectedText() not in {"", chosen.text()}, "it is selected anew"


def move_to(block: QLabel, at: QPointF) -> None:
    """Move the mouse with its left button held down."""
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    where = block.mapToGlobal(at)
    QGuiApplication.sendEvent(
        block, QMouseEvent(QEvent.Type.MouseMove, at, where, none, left, keys)
    )


def test_the_quoted_words_of_a_report_are_bound_as_well(qtbot: QtBot) -> None:
    shown = cited(Sentence("It is wide.", (Citation("report:Findings", "a 72 mm mass"),)))
    qtbot.addWidget(shown)
    quote = shown.findChild(QLabel, "citation.quote")
    assert quote is not None
    opener = shown.findChild(object, "citation.0")
    opener.click()
    assert f"72{NO_BREAK}mm" in quote.text()
