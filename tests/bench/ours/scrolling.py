"""The wheel turned 300 times over the axial view, in the product's own grid.

``python -m tests.bench.ours scrolling truth spacing ticks plain|linked``

The clock runs from the wheel event to the end of the last paint it causes. ``linked`` is three
planes of 800 x 800 with crosshair and a heat map at 50 %, all three painted at every tick. Frames
are hashed off the clock, as they stand on the glass: where one does not change, the run is void.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.bench.clock import tell
from tests.bench.ours.glass import SIDE, Paints, digest, on_the_glass, open_grid, show
from tests.bench.reference import smooth_heat
from viewer.canvas.grid import ViewGrid
from viewer.canvas.stage import Overlays, Stage, heat_layer_of, stage_of
from viewer.canvas.state import HeatMode, HeatStyle
from viewer.records import Geometry, GeometryKind, Volume

_WARM_UP_TICKS = 10
_NOTCH = 120
_MOST_SECONDS = 10.0


def stage_from(path: Path, spacing: tuple[float, float, float]) -> Stage:
    """The phantom as the product would hold it after reading."""
    voxels = np.load(path)
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = -(np.array(voxels.shape[::-1]) - 1) / 2 * np.array(spacing)
    return stage_of(Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0)))


def heat_of(stage: Stage) -> Overlays:
    """A smooth map over the whole head."""
    heat = smooth_heat(stage.volume.voxels.shape)
    return Overlays(heat=heat_layer_of(heat, stage.volume.affine))


class Wheel:
    """Turns the wheel over the first cell and waits for every cell to be painted."""

    def __init__(self, app: QApplication, grid: ViewGrid) -> None:
        self._app, self._grid = app, grid
        self._paints = Paints(grid.cells)
        self._up = False

    def turn(self) -> float:
        """Milliseconds of one tick."""
        before = self._paints.so_far()
        event = self._event()
        started = time.perf_counter()
        QApplication.sendEvent(self._grid.cells[0], event)
        while not all(b > a for a, b in zip(before, self._paints.so_far(), strict=True)):
            self._app.processEvents()
            if time.perf_counter() - started > _MOST_SECONDS:
                raise TimeoutError("a view was not painted")
        return 1e3 * (time.perf_counter() - started)

    def hashes(self) -> tuple[str, ...]:
        """What stands on the glass: the scrolled view without its words, the others whole."""
        return tuple(
            digest(on_the_glass(view), middle=number == 0)
            for number, view in enumerate(self._grid.cells)
        )

    def _event(self) -> QWheelEvent:
        """One notch towards the end of the volume the wheel is on its way to."""
        view = self._grid.cells[0]
        if view.stage is not None and view.state is not None:
            number, count = view.stage.slice_of(view.kind, view.state.cursor_mm)
            self._up = number < count if number == 1 else self._up and number < count
        middle = QPointF(SIDE / 2, SIDE / 2)
        # A notch away from the reader is a step back through the slices.
        return QWheelEvent(
            middle,
            middle,
            QPoint(0, 0),
            QPoint(0, -_NOTCH if self._up else _NOTCH),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )


def main() -> None:
    path, spacing = Path(sys.argv[1]), json.loads(sys.argv[2])
    ticks, linked = int(sys.argv[3]), sys.argv[4] == "linked"
    app = QApplication([])
    grid = open_grid(app, alone=not linked)
    stage = stage_from(path, tuple(spacing))
    state = stage.first_state()
    show(grid, stage, state)
    if linked:
        state.set_heat(HeatStyle(HeatMode.WASH, 0.1, 0.5))
        grid.show_overlays(heat_of(stage))
    wheel = Wheel(app, grid)
    for _ in range(_WARM_UP_TICKS):
        wheel.turn()
    profile = cProfile.Profile() if "--profile" in sys.argv else None
    taken, same, before = [], 0, wheel.hashes()
    for _ in range(ticks):
        if profile is not None:
            profile.enable()
        taken.append(wheel.turn())
        if profile is not None:
            profile.disable()
        after = wheel.hashes()
        same += any(a == b for a, b in zip(before, after, strict=True))
        before = after
    if profile is not None:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(35)
    grid.volume.close_renderer()
    tell(ms=taken, unchanged=same)
