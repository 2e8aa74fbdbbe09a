"""Whole series to array: ``... tests.bench.peers.loading reader folder repeats warm|cold``."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tests.bench.clock import forget, repeated, tell
from tests.bench.peers.reading import READERS


def main() -> None:
    read, folder = READERS[sys.argv[1]], Path(sys.argv[2])
    repeats, how = int(sys.argv[3]), sys.argv[4]
    arrays = []

    def once() -> None:
        arrays[:] = [read(folder)]

    cold = (lambda: forget(folder)) if how == "cold" else None
    taken = repeated(once, repeats, before=cold)
    voxels = arrays[0]
    tell(
        ms=taken,
        sha256=hashlib.sha256(voxels.tobytes()).hexdigest(),
        shape=voxels.shape,
        dtype=str(voxels.dtype),
    )


if __name__ == "__main__":
    main()
