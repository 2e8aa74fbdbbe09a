"""The curtain: all there is to see while nobody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app import preferences
from app.bootstrap import Workstation
from app.pages.page import words_for
from app.pages.told import told
from app.records import Role
from app.shell.brand import Brand
from app.shell.entry_forms import RecoverCard, SignInCard, SignUpCard
from app.shell.set_up import SetUpCard
from app.tasks import Lane, Tasks
from app.widgets import theme
from app.widgets.surfaces import row, scrolled
from app.workflow import configuring, speaking
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from assistant.phrases import Phrases, phrases
from resources.languages import DEFAULT

T = TypeVar("T")


class Curtain(QWidget):
    """Sign in, sign up, recover, or set the clinic up.

    ``entered`` carries the Session and the words of the language the person is spoken to in: a
    patient's own; staff work in English.
    """

    entered = Signal(object, object)

    def __init__(self, workstation: Workstation, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("curtain")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme.set_role(self, "ground")
        self._workstation = workstation
        self._tasks = tasks
        self.words = phrases(workstation.preferences.language)
        self.set_up_card = SetUpCard(workstation, self._run)
        self.set_up_card.finished.connect(
            lambda session: self.entered.emit(session, phrases(DEFAULT))
        )
        self._cards = QStackedWidget()
        self._cards.addWidget(_area(self.set_up_card))
        self._forms: tuple[QWidget, ...] = ()
        self._make_cards("")
        self.brand = Brand(self.choose)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.brand, 2)
        line.addWidget(self._cards, 3)
        self.fall()

    def choose(self, language: str) -> None:
        """Speak another language, also the next time somebody comes; a begun sign-up stays."""
        begun = self.sign_up_card.filled() if self.sign_up_card.isVisible() else None
        workstation = self._workstation
        workstation.preferences = replace(workstation.preferences, language=language)
        preferences.save(workstation.folder, workstation.preferences)
        self.fall()
        if begun is not None:
            self._show_sign_up()
            self.sign_up_card.fill(begun)

    def _speak(self, words: Phrases) -> None:
        """Make the forms anew in a language; the last name stays."""
        if words.language != self.words.language:
            self.words = words
            self._make_cards(self.sign_in_card.last)
        self.brand.say_in(words, choice=self._workstation.clinic.is_founded)

    def _make_cards(self, last: str) -> None:
        for old in self._forms:
            self._cards.removeWidget(old)
            old.deleteLater()
        words = self.words
        self.sign_in_card = SignInCard(
            self._sign_in, self._show_sign_up, lambda: self._show(self.recover_card), words
        )
        self.sign_in_card.last = last
        clinic = self._workstation.clinic
        self.sign_up_card = SignUpCard(self._sign_up, self._back, words, clinic.shortest_password)
        staff = clinic.shortest_password(Role.ADMINISTRATOR)
        self.recover_card = RecoverCard(self._recover, self._back, words, staff)
        forms = (self.sign_in_card, self.sign_up_card, self.recover_card)
        self._forms = tuple(_area(card) for card in forms)
        for area in self._forms:
            self._cards.addWidget(area)

    def fall(
        self, note: str = "", *, same_person: bool = False, words: Phrases | None = None
    ) -> None:
        """Show the right first card, empty but perhaps for the name of who was here last.

        It speaks the language chosen at this workstation, or that of whoever comes back.
        """
        self._speak(words or phrases(self._workstation.preferences.language))
        if not self._workstation.clinic.is_founded:
            self._show(self.set_up_card)
            return
        for card in (self.sign_up_card, self.recover_card):
            card.forget()
        self._show(self.sign_in_card)
        self.sign_in_card.prepare(
            note, same_person=same_person, is_open=self._workstation.clinic.is_open
        )

    def _show(self, card: QWidget) -> None:
        cards = (self.set_up_card, self.sign_in_card, self.sign_up_card, self.recover_card)
        self._cards.setCurrentIndex(cards.index(card))

    def _show_sign_up(self) -> None:
        self._show(self.sign_up_card)
        self.sign_up_card.begin()

    def _back(self, note: str = "") -> None:
        self.fall(note=told(note, self.words))

    def _sign_in(self, username: str, password: str) -> None:
        clinic, chosen = self._workstation.clinic, self._workstation.preferences.language

        def sign_in() -> tuple[Session, Phrases]:
            session = clinic.sign_in(username, password, chosen)
            return session, phrases(_language_of(session))

        self._run(sign_in, lambda found: self._entered(*found), self._refuse_sign_in)

    def _refuse_sign_in(self, text: str) -> None:
        self.sign_in_card.refuse(text)

    def _entered(self, session: Session, words: Phrases) -> None:
        self.sign_in_card.forget()
        self.entered.emit(session, words)

    def _sign_up(self, form: SignUp) -> None:
        clinic = self._workstation.clinic
        form = replace(form, language=self._workstation.preferences.language)
        self._run(lambda: clinic.sign_up(form), self._back, self.sign_up_card.refuse)

    def _recover(self, recovery_key: str, username: str, password: str) -> None:
        clinic = self._workstation.clinic
        self._run(
            lambda: clinic.recover(recovery_key, username, password),
            lambda _: self.fall(note=self.words.say("entry.recovered")),
            self.recover_card.refuse,
        )

    def _run(
        self, job: Callable[[], T], done: Callable[[T], None], refuse: Callable[[str], None]
    ) -> None:
        """Do a slow thing (a key is derived) off the GUI thread."""
        self._tasks.run(
            Lane.DATABASE,
            lambda _: job(),
            done=done,
            failed=lambda error: refuse(words_for(error, self.words)),
        )


def _language_of(session: Session) -> str:
    """The language somebody sees the window in; reads the database."""
    if session.actor.role is not Role.PATIENT:
        return DEFAULT
    if not session.actor.patient_id:
        return session.language or configuring.clinic_settings(session).language
    return speaking.my_language(session)


def _area(card: QWidget) -> QWidget:
    return scrolled(_centred(card), name=f"{card.objectName()}.area")


def _centred(card: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(32, 32, 32, 32)
    column.addStretch(1)
    column.addLayout(row(QWidget(), card, QWidget()))
    column.addStretch(1)
    return holder
