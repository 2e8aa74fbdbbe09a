"""A window as the product has it, and what is really on its glass."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.reference import CROP, Truth, Viewport
from viewer.canvas.captions import Caption
from viewer.canvas.grid import ViewGrid
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import Stage
from viewer.canvas.state import ViewState
from viewer.geometry.planes import PlaneKind

SIDE = 800


class Paints(QObject):
    """Counts the paint events each view has had."""

    def __init__(self, views: Sequence[SliceView]) -> None:
        super().__init__()
        self.counts = {id(view): 0 for view in views}
        for view in views:
            view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Paint:
            self.counts[id(watched)] += 1
        return False

    def so_far(self) -> tuple[int, ...]:
        return tuple(self.counts.values())


def open_grid(app: QApplication, *, alone: bool) -> ViewGrid:
    """The empty grid, painted: one view of 800 x 800, or three planes of that size and 3-D."""
    grid = ViewGrid()
    seam = grid.layout().spacing()
    if alone:
        grid.set_layout(1, 1)
        grid.resize(SIDE, SIDE)
    else:
        grid.resize(2 * SIDE + seam, 2 * SIDE + seam)
    grid.show()
    app.processEvents()
    for view in grid.cells:
        if (view.width(), view.height()) != (SIDE, SIDE):
            raise RuntimeError(f"a view is {view.width()} x {view.height()}, not {SIDE} x {SIDE}")
    return grid


def show(grid: ViewGrid, stage: Stage, state: ViewState) -> None:
    """Put a volume into every cell: the axial plane alone, or the three planes."""
    caption = Caption(("Phantom",), ("A",))
    if grid.of_planes:
        grid.show_stage(stage, state, caption, "1")
    else:
        grid.show_in(0, "1", stage, state, caption, PlaneKind.AXIAL)


def on_the_glass(widget: QWidget) -> NDArray[np.uint8]:
    """The pixels (height, width, 4) the window holds where the widget lies; nothing is painted."""
    window = widget.window()
    corner = widget.mapTo(window, QPoint(0, 0))
    shot = window.screen().grabWindow(
        window.winId(), corner.x(), corner.y(), widget.width(), widget.height()
    )
    image = shot.toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8)
    return pixels.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()].copy()


def gray(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One of three equal channels."""
    return np.ascontiguousarray(pixels[:, :, 1])


def digest(pixels: NDArray[np.uint8], *, middle: bool) -> str:
    """A hash of a frame, or of its middle, where no words are."""
    if middle:
        height, width = pixels.shape[:2]
        top, left = round(height * (1 - CROP) / 2), round(width * (1 - CROP) / 2)
        pixels = pixels[top : height - top, left : width - left]
    return hashlib.blake2b(np.ascontiguousarray(pixels).tobytes(), digest_size=12).hexdigest()


def likeness(view: SliceView, truth: Truth) -> float:
    """SSIM of what the view has on the glass with the plane it should show; 0 without a volume."""
    framing, state = view.framing(), view.state
    if framing is None or state is None:
        return 0.0
    window = (state.window.centre, state.window.width)
    viewport = Viewport(framing.mm_per_px, window)
    return truth.alike(gray(on_the_glass(view)), view.kind.value, viewport)
