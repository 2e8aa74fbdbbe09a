"""Correcting outlines by hand: the brush, what it may paint on, and filling between slices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.pages.page import Page
from app.pages.reading.images import StudyImages
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.text import label
from app.workflow import labelling
from app.workflow.labelling import FIRST_OWN
from app.workflow.reading import OpenedStudy
from inference.records import Finding
from viewer.canvas.label_layer import LabelLayer
from viewer.canvas.label_sheet import LabelSheet
from viewer.canvas.tools.toolbox import make_label_tools
from viewer.geometry.planes import Plane
from viewer.records import LabelChange, Series, Volume

_RADIUS_MM = (1, 30)
_AGAIN_MS = 100


class BrushPanel(QObject):
    """Opens the active series for painting while a brush is chosen, and keeps each stroke.

    ``opened`` carries series and Volume of a map that can be painted on, ``painted`` series and run
    of a stroke that is stored; ``finding_wanted`` says that what was drawn shall be a finding.
    """

    opened = Signal(str, object)
    painted = Signal(str, str)
    finding_wanted = Signal()

    def __init__(self, page: Page, images: StudyImages) -> None:
        super().__init__(page)
        self._page, self._images = page, images
        self.sheet = LabelSheet(self)
        self.layer = LabelLayer(self.sheet)
        self.tools = make_label_tools(self.sheet)
        self._run_id = ""
        self._wanted = False
        self._aimed: Finding | None = None
        self._storing, self._strokes, self._asked, self._late = 0, 0, 0, False
        self._open_map = ("", "")
        self.sheet.listen(self._show)
        self.panel = self._arrange()
        images.series_changed.connect(self.refresh)
        images.runs_changed.connect(self.refresh)

    def put(self, change: LabelChange) -> None:
        """Store a stroke, then tell; where that fails, show again what is stored."""
        session, run_id = self._page.context.session, self._run_id
        self._storing += 1
        self._strokes += 1

        def stored(_: None) -> None:
            self._stored()
            self.painted.emit(change.series_uid, run_id)

        def failed(reason: str) -> None:
            self._late = True
            self._stored()
            self._page.complain(reason)

        self._page.ask(
            lambda _: labelling.put_stroke(session, change, run_id), stored, failed=failed
        )

    def _stored(self) -> None:
        """Read the map anew where that was asked for while a stroke was on its way to the disk."""
        self._storing -= 1
        if self._late and not self._storing:
            self.refresh()

    def aim(self, finding: Finding | None) -> None:
        """Correct the outline of this finding from now on; without one, draw an own one."""
        before, self._aimed = self._aimed, finding
        if _outline_of(before) != _outline_of(finding):
            self._new.setChecked(False)
            self.refresh()

    @property
    def own_value(self) -> int:
        """The label value of the reader's own outline that is being drawn; 0 where none is."""
        return 0 if self._target() is not None else self.sheet.style.value

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
        self._take_aim(study, series)
        session, run_id, uid = self._page.context.session, self._run_id, series.uid
        if (uid, run_id) != self._open_map:
            self.sheet.close()  # a stroke meanwhile would be laid on another map
        self._late = False
        self._asked += 1
        asked, strokes = self._asked, self._strokes

        def show(labels: object) -> None:
            now = self._images.series
            if asked != self._asked or not self._wanted or now is None or now.uid != uid:
                return
            if self._storing:
                self._late = True  # what was read lacks the stroke that is on the sheet
            elif strokes != self._strokes or self.sheet.in_stroke:
                QTimer.singleShot(_AGAIN_MS, self, self.refresh)
            else:
                self._open_map = (uid, run_id)
                self.opened.emit(uid, stage.volume)
                self.sheet.open(study.study.uid, uid, stage.volume, labels)  # type: ignore[arg-type]  # what load_corrected gave

        self._page.ask(lambda _: labelling.load_corrected(session, uid, run_id), show, lane=Lane.IO)

    def _target(self) -> Finding | None:
        """The finding whose outline is corrected; None while an own one is drawn."""
        series, aimed = self._images.series, None if self._new.isChecked() else self._aimed
        drawn = aimed is not None and aimed.label_value and series is not None
        return aimed if drawn and series and aimed and aimed.series_uid == series.uid else None

    def _take_aim(self, study: OpenedStudy, series: Series) -> None:
        """Choose the map and the label value; an outline that is no finding yet is gone on with."""
        target = self._target()
        if target is None:
            used = {
                one.label_value
                for one in study.findings
                if one.by_reader and one.series_uid == series.uid
            }
            value = next(one for one in range(255, FIRST_OWN - 1, -1) if one not in used)
            self._run_id, words = "", "A new outline of your own"
        else:
            value, self._run_id = target.label_value, target.run_id
            words = f"Outline of: {target.label}"
        self._words.setText(words)
        self.sheet.set_style(replace(self.sheet.style, value=value))

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
        self._make.setVisible(bool(self.own_value and ml != 0.0 and self.sheet.volume))
        self._size.setText(f"{self.sheet.style.radius_mm:.0f} mm")
        self._images.grid.refresh()

    def _target_row(self) -> QHBoxLayout:
        """What is painted on, the way to an outline of one's own, and the finding it can be."""
        self._words = label("", "caption", wrap=True)
        self._words.setObjectName("brushTarget")
        self._new = button(
            "New outline",
            self.refresh,
            name="brushNew",
            kind="quiet",
            tip="Draw an outline of your own instead of correcting the chosen finding's",
        )
        self._new.setCheckable(True)
        self._make = button(
            "Add as finding",
            self.finding_wanted.emit,
            name="brushFinding",
            tip="Make what you drew a finding of your own, with its size and place",
        )
        row = QHBoxLayout()
        row.addWidget(self._words, 1)
        row.addWidget(self._make)
        row.addWidget(self._new)
        return row

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
        column.addLayout(self._target_row())
        column.addLayout(first)
        column.addWidget(self._threshold)
        column.addLayout(second)
        panel.hide()
        return panel


def _outline_of(finding: Finding | None) -> tuple[str, str, int] | None:
    return None if finding is None else (finding.id, finding.run_id, finding.label_value)


def _across(volume: Volume, plane: Plane) -> int:
    """The axis of (slices, rows, columns) the shown plane lies across, however it is stored."""
    steps = np.linalg.inv(volume.affine)[:3, :3] @ np.array(plane.normal)
    return 2 - int(np.argmax(np.abs(steps)))
