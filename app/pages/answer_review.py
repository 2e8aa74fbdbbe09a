"""Saying that an answer is wrong: a reason, own words, and whether the clinic may read it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QVBoxLayout, QWidget

from app.pages.bubbles import Bubble
from app.pages.page import Page
from app.pages.visit_cards import CARD_WIDTH_PX
from app.records import AnswerFault, AnswerReview
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.forms import line
from app.widgets.surfaces import row
from app.widgets.text import label
from app.workflow import conversing
from assistant.phrases import Phrases
from assistant.records import Reply


class AnswerReviewPanel(QFrame):
    """Opens under an answer; ``filed`` gives the reason, the words and the consent."""

    filed = Signal(str, str, bool)
    closed = Signal()

    def __init__(self, words: Phrases) -> None:
        super().__init__()
        self.setObjectName("answer-review")
        self.setMaximumWidth(CARD_WIDTH_PX)
        theme.set_role(self, "card")
        self.fault = QComboBox()
        self.fault.setObjectName("answer-review.fault")
        self.fault.setAccessibleName(words.say("review.title"))
        for one in AnswerFault:
            self.fault.addItem(words.say(f"review.{one.value}"), one.value)
        self.words = line("answer-review.words", words.say("review.words"))
        self.words.setAccessibleName(words.say("review.words"))
        self.consent = QCheckBox(words.say("review.consent"))
        self.consent.setObjectName("answer-review.consent")
        self.send = button(
            words.say("review.send"), self._send, name="answer-review.send", kind="primary"
        )
        close = button(words.say("review.close"), self.closed.emit, name="answer-review.close")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(label(words.say("review.title"), "strong"))
        column.addWidget(self.fault)
        column.addWidget(self.words)
        column.addWidget(self.consent)
        column.addLayout(row(self.send, close, QWidget(), stretch=2))

    def _send(self) -> None:
        if self.send.isEnabled():
            self.send.setEnabled(False)
            self.filed.emit(self.fault.currentData(), self.words.text(), self.consent.isChecked())


def open_review(
    page: Page,
    text: str,
    reply: Reply,
    opener: QWidget,
    add: Callable[[QWidget], None],
) -> None:
    """Ask what is wrong with the answer to a text; ``add`` puts the form where it is answered."""
    opener.setEnabled(False)
    words, session = page.words, page.context.session
    panel = AnswerReviewPanel(words)
    said = " ".join(sentence.text for sentence in reply.sentences)

    def thank(_: AnswerReview) -> None:
        panel.hide()
        add(Bubble.machine_text(words.say("review.thanks")))

    def file(fault: str, own_words: str, consent: bool) -> None:  # noqa: FBT001 - a Qt signal
        excerpt = (text, said) if consent else ("", "")
        page.ask(
            lambda _: conversing.file_review(session, AnswerFault(fault), own_words, excerpt),
            thank,
        )

    panel.filed.connect(file)
    panel.closed.connect(panel.hide)
    panel.closed.connect(lambda: opener.setEnabled(True))
    add(panel)
    panel.fault.setFocus()
