"""The tools at the left of the images, one of them chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from app.widgets.buttons import tool
from viewer.canvas.tools.toolbox import LABEL_TOOLS, TOOLS, ToolInfo

LOOKING = frozenset({"pointer", "window", "region-window", "pan", "zoom"})
"""Tools that draw nothing."""


class ToolBar(QWidget):
    """A button per tool; ``chosen`` carries the name of the one that has the left button now."""

    chosen = Signal(str)

    def __init__(self, tools: Sequence[ToolInfo] = (*TOOLS, *LABEL_TOOLS)) -> None:
        super().__init__()
        self.setObjectName("imageTools")
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for info in tools:
            column.addWidget(self._button(info))
            if info.name in {"zoom", "cobb", "freehand", "arrow"}:
                column.addWidget(_line())
        column.addStretch(1)
        self.choose(tools[0].name)

    def choose(self, name: str) -> None:
        """Choose a tool as a click on its button does."""
        button = self.findChild(QToolButton, f"tool-{name}")
        if button is not None:
            if not button.isEnabled():
                return
            button.setChecked(True)
        self.chosen.emit(name)

    def look_only(self, *, on: bool) -> None:
        """Offer only the tools that leave nothing behind."""
        if on:
            self.choose(TOOLS[0].name)
        for made in self._group.buttons():
            made.setEnabled(not on or made.objectName().removeprefix("tool-") in LOOKING)

    def _button(self, info: ToolInfo) -> QToolButton:
        made = tool(
            info.icon,
            f"{info.title} ({info.key} in a view)",
            lambda: self.choose(info.name),
            name=f"tool-{info.name}",
        )
        made.setCheckable(True)
        self._group.addButton(made)
        return made


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setProperty("role", "separator")
    line.setFixedHeight(1)
    line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return line
