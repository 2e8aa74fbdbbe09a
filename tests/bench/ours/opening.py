"""From a path handed over to painted planes, in a window that is already open.

``python -m tests.bench.ours opening folder truth spacing repeats first|planes|gap warm|cold``

``first`` is the axial view alone; ``planes`` the three planes, which here means that the volume is
complete; ``gap`` the same with a heartbeat on the GUI's event loop, whose longest pause counts.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from tests.bench.clock import WARM_UPS, forget, tell
from tests.bench.heart import Heart
from tests.bench.ours.glass import Paints, likeness, open_grid, show
from tests.bench.ours.reading import by_import, stand_ready
from tests.bench.reference import Truth
from viewer.canvas.stage import Stage, stage_of
from viewer.dicom.scan import end_ahead

_MOST_SECONDS = 120.0


class Opening(QObject):
    """Opens folders in one grid: read and staged on a worker, shown on the GUI thread."""

    _arrived = Signal(object)

    def __init__(self, app: QApplication, folder: Path, *, alone: bool) -> None:
        super().__init__()
        self._app, self._folder = app, folder
        self.grid = open_grid(app, alone=alone)
        self._awaited = self.grid.cells
        self._paints = Paints(self._awaited)
        self._worker = ThreadPoolExecutor(1)
        self._arrived.connect(self._show)
        self._heart = Heart()

    def empty(self) -> None:
        """Back to the empty window."""
        self.grid.clear()
        self._app.processEvents()

    def open(self, *, heartbeat: bool = False) -> tuple[float, float]:
        """Milliseconds until the planes are painted, and the longest pause between two beats."""
        before = self._paints.so_far()
        if heartbeat:
            self._heart.begin()
        started = time.perf_counter()
        job = self._worker.submit(self._read)
        while not self._painted(before):
            self._app.processEvents()
            if job.done() and (fault := job.exception()) is not None:
                raise fault
            if time.perf_counter() - started > _MOST_SECONDS:
                raise TimeoutError
            time.sleep(0.0002)
        ms = 1e3 * (time.perf_counter() - started)
        return ms, self._heart.end() if heartbeat else 0.0

    def likenesses(self, truth: Truth) -> dict[str, float]:
        """How like the truth each plane on the glass is."""
        return {view.kind.value: round(likeness(view, truth), 4) for view in self._awaited}

    def close(self) -> None:
        self._worker.shutdown()
        self.grid.volume.close_renderer()
        self.grid.close()

    def _read(self) -> None:
        self._arrived.emit(stage_of(by_import(self._folder)))

    def _show(self, stage: Stage) -> None:
        state = stage.first_state()
        state.toggle_crosshair()  # the peers draw none, and it would hide part of the picture
        show(self.grid, stage, state)

    def _painted(self, before: tuple[int, ...]) -> bool:
        """Whether every awaited view has painted the volume, its turn being over."""
        return all(
            view.stage is not None and not view.waits and now > then
            for view, now, then in zip(self._awaited, self._paints.so_far(), before, strict=True)
        )


def main() -> None:
    folder, path, spacing = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
    repeats, what, how = int(sys.argv[4]), sys.argv[5], sys.argv[6]
    app = QApplication([])
    truth = Truth(path, tuple(spacing))
    opening = Opening(app, folder, alone=what == "first")
    taken, gaps, alike = [], [], {}
    for number in range(WARM_UPS + repeats):
        opening.empty()
        stand_ready()
        if how == "cold":
            forget(folder)
        ms, gap = opening.open(heartbeat=what == "gap")
        if number >= WARM_UPS:
            taken.append(ms)
            gaps.append(gap)
        alike = opening.likenesses(truth)
    opening.close()
    end_ahead()
    tell(ms=gaps if what == "gap" else taken, ssim=alike)
