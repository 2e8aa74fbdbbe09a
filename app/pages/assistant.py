"""The assistant: a chat that explains, cites, proposes appointments, and says it is a machine."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.pages.bubbles import Bubble, SlotCard, choice_row
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.unmatched import unmatched
from app.pages.wording import day, meeting, zone_of
from app.records import Role
from app.tasks import Lane, Task
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.forms import line
from app.widgets.surfaces import row, scrolled
from app.widgets.text import IconLabel, label
from app.workflow import booking, configuring, explaining
from app.workflow.settings import ClinicSettings
from assistant.records import Reply, Report, Turn
from scheduling.records import Appointment, Practitioner, Slot
from viewer.ports import Progress

_WELCOME = (
    "Hello. I can explain your report in plain words, tell you what usually comes next, "
    "and show you free times for a visit."
)
_ASK = "Ask about your report, or for an appointment"
_ASK_STAFF = "Ask about a medical word, or for free times"
_WELCOME_STAFF = (
    "Hello. I explain medical words in plain language and show free times for a visit. "
    "A released report is explained to its patient only."
)
_MACHINE = (
    "You are talking to a machine. It explains and looks up; it does not diagnose, does not "
    "change treatment and books nothing without your click."
)
_FIRST_CHOICES = ("Explain my report", "What is the next step?", "Show free times")


class AssistantPage(Page):
    """One conversation; forgotten when the person leaves."""

    answered = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "assistant", "Assistant")
        self._settings = ClinicSettings()
        self._history: list[Turn] = []
        self._reports: tuple[Report, ...] = ()
        self._said_early = ""
        self._practitioners: dict[str, Practitioner] = {}
        self._asking: Task | None = None
        self._waiting: Bubble | None = None
        self._wanted_report = ""
        self._patient = context.session.actor.role is Role.PATIENT
        self._reports_read = not self._patient
        self.emergency = label("", "strong")
        self.emergency.setObjectName("assistant.emergency")
        self.report = QComboBox()
        self.report.setObjectName("assistant.report")
        self.report.setAccessibleName("Report to talk about")
        self.report.setMinimumWidth(220)
        self.report.setVisible(self._patient)
        self.header.addWidget(self.report)
        if self._patient and not context.session.actor.patient_id:
            self.report.hide()
            self.body.addWidget(unmatched(), 1)
            return
        self.body.addWidget(self._notice())
        self._talk = QVBoxLayout()
        self._talk.setContentsMargins(0, 0, 12, 0)
        self._talk.setSpacing(12)
        self._talk.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._talk)
        self._area = scrolled(inside, name="assistant.talk")
        self._area.verticalScrollBar().rangeChanged.connect(self._to_the_end)
        self.body.addWidget(self._area, 1)
        self.field = line("assistant.field", _ASK if self._patient else _ASK_STAFF)
        self.field.setAccessibleName("Your message")
        self.field.returnPressed.connect(lambda: self.say(self.field.text()))
        self.send = button(
            "Send",
            lambda: self.say(self.field.text()),
            name="assistant.send",
            kind="primary",
            icon="send",
            tip="Send (Enter)",
        )
        self.stop = button("Stop", self._stop, name="assistant.stop", kind="danger", tip="Stop")
        self.stop.hide()
        self.body.addLayout(row(self.field, self.stop, self.send, stretch=0))
        self._add(Bubble.machine_text(_WELCOME if self._patient else _WELCOME_STAFF))
        if self._patient:
            self._add(choice_row(_FIRST_CHOICES, self.say))

    def open(self, **ids: str) -> None:
        """Read settings and reports; ``report_id`` picks one, ``ask`` says something at once."""
        session = self.context.session
        self._wanted_report = ids.get("report_id", self._wanted_report)
        if self._patient and not session.actor.patient_id:
            return
        self.ask(lambda _: configuring.clinic_settings(session), self._show_settings)
        self.ask(lambda _: booking.practitioners(session), self._know_practitioners)
        if self._patient:
            self.ask(
                lambda _: explaining.my_reports(session),
                self._show_reports,
                failed=self._without_reports,
            )
        self.field.setFocus()
        if ids.get("ask"):
            words = ids["ask"]
            QTimer.singleShot(0, self, lambda: self.say(words))

    def say(self, text: str) -> None:
        """Say something to the assistant."""
        text = text.strip()
        if not text or self._asking is not None:
            return
        self.field.clear()
        if not self._reports_read:
            self._said_early = text
            return
        self._add(Bubble.own_text(text))
        self._waiting = Bubble.machine_text("…")
        self._add(self._waiting)
        self._busy(busy=True)
        session, history = self.context.session, tuple(self._history)
        report_id = str(self.report.currentData() or "") if self._patient else ""
        workstation = self.context.workstation
        self._history.append(Turn("patient", text))

        def job(progress: Progress) -> Reply:
            helpers = explaining.Helpers(workstation.language_model(), workstation.embedder)
            message = explaining.Message(text, history)
            return explaining.ask(
                session, report_id, message, helpers, lambda token: progress(0.5, token)
            )

        self._asking = self.ask(
            job,
            self._answered,
            lane=Lane.COMPUTE,
            failed=self._could_not,
            progressed=lambda _, token: self._typing(token),
            cancelled=lambda: self._could_not("Stopped."),
        )

    def _typing(self, token: str) -> None:
        if self._waiting is not None and token:
            self._waiting.append(token)

    def _answered(self, reply: Reply) -> None:
        self._end()
        said = " ".join(one.text for one in reply.sentences)
        self._history.append(Turn("assistant", said, reply.topic))
        self._add(Bubble.reply(reply))
        for slot in reply.slots:
            self._add(self._slot_card(slot))
        if reply.choices:
            self._add(choice_row(reply.choices, self.say))
        self.answered.emit(reply)

    def _slot_card(self, slot: Slot) -> SlotCard:
        zone = zone_of(self._settings.zone)
        who = self._practitioners.get(slot.practitioner_id)
        card = SlotCard(
            meeting(slot.starts, slot.ends, zone),
            f"{who.name} · {who.specialty}" if who else "",
            bookable=self._patient,
        )
        card.wanted.connect(lambda: self._book(slot, card))
        return card

    def _book(self, slot: Slot, card: SlotCard) -> None:
        session = self.context.session
        card.wait()
        self.ask(
            lambda _: booking.book(
                session, slot, session.actor.patient_id, "Follow-up visit", by_assistant=True
            ),
            lambda appointment: self._booked(appointment, card),
            failed=card.refuse,
        )

    def _booked(self, appointment: Appointment, card: SlotCard) -> None:
        card.booked(appointment.status)
        for other in self.findChildren(SlotCard):
            if other is not card:
                other.close_offer()
        self._history.append(Turn("assistant", "The appointment is booked."))

    def _could_not(self, text: str) -> None:
        self._end()
        self._add(Bubble.machine_text(text, tone="danger"))

    def _end(self) -> None:
        self._asking = None
        if self._waiting is not None:
            self._talk.removeWidget(self._waiting)
            self._waiting.hide()
            self._waiting.deleteLater()
            self._waiting = None
        self._busy(busy=False)

    def _stop(self) -> None:
        if self._asking is not None:
            self._asking.cancel()

    def _busy(self, *, busy: bool) -> None:
        self.send.setEnabled(not busy)
        self.stop.setVisible(busy)

    def _add(self, widget: QWidget) -> None:
        self._talk.insertWidget(self._talk.count() - 1, widget)

    def _to_the_end(self, _least: int, most: int) -> None:
        self._area.verticalScrollBar().setValue(most)

    def _notice(self) -> QFrame:
        notice = QFrame()
        notice.setObjectName("assistant.notice")
        theme.set_role(notice, "card")
        line_ = QHBoxLayout(notice)
        line_.setContentsMargins(16, 8, 16, 8)
        line_.setSpacing(12)
        line_.addWidget(IconLabel("cpu", 18, "info"))
        line_.addWidget(label(_MACHINE, "muted", wrap=True), 1)
        line_.addSpacing(12)
        line_.addWidget(IconLabel("phone", 18, "danger"))
        line_.addWidget(self.emergency)
        return notice

    def _show_settings(self, settings: ClinicSettings) -> None:
        self._settings = settings
        self.emergency.setText(f"Emergency: call {settings.emergency_number}")

    def _know_practitioners(self, found: tuple[Practitioner, ...]) -> None:
        self._practitioners = {one.id: one for one in found}

    def _show_reports(self, reports: tuple[Report, ...]) -> None:
        before = self._wanted_report or str(self.report.currentData() or "")
        self._reports = reports
        self.report.clear()
        for report in reports:
            when = report.signature.signed_at.date() if report.signature else None
            self.report.addItem(f"Report of {day(when)}", report.id)
        if not reports:
            self.report.addItem("No report yet", "")
        found = self.report.findData(before)
        self.report.setCurrentIndex(max(found, 0))
        self._answer_early()

    def _without_reports(self, reason: str) -> None:
        self.complain(reason)
        self._answer_early()

    def _answer_early(self) -> None:
        """Answer what was said before it was known which reports there are."""
        self._reports_read = True
        text, self._said_early = self._said_early, ""
        self.say(text)
