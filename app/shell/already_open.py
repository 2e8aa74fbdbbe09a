"""Said instead of opening a second window on a data folder that one has open."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.pages.wording import moment_in
from app.shell.notice import Notice
from app.storage.home_lock import Holder
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import label
from assistant.phrases import Phrases


class AlreadyOpenDialog(Notice):
    """Says where and since when the folder is open; all one can do is close it."""

    def __init__(self, holder: Holder, folder: Path, words: Phrases) -> None:
        super().__init__("already-open", words.say("already_open.window"))
        close = button(
            words.say("already_open.close"), self.reject, name="already-open.close", kind="primary"
        )
        self.show_words(
            "info",
            "accent",
            _title(holder, words),
            label(words.say("already_open.text"), wrap=True),
            label(words.say("already_open.folder", folder=folder), "muted", wrap=True),
            acts=row(QWidget(), close, stretch=0),
        )
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
