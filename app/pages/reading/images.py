"""The images of the open study: which series are on the screen, their views and the strip.

Everything is fetched off the GUI thread; what arrives for a series that is no longer wanted is
dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import MemoryBudgetError
from app.pages.page import Page
from app.pages.reading.loading import (
    Laid,
    caption_of,
    first_series,
    last_run,
    load_overlays,
    load_stage,
    load_thumbnail,
)
from app.pages.reading.open_series import OpenSeries, SeriesShelf
from app.pages.reading.series_strip import SeriesStrip
from app.tasks import Lane
from app.workflow.reading import OpenedStudy
from inference.records import Finding
from viewer.canvas.grid import ViewGrid
from viewer.canvas.hanging import Hanging, Hung
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import HeatStyle, ViewState
from viewer.geometry.planes import PlaneKind
from viewer.records import Series, Study, Vector3


class StudyImages(QObject):
    """Puts series of a study on the views; ``shown`` tells when the active one's planes are there.

    The active series is the one of the active cell: findings, tools and menus are about it.
    """

    series_changed = Signal()
    shown = Signal()
    opened_series = Signal(str)

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self.strip, self.grid = SeriesStrip(), ViewGrid()
        self.shelf = SeriesShelf(page.context.workstation.preferences.memory_budget_mb)
        self._opened: OpenedStudy | None = None
        self._series: Series | None = None
        self._guests: dict[str, tuple[Series, Study]] = {}
        self._heat = HeatStyle()
        self._goal: tuple[str, Vector3] | None = None
        self._turn = 0
        self._study_turn = 0
        self._waiting: dict[tuple[int, str], list[Callable[[OpenSeries], None]]] = {}
        self.strip.chosen.connect(self.choose)
        self.grid.active_changed.connect(self._follow_active)
        self.grid.series_dropped.connect(self.put_in)

    @property
    def state(self) -> ViewState | None:
        """Cursor, window and overlays of the active series."""
        opened = self._active()
        return opened.state if opened else None

    @property
    def stage(self) -> Stage | None:
        """The active series ready to be cut."""
        opened = self._active()
        return opened.stage if opened else None

    @property
    def series(self) -> Series | None:
        """The active series, on the screen or on its way there."""
        return self._series

    @property
    def study(self) -> OpenedStudy | None:
        """The open study."""
        return self._opened

    def clear(self, notice: str) -> None:
        """Forget the study; whatever is still on its way is dropped."""
        self._turn += 1
        self._study_turn += 1
        self._opened, self._series, self._goal = None, None, None
        self._guests.clear()
        self.strip.clear()
        self.grid.clear(notice)
        self.shelf.clear()

    def open(self, opened: OpenedStudy) -> None:
        """Show a study, beginning with the series most worth reading."""
        self.clear("Opening…")
        self._opened = opened
        self.grid.set_planes()
        self.strip.show_series(opened.series)
        series = first_series(opened)
        if series is None:
            self.grid.clear("This study has no series.")
        else:
            self._open_series(series)

    def refresh(self, opened: OpenedStudy) -> None:
        """Take over new findings and runs of the study, and lay the newest run over the images."""
        self._opened = opened
        for one in self.shelf.all():
            self._fetch_overlays(one)

    def choose(self, series_uid: str) -> None:
        """Show another series: in the planes, or in the active cell of a layout of series."""
        if not self.grid.of_planes:
            self.put_in(self.grid.cells.index(self.grid.active), series_uid)
        elif self._series is None or self._series.uid != series_uid:
            chosen = self._find(series_uid)
            if chosen is not None:
                self._open_series(chosen)

    def put_in(self, cell: int, series_uid: str, kind: PlaneKind = PlaneKind.NATIVE) -> None:
        """Show a series in one cell of a layout of series; in the planes, show it there."""
        series = self._find(series_uid)
        if series is None:
            return
        if self.grid.of_planes:
            self.choose(series_uid)
            return
        turn = self._turn
        self.grid.clear_cell(cell, "Opening…")

        def show(opened: OpenSeries) -> None:
            if turn != self._turn or cell >= len(self.grid.cells):
                return
            self.grid.show_in(cell, series_uid, opened.stage, opened.state, opened.caption, kind)
            self.grid.show_overlays(opened.overlays, series_uid)
            self._follow_active()
            self._fetch_overlays(opened)

        self._fetch(series, show, lambda reason: self.grid.clear_cell(cell, reason))

    def hang(self, hanging: Hanging) -> None:
        """Lay the screen out and fill it: series in cells, or the planes of the active series."""
        if self._opened is None or self._series is None:
            return
        if hanging.of_planes:
            self.grid.set_planes()
            self._open_series(self._series)
            return
        self._turn += 1
        self.grid.set_layout(hanging.rows, hanging.columns)
        hung: tuple[Hung, ...] = hanging.cells
        for number, cell in enumerate(hung[: len(self.grid.cells)]):
            if cell.series_uid:
                self.put_in(number, cell.series_uid, cell.kind)
            else:
                self.grid.clear_cell(number, cell.notice)

    def volumes_of(self, series: Series) -> tuple[Series, ...]:
        """The volumes of the series this one is one of, along their axis; itself if it is alone."""
        known = self._opened.series if self._opened and series.source_uid else ()
        mates = [one for one in known if one.source_uid == series.source_uid]
        return tuple(sorted(mates, key=lambda one: one.axis_index)) or (series,)

    def swap(self, series_uid: str) -> None:
        """Show another volume of the active series in its place, looked at in the same way."""
        series, before = self._find(series_uid), self._active()
        if series is None or before is None or series.uid == before.series.uid:
            return
        turn = self._turn

        def show(opened: OpenSeries) -> None:
            if turn != self._turn or self._series is None:
                return
            opened.state.look_like(before.state)
            for view in self.grid.cells:
                if view.series_uid == before.series.uid:
                    view.show_stage(
                        opened.stage, opened.state, opened.caption, series_uid=series_uid
                    )
            self._series = series
            self.series_changed.emit()

        self._fetch(series, show, self._page.complain)

    def beside(self, series: Series, study: Study) -> None:
        """Show a series of another study of this patient beside the active one."""
        if self._opened is None or self._series is None:
            return
        self._guests[series.uid] = (series, study)
        current = self._series.uid
        cells = (Hung(current), Hung(series.uid))
        self.hang(Hanging("Compare with prior", 1, 2, cells))

    def select(self, finding: Finding | None) -> None:
        """Emphasise the outline of a finding, in every view of its series."""
        for one in self.shelf.all():
            here = finding is not None and finding.series_uid == one.series.uid
            one.state.select(finding.label_value if here and finding else 0)

    def jump(self, finding: Finding) -> None:
        """Put the crosshair on a finding, opening its series first where that is another one."""
        self.go_to(
            finding.series_uid or (self._series.uid if self._series else ""), finding.centre_mm
        )

    def go_to(self, series_uid: str, point_mm: Vector3) -> None:
        """Put the crosshair on a point of a series, opening it first where it is not shown."""
        opened = self.shelf.get(series_uid)
        if opened is not None and series_uid in self._on_screen():
            opened.state.move_cursor(opened.stage.snap(point_mm))
            return
        self._goal = (series_uid, point_mm)
        self.choose(series_uid)

    def at_cursor(self) -> tuple[str, Vector3, int] | None:
        """Return the active series, the crosshair in LPS+ mm, and the slice it lies in."""
        opened = self._active()
        if opened is None:
            return None
        volume, cursor = opened.stage.volume, opened.state.cursor_mm
        slices = volume.voxels.shape[0]
        index = round(volume.to_index(cursor)[2])
        return opened.series.uid, cursor, min(max(index, 0), slices - 1)

    def set_heat(self, style: HeatStyle) -> None:
        """Draw the heat map like this, now and for the next series."""
        self._heat = style
        for one in self.shelf.all():
            one.state.set_heat(style)

    def toggle_crosshair(self) -> None:
        """Draw the crosshair or leave it out."""
        if self.state is not None:
            self.state.toggle_crosshair()

    def reset(self) -> None:
        """Fit every view and take the first window again."""
        if self.state is not None:
            self.state.reset()

    def close(self) -> None:
        """End the rendering process."""
        self.grid.volume.close_renderer()

    def _active(self) -> OpenSeries | None:
        return self.shelf.get(self._series.uid) if self._series else None

    def _on_screen(self) -> set[str]:
        return {view.series_uid for view in self.grid.cells if view.series_uid}

    def _find(self, series_uid: str) -> Series | None:
        known = self._opened.series if self._opened else ()
        guest = self._guests.get(series_uid)
        return next((one for one in known if one.uid == series_uid), guest[0] if guest else None)

    def _follow_active(self) -> None:
        """The series of the active cell is the one findings and menus are about."""
        series = self._find(self.grid.active.series_uid)
        if series is None or series.uid in self._guests:
            return
        if series is not self._series:
            self._series = series
            self.strip.mark(series.uid)
            self.series_changed.emit()
            self.shown.emit()

    def _open_series(self, series: Series) -> None:
        """Show a series in the three planes."""
        self._turn += 1
        turn = self._turn
        self._series = series
        if self._goal is not None and self._goal[0] != series.uid:
            self._goal = None
        self.strip.mark(series.uid)
        self.grid.clear("Opening…")
        self.series_changed.emit()

        def show(opened: OpenSeries) -> None:
            if turn == self._turn:
                self._show_planes(opened)

        def fail(reason: str) -> None:
            if turn == self._turn:
                self.grid.clear(reason)

        self._fetch(series, show, fail)

    def _fetch(
        self,
        series: Series,
        done: Callable[[OpenSeries], None],
        failed: Callable[[str], None],
    ) -> None:
        """Give a series that is held, or load it; one that is on its way is not loaded twice."""
        held = self.shelf.get(series.uid)
        if held is not None:
            done(held)
            return
        study, key = self._opened, (self._study_turn, series.uid)
        if study is None:
            return
        if key in self._waiting:
            self._waiting[key].append(done)
            return
        try:
            self.shelf.make_room(series, last_run(study, series.uid), self._on_screen())
        except MemoryBudgetError as error:
            failed(str(error))
            return
        self._waiting[key] = [done]
        session = self._page.context.session

        def arrived(stage: Stage) -> None:
            calls = self._waiting.pop(key, [])
            if key[0] != self._study_turn:
                return
            guest = self._guests.get(series.uid)
            caption = caption_of(study, series, guest[1] if guest else None)
            opened = OpenSeries(series, stage, stage.first_state(), caption)
            opened.state.set_heat(self._heat)
            self.shelf.put(opened)
            self._reach_goal(opened)
            self.opened_series.emit(series.uid)
            for call in calls:
                call(opened)

        def lost(reason: str) -> None:
            self._waiting.pop(key, None)
            if key[0] == self._study_turn:
                failed(reason)

        self._page.ask(
            lambda progress: load_stage(session, series, progress),
            arrived,
            lane=Lane.IO,
            failed=lost,
        )

    def _reach_goal(self, opened: OpenSeries) -> None:
        if self._goal is not None and self._goal[0] == opened.series.uid:
            opened.state.move_cursor(opened.stage.snap(self._goal[1]))
            self._goal = None

    def _show_planes(self, opened: OpenSeries) -> None:
        self._reach_goal(opened)
        uid = opened.series.uid
        self.grid.show_stage(opened.stage, opened.state, opened.caption, uid)
        self.shown.emit()
        self._fetch_overlays(opened)
        self._fetch_thumbnails()

    def _fetch_overlays(self, opened: OpenSeries) -> None:
        """Fetch what the last run laid over a series; 3-D follows once it is there."""
        if self._opened is None:
            return
        turn, session, stage = self._turn, self._page.context.session, opened.stage
        run = last_run(self._opened, opened.series.uid)
        if run is None:
            self._show_overlays(opened, Laid(Overlays(), None))
            return

        def show(laid: Laid) -> None:
            if turn == self._turn:
                self._show_overlays(opened, laid)

        self._page.ask(
            lambda progress: load_overlays(session, run, stage, progress), show, lane=Lane.IO
        )

    def _show_overlays(self, opened: OpenSeries, laid: Laid) -> None:
        opened.overlays = laid.overlays
        self.grid.show_overlays(laid.overlays, opened.series.uid)
        turn = self._turn
        # The planes are painted first; only then does the 3-D process get to work.
        QTimer.singleShot(0, self, lambda: self._show_in_3d(turn, opened, laid))

    def _show_in_3d(self, turn: int, opened: OpenSeries, laid: Laid) -> None:
        if turn == self._turn and opened.series is self._series:
            self.grid.show_volume(opened.stage, laid.labels, opened.caption)

    def _fetch_thumbnails(self) -> None:
        """Draw the strip's pictures that are not there yet, from the middle slices alone."""
        if self._opened is None:
            return
        session = self._page.context.session
        for one in self._opened.series:
            if not self.strip.wants_thumbnail(one.uid):
                continue
            self._page.ask(
                partial(load_thumbnail, session, one),
                partial(self.strip.show_thumbnail, one.uid),
                lane=Lane.IO,
                failed=lambda _: None,  # a strip without one picture still works
            )
