"""What the product holds in memory, step by step, at the parent's word.

``python -m tests.bench.ours holding folder``: says ``empty`` with the empty window, then at each
line on standard input goes on: ``planes`` (series read, three planes painted), ``overlays`` (one
label map and one heat map laid over them and painted).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from tests.bench.clock import tell
from tests.bench.ours.glass import Paints, open_grid, show
from tests.bench.ours.reading import by_import
from tests.bench.ours.scrolling import heat_of
from viewer.canvas.grid import ViewGrid
from viewer.canvas.stage import Overlays, outlines_of, stage_of
from viewer.canvas.state import HeatMode, HeatStyle


def main() -> None:
    app = QApplication([])
    grid = open_grid(app, alone=False)
    _say("empty")
    stage = stage_of(by_import(Path(sys.argv[1])))
    state = stage.first_state()
    show(grid, stage, state)
    _paint(app, grid)
    _say("planes")
    labels = np.zeros(stage.volume.voxels.shape, np.uint8)
    middle = tuple(slice(count // 3, count // 2) for count in labels.shape)
    labels[middle] = 1
    affine = stage.volume.affine
    laid = Overlays(outlines_of(labels, affine), heat_of(stage).heat)
    state.set_heat(HeatStyle(HeatMode.WASH, 0.1, 0.5))
    grid.show_overlays(laid)
    _paint(app, grid)
    _say("overlays")
    grid.volume.close_renderer()


def _paint(app: QApplication, grid: ViewGrid) -> None:
    paints = Paints(grid.cells)
    before = paints.so_far()
    grid.refresh()
    while any(view.waits for view in grid.cells) or not all(
        b > a for a, b in zip(before, paints.so_far(), strict=True)
    ):
        app.processEvents()


def _say(step: str) -> None:
    tell(step=step)
    sys.stdin.readline()
