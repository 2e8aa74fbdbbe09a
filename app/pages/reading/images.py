"""The images of the open study: which series is on the screen, its views and its strip.

Everything is fetched off the GUI thread; what arrives for a series that is no longer shown is
dropped.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from app.pages.page import Page
from app.pages.reading.loading import (
    Laid,
    caption_of,
    first_series,
    last_run,
    load_overlays,
    load_stage,
)
from app.pages.reading.series_strip import SeriesStrip, thumbnail
from app.tasks import Lane
from app.workflow import reading
from app.workflow.reading import OpenedStudy
from app.workflow.session import Session
from inference.records import Finding
from viewer.canvas.grid import ViewGrid
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import HeatStyle, ViewState
from viewer.ports import Progress
from viewer.records import Series, Volume


class StudyImages(QObject):
    """Puts one series of a study on the views; ``shown`` tells when its planes are there."""

    series_changed = Signal()
    shown = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self.strip, self.grid = SeriesStrip(), ViewGrid()
        self._opened: OpenedStudy | None = None
        self._series: Series | None = None
        self._stage: Stage | None = None
        self._state: ViewState | None = None
        self._heat = HeatStyle()
        self._goal: Finding | None = None
        self._turn = 0
        self.strip.chosen.connect(self.choose)

    @property
    def state(self) -> ViewState | None:
        """Cursor, window and overlays of the series on the screen."""
        return self._state

    @property
    def series(self) -> Series | None:
        """The series on the screen, or on its way there."""
        return self._series

    def clear(self, notice: str) -> None:
        """Forget the study; whatever is still on its way is dropped."""
        self._turn += 1
        self._opened, self._series, self._stage, self._state = None, None, None, None
        self._goal = None
        self.strip.clear()
        self.grid.clear(notice)

    def open(self, opened: OpenedStudy) -> None:
        """Show a study, beginning with the series most worth reading."""
        self.clear("Opening…")
        self._opened = opened
        self.strip.show_series(opened.series)
        series = first_series(opened)
        if series is None:
            self.grid.clear("This study has no series.")
        else:
            self._open_series(series)

    def refresh(self, opened: OpenedStudy) -> None:
        """Take over new findings and runs of the study, and lay the newest run over the images."""
        self._opened = opened
        if self._stage is not None:
            self._fetch_overlays()

    def choose(self, series_uid: str) -> None:
        """Show another series of the study."""
        if self._opened is None or (self._series and self._series.uid == series_uid):
            return
        chosen = next((one for one in self._opened.series if one.uid == series_uid), None)
        if chosen is not None:
            self._open_series(chosen)

    def select(self, finding: Finding | None) -> None:
        """Emphasise the outline of a finding, if it lies in the series on the screen."""
        if self._state is not None and self._series is not None:
            here = finding is not None and finding.series_uid == self._series.uid
            self._state.select(finding.label_value if here and finding else 0)

    def jump(self, finding: Finding) -> None:
        """Put the crosshair on a finding, opening its series first where that is another one."""
        if self._series is None:
            return
        if finding.series_uid and finding.series_uid != self._series.uid:
            self.choose(finding.series_uid)
            self._goal = finding
        elif self._stage is not None and self._state is not None:
            self._state.move_cursor(self._stage.snap(finding.centre_mm))

    def set_heat(self, style: HeatStyle) -> None:
        """Draw the heat map like this, now and for the next series."""
        self._heat = style
        if self._state is not None:
            self._state.set_heat(style)

    def toggle_crosshair(self) -> None:
        """Draw the crosshair or leave it out."""
        if self._state is not None:
            self._state.toggle_crosshair()

    def reset(self) -> None:
        """Fit every view and take the first window again."""
        if self._state is not None:
            self._state.reset()

    def toggle_layout(self) -> None:
        """Show the view that has the keyboard alone, or all four again."""
        views = list(self.grid.slices.values())
        chosen = next((view for view in views if view.hasFocus()), views[0])
        self.grid.toggle_alone(self.grid.alone or chosen)

    def close(self) -> None:
        """End the rendering process."""
        self.grid.volume.close_renderer()

    def _open_series(self, series: Series) -> None:
        self._turn += 1
        turn, session = self._turn, self._page.context.session
        self._series, self._stage, self._state, self._goal = series, None, None, None
        self.strip.mark(series.uid)
        self.grid.clear("Opening…")
        self.series_changed.emit()

        def show(stage: Stage) -> None:
            if turn == self._turn:
                self._show_stage(stage)

        def fail(reason: str) -> None:
            if turn == self._turn:
                self.grid.clear(reason)

        self._page.ask(
            lambda progress: load_stage(session, series, progress),
            show,
            lane=Lane.IO,
            failed=fail,
        )

    def _show_stage(self, stage: Stage) -> None:
        if self._opened is None or self._series is None:
            return
        self._stage, self._state = stage, stage.first_state()
        self._state.set_heat(self._heat)
        self.grid.show_stage(stage, self._state, caption_of(self._opened, self._series))
        if self._goal is not None:
            self.jump(self._goal)
        self.shown.emit()
        self._fetch_overlays()
        self._fetch_thumbnails(stage)

    def _fetch_overlays(self) -> None:
        """Fetch what the last run laid over the series; 3-D follows once it is there."""
        if self._opened is None or self._series is None or self._stage is None:
            return
        turn, session, stage = self._turn, self._page.context.session, self._stage
        run = last_run(self._opened, self._series.uid)
        if run is None:
            self._show_overlays(Laid(Overlays(), None))
            return

        def show(laid: Laid) -> None:
            if turn == self._turn:
                self._show_overlays(laid)

        self._page.ask(
            lambda progress: load_overlays(session, run, stage, progress), show, lane=Lane.IO
        )

    def _show_overlays(self, laid: Laid) -> None:
        self.grid.show_overlays(laid.overlays)
        turn = self._turn
        # The planes are painted first; only then does the 3-D process get to work.
        QTimer.singleShot(0, self, lambda: self._show_in_3d(turn, laid))

    def _show_in_3d(self, turn: int, laid: Laid) -> None:
        if turn == self._turn and self._stage and self._opened and self._series:
            caption = caption_of(self._opened, self._series)
            self.grid.show_volume(self._stage, laid.labels, caption)

    def _fetch_thumbnails(self, stage: Stage) -> None:
        """Draw the strip's pictures; the series on the screen is not read again."""
        if self._opened is None or self._series is None:
            return
        session = self._page.context.session
        for one in self._opened.series:
            at_hand = stage.volume if one.uid == self._series.uid else None
            self._page.ask(
                partial(_thumbnail, session, one.uid, at_hand),
                partial(self.strip.show_thumbnail, one.uid),
                lane=Lane.IO,
                failed=lambda _: None,  # a strip without one picture still works
            )


def _thumbnail(
    session: Session,
    series_uid: str,
    at_hand: Volume | None,
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> NDArray[np.uint8]:
    return thumbnail(at_hand or reading.load_volume(session, series_uid))
