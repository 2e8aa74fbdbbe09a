"""The second of two doors for unexpected exceptions: log it, show a card, carry on."""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.shell.notice import Notice, details
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import label
from assistant.phrases import Phrases, phrases
from resources.languages import DEFAULT

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crash:
    """What may be told of a defect: its kind and places, never its message (it may name people)."""

    code: str
    places: str


def describe(kind: type[BaseException], trace: TracebackType | None) -> Crash:
    """Name a defect by its kind and code lines; the same defect has the same code."""
    frames = traceback.extract_tb(trace)
    places = "\n".join(
        f"{'/'.join(frame.filename.replace(chr(92), '/').split('/')[-3:])}"
        f":{frame.lineno} {frame.name}"
        for frame in frames
    )
    text = f"{kind.__name__}\n{places}"
    code = hashlib.sha256(text.encode()).hexdigest()[:8].upper()
    return Crash(code, text)


class CrashDoor(QObject):
    """Catches what nobody caught, on any thread, and shows a card on the GUI thread."""

    _caught = Signal(object)

    def __init__(
        self,
        window: Callable[[], QWidget | None],
        words: Callable[[], Phrases] = lambda: phrases(DEFAULT),
    ) -> None:
        super().__init__()
        self._window, self._words = window, words
        self._card: CrashCard | None = None
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take the place of the interpreter's own hooks."""
        sys.excepthook = self.catch
        threading.excepthook = self._catch_in_thread

    def catch(
        self, kind: type[BaseException], _error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log kind and places, and ask for the card."""
        if issubclass(kind, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        crash = describe(kind, trace)
        log.error("unexpected error %s\n%s", crash.code, crash.places)
        self._caught.emit(crash)

    def _catch_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.catch(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _show(self, crash: Crash) -> None:
        if self._card is not None and self._card.isVisible():
            return
        self._card = CrashCard(crash, self._window(), self._words())
        self._card.open()


class CrashCard(Notice):
    """Says that the program made a mistake, and what to do next; in English unless told."""

    def __init__(
        self, crash: Crash, parent: QWidget | None = None, words: Phrases | None = None
    ) -> None:
        say = (words or phrases(DEFAULT)).say
        super().__init__("crash", say("crash.window"), 520, parent)
        self._crash = crash
        copy = button(
            say("crash.copy"),
            self._copy,
            name="crash.copy",
            icon="copy",
            tip=say("crash.copy_tip"),
        )
        go_on = button(say("crash.go_on"), self.accept, name="crash.close", kind="primary")
        self.show_words(
            "danger",
            "danger",
            say("crash.title"),
            label(say("crash.text", code=crash.code), wrap=True),
            details(crash.places, "crash.details", say("crash.details")),
            acts=row(copy, QWidget(), go_on, stretch=1),
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._crash.code}\n{self._crash.places}")
