"""The menu of a worklist row: open the study or another of the patient, and who reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from app.accounts.permissions import Permission
from app.pages.hand_over import ask_hand_over
from app.pages.page import Page
from app.pages.report_asking import Question
from app.pages.wording import day, zone_of
from app.records import Account, WorklistEntry
from app.workflow import assigning, configuring, reading, releasing
from app.workflow.reading import Prior
from app.workflow.releasing import Standing
from app.workflow.session import Session
from viewer.ports import Progress

_MOST_PRIORS = 15


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be done with a row: other studies to open, doctors to hand it to, a report to give.

    ``standing`` is the final report whose print the desk may give to a person.
    """

    opens: bool = False
    takes: bool = False
    gives_back: bool = False
    priors: tuple[Prior, ...] = ()
    readers: tuple[Account, ...] = ()
    standing: Standing | None = None
    zone: str = ""


class RowMenu:
    """Shows the menu of a row; what it offers is read when it is asked for.

    ``opened`` is called with the study to open, ``assigned`` after the reader has changed.
    """

    def __init__(
        self, page: Page, opened: Callable[[str], None], assigned: Callable[[], None]
    ) -> None:
        self._page = page
        self._opened = opened
        self._assigned = assigned

    def ask(self, entry: WorklistEntry, at: QPoint) -> None:
        """Read what the menu holds, then show it at a place on the screen."""
        self._page.ask(
            partial(read_offer, self._page.context.session, entry),
            partial(self._show, entry, at),
        )

    def build(self, entry: WorklistEntry, offer: Offer) -> QMenu:
        """Return the menu of a row."""
        menu = QMenu(self._page)
        menu.setObjectName("worklist.row-menu")
        if offer.opens:
            _add(menu, "Open\tEnter", partial(self._opened, entry.study_uid))
            self._add_priors(menu, offer)
            menu.addSeparator()
        if offer.takes:
            _add(menu, "Assign to me", partial(self._assign, assigning.take, entry.study_uid))
        if offer.readers:
            hand = menu.addMenu("Hand over to" if entry.reader_id else "Assign to")
            hand.setObjectName("worklist.row-menu.readers")
            for reader in offer.readers:
                call = partial(self._ask_word, entry.study_uid, reader)
                _add(hand, reader.name, call)
        if offer.gives_back:
            call = partial(self._assign, assigning.give_back, entry.study_uid)
            _add(menu, f"Give back (now: {entry.reader_name or 'somebody else'})", call)
        if offer.standing is not None:
            give = partial(self._give, entry, offer.standing, offer.zone)
            _add(menu, "Hand over a print…", give)
        return menu

    def _add_priors(self, menu: QMenu, offer: Offer) -> None:
        others = menu.addMenu("Other studies of the patient")
        others.setObjectName("worklist.row-menu.others")
        others.setEnabled(bool(offer.priors))
        for prior in offer.priors[:_MOST_PRIORS]:
            when = day(prior.study.study_date) or "No date"
            words = prior.study.description or "No description"
            _add(others, f"{when} · {words}", partial(self._opened, prior.study.uid))

    def _give(self, entry: WorklistEntry, standing: Standing, zone: str) -> None:
        ask_hand_over(self._page, entry, standing, zone_of(zone), self._assigned)

    def _ask_word(self, study_uid: str, reader: Account) -> None:
        """Ask what the next reader should know; a word is not needed."""
        asked = Question(
            self._page,
            f"To {reader.name}",
            "The study moves to this reader, who sees your word on opening it.",
            "Hand over",
            lambda answers: self._hand_over(study_uid, reader.id, answers["word"]),
        )
        asked.words("word", "A word for the next reader (may stay empty)", needed=False)
        asked.open()

    def _hand_over(self, study_uid: str, account_id: str, word: str) -> None:
        session = self._page.context.session
        self._page.ask(
            lambda _: assigning.hand_over(session, study_uid, account_id, word),
            lambda _: self._assigned(),
        )

    def _assign(self, act: Callable[[Session, str], None], study_uid: str) -> None:
        session = self._page.context.session
        self._page.ask(lambda _: act(session, study_uid), lambda _: self._assigned())

    def _show(self, entry: WorklistEntry, at: QPoint, offer: Offer) -> None:
        menu = self.build(entry, offer)
        menu.aboutToHide.connect(menu.deleteLater)
        if menu.actions():
            menu.popup(at)


def read_offer(
    session: Session,
    entry: WorklistEntry,
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> Offer:
    """Return what this person may do with a row; asks for nothing that would be refused."""
    mine = entry.reader_id in {"", session.actor.account_id}
    doctor = session.can(Permission.TAKE_STUDY)
    assigns = session.can(Permission.ASSIGN_STUDY) and (mine or not doctor)
    opens = session.can(Permission.VIEW_IMAGES)
    gives = session.can(Permission.PRINT_FOR_HAND_OVER)
    sees = opens and session.can(Permission.VIEW_IMAGES, study=entry.study_uid)
    return Offer(
        opens=opens,
        takes=doctor and not entry.reader_id,
        gives_back=assigns and bool(entry.reader_id),
        priors=reading.priors(session, entry.study_uid) if sees else (),
        readers=tuple(one for one in assigning.readers(session) if one.id != entry.reader_id)
        if assigns
        else (),
        standing=releasing.standing(session, entry.study_uid) if gives else None,
        zone=configuring.clinic_settings(session).zone if gives else "",
    )


def _add(menu: QMenu, text: str, call: Callable[[], None]) -> None:
    menu.addAction(text.replace("&", "&&")).triggered.connect(lambda *_: call())
