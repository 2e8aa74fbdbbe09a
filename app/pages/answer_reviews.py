"""What people found wrong with answers of the assistant, and what came of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.citations import clear, text_block
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.wording import moment, zone_of
from app.records import AnswerReview, Role
from app.widgets.buttons import button
from app.widgets.forms import line
from app.widgets.messages import EmptyState
from app.widgets.surfaces import Card, row, scrolled
from app.widgets.text import Badge, label
from app.workflow import auditing, configuring, conversing
from app.workflow.settings import ClinicSettings
from assistant.phrases import phrases

_WIDTH_PX = 860
_CLOSED_TO_US = "The person did not agree that question and answer are read."


class AnswerReviewsPage(Page):
    """Open reviews first; each is closed by a word about what came of it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(
            context,
            "answer_reviews",
            "Answers of the assistant",
            "What patients found wrong. Question and answer are shown only where they agreed.",
        )
        self._zone = zone_of("UTC")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        self._rows.setContentsMargins(0, 0, 12, 0)
        inside = QWidget()
        inside.setLayout(self._rows)
        self.body.addWidget(scrolled(inside, name="answer-reviews.list"), 1)
        self.number = line("answer-reviews.number", "Record number of the patient")
        self.number.setAccessibleName("Record number of the patient")
        if context.session.actor.role is Role.ADMINISTRATOR:
            self.body.addWidget(self._erasing())

    def open(self, **_ids: str) -> None:
        """Read the reviews again."""
        session = self.context.session
        self.ask(lambda _: configuring.clinic_settings(session), self._know)
        self.ask(lambda _: conversing.reviews(session), self._show_all)

    def _know(self, settings: ClinicSettings) -> None:
        self._zone = zone_of(settings.zone)

    def _show_all(self, found: tuple[AnswerReview, ...]) -> None:
        clear(self._rows)
        for one in found:
            self._rows.addWidget(self._card(one))
        if not found:
            self._rows.addWidget(
                EmptyState(
                    "good",
                    "Nothing to look at",
                    "Patients say under an answer if something is wrong with it.",
                    name="answer-reviews.none",
                )
            )
        self._rows.addStretch(1)

    def _card(self, one: AnswerReview) -> Card:
        card = Card(name="answer-reviews.one")
        card.setMaximumWidth(_WIDTH_PX)
        state = Badge("Open", "warning") if one.is_open else Badge("Answered", "good")
        fault = label(phrases("en").say(f"review.{one.fault.value}"), "strong")
        when = label(moment(one.filed_at, self._zone), "muted")
        card.column.addLayout(row(fault, state, QWidget(), when, stretch=2))
        if one.words:
            card.column.addWidget(text_block(one.words))
        if one.answer:
            for heading, said in (("Asked", one.question), ("Answered", one.answer)):
                card.column.addWidget(label(heading, "caption"))
                card.column.addWidget(text_block(said))
        else:
            card.column.addWidget(label(_CLOSED_TO_US, "muted", wrap=True))
        if one.is_open:
            self._add_closing(card, one)
        else:
            card.column.addWidget(label("What came of it", "caption"))
            card.column.addWidget(text_block(one.outcome))
        return card

    def _add_closing(self, card: Card, one: AnswerReview) -> None:
        field = line(f"answer-reviews.outcome.{one.id}", "What came of it")
        field.setAccessibleName("What came of it")
        close = button(
            "Close review",
            lambda: self._close(one.id, field.text()),
            name=f"answer-reviews.close.{one.id}",
            kind="primary",
        )
        close.setEnabled(False)
        field.textChanged.connect(lambda said: close.setEnabled(bool(said.strip())))
        card.column.addLayout(row(field, close, stretch=0))

    def _close(self, review_id: str, outcome: str) -> None:
        session = self.context.session
        self.ask(
            lambda _: conversing.answer_review(session, review_id, outcome),
            lambda _: self.open(),
        )

    def _erasing(self) -> Card:
        """An administrator erases what a patient has asked to have erased, unseen."""
        card = Card("Erase a patient's conversations", name="answer-reviews.erasing")
        card.column.addWidget(
            label(
                "At the patient's request. Every conversation and review goes for good; "
                "nothing of it is shown.",
                "muted",
                wrap=True,
            )
        )
        gone = button(
            "Erase", self._erase, name="answer-reviews.erase", kind="danger", icon="trash"
        )
        card.column.addLayout(row(self.number, gone, stretch=0))
        return card

    def _erase(self) -> None:
        number = self.number.text().strip()
        if number:
            self.ask(partial(self._erase_by, number), self._erased)

    def _erase_by(self, number: str, _progress: object) -> int:
        session = self.context.session
        return conversing.erase_of_patient(session, auditing.patient_of_number(session, number))

    def _erased(self, count: int) -> None:
        self.number.clear()
        said = f"{count} conversations are erased." if count != 1 else "1 conversation is erased."
        self.context.navigator.banner(said, "good")
        self.open()
