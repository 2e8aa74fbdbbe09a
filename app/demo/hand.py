"""A hand on the mouse and keyboard: finds widgets by name, clicks, types, waits, takes pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QWidget

from app.demo.steps import DemoFailedError
from app.shell.window import MainWindow

SIZES = (QSize(1366, 768), QSize(2560, 1440))
W = TypeVar("W", bound=QWidget)


class Hand:
    """Drives the one window as a person would; must be used on the GUI thread."""

    def __init__(self, window: MainWindow, pictures: Path) -> None:
        pictures.mkdir(parents=True, exist_ok=True)
        self.window = window
        self._pictures = pictures

    def until(self, truth: Callable[[], object], what: str, seconds: float = 60.0) -> None:
        """Run the event loop until something is true, or fail saying what was waited for."""
        deadline = time.monotonic() + seconds
        while not truth():
            if time.monotonic() > deadline:
                raise DemoFailedError(f"waited {seconds:.0f} s in vain for {what}")
            self.pause(15)

    def pause(self, milliseconds: int) -> None:
        """Run the event loop for a while."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def find(self, name: str, kind: type[W]) -> W:
        """Return the visible widget of that name, waiting for it to appear."""
        self.until(lambda: self._visible(name, kind), f"“{name}” to appear", 20.0)
        found = self._visible(name, kind)
        if found is None:
            raise DemoFailedError(f"“{name}” went away")
        return found

    def click(self, name: str) -> None:
        """Click a button once it may be clicked."""
        target = self.find(name, QAbstractButton)
        self.until(target.isEnabled, f"“{name}” to be allowed", 30.0)
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)
        self.pause(20)

    def enter(self, name: str, text: str) -> None:
        """Replace the text of a field by typing."""
        target = self.find(name, QLineEdit)
        target.setFocus()
        target.selectAll()
        QTest.keyClicks(target, text)

    def write(self, editor: QPlainTextEdit, text: str) -> None:
        """Append a line to an editor."""
        editor.setFocus()
        editor.appendPlainText(text)
        self.pause(20)

    def key(self, target: QWidget, key: Qt.Key) -> None:
        """Press a key in a widget."""
        target.setFocus()
        QTest.keyClick(target, key)
        self.pause(20)

    def drop(self, target: QWidget, paths: Sequence[Path]) -> None:
        """Drop files and folders on a widget."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        modifiers, place = Qt.KeyboardModifier.NoModifier, QPoint(40, 40)
        QApplication.sendEvent(target, QDragEnterEvent(place, action, mime, button, modifiers))
        drop = QDropEvent(place.toPointF(), action, mime, button, modifiers)
        QApplication.sendEvent(target, drop)

    def picture(self, name: str) -> None:
        """Photograph the window at both sizes."""
        self.window.setFocus()
        for size in SIZES:
            if self.window.size() != size:
                self.window.resize(size)
            self.pause(400)
            self.window.grab().save(str(self._pictures / f"{name}-{size.width()}.png"))
        self.window.resize(SIZES[0])
        self.pause(50)

    def picture_of(self, widget: QWidget, name: str) -> None:
        """Photograph one widget, e.g. a dialog."""
        self.pause(100)
        widget.grab().save(str(self._pictures / f"{name}.png"))

    def _visible(self, name: str, kind: type[W]) -> W | None:
        for top in (self.window, *QApplication.topLevelWidgets()):
            if top.objectName() == name and isinstance(top, kind) and top.isVisible():
                return top
            for found in top.findChildren(kind, name):
                if found.isVisible():
                    return found
        return None
