"""The menu in the corner of the 3-D view: looks, sides, and what is cut away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from viewer.canvas.volume_messages import LOOKS, WHOLE, Pose3D
from viewer.canvas.volume_presets import PRESETS

MARGIN_PX = 6
_SIDES = {"A": "front", "P": "back", "L": "left", "R": "right", "H": "top", "F": "below"}
_STYLE = (
    "QToolButton { color: #d6dce4; background: rgba(20, 24, 30, 190); border: 1px solid #3a4048;"
    " border-radius: 4px; padding: 2px 8px; }"
    "QToolButton:focus, QToolButton:hover { border-color: #78aaff; }"
    "QToolButton::menu-indicator { image: none; }"
)
Kept = tuple[float, float, float, float, float, float]
_HALVES: dict[str, Kept] = {
    "Whole": WHOLE,
    "Lower half of the slices": (0.0, 1.0, 0.0, 1.0, 0.0, 0.5),
    "Upper half of the slices": (0.0, 1.0, 0.0, 1.0, 0.5, 1.0),
    "First half of the columns": (0.0, 0.5, 0.0, 1.0, 0.0, 1.0),
    "Second half of the columns": (0.5, 1.0, 0.0, 1.0, 0.0, 1.0),
    "First half of the rows": (0.0, 1.0, 0.0, 0.5, 0.0, 1.0),
    "Second half of the rows": (0.0, 1.0, 0.5, 1.0, 0.0, 1.0),
}


class Turned3D(Protocol):
    """What the menu works on."""

    @property
    def pose(self) -> Pose3D: ...
    def set_preset(self, name: str) -> None: ...
    def look_from(self, side: str) -> None: ...
    def keep(self, shares: Kept) -> None: ...
    def cut_to_cursor(self, *, cut: bool) -> None: ...


class VolumeControls(QToolButton):
    """One small button with everything that can be set in 3-D."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._holder, self._view = view, cast("Turned3D", view)
        self.setObjectName("volumeControls")
        self.setText("3-D ▾")
        self.setAccessibleName("Look of the 3-D view")
        self.setToolTip("Look of the 3-D view, sides, and what is cut away")
        self.setStyleSheet(_STYLE)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self._fill(menu)
        self.setMenu(menu)
        self.place()

    def place(self) -> None:
        """Stand in the upper right corner."""
        self.adjustSize()
        self.move(self._holder.width() - self.width() - MARGIN_PX, MARGIN_PX)

    def _fill(self, menu: QMenu) -> None:
        looks = QActionGroup(menu)
        for name in PRESETS:
            action = _add(menu, name, partial(self._view.set_preset, name))
            action.setCheckable(True)
            action.setChecked(name == self._view.pose.preset)
            looks.addAction(action)
        sides = menu.addMenu("Look from")
        for side in LOOKS:
            _add(sides, f"{side}  ({_SIDES[side]})", partial(self._view.look_from, side))
        menu.addSeparator()
        cut = menu.addAction("Cut away to the crosshair")
        cut.setCheckable(True)
        cut.toggled.connect(lambda on: self._view.cut_to_cursor(cut=on))
        parts = menu.addMenu("Keep")
        for words, shares in _HALVES.items():
            _add(parts, words, partial(self._view.keep, shares))


def _add(menu: QMenu, words: str, act: Callable[[], object]) -> QAction:
    action = menu.addAction(words)
    action.triggered.connect(lambda *_: act())
    return action
