"""Whole series to volume: ``python -m tests.bench.ours.loading way folder repeats warm|cold``."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tests.bench.clock import forget, repeated, tell
from tests.bench.ours.reading import WAYS


def main() -> None:
    way, folder = WAYS[sys.argv[1]], Path(sys.argv[2])
    repeats, how = int(sys.argv[3]), sys.argv[4]
    volumes = []

    def read() -> None:
        volumes[:] = [way(folder)]

    cold = (lambda: forget(folder)) if how == "cold" else None
    taken = repeated(read, repeats, before=cold)
    voxels = volumes[0].voxels
    tell(
        ms=taken,
        sha256=hashlib.sha256(voxels.tobytes()).hexdigest(),
        shape=voxels.shape,
        dtype=str(voxels.dtype),
    )


if __name__ == "__main__":
    main()
