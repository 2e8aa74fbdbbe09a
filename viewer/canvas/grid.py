"""The four views of one study, two by two; a double click shows one of them alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.canvas import colours
from viewer.canvas.captions import Caption
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import ViewState
from viewer.canvas.turns import PaintTurns
from viewer.canvas.volume_view import Volume3DView
from viewer.geometry.planes import PlaneKind

_PLACES = {PlaneKind.AXIAL: (0, 0), PlaneKind.SAGITTAL: (0, 1), PlaneKind.CORONAL: (1, 0)}


class ViewGrid(QWidget):
    """Axial, sagittal and coronal planes and the 3-D view, all following one state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewGrid")
        turns = PaintTurns(self)
        self.slices = {kind: SliceView(kind, self, turns) for kind in _PLACES}
        self.volume = Volume3DView(self)
        self._alone: QWidget | None = None
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for kind, view in self.slices.items():
            layout.addWidget(view, *_PLACES[kind])
            view.maximise_requested.connect(self._toggle_sender)
        layout.addWidget(self.volume, 1, 1)
        self.volume.maximise_requested.connect(self._toggle_sender)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The seams between the views, dark in every theme."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(*colours.SEAM))
        painter.end()

    @property
    def alone(self) -> QWidget | None:
        """The view that is shown by itself, or None when there are four."""
        return self._alone

    def show_stage(self, stage: Stage, state: ViewState, caption: Caption) -> None:
        """Show a volume in the three planes, one a turn; the 3-D view follows by show_volume."""
        for view in self.slices.values():
            view.show_stage(stage, state, caption, in_turn=True)
        self.volume.clear("Rendering…" if stage.measured else "No 3-D: geometry unknown.")

    def show_overlays(self, overlays: Overlays) -> None:
        """Lay outlines and heat over the three planes."""
        for view in self.slices.values():
            view.show_overlays(overlays)

    def show_volume(self, stage: Stage, labels: NDArray[np.uint8] | None, caption: Caption) -> None:
        """Draw the volume in 3-D where its geometry allows it."""
        if stage.measured:
            self.volume.show_volume(stage.volume, labels, caption)

    def clear(self, notice: str = "") -> None:
        """Show a sentence in the first view and nothing elsewhere."""
        for kind, view in self.slices.items():
            view.clear(notice if kind is PlaneKind.AXIAL else "")
        self.volume.clear()

    def toggle_alone(self, view: QWidget) -> None:
        """Show one view by itself, or all four again."""
        self._alone = None if self._alone is view else view
        for other in (*self.slices.values(), self.volume):
            other.setVisible(self._alone in {None, other})
        view.setFocus()

    def _toggle_sender(self) -> None:
        view = self.sender()
        if isinstance(view, QWidget):
            self.toggle_alone(view)
