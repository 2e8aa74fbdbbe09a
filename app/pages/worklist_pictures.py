"""Small pictures of the studies in sight: read off the GUI thread, kept in memory only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QImage, QPixmap

from app.pages.page import Page
from app.records import WorklistEntry
from app.tasks import Lane, Task
from app.widgets.table import Table
from app.workflow import thumbnails
from app.workflow.session import Session
from viewer.ports import Progress

SIDE_PX = 32
_MOST_KEPT = 600
_AT_ONCE = 2


class Pictures(QObject):
    """Fetches the pictures of the rows in sight, a few at once, and shows each as it comes."""

    def __init__(self, page: Page, table: Callable[[], Table[WorklistEntry]]) -> None:
        super().__init__(page)
        self._page = page
        self._table = table
        self._kept: OrderedDict[str, QPixmap | None] = OrderedDict()
        self._asked: dict[str, Task] = {}
        self._pause = QTimer(self, singleShot=True, interval=60)
        self._pause.timeout.connect(self._fetch)

    def of(self, entry: WorklistEntry) -> QPixmap | None:
        """Return the picture if it is here already."""
        return self._kept.get(entry.study_uid)

    def look(self) -> None:
        """Fetch what is in sight once scrolling rests."""
        self._pause.start()

    def forget(self, study_uid: str) -> None:
        """Ask again for a study that had no picture: images of it came in."""
        if self._kept.get(study_uid) is None:
            self._kept.pop(study_uid, None)

    def _fetch(self) -> None:
        session = self._page.context.session
        for entry in self._table().in_sight():
            uid = entry.study_uid
            if len(self._asked) >= _AT_ONCE:
                return
            if uid in self._kept or uid in self._asked or not entry.series_count:
                continue
            self._asked[uid] = self._page.ask(
                partial(_read, session, uid),
                partial(self._show, uid),
                lane=Lane.IO,
                failed=partial(self._missing, uid),
            )

    def _show(self, uid: str, gray: NDArray[np.uint8] | None) -> None:
        self._keep(uid, None if gray is None else _pixmap(gray, self._table().devicePixelRatioF()))

    def _missing(self, uid: str, _: str) -> None:
        """A picture that cannot be read leaves its place empty: the study itself will say why."""
        self._keep(uid, None)

    def _keep(self, uid: str, picture: QPixmap | None) -> None:
        self._asked.pop(uid, None)
        self._kept[uid] = picture
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        self._table().repaint_where(lambda entry: entry.study_uid == uid)
        self._fetch()


def _read(
    session: Session,
    study_uid: str,
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> NDArray[np.uint8] | None:
    return thumbnails.thumbnail(session, study_uid)


def _pixmap(gray: NDArray[np.uint8], ratio: float) -> QPixmap:
    rows, columns = gray.shape
    image = QImage(gray.tobytes(), columns, rows, columns, QImage.Format.Format_Grayscale8)
    side = round(SIDE_PX * ratio)
    made = QPixmap.fromImage(image).scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    made.setDevicePixelRatio(ratio)
    return made
