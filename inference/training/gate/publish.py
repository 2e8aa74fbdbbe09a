"""A finished run to the model folder: lines drawn, measured, and written down in its card.

``python -m inference.training.gate.publish --data PATH --out FOLDER --to MODEL_FOLDER``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import shutil
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load_file

from inference.models.cards import CARD_FILE
from inference.models.gate_card import Limits
from inference.models.gate_net import GateNet
from inference.pipeline.looking import Looker
from inference.training.gate.choose import choose_limits, groups_of, left_out_figures
from inference.training.gate.evaluate import figures_of, judge_all, table_of
from inference.training.gate.fit import WEIGHTS
from inference.training.gate.pools import read_pools
from inference.training.gate.wording import INTENDED_USE, LIMITS, NAME, TRAINED_ON, VERSION

_log = logging.getLogger(__name__)


def publish(data: Path, runs: Path, folder: Path) -> None:
    """Write weights and card of the run ``shipped``; the run ``left-out`` draws the lines."""
    groups = groups_of(_network(runs / "left-out"), read_pools(data, runs))
    limits = choose_limits(groups)
    apart = left_out_figures(groups, limits)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(runs / "shipped" / WEIGHTS, folder / WEIGHTS)
    _write(folder, limits, apart)
    found = judge_all(data, Looker(folder))
    _write(folder, limits, figures_of(found) | apart)
    _log.info("%s", table_of(found))


def _network(run: Path) -> GateNet:
    network = GateNet()
    network.load_state_dict(load_file(run / WEIGHTS))
    return network.eval()


def _write(folder: Path, limits: Limits, performance: dict[str, float]) -> None:
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    card = {
        "name": NAME,
        "version": VERSION,
        "members": [{"file": WEIGHTS, "sha256": digest}],
        "intended_use": INTENDED_USE,
        "trained_on": TRAINED_ON,
        "performance": performance,
        "limits": LIMITS,
        "settings": asdict(limits),
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / CARD_FILE).write_text(text, encoding="utf-8")


def main() -> None:
    """Publish from the command line."""
    parser = argparse.ArgumentParser(prog="python -m inference.training.gate.publish")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    publish(chosen.data, chosen.out, chosen.to)


if __name__ == "__main__":
    main()
