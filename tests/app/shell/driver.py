"""A person at the window: types, clicks and waits, on a clinic that exists already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.records import AccountStatus, Role
from app.shell.window import MainWindow
from app.tasks import Tasks
from app.workflow import admitting
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from tests.app.workflow.conftest import show_at_once

PASSWORD = "a long enough sentence 7"
ADMIN, DOCTOR, DESK, PATIENT = "ada", "iris", "dan", "zoe"
W = TypeVar("W", bound=QWidget)


def found_clinic(folder: Path) -> None:
    """Leave a closed clinic with one person of each role in the folder."""
    workstation = Workstation(folder, cost=KdfCost.TESTING)
    workstation.clinic.found(
        clinic_name="Hillside",
        zone="Europe/Paris",
        name="Ada Root",
        username=ADMIN,
        password=PASSWORD,
    )
    workstation.clinic.sign_up(
        SignUp(Role.DOCTOR, "Iris Moreau", DOCTOR, PASSWORD, specialty="Neurosurgery")
    )
    workstation.clinic.sign_up(
        SignUp(Role.PATIENT, "Zoe Canary", PATIENT, PASSWORD, email="zoe@example.org")
    )
    session = workstation.clinic.sign_in(ADMIN, PASSWORD)
    show_at_once(session)
    for account in admitting.accounts(session):
        if account.status is AccountStatus.WAITING:
            admitting.approve(session, account.id)
    admitting.add_staff(session, SignUp(Role.RECEPTIONIST, "Dan Desk", DESK, PASSWORD))
    workstation.close()


class Driver:
    """Hands and eyes."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.workstation = Workstation(folder, cost=KdfCost.TESTING)
        self.tasks = Tasks()
        self.window = MainWindow(self.workstation, self.tasks)
        self.window.resize(1366, 768)
        self.window.show()
        qtbot.addWidget(self.window)

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=15_000)

    def settle(self) -> None:
        """Wait until everything that was asked is answered."""
        self.until(lambda: not self.tasks.busy)

    def find(self, kind: type[W], name: str, inside: QWidget | None = None) -> W:
        found = (inside or self.window).findChild(kind, name)
        assert found is not None, f"no {kind.__name__} called {name}"
        return found

    def click(self, name: str, inside: QWidget | None = None) -> None:
        made = self.find(QAbstractButton, name, inside)
        assert made.isEnabled(), f"{name} is off"
        made.click()

    def type(self, name: str, text: str, inside: QWidget | None = None) -> None:
        self.find(QLineEdit, name, inside).setText(text)

    def enter(self, username: str, password: str = PASSWORD) -> None:
        """Sign in through the curtain."""
        self.type("sign-in.username", username)
        self.type("sign-in.password", password)
        self.click("sign-in.submit")
        self.until(lambda: self.window.session is not None)
        self.settle()

    @property
    def session(self) -> Session:
        assert self.window.session is not None
        return self.window.session

    @property
    def page(self) -> QWidget:
        assert self.window.page is not None
        return self.window.page

    def visit(self, name: str, **ids: str) -> QWidget:
        self.window.visit(name, **ids)
        self.settle()
        return self.page

    def opened_by_staff(self) -> None:
        """Let a member of staff open the workstation and leave again."""
        self.workstation.clinic.sign_in(DESK, PASSWORD)
        self.workstation.clinic.sign_out()
        self.window.curtain.fall()

    def rail(self) -> list[str]:
        """Names of the pages in the rail."""
        return [
            made.objectName().removeprefix("rail.")
            for made in self.window.rail.findChildren(QAbstractButton)
            if made.isCheckable()
        ]

    def close(self) -> None:
        self.window.close()
        self.window.background.close()
        self.tasks.close()
        self.workstation.close()
