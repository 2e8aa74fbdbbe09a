"""napari open and empty, then a folder read by pydicom and shown.

``python -m tests.bench.peers.napari_opening folder truth spacing repeats first|planes warm|cold``

``planes`` shows the three planes one after the other by turning the order of the dimensions:
napari has one plane a window.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.bench.clock import WARM_UPS, forget, tell
from tests.bench.peers.napari_window import ORDERS, Window
from tests.bench.peers.reading import by_pydicom
from tests.bench.reference import Truth


def main() -> None:
    folder, path, spacing = Path(sys.argv[1]), Path(sys.argv[2]), tuple(json.loads(sys.argv[3]))
    repeats, what, how = int(sys.argv[4]), sys.argv[5], sys.argv[6]
    planes = ("axial",) if what == "first" else tuple(ORDERS)
    truth, window = Truth(path, spacing), Window()
    viewer, taken = window.viewer, []
    for number in range(WARM_UPS + repeats):
        viewer.layers.clear()
        viewer.dims.order = ORDERS["axial"]
        window.settled()
        if how == "cold":
            forget(folder)
        started = time.perf_counter()
        draws = window.draws
        viewer.add_image(by_pydicom(folder), scale=spacing[::-1])
        window.drawn(draws)
        for plane in planes[1:]:
            draws = window.draws
            viewer.dims.order = ORDERS[plane]
            viewer.reset_view()
            window.drawn(draws)
        if number >= WARM_UPS:
            taken.append(1e3 * (time.perf_counter() - started))
    tell(ms=taken, ssim={plane: _alike(window, truth, plane) for plane in planes})


def _alike(window: Window, truth: Truth, plane: str) -> float:
    """Off the clock: the plane once more, compared. Slices rise downwards on napari's screen."""
    window.viewer.dims.order = ORDERS[plane]
    window.viewer.reset_view()
    window.settled()
    viewport = window.viewport(window.viewer.layers[0], plane)
    frame = window.pixels()[:, :, 1]
    return round(truth.alike(frame, plane, viewport, feet_up=plane != "axial"), 4)


if __name__ == "__main__":
    main()
