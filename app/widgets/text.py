"""Labels that show text as it is, and small marks made of text."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.widgets import theme

L = TypeVar("L", bound=QLabel)
_SHORTEST_PX = 80


def label(text: str = "", role: str = "", *, wrap: bool = False, tone: str = "") -> QLabel:
    """Label of a role; text from files and patients is never read as markup."""
    return dressed(QLabel(), text, role, wrap=wrap, tone=tone)


def dressed(made: L, text: str = "", role: str = "", *, wrap: bool = False, tone: str = "") -> L:
    """The label with text and role, as ``label`` makes one."""
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    if role:
        theme.set_role(made, role)
    if tone:
        theme.set_tone(made, tone)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        made.setWordWrap(True)  # after the policy: it makes the height follow from the width
    return made


def plain_tip(text: str) -> str:
    """Text for a tooltip, which Qt reads as markup if it looks like it: then it is escaped."""
    return GuiQt.convertFromPlainText(text) if GuiQt.mightBeRichText(text) else text


class ShortLabel(QLabel):
    """One line that ends in an ellipsis where there is no room for all of it; the tip has it all.

    ``text`` is the whole line.
    """

    def __init__(self, role: str = "") -> None:
        super().__init__()
        dressed(self, "", role)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Show another line."""
        super().setText(text)
        self.setToolTip(plain_tip(text))

    def minimumSizeHint(self) -> QSize:
        """Room for a word or two is enough."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), _SHORTEST_PX), whole.height())

    @property
    def shown(self) -> str:
        """What of the line there is room for."""
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what there is room for."""
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            self.shown,
            self.foregroundRole(),
        )


class Badge(QLabel):
    """A short word in a tinted pill: accent, good, info, warning, danger or plain."""

    def __init__(self, text: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.set_role(self, "badge", tone)
        self.setText(text)

    def show_text(self, text: str, tone: str = "") -> None:
        """Replace word and tint."""
        self.setText(text)
        theme.set_tone(self, tone)


class IconLabel(QLabel):
    """A picture from the icon set, for the eye only (screen readers skip it)."""

    def __init__(
        self, name: str, size_px: int = 18, colour: str = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.show_icon(name, size_px, colour)

    def show_icon(self, name: str, size_px: int = 18, colour: str = "text") -> None:
        """Replace the picture."""
        self.setPixmap(theme.pixmap(name, size_px, colour, self.devicePixelRatioF()))
        self.setFixedSize(size_px, size_px)
