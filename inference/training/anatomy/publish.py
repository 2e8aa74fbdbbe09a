"""Weights to a model folder: measured on held-out heads, and written down in a card."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from inference.models.anatomy_card import WEIGHTS_FILE
from inference.models.anatomy_net import CHANNELS, AnatomyNet
from inference.models.cards import CARD_FILE
from inference.pipeline.anatomy import AnatomyEngine
from inference.training.anatomy import wording
from inference.training.anatomy.evaluate import (
    figures_of,
    held_out_scores,
    on_real_head,
    volume_errors,
)
from inference.training.anatomy.scores import HeadScore, deep_dice

LEAST_DEEP_DICE = 0.7
_MARGIN = 0.03


class TooWeakError(ValueError):
    """The network is not good enough to be of use; nothing was written."""


def publish(weights: Path, data: Path, folder: Path, masks: Path | None = None) -> None:
    """Measure ``weights`` and write the model's ``folder``.

    Raises
    ------
    TooWeakError
        if the mean Dice of the deep structures on held-out heads like T1 is below what is of
        use; the folder is left as it was.
    """
    network = AnatomyNet()
    tensors = {key: value.float() for key, value in load_file(weights).items()}
    network.load_state_dict(tensors)
    like_t1, any_contrast = held_out_scores(network.eval(), data)
    reached = deep_dice(like_t1)
    if reached < LEAST_DEEP_DICE:
        raise TooWeakError(f"deep structures: Dice {reached:.3f}, {LEAST_DEEP_DICE} is asked for")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(weights, folder / WEIGHTS_FILE)
    card = card_of(folder / WEIGHTS_FILE, like_t1, figures_of(like_t1, any_contrast))
    _write(folder, card)
    card["performance"] |= on_real_head(AnatomyEngine(folder), data, masks)
    _write(folder, card)


def card_of(
    weights: Path, like_t1: Sequence[HeadScore], performance: dict[str, float]
) -> dict[str, Any]:
    """Return the card's content; every number in it was measured or is the architecture's."""
    return {
        "name": wording.NAME,
        "version": wording.VERSION,
        "members": [
            {"file": weights.name, "sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
        ],
        "intended_use": wording.INTENDED_USE,
        "trained_on": wording.TRAINED_ON,
        "performance": performance,
        "limits": wording.LIMITS,
        "settings": {
            "channels": CHANNELS,
            "least_confidence": round(min(s.confidence for s in like_t1) - _MARGIN, 3),
            "volume_error": volume_errors(like_t1),
        },
    }


def _write(folder: Path, card: dict[str, Any]) -> None:
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / CARD_FILE).write_text(text, encoding="utf-8")
