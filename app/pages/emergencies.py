"""The queue of emergency accesses: who opened whose chart and why, and what a review came to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.accounts.records import Verdict
from app.events import EmergencyTurned
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.wording import EMERGENCY_REASONS, moment, zone_of
from app.widgets.buttons import button
from app.widgets.forms import FormRow
from app.widgets.messages import EmptyState
from app.widgets.surfaces import Card, Line
from app.widgets.table import Column, Table
from app.widgets.text import Badge, label
from app.workflow import configuring, emergency
from app.workflow.emergency import Reviewable

VERDICTS = {
    Verdict.PENDING: ("Waits for review", "warning"),
    Verdict.JUSTIFIED: ("Justified", "good"),
    Verdict.NOT_JUSTIFIED: ("Not justified", "danger"),
}
"""Word and tint of what a review came to."""


class EmergenciesPage(Page):
    """Every emergency access, those without a review first; the chosen one at the right."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(
            context,
            "emergencies",
            "Emergency access",
            "Charts that doctors opened without treating the patient. Each is reviewed once.",
        )
        self._zone = zone_of("UTC")
        columns: tuple[Column[Reviewable], ...] = (
            Column(
                "Review",
                lambda one: VERDICTS[one.access.verdict][0],
                160,
                lambda one: VERDICTS[one.access.verdict][1],
            ),
            Column("Opened", lambda one: moment(one.access.started_at, self._zone), 170),
            Column("Doctor", lambda one: one.doctor),
            Column("Patient", lambda one: one.patient),
            Column("Reason", lambda one: EMERGENCY_REASONS[one.access.reason], spare_below_px=760),
        )
        self.table: Table[Reviewable] = Table(
            columns, name="emergencies.table", says="Emergency accesses, unreviewed ones first"
        )
        self.table.current_changed.connect(self._show_one)
        self.panel = _Panel(self._review)
        self._none = EmptyState(
            "good",
            "No emergency access so far",
            "A chart that a doctor opens in an emergency is listed here.",
            name="emergencies.none",
        )
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.table, 1)
        both.addWidget(self.panel)
        self.body.addLayout(both, 1)
        self.body.addWidget(self._none, 1)
        self._none.hide()
        self.listen(EmergencyTurned, lambda _: self.open())

    def open(self, **_ids: str) -> None:
        """Read the queue again."""
        session = self.context.session
        self.ask(lambda _: configuring.clinic_settings(session).zone, self._set_zone)
        self.ask(lambda _: emergency.queue(session), self._show)

    def _set_zone(self, name: str) -> None:
        self._zone = zone_of(name)
        self.panel.zone = self._zone

    def _show(self, found: tuple[Reviewable, ...]) -> None:
        self.table.setVisible(bool(found))
        self.panel.setVisible(bool(found))
        self._none.setVisible(not found)
        self.table.show_records(found, same=lambda one: one.access.id)

    def _show_one(self, one: Reviewable | None) -> None:
        self.panel.show_access(one)

    def _review(self, access_id: str, verdict: Verdict, words: str) -> None:
        session = self.context.session
        self.ask(
            lambda _: emergency.review(session, access_id, verdict, words),
            lambda _: self._reviewed(),
            failed=self.panel.refuse,
        )

    def _reviewed(self) -> None:
        self.context.navigator.banner("The review is recorded; the patient sees it.", "good")
        self.open()


class _Panel(Card):
    """One emergency access in full, and the form of its review."""

    def __init__(self, review: Callable[[str, Verdict, str], None]) -> None:
        super().__init__(name="emergencies.panel")
        self.setFixedWidth(380)
        self.zone = zone_of("UTC")
        self._review = review
        self._one: Reviewable | None = None
        self._verdict = Badge("", "")
        self._who = label("", "heading", wrap=True)
        self._facts = label("", "muted", wrap=True)
        self._words = label("", wrap=True)
        self._words.setObjectName("emergencies.words")
        self._said = label("", wrap=True)
        self._said.setObjectName("emergencies.said")
        self._comment = QPlainTextEdit()
        self._comment.setObjectName("emergencies.comment")
        self._comment.setTabChangesFocus(True)
        self._comment.setFixedHeight(96)
        self._comment.textChanged.connect(self._look)
        self._field = FormRow("Your comment", self._comment, "What you checked, and what follows.")
        self._justified = button(
            "Reviewed: justified",
            lambda: self._answer(Verdict.JUSTIFIED),
            name="emergencies.justified",
            kind="primary",
        )
        self._not_justified = button(
            "Reviewed: not justified",
            lambda: self._answer(Verdict.NOT_JUSTIFIED),
            name="emergencies.not-justified",
            kind="danger",
        )
        self.column.addWidget(self._verdict, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._who, self._facts, label("In the doctor's words", "caption")):
            self.column.addWidget(part)
        self.column.addWidget(self._words)
        self.column.addWidget(Line())
        self.column.addWidget(self._said)
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        for made in (self._field, self._justified, self._not_justified):
            form.addWidget(made)
        self.column.addWidget(self._form)
        self.column.addStretch(1)

    def show_access(self, one: Reviewable | None) -> None:
        """Show an access; the form only where nobody has reviewed it yet."""
        if one is None:
            self._one = None
            return
        if self._one is None or self._one.access.id != one.access.id:
            self._comment.clear()
        self._one, access = one, one.access
        self._verdict.show_text(*VERDICTS[access.verdict])
        self._who.setText(f"{one.doctor} opened the chart of {one.patient}")
        until = access.ended_at
        ended = f"ended {moment(until, self.zone)}" if until else "not ended yet"
        facts = [f"Record number {one.mrn}" if one.mrn else "", EMERGENCY_REASONS[access.reason]]
        facts += [f"Opened {moment(access.started_at, self.zone)}, {ended}"]
        self._facts.setText("\n".join(fact for fact in facts if fact))
        self._words.setText(access.words)
        pending = access.verdict is Verdict.PENDING
        self._form.setVisible(pending)
        self._said.setVisible(not pending)
        if access.reviewed_at is not None:
            when = moment(access.reviewed_at, self.zone)
            self._said.setText(f"Reviewed by {one.reviewer}, {when}:\n{access.review_words}")
        self._field.fail("")
        self._look()

    def refuse(self, why: str) -> None:
        """Say why the review was not taken."""
        self._field.fail(why)
        self._look()

    def _look(self) -> None:
        said = bool(self._comment.toPlainText().strip())
        for made in (self._justified, self._not_justified):
            made.setEnabled(said)

    def _answer(self, verdict: Verdict) -> None:
        if self._one is None:
            return
        for made in (self._justified, self._not_justified):
            made.setEnabled(False)
        self._review(self._one.access.id, verdict, self._comment.toPlainText())
