"""The views of the reading room: three planes with 3-D, or up to five by five of any series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.canvas import colours
from viewer.canvas.captions import Caption
from viewer.canvas.fusion import Fusion
from viewer.canvas.mouse import STANDARD, MouseMap
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import ViewState
from viewer.canvas.tools.tool import Painted, Tool
from viewer.canvas.turns import PaintTurns
from viewer.canvas.volume_view import Volume3DView
from viewer.geometry.planes import PlaneKind

MOST = 5
_PLANES = (PlaneKind.AXIAL, PlaneKind.SAGITTAL, PlaneKind.CORONAL)


class ViewGrid(QWidget):
    """Cells of views; each shows one series in one plane.

    In the layout of planes (``set_planes``) the cells are axial, sagittal and coronal with the 3-D
    view as the fourth; in a layout of series (``set_layout``) each cell is its own. Views of one
    series share a state, so they stay linked. One cell is active: the one last clicked or focused.
    """

    active_changed = Signal()
    series_dropped = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewGrid")
        self._turns = PaintTurns(self)
        self._views: list[SliceView] = []
        self.volume = Volume3DView(self)
        self.volume.maximise_requested.connect(self._toggle_sender)
        self._planes = True
        self._shape = (2, 2)
        self._alone: QWidget | None = None
        self._active: SliceView | None = None
        self._tool: Tool | None = None
        self._painted: Sequence[Painted] = ()
        self._mouse = STANDARD
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self.set_planes()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The seams between the views, dark in every theme."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(*colours.SEAM))
        painter.end()

    # Layout

    @property
    def cells(self) -> tuple[SliceView, ...]:
        """The slice views on the screen, row by row."""
        rows, columns = self._shape
        return tuple(self._views[: 3 if self._planes else rows * columns])

    @property
    def slices(self) -> dict[PlaneKind, SliceView]:
        """The three planes by name, in the layout of planes."""
        return dict(zip(_PLANES, self._views[:3], strict=True)) if self._planes else {}

    @property
    def of_planes(self) -> bool:
        """Whether this is the layout of three planes with the 3-D view."""
        return self._planes

    @property
    def active(self) -> SliceView:
        """The cell last clicked or focused; the first one before that."""
        cells = self.cells
        return self._active if self._active in cells and self._active else cells[0]

    @property
    def alone(self) -> QWidget | None:
        """The view that is shown by itself, or None when there are all."""
        return self._alone

    def set_planes(self) -> None:
        """Three planes of one series and its 3-D view, two by two."""
        self._planes, self._shape = True, (2, 2)
        self._arrange()

    def set_layout(self, rows: int, columns: int) -> None:
        """So many cells, each for a series of its own; at most five by five."""
        if not (1 <= rows <= MOST and 1 <= columns <= MOST):
            raise ValueError(f"no layout of {rows} by {columns}")
        self._planes, self._shape = False, (rows, columns)
        self._arrange()

    def toggle_alone(self, view: QWidget) -> None:
        """Show one view by itself, or all again."""
        self._alone = None if self._alone is view else view
        self._show_cells()
        view.setFocus()

    # Content

    def show_stage(self, stage: Stage, state: ViewState, caption: Caption, uid: str = "") -> None:
        """Show a volume in the three planes, one a turn; the 3-D view follows by show_volume."""
        for kind, view in zip(_PLANES, self.cells, strict=False):
            view.show_stage(stage, state, caption, in_turn=True, kind=kind, series_uid=uid)
        self.volume.clear("Rendering…" if stage.measured else "No 3-D: geometry unknown.")
        self._mark_patients()

    def show_in(
        self,
        cell: int,
        series_uid: str,
        stage: Stage,
        state: ViewState,
        caption: Caption,
        kind: PlaneKind,
    ) -> None:
        """Show a series in one cell."""
        view = self.cells[cell]
        view.show_stage(stage, state, caption, in_turn=True, kind=kind, series_uid=series_uid)
        self._mark_patients()

    def show_overlays(self, overlays: Overlays, series_uid: str | None = None) -> None:
        """Lay outlines and heat over the views of a series, or over all."""
        for view in self.cells:
            if series_uid is None or view.series_uid == series_uid:
                view.show_overlays(overlays)

    def show_fusion(self, fusion: Fusion | None, series_uid: str) -> None:
        """Lay another series over the views of this one, or take it away."""
        for view in self.cells:
            if view.series_uid == series_uid:
                view.show_fusion(fusion)

    def show_volume(self, stage: Stage, labels: NDArray[np.uint8] | None, caption: Caption) -> None:
        """Draw the volume in 3-D where its geometry allows it and the layout has room."""
        if stage.measured and self._planes:
            self.volume.show_volume(stage.volume, labels, caption)
            if (state := self.cells[0].state) is not None:
                self.volume.follow(state)

    def set_tool(self, tool: Tool | None) -> None:
        """Give the left button of every view to a tool, or back to the crosshair."""
        self._tool = tool
        for view in self._views:
            view.set_tool(tool)

    def set_painted(self, painted: Sequence[Painted]) -> None:
        """Draw these over every view, in order."""
        self._painted = painted
        for view in self._views:
            view.set_painted(painted)

    def set_mouse(self, mouse: MouseMap) -> None:
        """Say which button does what, in every view."""
        self._mouse = mouse
        for view in self._views:
            view.set_mouse(mouse)

    def refresh(self) -> None:
        """Paint every view soon."""
        for view in self.cells:
            view.refresh()

    def clear(self, notice: str = "") -> None:
        """Show a sentence in the first view and nothing elsewhere."""
        for number, view in enumerate(self._views):
            view.clear(notice if number == 0 else "")
        self.volume.clear()
        self._mark_patients()

    def clear_cell(self, cell: int, notice: str = "") -> None:
        """Show nothing but a sentence in one cell."""
        self.cells[cell].clear(notice)
        self._mark_patients()

    def _arrange(self) -> None:
        """Put as many views into the grid as the layout has; the others are kept, empty."""
        rows, columns = self._shape
        wanted = 3 if self._planes else rows * columns
        while len(self._views) < wanted:
            self._views.append(self._new_view(len(self._views)))
        for view in (*self._views, self.volume):
            self._layout.removeWidget(view)
        for number, view in enumerate(self._views[:wanted]):
            self._layout.addWidget(view, number // columns, number % columns)
            view.pose_name = _PLANES[number].value if self._planes else f"cell{number}"
        for view in self._views[wanted:]:
            view.clear()
        if self._planes:
            for kind, view in zip(_PLANES, self._views, strict=False):
                view.kind = kind
            self._layout.addWidget(self.volume, 1, 1)
        self._alone, self._active = None, None
        self._show_cells()
        self._mark_active()
        self._mark_patients()
        self.active_changed.emit()

    def _new_view(self, number: int) -> SliceView:
        view = SliceView(_PLANES[number % 3], self, self._turns, f"cell{number}")
        view.set_tool(self._tool)
        view.set_painted(self._painted)
        view.set_mouse(self._mouse)
        view.maximise_requested.connect(self._toggle_sender)
        view.activated.connect(self._activate_sender)
        view.series_dropped.connect(lambda uid: self.series_dropped.emit(number, uid))
        return view

    def _show_cells(self) -> None:
        shown = {*self.cells, *([self.volume] if self._planes else [])}
        for view in (*self._views, self.volume):
            view.setVisible(view in shown and self._alone in {None, view})
        rows, columns = self._shape
        for line in range(MOST):  # a line whose views are hidden takes no room
            self._layout.setRowStretch(line, int(line < rows and self._shows(line, None)))
            self._layout.setColumnStretch(line, int(line < columns and self._shows(None, line)))

    def _shows(self, row: int | None, column: int | None) -> bool:
        """Whether a row or column has a view in it, or the only one that is shown."""
        if self._alone is None:
            return True
        at = self._layout.getItemPosition(self._layout.indexOf(self._alone))
        return (row is None or at[0] == row) and (column is None or at[1] == column)  # type: ignore[index]  # Qt gives four numbers

    def _mark_patients(self) -> None:
        """Coloured frames as soon as two different patients are on the screen."""
        shown = [view for view in self.cells if view.stage is not None]
        patients = list(dict.fromkeys(view.caption.patient for view in shown))
        for view in self._views:
            worn = view in shown and len(patients) > 1
            number = patients.index(view.caption.patient) if worn else 0
            view.frame_colour = colours.PATIENTS[number % len(colours.PATIENTS)] if worn else None
            view.refresh()

    def _toggle_sender(self) -> None:
        view = self.sender()
        if isinstance(view, QWidget):
            self.toggle_alone(view)

    def _activate_sender(self) -> None:
        view = self.sender()
        if isinstance(view, SliceView) and view is not self._active:
            self._active = view
            self._mark_active()
            self.active_changed.emit()

    def _mark_active(self) -> None:
        """Where there is more than one cell, say which one menus and panels are about."""
        for view in self._views:
            view.set_active(active=view is self.active and len(self.cells) > 1)
