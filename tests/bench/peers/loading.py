"""Whole series to array: ``... peers.loading reader folder repeats warm|cold truth``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.clock import forget, repeated, tell
from tests.bench.peers.reading import READERS
from tests.bench.reference import facts_of


def main() -> None:
    read, folder = READERS[sys.argv[1]], Path(sys.argv[2])
    repeats, how, truth = int(sys.argv[3]), sys.argv[4], Path(sys.argv[5])
    arrays = []

    def once() -> None:
        arrays[:] = [read(folder)]

    cold = (lambda: forget(folder)) if how == "cold" else None
    taken = repeated(once, repeats, before=cold)
    tell(ms=taken, **facts_of(arrays[0], truth))


if __name__ == "__main__":
    main()
