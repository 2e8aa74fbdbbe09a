"""napari's viewer with a canvas of 800 x 800, its draws counted, its frame buffer read."""

from __future__ import annotations

import time
from typing import Any

import napari
import numpy as np
from numpy.typing import NDArray

from tests.bench.reference import Viewport

SIDE = 800
_MOST_SECONDS = 60.0
ORDERS = {"axial": (0, 1, 2), "coronal": (1, 0, 2), "sagittal": (2, 0, 1)}


class Window:
    """One napari viewer without its side panels."""

    def __init__(self) -> None:
        self.viewer: Any = napari.Viewer(show=True)
        self._qt = self.viewer.window._qt_viewer
        for dock in (self._qt.dockLayerList, self._qt.dockLayerControls):
            dock.setVisible(False)
        self._app = napari.qt.get_qapp()
        self.draws = 0
        self._canvas = self._qt.canvas._scene_canvas
        self._canvas.events.draw.connect(self._count, position="last")
        native = self._canvas.native
        native.setFixedSize(SIDE, SIDE)
        for _ in range(50):
            self._app.processEvents()
            time.sleep(0.01)

    def drawn(self, before: int) -> None:
        """Wait for a draw after ``before``."""
        started = time.perf_counter()
        while self.draws <= before:
            self._app.processEvents()
            if time.perf_counter() - started > _MOST_SECONDS:
                raise TimeoutError("napari did not draw")

    def settled(self) -> None:
        """Let every event that waits be handled."""
        for _ in range(5):
            self._app.processEvents()

    def pixels(self) -> NDArray[np.uint8]:
        """The canvas as it stands: (height, width, 4)."""
        image = self._canvas.native.grabFramebuffer()
        image = image.convertToFormat(image.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint8)
        return pixels.reshape(image.height(), image.width(), 4).copy()

    def viewport(self, layer: Any, plane: str) -> Viewport:
        """What napari says of its camera and contrast; pixels are drawn without interpolation."""
        camera, (low, high) = self.viewer.camera, layer.contrast_limits
        shape = np.array(layer.data.shape)
        rows, columns = ORDERS[plane][1:]
        middle = [
            (shape[axis] - 1) / 2 * layer.scale[axis] - centre
            for axis, centre in zip(
                (columns, rows), (camera.center[2], camera.center[1]), strict=True
            )
        ]
        x, y = ((SIDE - 1) / 2 + camera.zoom * away for away in middle)
        return Viewport(
            1.0 / camera.zoom, ((low + high) / 2, float(high - low)), order=0, middle_px=(x, y)
        )

    def _count(self, _: object = None) -> None:
        self.draws += 1
