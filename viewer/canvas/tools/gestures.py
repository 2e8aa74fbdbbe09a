"""Tools that look instead of draw: window, pan and zoom with the left button."""

from __future__ import annotations

from collections.abc import Callable

from viewer.canvas.tools.tool import Pointer

_WINDOW_PX = 300.0
_ZOOM_PX = 150.0

Gesture = Callable[[Pointer, float, float], None]
"""Does its work for a drag by so many device pixels to the right and down."""


class GestureTool:
    """Turns a drag into one change of the view per move."""

    def __init__(self, name: str, act: Gesture) -> None:
        self.name = name
        self._act = act
        self._last: tuple[float, float] | None = None

    def press(self, at: Pointer) -> bool:
        self._last = (at.x_px, at.y_px)
        return True

    def move(self, at: Pointer) -> bool:
        if self._last is None or not at.held:
            return False
        right, down = at.x_px - self._last[0], at.y_px - self._last[1]
        self._last = (at.x_px, at.y_px)
        self._act(at, right, down)
        return True

    def release(self, at: Pointer) -> bool:  # noqa: ARG002 - a tool's signature
        self._last = None
        return True

    def double_click(self, at: Pointer) -> bool:  # noqa: ARG002 - a tool's signature
        return False

    def cancel(self) -> None:
        self._last = None


def window(at: Pointer, right: float, down: float) -> None:
    """Wider to the right, higher downwards."""
    at.state.drag_window(right / _WINDOW_PX, down / _WINDOW_PX)


def pan(at: Pointer, right: float, down: float) -> None:
    """The image follows the hand."""
    mm = at.framing.mm_per_px
    at.state.pan(at.view_name, right * mm, down * mm)


def zoom(at: Pointer, right: float, down: float) -> None:  # noqa: ARG001 - a gesture's signature
    """Larger upwards."""
    at.state.zoom(at.view_name, 2.0 ** (-down / _ZOOM_PX))
