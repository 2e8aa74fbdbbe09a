"""The column at the right of the images: findings and report share it, or stand side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSplitter, QWidget

from app.widgets.surfaces import Card, scrolled

WIDE_PX = 1750
COLUMN_PX = 404
NARROW_PX, NARROW_COLUMN_PX = 1080, 344
WIDE_COLUMN_PX = 880
WRITING_SHARE = 0.4
"""Of the page's width, for a report that has the whole column."""

BEGUN_SHARE, EMPTY_SHARE = 0.5, 0.8
"""Of the height, at most for the findings: beside a begun report, and beside none."""
MOST_SHARE = 0.65
"""Of the height, for findings that need it before they scroll."""


class RightColumn(QSplitter):
    """Findings above the report on a small screen, beside it on a large one.

    ``looked_at`` is what the card of the findings holds; it scrolls where it has no room.
    """

    def __init__(self, findings: Card, looked_at: QWidget, report: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._findings, self._looked_at = findings, looked_at
        self._area = scrolled(looked_at, name="findingsScroll")
        findings.column.addWidget(self._area)
        self.setObjectName("readingRight")
        self.setChildrenCollapsible(False)
        self.addWidget(findings)
        self.addWidget(report)

    def follow(self, rows: QListWidget) -> None:
        """Keep the current row of a list in the card in sight, whichever key chose it."""

        def show(item: QListWidgetItem | None) -> None:
            if item is not None:
                row = rows.visualItemRect(item)
                centre = rows.viewport().mapTo(self._looked_at, row.center())
                self._area.ensureVisible(0, centre.y(), 0, row.height())

        rows.currentItemChanged.connect(lambda item, _: show(item))

    @property
    def wide(self) -> bool:
        """Whether the two stand side by side."""
        return self.orientation() is Qt.Orientation.Horizontal

    def turn(self, page_px: int) -> None:
        """Take the direction that suits a page of that width."""
        wide = page_px >= WIDE_PX
        self.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def fit(self, page_px: int, *, writing: bool) -> None:
        """Take the width that suits the page; ``writing``: the report has the whole column."""
        column = NARROW_COLUMN_PX if page_px < NARROW_PX else COLUMN_PX
        if writing:
            column = max(column, round(page_px * WRITING_SHARE))
        self.setFixedWidth(WIDE_COLUMN_PX if self.wide else column)

    def share(self, *, begun: bool) -> None:
        """Give findings the height of their words, as far as a begun report leaves it to them."""
        if self.wide:
            self.setSizes([400, 480])
            return
        # What goes beyond is taken from both; a style may make the handle wider than its width.
        whole = self.height() - self.handle(1).sizeHint().height()
        around = self._findings.column.contentsMargins()
        edges_px = 2 * self._area.frameWidth()
        inside_px = self.width() - around.left() - around.right() - edges_px
        beside_px = around.top() + around.bottom() + max(2, edges_px)
        looked_at = self._looked_at
        wanted = max(looked_at.heightForWidth(inside_px), looked_at.minimumSizeHint().height())
        least = looked_at.minimumSizeHint().height()
        share = BEGUN_SHARE if begun else EMPTY_SHARE
        most = max(round(whole * share), min(least + beside_px, round(whole * MOST_SHARE)))
        first = min(wanted + beside_px, most)
        # A bar that shows makes the words wrap narrower and so keeps itself: measured without it.
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizes([first, whole - first])
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
