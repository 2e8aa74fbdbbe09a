"""The dialog in which a person makes, changes and deletes short texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.records import Macro
from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.text import label
from assistant.drafting.macros import in_one_line, shipped

_ABBREVIATION = Qt.ItemDataRole.UserRole
_HINT = (
    "Type a dot and the abbreviation in the report, then press Tab. What stands in {braces} is a"
    " field: Tab goes from one to the next, and none may be left open when the report is signed."
)
Save = Callable[[str, str, str], None]
Remove = Callable[[str], None]


class MacrosDialog(QDialog):
    """Shows the person's own texts and the shipped ones; a changed shipped one becomes an own one.

    Parameters
    ----------
    save
        Called with abbreviation, text and the abbreviation it had before.
    remove
        Called with the abbreviation of an own text. Answer both by ``show_texts`` or ``refuse``.
    """

    def __init__(self, parent: QWidget, save: Save, remove: Remove) -> None:
        super().__init__(parent)
        self.setObjectName("macrosDialog")
        self.setWindowTitle("Short texts")
        self.setMinimumSize(720, 460)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._save, self._remove = save, remove
        self._own: Mapping[str, str] = {}
        self._list = QListWidget()
        self._list.setObjectName("macrosList")
        self._list.setAccessibleName("Short texts")
        self._list.setMinimumWidth(320)
        self._list.setSpacing(3)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentItemChanged.connect(lambda *_: self._show_chosen())
        self._name = line("macroAbbreviation", "such as mls")
        self._name_row = FormRow("Abbreviation", self._name)
        self._text = QPlainTextEdit()
        self._text.setObjectName("macroText")
        self._text.setTabChangesFocus(True)
        self._text_row = FormRow("Text", self._text)
        self._from = label("", "caption", wrap=True)
        self._keep = button("Save", self._try, name="macroSave", kind="primary")
        self._delete = button("Delete", self._try_removing, name="macroDelete", kind="danger")
        self._new = button("New text", self._begin, name="macroNew", icon="plus")
        for field in (self._name, self._text):
            field.textChanged.connect(self._look)
        self._arrange()
        self._look()

    def show_texts(self, own: tuple[Macro, ...], chosen: str = "") -> None:
        """Show what is kept now, and choose one."""
        self._own = {one.abbreviation: one.text for one in own}
        self._list.clear()
        for abbreviation, text in sorted({**shipped(), **self._own}.items()):
            whose = "" if abbreviation in self._own else "  (shipped)"
            item = QListWidgetItem(f".{abbreviation}{whose}\n{in_one_line(text, 40)}")
            item.setData(_ABBREVIATION, abbreviation)
            self._list.addItem(item)
            if abbreviation == chosen:
                self._list.setCurrentItem(item)
        if self._list.currentItem() is None:
            self._begin()

    def refuse(self, reason: str) -> None:
        """Say why nothing was kept."""
        about_name = "bbreviation" in reason
        (self._name_row if about_name else self._text_row).fail(reason)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._delete)
        buttons.addStretch(1)
        buttons.addWidget(
            button("Close", self.accept, name="macrosClose", kind="quiet", tip="Close (Esc)")
        )
        buttons.addWidget(self._keep)
        right = QVBoxLayout()
        right.setSpacing(12)
        for part in (self._name_row, self._text_row, self._from):
            right.addWidget(part)
        right.addStretch(1)
        right.addLayout(buttons)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._list, 1)
        left.addWidget(self._new, 0, Qt.AlignmentFlag.AlignLeft)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addLayout(left)
        both.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label("Short texts", "heading"))
        column.addWidget(label(_HINT, "muted", wrap=True))
        column.addLayout(both, 1)

    @property
    def _chosen(self) -> str:
        item = self._list.currentItem()
        found: str = item.data(_ABBREVIATION) if item is not None else ""
        return found

    def _show_chosen(self) -> None:
        chosen = self._chosen
        if not chosen:
            return
        self._name.setText(chosen)
        self._text.setPlainText({**shipped(), **self._own}[chosen])
        self._look()

    def _begin(self) -> None:
        """Begin a new text."""
        self._list.setCurrentRow(-1)
        self._name.clear()
        self._text.clear()
        self._name.setFocus()
        self._look()

    def _look(self) -> None:
        """Show what can be done with what is typed."""
        chosen = self._chosen
        for row in (self._name_row, self._text_row):
            row.fail("")
        self._delete.setVisible(chosen in self._own)
        own_over = chosen in self._own and chosen in shipped()
        said = "Shipped with the program; saving keeps a text of your own in its place."
        if own_over:
            said = "Yours, in place of a shipped one; deleting brings that back."
        self._from.setText(said if own_over or (chosen and chosen not in self._own) else "")
        self._keep.setEnabled(
            bool(self._name.text().strip()) and bool(self._text.toPlainText().strip())
        )

    def _try(self) -> None:
        former = self._chosen if self._chosen in self._own else ""
        self._save(self._name.text(), self._text.toPlainText(), former)

    def _try_removing(self) -> None:
        self._remove(self._chosen)
