"""The model's card in a window of its own, beside the images it speaks of."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.pages.model_card import ModelCardView
from app.widgets.surfaces import scrolled
from inference.records import ModelCard

_SIZE = QSize(520, 640)


class CardWindow(QDialog):
    """Shows one card; Esc closes it, and the reading goes on meanwhile."""

    def __init__(self, parent: QWidget, card: ModelCard) -> None:
        super().__init__(parent)
        self.setObjectName("cardWindow")
        self.setWindowTitle("The model's card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_SIZE)
        view = ModelCardView(name="cardWindow.card")
        view.setContentsMargins(12, 12, 12, 12)
        view.show_card(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        self._area = scrolled(view, name="cardWindow.area", by_key=True)
        column.addWidget(self._area)
        self._area.setFocus()
