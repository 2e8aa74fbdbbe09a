"""napari's slice slider moved 300 times.

``python -m tests.bench.peers.napari_scrolling truth spacing ticks plain|overlay``

From setting the step to the end of the draw. ``overlay`` adds a heat map at 50 %; napari has one
plane a window, so nothing is linked.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time

import numpy as np

from tests.bench.clock import tell
from tests.bench.peers.napari_window import Window
from tests.bench.reference import smooth_heat

_WARM_UP_TICKS = 10


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
    taken, same, before = [], 0, ""
    step, way = viewer.dims.current_step[0], 1
    for number in range(_WARM_UP_TICKS + ticks):
        if not 0 <= step + way < len(voxels):
            way = -way
        step += way
        draws, started = window.draws, time.perf_counter()
        viewer.dims.set_current_step(0, step)
        window.drawn(draws)
        ms = 1e3 * (time.perf_counter() - started)
        window.settled()
        after = hashlib.blake2b(window.pixels().tobytes()).hexdigest()
        if number >= _WARM_UP_TICKS:
            taken.append(ms)
            same += after == before
        before = after
    tell(ms=taken, unchanged=same)


if __name__ == "__main__":
    main()
