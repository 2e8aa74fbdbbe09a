"""Repeats, percentiles, cold files, and the one JSON object a measured process prints.

Imported by the product's processes and by the peers', so it needs nothing but numpy.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

WARM_UPS = 2
"""Warm is the third run: two go before and are not counted."""


def tell(**facts: Any) -> None:
    """Print what was measured, as the last line the parent reads."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def repeated(
    act: Callable[[], None], repeats: int, *, before: Callable[[], None] | None = None
) -> list[float]:
    """Milliseconds of each of ``repeats`` acts; ``before`` each one runs off the clock.

    With ``before`` (files made cold, a window emptied) nothing else is different.
    """
    taken = []
    for number in range(WARM_UPS + repeats):
        if before is not None:
            before()
        started = time.perf_counter()
        act()
        if number >= WARM_UPS:
            taken.append(1e3 * (time.perf_counter() - started))
    return taken


def forget(folder: Path) -> None:
    """Put the folder's files out of the page cache, so that the next read is from the disk."""
    for path in folder.iterdir():
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return float(np.median(values))


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return float(np.percentile(values, 95))


def load_average() -> float:
    """How many processes wanted to run, over the last minute."""
    return os.getloadavg()[0]
