"""Command line: ``python -m inference.training --data PATH --out FOLDER --epochs N``."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import torch

from inference.training.checkpoint import NUMBERS, TENSORS
from inference.training.fit import WEIGHTS_FILE, Plan, fit
from inference.training.publish import publish
from inference.training.slices import read_negatives, read_positives

SIDE_PX = 128


def main() -> None:
    """Train on ``--data`` (folders cheng_t1ce and pgbm_nifti) and write weights to ``--out``."""
    parser = argparse.ArgumentParser(prog="python -m inference.training")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--publish", type=Path, help="folder of the model card to write")
    parser.add_argument("--resume", action="store_true")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    os.nice(5)
    torch.set_num_threads(chosen.threads)
    chosen.out.mkdir(parents=True, exist_ok=True)
    if not chosen.resume:
        for name in (TENSORS, NUMBERS):
            (chosen.out / name).unlink(missing_ok=True)
    training, held_out = read_positives(chosen.data / "cheng_t1ce", SIDE_PX)
    negatives = read_negatives(chosen.data / "pgbm_nifti", SIDE_PX)
    log = logging.getLogger("inference.training")
    log.info(
        "%d training, %d negative, %d held-out slices", *map(len, (training, negatives, held_out))
    )
    if chosen.epochs:
        fit(training, negatives, held_out, chosen.out, Plan(chosen.epochs, chosen.minutes))
    if chosen.publish:
        weights = chosen.out / WEIGHTS_FILE
        publish(weights, held_out, chosen.data / "pgbm_nifti", chosen.publish)


if __name__ == "__main__":
    main()
