"""The worklist: studies by urgency, search as you type, and the place to drop images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
)
from shiboken6 import isValid

from app.accounts.permissions import Permission
from app.events import (
    FindingReviewed,
    FindingsReady,
    ReportDrafted,
    ReportReleased,
    ReportSigned,
    StudyAssigned,
    StudyImported,
)
from app.pages.context import PageContext
from app.pages.import_result import ImportResult
from app.pages.odds import quiet_explained
from app.pages.page import Page
from app.pages.worklist_columns import columns
from app.pages.worklist_filter_bar import FilterBar
from app.pages.worklist_menu import RowMenu
from app.pages.worklist_pictures import Pictures
from app.pages.worklist_saved import SavedFilters, ShowingLine
from app.pages.worklist_words import count_words, showing_words
from app.records import WorklistEntry, WorklistFilter
from app.records import WorklistPage as Listed
from app.tasks import Lane, Task
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.forms import SearchField
from app.widgets.messages import EmptyState, ProgressRow
from app.widgets.surfaces import DropZone
from app.widgets.table import Table
from app.widgets.text import label
from app.workflow import importing, joining, worklist
from app.workflow.joining import Offer
from app.workflow.session import Session
from inference.records import ModelCard
from viewer.dicom.records import Preview
from viewer.ports import Progress

_REST_MS = 60
"""How long typing rests before the list is read."""


class WorklistPage(Page):
    """Studies to read; the whole page takes files, folders and zip archives."""

    imported = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "worklist", "Worklist")
        self._import: Task | None = None
        self._asked: Task | None = None
        self._limit, self._more = worklist.PAGE, False
        self._may_read = context.session.can(Permission.VIEW_IMAGES)
        self._worth = ""
        self.search = SearchField("Search name, number or study", name="worklist.search")
        self._set_up_search()
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
        self._again: Callable[[], None] = self.refresh
        self.result = ImportResult(self._whose)
        self.pictures = Pictures(self, lambda: self.table)
        self.table = self._make_table()
        self.menu = RowMenu(self, self._open_uid, self.refresh)
        self.filters = FilterBar(context.session.today, sees_urgency=self._may_read)
        self.filters.changed.connect(self._start_over)
        self._saved = SavedFilters(self, self.filters)
        self._showing = ShowingLine(self._clear)
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
        self.body.addWidget(self.filters)
        self.body.addWidget(self._showing)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.result)
        self.body.addWidget(self._zone, 1)
        self.body.addLayout(self._hint)
        self._pause = QTimer(self, singleShot=True, interval=_REST_MS)
        self._pause.timeout.connect(self.refresh)
        self._listen_to_all()
        if self._may_read:
            self._learn_worth()

    def open(self, **ids: str) -> None:
        """Read the list again; ``text`` searches it."""
        if "text" in ids:
            self.search.setText(ids["text"])
        self.table.setFocus()
        self.refresh()
        self._saved.read()
        self._get_ready()

    def refresh(self) -> None:
        """Read the list again with what is typed and chosen; an answer not yet here is dropped."""
        if self._asked is not None:
            self._asked.cancel()
        job = partial(
            _listed, self.context.session, self.search.text(), self.filters.wanted, self._limit
        )
        self._asked = self.ask(job, self._show)

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Import what was dropped or chosen, with progress in place."""
        session, wanted = self.context.session, tuple(paths)
        self._again = partial(self.import_paths, wanted)
        tasks = self.context.tasks

        def preview(found: Preview) -> None:
            tasks.on_gui_thread(lambda: self._show_preview(found))

        self._begin(lambda progress: importing.import_paths(session, wanted, progress, preview))

    def import_example(self) -> None:
        """Import the simulated example study."""
        session = self.context.session
        self._again = self.import_example
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

    def _whose(self, offer: Offer, record_id: str) -> None:
        """Keep whose images these are, then import what was dropped once more."""
        session = self.context.session
        self.ask(
            lambda _: joining.decide(session, offer, record_id),
            lambda _: self._again(),
            failed=self._not_decided,
        )

    def _not_decided(self, text: str) -> None:
        self.result.hide()
        self.complain(text)

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

    def _show(self, page: Listed) -> None:
        self._asked = None
        self._more = page.more
        self.table.show_records(page.entries, same=lambda entry: entry.study_uid)
        self._count.setText(count_words(page))
        words = showing_words(page, self.filters.wanted, self.search.text())
        limited = bool(self.search.text().strip()) or self.filters.wanted != worklist.EVERYTHING
        self._showing.say(words, limited=limited)
        self._views.setCurrentIndex(0 if page.entries else 2 if limited else 1)
        self._look_at_pictures()

    def _look_at_pictures(self) -> None:
        if self._may_read:
            self.pictures.look()

    def _start_over(self) -> None:
        self._limit = worklist.PAGE
        self._pause.start()

    def _scrolled(self, value: int) -> None:
        """Fetch the next lines at the end of those that are here."""
        self._look_at_pictures()
        bar = self.table.verticalScrollBar()
        if self._more and bar.maximum() and value == bar.maximum():
            self._more = False
            self._limit += worklist.PAGE
            self.refresh()

    def _set_up_search(self) -> None:
        self.search.setMinimumWidth(280)
        self.search.setToolTip("Search (Ctrl+F)")
        self.search.textChanged.connect(lambda *_: self._start_over())
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self._go_to_search)

    def _go_to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _clear(self) -> None:
        """List everything again."""
        self.search.clear()
        self.filters.clear()

    def _open_menu(self, at: QPoint) -> None:
        entry = self.table.current
        if entry is not None:
            self.menu.ask(entry, self.table.viewport().mapToGlobal(at))

    def _learn_worth(self) -> None:
        """Read off the model's card how much it finds: said wherever it found nothing."""
        workstation = self.context.workstation

        def learned(card: ModelCard) -> None:
            self._worth = quiet_explained(card)

        self.ask(
            lambda _: workstation.analyser.card(), learned, lane=Lane.IO, failed=lambda _: None
        )

    def _open_study(self, entry: WorklistEntry) -> None:
        if self._may_read:
            self._open_uid(entry.study_uid)
        else:
            self._open_menu(self.table.visualRect(self.table.currentIndex()).bottomLeft())

    def _open_uid(self, study_uid: str) -> None:
        self.context.navigator.show("reading", study_uid=study_uid)

    def _make_table(self) -> Table[WorklistEntry]:
        shown = columns(
            self.context.session.today(),
            self.pictures.of if self._may_read else None,
            lambda: self._worth,
        )
        made: Table[WorklistEntry] = Table(
            shown, name="worklist.table", says="Studies by urgency" if self._may_read else "Studies"
        )
        made.setToolTip("")
        made.chosen.connect(self._open_study)
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.customContextMenuRequested.connect(self._open_menu)
        made.verticalScrollBar().valueChanged.connect(self._scrolled)
        return made

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
            text = f"Enter or a double click opens a study, a right click shows more. {text}"
        line.addWidget(label(text, "caption"))
        line.addStretch(1)
        return line

    def _listen_to_all(self) -> None:
        for kind in (FindingsReady, ReportDrafted, ReportSigned, ReportReleased):
            self.listen(kind, lambda _: self._pause.start())
        self.listen(FindingReviewed, lambda _: self._pause.start())
        self.listen(StudyAssigned, lambda _: self._pause.start())
        self.listen(StudyImported, self._came_in)

    def _came_in(self, event: StudyImported) -> None:
        self.pictures.forget(event.study_uid)
        self._pause.start()


def _nothing_found() -> EmptyState:
    return EmptyState(
        "search",
        "Nothing found",
        "No study has these words and passes the filter. “Show all” clears both.",
        name="worklist.none",
    )


def _listed(
    session: Session,
    text: str,
    wanted: WorklistFilter,
    limit: int,
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> Listed:
    return worklist.listed(session, text, wanted, limit)
