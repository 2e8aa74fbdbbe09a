"""The images of the open study: which series are on the screen, their views and the strip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.pages.page import Page
from app.pages.reading.fetching import SeriesFetcher
from app.pages.reading.loading import Laid, first_series, prior_names
from app.pages.reading.open_series import OpenSeries, SeriesShelf
from app.pages.reading.series_strip import SeriesStrip, thumbnail
from app.workflow.reading import OpenedStudy, Prior
from inference.records import Finding
from viewer.canvas.grid import ViewGrid
from viewer.canvas.hanging import Hanging
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import Stage
from viewer.canvas.state import HeatStyle, ViewState
from viewer.geometry.planes import PlaneKind
from viewer.records import Series, Vector3


class StudyImages(QObject):
    """Puts series of a study on the views; ``shown`` tells when the active one's planes are there.

    The active series is the one of the active cell, as long as that is of the open study: findings
    and the brush are about it. Menus are about the active cell itself, which may show a prior.
    """

    series_changed = Signal()
    shown = Signal()
    opened_series = Signal(str)
    laid_out = Signal(object)
    put_on_screen = Signal(str)
    prior_wanted = Signal(str)
    runs_changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self.strip, self.grid = SeriesStrip(), ViewGrid()
        self.shelf = SeriesShelf(page.context.workstation.preferences.memory_budget_mb)
        self.fetcher = SeriesFetcher(page, self.shelf)
        self.heats = self.fetcher.heats
        self._series: Series | None = None
        self._goal: tuple[str, Vector3, int | None] | None = None
        self._turn = 0
        self.laid_over = ""
        self.strip.chosen.connect(self.choose)
        self.grid.active_changed.connect(self._follow_active)
        self.grid.series_dropped.connect(self.put_in)
        self.fetcher.arrived.connect(self._arrived)

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
        return self.fetcher.study

    @property
    def looked_at(self) -> Series | None:
        """The series of the active cell, which may be of an earlier study."""
        return self.fetcher.find(self.grid.active.series_uid) or self._series

    def clear(self, notice: str) -> None:
        """Forget the study; whatever is still on its way is dropped."""
        self._turn += 1
        self._series, self._goal = None, None
        self.strip.clear()
        self.grid.clear(notice)
        self.fetcher.begin(None)

    def open(self, opened: OpenedStudy) -> None:
        """Show a study, beginning with the series most worth reading."""
        self.clear("Opening…")
        self.fetcher.begin(opened)
        self.grid.set_planes()
        self.strip.show_series(opened.series)
        series = first_series(opened)
        if series is None:
            self.grid.clear("This study has no series.")
        else:
            self._open_series(series)
            self.grid.active.setFocus()

    def show_priors(self, priors: tuple[Prior, ...]) -> None:
        """List the earlier studies of the patient below the series."""
        self.fetcher.show_priors(priors)
        for name, prior in zip(prior_names(priors), priors, strict=True):
            self.strip.show_prior(name, prior.series)

    def refresh(self, opened: OpenedStudy) -> None:
        """Take over new findings and runs of the study, and lay the newest run over the images."""
        self.fetcher.study = opened
        for one in self.shelf.all():
            self._fetch_overlays(one)

    def choose(self, series_uid: str) -> None:
        """Show another series: in the planes, or in the active cell of a layout of series.

        A series of an earlier study is never shown alone: it is asked for beside the active one.
        """
        if not self.grid.of_planes:
            self.put_in(self.grid.cells.index(self.grid.active), series_uid)
        elif self.fetcher.is_prior(series_uid):
            self.prior_wanted.emit(series_uid)
        elif self._series is None or self._series.uid != series_uid:
            chosen = self.fetcher.find(series_uid)
            if chosen is not None:
                self._open_series(chosen)

    def put_in(self, cell: int, series_uid: str, kind: PlaneKind = PlaneKind.NATIVE) -> None:
        """Show a series in one cell of a layout of series; in the planes, show it there."""
        series = self.fetcher.find(series_uid)
        if series is None:
            return
        if self.grid.of_planes:
            self.choose(series_uid)
            return
        turn, view = self._turn, self.grid.cells[cell]
        self.grid.clear_cell(cell, self.fetcher.notice(series))
        view.series_uid = series_uid  # it is kept in memory from now on

        def wanted() -> bool:
            here = turn == self._turn and cell < len(self.grid.cells)
            return here and view.series_uid == series_uid

        def show(opened: OpenSeries) -> None:
            if wanted():
                self.grid.show_in(
                    cell, series_uid, opened.stage, opened.state, opened.caption, kind
                )
                self.grid.show_overlays(opened.overlays, series_uid)
                self._reach_goal(opened)
                self._follow_active()
                self._fetch_overlays(opened)
                self.put_on_screen.emit(series_uid)

        def fail(reason: str) -> None:
            if wanted():
                self.grid.clear_cell(cell, reason)

        self.fetcher.fetch(series, self._on_screen(), show, fail)

    def hang(self, hanging: Hanging) -> None:
        """Lay the screen out and fill it: series in cells, or the planes of the active series."""
        if self.study is None or self._series is None:
            return
        self.laid_out.emit(hanging)
        if hanging.of_planes:
            self.grid.set_planes()
            self._open_series(self._series)
        else:
            self._turn += 1
            self.grid.set_layout(hanging.rows, hanging.columns)
            for number, cell in enumerate(hanging.cells[: len(self.grid.cells)]):
                if cell.series_uid:
                    self.put_in(number, cell.series_uid, cell.kind)
                else:
                    self.grid.clear_cell(number, cell.notice)

    def load(
        self, series_uid: str, done: Callable[[str], None], failed: Callable[[str], None]
    ) -> None:
        """Have a series ready without showing it."""
        series = self.fetcher.find(series_uid)
        if series is None:
            failed("There is no such series.")
            return
        self.fetcher.fetch(series, self._on_screen(), lambda _: done(series_uid), failed)

    def swap(self, series_uid: str) -> None:
        """Show another volume of the active series in its place, looked at in the same way."""
        series, before = self.fetcher.find(series_uid), self._active()
        if series is None or before is None or series.uid == before.series.uid:
            return
        turn = self._turn

        def show(opened: OpenSeries) -> None:
            if turn != self._turn or self._series is None:
                return
            opened.state.look_like(before.state)
            for view in self._views_of(before.series.uid):
                view.show_stage(opened.stage, opened.state, opened.caption, series_uid=series_uid)
            self._series = series
            self.series_changed.emit()
            self.put_on_screen.emit(series_uid)

        def fail(reason: str) -> None:
            if turn == self._turn:
                self._page.complain(reason)

        self.fetcher.fetch(series, self._on_screen(), show, fail)

    def badge(self, series_uid: str, words: str) -> None:
        """Say in the corner of a series' views how it lies to the one beside it."""
        opened = self.shelf.get(series_uid)
        if opened is not None:
            opened.caption = opened.caption.noted(words)
            for view in self._views_of(series_uid):
                view.caption = opened.caption
                view.refresh()

    def select(self, finding: Finding | None) -> None:
        """Emphasise the outline of a finding, in every view of its series; drawn by its own run."""
        before = {one.series.uid: self.fetcher.run_of(one.series.uid) for one in self.shelf.all()}
        self.fetcher.chosen = finding
        for one in self.shelf.all():
            here = finding is not None and finding.series_uid == one.series.uid
            one.state.select(finding.label_value if here and finding else 0)
            if self.fetcher.run_of(one.series.uid) != before[one.series.uid]:
                self._fetch_overlays(one)
                self.runs_changed.emit()

    def jump(self, finding: Finding) -> None:
        """Put the crosshair on a finding, opening its series first where that is another one.

        The slice is the one its row names, where it is largest, and not that of its centre.
        """
        series_uid = finding.series_uid or (self._series.uid if self._series else "")
        self.go_to(series_uid, finding.centre_mm, finding.slice_index)

    def go_to(self, series_uid: str, point_mm: Vector3, k: int | None = None) -> None:
        """Put the crosshair on a point of a series, opening it first where it is not shown.

        ``k`` is the stored slice to show, counted from zero; None: the one the point lies in.
        """
        opened = self.shelf.get(series_uid)
        if opened is not None and series_uid in self._on_screen():
            opened.state.move_cursor(opened.stage.snap(point_mm, k))
            return
        self._goal = (series_uid, point_mm, k)
        self.choose(series_uid)

    def set_heat(self, style: HeatStyle) -> None:
        """Draw the heat map like this, now and for the next series."""
        self.fetcher.heat = style
        for one in self.shelf.all():
            one.state.set_heat(style)

    def close(self) -> None:
        """End the rendering process."""
        self.grid.volume.close_renderer()

    def _active(self) -> OpenSeries | None:
        return self.shelf.get(self._series.uid) if self._series else None

    def _on_screen(self) -> set[str]:
        shown = {view.series_uid for view in self.grid.cells}
        return {uid for uid in (*shown, self.laid_over) if uid}

    def _views_of(self, series_uid: str) -> list[SliceView]:
        return [view for view in self.grid.cells if view.series_uid == series_uid]

    def _follow_active(self) -> None:
        """The series of the active cell is the one findings and menus are about."""
        series = self.fetcher.find(self.grid.active.series_uid)
        if series is None or self.grid.active.stage is None:
            return
        self.strip.mark(series.uid)
        if series is not self._series and not self.fetcher.is_prior(series.uid):
            self._series = series
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
        self.grid.clear(self.fetcher.notice(series))
        self.series_changed.emit()

        def show(opened: OpenSeries) -> None:
            if turn == self._turn:
                self._show_planes(opened)

        def fail(reason: str) -> None:
            if turn == self._turn:
                self.grid.clear(reason)

        self.fetcher.fetch(series, self._on_screen(), show, fail)

    def _arrived(self, opened: OpenSeries) -> None:
        uid = opened.series.uid
        self._reach_goal(opened)
        if self.strip.wants_thumbnail(uid) and self.fetcher.is_prior(uid):
            middle = opened.stage.volume.voxels[opened.series.shape[0] // 2]
            self.strip.show_thumbnail(uid, thumbnail(middle))
        self.opened_series.emit(uid)

    def _reach_goal(self, opened: OpenSeries) -> None:
        if self._goal is not None and self._goal[0] == opened.series.uid:
            opened.state.move_cursor(opened.stage.snap(*self._goal[1:]))
            self._goal = None

    def _show_planes(self, opened: OpenSeries) -> None:
        self._reach_goal(opened)
        uid = opened.series.uid
        self.grid.show_stage(opened.stage, opened.state, opened.caption, uid)
        self.shown.emit()
        self.put_on_screen.emit(uid)
        self._fetch_overlays(opened)
        self.fetcher.thumbnails(self.strip)

    def _fetch_overlays(self, opened: OpenSeries) -> None:
        """Fetch what a run laid over a series; 3-D follows once it is there."""
        turn = self._turn

        def show(laid: Laid) -> None:
            opened.overlays = laid.overlays
            self.grid.show_overlays(laid.overlays, opened.series.uid)
            # The planes are painted first; only then does the 3-D process get to work.
            QTimer.singleShot(0, self, lambda: self._show_in_3d(turn, opened, laid))

        self.fetcher.overlays(opened, show)

    def _show_in_3d(self, turn: int, opened: OpenSeries, laid: Laid) -> None:
        if turn == self._turn and opened.series is self._series:
            self.grid.show_volume(opened.stage, laid.labels, opened.caption)
