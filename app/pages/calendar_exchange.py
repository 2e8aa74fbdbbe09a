"""Calendar files: an appointment or a calendar saved, and leave read from a file of one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.pages.page import Page
from app.pages.wording import meeting
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.text import label
from app.workflow import exchanging
from scheduling.interchange.reading import Proposal
from scheduling.records import Appointment

_FILES = "Calendar (*.ics)"


def save_calendar(page: Page, practitioner_id: str, path: Path) -> None:
    """Write a practitioner's appointments into a file and say when it is there."""
    session = page.context.session
    _save(page, lambda: exchanging.export_calendar(session, practitioner_id), path)


def save_appointment(page: Page, appointment_id: str, path: Path) -> None:
    """Write one appointment into a file and say when it is there."""
    session = page.context.session
    _save(page, lambda: exchanging.export_appointment(session, appointment_id), path)


def ask_where(parent: QWidget, name: str, chosen: Callable[[Path], None]) -> None:
    """Ask where to save; nothing happens if the person goes back."""
    dialog = QFileDialog(parent.window(), "Save the calendar", name, _FILES)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("ics")
    dialog.fileSelected.connect(lambda told: chosen(Path(told)))
    dialog.open()


def ask_which(parent: QWidget, chosen: Callable[[Path], None]) -> None:
    """Ask for a calendar file to read."""
    dialog = QFileDialog(parent.window(), "Read leave from a calendar file", "", _FILES)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda told: chosen(Path(told)))
    dialog.open()


def read_leave(page: Page, practitioner_id: str, name: str, zone: tzinfo, path: Path) -> None:
    """Read a file and show what it proposes; only what is taken there becomes leave."""
    session = page.context.session

    def show(found: tuple[Proposal, ...]) -> None:
        if not found:
            page.context.navigator.banner("The file holds no new busy times ahead.", "info")
            return
        LeaveDialog(page, practitioner_id, name, found, zone).open()

    page.ask(lambda _: exchanging.read_calendar(session, practitioner_id, path), show, lane=Lane.IO)


class LeaveDialog(QDialog):
    """The busy times of a file, each to be ticked; nothing is kept before Take as leave."""

    def __init__(
        self,
        page: Page,
        practitioner_id: str,
        name: str,
        found: tuple[Proposal, ...],
        zone: tzinfo,
    ) -> None:
        super().__init__(page.window())
        self.setObjectName("leaveDialog")
        self.setWindowTitle("Leave from a calendar file")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(560, 420)
        self._page, self._practitioner_id, self._found = page, practitioner_id, found
        self.list = QListWidget()
        self.list.setObjectName("leave.list")
        self.list.setAccessibleName("Busy times of the file")
        for one in found:
            words = meeting(one.starts, one.ends, zone)
            item = QListWidgetItem(f"{words} · {one.summary}" if one.summary else words)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.itemChanged.connect(lambda _: self._count())
        self._every = button("Tick all", self._tick_all, name="leave.all")
        self._take = button("Take as leave", self._keep, name="leave.take", kind="primary")
        back = button("Cancel", self.reject, name="leave.cancel")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(12)
        column.addWidget(label(f"When is {name} away?", "heading", wrap=True))
        column.addWidget(
            label(
                "Tick the times that are leave. Only the times are kept, not what they are for.",
                "muted",
                wrap=True,
            )
        )
        column.addWidget(self.list, 1)
        column.addLayout(row(self._every, QWidget(), back, self._take, stretch=1))
        self._count()

    def ticked(self) -> tuple[Proposal, ...]:
        """Return the proposals that are ticked."""
        return tuple(
            one
            for place, one in enumerate(self._found)
            if self.list.item(place).checkState() is Qt.CheckState.Checked
        )

    def _count(self) -> None:
        count = len(self.ticked())
        self._take.setEnabled(count > 0)
        self._take.setText(f"Take {count} as leave" if count else "Take as leave")

    def _tick_all(self) -> None:
        for place in range(self.list.count()):
            self.list.item(place).setCheckState(Qt.CheckState.Checked)

    def _keep(self) -> None:
        session, taken = self._page.context.session, self.ticked()
        self._page.ask(
            lambda _: exchanging.take_proposals(session, self._practitioner_id, taken),
            self._kept,
        )

    def _kept(self, touched: tuple[Appointment, ...]) -> None:
        navigator = self._page.context.navigator
        if touched:
            noun = "appointment falls" if len(touched) == 1 else "appointments fall"
            navigator.banner(f"Kept. {len(touched)} {noun} on it: move or cancel them.", "warning")
        else:
            navigator.banner("The leave is kept.", "good")
        self.accept()


def _save(page: Page, make: Callable[[], str], path: Path) -> None:
    navigator = page.context.navigator
    page.ask(
        lambda _: path.write_bytes(make().encode()),
        lambda _: navigator.banner(f"Saved {path.name}.", "good"),
        lane=Lane.IO,
    )
