"""The dialog in which a person changes their own password."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField
from app.widgets.text import label
from assistant.phrases import Phrases


class PasswordDialog(QDialog):
    """Asks for the old password once and the new one twice.

    Parameters
    ----------
    change
        Called with the old and the new password; answer through ``accept`` or ``refuse``.
    shortest
        Fewest characters the new one needs.
    """

    def __init__(
        self, parent: QWidget, change: Callable[[str, str], None], words: Phrases, shortest: int
    ) -> None:
        super().__init__(parent)
        self.setObjectName("password")
        self._words, say = words, words.say
        self.setWindowTitle(say("password.title"))
        self.setMinimumWidth(420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._change = change
        self._old, self._new, self._again = (
            PasswordField(f"password.{part}", show=say("password.show"))
            for part in ("old", "new", "again")
        )
        self._rows = (
            FormRow(say("password.old"), self._old),
            FormRow(say("password.new"), self._new, say("password.hint", least=shortest)),
            FormRow(say("password.again"), self._again),
        )
        self._save = button(
            say("password.change"), self._try, name="password.save", kind="primary", icon="key"
        )
        self._save.setDefault(True)
        cancel = button(
            say("password.cancel"), self.reject, name="password.cancel", kind="quiet", tip="Esc"
        )
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label(say("password.title"), "heading"))
        for part in self._rows:
            column.addWidget(part)
        column.addLayout(buttons)
        self._old.setFocus()

    def refuse(self, reason: str, *, about_old: bool) -> None:
        """Say why nothing was changed, at the field it is about."""
        self._rows[0 if about_old else 1].fail(reason)
        self._save.setEnabled(True)
        (self._old if about_old else self._new).setFocus()

    def _try(self) -> None:
        for part in self._rows:
            part.fail("")
        if self._new.text() != self._again.text():
            self._rows[2].fail(self._words.say("password.differ"))
            self._again.setFocus()
            return
        self._save.setEnabled(False)
        self._change(self._old.text(), self._new.text())
