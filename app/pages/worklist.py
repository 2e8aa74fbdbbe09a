"""The worklist: studies by urgency, search as you type, and the place to drop images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout
from shiboken6 import isValid

from app.accounts.permissions import Permission
from app.events import FindingsReady, ReportDrafted, ReportReleased, ReportSigned, StudyImported
from app.pages.context import PageContext
from app.pages.import_result import ImportResult
from app.pages.page import Page
from app.pages.wording import STATUS_WORDS, age, day
from app.records import Urgency, WorklistEntry
from app.tasks import Lane, Task
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.forms import SearchField
from app.widgets.messages import EmptyState, ProgressRow
from app.widgets.surfaces import DropZone
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow import importing, worklist
from viewer.dicom.records import Preview
from viewer.ports import Progress


class WorklistPage(Page):
    """Studies to read; the whole page takes files, folders and zip archives."""

    imported = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "worklist", "Worklist")
        self._import: Task | None = None
        self._may_read = context.session.can(Permission.VIEW_IMAGES)
        self.search = SearchField("Search name, number or study", name="worklist.search")
        self.search.setMinimumWidth(280)
        self.search.setToolTip("Search (Ctrl+F)")
        self._count = label("", "muted")
        self._count.setObjectName("worklist.count")
        self.add = button(
            "Add images", name="worklist.add", kind="primary", icon="upload", tip="Add images"
        )
        self.add.setMenu(self._add_menu())
        for part in (self._count, self.search, self.add):
            self.header.addWidget(part)
        self.progress = ProgressRow(name="worklist.progress")
        self.progress.cancelled.connect(self._stop)
        self.result = ImportResult()
        self.table: Table[WorklistEntry] = Table(
            _columns(context.session.now().date()), name="worklist.table", says="Studies by urgency"
        )
        self.table.setToolTip("")
        self.table.chosen.connect(self._open_study)
        self._zone = DropZone(name="worklist.drop")
        self._empty = self._empty_state()
        self._views = QStackedWidget()
        for view in (self.table, self._empty, _nothing_found()):
            self._views.addWidget(view)
        inside = QVBoxLayout(self._zone)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._views)
        self.setAcceptDrops(True)
        self._zone.dropped.connect(self.import_paths)
        self._hint = self._hint_line()
        self.body.addWidget(self.progress)
        self.body.addWidget(self.result)
        self.body.addWidget(self._zone, 1)
        self.body.addLayout(self._hint)
        self._pause = QTimer(self, singleShot=True, interval=120)
        self._pause.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda *_: self._pause.start())
        self._listen_to_all()

    def open(self, **ids: str) -> None:
        """Read the list again; ``text`` searches it."""
        if "text" in ids:
            self.search.setText(ids["text"])
        self.table.setFocus()
        self.refresh()
        self._get_ready()

    def refresh(self) -> None:
        """Read the list again with what is typed in the search line."""
        session, text = self.context.session, self.search.text()
        self.ask(lambda _: worklist.listed(session, text).entries, self._show)

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Import what was dropped or chosen, with progress in place."""
        session, wanted = self.context.session, tuple(paths)
        tasks = self.context.tasks

        def preview(found: Preview) -> None:
            tasks.on_gui_thread(lambda: self._show_preview(found))

        self._begin(lambda progress: importing.import_paths(session, wanted, progress, preview))

    def import_example(self) -> None:
        """Import the simulated example study."""
        session = self.context.session
        self._begin(lambda progress: importing.import_example(session, progress))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """The whole page takes what the drop zone takes."""
        self._zone.dragEnterEvent(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the hover."""
        self._zone.highlight(wanted=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """The whole page takes what the drop zone takes."""
        self._zone.dropEvent(event)

    def _show_preview(self, found: Preview) -> None:
        """The first image of a drop, while the rest is still being read."""
        if isValid(self) and self._import is not None:
            rows, columns = found.gray.shape
            kind = QImage.Format.Format_Grayscale8
            picture = QImage(found.gray.tobytes(), columns, rows, columns, kind)
            self.progress.show_picture(picture.copy())

    def _begin(self, job: Callable[[Progress], importing.ImportOutcome]) -> None:
        if self._import is not None:
            self.context.navigator.banner("An import is under way; wait for it to end.", "warning")
            return
        self.result.hide()
        self.progress.begin("Looking at the files…")
        self.add.setEnabled(False)
        self._import = self.ask(
            job,
            self._imported,
            lane=Lane.IO,
            failed=self._failed,
            progressed=self.progress.progress,
            cancelled=self._cancelled,
        )

    def _imported(self, outcome: importing.ImportOutcome) -> None:
        self._end_import()
        self.result.show_outcome(outcome)
        self.refresh()
        self.imported.emit(outcome)

    def _failed(self, text: str) -> None:
        self._end_import()
        self.complain(text)
        self.refresh()

    def _cancelled(self) -> None:
        self._end_import()
        self.context.navigator.banner(
            "The import was stopped. What was complete is in the list; nothing is half stored.",
            "info",
        )
        self.refresh()

    def _stop(self) -> None:
        if self._import is not None:
            self._import.cancel()

    def _get_ready(self) -> None:
        """Have the next drop's reading process waiting; without it a drop only starts later."""
        if self.context.session.can(Permission.IMPORT_STUDY):
            self.ask(
                lambda _: importing.get_ready(),
                lambda _: None,
                lane=Lane.IO,
                failed=lambda _: None,
            )

    def _end_import(self) -> None:
        self._import = None
        self._get_ready()
        self.progress.end()
        self.add.setEnabled(True)

    def _show(self, entries: tuple[WorklistEntry, ...]) -> None:
        self.table.show_records(entries, same=lambda entry: entry.study_uid)
        noun = "study" if len(entries) == 1 else "studies"
        self._count.setText(f"{len(entries)} {noun}" if entries else "")
        if entries:
            self._views.setCurrentIndex(0)
        else:
            self._views.setCurrentIndex(2 if self.search.text().strip() else 1)

    def _open_study(self, entry: WorklistEntry) -> None:
        if self._may_read:
            self.context.navigator.show("reading", study_uid=entry.study_uid)

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("worklist.add-menu")
        for icon, text, call in (
            ("folder", "A folder…", self._choose_folder),
            ("file", "Files or zip archives…", self._choose_files),
            ("sparkle", "The example study (simulated)", self.import_example),
        ):
            menu.addAction(theme.icon(icon), text).triggered.connect(lambda *_, go=call: go())
        return menu

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder of images")
        if folder:
            self.import_paths((Path(folder),))

    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Images or zip archives")
        if files:
            self.import_paths(tuple(Path(file) for file in files))

    def _empty_state(self) -> EmptyState:
        return EmptyState(
            "upload",
            "Drop a folder of images here",
            "DICOM or NIfTI: folders, single files or zip archives. They are encrypted as they "
            "come in and never leave this computer.",
            "Open the example study",
            self.import_example,
            name="worklist.empty",
        )

    def _hint_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        text = "Drop images anywhere on this page."
        if self._may_read:
            text = f"Enter or a double click opens a study. {text}"
        line.addWidget(label(text, "caption"))
        line.addStretch(1)
        return line

    def _listen_to_all(self) -> None:
        for kind in (StudyImported, FindingsReady, ReportDrafted, ReportSigned, ReportReleased):
            self.listen(kind, lambda _: self._pause.start())


def _columns(today: date) -> tuple[Column[WorklistEntry], ...]:
    def person(entry: WorklistEntry) -> str:
        years = age(entry.birth_date, entry.study_date or today)
        return " · ".join(part for part in (entry.sex, years) if part)

    def study(entry: WorklistEntry) -> str:
        words = entry.description or "No description"
        return f"{words} (simulated)" if entry.simulated else words

    return (
        Column(
            "Why first",
            lambda entry: entry.flag,
            260,
            lambda entry: "danger" if entry.urgency is Urgency.SUSPECTED else "",
        ),
        Column(
            "Status",
            lambda entry: STATUS_WORDS[entry.status][0],
            104,
            lambda entry: STATUS_WORDS[entry.status][1],
        ),
        Column("Patient", lambda entry: entry.patient_name or "No name"),
        Column("Number", lambda entry: entry.mrn, 120),
        Column("Sex, age", person, 80),
        Column("Study", study),
        Column("Date", lambda entry: day(entry.study_date), 104),
        Column("Series", lambda entry: f"{entry.series_count} {entry.modality}", 76),
    )


def _nothing_found() -> EmptyState:
    return EmptyState(
        "search", "Nothing found", "No patient or study holds these words.", name="worklist.none"
    )
