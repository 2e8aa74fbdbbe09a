"""Correcting outlines by hand: the brush, what it may paint on, and filling between slices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.pages.page import Page
from app.pages.reading.images import StudyImages
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.text import label
from app.workflow import labelling
from viewer.canvas.label_layer import LabelLayer
from viewer.canvas.label_sheet import LabelSheet
from viewer.canvas.tools.toolbox import make_label_tools
from viewer.geometry.planes import Plane
from viewer.records import LabelChange, Volume

_RADIUS_MM = (1, 30)


class BrushPanel(QObject):
    """Opens the active series for painting while a brush is chosen, and keeps each stroke."""

    def __init__(self, page: Page, images: StudyImages) -> None:
        super().__init__(page)
        self._page, self._images = page, images
        self.sheet = LabelSheet(self)
        self.layer = LabelLayer(self.sheet)
        self.tools = make_label_tools(self.sheet)
        self._run_id = ""
        self._wanted = False
        self.sheet.listen(self._show)
        self.panel = self._arrange()
        images.series_changed.connect(self.refresh)
        images.runs_changed.connect(self.refresh)

    def put(self, change: LabelChange) -> None:
        """Store a stroke; where that fails, show again what is stored."""
        session, run_id = self._page.context.session, self._run_id

        def failed(reason: str) -> None:
            self._page.complain(reason)
            self.refresh()

        self._page.ask(
            lambda _: labelling.put_stroke(session, change, run_id), lambda _: None, failed=failed
        )

    def choose(self, *, painting: bool) -> None:
        """A brush was chosen, or another tool."""
        self._wanted = painting
        self.panel.setVisible(painting)
        if painting:
            self.refresh()
        else:
            self.sheet.close()
            study = self._images.study
            if study is not None:
                self._images.refresh(study)

    def refresh(self) -> None:
        """Read the label map of the active series as it is stored."""
        series, study, stage = self._images.series, self._images.study, self._images.stage
        if not self._wanted or series is None or study is None or stage is None:
            self.sheet.close()
            return
        run = self._images.fetcher.run_of(series.uid)
        self._run_id = run.id if run and run.label_file else ""
        session, run_id, uid = self._page.context.session, self._run_id, series.uid

        def show(labels: object) -> None:
            now = self._images.series
            if self._wanted and now is not None and now.uid == uid:
                self.sheet.open(study.study.uid, uid, stage.volume, labels)  # type: ignore[arg-type]  # what load_corrected gave

        self._page.ask(lambda _: labelling.load_corrected(session, uid, run_id), show, lane=Lane.IO)

    def _fill(self) -> None:
        framing, volume = self._images.grid.active.framing(), self.sheet.volume
        if framing is not None and volume is not None:
            self.sheet.fill_between(_across(volume, framing.plane))

    def _restyle(self) -> None:
        window = self._images.state.window if self._images.state else None
        held = self._threshold.isChecked() and window is not None
        between = (window.centre, float("inf")) if held and window else None
        self.sheet.set_style(
            replace(
                self.sheet.style,
                radius_mm=float(self._radius.value()),
                ball=self._ball.isChecked(),
                between=between,
            )
        )

    def _show(self) -> None:
        ml = self.sheet.volume_ml(self.sheet.style.value)
        self._volume.setText("" if ml is None else f"{ml:.2f} ml")
        self._size.setText(f"{self.sheet.style.radius_mm:.0f} mm")
        self._images.grid.refresh()

    def _arrange(self) -> QWidget:
        panel = QWidget()
        panel.setObjectName("brushPanel")
        self._radius = QSlider(Qt.Orientation.Horizontal)
        self._radius.setObjectName("brushRadius")
        self._radius.setAccessibleName("Radius of the brush in mm")
        self._radius.setRange(*_RADIUS_MM)
        self._radius.setValue(5)
        self._size, self._volume = label("5 mm", "caption"), label("", "strong")
        self._volume.setObjectName("brushVolume")
        self._ball = QCheckBox("Ball")
        self._ball.setToolTip("Paint in all directions, not on this slice alone")
        self._threshold = QCheckBox("Only what is brighter than the window's centre")
        fill = button(
            "Fill between slices",
            self._fill,
            name="brushFill",
            kind="quiet",
            tip="Fill the empty slices between painted ones, across the active view",
        )
        self._radius.valueChanged.connect(lambda *_: self._restyle())
        self._ball.toggled.connect(lambda *_: self._restyle())
        self._threshold.toggled.connect(lambda *_: self._restyle())
        first = QHBoxLayout()
        first.addWidget(label("Brush", "strong"))
        first.addWidget(self._radius, 1)
        first.addWidget(self._size)
        first.addWidget(self._ball)
        second = QHBoxLayout()
        second.addWidget(self._volume)
        second.addStretch(1)
        second.addWidget(fill)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(first)
        column.addWidget(self._threshold)
        column.addLayout(second)
        panel.hide()
        return panel


def _across(volume: Volume, plane: Plane) -> int:
    """The axis of (slices, rows, columns) the shown plane lies across, however it is stored."""
    steps = np.linalg.inv(volume.affine)[:3, :3] @ np.array(plane.normal)
    return 2 - int(np.argmax(np.abs(steps)))
