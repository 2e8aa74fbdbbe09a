"""The card of the report page where a doctor asks the patient's reports."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.pages.page import Page
from app.pages.wording import day
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.forms import line
from app.widgets.surfaces import Card, row
from app.widgets.text import label
from app.workflow import asking_reports
from app.workflow.asking_reports import Answered
from assistant.drafting.searching import Found

_HINT = "Answers are the reports' own sentences, of every signed report of this patient."
_NOTHING = "No signed report holds an answer. Ask in other words."


class ReportQuestions(Card):
    """One question at a time; each answer names its report's date and section."""

    def __init__(self, page: Page, study_uid: Callable[[], str]) -> None:
        super().__init__("Ask the reports", name="reportQuestions")
        self._page, self._study_uid = page, study_uid
        self.field = line("reportQuestion", "Was there bleeding before?")
        self.field.setAccessibleName("Question to the reports")
        self.field.setMaxLength(asking_reports.MOST_LETTERS)
        self.field.returnPressed.connect(self.ask)
        self._go = button(
            "", self.ask, name="reportAsk", icon="search", tip="Search the reports (Enter)"
        )
        self._go.setAccessibleName("Search the reports")
        self._answers = QVBoxLayout()
        self._answers.setSpacing(8)
        self.column.addWidget(label(_HINT, "caption", wrap=True))
        self.column.addLayout(row(self.field, self._go, stretch=0))
        self.column.addLayout(self._answers)

    def ask(self) -> None:
        """Search the reports for what was typed."""
        uid, text = self._study_uid(), self.field.text().strip()
        if not uid or not text:
            return
        session, workstation = self._page.context.session, self._page.context.workstation
        self._say([label("Searching…", "muted")])

        def show(answered: Answered) -> None:
            if uid == self._study_uid():
                self._show(answered)

        self._page.ask(
            lambda _: asking_reports.ask_reports(session, uid, text, workstation.embedder),
            show,
            lane=Lane.COMPUTE,
            failed=lambda reason: self._say([label(reason, "muted", wrap=True, tone="danger")]),
        )

    def clear(self) -> None:
        """Forget the last question; another patient's report is shown."""
        self.field.clear()
        self._say([])

    def _show(self, answered: Answered) -> None:
        told: list[QWidget] = [_quoted(one) for one in answered.found]
        if not told:
            told.append(label(_NOTHING, "muted", wrap=True))
        if answered.broken:
            words = f"{answered.broken} report(s) can not be relied on and were not searched."
            told.append(label(words, "muted", wrap=True, tone="danger"))
        self._say(told)

    def _say(self, widgets: list[QWidget]) -> None:
        while (item := self._answers.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in widgets:
            self._answers.addWidget(one)


def _quoted(found: Found) -> QLabel:
    """A sentence with the date and section it stands in; plain text, whatever it holds."""
    signature = found.report.signature
    when = day(signature.signed_at.date() if signature else None)
    section = found.citation.source.partition(":")[2]
    made = label(f"{when}, {section}:\n“{found.citation.quote}”", wrap=True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
