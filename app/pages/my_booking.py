"""A patient books the own appointments: a free time, kept while deciding, or a wish.

Only what the clinic opened for booking by patients is offered (`VisitType.self_bookable`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.events import AppointmentChanged, WaitingChanged
from app.pages.booking_words import Catalogue, read_catalogue, slot_words
from app.pages.context import PageContext
from app.pages.free_times import FreeTimes, Sought
from app.pages.keeping import Keeping
from app.pages.my_waiting import MyWaiting
from app.pages.page import Page
from app.pages.unmatched import unmatched
from app.pages.waiting_form import choice, date_of, day_field, fill
from app.pages.wording import zone_of
from app.widgets.buttons import button
from app.widgets.forms import FormRow
from app.widgets.surfaces import Card
from app.widgets.text import label
from app.workflow import booking, configuring, reaching, waiting_list
from app.workflow.reaching import Reach
from app.workflow.waiting_list import WaitingFor
from assistant.tools.saying import meeting_words
from scheduling.records import Appointment, AppointmentStatus, Slot

_SIDE_PX = 360
_WAIT_DAYS = 30
_TOLD = {
    Reach.MESSAGE: "message_follows",
    Reach.SERVER: "message_perhaps",
    Reach.NO_ADDRESS: "message_none",
    Reach.NO_WAY: "message_none",
}


class MyBookingPage(Page):
    """What is looked for at the left, free times in the middle, the chosen one at the right."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "my-booking", context.words.say("booking.title"))
        self._session = context.session
        self._patient_id = context.session.actor.patient_id
        self._known = Catalogue()
        self._zone = "UTC"
        self.slot: Slot | None = None
        if not self._patient_id:
            self.body.addWidget(unmatched(self.words), 1)
            return
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(self._sought_card())
        self.times = FreeTimes(self, self.show_slot, name="my-booking.times")
        self.times.found.connect(self._invite)
        times = Card(self.words.say("booking.free"), name="my-booking.times-card")
        times.column.addWidget(self.times, 1)
        columns.addWidget(times, 1)
        columns.addWidget(self._chosen_column())
        self.body.addLayout(columns, 1)
        self.listen(WaitingChanged, lambda _: self.waiting.read())
        self.listen(AppointmentChanged, lambda _: self.read_times())

    def open(self, **_ids: str) -> None:
        """Read what may be booked, and the next free times."""
        if not self._patient_id:
            return
        session = self._session
        self.ask(
            lambda _: (configuring.clinic_settings(session).zone, read_catalogue(session)),
            lambda found: self._show_clinic(*found),
        )

    def leave(self) -> None:
        """Give back what was kept, and go."""
        if self._patient_id:
            self.keeping.let_go_at_leaving()
        super().leave()

    def read_times(self) -> None:
        """Look for free times again."""
        who, where = str(self.who.currentData() or ""), str(self.where.currentData() or "")
        sought = Sought(
            date_of(self.first),
            str(self.kind.currentData() or ""),
            (who,) if who else (),
            (where,) if where else (),
        )
        self.times.read(sought, self._known, zone_of(self._zone))

    def show_slot(self, slot: Slot) -> None:
        """Keep a free time and show it."""
        self.slot = slot
        self._when.setText(meeting_words(slot.starts, slot.ends, zone_of(self._zone), self.words))
        plain = self.words.say("booking.plain")
        self._what.setText(slot_words(slot, self._known, plain=plain))
        self._error.hide()
        self.book.setEnabled(True)
        self.keeping.keep(slot, self._patient_id)

    # --- building --------------------------------------------------------------------------

    def _sought_card(self) -> QWidget:
        say = self.words.say
        card = Card(say("booking.need"), name="my-booking.sought")
        card.setFixedWidth(300)
        self.kind, self.who, self.where = (
            choice(f"my-booking.{part}") for part in ("kind", "who", "where")
        )
        self.first = day_field("my-booking.first", self.words)
        self._where_row = FormRow(say("booking.place"), self.where)
        card.column.addWidget(FormRow(say("booking.kind"), self.kind))
        card.column.addWidget(FormRow(say("booking.with"), self.who))
        card.column.addWidget(self._where_row)
        card.column.addWidget(FormRow(say("booking.from"), self.first))
        card.column.addStretch(1)
        for box in (self.kind, self.who, self.where):
            box.currentIndexChanged.connect(lambda *_: self.read_times())
        self.first.dateChanged.connect(lambda *_: self.read_times())
        return card

    def _chosen_column(self) -> QWidget:
        holder = QWidget()
        holder.setFixedWidth(_SIDE_PX)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._chosen_card())
        column.addWidget(self._wish_card())
        column.addStretch(1)
        return holder

    def _chosen_card(self) -> QWidget:
        say = self.words.say
        card = Card(say("booking.yours"), name="my-booking.chosen")
        self._when = label(say("booking.click"), "strong", wrap=True)
        self._what = label("", "muted", wrap=True)
        self.keeping = Keeping(self, self.read_times, self._refuse)
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.book = button(
            say("booking.book"), self._book, name="my-booking.book", kind="primary", icon="check"
        )
        self.book.setEnabled(False)
        for part in (self._when, self._what, self.keeping, self._error, self.book):
            card.column.addWidget(part)
        return card

    def _wish_card(self) -> QWidget:
        say = self.words.say
        card = Card(say("booking.nothing"), name="my-booking.wish")
        self.waiting = MyWaiting(self)
        self.last = day_field("my-booking.last", self.words)
        text = label(say("booking.wait"), "muted", wrap=True)
        join = button(say("booking.join"), self._join, name="my-booking.join", icon="bell")
        for part in (self.waiting, text, FormRow(say("booking.until"), self.last)):
            card.column.addWidget(part)
        card.column.addWidget(join)
        return card

    # --- what was read, and acts -----------------------------------------------------------

    def _show_clinic(self, zone: str, known: Catalogue) -> None:
        say = self.words.say
        self._zone, self._known = zone, replace(known, gone=say("booking.gone"))
        self.waiting.zone = zone_of(zone)
        today = self._session.today(zone)
        fill(self.kind, [*((one.name, one.id) for one in known.visits), (say("booking.plain"), "")])
        fill(
            self.who, [(say("booking.anybody"), ""), *((one.name, one.id) for one in known.people)]
        )
        fill(
            self.where,
            [(say("booking.any_place"), ""), *((one.name, one.id) for one in known.places)],
        )
        self._where_row.setVisible(len(known.places) > 1)
        self._show_days(today)
        self.waiting.read()
        self.read_times()

    def _invite(self, found: bool) -> None:  # noqa: FBT001 - a signal's slot
        """Ask to choose a time only where there is one; what was chosen stays."""
        click, none = self.words.say("booking.click"), self.words.say("booking.no_click")
        if self._when.text() in {click, none}:
            self._when.setText(click if found else none)

    def _show_days(self, today: date) -> None:
        at = QDate(today.year, today.month, today.day)
        self.first.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.first.setMinimumDate(at)
        self.first.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self.last.setMinimumDate(at)
        self.last.setDate(at.addDays(_WAIT_DAYS))

    def _book(self) -> None:
        slot, session = self.slot, self._session
        patient_id, hold_id = self._patient_id, self.keeping.hold_id
        if slot is None:
            return
        self.book.setEnabled(False)
        self.ask(
            lambda _: (
                booking.book(session, slot, patient_id, hold_id=hold_id),
                reaching.reach_me(session),
            ),
            lambda found: self._booked(*found),
            failed=self._refuse,
        )

    def _booked(self, made: Appointment, reach: Reach) -> None:
        provisional = made.status is AppointmentStatus.PENDING
        key = "booking.provisional" if provisional else "booking.booked"
        self.keeping.forget()
        self.slot = None
        self._what.setText(self.words.say(key))
        news = (self.words.say(f"{key}_news"), self.words.say(f"booking.{_TOLD[reach]}"))
        self.context.navigator.banner(" ".join(news), "good")

    def _refuse(self, text: str) -> None:
        self.book.setEnabled(self.slot is not None)
        self._error.setText(text)
        self._error.show()

    def _join(self) -> None:
        session, patient_id = self._session, self._patient_id
        first, last = date_of(self.first), date_of(self.last)
        if last < first:
            self.complain(self.words.say("booking.days_wrong"))
            return
        kind, who, where = (
            str(box.currentData() or "") for box in (self.kind, self.who, self.where)
        )
        wish = WaitingFor(first, last, kind, who, where)
        self.ask(
            lambda _: waiting_list.join(session, patient_id, wish),
            lambda _: self.context.navigator.banner(self.words.say("booking.joined"), "good"),
        )
