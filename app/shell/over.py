"""The line of news over the page in front: nothing below moves when it comes and goes."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.messages import Banner

WIDEST_PX = 720
_MARGIN_PX, _FROM_TOP_PX = 24, 8


class UnderNews(QWidget):
    """Holds the pages; the banner lies over their top, in the middle, between title and tools."""

    def __init__(self, pages: QWidget, news: Banner) -> None:
        super().__init__()
        self._news = news
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(pages)
        news.setParent(self)
        news.hide()
        news.shown_changed.connect(lambda _: self._place())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the banner in the middle."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        if self._news.isHidden():
            return
        width = min(WIDEST_PX, self.width() - 2 * _MARGIN_PX)
        self._news.ensurePolished()
        height = max(self._news.heightForWidth(width), self._news.minimumSizeHint().height())
        self._news.setGeometry((self.width() - width) // 2, _FROM_TOP_PX, width, height)
        self._news.raise_()
