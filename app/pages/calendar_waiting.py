"""The calendar's side with the waiting list: who waits, who has an offer, and a wish to add."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta, tzinfo
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.accounts.permissions import Permission
from app.pages.booking_words import Catalogue, offer_words, read_catalogue, wish_words
from app.pages.calendar_panels import SidePanel
from app.pages.calendar_patient import PatientChoice
from app.pages.citations import clear
from app.pages.message_lines import notice_lines
from app.pages.page import Page
from app.pages.waiting_form import WishForm
from app.widgets.buttons import button, tool
from app.widgets.surfaces import Line, row, scrolled
from app.widgets.text import Badge, label
from app.workflow import notifying, waiting_list
from app.workflow.booking import CalendarEntry
from app.workflow.session import Session
from app.workflow.waiting_list import WaitingEntry
from scheduling.places import WaitingStatus
from scheduling.records import Notice, NoticeKind

_WORDS = {
    WaitingStatus.WAITING: ("Waiting", ""),
    WaitingStatus.OFFERED: ("Offered", "accent"),
}
_EMPTY = (
    "Nobody waits. Whoever does is offered a time as soon as one becomes free, and has it kept for "
    "some hours. Messages tell of it where e-mail or text messages are set up."
)


class WaitingPanel(SidePanel):
    """Everybody who waits, the longest first; an offer is taken or declined for them here."""

    def __init__(self, page: Page, close: Callable[[], None], add: Callable[[], None]) -> None:
        super().__init__(page, "Waiting list", close)
        self.known = Catalogue()
        self._zone: tzinfo = UTC
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 4, 0)
        self._list.setSpacing(8)
        self.column.addWidget(scrolled(inside, name="waiting.list", by_key=True), 1)
        self.column.addWidget(
            button("Put somebody on the list…", add, name="waiting.add", icon="plus")
        )

    def read(self, zone: tzinfo) -> None:
        """Read who waits."""
        self._zone, session = zone, self._session
        self._page.ask(
            lambda _: (
                read_catalogue(session),
                tuple((one, _told(session, one)) for one in waiting_list.waiting(session)),
            ),
            lambda found: self._show(*found),
        )

    def _show(
        self, known: Catalogue, entries: tuple[tuple[WaitingEntry, tuple[Notice, ...]], ...]
    ) -> None:
        self.known = known
        clear(self._list)
        self.heading.setText(f"Waiting list · {len(entries)}" if entries else "Waiting list")
        if not entries:
            self._list.addWidget(label(_EMPTY, "muted", wrap=True))
        for number, (entry, notices) in enumerate(entries):
            if number:
                self._list.addWidget(Line())
            self._list.addLayout(self._entry(entry, notices))
        self._list.addStretch(1)

    def _entry(self, entry: WaitingEntry, notices: tuple[Notice, ...]) -> QVBoxLayout:
        wish, name = entry.waiting, entry.patient_name
        column = QVBoxLayout()
        column.setSpacing(4)
        remove = tool(
            "close",
            f"Take {name} off the list",
            partial(self._act, waiting_list.leave, wish.id, f"{name} no longer waits."),
            name="waiting.leave",
            size_px=14,
        )
        who = label(name, "strong", wrap=True)
        column.addLayout(row(who, Badge(*_WORDS[wish.status]), remove, stretch=0))
        column.addWidget(label(wish_words(entry, self.known), "muted", wrap=True))
        if entry.offered is None:
            return column
        what, until = offer_words(entry, self.known, self._zone)
        column.addWidget(label(what, wrap=True))
        column.addWidget(label(until, "caption", tone="warning"))
        for line in notice_lines(notices, self._zone):
            column.addLayout(line)
        take = button(
            "Book it",
            partial(self._act, waiting_list.accept, wish.id, f"Booked for {name}."),
            name="waiting.accept",
            kind="primary",
            tip=f"{name} takes the time",
        )
        refuse = button(
            "Not this one",
            partial(
                self._act, waiting_list.decline, wish.id, f"{name} goes on waiting for another."
            ),
            name="waiting.decline",
            tip=f"{name} does not want that time; it goes to the next",
        )
        column.addLayout(row(take, refuse, QWidget(), stretch=2))
        return column

    def _act(self, act: Callable[..., object], waiting_id: str, words: str) -> None:
        session = self._session
        self._page.ask(lambda _: act(session, waiting_id), lambda _: self._tell(words))


class WishPanel(SidePanel):
    """Puts a patient on the waiting list; ``done`` leads back to it."""

    def __init__(self, page: Page, close: Callable[[], None], done: Callable[[], None]) -> None:
        super().__init__(page, "Wait for a time", close)
        self._done = done
        self._entry: CalendarEntry | None = None
        self._instead = label("", "muted", wrap=True)
        self.patients = PatientChoice(page, self._may_join, name="wish")
        self.form = WishForm(name="wish")
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.join = button(
            "Put on the waiting list", self._join, name="wish.join", kind="primary", icon="check"
        )
        for part in (self._instead, self.patients, self.form, self._error):
            self.column.addWidget(part)
        self.column.addWidget(self.join)
        self.column.addStretch(1)

    def show_wish(self, entry: CalendarEntry | None = None) -> None:
        """Ask who waits for what; for an earlier time than an appointment where there is one."""
        session = self._session
        self._entry = entry
        self._error.hide()
        self.heading.setText("Wait for a time" if entry is None else "Wait for an earlier time")
        self.patients.setVisible(entry is None)
        self._instead.setVisible(entry is not None)
        if entry is not None:
            self._instead.setText(f"{entry.patient_name}; the booked time is given up for it.")
        else:
            self.patients.look()
            self.patients.setFocus()
        self._may_join()
        self._page.ask(lambda _: read_catalogue(session), self._show)

    def _show(self, known: Catalogue) -> None:
        today = self._session.today()
        self.form.show_choices(known, today)
        if self._entry is not None:
            booked = self._entry.appointment
            before = self._session.day_of(booked.starts) - timedelta(days=1)
            self.form.show_instead(booked, today, max(today, before))

    def _may_join(self) -> None:
        self.join.setEnabled(self._entry is not None or self.patients.patient is not None)

    def _join(self) -> None:
        wish, chosen, session = self.form.wish, self.patients.patient, self._session
        if wish is None:
            self._refuse("The days end before they begin.")
            return
        patient_id = chosen.id if chosen is not None else ""
        if self._entry is not None:
            patient_id = self._entry.appointment.patient_id
        if patient_id:
            self._page.ask(
                lambda _: waiting_list.join(session, patient_id, wish),
                lambda _: self._joined(),
                failed=self._refuse,
            )

    def _joined(self) -> None:
        self._tell("On the waiting list; a time that becomes free is offered.")
        self.patients.clear()
        self._done()

    def _refuse(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()


def _told(session: Session, entry: WaitingEntry) -> tuple[Notice, ...]:
    """The messages about the offer that stands, for those who may know."""
    if entry.offered is None or not session.can(Permission.SEE_NOTICES):
        return ()
    offers = len(entry.waiting.declined)
    found = notifying.notices(session, entry.waiting.id)
    return tuple(one for one in found if (one.kind, one.sequence) == (NoticeKind.OFFER, offers))
