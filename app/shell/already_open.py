"""Said instead of opening a second window on a data folder that one has open."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.pages.wording import moment_in
from app.storage.home_lock import Holder
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import IconLabel, label
from assistant.phrases import Phrases


class AlreadyOpenDialog(QDialog):
    """Says where and since when the folder is open; all one can do is close it."""

    def __init__(self, holder: Holder, folder: Path, words: Phrases) -> None:
        super().__init__()
        self.setObjectName("already-open")
        self.setWindowTitle(words.say("already_open.window"))
        self.setMinimumWidth(560)
        theme.set_role(self, "overlay")
        title = label(_title(holder, words), "heading", wrap=True)
        title.setObjectName("already-open.title")
        text = label(words.say("already_open.text"), wrap=True)
        where = label(words.say("already_open.folder", folder=folder), "muted", wrap=True)
        close = button(
            words.say("already_open.close"), self.reject, name="already-open.close", kind="primary"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(row(IconLabel("info", 24, "accent"), title, spacing=12, stretch=1))
        column.addWidget(text)
        column.addWidget(where)
        column.addLayout(row(QWidget(), close, stretch=0))
        close.setDefault(True)
        close.setFocus()


def _title(holder: Holder, words: Phrases) -> str:
    since = words.say("already_open.unknown")
    if holder.since is not None:
        here = datetime.now().astimezone().tzinfo
        if here is not None:
            told = moment_in(holder.since, here, words)
            since = words.say("already_open.since", moment=told)
    if holder.is_here:
        return words.say("already_open.here", since=since)
    return words.say("already_open.elsewhere", computer=holder.computer, since=since)
