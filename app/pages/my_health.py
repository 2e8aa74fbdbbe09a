"""My health: a patient's released reports in plain words beside the original, and appointments."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.events import AppointmentChanged, ReportReleased, ReportSigned, WaitingChanged
from app.pages.citations import cited, cited_all, clear, text_block
from app.pages.context import PageContext
from app.pages.my_visits import MyVisits
from app.pages.my_waiting import MyWaiting
from app.pages.page import Page
from app.pages.unbroken import unbroken
from app.pages.unmatched import unmatched
from app.pages.wording import zone_of
from app.records import Withdrawal
from app.tasks import Lane, Task
from app.widgets.buttons import button
from app.widgets.messages import Banner, EmptyState
from app.widgets.surfaces import Card, Line, row, scrolled
from app.widgets.text import IconLabel, label
from app.workflow import configuring, disclosing, explaining
from app.workflow.disclosing import MyEmergency
from app.workflow.emergency_numbers import emergency_number
from app.workflow.settings import ClinicSettings
from assistant.records import Explanation, Report
from assistant.tools.saying import day_words

TOLD_FOR = timedelta(days=30)
"""How long My health tells of a chart that was opened in an emergency."""


class MyHealthPage(Page):
    """What a patient comes for."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "my-health", context.words.say("health.title"))
        self._settings = ClinicSettings()
        self._reports: tuple[Report, ...] = ()
        self._wording: Task | None = None
        say = self.words.say
        self.emergency = label("", "strong")
        self.emergency.setObjectName("my-health.emergency")
        self.header.addWidget(IconLabel("phone", 18, "danger"))
        self.header.addWidget(self.emergency)
        if not context.session.actor.patient_id:
            self.body.addWidget(unmatched(self.words), 1)
            return
        self.list = QListWidget()
        self.list.setObjectName("my-health.reports")
        self.list.setAccessibleName(say("health.reports"))
        self.list.setFixedHeight(120)
        self.list.currentRowChanged.connect(self._choose)
        self._none = label(say("health.nothing"), "muted")
        self._taken_back = label("", "", wrap=True, tone="warning")
        self._taken_back.setObjectName("my-health.taken-back")
        self._taken_back.hide()
        self.waiting = MyWaiting(self)
        self.visits = MyVisits(self)
        self._plain = QVBoxLayout()
        self._original = QVBoxLayout()
        self._headings = {
            f"health.{key}": label(say(f"health.{key}"), "heading")
            for key in ("reports", "appointments", "plain", "original")
        }
        self._times = button(
            say("health.times"),
            lambda: self.context.navigator.show("my_booking"),
            name="my-health.times",
            icon="calendar",
            kind="primary",
        )
        self._book = button(
            say("health.book"),
            lambda: self.context.navigator.show("assistant", ask=say("choice.book")),
            name="my-health.book",
            icon="assistant",
        )
        self.emergencies = Banner(name="my-health.emergencies", dismiss=say("window.dismiss"))
        self.body.addWidget(self.emergencies)
        self.body.addLayout(self._columns(), 1)
        for kind in (ReportReleased, ReportSigned):
            self.listen(kind, lambda _: self._read_reports())
        self.listen(AppointmentChanged, lambda _: self._read_appointments())
        self.listen(WaitingChanged, lambda _: self.waiting.read())

    def open(self, **_ids: str) -> None:
        """Read everything again."""
        session = self.context.session
        self.ask(lambda _: configuring.clinic_settings(session), self._show_settings)
        if session.actor.patient_id:
            self._read_reports()
            self.ask(lambda _: disclosing.my_emergencies(session), self._show_emergencies)

    def _columns(self) -> QHBoxLayout:
        reports = Card(name="my-health.reports-card")
        reports.column.addWidget(self._headings["health.reports"])
        reports.column.addWidget(self.list)
        reports.column.addWidget(self._none)
        reports.column.addWidget(self._taken_back)
        appointments = Card(name="my-health.appointments-card")
        appointments.column.addWidget(self._headings["health.appointments"])
        appointments.column.addWidget(self.waiting)
        appointments.column.addWidget(self.visits)
        appointments.column.addWidget(self._times)
        appointments.column.addWidget(self._book)
        left = QWidget()
        left.setFixedWidth(340)
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.setSpacing(12)
        left_column.addWidget(reports)
        left_column.addWidget(appointments)
        left_column.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(left)
        for key, layout in (("plain", self._plain), ("original", self._original)):
            name = f"my-health.{key}"
            card = Card(name=f"{name}-card")
            card.column.addWidget(self._headings[f"health.{key}"])
            inside = QWidget()
            layout.setContentsMargins(0, 0, 12, 0)
            layout.setSpacing(12)
            inside.setLayout(layout)
            card.column.addWidget(scrolled(inside, name=name), 1)
            columns.addWidget(card, 1)
        return columns

    def _show_settings(self, settings: ClinicSettings) -> None:
        self._settings = settings
        number = emergency_number(settings)
        self.emergency.setText(self.words.say("page.emergency", number=number))
        if self.context.session.actor.patient_id:
            self._read_appointments()

    def _read_reports(self) -> None:
        session = self.context.session
        self.ask(lambda _: explaining.my_reports(session), self._show_reports)
        self.ask(lambda _: explaining.taken_back(session), self._show_taken_back)

    def _read_appointments(self) -> None:
        self.visits.zone = self.waiting.zone = zone_of(self._settings.zone)
        self.visits.read()
        self.waiting.read()

    def _show_emergencies(self, found: tuple[MyEmergency, ...]) -> None:
        """Tell of a chart that was opened in an emergency, for a month."""
        now = self.context.session.now()
        lately = [one for one in found if now - one.at < TOLD_FOR]
        if not lately:
            self.emergencies.dismiss()
            return
        newest = lately[0]
        say = self.words.say
        who = newest.who or say("health.a_doctor")
        text = say("health.opened", who=who, day=self._local_day(newest.at))
        self.emergencies.say(text, "warning")

    def _show_taken_back(self, withdrawn: tuple[Withdrawal, ...]) -> None:
        """Say of each report that was taken back when and why."""
        said = [
            self.words.say(
                "health.taken_back", day=self._local_day(one.withdrawn_at), reason=one.reason
            )
            for one in withdrawn
        ]
        self._taken_back.setText(unbroken("\n".join(said)))
        self._taken_back.setVisible(bool(said))

    def _show_reports(self, reports: tuple[Report, ...]) -> None:
        before = self.list.currentRow()
        self._reports = reports
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.list.clear()
        for report in reports:
            signed = report.signature.signed_at if report.signature else report.updated_at
            text = self.words.say("page.report_of", day=self._local_day(signed))
            self.list.addItem(QListWidgetItem(text))
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's signature
        if reports:
            self.list.show()
            self._none.hide()
            self.list.setCurrentRow(max(before, 0))
            self._choose(self.list.currentRow())
            return
        for layout in (self._plain, self._original):
            clear(layout)
        self.list.hide()
        self._none.show()
        self._original.addWidget(label(self.words.say("health.nothing"), "muted"))
        self._original.addStretch(1)
        self._plain.addWidget(
            EmptyState(
                "report",
                self.words.say("page.no_report"),
                self.words.say("health.released_here"),
                name="my-health.no-report",
            )
        )

    def _choose(self, index: int) -> None:
        if not 0 <= index < len(self._reports):
            return
        session, report = self.context.session, self._reports[index]
        self._show_original(report)
        self.ask(
            lambda _: explaining.explain(session, report.id),
            lambda found: self._explained(report, found),
        )

    def _explained(self, report: Report, found: Explanation) -> None:
        """Show the program's own words at once; a model that may word them follows."""
        self._show_plain(report, found)
        station, session = self.context.workstation, self.context.session
        if self._wording is not None:
            self._wording.cancel()
        self._wording = self.ask(
            lambda tell: explaining.reworded(
                session,
                found,
                station.language_model(),
                station.language_profile(),
                tell,
                reader=station.pair_reader,
            ),
            lambda worded: self._worded(report, found, worded),
            lane=Lane.COMPUTE,
        )

    def _worded(self, report: Report, before: Explanation, worded: Explanation) -> None:
        self._wording = None
        if worded != before:
            self._show_plain(report, worded)

    def _show_original(self, report: Report) -> None:
        clear(self._original)
        for section in report.sections:
            if section.text.strip():
                self._original.addWidget(label(section.title, "strong"))
                self._original.addWidget(text_block(section.text))
        if report.signature is not None:
            signed = report.signature
            self._original.addWidget(Line())
            on = self._local_day(signed.signed_at)
            text = self.words.say("health.signed", who=signed.signer_name, day=on)
            self._original.addWidget(label(unbroken(text), "caption", wrap=True))
        self._original.addStretch(1)

    def _show_plain(self, report: Report, explanation: Explanation) -> None:
        clear(self._plain)
        say = self.words.say
        for part in cited_all(explanation.sentences, self.words):
            self._plain.addWidget(part)
        if explanation.next_step is not None:
            self._plain.addWidget(Line())
            self._plain.addWidget(label(say("health.next"), "strong"))
            self._plain.addWidget(cited(explanation.next_step, self.words))
        go = button(
            say("health.ask"),
            lambda: self.context.navigator.show("assistant", report_id=report.id),
            name="my-health.ask",
            kind="primary",
            icon="assistant",
        )
        self._plain.addLayout(row(go, QWidget(), stretch=1))
        if any(sentence.by_model for sentence in explanation.sentences):
            self._plain.addWidget(label(say("health.worded"), "caption", wrap=True))
        self._plain.addWidget(label(say("health.machine"), "caption", wrap=True))
        self._plain.addStretch(1)

    def _local_day(self, at: datetime) -> str:
        """The day of an instant where the clinic is, in full words."""
        return day_words(at.astimezone(zone_of(self._settings.zone)).date(), self.words)
