"""What a patient waits for, and the times that are offered: taken or declined with one click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.booking_words import Catalogue, offer_words, read_catalogue, wish_words
from app.pages.citations import clear
from app.pages.page import Page
from app.widgets.buttons import button, tool
from app.widgets.surfaces import Line, row
from app.widgets.text import Badge, label
from app.workflow import waiting_list
from app.workflow.waiting_list import WaitingEntry


class MyWaiting(QWidget):
    """The signed-in patient's wishes and offers, offers first; hidden while there are none."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.setObjectName("my-waiting")
        self._page = page
        self._session = page.context.session
        self._known = Catalogue()
        self.zone: tzinfo = UTC
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def read(self) -> None:
        """Read what is waited for and offered."""
        session = self._session
        self._page.ask(
            lambda _: (read_catalogue(session), waiting_list.my_waiting(session)),
            lambda found: self._show(*found),
        )

    def _show(self, known: Catalogue, entries: tuple[WaitingEntry, ...]) -> None:
        self._known = known
        clear(self._column)
        offered = [one for one in entries if one.offered is not None]
        for entry in offered:
            self._column.addLayout(self._offer(entry))
            self._column.addWidget(Line())
        for entry in entries:
            if entry.offered is None:
                self._column.addLayout(self._wish(entry))
        self.setVisible(bool(entries))

    def _offer(self, entry: WaitingEntry) -> QVBoxLayout:
        wish = entry.waiting
        what, until = offer_words(entry, self._known, self.zone)
        take = button(
            "Take this time",
            partial(self._act, waiting_list.accept, wish.id, "The time is yours."),
            name=f"my-waiting.accept.{wish.id}",
            kind="primary",
            icon="check",
        )
        refuse = button(
            "Not this one",
            partial(self._act, waiting_list.decline, wish.id, "You go on waiting for another."),
            name=f"my-waiting.decline.{wish.id}",
            tip="It goes to whoever waits next; you stay on the list",
        )
        column = QVBoxLayout()
        column.setSpacing(4)
        title = label("A time has become free for you", "strong", wrap=True)
        column.addLayout(row(title, Badge("Offered", "accent"), stretch=0))
        column.addWidget(label(what, wrap=True))
        column.addWidget(label(until, "caption", tone="warning"))
        if wish.instead_of:
            text = "The appointment you have instead is given up when you take it."
            column.addWidget(label(text, "caption", wrap=True))
        column.addLayout(row(take, refuse, QWidget(), stretch=2))
        return column

    def _wish(self, entry: WaitingEntry) -> QVBoxLayout:
        wish = entry.waiting
        stop = tool(
            "close",
            "Stop waiting for this",
            partial(self._act, waiting_list.leave, wish.id, "You no longer wait for that."),
            name=f"my-waiting.leave.{wish.id}",
            size_px=14,
        )
        words = label(wish_words(entry, self._known), "muted", wrap=True)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(row(label("You wait for a time", "strong"), stop, stretch=0))
        column.addWidget(words)
        return column

    def _act(self, act: Callable[..., object], waiting_id: str, words: str) -> None:
        session = self._session
        self._page.ask(
            lambda _: act(session, waiting_id),
            lambda _: self._page.context.navigator.banner(words, "good"),
        )
