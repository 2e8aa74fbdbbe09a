"""What all views of one study follow: cursor, window, zoom, overlays. No Qt.

Views change the state and paint from it; none of them knows another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from viewer.records import Vector3, WindowLevel

ZOOM_LIMITS = (0.2, 20.0)


class HeatMode(StrEnum):
    """How the heat map lies over the image."""

    CONTOUR = "contour"
    WASH = "wash"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class HeatStyle:
    """The heat map's look; ``threshold`` and ``opacity`` are 0..1."""

    mode: HeatMode = HeatMode.CONTOUR
    threshold: float = 0.5
    opacity: float = 0.45


@dataclass(frozen=True, slots=True)
class Pose:
    """How one view is zoomed and panned.

    ``zoom`` 1 fits the volume into the view; ``pan_mm`` is the shift of the image to the right and
    down, in mm of the plane.
    """

    zoom: float = 1.0
    pan_mm: tuple[float, float] = (0.0, 0.0)


class ViewState:
    """The cursor in LPS+ mm, the window, one pose per view, and what is laid over the images."""

    def __init__(self, cursor_mm: Vector3, window: WindowLevel) -> None:
        self._cursor_mm = cursor_mm
        self._window = window
        self._first_window = window
        self._poses: dict[str, Pose] = {}
        self._heat = HeatStyle()
        self._selected = 0
        self._crosshair = True
        self._bare = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def cursor_mm(self) -> Vector3:
        """Where the three planes meet."""
        return self._cursor_mm

    @property
    def window(self) -> WindowLevel:
        """Display window of every view."""
        return self._window

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

    def pose(self, view: str) -> Pose:
        """Zoom and pan of the view of that name."""
        return self._poses.get(view, Pose())

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call listener after every change; return its unsubscriber."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

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

    def zoom(self, view: str, factor: float, anchor_mm: tuple[float, float] = (0.0, 0.0)) -> None:
        """Zoom one view about a point given in mm right and down of the view's middle."""
        pose = self.pose(view)
        zoom = min(max(pose.zoom * factor, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
        # The point under the pointer stays: its distance from the middle shrinks as the scale.
        shrink = pose.zoom / zoom
        pan = (
            pose.pan_mm[0] - anchor_mm[0] * (1.0 - shrink),
            pose.pan_mm[1] - anchor_mm[1] * (1.0 - shrink),
        )
        self._poses[view] = Pose(zoom, pan)
        self._tell()

    def pan(self, view: str, right_mm: float, down_mm: float) -> None:
        """Shift the image of one view."""
        pose = self.pose(view)
        shifted = (pose.pan_mm[0] + right_mm, pose.pan_mm[1] + down_mm)
        self._poses[view] = replace(pose, pan_mm=shifted)
        self._tell()

    def reset(self) -> None:
        """Fit every view and take the first window again; the cursor stays."""
        self._poses.clear()
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

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
