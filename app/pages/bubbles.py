"""Parts of a conversation: bubbles and choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.pages.citations import cited_all, text_block
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import label
from assistant.phrases import Phrases, phrases
from assistant.records import Reply
from assistant.wishes import ReplyKind

_WIDTH_PX = 720


class Bubble(QWidget):
    """One message: the person's at the right, the machine's at the left."""

    def __init__(self, *parts: QWidget, own: bool = False, tone: str = "") -> None:
        super().__init__()
        self.setObjectName("bubble.own" if own else "bubble.machine")
        self._parts = parts
        frame = QFrame()
        frame.setMaximumWidth(_WIDTH_PX)
        theme.set_role(frame, "bubble", "own" if own else tone)
        column = QVBoxLayout(frame)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for part in parts:
            column.addWidget(part)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        if own:
            line.addStretch(1)
        line.addWidget(frame, 0 if own else 3)
        if not own:
            line.addStretch(1)

    @classmethod
    def own_text(cls, text: str, words: Phrases | None = None) -> Bubble:
        """What the person said."""
        block = text_block(text)
        if block.fontMetrics().horizontalAdvance(text) < _WIDTH_PX - 64 and "\n" not in text:
            block.setWordWrap(False)
        made = cls(block, own=True)
        made.setAccessibleName(f"{(words or phrases('en')).say('page.you_said')}: {text}")
        return made

    @classmethod
    def machine_text(cls, text: str, tone: str = "") -> Bubble:
        """What the machine says without a source."""
        return cls(text_block(text), tone=tone)

    @classmethod
    def reply(
        cls, reply: Reply, words: Phrases | None = None, *more: QWidget, report: str = ""
    ) -> Bubble:
        """What the assistant answered; an emergency, or a question about one, stands out.

        ``report`` is what the report spoken of is called, with its date.
        """
        words = words or phrases("en")
        urgent = reply.kind in {ReplyKind.EMERGENCY, ReplyKind.ASK}
        parts = cited_all(reply.sentences, words, report)
        if any(sentence.by_model for sentence in reply.sentences):
            parts.append(label(words.say("page.by_model"), "caption"))
        made = cls(*parts, *more, tone="danger" if urgent else "")
        said = " ".join(sentence.text for sentence in reply.sentences)
        made.setAccessibleName(f"{words.say('page.machine_said')}: {said}")
        return made

    def append(self, text: str) -> None:
        """Add what has just been written to a bubble that is being written."""
        block = self._parts[0]
        if isinstance(block, QLabel):
            before = "" if block.text() == "…" else block.text()
            block.setText(before + text)


def choice_row(choices: Sequence[str], chosen: Callable[[str], None]) -> QWidget:
    """Buttons that say something for the person."""
    holder = QWidget()
    made = [
        button(choice, partial(chosen, choice), name=f"choice.{number}")
        for number, choice in enumerate(choices)
    ]
    layout = row(*made, QWidget(), stretch=len(made))
    holder.setLayout(layout)
    return holder
