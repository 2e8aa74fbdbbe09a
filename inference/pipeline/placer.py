"""How a series lies to the head, for outlines that a reader draws: found once, kept for a while.

The registration needs SimpleITK, which runs in a process of its own: a crash or a long wait harms
nothing, and without it the place is told by the imaged head's own extent.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections import OrderedDict
from multiprocessing.connection import Connection

import numpy as np

from inference.measure.placing import Laid, Placing, placing
from inference.measure.thinning import Thinned
from inference.pipeline.prepare import head_mask
from viewer.records import GeometryKind, Volume

MOST_SECONDS = 60.0
_KEPT = 8


class SeriesPlacer:
    """Places outlines on series; safe from several threads, one registration at a time."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Placing | None] = OrderedDict()
        self._lock = threading.Lock()

    def place(self, series_uid: str, volume: Volume) -> Placing | None:
        """Return how a series lies to the head, or None where that cannot be known."""
        with self._lock:
            if series_uid not in self._known:
                self._known[series_uid] = _placing(volume)
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(series_uid)
            return self._known[series_uid]


def lay_apart(thin: Thinned) -> Laid:
    """Lay a thinned series over the template in a process of its own; blocks."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_main, args=(theirs, thin), daemon=True
    )
    process.start()
    theirs.close()
    try:
        if not ours.poll(MOST_SECONDS):
            return Laid(np.eye(4), 0.0, 0.0, "laying it over the template took too long")
        told: Laid = ours.recv()
    except (EOFError, ConnectionError):
        return Laid(np.eye(4), 0.0, 0.0, "laying it over the template ended by itself")
    else:
        return told
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _placing(volume: Volume) -> Placing | None:
    if volume.geometry.kind is GeometryKind.UNKNOWN:
        return None
    try:
        return placing(volume, head_mask(volume.voxels), lay_apart)
    except ValueError:
        return None


def _main(link: Connection, thin: Thinned) -> None:
    from inference.measure.placing import lay  # noqa: PLC0415 - SimpleITK, in this process only

    link.send(lay(thin))
