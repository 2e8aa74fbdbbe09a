"""Where backups go, making and checking one, and what became of the last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from app.events import BackupTurned
from app.pages import wording
from app.pages.page import Page
from app.tasks import Lane, Task
from app.widgets.buttons import button
from app.widgets.forms import FormRow, line
from app.widgets.messages import ProgressRow
from app.widgets.surfaces import Card, row
from app.widgets.text import label
from app.workflow import backing_up
from app.workflow.backing_up import BackupState
from viewer.ports import Progress

_WHERE = "A folder on another disk, a USB stick or a network share."
_SAME_DISK = "This folder is on the workstation's own disk: if that fails, both are gone."
_NONE_YET = "No backup has been made yet."
_STOPPED = "Stopped. Nothing was changed; what was copied is not copied again."
T = TypeVar("T")


class BackupCard(Card):
    """Acts at once: the folder, every day or not, back up now, check; one at a time."""

    def __init__(self, page: Page) -> None:
        super().__init__("Backup", name="settings.backup")
        self._page, self._state = page, BackupState()
        self._task: Task | None = None
        self._zone: tzinfo = wording.zone_of("")
        self.folder = line("settings.backup_folder", "None: nothing is backed up")
        self.folder.setReadOnly(True)
        self.choose = button("Choose…", self._choose, name="settings.backup_choose", icon="folder")
        self.daily = QCheckBox("Every day by itself, while somebody is signed in")
        self.daily.setObjectName("settings.backup_daily")
        self.daily.clicked.connect(self._switch)
        self.make = button("Back up now", self._make, name="settings.backup_now", kind="primary")
        self.check = button("Check", self._check, name="settings.backup_check")
        self.progress = ProgressRow(name="settings.backup_progress")
        self.progress.cancelled.connect(self._cancel)
        self.told = label("", "caption", wrap=True)
        self.told.setObjectName("settings.backup_told")
        self.wrong = label("", "error", wrap=True)
        self.wrong.setObjectName("settings.backup_wrong")
        self.column.addWidget(FormRow("Folder", self.folder, _WHERE))
        self.column.addWidget(self.daily)
        self.column.addWidget(self.told)
        self.column.addLayout(row(self.choose, QWidget(), self.check, self.make, stretch=1))
        self.column.addWidget(self.progress)
        self.column.addWidget(self.wrong)
        page.listen(BackupTurned, lambda _: self.read())
        self.show_state(self._state)

    def read(self) -> None:
        """Read again how things stand."""
        session = self._page.context.session
        self._page.ask(lambda _: backing_up.state(session), self.show_state)

    def show_zone(self, zone: tzinfo) -> None:
        """Tell times by the clinic's zone."""
        self._zone = zone
        self.show_state(self._state)

    def show_state(self, state: BackupState) -> None:
        """Show how things stand."""
        self._state = state
        self.folder.setText(state.folder)
        self.folder.setCursorPosition(0)
        self.daily.setChecked(state.daily)
        self.told.setText(told(state, self._zone))
        self._complain(wrong(state))
        self._rest(resting=self._task is not None)

    def take(self, folder: Path) -> None:
        """Have backups go to a folder."""
        session, daily = self._page.context.session, self._state.daily
        self._page.ask(
            lambda _: backing_up.choose(session, folder, daily=daily, anew=True),
            self.show_state,
            lane=Lane.IO,
            failed=self._complain,
        )

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder for backups", self._state.folder)
        if name:
            self.take(Path(name))

    def _switch(self) -> None:
        session, daily = self._page.context.session, self.daily.isChecked()
        folder = Path(self._state.folder)
        self._page.ask(
            lambda _: backing_up.choose(session, folder, daily=daily),
            self.show_state,
            lane=Lane.IO,
            failed=self._not_switched,
        )

    def _not_switched(self, text: str) -> None:
        self.daily.setChecked(self._state.daily)
        self._complain(text)

    def _make(self) -> None:
        session = self._page.context.session
        self._run("Making a backup", lambda progress: backing_up.back_up(session, progress))

    def _check(self) -> None:
        session = self._page.context.session
        self._run("Checking the backup", lambda progress: backing_up.verify(session, progress))

    def _run(self, begun: str, job: Callable[[Progress], T]) -> None:
        if self._task is not None:
            return
        self.wrong.hide()
        self.progress.begin(begun)
        self._task = self._page.ask(
            job,
            lambda _: self._over(),
            lane=Lane.BACKUP,
            failed=self._failed,
            progressed=self.progress.progress,
            cancelled=lambda: self._failed(_STOPPED),
        )
        self._rest(resting=True)

    def _over(self) -> None:
        self._task = None
        self.progress.end()
        self.read()

    def _failed(self, text: str) -> None:
        self._task = None
        self.progress.end()
        self._rest(resting=False)
        self._complain(text)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _complain(self, text: str) -> None:
        self.wrong.setText(text)
        self.wrong.setVisible(bool(text))

    def _rest(self, *, resting: bool) -> None:
        """Let the buttons rest while something is at work, or without a folder."""
        for one in (self.make, self.check, self.daily):
            one.setEnabled(not resting and bool(self._state.folder))
        self.check.setEnabled(self.check.isEnabled() and bool(self._state.generation))
        self.choose.setEnabled(not resting)


def told(state: BackupState, zone: tzinfo) -> str:
    """Say when the last backup was made and whether it was checked, and what it stands on."""
    beside = f"\n{_SAME_DISK}" if state.same_disk else ""
    if state.last is None:
        return _NONE_YET + beside
    when = wording.moment(state.last, zone)
    checked = "checked, sound" if state.is_checked and not state.faults else "not checked yet"
    if state.faults:
        checked = "damaged"
    size = f"{max(1, round(state.new_bytes / 1e6)):,} MB of new images"
    new = size if state.new_bytes else "no new images"
    return f"Last backup: {when}, {new}; {checked}.{beside}"


def wrong(state: BackupState) -> str:
    """Say what a person should know of and do something about, or nothing."""
    found = []
    if state.failure:
        found.append(f"The last try failed. {state.failure}")
    if state.faults:
        listed = "; ".join(state.faults)
        found.append(f"The backup is damaged: {listed}. Back up now puts right what it can.")
    if state.missing:
        noun = "image file is" if state.missing == 1 else "image files are"
        found.append(f"{state.missing} {noun} lost on this workstation and in no backup.")
    return "\n".join(found)
