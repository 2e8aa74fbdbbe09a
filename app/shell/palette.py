"""The command palette: any page, action or patient by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.forms import SearchField
from app.widgets.text import label
from assistant.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Command:
    """Something the palette can do."""

    text: str
    hint: str
    icon: str
    run: Callable[[], object]


def matching(commands: Sequence[Command], text: str) -> tuple[Command, ...]:
    """Commands that hold every typed word, those that begin with the text first."""
    words = text.casefold().split()
    found = [
        one
        for one in commands
        if all(word in f"{one.text} {one.hint}".casefold() for word in words)
    ]
    return tuple(sorted(found, key=lambda one: not one.text.casefold().startswith(text.casefold())))


class CommandPalette(QDialog):
    """A search line over a list; Enter does it, Esc leaves.

    Parameters
    ----------
    look_up
        Asked for more commands (patients) once the typing pauses; answers through its second
        argument, perhaps later.
    field
        Key of the words in the empty search line.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        look_up: Callable[[str, Callable[[Sequence[Command]], None]], None],
        parent: QWidget,
        words: Phrases,
        field: str = "palette.field",
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self.setWindowTitle(words.say("palette.title"))
        theme.set_role(self, "overlay")
        self._commands = tuple(commands)
        self._found: tuple[Command, ...] = ()
        self._extra: tuple[Command, ...] = ()
        self._look_up = look_up
        self._field = SearchField(words.say(field), name="palette.field")
        self._list = QListWidget()
        self._list.setObjectName("palette.list")
        self._list.setAccessibleName(words.say("palette.found"))
        self._list.setIconSize(QSize(18, 18))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pause = QTimer(self, singleShot=True, interval=150)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        column.addWidget(label(words.say("palette.keys"), "caption"))
        self.resize(560, 380)
        middle = parent.mapToGlobal(QPoint((parent.width() - 560) // 2, parent.height() // 6))
        self.move(middle)
        self._field.installEventFilter(self)
        self._field.textChanged.connect(self._typed)
        self._pause.timeout.connect(self._ask)
        self._list.itemClicked.connect(lambda *_: self._do())
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move the list while the line keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self._list.count():
                self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._do()
                return True
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self._extra = ()
        self._show()
        self._pause.start()

    def _ask(self) -> None:
        text = self._field.text().strip()
        if len(text) >= 2:
            self._look_up(text, lambda found: self._answered(text, found))

    def _answered(self, text: str, found: Sequence[Command]) -> None:
        if self.isVisible() and self._field.text().strip() == text:
            self._extra = tuple(found)
            self._show()

    def _show(self) -> None:
        self._found = matching(self._commands, self._field.text().strip()) + self._extra
        self._list.clear()
        for one in self._found:
            text = f"{one.text}   ·   {one.hint}" if one.hint else one.text
            self._list.addItem(QListWidgetItem(theme.icon(one.icon, "text_muted"), text))
        if self._found:
            self._list.setCurrentRow(0)

    def _do(self) -> None:
        index = self._list.currentRow()
        if 0 <= index < len(self._found):
            command = self._found[index]
            self.accept()
            command.run()
