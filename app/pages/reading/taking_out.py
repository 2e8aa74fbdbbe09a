"""Taking images out of the program: the view as PNG, its slices as MP4; always with the banner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMenu

from app.pages.page import Page
from app.pages.reading.images import StudyImages
from app.pages.reading.menus import add, menu_button
from app.tasks import Lane, Task
from app.widgets.messages import ProgressRow
from app.workflow.exporting import ExportKind, export_images
from viewer.canvas.export import picture_of, pixels_of
from viewer.canvas.movie import write_film
from viewer.ports import Progress

FILM_PER_SECOND = 10.0
_MOST_FRAMES = 600


class TakingOut(QObject):
    """The menu of exports and the progress of a film."""

    def __init__(self, page: Page, images: StudyImages) -> None:
        super().__init__(page)
        self._page, self._images = page, images
        self._task: Task | None = None
        self.button = menu_button("download", "Save pictures and films", "toolExport", self._fill)
        self.progress = ProgressRow(name="film")
        self.progress.cancelled.connect(self._cancel)

    def _fill(self, menu: QMenu) -> None:
        ready = self._images.grid.active.framing() is not None
        for words, act in (
            ("Active view as PNG, without the name", lambda: self.save_picture(named=False)),
            ("Active view as PNG, with the name", lambda: self.save_picture(named=True)),
            ("Slices of the active view as MP4, without the name", self.save_film),
        ):
            add(menu, words, act).setEnabled(ready)

    def save_picture(self, *, named: bool, path: Path | None = None) -> None:
        """Save the active view as PNG; asks where unless told."""
        view, study = self._images.grid.active, self._images.study
        target = path or self._ask_where("picture.png", "PNG (*.png)")
        if target is None or study is None or view.framing() is None:
            return
        picture = picture_of(view, named=named)
        session, uids = self._page.context.session, [view.series_uid]

        def write() -> None:
            if not picture.save(str(target), "PNG"):  # type: ignore[call-overload]  # Qt takes a str
                raise OSError("The picture could not be written there.")

        self._page.ask(
            lambda _: export_images(session, study.study.uid, uids, ExportKind.PICTURE, write),
            lambda _: self._page.context.navigator.banner(f"Saved: {target.name}", "good"),
            lane=Lane.IO,
        )

    def save_film(self, path: Path | None = None) -> None:
        """Save every slice of the active view, in order, as MP4; asks where unless told."""
        view, study = self._images.grid.active, self._images.study
        target = path or self._ask_where("film.mp4", "MP4 (*.mp4)")
        if target is None or study is None or view.framing() is None or self._task is not None:
            return
        frames = self._frames()
        session, uids = self._page.context.session, [view.series_uid]
        self.progress.begin("Writing the film")

        def job(progress: Progress) -> None:
            def write() -> None:
                write_film(target, _as_pixels(frames), len(frames), FILM_PER_SECOND, progress)

            export_images(session, study.study.uid, uids, ExportKind.FILM, write)

        def done(_: object) -> None:
            self._end()
            self._page.context.navigator.banner(f"Saved: {target.name}", "good")

        def failed(reason: str) -> None:
            self._end()
            self._page.complain(reason)

        self._task = self._page.ask(
            job,
            done,
            lane=Lane.IO,
            failed=failed,
            progressed=self.progress.progress,
            cancelled=self._end,
        )

    def _frames(self) -> list[QImage]:
        """Every slice as it would be seen; the view stands where it stood when this returns."""
        view = self._images.grid.active
        stage, state = view.stage, view.state
        if stage is None or state is None:
            return []
        start = state.cursor_mm
        _, count = stage.slice_of(view.kind, start, state)
        step = -(-count // _MOST_FRAMES)
        state.move_cursor(stage.stepped(view.kind, start, -count, state))
        frames = []
        for _ in range(0, count, step):
            frames.append(picture_of(view))
            state.move_cursor(stage.stepped(view.kind, state.cursor_mm, step, state))
        state.move_cursor(start)
        return frames

    def _ask_where(self, name: str, kinds: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._page, "Save", name, kinds)
        return Path(chosen) if chosen else None

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self) -> None:
        self._task = None
        self.progress.end()


def _as_pixels(frames: list[QImage]) -> Iterator[NDArray[np.uint8]]:
    for frame in frames:
        yield pixels_of(frame)
