"""What a patient waits for, and the times that are offered: taken or declined with one click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.booking_words import Catalogue, read_catalogue
from app.pages.citations import clear
from app.pages.page import Page
from app.widgets.buttons import button, tool
from app.widgets.surfaces import Line, row
from app.widgets.text import Badge, label
from app.workflow import waiting_list
from app.workflow.waiting_list import WaitingEntry
from assistant.tools.saying import day_words, meeting_words


class MyWaiting(QWidget):
    """The signed-in patient's wishes and offers, offers first; hidden while there are none."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.setObjectName("my-waiting")
        self._page = page
        self._session = page.context.session
        self._known = Catalogue()
        self.zone: tzinfo = UTC
        self.words = page.words
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
        self._known = replace(known, gone=self.words.say("booking.gone"))
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
        say = self.words.say
        what, until = self._offered(entry)
        take = button(
            say("waiting.take"),
            partial(self._act, waiting_list.accept, wish.id, say("waiting.taken")),
            name=f"my-waiting.accept.{wish.id}",
            kind="primary",
            icon="check",
        )
        refuse = button(
            say("waiting.decline"),
            partial(self._act, waiting_list.decline, wish.id, say("waiting.declined")),
            name=f"my-waiting.decline.{wish.id}",
            tip=say("waiting.decline_tip"),
        )
        column = QVBoxLayout()
        column.setSpacing(4)
        title = label(say("waiting.free"), "strong", wrap=True)
        column.addLayout(row(title, Badge(say("waiting.offered"), "accent"), stretch=0))
        column.addWidget(label(what, wrap=True))
        column.addWidget(label(until, "caption", tone="warning"))
        if wish.instead_of:
            column.addWidget(label(say("waiting.instead"), "caption", wrap=True))
        column.addLayout(row(take, refuse, QWidget(), stretch=2))
        return column

    def _wish(self, entry: WaitingEntry) -> QVBoxLayout:
        wish, say = entry.waiting, self.words.say
        stop = tool(
            "close",
            say("waiting.leave"),
            partial(self._act, waiting_list.leave, wish.id, say("waiting.left")),
            name=f"my-waiting.leave.{wish.id}",
            size_px=14,
        )
        words = label(self._wished(entry), "muted", wrap=True)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(row(label(say("waiting.waits"), "strong"), stop, stretch=0))
        column.addWidget(words)
        return column

    def _offered(self, entry: WaitingEntry) -> tuple[str, str]:
        """What is offered, and until when it is kept."""
        kept = entry.offered
        if kept is None:
            return "", ""
        parts = (self._known.name(one, "") for one in (kept.practitioner_id, kept.place_id))
        where = " · ".join(part for part in parts if part)
        when = meeting_words(kept.starts, kept.ends, self.zone, self.words)
        ends = kept.expires_at.astimezone(self.zone)
        on = day_words(ends.date(), self.words)
        return f"{when}\n{where}", self.words.say("waiting.kept", day=on, time=f"{ends:%H:%M}")

    def _wished(self, entry: WaitingEntry) -> str:
        """What is waited for, in one line."""
        wish = entry.waiting
        first, last = day_words(wish.first_day, self.words), day_words(wish.last_day, self.words)
        named = (self._known.name(one, "") for one in (wish.practitioner_id, wish.place_id))
        plain = self.words.say("waiting.plain")
        parts = (
            self._known.name(wish.visit_type_id, plain),
            *named,
            self.words.say("time.days_between", first=first, last=last) if first != last else first,
        )
        return " · ".join(part for part in parts if part)

    def _act(self, act: Callable[..., object], waiting_id: str, words: str) -> None:
        session = self._session
        self._page.ask(
            lambda _: act(session, waiting_id),
            lambda _: self._page.context.navigator.banner(words, "good"),
        )
