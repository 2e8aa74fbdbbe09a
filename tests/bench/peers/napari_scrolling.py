"""napari's slice slider moved 300 times.

``python -m tests.bench.peers.napari_scrolling truth spacing ticks plain|overlay``

From setting the step to the end of the draw. ``overlay`` adds a heat map at 50 %; napari has one
plane a window, so nothing is linked.
"""

from __future__ import annotations

import json
import sys

import numpy as np
from numpy.typing import NDArray

from tests.bench.peers.napari_window import Window
from tests.bench.peers.scrolling import scroll
from tests.bench.reference import smooth_heat


def main() -> None:
    voxels, spacing = np.load(sys.argv[1]), json.loads(sys.argv[2])
    ticks, overlay = int(sys.argv[3]), sys.argv[4] == "overlay"
    window = Window()
    viewer, scale = window.viewer, tuple(spacing[::-1])
    viewer.add_image(voxels, scale=scale)
    if overlay:
        heat = smooth_heat(voxels.shape).astype(np.float32)
        viewer.add_image(heat, scale=scale, opacity=0.5, colormap="inferno")
    window.settled()

    def show(step: int) -> None:
        draws = window.draws
        viewer.dims.set_current_step(0, step)
        window.drawn(draws)

    def pixels() -> NDArray[np.uint8]:
        window.settled()
        return window.pixels()

    scroll(len(voxels), viewer.dims.current_step[0], ticks, show, pixels)


if __name__ == "__main__":
    main()
