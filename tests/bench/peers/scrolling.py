"""The scroll every viewer is put through: up and down the slices, each tick timed and looked at."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from tests.bench.clock import tell

_WARM_UP_TICKS = 10


def scroll(
    slices: int,
    start: int,
    ticks: int,
    show: Callable[[int], None],
    pixels: Callable[[], NDArray[Any]],
) -> None:
    """Move by one slice ``ticks`` times, turning at the ends, and tell what was measured.

    ``show`` puts a slice on the screen and is on the clock; ``pixels`` is off it, and counts the
    ticks after which the picture had not changed.
    """
    taken, same, before, step, way = [], 0, "", start, 1
    for number in range(_WARM_UP_TICKS + ticks):
        if not 0 <= step + way < slices:
            way = -way
        step += way
        started = time.perf_counter()
        show(step)
        ms = 1e3 * (time.perf_counter() - started)
        after = hashlib.blake2b(pixels().tobytes()).hexdigest()
        if number >= _WARM_UP_TICKS:
            taken.append(ms)
            same += after == before
        before = after
    tell(ms=taken, unchanged=same)
