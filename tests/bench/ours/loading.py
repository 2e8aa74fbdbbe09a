"""Whole series to volume: ``... tests.bench.ours loading way folder repeats warm|cold truth``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.clock import forget, repeated, tell
from tests.bench.ours.reading import WAYS, stand_ready
from tests.bench.reference import facts_of
from viewer.dicom.scan import end_ahead


def main() -> None:
    way, folder = WAYS[sys.argv[1]], Path(sys.argv[2])
    repeats, how, truth = int(sys.argv[3]), sys.argv[4], Path(sys.argv[5])
    volumes = []

    def read() -> None:
        volumes[:] = [way(folder)]

    def before() -> None:
        if sys.argv[1] == "import":
            stand_ready()
        if how == "cold":
            forget(folder)

    taken = repeated(read, repeats, before=before)
    end_ahead()
    tell(ms=taken, **facts_of(volumes[0].voxels, truth))
