"""Asked before the program opens where files of its folder are missing or damaged."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import IconLabel, label
from assistant.phrases import Phrases

_SHOWN = 50


class NotWholeDialog(QDialog):
    """Names the files; accepted means: open anyway. Return and Escape close."""

    def __init__(self, files: tuple[str, ...], words: Phrases) -> None:
        super().__init__()
        self.setObjectName("not-whole")
        self.setWindowTitle(words.say("not_whole.window"))
        self.setMinimumWidth(560)
        theme.set_role(self, "overlay")
        title = label(words.say("not_whole.title"), "heading")
        text = label(words.say("not_whole.text", count=len(files)), wrap=True)
        more = ("…",) if len(files) > _SHOWN else ()
        listed = QPlainTextEdit("\n".join((*files[:_SHOWN], *more)))
        listed.setReadOnly(True)
        listed.setObjectName("not-whole.files")
        listed.setAccessibleName(words.say("not_whole.details"))
        listed.setFixedHeight(120)
        close = button(
            words.say("not_whole.close"), self.reject, name="not-whole.close", kind="primary"
        )
        go_on = button(words.say("not_whole.open"), self.accept, name="not-whole.open")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(row(IconLabel("danger", 24, "danger"), title, spacing=12, stretch=1))
        column.addWidget(text)
        column.addWidget(listed)
        column.addLayout(row(go_on, QWidget(), close, stretch=1))
        close.setDefault(True)
        close.setFocus()
