"""One view is painted per turn of the event loop."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer.canvas.turns import PaintTurns


class Painted(QWidget):
    def __init__(self, log: list[str], name: str) -> None:
        super().__init__()
        self._log, self._name = log, name

    def take_turn(self) -> None:
        self._log.append(self._name)


def test_views_that_ask_are_painted_once_each_in_turn(qtbot: QtBot) -> None:
    log: list[str] = []
    one, two = Painted(log, "one"), Painted(log, "two")
    qtbot.addWidget(one)
    qtbot.addWidget(two)
    turns = PaintTurns()
    for widget in (one, two, one, two):
        turns.ask(widget)
    assert log == []
    turns._paint_one()
    assert log == ["one"]
    qtbot.waitUntil(lambda: log == ["one", "two"])
