"""One section of a report: its title and its text, the machine's sentences tinted until read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.pages.reading.accept_keys import AcceptKeys
from app.pages.reading.doubt_rows import Answer, DoubtRows
from app.pages.reading.field_keys import FieldKeys
from app.pages.reading.report_field import ReportField
from app.pages.reading.sentence_marks import mark
from app.pages.reading.working_text import WorkingText
from app.pages.reading.writing_marks import WritingMarks
from app.widgets.buttons import button
from app.widgets.text import label
from assistant.records import Doubt, Reference, Section


class SectionEditor(QWidget):
    """Edits a section.

    ``edited`` is emitted when the reader types, not when text is set, ``entered`` when the text
    takes the focus.
    """

    edited = Signal()
    entered = Signal()
    measurement_wanted = Signal()

    def __init__(self, section: Section) -> None:
        super().__init__()
        key = section.title.title().replace(" ", "")
        self.setObjectName(f"section{key}")
        self._work = WorkingText(section)
        self._doubts: tuple[Doubt, ...] = ()
        self.text_edit = ReportField(lambda: self._work.now.references)
        self.text_edit.setObjectName(f"report{key}")
        self.text_edit.setAccessibleName(section.title)
        self.text_edit.setToolTip(f"{section.title} ({_TIP})")
        self.text_edit.setTabChangesFocus(True)
        self.marks = WritingMarks(self.text_edit)
        self.keys = FieldKeys(self.text_edit)
        self.accepting = AcceptKeys(self.text_edit)
        self._shown = ""
        self._accept = button(
            "",
            self.accept_all,
            name=f"accept{key}",
            kind="link",
            icon="check",
            tip="Accept every tinted sentence of this section (Ctrl+Shift+Enter); "
            "one of them: Ctrl+Enter, or click it with Ctrl held",
        )
        self._accept.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes from text to text
        self.doubts = DoubtRows()
        self._arrange(section.title)
        self.text_edit.textChanged.connect(self._changed)
        self.text_edit.entered.connect(self.entered)
        self.accepting.one.connect(self.accept_at)
        self.accepting.all.connect(self.accept_all)
        self.accepting.measurement.connect(self.measurement_wanted)
        self.doubts.shown.connect(self._show_doubt)
        self._show()
        self.text_edit.moveCursor(QTextCursor.MoveOperation.Start)

    @property
    def title(self) -> str:
        """Title of the section."""
        return self._work.stored.title

    @property
    def section(self) -> Section:
        """The section as it now reads."""
        return self._work.now

    @property
    def dirty(self) -> bool:
        """Whether there is something that has not been stored."""
        return self._work.dirty

    def take(self) -> Section:
        """Return the section to be stored; whatever is done after this stays on the screen."""
        return self._work.take()

    def stored(self, section: Section) -> None:
        """Take over what was stored; what the reader did meanwhile stays on the screen."""
        self._work.store(section)
        self._show()

    def accept_at(self, position: int) -> None:
        """Accept the machine's sentence at a place of the text and go on to the next."""
        following = self._work.accept_at(position)
        if following is not None:
            cursor = self.text_edit.textCursor()
            cursor.setPosition(following)
            self.text_edit.setTextCursor(cursor)
        self._tint()
        if self.dirty:
            self.edited.emit()

    def accept_all(self) -> None:
        """Accept every sentence of the machine in this section."""
        self._work.accept_all()
        self._tint()
        self.edited.emit()

    def insert(self, reference: Reference) -> None:
        """Put a number in at the cursor, or in place of what is chosen, that will follow."""
        cursor = self.text_edit.textCursor()
        if cursor.hasSelection():
            cursor.removeSelectedText()
        at = cursor.position()
        self._work.insert(at, reference)
        self._show()
        cursor = self.text_edit.textCursor()
        cursor.setPosition(at + len(reference.text))
        self.text_edit.setTextCursor(cursor)
        self.text_edit.setFocus()
        self.edited.emit()

    def show_doubts(self, doubts: Sequence[Doubt], answer: Answer) -> None:
        """Show the doubts about this section at their sentences and below."""
        self._doubts = tuple(doubts)
        self.doubts.show_doubts(doubts, answer)
        self._tint()

    def begin(self) -> bool:
        """Take the focus at the first open field; return whether there is one."""
        found = not self.text_edit.isReadOnly() and self.keys.first()
        if found:
            self.text_edit.setFocus()
        return found

    def lock(self) -> None:
        """Let the text be read only."""
        self.text_edit.setReadOnly(True)
        self.marks.use(None)
        self._accept.hide()
        self.doubts.hide()
        self.text_edit.setExtraSelections([])

    # Inside

    def _arrange(self, name: str) -> None:
        title = label(name, "strong")
        title.setBuddy(self.text_edit)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.text_edit)
        column.addWidget(self.doubts)

    def _show(self) -> None:
        """Show the section as it is now kept in step."""
        self._shown = self._work.now.text
        self.text_edit.put(self._shown)
        self._tint()
        self.text_edit.fit()

    def _changed(self) -> None:
        """Hear of typing; Qt calls here for marks too, which change no letter."""
        text = self.text_edit.toPlainText()
        if text == self._shown:
            return
        self._shown = text
        self._work.typed(text, self.text_edit.pasting)
        self._tint()
        self.text_edit.fit()
        self.edited.emit()

    def _tint(self) -> None:
        """Mark what is the machine's, doubted or followed, and say in words how much waits."""
        if self.text_edit.isReadOnly():
            return
        waiting = self._work.unread
        self._accept.setVisible(bool(waiting))
        self._accept.setText(f"Accept {len(waiting)} from the machine")
        self._accept.setAccessibleName(f"{self._accept.text()}: {self.title}")
        mark(self.text_edit, waiting, self._work.now.references, self._doubted())

    def _doubted(self) -> list[tuple[int, int, Doubt]]:
        """Where the doubted sentences stand in the text as it now reads."""
        text = self._work.now.text
        found = [(text.find(one.sentence), one) for one in self._doubts if one.sentence]
        return [(at, at + len(one.sentence), one) for at, one in found if at >= 0]

    def _show_doubt(self, doubt: Doubt) -> None:
        for start, end, one in self._doubted():
            if one == doubt:
                cursor = self.text_edit.textCursor()
                cursor.setPosition(start)
                cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
                self.text_edit.setTextCursor(cursor)
                self.text_edit.setFocus()


_TIP = "tinted: proposed by the machine; Ctrl+Enter accepts a sentence"
