"""What the central server refused for good, told to the desk until somebody has dealt with it."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.accounts.permissions import Permission
from app.events import SyncTurned
from app.pages.citations import clear
from app.pages.page import Page
from app.pages.wording import moment
from app.widgets.buttons import button
from app.widgets.surfaces import Card
from app.widgets.text import IconLabel, label
from app.workflow import sending
from sync.records import Conflict

_THINGS = {
    "Appointment": "An appointment",
    "DiagnosticReport": "A report",
    "Patient": "A patient's details",
    "Practitioner": "A doctor's details",
}


class Refusals(Card):
    """One line per refusal with a button that says it was dealt with; hidden without any."""

    def __init__(self, page: Page) -> None:
        super().__init__(name="refusals")
        self._page = page
        self._zone: tzinfo | None = None
        self.column.setContentsMargins(12, 8, 12, 8)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        self.column.addLayout(self._lines)
        self.hide()
        page.listen(SyncTurned, lambda _: self.read())

    def show_zone(self, zone: tzinfo) -> None:
        """Tell times in this zone, and read what there is."""
        self._zone = zone
        self.read()

    def read(self) -> None:
        """Read what was refused, for those who book."""
        session = self._page.context.session
        if self._zone is not None and session.can(Permission.BOOK):
            self._page.ask(lambda _: sending.conflicts(session), self._show)

    def _show(self, conflicts: tuple[Conflict, ...]) -> None:
        clear(self._lines)
        for conflict in conflicts:
            self._lines.addLayout(self._line(conflict))
        self.setVisible(bool(conflicts))

    def _line(self, conflict: Conflict) -> QHBoxLayout:
        thing = _THINGS.get(conflict.resource_type, "A change")
        when = f" ({moment(conflict.at, self._zone)})" if self._zone is not None else ""
        text = f"{thing} was not accepted by the central server{when}: {conflict.reason}"
        seen = button(
            "Seen",
            partial(self._settle, conflict.id),
            name="refusal.seen",
            tip="I have dealt with this; do not show it again",
        )
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(IconLabel("warning", 18, "warning"), 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(label(text, wrap=True), 1)
        line.addWidget(seen, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    def _settle(self, conflict_id: str) -> None:
        session = self._page.context.session
        self._page.ask(lambda _: sending.settle(session, conflict_id), lambda _: self.read())
