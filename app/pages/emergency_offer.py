"""What stands in the place of a chart that is closed to a doctor: why, and the emergency way in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.accounts.permissions import Permission
from app.accounts.records import EmergencyReason
from app.errors import NotTreatingError
from app.pages.citations import clear
from app.pages.emergency_dialog import EmergencyDialog
from app.pages.page import Page
from app.widgets.messages import EmptyState
from app.workflow import emergency
from viewer.records import Patient

T = TypeVar("T")

ENDED = "Your emergency access to this chart has ended."


@dataclass(frozen=True, slots=True)
class Opened(Generic[T]):
    """A chart, or why it stays closed to a doctor who is not treating the patient."""

    chart: T | None
    closed: str = ""


def open_or_say(open_chart: Callable[[], T]) -> Opened[T]:
    """Return the chart, or the sentence that says why it is closed to this doctor."""
    try:
        return Opened(open_chart())
    except NotTreatingError as error:
        return Opened(None, str(error))


class EmergencyOffer(QWidget):
    """Says why a chart is closed, and offers emergency access where the role has it."""

    def __init__(self, page: Page, opened: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("emergencyOffer")
        self._page = page
        self._opened = opened
        self._study_uid = ""
        self._dialog: EmergencyDialog | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_closed(self, study_uid: str, reason: str) -> None:
        """Say why the chart of a study is closed."""
        self._study_uid = study_uid
        clear(self._column)
        may = self._page.context.session.can(Permission.BREAK_GLASS)
        self._column.addWidget(
            EmptyState(
                "lock",
                "This chart is closed to you",
                reason,
                "Emergency access…" if may else "",
                self.ask,
                name="emergencyClosed",
            )
        )

    def ask(self) -> None:
        """Ask why and for the password, with the patient's name before the doctor's eyes."""
        session, uid = self._page.context.session, self._study_uid
        self._page.ask(lambda _: emergency.whose(session, uid), self._open_dialog)

    def _open_dialog(self, patient: Patient) -> None:
        dialog = EmergencyDialog(self.window(), patient, self._start)
        self._dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _start(self, reason: EmergencyReason, words: str, password: str) -> None:
        session, uid = self._page.context.session, self._study_uid

        def done(_: object) -> None:
            if self._dialog is not None:
                self._dialog.accept()
            self._opened(uid)

        def failed(why: str) -> None:
            if self._dialog is not None:
                self._dialog.refuse(why)

        self._page.ask(
            lambda _: emergency.start(session, uid, reason, words, password), done, failed=failed
        )

    def _dialog_closed(self, _: int) -> None:
        self._dialog = None
