"""What happened, in its place: banners, progress rows, empty states, errors at a field."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.widgets import theme
from app.widgets.buttons import button, tool
from app.widgets.text import IconLabel, label

KINDS = ("info", "good", "warning", "danger")


class Banner(QFrame):
    """One line of news with a dismiss button; hidden until something is said.

    ``dismiss`` is what the button is called.
    """

    dismissed = Signal()
    shown_changed = Signal(bool)

    def __init__(
        self, parent: QWidget | None = None, *, name: str = "banner", dismiss: str = "Dismiss"
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        theme.set_role(self, "banner", "info")
        self._icon = IconLabel("info", 18, "info")
        self._text = label(wrap=True)
        self._text.setObjectName(f"{name}.text")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        self._close = tool("close", dismiss, self.dismiss, name=f"{name}.dismiss", size_px=14)
        row.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """What is being said."""
        return self._text.text()

    def name_dismiss(self, text: str) -> None:
        """Call the button that dismisses the line something else."""
        self._close.setToolTip(text)
        self._close.setAccessibleName(text)

    def say(self, text: str, kind: str = "info") -> None:
        """Show one line; kind is info, good, warning or danger."""
        theme.set_tone(self, kind)
        self._icon.show_icon(kind, 18, kind)
        self._text.setText(text)
        self.setAccessibleName(text)
        self.show()
        self.shown_changed.emit(True)  # noqa: FBT003 - a signal takes no keyword

    def dismiss(self) -> None:
        """Hide the line."""
        self.hide()
        self.shown_changed.emit(False)  # noqa: FBT003 - a signal takes no keyword
        self.dismissed.emit()


PICTURE_PX = 72


class ProgressRow(QWidget):
    """What is being done, how far, and a cancel that works at once."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None, *, name: str = "progress") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._text = label(role="caption")
        self._bar = QProgressBar()
        self._bar.setObjectName(f"{name}.bar")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._cancel = button("Cancel", self._stop, name=f"{name}.cancel", kind="quiet")
        stack = QVBoxLayout()
        stack.setSpacing(4)
        stack.addWidget(self._text)
        stack.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._picture = QLabel()
        self._picture.setAccessibleName("First image")
        self._picture.hide()
        row.addWidget(self._picture)
        row.addLayout(stack, 1)
        row.addWidget(self._cancel)
        self.hide()

    def begin(self, text: str) -> None:
        """Show the row with an unknown remaining time."""
        self._bar.setRange(0, 0)
        self._text.setText(text)
        self._cancel.setEnabled(True)
        self.show()

    def progress(self, fraction: float, text: str) -> None:
        """Show how far: fraction 0..1 (0 is "not known yet"), and what is being done."""
        self._bar.setRange(0, 0 if fraction <= 0 else 1000)
        self._bar.setValue(round(fraction * 1000))
        if text:
            self._text.setText(text)

    def show_picture(self, picture: QImage) -> None:
        """Show what is already known of the result beside the bar."""
        side = PICTURE_PX * self.devicePixelRatioF()
        scaled = picture.scaled(
            QSize(round(side), round(side)),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(self.devicePixelRatioF())
        self._picture.setPixmap(QPixmap.fromImage(scaled))
        self._picture.show()

    def end(self) -> None:
        """Hide the row."""
        self._picture.hide()
        self._bar.setRange(0, 1000)
        self.hide()

    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._text.setText("Stopping…")
        self.cancelled.emit()


class EmptyState(QWidget):
    """What to do where there is nothing yet: a picture, a sentence, perhaps a button."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str = "",
        action: str = "",
        clicked: Callable[[], object] | None = None,
        *,
        name: str = "empty",
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(IconLabel(icon, 48, "line_strong"), 0, Qt.AlignmentFlag.AlignHCenter)
        self._title = label(title, "heading")
        column.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        self._text = label(text, "muted", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._text)
        self._text.setVisible(bool(text))
        if action:
            made = button(action, clicked, name=f"{name}.action", kind="primary")
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def say(self, title: str, text: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
