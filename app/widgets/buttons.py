"""Push and tool buttons with their name, tooltip, key and icon in one call."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton

from app.widgets import theme
from app.widgets.text import plain_tip

_ON = {"primary": "on_accent", "danger": "danger", "link": "accent"}


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    name: str,
    kind: str = "",
    icon: str = "",
    tip: str = "",
    key: str = "",
) -> QPushButton:
    """Push button; ``kind`` is primary, danger, quiet, link or plain, ``key`` its shortcut."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(False)
    if kind:
        theme.set_kind(made, kind)
    if icon:
        made.setIcon(theme.icon(icon, _ON.get(kind, "text")))
        made.setIconSize(QSize(16, 16))
    _explain(made, tip or text, key)
    if clicked is not None:
        made.clicked.connect(lambda *_: clicked())
    return made


def tool(
    icon: str,
    tip: str,
    clicked: Callable[[], object] | None = None,
    *,
    name: str,
    key: str = "",
    size_px: int = 18,
) -> QToolButton:
    """Icon-only button; the tooltip is also its name for screen readers."""
    made = QToolButton()
    made.setObjectName(name)
    made.setAccessibleName(tip)
    made.setIcon(theme.icon(icon))
    made.setIconSize(QSize(size_px, size_px))
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    _explain(made, tip, key)
    if clicked is not None:
        made.clicked.connect(lambda *_: clicked())
    return made


def _explain(made: QPushButton | QToolButton, tip: str, key: str) -> None:
    if not key:
        made.setToolTip(plain_tip(tip))
        return
    sequence = QKeySequence(key)
    made.setShortcut(sequence)
    made.setToolTip(f"{tip} ({sequence.toString(QKeySequence.SequenceFormat.NativeText)})")
