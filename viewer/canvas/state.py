"""What all views of one study follow: cursor, window, zoom, overlays. No Qt.

Views change the state and paint from it; none of them knows another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from viewer.canvas.poses import Poses
from viewer.geometry.slab import Slab
from viewer.records import Vector3, WindowLevel


class HeatMode(StrEnum):
    """How the heat map lies over the image."""

    CONTOUR = "contour"
    WASH = "wash"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class HeatStyle:
    """The heat map's look; ``threshold`` and ``opacity`` are 0..1.

    ``native`` shows it as coarse as it is: in the cells that were resolved, not interpolated.
    """

    mode: HeatMode = HeatMode.CONTOUR
    threshold: float = 0.5
    opacity: float = 0.45
    native: bool = False


class ViewState(Poses):
    """The cursor in LPS+ mm, the window, one pose per view, and what is laid over the images."""

    def __init__(self, cursor_mm: Vector3, window: WindowLevel) -> None:
        super().__init__()
        self._cursor_mm = cursor_mm
        self._window = window
        self._first_window = window
        self._slab: Slab | None = None
        self._inverted = False
        self._heat = HeatStyle()
        self._selected = 0
        self._crosshair = True
        self._bare = False

    @property
    def cursor_mm(self) -> Vector3:
        """Where the three planes meet."""
        return self._cursor_mm

    @property
    def window(self) -> WindowLevel:
        """Display window of every view."""
        return self._window

    @property
    def inverted(self) -> bool:
        """Whether black and white are exchanged."""
        return self._inverted

    @property
    def slab(self) -> Slab | None:
        """How thick the planes are cut, or None for one slice."""
        return self._slab

    @property
    def heat(self) -> HeatStyle:
        """Look of the heat map."""
        return self._heat

    @property
    def selected(self) -> int:
        """Label value of the emphasised finding, 0 for none."""
        return self._selected

    @property
    def crosshair(self) -> bool:
        """Whether the crosshair is drawn."""
        return self._crosshair

    @property
    def bare(self) -> bool:
        """Whether everything laid over the image is hidden for now (flicker compare)."""
        return self._bare

    def move_cursor(self, point_mm: Vector3) -> None:
        """Put the crosshair there."""
        self._cursor_mm = point_mm
        self._tell()

    def set_window(self, window: WindowLevel) -> None:
        """Show stored values through this window."""
        self._window = window
        self._tell()

    def drag_window(self, wider: float, higher: float) -> None:
        """Change width and centre by shares of the first window's width; the width stays > 0."""
        unit = self._first_window.width
        width = max(unit * 1e-3, self._window.width + wider * unit)
        self.set_window(WindowLevel(self._window.centre + higher * unit, width))

    def look_like(self, other: ViewState) -> None:
        """Take over cursor, window, poses and planes of another volume of the same series."""
        self._cursor_mm, self._window = other.cursor_mm, other.window
        self._slab, self._inverted = other.slab, other.inverted
        self._crosshair, self._heat = other.crosshair, other.heat
        self.pose_like(other)

    def set_slab(self, slab: Slab | None) -> None:
        """Cut the planes that thick."""
        self._slab = slab
        self._tell()

    def toggle_inverted(self) -> None:
        """Exchange black and white."""
        self._inverted = not self._inverted
        self._tell()

    def reset(self) -> None:
        """Fit every view, take the first window and the grid's own planes; the cursor stays."""
        self._stand_up()
        self._slab = None
        self._inverted = False
        self.set_window(self._first_window)

    def set_heat(self, style: HeatStyle) -> None:
        """Draw the heat map like this."""
        self._heat = style
        self._tell()

    def select(self, label_value: int) -> None:
        """Emphasise the finding of that label value; 0 for none."""
        self._selected = label_value
        self._tell()

    def toggle_crosshair(self) -> None:
        """Draw the crosshair or leave it out."""
        self._crosshair = not self._crosshair
        self._tell()

    def set_bare(self, *, bare: bool) -> None:
        """Hide everything laid over the image while true."""
        if bare != self._bare:
            self._bare = bare
            self._tell()
