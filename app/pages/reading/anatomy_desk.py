"""The reader and the anatomy model: measures the open series, shows what was measured of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget

from app.accounts.permissions import Permission
from app.pages.page import Page
from app.pages.reading.anatomy_colours import COLOURS, FAINT
from app.pages.reading.anatomy_panel import AnatomyPanel
from app.pages.reading.anatomy_words import standing_sentences
from app.pages.reading.images import StudyImages
from app.pages.reading.ordering import Ordering
from app.tasks import Lane
from app.widgets.buttons import tool
from app.workflow import measuring
from app.workflow.orders import Order, OrderKind
from app.workflow.reading import OpenedStudy
from inference.models.structures import STRUCTURES, label_names
from inference.pipeline.anatomy_gate import judge_anatomy
from inference.pipeline.anatomy_outcome import AnatomyRun
from inference.pipeline.gate import Verdict
from viewer.canvas.structure_layer import StructureLayer

_NAMES = label_names()


class AnatomyDesk(QObject):
    """Joins the panel with the images; ``toggled`` tells that it was opened or closed.

    The button is hidden where no model ships. Structures are drawn while the panel is open.
    """

    toggled = Signal()

    def __init__(self, page: Page, images: StudyImages) -> None:
        super().__init__(page)
        self._page, self._images = page, images
        self.layer, self.panel = StructureLayer(COLOURS, FAINT), AnatomyPanel()
        self.stack = QStackedWidget()
        self.button = _button(self._toggle)
        if page.context.workstation.anatomy is None:
            self.button.hide()  # showing it before it has a parent would open it as a window
        self._study: OpenedStudy | None = None
        self._runs: tuple[AnatomyRun, ...] = ()
        self._orders = Ordering(page, OrderKind.ANATOMY)
        self._orders.moved.connect(self._order_moved)
        self._shown_run = ""
        self._leave: Callable[[], None] | None = None
        self.panel.wanted.connect(self.measure)
        self.panel.cancelled.connect(self.cancel)
        self.panel.closed.connect(self.button.click)
        self.panel.chosen.connect(self._jump)
        self.panel.opacity.connect(self._set_opacity)
        images.series_changed.connect(self.refresh)
        images.shown.connect(self.refresh)

    @property
    def is_open(self) -> bool:
        """Whether the panel stands where else the report does."""
        return self.button.isChecked()

    def beside(self, report: QWidget) -> QWidget:
        """Return the place that shows the report, or the panel instead of it."""
        self.stack.addWidget(report)
        self.stack.addWidget(self.panel)
        return self.stack

    def show_study(self, opened: OpenedStudy) -> None:
        """Show what was measured of a study as it was just read."""
        self._study, self._runs = opened, opened.anatomy
        self.refresh()

    def refresh(self) -> None:
        """Show the newest measuring of the series on the screen, and whether it may be measured."""
        series, study, stage = self._images.series, self._study, self._images.stage
        run = self._newest(series.uid) if series else None
        if not self.is_open or study is None or series is None or stage is None:
            self._lay(None, None)
            return
        self._follow()
        sentences = standing_sentences(run, study.patient, study.study) if run else ()
        self.panel.show_run(run, sentences)
        self.panel.follow(self._orders.running(series.uid), self._orders.why_ended(series.uid))
        self._fetch(run)
        self._judge()

    def measure(self) -> None:
        """Measure the series on the screen, after the analyses that were asked for before."""
        series, meter = self._images.series, self._page.context.workstation.anatomy
        if series is None or meter is None or self._orders.running(series.uid):
            return
        session, uid = self._page.context.session, series.uid
        self._orders.start(
            series.study_uid,
            uid,
            lambda progress: measuring.measure(session, uid, meter, progress),
            "The measuring was cancelled; nothing was stored.",
        )
        self.panel.follow(self._orders.running(uid))

    def cancel(self) -> None:
        """End at once what is being measured of the series on the screen."""
        if (series := self._images.series) is not None:
            self._orders.stop(series.uid)

    def leave(self) -> None:
        """Hear nothing any more; what is being measured goes on."""
        self._orders.leave()

    def _order_moved(self, order: Order) -> None:
        study, series = self._study, self._images.series
        if order.over and not order.sentence and study and study.study.uid == order.study_uid:
            session = self._page.context.session
            self._page.ask(lambda _: measuring.measurings(session, order.study_uid), self._read)
        if series is None or series.uid != order.series_uid:
            return
        if not order.over:
            self.panel.follow(order)
        elif order.sentence:
            self.panel.follow(None, self._orders.why_ended(series.uid))
            self._judge()

    def _read(self, runs: tuple[AnatomyRun, ...]) -> None:
        if self._study is not None and all(run.study_uid == self._study.study.uid for run in runs):
            self._runs = runs
            self.refresh()

    def _toggle(self) -> None:
        self.stack.setCurrentIndex(1 if self.is_open else 0)
        self.refresh()
        self.toggled.emit()

    def _newest(self, series_uid: str) -> AnatomyRun | None:
        return next((run for run in self._runs if run.series_uid == series_uid), None)

    def _judge(self) -> None:
        """Ask the header and the picture whether the model fits, off the GUI thread."""
        series, stage, study = self._images.series, self._images.stage, self._images.study
        self.panel.allow("", may=False)
        if series is None or stage is None or study is None:
            return
        may = self._page.context.session.can(Permission.RUN_AI)
        known = measuring.lesion_ml(study.findings)

        def show(verdict: Verdict) -> None:
            now = self._images.series
            if now is not None and now.uid == series.uid:
                idle = self._orders.running(series.uid) is None
                self.panel.allow(verdict.reason, may=may and idle)

        self._page.ask(lambda _: judge_anatomy(series, stage.volume, known), show, lane=Lane.IO)

    def _fetch(self, run: AnatomyRun | None) -> None:
        """Fetch the label map of a measuring and draw it."""
        if run is None or not run.label_file:
            self._lay(None, None)
            return
        if run.id == self._shown_run:
            return
        session = self._page.context.session

        def show(labels: NDArray[np.uint8] | None) -> None:
            now = self._images.series
            if self.is_open and now is not None and now.uid == run.series_uid:
                self._lay(run, labels)

        self._page.ask(lambda _: measuring.load_structures(session, run.id), show, lane=Lane.IO)

    def _lay(self, run: AnatomyRun | None, labels: NDArray[np.uint8] | None) -> None:
        stage = self._images.stage
        fits = (
            stage is not None and labels is not None and labels.shape == stage.volume.voxels.shape
        )
        if run is None or labels is None or stage is None or not fits:
            self._shown_run = ""
            self.layer.clear()
        else:
            hidden = {v for s in STRUCTURES if s.name in run.withheld for v in (s.left, s.right)}
            self.layer.show(run.series_uid, labels, stage.volume, frozenset(hidden))
            self._shown_run = run.id
        self._name_here()
        self._images.grid.refresh()

    def _jump(self, values: tuple[int, int]) -> None:
        middle, series = self.layer.middle_of(values[0]), self._images.series
        self.layer.select(frozenset(values))
        if middle is not None and series is not None:
            self._images.go_to(series.uid, middle)
        self._images.grid.refresh()

    def _set_opacity(self, opacity: float) -> None:
        self.layer.set_opacity(opacity)
        self._images.grid.refresh()

    def _follow(self) -> None:
        """Name the structure under the crosshair of the series on the screen."""
        if self._leave is not None:
            self._leave()
        state = self._images.state
        self._leave = state.listen(self._name_here) if state is not None else None

    def _name_here(self) -> None:
        state = self._images.state
        value = self.layer.value_at(state.cursor_mm) if state is not None else 0
        self.panel.show_here(_NAMES.get(value, ""))


def _button(toggle: Callable[[], None]) -> QToolButton:
    tip = "Measure anatomy: volumes by structure"
    made = tool("anatomy", tip, toggle, name="toolAnatomy", key="Ctrl+M")
    made.setCheckable(True)
    return made
