"""The assistant: a chat that explains, cites, proposes appointments, and says it is a machine."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.pages.answer_review import open_review
from app.pages.bubbles import Bubble, choice_row
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.past_conversations import PastConversations
from app.pages.talk_language import TalkLanguage
from app.pages.talk_wording import TalkWording
from app.pages.unmatched import unmatched
from app.pages.visit_clicks import VisitClicks
from app.pages.wording import zone_of
from app.records import Conversation, Role
from app.tasks import Lane, Task
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.forms import line
from app.widgets.surfaces import beside_the_bar, in_the_middle, row, scrolled, tab_through
from app.widgets.text import IconLabel, label
from app.workflow import booking, configuring, conversing, explaining, speaking
from app.workflow.conversing import Said
from app.workflow.emergency_numbers import emergency_number
from app.workflow.settings import ClinicSettings
from assistant.phrases import Phrases, languages, phrases
from assistant.records import Reply, Report, Turn
from assistant.tools.saying import day_words
from scheduling.records import Practitioner
from viewer.ports import Progress

_TALK_PX = 960
"""On a wide screen question and answer stay in a column in the middle, within one glance."""

_FIRST_CHOICES = ("choice.explain", "choice.next_step", "choice.book", "choice.visits")


class AssistantPage(Page):
    """One conversation at a time; a patient's is kept, what staff ask is forgotten on leaving."""

    answered = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "assistant", context.words.say("page.title"))
        self._settings = ClinicSettings()
        self._history: list[Turn] = []
        self._conversation_id = ""
        self._reports: tuple[Report, ...] = ()
        self._said_early = ""
        self._asking: Task | None = None
        self._waiting: Bubble | None = None
        self._asked_in: Bubble | None = None
        self._wanted_report = ""
        self._asked_report = self._asked_report_id = ""
        self._patient = context.session.actor.role is Role.PATIENT
        self._reports_read = not self._patient
        self.emergency = label("", "strong")
        self.emergency.setObjectName("assistant.emergency")
        self._wording = TalkWording(self)
        self._other_language = TalkLanguage(self, self._add, self._answer_in)
        self._make_header()
        if self._patient and not context.session.actor.patient_id:
            for part in (self.report, self.language, self.past_button, self.new_button):
                part.hide()
            self.body.addWidget(unmatched(self.words), 1)
            return
        self._above = in_the_middle(self._notice(), _TALK_PX)
        self.body.addWidget(self._above)
        self._make_talk()
        self._make_field()
        self._clicks = VisitClicks(self, self._add, self._keep_outcome, self.say)
        self._say_in(self.words)
        self._greet()

    def _make_header(self) -> None:
        self.report = QComboBox()
        self.report.setObjectName("assistant.report")
        self.report.setMinimumWidth(200)
        self.report.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.report.setVisible(self._patient)
        self.language = QComboBox()
        self.language.setObjectName("assistant.language")
        for one in languages().values():
            self.language.addItem(one.name, one.language)
        self.language.setCurrentIndex(self.language.findData(self.words.language))
        self.language.activated.connect(lambda _: self._choose_language())
        self.past_button = button("", self._open_past, name="assistant.past", icon="clock")
        self.new_button = button("", self.begin_anew, name="assistant.new", icon="plus")
        for shown in (self.past_button, self.new_button):
            shown.setVisible(self._patient)
        for part in (self.report, self.past_button, self.new_button, self.language):
            self.header.addWidget(part)

    def _make_talk(self) -> None:
        self._talk = QVBoxLayout()
        self._talk.setContentsMargins(0, 0, 12, 0)
        self._talk.setSpacing(12)
        self._talk.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._talk)
        self._area = scrolled(in_the_middle(inside, _TALK_PX), name="assistant.talk")
        self._area.verticalScrollBar().rangeChanged.connect(self._to_the_end)
        self.past = PastConversations()
        self.past.left.connect(self._close_past)
        self.past.chosen.connect(self.take_up)
        self.past.erased.connect(self._erase)
        self.body.addWidget(self._area, 1)
        self._past_area = in_the_middle(self.past, _TALK_PX)
        self._past_area.hide()
        self.body.addWidget(self._past_area, 1)

    def _make_field(self) -> None:
        self.field = line("assistant.field")
        self.field.returnPressed.connect(lambda: self.say(self.field.text()))
        self.send = button(
            "",
            lambda: self.say(self.field.text()),
            name="assistant.send",
            kind="primary",
            icon="send",
        )
        self.stop = button("", self._stop, name="assistant.stop", kind="danger")
        self.stop.hide()
        below = QWidget()
        below.setLayout(row(self.field, self.stop, self.send, stretch=0))
        self._below = in_the_middle(below, _TALK_PX)
        self.body.addWidget(self._below)
        beside_the_bar(self._area, self._above, self._below)

    def open(self, **ids: str) -> None:
        """Read settings and reports; ``report_id`` picks one, ``ask`` says something at once."""
        session, workstation = self.context.session, self.context.workstation
        self._wanted_report = ids.get("report_id", self._wanted_report)
        if self._patient and not session.actor.patient_id:
            return
        self.ask(lambda _: configuring.clinic_settings(session), self._show_settings)
        self.ask(lambda _: booking.practitioners(session), self._know_practitioners)
        if not self._patient and not self._history:
            self.ask(lambda _: speaking.my_language(session), self._speak)
        self.ask(
            lambda _: workstation.language_model() is None, self._no_model.setVisible, lane=Lane.IO
        )
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

    def say(self, text: str, picked: str = "", *, again: bool = False) -> None:
        """Say something to the assistant; ``picked`` is an own visit that was pointed at.

        ``again`` asks for the last answer in another language.
        """
        text = text.strip()
        if not text or self._asking is not None:
            return
        self.field.clear()
        if not self._reports_read:
            self._said_early = text
            return
        self._wording.stop()
        self._other_language.withdraw()
        self._close_past()
        self._asked_report_id = str(self.report.currentData() or "") if self._patient else ""
        self._asked_report = self.report.currentText() if self._asked_report_id else ""
        self._asked_in = Bubble.own_text(text, self.words)
        self._add(self._asked_in)
        self._waiting = Bubble.machine_text("…")
        self._add(self._waiting)
        self._busy(busy=True)
        waiting = self._waiting

        def still(act: Callable[[], None]) -> None:
            """Do it unless another conversation was begun meanwhile."""
            if self._waiting is waiting:
                act()

        self._asking = self.ask(
            self._job(text, picked, again=again),
            lambda said: still(lambda: self._answered(text, said, typed=not picked)),
            lane=Lane.COMPUTE,
            failed=lambda reason: still(lambda: self._could_not(reason)),
            progressed=lambda _, token: still(lambda: self._typing(token)),
            cancelled=lambda: still(self._stopped),
        )

    def _job(self, text: str, picked: str, *, again: bool) -> Callable[[Progress], Said]:
        """What answers a message off the GUI thread."""
        session, workstation = self.context.session, self.context.workstation
        report_id = self._asked_report_id
        message = explaining.Message(text, tuple(self._history), self.words.language, picked, again)
        conversation_id = self._conversation_id

        def job(progress: Progress) -> Said:
            helpers = explaining.Helpers(
                workstation.language_model(), workstation.embedder, workstation.library
            )

            def on_token(token: str) -> None:
                progress(0.5, token)

            if self._patient:
                return conversing.say(
                    session, conversation_id, report_id, message, helpers, on_token
                )
            return Said("", explaining.ask(session, report_id, message, helpers, on_token))

        return job

    def _typing(self, token: str) -> None:
        if self._waiting is not None and token:
            self._waiting.append(token)

    def _answered(self, text: str, said: Said, *, typed: bool = True) -> None:
        self._end()
        reply, self._conversation_id = said.reply, said.conversation_id
        self._history += explaining.turns(text, reply, self._asked_report_id)
        bubble = self._reply_bubble(text, reply, self._asked_report)
        self._add(bubble)
        if self._patient and typed:
            self._other_language.offer(text)
        self._wording.begin(
            reply,
            self._asked_report_id,
            self.words.language,
            lambda worded: self._show_worded(bubble, text, worded),
        )
        self._clicks.show(reply, self.words, self._settings.zone)
        if reply.choices:
            self._add(choice_row(reply.choices, self.say))
        self.answered.emit(reply)

    def _show_worded(self, shown: Bubble, text: str, reply: Reply) -> None:
        """Put a worded explanation in the place of the program's own words."""
        at = self._talk.indexOf(shown) if isValid(shown) else -1
        if at < 0:
            return
        self._talk.takeAt(at)
        shown.hide()
        shown.deleteLater()
        self._talk.insertWidget(at, self._reply_bubble(text, reply, self._asked_report))

    def _reply_bubble(self, text: str, reply: Reply, report: str) -> Bubble:
        """An answer over its sources; ``report`` is what the report it is about is called."""
        if not self._patient:
            return Bubble.reply(reply, self.words)
        wrong = button(
            self.words.say("page.review"),
            lambda: open_review(self, text, reply, wrong, self._add),
            name="assistant.review",
            kind="link",
            tip=self.words.say("page.review_tip"),
        )
        return Bubble.reply(reply, self.words, wrong, report=report)

    def _keep_outcome(self, said: str) -> None:
        """Remember what a click did, so that the conversation tells it when taken up again."""
        self._history.append(Turn("assistant", said))
        session, conversation_id = self.context.session, self._conversation_id
        if conversation_id:
            self.ask(lambda _: conversing.done(session, conversation_id, said), lambda _: None)

    def begin_anew(self) -> None:
        """Leave this conversation, which is kept, and begin another."""
        self._stop()
        self._end()
        self._wording.stop()
        self._conversation_id = ""
        self._history.clear()
        workstation = self.context.workstation
        self.ask(lambda _: workstation.forget_conversation(), lambda _: None, lane=Lane.COMPUTE)
        self._empty()
        self._greet()
        self._close_past()
        self.field.setFocus()

    def take_up(self, conversation_id: str) -> None:
        """Go on with an earlier conversation."""
        session = self.context.session
        self.ask(lambda _: conversing.take_up(session, conversation_id), self._show_again)

    def _show_again(self, found: tuple[Conversation, tuple[Turn, ...]]) -> None:
        held, turns = found
        self.begin_anew()
        self._conversation_id, self._history = held.id, list(turns)
        self._speak(held.language, greet=False)
        self._empty()
        self._add(Bubble.machine_text(self.words.say("page.welcome_back")))
        asked = ""
        for turn in turns:
            self._add(self._shown_again(turn, asked))
            asked = turn.text if turn.speaker == "patient" else asked
            if turn.topic is not None and turn.topic.slots:
                self._add(label(self.words.say("page.offered_then"), "caption", wrap=True))
        at = self.report.findData(held.report_id)
        if at >= 0:
            self.report.setCurrentIndex(at)

    def _shown_again(self, turn: Turn, asked: str) -> Bubble:
        """A turn as it was shown when it was said; ``asked`` is what it answered."""
        if turn.speaker == "patient":
            return Bubble.own_text(turn.text, self.words)
        if turn.kind is None or not turn.sentences:
            return Bubble.machine_text(turn.text)
        at = self.report.findData(turn.report_id) if turn.report_id else -1
        named = self.report.itemText(at) if at >= 0 else ""
        return self._reply_bubble(asked, Reply(turn.kind, turn.sentences), named)

    def _open_past(self) -> None:
        session = self.context.session
        self.ask(
            lambda _: conversing.past(session),
            lambda found: self.past.show_all(found, self._settings.zone, self.words),
        )
        self._area.hide()
        self._below.hide()
        self._past_area.show()

    def _close_past(self) -> None:
        self._past_area.hide()
        self._area.show()
        self._below.show()

    def _erase(self, conversation_id: str) -> None:
        session = self.context.session

        def gone(_: None) -> None:
            if conversation_id == self._conversation_id:
                self.begin_anew()
            self.context.navigator.banner(self.words.say("page.erased"), "good")
            self._open_past()

        self.ask(lambda _: conversing.erase(session, conversation_id), gone)

    def _could_not(self, reason: str) -> None:
        self._end()
        text = self.words.say("page.could_not", reason=reason)
        self._add(Bubble.machine_text(text, tone="warning"))

    def _stopped(self) -> None:
        self._end()
        self._add(Bubble.machine_text(self.words.say("page.stopped")))

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
        tab_through(self.language, self._area, self.field)

    def _empty(self) -> None:
        """Take the conversation off the screen."""
        self._asked_in = None
        while self._talk.count() > 1:
            item = self._talk.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _to_the_end(self, _least: int, most: int) -> None:
        """Show what came last; of a long answer the beginning, below what was asked."""
        asked = self._asked_in
        top = most if asked is None or not isValid(asked) else asked.y()
        self._area.verticalScrollBar().setValue(min(most, top))

    def _notice(self) -> QFrame:
        notice = QFrame()
        notice.setObjectName("assistant.notice")
        theme.set_role(notice, "card")
        self._machine = label("", "muted", wrap=True)
        self._no_model = label("", "caption", wrap=True)
        self._no_model.setObjectName("assistant.no-model")
        self._no_model.hide()
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self._machine)
        said.addWidget(self._no_model)
        line_ = QHBoxLayout(notice)
        line_.setContentsMargins(16, 8, 16, 8)
        line_.setSpacing(12)
        line_.addWidget(IconLabel("cpu", 18, "info"))
        line_.addLayout(said, 1)
        line_.addSpacing(12)
        line_.addWidget(IconLabel("phone", 18, "danger"))
        line_.addWidget(self.emergency)
        return notice

    def _greet(self) -> None:
        key = "page.welcome" if self._patient else "page.welcome_staff"
        self._add(Bubble.machine_text(self.words.say(key)))
        if self._patient:
            self._add(choice_row([self.words.say(one) for one in _FIRST_CHOICES], self.say))

    def _choose_language(self) -> None:
        self._speak(str(self.language.currentData()))

    def _answer_in(self, text: str, language: str) -> None:
        """Go on in another language with the same question."""
        self._speak(language)
        self.say(text, again=True)

    def _speak(self, language: str, *, greet: bool = True) -> None:
        """Go on in a language; what was said stays as it was said."""
        words = phrases(language)
        changed, self.words = words.language != self.words.language, words
        self.language.setCurrentIndex(self.language.findData(words.language))
        self._say_in(words)
        if changed and greet and not self._history and self._waiting is None:
            self._empty()
            self._greet()

    def _say_in(self, words: Phrases) -> None:
        """Put every word of the page that stays into a language."""
        self.set_title(words.say("page.title"))
        self.field.setPlaceholderText(words.say("page.ask" if self._patient else "page.ask_staff"))
        self.field.setAccessibleName(words.say("page.message"))
        self.report.setAccessibleName(words.say("page.report"))
        self.report.setToolTip(words.say("page.report"))
        self.language.setAccessibleName(words.say("page.language"))
        self.language.setToolTip(words.say("page.language"))
        for made, key, tip in (
            (self.send, "page.send", "page.send_tip"),
            (self.stop, "page.stop", "page.stop"),
            (self.past_button, "page.past", "page.past"),
            (self.new_button, "page.new", "page.new"),
        ):
            made.setText(words.say(key))
            made.setAccessibleName(words.say(key))
            made.setToolTip(words.say(tip))
        self._machine.setText(words.say("page.machine"))
        no_model = "page.no_model" if self._patient else "page.no_model_staff"
        self._no_model.setText(words.say(no_model))
        self._show_settings(self._settings)
        self._name_reports()

    def _show_settings(self, settings: ClinicSettings) -> None:
        self._settings = settings
        number = emergency_number(settings)
        self.emergency.setText(self.words.say("page.emergency", number=number))

    def _know_practitioners(self, found: tuple[Practitioner, ...]) -> None:
        self._clicks.know(found)

    def _show_reports(self, reports: tuple[Report, ...]) -> None:
        self._reports = reports
        self._name_reports()
        self._answer_early()

    def _name_reports(self) -> None:
        """The reports to choose from, in the words of the conversation."""
        chosen = self._wanted_report or str(self.report.currentData() or "")
        zone = zone_of(self._settings.zone)
        self.report.clear()
        for one in self._reports:
            signed = one.signature.signed_at if one.signature else one.updated_at
            said = day_words(signed.astimezone(zone).date(), self.words)
            self.report.addItem(self.words.say("page.report_of", day=said), one.id)
        if not self._reports:
            self.report.addItem(self.words.say("page.no_report"), "")
        self.report.setCurrentIndex(max(self.report.findData(chosen), 0))

    def _without_reports(self, reason: str) -> None:
        self.complain(reason)
        self._answer_early()

    def _answer_early(self) -> None:
        """Answer what was said before it was known which reports there are."""
        self._reports_read = True
        text, self._said_early = self._said_early, ""
        self.say(text)
