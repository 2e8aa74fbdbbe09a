"""Which mouse button does what in a view. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a drag with a button does; POINT is the crosshair, where no tool takes the button."""

    POINT = "crosshair or tool"
    WINDOW = "window"
    PAN = "pan"
    ZOOM = "zoom"
    SCROLL = "scroll"


@dataclass(frozen=True, slots=True)
class MouseMap:
    """What each button does. A chosen tool has the left button before any of this.

    ``shift_left`` is the left button with Shift, for hands and pads without a middle button.
    """

    name: str
    left: Act = Act.POINT
    right: Act = Act.WINDOW
    middle: Act = Act.PAN
    shift_left: Act = Act.PAN

    def words(self) -> str:
        """The buttons in words, for the tooltip of a view."""
        return (
            f"Left drag: {self.left} · right drag: {self.right} · middle drag: {self.middle}"
            f" · Shift+left drag: {self.shift_left}"
        )


STANDARD = MouseMap("Crosshair on the left button")
LEFT_WINDOWS = MouseMap(
    "Window on the left button", Act.WINDOW, Act.ZOOM, Act.PAN, shift_left=Act.POINT
)
MOUSE_MAPS = (STANDARD, LEFT_WINDOWS)
"""The presets, the default first."""
