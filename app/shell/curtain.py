"""The curtain: all there is to see while nobody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.bootstrap import Workstation
from app.pages.page import words_for
from app.shell.entry_forms import RecoverCard, SignInCard, SignUpCard
from app.shell.set_up import SetUpCard
from app.tasks import Lane, Tasks
from app.widgets import theme
from app.widgets.surfaces import Line, row, scrolled
from app.widgets.text import IconLabel, label
from app.workflow.session import Session
from app.workflow.signing_up import SignUp

T = TypeVar("T")


class Curtain(QWidget):
    """Sign in, sign up, recover, or set the clinic up; ``entered`` carries the Session."""

    entered = Signal(object)

    def __init__(self, workstation: Workstation, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("curtain")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme.set_role(self, "ground")
        self._workstation = workstation
        self._tasks = tasks
        self.sign_in_card = SignInCard(
            self._sign_in, self._show_sign_up, lambda: self._show(self.recover_card)
        )
        self.sign_up_card = SignUpCard(self._sign_up, self._back)
        self.recover_card = RecoverCard(self._recover, self._back)
        self.set_up_card = SetUpCard(workstation, self._run)
        self.set_up_card.finished.connect(self.entered)
        self._cards = QStackedWidget()
        for card in (self.sign_in_card, self.sign_up_card, self.recover_card, self.set_up_card):
            self._cards.addWidget(scrolled(_centred(card), name=f"{card.objectName()}.area"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(_brand(), 2)
        line.addWidget(self._cards, 3)
        self.fall()

    def fall(self, note: str = "", *, same_person: bool = False) -> None:
        """Show the right first card, empty but perhaps for the name of who was here last."""
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
        cards = (self.sign_in_card, self.sign_up_card, self.recover_card, self.set_up_card)
        self._cards.setCurrentIndex(cards.index(card))

    def _show_sign_up(self) -> None:
        self._show(self.sign_up_card)
        self.sign_up_card.begin()

    def _back(self, note: str = "") -> None:
        self.fall(note=note)

    def _sign_in(self, username: str, password: str) -> None:
        clinic = self._workstation.clinic
        self._run(
            lambda: clinic.sign_in(username, password), self._entered, self.sign_in_card.refuse
        )

    def _entered(self, session: Session) -> None:
        self.sign_in_card.forget()
        self.entered.emit(session)

    def _sign_up(self, form: SignUp) -> None:
        clinic = self._workstation.clinic
        self._run(lambda: clinic.sign_up(form), self._back, self.sign_up_card.refuse)

    def _recover(self, recovery_key: str, username: str, password: str) -> None:
        clinic = self._workstation.clinic
        self._run(
            lambda: clinic.recover(recovery_key, username, password),
            lambda _: self._back("Your password is changed. Sign in with the new one."),
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
            failed=lambda error: refuse(words_for(error)),
        )


def _centred(card: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(32, 32, 32, 32)
    column.addStretch(1)
    column.addLayout(row(QWidget(), card, QWidget()))
    column.addStretch(1)
    return holder


def _brand() -> QWidget:
    """Name and purpose of the program, at the left of the curtain."""
    panel = QWidget()
    panel.setObjectName("brand")
    panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    panel.setStyleSheet(f"QWidget#brand {{ background: {theme.current().colours['sunken']}; }}")
    panel.setMinimumWidth(320)
    name = label("Sagittal")
    name.setStyleSheet("font-size: 34px; font-weight: 600;")
    column = QVBoxLayout(panel)
    column.setContentsMargins(48, 48, 48, 32)
    column.setSpacing(12)
    column.addStretch(2)
    column.addWidget(IconLabel("sagittal", 56, "accent"))
    column.addWidget(name)
    column.addWidget(
        label(
            "Reads MRI studies where they are. Images, reports and the AI stay on this computer, "
            "encrypted, with or without a network.",
            "muted",
            wrap=True,
        )
    )
    column.addStretch(3)
    column.addWidget(Line())
    column.addWidget(
        label(
            "For research and evaluation only. Not a medical device. "
            "Not for diagnosis or treatment decisions.",
            "caption",
            wrap=True,
        )
    )
    return panel
