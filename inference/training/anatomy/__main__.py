"""Command line: ``python -m inference.training.anatomy --data PATH --out FOLDER``."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch

from inference.models.anatomy_card import ANATOMY_MODEL
from inference.models.cards import shipped_folder
from inference.training.agreement import compared
from inference.training.anatomy.evaluate import anatomy_figures, print_figures
from inference.training.anatomy.fit import WEIGHTS_FILE, Plan, fit
from inference.training.anatomy.maps import FOLDER, HELD_OUT, numbers_in, read_maps
from inference.training.anatomy.page import anatomy_page
from inference.training.anatomy.publish import publish
from inference.training.anatomy.synthesis import Synthesis
from inference.training.checkpoint import NUMBERS, TENSORS

_log = logging.getLogger("inference.training.anatomy")


def main() -> None:
    """Train on the label maps in ``--data``, write a model's folder, or measure one."""
    chosen = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(chosen.threads)
    if chosen.evaluate:
        found = anatomy_figures(chosen.data, masks=chosen.masks)
        print_figures(found)
        if found:
            _log.info("%s", compared(found, shipped_folder(ANATOMY_MODEL)))
        return
    if chosen.page:
        chosen.page.write_text(anatomy_page(shipped_folder(ANATOMY_MODEL)), encoding="utf-8")
        return
    if chosen.minutes > 0:
        _train(chosen.data, chosen.out, chosen.minutes, resume=chosen.resume)
    if chosen.publish:
        publish(chosen.out / WEIGHTS_FILE, chosen.data, chosen.publish, chosen.masks)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inference.training.anatomy")
    parser.add_argument("--data", type=Path, required=True, help="folder of synthseg_labels")
    parser.add_argument("--out", type=Path, default=Path("var/training/anatomy"))
    parser.add_argument("--minutes", type=float, default=60.0, help="0 trains nothing")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="take up the run in --out again")
    parser.add_argument("--publish", type=Path, help="folder of the model to write")
    parser.add_argument("--evaluate", action="store_true", help="measure the shipped model again")
    parser.add_argument("--page", type=Path, help="write the shipped model's card as Markdown")
    parser.add_argument("--masks", type=Path, help="folder of an independent brain mask")
    return parser


def _train(data: Path, out: Path, minutes: float, *, resume: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    if not resume:
        for name in (TENSORS, NUMBERS):
            (out / name).unlink(missing_ok=True)
    maps = data / FOLDER
    numbers = tuple(n for n in numbers_in(maps) if n not in HELD_OUT)
    heads = read_maps(maps, numbers, widened=True)
    held_out = read_maps(maps, HELD_OUT)
    _log.info("%d maps to train on, %d held out", len(numbers), len(held_out))
    fit(heads, held_out, out, Plan(minutes), Synthesis.of_patches())


if __name__ == "__main__":
    main()
