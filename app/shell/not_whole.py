"""Asked before the program opens where files of its folder are missing or damaged."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.shell.notice import Notice, details
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import label
from assistant.phrases import Phrases

_SHOWN = 50


class NotWholeDialog(Notice):
    """Names the files; accepted means: open anyway. Return and Escape close."""

    def __init__(self, files: tuple[str, ...], words: Phrases) -> None:
        super().__init__("not-whole", words.say("not_whole.window"))
        more = ("…",) if len(files) > _SHOWN else ()
        listed = "\n".join((*files[:_SHOWN], *more))
        close = button(
            words.say("not_whole.close"), self.reject, name="not-whole.close", kind="primary"
        )
        go_on = button(words.say("not_whole.open"), self.accept, name="not-whole.open")
        self.show_words(
            "danger",
            "danger",
            words.say("not_whole.title"),
            label(words.say("not_whole.text", count=len(files)), wrap=True),
            details(listed, "not-whole.files", words.say("not_whole.details")),
            acts=row(go_on, QWidget(), close, stretch=1),
        )
        close.setDefault(True)
        close.setFocus()
