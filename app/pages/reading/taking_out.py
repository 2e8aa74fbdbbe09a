"""Taking images out of the program: the view as PNG, a film as MP4; always with the banner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMenu

from app.pages.page import Page
from app.pages.reading.filming import FilmCamera, Frames, slices_of, volumes_of
from app.pages.reading.images import StudyImages
from app.pages.reading.menus import add, menu_button
from app.tasks import Lane, Task
from app.widgets.messages import ProgressRow
from app.workflow.exporting import ExportKind, export_images
from viewer.canvas.export import picture_of
from viewer.canvas.movie import write_film
from viewer.ports import Progress

FILM_PER_SECOND = 10.0


class TakingOut(QObject):
    """The menu of exports and the progress of a film."""

    def __init__(self, page: Page, images: StudyImages) -> None:
        super().__init__(page)
        self._page, self._images = page, images
        self._task: Task | None = None
        self._camera: FilmCamera | None = None
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
        several = len(self._held_volumes()) > 1
        words = "Volumes of the active series as MP4, without the name"
        add(menu, words, self.save_volumes).setEnabled(ready and several)

    def save_picture(self, *, named: bool, path: Path | None = None) -> None:
        """Save the active view as PNG; asks where unless told."""
        view, study = self._images.grid.active, self._images.study
        target = path or self._ask_where("picture.png", "PNG (*.png)")
        if target is None or study is None or view.framing() is None:
            return
        picture = picture_of(view, named=named)
        session, uids = self._page.context.session, self._seen()

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
        view = self._images.grid.active
        if view.stage is not None and view.state is not None:
            self._film(slices_of(view), self._seen(), path)

    def save_volumes(self, path: Path | None = None) -> None:
        """Save the slice in the active view through the volumes of its series, as MP4."""
        view, volumes = self._images.grid.active, self._held_volumes()
        if view.state is not None and len(volumes) > 1:
            self._film(volumes_of(view, volumes, self._images), volumes, path)

    def _film(self, frames: Frames, uids: Sequence[str], path: Path | None) -> None:
        view, study = self._images.grid.active, self._images.study
        target = path or self._ask_where("film.mp4", "MP4 (*.mp4)")
        if target is None or study is None or view.framing() is None or self._task is not None:
            return
        camera = self._camera = FilmCamera(view, frames)
        session = self._page.context.session
        self.progress.begin("Writing the film")

        def job(progress: Progress) -> None:
            def write() -> None:
                write_film(target, camera.reel(progress), camera.count, FILM_PER_SECOND, progress)

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
        camera.start()

    def _seen(self) -> list[str]:
        """Every series that is in the picture: the view's own, and one laid over it."""
        view = self._images.grid.active
        over = [self._images.laid_over] if view.fusion is not None else []
        return [uid for uid in (view.series_uid, *over) if uid]

    def _held_volumes(self) -> tuple[str, ...]:
        series = self._images.looked_at
        return tuple(one.uid for one in self._images.fetcher.volumes_of(series)) if series else ()

    def _ask_where(self, name: str, kinds: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._page, "Save", name, kinds)
        return Path(chosen) if chosen else None

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self) -> None:
        if self._camera is not None:
            self._camera.close()
        self._task, self._camera = None, None
        self.progress.end()
