"""Command line: ``python -m inference.training.anatomy --data PATH --out FOLDER``."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch

from inference.training.anatomy.fit import Plan, fit
from inference.training.anatomy.maps import FOLDER, HELD_OUT, numbers_in, read_maps
from inference.training.anatomy.synthesis import Synthesis
from inference.training.checkpoint import NUMBERS, TENSORS


def main() -> None:
    """Train on the label maps in ``--data`` and write state and weights to ``--out``."""
    parser = argparse.ArgumentParser(prog="python -m inference.training.anatomy")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(chosen.threads)
    chosen.out.mkdir(parents=True, exist_ok=True)
    if not chosen.resume:
        for name in (TENSORS, NUMBERS):
            (chosen.out / name).unlink(missing_ok=True)
    maps = chosen.data / FOLDER
    numbers = tuple(n for n in numbers_in(maps) if n not in HELD_OUT)
    heads = read_maps(maps, numbers, widened=True)
    held_out = read_maps(maps, HELD_OUT)
    logging.getLogger(__name__).info(
        "%d maps to train on, %d held out", len(numbers), len(held_out)
    )
    fit(heads, held_out, chosen.out, Plan(chosen.minutes), Synthesis())


if __name__ == "__main__":
    main()
