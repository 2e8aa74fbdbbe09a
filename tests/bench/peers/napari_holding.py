"""What napari holds in memory, step by step, at the parent's word; see tests.bench.ours.holding.

``python -m tests.bench.peers.napari_holding folder``
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pydicom  # noqa: F401 - part of the empty window, as with ours

from tests.bench.clock import tell
from tests.bench.peers.napari_window import ORDERS, Window
from tests.bench.peers.reading import by_pydicom
from tests.bench.reference import smooth_heat


def main() -> None:
    window = Window()
    viewer = window.viewer
    _say("empty")
    layer = viewer.add_image(by_pydicom(Path(sys.argv[1])))
    _show_all(window)
    _say("planes")
    shape = layer.data.shape
    labels = np.zeros(shape, np.uint8)
    labels[tuple(slice(count // 3, count // 2) for count in shape)] = 1
    viewer.add_labels(labels)
    viewer.add_image(smooth_heat(shape), opacity=0.5, colormap="inferno")
    _show_all(window)
    _say("overlays")


def _show_all(window: Window) -> None:
    for order in ORDERS.values():
        window.viewer.dims.order = order
        window.viewer.reset_view()
        window.settled()


def _say(step: str) -> None:
    tell(step=step)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
