"""The column at the right of the images: findings and report share it, or stand side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from app.widgets.surfaces import Card

WIDE_PX = 1750
COLUMN_PX = 404
NARROW_PX, NARROW_COLUMN_PX = 1080, 344
WIDE_COLUMN_PX = 880
WRITING_SHARE = 0.4
"""Of the page's width, for a report that has the whole column."""

BEGUN_SHARE, EMPTY_SHARE = 0.5, 0.8
"""Of the height, at most for the findings: beside a begun report, and beside none."""


class RightColumn(QSplitter):
    """Findings above the report on a small screen, beside it on a large one."""

    def __init__(self, findings: Card, report: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._findings = findings
        self.setObjectName("readingRight")
        self.setChildrenCollapsible(False)
        self.addWidget(findings)
        self.addWidget(report)

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
        findings, whole = self._findings, self.height()
        wanted = max(findings.heightForWidth(self.width()), findings.minimumSizeHint().height())
        least = findings.column.minimumHeightForWidth(self.width())
        most = round(whole * (BEGUN_SHARE if begun else EMPTY_SHARE))
        first = max(least, min(wanted, most))
        self.setSizes([first, whole - first])
