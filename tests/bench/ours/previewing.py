"""From a drop to the first picture the program shows: the import's preview, in its real widget.

``python -m tests.bench.ours previewing folder truth spacing repeats warm|cold``

The drop goes through the bounded reading process, as every import does.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.widgets.messages import ProgressRow
from tests.bench.clock import WARM_UPS, forget, tell
from tests.bench.ours.reading import stand_ready
from tests.bench.reference import ssim
from viewer.dicom.records import Preview
from viewer.dicom.scan import end_ahead, stream

_MOST_SECONDS = 60.0


class Dropping(QObject):
    """Drops a folder and waits for its first picture to be painted."""

    _arrived = Signal(object)

    def __init__(self, app: QApplication, folder: Path) -> None:
        super().__init__()
        self._app, self._folder = app, folder
        self.row = ProgressRow()
        self.row.resize(800, 80)
        self.row.show()
        self.seen: NDArray[np.uint8] | None = None
        self._worker = ThreadPoolExecutor(1)
        self._arrived.connect(self._show)
        app.processEvents()

    def drop(self) -> float:
        """Milliseconds until the picture is painted; the rest of the drop is not read."""
        self.row.begin("Looking at the files")
        self._app.processEvents()
        self.seen, started = None, time.perf_counter()
        job = self._worker.submit(self._read)
        while self.seen is None:
            self._app.processEvents()
            if time.perf_counter() - started > _MOST_SECONDS:
                raise TimeoutError
            time.sleep(0.0002)
        ms = 1e3 * (time.perf_counter() - started)
        job.result()
        self.row.end()
        return ms

    def close(self) -> None:
        self._worker.shutdown()

    def _read(self) -> None:
        found = stream([self._folder], lambda fraction, text: None)
        for one in found:
            if isinstance(one, Preview):
                self._arrived.emit(one)
                break
        found.close()

    def _show(self, preview: Preview) -> None:
        rows, columns = preview.gray.shape
        kind = QImage.Format.Format_Grayscale8
        picture = QImage(preview.gray.tobytes(), columns, rows, columns, kind)
        self.row.show_picture(picture.copy())
        self.row.repaint()
        self.seen = preview.gray


def likeness(gray: NDArray[np.uint8], path: Path) -> float:
    """SSIM with the middle slice seen through the straight line that fits it best."""
    voxels = np.load(path, mmap_mode="r")
    best = 0.0
    for k in {(len(voxels) - 1) // 2, len(voxels) // 2}:
        step = -(-max(voxels.shape[1:]) // max(gray.shape))
        picture = np.asarray(voxels[k, ::step, ::step], np.float64)
        inside = (gray > 0) & (gray < 255)
        slope, base = np.polyfit(picture[inside], gray[inside].astype(np.float64), 1)
        drawn = np.clip(slope * picture + base, 0.0, 255.0)
        best = max(best, ssim(gray.astype(np.float64), drawn))
    return best


def main() -> None:
    folder, path, repeats, how = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[4]), sys.argv[5]
    app = QApplication([])
    dropping = Dropping(app, folder)
    taken = []
    for number in range(WARM_UPS + repeats):
        stand_ready()
        if how == "cold":
            forget(folder)
        ms = dropping.drop()
        if number >= WARM_UPS:
            taken.append(ms)
    dropping.close()
    assert dropping.seen is not None
    end_ahead()
    tell(ms=taken, ssim={"preview": round(likeness(dropping.seen, path), 4)})
