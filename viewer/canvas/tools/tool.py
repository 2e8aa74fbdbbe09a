"""What a view tells a tool, and what a tool must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QPainter

from viewer.canvas.framing import Framing
from viewer.canvas.stage import Stage
from viewer.canvas.state import ViewState
from viewer.records import Vector3


@dataclass(frozen=True, slots=True, eq=False)
class Pointer:
    """The pointer over a view: device pixels, the patient point under it, and whose view it is.

    ``series_uid`` names the series the view shows, ``view_name`` the pose of the view.
    ``held`` says that the left button is down; ``shift`` and ``alt`` that the key is held.
    """

    series_uid: str
    view_name: str
    stage: Stage
    state: ViewState
    framing: Framing
    x_px: float
    y_px: float
    held: bool = False
    shift: bool = False
    alt: bool = False

    @property
    def point_mm(self) -> Vector3:
        """LPS+ mm under the pointer, on the view's plane."""
        return self.framing.to_mm(self.x_px, self.y_px)


class Tool(Protocol):
    """Takes the left button of every view while it is chosen.

    Each of press, move, release and double_click says whether it took the event; what it does not
    take, the view handles as without a tool. ``cancel`` forgets what is half drawn (Escape).
    """

    @property
    def name(self) -> str:
        """Word for the tool bar and for the tests, e.g. ``length``."""

    def press(self, at: Pointer) -> bool: ...
    def move(self, at: Pointer) -> bool: ...
    def release(self, at: Pointer) -> bool: ...
    def double_click(self, at: Pointer) -> bool: ...
    def cancel(self) -> None: ...


class Painted(Protocol):
    """Something drawn over the image of a view: annotations, a tool's half-drawn line, labels."""

    def paint(self, painter: QPainter, series_uid: str, framing: Framing, ratio: float) -> None:
        """Draw in device pixels (pixel centres on integers); ``ratio`` is device per logical."""
