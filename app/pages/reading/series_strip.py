"""The series of the study as a strip of thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from app.widgets import theme
from app.widgets.text import plain_tip
from inference.pipeline.hung import hung_as
from viewer.canvas.touched import SERIES_MIME
from viewer.geometry.window import small_picture
from viewer.records import Series

THUMB_PX = 92
_UID = Qt.ItemDataRole.UserRole


class SeriesStrip(QListWidget):
    """One row per series; ``chosen`` carries the UID of the one to show."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blank: set[str] = set()
        self.setObjectName("seriesStrip")
        self.setAccessibleName("Series of this study")
        self.setToolTip("Series of this study: Enter or a click shows one")
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setFlow(QListWidget.Flow.TopToBottom)
        self.setWrapping(False)
        self.setMovement(QListWidget.Movement.Static)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setIconSize(QSize(THUMB_PX, THUMB_PX))
        self.setSpacing(2)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFixedWidth(THUMB_PX + 28)
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def show_series(self, series: Sequence[Series]) -> None:
        """List the series of the study, pictures to follow."""
        self.clear()
        self._blank.clear()
        blank = QPixmap(THUMB_PX, THUMB_PX)
        blank.fill(Qt.GlobalColor.black)
        for one in one_of_each(series):
            self._add(one, QIcon(blank))

    def show_prior(self, name: str, series: Sequence[Series]) -> None:
        """List an earlier study below, under its date; its pictures come when it is opened."""
        heading = QListWidgetItem(f"Earlier\n{name}")
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        heading.setSizeHint(QSize(THUMB_PX + 14, 40))
        heading.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        heading.setForeground(theme.current().colour("text_muted"))
        self.addItem(heading)
        closed = QIcon(_closed(self.devicePixelRatioF()))
        for one in one_of_each(series):
            self._add(one, closed, f" of {name}, shown beside the current study")

    def mark(self, series_uid: str) -> None:
        """Show which series is on the screen; a later volume leaves the mark where it is."""
        item = self._item(series_uid)
        if item is not None:
            self.setCurrentItem(item)

    def wants_thumbnail(self, series_uid: str) -> bool:
        """Whether a series is listed and has no picture yet."""
        return series_uid in self._blank

    def show_thumbnail(self, series_uid: str, gray: NDArray[np.uint8]) -> None:
        """Put a square gray picture beside a series."""
        item = self._item(series_uid)
        self._blank.discard(series_uid)
        if item is None:
            return
        height, width = gray.shape
        picture = QImage(gray.data, width, height, width, QImage.Format.Format_Grayscale8)
        whole = QPixmap.fromImage(picture.copy())
        icon = QIcon(whole)
        icon.addPixmap(whole, QIcon.Mode.Selected)
        item.setIcon(icon)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """Say which series is dragged; the views take it."""
        carried = QMimeData()
        if items and items[0].data(_UID):
            carried.setData(SERIES_MIME, str(items[0].data(_UID)).encode())
        return carried

    def _add(self, one: Series, icon: QIcon, more: str = "") -> None:
        slices, rows, columns = one.shape
        name = one.description or f"Series {one.number}"
        item = QListWidgetItem(icon, name)
        item.setData(_UID, one.uid)
        several = f", {one.axis_count} volumes" if one.axis_count > 1 else ""
        told = f"{name}{more}: {hung_as(one)}, {slices} slices of {columns} x {rows}{several}"
        item.setToolTip(plain_tip(told))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, told)
        item.setSizeHint(QSize(THUMB_PX + 14, THUMB_PX + 42))
        item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._blank.add(one.uid)
        self.addItem(item)

    def _item(self, series_uid: str) -> QListWidgetItem | None:
        items = (self.item(row) for row in range(self.count()))
        return next((item for item in items if item.data(_UID) == series_uid), None)

    def _choose(self, item: QListWidgetItem) -> None:
        if item.data(_UID):
            self.chosen.emit(item.data(_UID))


def _closed(ratio: float) -> QPixmap:
    """The picture of a series nobody has opened: no voxel is decrypted for it."""
    made = QPixmap(round(THUMB_PX * ratio), round(THUMB_PX * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.black)
    clock = theme.pixmap("clock", 32, "line_strong", ratio)
    painter = QPainter(made)
    painter.drawPixmap((THUMB_PX - 32) // 2, (THUMB_PX - 32) // 2, clock)
    painter.end()
    return made


def one_of_each(series: Sequence[Series]) -> list[Series]:
    """Of a series of several volumes, the first along its axis."""
    kept: dict[str, Series] = {}
    for one in series:
        key = one.source_uid or one.uid
        if key not in kept or one.axis_index < kept[key].axis_index:
            kept[key] = one
    return list(kept.values())


def thumbnail(middle: NDArray[Any]) -> NDArray[np.uint8]:
    """A slice (rows, columns) as square gray picture, at most 2 * THUMB_PX a side."""
    return small_picture(middle, 2 * THUMB_PX)
