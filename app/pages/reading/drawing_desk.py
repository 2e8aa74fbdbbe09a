"""What is drawn and marked on the open study: kept at once by the workflow, undone by one key."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog

from app.accounts.permissions import Permission
from app.events import StudyEdited
from app.pages.page import Page
from app.pages.reading.brush_panel import BrushPanel
from app.pages.reading.images import StudyImages
from app.records import Edit, EditKind
from app.workflow import annotating, journal
from app.workflow.journal import Stack
from viewer.canvas.annotation_layer import AnnotationLayer
from viewer.canvas.annotations import AnnotationBook
from viewer.canvas.tools.tool import Painted
from viewer.canvas.tools.toolbox import make_tools
from viewer.geometry.planes import PlaneKind
from viewer.ports import Progress
from viewer.records import Annotation, KeyImage, Vector3

_NOTHING = Stack(None, None)


class DrawingDesk(QObject):
    """Joins the book of annotations with the workflow; ``changed`` tells the panels."""

    changed = Signal()
    undone = Signal(str)

    def __init__(self, page: Page, images: StudyImages, below: Sequence[Painted] = ()) -> None:
        super().__init__(page)
        self._page, self._images = page, images
        self.book = AnnotationBook(self)
        self.brush = BrushPanel(page, images)
        self.tools = {**make_tools(self.book, self._ask_words), **self.brush.tools}
        self.key_images: tuple[KeyImage, ...] = ()
        self.stack = _NOTHING
        self._edits = 0
        self.book.author_id = page.context.session.actor.account_id
        self.book.listen(self._show)
        images.grid.set_painted([*below, self.brush.layer, AnnotationLayer(self.book)])
        images.opened_series.connect(self._open_series)
        images.series_changed.connect(self.changed)
        page.listen(StudyEdited, self._heard)
        self.choose("pointer")

    def choose(self, name: str) -> None:
        """Give the left button to a tool."""
        self._images.grid.set_tool(self.tools[name])
        self.brush.choose(painting=name in self.brush.tools)

    def open(self, study_uid: str) -> None:
        """Fetch what is drawn and marked on a study."""
        for series_uid in tuple(self._volumes()):
            self.book.set_volume(series_uid, None)
        self.book.study_uid = study_uid
        self.book.show(())
        self.key_images, self.stack = (), _NOTHING
        self._read()

    # The book's keeper

    def put(self, annotation: Annotation) -> None:
        """Store what was drawn; where that fails, show again what is stored."""
        session = self._page.context.session
        self._store(lambda _: annotating.put_annotation(session, annotation))

    def remove(self, annotation_id: str) -> None:
        """Take an annotation away for good; Undo brings it back."""
        session = self._page.context.session
        self._store(lambda _: annotating.remove_annotation(session, annotation_id))

    # Key images

    def mark(self) -> None:
        """Mark the active view as a key image, or take the mark off."""
        view = self._images.grid.active
        framing, state = view.framing(), view.state
        if framing is None or state is None or not self.book.study_uid:
            return
        session = self._page.context.session
        made = KeyImage(
            id=str(uuid.uuid4()),
            study_uid=self.book.study_uid,
            series_uid=view.series_uid,
            centre_mm=state.cursor_mm,
            right=framing.plane.right,
            down=framing.plane.down,
            window=state.window,
            made_at=session.now(),
            author_id=session.actor.account_id,
        )
        self._store(lambda _: annotating.mark_key_image(session, made))

    def unmark(self, key_image_id: str) -> None:
        """Take the mark off a key image."""
        session = self._page.context.session
        self._store(lambda _: annotating.unmark_key_image(session, key_image_id))

    def note(self, key_image_id: str, words: str) -> None:
        """Say on a key image why it was marked."""
        session = self._page.context.session
        marked = next((one for one in self.key_images if one.id == key_image_id), None)
        if marked is not None:
            noted = replace(marked, note=words)
            self._store(lambda _: annotating.mark_key_image(session, noted))

    def place_of(self, series_uid: str, point_mm: Vector3) -> tuple[str, str]:
        """In which slice a point lies, and of which series where that is not the active one."""
        series, opened = self._images.fetcher.find(series_uid), self._images.shelf.get(series_uid)
        active = self._images.series
        name = series.description or f"series {series.number}" if series is not None else ""
        if active is not None and active.uid == series_uid:
            name = ""
        number = 0 if opened is None else opened.stage.slice_of(PlaneKind.NATIVE, point_mm)[0]
        return f"slice {number}" if number else "", name

    # Undo

    def undo(self) -> None:
        """Take back the last edit of the study, whatever it was."""
        self._turn(journal.undo)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._turn(journal.redo)

    def remove_selected(self) -> None:
        """Remove the chosen annotation."""
        chosen = self.book.selected
        if chosen is not None:
            self.book.remove(chosen.id)

    def _turn(self, act: Callable[..., Edit]) -> None:
        session, study_uid = self._page.context.session, self.book.study_uid
        if not study_uid:
            return
        self._page.ask(
            lambda _: act(session, study_uid),
            self._turned,
            failed=lambda reason: self._page.context.navigator.banner(reason, "info"),
        )

    def _turned(self, edit: Edit) -> None:
        if edit.kind is EditKind.LABEL_STROKE:
            self.brush.refresh()
        if edit.study_uid == self.book.study_uid and edit.kind in _SHOWN_BY_PAGE:
            self.undone.emit(edit.kind.value)

    def _store(self, act: Callable[[Progress], None]) -> None:
        self._edits += 1

        def failed(reason: str) -> None:
            self._page.complain(reason)
            self._read()

        self._page.ask(act, lambda _: None, failed=failed)

    def _heard(self, event: StudyEdited) -> None:
        if event.study_uid == self.book.study_uid:
            self._read()

    def _read(self) -> None:
        session, study_uid = self._page.context.session, self.book.study_uid
        if not study_uid or not session.can(Permission.VIEW_IMAGES):
            return

        def may_draw() -> bool:
            return session.can(Permission.ANNOTATE_IMAGES, study=study_uid)

        def fetch(_: Progress) -> tuple[tuple[Annotation, ...], tuple[KeyImage, ...], Stack]:
            return (
                annotating.annotations_of(session, study_uid),
                annotating.key_images_of(session, study_uid),
                journal.stack(session, study_uid) if may_draw() else _NOTHING,
            )

        edits = self._edits

        def show(found: tuple[tuple[Annotation, ...], tuple[KeyImage, ...], Stack]) -> None:
            # What was read before a later edit lacks it; that edit has it read again.
            if study_uid == self.book.study_uid and edits == self._edits:
                drawn, self.key_images, self.stack = found
                draft = self.book.draft
                self.book.show(drawn)
                self.book.sketch(draft)

        self._page.ask(fetch, show)

    def _open_series(self, series_uid: str) -> None:
        opened = self._images.shelf.get(series_uid)
        if opened is not None:
            self.book.set_volume(series_uid, opened.stage.volume)
            self._show()

    def _volumes(self) -> set[str]:
        return {one.series.uid for one in self._images.shelf.all()}

    def _show(self) -> None:
        self._images.grid.refresh()
        self.changed.emit()

    def _ask_words(self, question: str) -> str:
        text, given = QInputDialog.getText(self._images.grid, "Arrow", question)
        return text.strip() if given else ""


_SHOWN_BY_PAGE = (EditKind.FINDING, EditKind.REPORT, EditKind.LABEL_STROKE)
